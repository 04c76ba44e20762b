"""The report as people have it, place by place, and which of its places is which item of the report as it was written.

What two states of the report have in common is found by how alike their paragraphs, tables and charts are, in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from docgen.docx.paragraphs import DocCell, DocParagraph
from docgen.docx.reading import Document
from docgen.docx.xml import C, R, W
from docgen.sequences import pairs_in_order
from docgen.writing.baseline import GRID, PICTURE, TEXT, ChartItem, Item, TableItem, TextItem
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

CHART, RELATION = f"{C}chart", f"{R}id"
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d$", re.IGNORECASE)


def plain(text: str) -> str:
    """*text* for comparing: the space that keeps a figure and its unit together is a space."""
    return text.replace("\u00a0", " ")


@dataclass(eq=False)
class Place:
    """A paragraph with text, a table, or a chart of the document."""

    kind: str
    element: _Element
    """``w:p`` or ``w:tbl``."""
    text: str
    """The paragraph's text, or all texts of the table, as they were read."""
    tags: Mapping[str, tuple[str, str]]
    """What the tags of content controls stand for: kind and id."""
    grid: Sequence[Sequence[DocCell]] = ()
    """All cells of the table."""

    @cached_property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Figures and slots whose controls stand here."""
        found = (tag.get(f"{W}val", "") for tag in self.element.iter(f"{W}tag"))
        return frozenset(self.tags[tag] for tag in found if tag in self.tags)

    @cached_property
    def rows(self) -> list[list[DocCell]]:
        """The cells of the table, those left out that continue the cell above."""
        return [[cell for cell in row if not cell.covered] for row in self.grid]


def places(document: Document, tags: Mapping[str, tuple[str, str]]) -> list[Place]:
    """Everything with content that the report consists of; not its table of contents, not text boxes."""
    found: list[Place] = []
    for block in document.blocks:
        if isinstance(block, DocParagraph):
            element = document.elements[block.number - 1]
            kind = PICTURE if next(element.iter(CHART), None) is not None else TEXT
            if kind == PICTURE or (block.text and not _CONTENTS_STYLE.match(block.style)):
                found.append(Place(kind, element, plain(block.text), tags))
        elif block.element is not None:
            grid = [[cell._replace(text=plain(cell.text)) for cell in row] for row in block.rows]
            text = "\n".join("\t".join([cell.text for cell in row if not cell.covered]) for row in grid)
            found.append(Place(GRID, block.element, text, tags, grid))
    return found


def quoted(one: Item | Place) -> str:
    """*one* for a message: a paragraph's text, of a table its first texts, of a chart what it shows."""
    if isinstance(one, ChartItem):
        return one.alt
    text = plain(one.text)
    return text if one.kind == TEXT else " ".join(" ".join(text.split("\n")[:3]).split())[:60]


# ---------------------------------------------------------------- which is which

Left = TypeVar("Left")
Right = TypeVar("Right")
LEAST = 0.5
"""Likeness from which two are the same one, changed."""
ALONE = 0.2
"""The same where both stand alone between their neighbours: a paragraph rewritten."""
MOVED = 0.8
"""Likeness from which one that stands elsewhere is the same one, moved."""

_MOST_PAIRS = 250_000
"""More are not compared one with another: then somebody put a whole other document in between."""


def align(
    left: Sequence[Left], right: Sequence[Right], keys: tuple[Sequence[str], Sequence[str]],
    likeness: Callable[[Left, Right], float], *, moved: bool = False,
) -> list[int | None]:
    """For each of *left* the place of its counterpart in *right*.

    Equal *keys* in the same order are counterparts; between them the most alike ones in order are.  With *moved*, what
    is then left over may also stand elsewhere.
    """
    found: list[int | None] = [None] * len(left)
    for operation, i0, i1, j0, j1 in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if operation == "equal":
            found[i0:i1] = range(j0, j1)
        elif operation == "replace":
            for i, j in _best(left[i0:i1], right[j0:j1], likeness):
                found[i0 + i] = j0 + j
    if moved:
        _find_moved(found, left, right, likeness)
    return found


