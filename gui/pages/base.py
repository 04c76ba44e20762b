"""What every page of the window offers to the frame around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.session.session import Session

DONE = "✓"
"""Badge of a step that has no work left."""


class Page(QWidget):
    """A page of the workflow; the rail shows its :attr:`title` and :meth:`badge`."""

    title = ""
    badge_changed = Signal()
    """The badge may have changed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.first: QWidget | None = None
        """Where the keyboard is when the page comes to the front (a focus proxy would break the order of Tab)."""

    def take_focus(self) -> None:
        """The keyboard is at the page's :attr:`first` widget."""
        (self.first or self).setFocus()

    def badge(self) -> str:
        """What is left to do, as short as ``3`` or ``3/5``; :data:`DONE` when nothing is, empty when unknown."""
        return ""

    def activate(self) -> None:
        """The page comes to the front: build or refresh what was put off."""
