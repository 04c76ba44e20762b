"""Lists to read: one record in each row, columns given as data; the model only points at the records.  Filters above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.style import theme
from gui.widgets.fit import FoldingRow
from gui.widgets.parts import ContextMenu, Entry, SearchBox, button, label
from workbook.editing.blocks import write_block
from workbook.issues import Issue, Severity, count_by_severity

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
    ink: Callable[[T], str | None] | None = None
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

    columns: tuple[Column[T], ...] = ()

    def __init__(self, parent: QObject | None = None, columns: Sequence[Column[T]] = (), tip: Callable[[T], str] | None = None) -> None:
        """*tip*: what is said of a record, if not the words under the mouse (a column may have cut them)."""
        super().__init__(parent)
        self.columns = tuple(columns) or self.columns
        self.records: Sequence[T] = ()
        self._tip = tip

    def set_records(self, records: Sequence[T]) -> None:
        """Other records."""
        self.beginResetModel()
        self.records = records
        self.endResetModel()

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
            ink = column.ink(record) if column.ink is not None else None
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
    """Shows a :class:`RowModel` (through a filter): whole rows are chosen, a click on a title sorts.

    The columns *stretch* share the room that is left.
    """

    opened = Signal(object)
    """The record that was clicked, or gone to with Enter."""

    def __init__(
        self, model: QAbstractItemModel, columns: Sequence[Column[Any]], stretch: Sequence[int], parent: QWidget | None = None,
        *, name: str = "", many: bool = False,
    ) -> None:  # fmt: skip
        """*name*: for screen readers; *many* rows may be chosen."""
        super().__init__(parent)
        self._columns = columns
        self.low = 0
        """Lower than this (pixels), it has no titles."""
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        for signal in (self.clicked, self.activated):
            signal.connect(lambda index: self.opened.emit(index.data(Role.UserRole)))
        self.setItemDelegate(_RowDelegate(self))
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

    def selected(self) -> list[Any]:
        """The records chosen, in their order."""
        return [index.data(Role.UserRole) for index in sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)]

    def copy(self) -> None:
        """The records chosen into the clipboard, several of them below the titles."""
        lines = [[c.text(record) for c in self._columns] for record in self.selected()]
        if lines:
            QGuiApplication.clipboard().setText(write_block([[c.title for c in self._columns], *lines] if len(lines) > 1 else lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen what matters less gives way."""
        super().resizeEvent(event)
        for number, column in enumerate(self._columns):
            if column.narrow:
                self.setColumnHidden(number, self.width() < column.narrow)
        self.horizontalHeader().setVisible(self.height() >= self.low)


NONE_FIT = "没有符合筛选条件的问题。"


class FindingsList(QWidget):
    """Findings, or other records, with filters; a subclass lays it out and says which fit."""

    def __init__(
        self, model: RowModel[Any], stretch: int | tuple[int, ...], name: str, parent: QWidget | None = None, *, look_for: str = "查找问题",
        choices: Sequence[str | None] = (None, *Severity), many: bool = False,
    ) -> None:
        """*many* records may be chosen."""
        super().__init__(parent)
        model.setParent(self)
        self.model, self.filter = model, RowFilter(model, self.fits, self)
        stretch = stretch if isinstance(stretch, tuple) else (stretch,)
        self.table = RowTable(self.filter, model.columns, stretch, self, name=name, many=many)
        self.context_menu = ContextMenu(self.table, self._menu)
        self.search = SearchBox(look_for, self)
        self.search.textChanged.connect(self.filter_changed)
        self.search.left.connect(self.table.setFocus)
        self.empty = label(self, role="muted", wraps=True, centred=True)
        self.filters = FoldingRow(self, spacing=4)
        self.buttons: dict[str | None, QPushButton] = {}
        group = QButtonGroup(self)
        for choice in choices:
            made = self.buttons[choice] = button(self.filters, "", self.filter_changed, kind="filter")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(made)
            self.filters.add(made)
        self.buttons[None].setChecked(True)

    def entries(self, record: Any) -> list[Entry]:
        """What the menu of a record offers besides copying."""
        return []

    def _menu(self, place: QPoint) -> list[Entry]:
        index, count = self.table.indexAt(place), len(self.table.selectionModel().selectedRows())
        if not index.isValid():
            return []
        copy = f"复制这 {count} 条\tCtrl+C" if count > 1 else "复制\tCtrl+C"
        more: list[Entry] = [("全选\tCtrl+A", self.table.selectAll)] if self.table.selectionMode() is RowTable.SelectionMode.ExtendedSelection else []
        return [*self.entries(index.data(Role.UserRole)), (copy, self.table.copy), *more]

    def fits(self, finding: Any) -> bool:
        """Whether a finding is one that the user wants to see."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Show the list, or why it is empty."""
        raise NotImplementedError

    def show_records(self, records: Sequence[Any], issues: Sequence[Issue]) -> None:
        """Show new findings, whose *issues* are counted on the buttons."""
        self.model.set_records(records)
        counts = count_by_severity(issues)
        for severity, made in self.buttons.items():
            made.setText(f"{severity or '全部'} {len(issues) if severity is None else counts[Severity(severity)]}")

    @property
    def severity(self) -> Severity | None:
        """The one whose findings are shown; ``None``: all."""
        return next((Severity(s) for s, made in self.buttons.items() if s is not None and made.isChecked()), None)

    def choose_severity(self, severity: Severity | None) -> None:
        """Show the findings of one severity."""
        self.buttons[severity].setChecked(True)
        self.filter_changed()

    def filter_changed(self) -> None:
        """The user wants to see others."""
        self.filter.invalidate()
        self.show_state()

    @property
    def current(self) -> Any:
        """The finding that is chosen; ``None``: none."""
        row = self.table.currentIndex().row()
        return self.filter.record(row) if 0 <= row < self.filter.rowCount() else None

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding, round the end."""
        if count := self.filter.rowCount():
            row = self.table.currentIndex().row()
            self.table.selectRow((row + by) % count if row >= 0 else (0 if by > 0 else count - 1))
