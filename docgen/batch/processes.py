"""A pool of worker processes in which the death of one costs only the piece it was working on.

The pools of the standard library give up altogether when a process dies (a fault below Python, the system out of
memory).  Here each worker has a pipe of its own and at most two pieces: the one at hand and the next.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field
from typing import TYPE_CHECKING, Any

from docgen.batch.runners import CALM, FAULT, Cancelled, Lost, R, T
from workbook.errors import JuesuanError
from workbook.values import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

MAX_WORKERS = 60
"""Windows waits for no more pipes than this at once."""
_AHEAD = 2
_RECYCLE = 1000
"""After so many pieces a worker makes way for a new one: whatever a library leaks goes with it."""
_POLL = 0.2
_PATIENCE = 10.0
"""Seconds that a worker has to end by itself."""
_START = 120.0
"""Seconds that a worker has to start."""
_READY = -1
_FALSE_STARTS = 3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    pieces: deque[int] = field(default_factory=deque)
    """Numbers of the pieces it was given; the first is at hand."""
    since: float = 0.0
    """When it began with the piece at hand."""
    done: int = 0
    is_ready: bool = False


class Processes:
    """Runs pieces in *workers* processes; one that takes longer than *limit* seconds is given up."""

    def __init__(self, workers: int, limit: float = 600.0) -> None:
        self.size = max(1, min(workers, MAX_WORKERS))
        self.limit = limit
        self._workers: list[_Worker] = []
        self._false_starts = 0

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        left = deque(range(len(items)))
        while (left and not cancelled()) or any(worker.pieces for worker in self._workers):
            if not cancelled():
                self._feed(task, items, left)
            yield from self._collect(left)
            yield from self._overdue(left)

    def _feed(self, task: Callable[[T], R], items: Sequence[T], left: deque[int]) -> None:
        for worker in [w for w in self._workers if w.done >= _RECYCLE and not w.pieces]:
            self._retire(worker)
        while len(self._workers) < min(self.size, len(left)):
            self._workers.append(_start())
        for depth in range(1, _AHEAD + 1):  # everybody has one before anybody has two
            for worker in self._workers:
                if left and len(worker.pieces) < depth and worker.done + len(worker.pieces) < _RECYCLE:
                    number = left.popleft()
                    if not worker.pieces:
                        worker.since = time.monotonic()
                    worker.pieces.append(number)
                    with suppress(OSError):  # it has died: its end of the pipe will tell
                        worker.pipe.send((number, task, items[number]))

    def _collect(self, left: deque[int]) -> Iterator[tuple[int, Any]]:
        by_pipe = {worker.pipe: worker for worker in self._workers}
        for pipe in multiprocessing.connection.wait(list(by_pipe), _POLL):
            worker = by_pipe[pipe]  # type: ignore[index]  # wait() gives back what it was given
            try:
                number, result = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._lost(worker, left)
                continue
            if number == _READY:
                worker.is_ready, worker.since = True, time.monotonic()
                continue
            worker.pieces.remove(number)
            worker.done += 1
            worker.since = time.monotonic()
            yield number, result

    def _overdue(self, left: deque[int]) -> Iterator[tuple[int, Any]]:
        now = time.monotonic()
        for worker in list(self._workers):
            limit = self.limit if worker.is_ready else max(self.limit, _START)
            if worker.pieces and now - worker.since > limit:
                worker.process.kill()
                yield from self._lost(worker, left, f"处理超过 {self.limit:.0f} 秒，已放弃")

    def _lost(self, worker: _Worker, left: deque[int], reason: str = "") -> Iterator[tuple[int, Lost]]:
        """A worker is gone: what it had at hand is lost, what came next goes to another."""
        self._workers.remove(worker)
        worker.process.join(_PATIENCE)
        worker.pipe.close()
        if not worker.is_ready and not reason:
            self._false_starts += 1
            left.extendleft(reversed(worker.pieces))
            if self._false_starts >= _FALSE_STARTS:
                raise JuesuanError("无法启动并行处理的进程，请加 --workers 1 重试（只用一个进程）。")
            return
        pieces = list(worker.pieces)
        left.extendleft(reversed(pieces[1:]))
        if pieces:
            yield pieces[0], Lost(reason or f"{FAULT}：处理它的进程异常退出（代码 {worker.process.exitcode}，可能是内存不足）")

    def _retire(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(_PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()

    def close(self) -> None:
        """End all workers; what they have at hand is given up."""
        for worker in self._workers:
            worker.pipe.close()
            if worker.pieces:
                worker.process.kill()
        for worker in list(self._workers):
            self._retire(worker)


def _start() -> _Worker:
    """A fresh interpreter: a copy of this one would take over its threads, its locks and the window."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    with _ctrl_c_held_back():
        process.start()
    theirs.close()
    return _Worker(process, ours, since=time.monotonic())


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """A process started within never hears Ctrl+C, not even while Python starts (where the system can do this)."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection) -> None:
    """What a worker does until its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches everybody; the main process decides
    gc.set_threshold(*CALM)
    with suppress(EOFError, OSError):
        pipe.send((_READY, None))
        while True:
            number, task, item = pipe.recv()
            pipe.send((number, _attempt(task, item)))


def _attempt(task: Callable[[Any], Any], item: object) -> object:
    try:
        return task(item)
    except Exception as error:  # noqa: BLE001  # tasks answer for themselves; this is what they could not
        return Lost(f"{FAULT}（{type(error).__name__}）")
