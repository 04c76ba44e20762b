"""A sheet whose money unit is written wrongly (元 for 万元): one fault that breaks every relation of the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from workbook.formulas.bindings import View
from workbook.formulas.evaluate import Mismatch, evaluate
from workbook.issues import Issue, IssueCell
from workbook.reading.accounts import Accounts, read_table
from workbook.rules.form_issues import cell_at

_ENOUGH = 3
RULE = "规范-06"


def wrong_units(accounts: Accounts, view: View, errors: Sequence[Mismatch]) -> dict[str, frozenset[int]]:
    """Sheets whose unit differs from the others' and whose relations hold in the others' unit.

    Sheet code → the indexes of those *errors* that are gone when the sheet is read so.
    """
    found: dict[str, frozenset[int]] = {}
    for code, frame in accounts.frames.items():
        if frame.money_unit in (None, accounts.money_unit):
            continue
        table = accounts.tables[code]
        involved = [i for i, f in enumerate(errors) if any(c.table is table for c in f.cells)]
        if len(involved) < _ENOUGH:
            continue
        tables = {**view.tables, code: read_table(table.layout, table.sheet, accounts.money_unit)}
        formulas = (f for f in accounts.pack.formulas if code in f.tables)
        trial = evaluate(formulas, View(tables, view.prior, view.nature))
        still = {(f.formula.code, f.row, f.column) for f in trial.mismatches if not f.is_tail}
        gone = frozenset(i for i in involved if (errors[i].formula.code, errors[i].row, errors[i].column) not in still)
        if 2 * len(gone) > len(involved):
            found[code] = gone
    return found


def explained(issues: Sequence[Issue], units: Mapping[str, frozenset[int]], accounts: Accounts) -> Iterator[Issue]:
    """*issues* with the one about the unit telling how many others follow from it."""
    for issue in issues:
        if issue.code == RULE and (gone := units.get(issue.sheet)):
            words = accounts.pack.form_rules[RULE].words("写错", 其他单位=accounts.money_unit, 处数=len(gone))
            yield replace(issue, message=issue.message + words)
        else:
            yield issue


def unit_cell(accounts: Accounts, code: str) -> IssueCell | None:
    """The cell that states the sheet's money unit."""
    position = accounts.frames[code].positions.get("money_unit")
    return None if position is None else cell_at(accounts.tables[code].sheet, position)


def follows_from(issue: Issue, code: str, cell: IssueCell) -> Issue:
    """*issue* as a consequence of the unit written in *cell* of sheet *code*."""
    return replace(issue, cells=(cell, *issue.cells), culprit=cell.ref, sheet=code)
