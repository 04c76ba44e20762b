"""A batch as a finance bureau runs it: a folder of units in, reports, issue lists and a summary out."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from docgen.batch import BatchResult, Phase, Progress, Verdict, run_batch
from tests.docgen.batch_units import (
    COMPANION,
    FOLDER_UNIT,
    LAST,
    THIS,
    book,
    by_file,
    encrypted,
    other_sheet,
    rows,
    skipped,
    tables_in,
)
from workbook.errors import InputError


@pytest.fixture
def units(tmp_path: Path) -> Path:
    folder = tmp_path / "各单位"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "结果"


def files_in(folder: Path) -> list[str]:
    """Everything below *folder* that a user sees."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name[0] != ".")


def sample_unit(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in (THIS, LAST, COMPANION):
        shutil.copyfile(file, folder / file.name)


# ---------------------------------------------------------------- what is found, and what comes of it


def test_a_tree_of_units(units: Path, out: Path) -> None:
    sample_unit(units / "教育" / "电教馆")
    tables_in(units / "教育" / "一中")
    book(units / "农业" / "农业局2024年度决算公开表.xlsx", "农业局")
    book(units / "农业" / "水利局2024年度决算公开表.xlsx", "水利局", broken=True)
    other_sheet(units / "农业" / "办公用品.xlsx")
    encrypted(units / "卫生" / "加密.xlsx")
    (units / "卫生" / "损坏.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    other_sheet(units / "旅游" / "只有登记表.xlsx")
    book(units / "农业" / "~$农业局2024年度决算公开表.xlsx", "锁定文件")
    book(units / ".回收" / "删除的.xlsx", "删除的")

    result = run_batch(units, out, workers=1)

    found = by_file(result.summary)
    assert {name: row["结果"] for name, row in found.items()} == {
        "农业/农业局2024年度决算公开表.xlsx": "有提示",
        "农业/水利局2024年度决算公开表.xlsx": "有错误",
        "卫生/加密.xlsx": "无法读取",
        "卫生/损坏.xls": "无法读取",
        "教育/一中": "有提示",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开表.xlsx": "有提示",
    }
    assert [row["序号"] for row in rows(result.summary)] == [1, 2, 3, 4, 5, 6]
    assert list(found) == sorted(found)
    assert skipped(result.summary) == {
        "农业/办公用品.xlsx": "没有决算公开表",
        "教育/电教馆/示例市电化教育馆_2023年度决算公开表.xlsx": "是上年决算表，用于“示例市电化教育馆_2024年度决算公开表.xlsx”",
        "旅游/只有登记表.xlsx": "没有决算公开表",
    }
    broken = found["农业/水利局2024年度决算公开表.xlsx"]
    assert (broken["单位"], broken["年度"], broken["报告"], broken["待填原因"]) == ("水利局", 2024, None, None)
    assert broken["错误"] > 0
    assert found["卫生/加密.xlsx"]["说明"] == "加密.xlsx：文件已加密，请在 Excel/WPS 中取消密码后另存"
    assert found["卫生/加密.xlsx"]["错误"] is None
    assert found["教育/一中"]["单位"] == FOLDER_UNIT
    assert files_in(out) == [
        "summary.xlsx",
        "农业/农业局2024年度决算公开报告.docx",
        "农业/水利局2024年度决算公开表_审核结果.xlsx",
        "教育/一中/一中_决算公开报告.docx",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开报告.docx",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开表_审核结果.xlsx",
    ]
    assert (result.total, result.finished, result.reports, result.skipped) == (6, 6, 3, 3)
    assert not result.is_clean


def test_units_of_one_name_do_not_overwrite_each_other(units: Path, out: Path) -> None:
    for place in ("东区/公开表.xlsx", "西区/公开表.xlsx"):
        book(units / place, "中心小学")
    shutil.copyfile(units / "东区" / "公开表.xlsx", units / "东区" / "公开表.xlsm")
    result = run_batch(units, out, workers=1)
    assert [row["单位"] for row in rows(result.summary)] == ["中心小学"] * 3
    assert [name for name in files_in(out) if name.endswith(".docx")] == [
        "东区/公开表_决算公开报告.docx", "东区/公开表_决算公开报告（2）.docx", "西区/公开表_决算公开报告.docx"]
    assert "2 份 2024 年度的公开表" in by_file(result.summary)["东区/公开表.xlsx"]["说明"]


def test_the_folder_itself_may_be_the_unit(units: Path, out: Path) -> None:
    units.rmdir()
    tables_in(units)
    result = run_batch(units, out, workers=1)
    [row] = rows(result.summary)
    assert (row["文件"], row["单位"], row["结果"]) == ("各单位", FOLDER_UNIT, "有提示")
    assert files_in(out) == ["summary.xlsx", "各单位_决算公开报告.docx"]


def test_last_years_workbook_of_the_same_folder_is_used(units: Path, out: Path) -> None:
    for name in ("甲局", "乙局"):
        book(units / f"{name}本年.xlsx", name)
    book(units / "甲局上年.xlsx", "甲局", 2023)
    result = run_batch(units, out, workers=1)
    found = by_file(result.summary)
    assert skipped(result.summary) == {"甲局上年.xlsx": "是上年决算表，用于“甲局本年.xlsx”"}
    assert "没有上年决算表" in found["乙局本年.xlsx"]["说明"]
    assert "没有上年决算表" not in (found["甲局本年.xlsx"]["说明"] or "")
    assert found["甲局本年.xlsx"]["缺数"] < found["乙局本年.xlsx"]["缺数"]
    text = "\n".join(p.text for p in docx.Document(str(out / "甲局本年_决算公开报告.docx")).paragraphs)
    assert "与上年决算相比" in text


def companion_naming(path: Path, prior: str) -> None:
    made = openpyxl.load_workbook(COMPANION)
    sheet = made["单位信息"]
    row = next(row for row in sheet.iter_rows() if any(cell.value == "上年决算表" for cell in row))
    next(cell for cell in row if cell.value and "2023" in str(cell.value)).value = prior
    made.save(path)


def test_a_companion_names_last_years_workbook_of_a_renamed_unit(units: Path, out: Path) -> None:
    shutil.copyfile(THIS, units / "电教馆.xlsx")
    book(units / "原电教中心.xlsx", "示例市电化教育中心", 2023)
    book(units / "别的单位.xlsx", "示例市少年宫", 2023)
    companion_naming(units / "电教馆_底稿.xlsx", "原电教中心.xlsx")
    result = run_batch(units, out, workers=1)
    assert sorted(by_file(result.summary)) == ["别的单位.xlsx", "电教馆.xlsx"]
    assert skipped(result.summary) == {"原电教中心.xlsx": "是上年决算表，用于“电教馆.xlsx”"}
    assert any(row["编号"] == "上年-02" for row in rows(result.summary, "问题清单"))  # it was read as such


def test_a_companion_without_a_workbook_is_listed(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局")
    shutil.copyfile(COMPANION, units / "乙局_底稿.xlsx")
    shutil.copyfile(COMPANION, units / "补充资料.xlsx")
    result = run_batch(units, out, workers=1)
    found = skipped(result.summary)
    assert found["补充资料.xlsx"] == "是底稿"
    assert found["乙局_底稿.xlsx"].startswith("是底稿，但没有与它同名的公开表")


# ---------------------------------------------------------------- the report that lies beside the workbook


def with_another_amount(report: Path, target: Path, amount: str) -> None:
    """*report* with one amount of its text changed."""
    with zipfile.ZipFile(report) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                assert amount.encode() in content
                content = content.replace(amount.encode(), b"987.65", 1)
            new.writestr(name, content)


def test_reports_beside_the_workbooks_are_reviewed(units: Path, out: Path, tmp_path: Path) -> None:
    sample_unit(units)
    first = run_batch(units, tmp_path / "先", workers=1)
    assert rows(first.summary)[0]["审校发现"] is None
    [made] = (tmp_path / "先").glob("*.docx")
    with_another_amount(made, units / "2024年度报告（送审）.docx", "550.07")
    docx.Document().save(str(units / "会议通知.docx"))
    shutil.copyfile(made, units / "2023年度报告.docx")
    result = run_batch(units, out, workers=1)
    [row] = rows(result.summary)
    assert row["审校发现"] > 0
    assert "审校了“2024年度报告（送审）.docx”" in row["说明"]
    findings = [found for found in rows(result.summary, "问题清单") if (found["工作表!单元格"] or "").startswith("报告第")]
    assert any("987.65" in found["问题"] for found in findings)
    assert {found["类别"] for found in findings} == {"表文"}
    assert row["结果"] == "有错误"
    assert row["错误"] == 0  # that of the tables
    listed = [cell.value for [cell] in openpyxl.load_workbook(next(out.glob("*_审核结果.xlsx"))).active["G3:G40"]]
    assert any(str(text).startswith("报告第") and "987.65" in text for text in listed)
    assert len(findings) == row["审校发现"]


def test_each_unit_of_a_folder_gets_its_own_report(units: Path, out: Path, tmp_path: Path) -> None:
    for name in ("第一中学", "第一中学附属小学"):
        book(units / f"{name}.xlsx", name)
    run_batch(units, tmp_path / "先", workers=1)
    for name, report in (("第一中学", "第一中学决算公开.docx"), ("第一中学附属小学", "附属小学的.docx")):
        shutil.copyfile(tmp_path / "先" / f"{name}_决算公开报告.docx", units / report)
    result = run_batch(units, out, workers=1)
    notes = {row["单位"]: row["说明"] for row in rows(result.summary)}
    assert "审校了“第一中学决算公开.docx”" in notes["第一中学"]
    assert "审校了“附属小学的.docx”" in notes["第一中学附属小学"]


def test_a_report_that_cannot_be_read_is_said(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局")
    (units / "甲局决算报告.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    result = run_batch(units, out, workers=1)
    assert "甲局决算报告.doc：是旧版 Word（.doc）文件，请用 Word/WPS 打开后另存为 .docx" in rows(result.summary)[0]["说明"]


# ---------------------------------------------------------------- a second run


def test_a_second_run_replaces_its_own_files_and_nothing_else(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局")
    book(units / "乙局.xlsx", "乙局")
    run_batch(units, out, workers=1)
    edited, untouched = out / "甲局_决算公开报告.docx", out / "乙局_决算公开报告.docx"
    edited.write_bytes(edited.read_bytes() + b" ")  # somebody wrote the reasons into it
    words, old = edited.read_bytes(), untouched.stat().st_mtime_ns
    (out / "笔记.txt").write_text("别动", "utf-8")
    result = run_batch(units, out, workers=1)
    assert files_in(out) == [
        "summary.xlsx", "乙局_决算公开报告.docx", "甲局_决算公开报告.docx", "甲局_决算公开报告（2）.docx", "笔记.txt"]
    assert edited.read_bytes() == words
    assert untouched.stat().st_mtime_ns > old
    assert by_file(result.summary)["甲局.xlsx"]["结果"] == "有提示"


def test_a_foreign_summary_is_left_alone(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局")
    out.mkdir()
    (out / "summary.xlsx").write_bytes(b"somebody else's")
    assert run_batch(units, out, workers=1).summary == out / "summary（2）.xlsx"
    assert run_batch(units, out, workers=1).summary == out / "summary（2）.xlsx"
    assert (out / "summary.xlsx").read_bytes() == b"somebody else's"


def test_a_summary_that_is_open_in_excel_gets_another_name(
    units: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(units / "甲局.xlsx", "甲局")
    run_batch(units, out, workers=1)
    replace = Path.replace

    def locked(self: Path, target: Path) -> Path:  # what Windows does
        if Path(target).name == "summary.xlsx":
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    result = run_batch(units, out, workers=1)
    assert result.summary == out / "summary（2）.xlsx"
    assert by_file(result.summary)["甲局.xlsx"]["结果"] == "有提示"
    assert not list(out.glob(".*.tmp*"))


def test_an_old_report_does_not_stay_beside_new_errors(units: Path, out: Path) -> None:
    path = book(units / "甲局.xlsx", "甲局")
    run_batch(units, out, workers=1)
    assert files_in(out) == ["summary.xlsx", "甲局_决算公开报告.docx"]
    book(path, "甲局", broken=True)
    run_batch(units, out, workers=1)
    assert files_in(out) == ["summary.xlsx", "甲局_审核结果.xlsx"]
    book(path, "甲局")
    run_batch(units, out, workers=1)
    assert files_in(out) == ["summary.xlsx", "甲局_决算公开报告.docx"]


def test_results_below_the_folder_are_not_taken_for_units(units: Path) -> None:
    book(units / "甲局.xlsx", "甲局", broken=True)
    run_batch(units, units / "结果", workers=1)
    for place in ("结果", "另一次"):
        result = run_batch(units, units / place, workers=1)
        assert list(by_file(result.summary)) == ["甲局.xlsx"]
        assert skipped(result.summary) == {}


# ---------------------------------------------------------------- names


def test_names_that_look_like_formulas_are_text(units: Path, out: Path) -> None:
    for start in "=+@-":
        book(units / f"{start}SUM(A1).xlsx", f"{start}HYPERLINK(A1)", broken=start == "=")
    result = run_batch(units, out, workers=1)
    cells = [cell for sheet in openpyxl.load_workbook(result.summary) for row in sheet.iter_rows() for cell in row]
    assert {cell.value for cell in cells if str(cell.value).endswith("HYPERLINK(A1)")} == {f"{s}HYPERLINK(A1)" for s in "=+@-"}
    assert all(cell.data_type != "f" for cell in cells)


def test_links_lead_to_the_files(units: Path, out: Path) -> None:
    book(units / "甲 局#1" / "50%决算[定]公开表.xlsx", "甲局", broken=True)
    book(units / "乙局" / "乙局.xlsx", "乙局")
    result = run_batch(units, out, workers=1)
    from urllib.parse import unquote

    links = [cell.hyperlink.target for row in openpyxl.load_workbook(result.summary)["汇总"] for cell in row if cell.hyperlink]
    targets = [(out / unquote(link).replace("\\", "/")).resolve() for link in links]
    assert targets == [
        units / "乙局" / "乙局.xlsx", out / "乙局" / "乙局_决算公开报告.docx",
        units / "甲 局#1" / "50%决算[定]公开表.xlsx", out / "甲 局#1" / "50%决算[定]公开表_审核结果.xlsx"]
    assert all(target.is_file() for target in targets)


def test_very_long_names_still_give_files(units: Path, out: Path) -> None:
    name = "某某市某某区某某街道办事处某某社区卫生服务中心某某服务站" * 2 + "公开表"
    book(units / f"{name}甲.xlsx", "甲局")
    book(units / f"{name}乙.xlsx", "乙局")
    result = run_batch(units, out, workers=1)
    assert result.reports == 2
    assert len([f for f in files_in(out) if f.endswith("公开报告.docx")]) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are not text")
def test_names_from_a_windows_archive(units: Path, out: Path) -> None:
    path = book(units / "x.xlsx", "甲局")
    path.rename(units / os.fsdecode("教育局公开表.xlsx".encode("gb18030")))
    result = run_batch(units, out, workers=1)
    assert list(by_file(result.summary)) == ["教育局公开表.xlsx"]
    assert "教育局公开报告.docx" in files_in(out)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_to_folders_are_named_and_not_followed(units: Path, out: Path) -> None:
    book(units / "甲局" / "甲局.xlsx", "甲局")
    (units / "甲局" / "回到上面").symlink_to(units)
    result = run_batch(units, out, workers=1)
    assert list(by_file(result.summary)) == ["甲局/甲局.xlsx"]
    assert skipped(result.summary) == {"甲局/回到上面": "是指向其他文件夹的链接，没有进入"}


# ---------------------------------------------------------------- faults, cancelling, processes


def test_a_fault_of_the_program_costs_one_unit(units: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.batch import unit_job

    for name in ("甲局", "乙局", "丙局"):
        book(units / name / "公开表.xlsx", name)
    build = unit_job.build_report

    def poisoned(context: object, narrative: object) -> object:
        if context.unit_name == "乙局":  # type: ignore[attr-defined]
            raise ZeroDivisionError("毒")
        return build(context, narrative)  # type: ignore[arg-type]

    monkeypatch.setattr(unit_job, "build_report", poisoned)
    faults: list[Exception] = []
    result = run_batch(units, out, workers=1, on_fault=faults.append)
    found = {row["单位"]: row for row in rows(result.summary)}
    assert {name: row["结果"] for name, row in found.items()} == {"甲局": "有提示", "乙局": "未完成", "丙局": "有提示"}
    assert "报告没有生成：程序意外错误（ZeroDivisionError）" in found["乙局"]["说明"]
    assert found["乙局"]["错误"] == 0  # the check was done before
    [fault] = faults
    assert "乙局" in str(fault)
    assert "ZeroDivisionError: 毒" in str(fault)
    assert not result.is_clean


def test_a_process_that_dies_costs_one_unit(
    units: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        book(units / f"{number}{'毒' if number == 2 else ''}.xlsx", f"单位{number}")
    poison = tmp_path / "poison"
    poison.mkdir()
    (poison / "sitecustomize.py").write_text(  # in the workers only: what a crash below Python does
        "import os, workbook.reading.accounts as a\n"
        "old = a.accounts_of\n"
        "def accounts_of(source, pack):\n"
        "    if '毒' in source.path.name: os.abort()\n"
        "    return old(source, pack)\n"
        "a.accounts_of = accounts_of\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(poison))
    result = run_batch(units, out, workers=2)
    found = {row["文件"]: (row["结果"], row["说明"]) for row in rows(result.summary)}
    assert [name for name, (outcome, _) in found.items() if outcome != "有提示"] == ["2毒.xlsx"]
    outcome, words = found["2毒.xlsx"]
    assert outcome == "未完成"
    assert words.startswith("程序意外错误：处理它的进程异常退出")
    assert result.finished == 6


def test_one_process_and_two_give_the_same(units: Path, tmp_path: Path) -> None:
    sample_unit(units / "样例")
    for number in range(5):
        book(units / f"{number}.xlsx", f"单位{number}", broken=number % 2 == 1)
    encrypted(units / "坏.xlsx")
    summaries = [run_batch(units, tmp_path / f"结果{n}" / "x", workers=n).summary for n in (1, 2)]
    one, two = ([rows(summary, sheet) for sheet in ("汇总", "问题清单", "跳过的文件")] for summary in summaries)
    assert one == two
    assert files_in(tmp_path / "结果1") == files_in(tmp_path / "结果2")


@pytest.mark.parametrize("workers", [1, 2])
def test_cancelling_keeps_what_was_done(units: Path, out: Path, workers: int) -> None:
    for number in range(8):
        book(units / f"{number}" / "公开表.xlsx", f"单位{number}")
    seen: list[Progress] = []
    result = run_batch(
        units, out, workers=workers, progress=seen.append,
        cancelled=lambda: bool(seen) and seen[-1].phase is Phase.WORK and seen[-1].done >= 2)
    assert result.cancelled
    assert 2 <= result.finished < 8
    assert len(rows(result.summary)) == result.finished == len([f for f in files_in(out) if f.endswith(".docx")])
    text = openpyxl.load_workbook(result.summary)["汇总"]["A2"].value
    assert text.startswith(f"已取消：共 8 个单位，只处理了 {result.finished} 个")


def test_a_folder_that_cannot_be_opened_is_a_row(
    units: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(units / "甲局" / "甲局.xlsx", "甲局")
    (units / "乙局").mkdir()
    scan = os.scandir

    def closed(path: Path) -> object:
        if str(path).endswith("乙局"):
            raise PermissionError(13, "denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    result = run_batch(units, out, workers=1)
    found = by_file(result.summary)
    assert (found["乙局"]["结果"], found["乙局"]["说明"]) == ("无法读取", "不能打开这个文件夹（没有权限）")
    assert found["甲局/甲局.xlsx"]["结果"] == "有提示"


def test_progress_tells_phases_counts_and_names(units: Path, out: Path) -> None:
    book(units / "甲" / "公开表.xlsx", "甲局", broken=True)
    book(units / "乙" / "公开表.xlsx", "乙局")
    encrypted(units / "丙" / "公开表.xlsx")
    seen: list[Progress] = []
    run_batch(units, out, workers=1, progress=seen.append)
    assert [p.phase for p in seen] == [Phase.SEARCH, *[Phase.WORK] * 4, Phase.SUMMARY]
    assert [(p.done, p.name, p.errors, p.failed) for p in seen if p.phase is Phase.WORK] == [
        (0, "", 0, 0), (1, "公开表", 0, 1), (2, "乙局", 0, 1), (3, "甲局", 1, 1)]


# ---------------------------------------------------------------- what cannot be used


def refused(folder: Path, out: Path) -> str:
    with pytest.raises(InputError) as caught:
        run_batch(folder, out, workers=1)
    return str(caught.value)


def test_every_unit_is_told_as_it_is_finished(units: Path, out: Path) -> None:
    book(units / "甲.xlsx", "甲单位", broken=True)
    encrypted(units / "乙.xlsx")
    other_sheet(units / "丙" / "丙.xlsx")
    told: dict[str, Verdict] = {}
    result = run_batch(units, out, workers=1, on_unit=lambda job, unit: told.update({Path(job.path).name: unit.verdict}))
    rows_ = {row["文件"]: row["结果"] for row in rows(result.summary)}
    assert {name: str(verdict) for name, verdict in told.items()} == {**rows_, "丙.xlsx": "跳过"}


def test_folders_that_cannot_be_used(units: Path, out: Path, tmp_path: Path) -> None:
    file = other_sheet(tmp_path / "文件.xlsx")
    assert refused(tmp_path / "没有", out) == "没有：没有这个文件夹，请检查路径。"
    assert "不是文件夹" in refused(file, out)
    assert "不是文件夹，不能存放结果" in refused(units, file)
    assert "结果不能写在里面" in refused(units, units)
    assert "不能写入结果" in refused(units, file / "结果")
    assert refused(units, out) == "各单位：里面没有决算公开表，请选择存放各单位公开表的文件夹。"
    other_sheet(units / "登记.xlsx")
    assert "“登记.xlsx”：没有决算公开表" in refused(units, out)
    assert not out.exists()  # nothing was left behind


def test_the_result_counts(units: Path, out: Path) -> None:
    book(units / "甲.xlsx", "甲局")
    result = run_batch(units, out, workers=1)
    assert isinstance(result, BatchResult)
    assert result.counts == {**dict.fromkeys(result.counts, 0), Verdict.NOTICE: 1}
    assert result.is_clean
