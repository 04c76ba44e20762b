"""Whether a review still holds: says so when the workbook, the 底稿 or the report is no longer what was reviewed."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from gui.pages.review.model import Reviewed, Stamp, changes_since, stamp_of
from gui.session.session import Session
from gui.widgets.notice import Action, Notice

LOOK_MS = 150
"""After an edit the question waits for a pause."""


class ReviewWatch(Notice):
    """A strip that is seen only while a review is doubtful."""

    def __init__(self, session: Session, again: Action, choose: Action, parent: QWidget | None = None) -> None:
        """*again*, *choose*: the ways out, reviewing once more and reviewing another report."""
        super().__init__(parent)
        self._session, self._again, self._choose = session, again, choose
        self._reviewed: Reviewed | None = None
        self._seen: Stamp | None = None
        """Of the report's file, when it was last looked at."""
        self._later = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._later.timeout.connect(self._compare)
        for signal in (session.opened, session.checked, session.companion_changed):
            signal.connect(self._later.start)

    def watch(self, reviewed: Reviewed | None) -> None:
        """Watch over another review (``None``: over none)."""
        self._reviewed = reviewed
        self._seen = reviewed.stamp if reviewed is not None else None
        self._compare()

    def look_at_file(self) -> None:
        """Look whether the report was changed meanwhile."""
        reviewed = self._reviewed
        if reviewed is not None:
            self._session.jobs.start(lambda: stamp_of(reviewed.path), lambda stamp: self._looked(reviewed, stamp))

    def _looked(self, reviewed: Reviewed, stamp: Stamp | None) -> None:
        if reviewed is self._reviewed:
            self._seen = stamp
            self._compare()

    def _compare(self) -> None:
        reviewed, inputs = self._reviewed, self._session.inputs
        if reviewed is None or inputs is None:
            self.hide()
        elif self._seen is None:
            self.say(
                f"“{reviewed.path.name}”已不在原来的位置，可能被移动或删除。", "amber", self._choose, closable=False)
        elif changed := [*changes_since(reviewed.inputs, inputs), *(["报告"] if self._seen != reviewed.stamp else [])]:
            self.say(f"{'、'.join(changed)}已改动，结果可能过时。", "amber", self._again, closable=False)
        else:
            self.hide()
