"""Long work off the GUI thread: plain functions in, results and failures out on the GUI thread.

Nothing else in the window knows about threads.  One worker runs the jobs one after the other, so that two
writers never meet.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QRunnable, QThreadPool, Signal, Slot

from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
_PATIENCE_MS = 40
"""How long :meth:`Jobs.wait_for` holds the GUI thread before it lets the window paint again."""


class CancelledError(Exception):
    """The user cancelled the job."""


class Progress:
    """Given to a job that wants it: call it with a percentage and a sentence."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, percent: int, text: str = "") -> None:
        """Report; raises :class:`CancelledError` when the user asked to stop."""
        self.check()
        self._job.progressed.emit(percent, text)

    def check(self) -> None:
        """Raise :class:`CancelledError` when the user asked to stop."""
        if self._job.is_cancelled:
            raise CancelledError


class Job(QObject):
    """One piece of work under way."""

    progressed = Signal(int, str)
    done = Signal(object)
    """The result, on the GUI thread."""
    failed = Signal(object)
    """The exception, on the GUI thread."""
    ended = Signal()
    """After ``done``, ``failed`` or a cancellation."""
    _ready = Signal(object, object)

    def __init__(self, function: Callable[..., Any], *, wants_progress: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._function = function
        self._wants_progress = wants_progress
        self._stop = threading.Event()
        self._ready.connect(self._deliver)

    @property
    def is_cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next report; its result is dropped."""
        self._stop.set()

    def run(self) -> None:
        """Do the work (on the worker's thread)."""
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._function(Progress(self)) if self._wants_progress else self._function()
        except BaseException as caught:  # noqa: BLE001  # whatever it is, the GUI thread must hear of it
            error = caught
        self._ready.emit(result, error)

    @Slot(object, object)
    def _deliver(self, result: object, error: BaseException | None) -> None:
        if isinstance(error, CancelledError) or self.is_cancelled:
            pass
        elif error is None:
            self.done.emit(result)
        else:
            self.failed.emit(error)
        self.ended.emit()


class _Runnable(QRunnable):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def run(self) -> None:
        self._job.run()


class Jobs(QObject):
    """Runs jobs, one at a time."""

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._jobs: set[Job] = set()

    @property
    def is_busy(self) -> bool:
        """Whether any job is under way."""
        return bool(self._jobs)

    def start(
        self,
        function: Callable[..., Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[Exception], None] | None = None,
        *,
        progress: bool = False,
    ) -> Job:
        """Run *function* on the worker; *on_done* gets its result.

        *on_failed* gets a :class:`~workbook.errors.JuesuanError`; any other exception is a fault of the program
        and is raised on the GUI thread.  With *progress* the function is given a :class:`Progress`.
        """
        job = Job(function, wants_progress=progress, parent=self)

        def failed(error: Exception) -> None:
            if on_failed is not None and isinstance(error, JuesuanError | OSError):
                on_failed(error)
            else:
                raise error

        job.done.connect(on_done)
        job.failed.connect(failed)
        job.ended.connect(lambda: self._ended(job))
        self._jobs.add(job)
        if len(self._jobs) == 1:
            self.busy_changed.emit(True)
        self._pool.start(_Runnable(job))
        return job

    def _ended(self, job: Job) -> None:
        self._jobs.discard(job)
        job.deleteLater()
        if not self._jobs:
            self.busy_changed.emit(False)

    def wait_for(self, function: Callable[[], _T]) -> _T:
        """Run *function* on a thread and return its result; the window stays painted, input waits."""
        outcome: list[_T] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                outcome.append(function())
            except BaseException as error:  # noqa: BLE001  # raised again below, on the GUI thread
                errors.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(_PATIENCE_MS / 1000)
        while thread.is_alive():
            loop = QEventLoop()
            loop.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
            thread.join(0.01)
        if errors:
            raise errors[0]
        return outcome[0]

    def finish(self) -> None:
        """Wait until every job has ended and its result was delivered."""
        while self._jobs:
            self._pool.waitForDone(20)
            QEventLoop().processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
