"""What a page shows when there is nothing to show yet: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gui.style.theme import GRID


class EmptyState(QWidget):
    """A heading, a sentence and, if there is one, the next step as a button; in the middle of its place."""

    def __init__(self, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = QLabel(heading, self)
        self._heading.setProperty("role", "heading")
        self._heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(text, self)
        self._text.setProperty("role", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(GRID)
        self._layout.addStretch(2)
        self._layout.addWidget(self._heading)
        self._layout.addWidget(self._text)
        self._layout.addStretch(3)
        self._offers = 0

    def offer(self, words: str, action: Callable[[], object]) -> QPushButton:
        """Add a next step; the first is the one recommended."""
        button = QPushButton(words, self)
        if not self._offers:
            button.setProperty("kind", "primary")
        button.clicked.connect(lambda: action())  # noqa: PLW0108  # the signal's argument is not for the action
        self._layout.insertWidget(3 + self._offers, button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._offers += 1
        return button
