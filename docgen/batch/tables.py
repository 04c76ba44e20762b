"""Lists in an Excel workbook, written row by row: every text stays text, and memory does not grow with the rows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from docgen.batch.model import Verdict
from docgen.batch.shown import shown
from docgen.report.assembly import declared_time
from workbook.values import dataclass

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_RED, _AMBER, _GREEN, _BLUE = "#C0392B", "#B7791F", "#2E7D32", "#1F6FB2"
_COLOURS = {
    Verdict.ERROR: _RED, Verdict.UNREADABLE: _RED, Verdict.UNFINISHED: _RED, Verdict.NOTICE: _AMBER, Verdict.CLEAN: _GREEN,
    "错误": _RED, "提示": _AMBER,
}
_FONT = {"font_name": "微软雅黑", "font_size": 10}
_GRID = {"border": 1, "border_color": "#C8D0D8", "valign": "vcenter"}
_OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_format_properties": _FONT,
}
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


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to a file, by a path relative to the folder the workbook is in."""

    text: str
    path: str
    folder: Path


@contextmanager
def make_book(path: Path, title: str) -> Iterator[Workbook]:
    """A workbook that is written to *path* at the end.  Raises ``OSError`` when it cannot be."""
    import xlsxwriter

    path.touch()  # told now, not after all the work
    with TemporaryDirectory(prefix="juesuan-", ignore_cleanup_errors=True) as folder:
        book = xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": folder})
        book.set_properties({"title": title, "created": declared_time().replace(tzinfo=None)})
        try:
            yield book
            book.close()
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise OSError(str(error)) from error
        finally:
            for sheet in book.worksheets():  # open still when something went wrong
                sheet.row_data_fh.close()


class Table:
    """A sheet with a title, a line on what it covers, headings, and numbered rows."""

    def __init__(
        self, book: Workbook, name: str, columns: Sequence[tuple[str, int]], max_rows: int, *, title: str, about: str
    ) -> None:
        self._sheet = book.add_worksheet(name)
        self._columns, self._max_rows = columns, max_rows
        self._next, self._left_out, self._links = _FIRST, 0, 0
        self._text = book.add_format({**_FONT, **_GRID, "text_wrap": True})
        self._centre = book.add_format({**_FONT, **_GRID, "align": "center"})
        self._link = book.add_format({**_FONT, **_GRID, "text_wrap": True, "font_color": _BLUE, "underline": 1})
        self._states = {
            state: book.add_format({**_FONT, **_GRID, "align": "center", "bold": True, "font_color": colour})
            for state, colour in _COLOURS.items()
        }
        self._page(title, about, book)

    def _page(self, title: str, about: str, book: Workbook) -> None:
        """Everything but the rows: widths, heading, printing."""
        sheet = self._sheet
        head = book.add_format({
            **_FONT, "bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#C8D0D8", "align": "center",
            "valign": "vcenter", "text_wrap": True})
        for column, (_, width) in enumerate(self._columns):
            sheet.set_column(column, column, width)
        sheet.set_row(_TITLE, 26)
        sheet.write_string(_TITLE, 0, title, book.add_format({**_FONT, "bold": True, "font_size": 15, "valign": "vcenter"}))
        sheet.set_row(_ABOUT, 20)
        sheet.write_string(_ABOUT, 0, clean(about), book.add_format({**_FONT, "font_color": "#5A6672", "valign": "vcenter"}))
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
        row = self._next
        self._next += 1
        self._sheet.write_number(row, 0, row - _FIRST + 1, self._centre)
        for column, value in enumerate(values, 1):
            self._cell(row, column, value, state)

    def _cell(self, row: int, column: int, value: object, state: str) -> None:
        sheet = self._sheet
        if isinstance(value, Link):
            target = self._target(value)
            if target:
                sheet.write_url(row, column, target, self._link, clean(value.text))
                return
            value = value.text
        is_short = self._columns[column][1] <= _CENTRED
        if isinstance(value, int):
            sheet.write_number(row, column, value, self._centre)
        elif value is None or value == "":
            sheet.write_blank(row, column, None, self._centre if is_short else self._text)
        elif state and value == state:
            sheet.write_string(row, column, str(value), self._states[state])
        else:
            sheet.write_string(row, column, clean(str(value)), self._centre if is_short else self._text)

    def _target(self, link: Link) -> str:
        """The link as Excel stores it; empty when it cannot be one."""
        try:
            path = os.path.relpath(link.path, link.folder)
        except ValueError:  # another drive
            path = link.path
        target = f"external:{shown(path).translate(_ESCAPED)}"
        self._links += 1
        return target if self._links <= _MAX_LINKS and len(target) <= _MAX_LINK else ""

    def finish(self) -> None:
        """Say what found no room; make the headings filter."""
        if self._left_out:
            self._sheet.write_string(self._next, 1, f"还有 {self._left_out:,} 行放不下（Excel 每张表最多 {self._max_rows:,} 行）", self._text)
        self._sheet.autofilter(_HEADINGS, 0, max(self._next - 1, _HEADINGS), len(self._columns) - 1)


def clean(text: str) -> str:
    """*text* as a cell can hold it."""
    return _CONTROL.sub("", shown(text))[:_MAX_TEXT]
