"""Last year's tables: as the 底稿 keeps them (上年决算), for when last year's workbook is not at hand, and under this year's codes.

The sheet holds one block for each table: a heading row ``公开02 | 行 | 名称 | <column> …`` and one row for
each row of the table, the table's code repeated in the first column.  So it reads like the tables it
comes from, and every amount has one cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, TypeVar

from workbook.amounts import ZERO, MoneyUnit
from workbook.companion.areas import money_unit
from workbook.formats.source import Content, RawSheet
from workbook.issues import CellRef, Issue, IssueCell, Kind
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout, normalise
from workbook.pack.loading import Pack
from workbook.pack.rules import Findings
from workbook.pack.sheets import CLASS_DIGITS, LEVEL_DIGITS, Alias, Catalogue
from workbook.reading.accounts import Accounts
from workbook.reading.codes import code_text
from workbook.reading.structure import Structure, is_coded
from workbook.reading.tables import Table

ROW_HEADER = "行"
NAME_HEADER = "名称"
_YEAR = re.compile(r"(20\d\d)年度")
_ROW_HEADERS = frozenset({"行", "行次", "编码", "科目编码", "项目", "行或科目编码", "行或编码"})
_T = TypeVar("_T")
_Remarks: TypeAlias = "dict[tuple[str, str], tuple[str, dict[str, str], list[IssueCell]]]"
"""Old and new code → the rule's case, what its sentence is filled with, cells."""


def read_prior(sheet: RawSheet, pack: Pack, found: Findings) -> tuple[dict[str, Table], int | None]:
    """The tables in the sheet and their year; what is wrong with the sheet is added to *found*."""
    unit = money_unit(sheet, 10)
    blocks: dict[str, _Block] = {}
    year: int | None = None
    block: _Block | None = None
    positions: dict[str, int] = {}
    for r, row in enumerate(sheet.rows):
        texts = _texts(row if year is None else row[:2])
        if year is None and (match := next((m for t in texts if (m := _YEAR.search(t))), None)):
            year = int(match[1])
        code = pack.codes.named(texts[0]) if texts and texts[0] else ""
        if len(texts) > 1 and texts[0] and texts[1] in _ROW_HEADERS:
            layout = pack.sheets.get(code)
            if layout is None:
                found.add("底稿-02", "没有这张表", sheet=sheet.name, 工作表=sheet.name, 行=r + 1, 表=row[0])
                block = None
                continue
            block, positions = blocks.setdefault(code, _Block(layout)), _columns(layout, _texts(row))
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


def _texts(row: Sequence[Content]) -> list[str]:
    return [normalise(c) if type(c) is str and c else "" for c in row]


def _columns(layout: SheetLayout, texts: list[str]) -> dict[str, int]:
    columns = [*layout.columns, *(c for p in layout.panels for c in p.columns)]
    names = {normalise(path[-1]): c.id for c in columns for path in reversed(c.paths)} | {
        normalise(c.id): c.id for c in columns}
    found: dict[str, int] = {}
    for c, text in enumerate(texts):
        if c >= 2 and text in names:
            found.setdefault(names[text], c)
    return found


@lru_cache(maxsize=256)
def _row_ids(layout: SheetLayout) -> Mapping[str, str]:
    """Normalised label (an id before others, of others the first) → row."""
    rows = [row for panel in layout.panels for row in panel.rows] or layout.rows
    texts = [(text, row.id) for row in rows if row.id for text in (row.label, *row.aliases)]
    return {normalise(text): row_id for text, row_id in (
        *reversed(texts), *([(TOTAL, TOTAL)] if is_coded(layout) else []), *((row_id, row_id) for row_id in layout.row_ids))}


class _Block:
    """The rows of one table; a second block (another panel of the sheet) continues it."""

    def __init__(self, layout: SheetLayout) -> None:
        self.layout, self.ids = layout, _row_ids(layout)
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


def prior_tables(accounts: Accounts, pack: Pack) -> tuple[Mapping[str, Table], tuple[Issue, ...]]:
    """Last year's tables under this year's codes, and a remark (跨年, 提示) for each code that was matched.

    A moved code takes its amounts along: the 类 and 款 that it left are reduced, those it went to are
    increased, so that last year compares with this year code by code.
    """
    remarks: _Remarks = {}
    catalogues = {SheetKind.FUNCTIONAL: pack.functional, SheetKind.ECONOMIC: pack.economic}
    tables = {
        code: _Succession(table, catalogue, remarks).table() if (catalogue := catalogues.get(table.layout.kind)) else table
        for code, table in accounts.tables.items()}
    found = Findings(pack.companion_rules, Kind.PRIOR)
    for case, values, cells in remarks.values():
        found.add("跨年-科目", case, *cells, **values)
    return tables, tuple(found.issues)


