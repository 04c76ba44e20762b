"""What is to be known of the folders of a batch before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from docgen.batch.ledger import LEDGER
from gui.session.messages import sentence

_RESULTS = "_结果"
"""Ending of the proposed folder for the results."""


def proposed_results(folder: Path) -> Path:
    """Where the results of *folder* go unless the user says otherwise: beside it; inside for a whole drive."""
    return folder.with_name(f"{folder.name}{_RESULTS}") if folder.name else folder / f"批量处理{_RESULTS}"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at the folders."""

    problem: str = ""
    """Why the folder cannot be worked on."""
    note: str = ""
    """What the user should know about the folder for the results."""
    is_foreign: bool = False
    """Other things lie in the folder for the results."""


def look_at(folder: Path | None, out: Path | None) -> Look:
    """Look at both folders."""
    try:
        problem = _problem(folder)
        if out is None:
            return Look(problem)
        if folder is not None and out.resolve() == folder.resolve():
            return Look(problem or "结果不能写在要处理的文件夹里，请另选一个文件夹存放结果。")
        return Look(problem, *_about(out))
    except (OSError, ValueError, RuntimeError) as error:
        return Look(sentence(error) if isinstance(error, OSError) else "路径无效，请检查文件夹名称。")


def _problem(folder: Path | None) -> str:
    if folder is None or folder.is_dir():
        return ""
    if not folder.exists():
        return f"没有“{folder}”这个文件夹，可能已被移动或改名，请重新选择。"
    return f"“{folder.name}”是一个文件。请选择存放各单位公开表的文件夹；只处理一个工作簿，请在主窗口打开它。"


def _about(out: Path) -> tuple[str, bool]:
    if not out.exists():
        return "会新建这个文件夹。", False
    if not out.is_dir() or not any(out.iterdir()):
        return "", False  # a file is refused by the batch itself
    if (out / LEDGER).exists():
        return "里面有以前批量处理的结果：这次会更新，您改过的文件保留。", False
    return "这个文件夹里已有别的文件：不会改动它们，结果写在它们旁边。", True
