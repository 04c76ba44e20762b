"""``juesuan batch``: every unit below a folder, with progress, into reports and one summary."""

from __future__ import annotations

import signal
import sys
import time
import unicodedata
from abc import ABC, abstractmethod
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from types import FrameType
from typing import TextIO

from docgen.batch import BatchResult, Phase, Progress, Verdict, run_batch
from workbook.errors import JuesuanError

_CANCELLED = 130
_BAR = 24
_REFRESH = 0.1
"""Seconds between two states of the bar."""
_LINES = 20
"""About so many lines tell of the progress where there is no terminal."""


def run(arguments: Namespace) -> int:
    """Do the batch; 0 clean, 1 with 错误 or units that could not be read, 130 cancelled."""
    if arguments.workers is not None and arguments.workers < 1:
        raise JuesuanError(f"--workers 至少是 1，不是 {arguments.workers}")
    display = _Bar(sys.stderr) if sys.stderr.isatty() else _Lines(sys.stderr)
    faults = _Faults()
    with _stopping() as stop:
        try:
            result = run_batch(
                Path(arguments.directory), Path(arguments.output), workers=arguments.workers,
                scheduler=arguments.scheduler or "", pack=arguments.pack or "",
                progress=display.show, cancelled=lambda: stop.is_asked, on_fault=faults.note)
        finally:
            display.end()
    _tell(result, faults)
    if result.cancelled:
        return _CANCELLED
    return 0 if result.is_clean else 1


def _tell(result: BatchResult, faults: _Faults) -> None:
    if result.cancelled:
        print(f"已取消：共 {result.total} 个单位，处理了 {result.finished} 个。")
    counts = "，".join(f"{verdict} {result.counts[verdict]}" for verdict in Verdict if result.counts.get(verdict))
    print(f"{result.finished} 个单位：{counts or '没有处理'}；生成报告 {result.reports} 份，跳过文件 {result.skipped} 个。")
    print(f"汇总：{result.summary}")
    if faults.log is not None:
        print(f"程序意外错误 {faults.count} 次，详细信息已记入 {faults.log}，请把该文件发给维护人员。")


class _Faults:
    """Puts faults of the program into the log."""

    def __init__(self) -> None:
        self.count = 0
        self.log: Path | None = None

    def note(self, fault: Exception) -> None:
        from cli.log import log_unexpected

        self.count += 1
        self.log = log_unexpected(fault)


class _Stop:
    """Whether Ctrl+C was pressed."""

    def __init__(self) -> None:
        self.is_asked = False

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """The first time stops after the units at hand, the second at once."""
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
        sys.stderr.write("\n正在停止：做完手头的单位、写好汇总就结束（再按一次 Ctrl+C 立即停止）。\n")


@contextmanager
def _stopping() -> Iterator[_Stop]:
    stop = _Stop()
    before = signal.signal(signal.SIGINT, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


class _Display(ABC):
    """How far the batch is."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.started: float | None = None

    @abstractmethod
    def show(self, progress: Progress) -> None:
        """Show *progress* in place of what was shown before."""

    @abstractmethod
    def end(self) -> None:
        """Nothing more will come."""

    def words(self, progress: Progress) -> str:
        """``120/300　有错误 5　失败 1　还要约 2 分钟``."""
        if progress.phase is Phase.SEARCH:
            return f"查找单位　{progress.done}/{progress.total} 个文件" if progress.total else "查找单位……"
        if progress.phase is Phase.SUMMARY:
            return "正在写汇总……"
        counts = f"{progress.done}/{progress.total} 个单位"
        if progress.errors:
            counts += f"　有错误 {progress.errors}"
        if progress.failed:
            counts += f"　未能处理 {progress.failed}"
        return counts + self._remaining(progress)

    def _remaining(self, progress: Progress) -> str:
        now = time.monotonic()
        if self.started is None:
            self.started = now
        spent = now - self.started
        if progress.done < 5 or progress.done == progress.total or spent < 2:
            return ""
        seconds = spent / progress.done * (progress.total - progress.done)
        return f"　还要约 {seconds / 60:.0f} 分钟" if seconds >= 90 else f"　还要约 {max(seconds, 1):.0f} 秒"


class _Bar(_Display):
    """One line of a terminal, written again and again."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.shown = 0.0
        self.is_open = False

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.shown < _REFRESH and progress.done not in (0, progress.total):
            return
        self.shown = now
        line = self.words(progress)
        if progress.phase is Phase.WORK and progress.total:
            full = _BAR * progress.done // progress.total
            line = f"[{'█' * full}{'░' * (_BAR - full)}] {line}　{progress.name}"
        self.stream.write(f"\r\x1b[2K{_cut(line, get_terminal_size().columns - 1)}")
        self.stream.flush()
        self.is_open = True

    def end(self) -> None:
        if self.is_open:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()


class _Lines(_Display):
    """Plain lines now and then, for files and pipes."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.told: tuple[Phase, int] | None = None

    def show(self, progress: Progress) -> None:
        words = self.words(progress)
        step = max(1, -(-progress.total // _LINES)) if progress.phase is Phase.WORK else sys.maxsize
        now = progress.phase, progress.done // step if progress.done < progress.total or progress.phase is Phase.SEARCH else _LINES + 1
        if now != self.told and not (progress.phase is Phase.WORK and progress.done == 0):
            self.told = now
            self.stream.write(f"{words}\n")
            self.stream.flush()

    def end(self) -> None:
        """Whole lines need no tidying."""


def _cut(text: str, columns: int) -> str:
    """*text* as far as it fits; Chinese characters take two columns."""
    for place, character in enumerate(text):
        columns -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if columns < 0:
            return text[:place]
    return text
