"""Columns whose amounts stand one column or one row beside their place, or in each other's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from workbook.formulas.bindings import TermCell
from workbook.formulas.links import key_of
from workbook.issues import IssueCell
from workbook.reading.tables import Table
from workbook.rules.form_issues import FormIssues, cell_at
from workbook.rules.trial import ENOUGH, MISPLACED, Cause, Trial

_LARGEST = 2_000
"""Sheets with more cells are not tried in many ways."""
_SHEETS = 2
"""So many sheets are."""
_COLUMNS = 2
"""So many columns of a sheet are tried row by row."""


def shifts(trial: Trial, culprits: Mapping[int, TermCell | None], form: FormIssues) -> Iterator[Cause]:
    """Columns whose amounts stand one column or one row beside their place, or in each other's.

    They are looked for where many cells would have to be wrong otherwise.
    """
    if MISPLACED not in form.rules:
        return
    gone: frozenset[int] = frozenset()
    for table in trial.suspects(culprits)[:_SHEETS]:
        involved = [i for i in trial.involved(table, culprits) if i not in gone]
        blamed = {key_of(cell) for i in involved if (cell := culprits[i]) is not None}
        if len(involved) < ENOUGH or len(blamed) < 2 or table.structure.size > _LARGEST:
            continue
        tried = ((*trial.gain(table, guess.table, involved), guess) for guess in _guesses(trial, table, involved))
        gain, explained, guess = max(tried, key=lambda found: found[0])
        if gain >= ENOUGH and 5 * gain >= 3 * len(involved):
            yield Cause(next(form.about(
                table, MISPLACED, guess.case, 处数=len(explained), 单元格=guess.cell.ref.a1, cells=[guess.cell],
                culprit=guess.cell.ref, **guess.values)), explained)
            gone |= explained


class _Guess(NamedTuple):
    """A way in which amounts may have been moved: the sheet without it, the first cell of what moved, and words."""

    table: Table
    case: str
    cell: IssueCell
    values: dict[str, object]


def _guesses(trial: Trial, table: Table, involved: Sequence[int]) -> Iterator[_Guess]:
    columns = table.structure.column_maps[0]
    if len(table.structure.column_maps) == 1 and len(columns) > 2:
        yield from _across(table, sorted((c, column) for column, c in columns.items()))
    yield from _along(trial, table, involved)


def _across(table: Table, columns: list[tuple[int, str]]) -> Iterator[_Guess]:
    """Amounts moved one column to the right or left, from some column on; two columns in each other's place."""
    top = min(r for r, _ in table.rows.values())
    for n, (c, column) in enumerate(columns):
        cell = cell_at(table.sheet, (top, c), f"{table.layout.mark} {column}")
        if n < len(columns) - 1:
            beside, other = columns[n + 1]
            swapped = {c: beside, beside: c}
            yield _Guess(table.moved(lambda r, p, m=swapped: (r, m.get(p, p))), "互换", cell, {"栏": column, "另一栏": other})  # type: ignore[misc]  # the default binds the loop's value
        yield _Guess(table.moved(lambda r, p, c=c: (r, p + 1 if p >= c else p)), "右移", cell, {"栏": column})  # type: ignore[misc]  # as above
        if n:
            yield _Guess(table.moved(lambda r, p, c=c: (r, p - 1 if p >= c else p)), "左移", cell, {"栏": column})  # type: ignore[misc]  # as above


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
                yield _Guess(
                    table.moved(lambda r, p, c=c, top=top, step=step: (r + step, p) if p == c and r >= top else (r, p)),  # type: ignore[misc]  # the defaults bind the loop's values
                    case, cell, {"栏": column})
