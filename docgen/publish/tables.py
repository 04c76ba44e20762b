"""The published tables as an Excel workbook of nothing but values, as the report prints them."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from docgen.job.context import ReportContext
from docgen.model import FigureSpan, Paragraph, TableBlock, TableCell
from docgen.report.tables import sheet_tables
from docgen.writing.tables import grid

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_NO_TIME = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # what the file states as its time: none of its maker's
_WIDEST, _NARROWEST = 44.0, 7.0
_ONE_PAGE = 60  # rows that are printed on one page


class _Printed(NamedTuple):
    """One sheet as the report prints it."""

    title: str
    above: tuple[Paragraph, ...]
    table: TableBlock
    below: tuple[Paragraph, ...]


def values_workbook(context: ReportContext) -> bytes:
    """The workbook: one visible sheet for each table; no formula, link, comment, hidden row, author."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_format_properties": _FONT})
    book.set_properties({"title": f"{context.unit_name}{context.year}年度决算公开表", "created": _NO_TIME})
    writer = _Writer(book, thousands=context.pack.report.tables.thousands)
    for number, printed in enumerate(_printed(context), 1):
        writer.write(f"{number:02} {printed.title.partition('、')[2] or printed.title}", printed)
    book.close()
    return stream.getvalue()


def _printed(context: ReportContext) -> Iterator[_Printed]:
    """The tables of the report that the workbook has, each with what stands around it."""
    blocks = sheet_tables(context)
    starts = [place for place, block in enumerate(blocks) if isinstance(block, Paragraph) and block.style == "表标题"]
    for start, end in pairwise([*starts, len(blocks)]):
        group = blocks[start + 1 : end]
        place = next((n for n, block in enumerate(group) if isinstance(block, TableBlock)), None)
        title, table = blocks[start], group[place] if place is not None else None
        if isinstance(title, Paragraph) and isinstance(table, TableBlock):
            above, below = (tuple(b for b in part if isinstance(b, Paragraph)) for part in (group[:place], group[place or 0 :]))
            yield _Printed(title.text, above, table, below)


class _Writer:
    """Writes printed tables into a workbook."""

    def __init__(self, book: Workbook, *, thousands: bool) -> None:
        self._book = book
        self._formats: dict[tuple[str, str, bool], Format] = {}
        self._amount = "#,##0.00" if thousands else "0.00"

    def write(self, name: str, printed: _Printed) -> None:
        """Add a sheet."""
        sheet = self._book.add_worksheet(_NOT_IN_NAMES.sub("", name)[:_LONGEST_NAME])
        columns = len(printed.table.widths)
        for column, width in enumerate(printed.table.widths):
            sheet.set_column(column, column, min(max(width + 1, _NARROWEST), _WIDEST))
        self._line(sheet, 0, columns, printed.title, self._book.add_format({**_FONT, "font_name": "黑体", "font_size": 16, "align": "center"}))
        row = 1
        for paragraph in printed.above:
            self._frame(sheet, row, columns, paragraph.text.split("\t"))
            row += 1
        first = row
        for cells in grid(printed.table.rows):
            for cell, column, continues in cells:
                if not continues:
                    self._cell(sheet, row, column, cell)
            row += 1
        for paragraph in printed.below:
            self._line(sheet, row, columns, paragraph.text, self._format("left", grid=False))
            sheet.set_row(row, 15 * (1 + len(paragraph.text) * 2 // max(int(sum(printed.table.widths)), 1)))
            row += 1
        sheet.repeat_rows(first, first + printed.table.header_rows - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1 if row <= _ONE_PAGE else 0)
        sheet.center_horizontally()

    def _format(self, align: str, number: str = "", *, grid: bool = True) -> Format:
        key = (align, number, grid)
        if key not in self._formats:
            border = {"border": 1} if grid else {}
            shown = {"num_format": number} if number else {}
            self._formats[key] = self._book.add_format({**_FONT, **border, **shown, "align": align, "text_wrap": not number})
        return self._formats[key]

    def _line(self, sheet: Worksheet, row: int, columns: int, text: str, form: Format) -> None:
        if columns > 1:
            sheet.merge_range(row, 0, row, columns - 1, text, form)
        else:
            sheet.write_string(row, 0, text, form)

    def _frame(self, sheet: Worksheet, row: int, columns: int, texts: Sequence[str]) -> None:
        """Unit at the left, year in the middle, money unit at the right; a single text at the right."""
        places = ((columns - 1, "right"),) if len(texts) == 1 else ((0, "left"), (columns // 2, "center"), (columns - 1, "right"))
        for text, (column, align) in zip(texts, places, strict=False):
            if text:
                form = self._book.add_format({**_FONT, "align": align})
                sheet.write_string(row, column, text, form)

    def _cell(self, sheet: Worksheet, row: int, column: int, cell: TableCell) -> None:
        figure = cell.spans[0].figure if len(cell.spans) == 1 and isinstance(cell.spans[0], FigureSpan) else None
        is_number = figure is not None and figure.value is not None
        number = "" if figure is None or not is_number else self._amount if figure.unit == "万元" else "0"
        form = self._format(cell.align, number)
        value = float(figure.value) if figure is not None and figure.value is not None else cell.text
        if cell.rows > 1 or cell.columns > 1:
            sheet.merge_range(row, column, row + cell.rows - 1, column + cell.columns - 1, value, form)
        elif isinstance(value, float):
            sheet.write_number(row, column, value, form)
        else:
            sheet.write_string(row, column, value, form)
