"""A form is data: other sheet codes, other rules, fewer sheets, by editing files only."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cli.main import main
from tests.packs import pack_folder, renumbered, replaced, smaller
from tests.units import random_unit, standard_pack
from workbook.create.workbook import workbook_bytes
from workbook.errors import PackError
from workbook.formats.source import source_of_bytes
from workbook.issues import Issue, Severity
from workbook.pack.loading import TEMPLATES, Pack, load_pack
from workbook.reading.accounts import accounts_of
from workbook.rules.check import CheckReport, check, view_of

ROOT = Path(__file__).parents[2]
HOME = "公开"


def checked(pack: Pack, data: bytes) -> CheckReport:
    accounts = accounts_of(source_of_bytes(Path("单位.xlsx"), data), pack)
    return check(accounts, view_of(accounts, nature="公益一类事业单位"))


def unit_book(pack: Pack, seed: int = 3) -> bytes:
    """A random unit's workbook in the form of *pack*, whose sheets are the home form's under other codes."""
    codes = dict(zip(standard_pack().sheets, pack.sheets, strict=True))
    amounts = random_unit(random.Random(seed), funds=True)
    return workbook_bytes(pack, unit_name="某单位", year=2024, amounts={(codes[t], r, c): v for (t, r, c), v in amounts.items()})


def changed(data: bytes, change: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    change(book)  # type: ignore[operator]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def of_rule(report: CheckReport, code: str) -> list[Issue]:
    return [issue for issue in report.issues if issue.code == code]


# ---------------------------------------------------------------- other codes


@pytest.mark.parametrize("head", ["Z", "附表", "SH_"])
def test_sheets_may_be_called_otherwise(tmp_path: Path, head: str) -> None:
    pack = load_pack(pack_folder(tmp_path, renumbered(HOME, head)))
    report, home = checked(pack, unit_book(pack)), checked(standard_pack(), unit_book(standard_pack()))
    assert list(report.accounts.tables) == [f"{head}{n:02}" for n in range(1, 12)]
    assert report.summary() == home.summary()
    assert Counter(i.code for i in report.issues) == Counter(i.code for i in home.issues)

    def spoil(book: openpyxl.Workbook) -> None:
        sheet = next(s for s in book.worksheets if s["A1"].value == "收入决算表")
        sheet["C8"] = 12345678

    told = [i for i in checked(pack, changed(unit_book(pack), spoil)).issues if i.severity is Severity.ERROR]
    assert any(i.sheet == f"{head}02" for i in told)
    assert all(HOME not in i.message and HOME not in i.sheet for i in told)


@pytest.mark.parametrize("where", ["mark", "tab"])
def test_such_sheets_are_known_by_their_own_code(tmp_path: Path, where: str) -> None:
    """No title anywhere: the mark at the top right (Z03表), or the tab (Z3), says which sheet it is."""
    pack = load_pack(pack_folder(tmp_path, renumbered(HOME, "Z")))

    def strip(book: openpyxl.Workbook) -> None:
        for number, sheet in enumerate(book.worksheets, 1):
            sheet.title = f"Z{number}" if where == "tab" else f"页{chr(64 + number)}"
            sheet["A1"] = "决算"
            if where == "tab":
                for row in sheet.iter_rows(max_row=3):
                    for cell in row:
                        if isinstance(cell.value, str) and cell.value.startswith("Z"):
                            cell.value = None

    report = checked(pack, changed(unit_book(pack), strip))
    assert list(report.accounts.tables) == list(pack.sheets)


def test_the_whole_way_with_such_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sample has no codes of any form in its cells: check, report, review of the report, a new year's workbook."""
    pack = ["--pack", str(pack_folder(tmp_path, renumbered(HOME, "Z")))]
    workbook, prior = (str(next((TEMPLATES / "sample").glob(f"*_{year}年度决算公开表.xlsx"))) for year in (2024, 2023))
    report, figures = str(tmp_path / "报告.docx"), tmp_path / "数字.json"
    code = main(["check", workbook, "--prior", prior, *pack, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert [sheet["code"] for sheet in found["sheets"]] == [f"Z{n:02}" for n in range(1, 12)]
    assert (code, found["summary"]["错误"]) == (0, 0)
    assert main(["report", workbook, "--prior", prior, *pack, "-o", report, "--figures", str(figures)]) == 0
    told = [figure["how"] for figure in json.loads(figures.read_text("utf-8"))]
    assert len(told) > 400
    assert not [how for how in told if HOME in how]
    capsys.readouterr()
    assert main(["review", report, workbook, "--prior", prior, *pack, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["issues"] == []
    assert main(["new", str(tmp_path / "新"), "--unit", "某单位", "--year", "2025", *pack]) == 0
    book = openpyxl.load_workbook(next((tmp_path / "新").glob("*公开表.xlsx")))
    assert [sheet.title[:3] for sheet in book.worksheets] == [f"Z{n:02}" for n in range(1, 12)]
    glossary = openpyxl.load_workbook(next((tmp_path / "新").glob("*底稿.xlsx")))["名词解释"]
    assert "“三公”经费" in [row[0].value for row in glossary.iter_rows()]  # the pack's, for a unit without last year's


def test_the_words_of_frame_and_headers_are_the_packs(tmp_path: Path) -> None:
    def reworded(text: str) -> str:
        for old, new in (("公开部门：{单位名称}", "编制单位：{单位名称}"), ("单位：{金额单位}", "金额单位：{金额单位}"),
                         ('code = "科目编码"', 'code = "功能分类科目编码"'), ('line = "行次"', 'line = "序号"')):
            text = replaced(old, new)(text)
        return text

    pack = load_pack(pack_folder(tmp_path, {"sheets.toml": reworded}))
    data = unit_book(pack)
    texts = {str(c.value) for s in openpyxl.load_workbook(io.BytesIO(data)).worksheets for row in s.iter_rows(max_row=6) for c in row}
    assert texts >= {"编制单位：某单位", "2024年度", "金额单位：万元", "功能分类科目编码", "序号"}
    assert not texts & {"公开部门：某单位", "单位：万元", "科目编码", "行次"}
    assert checked(pack, data).summary() == checked(standard_pack(), unit_book(standard_pack())).summary()


# ---------------------------------------------------------------- other rules


def fewer(folder: Path) -> Pack:
    """The home form without 公开07 and 公开11, and without the records that name them."""
    return load_pack(pack_folder(folder, smaller("公开07", "公开11", without=("中小企业",))))


def test_messages_count_the_sheets_of_the_pack(tmp_path: Path) -> None:
    pack = fewer(tmp_path)
    assert pack.count_words == "九张"
    report = checked(pack, unit_book(standard_pack()))
    assert not of_rule(report, "规范-01")
    assert not of_rule(report, "规范-02")
    assert [re.sub("“.*”", "…", i.message) for i in of_rule(report, "规范-03")] == ["工作表…不是九张公开表之一，没有校验"] * 2


def without(*titles: str) -> object:
    def remove(book: openpyxl.Workbook) -> None:
        for sheet in [s for s in book.worksheets if s["A1"].value in titles]:
            book.remove(sheet)

    return remove


def test_the_lack_of_a_sheet_is_as_bad_however_many_are_absent() -> None:
    titles = {code: layout.title for code, layout in standard_pack().sheets.items()}
    for absent in (["公开07"], ["公开07", "公开11"]):
        book = changed(unit_book(standard_pack()), without(*[titles[code] for code in absent]))
        found = of_rule(checked(standard_pack(), book), "规范-01")
        assert [(i.sheet, i.severity) for i in found] == [(code, Severity.ERROR) for code in absent]


def test_thresholds_words_and_sentences_of_a_rule_are_its_record(tmp_path: Path) -> None:
    book = workbook_bytes(standard_pack(), unit_name="某单位", year=2024, amounts={
        ("公开01", row, "决算数"): Decimal(150) for row in ("其他收入", "本年收入合计", "收入总计", "205", "本年支出合计", "支出总计")})
    assert not of_rule(checked(standard_pack(), book), "规范-10")
    own = load_pack(pack_folder(tmp_path, {"form-rules.csv": lambda text: replaced("过大=1000000", "过大=49.9")(
        replaced("{项目}按表头的金额单位（{金额单位}）是 {亿元} 亿元，请核对金额单位是否写对", "{项目}怎么有 {亿元} 亿元")(text))}))
    assert [i.message for i in of_rule(checked(own, book), "规范-10")] == ["收入总计怎么有 0.02 亿元"]


def test_which_words_state_that_a_sheet_is_empty(tmp_path: Path) -> None:
    def reworded(book: openpyxl.Workbook) -> None:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and "本表为空表" in cell.value:
                        cell.value = "今年这里不涉及任何数字"

    book = changed(workbook_bytes(standard_pack(), unit_name="某单位", year=2024, amounts={}), reworded)
    assert len(of_rule(checked(standard_pack(), book), "规范-31")) == 3
    own = load_pack(pack_folder(tmp_path, {"form-rules.csv": replaced("用词=无、没有、空表、未发生", "用词=不涉及")}))
    assert not of_rule(checked(own, book), "规范-31")


def test_a_file_states_only_what_is_otherwise(tmp_path: Path) -> None:
    """Every rule that it does not name is as in the default pack: a file of two lines does not turn off all the others."""
    (folder := pack_folder(tmp_path)).joinpath("form-rules.csv").write_text("编号,级别,名称,依据,参数,措辞\n规范-21,不查,,,,\n规范-31,错误,,,,\n", "utf-8")
    own, home = load_pack(folder), standard_pack()
    assert dict(own.form_rules) == {code: replace(rule, severity=Severity.ERROR) if code == "规范-31" else rule
                                    for code, rule in home.form_rules.items() if code != "规范-21"}
    report = checked(own, unit_book(home))
    assert "规范-21" not in report.examined
    assert not of_rule(report, "规范-21")
    assert of_rule(checked(home, unit_book(home)), "规范-21")


def test_what_a_record_leaves_out_is_the_default_packs(tmp_path: Path) -> None:
    def short(text: str) -> str:
        rows = list(csv.reader(io.StringIO(text)))
        return "\n".join(",".join(row[:4]) for row in rows if "/" not in row[0])

    own = load_pack(pack_folder(tmp_path, {"form-rules.csv": short}))
    assert own.form_rules == standard_pack().form_rules


def test_a_pack_without_the_file_has_the_default_packs_rules(tmp_path: Path) -> None:
    own = load_pack(pack_folder(tmp_path, without=("form-rules.csv", "review-rules.csv")))
    assert own.form_rules == standard_pack().form_rules
    assert own.review_rules == standard_pack().review_rules


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("过小=1", "过小=一", "规范-10.*过小.*一.*应是数字"),
        ("过小=1", "过少=1", "没有参数“过少”"),
        ("用词=无、没有、空表、未发生", "用词=", "用“、”隔开的词"),
        ("工作表“{工作表}”不是", "工作表“{名称}”不是", "不能用“{名称}”.*{几张}、{工作表}"),
        ("工作表“{工作表}”不是", "工作表“{工作表”不是", "花括号"),
        ("工作表“{工作表}”不是", "工作表“{工作表.__class__}”不是", "只写名称"),
        ("规范-06/写错", "规范-06/错了", "没有“错了”"),
        ("规范-06,错误", "规范-99,错误", "没有这个编号"),
        ("规范-10,提示,金额单位与金额不相称,表头格式：金额单位,过小=1；过大=1000000,", "规范-10,提示,甲,乙,,丙", "规范-10/过小"),
    ],
)
def test_a_broken_record_is_refused_with_its_line(tmp_path: Path, old: str, new: str, cause: str) -> None:
    folder = pack_folder(tmp_path, {"form-rules.csv": replaced(old, new, 1)})
    line = (standard_pack().folder / "form-rules.csv").read_text(encoding="utf-8").partition(old)[0].count("\n") + 1
    with pytest.raises(PackError, match=f"form-rules.csv 第 {line} 行.*{cause}"):
        load_pack(folder)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ('whole = ["收入总计", "决算数"]', 'whole = ["收入总和", "决算数"]', r"第 \d+ 行.*公开01.*whole"),
        ('code = "公开02"', 'code = "公开-02"', r"第 \d+ 行.*编号“公开-02”"),
        ('code = "公开02"', 'code = "底稿"', r"第 \d+ 行.*编号“底稿”"),
        ("rows_vary = true", "rows_vray = true", r"第 \d+ 行.*不认识“rows_vray”"),
        ('["支出总计", ["本年支出合计", "结余分配"', '["支出总计", ["不存在的行", "结余分配"', r"第 \d+ 行.*不存在的行"),
        ('code = "公开02"', 'code = "公开01"', r"第 \d+ 行.*公开01.*重复"),
        ("years = [2023, 2026]", "years = = 2024", r"第 \d+ 行"),
        ("years = [2023, 2026]", "years = [2026, 2023]", r"第 \d+ 行.*首尾两个年度"),
        ("{单位名称}", "{名称}", r"第 \d+ 行.*{单位名称}"),
        ('item = "项目"', 'item = ""', r"第 \d+ 行.*item"),
        ("count_units = ", 'unprinted_classes = ["227"]\ncount_units = ', r"第 \d+ 行.*227.*class_codes"),
        ('economic_panels = [["301"', 'unprinted_codes = ["31000"]\neconomic_panels = [["301"', r"第 \d+ 行.*31000"),
    ],
)
def test_a_broken_layout_is_refused_with_its_line(tmp_path: Path, old: str, new: str, cause: str) -> None:
    folder = pack_folder(tmp_path, {"sheets.toml": replaced(old, new, 1)})
    with pytest.raises(PackError, match=f"sheets.toml {cause}") as caught:
        load_pack(folder)
    lines = (folder / "sheets.toml").read_text("utf-8").splitlines()
    assert caught.value.line is not None
    assert new.split("\n", maxsplit=1)[0] in lines[caught.value.line - 1]


