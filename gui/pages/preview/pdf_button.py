"""The button 导出 PDF: says which program will do it, and lets the user choose where there are several."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QMenu, QWidget

from docgen.pdf.export import NO_SUITE
from docgen.pdf.suites import Suite
from gui.widgets.fit import FoldingButton


class PdfButton(FoldingButton):
    """Looks for the suites when the user points at it, not before: the window opens sooner."""

    asked = Signal(str)
    """Make the PDF; with the suite of this name first, or as usual (an empty name)."""

    def __init__(self, suites: Callable[[], tuple[Suite, ...]], parent: QWidget | None = None) -> None:
        super().__init__("导出 PDF…", "export", parent)
        self._suites = suites
        self.choice = QMenu(self)
        """One line for each suite, where there are several."""
        self.clicked.connect(self._clicked)

    def words(self) -> str:
        """What a click does."""
        names = [suite.name for suite in self._suites()]
        if not names:
            return f"{NO_SUITE}。"
        *others, last = names
        return f"用 {'、'.join(others)} 或 {last} 导出公开版的 PDF" if others else f"用 {last} 导出公开版的 PDF"

    def _clicked(self) -> None:
        suites = self._suites()
        if len(suites) < 2:
            self.asked.emit("")
            return
        self.choice.clear()
        for suite in suites:
            self.choice.addAction(f"用 {suite.name} 导出", lambda name=suite.name: self.asked.emit(name))
        self.choice.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.set_tip(self.words())
        return super().event(event)
