"""The 底稿's amounts as a table that check formulas can name; its cells stand in several sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from workbook.amounts import MoneyUnit
from workbook.entries import Entry
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, IssueCell
from workbook.pack.layout import Column, SheetKind, SheetLayout
from workbook.reading.tables import Table
from workbook.values import dataclass

CODE = "底稿"
COLUMN = "数"
_LAYOUT = SheetLayout(
    code=CODE, title=CODE, titles=(CODE,), kind=SheetKind.FIXED, panels=(), rows=(), sums=(),
    columns=(Column(COLUMN, ((COLUMN,),), 12),),
)


@dataclass(slots=True)
class CompanionTable(Table):
    """Like any table, but each row's cell may stand in another sheet of the 底稿."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def ref(self, row: str, column: str) -> CellRef | None:
        """The 底稿's cell of this amount."""
        entry = self.entries.get(row)
        return entry.ref if entry is not None and column == COLUMN else None

    def raw(self, row: str, column: str) -> str:
        """The cell's content as the 底稿 holds it."""
        entry = self.entries.get(row)
        return entry.text if entry is not None and column == COLUMN else ""

    def label(self, row: str, column: str) -> str:
        """``底稿“采购与中小企业” 中小企业货物``."""
        ref = self.ref(row, column)
        return f"底稿“{ref.sheet}” {row}" if ref else f"底稿 {row}"

    def issue_cells(self, keys: Iterable[tuple[str, str]]) -> list[IssueCell]:
        """Cells of the 底稿 as an issue names them."""
        return [IssueCell(ref, self.raw(*key), self.label(*key)) for key in keys if (ref := self.ref(*key)) is not None]

    def read_cell(self, row: str, column: str) -> None:
        """Nothing to read again: the entries are the content."""

    def read_all(self) -> None:
        """Nothing to read again: the entries are the content."""


def amount_table(path: Path, entries: Mapping[str, Entry]) -> CompanionTable:
    """The table of the *entries* that hold a number, by the row ids that the formulas use."""
    known = {row: entry for row, entry in entries.items() if entry.value is not None}
    table = CompanionTable(_LAYOUT, RawSheet(path, CODE, []), MoneyUnit.WAN, entries=known)
    for row, entry in known.items():
        position = (entry.ref.row, entry.ref.column) if entry.ref else (0, 0)
        table.rows[row] = (position[0], {COLUMN: position[1]})
    table.columns = {COLUMN: {row: entry.value for row, entry in known.items() if entry.value is not None}}
    return table
