"""Where a figure comes from, in words: every source cell with its name and what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.job.inputs import Inputs
from docgen.model import Figure
from workbook.amounts import format_amount
from workbook.issues import CellRef
from workbook.pack.formula import PROJECTS
from workbook.reading.tables import Table
from workbook.values import dataclass

_LAST_YEAR = "上年"


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell that a figure was computed from."""

    ref: CellRef
    label: str
    """``公开05表 205 教育支出·合计``; last year's with ``上年`` before it."""
    value: str
    """``424.24 万元``; empty when the cell holds nothing."""
    is_here: bool
    """Whether the cell stands in this year's workbook."""

    @property
    def words(self) -> str:
        """``公开05表 205 教育支出·合计 C9 → 424.24 万元``."""
        return f"{self.label} {self.ref.a1} → {self.value or '空白'}"


class SourceIndex:
    """Finds the words for cells: built once per context, then looked up."""

    def __init__(self, context: Inputs) -> None:
        self._cells = {cell.ref: cell for cell in _cells(context)}

    def cell(self, ref: CellRef) -> SourceCell:
        """The cell *ref* in words; a cell of the 底稿 that is no table's is named by sheet and place."""
        return self._cells.get(ref) or SourceCell(ref, f"底稿“{ref.sheet}”", "", False)

    def of(self, figure: Figure) -> tuple[SourceCell, ...]:
        found = tuple(self.cell(ref) for ref in figure.sources)
        if len(found) == 1 and not found[0].value and not found[0].is_here and figure.value is not None:
            cell = found[0]  # a single cell of the 底稿: the figure is its content
            return (SourceCell(cell.ref, cell.label, f"{figure.text} {figure.unit}".strip(" %"), False),)
        return found


def _cells(context: Inputs) -> Iterator[SourceCell]:
    own = context.companion.tables() if context.companion is not None else {}
    tables = [(table, _LAST_YEAR, False) for table in context.prior.values()]
    tables += [(table, "", False) for name, table in own.items() if name != PROJECTS]
    tables += [(table, "", True) for table in context.accounts.tables.values()]
    for table, before, is_here in tables:
        for row, (_, columns) in table.rows.items():
            for ref, column in ((table.ref(row, column), column) for column in columns):
                if ref is not None:
                    yield SourceCell(ref, f"{before}{table.label(row, column)}", _value(table, row, column), is_here)


def _value(table: Table, row: str, column: str) -> str:
    value = table.value(row, column)
    if value is None:
        return str(table.faults.get((row, column), ""))
    if not (unit := table.layout.count_unit(row, column)):
        return f"{format_amount(value, grouping=True)} 万元"
    return f"{value.normalize():,f} {unit}"
