"""Where a file can be dropped: a dashed frame around what there is to do instead."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from gui.style.theme import GRID, colours
from gui.widgets.empty import EmptyState


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
