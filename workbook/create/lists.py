"""Lists as Excel files: a title, headings that stay in sight, numbered rows that can be filtered, links, pages of A4."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workbook.paths import shown
from workbook.safe_save import write_atomically

if TYPE_CHECKING:
    from workbook.create.book import Book

MAX_ROWS = 1_048_576
"""Rows of a sheet in Excel."""
_COLOURS = {
    word: colour for colour, words in {
        "red": "错误 否 有错误 无法读取 未完成", "amber": "提示 有提示", "blue": "尾差", "green": "通过"}.items() for word in words.split()}
_SHORT = 12
"""Columns up to this width hold short words: centred, in colour where they judge."""
_MAX_LINKS, _MAX_LINK = 60_000, 2000
"""Links of a sheet (Excel allows 65,530), characters of one."""
_ESCAPED = {ord(c): f"%{ord(c):02x}" for c in '%#" <>[]^`{}'}


class Link(NamedTuple):
    """A text that leads to a file, or to a *cell* of it (``'公开01'!C3``); without a file only the text."""

    text: str
    file: str | Path
    cell: str = ""


Value: TypeAlias = "str | int | Decimal | Link | None"
Columns: TypeAlias = "Sequence[tuple[str, float]]"
"""Heading and width of each column after that of the number."""


def new_book(title: str, folder: str = "") -> Book:
    """A workbook for lists (see :class:`~workbook.create.book.Book`)."""
    from workbook.create.book import Book

    return Book(title, font="微软雅黑", size=10, folder=folder)


class ExcelList:
    """A sheet of *book* that holds a list; its links are relative to *folder*.  *about* says below the title what it covers."""

    def __init__(
        self, book: Book, name: str, title: str, columns: Columns, folder: Path, about: str = "", max_rows: int = MAX_ROWS
    ) -> None:
        """Of more than *max_rows* rows the number of those left out is said."""
        self._sheet, self._folder, self._max_rows, self._links, self._left_out = book.sheet(name), folder, max_rows, 0, 0
        columns = (("序号", 7), *columns)
        self._looks = ["grid center" if width <= _SHORT else "grid wrap" for _, width in columns]
        self._head = 2 if about else 1
        self._next = self._head + 1
        sheet = self._sheet
        sheet.widths([width for _, width in columns])
        sheet.put_across(0, title, "bold large wrap", line=24, size=1.5)
        if about:
            sheet.put_across(1, about, "grey wrap", line=18)
        sheet.set_row(self._head, 22)
        sheet.put_row(self._head, 0, [heading for heading, _ in columns], "heading")
        sheet.hide_gridlines(2)
        sheet.page((self._head, self._head), frozen=2, footer="&L&9&A&R&9第 &P 页，共 &N 页")

    def add(self, values: Sequence[Value]) -> None:
        """Add a row; its number comes by itself."""
        row = self._next
        if row >= self._max_rows - 1:  # the last one is for saying so
            self._left_out += 1
            return
        self._next += 1
        for column, value in enumerate((row - self._head, *values)):
            look = self._looks[column]
            if isinstance(value, Link):
                if target := self._target(value):
                    self._sheet.write_url(row, column, target, self._sheet.book.look(f"{look} link"), shown(value.text))
                    continue
                value = value.text  # noqa: PLW2901  # leads nowhere
            if isinstance(value, Decimal):
                look = "grid amount"
            elif isinstance(value, int):
                look = "grid center"
            elif look == "grid center" and value in _COLOURS:
                look = f"grid center bold {_COLOURS[value]}"
            self._sheet.put(row, column, value, look)

    def _target(self, link: Link) -> str:
        """The link as Excel stores it; empty when it cannot be one."""
        if not link.file:
            return ""
        try:
            path = os.path.relpath(link.file, self._folder)
        except ValueError:  # another drive
            path = os.fspath(link.file)
        target = f"external:{shown(path).translate(_ESCAPED)}{'#' if link.cell else ''}{link.cell}"
        self._links += 1
        return target if self._links <= _MAX_LINKS and len(target) <= _MAX_LINK else ""

    def end(self) -> None:
        """Say what found no room; make the headings filter."""
        if self._left_out:
            self._sheet.put(self._next, 1, f"还有 {self._left_out:,} 行放不下（Excel 每张表最多 {self._max_rows:,} 行）", "grid wrap")
        self._sheet.autofilter(self._head, 0, max(self._next - 1, self._head), len(self._looks) - 1)


def write_list(path: Path, name: str, title: str, columns: Columns, rows: Iterable[Sequence[Value]]) -> None:
    """Write a list as the sheet called *name* of a new file.  Raises :class:`~workbook.errors.InputError`."""
    book = new_book(title)
    listed = ExcelList(book, name, title, columns, path.parent)
    for row in rows:
        listed.add(row)
    listed.end()
    write_atomically(path, book.to_bytes())
