"""The check formulas as a table, and the filter over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from gui import theme
from gui.checking.links_model import SIGNS
from workbook.instances import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workbook.formula_states import FormulaState

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
COLUMNS: tuple[tuple[str, Callable[[FormulaState], str], int], ...] = (
    ("编号", lambda s: s.formula.code, 74), ("类别", lambda s: str(s.formula.kind), 54),
    ("级别", lambda s: str(s.formula.severity), 54),
    ("在本工作簿", lambda s: f"{SIGNS[s.state]} {s.words}" if s.state else "", 190),
    ("说明", lambda s: s.formula.wording, 300), ("公式", lambda s: s.formula.text, 420),
)
STATE_COLUMN, TEXT_COLUMN = 3, 5


class LibraryModel(QAbstractTableModel):
    """Points at the formulas' states."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states: Sequence[FormulaState] = ()

    def set_states(self, states: Sequence[FormulaState]) -> None:
        """New states; the same formulas keep their rows and selection."""
        same = [s.formula for s in states] == [s.formula for s in self._states]
        if same:
            self._states = states
            if states:
                self.dataChanged.emit(self.index(0, 0), self.index(len(states) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self._states = states
        self.endResetModel()

    def state(self, row: int) -> FormulaState:
        """The formula of a row."""
        return self._states[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self._states)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """Column titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Role.DisplayRole:
                return COLUMNS[section][0]
            if role == Role.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One formula's words and colours."""
        if not index.isValid():
            return None
        state, column = self._states[index.row()], index.column()
        if role == Role.DisplayRole:
            return COLUMNS[column][1](state)
        if role == Role.UserRole:
            return state
        if role == Role.ToolTipRole and column in (STATE_COLUMN, 4, TEXT_COLUMN):
            return COLUMNS[column][1](state)
        if role == Role.ForegroundRole:
            return _colour(state, column)
        return None


def _colour(state: FormulaState, column: int) -> Any:
    c = theme.colours()
    if column == STATE_COLUMN and state.state is not None:
        return theme.rgb({
            State.BROKEN: c.red, State.NOTICE: c.amber, State.TAIL: c.blue, State.HOLDS: c.green,
        }.get(state.state, c.muted))
    return theme.rgb(c.muted) if column in (1, 2) else None


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
        state = model.state(row)
        f = state.formula
        text = f"{f.code} {f.kind} {f.severity} {f.wording} {f.text} {f.basis}".lower()
        return (not self._states or state.state in self._states) and all(w in text for w in self._words.split())
