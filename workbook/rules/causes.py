"""Causes that break many relations at once: a money unit, a lost row, a mistyped code, amounts that stand beside their place.

Each is a guess that is tried (:mod:`workbook.rules.lost_rows`); what no longer is broken follows from the cause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import MoneyUnit
from workbook.formulas.bindings import TermCell, View
from workbook.formulas.links import Links, find_culprits, key_of
from workbook.formulas.outcomes import Outcome
from workbook.issues import Issue, IssueCell
from workbook.reading.accounts import Accounts
from workbook.reading.tables import Table
from workbook.rules.form import FormFindings, cell_at, corner
from workbook.rules.lost_rows import ENOUGH, MISPLACED, Cause, Trial, absent_codes, lost_rows

_WRONG_UNIT = "规范-06"
_CODE_RULES = frozenset({"规范-11", "规范-12", "规范-13", "规范-15", "规范-17"})
"""Those that doubt a code."""
_NEAR = Decimal("0.01")
"""Amounts of which one is so nearly 10 000 times the other are in different units."""
_LARGEST = 2_000
"""Sheets with more cells are not tried in many ways."""
_SHEETS = 2
"""So many sheets are."""
_COLUMNS = 2
"""So many columns of a sheet are tried row by row."""


def find_causes(
    accounts: Accounts, view: View, errors: Sequence[Outcome], form: FormFindings, links: Links, issues: Sequence[Issue] = ()
) -> tuple[list[Cause], dict[int, TermCell | None]]:
    """The causes of many of *errors*, each with those that no earlier one explains; for each of the others the likely cell.

    *issues* are those of form: a code that is doubtful by itself is more likely mistyped than another.
    """
    found: list[Cause] = []
    open_ = set(range(len(errors)))
    cells = {(i.sheet, cell.ref.row, cell.ref.column) for i in issues if i.code in _CODE_RULES for cell in i.cells}
    doubtful = frozenset(
        (code, row) for code, table in accounts.tables.items() for row, place in table.label_cells.items() if (code, *place) in cells)
    trial = Trial(accounts, view, errors, doubtful, form)
    for rule, look in ((_WRONG_UNIT, _wrong_units), (MISPLACED, lost_rows), (MISPLACED, absent_codes)):
        for cause in look(trial, open_) if rule in form.rules else ():
            found.append(cause)
            open_ -= cause.explained
    rest = sorted(open_)
    culprits = dict(zip(rest, find_culprits([errors[i] for i in rest], links), strict=True))
    for cause in _shifts(trial, culprits) if MISPLACED in form.rules else ():
        found.append(cause)
        culprits = {i: cell for i, cell in culprits.items() if i not in cause.explained}
    return found, culprits


def _wrong_units(trial: Trial, open_: set[int]) -> Iterator[Cause]:
    """Sheets whose relations hold when their amounts are taken for the other unit, whatever they state."""
    for table in trial.suspects(open_, least=1):
        involved = trial.involved(table, open_)
        exponent = _exponent(trial, table, involved)
        if not exponent:
            continue
        gain, gone = trial.gain(table, table.scaled(exponent), involved)
        if 2 * gain > len(involved) and (len(involved) >= ENOUGH or len(gone) == len(involved)):
            yield _unit_cause(trial, table, gone)
            open_ -= gone


def _exponent(trial: Trial, table: Table, involved: Iterable[int]) -> int:
    """4 or -4, the power of ten by which a sheet's amounts differ from others'; 0 when they do not."""
    votes = 0
    for i in involved:
        mismatch = trial.errors[i]
        left = {cell.table is table for cell in mismatch.side(1)}
        right = {cell.table is table for cell in mismatch.side(-1)}
        if left == right or len(left) != 1 or len(right) != 1:
            continue
        own, other = (mismatch.left, mismatch.right) if left == {True} else (mismatch.right, mismatch.left)
        if own and other:
            for exponent in (-4, 4):
                votes += exponent * (abs(own.scaleb(exponent) - other) <= abs(other) * _NEAR)
    return 4 if votes > 0 else -4 if votes < 0 else 0


def _unit_cause(trial: Trial, table: Table, explained: frozenset[int]) -> Cause:
    """That a sheet states another unit than the others, wrongly; or theirs, while its amounts are in another."""
    frame, common = trial.accounts.frames[table.code], trial.accounts.money_unit
    position = frame.positions.get("money_unit")
    cell = corner(table.sheet) if position is None else cell_at(table.sheet, position)
    if frame.money_unit not in (None, common):
        return trial.cause(table, "写错", cell, explained, _WRONG_UNIT, 其他单位=common, 金额单位=frame.money_unit)
    other = MoneyUnit.YUAN if table.unit is MoneyUnit.WAN else MoneyUnit.WAN
    return trial.cause(table, "实为", cell, explained, _WRONG_UNIT, 其他单位=other, 金额单位=table.unit)


def _shifts(trial: Trial, culprits: Mapping[int, TermCell | None]) -> Iterator[Cause]:
    """Columns whose amounts stand one column or one row beside their place, or in each other's.

    They are looked for where many cells would have to be wrong otherwise.
    """
    gone: frozenset[int] = frozenset()
    for table in trial.suspects(culprits)[:_SHEETS]:
        involved = [i for i in trial.involved(table, culprits) if i not in gone]
        blamed = {key_of(cell) for i in involved if (cell := culprits[i]) is not None}
        if len(involved) < ENOUGH or len(blamed) < 2 or table.structure.size > _LARGEST:
            continue
        tried = ((*trial.gain(table, guess.table, involved), guess) for guess in _guesses(trial, table, involved))
        gain, explained, guess = max(tried, key=lambda found: found[0])
        if gain >= ENOUGH and 5 * gain >= 3 * len(involved):
            yield trial.cause(table, guess.case, guess.cell, explained, **guess.values)
            gone |= explained


class _Guess(NamedTuple):
    """A way in which amounts may have been moved: the sheet without it, the first cell of what moved, and words."""

    table: Table
    case: str
    cell: IssueCell
    values: dict[str, str]


def _moved(table: Table, columns: Collection[int], down: int = 0, right: int = 0, top: int = 0) -> Table:
    """The sheet with the amounts of some *columns*, from row *top* on, read so far from their place."""
    return table.moved(lambda r, c: (r + down, c + right) if c in columns and r >= top else (r, c))


def _guesses(trial: Trial, table: Table, involved: Sequence[int]) -> Iterator[_Guess]:
    """Amounts moved one column to the right or left, from some column on; two columns in each other's place; then :func:`_along`."""
    maps = table.structure.column_maps
    columns = sorted((c, column) for column, c in maps[0].items()) if len(maps) == 1 and len(maps[0]) > 2 else []
    for n, (c, column) in enumerate(columns):
        cell = cell_at(table.sheet, (min(r for r, _ in table.rows.values()), c), f"{table.layout.mark} {column}")
        onward = range(c, columns[-1][0] + 1)
        if n < len(columns) - 1:
            beside, other = columns[n + 1]
            swapped = table.moved(lambda r, p, there={c: beside, beside: c}: (r, there.get(p, p)))  # type: ignore[misc]  # the default binds the loop's values
            yield _Guess(swapped, "互换", cell, {"栏": column, "另一栏": other})
        yield _Guess(_moved(table, onward, right=1), "右移", cell, {"栏": column})
        if n:
            yield _Guess(_moved(table, onward, right=-1), "左移", cell, {"栏": column})
    yield from _along(trial, table, involved)


def _along(trial: Trial, table: Table, involved: Sequence[int]) -> Iterator[_Guess]:
    """Amounts of one column moved one row down or up, from some row on."""
    broken: dict[int, set[int]] = {}
    for i in involved:
        for term in trial.errors[i].cells:
            if term.table is table and (place := table.position(term.row, term.column)) is not None:
                broken.setdefault(place[1], set()).add(place[0])
    worst = sorted(broken, key=lambda c: -len(broken[c]))[:_COLUMNS]
    tops = {c: sorted({r for r, m in table.rows.values() if c in m.values()}) for c in worst}
    for c in worst:
        rows = broken[c]
        column = next(name for _, m in table.rows.values() for name, p in m.items() if p == c)
        first = tops[c].index(min(rows))
        for top in tops[c][max(first - 1, 0) : first + 3]:
            cell = cell_at(table.sheet, (top, c), f"{table.layout.mark} {column}")
            for case, step in (("下移", 1), ("上移", -1)):
                yield _Guess(_moved(table, {c}, down=step, top=top), case, cell, {"栏": column})
