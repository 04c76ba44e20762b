"""What a review finds on the paragraphs of a Word file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from docgen.docx.paragraphs import DocParagraph
from docgen.model import Figure
from workbook.issues import Issue, Severity
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, and the stretch of text that it is about."""

    issue: Issue
    """``paragraph`` is the number of the paragraph (``None``: the report as a whole), ``text`` the statement quoted,
    ``stated`` what the report writes, ``expected`` what it should be, ``cells`` where that comes from."""
    start: int = 0
    """Where in the paragraph's text it begins (``start == end``: the whole paragraph)."""
    end: int = 0
    figure: Figure | None = None
    """The figure that the report should state, when it is about one."""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A number of the report, right or wrong, of which we know what it states."""

    paragraph: int
    start: int
    end: int
    figure: Figure


@dataclass(frozen=True)
class Review:
    """The outcome of reviewing one report."""

    path: Path
    paragraphs: tuple[DocParagraph, ...]
    findings: tuple[Finding, ...]
    """In the order of the text."""
    compared: int = 0
    """How many numbers of the report were compared with the workbook."""
    sections: Mapping[int, int] = field(default_factory=dict)
    """Paragraph number → section of the narrative."""
    titles: Mapping[int, str] = field(default_factory=dict)
    """Section → its heading in the template."""
    figures: tuple[StatedFigure, ...] = ()
    """The numbers of the narrative that state a figure."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The findings as they are put out."""
        return tuple(finding.issue for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        """Whether there is any 错误."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)
