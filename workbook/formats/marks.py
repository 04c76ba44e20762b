"""Marks: what a sheet's file says beyond the cell values that calamine gives; and a sheet in the making."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from functools import cache, lru_cache

from workbook.errors import ContentError
from workbook.numerals import column_index
from workbook.values import dataclass

MAX_CELLS = 2_000_000
"""Largest area (rows x columns up to the last cell with content) of a sheet that is read."""
MAX_BOOK_CELLS = 5_000_000
"""Largest area of all sheets of a file together."""
MAX_MERGED = 100_000
_SPARE = 10_000
"""Merged ranges may cover so many cells more than a sheet has: blank ones at its right."""
MAX_COLUMNS = 16_384
"""A sheet has no more columns."""
MAX_FORMULAS = 500_000
MAX_TEXT_BYTES = 200 * 1024 * 1024
"""Most text that the cells of a file may hold once shared strings and repeated cells are written out."""

TRIM = "请删除多余的空白行列后另存"
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}
"""Error values by their codes in binary files."""


@dataclass(slots=True)
class Extent:
    """The used area of a sheet: how many rows and columns, up to the last cell with content."""

    rows: int = 0
    columns: int = 0

    @property
    def cells(self) -> int:
        """Rows times columns."""
        return self.rows * self.columns

    def include(self, row: int, column: int) -> None:
        """Extend the area to a 0-based cell."""
        if row >= self.rows:
            self.rows = row + 1
        if column >= self.columns:
            self.columns = column + 1

    def check(self, sheet: str) -> None:
        """Refuse a sheet that is too large to be one of ours."""
        if self.cells > MAX_CELLS:
            raise ContentError(f"工作表“{sheet}”的范围过大（用到第 {self.rows} 行、第 {self.columns} 列）", TRIM)


@dataclass(slots=True)
class Marks:
    """Special cells and lines of a sheet (all positions 0-based)."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells holding an error value (``#REF!`` …)."""
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    """Formula cells without a computed value."""
    formulas: set[tuple[int, int]] = field(default_factory=set)
    """All formula cells."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges: first row, first column, last row, last column."""
    _hidden_said: int = 0
    """How many columns the file has called hidden, the same ones again too."""
    extent: Extent = field(default_factory=Extent)
    """The used area; while a file is being scanned it may be left out for a sheet that is small for certain."""

    def check(self, sheet: str) -> None:
        """Refuse a sheet that is too large, or has absurdly many merged cells, to be one of ours."""
        self.extent.check(sheet)
        if len(self.merged) > MAX_MERGED:
            raise ContentError(f"工作表“{sheet}”的合并单元格过多", TRIM)

    def hide_columns(self, first: int, last: int) -> None:
        """Note columns *first* to *last* (0-based) as hidden; a file that says so again and again is none of ours."""
        columns = range(first, min(last + 1, MAX_COLUMNS))
        self._hidden_said += len(columns)
        if self._hidden_said > 8 * MAX_COLUMNS:
            raise ContentError("列的设置过多，不像决算表", TRIM)
        self.hidden_columns.update(columns)

    def trim(self) -> None:
        """Forget lines beyond the used area, and merged ranges that cannot all have room beside each other.

        A sheet may have a million hidden rows.
        """
        rows, columns = self.extent.rows, self.extent.columns
        if self.hidden_rows:
            self.hidden_rows = {row for row in self.hidden_rows if row < rows}
        if self.hidden_columns:
            self.hidden_columns = {column for column in self.hidden_columns if column < columns}
        room = rows * columns + _SPARE
        for number, (top, left, bottom, right) in enumerate(self.merged):
            room -= max(min(bottom + 1, rows) - top, 0) * max(min(right + 1, columns) - left, 1)
            if room < 0:
                del self.merged[number:]
                break


@dataclass(slots=True)
class Prepared:
    """A file made ready for calamine: bytes it reads rightly, and its sheets in order with their marks."""

    data: bytes
    sheets: list[tuple[str, Marks]]
    text: int = 0
    """How much text the cells hold, where the reader counts it."""


