"""The report as people have it: its paragraphs, tables and charts, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from docgen.docx.reading import Document, columns_of, continues
from docgen.docx.xml import C, R, W
from docgen.refresh.items import plain
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _TABLE = f"{W}p", f"{W}tbl"
_THROUGH = frozenset({*(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))})
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
    def rows(self) -> list[list[Cell]]:
        """The cells of the table, those left out that continue the cell above."""
        return [[cell for cell in row if not cell.covered] for row in self.grid]

    @cached_property
    def grid(self) -> list[list[Cell]]:
        """All cells of the table."""
        return list(_grid(self))


@dataclass(eq=False)
class Cell:
    """A cell of a table."""

    element: _Element = field(repr=False)
    numbers: list[int]
    """Of its paragraphs."""
    text: str
    covered: bool
    span: int


def places(document: Document, tags: Mapping[str, tuple[str, str]]) -> list[Place]:
    """Everything with content that the report consists of; not its table of contents, not text boxes."""
    numbers = document.numbers
    contents = _contents(document.file.body)
    found: list[Place] = []
    for element in _blocks(document.file.body):
        if element in contents:
            continue
        if element.tag == _TABLE:
            first = next((numbers[p] for p in element.iter(_P) if p in numbers), 0)
            found.append(Place(GRID, element, first, document, tags))
            continue
        number = numbers[element]
        kind = PICTURE if next(element.iter(CHART), None) is not None else TEXT
        read = document.paragraphs[number - 1]
        if kind == TEXT and (not read.text or _CONTENTS_STYLE.match(read.style)):
            continue
        found.append(Place(kind, element, number, document, tags))
    return found


def _blocks(container: _Element) -> Iterator[_Element]:
    for child in container:
        if child.tag in (_P, _TABLE):
            yield child
        elif child.tag in _THROUGH:
            yield from _blocks(child)


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


def _grid(place: Place) -> Iterator[list[Cell]]:
    """The rows of a table as they are in the document, covered cells included."""
    document = place.document
    numbers, paragraphs = document.numbers, document.paragraphs
    for row in _parts(place.element, f"{W}tr"):
        cells = []
        for cell in _parts(row, f"{W}tc"):
            own = [numbers[p] for p in _paragraphs(cell)]
            text = paragraphs[own[0] - 1].text if len(own) == 1 else "\n".join([paragraphs[n - 1].text for n in own])
            cells.append(Cell(cell, own, plain(text), continues(cell, document.merges), columns_of(cell, document.spans)))
        yield cells


def _parts(container: _Element, tag: str) -> Iterator[_Element]:
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in _THROUGH:
            yield from _parts(child, tag)


def _paragraphs(cell: _Element) -> list[_Element]:
    """The paragraphs of a cell, those of tables in it left out."""
    found: list[_Element] = []
    for child in cell:
        if child.tag == _P:
            found.append(child)
        elif child.tag in _THROUGH:
            found += _paragraphs(child)
    return found
