"""The menu of the right mouse button, given as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

Entry = tuple[str, Callable[[], object]]
"""Words, and what they do."""


class ContextMenu(QObject):
    """Offers what *entries* says fits the place (in the widget) under the mouse."""

    def __init__(self, widget: QWidget, entries: Callable[[QPoint], Sequence[Entry]]) -> None:
        super().__init__(widget)
        self._widget, self._entries = widget, entries
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(self._show)

    def menu(self, place: QPoint) -> QMenu:
        """The menu for a place."""
        menu = QMenu(self._widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, action in self._entries(place):
            menu.addAction(words, action)
        return menu

    def _show(self, place: QPoint) -> None:
        menu = self.menu(place)
        surface = self._widget.viewport() if isinstance(self._widget, QAbstractScrollArea) else self._widget
        if menu.actions():
            menu.popup(surface.mapToGlobal(place))
