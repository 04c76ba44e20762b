"""Reviewing off the GUI thread, and whether a review still holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.pages.review.model import Reviewed, Stamp, changes_since, review_file, stamp_of
from gui.session.jobs import Pause
from gui.session.writing import follow
from gui.widgets.notice import Action, Notice
from workbook.errors import JuesuanError, sentence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from docgen.job.inputs import Inputs
    from gui.session.jobs import Job
    from gui.session.session import Session

PATIENCE_MS, LOOK_MS = 300, 150
"""A review that takes longer is mentioned, and can be cancelled; after an edit the question whether it holds waits for a pause."""


class ReviewRun(QObject):
    """One review at a time."""

    done = Signal(object)
    """A :class:`Reviewed`."""

    def __init__(self, session: Session, notice: Notice, choose: Action, parent: QWidget) -> None:
        """*choose*: the way out, reviewing another report."""
        super().__init__(parent)
        self._session, self._notice, self._choose = session, notice, choose
        self._job: Job | None = None

    def inputs(self) -> Inputs:
        """A snapshot to compare with; later edits cannot reach it."""
        inputs, editor = self._session.inputs, self._session.editor
        if inputs is None or editor is None:
            raise JuesuanError("还没有打开工作簿。")
        return replace(inputs, accounts=editor.accounts)

    def start(self, path: Path, *, alone: bool) -> None:
        """Review the report *path* against the open workbook as it is now; *alone*: against its own tables."""
        self.cancel()
        self._notice.hide()
        now = None if alone else self.inputs()
        self._job = self._session.jobs.start(
            lambda progress: review_file(path, now, progress), self._show, lambda error: self._failed(path, error, alone=alone), progress=True)
        follow(self._notice, self._job, f"正在审校“{path.name}”", PATIENCE_MS)

    def cancel(self) -> None:
        """Never mind."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show(self, reviewed: Reviewed) -> None:
        self._job = None
        self._notice.hide()
        self.done.emit(reviewed)

    def _failed(self, path: Path, error: Exception, *, alone: bool) -> None:
        self._job = None
        self._notice.say(sentence(error), "red", ("重试", lambda: self.start(path, alone=alone)), self._choose)


class ReviewWatch(Notice):
    """A strip that is seen only while a review is doubtful: workbook, 底稿 or report are no longer what was reviewed."""

    def __init__(self, session: Session, again: Action, choose: Action, parent: QWidget | None = None) -> None:
        """*again*, *choose*: the ways out, reviewing once more and reviewing another report."""
        super().__init__(parent)
        self._session, self._again, self._choose = session, again, choose
        self._reviewed: Reviewed | None = None
        self._seen: Stamp | None = None
        """Of the report's file, when it was last looked at."""
        self._later = Pause(self, LOOK_MS, self._compare)
        for signal in (session.opened, session.checked, session.companion_changed):
            signal.connect(self._later.start)

    def watch(self, reviewed: Reviewed | None) -> None:
        """Watch over another review (``None``: over none)."""
        self._reviewed, self._seen = reviewed, reviewed.stamp if reviewed is not None else None
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
