"""A batch as a finance bureau runs it: a folder of units in, reports, issue lists and a summary out."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest

from docgen.batch.model import Phase, Progress
from docgen.batch.run import run_batch
from tests.docgen.batch_units import (
    COMPANION,
    FOLDER_UNIT,
    THIS,
    book,
    by_file,
    encrypted,
    other_sheet,
    rows,
    sample_unit,
    skipped,
    tables_in,
)
from workbook.errors import InputError
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES

OLD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600


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


def unit_names(summary: Path) -> list[str]:
    return [row["文件"] for row in rows(summary)]


# ---------------------------------------------------------------- what is found, and what comes of it


def test_a_tree_of_units(units: Path, out: Path) -> None:
    sample_unit(units / "教育" / "电教馆")
    tables_in(units / "教育" / "一中")
    book(units / "农业" / "农业局.xlsx", "农业局")
    book(units / "农业" / "水利局2024年度决算公开表.xlsx", "水利局", broken=True)
    other_sheet(units / "农业" / "办公用品.xlsx")
    encrypted(units / "卫生" / "加密.xlsx")
    (units / "卫生" / "损坏.xls").write_bytes(OLD_FILE)
    other_sheet(units / "旅游" / "只有登记表.xlsx")
    book(units / "农业" / "~$农业局.xlsx", "锁定文件")
    book(units / ".回收" / "删除的.xlsx", "删除的")
    seen: list[Progress] = []
    told: list[str] = []

    result = run_batch(units, out, workers=1, progress=seen.append, on_unit=lambda row: told.append(row.file))

    found = by_file(result.summary)
    assert {name: row["结果"] for name, row in found.items()} == {
        "农业/农业局.xlsx": "有提示",
        "农业/水利局2024年度决算公开表.xlsx": "有错误",
        "卫生/加密.xlsx": "无法读取",
        "卫生/损坏.xls": "无法读取",
        "教育/一中": "有提示",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开表.xlsx": "有提示",
    }
    assert list(found) == sorted(found) == told
    assert skipped(result.summary) == {
        "农业/办公用品.xlsx": "没有决算公开表",
        "教育/电教馆/示例市电化教育馆_2023年度决算公开表.xlsx": "是上年决算表，用于“示例市电化教育馆_2024年度决算公开表.xlsx”",
        "旅游/只有登记表.xlsx": "没有决算公开表",
    }
    broken = found["农业/水利局2024年度决算公开表.xlsx"]
    assert (broken["单位"], broken["年度"], broken["报告"], broken["待填原因"]) == ("水利局", 2024, None, None)
    assert broken["错误"] > 0
    assert found["卫生/加密.xlsx"]["说明"] == "文件已加密，请在 Excel/WPS 中取消密码后另存"
    assert found["卫生/加密.xlsx"]["错误"] is None
    assert found["教育/一中"]["单位"] == FOLDER_UNIT
    assert files_in(out) == [
        "summary.xlsx",
        "农业/农业局_决算公开报告.docx",
        "农业/水利局2024年度决算公开表_审核结果.xlsx",
        "教育/一中/一中_决算公开报告.docx",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开报告.docx",
        "教育/电教馆/示例市电化教育馆_2024年度决算公开表_审核结果.xlsx",
    ]
    assert (result.total, result.finished, result.reports, result.skipped) == (6, 6, 3, 3)
    assert not result.is_clean
    work = [p for p in seen if p.phase is Phase.WORK]
    assert [p.phase for p in seen] == [Phase.SEARCH] * (len(seen) - len(work) - 1) + [Phase.WORK] * 8 + [Phase.SUMMARY]
    assert [(p.name, p.errors, p.failed) for p in work[:4]] == [("", 0, 0), ("农业局", 0, 0), ("水利局", 1, 0), ("加密", 1, 1)]


def test_the_folder_itself_may_be_the_unit(units: Path, out: Path) -> None:
    units.rmdir()
    tables_in(units)
    result = run_batch(units, out, workers=1)
    [row] = rows(result.summary)
    assert (row["文件"], row["单位"], row["结果"]) == ("各单位", FOLDER_UNIT, "有提示")
    assert files_in(out) == ["summary.xlsx", "各单位_决算公开报告.docx"]


def test_single_tables_are_one_unit_beside_whole_workbooks_and_what_cannot_be_read(units: Path, out: Path) -> None:
    units.rmdir()
    tables_in(units)
    (units / "打不开.xlsx").write_bytes(OLD_FILE)
    book(units / "上年.xlsx", FOLDER_UNIT, 2023)
    book(units / "别的单位.xlsx", "少年宫")
    result = run_batch(units, out, workers=1)
    assert unit_names(result.summary) == ["各单位", "别的单位.xlsx"]
    assert skipped(result.summary) == {"上年.xlsx": "是上年决算表，用于“各单位”"}
    assert any("打不开.xlsx" in row["问题"] for row in rows(result.summary, "问题清单"))
    assert "没有上年决算表" not in (rows(result.summary)[0]["说明"] or "")


def test_years_are_told_by_names_and_by_tables(units: Path, out: Path) -> None:
    for name in ("甲局2021", "甲局2023", "甲局2024"):  # all of a year: the names tell
        book(units / "甲" / f"{name}年.xlsx", "甲局", int(name[-4:]))
    book(units / "乙" / "本年.xlsx", "乙局")
    book(units / "乙" / "上年.xlsx", "乙局", 2023)
    for name in ("定稿", "初稿"):
        book(units / "丙" / f"{name}.xlsx", "丙局")
    for name in ("丙局 - 副本", "丙局（备份）", "丙局_审核结果"):
        book(units / "丙" / f"{name}.xlsx", "丙局")
    result = run_batch(units, out, workers=1)
    found = by_file(result.summary)
    assert sorted(found) == ["丙/初稿.xlsx", "丙/定稿.xlsx", "乙/本年.xlsx", "甲/甲局2024年.xlsx"]
    assert "2 份 2024 年度的公开表" in found["丙/初稿.xlsx"]["说明"]
    assert "没有上年决算表" in found["丙/定稿.xlsx"]["说明"]
    for unit in ("乙/本年.xlsx", "甲/甲局2024年.xlsx"):
        assert "没有上年决算表" not in (found[unit]["说明"] or "")
        assert found[unit]["缺数"] < found["丙/定稿.xlsx"]["缺数"]
    assert skipped(result.summary) == {
        "丙/丙局 - 副本.xlsx": "是备份", "丙/丙局（备份）.xlsx": "是备份", "丙/丙局_审核结果.xlsx": "是审核结果清单",
        "乙/上年.xlsx": "是上年决算表，用于“本年.xlsx”",
        "甲/甲局2021年.xlsx": "是 2021 年度的公开表，同一文件夹里有 2024 年度的",
        "甲/甲局2023年.xlsx": "是上年决算表，用于“甲局2024年.xlsx”",
    }


def test_a_companion_names_last_years_workbook_of_a_renamed_unit(units: Path, out: Path) -> None:
    shutil.copyfile(THIS, units / "电教馆.xlsx")
    book(units / "原电教中心.xlsx", "示例市电化教育中心", 2023)
    book(units / "别的单位.xlsx", "示例市少年宫", 2023)
    made = openpyxl.load_workbook(COMPANION)
    row = next(row for row in made["单位信息"].iter_rows() if any(cell.value == "上年决算表" for cell in row))
    next(cell for cell in row if cell.value and "2023" in str(cell.value)).value = "原电教中心.xlsx"
    made.save(units / "电教馆_底稿.xlsx")
    for name in ("乙局_底稿.xlsx", "补充资料.xlsx"):
        shutil.copyfile(COMPANION, units / name)
    result = run_batch(units, out, workers=1)
    assert sorted(by_file(result.summary)) == ["别的单位.xlsx", "电教馆.xlsx"]
    passed = skipped(result.summary)
    assert passed["原电教中心.xlsx"] == "是上年决算表，用于“电教馆.xlsx”"
    assert passed["补充资料.xlsx"] == "是底稿"
    assert passed["乙局_底稿.xlsx"].startswith("是底稿，但没有与它同名的公开表")
    assert any(row["编号"] == "上年-02" for row in rows(result.summary, "问题清单"))  # it was read as such


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


def test_a_report_beside_the_workbook_is_reviewed(units: Path, out: Path, tmp_path: Path) -> None:
    sample_unit(units)
    first = run_batch(units, tmp_path / "先", workers=1)
    assert rows(first.summary)[0]["审校发现"] is None
    [made] = (tmp_path / "先").glob("*.docx")
    with_another_amount(made, units / "2024年度报告（送审）.docx", "550.07")
    docx.Document().save(str(units / "会议通知.docx"))
    shutil.copyfile(made, units / "2023年度报告.docx")
    result = run_batch(units, out, workers=1)
    [row] = rows(result.summary)
    assert "审校了“2024年度报告（送审）.docx”" in row["说明"]
    findings = [found for found in rows(result.summary, "问题清单") if (found["工作表!单元格"] or "").startswith("报告第")]
    assert any("987.65" in found["问题"] for found in findings)
    assert {found["类别"] for found in findings} == {"表文"}
    assert (row["结果"], row["错误"]) == ("有错误", 0)  # of the tables there is none
    listed = [cell.value for [cell] in openpyxl.load_workbook(next(out.glob("*_审核结果.xlsx"))).active["G3:G40"]]
    assert any(str(text).startswith("报告第") and "987.65" in text for text in listed)
    assert len(findings) == row["审校发现"] > 0


def test_every_unit_with_a_report_gets_a_checklist_and_a_place_in_that_of_all(units: Path, out: Path, tmp_path: Path) -> None:
    book(units / "第一中学.xlsx", "第一中学")
    run_batch(units, tmp_path / "先", workers=1)
    shutil.copyfile(next((tmp_path / "先").glob("*.docx")), units / "第一中学报告.docx")
    (units / "第一中学报告.pdf").write_bytes(b"%PDF-1.4")  # beside the Word file that it was made from
    result = run_batch(units, out, workers=1)
    [row] = rows(result.summary)
    assert "审校了“第一中学报告.docx”" in row["说明"]
    checks = rows(result.summary, "检查表")
    assert {(check["单位"], check["符合要求"]) for check in checks} <= {("第一中学", answer) for answer in ("是", "否", None)}
    assert openpyxl.load_workbook(next(out.glob("*_检查表.xlsx"))).active.max_row == len(checks) + 2


def test_a_report_without_a_workbook_is_a_unit_of_its_own(units: Path, out: Path, tmp_path: Path) -> None:
    book(units / "第一中学.xlsx", "第一中学")
    run_batch(units, tmp_path / "先", workers=1)
    (units / "只有报告").mkdir()
    shutil.copyfile(next((tmp_path / "先").glob("*.docx")), units / "只有报告" / "第一中学报告.docx")
    docx.Document().save(str(units / "只有报告" / "关于决算的通知.docx"))
    result = run_batch(units, out, workers=1)
    alone = next(row for row in rows(result.summary) if row["文件"].endswith("第一中学报告.docx"))
    assert (alone["单位"], alone["报告"]) == ("第一中学", None)
    assert alone["说明"].startswith("没有公开表，与报告自己所附的表核对")
    assert (out / "只有报告" / "第一中学报告_检查表.xlsx").is_file()
    assert "关于决算的通知.docx" in {Path(row["文件"]).name for row in rows(result.summary, "跳过的文件")}


def test_whose_report_it_is_is_told_by_its_name(units: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.pdf.export.find_suites", lambda: ())  # an office program takes seconds to say that it cannot open a file
    for name in ("第一中学", "第一中学附属小学", "第二中学"):
        book(units / f"{name[::-1]}.xlsx", name)
    run_batch(units, tmp_path / "先", workers=1)
    for name in ("第一中学", "第一中学附属小学", "第二中学"):
        shutil.copyfile(next((tmp_path / "先").glob(f"{name[::-1]}_*.docx")), units / f"{name}的报告.docx")
    shutil.copyfile(units / "第二中学的报告.docx", units / "第二中学决算.docx")
    (units / "第三中学决算.doc").write_bytes(OLD_FILE)
    book(units / "三" / "第三中学.xlsx", "第三中学")
    (units / "三" / "决算公开.doc").write_bytes(OLD_FILE)
    result = run_batch(units, out, workers=1)
    notes = {row["单位"]: row["说明"] for row in rows(result.summary)}
    assert "审校了“第一中学的报告.docx”" in notes["第一中学"]
    assert "审校了“第一中学附属小学的报告.docx”" in notes["第一中学附属小学"]
    assert "没有审校：有 2 个文件可能是它的报告，请只留一个" in notes["第二中学"]
    assert "报告没有审校：决算公开.doc：" in notes["第三中学"]


# ---------------------------------------------------------------- a second run


def test_a_second_run_replaces_its_own_files_and_nothing_else(units: Path, out: Path) -> None:
    for name in ("甲局", "乙局", "丙局"):
        book(units / f"{name}.xlsx", name)
    run_batch(units, out, workers=1)
    edited, same = out / "甲局_决算公开报告.docx", out / "乙局_决算公开报告.docx"
    edited.write_bytes(edited.read_bytes() + b" ")  # somebody wrote the reasons into it
    words, old = edited.read_bytes(), same.stat().st_mtime_ns
    (out / "笔记.txt").write_text("别动", "utf-8")
    book(units / "丙局.xlsx", "丙局", broken=True)
    assert run_batch(units, out, workers=1).unchanged == 1
    assert files_in(out) == [  # no old report beside new errors
        "summary.xlsx", "丙局_审核结果.xlsx", "乙局_决算公开报告.docx", "甲局_决算公开报告.docx", "甲局_决算公开报告（2）.docx", "笔记.txt"]
    assert edited.read_bytes() == words
    assert same.stat().st_mtime_ns == old  # nothing has changed: not done again
    run_batch(units, out, workers=1, restart=True)
    assert same.stat().st_mtime_ns > old


KILLED = """
import os, sys
from pathlib import Path
from docgen.batch import unit_job
from docgen.batch.run import run_batch
reports = []
write = unit_job.write_word
def killed(*args, **options):
    write(*args, **options)
    reports.append(args)
    if len(reports) == 3:
        os._exit(9)  # the third report is on disk, and nobody was told
