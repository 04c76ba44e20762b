"""What stands on a page, wherever that was learnt: characters with their places, and ruling lines.

Places are in points from the top left corner of the page as it is seen.
"""

from __future__ import annotations

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
