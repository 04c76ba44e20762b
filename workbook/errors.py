"""What can be wrong with the input as a whole, or with our own data.

Faults *inside* a readable workbook are issues (:mod:`workbook.issues`), returned, never raised.
"""

from __future__ import annotations

from pathlib import Path


class JuesuanError(Exception):
    """Base of the errors that are shown to the user: one clear Chinese sentence."""


class InputError(JuesuanError):
    """A file that cannot be used: which file, what is wrong, what to do."""

    def __init__(self, path: Path | str, problem: str, advice: str = "") -> None:
        self.path = Path(path)
        self.problem = problem
        self.advice = advice
        super().__init__(f"{self.path.name or path}：{problem}{'，' + advice if advice else ''}。")


class PackError(JuesuanError):
    """A template pack that is broken: file, line and cause.  Raised when the pack is loaded."""

    def __init__(self, path: Path | str, cause: str, line: int | None = None) -> None:
        self.path = Path(path)
        self.line = line
        self.cause = cause
        place = f"第 {line} 行：" if line else ""
        super().__init__(f"模板包文件 {self.path} {place}{cause}。")
