"""A workbook of another format (.xls, .ods, .et, HTML …) as .xlsx: contents, merged cells, widths by content."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbook.amounts import number_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter.worksheet import Worksheet

    from workbook.formats.source import RawSheet

_MAX_NAME = 31
_MIN_WIDTH, _MAX_WIDTH = 8.0, 48.0


def xlsx_bytes(sheets: Iterable[RawSheet]) -> bytes:
    """The sheets' present contents as an .xlsx (formulas become their values)."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    styles = {
        "text": book.add_format({"valign": "vcenter"}),
        "number": book.add_format({"valign": "vcenter", "num_format": "#,##0.00"}),
        "whole": book.add_format({"valign": "vcenter", "num_format": "0"}),
        "date": book.add_format({"valign": "vcenter", "num_format": "yyyy-mm-dd"}),
        "merged": book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True}),
    }
    used: set[str] = set()
    for sheet in sheets:
        target = book.add_worksheet(_name(sheet.name, used))
        if not sheet.visible:
            target.hide()
        _write(target, sheet, styles)
    book.close()
    return stream.getvalue()


def _name(wanted: str, used: set[str]) -> str:
    base = "".join("_" if c in "[]:*?/\\" else c for c in wanted).strip("'")[:_MAX_NAME] or "Sheet"
    name, number = base, 1
    while name.lower() in used:
        number += 1
        tail = f"({number})"
        name = base[: _MAX_NAME - len(tail)] + tail
    used.add(name.lower())
    return name


def _write(target: Worksheet, sheet: RawSheet, styles: dict[str, Any]) -> None:
    corners = {
        (top, left): (bottom, right) for top, left, bottom, right in sheet.marks.merged
        if (bottom, right) != (top, left) and bottom < len(sheet.rows)
    }
    for position, corner in corners.items():
        target.merge_range(*position, *corner, "", styles["merged"])
    widths: dict[int, float] = {}
    for r, row in enumerate(sheet.rows):
        for c, content in enumerate(row):
            shown = sheet.marks.errors.get((r, c)) or content
            if shown == "":
                continue
            is_merged = (r, c) in corners
            _put(target, (r, c), shown, styles["merged"] if is_merged else _style(shown, styles))
            if not is_merged:
                widths[c] = max(widths.get(c, 0), content_width(shown))
    for column, width in widths.items():
        target.set_column(column, column, min(max(width + 2, _MIN_WIDTH), _MAX_WIDTH))
    for hidden in sheet.marks.hidden_columns:
        target.set_column(hidden, hidden, None, None, {"hidden": True})
    for hidden in sheet.marks.hidden_rows:
        target.set_row(hidden, None, None, {"hidden": True})


def _style(content: object, styles: dict[str, Any]) -> Any:
    if (number := number_in(content)) is None:
        return styles["date"] if isinstance(content, date | datetime) else styles["text"]
    return styles["whole"] if number == number.to_integral_value() and abs(number) >= 1000 else styles["number"]


def _put(target: Worksheet, position: tuple[int, int], content: object, style: Any) -> None:
    if isinstance(content, bool):
        target.write_boolean(*position, content, style)
    elif (number := number_in(content)) is not None:
        target.write_number(*position, number, style)
    elif isinstance(content, datetime | date | time):
        target.write_datetime(*position, content, style)
    else:
        target.write_string(*position, str(content), style)


def content_width(content: object) -> float:
    """Width in characters; a Chinese character takes two."""
    if (number := number_in(content)) is not None:
        return len(f"{number:,.2f}")
    return text_width(str(content))


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """Width of the longest line of *text* in half-width characters; a Chinese character takes two."""
    return max((sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.splitlines()), default=0)
