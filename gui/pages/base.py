"""What every page of the window offers to the frame around it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QSplitter, QTabBar, QTabWidget, QWidget

from gui.session.session import Session

if TYPE_CHECKING:  # the first page needs no lists
    from gui.widgets.findings import FindingsList

DONE = "✓"
"""Badge of a step that has no work left."""


class PageName(StrEnum):
    """The pages; a value is also the name of the page's icon."""

    OPEN = "open"
    CHECK = "check"
    REASONS = "reasons"
    TEXTS = "texts"
    PREVIEW = "preview"
    REVIEW = "review"
    LIBRARY = "library"


class Page(QWidget):
    """A page of the window; the rail shows its :meth:`badge`."""

    badge_changed = Signal()
    """The badge may have changed."""
    page_requested = Signal(object, str)
    """Another page is wanted: its :class:`PageName`, and the place in it to go to (empty: where it is)."""

    commanded = Signal(str)
    """A command of the menus is wanted, by its name in :mod:`gui.frame.actions`."""
    status_changed = Signal(str)
    """What the status line says of the selection (empty: nothing)."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.first: QWidget | None = None
        """Where the keyboard is when the page comes to the front (a focus proxy would break the order of Tab)."""
        session.store.about_to_flush.connect(self.flush)

    def follow(self, *signals: SignalInstance) -> None:
        """Each of these makes what is shown out of date."""
        for signal in signals:
            signal.connect(self.refresh_soon)

    def refresh_soon(self) -> None:
        """What is shown is out of date: it is renewed now, or when the page comes to the front."""
        if self.isVisible():
            self.activate()
        self.badge_changed.emit()

    def flush(self) -> None:
        """Take over everything that is being typed."""

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  # Qt's name
        self.flush()
        super().hideEvent(event)

    def take_focus(self) -> None:
        """The keyboard is at the page's :attr:`first` widget."""
        (self.first or self).setFocus()

    def badge(self) -> str:
        """What is left to do, as short as ``3`` or ``3/5``; :data:`DONE` when nothing is, empty when unknown."""
        return ""

    def badge_words(self) -> str:
        """What the badge says, in words; empty where the number says it."""
        return ""

    def activate(self) -> None:
        """The page comes to the front: build or refresh what was put off."""

    def go_to(self, place: str) -> None:
        """Show a place that another page asked for, such as a slot of the report or a sheet of the 底稿."""

    def dress(self) -> None:
        """Take the palette's colours."""

    def tab_bar(self) -> QTabBar | QTabWidget | None:
        """What the keys for the next and the previous sheet turn, if there is anything."""
        return None

    def splitters(self) -> dict[str, QSplitter]:
        """What the window remembers, by name."""
        return {}


class FindingsPage(Page):
    """A page with a list of findings, and something to enlarge, for which the menus have keys."""

    listed: FindingsList

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding."""
        self.listed.step(by)

    def search_findings(self) -> None:
        """The keyboard is in the field that looks for findings."""
        self.listed.search.setFocus()

    def magnify(self, step: int) -> None:
        """Larger (1), smaller (-1), or of the usual size (0)."""
        raise NotImplementedError