@dataclass(slots=True)
class ReadSheet:
    """A sheet while its file is being read."""

    name: str
    rows: list[list[object]] = field(default_factory=list)
    marks: Marks = field(default_factory=Marks)
    visible: bool = True


def check_book(marks: Iterable[Marks], text: int = 0) -> None:
    """Refuse a file whose sheets together are too large, or hold more *text* than is read."""
    if sum(sheet.extent.cells for sheet in marks) > MAX_BOOK_CELLS:
        raise ContentError("各工作表的范围合计过大", TRIM)
    if text > MAX_TEXT_BYTES:
        raise ContentError("单元格文字过多", "请删除多余的内容后另存")


@lru_cache(maxsize=10_000)  # the same cells again in every workbook
def cell_position(reference: bytes) -> tuple[int, int]:
    """0-based row and column of a cell *reference* (``b"C12"`` → 11, 2)."""
    letters = reference.rstrip(b"0123456789")
    return int(reference[len(letters) :]) - 1, column_of(letters)


@lru_cache(maxsize=10_000)
def range_position(reference: bytes) -> tuple[int, int, int, int]:
    """0-based first row and column, last row and column of a *reference* (``b"A1:C2"``)."""
    first, _, last = reference.partition(b":")
    return *cell_position(first), *cell_position(last)


@cache
def column_of(letters: bytes) -> int:
    """0-based column of the *letters* of a reference in XML (``b"C"`` → 2)."""
    return column_index(letters.decode("ascii"))


ERROR_TEXT = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|N/A|SPILL!|CALC!)\Z")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?\Z")
_DIGITS = 15


def number_or_text(text: str) -> object:
    """*text* as Excel takes it when it opens a web page: numbers are numbers, codes like ``0012`` stay text."""
    if _NUMBER.match(text) and sum(map(str.isdigit, text)) <= _DIGITS:
        return float(text.replace(",", ""))
    return text


class Grid:
    """Cells of one sheet by row and column."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.marks = Marks()
        self.visible = True
        self._cells: dict[tuple[int, int], object] = {}

    def put(self, row: int, column: int, value: object) -> None:
        """Set a cell; ``""`` is no content."""
        if value != "":
            self._cells[row, column] = value
            self.marks.extent.include(row, column)
            if len(self._cells) & 0xFFFF == 0:
                self.marks.extent.check(self.name)

    def put_error(self, row: int, column: int, value: str) -> None:
        """Note a cell that holds an error value."""
        self.marks.errors[row, column] = value
        self.marks.extent.include(row, column)

    def put_formula(self, row: int, column: int, *, computed: bool) -> None:
        """Note a cell with a formula."""
        self.marks.formulas.add((row, column))
        if not computed:
            self.marks.uncomputed.add((row, column))
            self.marks.extent.include(row, column)

    @property
    def is_empty(self) -> bool:
        return not (self._cells or self.marks.errors or self.marks.uncomputed)

    def sheet(self, name: str) -> ReadSheet:
        """The finished sheet."""
        self.marks.check(name)
        self.marks.trim()
        columns = self.marks.extent.columns
        rows: list[list[object]] = [[""] * columns for _ in range(self.marks.extent.rows)]
        for (row, column), value in self._cells.items():
            rows[row][column] = value
        return ReadSheet(name, rows, self.marks, self.visible)


def finished(grids: list[Grid]) -> list[ReadSheet]:
    """The sheets of *grids*; each has a name (表1, 表2 … where there is none) of its own."""
    check_book(grid.marks for grid in grids)
    sheets: dict[str, ReadSheet] = {}
    for number, grid in enumerate(grids, 1):
        base = grid.name or f"表{number}"
        name, count = base, 1
        while name in sheets:
            count += 1
            name = f"{base}（{count}）"
        sheets[name] = grid.sheet(name)
    return list(sheets.values())
