"""Checking as an outsider sees it: other people's workbooks in their many forms, and one fault at a time.

The workbooks are drawn by ``tests/naive_workbook.py``, which knows the official forms and nothing of the program.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from cli.main import main
from tests.naive_unit import INCOME, Cells, naive_cells, naive_unit
from tests.naive_workbook import TITLES, Form, draw, write

G, F, S = "2059999", "2120801", "2230105"
UNIT = naive_unit(5, funds=True)
CELLS = naive_cells(UNIT)
STEP = 3_000_000  # 3 万元 in 分


def check(capsys: pytest.CaptureFixture[str], path: Path, *more: object) -> tuple[int, dict]:
    capsys.readouterr()
    code = main(["check", str(path), "--format", "json", *map(str, more)])
    return code, json.loads(capsys.readouterr().out)


def of(found: dict, severity: str) -> list[dict]:
    return [i for i in found["issues"] if i["severity"] == severity]


def named(issues: list[dict]) -> set[tuple[str, str]]:
    return {(c["sheet"], c["cell"]) for i in issues for c in i["cells"]}


# ------------------------------------------------------------------ forms

FORMS = [
    Form(), Form(money="元"), Form(places=2), Form(money="元", places=2, zero=None), Form(lines=False), Form(numbers=False),
    Form(code="number"), Form(code="split"), Form(code="split", numbers=False), Form(total_last=True), Form(names="mark"),
    Form(names="gk"), Form(names="plain"), Form(shift=(3, 2)), Form(half=True), Form(zero="—"), Form(zero="0.00"),
    Form(flat_cars=True), Form(nine=True), Form(nine=True, names="mark", code="split", total_last=True, lines=False, flat_cars=True),
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_consistent_workbook_has_no_error_whatever_its_form(form, tmp_path, capsys):
    for seed, unit in enumerate((UNIT, naive_unit(6, agency=True), naive_unit(7, own=False, step=10_000))):
        path = tmp_path / f"{seed}.xlsx"
        write(path, unit, form)
        code, found = check(capsys, path)
        assert (code, of(found, "错误")) == (0, [])
        assert (found["unit"], found["year"], found["money_unit"]) == (unit.name, 2024, form.money)
        assert len(found["sheets"]) == (9 if form.nine else 11)


def test_whole_numbers_of_an_old_xls_are_numbers():
    from workbook.formats.source import _make_floats

    rows: list[list[object]] = [[2050299, "其他普通教育支出", 12.5, True, ""]]
    _make_floats(rows)
    assert rows == [[2050299.0, "其他普通教育支出", 12.5, True, ""]]
    assert [type(c) for c in rows[0]] == [float, str, float, bool, str]


# ------------------------------------------------------------------ relations

def chain(table: str, code: str, *columns: str) -> list[tuple[str, str, str]]:
    """A code and all its superiors, in *columns*."""
    return [(table, row, column) for row in (code, code[:5], code[:3], "合计") for column in columns]


RELATIONS: dict[str, tuple[list, tuple]] = {  # what is raised by 3 万元 (a fourth value: its sign) → cells of one 错误
    "01 收入合计": ([("01", "本年收入", "收")], (("01", "本年收入", "收"),)),
    "01 支出合计": ([("01", "205", "支")], (("01", "205", "支"), ("01", "本年支出", "支"))),
    "01 两个总计": ([("01", "总计", "支"), ("01", "年末", "支")], (("01", "总计", "收"), ("01", "总计", "支"))),
    "01 结余分配": ([("01", "分配", "支")], (("01", "分配", "支"), ("01", "总计", "支"))),
    "02 款与项": ([("02", "20599", "事业"), ("02", "20599", "小计")], (("02", "20599", "事业"), ("02", G, "事业"))),
    "03 类与款": ([("03", "205", "项目"), ("03", "205", "小计")], (("03", "205", "项目"),)),
    "05 合计与类": ([("05", "合计", "基本"), ("05", "合计", "小计")], (("05", "合计", "基本"),)),
    "08 年末": ([("08", k, "年末") for k in (F, F[:5], F[:3], "合计")], (("08", F, "年末"), ("08", F, "年初"))),
    "09 行": ([("09", S, "项目")], (("09", S, "项目"), ("09", S, "小计"))),
    "02与01": (chain("02", G, "事业", "小计"), (("02", "合计", "事业"), ("01", "事业收入", "收"))),
    "02财政与01": (chain("02", G, "财政", "小计"), (("02", "合计", "财政"), ("01", INCOME[0], "收"))),
    "03与01": (chain("03", G, "项目", "小计"), (("03", "205", "小计"), ("01", "205", "支"))),
    "04 三项": ([("04", "205", "合计")], (("04", "205", "合计"), ("04", "205", "一般公共"))),
    "04 各类": ([("04", "205", "一般公共"), ("04", "205", "合计")], (("04", "205", "一般公共"), ("04", "本年支出", "一般公共"))),
    "04 年初": ([("04", "年初1", "收")], (("04", "年初1", "收"), ("04", "年初", "收"))),
    "04 平衡": ([("04", r, c) for r in ("年末", "总计") for c in ("国有资本", "合计")], (("04", "年末", "国有资本"), ("04", "收入2", "收"))),
    "04与01": ([("01", INCOME[0], "收"), ("01", INCOME[1], "收", -1)], (("01", INCOME[0], "收"), ("04", "收入0", "收"))),
    "04与02": (chain("02", G, "财政", "小计"), (("04", "本年收入", "收"), ("02", "合计", "财政"))),
    "04与05": (chain("05", G, "项目", "小计"), (("05", "合计", "小计"), ("04", "本年支出", "一般公共"))),
    "04与08": (chain("08", F, "收入", "年末"), (("08", "合计", "收入"), ("04", "收入1", "收"))),
    "04与09年初": (chain("09", S, "年初", "年末"), (("09", "合计", "年初"), ("04", "年初2", "收"))),
    "05与03": ([("05", G, "基本", 90), ("05", G, "项目", -90)], (("05", G, "基本"), ("03", G, "基本"))),
    "05与06": ([("06", k, "数") for k in ("30101", "301", "人员")], (("06", "人员", "数"), ("05", "合计", "基本"))),
    "05与07": ([("07", k, "数") for k in ("30213", "302", "合计")], (("07", "合计", "数"), ("05", "合计", "项目"))),
    "06 类": ([("06", "30103", "数")], (("06", "30103", "数"), ("06", "301", "数"))),
    "06 公用": ([("06", "公用", "数"), ("06", "人员", "数", -1)], (("06", "公用", "数"),)),
    "07 合计": ([("07", "310", "数"), ("07", "31002", "数")], (("07", "310", "数"), ("07", "合计", "数"))),
    "10 合计": ([("10", "预算", "出国")], (("10", "预算", "出国"), ("10", "预算", "合计"))),
    "10 公车": ([("10", "决算", "运行")], (("10", "决算", "运行"), ("10", "决算", "车"))),
    "11与10": ([("11", "购置", "数")], (("11", "购置", "数"), ("10", "决算", "购置"))),
    "11 接待": ([("11", "国内", "数")], (("11", "国内", "数"), ("11", "国外", "数"))),
    "11 运行": ([("11", "机关运行", "数")], (("11", "机关运行", "数"), ("11", "行政", "数"))),
    "11 采购": ([("11", "工程", "数")], (("11", "工程", "数"), ("11", "采购", "数"))),
    "11 中小": ([("11", "中小", "数", 900)], (("11", "中小", "数"), ("11", "采购", "数"))),
    "11 小微": ([("11", "小微", "数", 900)], (("11", "小微", "数"), ("11", "中小", "数"))),
}


@pytest.mark.parametrize(("changes", "cells"), RELATIONS.values(), ids=RELATIONS)
def test_each_relation_names_both_its_sides(changes, cells, tmp_path, capsys):
    broken: Cells = dict(CELLS)
    for *key, in changes:
        broken[tuple(key[:3])] += STEP * (key[3] if len(key) > 3 else 1)
    where = write(tmp_path / "a.xlsx", UNIT, cells=broken)
    code, found = check(capsys, tmp_path / "a.xlsx")
    assert code == 1
    wanted = {where[key] for key in cells}
    issue = next(i for i in of(found, "错误") if wanted <= named([i]))
    assert Decimal(issue["left"]) - Decimal(issue["right"]) == Decimal(issue["difference"]) != 0
    assert "计算数" not in issue["message"]
    assert "相差" in issue["message"]


def test_an_agency_without_a_companion_is_checked_as_one(tmp_path, capsys):
    unit = naive_unit(6, agency=True)
    cells = naive_cells(unit)
    for key in ("机关运行", "行政"):
        cells["11", key, "数"] += STEP
    where = write(tmp_path / "a.xlsx", unit, cells=cells)
    code, found = check(capsys, tmp_path / "a.xlsx")
    assert code == 1
    assert {where["11", "机关运行", "数"], where["06", "公用", "数"]} <= named(of(found, "错误"))


# ------------------------------------------------------------------ the rounding bound

@pytest.mark.parametrize("is_zero_written", [False, True])  # 0.00 may stand for 0.004
@pytest.mark.parametrize(("added", "severity"), [("0.01", "尾差"), ("0.02", "尾差"), ("0.03", "错误"), ("0.0201", "错误")])
def test_the_bound_is_half_a_place_for_each_rounded_number(added, severity, is_zero_written, tmp_path, capsys):
    unit = naive_unit(8, funds=True, step=10_000)
    if is_zero_written:
        unit.project["30226"] = unit.project.pop("30212")
        unit.counts |= {"团组": 0, "人次": 0}
    book, where = draw(unit, Form(places=2))
    assert bool(naive_cells(unit)["10", "预算", "出国"]) is not is_zero_written
    sheet, a1 = where["10", "预算", "合计"]
    book[sheet][a1] = float(Decimal(str(book[sheet][a1].value)) + Decimal(added))
    book.save(tmp_path / "a.xlsx")
    code, found = check(capsys, tmp_path / "a.xlsx")
    assert [i["code"] for i in of(found, severity) if i["code"] != "规范-21"] == ["10-01"]
    assert code == (severity == "错误")


# ------------------------------------------------------------------ form

def put(key: tuple[str, str, str], value: object):
    def edit(book, where):
        sheet, a1 = where[key]
        book[sheet][a1] = value
        return {where[key]}
    return edit


def beside(key: tuple[str, str, str], back: int, value: object):
    def edit(book, where):
        sheet, a1 = where[key]
        cell = book[sheet][a1].offset(0, -back)
        cell.value = value
        return {(sheet, cell.coordinate)}
    return edit


def in_frame(old: str, new: str):
    def edit(book, where):
        sheet = book[TITLES["03"]]
        cell = next(c for row in sheet.iter_rows(max_row=4) for c in row if c.value == old)
        cell.value = new
        return {(sheet.title, cell.coordinate)}
    return edit


def repeated(book, where):
    sheet, a1 = where["03", G, "小计"]
    row, last = book[sheet][a1].row, book[sheet].max_row + 1
    for column in range(1, 9):
        book[sheet].cell(last, column).value = book[sheet].cell(row, column).value
    return {(sheet, f"A{row}"), (sheet, f"A{last}")}


def hidden(book, where):
    book[TITLES["02"]].sheet_state = "hidden"
    return {(TITLES["02"], "A1")}


FORM_FAULTS = {
    "error value": (put(("03", G, "项目"), "#REF!"), "错误", "规范-25"),
    "formula never computed": (put(("03", "合计", "项目"), "=SUM(E8:E20)"), "错误", "规范-26"),
    "words": (put(("05", G, "项目"), "约三万"), "错误", "规范-27"),
    "the word for none": (put(("10", "决算", "出国"), "无"), "错误", "规范-27"),
    "another unit behind the number": (put(("06", "30101", "数"), "12.5元"), "错误", "规范-27"),
    "a count in words": (put(("11", "1.因公出国（境）团组数", "数"), "两个"), "错误", "规范-27"),
    "six digits": (beside(("03", G, "小计"), 2, "205999"), "错误", "规范-12"),
    "letters in a code": (beside(("03", G, "小计"), 2, "20599A9"), "错误", "规范-16"),
    "unknown code": (beside(("03", G, "小计"), 2, "2059988"), "提示", "规范-11"),
    "another name": (beside(("03", G, "小计"), 1, "其它教育"), "提示", "规范-15"),
    "economic name": (beside(("06", "30101", "数"), 1, "基本公资"), "提示", "规范-15"),
    "repeated code": (repeated, "错误", "规范-14"),
    "hidden sheet": (hidden, "提示", "规范-24"),
    "year": (in_frame("2024年度", "2023年度"), "错误", "规范-04"),
    "unit": (in_frame("公开部门：测试市实验中学", "公开部门：第二中学"), "错误", "规范-05"),
    "money": (in_frame("单位：万元", "单位：元"), "错误", "规范-06"),
    "negative": (put(("01", "其他收入", "收"), -3), "提示", "01-90"),
}


@pytest.mark.parametrize(("edit", "severity", "rule"), FORM_FAULTS.values(), ids=FORM_FAULTS)
def test_each_fault_of_form_names_its_cell(edit, severity, rule, tmp_path, capsys):
    book, where = draw(UNIT)
    cells = edit(book, where)
    book.save(tmp_path / "a.xlsx")
    code, found = check(capsys, tmp_path / "a.xlsx")
    issue = next(i for i in found["issues"] if i["code"] == rule)
    assert issue["severity"] == severity
    assert cells <= named([issue])
    assert code == bool(of(found, "错误"))


def test_full_width_digits_and_a_fitting_unit_are_understood(tmp_path, capsys):
    book, where = draw(UNIT, Form(money="元", places=2))
    sheet, a1 = where["03", G, "基本"]
    value = f"{book[sheet][a1].value:,.2f}"
    book[sheet][a1] = "".join(chr(ord(c) + 0xFEE0) for c in value) + "元"
    book[sheet][a1].offset(0, -3).value = "２０５９９９９"
    book.save(tmp_path / "a.xlsx")
    code, found = check(capsys, tmp_path / "a.xlsx")
    assert (code, of(found, "错误")) == (0, [])
    assert (sheet, a1) in named([i for i in found["issues"] if i["code"] == "规范-23"])


def test_a_wrong_money_unit_is_one_fault(tmp_path, capsys):
    book, where = draw(UNIT)
    (cell,) = in_frame("单位：万元", "单位：元")(book, where)
    book.save(tmp_path / "a.xlsx")
    _, found = check(capsys, tmp_path / "a.xlsx")
    errors = of(found, "错误")
    assert errors[0]["code"] == "规范-06"
    assert f"下列 {len(errors) - 1} 处" in errors[0]["message"]
    assert {(i["culprit"]["sheet"], i["culprit"]["cell"]) for i in errors} == {cell}
    capsys.readouterr()
    main(["check", str(tmp_path / "a.xlsx")])
    text = capsys.readouterr().out
    assert sum(line.lstrip(" 　└").startswith("✗") for line in text.splitlines()) < 10 < len(errors)


@pytest.mark.parametrize(("money", "shown", "words"), [("元", "万元", "是否应为万元"), ("万元", "元", "亿元")])
def test_amounts_that_contradict_their_money_unit_are_pointed_out(money, shown, words, tmp_path, capsys):
    book, _ = draw(UNIT, Form(money=shown))
    for sheet in book:
        cell = next(c for row in sheet.iter_rows(max_row=4) for c in row if c.value == f"单位：{shown}")
        cell.value = f"单位：{money}"
    book.save(tmp_path / "a.xlsx")
    _, found = check(capsys, tmp_path / "a.xlsx")
    assert words in next(i["message"] for i in found["issues"] if i["code"] == "规范-10")
