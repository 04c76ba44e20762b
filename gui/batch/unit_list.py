"""The units of a batch: a table that grows while the batch runs, with the counts as filters above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from docgen.batch.model import UnitRow, Verdict
from gui.style import theme
from gui.widgets.findings import FindingsList, Listing
from gui.widgets.parts import STRETCH, column, row
from gui.widgets.rows import Column, muted

_SIGNS = {Verdict.ERROR: "✗", Verdict.NOTICE: "！", Verdict.CLEAN: "✓", Verdict.UNREADABLE: "？", Verdict.UNFINISHED: "？"}
"""A sign for each outcome, in the order of the filters: colour never stands alone."""
_ORDER = {outcome: number for number, outcome in enumerate(_SIGNS)}


def _ink(unit: UnitRow) -> str:
    c = theme.colours()
    return {Verdict.NOTICE: c.amber, Verdict.CLEAN: c.green}.get(unit.verdict, c.red)


def _count(title: str, count: Callable[[UnitRow], int | None], width: int = 56) -> Column[UnitRow]:
    """A column of numbers; what is not known stands before all others."""
    return Column(
        title, lambda u: "" if (n := count(u)) is None else f"{n:,}", width, is_amount=True,
        key=lambda u: -1 if (n := count(u)) is None else n)


_COLUMNS: tuple[Column[UnitRow], ...] = (
    Column("结果", lambda u: f"{_SIGNS[u.verdict]} {u.verdict}", 92, ink=_ink, key=lambda u: _ORDER[u.verdict]),
    Column("单位", lambda u: u.name, 240), Column("说明", lambda u: u.note, 260, ink=muted),
    _count("错误", lambda u: u.errors), _count("提示", lambda u: u.notices), _count("待填原因", lambda u: u.reasons, 76),
)


def _tip(unit: UnitRow) -> str:
    """Where the unit is, and all that is said of it."""
    return "\n".join(filter(None, (unit.file, *unit.note.split("；"))))


_UNITS = Listing(
    "各单位的结果", _COLUMNS, (1, 2), choice=lambda u: u.verdict, said=lambda u: f"{u.name} {u.file} {u.note}", key=lambda u: u.file,
    choices=tuple(_SIGNS), rare=tuple(v for v in _SIGNS if v is not Verdict.ERROR), noun="单位", look_for="查找单位", tip=_tip)


class UnitList(FindingsList):
    """The table with its filters."""

    unit_requested = Signal(object)
    """The :class:`UnitRow` that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_UNITS, parent)
        self.table.activated.connect(lambda index: self.unit_requested.emit(self.filter.record(index.row())))
        column(self, row(None, self.filters, STRETCH, (self.search, 1), spacing=4), (self.table, 1), (self.empty, 1))
        self.reset()

    # ------------------------------------------------------------ contents
    def reset(self, waiting: str = "") -> None:
        """No units yet; *waiting* says what is going on instead."""
        self.search.clear()
        self.choose(None)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.wait(waiting)
        self.show_units(())

    def show_units(self, rows: Sequence[UnitRow]) -> None:
        """These units instead of the others."""
        self.show_records(rows)
        self.table.scrollToTop()

    def append(self, rows: Sequence[UnitRow]) -> None:
        """More units; the last one stays in sight when it was."""
        if rows:
            bar = self.table.verticalScrollBar()
            follows = bar.value() >= bar.maximum()
            self.model.append(rows)
            self.count()
            if follows:
                self.table.scrollToBottom()

    def wait(self, words: str) -> None:
        """What is said while there is nothing to show."""
        self.clean_words = words
        self.show_state()
