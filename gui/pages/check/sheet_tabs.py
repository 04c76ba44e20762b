"""The tabs of the sheets, each with the number of its findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget

from gui.pages.check.marks import Marks
from gui.style import theme
from workbook.formats.source import RawSheet
from workbook.issues import Severity
from workbook.pack.layout import SheetLayout

_DOT = 3.0


class SheetTab(NamedTuple):
    """A sheet with a tab."""

    sheet: RawSheet
    code: str
    """Of the table; empty for a sheet that is none."""
    label: str
    """What stands on the tab."""
    number: str
    """The shortest that tells it from others."""
    title: str

    @classmethod
    def of(cls, sheet: RawSheet, layout: SheetLayout | None) -> SheetTab:
        """The tab of a table of the form, or (``None``) of another sheet."""
        if layout is None:
            return cls(sheet, "", sheet.name[:10], sheet.name[:2], "未识别的工作表")
        label = f"{layout.number} {layout.tab or layout.title[:4]}".strip()
        return cls(sheet, layout.code, label, layout.number or label[:2], f"{layout.mark} {layout.title}")

    @property
    def place(self) -> tuple[str, str]:
        """Names of file and sheet."""
        return self.sheet.file.name, self.sheet.name


class SheetTabs(QTabBar):
    """One tab for each sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName("工作表")
        self.setStyleSheet("QTabBar::tab { padding: 6px 8px; margin: 0; }")
        self.tabs: tuple[SheetTab, ...] = ()
        self._counts: dict[int, tuple[int, int]] = {}
        """How many 错误 and 提示 start in each sheet."""
        self.currentChanged.connect(self.fit)

    def show_tabs(self, tabs: Sequence[SheetTab]) -> None:
        """Other sheets."""
        self.blockSignals(True)
        while self.count():
            self.removeTab(self.count() - 1)
        self.tabs = tuple(tabs)
        self._counts.clear()
        for number, tab in enumerate(self.tabs):
            self.addTab(tab.label)
            self.setTabToolTip(number, f"{tab.title}\n{tab.sheet.name}")
        self.blockSignals(False)
        self.fit()

    def index_of(self, file: str, sheet: str) -> int:
        """Index of the tab of a sheet, or -1."""
        return next((i for i, t in enumerate(self.tabs) if t.place == (file, sheet)), -1)

    def show_counts(self, marks: Marks) -> None:
        """Where there are 错误, else 提示: a dot, with the numbers in words beside the mouse and for screen readers."""
        for index, tab in enumerate(self.tabs):
            errors, notices = (marks.counts[*tab.place, severity] for severity in (Severity.ERROR, Severity.NOTICE))
            if self._counts.get(index) == (errors, notices):
                continue  # most edits change the counts of few sheets
            self._counts[index] = errors, notices
            words = "，".join(f"{n} 个{s}" for s, n in (("错误", errors), ("提示", notices)) if n)
            self.setTabData(index, words)
            self.setTabToolTip(index, "\n".join(filter(None, (tab.title, tab.sheet.name, words))))
            self.setAccessibleTabName(index, f"{tab.label} {words}".strip())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """All tabs are in sight: where there is little room, those not in front have their number only."""
        current = self.currentIndex()
        for is_short in (False, True):
            for number, tab in enumerate(self.tabs):
                words = tab.number if is_short and number != current else tab.label
                if words != self.tabText(number):
                    self.setTabText(number, words)
            if sum(self.tabSizeHint(number).width() for number in range(self.count())) <= self.width():
                break

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        painter, c = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (errors, notices) in self._counts.items():
            if errors or notices:
                painter.setPen(QPen(QColor(c.red if errors else c.amber), 1.5))
                painter.setBrush(QColor(c.red) if errors else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(self.tabRect(index).topRight()) + QPointF(-6, 8), _DOT, _DOT)
        painter.end()