class _Succession:
    """Re-keys one table of codes."""

    def __init__(self, table: Table, catalogue: Catalogue, remarks: _Remarks) -> None:
        self.old, self.catalogue, self.remarks = table, catalogue, remarks
        self.moves = {code: alias for code in table.codes() if (alias := self._move(code)) is not None}
        self.moved = {code: alias.new_code for code, alias in self.moves.items()}
        self.rows, self.label_cells = self._rekeyed(table.rows), self._rekeyed(table.label_cells)
        self.names = {code: name for code, name in table.names.items() if code not in self.moves}
        self.columns: dict[str, dict[str, Decimal]] = {}

    def _rekeyed(self, cells: Mapping[str, _T]) -> dict[str, _T]:
        """What stands in the rows under their new codes; where rows become one, in that which had the code before."""
        found = {row: cell for row, cell in cells.items() if row not in self.moved}
        return {self.moved[code]: cells[code] for code in reversed(self.moved) if code in cells} | found

    def _remark(self, case: str, old: str, new: str, **values: str) -> None:
        """Note in the words of *case* that the code *old* is matched with *new*: once, however many tables hold it."""
        *_, cells = self.remarks.setdefault((old, new), (case, {"编码": old, **values}, []))
        table, place = self.old, self.old.label_cells.get(old)
        if place is not None and old in table.rows and (columns := table.rows[old][1]):
            ref = CellRef(table.sheet.file.name, table.sheet.name, *place)
            cells.append(IssueCell(ref, old, table.label(old, next(iter(columns)))))

    def table(self) -> Table:
        """The table under this year's codes (the same object when nothing was renamed or moved)."""
        renamed = self._renamed()
        if not self.moves and not renamed:
            return self.old
        self.names |= renamed
        self._name_moves()
        for column, values in self.old.columns.items():
            own = self.columns[column] = {}
            for row, value in values.items():
                code = self.moved.get(row, row)
                own[code] = own.get(code, ZERO) + value
        for code, new in self.moved.items():
            if not any(code != other and code.startswith(other) for other in self.moved):
                self._shift(code, new)
        if self.moved:
            self.rows = dict(sorted(self.rows.items(), key=lambda item: (item[0].isdigit(), item[0])))
        structure = replace(self.old.structure, rows=self.rows, names=self.names, label_cells=self.label_cells)
        faults = {(self.moved.get(row, row), column): fault for (row, column), fault in self.old.faults.items()}
        return replace(self.old, structure=structure, columns=self.columns, faults=faults)

    def _renamed(self) -> dict[str, str]:
        """Codes whose name last year was an older official one: this year's names."""
        renamed = {}
        for code in self.old.codes():
            printed = normalise(self.old.names.get(code, ""))
            name = self.catalogue.name(code)
            if name is None or not printed or normalise(name) == printed:
                continue
            if any(a.old_code == a.new_code == code and normalise(a.old_name) == printed for a in self.catalogue.aliases):
                renamed[code] = name
                self._remark("改称", code, code, 名称=self.old.names[code], 新名称=name)
        return renamed

    def _move(self, code: str) -> Alias | None:
        """The alias that moves *code*, unless the code still stands for what it is called."""
        fits = [a for a in self.catalogue.aliases if a.old_code == code and a.new_code != code]
        if not fits:
            return None
        printed = normalise(self.old.names.get(code, ""))
        if self.catalogue.name(code) is not None and printed not in {normalise(a.old_name) for a in fits}:
            return None
        if len(fits) > 1:
            names = "、".join(f"{a.new_code} {a.new_name}" for a in fits)
            self._remark("分开", code, "", 名称=fits[0].old_name, 各科目=names)
            return None
        return fits[0]

    def _name_moves(self) -> None:
        """Names of the new codes; a remark for each."""
        taken = {row for row in self.old.rows if row not in self.moves}
        for code, alias in self.moves.items():
            new = alias.new_code
            self._remark(
                "合并" if new in taken else "改为", code, new, 名称=alias.old_name, 新编码=new, 新名称=alias.new_name, 说明=alias.remark)
            self.names[new] = alias.new_name
            taken.add(new)

    def _shift(self, code: str, new: str) -> None:
        """Take the amounts of *code* from the superiors it left to those it went to."""
        for superior in dict.fromkeys((*_superiors(code), *_superiors(new))):
            sign = new.startswith(superior) - code.startswith(superior)
            if superior not in self.rows and sign > 0 and any(len(c) == len(superior) for c in self.old.codes()):
                self.rows[superior], self.label_cells[superior] = self.rows[new], self.label_cells[new]
                self.names[superior] = self.catalogue.names.get(superior, "")
            if superior not in self.rows or not sign:
                continue
            for column, values in self.old.columns.items():
                if (amount := values.get(code)) is not None:
                    own = self.columns[column]
                    own[superior] = own.get(superior, ZERO) + sign * amount
            has_below = any(c != superior and c.isdigit() and c.startswith(superior) for c in self.rows)
            if sign < 0 and not has_below and not any(values.get(superior) for values in self.columns.values()):
                del self.rows[superior]
                for values in self.columns.values():
                    values.pop(superior, None)


def _superiors(code: str) -> list[str]:
    return [code[:n] for n in range(CLASS_DIGITS, len(code), LEVEL_DIGITS)]
