"""What a batch does off the GUI thread, and what it tells the window meanwhile.  No widgets."""

from __future__ import annotations

import logging
import os
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from gui.session.messages import sentence
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from docgen.batch import BatchResult, Progress
    from docgen.batch.model import UnitJob, UnitResult

RESULTS = "_结果"
"""Ending of the proposed folder for the results."""
_FAULT = "批量处理没有完成。已经写好的结果都在结果文件夹里；请把日志发给维护人员（菜单“帮助 → 打开日志所在文件夹”）。"
_OPTION = ("请加 --workers 1 重试（只用一个进程）", "请把“同时处理”改为 1 个单位再试")
"""The engine speaks of the command's option; here it is a field."""
_LOGGER = logging.getLogger("juesuan")


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for."""

    folder: Path
    out: Path
    workers: int | None
    """``None``: as many as the machine has cores, none at all for a few units."""
    pack: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the list."""

    name: str
    outcome: str
    """A :class:`docgen.batch.Verdict`."""
    errors: int | None = None
    notices: int | None = None
    reasons: int | None = None
    note: str = ""
    file: str = ""
    """As seen from the folder that was worked on."""
    path: Path = Path()
    """What can be opened."""


@dataclass(slots=True)
class News:
    """Written by the batch, read by the window: every step is one operation of Python, so no lock is needed."""

    rows: deque[UnitRow] = field(default_factory=deque)
    progress: Progress | None = None
    faults: int = 0
    """Faults of the program so far; the log has them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch ended: with a result, or with the sentence that says why there is none."""

    result: BatchResult | None = None
    rows: tuple[UnitRow, ...] = ()
    """All units in the order of their folders."""
    problem: str = ""


def work(order: Order, news: News, stop: Event) -> Outcome:
    """Do the batch (on a worker); never raises."""
    try:
        return _work(order, news, stop)
    except (JuesuanError, OSError) as error:
        return Outcome(problem=sentence(error).replace(*_OPTION))
    except Exception as error:
        _LOGGER.exception("批量处理")
        return Outcome(problem=f"程序出现意外错误（{type(error).__name__}），{_FAULT}")


def _work(order: Order, news: News, stop: Event) -> Outcome:
    from docgen.batch import Verdict, run_batch

    done: list[UnitRow] = []

    def progress(now: Progress) -> None:
        news.progress = now

    def on_unit(job: UnitJob, result: UnitResult) -> None:
        if result.verdict is not Verdict.NO_UNIT:
            done.append(row_of(job, result, order.folder.resolve()))
            news.rows.append(done[-1])

    def on_fault(fault: Exception) -> None:
        news.faults += 1
        _LOGGER.error("批量处理：%s", fault)

    result = run_batch(
        order.folder, order.out, workers=order.workers, pack=order.pack, progress=progress, cancelled=stop.is_set,
        on_fault=on_fault, on_unit=on_unit)
    return Outcome(result, tuple(sorted(done, key=lambda row: row.path.parts)))


def row_of(job: UnitJob, result: UnitResult, root: Path) -> UnitRow:
    """The line of a unit that was found below *root*."""
    from docgen.batch.shown import relative

    path = Path(job.path)
    file = relative(job.path, root)
    note = "；".join(note.rstrip("。") for note in result.notes).removeprefix(f"{path.name}：")
    return UnitRow(
        result.unit or Path(file).stem, str(result.verdict), result.errors, result.notices, result.reasons, note, file, path)


# ---------------------------------------------------------------- folders


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def proposed_results(folder: Path) -> Path:
    """Where the results of *folder* go unless the user says otherwise: beside it; inside for a whole drive."""
    return folder.with_name(f"{folder.name}{RESULTS}") if folder.name else folder / f"批量处理{RESULTS}"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at the folders of an order."""

    problem: str = ""
    """Why the folder cannot be worked on."""
    note: str = ""
    """What the user should know about the folder for the results."""
    is_foreign: bool = False
    """Other things lie in the folder for the results."""


def look_at(folder: Path | None, out: Path | None) -> Look:
    """Look at both folders (on a worker: a network place may be slow)."""
    try:
        problem = _problem(folder)
        if out is None:
            return Look(problem)
        if folder is not None and out.resolve() == folder.resolve():
            return Look(problem or "结果不能写在要处理的文件夹里，请另选一个文件夹存放结果。")
        return Look(problem, *_about(out))
    except (OSError, ValueError, RuntimeError) as error:
        words = sentence(error) if isinstance(error, OSError) else "路径无效，请检查文件夹名称。"
        return Look(words)


def _problem(folder: Path | None) -> str:
    if folder is None:
        return ""
    if not folder.exists():
        return f"没有“{folder}”这个文件夹，可能已被移动或改名，请重新选择。"
    if not folder.is_dir():
        return f"“{folder.name}”是一个文件。请选择存放各单位公开表的文件夹；只处理一个工作簿，请在主窗口打开它。"
    return ""


def _about(out: Path) -> tuple[str, bool]:
    from docgen.batch.ledger import LEDGER

    if not out.exists():
        return "会新建这个文件夹。", False
    if not out.is_dir() or not any(out.iterdir()):
        return "", False  # a file is refused by the batch itself
    if (out / LEDGER).exists():
        return "里面有以前批量处理的结果：这次会更新，您改过的文件保留。", False
    return "这个文件夹里已有别的文件：不会改动它们，结果写在它们旁边。", True
