"""Causes that break many relations at once: a money unit, a lost row, a mistyped code, amounts that stand beside their place.

Each is a guess that is tried (:mod:`workbook.rules.trial`); what no longer is broken follows from the cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from workbook.amounts import MoneyUnit
from workbook.formulas.bindings import TermCell, View
from workbook.formulas.evaluate import Mismatch
from workbook.formulas.links import Links, find_culprits
from workbook.issues import Issue
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.form_issues import FormIssues, cell_at, corner
from workbook.rules.lost_rows import absent_codes, lost_rows
from workbook.rules.shifts import shifts
from workbook.rules.trial import ENOUGH, Cause, Trial

_WRONG_UNIT = "规范-06"
_CODE_RULES = frozenset({"规范-11", "规范-12", "规范-13", "规范-15", "规范-17"})
"""Those that doubt a code."""
_NEAR = Decimal("0.01")
"""Amounts of which one is so nearly 10 000 times the other are in different units."""


def find_causes(
    accounts: Accounts, view: View, errors: Sequence[Mismatch], form: FormIssues, links: Links, issues: Sequence[Issue] = ()
) -> tuple[list[Cause], dict[int, TermCell | None]]:
    """The causes of many of *errors*, each with those that no earlier one explains; for each of the others the likely cell.

    *issues* are those of form: a code that is doubtful by itself is more likely mistyped than another.
    """
    found: list[Cause] = []
    open_ = set(range(len(errors)))
    trial = Trial(accounts, view, errors, _doubtful_codes(accounts, issues))
    for look in (_wrong_units, lost_rows, absent_codes):
        for cause in look(trial, open_, form):
            found.append(cause)
            open_ -= cause.explained
    rest = sorted(open_)
    culprits = dict(zip(rest, find_culprits([errors[i] for i in rest], links), strict=True))
    for cause in shifts(trial, culprits, form):
        found.append(cause)
        culprits = {i: cell for i, cell in culprits.items() if i not in cause.explained}
    return found, culprits


def _doubtful_codes(accounts: Accounts, issues: Iterable[Issue]) -> frozenset[tuple[str, str]]:
    cells = {(i.sheet, cell.ref.row, cell.ref.column) for i in issues if i.code in _CODE_RULES for cell in i.cells}
    return frozenset(
        (code, row) for code, table in accounts.tables.items() for row, place in table.label_cells.items() if (code, *place) in cells)


def _wrong_units(trial: Trial, open_: set[int], form: FormIssues) -> Iterator[Cause]:
    """Sheets whose relations hold when their amounts are taken for the other unit, whatever they state."""
    for table in trial.suspects(open_, least=1) if _WRONG_UNIT in form.rules else ():
        involved = trial.involved(table, open_)
        exponent = _exponent(trial, table, involved)
        if not exponent:
            continue
        gain, gone = trial.gain(table, table.scaled(exponent), involved)
        if 2 * gain > len(involved) and (len(involved) >= ENOUGH or len(gone) == len(involved)):
            yield Cause(_unit_issue(trial.accounts, table, len(gone), form), gone)
            open_ -= gone


def _exponent(trial: Trial, table: Table, involved: Iterable[int]) -> int:
    """4 or -4, the power of ten by which a sheet's amounts differ from others'; 0 when they do not."""
    votes = 0
    for i in involved:
        mismatch = trial.errors[i]
        left = {cell.table is table for cell in mismatch.cells if cell.side == 1}
        right = {cell.table is table for cell in mismatch.cells if cell.side == -1}
        if left == right or len(left) != 1 or len(right) != 1:
            continue
        own, other = (mismatch.left, mismatch.right) if left == {True} else (mismatch.right, mismatch.left)
        if own and other:
            for exponent in (-4, 4):
                votes += exponent * (abs(own.scaleb(exponent) - other) <= abs(other) * _NEAR)
    return 4 if votes > 0 else -4 if votes < 0 else 0


def _unit_issue(accounts: Accounts, table: Table, count: int, form: FormIssues) -> Issue:
    """The issue about a sheet that states another unit than the others, wrongly; or theirs, while its amounts are in another."""
    frame, common = accounts.frames[table.code], accounts.money_unit
    position = frame.positions.get("money_unit")
    cell = corner(table.sheet) if position is None else cell_at(table.sheet, position)
    states_other = frame.money_unit not in (None, common)
    other = common if states_other else MoneyUnit.YUAN if table.unit is MoneyUnit.WAN else MoneyUnit.WAN
    case, values = ("写错", {"金额单位": frame.money_unit}) if states_other else ("实为", {"金额单位": table.unit})
    return next(form.about(
        table, _WRONG_UNIT, case, 其他单位=other, 处数=count, cells=[cell], culprit=cell.ref, **values))
