"""The check formulas as a table, and the filter over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSortFilterProxyModel

from gui.style import theme
from gui.widgets.rows import Column, Index, RowModel
from workbook.formulas.outcomes import FormulaState, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

COLUMNS: tuple[Column[FormulaState], ...] = (
    Column("编号", lambda s: s.formula.code, 74), Column("类别", lambda s: str(s.formula.kind), 54),
    Column("级别", lambda s: str(s.formula.severity), 54),
    Column("在本工作簿", lambda s: f"{s.state.sign} {s.words}" if s.state else "", 190),
    Column("说明", lambda s: s.formula.wording, 300), Column("公式", lambda s: s.formula.text, 420),
)
KIND_COLUMN, SEVERITY_COLUMN, STATE_COLUMN, WORDING_COLUMN, TEXT_COLUMN = 1, 2, 3, 4, 5


class LibraryModel(RowModel[FormulaState]):
    """Points at the formulas' states."""

    columns = COLUMNS

    def set_records(self, records: Sequence[FormulaState]) -> None:
        """New states; the same formulas keep their rows and selection."""
        if records and [s.formula for s in records] == [s.formula for s in self.records]:
            self.records = records
            self.dataChanged.emit(self.index(0, 0), self.index(len(records) - 1, len(COLUMNS) - 1))
        else:
            super().set_records(records)

    def tip(self, row: int, column: int) -> str:
        """What the row may have cut."""
        return self.text(row, column) if column in (STATE_COLUMN, WORDING_COLUMN, TEXT_COLUMN) else ""

    def colour(self, row: int, column: int) -> QColor | None:
        """The state's colour; what matters less is muted."""
        c, state = theme.colours(), self.records[row].state
        if column == STATE_COLUMN and state is not None:
            return theme.rgb({
                State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green,
            }.get(state, c.muted))
        return theme.rgb(c.muted) if column in (KIND_COLUMN, SEVERITY_COLUMN) else None


class LibraryFilter(QSortFilterProxyModel):
    """Formulas by words and state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self._states: frozenset[State] = frozenset()

    def choose(self, words: str, states: frozenset[State]) -> None:
        """Show formulas with all the words, in one of the states (none: any)."""
        self._words, self._states = words.lower(), states
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether a formula is shown."""
        model = self.sourceModel()
        if not isinstance(model, LibraryModel):
            return False
        state = model.records[row]
        f = state.formula
        text = f"{f.code} {f.kind} {f.severity} {f.wording} {f.text} {f.basis}".lower()
        return (not self._states or state.state in self._states) and all(w in text for w in self._words.split())
