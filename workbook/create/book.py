"""The one way in which the program writes Excel files: books, cells, looks in words, pages of A4.

Nothing becomes a formula or a link by its text, and equal input gives equal bytes.  Load it late: XlsxWriter takes 40 ms.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from workbook.amounts import number_in
from workbook.entries import Entry
from workbook.formats.looks import plain_look
from workbook.numerals import text_width
from workbook.paths import shown

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from workbook.formats.source import RawSheet


Content: TypeAlias = "Entry | str | Decimal | float | bool | datetime | date | time | None"
NAME_LIMIT = 31
"""Characters of a sheet's name."""
_TEXT_LIMIT = 32_700
"""Characters of a cell; Excel's own limit is 32,767."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")

_WORDS: dict[str, dict[str, Any]] = {
    "box": {"border": 1}, "grid": {"border": 1, "border_color": "#A6A6A6"},
    "left": {"align": "left"}, "center": {"align": "center"}, "right": {"align": "right"},
    "top": {"valign": "top"}, "wrap": {"text_wrap": True},
    "bold": {"bold": True}, "small": {"font_size": 10}, "large": {"font_size": 14},
    "title": {"font_name": "黑体", "font_size": 16, "align": "center"},
    "text": {"num_format": "@"}, "amount": {"num_format": "#,##0.00####"},
    "cents": {"num_format": "#,##0.00"}, "plain": {"num_format": "0.00"},
    "whole": {"num_format": "0"}, "date": {"num_format": "yyyy-mm-dd"},
    "grey": {"font_color": "#595959"}, "link": {"font_color": "#1F6FB2", "underline": 1}, "red": {"font_color": "#C0392B"},
    "amber": {"font_color": "#B7791F"}, "blue": {"font_color": "#4A6FA5"}, "green": {"font_color": "#2E7D32"},
    "tinted": {"bg_color": "#DDEBF7"}, "shaded": {"bg_color": "#F2F2F2"},
    "locked": {"bg_color": "#F7F7F7"}, "wanted": {"bg_color": "#FFFBE6"},
    "open": {"locked": False},
}
_KINDS = {
    "heading": "grid bold center wrap tinted", "label": "grid shaded wrap",
    "entry": "grid text wrap open", "choice": "grid center wrap open",
}
"""Looks that are made of others."""
_WORDS |= {kind: {k: v for word in words.split() for k, v in _WORDS[word].items()} for kind, words in _KINDS.items()}


class Sheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no annotations that mypy may read
    """A sheet being written; rows and columns are 0-based."""

    book: Book

    def put(
        self, row: int, column: int, content: Content, look: str = "", *, to: tuple[int, int] | None = None, **more: Any
    ) -> None:
        """Write a cell, merged with those up to the corner *to*: a number as a number, else a text, nothing as a blank."""
        form = self.book.look(look, **more)
        if to is not None and to != (row, column):
            self.merge_range(row, column, *to, "", form)
        if isinstance(content, Entry):
            content = content.text if content.value is None else content.value
        if isinstance(content, str) and content:
            self.write_string(row, column, clean(content), form)
        else:  # a Decimal as it is: of the float 9.12 XlsxWriter makes 9.119999999999999
            self.write(row, column, None if content == "" else content, form)

    def put_row(self, row: int, column: int, contents: Iterable[Content], look: str) -> None:
        """Write cells beside each other, from *column* on."""
        for place, content in enumerate(contents, column):
            self.put(row, place, content, look)

    def widths(self, widths: Sequence[float]) -> None:
        """Set the columns' widths, from the first on."""
        self._widths = widths
        for column, width in enumerate(widths):
            self.set_column(column, column, width)

    def put_across(self, row: int, text: str, look: str, line: float = 15, size: float = 1) -> None:
        """Write a text over all columns, in as many lines (of this height) as it takes.

        *size*: of its letters against the others'.
        """
        self.put(row, 0, text, look, to=(row, len(self._widths) - 1))
        self.set_row(row, line * lines_of(text, sum(self._widths) / size))

    def page(
        self, heads: tuple[int, int] | None = None, *, frozen: int = 0, landscape: bool = True, pages: int = 0,
        footer: str = "&C&9第 &P 页，共 &N 页",
    ) -> None:
        """A4, one page wide and *pages* high (0: as many as it takes).

        *heads* are the first and last row that every page repeats; they stay in sight with the *frozen* first columns.
        """
        self.set_paper(9)
        if landscape:
            self.set_landscape()
        self.fit_to_pages(1, pages)
        self.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self.center_horizontally()
        self.set_footer(footer)
        if heads is not None:
            self.repeat_rows(*heads)
            self.freeze_panes(heads[1] + 1, frozen)


