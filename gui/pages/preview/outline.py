"""What stands around the pages: the outline with what is still to be filled in, and the year at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from docgen.model import Change, Direction, Figure
from docgen.report.yearly import Completion, Composition, YearOverview
from gui.paper.builder import OWN_LEVEL, Heading
from gui.style.theme import GRID, colours, text_font
from gui.widgets.painting import Bar, Chart
from gui.widgets.parts import STRETCH, ContextMenu, Entry, card, row
from workbook.amounts import ZERO, format_amount

_COUNT_WIDTH = 34


class Outline(QTreeWidget):
    """Entries of the outline; a click goes there."""

    asked = Signal(int)
    """Number of the entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, columnCount=2)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().resizeSection(1, _COUNT_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("报告目录")
        self.headings: Sequence[Heading] = ()
        ContextMenu(self, self._entries)
        self.itemClicked.connect(lambda item: self.asked.emit(self.indexOfTopLevelItem(item)))
        self.itemActivated.connect(lambda item: self.asked.emit(self.indexOfTopLevelItem(item)))

    def show_headings(self, headings: Sequence[Heading]) -> None:
        """Show these entries."""
        current, c = self.current, colours()
        self.headings = headings
        self.clear()
        for heading in headings:
            is_part = heading.level == 0
            words = f"{heading.text}（待填 {heading.prompts} 处）" if heading.prompts else heading.text
            own, mark = ("（自己的文字中的小标题）", "· ") if heading.level == OWN_LEVEL else ("", "")
            item = QTreeWidgetItem(self, [f"{'　' * heading.level}{mark}{heading.text}", str(heading.prompts or "")])
            item.setFirstColumnSpanned(not heading.prompts)
            item.setSizeHint(0, QSize(160, 32 if is_part else 26))
            item.setFont(0, text_font(9.5 if is_part else 9, bold=is_part))
            item.setForeground(0, QColor(c.text if heading.level <= 1 else c.muted))
            item.setForeground(1, QColor(c.amber))
            item.setFont(1, text_font(9, bold=True))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignCenter)
            for column in range(2):
                item.setToolTip(column, words + own)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words + own)
        self.mark(current)

    @property
    def current(self) -> int:
        """Number of the entry that is marked; -1: none."""
        return self.indexOfTopLevelItem(self.currentItem())

    def mark(self, number: int) -> None:
        """Show which part is being read."""
        if number != self.current and 0 <= number < self.topLevelItemCount():
            self.setCurrentItem(self.topLevelItem(number))

    def _entries(self, place: QPoint) -> list[Entry]:
        number = self.indexOfTopLevelItem(self.itemAt(place))
        if number < 0:
            return []
        text = self.headings[number].text
        return [("转到这里", lambda: self.asked.emit(number)), ("复制标题", lambda: QGuiApplication.clipboard().setText(text))]


class YearStrip(QWidget):
    """Composition of income and expenditure, completion of the budget, comparison with last year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.compositions = (Chart(parent=self, stacked=True), Chart(parent=self, stacked=True))
        self.completion = Chart("预算完成", "底稿还没有年初预算", self, own_whole=True)
        self.changes = Chart("与上年比较", "还没有上年决算", self)
        margins, charts = (GRID * 3 // 2, GRID, GRID * 3 // 2, GRID), (*self.compositions, self.completion, self.changes)
        self._cards = [card(self, chart, STRETCH, margins=margins) for chart in charts]
        row(self, *((made, 1) for made in self._cards))

    def show_year(self, year: YearOverview) -> None:
        """Show the figures of a year."""
        for chart, ground, composition in zip_longest(self.compositions, self._cards[:2], year.compositions[:2]):
            ground.setVisible(composition is not None)
            if composition is not None:
                _show_composition(chart, composition)
        self.completion.show_bars([_completion(c) for c in year.completions])
        self.changes.show_bars([_change(c.name, c.change) for c in year.changes if c.change.direction is not Direction.UNKNOWN])


def _show_composition(chart: Chart, composition: Composition) -> None:
    parts = sorted(composition.parts, key=lambda part: -_exact(part.amount))
    bars = [
        Bar(part.name, _exact(part.amount), money(part.amount), part.share.text if part.share is not None else "",
            f"{part.name}：{money(part.amount)} 万元") for part in parts]
    title = f"{composition.title}　{money(composition.total)} 万元" if composition.total.is_known else composition.title
    chart.show_bars(bars, title)


def _completion(found: Completion) -> Bar:
    rate = found.rate.text if found.rate is not None and found.rate.is_known else "—"
    tip = f"{found.name}\n支出决算 {money(found.actual)} 万元，预算 {money(found.budget)} 万元"
    over = found.budget.is_known and _exact(found.actual) > _exact(found.budget)
    if over:
        tip += "\n决算大于预算"
    return Bar(found.name, _exact(found.actual), rate, tip=tip, base=_exact(found.budget), state="amber" if over else "")


def _change(name: str, change: Change) -> Bar:
    short = words = "持平"
    if change.direction is not Direction.LEVEL:
        sign = "▲" if change.direction is Direction.UP else "▼"
        words = f"{sign} {money(change.difference)}" + (f"　{change.rate.text}" if change.rate is not None else "")
        short = f"{sign} {change.rate.text}" if change.rate is not None else words
    tip = (
        f"{change.label}\n"
        f"本年 {money(change.current)} 万元，上年 {money(change.base)} 万元，{change.direction} {money(change.difference)} 万元")
    return Bar(name, _exact(change.current), words, tip=tip, base=_exact(change.base), short=short)


def _exact(figure: Figure) -> Decimal:
    return figure.exact if figure.exact is not None else ZERO


def money(figure: Figure) -> str:
    """An amount with separators and two decimals, or why it is missing."""
    return format_amount(figure.value, grouping=True) if figure.value is not None else figure.text
