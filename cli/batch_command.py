"""``juesuan batch``: every unit below a folder, with progress, into reports and one summary."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from docgen.batch.model import Phase, Progress
from docgen.batch.run import run_batch
from workbook.errors import JuesuanError

_CANCELLED = 130
_LINES = 20
"""About so many lines tell of the progress where there is no terminal."""


def batch(arguments: Namespace) -> int:
    """Do the batch; 0 clean, 1 with 错误 or units that could not be read, 130 cancelled."""
    if arguments.workers is not None and arguments.workers < 1:
        raise JuesuanError(f"--workers 至少是 1，不是 {arguments.workers}")
    logs: list[Path] = []

    def note(fault: Exception) -> None:
        from workbook.log import log_unexpected

        logs.append(log_unexpected(fault))

    with _stopping() as is_stopped, _display() as show:
        result = run_batch(
            arguments.directory, arguments.output, workers=arguments.workers, scheduler=arguments.scheduler,
            pack=arguments.pack, restart=arguments.restart, progress=show, cancelled=is_stopped, on_fault=note)
    print(f"{result.words()}。\n汇总：{result.summary}")
    if logs:
        print(f"程序意外错误 {len(logs)} 次，详细信息已记入 {logs[0]}，请把该文件发给维护人员。")
    return _CANCELLED if result.cancelled else 0 if result.is_clean else 1


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C was pressed: the first time stops after the units at hand, the second at once."""
    asked = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        sys.stderr.write("\n正在停止：做完手头的单位、写好汇总就结束（再按一次 Ctrl+C 立即停止）。\n")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


# ---------------------------------------------------------------- how far it is


@contextmanager
def _display() -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal, which is gone in the end; plain lines now and then for files and pipes."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield _lines()
        return
    with Bar(
        BarColumn(24), TextColumn("{task.description}", markup=False), TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[name]}", markup=False), console=console, transient=True,
    ) as bar:
        task = bar.add_task("", total=None, name="")
        yield lambda now: bar.update(
            task, description=_words(now), completed=now.done, name=now.name,
            total=now.total if now.phase is Phase.WORK else None)


def _lines() -> Callable[[Progress], None]:
    """A line for each phase, and about twenty while the units are worked on."""
    told = ""

    def show(progress: Progress) -> None:
        nonlocal told
        step = -(-progress.total // _LINES) or 1
        is_step = progress.done and (progress.done % step == 0 or progress.done == progress.total)
        is_due = progress.phase is not Phase.WORK or is_step
        if is_due and (progress.phase is Phase.WORK or progress.phase != told):
            told = progress.phase
            print(_words(progress), file=sys.stderr, flush=True)

    return show


def _words(progress: Progress) -> str:
    """``120/300 个单位　有错误 5　未能处理 1``."""
    if progress.phase is Phase.SEARCH:
        return f"查找单位　{progress.done}/{progress.total} 个文件" if progress.total else "查找单位……"
    if progress.phase is Phase.SUMMARY:
        return "正在写汇总……"
    counts = (("有错误", progress.errors), ("未能处理", progress.failed))
    return f"{progress.done}/{progress.total} 个单位" + "".join(f"　{name} {n}" for name, n in counts if n)
