"""What a cell holds, as an edit puts it there: the state of one cell, sheets with other states, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest

from workbook.amounts import decimal_of, plain_number
from workbook.formats.source import Content, RawSheet
from workbook.issues import CellRef
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class CellState:
    """All that the program knows of a cell's content; a number is a ``Decimal``."""

    content: Content = ""
    error: str = ""
    """Error value shown (``#REF!``)."""
    is_uncomputed: bool = False
    is_formula: bool = False

    @classmethod
    def of(cls, sheet: RawSheet, row: int, column: int) -> CellState:
        """The state of a cell of *sheet*."""
        content, position, marks = sheet.content(row, column), (row, column), sheet.marks
        content = decimal_of(content) if isinstance(content, float) else content
        return cls(content, marks.errors.get(position, ""), position in marks.uncomputed, position in marks.formulas)


Change = tuple[CellRef, CellState]
States = dict[tuple[int, int], CellState]


def with_states(sheet: RawSheet, states: States) -> RawSheet:
    """*sheet* with cells in other states."""
    marks = sheet.marks
    errors = {position: error for position, error in marks.errors.items() if position not in states}
    errors |= {position: state.error for position, state in states.items() if state.error}
    uncomputed = (marks.uncomputed - states.keys()) | {position for position, state in states.items() if state.is_uncomputed}
    formulas = (marks.formulas - states.keys()) | {position for position, state in states.items() if state.is_formula}
    contents = {position: state.content for position, state in states.items()}
    return sheet.with_cells(contents, replace(marks, errors=errors, uncomputed=uncomputed, formulas=formulas))


def _cells(before: RawSheet, after: RawSheet) -> Iterator[tuple[CellRef, CellState, CellState]]:
    """The cells that may differ, with both states; rows that no edit touched are the same object."""
    for r, (left, right) in enumerate(zip_longest(before.rows, after.rows, fillvalue=())):
        for c in range(max(len(left), len(right)) if left is not right else 0):
            yield CellRef(after.file.name, after.name, r, c), CellState.of(before, r, c), CellState.of(after, r, c)


def differences(old: Mapping[tuple[str, str], RawSheet], new: Mapping[tuple[str, str], RawSheet]) -> Iterable[Change]:
    """The cells of *new* sheets whose state is not that in the *old* ones."""
    for key, sheet in new.items():
        if sheet is not old[key]:
            yield from ((ref, state) for ref, before, state in _cells(old[key], sheet) if state != before)


_LETTERS = 20
"""Of a text that is told in a sentence."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same in both."""

    sheet: str
    place: str
    """``C9``, or what people call it."""
    before: str
    after: str
    ref: CellRef | None = None
    """The cell of the latter state, where it is one of the workbook's."""
    state: CellState | None = None
    """What the cell held in the former state."""

    def words(self) -> str:
        """``公开02!C9 2.25 → 3.00``."""
        return f"{self.sheet}{'!' if self.ref is not None else ' '}{self.place} {_short(self.before)} → {_short(self.after)}"


def _short(content: str) -> str:
    return "（空）" if not content else content if len(content) <= _LETTERS else f"{content[:_LETTERS]}…"


def cell_differences(before: Iterable[RawSheet], after: Iterable[RawSheet]) -> list[Difference]:
    """The cells of the *after* sheets that differ from the sheets of the same name (and, of several files, the same file) before."""
    old, new = _named(list(before)), _named(list(after))
    found: list[Difference] = []
    for key, sheet in new.items():
        if key not in old:
            found.append(Difference(sheet.name, "", "", "新增的工作表"))
        elif (other := old[key]) is not sheet:
            found += [
                Difference(sheet.name, ref.a1, _shown(was), _shown(now), ref, was)
                for ref, was, now in _cells(other, sheet) if _shown(was) != _shown(now)]
    return found + [Difference(sheet.name, "", "去掉的工作表", "") for key, sheet in old.items() if key not in new]


def _named(sheets: list[RawSheet]) -> dict[tuple[str, str], RawSheet]:
    """The sheets by name; the file counts only where there are several."""
    is_one = len({sheet.file for sheet in sheets}) <= 1
    return {("" if is_one else sheet.file.name, sheet.name): sheet for sheet in sheets}


def _shown(state: CellState) -> str:
    content = state.content
    return state.error or (plain_number(content) if isinstance(content, Decimal) else str(content))
