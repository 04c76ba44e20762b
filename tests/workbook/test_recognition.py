"""What makes a sheet the table: its rows and columns, not a title that it quotes; where a table begins and ends."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.naive_unit import naive_unit
from tests.naive_workbook import TITLES, Form, draw
from tests.units import standard_pack
from workbook.errors import InputError
from workbook.reading.accounts import Accounts, read_workbook

UNIT = naive_unit(5, funds=True)


def written(folder: Path, *sheets: tuple[str, list[list[object]]]) -> Accounts:
    """The accounts of a workbook with these rows, no cells merged."""
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                sheet.write_row(r, 0, row)
    return read_workbook(folder / "a.xlsx", standard_pack())


@pytest.mark.parametrize("number", ["01", "04", "11"])
def test_a_title_alone_is_no_table(number, tmp_path):
    with pytest.raises(InputError, match="没有找到任何一张"):
        written(tmp_path, ("Sheet", [[TITLES[number]], ["本单位无数据"]]))


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("words", ["填报说明：收入支出决算总表根据财决01表填列。", "收入决算表（请各单位核对）"])
def test_a_sheet_of_notes_is_not_the_table_that_it_quotes(words, is_first, tmp_path):
    book, _ = draw(UNIT)
    notes = book.create_sheet("填报说明", 0 if is_first else None)
    notes["A1"], notes["A2"], notes["B3"] = words, "1.各表数据取自部门决算报表。", 20240930
    book.save(tmp_path / "a.xlsx")
    accounts = read_workbook(tmp_path / "a.xlsx", standard_pack())
    assert accounts.duplicates == ()
    assert {t.sheet.name for t in accounts.tables.values()} == set(TITLES.values())
    assert [sheet.name for sheet in accounts.unrecognised] == ["填报说明"]


def test_only_a_note_in_its_place_ends_a_table(tmp_path):
    book, where = draw(UNIT, Form())
    sheet, a1 = where["03", "2059999", "小计"]
    book[sheet][a1].offset(0, -1).value = "注册资本金"
    last = book[sheet].max_row + 1
    for row, content in ((last, "注：本表反映支出情况。"), (last + 1, "47188888"), (last + 2, 13800000000)):
        book[sheet].cell(row, 1).value = content
    book.save(tmp_path / "a.xlsx")
    table = read_workbook(tmp_path / "a.xlsx", standard_pack()).tables["公开03"]
    codes = [str(row[0].value) for row in book[sheet].iter_rows(max_row=last - 1)]
    assert set(table.rows) == {"合计", *filter(str.isdigit, codes)}
    assert table.names["2059999"] == "注册资本金"


HEADS = {
    "合计 in the line of 类, 款 and 项": [
        ["项目", "", "", "", "合计", "基本支出", "项目支出"], ["支出功能分类", "", "", "科目名称"], ["科目编码"],
        ["类", "款", "项", "合计", 30, 10, 20], ["205", "", "", "教育支出", 30, 10, 20], ["205", "02", "", "普通教育", 30, 10, 20],
        ["205", "02", "04", "高中教育", 30, 10, 20]],
    "合计 last, code and name in one cell": [
        ["科目编码及名称", "本年支出"], ["", "小计", "基本支出", "项目支出"], ["205 教育支出", 30, 10, 20], ["20502普通教育", 30, 10, 20],
        ["2050204　高中教育", 30, 10, 20], ["合计：", 30, 10, 20], ["说明：单位合计", "", "无"]],
    "names by level, the head twice": [
        ["编码", "科目名称", "", "", "本年支出"], ["", "类", "款", "项", "合计", "基本支出", "项目支出"], ["", "合计", "", "", 30, 10, 20],
        [205, "教育支出", "", "", 30, 10, 20], ["注：每页都有的注"], ["编码", "科目名称", "", "", "本年支出"], ["", "类", "款", "项", "合计", "基本支出", "项目支出"],
        ["栏次", "", "", "", 1, 2, 3], [20502, "", "普通教育", "", 30, 10, 20], [2050204, "", "", "高中教育", 30, 10, 20]],
}


@pytest.mark.parametrize("rows", HEADS.values(), ids=HEADS)
def test_heads_of_a_code_sheet(rows, tmp_path):
    title = TITLES["05"]
    table = written(tmp_path, (title, [[title], ["单位：万元"], *rows])).tables["公开05"]
    assert set(table.rows) == {"合计", "205", "20502", "2050204"}
    assert {c: dict(v) for c, v in table.columns.items()} == {
        column: dict.fromkeys(table.rows, Decimal(value)) for column, value in (("合计", 30), ("基本支出", 10), ("项目支出", 20))}
    assert table.names == {"205": "教育支出", "20502": "普通教育", "2050204": "高中教育"}


def test_budget_and_actual_side_by_side_under_each_kind(tmp_path):
    title = TITLES["10"]
    rows: list[list[object]] = [
        [title], ["单位：万元"], ["财政拨款“三公”经费"],
        ["合计", "", "因公出国（境）费", "", "公务用车购置及运行费", "", "", "", "", "", "公务接待费", ""],
        ["", "", "", "", "小计", "", "公务用车购置费", "", "公务用车运行费", "", "", ""],
        ["预算数", "决算数"] * 6, [float(n) for n in (21, 16, 1, 2, 11, 7, 5, 4, 6, 3, 9, 7)], ["注：本表反映预决算情况。"]]
    table = written(tmp_path, (title, rows)).tables["公开10"]
    assert {c: tuple(v.values()) for c, v in table.columns.items()} == {
        "合计": (21, 16), "因公出国（境）费": (1, 2), "公务用车购置及运行维护费": (11, 7), "公务用车购置费": (5, 4), "公务用车运行维护费": (6, 3),
        "公务接待费": (9, 7)}


def test_classes_with_their_code(tmp_path):
    book, where = draw(UNIT)
    for number in ("01", "04"):
        sheet = book[TITLES[number]]
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.endswith("教育支出"):
                    cell.value = "205 教育支出"
    book.save(tmp_path / "a.xlsx")
    accounts = read_workbook(tmp_path / "a.xlsx", standard_pack())
    assert accounts.value("公开01", "205") == openpyxl_value(tmp_path / "a.xlsx", where["01", "205", "支"])
    assert accounts.amount("公开04", "205", "合计") is not None


def openpyxl_value(path: Path, where: tuple[str, str]) -> Decimal:
    return Decimal(str(openpyxl.load_workbook(path)[where[0]][where[1]].value))
