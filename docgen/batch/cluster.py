"""The same work on a Dask cluster: ``--scheduler tcp://…``.

The nodes must have this program in the same version, and see the folders under the same paths.  ``distributed`` is an
optional dependency (the extra ``cluster``), loaded only here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from docgen.batch.running import FAULT, LIMIT, BrokenError, Elsewhere, Lost, R, T
from workbook import __version__
from workbook.errors import JuesuanError

_PATIENCE = 30.0
"""Seconds without a result after which it is asked whether any node is left."""


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
        """Ask every node."""
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
        """Let go of the connection."""
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
