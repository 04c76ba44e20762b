"""The paragraphs of a Word file as a reader sees them."""

from __future__ import annotations

from workbook.values import dataclass


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
