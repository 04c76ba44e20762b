"""Reports to be reviewed: Word files of given paragraphs, and documents with some of their text changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import docx

from docgen.docx.reading import Document
from docgen.job.inputs import Inputs
from docgen.report.assembly import build_report, write_word
from docgen.review.findings import Finding
from workbook.issues import Severity
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def report_file(folder: Path, inputs: Inputs, *, linked: bool = False) -> Path:
    """The report that the program writes."""
    path = folder / f"报告{linked}.docx"
    write_word(build_report(inputs), inputs, path, linked=linked)
    return path


def written(folder: Path, paragraphs: Iterable[str], name: str = "report.docx") -> Path:
    """A Word file with these paragraphs, as somebody else wrote it."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    path = folder / name
    document.save(str(path))
    return path


def with_texts(document: Document, texts: Mapping[int, str]) -> Document:
    """*document* with other texts in some paragraphs (by number)."""
    paragraphs = list(document.paragraphs)
    for number, text in texts.items():
        paragraphs[number - 1] = replace(paragraphs[number - 1], text=text)
    return replace(document, paragraphs=tuple(paragraphs))


def found(findings: Iterable[Finding]) -> list[tuple[str, str | None, str | None]]:
    """Code, what is stated and what is expected, of each finding."""
    return [(r.issue.code, r.issue.stated, r.issue.expected) for r in findings]


def errors_at(findings: Iterable[Finding]) -> set[tuple[int | None, int]]:
    """Paragraph and start of every 错误."""
    return {(r.issue.paragraph, r.start) for r in findings if r.issue.severity is Severity.ERROR}
