"""Lists to read: one record in each row, columns given as data; the model only points at the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.style import theme
from workbook.editing.cells import write_block

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
    ink: Callable[[T], str | None] = lambda _: None
    """The colour of the words, where it is not the usual one."""
    key: Callable[[T], Any] | None = None
    """What the column is sorted by, if not its words."""
    narrow: int = 0
    """A table that is narrower than this (pixels) leaves the column out."""


def muted(_record: object) -> str:
    """The ink of a column that matters less."""
    return theme.colours().muted


class RowModel(QAbstractTableModel, Generic[T]):
    """Points at a list of records."""

    def __init__(self, parent: QObject | None, columns: Sequence[Any], tip: Callable[[T], str] | None = None) -> None:
        """*columns*: :class:`Column` or the like; *tip*: what is said of a record.

        Without a tip it is the words under the mouse (a column may have cut them).
        """
        super().__init__(parent)
        self.columns, self._tip = tuple(columns), tip
        self.records: Sequence[T] = ()

    def set_records(self, records: Sequence[T]) -> None:
        """Other records."""
        self.beginResetModel()
        self.records = records
        self.endResetModel()

    def append(self, records: Sequence[T]) -> None:
        """More records, below the others."""
        self.beginInsertRows(QModelIndex(), len(self.records), len(self.records) + len(records) - 1)
        self.records = [*self.records, *records]
        self.endInsertRows()

    # ------------------------------------------------------------ Qt's model
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
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
        record, column = self.records[index.row()], self.columns[index.column()]
        if role == Role.DisplayRole:
            return column.text(record)
        if role == Role.ForegroundRole:
            ink = column.ink(record)
            return theme.rgb(ink) if ink is not None else None
        if role == Role.TextAlignmentRole:
            return self._side(index.column())
        if role == Role.ToolTipRole:
            return self._tip(record) if self._tip is not None else column.text(record)
        return record if role == Role.UserRole else None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].is_amount else Qt.AlignmentFlag.AlignLeft
        return int(side | _MIDDLE)


class RowFilter(QSortFilterProxyModel, Generic[T]):
    """The records of a :class:`RowModel` that fit what the user chose, sorted by the keys of its columns."""

    def __init__(self, model: RowModel[T], fits: Callable[[T], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._fits = model, fits
        self.setSourceModel(model)

    def record(self, row: int) -> T:
        """The record of a shown row."""
        return self._model.records[self.mapToSource(self.index(row, 0)).row()]

    def row_of(self, wanted: Callable[[T], bool]) -> int:
        """The first row whose record is *wanted*; -1: none is."""
        return next((row for row in range(self.rowCount()) if wanted(self.record(row))), -1)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        return self._fits(self._model.records[row])

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  # Qt's name
        key = self._model.columns[left.column()].key or self._model.columns[left.column()].text
        return bool(key(self._model.records[left.row()]) < key(self._model.records[right.row()]))


class _RowDelegate(QStyledItemDelegate):
    """Whole rows are chosen, so none of their cells is framed."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802  # Qt's name
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]  # the stubs leave out the public fields


class RowTable(QTableView):
    """Records in rows: whole rows are chosen, a click on a title sorts.

    The columns *stretch* share the room that is left.
    """

    opened = Signal(object)
    """The record that was clicked, or gone to with Enter."""

    def __init__(
        self, columns: Sequence[Column[Any]], stretch: Sequence[int], parent: QWidget | None = None,
        *, name: str, many: bool = False, fits: Callable[[Any], bool] = lambda _: True, tip: Callable[[Any], str] | None = None,
    ) -> None:  # fmt: skip
        """*name*: for screen readers; *many* rows may be chosen; *fits*, *tip*: see :class:`RowFilter`, :class:`RowModel`."""
        super().__init__(parent, showGrid=False, wordWrap=False)
        self.rows = RowModel[Any](self, columns, tip)
        self.filter = RowFilter(self.rows, fits, self)
        self.low = 0
        """Lower than this (pixels), it has no titles."""
        self.setModel(self.filter)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        for signal in (self.clicked, self.activated):
            signal.connect(lambda index: self.opened.emit(index.data(Role.UserRole)))
        self.setItemDelegate(_RowDelegate(self))
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

    def selected(self) -> list[Any]:
        """The records chosen, in their order."""
        return [index.data(Role.UserRole) for index in sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)]

    def copy(self) -> None:
        """The records chosen into the clipboard, several of them below the titles."""
        lines = [[c.text(record) for c in self.rows.columns] for record in self.selected()]
        if lines:
            titled = [[c.title for c in self.rows.columns], *lines] if len(lines) > 1 else lines
            QGuiApplication.clipboard().setText(write_block(titled))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen what matters less gives way."""
        super().resizeEvent(event)
        for number, column in enumerate(self.rows.columns):
            if column.narrow:
                self.setColumnHidden(number, self.width() < column.narrow)
        self.horizontalHeader().setVisible(self.height() >= self.low)
