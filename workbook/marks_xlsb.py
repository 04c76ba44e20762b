"""Marks of .xlsb sheets."""

from __future__ import annotations

from pathlib import Path

from workbook.marks import Marks


class XlsbMarks:
    """Finds error values and hidden lines of .xlsb sheets."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data

    def marks(self, index: int, name: str) -> Marks:
        """Marks of the sheet at *index* named *name*."""
        return Marks()
