"""Running many small pieces of work: in this process, in several, or on a cluster, all in the same way.

A runner takes a module's function and its inputs, and gives the results as they come, each with the number of its
input.  A piece that takes its process down, or never ends, is a :class:`Lost` and costs no other piece.  The nodes of a
cluster must have this program in the same version, and see the folders under the same paths; ``distributed`` is an
optional dependency (the extra ``cluster``), loaded only by :class:`Cluster`.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import sys
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from workbook import __version__
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")
R = TypeVar("R")
Cancelled = Callable[[], bool]
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
_PATIENCE = 30.0
"""Seconds without a result after which a cluster is asked whether any node is left."""


class Lost(NamedTuple):
    """In place of a result: what became of the piece."""

    reason: str


class BrokenError(Exception):
    """The pool or the cluster is gone; what was under way has no result."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def calm_collector() -> None:
    """Let Python look for cyclic garbage less often: our values are many, and few are in cycles."""
    gc.set_threshold(150_000, 10, 10)


class Runner:
    """Does the work: here, one piece after the other."""

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        """The results of *task* for *items*, each with its number, in any order.

        Ends early when *cancelled* says so: what is under way is finished, nothing new begun.
        """
        old = gc.get_threshold()
        calm_collector()
        try:
            for number, item in enumerate(items):
                if cancelled():
                    return
                yield number, task(item)
        finally:
            gc.set_threshold(*old)

    def close(self) -> None:
        """Let go of processes or connections."""


class Elsewhere(Runner):
    """Hands pieces out, so many at a time, and takes in what comes back."""

    workers: int

    @abstractmethod
    def submit(self, task: Callable[[T], R], item: T) -> Future[R]:
        """Begin with a piece.  Raises :class:`BrokenError`."""

    @abstractmethod
    def lost(self, error: BaseException) -> Lost:
        """What to say of a piece that ended with *error*.  Raises :class:`BrokenError`."""

    @abstractmethod
    def check(self, idle: float) -> None:
        """Nothing came in for *idle* seconds; raises :class:`BrokenError` when nothing will."""

    @abstractmethod
    def recover(self, breaks: int) -> Lost | None:
        """Make the pool new, and ``None``: what was under way begins again; or what has become of it all.

        It broke *breaks* times since it gave a result.
        """

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        left, busy = deque(range(len(items))), dict[Future[R], int]()
        last, breaks = time.monotonic(), 0
        while (left and not cancelled()) or busy:
            try:
                while left and len(busy) < self.workers * _AHEAD and not cancelled():
                    busy[self.submit(task, items[left[0]])] = left[0]
                    left.popleft()
                finished = wait(busy, _POLL, FIRST_COMPLETED).done
                if not finished:
                    self.check(time.monotonic() - last)
                for future in finished:
                    result = self._outcome(future)
                    last, breaks = time.monotonic(), 0
                    yield busy.pop(future), result
            except BrokenError:
                breaks += 1
                lost, under_way = self.recover(breaks), sorted(busy.values())
                busy.clear()
                if lost is None:
                    left.extendleft(reversed(under_way))
                else:
                    yield from ((number, lost) for number in [*under_way, *left])
                    return

    def _outcome(self, future: Future[R]) -> R | Lost:
        try:
            return future.result()
        except Exception as error:  # noqa: BLE001  # tasks answer for themselves; this is what they could not
            return self.lost(error)


