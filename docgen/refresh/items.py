"""What a report consists of for comparing: paragraphs of text and figures, tables of texts, charts of data.

The same items stand for the report as it was written (the stored baseline) and for the report as it would be written now;
places are where the report as people have it shows the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeAlias

from docgen.docx.paragraphs import DocCell, DocTable
from docgen.docx.reading import Document
from docgen.docx.xml import DECLARATION, C, R, W, attribute, escape
from docgen.writing.store import BASELINE, LINE, TAB
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_B = f"{{{BASELINE}}}"
FIGURE, REASON, PROMPT, LITERAL = "f", "r", "q", ""
TEXT, GRID, PICTURE = "p", "t", "c"
"""What an item is in a document."""
_P = f"{W}p"
CHART, RELATION = f"{C}chart", f"{R}id"
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d$", re.IGNORECASE)


class Bit(NamedTuple):
    """A stretch of a paragraph: literal text, or what a figure, reason or prompt prints."""

    kind: str
    key: str
    """Id of the figure, slot of the reason or prompt."""
    text: str


@dataclass(frozen=True)
class TextItem:
    """A paragraph with text."""

    kind: ClassVar = TEXT
    bits: tuple[Bit, ...]
    style: str = ""
    section: int = 0

    @cached_property
    def text(self) -> str:
        """The paragraph as plain text."""
        return text_of(self.bits)

    @cached_property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Figures and slots that it states."""
        return frozenset((REASON if bit.kind == PROMPT else bit.kind, bit.key) for bit in self.bits if bit.kind)


@dataclass(frozen=True)
class TableItem:
    """A table: the texts of its cells, row by row, covered cells left out."""

    kind: ClassVar = GRID
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def text(self) -> str:
        """All its texts."""
        return "\n".join("\t".join(row) for row in self.rows)


@dataclass(frozen=True)
class ChartItem:
    """A chart: its data, and checksums of the parts as they were written."""

    kind: ClassVar = PICTURE
    id: str
    alt: str
    data: tuple[tuple[str, str, str], ...]
    """Name, amount and legend text of every slice."""
    part: int = 0
    book: int = 0

    @property
    def text(self) -> str:
        """Its data as text."""
        return "\n".join("\t".join(line) for line in self.data)


Item: TypeAlias = TextItem | TableItem | ChartItem


def read_items(root: _Element) -> tuple[Item, ...]:
    """The items of a stored baseline; elements of a later version are left out."""
    found: list[Item] = []
    for element in root:
        tag = element.tag
        if tag == f"{_B}p":
            found.append(TextItem(tuple(_bits(element)), element.get("s", ""), _number(element.get("n", ""), 10)))
        elif tag == f"{_B}t":
            rows = [[text.replace(LINE, "\n").replace(TAB, "\t") for text in line.split("\t")] for line in (element.text or "").split("\n")]
            found.append(TableItem(tuple(map(tuple, rows))))
        elif tag == f"{_B}c":
            data = [(a, b, c) for a, b, c in (line.split("\t") for line in (element.text or "").split("\n") if line.count("\t") == 2)]
            sums = (_number(element.get(name, ""), 16) for name in "hb")
            found.append(ChartItem(element.get("i", ""), element.get("a", ""), tuple(data), *sums))
    return tuple(found)


def _bits(element: _Element) -> Iterable[Bit]:
    if element.text:
        yield Bit(LITERAL, "", element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield Bit(child.tag.removeprefix(_B), child.get("i", ""), child.text or "")
        if child.tail:
            yield Bit(LITERAL, "", child.tail)


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        return 0


def write_items(items: Iterable[Item]) -> str:
    """The items as the content of a baseline part; :func:`read_items` gives them back."""
    out = [f'{DECLARATION}<baseline xmlns="{BASELINE}" xml:space="preserve">']
    for item in items:
        if isinstance(item, TextItem):
            number = f' n="{item.section}"' if item.section else ""
            out.append(f'<p s="{attribute(item.style)}"{number}>{"".join(map(_bit_xml, item.bits))}</p>')
        elif isinstance(item, TableItem):
            rows = "\n".join("\t".join(text.replace("\n", LINE).replace("\t", TAB) for text in row) for row in item.rows)
            out.append(f"<t>{escape(rows)}</t>")
        else:
            facts = f'i="{attribute(item.id)}" a="{attribute(item.alt)}" h="{item.part:08x}" b="{item.book:08x}"'
            out.append(f"<c {facts}>{escape(item.text)}</c>")
    out.append("</baseline>")
    return "".join(out)


def _bit_xml(bit: Bit) -> str:
    text = escape(bit.text)
    return f'<{bit.kind} i="{attribute(bit.key)}">{text}</{bit.kind}>' if bit.kind else text


def joined(bits: Iterable[Bit]) -> tuple[Bit, ...]:
    """*bits* with neighbouring literal ones made one, empty ones left out."""
    found: list[Bit] = []
    for is_own, group in groupby((bit for bit in bits if bit.text), key=lambda bit: bool(bit.kind)):
        run = [*group]
        found += run if is_own else [Bit(LITERAL, "", text_of(run))]
    return tuple(found)


def text_of(bits: Iterable[Bit]) -> str:
    """The text that *bits* make."""
    return "".join([bit.text for bit in bits])


def cut(bits: Sequence[Bit], start: int, end: int) -> tuple[Bit, ...]:
    """The characters *start* to *end* of *bits*; a figure or reason cut in two becomes literal text."""
    found, position = [], 0
    for bit in bits:
        first, last = max(start - position, 0), min(end - position, len(bit.text))
        if first < last:
            whole = first == 0 and last == len(bit.text)
            found.append(bit if whole else Bit(LITERAL, "", bit.text[first:last]))
        position += len(bit.text)
    return tuple(found)


def quoted(item: Item) -> str:
    """*item* for a message: a paragraph's text, of a table its first texts, of a chart what it shows."""
    if isinstance(item, TextItem):
        return plain(item.text)
    if isinstance(item, ChartItem):
        return item.alt
    return " ".join(text for row in item.rows[:3] for text in row if text)[:60]


def plain(text: str) -> str:
    """*text* for comparing: the space that keeps a figure and its unit together is a space."""
    return text.replace("\u00a0", " ")


# ---------------------------------------------------------------- the report as people have it


@dataclass(eq=False)
class Place:
    """A paragraph with text, a table, or a chart of the document."""

    kind: str
    element: _Element = field(repr=False)
    """``w:p`` or ``w:tbl``."""
    number: int
    """Of the paragraph."""
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
            if block.element is not None:
                found.append(Place(GRID, block.element, 0, document, tags, block))
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


def placed(items: Sequence[Item], document: Document, tags: Mapping[str, tuple[str, str]]) -> tuple[Place | None, ...]:
    """For each item its place in a report just written: the next one that holds just that."""
    found = places(document, tags)
    result: list[Place | None] = []
    position = 0
    for item in items:
        rest = ((n, place) for n, place in enumerate(found[position:], position + 1) if place.kind == item.kind)
        fitting = ((n, place) for n, place in rest if place.kind != TEXT or place.text == plain(item.text))
        position, place = next(fitting, (position, None))
        result.append(place)
    return tuple(result)
