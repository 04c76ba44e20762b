"""Lists as Excel files: a title, headings that stay in sight, rows that can be filtered, pages of A4."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, TypeAlias

from workbook.issues import Severity
from workbook.safe_save import write_atomically

_COLOURS = {Severity.ERROR: "#C0392B", Severity.NOTICE: "#B7791F", Severity.TAIL: "#4A6FA5", "否": "#C0392B"}


class Link(NamedTuple):
    """A text that leads elsewhere (to nothing: only the text)."""

    text: str
    target: str


Value: TypeAlias = "str | Decimal | Link | None"
"""What a cell of a list holds; a :class:`~workbook.issues.Severity`, and 否, in its colour."""


def write_list(path: Path, name: str, title: str, columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[Value]]) -> None:
    """Write a sheet called *name* with these headings (and their widths).  Raises :class:`~workbook.errors.InputError`."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "align": "center", "valign": "vcenter"})
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"border": 1, "num_format": "#,##0.00####", "valign": "top"})
    link = book.add_format({"border": 1, "font_color": "#1F6FB2", "underline": 1, "valign": "top"})
    states = {k: book.add_format({"border": 1, "font_color": v, "bold": True, "valign": "top"}) for k, v in _COLOURS.items()}
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 12}))
    for place, (heading, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(1, place, heading, head)
    row = 1
    for row, cells in enumerate(rows, start=2):
        for place, value in enumerate(cells):
            if isinstance(value, Decimal):
                sheet.write_number(row, place, float(value), number)
            elif isinstance(value, Link) and value.target:
                sheet.write_url(row, place, value.target, link, value.text)
            else:
                shown = value.text if isinstance(value, Link) else value or ""
                sheet.write_string(row, place, shown, states.get(shown, text))
    sheet.freeze_panes(2, 0)
    if row >= 2:
        sheet.autofilter(1, 0, row, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    write_atomically(path, stream.getvalue())
