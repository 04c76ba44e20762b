"""The same work on a Dask cluster: ``--scheduler tcp://…``.

The nodes must have this program in the same version, and see the folders under the same paths.  ``distributed`` is an
optional dependency (the extra ``cluster``), loaded only here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from docgen.batch.runners import FAULT, Cancelled, Lost, R, T
from workbook import __version__
from workbook.errors import JuesuanError

Client: TypeAlias = Any
Future: TypeAlias = Any
"""Those of ``distributed``, which is loaded late and may be missing."""
_ANSWER = 5
"""Seconds in which the cluster must answer."""
_CHUNK = 8
"""Pieces that are sent together: each message costs the scheduler about a millisecond."""
_AHEAD = 2
"""Chunks for each thread of the cluster that are under way."""
_POLL = 0.5
_PATIENCE = 30.0
_BROKEN = "与集群的连接中断"


def work_on(task: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """What a node does with a chunk."""
    return [task(item) for item in items]


def look_around(folders: Sequence[str]) -> tuple[str, list[str]]:
    """What a node says of itself: the program's version, and the folders that it cannot write to or read."""
    return __version__, [folder for folder in folders if not os.access(folder, os.R_OK)]


class Cluster:
    """Runs pieces on the cluster whose scheduler is at *address*; *folders* are those that the nodes must see.

    Raises :class:`JuesuanError` when that cannot be: no ``distributed`` here, no answer, no node, another version.
    """

    def __init__(self, address: str, folders: Iterable[Path] = ()) -> None:
        self.address = address
        self._client = _connected(address)
        try:
            self._threads = self._prove([str(folder) for folder in folders])
        except BaseException:
            self.close()
            raise

    def _prove(self, folders: Sequence[str]) -> int:
        """Ask every node; the number of threads they have together."""
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=_ANSWER)
        threads: int = sum(self._client.nthreads().values())
        if not threads:
            raise JuesuanError(f"集群 {self.address} 没有计算节点，请先启动 dask worker。")
        try:
            answers: dict[str, Any] = self._client.run(look_around, folders, on_error="return")
        except Exception as error:
            raise JuesuanError(f"集群 {self.address} 没有按时回答（{type(error).__name__}），请检查集群。") from error
        for node, answer in answers.items():
            if isinstance(answer, Exception):
                raise JuesuanError(f"计算节点 {node} 上不能运行本程序（{type(answer).__name__}），请在每个节点安装 {__version__} 版。")
            version, unseen = answer
            if version != __version__:
                raise JuesuanError(f"计算节点 {node} 上的程序是 {version} 版，这里是 {__version__} 版，请安装同一版本。")
            if unseen:
                raise JuesuanError(f"计算节点 {node} 看不到文件夹 {unseen[0]}，请使用所有节点都以同样路径访问的共享文件夹。")
        return threads

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        """See :class:`~docgen.batch.runners.Runner`."""
        size = max(1, min(_CHUNK, len(items) // (self._threads * _AHEAD)))
        left = [range(start, min(start + size, len(items))) for start in range(0, len(items), size)][::-1]
        busy: dict[Future, range] = {}
        finished: SimpleQueue[Future] = SimpleQueue()
        while (left and not cancelled()) or busy:
            while left and not cancelled() and len(busy) < self._threads * _AHEAD:
                chunk = left.pop()
                future = self._submitted(task, [items[number] for number in chunk])
                if future is None:
                    yield from ((number, Lost(_BROKEN)) for number in chunk)
                else:
                    busy[future] = chunk
                    future.add_done_callback(finished.put)
            for future in self._next(finished, busy):
                yield from self._results(future, busy.pop(future), left)

    def _submitted(self, task: Callable[[T], R], items: list[T]) -> Future | None:
        if self._client.status != "running":
            return None
        try:
            return self._client.submit(work_on, task, items, pure=False)
        except Exception:  # noqa: BLE001  # whatever the client says: the cluster is gone
            return None

    def _next(self, finished: SimpleQueue[Future], busy: dict[Future, range]) -> list[Future]:
        """What came in; everything that is under way when the cluster is gone."""
        if not busy:
            return []
        try:
            future = finished.get(timeout=_POLL)
        except Empty:
            return [] if self._client.status == "running" else list(busy)
        return [future] if future in busy else []

    def _results(self, future: Future, chunk: range, left: list[range]) -> Iterator[tuple[int, Any]]:
        """Of a chunk that took its node down only one piece is to blame: they are tried again one by one."""
        if future.status == "finished":
            try:
                yield from zip(chunk, future.result(timeout=_PATIENCE), strict=True)
            except Exception:  # noqa: BLE001  # the result went with its node
                yield from ((number, Lost(_BROKEN)) for number in chunk)
            return
        if future.status == "error" and len(chunk) > 1:
            left.extend(range(number, number + 1) for number in reversed(chunk))
            return
        reason = _BROKEN
        if future.status == "error":
            reason = f"{FAULT}：处理它的计算节点异常退出（{type(future.exception()).__name__}）"
        yield from ((number, Lost(reason)) for number in chunk)

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(Exception):
            self._client.close(timeout=_ANSWER)


def _connected(address: str) -> Client:
    try:
        from distributed import Client as Connection
    except ImportError as error:
        advice = "要用集群，请在装有本程序的 Python 环境中安装 distributed（与集群同一版本），或去掉 --scheduler 在本机处理"
        raise JuesuanError(f"没有安装集群组件 distributed，{advice}。") from error
    for name in ("asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what matters is told in our own words
    try:
        return Connection(address, timeout=_ANSWER, set_as_default=False)
    except Exception as error:
        raise JuesuanError(f"连不上集群 {address}（{type(error).__name__}），请检查地址和网络，确认调度器已启动。") from error
