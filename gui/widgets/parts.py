"""Labels, buttons, rows and columns in one call each: what nearly every page and dialog is composed of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui.style.icon import dress
from gui.style.theme import GRID

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


def card(parent: QWidget | None, *items: Item, margins: int | tuple[int, int, int, int] = (GRID * 2, GRID, GRID * 2, GRID)) -> QFrame:
    """*items* below each other on a ground of their own."""
    made = QFrame(parent)
    made.setProperty("role", "card")
    column(made, *items, margins=margins)
    return made


def splitter(
    parent: QWidget, orientation: Qt.Orientation, *widgets: QWidget, sizes: Sequence[int], stretch: Sequence[int], handle: int = 6
) -> QSplitter:
    """*widgets* with a handle between them, of these first sizes; what the window grows is shared by *stretch*."""
    split = QSplitter(orientation, parent)
    split.setChildrenCollapsible(False)
    split.setHandleWidth(handle)
    for number, (widget, factor) in enumerate(zip(widgets, stretch, strict=True)):
        split.addWidget(widget)
        split.setStretchFactor(number, factor)
    split.setSizes(list(sizes))
    return split


def label(
    parent: QWidget | None, text: str = "", role: str = "", *, wraps: bool = False, centred: bool = False, selectable: bool = False
) -> QLabel:
    """A text; *role* as :mod:`gui.style.theme` knows them: title, heading, muted."""
    made = QLabel(text, parent)
    made.setWordWrap(wraps)
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


def set_state(widget: QWidget, state: str, role: str = "") -> None:
    """Show *widget* in a state colour (red, amber, green; empty: none), or in the quiet one of a *role*."""
    if (widget.property("state"), widget.property("role")) == (state, role):
        return  # dressing anew costs a millisecond
    widget.setProperty("state", state)
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
