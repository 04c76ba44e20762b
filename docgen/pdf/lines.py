"""What stands on a page, wherever that was learnt: characters with their places, ruling lines; and the lines of text.

Places are in points from the top left corner of the page as it is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple


class Glyph(NamedTuple):
    """A character as it is drawn."""

    text: str
    left: float
    right: float
    base: float
    """Of the line that it stands on."""
    size: float
    """Width of a Chinese character, else height of the characters of its kind."""

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        return self.base - self.size * 0.35


class Rule(NamedTuple):
    """A straight line along a page's edge: *at* in the one direction, from *start* to *end* in the other."""

    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left < x < self.right and self.top < y < self.bottom


class PageMarks(NamedTuple):
    """Everything that matters of a page."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    """In the order in which they are drawn, which is not always that of reading."""
    across: list[Rule]
    down: list[Rule]
    shapes: list[Box]
    """What is filled, lines left out: shaded cells, parts of charts, their grounds."""
    has_pictures: bool
    unreadable: int
    """Characters whose meaning the file does not tell."""


SAME_LINE = 0.45
"""Characters whose bases differ by less than this share of their size stand on one line."""
_TWICE = 0.2
"""The same character drawn again so near (in sizes) is the bold of a printer that has no bold."""
_RAISED = frozenset("0123456789*[]()")
_SMALL, _HIGHEST = 0.77, 0.6
"""A raised mark is so small, and so high above the base line, as a share of the size of the characters beside it."""
_ON = 0.3
"""Characters that overlap by more (in sizes) stand on different lines."""
_PADDING = 1.3
"""A text no farther (in sizes) from the left side of its cell begins there, and ends as far from the right side."""
_WORD_GAP, _COLUMN_GAP, _TAB = 0.25, 0.7, 3.0
"""A gap (in sizes) that parts words of Latin letters or digits; one that parts anything; one that a tabulator makes."""
_LATIN = "\u2e7f"
"""The last character before the Chinese ones: letters and digits are drawn smaller than these."""
COMPLETE = re.compile(r"[-−－(（]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)）%]?|[—－-]+")
"""A number or a dash, whole."""
HEADING = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)")
STARTS = re.compile(HEADING.pattern + r"|\d{3,7}(?!\d)|其中[:：]|.{0,8}[合总]\s*计$|小\s*计$")
"""What a row of a table begins with: it does not go on with the row above."""
_FIRST_WORD = re.compile(r"[(（“‘《【]*(?:[A-Za-z0-9.,%+\-]+|.)[，。；：、）)”’》】！？,.;:%]*")
"""What cannot be parted at the end of a line."""


class Line(NamedTuple):
    """Characters on one line, and for each character of its text where it begins."""

    text: str
    lefts: tuple[float, ...]
    right: float
    base: float
    size: float

    @property
    def left(self) -> float:
        return self.lefts[0]

    @property
    def top(self) -> float:
        return self.base - self.size

    @property
    def width(self) -> float:
        return self.right - self.left

    def first_word(self) -> float:
        """Width of what would have had to fit at the end of the line before."""
        match = _FIRST_WORD.match(self.text)
        end = match.end() if match else 1
        return (self.lefts[end] if end < len(self.lefts) else self.right) - self.left


def lines_of(glyphs: Iterable[Glyph], *, in_cell: bool = False) -> list[Line]:
    """The lines that *glyphs* make, from the top; within a line from the left, in whatever order they are drawn."""
    ordered = sorted(glyphs, key=lambda g: (round(g.base, 1), g.left))
    strips = [[*strip] for _, strip in groupby(ordered, key=lambda g: round(g.base, 1))]
    for strip, below in pairwise(strips):  # marks of footnotes
        strip[:] = [glyph for glyph in strip if not _is_raised(glyph, below)]
    rows: list[list[Glyph]] = []
    last = 0.0
    for strip in filter(None, strips):
        is_near = bool(rows) and strip[0].base - last <= SAME_LINE * min(strip[0].size, rows[-1][0].size)
        if is_near and not any(_is_on(g, rows[-1]) for g in strip):
            rows[-1] += strip
        else:
            rows.append(strip)
            last = strip[0].base
    return [line for row in rows if (line := _line(row, in_cell=in_cell)) is not None]


def _is_raised(glyph: Glyph, below: Sequence[Glyph]) -> bool:
    """Whether a character is a small raised one behind those a little *below* it."""
    if glyph.text not in _RAISED:
        return False
    size = max(other.size for other in below)
    is_small = glyph.size < _SMALL * size and 0 < below[0].base - glyph.base < _HIGHEST * size
    return is_small and any(-_ON * size < glyph.left - other.right < _WORD_GAP * 2 * size for other in below)


def _is_on(glyph: Glyph, row: Sequence[Glyph]) -> bool:
    """Whether a character lies on one a little above it.

    The end of a text that was too long for its place runs into the next.
    """
    return any(min(glyph.right, other.right) - max(glyph.left, other.left) > _ON * glyph.size for other in row)


def _line(row: list[Glyph], *, in_cell: bool) -> Line | None:
    row.sort(key=lambda g: g.left)
    while row and row[-1].text.isspace():
        row.pop()
    text: list[str] = []
    lefts: list[float] = []
    last: Glyph | None = None
    for glyph in row:
        if last is None and glyph.text.isspace():
            continue
        if last is not None:
            if glyph.text == last.text and glyph.left - last.left < _TWICE * glyph.size:
                continue
            gap = (glyph.left - last.right) / glyph.size
            is_word = gap > _WORD_GAP and glyph.text.isascii() and last.text.isascii()
            if (is_word or (gap > _COLUMN_GAP and not in_cell)) and not (glyph.text.isspace() or last.text.isspace()):
                text.append("\t" if gap > _TAB else " ")
                lefts.append(last.right)
        text.append(glyph.text)
        lefts.append(glyph.left)
        last = glyph
    if last is None:
        return None
    sizes = sorted([g.size for g in row if g.text > _LATIN] or [g.size for g in row if not g.text.isspace()])
    return Line("".join(text), tuple(lefts), last.right, last.base, sizes[len(sizes) // 2])


def follows(line: Line, last: Line, edge: float) -> bool:
    """Whether *line* goes on with *last*: its first word had no room there before the *edge*."""
    return last.right + line.first_word() > edge - last.size * SAME_LINE


def goes_on(line: Line, last: Line, left: float, right: float) -> bool:
    """Whether a line of a cell goes on with the *last* one, which had no room for its first word between *left* and *right*."""
    padding = min(last.left, line.left) - left
    return follows(line, last, right - padding * (0 < padding < _PADDING * line.size))
