"""Cells as edits put them there and as people carry them.

The state of one cell, sheets with other states, and what differs between two; blocks of cells as the clipboard of Excel and
WPS holds them: read, laid over a selection, filled, summed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from workbook.amounts import ZERO, decimal_of, number_in, plain_number, text_of
from workbook.issues import CellRef
from workbook.numerals import a1
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.formats.source import Content, RawSheet


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
    """The cells of the *after* sheets that differ from the sheets of the same name before.

    Of several files, those of the same file are compared.
    """
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


# ---------------------------------------------------------------- blocks of cells


Block = list[list[str]]
"""Texts by row and column; rows may differ in length."""


class Area(NamedTuple):
    """A rectangle of cells: 0-based first row and column, number of rows and columns."""

    top: int
    left: int
    rows: int = 1
    columns: int = 1


class Sums(NamedTuple):
    """What the status line of Excel says of a selection; amounts in the sheet's own unit."""

    total: Decimal
    numbers: int
    """How many cells hold a number."""
    cells: int
    """How many cells hold anything."""

    @property
    def average(self) -> Decimal:
        """The mean of the numbers (zero when there are none)."""
        return self.total / self.numbers if self.numbers else ZERO


def read_block(text: str) -> Block:
    """The cells in the *text* of a clipboard.

    Tabs stand between columns, line breaks between rows, quotes around cells with line breaks.
    """
    lines = text.replace("\r\n", "\n").removesuffix("\n")
    if '"' not in lines:
        return [line.split("\t") for line in lines.split("\n")]
    return list(csv.reader(io.StringIO(lines, newline=""), delimiter="\t"))


def write_block(block: Iterable[Iterable[str]]) -> str:
    """The text for the clipboard; a cell is one line of it."""
    return "\n".join(
        "\t".join(" ".join(cell.split()) if "\n" in cell or "\t" in cell else cell for cell in row) for row in block)


def laid(block: Block, area: Area) -> Iterator[tuple[int, int, str]]:
    """The cells that pasting *block* at the selection *area* fills, as row, column, text.

    As in Excel: one cell fills the whole selection, a block repeats where the selection is a multiple of it, and else
    lies at the selection's upper left corner.
    """
    height, width = len(block), max(map(len, block), default=0)
    repeats = height > 0 and width > 0 and area.rows % height == 0 and area.columns % width == 0
    rows, columns = (area.rows, area.columns) if repeats else (height, width)
    for r in range(rows):
        source = block[r % height]
        for c in range(columns):
            if c % width < len(source):
                yield area.top + r, area.left + c, source[c % width].strip()


def filled(text_of: Callable[[int, int], str], area: Area, *, down: bool) -> Iterator[tuple[int, int, str]]:
    """Ctrl+D, Ctrl+R: the first row (column) of *area* in all the others; of one line, the line before it is taken."""
    if (area.rows if down else area.columns) == 1:
        first = (area.top if down else area.left) - 1
        area = Area(first, area.left, 2, area.columns) if down else Area(area.top, first, area.rows, 2)
        if first < 0:
            return
    for r in range(area.top + down, area.top + area.rows):
        for c in range(area.left + (not down), area.left + area.columns):
            yield r, c, text_of(area.top, c) if down else text_of(r, area.left)


def sums(sheet: RawSheet, cells: Iterable[tuple[int, int]]) -> Sums:
    """Sum and count of the numbers in *cells* of a sheet; what is hidden under a merged cell is empty."""
    contents = [content for cell in cells if (content := sheet.content(*cell)) != ""]
    numbers = [number for content in contents if (number := number_in(content)) is not None]
    return Sums(sum(numbers, ZERO), len(numbers), len(contents))


def named(cells: Sequence[tuple[int, int]], most: int = 6) -> str:
    """Cells for a sentence: ``B3、C4:C7 等``; cells below each other are one range."""
    ranges: list[tuple[int, int, int]] = []
    for row, column in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if ranges and ranges[-1][0] == column and ranges[-1][2] == row - 1:
            ranges[-1] = column, ranges[-1][1], row
        else:
            ranges.append((column, row, row))
    words = [a1(a, c) + (f":{a1(b, c)}" if b > a else "") for c, a, b in ranges]
    return "、".join(words[:most]) + (" 等" if len(words) > most else "")


def cells_with(sheet: RawSheet, words: str, new: str) -> Iterator[tuple[int, int, str, str]]:
    """The cells of a sheet that hold *words*: row, column, content, and the content with *new* instead.

    Words are looked for within texts; a number must be the whole content.
    """
    for r, row in enumerate(sheet.rows):
        for c, content in enumerate(row):
            text = text_of(content) if content != "" else ""
            if number_in(content) is not None:
                if text == words.replace(",", ""):
                    yield r, c, text, new
            elif words in text:
                yield r, c, text, text.replace(words, new)
