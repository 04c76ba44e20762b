"""Blocks that remember the template element they come from, so that its formatting is kept."""

from __future__ import annotations

from docgen.model import Paragraph, TableBlock, TableCell, Text
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class InlineXml(Text):
    """Something inside a paragraph that is copied as it is: a field, a bookmark, a picture.

    ``text`` is what a reader of plain text sees of it (often nothing).
    """

    xml: str = ""


@dataclass(frozen=True, slots=True)
class TemplateParagraph(Paragraph):
    """A paragraph of the template with its placeholders filled in."""

    formats: tuple[int, ...] = ()
    """For each span the number of its run formatting in the template's paragraph."""


@dataclass(frozen=True, slots=True)
class TemplateCell(TableCell):
    """A cell of a template table with its placeholders filled in."""

    formats: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateTable(TableBlock):
    """A table of the template; its rows may have been repeated or left out."""

    source: int = -1
    """Index of the template element."""
    row_sources: tuple[int, ...] = ()
    """For each row the template's row that it was made from."""
