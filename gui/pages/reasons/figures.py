"""The figures of a slot: the two amounts with difference and rate, and what explains the change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from docgen.model import Direction
from docgen.reasons.contributions import Breakdown, Driver
from docgen.reasons.drivers import Drivers
from docgen.reasons.slot import Slot
from gui.style.theme import GRID, colours
from gui.widgets.painting import Bar, BarChart
from gui.widgets.parts import STRETCH, column, label, row
from workbook.amounts import format_amount, round_half_up

_SHOWN = 8
_JOIN = "\u2060"
"""Between two characters where a line must not be broken."""
_CHOICE_LETTERS, _WIDEST_CHOICE = 8, 420


def signed(value: Decimal) -> str:
    """``+98.57`` or ``-243.46``."""
    text = format_amount(value, grouping=True)
    return f"+{text}" if value > 0 else text


def figure_words(slot: Slot) -> str:
    """本年, 对比, 增减, 增减率 in a line, as rich text: it is broken only between them."""
    movement = slot.direction if slot.direction in (Direction.UP, Direction.DOWN) else "增减"
    heads = ("本年（万元）", f"{slot.against}（万元）", f"{movement}（万元）", "增减率")
    values = ["—"] * 4
    if slot.change is not None:
        none = "上年无此项" if slot.against.startswith("上年") else "预算无此项"
        values = [_amount(slot.current) or "—", _amount(slot.base) or "缺"] + (["—"] * 2 if slot.difference is None else [
            signed(slot.difference), f"{signed(slot.rate)}%" if slot.rate is not None else none])
    muted = colours().muted
    return " ".join(
        f"<span style='color:{muted}'>{_unbroken(head)}</span>{_JOIN}&nbsp;"
        f"<span style='font-size:12.5pt'>{_unbroken(value)}</span>{'&nbsp;' * 6}"
        for head, value in zip(heads, values, strict=True))


def _unbroken(words: str) -> str:
    return _JOIN.join(words)


def _amount(value: Decimal | None) -> str:
    return "" if value is None else format_amount(value, grouping=True)


class DriverPanel(QFrame):
    """What explains the change: bars, one way of splitting it at a time, and facts beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.chart = BarChart(empty="没有可列示的构成", parent=self)
        self.chart.unit = "万元"
        self._title = label(self, "主要构成", "heading")
        self._choice = QComboBox(self)
        self._choice.setAccessibleName("构成的口径")
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.setMinimumContentsLength(_CHOICE_LETTERS)
        self._choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._choice.setMaximumWidth(_WIDEST_CHOICE)
        self._choice.activated.connect(self._chosen)
        self._note = label(self, role="muted", wraps=True)
        head = row(None, self._title, STRETCH, (self._choice, 4))
        column(self, head, self.chart, self._note, margins=(GRID * 2, GRID, GRID * 2, GRID), spacing=GRID // 2)
        self._drivers: Drivers | None = None
        self.has_any = False
        """Whether there is anything to show."""

    def show_drivers(self, drivers: Drivers | None) -> None:
        """Show what explains a change (``None``: nothing to explain)."""
        self._drivers = drivers
        breakdowns = drivers.breakdowns if drivers is not None else ()
        self._choice.clear()
        self._choice.addItems([b.title for b in breakdowns])
        self._choice.setVisible(len(breakdowns) > 1)
        main = drivers.main if drivers is not None else None
        self._title.setText(f"主要构成　{main.title}" if main is not None and len(breakdowns) == 1 else "主要构成")
        if main is not None:
            self._choice.setCurrentIndex(breakdowns.index(main))
        self._show(main)

    def _chosen(self, index: int) -> None:
        if self._drivers is not None:
            self._show(self._drivers.breakdowns[index])

    def _show(self, breakdown: Breakdown | None) -> None:
        self.chart.show_bars(list(_bars(breakdown)) if breakdown is not None else [])
        self.chart.setVisible(breakdown is not None)
        lines = []
        if breakdown is not None and breakdown.remainder is not None:
            lines.append(f"已解释 {format_amount(breakdown.coverage)}%，其余在表中看不出来。")
        if self._drivers is not None:
            lines += self._drivers.notes
            if breakdown is None and self._drivers.missing:
                lines.append(f"{self._drivers.missing}，看不出构成。")
        self._note.setText("\n".join(lines))
        self._note.setVisible(bool(lines))
        self.has_any = breakdown is not None or bool(lines)


def _bars(breakdown: Breakdown) -> Iterator[Bar]:
    yield from map(_bar, breakdown.moves[:_SHOWN])
    if breakdown.remainder is not None:
        yield _bar(breakdown.remainder, is_rest=True)


def _bar(driver: Driver, *, is_rest: bool = False) -> Bar:
    share = f"{round_half_up(driver.share)}%" if driver.share is not None else ""
    tip = driver.name
    if driver.current is not None and driver.base is not None:
        tip = f"{driver.name}\n本年 {format_amount(driver.current, grouping=True)} 万元，对比 {format_amount(driver.base, grouping=True)} 万元"
    return Bar(driver.name, driver.amount, signed(driver.amount), share, tip, is_rest=is_rest)
