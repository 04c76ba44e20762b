"""What is said below the tables, and findings that are one for a whole sheet or workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.naive_unit import Unit, naive_unit
from tests.naive_workbook import TITLES, Form, draw
from tests.units import standard_pack
from workbook.issues import Issue, Severity
from workbook.reading.accounts import read_workbook
from workbook.rules.check import check

UNIT = naive_unit(5, funds=True)
WUXI = naive_unit(6)
WUXI.name = "无锡市示例中心"


def checked(folder: Path, unit: Unit, edit: Callable[[Any, Any], None], form: Form | None = None) -> list[Issue]:
    book, where = draw(unit, form or Form())
    edit(book, where)
    book.save(folder / "a.xlsx")
    return list(check(read_workbook(folder / "a.xlsx", standard_pack())).issues)


def below(number: str, text: str) -> Callable[[Any, Any], None]:
    """Only *text* stands below the table."""
    def edit(book: Any, where: Any) -> None:
        sheet = book[TITLES[number]]
        for row in sheet.iter_rows(min_row=5):
            for cell in row:
                if isinstance(cell.value, str) and ("无" in cell.value or "空表" in cell.value):
                    cell.value = None
        sheet.cell(sheet.max_row + 1, 1).value = text
    return edit


STATEMENTS = {
    "": "没有说明", "本单位没有政府性基金预算财政拨款收入和支出，故本表无数据。": "", "本表为空表，本年度未发生。": "",
    "本单位无国有资本经营预算财政拨款收支，本表为空表。": "说的却是公开09表", "无锡市示例中心本年度情况": "没有说明",
    "无政府性基金收支的，仍保留该表格式，并在本表下方作下述说明：": "没有说明",
}


@pytest.mark.parametrize(("text", "words"), STATEMENTS.items())
def test_a_statement_must_speak_of_its_table(text, words, tmp_path):
    issues = [i for i in checked(tmp_path, WUXI, below("08", text)) if i.sheet == "公开08"]
    found = [i.message for i in issues if i.code == "规范-31"]
    assert len(found) == bool(words)
    assert all("没有说明" in message or words in message for message in found)
    assert [i.severity for i in issues if i.code == "规范-32"] == ([Severity.NOTICE] if "下述说明" in text else [])


def test_numbers_as_text_in_a_whole_workbook_are_one_finding(tmp_path):
    def as_text(book: Any, where: Any) -> None:
        for sheet, a1 in dict.fromkeys(where.values()):
            cell = book[sheet][a1]
            cell.value = f"{cell.value:,}" if isinstance(cell.value, int | float) else cell.value

    found = [i for i in checked(tmp_path, UNIT, as_text) if i.code == "规范-23"]
    assert len(found) == 1
    assert "11 张表" in found[0].message
    assert len({c.ref.sheet for c in found[0].cells}) == 11


def causes(issues: list[Issue]) -> list[Issue]:
    """The first 错误 of each culprit."""
    errors = [i for i in issues if i.severity is Severity.ERROR]
    return list({i.culprit: i for i in reversed(errors)}.values())


@pytest.mark.parametrize(("money", "factor"), [("万元", 10_000), ("元", 0.0001)])
def test_one_sheet_in_the_other_unit_is_one_cause(money, factor, tmp_path):
    def scaled(book: Any, where: Any) -> None:
        for sheet, a1 in (place for key, place in where.items() if key[0] == "05"):
            book[sheet][a1].value = round((book[sheet][a1].value or 0) * factor, 6)

    (cause,) = causes(checked(tmp_path, UNIT, scaled, Form(money=money)))
    assert cause.code == "规范-06"
    assert cause.cells[0].value == f"单位：{money}"


def delete(number: str, code: str) -> Callable[[Any, Any], None]:
    def edit(book: Any, where: Any) -> None:
        sheet, a1 = where[number, code, "小计"]
        book[sheet].delete_rows(book[sheet][a1].row)
    return edit


def recode(number: str, code: str, other: str) -> Callable[[Any, Any], None]:
    def edit(book: Any, where: Any) -> None:
        sheet, a1 = where[number, code, "小计"]
        book[sheet][a1].offset(0, -2).value = other
    return edit


def shift(step: int) -> Callable[[Any, Any], None]:
    """The amounts of 公开03 from 基本支出 on stand *step* columns at the right."""
    def edit(book: Any, where: Any) -> None:
        sheet = book[where["03", "合计", "小计"][0]]
        for row in sheet.iter_rows(min_row=7, min_col=4):
            values = [cell.value for cell in row]
            for column, value in enumerate([None] * step + values, 4):
                sheet.cell(row[0].row, column).value = value
    return edit


def test_a_deleted_row_is_the_cause(tmp_path):
    unit = naive_unit(9)
    items = sorted(c for c in unit.general if len(c) == 7)
    code = next(c for c in items if sum(i[:5] == c[:5] for i in items) > 1 and all(unit.general[c][1:]))
    (cause,) = causes(checked(tmp_path, unit, delete("05", code)))
    assert cause.code == "规范-33"
    assert f"“{code[:5]}”" in cause.message
    assert cause.cells[0].value == code[:5]


def test_shifted_columns_are_the_cause(tmp_path):
    (cause,) = causes(checked(tmp_path, UNIT, shift(1)))
    assert cause.code == "规范-33"
    assert "从“基本支出”栏起，各数像是右移了一栏" in cause.message


def test_the_only_item_and_a_code_of_zeros(tmp_path):
    item = next(c for c in sorted(UNIT.general) if sum(i[:5] == c[:5] for i in UNIT.general) == 1)
    lacking = checked(tmp_path, UNIT, delete("05", item))
    assert [c.value for i in lacking if i.code == "规范-18" for c in i.cells] == [item[:5]]
    zeros = checked(tmp_path, UNIT, recode("03", item, f"{item[:5]}00"))
    assert f"{item[:5]}00" in {i.cells[0].value for i in zeros if i.code == "规范-11"}
