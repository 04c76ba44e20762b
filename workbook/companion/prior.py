"""上年决算: last year's tables kept in the 底稿, so that they serve when last year's workbook is not at hand.

The sheet holds one block for each table: a heading row ``公开02 | 行 | 名称 | <column> …`` and one row for
each row of the table, the table's code repeated in the first column.  So it reads like the tables it
comes from, and every amount has one cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbook.amounts import MoneyUnit
from workbook.companion.areas import money_unit
from workbook.formats.source import Content, RawSheet
from workbook.pack.findings import Findings
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout, normalise
from workbook.pack.loading import Pack
from workbook.reading.codes import code_text
from workbook.reading.tables import Structure, Table, is_coded

ROW_HEADER = "行"
NAME_HEADER = "名称"
_YEAR = re.compile(r"(20\d\d)年度")
_ROW_HEADERS = frozenset({"行", "行次", "编码", "科目编码", "项目", "行或科目编码", "行或编码"})


def read_prior(sheet: RawSheet, pack: Pack, found: Findings) -> tuple[dict[str, Table], int | None]:
    """The tables in the sheet and their year; what is wrong with the sheet is added to *found*."""
    unit = money_unit(sheet, 10)
    blocks: dict[str, _Block] = {}
    year: int | None = None
    block: _Block | None = None
    positions: dict[str, int] = {}
    for r, row in enumerate(sheet.rows):
        texts = [normalise(c) if isinstance(c, str) else "" for c in row]
        if year is None and (match := next((m for t in texts if (m := _YEAR.search(t))), None)):
            year = int(match[1])
        code = pack.codes.named(texts[0]) if texts else ""
        if len(texts) > 1 and texts[0] and texts[1] in _ROW_HEADERS:
            layout = pack.sheets.get(code)
            if layout is None:
                found.add("底稿-02", "没有这张表", sheet=sheet.name, 工作表=sheet.name, 行=r + 1, 表=row[0])
                block = None
                continue
            block, positions = blocks.setdefault(code, _Block(layout)), _columns(layout, texts)
            block.first_data_row = r + 1
        elif block is not None and (not code or code == block.layout.code):
            block.add_row(r, row, texts, positions)
    tables = {code: made.table(sheet, unit) for code, made in blocks.items()}
    for table in tables.values():
        for (row_id, column), fault in table.faults.items():
            cells = table.issue_cells([(row_id, column)])
            where = f"底稿“{sheet.name}”{cells[0].ref.a1 if cells else row_id}"
            found.add("底稿-03", "上年", *cells, 位置=where, 种类=fault)
    return tables, year


def _columns(layout: SheetLayout, texts: list[str]) -> dict[str, int]:
    columns = [*layout.columns, *(c for p in layout.panels for c in p.columns)]
    names = {normalise(path[-1]): c.id for c in columns for path in reversed(c.paths)} | {normalise(c.id): c.id for c in columns}
    found: dict[str, int] = {}
    for c, text in enumerate(texts):
        if c >= 2 and text in names:
            found.setdefault(names[text], c)
    return found


class _Block:
    """The rows of one table; a second block (another panel of the sheet) continues it."""

    def __init__(self, layout: SheetLayout) -> None:
        self.layout = layout
        rows = [row for panel in layout.panels for row in panel.rows] or layout.rows
        texts = [(text, row.id) for row in rows if row.id for text in (row.label, *row.aliases)]
        self.ids = {normalise(text): row_id for text, row_id in (
            *reversed(texts), *([(TOTAL, TOTAL)] if is_coded(layout) else []), *((row_id, row_id) for row_id in layout.row_ids()))}
        """Normalised label (an id before others, of others the first) → row."""
        self.rows: dict[str, tuple[int, Mapping[str, int]]] = {}
        self.names: dict[str, str] = {}
        self.first_data_row = 0

    def add_row(self, r: int, row: Sequence[Content], texts: list[str], positions: Mapping[str, int]) -> None:
        """Note a row of the block, unless it names none of the table's."""
        code = code_text(row[1] if len(row) > 1 else "")
        row_id = code if code.isdigit() else self.ids.get(texts[1], "") if len(texts) > 1 and texts[1] else ""
        if not row_id or row_id in self.rows:
            return
        self.rows[row_id] = (r, positions)
        if len(row) > 2 and isinstance(row[2], str) and row[2]:
            self.names[row_id] = "".join(row[2].split())

    def table(self, sheet: RawSheet, unit: MoneyUnit) -> Table:
        """The table with the amounts in *sheet*."""
        labels = {row_id: (r, 1) for row_id, (r, _) in self.rows.items()}
        return Table.read(Structure(self.layout, self.rows, labels, self.names, self.first_data_row), sheet, unit)


def kept_rows(table: Table) -> tuple[str, ...]:
    """The rows of *table* that the sheet keeps: all fixed ones, and the codes that hold an amount."""
    if table.layout.kind in (SheetKind.FIXED, SheetKind.SINGLE):
        return tuple(table.rows)
    filled = {row for values in table.columns.values() for row in values}
    return tuple(row for row in table.rows if row in filled or not row.isdigit())


def blocks(tables: Mapping[str, Table]) -> list[tuple[Table, tuple[str, ...], tuple[str, ...]]]:
    """The blocks to write: table, column ids, row ids; one for each panel of a table."""
    found = []
    for table in tables.values():
        groups: dict[tuple[str, ...], list[str]] = {}
        for row in kept_rows(table):
            groups.setdefault(tuple(table.rows[row][1]), []).append(row)
        if not groups:
            groups[tuple(c.id for c in table.layout.columns)] = []
        found += [(table, columns, tuple(rows)) for columns, rows in groups.items()]
    return found