@pytest.mark.parametrize(
    ("name", "edit", "said"),
    [
        ("check-formulas.csv", lambda text: text.replace("公开01[本年收入合计] =", "公开01[本年收入总计] =", 1),
         r"check-formulas.csv 第 2 行：.*公开01的行中没有“本年收入总计”，是不是“本年收入合计”"),
        ("check-formulas.csv", lambda text: text.replace("03-01,表内,错误", "03-01,表内,严重").replace("02-01,表内,错误", "02-01,表内,大"),
         r"第 \d+ 行：.*级别不能是“大”.*还有 1 处不对：第 \d+ 行"),
        ("check-formulas.csv", None, r"自己的模板包/check-formulas.csv 不存在，用的是默认模板包的，它与这个表样不符（.*），请写一份自己的"),
        ("check-formulas.csv", lambda text: text.lstrip("\ufeff").encode("gb18030"), "不是 UTF-8 编码.*另存为“CSV UTF-8”"),
        ("figures.csv", lambda text: text + "新.车辆,车辆,,公开11[车辆数合计],万元,,,,,\n", "算式里是个数，单位应写“辆”"),
        ("figures.csv", lambda text: text + "新.车辆,车辆,,公开01[收入总计],辆,,,,,\n", "算式里是金额，单位应写“万元”"),
        ("sheets.toml", lambda text: text.replace('["决算数", ["决算数", "金额", "数"], 15]', '["决算数", "决算数", 15]', 1),
         r'第 \d+ 行：.*“columns”中的 \["决算数", "决算数", 15\] 应写作 \["编号", \["表头"'),
        ("sheets.toml", lambda text: text.replace('["决算数", ["决算数", "金额", "数"], 15]', '["决算数", ["决算数"], 2024-01-01]', 1),
         r'第 \d+ 行：.*“columns”中的 \["决算数", \["决算数"\], "2024-01-01"\] 应写作'),
        ("sheets.toml", lambda text: text.replace("total_panels = [0, 1]", "total_panels = [1, 3]", 1), "从 0 数起"),
        ("sheets.toml", lambda text: text.replace("[printed]", "[printed", 1), r"第 \d+ 行：这里或前一行的写法不对"),
    ],
)
def test_a_strangers_slips_are_told_with_their_remedy(tmp_path: Path, name: str, edit: Callable[[str], str | bytes] | None, said: str) -> None:
    folder = pack_folder(tmp_path, {} if edit else renumbered(HOME, "Z"))
    text = (file := folder / name).read_text("utf-8")
    if edit is None:
        file.unlink()
    else:
        file.write_bytes(made if isinstance(made := edit(text), bytes) else made.encode())
    with pytest.raises(PackError, match=said):
        load_pack(folder)


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"sheets.toml 不存在"):
        load_pack(tmp_path)
