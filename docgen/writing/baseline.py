"""The report as it was written, which a linked one carries for ``refresh`` to compare with what people made of it since.

Every paragraph with its literal text, figures (``f``), reasons (``r``) and prompts (``q``); every table as its cells' texts,
a line for each row and a tab between cells; every chart with its data and checksums.  Paragraphs without text, the table of
contents and section breaks are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeAlias

from docgen.docx.xml import DECLARATION, attribute, escape
from docgen.model import Block, ChartBlock, FigureSpan, Paragraph, ReasonSpan, Span, TableBlock, Text
from docgen.writing.charts import chart_data
from workbook.values import cached_property, dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

BASELINE = "urn:juesuan:baseline:1"
_B = f"{{{BASELINE}}}"
FIGURE, REASON, PROMPT, LITERAL = "f", "r", "q", ""
TEXT, GRID, PICTURE = "p", "t", "c"
"""What an item is in a document."""
_LINE, _TAB = "\u2028", "\u2029"  # stand for a line break and a tab inside a table's cell


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
        return "".join([bit.text for bit in self.bits])

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
        return "\n".join(map("\t".join, self.rows))


@dataclass(frozen=True)
class ChartItem:
    """A chart: its data, and checksums (CRC-32) of its part and its workbook as they were written."""

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
        return "\n".join(map("\t".join, self.data))


Item: TypeAlias = TextItem | TableItem | ChartItem


def items_of(blocks: Iterable[Block], checksums: Iterable[tuple[int, int]]) -> Iterator[Item]:
    """What is written, one after the other; *checksums* are those of every chart's part and of its workbook."""
    charts = iter(checksums)
    for block in blocks:
        if isinstance(block, Paragraph):
            if bits := [bit for span in block.spans if (bit := _bit(span)).text]:
                yield TextItem(tuple(bits), block.style, block.section)
        elif isinstance(block, TableBlock):
            if block.caption:
                yield TextItem((Bit(LITERAL, "", block.caption),), "表题")
            yield TableItem(tuple([
                tuple([spans[0].text if len(spans := cell.spans) == 1 else cell.text if spans else "" for cell in row])
                for row in block.rows]))
        elif isinstance(block, ChartBlock):
            data = [(name, f"{amount:f}", label) for name, amount, label in chart_data(block)]
            yield ChartItem(block.id, block.alt, tuple(data), *next(charts, (0, 0)))
            yield TextItem((Bit(LITERAL, "", block.title),), "图题")


def _bit(span: Span) -> Bit:
    if isinstance(span, Text):
        return Bit(LITERAL, "", span.text)
    if isinstance(span, FigureSpan):
        return Bit(FIGURE, span.figure.id, span.figure.text)
    return Bit(REASON if isinstance(span, ReasonSpan) else PROMPT, span.slot, span.text)


def write_items(items: Iterable[Item]) -> str:
    """The items as the content of a part; :func:`read_items` gives them back."""
    out = [f'{DECLARATION}<baseline xmlns="{BASELINE}" xml:space="preserve">']
    for item in items:
        if isinstance(item, TextItem):
            number = f' n="{item.section}"' if item.section else ""
            out.append(f'<p s="{attribute(item.style)}"{number}>')
            safe = str if escape(item.text) == item.text else escape  # nearly all texts are fit as they are
            out += [f'<{kind} i="{_name(key)}">{safe(text)}</{kind}>' if kind else safe(text) for kind, key, text in item.bits]
            out.append("</p>")
        elif isinstance(item, TableItem):
            out.append(f"<t>{escape(_stored(item))}</t>")
        else:
            facts = f'i="{attribute(item.id)}" a="{attribute(item.alt)}" h="{item.part:08x}" b="{item.book:08x}"'
            out.append(f"<c {facts}>{escape(item.text)}</c>")
    out.append("</baseline>")
    return "".join(out)


_name = lru_cache(maxsize=4096)(attribute)  # ids are the same in every report


def _stored(item: TableItem) -> str:
    text = item.text
    if text.count("\n") + text.count("\t") == max(sum(map(len, item.rows)) - 1, 0):
        return text
    rows = [[cell.replace("\r\n", "\n").replace("\n", _LINE).replace("\t", _TAB) for cell in row] for row in item.rows]
    return "\n".join(map("\t".join, rows))


def read_items(root: _Element) -> tuple[Item, ...]:
    """The items of a stored baseline; elements of a later version are left out."""
    found: list[Item] = []
    for element in root:
        tag = element.tag
        lines = [line.split("\t") for line in (element.text or "").split("\n")]
        if tag == f"{_B}p":
            found.append(TextItem(tuple(_bits(element)), element.get("s", ""), _number(element.get("n", ""), 10)))
        elif tag == f"{_B}t":
            rows = (tuple(text.replace(_LINE, "\n").replace(_TAB, "\t") for text in line) for line in lines)
            found.append(TableItem(tuple(rows)))
        elif tag == f"{_B}c":
            data = tuple((line[0], line[1], line[2]) for line in lines if len(line) == 3)
            sums = (_number(element.get(name, ""), 16) for name in "hb")
            found.append(ChartItem(element.get("i", ""), element.get("a", ""), data, *sums))
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


def joined(bits: Iterable[Bit]) -> tuple[Bit, ...]:
    """*bits* with neighbouring literal ones made one, empty ones left out."""
    found: list[Bit] = []
    for bit in bits:
        if found and not bit.kind and not found[-1].kind:
            found[-1] = Bit(LITERAL, "", found[-1].text + bit.text)
        elif bit.text:
            found.append(bit)
    return tuple(found)


def cut(bits: Sequence[Bit], start: int, end: int) -> tuple[Bit, ...]:
    """The characters *start* to *end* of *bits*; a figure or reason cut in two becomes literal text."""
    found, position = [], 0
    for bit in bits:
        first, last = max(start - position, 0), min(end - position, len(bit.text))
        if first < last:
            found.append(bit if last - first == len(bit.text) else Bit(LITERAL, "", bit.text[first:last]))
        position += len(bit.text)
    return tuple(found)
