"""Lists to read: one record in each row, columns given as data; the model only points at the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QColor

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROW_HEIGHT = 26
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: its title, what it says of a record, its width in pixels."""

    title: str
    text: Callable[[T], str]
    width: int
    is_amount: bool = False
    """At the right."""


class RowModel(QAbstractTableModel, Generic[T]):
    """Points at a list of records; a subclass has colours and tips of its own."""

    columns: tuple[Column[T], ...] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.records: Sequence[T] = ()

    def set_records(self, records: Sequence[T]) -> None:
        """Other records."""
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    # ------------------------------------------------------------ what a subclass says
    def text(self, row: int, column: int) -> str:
        """The words of a cell."""
        return self.columns[column].text(self.records[row])

    def tip(self, row: int, column: int) -> str:
        """The tip of a cell."""
        return ""

    def colour(self, row: int, column: int) -> QColor | None:
        """The colour of a cell's words, if it is not the usual one."""
        return None

    # ------------------------------------------------------------ Qt's model
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """Column titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Role.DisplayRole:
                return self.columns[section].title
            if role == Role.TextAlignmentRole:
                return self._side(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """A record's words, colour and tip; the record itself as ``UserRole``."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.DisplayRole:
            return self.text(row, column)
        if role == Role.ForegroundRole:
            return self.colour(row, column)
        if role == Role.TextAlignmentRole:
            return self._side(column)
        if role == Role.ToolTipRole:
            return self.tip(row, column)
        return self.records[row] if role == Role.UserRole else None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].is_amount else Qt.AlignmentFlag.AlignLeft
        return int(side | _MIDDLE)


class RowTable(QTableView):
    """Shows a :class:`RowModel` (through a filter): whole rows are chosen, a click on a title sorts.

    The columns *stretch* share the room that is left.
    """

    def __init__(
        self, model: QAbstractItemModel, columns: Sequence[Column[Any]], stretch: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        for number, column in enumerate(columns):
            self.setColumnWidth(number, column.width)
        for number in stretch:
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
