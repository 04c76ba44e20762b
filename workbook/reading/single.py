"""The sheet with one data row (公开10): budget and actual side by side, or alternating."""

from __future__ import annotations

from workbook.layout import normalise
from workbook.reading.header import HeaderGrid, match_columns
from workbook.tables import Table


def read_single(table: Table) -> None:
    """Find the data row and, by the header paths, the columns of budget and of actual."""
    sheet = table.sheet
    width = max((len(r) for r in sheet.rows), default=0)
    data_row = _data_row(table)
    if data_row is None:
        return
    table.first_data_row = data_row
    bottom = next((r for r in range(data_row) if _is_number_row(table, r)), data_row)
    paths = HeaderGrid(sheet, 0, bottom).paths(0, width - 1)
    for row in table.layout.rows:
        names = {normalise(t) for t in (row.label, *row.aliases)}
        mine = {
            c: tuple(part for part in path if part not in names)
            for c, path in paths.items() if names & set(path)
        }
        positions = match_columns(table.layout.columns, {c: p for c, p in mine.items() if p})
        if positions:
            table.rows[row.id] = (data_row, positions)
    table.read_all()


def _is_number_row(table: Table, r: int) -> bool:
    """Whether row *r* is the 栏次 row (column numbers)."""
    cells = [c for c in table.sheet.rows[r] if c != ""]
    texts = [normalise(c) if isinstance(c, str) else c for c in cells]
    if "栏次" in texts:
        return True
    numbers = [float(t) for t in texts if isinstance(t, float) or (isinstance(t, str) and t.isdigit())]
    return len(numbers) >= 6 and numbers == [float(i + 1) for i in range(len(numbers))]


def _data_row(table: Table) -> int | None:
    """The last row that holds numbers (a column-number row is not one); else the row after the header."""
    rows = table.sheet.rows
    known = table.layout.header_words | table.layout.row_labels.keys()
    header = max(
        (r for r, row in enumerate(rows[:20]) if any(isinstance(c, str) and normalise(c) in known for c in row)
         and not any(isinstance(c, float) for c in row)),
        default=None,
    )
    if header is None:
        return None
    marked = {r for r, _ in (*table.sheet.marks.errors, *table.sheet.marks.formulas)}
    for r in range(header + 1, len(rows)):
        if _is_number_row(table, r):
            continue
        first = next((c for c in rows[r] if c != ""), "")
        if isinstance(first, str) and first.strip().startswith("注"):
            break
        if first != "" or r in marked:
            return r
    return header + 2 if header + 1 < len(rows) and _is_number_row(table, header + 1) else header + 1
