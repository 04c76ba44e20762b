"""The files that the window opens and writes.

Asking for them, having them dropped, writing them on the worker, showing them outside.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.session.jobs import Job, Jobs, Pause
from gui.widgets.notice import Action, Notice
from gui.widgets.parts import DropZone
from workbook.errors import sentence
from workbook.paths import WORKBOOK_SUFFIXES

REPORT_SUFFIXES = (".docx", ".docm", ".pdf", ".doc", ".wps", ".odt", ".rtf")
ANY_EXCEL = " ".join(f"*{suffix}" for suffix in WORKBOOK_SUFFIXES)
WORKBOOKS = f"决算公开表 ({ANY_EXCEL});;所有文件 (*)"
REPORTS = f"报告 ({' '.join(f'*{suffix}' for suffix in REPORT_SUFFIXES)});;所有文件 (*)"
EXCEL, WORD, PDF = "Excel 工作簿 (*.xlsx)", "Word 文档 (*.docx)", "PDF 文件 (*.pdf)"


def is_workbook(path: Path) -> bool:
    """Whether *path* looks like a workbook, or is a folder that may hold its tables."""
    return path.is_dir() or path.suffix.lower() in WORKBOOK_SUFFIXES


def is_report(path: Path) -> bool:
    """Whether *path* looks like a report; what of it cannot be read is told in one sentence."""
    return path.suffix.lower() in REPORT_SUFFIXES and not path.is_dir()


class FileDrop(QObject):
    """Lets files and folders be dropped on a widget: *take* gets the first one that is *welcome*.

    *zone* shows that it may be let go.
    """

    def __init__(
        self, widget: QWidget, welcome: Callable[[Path], bool], take: Callable[[Path], object], zone: DropZone | None = None
    ) -> None:
        super().__init__(widget)
        self._welcome, self._take, self._zone = welcome, take, zone
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        kind, kinds = event.type(), QEvent.Type
        if kind not in (kinds.DragEnter, kinds.DragLeave, kinds.Drop):
            return super().eventFilter(watched, event)
        urls = event.mimeData().urls() if isinstance(event, QDropEvent) else []
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        path = next(filter(self._welcome, paths), None)
        if self._zone is not None:
            self._zone.light(on=path is not None and kind is kinds.DragEnter)
        if isinstance(event, QDropEvent):
            event.acceptProposedAction() if path is not None else event.ignore()
        if path is not None and kind is kinds.Drop:
            self._take(path)
        return True


def beside(path: Path, ending: str) -> Path:
    """A file beside a workbook or folder, called after it."""
    return path.with_name(f"{path.name if path.is_dir() else path.stem}{ending}")


def ask_source(parent: QWidget, title: str, start: Path, kinds: str = "") -> Path | None:
    """Ask for a file of these *kinds* that is to be read; for a folder where no kinds are given."""
    name = (
        QFileDialog.getOpenFileName(parent, title, str(start), kinds)[0]
        if kinds else QFileDialog.getExistingDirectory(parent, title, str(start)))
    return Path(name) if name else None


def ask_target(parent: QWidget, title: str, proposal: Path, kinds: str) -> Path | None:
    """Ask where to write; a name without suffix gets that of the *proposal*."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(proposal), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_name(path.name + proposal.suffix)


def open_outside(path: Path) -> bool:
    """Open a file or folder with the program that the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class FileWriter(QObject):
    """Writes, and says so in the notice of a page, a dialog or the window."""

    written = Signal(object)
    """A file is there: its path."""

    def __init__(self, jobs: Jobs, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.jobs, self.notice, self.window = jobs, notice, parent
        self.ask_path: Callable[[str, Path, str], Path | None] = partial(ask_target, parent)
        """Asks where to write: title, proposal, filter."""
        self.open_path: Callable[[Path], object] = open_outside

    def write(
        self, title: str, proposal: Path, kinds: str, work: Callable[[Path], object], words: Callable[[Path], str],
    ) -> None:  # fmt: skip
        """Ask where, write there with *work*, and say so in *words*."""
        if (target := self.ask_path(title, proposal, kinds)) is not None:
            again: Action = ("换个位置…", lambda: self.write(title, proposal, kinds, work, words))
            self.jobs.start(
                lambda: work(target), lambda _: self.wrote(target, words(target)), lambda error: self.failed(error, again))

    def wrote(self, path: Path, words: str, opens: str = "打开", *more: Action, tone: str = "green") -> None:
        """A file or folder is there: say so, and offer to open it."""
        folder = path if path.is_dir() else path.parent
        first: tuple[Action, ...] = () if folder == path else ((opens, lambda: self.open_path(path)),)
        self.notice.say(words, tone, *first, ("打开文件夹", lambda: self.open_path(folder)), *more)
        self.written.emit(path)

    def failed(self, error: Exception, *instead: Action) -> None:
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
