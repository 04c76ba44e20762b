"""The published tables as an Excel workbook of nothing but values, as the report prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from docgen.job.context import ReportContext
from docgen.model import FigureSpan, Paragraph, TableBlock, TableCell
from docgen.report.tables import sheet_tables
from docgen.writing.tables import grid

if TYPE_CHECKING:
    from workbook.create.book import Book

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
    from workbook.create.book import Book

    book = Book(f"{context.unit_name}{context.year}年度决算公开表", created=_NO_TIME)
    for number, printed in enumerate(_printed(context), 1):
        name = f"{number:02} {printed.title.partition('、')[2] or printed.title}"
        _write(book, name, printed, "cents" if context.pack.report.tables.thousands else "plain")
    return book.to_bytes()


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


def _write(book: Book, name: str, printed: _Printed, amount: str) -> None:
    """Add a sheet; *amount* is the look of amounts."""
    from workbook.create.book import sheet_name

    sheet, last = book.sheet(sheet_name(name)), len(printed.table.widths) - 1
    sheet.widths([min(max(width + 1, _NARROWEST), _WIDEST) for width in printed.table.widths])
    sheet.put_across(0, printed.title, "title", line=28)
    for row, paragraph in enumerate(printed.above, 1):
        texts = paragraph.text.split("\t")  # unit at the left, year in the middle, money unit at the right; a single text at the right
        places = ((last, "right"),) if len(texts) == 1 else ((0, "left"), ((last + 1) // 2, "center"), (last, "right"))
        for text, (column, align) in zip(texts, places, strict=False):
            if text:
                sheet.put(row, column, text, align)
    first = 1 + len(printed.above)
    below = first + len(printed.table.rows)
    for row, cells in enumerate(grid(printed.table.rows), first):
        for cell, column, continues in cells:
            if not continues:
                content, look = _content(cell, amount)
                sheet.put(row, column, content, f"box {cell.align} {look}", to=(row + cell.rows - 1, column + cell.columns - 1))
    for row, paragraph in enumerate(printed.below, below):
        sheet.put_across(row, paragraph.text, "left wrap")
    sheet.page((first, first + printed.table.header_rows - 1), pages=1 if below + len(printed.below) <= _ONE_PAGE else 0)


def _content(cell: TableCell, amount: str) -> tuple[Decimal | str, str]:
    """What a cell holds, and how it looks: a figure as a number."""
    figure = cell.spans[0].figure if len(cell.spans) == 1 and isinstance(cell.spans[0], FigureSpan) else None
    if figure is None or figure.value is None:
        return cell.text, "wrap"
    return figure.value, amount if figure.unit == "万元" else "whole"