unit_job.write_word = killed
run_batch(Path(sys.argv[1]), Path(sys.argv[2]), workers=1)
"""


def test_a_killed_batch_goes_on_where_it_was(units: Path, out: Path) -> None:
    for name in ("甲局", "乙局", "丙局", "丁局"):
        book(units / f"{name}.xlsx", name)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(units), str(out)], check=False, env=environment, capture_output=True, timeout=100)
    assert done.returncode == 9, done.stderr.decode()
    written = {path: path.stat().st_mtime_ns for path in out.glob("*.docx")}
    assert len(written) == 3
    result = run_batch(units, out, workers=1)
    assert [name for name in files_in(out) if name.endswith(".docx")] == sorted(f"{n}_决算公开报告.docx" for n in ("甲局", "乙局", "丙局", "丁局"))
    assert sum(path.stat().st_mtime_ns == time for path, time in written.items()) == 2
    assert (result.finished, result.reports) == (4, 4)


def test_two_batches_do_not_write_into_one_folder_at_a_time(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局")
    second: list[str] = []
    result = run_batch(units, out, workers=1, on_unit=lambda _: second.append(refused(units, out)))
    assert second == ["结果：另一个批量处理正在往这里写结果，请等它完成，或换一个文件夹。"]
    assert result.reports == 1


@pytest.mark.parametrize("change", ["底稿", "上年", "报告没了", "模板包"])
def test_a_unit_is_done_again_when_anything_it_depends_on_is_another(units: Path, out: Path, change: str, tmp_path: Path) -> None:
    sample_unit(units / "甲局")
    pack = shutil.copytree(TEMPLATES / DEFAULT_PACK, tmp_path / "包")
    run_batch(units, out, workers=1, pack=str(pack))
    [report] = out.rglob("*.docx")
    old = report.stat().st_mtime_ns
    run_batch(units, out, workers=1, pack=str(pack))
    assert report.stat().st_mtime_ns == old
    if change == "底稿":
        os.utime(units / "甲局" / COMPANION)
    elif change == "上年":
        os.utime(next((units / "甲局").glob("*2023*公开表.xlsx")))
    elif change == "报告没了":
        report.unlink()
    else:
        os.utime(pack / "figures.csv")
    run_batch(units, out, workers=1, pack=str(pack))
    assert report.stat().st_mtime_ns > old


def test_results_that_are_taken_away_meanwhile_are_no_results(units: Path, out: Path) -> None:
    for name in ("甲局", "乙局"):
        book(units / f"{name}.xlsx", name)

    def tidy(progress: Progress) -> None:
        for path in out.glob("甲局*.docx" if progress.phase is Phase.WORK and progress.done == 2 else "没有"):
            path.unlink()

    result = run_batch(units, out, workers=1, progress=tidy)
    assert (result.reports, result.is_clean) == (1, False)
    assert {row["单位"]: row["结果"] for row in rows(result.summary)}["甲局"] == "未完成"


def test_a_file_that_somebody_puts_there_meanwhile_is_left_alone(units: Path, out: Path) -> None:
    book(units / "甲局.xlsx", "甲局", broken=True)

    def mine(progress: Progress) -> None:
        if progress.phase is Phase.WORK and not progress.done:
            (out / "甲局_决算公开报告.docx").write_bytes(b"mine")

    run_batch(units, out, workers=1, progress=mine)
    assert (out / "甲局_决算公开报告.docx").read_bytes() == b"mine"


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


def test_results_below_the_folder_are_not_taken_for_units(units: Path) -> None:
    book(units / "甲局.xlsx", "甲局", broken=True)
    run_batch(units, units / "结果", workers=1)
    for place in ("结果", "另一次"):
        result = run_batch(units, units / place, workers=1)
        assert unit_names(result.summary) == ["甲局.xlsx"]
        assert skipped(result.summary) == {}


# ---------------------------------------------------------------- names


def test_names_are_text_and_links_lead_to_the_files(units: Path, out: Path) -> None:
    book(units / "甲 局#1" / "50%决算[定]公开表.xlsx", "=HYPERLINK(A1)", broken=True)
    book(units / "=SUM(A1)" / "@乙局.xlsx", "+HYPERLINK(A1)")
    result = run_batch(units, out, workers=1)
    cells = [cell for sheet in openpyxl.load_workbook(result.summary) for row in sheet.iter_rows() for cell in row]
    assert {cell.value for cell in cells if str(cell.value).endswith("HYPERLINK(A1)")} == {"=HYPERLINK(A1)", "+HYPERLINK(A1)"}
    assert all(cell.data_type != "f" for cell in cells)
    links = [cell.hyperlink.target for row in openpyxl.load_workbook(result.summary)["汇总"] for cell in row if cell.hyperlink]
    targets = [(out / unquote(link).replace("\\", "/")).resolve() for link in links]
    assert targets == [
        units / "=SUM(A1)" / "@乙局.xlsx", out / "=SUM(A1)" / "@乙局_决算公开报告.docx",
        units / "甲 局#1" / "50%决算[定]公开表.xlsx", out / "甲 局#1" / "50%决算[定]公开表_审核结果.xlsx"]
    assert all(target.is_file() for target in targets)


def test_very_long_names_and_the_same_names_still_give_files(units: Path, out: Path) -> None:
    name = "某某市某某区某某街道办事处某某社区卫生服务中心某某服务站" * 2 + "公开表"
    for path in (units / "长" / f"{name}甲.xlsx", units / "长" / f"{name}乙.xlsx", units / "公开表.xlsx", units / "公开表.xlsm"):
        book(path, f"单位{path.suffix}{path.stem[-1]}")
    result = run_batch(units, out, workers=1)
    assert result.reports == 4
    assert len([file for file in files_in(out) if file.endswith("公开报告.docx")]) == 3
    assert "公开表_决算公开报告（2）.docx" in files_in(out)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are not text, and links need rights")
def test_names_from_a_windows_archive_and_links_to_folders(units: Path, out: Path) -> None:
    path = book(units / "甲局" / "x.xlsx", "甲局")
    path.rename(path.with_name(os.fsdecode("教育局公开表.xlsx".encode("gb18030"))))
    (units / "甲局" / "回到上面").symlink_to(units)
    result = run_batch(units, out, workers=1)
    assert unit_names(result.summary) == ["甲局/教育局公开表.xlsx"]
    assert "甲局/教育局公开报告.docx" in files_in(out)
    assert skipped(result.summary) == {"甲局/回到上面": "是指向其他文件夹的链接，没有进入"}


# ---------------------------------------------------------------- faults, cancelling, what cannot be used


def test_a_fault_of_the_program_costs_one_unit(units: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.batch import unit_job

    for name in ("甲局", "乙局"):
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
    assert {name: row["结果"] for name, row in found.items()} == {"甲局": "有提示", "乙局": "未完成"}
    assert "报告没有生成：程序意外错误（ZeroDivisionError）" in found["乙局"]["说明"]
    assert found["乙局"]["错误"] == 0  # the check was done before
    [fault] = faults
    assert "乙局" in str(fault)
    assert "ZeroDivisionError: 毒" in str(fault)
    assert not result.is_clean


def test_of_very_many_findings_the_rest_is_counted(units: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.batch import unit_job

    book(units / "甲局.xlsx", "甲局", broken=True)
    monkeypatch.setattr(unit_job, "MAX_FINDINGS", 1)
    result = run_batch(units, out, workers=1)
    [row], [first, last] = rows(result.summary), rows(result.summary, "问题清单")
    assert first["级别"] == "错误"
    assert last["问题"] == f"另有 {row['错误'] + row['提示'] - 1} 条没有列出，见该单位的审核结果"


@pytest.mark.parametrize("workers", [1, 2])
def test_cancelling_keeps_what_was_done(units: Path, out: Path, workers: int) -> None:
    for number in range(8):
        book(units / f"{number}" / "公开表.xlsx", "甲局")
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

    def closed(path: str) -> object:
        if str(path).endswith("乙局"):
            raise PermissionError(13, "denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = by_file(run_batch(units, out, workers=1).summary)
    assert (found["乙局"]["结果"], found["乙局"]["说明"]) == ("无法读取", "不能打开这个文件夹（没有权限）")
    assert found["甲局/甲局.xlsx"]["结果"] == "有提示"


def refused(folder: Path, out: Path) -> str:
    with pytest.raises(InputError) as caught:
        run_batch(folder, out, workers=1)
    return str(caught.value)


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
