"""From a place in a sheet back to the table: which row and column a cell belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.reading.tables import Table


class CellIndex:
    """Finds the ``(row id, column id)`` that stand at a physical position of one table.

    Built from the rows alone, so it stays valid while only amounts are edited.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._rows: dict[int, list[str]] = {}
        for row_id, (row, _) in table.rows.items():
            self._rows.setdefault(row, []).append(row_id)
        self._columns: dict[int, dict[int, str]] = {}

    def find(self, row: int, column: int) -> tuple[str, str] | None:
        """The amount cell at the 0-based position, or ``None`` when it is none."""
        for row_id in self._rows.get(row, ()):
            positions = self.table.rows[row_id][1]
            inverse = self._columns.get(id(positions))
            if inverse is None:
                inverse = self._columns[id(positions)] = {c: name for name, c in positions.items()}
            if column in inverse:
                return row_id, inverse[column]
        return None

    def columns_of(self, row: int) -> frozenset[int]:
        """Physical columns of the amount cells in a physical row."""
        return frozenset(c for row_id in self._rows.get(row, ()) for c in self.table.rows[row_id][1].values())
