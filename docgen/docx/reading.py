"""Reading a Word file that people have: its paragraphs as a reader sees them, and where their text stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.inline import THROUGH, Inline, Piece, unseen_in_fields
from docgen.docx.numbering import LEVELS, Numbering
from docgen.docx.package import WordFile, open_word, parse_part
from docgen.docx.paragraphs import DocCell, DocParagraph, DocTable, Margin, ReportFile
from docgen.docx.styles import Style, Styles, outline_level, read_styles
from docgen.docx.xml import MC, W, number_of, value_of
from workbook.formats.package import PackageError
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _TABLE, _ROW, _CELL, _VAL = (f"{W}{name}" for name in ("p", "tbl", "tr", "tc", "val"))
_OPEN = THROUGH | {f"{MC}AlternateContent", f"{MC}Choice"}
"""Elements around paragraphs, rows or cells that do not matter to a reader."""
_MARGIN = re.compile(r"word/(?:header|footer)\d*\.xml$")


@dataclass(frozen=True)
class Document(ReportFile):
    """A Word file as it is read."""

    file: WordFile = field(repr=False)
    elements: tuple[_Element, ...] = field(repr=False)
    """``w:p`` of every paragraph; ``elements[0]`` is paragraph 1."""
    inline: Inline = field(repr=False)
    styles: Styles = field(repr=False)

    @property
    def has_boxes(self) -> bool:
        """Whether more paragraphs stand in text boxes than outside."""
        outside = sum(
            1 if isinstance(block, DocParagraph) else sum(len(c.numbers) for row in block.rows for c in row)
            for block in self.blocks)
        return len(self.paragraphs) > 2 * outside

    @cached_property
    def numbers(self) -> dict[_Element, int]:
        """The number of every ``w:p``."""
        return {element: number for number, element in enumerate(self.elements, 1)}

    def pieces(self, element: _Element) -> tuple[Piece, ...]:
        """The stretches of the text of a ``w:p`` (or of something in it), with their elements and runs."""
        found, position = [], 0
        for text, holder, run in self.inline.read(element, hidden=self.styles.get(_style_id(element)).hidden)[0]:
            found.append(Piece(position, position + len(text), holder, run))
            position += len(text)
        return tuple(found)


def read_document(path: Path) -> Document:
    """Read the Word file *path*.

    Raises:
        InputError: no .docx, encrypted, damaged, open elsewhere, too large; one clear sentence.
    """
    return document_of(open_word(path))


class _Place(NamedTuple):
    """Where blocks stand: in which cell (0: in no table), whether that cell continues the one above, whether in a text box."""

    table: int = 0
    row: int = 0
    column: int = 0
    covered: bool = False
    box: bool = False


class _Reader:
    """Walks through the body once."""

    def __init__(self, file: WordFile) -> None:
        self.styles = read_styles(file.styles)
        self.numbering = Numbering(file)
        self.inline = Inline(unseen_in_fields(file.body), self.styles.hidden_characters)
        self.elements: list[_Element] = []
        self.paragraphs: list[DocParagraph] = []
        self.tables: list[DocTable] = []
        self.blocks: list[DocParagraph | DocTable] = []
        self.boxed: set[int] = set()
        """Numbers of the paragraphs in text boxes."""
        # What is rare is looked up once for the whole file: looking for it in every cell takes longer than all the rest.
        self.direct = _paragraphs_with(file.body, f"{W}numPr", f"{W}outlineLvl")
        """Paragraphs with numbering or an outline level of their own."""
        self.spans, self.merges, self.indents = (
            _by_holder(file.body, f"{W}{name}") for name in ("gridSpan", "vMerge", "gridBefore"))
        self._blocks(file.body, _Place())

    def _blocks(self, container: _Element, place: _Place) -> None:
        for child in container:
            tag = child.tag
            if tag == _P:
                self._paragraph(child, place)
            elif tag == _TABLE:
                self._table(child, place)
            elif tag in _OPEN:
                self._blocks(_inside(child), place)

    def _table(self, element: _Element, place: _Place) -> None:
        rows: list[list[DocCell]] = []
        table = DocTable(len(self.tables) + 1, rows, element)
        self.tables.append(table)
        if not place.table and not place.box:
            self.blocks.append(table)
        for number, row in enumerate(_children(element, _ROW), 1):
            rows.append([])
            column = 1 + (number_of(self.indents[row].get(_VAL)) or 0 if row in self.indents else 0)
            for cell in _children(row, _CELL):
                covered = cell in self.merges and self.merges[cell].get(_VAL, "continue") != "restart"
                span = max(number_of(self.spans[cell].get(_VAL)) or 1, 1) if cell in self.spans else 1
                rows[-1].append(self._cell(cell, _Place(table.number, number, column, covered, place.box), span))
                column += span

    def _cell(self, element: _Element, place: _Place, span: int) -> DocCell:
        first = len(self.elements) + 1
        self._blocks(element, place)
        numbers: Sequence[int] = range(first, len(self.elements) + 1)
        if len(numbers) == 1:
            text = self.paragraphs[-1].text
        else:
            numbers = [n for n in numbers if self.paragraphs[n - 1].table == place.table and (place.box or n not in self.boxed)]
            text = "\n".join([self.paragraphs[n - 1].text for n in numbers])
        return DocCell(place.row, place.column, span, place.covered, numbers, text, element)

    def _paragraph(self, element: _Element, place: _Place) -> None:
        """Add a paragraph; in a cell that continues the one above its text is not shown."""
        style = self.styles.get(_style_id(element))
        self.elements.append(element)
        number = len(self.elements)
        found, boxes = self.inline.read(element, hidden=style.hidden)
        text = "".join([piece[0] for piece in found])
        level, shown = style.level, ""
        if style.number or element in self.direct:
            level, shown = self._own(element, style, text)
        table, row, column, covered, box = place
        paragraph = DocParagraph(number, "" if covered else text, level, style.name, shown, table, row, column)
        self.paragraphs.append(paragraph)
        if box:
            self.boxed.add(number)
        elif not table:
            self.blocks.append(paragraph)
        for inner in boxes:
            self._blocks(inner, place._replace(box=True))

    def _own(self, element: _Element, style: Style, text: str) -> tuple[int, str]:
        """Heading level and automatic number, the paragraph's own properties before its style's."""
        own = outline_level(value_of(element, "pPr/outlineLvl"))
        number = value_of(element, "pPr/numPr/numId")
        depth = number_of(value_of(element, "pPr/numPr/ilvl"))
        if number is None:
            number = style.number
            if depth is None:
                style_id = _style_id(element) or self.styles.default
                depth = style.number_level
                if depth is None:
                    depth = self.numbering.level_of_style(number, style_id)
        is_gone = not text and element.find(f"{W}pPr/{W}rPr/{W}del") is not None  # deleted with change tracking
        shown = "" if number in ("", "0") or is_gone else self.numbering.next(number, min(depth or 0, LEVELS - 1))
        return style.level if own is None else own, shown


def _style_id(paragraph: _Element) -> str:
    return value_of(paragraph, "pPr/pStyle") or ""


def _children(container: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, those inside content controls and insertions included."""
    for child in container:
        if child.tag == tag:
            yield child
        elif child.tag in _OPEN:
            yield from _children(_inside(child), tag)


