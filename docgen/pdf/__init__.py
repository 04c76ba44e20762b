"""PDF files, read and made.

They are made by the office suites of this computer: Word, WPS, LibreOffice.  LibreOffice is a command.  Word and WPS are
asked through the automation interface that both have (COM), and only from a process of our own
(:mod:`docgen.pdf.automation`), which can be ended when the suite does not answer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class SuiteError(Exception):
    """A suite did not make the PDF: why, in words that follow its name (``启动失败``)."""


class Suite(Protocol):
    """An office suite that this computer has."""

    @property
    def name(self) -> str:
        """What people call it: Word, WPS, LibreOffice."""

    def convert(self, source: Path, target: Path, check: Callable[[], None]) -> None:
        """Write the Word file *source*, a copy of our own in a folder of its own, as the PDF *target*.

        *check* is called several times a second; what it raises stops the suite and is raised on.

        Raises:
            SuiteError: the suite could not be started, refused, took too long, or made no file.
        """
