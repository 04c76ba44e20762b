"""Lists in an Excel workbook, written row by row: every text stays text, and memory does not grow with the rows."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docgen.batch.model import Verdict
from docgen.batch.shown import shown
from docgen.report.assembly import declared_time

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

MAX_ROWS = 1_048_576
"""Rows of a sheet in Excel."""
_RED, _AMBER, _GREEN, _BLUE = "#C0392B", "#B7791F", "#2E7D32", "#1F6FB2"
_COLOURS = {
    Verdict.ERROR: _RED, Verdict.UNREADABLE: _RED, Verdict.UNFINISHED: _RED, Verdict.NOTICE: _AMBER, Verdict.CLEAN: _GREEN,
    "错误": _RED, "提示": _AMBER,
}
_FONT = {"font_name": "微软雅黑", "font_size": 10}
_GRID = {"border": 1, "border_color": "#C8D0D8", "valign": "vcenter"}
_HEAD = {"bold": True, "bg_color": "#E8EEF4", "align": "center", "text_wrap": True}
_TITLE, _ABOUT, _HEADINGS, _FIRST = range(4)
"""Rows above the data."""
_MAX_LINKS = 60_000
"""Excel allows 65,530 in a sheet."""
_MAX_LINK = 2000
_MAX_TEXT = 4000
"""Characters of a cell; Excel's own limit is 32,767."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED = {ord(c): f"%{ord(c):02x}" for c in '%#" <>[]^`{}'}
_CENTRED = 12
"""Columns up to this width hold short words: centred."""


class Link(NamedTuple):
    """A cell that leads to a file."""

    text: str
    path: str


def new_book(path: Path, title: str, temporary: str) -> Workbook:
    """A workbook for *path*, which is put together there of what lies in the folder *temporary* when it is closed."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_format_properties": _FONT, "tmpdir": temporary})
    book.set_properties({"title": title, "created": declared_time().replace(tzinfo=None)})
    return book


class ListSheet:
    """A sheet with a title, a line on what it covers, headings, and numbered rows.

    Links are relative to *folder*.  Of more rows than *max_rows* the number of those left out is said.
    """

    def __init__(self, book: Workbook, name: str, columns: Sequence[tuple[str, int]], folder: Path, max_rows: int) -> None:
        self._book, self._sheet = book, book.add_worksheet(name)
        self._columns, self._folder, self._max_rows = columns, folder, max_rows
        self._next, self._left_out, self._links = _FIRST, 0, 0
        self._text, self._centre = self._format({"text_wrap": True}), self._format({"align": "center"})
        self._link = self._format({"text_wrap": True, "font_color": _BLUE, "underline": 1})
        self._states = {
            state: self._format({"align": "center", "bold": True, "font_color": colour}) for state, colour in _COLOURS.items()}

    def _format(self, properties: dict[str, object]) -> Format:
        return self._book.add_format({**_FONT, **_GRID, **properties})

    def begin(self, title: str, about: str) -> None:
        """Everything above the rows; widths, printing."""
        sheet = self._sheet
        for column, (_, width) in enumerate(self._columns):
            sheet.set_column(column, column, width)
        plain = {**_FONT, "valign": "vcenter"}
        for row, height, text, look in (
            (_TITLE, 26, title, {"bold": True, "font_size": 15}), (_ABOUT, 20, about, {"font_color": "#5A6672"})):
            sheet.set_row(row, height)
            sheet.write_string(row, 0, clean(text), self._book.add_format({**plain, **look}))
        head = self._format(_HEAD)
        sheet.set_row(_HEADINGS, 22)
        for column, (heading, _) in enumerate(self._columns):
            sheet.write_string(_HEADINGS, column, heading, head)
        sheet.freeze_panes(_FIRST, 2)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADINGS)
        sheet.set_footer("&L&9&A&R&9第 &P 页，共 &N 页")

    def add(self, values: Sequence[object], state: str = "") -> None:
        """Add a row; its number comes by itself.  *state* is the value that is coloured."""
        if self._next >= self._max_rows - 1:  # the last one is for saying so
            self._left_out += 1
            return
        row, self._next = self._next, self._next + 1
        self._sheet.write_number(row, 0, row - _FIRST + 1, self._centre)
        for column, value in enumerate(values, 1):
            self._cell(row, column, value, state)

    def _cell(self, row: int, column: int, value: object, state: str) -> None:
        sheet, look = self._sheet, self._centre if self._columns[column][1] <= _CENTRED else self._text
        if isinstance(value, Link):
            if target := self._target(value):
                sheet.write_url(row, column, target, self._link, clean(value.text))
                return
            value = value.text
        if isinstance(value, int):
            sheet.write_number(row, column, value, self._centre)
        elif value is None or value == "":
            sheet.write_blank(row, column, None, look)
        else:
            sheet.write_string(row, column, clean(str(value)), self._states[state] if state and value == state else look)

    def _target(self, link: Link) -> str:
        """The link as Excel stores it; empty when it cannot be one."""
        try:
            path = os.path.relpath(link.path, self._folder)
        except ValueError:  # another drive
            path = link.path
        target = f"external:{shown(path).translate(_ESCAPED)}"
        self._links += 1
        return target if self._links <= _MAX_LINKS and len(target) <= _MAX_LINK else ""

    def end(self) -> None:
        """Say what found no room; make the headings filter."""
        if self._left_out:
            self._sheet.write_string(self._next, 1, f"还有 {self._left_out:,} 行放不下（Excel 每张表最多 {self._max_rows:,} 行）", self._text)
        self._sheet.autofilter(_HEADINGS, 0, max(self._next - 1, _HEADINGS), len(self._columns) - 1)


def clean(text: str) -> str:
    """*text* as a cell can hold it."""
    return _CONTROL.sub("", shown(text))[:_MAX_TEXT]
