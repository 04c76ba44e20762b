"""Formats of the 底稿, and how its cells are written: text as text, amounts exact, headings locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbook.entries import Entry
from workbook.values import dataclass

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

AMOUNT = "#,##0.00####"
CHINESE_WIDTH = 2.1
"""Width of a Chinese character, in the unit of column widths."""
PROTECTION = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "sort": True, "autofilter": True, "objects": True, "scenarios": True,
}
"""What stays allowed on a protected sheet (there is no password: protection only guards headings)."""
_BASE: dict[str, Any] = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_BORDER: dict[str, Any] = {"border": 1, "border_color": "#A6A6A6"}


@dataclass(slots=True)
class Styles:
    """Formats of one workbook, made when first used."""

    book: Workbook
    made: dict[str, Format] = field(default_factory=dict)

    def get(self, name: str) -> Format:
        """A format by name (see :data:`_PROPERTIES`)."""
        if name not in self.made:
            self.made[name] = self.book.add_format(_BASE | _PROPERTIES[name])
        return self.made[name]


_PROPERTIES: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 16, "align": "center"},
    "help": {"font_color": "#595959", "text_wrap": True, "valign": "top"},
    "unit": {"align": "right", "locked": False},
    "header": _BORDER | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#DDEBF7"},
    "label": _BORDER | {"bg_color": "#F2F2F2", "text_wrap": True},
    "center": _BORDER | {"bg_color": "#F2F2F2", "text_wrap": True, "align": "center"},
    "note": _BORDER | {"font_color": "#595959", "text_wrap": True, "locked": False},
    "text": _BORDER | {"num_format": "@", "text_wrap": True, "locked": False},
    "choice": _BORDER | {"align": "center", "text_wrap": True, "locked": False},
    "left": _BORDER | {"num_format": "General", "align": "left", "locked": False},
    "number": _BORDER | {"num_format": "General", "locked": False},
    "amount": _BORDER | {"num_format": AMOUNT, "locked": False},
    "locked_text": _BORDER | {"text_wrap": True, "bg_color": "#F7F7F7", "valign": "top"},
    "locked_amount": _BORDER | {"num_format": "#,##0.00", "bg_color": "#F7F7F7", "valign": "top"},
    "fill": _BORDER | {"num_format": "@", "text_wrap": True, "locked": False, "bg_color": "#FFFBE6", "valign": "top"},
    "open": {"locked": False},
}


def put(sheet: Worksheet, row: int, column: int, content: Entry | str | Decimal | int | None, style: Format) -> None:
    """Write one cell: a number as a number, anything else as text (never as a formula), nothing as a blank."""
    value = content.value if isinstance(content, Entry) else content if isinstance(content, Decimal | int) else None
    text = content.text if isinstance(content, Entry) else content if isinstance(content, str) else ""
    if value is not None:
        sheet.write_number(row, column, float(value), style)
    elif text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def head(styles: Styles, sheet: Worksheet, title: str, guide: str, widths: Sequence[float]) -> None:
    """Title in the first row, what to do in the second, both over the columns with these *widths*."""
    columns = len(widths)
    lines = sum(-(-int(len(line) * CHINESE_WIDTH) // int(sum(widths))) for line in guide.split("\n"))
    sheet.merge_range(0, 0, 0, columns - 1, title, styles.get("title"))
    sheet.merge_range(1, 0, 1, columns - 1, guide, styles.get("help"))
    sheet.set_row(0, 28)
    sheet.set_row(1, 15 * lines + 4)


def unit_cell(styles: Styles, sheet: Worksheet, row: int, column: int) -> None:
    """The cell that states the money unit, with a choice of both."""
    sheet.write_string(row, column, "单位：万元", styles.get("unit"))
    sheet.data_validation(row, column, row, column, {"validate": "list", "source": ["单位：万元", "单位：元"]})


def page(sheet: Worksheet, header_row: int, *, landscape: bool) -> None:
    """A4, one page wide, headings repeated on every page, page numbers below."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.repeat_rows(header_row)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.freeze_panes(header_row + 1, 0)
