"""What a cell holds, as an edit puts it there: the state of one cell, sheets with other states, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbook.amounts import decimal_of
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


def differences(
    old: Mapping[tuple[str, str], RawSheet], new: Mapping[tuple[str, str], RawSheet]
) -> Iterable[Change]:
    """The cells of *new* sheets whose state is not that in the *old* ones; rows that no edit touched are the same object."""
    for (file, name), sheet in new.items():
        before = old[file, name]
        if sheet is before:
            continue
        for r, cells in enumerate(sheet.rows):
            if r < len(before.rows) and cells is before.rows[r]:
                continue
            for c in range(len(cells)):
                state = CellState.of(sheet, r, c)
                if state != CellState.of(before, r, c):
                    yield CellRef(file, name, r, c), state
