"""The field in which people type what they look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.style.icon import dress

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class SearchBox(QLineEdit):
    """A line with a magnifying glass; as wide as there is room for, within limits."""

    left = Signal()
    """The user is done here."""

    def __init__(self, words: str, parent: QWidget | None = None, *, least: int = 100, most: int = 220) -> None:
        super().__init__(parent)
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(least)
        self.setMaximumWidth(most)
        dress(self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition), "search", "muted")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Esc: nothing is looked for any more, back to the list."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)
