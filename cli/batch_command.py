"""``juesuan batch``: every unit below a folder, with progress, into reports and one summary."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Self

from docgen.batch.model import Phase, Progress
from docgen.batch.run import run_batch
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from rich.console import Console

_CANCELLED = 130
_LINES = 20
"""About so many lines tell of the progress where there is no terminal."""


def run(arguments: Namespace) -> int:
    """Do the batch; 0 clean, 1 with 错误 or units that could not be read, 130 cancelled."""
    if arguments.workers is not None and arguments.workers < 1:
        raise JuesuanError(f"--workers 至少是 1，不是 {arguments.workers}")
    faults = _Faults()
    with _stopping() as stop, _display() as display:
        result = run_batch(
            Path(arguments.directory), Path(arguments.output), workers=arguments.workers,
            scheduler=arguments.scheduler or "", pack=arguments.pack or "", restart=arguments.restart,
            progress=display.show, cancelled=lambda: stop.is_asked, on_fault=faults.note)
    print(f"{result.words()}。\n汇总：{result.summary}")
    if faults.log is not None:
        print(f"程序意外错误 {faults.count} 次，详细信息已记入 {faults.log}，请把该文件发给维护人员。")
    return _CANCELLED if result.cancelled else 0 if result.is_clean else 1


class _Faults:
    """Puts faults of the program into the log."""

    def __init__(self) -> None:
        self.count = 0
        self.log: Path | None = None

    def note(self, fault: Exception) -> None:
        from workbook.log import log_unexpected

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


# ---------------------------------------------------------------- how far it is


@contextmanager
def _display() -> Iterator[_Bar | _Lines]:
    """A bar on a terminal, plain lines now and then for files and pipes."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        with _Bar(console) as bar:
            yield bar
    else:
        yield _Lines()


def _words(progress: Progress) -> str:
    """``120/300 个单位　有错误 5　未能处理 1``."""
    if progress.phase is Phase.SEARCH:
        return f"查找单位　{progress.done}/{progress.total} 个文件" if progress.total else "查找单位……"
    if progress.phase is Phase.SUMMARY:
        return "正在写汇总……"
    counts = (("有错误", progress.errors), ("未能处理", progress.failed))
    return f"{progress.done}/{progress.total} 个单位" + "".join(f"　{name} {n}" for name, n in counts if n)


class _Bar:
    """One line of a terminal, which is gone in the end."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Display

        self._display = Display(
            BarColumn(24), TextColumn("{task.description}", markup=False), TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[name]}", markup=False), console=console, transient=True)
        self._task = self._display.add_task("", total=None, name="")

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._display.stop()

    def show(self, progress: Progress) -> None:
        """Show *progress* in place of what was shown before."""
        total = progress.total if progress.phase is Phase.WORK else None
        self._display.update(self._task, description=_words(progress), completed=progress.done, total=total, name=progress.name)


class _Lines:
    """A line for each phase, and about twenty while the units are worked on."""

    def __init__(self) -> None:
        self._told: tuple[Phase, int] | None = None

    def show(self, progress: Progress) -> None:
        """Tell *progress* if that is due."""
        is_work = progress.phase is Phase.WORK
        step = -(-progress.total // _LINES) or 1
        now = progress.phase, (_LINES + 1 if progress.done == progress.total else progress.done // step) if is_work else 0
        if now != self._told and not (is_work and progress.done == 0):
            self._told = now
            print(_words(progress), file=sys.stderr, flush=True)
