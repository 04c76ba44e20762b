"""The report as people have it: its paragraphs, tables and charts, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from docgen.docx.paragraphs import DocCell, DocTable
from docgen.docx.reading import Document
from docgen.docx.xml import C, R, W
from docgen.refresh.items import plain
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_P = f"{W}p"
CHART, RELATION = f"{C}chart", f"{R}id"
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d$", re.IGNORECASE)
TEXT, GRID, PICTURE = "p", "t", "c"


@dataclass(eq=False)
class Place:
    """A paragraph with text, a table, or a chart of the document."""

    kind: str
    element: _Element = field(repr=False)
    """``w:p`` or ``w:tbl``."""
    number: int
    """Of the paragraph (of a table: of its first one)."""
    document: Document = field(repr=False)
    tags: Mapping[str, tuple[str, str]] = field(repr=False)
    """What the tags of content controls stand for: kind and id."""
    table: DocTable | None = field(default=None, repr=False)

    @cached_property
    def text(self) -> str:
        """The paragraph's text, or all texts of the table, as they were read; the unbreakable space as a space."""
        if self.kind == GRID:
            return "\n".join("\t".join(cell.text for cell in row) for row in self.rows)
        return plain(self.document.paragraphs[self.number - 1].text)

    @cached_property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Figures and slots whose controls stand here."""
        found = (tag.get(f"{W}val", "") for tag in self.element.iter(f"{W}tag"))
        return frozenset(self.tags[tag] for tag in found if tag in self.tags)

    @cached_property
    def rows(self) -> list[list[DocCell]]:
        """The cells of the table, those left out that continue the cell above."""
        return [[cell for cell in row if not cell.covered] for row in self.grid]

    @cached_property
    def grid(self) -> list[list[DocCell]]:
        """All cells of the table; the unbreakable space as a space."""
        rows = self.table.rows if self.table is not None else ()
        return [[cell._replace(text=plain(cell.text)) for cell in row] for row in rows]


def places(document: Document, tags: Mapping[str, tuple[str, str]]) -> list[Place]:
    """Everything with content that the report consists of; not its table of contents, not text boxes."""
    contents = _contents(document.file.body)
    found: list[Place] = []
    for block in document.blocks:
        if isinstance(block, DocTable):
            first = next((number for row in block.rows for cell in row for number in cell.numbers), 0)
            found.append(Place(GRID, block.element, first, document, tags, block))
            continue
        element = document.elements[block.number - 1]
        kind = PICTURE if next(element.iter(CHART), None) is not None else TEXT
        if element in contents or (kind == TEXT and (not block.text or _CONTENTS_STYLE.match(block.style))):
            continue
        found.append(Place(kind, element, block.number, document, tags))
    return found


def _contents(body: _Element) -> set[_Element]:
    """Paragraphs of the table of contents."""
    found: set[_Element] = set()
    for gallery in body.iter(f"{W}docPartGallery"):
        control = next(gallery.iterancestors(f"{W}sdt"), None)
        if control is not None and gallery.get(f"{W}val") == "Table of Contents":
            found.update(control.iter(_P))
    return found | _contents_field(body)


def _contents_field(body: _Element) -> set[_Element]:
    """Paragraphs of a ``TOC`` field."""
    found: set[_Element] = set()
    depth = inside = 0
    for element in body.iter(_P, f"{W}fldChar", f"{W}instrText"):
        kind = element.get(f"{W}fldCharType")
        if element.tag == _P and inside:
            found.add(element)
        elif kind == "begin":
            depth += 1
        elif kind == "end":
            inside = 0 if depth <= inside else inside
            depth -= 1
        elif not inside and depth and (element.text or "").split()[:1] == ["TOC"]:
            inside = depth
            found.update(list(element.iterancestors(_P))[:1])
    return found
