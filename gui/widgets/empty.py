"""What a page shows when there is nothing to show yet: why, and what to do next; with a frame, where a file can be dropped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from gui.style.theme import GRID, colours
from gui.widgets.parts import STRETCH, button, column, label


class EmptyState(QWidget):
    """A heading, a sentence and, if there is one, the next step as a button; in the middle of its place."""

    def __init__(self, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = column(None)
        column(self, STRETCH, label(self, heading, "heading", centred=True), label(self, text, "muted", wraps=True, centred=True), self._steps, STRETCH)

    def offer(self, words: str, action: Callable[[], object]) -> QPushButton:
        """Add a next step; the first is the one recommended."""
        made = button(self, words, action, kind="" if self._steps.count() else "primary")
        self._steps.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        return made


class DropZone(EmptyState):
    """An empty state that also shows that files are welcome."""

    is_lit = False
    """A file is held over it."""
    inset = GRID
    """Pixels from its edge to the frame."""

    def light(self, *, on: bool) -> None:
        """Show that a file may be let go."""
        self.is_lit = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the frame."""
        c = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self.is_lit else c.border), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(c.accent_soft) if self.is_lit else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().adjusted(self.inset, self.inset, -self.inset, -self.inset), 8, 8)
        painter.end()
