"""A sheet in the making: cells put at their positions, then turned into rows."""

from __future__ import annotations

import re

from workbook.errors import ContentError
from workbook.formats.marks import MAX_MERGED, TRIM, Marks, ReadSheet, check_book

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

    def merge(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Note a merged range."""
        self.marks.merged.append((row, column, last_row, last_column))
        if len(self.marks.merged) > MAX_MERGED:
            raise ContentError(f"工作表“{self.name}”的合并单元格过多", TRIM)

    @property
    def is_empty(self) -> bool:
        return not (self._cells or self.marks.errors or self.marks.uncomputed)

    def sheet(self, name: str) -> ReadSheet:
        """The finished sheet."""
        self.marks.extent.check(name)
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
