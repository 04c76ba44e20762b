"""Suggestions as cards of one line; a click puts the text into the editor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from docgen.reasons.model import Suggestion
from gui.style.theme import colours, text_font
from gui.widgets.painting import RIGHT, write
from gui.widgets.parts import column

_HEIGHT = 30


class SuggestionCard(QAbstractButton):
    """One suggestion: where it comes from, and its text cut to one line (whole in the tip)."""

    def __init__(self, suggestion: Suggestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        self.setText(suggestion.text)
        self.setToolTip(f"{suggestion.text}\n（点击填入，可再修改）")
        self.setAccessibleName(f"{suggestion.source}：{suggestion.text}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = colours()
        active = self.underMouse() or self.hasFocus()
        painter.setPen(QColor(palette.accent if active else palette.border))
        painter.setBrush(QColor(palette.accent_soft if active else palette.surface))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        small = text_font(8.5)
        width = round(QFontMetricsF(small).horizontalAdvance("去年的原因")) + 16
        write(painter, QRect(10, 0, width, self.height()), self.suggestion.source, palette.accent, small)
        write(painter, QRect(10 + width, 0, self.width() - width - 20 - 36, self.height()), self.text(), palette.text)
        if active:
            write(painter, self.rect().adjusted(0, 0, -10, 0), "填入", palette.accent, small, RIGHT)


class SuggestionList(QWidget):
    """The cards of a slot."""

    taken = Signal(str)
    """The text of a card was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = column(self, spacing=4)
        self.cards: list[SuggestionCard] = []
        """From the top."""

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Show these suggestions."""
        if [card.suggestion for card in self.cards] == list(suggestions):
            return
        for old in self.cards:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.cards = [SuggestionCard(suggestion, self) for suggestion in suggestions]
        for card in self.cards:
            card.clicked.connect(lambda _=False, text=card.suggestion.text: self.taken.emit(text))
            self._layout.addWidget(card)
