"""Writing files: asks where, writes on the worker, and says in a notice how it went."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.session import files
from gui.session.jobs import Job, Jobs, Pause
from gui.widgets.notice import Action, Notice
from workbook.errors import sentence


class FileWriter(QObject):
    """Writes, and says so in the notice of a page, a dialog or the window."""

    written = Signal(object)
    """A file is there: its path."""

    def __init__(self, jobs: Jobs, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.jobs, self.notice, self.window = jobs, notice, parent
        self.ask_path: Callable[[str, Path, str], Path | None] = partial(files.ask_target, parent)
        """Asks where to write: title, proposal, filter."""
        self.open_path: Callable[[Path], object] = files.open_outside

    def write(
        self, title: str, proposal: Path, kinds: str, work: Callable[[Path], object], words: Callable[[Path], str],
    ) -> None:  # fmt: skip
        """Ask where, write there with *work*, and say so in *words*."""
        if (target := self.ask_path(title, proposal, kinds)) is not None:
            again: Action = ("换个位置…", lambda: self.write(title, proposal, kinds, work, words))
            self.jobs.start(lambda: work(target), lambda _: self.wrote(target, words(target)), lambda error: self.failed(error, again))

    def wrote(self, path: Path, words: str, opens: str = "打开", *more: Action, tone: str = "green") -> None:
        """A file or folder is there: say so, and offer to open it."""
        folder = path if path.is_dir() else path.parent
        first: tuple[Action, ...] = () if folder == path else ((opens, lambda: self.open_path(path)),)
        self.notice.say(words, tone, *first, ("打开文件夹", lambda: self.open_path(folder)), *more)
        self.written.emit(path)

    def failed(self, error: Exception, *instead: Action) -> None:
        """Say what went wrong, and what can be done instead."""
        self.notice.say(sentence(error), "red", *instead)


def follow(notice: Notice, job: Job, first: str, patience: int = 0) -> None:
    """Say how far *job* is, from *patience* (milliseconds) on, with a way to cancel it; what was said goes with the job."""
    said = {first}

    def say(words: str) -> None:
        said.add(words)
        notice.say(words, "blue", ("取消", job.cancel), closable=False)

    def begin() -> None:
        if not notice.text and not job.is_cancelled:  # what it says matters more
            say(first)

    def end() -> None:
        later.stop()
        if notice.text in said and not job.is_cancelled:
            notice.dismiss()

    later = Pause(job, patience, begin)
    job.progressed.connect(lambda _, words: say(words) if words and notice.text in said and not job.is_cancelled else None)
    job.ended.connect(end)
    later.start() if patience else say(first)