def _best(left: Sequence[Left], right: Sequence[Right], likeness: Callable[[Left, Right], float]) -> list[tuple[int, int]]:
    """Pairs in order with the greatest likeness together."""
    rows, columns = len(left), len(right)
    if rows * columns > _MOST_PAIRS:
        return []
    scores = [[likeness(a, b) for b in right] for a in left]
    pairs = pairs_in_order([[score if score >= LEAST else 0.0 for score in row] for row in scores])
    edges = [(-1, -1), *pairs, (rows, columns)]
    pairs += [
        (i + 1, j + 1) for (i, j), (k, m) in pairwise(edges)
        if k - i == m - j == 2 and scores[i + 1][j + 1] >= ALONE]  # fmt: skip
    return pairs


def _find_moved(
    found: list[int | None], left: Sequence[Left], right: Sequence[Right], likeness: Callable[[Left, Right], float]
) -> None:
    free = [j for j in range(len(right)) if j not in found]
    if len(free) * found.count(None) > _MOST_PAIRS:
        return
    for i, known in enumerate(found):
        if known is not None or not free:
            continue
        score, place = max((likeness(left[i], right[j]), -j) for j in free)
        if score >= MOVED:
            found[i] = -place
            free.remove(-place)


@lru_cache(maxsize=4096)
def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of *text*."""
    text = plain(text)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,))


def alike(one: str, other: str) -> float:
    """How much of their character pairs two texts share (0-1)."""
    if one == other:
        return 1.0
    first, second = pairs_of(one), pairs_of(other)
    return 2 * len(first & second) / (len(first) + len(second))


def _key(item: Item) -> str:
    """What stays the same of *item* when only values change."""
    if isinstance(item, TextItem):
        return f"{item.style}|{''.join(f'<{bit.key}>' if bit.kind else bit.text for bit in item.bits)}"
    if isinstance(item, TableItem):
        return f"表|{item.rows[:2]}{len(item.rows)}"
    return f"图|{item.id}"


def like(one: Item, other: Item | Place) -> float:
    """How alike two items, or an item and a place of a document, are (0-1)."""
    if one.kind != other.kind:
        return 0.0
    if isinstance(one, TextItem) and isinstance(other, TextItem | Place):
        return _like_texts(one, other) if isinstance(other, Place) or one.style == other.style else 0.0
    if isinstance(one, ChartItem) and isinstance(other, Place):
        return 1.0 if any(e.get("descr") == one.alt for e in other.element.iter() if e.get("descr")) else 0.6
    if isinstance(one, ChartItem) and isinstance(other, ChartItem):
        return float(one.id == other.id)
    return _like_tables(one.text, other.text)


def _like_texts(one: TextItem, other: TextItem | Place) -> float:
    words = alike(one.text, other.text)
    if one.keys and other.keys:
        return 0.6 * len(one.keys & other.keys) / min(len(one.keys), len(other.keys)) + 0.4 * words
    return 0.9 * words if one.keys or other.keys else words


def like_rows(one: Sequence[str], other: Sequence[str]) -> float:
    """How alike two rows of tables are (0-1): by their labels, or by all that stands in them."""
    same = sum(1 for a, b in zip(one, other, strict=False) if a and a == b) / max(sum(map(bool, one)), sum(map(bool, other)), 1)
    return max(same, _like_tables("\t".join(one), "\t".join(other)))


def _like_tables(one: str, other: str) -> float:
    """By the texts of their cells that are no numbers."""
    first, second = (
        {t for line in text.split("\n") for t in line.split("\t") if t and not t[-1].isdigit()} for text in (one, other))
    shared = len(first & second) / (min(len(first), len(second)) or 1)
    return 0.4 + 0.6 * shared if shared or not (first and second) else 0.0


def align_items(left: Sequence[Item], right: Sequence[Item]) -> list[int | None]:
    """For each item of one state of the report its place in another: by what stays the same when only values change."""
    return align(left, right, ([*map(_key, left)], [*map(_key, right)]), like)


def find_places(items: Sequence[Item], found: Sequence[Place]) -> list[Place | None]:
    """For each item where it stands in a document."""
    texts = ([f"{item.kind}{plain(item.text)}" for item in items], [f"{place.kind}{place.text}" for place in found])
    return [found[number] if number is not None else None for number in align(items, found, texts, like, moved=True)]
