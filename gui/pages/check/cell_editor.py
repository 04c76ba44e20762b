"""The field in which a cell is typed, with the keys of Excel and WPS, and where the cursor goes after each."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.style import theme

Key, Modifier = Qt.Key, Qt.KeyboardModifier


class Move(Enum):
    """Where the cursor goes."""

    DOWN = auto()
    UP = auto()
    NEXT = auto()
    """To the next amount, row by row."""
    PREVIOUS = auto()
    LEFT = auto()
    RIGHT = auto()
    FILL = auto()
    """Nowhere: what was typed goes into every selected cell."""


_ENTER = (Key.Key_Return, Key.Key_Enter)
_ARROWS: dict[int, Move] = {Key.Key_Down: Move.DOWN, Key.Key_Up: Move.UP, Key.Key_Left: Move.LEFT, Key.Key_Right: Move.RIGHT}


def move_of(event: QKeyEvent) -> Move | None:
    """The move that a key asks for, whether something is being typed or not."""
    is_shifted = bool(event.modifiers() & Modifier.ShiftModifier)
    if event.key() in _ENTER:
        if event.modifiers() & Modifier.ControlModifier:
            return Move.FILL
        return Move.UP if is_shifted else Move.DOWN
    if event.modifiers() & ~(Modifier.ShiftModifier | Modifier.KeypadModifier):
        return None
    if event.key() == Key.Key_Backtab or (event.key() == Key.Key_Tab and is_shifted):
        return Move.PREVIOUS
    return Move.NEXT if event.key() == Key.Key_Tab else None


class CellEditor(QLineEdit):
    """The text of one cell while it is edited."""

    def __init__(self, parent: QWidget, *, is_typed_over: bool) -> None:
        super().__init__(parent)
        self.is_typed_over = is_typed_over
        """Begun by typing: the arrow keys leave the cell; after F2 they move in the text."""
        self.setFrame(False)
        self.setAccessibleName("单元格内容")
        self.setStyleSheet(f"QLineEdit {{ border: 2px solid {theme.colours().accent}; border-radius: 0; padding: 0 3px; }}")

    def move_after(self, event: QKeyEvent) -> Move | None:
        """The move with which a key ends the edit; ``None`` when it belongs to the text."""
        if (move := move_of(event)) is not None:
            return move
        arrow = _ARROWS.get(event.key()) if not event.modifiers() & ~Modifier.KeypadModifier else None
        return arrow if self.is_typed_over or arrow in (Move.DOWN, Move.UP) else None
