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
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

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


@cache
def _relay() -> _Relay:
    """The one relay; made on the GUI thread, never destroyed while a worker may use it."""
    return _Relay()


class Progress:
    """Given to a job that wants it: call it with a percentage and a sentence."""

    def __init__(self, number: int, stop: threading.Event) -> None:
        self._number, self._stop = number, stop

    def __call__(self, percent: int, text: str = "") -> None:
        """Report; raises :class:`CancelledError` when the user asked to stop."""
        self.check()
        _relay().progressed.emit(self._number, percent, text)

    def check(self) -> None:
        if self._stop.is_set():
            raise CancelledError


def _run(number: int, work: list[Callable[[], Any]]) -> None:
    """On the worker: what the function holds must not end here, so it is let go before the GUI thread hears of it."""
    result: Any = None
    error: BaseException | None = None
    try:
        result = work.pop()()
    except BaseException as caught:  # noqa: BLE001  # whatever it is, the GUI thread must hear of it
        error = caught
    _relay().finished.emit(number, result, error)


class Job(QObject):
    """One piece of work under way."""

    progressed = Signal(int, str)
    ended = Signal()
    """After its result or failure was handed over, or a cancellation."""

    def __init__(
        self, parent: QObject, on_done: Callable[[Any], None], on_failed: Callable[[Exception], None] | None, *, is_quiet: bool
    ) -> None:
        super().__init__(parent)
        self.on_done, self.on_failed, self.is_quiet = on_done, on_failed, is_quiet
        self.function: Callable[..., Any] | None = None
        """Held here, so that what it holds ends on the GUI thread."""
        self.stop = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        return self.stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next report; its result is dropped."""
        self.stop.set()


class Jobs(QObject):
    """Runs jobs, one at a time."""

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        _relay().progressed.connect(self._progressed)
        _relay().finished.connect(self._finished)
        self._worker = ThreadPoolExecutor(1)
        self._jobs: dict[int, Job] = {}

    @property
    def is_busy(self) -> bool:
        """Whether any job that somebody waits for is under way."""
        return any(not job.is_quiet for job in self._jobs.values())

    def start(
        self, function: Callable[..., Any], on_done: Callable[[Any], None] = lambda _: None,
        on_failed: Callable[[Exception], None] | None = None,
        *, progress: bool = False, quiet: bool = False,
    ) -> Job:  # fmt: skip
        """Run *function* on the worker; *on_done* gets its result.

        *on_failed* gets a :class:`~workbook.errors.JuesuanError`; any other exception is a fault of the program
        and is raised on the GUI thread.  With *progress* the function is given a :class:`Progress`.  A *quiet* job
        is one that nobody waits for: it does not make the window busy.
        """
        number, job, was_busy = next(_numbers), Job(self, on_done, on_failed, is_quiet=quiet), self.is_busy
        self._jobs[number], job.function = job, function
        _pause_collecting()
        if self.is_busy and not was_busy:
            self.busy_changed.emit(True)
        told = Progress(number, job.stop)
        self._worker.submit(_run, number, [(lambda: function(told)) if progress else function])
        return job

    def _progressed(self, number: int, percent: int, text: str) -> None:
        if number in self._jobs:
            self._jobs[number].progressed.emit(percent, text)

    def _finished(self, number: int, result: object, error: BaseException | None) -> None:
        if number not in self._jobs:
            return
        job = self._jobs.pop(number)
        _resume_collecting()
        try:
            if isinstance(error, CancelledError) or job.is_cancelled:
                pass
            elif error is None:
                job.on_done(result)
            elif job.on_failed is not None and isinstance(error, JuesuanError | OSError):
                job.on_failed(error)
            else:
                raise error
        finally:
            job.ended.emit()
            job.deleteLater()
            if not job.is_quiet and not self.is_busy:
                self.busy_changed.emit(False)

    def wait_for(self, function: Callable[[], _T]) -> _T:
        """Run *function* on a thread and return its result; the window stays painted, input waits."""
        _pause_collecting()
        try:
            with ThreadPoolExecutor(1) as other:
                future, patience = other.submit(function), _PATIENCE_MS / 1000
                while not wait([future], patience).done:
                    QEventLoop().processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
                    patience = 0.01
        finally:
            _resume_collecting()
        return future.result()

    def finish(self) -> None:
        """Wait until every job has ended and its result was delivered."""
        flags = QEventLoop.ProcessEventsFlag
        while self._jobs:
            QEventLoop().processEvents(flags.ExcludeUserInputEvents | flags.WaitForMoreEvents)


# ---------------------------------------------------------------- the cycle collector
_pauses: list[bool] = []
"""For each worker that works: whether the collector is to collect when all have ended."""


def _pause_collecting() -> None:
    _pauses.append(gc.isenabled() if not _pauses else _pauses[0])
    gc.disable()


def _resume_collecting() -> None:
    if _pauses.pop() and not _pauses:
        gc.enable()


LATEST_MS = 500
"""Who types without a pause is not left unsaved longer than this."""


class Pause(QTimer):
    """Calls *then* when :meth:`touch` was not called for *delay* milliseconds, or *latest* after its first call.

    Begun with ``start``, it waits for the pause however long that takes.
    """

    def __init__(self, parent: QObject, delay: int, then: Callable[[], object], latest: int = LATEST_MS) -> None:
        super().__init__(parent, singleShot=True, interval=delay)
        self._delay, self._latest, self._since = delay, max(latest, delay), 0.0
        self._then = then
        self.timeout.connect(then)

    def touch(self) -> None:
        """Something was done: wait anew."""
        now = time.monotonic() * 1000
        if not self.isActive():
            self._since = now
        self.start(max(0, min(self._delay, round(self._since + self._latest - now))))

    def flush(self) -> None:
        if self.isActive():
            self.stop()
            self._then()
