"""A workbook of another format (.xls, .ods, .et, HTML …) as .xlsx: contents, merged cells, widths by content, to be printed on A4."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

from workbook.amounts import number_in
from workbook.create.book import Book, sheet_name
from workbook.formats.looks import plain_look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook.create.book import Content, Sheet
    from workbook.formats.source import RawSheet


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
                target.put(r, c, value, "center wrap" if (r, c) in corners else _look(value))
    for column, width in plain_look(sheet).widths.items():
        target.set_column(column, column, width)
    for hidden in sheet.marks.hidden_columns:
        target.set_column(hidden, hidden, None, None, {"hidden": True})
    for hidden in sheet.marks.hidden_rows:
        target.set_row(hidden, None, None, {"hidden": True})


def _value(content: object) -> Content:
    number = number_in(content)
    return number if number is not None else content if isinstance(content, bool | date | time) else str(content)


def _look(value: Content) -> str:
    if isinstance(value, Decimal):
        return "whole" if value == value.to_integral_value() and abs(value) >= 1000 else "cents"
    return "date" if isinstance(value, date) else ""
