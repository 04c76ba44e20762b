"""What a review finds: remarks on the paragraphs of a Word file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from docgen.docx.paragraphs import DocParagraph
from docgen.model import Figure
from workbook.issues import Issue, Severity
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding and the place in the text that it is about."""

    issue: Issue
    """``paragraph`` is the number of the paragraph (``None``: the report as a whole), ``text`` the statement quoted,
    ``stated`` what the report writes, ``expected`` what it should be, ``cells`` where that comes from."""
    start: int = 0
    """Where in the paragraph's text the remark is about (``start == end``: the whole paragraph)."""
    end: int = 0
    figure: Figure | None = None
    """The figure that the report should state, when it is about one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A number of the report of which we know what it states."""

    paragraph: int
    start: int
    end: int
    figure: Figure


@dataclass(frozen=True)
class Review:
    """The outcome of reviewing one report."""

    path: Path
    paragraphs: tuple[DocParagraph, ...]
    remarks: tuple[Remark, ...]
    compared: int = 0
    """How many numbers of the report were compared with the workbook."""
    sections: Mapping[int, int] = field(default_factory=dict)
    """Paragraph number → section 1-14 of part two."""
    found: tuple[Found, ...] = ()
    """The numbers of the narrative that state a figure, right or wrong."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The findings, in the order of the text."""
        return tuple(remark.issue for remark in self.remarks)

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)