class Book(Workbook):  # type: ignore[misc]  # as above
    """A workbook being written."""

    worksheet_class = Sheet

    def __init__(
        self, title: str = "", *, font: str = "宋体", size: float = 10.5,
        created: datetime | None = None, folder: str = "", **about: str
    ) -> None:
        """*font* and *size* are those of every look that says nothing else; *about* are more properties of the file.

        It states that it was *created* now, if nothing else is given.  Rows go at once to files in *folder*, where one is
        given: they must be written in their order, and may be any number.
        """
        self._stream = io.BytesIO()
        super().__init__(self._stream, {
            **({"constant_memory": True, "tmpdir": folder} if folder else {"in_memory": True}),
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "default_format_properties": {"font_name": font, "font_size": size, "valign": "vcenter"}})
        self.set_properties({"title": title, **({"created": created} if created else {}), **about})
        self._looks: dict[object, Format] = {}

    def sheet(self, name: str) -> Sheet:
        """Add a sheet."""
        sheet: Sheet = self.add_worksheet(name)
        sheet.book = self
        return sheet

    def look(self, words: str, **more: Any) -> Format:
        """The format that these words describe, with *more* properties of XlsxWriter's."""
        key = (words, *more.items()) if more else words
        if key not in self._looks:
            self._looks[key] = self.add_format({k: v for word in words.split() for k, v in _WORDS[word].items()} | more)
        return self._looks[key]

    def to_bytes(self) -> bytes:
        """The file; nothing can be added after it."""
        self.close()
        return self._stream.getvalue()


def lines_of(text: str, width: float) -> int:
    """How many lines *text* takes in columns of that *width*."""
    return sum(max(-(-text_width(line) // max(int(width * 0.95), 1)), 1) for line in text.split("\n"))


def clean(text: str) -> str:
    """*text* as a cell can hold it."""
    return _CONTROL.sub("", shown(text))[:_TEXT_LIMIT]


def sheet_name(wanted: str, used: Collection[str] = (), default: str = "Sheet", instead: str = "") -> str:
    """*wanted* as a sheet name that Excel allows (*instead* of what it forbids), not among the *used* ones (in lower case)."""
    base = re.sub(r"[\[\]:*?/\\]", instead, wanted).strip("'").strip()[:NAME_LIMIT] or default
    name, number = base, 2
    while name.casefold() in used:
        tail = f"({number})"
        name, number = base[: NAME_LIMIT - len(tail)] + tail, number + 1
    return name


# ---------------------------------------------------------------- workbooks of other formats


def xlsx_bytes(sheets: Iterable[RawSheet]) -> bytes:
    """The sheets' present contents as an .xlsx (formulas become their values)."""
    book = Book(font="Calibri", size=11)
    used: set[str] = set()
    for sheet in sheets:
        target = book.sheet(sheet_name(sheet.name, used, instead="_"))
        used.add(target.name.casefold())
        if not sheet.visible:
            target.hide()
        _write(target, sheet)
        target.page()
    return book.to_bytes()


def _write(target: Sheet, sheet: RawSheet) -> None:
    corners = {
        (top, left): (bottom, right) for top, left, bottom, right in sheet.marks.merged
        if (bottom, right) != (top, left) and bottom < len(sheet.rows)
    }
    for position, corner in corners.items():
        target.put(*position, None, "center wrap", to=corner)
    for r, row in enumerate(sheet.rows):
        for c, content in enumerate(row):
            if (shown := sheet.marks.errors.get((r, c)) or content) != "":
                value = _value(shown)
                target.put(r, c, value, "center wrap" if (r, c) in corners else _number_look(value))
    for column, width in plain_look(sheet).widths.items():
        target.set_column(column, column, width)
    for hidden in sheet.marks.hidden_columns:
        target.set_column(hidden, hidden, None, None, {"hidden": True})
    for hidden in sheet.marks.hidden_rows:
        target.set_row(hidden, None, None, {"hidden": True})


def _value(content: object) -> Content:
    number = number_in(content)
    return number if number is not None else content if isinstance(content, bool | date | time) else str(content)


def _number_look(value: Content) -> str:
    if isinstance(value, Decimal):
        return "whole" if value == value.to_integral_value() and abs(value) >= 1000 else "cents"
    return "date" if isinstance(value, date) else ""
