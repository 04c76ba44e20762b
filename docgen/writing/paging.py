"""On which page a heading stands: a reckoning with the sizes that the styles fix.

Word updates page numbers in the contents only when asked to, LibreOffice likewise, so they must be right when the
file is written.  Official documents make that possible: characters are one em wide and lines 28 points apart,
whichever font is at hand.  Notes on what both programs do are beside the code that follows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from docgen.docx.styles import Metrics, head_metrics
from docgen.writing import sections
from docgen.writing.linebreaks import count_lines

_DEFAULT = Metrics()
_CHAIN = 12  # so many headings may stand one below the other
_DESCENT = 0.3  # points below a picture


@dataclass(slots=True)
class Item:
    """Something that takes room: lines of a paragraph, rows of a table, or nothing but a break."""

    heights: Sequence[float] = ()
    """Of the lines or rows."""
    before: float = 0.0
    after: float = 0.0
    keep_next: bool = False
    new_page: bool = False
    widows: bool = False
    heading_rows: int = 0
    """Table rows repeated on every page."""
    together: int = 0
    """Rows at its beginning that stay on one page."""
    section: str | None = None
    """A new section begins, with these properties."""
    contents: bool = False
    page: int = 0
    """Page number on which it begins, once reckoned."""
    leaf: int = 0
    """The same, counted through from 0."""
    last_leaf: int = 0
    """Where it ends."""

    @property
    def height(self) -> float:
        """Height with the space around it."""
        return self.before + sum(self.heights) + self.after


class Pages:
    """Records what is set, then reckons the pages."""

    def __init__(self, metrics: Mapping[str, Metrics], first_section: str) -> None:
        self.metrics, self.first_section = metrics, first_section
        self.items: list[Item] = []
        self._layout, self._placed = _Layout(first_section), 0  # so many items are on its pages
        self._own: dict[tuple[str, str], Metrics] = {}  # sizes by style and own formatting
        self._break = False
        self._take(first_section)

    def _take(self, section: str) -> None:
        self._width = sections.text_width(section) / 20
        self.height = sections.text_height(section) / 20

    def paragraph(self, style_id: str, text: str, head: str = "", *, page_break: bool = False) -> Item:
        """Set a paragraph; *head* is its own formatting, *page_break* a break in its text."""
        item = self._item(style_id, text, head)
        self._add(item)
        self._break = page_break
        return item

    def _item(self, style_id: str, text: str, head: str = "") -> Item:
        metrics = self._metrics(style_id, head)
        lines = count_lines(text, metrics.size, self._width - metrics.left - metrics.right, metrics.first)
        heights = (metrics.line_height,) * lines
        return Item(heights, metrics.before, metrics.after, metrics.keep_next, metrics.new_page, metrics.widows)

    def _metrics(self, style_id: str, head: str = "") -> Metrics:
        if (style_id, head) not in self._own:
            metrics = self.metrics.get(style_id, _DEFAULT)
            self._own[style_id, head] = head_metrics(metrics, head) if head else metrics
        return self._own[style_id, head]

    def height_of(self, style_id: str, text: str) -> float:
        """Height of a paragraph with the space around it."""
        return self._item(style_id, text).height

    def _add(self, item: Item) -> None:
        item.new_page, self._break = item.new_page or self._break, False
        self.items.append(item)

    def table(self, heights: Sequence[float], heading_rows: int, together: int = 0) -> None:
        """Set a table with rows of these *heights*."""
        self._add(Item(heights, heading_rows=heading_rows, together=together))

    def breaks(self, heights: Sequence[float], heading_rows: int, together: int = 0) -> list[int]:
        """The rows of a table, set next, that begin a page."""
        end = len(self.items)
        while end and self.items[end - 1].keep_next:
            end -= 1
        self._place(self._layout, self._placed, end)
        layout, self._placed, broken = copy(self._layout), end, []
        last = [*self.items[end:], Item(heights, heading_rows=heading_rows, together=together, new_page=self._break)]
        for number, item in enumerate(last):
            broken = layout.place(item, last[number + 1 :] if item.keep_next else ())
        return broken

    def _place(self, layout: _Layout, start: int, end: int) -> None:
        for number in range(start, end):
            item = self.items[number]
            if item.section is not None:
                layout.begin_section(item.section)
            else:
                layout.place(item, self.items[number + 1 : number + _CHAIN] if item.keep_next else ())

    def room(self) -> float:
        """Height that is left for a table on the page, when everything since the last break stands on it."""
        used = 0.0
        for item in reversed(self.items):
            if item.section is not None:
                break
            used += item.height
            if item.new_page:
                break
        return self.height - used

    def chart(self, height: float, style_id: str) -> None:
        """Set a chart *height* points high."""
        metrics = self._metrics(style_id)
        self._add(Item((height + _DESCENT,), metrics.before, metrics.after, metrics.keep_next, metrics.new_page))

    def contents(self) -> None:
        """Set the table of contents."""
        self.items.append(Item(contents=True))

    def new_page(self) -> None:
        """Begin a new page."""
        self._break = True

    def section(self, section: str) -> None:
        """Begin a new section on a new page."""
        self._break = False
        self._take(section)
        self.items.append(Item(section=section))

    def reckon(self, entries: Sequence[tuple[str, str]]) -> None:
        """Give every item its page; *entries* are style id and text of the lines of the contents."""
        for item in self.items:
            if item.contents:  # it stands in a section of its own: until now it took no room
                item.heights = [height for style_id, text in entries for height in self._entry(self._metrics(style_id), text)]
        self._place(_Layout(self.first_section), 0, len(self.items))

    def _entry(self, metrics: Metrics, text: str) -> Sequence[float]:
        return (metrics.line_height,) * count_lines(text + "……12", metrics.size, self._width - metrics.left)


class _Layout:
    """Fills pages."""

    def __init__(self, section: str) -> None:
        self.number, self.leaf = 0, -1
        self._in_chain = False
        self.begin_section(section)

    def begin_section(self, section: str) -> None:
        """A new section on the next page."""
        start = sections.start_of(section)
        self.number = start if start is not None else self.number + 1
        self.height = sections.text_height(section) / 20
        self.used, self.leaf = 0.0, self.leaf + 1

    def _next_page(self) -> None:
        self.number, self.leaf = self.number + 1, self.leaf + 1
        self.used = 0.0

    def place(self, item: Item, following: Sequence[Item] = ()) -> list[int]:
        """Put *item* on this page or the next, with what it must stay with; the lines or rows that begin another page."""
        if item.new_page and self.used:
            self._next_page()
        # What stands in the middle of a chain of headings does not leave it: the chain moves as a whole, or breaks.
        least = self._least(item, () if self._in_chain else following)
        if self.used and self.used + item.before + least > self.height + 0.01:
            self._next_page()
        item.page, item.leaf = self.number, self.leaf
        self._in_chain = item.keep_next
        if self.used:  # at the top of a page the space before is not set
            self.used += item.before
        broken = self._fill(item)
        self.used, item.last_leaf = self.used + item.after, self.leaf
        return broken

    def _fill(self, item: Item) -> list[int]:
        heights = item.heights
        total = sum(heights)
        if self.used + total <= self.height + 0.01:
            self.used += total
            return []
        broken = []
        heading = sum(heights[: item.heading_rows])
        for place, height in enumerate(heights):
            fits = self.used + height <= self.height + 0.01
            # A paragraph leaves at least two lines for the next page.
            last_two = item.widows and place == len(heights) - 2 and self.used + height + heights[-1] > self.height + 0.01
            if self.used and (not fits or last_two):
                self._next_page()
                self.used = heading
                broken.append(place)
            self.used += height
        return broken

    def _least(self, item: Item, following: Sequence[Item]) -> float:
        """The room that *item* needs at least, not to be moved to the next page."""
        own = sum(item.heights) if item.keep_next else _first_lines(item)
        for follower in following:
            if follower.section is not None or follower.new_page or follower.contents:
                return own
            own += follower.before
            if not follower.keep_next:
                return own + _first_lines(follower)
            own += sum(follower.heights) + follower.after
        return own


def _first_lines(item: Item) -> float:
    """The lines or rows of *item* that must stay together at its beginning."""
    heights = item.heights
    if item.heading_rows or item.together:
        return sum(heights[: max(item.heading_rows + 1, item.together)])
    if not item.widows:
        return heights[0] if heights else 0.0
    return sum(heights if len(heights) <= 3 else heights[:2])
