"""The tabs of the sheets, each with the number of its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QTabBar, QWidget

from gui.pages.check.marks import Marks
from gui.style import theme
from workbook.formats.source import RawSheet
from workbook.issues import Severity
from workbook.pack.layout import SheetLayout

_BUBBLE = 18


@dataclass(frozen=True, slots=True)
class SheetTab:
    """A sheet with a tab."""

    layout: SheetLayout | None
    """``None`` for a sheet that is not one of the form's."""
    sheet: RawSheet

    @property
    def code(self) -> str:
        """Code of the table; empty for a sheet that is none."""
        return self.layout.code if self.layout else ""

    @property
    def place(self) -> tuple[str, str]:
        """Names of file and sheet."""
        return self.sheet.file.name, self.sheet.name

    @property
    def label(self) -> str:
        """What stands on the tab."""
        layout = self.layout
        return f"{layout.number} {layout.tab or layout.title[:4]}".strip() if layout else self.sheet.name[:10]


class SheetTabs(QTabBar):
    """One tab for each sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setIconSize(QSize(_BUBBLE + 8, _BUBBLE))
        self.setAccessibleName("工作表")
        self.setStyleSheet("QTabBar::tab { padding: 6px 8px; margin: 0; }")
        self.tabs: tuple[SheetTab, ...] = ()
        self._states: dict[int, tuple[int, int, bool]] = {}
        """What the tabs show: errors, notices, dark or not."""

    def show_tabs(self, tabs: Sequence[SheetTab]) -> None:
        """Other sheets."""
        self.blockSignals(True)
        while self.count():
            self.removeTab(self.count() - 1)
        self.tabs = tuple(tabs)
        self._states.clear()
        for number, tab in enumerate(self.tabs):
            self.addTab(tab.label)
            self.setTabToolTip(number, f"{tab.layout.mark} {tab.layout.title}\n{tab.sheet.name}" if tab.layout else f"未识别的工作表\n{tab.sheet.name}")
        self.blockSignals(False)

    def index_of(self, file: str, sheet: str) -> int:
        """Index of the tab of a sheet, or -1."""
        return next((i for i, t in enumerate(self.tabs) if t.place == (file, sheet)), -1)

    def show_counts(self, marks: Marks) -> None:
        """The numbers of 错误, else of 提示."""
        c = theme.colours()
        for index, tab in enumerate(self.tabs):
            errors, notices = (marks.counts[*tab.place, severity] for severity in (Severity.ERROR, Severity.NOTICE))
            state = (errors, notices, c.is_dark)
            if self._states.get(index) == state:
                continue  # most edits change the counts of few sheets
            self._states[index] = state
            fill, ink = (c.red, "#2A1513") if errors else (c.amber, "#2B2110")
            count = errors or notices
            self.setTabIcon(index, _bubble(str(count), fill, ink if c.is_dark else "#FFFFFF") if count else QIcon())
            words = "，".join(f"{n} 个{s}" for s, n in (("错误", errors), ("提示", notices)) if n)
            self.setTabData(index, words)
            self.setAccessibleTabName(index, f"{tab.label} {words}".strip())


def _bubble(text: str, colour: str, ink: str) -> QIcon:
    ratio = 2
    width = _BUBBLE if len(text) == 1 else _BUBBLE + 7
    picture = QPixmap(width * ratio, _BUBBLE * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(Qt.PenStyle.NoPen)
    rect = QRect(0, 0, width, _BUBBLE)
    painter.drawRoundedRect(rect, _BUBBLE / 2, _BUBBLE / 2)
    painter.setPen(QColor(ink))
    painter.setFont(theme.text_font(8, bold=True))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text if len(text) < 3 else "99+")
    painter.end()
    return QIcon(picture)
