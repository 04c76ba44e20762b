"""What a report consists of for comparing: paragraphs of text and figures, tables of texts, charts of data.

The same items stand for the report as it was written (the stored baseline) and for the report as it would be written now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from docgen.docx.xml import DECLARATION, attribute, escape
from docgen.writing.baseline import LINE, NAMESPACE, TAB
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_B = f"{{{NAMESPACE}}}"
FIGURE, REASON, PROMPT, LITERAL = "f", "r", "q", ""


class Bit(NamedTuple):
    """A stretch of a paragraph: literal text, or what a figure, reason or prompt prints."""

    kind: str
    key: str
    """Id of the figure, slot of the reason or prompt."""
    text: str


@dataclass(frozen=True)
class TextItem:
    """A paragraph with text."""

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

    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def text(self) -> str:
        """All its texts."""
        return "\n".join("\t".join(row) for row in self.rows)


@dataclass(frozen=True)
class ChartItem:
    """A chart: its data, and checksums of the parts as they were written."""

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
            lines = (element.text or "").split("\n")
            found.append(TableItem(tuple(tuple(_cell(text) for text in line.split("\t")) for line in lines)))
        elif tag == f"{_B}c":
            parts = [line.split("\t") for line in (element.text or "").split("\n") if line.count("\t") == 2]
            data = tuple((part[0], part[1], part[2]) for part in parts)
            found.append(ChartItem(
                element.get("i", ""), element.get("a", ""), data, _number(element.get("h", ""), 16), _number(element.get("b", ""), 16)))
    return tuple(found)


def _bits(element: _Element) -> Iterable[Bit]:
    if element.text:
        yield Bit(LITERAL, "", element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield Bit(child.tag.removeprefix(_B), child.get("i", ""), child.text or "")
        if child.tail:
            yield Bit(LITERAL, "", child.tail)


def _cell(text: str) -> str:
    return text.replace(LINE, "\n").replace(TAB, "\t")


def _number(text: str, base: int) -> int:
    try:
        return int(text, base)
    except ValueError:
        return 0


def write_items(items: Iterable[Item]) -> str:
    """The items as the content of a baseline part; :func:`read_items` gives them back."""
    out = [f'{DECLARATION}<baseline xmlns="{NAMESPACE}" xml:space="preserve">']
    for item in items:
        if isinstance(item, TextItem):
            number = f' n="{item.section}"' if item.section else ""
            out.append(f'<p s="{attribute(item.style)}"{number}>{"".join(map(_bit_xml, item.bits))}</p>')
        elif isinstance(item, TableItem):
            rows = "\n".join("\t".join(_line(text) for text in row) for row in item.rows)
            out.append(f"<t>{escape(rows)}</t>")
        else:
            facts = f'i="{attribute(item.id)}" a="{attribute(item.alt)}" h="{item.part:08x}" b="{item.book:08x}"'
            out.append(f"<c {facts}>{escape(item.text)}</c>")
    out.append("</baseline>")
    return "".join(out)


def _bit_xml(bit: Bit) -> str:
    text = escape(bit.text)
    return f'<{bit.kind} i="{attribute(bit.key)}">{text}</{bit.kind}>' if bit.kind else text


def _line(text: str) -> str:
    return text.replace("\n", LINE).replace("\t", TAB)


def joined(bits: Iterable[Bit]) -> tuple[Bit, ...]:
    """*bits* with neighbouring literal ones made one, empty ones left out."""
    found: list[Bit] = []
    for bit in bits:
        if not bit.text:
            continue
        if found and not bit.kind and not found[-1].kind:
            found[-1] = Bit(LITERAL, "", found[-1].text + bit.text)
        else:
            found.append(bit)
    return tuple(found)


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
