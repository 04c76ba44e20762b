"""Which cell is blamed: inequalities count, blank totals are their own fault, and a wrong part of a computed sum is found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.naive_unit import Unit, naive_cells, naive_unit
from tests.naive_workbook import Form, draw, write
from tests.units import standard_pack
from workbook.editing.cells import CellState
from workbook.editing.session import EditSession
from workbook.issues import CellRef, Issue, Severity
from workbook.pack.loading import TEMPLATES
from workbook.reading.accounts import read_workbook
from workbook.rules.check import check, view_of

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def errors(issues: Iterable[Issue]) -> list[Issue]:
    return [i for i in issues if i.severity is Severity.ERROR]


def blamed(folder: Path, unit: Unit, key: tuple[str, str, str], form: Form) -> tuple[set[str], str]:
    """The cells that are blamed when one amount is missing, and its own."""
    where = write(folder / "a.xlsx", unit, form, cells={**naive_cells(unit), key: 0})
    found = errors(check(read_workbook(folder / "a.xlsx", standard_pack())).issues)
    return {i.culprit.a1 for i in found if i.culprit}, where[key][1]


@pytest.mark.parametrize("key", [("01", "年末", "支"), ("10", "预算", "合计"), ("06", "人员", "数"), ("03", "合计", "小计")])
def test_a_blank_amount_is_blamed_itself(key, tmp_path):
    unit = naive_unit(5, funds=True)
    assert naive_cells(unit)[key]
    cells, own = blamed(tmp_path, unit, key, Form(zero=None))
    assert cells == {own}


def test_a_wrong_part_of_a_computed_total_is_blamed():
    """The row's total follows the amount typed: the superior does not."""
    accounts = read_workbook(SAMPLE, standard_pack())
    table = accounts.tables["公开02"]
    position = table.position("2080505", "经营收入")
    assert position is not None
    typed = CellRef(table.sheet.file.name, table.sheet.name, *position)
    report = EditSession(accounts, view_of(accounts)).apply([(typed, CellState(5.0))]).report
    assert {i.culprit for i in errors(report.issues)} == {typed}
    assert {i.cells[0].ref for i in errors(report.issues)} == {typed}


@pytest.mark.parametrize(("shown", "severity"), [(0.0, Severity.TAIL), (None, Severity.ERROR)])
def test_a_few_yuan_shown_as_nothing_are_no_contradiction_of_a_count(shown, severity, tmp_path):
    """44 元 are printed 0.00 万元; a blank says that there is nothing."""
    book, where = draw(naive_unit(5, funds=True), Form(places=2))
    for row, value in (("国内", shown), ("5.国内公务接待批次", 1)):
        sheet, a1 = where["11", row, "数"]
        book[sheet][a1] = value
    book.save(tmp_path / "a.xlsx")
    issues = check(read_workbook(tmp_path / "a.xlsx", standard_pack())).issues
    assert {i.severity for i in issues if i.code == "11-15"} == {severity}
