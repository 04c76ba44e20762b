"""Suggestions as cards of one line; a click puts the text into the editor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from docgen.reasons.model import Suggestion
from gui.style.theme import colours, text_font

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
        source = self.suggestion.source
        width = round(QFontMetricsF(small).horizontalAdvance("去年的原因")) + 16
        painter.setFont(small)
        painter.setPen(QColor(palette.accent))
        painter.drawText(10, 0, width, self.height(), Qt.AlignmentFlag.AlignVCenter, source)
        hint = "填入" if active else ""
        room = self.width() - width - 20 - 36
        painter.setFont(text_font())
        painter.setPen(QColor(palette.text))
        shown = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(10 + width, 0, room, self.height(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(small)
        painter.setPen(QColor(palette.accent))
        painter.drawText(self.rect().adjusted(0, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, hint)


class SuggestionList(QWidget):
    """The cards of a slot."""

    taken = Signal(str)
    """The text of a card was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._shown: tuple[Suggestion, ...] = ()

    @property
    def cards(self) -> list[SuggestionCard]:
        """The cards, from the top."""
        found = [self._layout.itemAt(i).widget() for i in range(self._layout.count())]
        return [card for card in found if isinstance(card, SuggestionCard)]

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Show these suggestions."""
        if tuple(suggestions) == self._shown:
            return
        self._shown = tuple(suggestions)
        while self._layout.count():
            old = self._layout.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for suggestion in suggestions:
            card = SuggestionCard(suggestion, self)
            card.clicked.connect(lambda _=False, text=suggestion.text: self.taken.emit(text))
            self._layout.addWidget(card)
