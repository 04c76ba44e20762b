"""The units of a batch: a table that grows while the batch runs, with the counts as filters above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from docgen.batch.model import UnitRow, Verdict
from gui.style import theme
from gui.widgets.parts import STRETCH, column, row
from gui.widgets.rows import Column, FindingsList, RowModel, muted

_SIGNS = {Verdict.ERROR: "✗", Verdict.NOTICE: "！", Verdict.CLEAN: "✓", Verdict.UNREADABLE: "？", Verdict.UNFINISHED: "？"}
"""A sign for each outcome, in the order of the filters: colour never stands alone."""
_ORDER = {outcome: number for number, outcome in enumerate(_SIGNS)}
_ALWAYS = (None, Verdict.ERROR)
"""Filters that are there even when they count nothing."""


def _ink(unit: UnitRow) -> str:
    c = theme.colours()
    return {Verdict.NOTICE: c.amber, Verdict.CLEAN: c.green}.get(unit.verdict, c.red)


def _count(title: str, count: Callable[[UnitRow], int | None], width: int = 56) -> Column[UnitRow]:
    """A column of numbers; what is not known stands before all others."""
    return Column(
        title, lambda u: "" if (n := count(u)) is None else f"{n:,}", width, is_amount=True,
        key=lambda u: -1 if (n := count(u)) is None else n)


class UnitModel(RowModel[UnitRow]):
    """The units, in the order in which they came."""

    columns = (
        Column("结果", lambda u: f"{_SIGNS[u.verdict]} {u.verdict}", 92, ink=_ink, key=lambda u: _ORDER[u.verdict]),
        Column("单位", lambda u: u.name, 240), Column("说明", lambda u: u.note, 260, ink=muted),
        _count("错误", lambda u: u.errors), _count("提示", lambda u: u.notices), _count("待填原因", lambda u: u.reasons, 76),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tip=_tip)

    def append(self, rows: Sequence[UnitRow]) -> None:
        """More units, below the others."""
        self.beginInsertRows(QModelIndex(), len(self.records), len(self.records) + len(rows) - 1)
        self.records = [*self.records, *rows]
        self.endInsertRows()


def _tip(unit: UnitRow) -> str:
    """Where the unit is, and all that is said of it."""
    return "\n".join(filter(None, (unit.file, *unit.note.split("；"))))


class UnitList(FindingsList):
    """The table with its filters."""

    model: UnitModel
    unit_requested = Signal(object)
    """The :class:`UnitRow` that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(UnitModel(), (1, 2), "各单位的结果", parent, look_for="查找单位", choices=(None, *_SIGNS))
        self.table.activated.connect(lambda index: self.unit_requested.emit(self.filter.record(index.row())))
        self._either = QStackedLayout()
        self._either.addWidget(self.table)
        self._either.addWidget(self.empty)
        column(self, row(None, self.filters, STRETCH, (self.search, 1), spacing=4), (self._either, 1))
        self._waiting = ""
        self.reset()

    # ------------------------------------------------------------ contents
    def reset(self, waiting: str = "") -> None:
        """No units yet; *waiting* says what is going on instead."""
        self._waiting = waiting
        self.search.clear()
        self.buttons[None].setChecked(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.show_units(())

    def show_units(self, rows: Sequence[UnitRow]) -> None:
        """These units instead of the others."""
        self.model.set_records(rows)
        self._count()
        self.table.scrollToTop()

    def append(self, rows: Sequence[UnitRow]) -> None:
        """More units; the last one stays in sight when it was."""
        if rows:
            bar = self.table.verticalScrollBar()
            follows = bar.value() >= bar.maximum()
            self.model.append(rows)
            self._count()
            if follows:
                self.table.scrollToBottom()

    def wait(self, words: str) -> None:
        """What is said while there is nothing to show."""
        self._waiting = words
        self.show_state()

    def _count(self) -> None:
        counts = Counter[str | None](unit.verdict for unit in self.model.records)
        counts[None] = counts.total()
        for outcome, made in self.buttons.items():
            made.setText(f"{outcome or '全部'} {counts[outcome]:,}")
            made.setVisible(bool(counts[outcome]) or outcome in _ALWAYS)
            if made.isHidden() and made.isChecked():
                self.choose_severity(None)
        self.show_state()

    # ------------------------------------------------------------ what is shown
    def fits(self, finding: UnitRow) -> bool:
        """Whether a unit is one that the user wants to see."""
        words = self.search.text().strip().lower()
        is_chosen = self.buttons[finding.verdict].isChecked() or self.buttons[None].isChecked()
        return is_chosen and (not words or words in f"{finding.name} {finding.file} {finding.note}".lower())

    def show_state(self) -> None:
        """Show the units, or why there are none."""
        has_rows = self.filter.rowCount() > 0
        self._either.setCurrentWidget(self.table if has_rows else self.empty)
        if not has_rows:
            self.empty.setText("没有符合筛选条件的单位。" if self.model.records else self._waiting)
