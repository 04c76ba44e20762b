"""The sheet with one data row: budget and actual side by side, or alternating."""

from __future__ import annotations

from collections.abc import Sequence

from workbook.formats.source import Content
from workbook.pack.layout import normalise
from workbook.reading.header import Texts, column_finder, normalised
from workbook.reading.tables import Table

_HEADER_WITHIN = 20
_FEWEST_NUMBERS = 6


def read_single(table: Table) -> None:
    """Find the data row and, by the header paths, the columns of budget and of actual."""
    sheet, finder = table.sheet, column_finder(table.layout)
    texts = normalised(sheet.rows)
    data_row = _data_row(table, texts)
    if data_row is None:
        return
    table.first_data_row = data_row
    bottom = next((r for r in range(data_row) if _is_number_row(sheet.rows[r], texts[r])), data_row)
    header = finder.header(texts, sheet.marks.merged, 0, bottom)
    width = max(map(len, texts), default=0)
    for row in table.layout.rows:
        names = frozenset([normalise(text) for text in (row.label, *row.aliases)])
        positions = finder.find(header, 0, width - 1, under=names).positions
        if positions:
            table.rows[row.id] = (data_row, positions)
    table.read_all()


def _is_number_row(row: Sequence[Content], texts: list[str]) -> bool:
    """Whether a row is the 栏次 row (column numbers)."""
    if "栏次" in texts:
        return True
    contents = (text or content for content, text in zip(row, texts, strict=True))
    numbers = [float(c) for c in contents if isinstance(c, float) or (isinstance(c, str) and c.isdecimal())]
    return len(numbers) >= _FEWEST_NUMBERS and numbers == [float(i + 1) for i in range(len(numbers))]


def _data_row(table: Table, texts: Texts) -> int | None:
    """The last row that holds numbers (a column-number row is not one); else the row after the header."""
    rows, known = table.sheet.rows, table.layout.words
    header = max(
        (r for r, row in enumerate(rows[:_HEADER_WITHIN])
         if not known.isdisjoint(texts[r]) and not any(isinstance(c, float) for c in row)),
        default=None,
    )
    if header is None:
        return None
    marked = {r for r, _ in (*table.sheet.marks.errors, *table.sheet.marks.formulas)}
    for r in range(header + 1, len(rows)):
        if _is_number_row(rows[r], texts[r]):
            continue
        first = next((c for c in rows[r] if c != ""), "")
        if isinstance(first, str) and first.strip().startswith("注"):
            break
        if first != "" or r in marked:
            return r
    return header + 2 if header + 1 < len(rows) and _is_number_row(rows[header + 1], texts[header + 1]) else header + 1
