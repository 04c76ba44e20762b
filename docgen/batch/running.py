"""Running many small pieces of work: in this process, in several, or on a cluster, all in the same way.

A runner takes a module's function and its inputs, and gives the results as they come, each with the number of its
input.  A piece that takes its process down, or never ends, is a :class:`Lost` and costs no other piece.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from workbook.errors import JuesuanError
from workbook.values import dataclass

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")
R = TypeVar("R")
Cancelled = Callable[[], bool]
Future: TypeAlias = Any
"""Of the pool or of the cluster: both have ``add_done_callback`` and ``result``."""
FAULT = "程序意外错误"
LIMIT = 600.0
"""Seconds that one piece may take."""
MAX_WORKERS = 60
"""Windows lets a process wait for no more than this many others."""
_AHEAD = 2
"""Pieces under way for each worker: the one at hand and the next."""
_RECYCLE = 1000
"""After so many pieces a worker makes way for a new one: whatever a library leaks goes with it."""
_POLL = 0.2
_MOST_BREAKS = 3
_CALM = (50_000, 10, 10)


@dataclass(frozen=True, slots=True)
class Lost:
    """In place of a result: what became of the piece."""

    reason: str


class BrokenError(Exception):
    """The pool or the cluster is gone; what was under way has no result."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Runner(ABC):
    """Where the work is done."""

    @abstractmethod
    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        """The results of *task* for *items*, each with its number, in any order.

        Ends early when *cancelled* says so: what is under way is finished, nothing new begun.
        """

    def close(self) -> None:  # noqa: B027  # nothing to let go of is the usual case
        """Let go of processes or connections."""


class OwnProcess(Runner):
    """One after the other, here."""

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        old = gc.get_threshold()
        calm_collector()
        try:
            for number, item in enumerate(items):
                if cancelled():
                    return
                yield number, task(item)
        finally:
            gc.set_threshold(*old)


def calm_collector() -> None:
    """Let Python look for cyclic garbage less often: our values are many, and few are in cycles."""
    gc.set_threshold(*_CALM)


class Elsewhere(Runner):
    """Hands pieces out, so many at a time, and takes in what comes back."""

    workers: int

    @abstractmethod
    def submit(self, task: Callable[[T], R], item: T) -> Future:
        """Begin with a piece.  Raises :class:`BrokenError`."""

    @abstractmethod
    def outcome(self, future: Future) -> Any:
        """The result of a piece, or a :class:`Lost`.  Raises :class:`BrokenError`."""

    @abstractmethod
    def check(self, idle: float) -> None:
        """Nothing came in for *idle* seconds; raises :class:`BrokenError` when nothing will."""

    @abstractmethod
    def recover(self, error: BrokenError) -> Lost | None:
        """Make the pool new, and ``None``: what was under way begins again; or what has become of it all."""

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        left, busy = deque(range(len(items))), dict[Future, int]()
        finished: SimpleQueue[Future] = SimpleQueue()
        last = time.monotonic()
        while (left and not cancelled()) or busy:
            try:
                while left and len(busy) < self.workers * _AHEAD and not cancelled():
                    future = self.submit(task, items[left[0]])
                    busy[future] = left.popleft()
                    future.add_done_callback(finished.put)
                future = _next(finished)
                if future not in busy:
                    self.check(time.monotonic() - last)
                    continue
                result = self.outcome(future)
                last = time.monotonic()
                yield busy.pop(future), result
            except BrokenError as error:
                lost, under_way = self.recover(error), sorted(busy.values())
                busy.clear()
                if lost is None:
                    left.extendleft(reversed(under_way))
                else:
                    yield from ((number, lost) for number in [*under_way, *left])
                    return


def _next(finished: SimpleQueue[Future]) -> Future | None:
    try:
        return finished.get(timeout=_POLL)
    except Empty:
        return None


class Processes(Elsewhere):
    """Processes of this machine (pebble's pool); a piece that takes longer than *limit* seconds is given up with its process."""

    def __init__(self, workers: int, limit: float = LIMIT, recycle: int = _RECYCLE) -> None:
        self.workers, self.limit, self.recycle = max(1, min(workers, MAX_WORKERS)), limit, recycle
        self._pool: ProcessPool | None = None
        self._breaks = 0
        """How often the pool broke since it gave a result: a process that dies before any other has work breaks it."""

    def submit(self, task: Callable[[T], R], item: T) -> Future:
        try:
            if self._pool is not None:
                return self._pool.schedule(task, args=[item], timeout=self.limit)
            from pebble import ProcessPool

            # A fresh interpreter: a copy of this one would take over its threads, its locks and the window.
            self._pool = ProcessPool(self.workers, self.recycle, calm_collector, context=multiprocessing.get_context("spawn"))
            with _ctrl_c_held_back():
                return self._pool.schedule(task, args=[item], timeout=self.limit)
        except RuntimeError as error:
            raise BrokenError from error

    def outcome(self, future: Future) -> Any:
        from concurrent.futures.process import BrokenProcessPool

        from pebble import ProcessExpired

        try:
            result = future.result()
        except BrokenProcessPool as error:
            raise BrokenError from error
        except TimeoutError:
            result = Lost(f"处理超过 {self.limit:.0f} 秒，已放弃")
        except ProcessExpired as error:
            result = Lost(f"{FAULT}：处理它的进程异常退出（代码 {error.exitcode}，可能是内存不足）")
        except Exception as error:  # noqa: BLE001  # tasks answer for themselves; this is what they could not
            result = Lost(f"{FAULT}（{type(error).__name__}）")
        self._breaks = 0
        return result

    def check(self, idle: float) -> None:
        # The pool broke before it took note of a piece, whose future nobody finishes then; or a process was killed just
        # as it held the lock of the pipe.
        if (self._pool is not None and not self._pool.active) or idle > 2 * self.limit:
            raise BrokenError

    def recover(self, error: BrokenError) -> None:
        self.close()
        self._breaks += 1
        if self._breaks > _MOST_BREAKS:
            raise JuesuanError("无法启动并行处理的进程，请改为只用一个进程重试（命令行加 --workers 1）。") from error

    def close(self) -> None:
        """End all processes; what they have at hand is given up."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # the library forgot its annotation
            self._pool.join()
            self._pool = None


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Threads and processes started within never hear Ctrl+C, not even while Python starts (where the system can do this)."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
