"""Suggestions, one in a line; a click puts the text into the editor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from docgen.reasons.contributions import Suggestion
from gui.style.theme import colours, text_font

_HEIGHT, _SOURCE_WIDTH = 32, 96


class SuggestionList(QTreeWidget):
    """Where each suggestion comes from, and its text cut to one line (whole in the tip)."""

    taken = Signal(str)
    """The text of one that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestions: Sequence[Suggestion] = ()
        """From the top."""
        self.setColumnCount(2)
        self.setColumnWidth(0, _SOURCE_WIDTH)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("可以参考的原因")
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.itemClicked.connect(self._take)
        self.itemActivated.connect(self._take)

    def _take(self, item: QTreeWidgetItem) -> None:
        self.taken.emit(self.suggestions[self.indexOfTopLevelItem(item)].text)

    def show_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """Show these suggestions."""
        if self.suggestions == suggestions and self.topLevelItemCount():
            return
        self.suggestions = suggestions
        self.clear()
        for suggestion in suggestions:
            item = QTreeWidgetItem(self, [f" {suggestion.source}", suggestion.text])
            item.setSizeHint(0, QSize(_SOURCE_WIDTH, _HEIGHT))
            item.setFont(0, text_font(8.5))
            for column in range(2):
                item.setToolTip(column, f"{suggestion.text}\n（点击填入，可再修改）")
        self.dress()
        self.setFixedHeight(len(suggestions) * _HEIGHT + 2)
        self.setVisible(bool(suggestions))

    def dress(self) -> None:
        """Take the palette's colours."""
        for number in range(self.topLevelItemCount()):
            self.topLevelItem(number).setForeground(0, QColor(colours().accent))
