"""Long work off the GUI thread: plain functions in, results and failures out on the GUI thread.

Nothing else in the window knows about threads.  One worker runs the jobs one after the other, so that two
writers never meet.  Two rules keep Qt's objects on the GUI thread: the worker holds none of them but a relay that
lives as long as the program, and Python's cycle collector (which could destroy widgets on whatever thread it runs)
rests while a worker works.
"""

from __future__ import annotations

import gc
import itertools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QRunnable, QThreadPool, Signal, Slot

from workbook.errors import JuesuanError

_T = TypeVar("_T")
_PATIENCE_MS = 40
"""How long :meth:`Jobs.wait_for` holds the GUI thread before it lets the window paint again."""
_numbers = itertools.count(1)


class CancelledError(Exception):
    """The user cancelled the job."""


class _Relay(QObject):
    """Carries what the worker says to the GUI thread."""

    progressed = Signal(int, int, str)
    finished = Signal(int, object, object)


_relay: list[_Relay] = []
"""The one relay; made on the GUI thread, never destroyed while a worker may use it."""


class Progress:
    """Given to a job that wants it: call it with a percentage and a sentence."""

    def __init__(self, number: int, stop: threading.Event) -> None:
        self._number, self._stop = number, stop

    def __call__(self, percent: int, text: str = "") -> None:
        """Report; raises :class:`CancelledError` when the user asked to stop."""
        self.check()
        _relay[0].progressed.emit(self._number, percent, text)

    def check(self) -> None:
        """Raise :class:`CancelledError` when the user asked to stop."""
        if self._stop.is_set():
            raise CancelledError


class _Task(QRunnable):
    """What the worker runs; knows no object of the GUI thread."""

    def __init__(self, number: int, function: Callable[..., Any], stop: threading.Event, *, wants_progress: bool) -> None:
        super().__init__()
        self._number, self._function, self._stop, self._wants_progress = number, function, stop, wants_progress

    def run(self) -> None:
        """Do the work and pass on what came out."""
        result: Any = None
        error: BaseException | None = None
        try:
            result = self._function(Progress(self._number, self._stop)) if self._wants_progress else self._function()
        except BaseException as caught:  # noqa: BLE001  # whatever it is, the GUI thread must hear of it
            error = caught
        self._function = _nothing
        _relay[0].finished.emit(self._number, result, error)


def _nothing() -> None:
    """In place of a function that was run: what it holds must not end on the worker."""


class Job(QObject):
    """One piece of work under way."""

    progressed = Signal(int, str)
    done = Signal(object)
    """The result, on the GUI thread."""
    failed = Signal(object)
    """The exception, on the GUI thread."""
    ended = Signal()
    """After ``done``, ``failed`` or a cancellation."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.number = next(_numbers)
        self.is_quiet = False
        self.stop = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self.stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next report; its result is dropped."""
        self.stop.set()


class Jobs(QObject):
    """Runs jobs, one at a time."""

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not _relay:
            _relay.append(_Relay())
        _relay[0].progressed.connect(self._progressed)
        _relay[0].finished.connect(self._finished)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._jobs: dict[int, tuple[Job, Callable[..., Any]]] = {}

    @property
    def is_busy(self) -> bool:
        """Whether any job that somebody waits for is under way."""
        return any(not job.is_quiet for job, _ in self._jobs.values())

    def start(
        self,
        function: Callable[..., Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[Exception], None] | None = None,
        *,
        progress: bool = False,
        quiet: bool = False,
    ) -> Job:
        """Run *function* on the worker; *on_done* gets its result.

        *on_failed* gets a :class:`~workbook.errors.JuesuanError`; any other exception is a fault of the program
        and is raised on the GUI thread.  With *progress* the function is given a :class:`Progress`.  A *quiet* job
        is one that nobody waits for: it does not make the window busy.
        """
        job = Job(self)
        job.is_quiet = quiet
        was_busy = self.is_busy

        def failed(error: Exception) -> None:
            if on_failed is not None and isinstance(error, JuesuanError | OSError):
                on_failed(error)
            else:
                raise error

        job.done.connect(on_done)
        job.failed.connect(failed)
        self._jobs[job.number] = (job, function)
        _collecting.pause()
        if self.is_busy and not was_busy:
            self.busy_changed.emit(True)
        self._pool.start(_Task(job.number, function, job.stop, wants_progress=progress))
        return job

    @Slot(int, int, str)
    def _progressed(self, number: int, percent: int, text: str) -> None:
        if number in self._jobs:
            self._jobs[number][0].progressed.emit(percent, text)

    @Slot(int, object, object)
    def _finished(self, number: int, result: object, error: BaseException | None) -> None:
        if number not in self._jobs:
            return
        job, _ = self._jobs.pop(number)
        _collecting.resume()
        try:
            if isinstance(error, CancelledError) or job.is_cancelled:
                pass
            elif error is None:
                job.done.emit(result)
            else:
                job.failed.emit(error)
        finally:
            job.ended.emit()
            job.deleteLater()
            if not job.is_quiet and not self.is_busy:
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
        _collecting.pause()
        try:
            thread.start()
            thread.join(_PATIENCE_MS / 1000)
            while thread.is_alive():
                QEventLoop().processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
                thread.join(0.01)
        finally:
            _collecting.resume()
        if errors:
            raise errors[0]
        return outcome[0]

    def finish(self) -> None:
        """Wait until every job has ended and its result was delivered."""
        while self._jobs:
            self._pool.waitForDone(20)
            QEventLoop().processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._pool.waitForDone()


class _Collecting:
    """Pauses Python's cycle collector while any worker works."""

    def __init__(self) -> None:
        self._pauses = 0
        self._was_enabled = False

    def pause(self) -> None:
        """A worker starts."""
        if self._pauses == 0:
            self._was_enabled = gc.isenabled()
            gc.disable()
        self._pauses += 1

    def resume(self) -> None:
        """A worker has ended."""
        self._pauses -= 1
        if self._pauses == 0 and self._was_enabled:
            gc.enable()


_collecting = _Collecting()
