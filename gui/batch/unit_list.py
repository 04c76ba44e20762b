"""The units of a batch: a table that grows while the batch runs, with the counts as filters above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from docgen.batch.model import UnitRow, Verdict
from gui.style import theme
from gui.widgets.rows import Column, Index, RowModel, RowTable
from gui.widgets.search import SearchBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

_SIGNS = {Verdict.ERROR: "✗", Verdict.NOTICE: "！", Verdict.CLEAN: "✓", Verdict.UNREADABLE: "？", Verdict.UNFINISHED: "？"}
"""A sign for each outcome, in the order of the filters: colour never stands alone."""
_ORDER = {outcome: number for number, outcome in enumerate(_SIGNS)}
_ALWAYS = ("", Verdict.ERROR)
"""Filters that are there even when they count nothing."""


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


COLUMNS: tuple[Column[UnitRow], ...] = (
    Column("结果", lambda u: f"{_SIGNS[u.verdict]} {u.verdict}", 92), Column("单位", lambda u: u.name, 240),
    Column("说明", lambda u: u.note, 260), Column("错误", lambda u: _number(u.errors), 56, is_amount=True),
    Column("提示", lambda u: _number(u.notices), 56, is_amount=True),
    Column("待填原因", lambda u: _number(u.reasons), 76, is_amount=True),
)
_OUTCOME, _NAME, _NOTE = range(3)


def _known(count: int | None) -> int:
    return -1 if count is None else count


_KEYS: tuple[Callable[[UnitRow], Any], ...] = (
    lambda u: _ORDER[u.verdict], lambda u: u.name, lambda u: u.note, lambda u: _known(u.errors),
    lambda u: _known(u.notices), lambda u: _known(u.reasons),
)
"""What each column is sorted by."""


class UnitModel(RowModel[UnitRow]):
    """The units, in the order in which they came."""

    columns = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.units: list[UnitRow] = []
        self.records = self.units

    def set_records(self, records: Sequence[UnitRow]) -> None:
        """Other units."""
        self.units = list(records)
        super().set_records(self.units)

    def append(self, rows: Sequence[UnitRow]) -> None:
        """More units, below the others."""
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.units), len(self.units) + len(rows) - 1)
            self.units += rows
            self.endInsertRows()

    def tip(self, row: int, column: int) -> str:
        """Where the unit is, and all that is said of it."""
        unit = self.records[row]
        lines = [unit.file, *(unit.note.split("；") if unit.note else ())]
        return "\n".join(filter(None, lines))

    def colour(self, row: int, column: int) -> QColor | None:
        """The outcome in its colour, what matters less muted."""
        c = theme.colours()
        if column == _OUTCOME:
            return theme.rgb({Verdict.NOTICE: c.amber, Verdict.CLEAN: c.green}.get(self.records[row].verdict, c.red))
        return theme.rgb(c.muted) if column == _NOTE else None


class UnitFilter(QSortFilterProxyModel):
    """Shows the units with one outcome, and those that the words are found in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.outcome, self.words = "", ""

    def choose(self, outcome: str, words: str) -> None:
        """Show other units; empty: all."""
        self.outcome, self.words = outcome, words.strip().lower()
        self.invalidate()

    def unit(self, row: int) -> UnitRow:
        """The unit of a shown row."""
        found = self.index(row, 0).data(Qt.ItemDataRole.UserRole)
        assert isinstance(found, UnitRow)  # noqa: S101  # the only model it is used on
        return found

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether a unit is shown."""
        model = self.sourceModel()
        if not isinstance(model, UnitModel):
            return False
        unit = model.records[row]
        return self.outcome in ("", unit.verdict) and (
            not self.words or self.words in f"{unit.name} {unit.file} {unit.note}".lower())

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  # Qt's name
        """Outcomes by weight, counts by number, all else by text; straight from the records, there may be thousands."""
        model = self.sourceModel()
        if not isinstance(model, UnitModel):
            return False
        key = _KEYS[left.column()]
        return bool(key(model.units[left.row()]) < key(model.units[right.row()]))


class UnitList(QWidget):
    """The table with its filters."""

    unit_requested = Signal(object)
    """The :class:`UnitRow` that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.filter = UnitModel(self), UnitFilter(self)
        self.filter.setSourceModel(self.model)
        self.buttons: dict[str, QPushButton] = {}
        self._counts: dict[str, int] = {}
        self._group = QButtonGroup(self)
        self.search = SearchBox("查找单位", self)
        self.table = self._make_table()
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._either = QStackedLayout()
        self._either.addWidget(self.table)
        self._either.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addLayout(self._make_filters())
        layout.addLayout(self._either, 1)
        self._waiting = ""
        self.reset()

    def _make_filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for outcome in ("", *_SIGNS):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("kind", "filter")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._filter_changed)
            self._group.addButton(button)
            self.buttons[outcome] = button
            row.addWidget(button)
        row.addStretch(1)
        self.search.textChanged.connect(self._filter_changed)
        row.addWidget(self.search, 1)
        return row

    def _make_table(self) -> RowTable:
        table = RowTable(self.filter, COLUMNS, (_NAME, _NOTE), self)
        table.setAccessibleName("各单位的结果")
        table.activated.connect(lambda index: self.unit_requested.emit(self.filter.unit(index.row())))
        self.search.left.connect(table.setFocus)
        return table

    # ------------------------------------------------------------ contents
    def reset(self, waiting: str = "") -> None:
        """No units yet; *waiting* says what is going on instead."""
        self._waiting = waiting
        self.search.clear()
        self.buttons[""].setChecked(True)
        self.filter.choose("", "")
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.show_units(())

    def show_units(self, rows: Sequence[UnitRow]) -> None:
        """These units instead of the others."""
        self._counts = {}
        self.model.set_records(rows)
        self._count(rows)
        self.table.scrollToTop()

    def append(self, rows: Sequence[UnitRow]) -> None:
        """More units; the last one stays in sight when it was."""
        if not rows:
            return
        bar = self.table.verticalScrollBar()
        follows = bar.value() >= bar.maximum()
        self.model.append(rows)
        self._count(rows)
        if follows:
            self.table.scrollToBottom()

    def wait(self, words: str) -> None:
        """What is said while there is nothing to show."""
        self._waiting = words
        self._show_state()

    def _count(self, rows: Sequence[UnitRow]) -> None:
        for unit in rows:
            self._counts[unit.verdict] = self._counts.get(unit.verdict, 0) + 1
        for outcome, button in self.buttons.items():
            count = self._counts.get(outcome, 0) if outcome else len(self.model.units)
            button.setText(f"{outcome or '全部'} {count:,}")
            is_shown = bool(count) or outcome in _ALWAYS
            if not is_shown and button.isChecked():
                self.buttons[""].setChecked(True)
                self._filter_changed()
            button.setVisible(is_shown)
        self._show_state()

    def _filter_changed(self) -> None:
        outcome = next((o for o, button in self.buttons.items() if button.isChecked()), "")
        self.filter.choose(outcome, self.search.text())
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.filter.rowCount() > 0
        self._either.setCurrentWidget(self.table if has_rows else self._empty)
        if not has_rows:
            self._empty.setText("没有符合筛选条件的单位。" if self.model.units else self._waiting)
