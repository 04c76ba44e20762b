"""Runs a batch beside everything else the window does, and tells how far it is."""

from __future__ import annotations

import gc
import time
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from gui.batch.work import News, Order, Outcome, work
from gui.session.jobs import Jobs

if TYPE_CHECKING:
    from docgen.batch import Progress
    from gui.batch.work import UnitRow

TICK_MS = 150
"""How often the window shows what is new."""
_TIDY_MS = 10_000
_SURE_AFTER, _SURE_SECONDS = 5, 2.0
"""Units, and seconds of work, after which the time that is left is worth telling."""


class BatchRunner(QObject):
    """One batch at a time, on a worker of its own: jobs of the window run one after the other, a batch may take hours."""

    advanced = Signal(list)
    """New rows since the last time (often none): show them and the :attr:`progress`."""
    ended = Signal(object)
    """The :class:`~gui.batch.work.Outcome`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self._news, self._stop = News(), Event()
        self._started = self._worked = 0.0
        self._before = 0
        """Units that were done when the pace began to be taken."""
        self.is_running = False
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._advance)
        # Python's collector rests while a worker works (see gui.session.jobs), here perhaps for hours: tidy up by hand, on this
        # thread, and only among what is new, so that nobody notices.
        self._tidy = QTimer(self, interval=_TIDY_MS)
        self._tidy.timeout.connect(lambda: gc.collect(1))
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.finish)

    @property
    def progress(self) -> Progress | None:
        """How far the batch is."""
        return self._news.progress

    @property
    def faults(self) -> int:
        """Faults of the program during the batch."""
        return self._news.faults

    @property
    def is_stopping(self) -> bool:
        """Whether :meth:`stop` was called for the batch under way."""
        return self.is_running and self._stop.is_set()

    def start(self, order: Order) -> None:
        """Begin; the rest comes as signals."""
        news, stop = self._news, self._stop = News(), Event()
        self._started, self._worked = time.monotonic(), 0.0
        self.is_running = True
        self._jobs.start(lambda: work(order, news, stop), self._done, quiet=True)
        self._tick.start()
        self._tidy.start()

    def stop(self) -> None:
        """End after the units at hand; the summary is still written."""
        self._stop.set()

    def finish(self) -> None:
        """Stop, and wait until all is written: the program ends."""
        self.stop()
        self._jobs.finish()

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def remaining(self) -> float | None:
        """About how many seconds are left; ``None`` while that is anybody's guess."""
        progress = self.progress
        if progress is None or not self._worked or progress.done < _SURE_AFTER:
            return None
        spent, done = time.monotonic() - self._worked, progress.done - self._before
        if spent < _SURE_SECONDS or not done or progress.done >= progress.total:
            return None
        return spent / done * (progress.total - progress.done)

    def _advance(self) -> None:
        rows: list[UnitRow] = []
        while self._news.rows:
            rows.append(self._news.rows.popleft())
        progress = self.progress
        if not self._worked and progress is not None and progress.name:
            self._worked = time.monotonic()  # looking for units, and processes that start, say nothing of the pace
            self._before = progress.done
        self.advanced.emit(rows)

    def _done(self, outcome: Outcome) -> None:
        self._tick.stop()
        self._tidy.stop()
        self._advance()
        self.is_running = False
        self.ended.emit(outcome)
