"""Cell notes (批注) of a new workbook: hints at cells where people go wrong, from the pack's ``cell-notes.csv``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.catalogue import read_records
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class CellNote:
    """A hint at a row's label (no *column*), a column's header (no *row*), or a cell (both)."""

    table: str
    row: str
    column: str
    text: str
    path: Path
    line: int

    def verify(self, *, rows: Collection[str], columns: Collection[str]) -> None:
        """Raise :class:`PackError` when the sheet has no such row or column."""
        for wanted, known, what in ((self.row, rows, "行"), (self.column, columns, "列")):
            if wanted and wanted not in known:
                raise PackError(self.path, f"“{self.table}”没有“{wanted}”{what}", self.line)


def load_cell_notes(path: Path) -> tuple[CellNote, ...]:
    """Read the notes; a pack without the file has none."""
    if not path.exists():
        return ()
    return tuple(
        CellNote(r["表"], r["行"], r["列"], r["说明"], path, line)
        for line, r in read_records(path, ("表", "行", "列", "说明"))
    )
