"""What nearly every page and dialog is composed of: labels, buttons, rows and columns in one call each, menus, empty states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent, QIcon, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gui.style.theme import GRID, dress

Item = QWidget | QLayout | int | tuple[QWidget | QLayout, int]
"""What is put into a row or column: a widget or layout, with its stretch as a pair; a space in pixels; -1: a stretch."""
STRETCH = -1
_Box = TypeVar("_Box", bound=QBoxLayout)


def _fill(box: _Box, items: Sequence[Item], margins: int | tuple[int, int, int, int], spacing: int) -> _Box:
    box.setContentsMargins(*(margins if isinstance(margins, tuple) else (margins,) * 4))
    box.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            box.addStretch(1) if item == STRETCH else box.addSpacing(item)
            continue
        what, stretch = item if isinstance(item, tuple) else (item, 0)
        box.addWidget(what, stretch) if isinstance(what, QWidget) else box.addLayout(what, stretch)
    return box


def column(
    parent: QWidget | None, *items: Item, margins: int | tuple[int, int, int, int] = 0, spacing: int = GRID
) -> QVBoxLayout:
    """*items* below each other, as the layout of *parent* or (``None``) to be put into another one."""
    return _fill(QVBoxLayout(parent) if parent is not None else QVBoxLayout(), items, margins, spacing)


def row(
    parent: QWidget | None, *items: Item, margins: int | tuple[int, int, int, int] = 0, spacing: int = GRID
) -> QHBoxLayout:
    """*items* beside each other, likewise."""
    return _fill(QHBoxLayout(parent) if parent is not None else QHBoxLayout(), items, margins, spacing)


def card(
    parent: QWidget | None, *items: Item, margins: int | tuple[int, int, int, int] = (GRID * 2, GRID, GRID * 2, GRID)
) -> QFrame:
    """*items* below each other on a ground of their own."""
    made = QFrame(parent)
    made.setProperty("role", "card")
    column(made, *items, margins=margins)
    return made


def splitter(
    parent: QWidget, orientation: Qt.Orientation, *widgets: QWidget,
    sizes: Sequence[int], stretch: Sequence[int], handle: int = 6
) -> QSplitter:
    """*widgets* with a handle between them, of these first sizes; what the window grows is shared by *stretch*."""
    split = QSplitter(orientation, parent, childrenCollapsible=False, handleWidth=handle)
    for number, (widget, factor) in enumerate(zip(widgets, stretch, strict=True)):
        split.addWidget(widget)
        split.setStretchFactor(number, factor)
    split.setSizes(list(sizes))
    return split


def label(
    parent: QWidget | None, text: str = "", role: str = "", *, wraps: bool = False,
    centred: bool = False, selectable: bool = False,
    form: Qt.TextFormat = Qt.TextFormat.AutoText,
) -> QLabel:  # fmt: skip
    """A text; *role* as :mod:`gui.style.theme` knows them: title, heading, muted."""
    made = QLabel(text, parent, wordWrap=wraps, textFormat=form)
    if role:
        made.setProperty("role", role)
    if centred:
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(
    parent: QWidget | None, words: str, action: Callable[[], object], *, kind: str = "", tip: str = "", picture: str = ""
) -> QPushButton:
    """A button that does *action*; *kind* as the theme knows them, *picture* the name of its icon."""
    made = QPushButton(words, parent)
    made.setProperty("kind", kind)
    made.setToolTip(tip)
    if picture:
        dress(made, picture)
    made.clicked.connect(lambda: action())  # noqa: PLW0108  # the signal's argument is not for the action
    return made


def redressed(widget: QWidget, **properties: str) -> None:
    """Give *widget* properties that its looks depend on."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return  # dressing anew costs a millisecond
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def set_state(widget: QWidget, state: str, role: str = "") -> None:
    """Show *widget* in a state colour (red, amber, green; empty: none), or in the quiet one of a *role*."""
    redressed(widget, state=state, role=role)


def shortened(text: str, most: int) -> str:
    """The first letters of a long text."""
    return text if len(text) <= most else f"{text[:most]}……"


def present(window: QWidget) -> None:
    """Show a window, or bring it to the front."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


class EmptyState(QWidget):
    """A heading, a sentence and, if there is one, the next step as a button; in the middle of its place."""

    def __init__(self, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = column(None)
        column(
            self, STRETCH, label(self, heading, "heading", centred=True), label(self, text, "muted", wraps=True, centred=True),
            self._steps, STRETCH)

    def offer(self, words: str, action: Callable[[], object]) -> QPushButton:
        """Add a next step; the first is the one recommended."""
        made = button(self, words, action, kind="" if self._steps.count() else "primary")
        self._steps.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        return made


class DropZone(EmptyState):
    """An empty state that also shows that files are welcome."""

    def __init__(self, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(heading, text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def light(self, *, on: bool) -> None:
        """Show that a file is held over it, and may be let go."""
        redressed(self, lit="yes" if on else "")


Entry = tuple[str, Callable[[], object]]
"""Words, and what they do."""
LINE: Entry = ("", lambda: None)
"""A line between groups of entries."""


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
            menu.addAction(words, action) if words else menu.addSeparator()
        return menu

    def _show(self, place: QPoint) -> None:
        menu = self.menu(place)
        surface = self._widget.viewport() if isinstance(self._widget, QAbstractScrollArea) else self._widget
        if menu.actions():
            menu.popup(surface.mapToGlobal(place))


class Pointing(QObject):
    """Says the *tip* of a place in a widget that is under the mouse.

    Ctrl and the wheel make the widget larger or smaller by a factor.
    """

    def __init__(self, widget: QWidget, tip: Callable[[QPoint], str], zoom: Callable[[float], object] | None = None) -> None:
        super().__init__(widget)
        self._widget, self._tip, self._zoom = widget, tip, zoom
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(event.pos()), self._widget)
        elif self._zoom is not None and isinstance(event, QWheelEvent) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self._zoom(1.1 if event.angleDelta().y() > 0 else 1 / 1.1)
        else:
            return super().eventFilter(watched, event)
        return True


class SearchBox(QLineEdit):
    """A line with a magnifying glass; as wide as there is room for, within limits."""

    left = Signal()
    """The user is done here."""

    def __init__(self, words: str, parent: QWidget | None = None, *, least: int = 100, most: int = 220) -> None:
        super().__init__(parent, placeholderText=words, clearButtonEnabled=True)
        self.setAccessibleName(words)
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