def _inside(element: _Element) -> _Element:
    """What of an element around blocks is shown: of alternatives the first."""
    return element[0] if element.tag == f"{MC}AlternateContent" and len(element) else element


def _by_holder(body: _Element, tag: str) -> dict[_Element, _Element]:
    """Properties of cells or rows, by the cell or row."""
    found = {}
    for element in body.iter(tag):
        parent = element.getparent()
        if parent is not None and (holder := parent.getparent()) is not None:
            found[holder] = element
    return found


def _paragraphs_with(body: _Element, *tags: str) -> set[_Element]:
    """Paragraphs that hold such an element."""
    return {p for element in body.iter(*tags) if (p := next(element.iterancestors(_P), None)) is not None}


def document_of(file: WordFile) -> Document:
    """The paragraphs and tables of an opened file."""
    read = _Reader(file)
    return Document(
        file.path, tuple(read.paragraphs), tuple(read.tables), tuple(read.blocks), _margins(file, read.inline), file,
        tuple(read.elements), read.inline, read.styles)


def _margins(file: WordFile, inline: Inline) -> tuple[Margin, ...]:
    """The texts of all page headers and footers; a damaged one is none."""
    found: dict[str, None] = {}
    for name in file.package.names:
        if _MARGIN.match(name):
            with suppress(PackageError):
                for paragraph in parse_part(file.package, name).iter(_P):
                    text = "".join([piece[0] for piece in inline.read(paragraph, hidden=False)[0]]).strip()
                    found.setdefault(text)
    return tuple(Margin(text, 0) for text in found if text)
