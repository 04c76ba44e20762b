"""The sheet with one data row: budget and actual side by side, or alternating."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.amounts import Fault, parse_amount
from workbook.formats.source import NUMBER, Content, RawSheet
from workbook.pack.layout import SheetLayout, normalise
from workbook.reading.codes import is_note
from workbook.reading.header import Texts, find_columns, header_of, is_number_row, normalised
from workbook.reading.structure import Structure

_HEADER_WITHIN = 20
_FEWEST_NUMBERS = 6
_SHORTEST_REMARK = 6


def single_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """The data row and, by the header paths, the columns of budget and of actual."""
    texts = normalised(sheet.rows)
    data_row = _data_row(layout, sheet, texts)
    if data_row is None:
        return Structure(layout)
    rows = {}
    bottom = next((r for r in range(data_row) if is_number_row(sheet.rows[r], _FEWEST_NUMBERS)), data_row)
    header = header_of(layout, texts, sheet.marks.merged, 0, bottom)
    width = max(map(len, texts), default=0)
    for row in layout.rows:
        names = frozenset([normalise(text) for text in (row.label, *row.aliases)])
        positions = find_columns(layout, header, 0, width - 1, under=names).positions
        if positions:
            rows[row.id] = (data_row, positions)
    return Structure(layout, rows, first_data_row=data_row)


def _data_row(layout: SheetLayout, sheet: RawSheet, texts: Texts) -> int | None:
    """The last row that holds numbers (a column-number row is not one); else the row after the header."""
    rows, known = sheet.rows, layout.words
    header = max(
        (r for r, row in enumerate(rows[:_HEADER_WITHIN])
         if not known.isdisjoint(texts[r]) and not any(isinstance(c, NUMBER) for c in row)),
        default=None,
    )
    if header is None:
        return None
    marked = {r for r, _ in (*sheet.marks.errors, *sheet.marks.formulas)}
    for r in range(header + 1, len(rows)):
        if is_number_row(rows[r], _FEWEST_NUMBERS):
            continue
        if is_note(rows[r]) or _is_remark(rows[r]):
            break
        if any(content != "" for content in rows[r]) or r in marked:
            return r
    return header + 2 if header + 1 < len(rows) and is_number_row(rows[header + 1], _FEWEST_NUMBERS) else header + 1


def _is_remark(row: Sequence[Content]) -> bool:
    """Whether a row is one sentence and nothing else: that the table is empty, say."""
    contents = [content for content in row if content != ""]
    return len(contents) == 1 and type(contents[0]) is str and len(contents[0]) >= _SHORTEST_REMARK and parse_amount(contents[0]) is Fault.TEXT
