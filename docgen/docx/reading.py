"""Reading a Word file that people have: its paragraphs as a reader sees them, and where their text stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.inline import SPECIAL, Inline, Piece, unseen_in_fields
from docgen.docx.input import THROUGH
from docgen.docx.numbering import LEVELS, Numbering
from docgen.docx.package import WordFile, open_word
from docgen.docx.paragraphs import DocParagraph
from docgen.docx.styles import StyleFacts, StyleReader, outline_level
from docgen.docx.xml import MC, W, value_of
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _TABLE, _ROW, _CELL, _T, _STYLE, _VAL = (f"{W}{name}" for name in ("p", "tbl", "tr", "tc", "t", "pStyle", "val"))
_OPEN = THROUGH | {f"{MC}AlternateContent", f"{MC}Choice"}
"""Elements around paragraphs, rows or cells that do not matter to a reader."""


@dataclass(frozen=True)
class Document:
    """A Word file as it is read."""

    path: Path
    paragraphs: tuple[DocParagraph, ...]
    """In document order: paragraphs of tables and text boxes where they stand, each text box once."""
    file: WordFile = field(repr=False)
    elements: tuple[_Element, ...] = field(repr=False)
    """``w:p`` of every paragraph; ``elements[0]`` is paragraph 1."""
    tables: tuple[_Element, ...] = field(repr=False)
    """``w:tbl`` of every table, nested ones after the one they stand in."""
    inline: Inline = field(repr=False)
    styles: StyleReader = field(repr=False)
    spans: Mapping[_Element, _Element] = field(repr=False)
    """``w:gridSpan`` of the cells that have one."""
    merges: Mapping[_Element, _Element] = field(repr=False)
    """``w:vMerge`` of the cells that have one."""

    @cached_property
    def numbers(self) -> dict[_Element, int]:
        """The number of every ``w:p``."""
        return {element: number for number, element in enumerate(self.elements, 1)}

    def pieces(self, number: int) -> tuple[Piece, ...]:
        """What holds the text of paragraph *number* (1-based): its stretches with their elements and runs."""
        return pieces_of(self.elements[number - 1], self.inline, self.is_hidden(number))

    def is_hidden(self, number: int) -> bool:
        """Whether the style of paragraph *number* hides its text."""
        return self.styles.get(_style_id(self.elements[number - 1])).hidden


def pieces_of(paragraph: _Element, inline: Inline, hidden: bool = False) -> tuple[Piece, ...]:
    """The stretches of the text of a ``w:p``."""
    found, position = [], 0
    for text, element, run in inline.read(paragraph, hidden=hidden)[0]:
        found.append(Piece(position, position + len(text), element, run))
        position += len(text)
    return tuple(found)


def read_document(path: Path) -> Document:
    """Read the Word file *path*.

    Raises:
        InputError: no .docx, encrypted, damaged, open elsewhere, too large; one clear sentence.
    """
    return document_of(open_word(path))


def document_of(file: WordFile) -> Document:
    """The paragraphs of an opened file."""
    return _Reader(file).document()


class _Reader:
    """Walks through the body once."""

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self.styles = StyleReader(file)
        self.numbering = Numbering.of(file)
        self.inline = Inline(unseen_in_fields(file.body), self.styles.hidden_characters)
        self.elements: list[_Element] = []
        self.paragraphs: list[DocParagraph] = []
        self.tables: list[_Element] = []
        # What is rare is looked up once for the whole file: looking for it in every cell takes longer than all the rest.
        self.texts, self.style_ids = _texts_and_styles(file.body)
        self.special = self._special()
        self.direct = _paragraphs_with(file.body, f"{W}numPr", f"{W}outlineLvl")
        """Paragraphs with numbering or an outline level of their own."""
        self.spans = _by_holder(file.body, f"{W}gridSpan")
        self.merges = _by_holder(file.body, f"{W}vMerge")
        self.indents = _by_holder(file.body, f"{W}gridBefore")

    def document(self) -> Document:
        """Everything read."""
        self._blocks(self.file.body, 0, 0, 0)
        return Document(
            self.file.path, tuple(self.paragraphs), self.file, tuple(self.elements), tuple(self.tables), self.inline, self.styles,
            self.spans, self.merges)

    def _special(self) -> set[_Element]:
        """Paragraphs whose text is more than the text of their ``w:t``."""
        body = self.file.body
        tags = [*SPECIAL, *([f"{W}rStyle"] if self.styles.hidden_characters else [])]
        special = _paragraphs_with(body, *tags)
        special.update(p for element in self.inline.unseen if (p := _paragraph_of(element)) is not None)
        for box in body.iter(f"{W}txbxContent"):
            special.update(box.iter(_P))
        for paragraph in _paragraphs_with(body, f"{W}pPrChange"):  # holds the style before the change, too
            self.style_ids[paragraph] = _style_id(paragraph)
        return special

    def _blocks(self, container: _Element, table: int, row: int, column: int, covered: bool = False) -> None:
        for child in container:
            tag = child.tag
            if tag == _P:
                self._paragraph(child, table, row, column, covered)
            elif tag == _TABLE:
                self._table(child)
            elif tag in _OPEN:
                self._blocks(_inside(child), table, row, column, covered)

    def _table(self, table: _Element) -> None:
        self.tables.append(table)
        number = len(self.tables)
        for row_number, row in enumerate(_children(table, _ROW), 1):
            column = 1
            if row in self.indents:
                column += _number(self.indents[row].get(f"{W}val"), 0)
            for cell in _children(row, _CELL):
                self._blocks(cell, number, row_number, column, continues(cell, self.merges))
                column += columns_of(cell, self.spans)

    def _paragraph(self, element: _Element, table: int, row: int, column: int, covered: bool) -> None:
        """Add a paragraph; in a cell that continues the one above (*covered*) its text is not shown."""
        facts = self.styles.get(self.style_ids.get(element, ""))
        self.elements.append(element)
        boxes: list[_Element] = []
        if facts.hidden or element in self.special:
            found, boxes = self.inline.read(element, hidden=facts.hidden)
            text = "".join([piece[0] for piece in found])
        else:
            text = "".join(self.texts[element])
        level, shown = facts.level, ""
        if facts.number or element in self.direct:
            level, shown = self._own(element, facts, text)
        if covered:
            text = ""
        self.paragraphs.append(DocParagraph(len(self.elements), text, level, facts.name, shown, table, row, column))
        for box in boxes:
            self._blocks(box, table, row, column, covered)

    def _own(self, element: _Element, facts: StyleFacts, text: str) -> tuple[int, str]:
        """Heading level and automatic number, the paragraph's own properties before its style's."""
        own = outline_level(value_of(element, "pPr/outlineLvl"))
        number = value_of(element, "pPr/numPr/numId")
        depth = _number(value_of(element, "pPr/numPr/ilvl"), -1)
        if number is None:
            number = facts.number
            if depth < 0:
                style_id = _style_id(element) or self.styles.default
                depth = facts.number_level if facts.number_level is not None else self.numbering.level_of_style(number, style_id)
        is_gone = not text and element.find(f"{W}pPr/{W}rPr/{W}del") is not None  # deleted with change tracking
        shown = "" if number in ("", "0") or is_gone else self.numbering.next(number, min(max(depth, 0), LEVELS - 1))
        return facts.level if own is None else own, shown


def continues(cell: _Element, merges: Mapping[_Element, _Element]) -> bool:
    """Whether *cell* only continues the one above."""
    return cell in merges and merges[cell].get(_VAL, "continue") != "restart"


def columns_of(cell: _Element, spans: Mapping[_Element, _Element]) -> int:
    """How many columns *cell* covers."""
    return max(_number(spans[cell].get(_VAL), 1), 1) if cell in spans else 1


def _texts_and_styles(body: _Element) -> tuple[dict[_Element, list[str]], dict[_Element, str]]:
    """The ``w:t`` texts and the style id of every paragraph; what stands inside a paragraph's text boxes comes with them."""
    texts: dict[_Element, list[str]] = {}
    styles: dict[_Element, str] = {}
    parts: list[str] = []
    paragraph = body
    for element in body.iter(_P, _STYLE, _T):
        tag = element.tag
        if tag == _T:
            if element.text:
                parts.append(element.text)
        elif tag == _P:
            paragraph = element
            parts = texts[element] = []
        else:
            styles[paragraph] = element.get(_VAL, "")
    return texts, styles


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
    return {p for element in body.iter(*tags) if (p := _paragraph_of(element)) is not None}


def _paragraph_of(element: _Element) -> _Element | None:
    """The paragraph that *element* stands in (or has properties of)."""
    found: _Element | None = element
    while found is not None and found.tag != _P:
        found = found.getparent()
    return found


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 6 else otherwise
