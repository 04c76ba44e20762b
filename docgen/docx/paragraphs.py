"""The paragraphs and tables of a document, Word or PDF, as a reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class DocParagraph:
    """One paragraph of the document's body, tables included."""

    number: int
    """1-based, in document order; paragraphs in table cells and empty ones count too."""
    text: str
    """What is seen: results of fields, content controls and insertions, no deletions, no hidden text."""
    level: int = 0
    """Outline level 1-9 of a heading (direct, or by its style); 0 for body text."""
    style: str = ""
    """Name of the paragraph style."""
    numbering: str = ""
    """The automatic number shown before the text (``一、``); not part of :attr:`text`."""
    table: int = 0
    """1-based number of the table it stands in; 0 outside tables."""
    row: int = 0
    """1-based row in that table."""
    column: int = 0
    """1-based grid column of the cell in that table."""
    page: int = 0
    """1-based page on which it begins; 0 where pages are not known (a Word file)."""


class DocCell(NamedTuple):
    """A cell of a table."""

    row: int
    """1-based."""
    column: int
    """1-based grid column."""
    span: int
    """How many grid columns it covers."""
    covered: bool
    """Whether it only continues the cell above."""
    numbers: Sequence[int]
    """Of its paragraphs, those of tables and text boxes in it left out."""
    text: str
    """Its paragraphs' texts, one a line."""
    element: _Element | None = None
    """``w:tc``; none in a PDF file."""


@dataclass(frozen=True, slots=True)
class DocTable:
    """A table."""

    number: int
    """1-based, in document order; a table inside another one comes after it."""
    rows: Sequence[Sequence[DocCell]]
    element: _Element | None = None
    """``w:tbl``; none in a PDF file."""


class Margin(NamedTuple):
    """A line of the header or footer of pages."""

    text: str
    page: int
    """1-based; 0 where pages are not known."""


@dataclass(frozen=True)
class ReportFile:
    """A report as it is read, whatever kind of file it lies in."""

    path: Path
    paragraphs: tuple[DocParagraph, ...]
    """In document order: paragraphs of tables and text boxes where they stand, each text box once."""
    tables: tuple[DocTable, ...] = field(repr=False)
    """Every table; ``tables[0]`` is table 1."""
    blocks: tuple[DocParagraph | DocTable, ...] = field(repr=False)
    """What the text consists of: the paragraphs that stand in no table or text box, and the tables between them."""
    margins: tuple[Margin, ...] = field(repr=False)
    """What stands in page headers and footers."""