class Processes(Elsewhere):
    """Processes of this machine (pebble's pool); a piece that takes longer than *limit* seconds is given up with its process.

    Fewer than *few* pieces are done here; a process makes way for a new one after *recycle* pieces.
    """

    def __init__(self, workers: int, limit: float = LIMIT, recycle: int = _RECYCLE, few: int = 0) -> None:
        self.workers, self.limit, self.recycle, self.few = max(1, min(workers, MAX_WORKERS)), limit, recycle, few
        self._pool: ProcessPool | None = None

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        return Runner.run(self, task, items, cancelled) if len(items) < self.few else super().run(task, items, cancelled)

    def submit(self, task: Callable[[T], R], item: T) -> Future[R]:
        from pebble import ProcessPool

        if self._pool is None:
            # A fresh interpreter: a copy of this one would take over its threads, its locks and the window.
            self._pool = ProcessPool(self.workers, self.recycle, calm_collector, context=multiprocessing.get_context("spawn"))
        try:
            with _ctrl_c_held_back():  # the first piece starts the processes
                return self._pool.schedule(task, args=[item], timeout=self.limit)
        except RuntimeError as error:
            raise BrokenError from error

    def lost(self, error: BaseException) -> Lost:
        from pebble import ProcessExpired

        if isinstance(error, BrokenProcessPool):
            raise BrokenError from error
        if isinstance(error, TimeoutError):
            return Lost(f"处理超过 {self.limit:.0f} 秒，已放弃")
        if isinstance(error, ProcessExpired):
            return Lost(f"{FAULT}：处理它的进程异常退出（代码 {error.exitcode}，可能是内存不足）")
        return Lost(f"{FAULT}（{type(error).__name__}）")

    def check(self, idle: float) -> None:
        # The pool broke before it took note of a piece, whose future nobody finishes then; or a process was killed just
        # as it held the lock of the pipe.
        if (self._pool is not None and not self._pool.active) or idle > 2 * self.limit:
            raise BrokenError

    def recover(self, breaks: int) -> None:
        self.close()
        if breaks > _MOST_BREAKS:  # a process that dies before any other has work breaks the pool
            raise JuesuanError("无法启动并行处理的进程，请改为只用一个进程重试（命令行加 --workers 1）。")

    def close(self) -> None:
        """End all processes; what they have at hand is given up."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # the library forgot its annotation
            self._pool.join()
            self._pool = None


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Threads and processes started within never hear Ctrl+C, not even while Python starts (where the system can do this)."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if sys.platform != "win32" else None
    try:
        yield
    finally:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_SETMASK, before or ())


# ---------------------------------------------------------------- a Dask cluster: ``--scheduler tcp://…``


def look_around(folders: Sequence[str]) -> tuple[str, list[str]]:
    """What a node says of itself: the program's version, and the folders that it cannot read."""
    return __version__, [folder for folder in folders if not os.access(folder, os.R_OK)]


class Cluster(Elsewhere):
    """Runs pieces on the cluster whose scheduler is at *address*; *folders* are those that the nodes must see.

    *answer* is how many seconds it may take to answer.  Raises :class:`JuesuanError` when it cannot be used: no
    ``distributed`` here, no answer, no node, another version.
    """

    def __init__(self, address: str, folders: Iterable[Path] = (), answer: float = 5) -> None:
        self._answer, self._client = answer, _connected(address, answer)
        try:
            self._prove(address, [str(folder) for folder in folders])
        except BaseException:
            self.close()
            raise
        self.workers, self._executor = sum(self._client.nthreads().values()), self._client.get_executor(pure=False)

    def _prove(self, address: str, folders: Sequence[str]) -> None:
        try:
            self._client.wait_for_workers(1, timeout=self._answer)
            answers: dict[str, Any] = self._client.run(look_around, folders, on_error="return")
        except TimeoutError as error:
            raise JuesuanError(f"集群 {address} 没有计算节点，请先启动 dask worker。") from error
        except Exception as error:
            raise JuesuanError(f"集群 {address} 没有按时回答（{type(error).__name__}），请检查集群。") from error
        for node, answer in answers.items():
            if isinstance(answer, Exception):
                raise JuesuanError(f"计算节点 {node} 上不能运行本程序（{type(answer).__name__}），请在每个节点安装 {__version__} 版。")
            version, unseen = answer
            if version != __version__:
                raise JuesuanError(f"计算节点 {node} 上的程序是 {version} 版，这里是 {__version__} 版，请安装同一版本。")
            if unseen:
                raise JuesuanError(f"计算节点 {node} 看不到文件夹 {unseen[0]}，请使用所有节点都以同样路径访问的共享文件夹。")

    def submit(self, task: Callable[[T], R], item: T) -> Future[R]:
        self.check(0)
        try:
            future: Future[R] = self._executor.submit(task, item)
        except Exception as error:
            raise BrokenError from error
        return future

    def lost(self, error: BaseException) -> Lost:
        self.check(0)
        return Lost(f"{FAULT}：处理它的计算节点异常退出（{type(error).__name__}）")

    def check(self, idle: float) -> None:
        try:
            is_alive = self._client.status == "running" and (idle < _PATIENCE or any(self._client.nthreads().values()))
        except Exception as error:
            raise BrokenError from error
        if not is_alive or idle > 2 * LIMIT:
            raise BrokenError

    def recover(self, breaks: int) -> Lost:
        return Lost("与集群的连接中断，或者所有计算节点都已退出")

    def close(self) -> None:
        with suppress(Exception):
            self._client.close(timeout=self._answer)


def _connected(address: str, answer: float) -> Any:
    """The library's client; without its log, since what matters is told in our own words."""
    try:
        from distributed import Client
    except ImportError as error:
        advice = "要用集群，请在装有本程序的 Python 环境中安装 distributed（与集群同一版本），或去掉 --scheduler 在本机处理"
        raise JuesuanError(f"没有安装集群组件 distributed，{advice}。") from error
    for name in ("asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return Client(address, timeout=answer, set_as_default=False)
    except Exception as error:
        raise JuesuanError(f"连不上集群 {address}（{type(error).__name__}），请检查地址和网络，确认调度器已启动。") from error
