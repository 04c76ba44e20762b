"""A page of a PDF file while it is read: its lines and tables, charts left out, headers and page numbers taken off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from docgen.docx.paragraphs import Margin
from docgen.pdf.grids import Grid, grids_of
from docgen.pdf.lines import Box, Line, PageMarks, Rule, lines_of

_MARGIN = 100.0
"""So many points at the top and at the foot of a page may be header and footer."""
_PAGE_NUMBER = re.compile(
    r"[\s\-—–－_~·•|/]*(?:第|共|Page)?\s*(?:\d{1,4}|[IVXivx]{1,6})\s*(?:页|of)?"
    r"(?:[\s,，/|]*(?:共|第)?\s*\d{1,4}\s*页?)?[\s\-—–－_~·•|]*")
LEADER = re.compile(r"(?:[.…·．]{3,}\s*|\t)\d{1,3}$")
"""The end of a line of the contents."""
_AT = 8.0
"""So near each other, in points, are lines at the same place of several pages."""
MONEY = re.compile(r"单位\s*[:：]")
_UNIT = re.compile(r"(?<!金额)(?<!货币)(?:部门|单位)(?:名称)?[:：](?!\s*(?:万元|元))")
_BACK, _FEWEST_RULES, _SAME_ROW = 6, 5, 2
"""A sheet that is cut for its width goes on so many pages later at most; so many ruling lines, which differ by so few
points, tell that rows are the same."""
_ON_PAGES, _OF_PAGES = 3, 0.3
"""A line at the same place of so many pages, and of so large a share of them, is a header or footer."""
_SMALLEST_CHART, _LARGEST_CHART = 80.0, 0.6
"""Height and width of a chart, in points; its height as a share of the page's."""


class Page:
    """A page while it is read."""

    def __init__(self, marks: PageMarks) -> None:
        self.number, self.width, self.height = marks.number, marks.width, marks.height
        self.grids, rest, self.across, self.down = grids_of(marks)
        drawings = [*_drawings(marks, self.grids)]
        self.glyphs = [g for g in rest if not any(drawing.holds(g.middle, g.centre) for drawing in drawings)]
        """Those of its lines."""
        self.lines = lines_of(self.glyphs)
        self.is_scanned = len(marks.glyphs) <= marks.unreadable and (marks.has_pictures or marks.unreadable > 0)

    def items(self) -> list[Line | Grid]:
        """What stands on the page, from the top."""
        return sorted([*self.lines, *self.grids], key=lambda item: item.base if isinstance(item, Line) else item.ys[0])

    def edge_lines(self) -> Iterator[tuple[Line, str, bool]]:
        """The outermost lines in the page's margins: line, text with ``#`` for digits, whether it is the very first or last."""
        for order in (self.lines[:2], self.lines[:-3:-1]):
            for index, line in enumerate(order):
                is_above = line.base < _MARGIN
                if is_above or line.top > self.height - _MARGIN:
                    yield line, re.sub(r"\d+", "#", "".join(line.text.split())), index == 0


def beside_each_other(pages: Iterable[PageMarks]) -> list[PageMarks]:
    """The pages, those put together that a printed sheet was cut into for its width.

    They are ruled alike, and the unit's name is on the first only.
    """
    found: list[PageMarks] = []
    for page in pages:
        alike = [i for i, other in enumerate(found[-_BACK:], max(len(found) - _BACK, 0)) if _is_cut(other, page)]
        if alike:
            place = min(alike, key=lambda i: found[i].width)
            found[place] = _widened(found[place], page)
        else:
            found.append(page)
    return found


def _is_cut(page: PageMarks, rest: PageMarks) -> bool:
    """Whether the *rest* of a page's rows stands on another."""
    rows, others = ({round(rule.at) for rule in marks.across} for marks in (page, rest))
    if len(rows) < _FEWEST_RULES or page.height != rest.height or not others or abs(min(rows) - min(others)) > _SAME_ROW:
        return False
    near = range(-_SAME_ROW, _SAME_ROW + 1)
    is_alike = all(any(at + by in ys for by in near) for xs, ys in ((rows, others), (others, rows)) for at in xs)
    texts = ("".join(glyph.text for glyph in marks.glyphs) for marks in (page, rest))
    return is_alike and [_UNIT.search(text) is not None for text in texts] == [True, False]


def _widened(page: PageMarks, rest: PageMarks) -> PageMarks:
    left, bottom = min(rule.start for rule in rest.across), max(rule.at for rule in rest.across)
    by = max(rule.end for rule in page.across) - left
    glyphs = [g._replace(left=g.left + by, right=g.right + by) for g in rest.glyphs if g.left > left and g.centre < bottom]
    return page._replace(
        width=page.width + rest.width, glyphs=page.glyphs + glyphs,
        across=page.across + [Rule(at, start + by, end + by) for at, start, end in rest.across],
        down=page.down + [Rule(at + by, start, end) for at, start, end in rest.down])


def _drawings(marks: PageMarks, grids: Sequence[Grid]) -> Iterator[Box]:
    """Where charts stand: a ground with other shapes on it that is neither a table's nor the page's."""
    for box in marks.shapes:
        width, height = box.right - box.left, box.bottom - box.top
        if min(width, height) < _SMALLEST_CHART or height > marks.height * _LARGEST_CHART:
            continue
        has_shapes = any(box.holds((b.left + b.right) / 2, (b.top + b.bottom) / 2) for b in marks.shapes if b is not box)
        if has_shapes and not any(grid.ys[0] < box.bottom and box.top < grid.ys[-1] for grid in grids):
            yield box


def take_margins(pages: Sequence[Page]) -> tuple[Margin, ...]:
    """Take headers, footers and page numbers off the pages."""
    counted = Counter((key, round(line.base / _AT)) for page in pages for line, key in {e[:2] for e in page.edge_lines()})
    needed = max(_ON_PAGES, _OF_PAGES * len(pages))
    found: list[Margin] = []
    for page in pages:
        for line, key, is_outermost in [*page.edge_lines()]:
            times = sum(counted[key, round(line.base / _AT) + off] for off in (-1, 0, 1))
            repeated = times >= needed and not MONEY.search(line.text)
            if line in page.lines and (repeated or (is_outermost and _PAGE_NUMBER.fullmatch(line.text))):
                page.lines.remove(line)
                found.append(Margin(line.text, page.number))
    return tuple(found)


class Edges(NamedTuple):
    """Where the text of a page begins and ends, from left to right, and how far its lines are apart, in sizes."""

    left: float
    right: float
    pitch: float


def edges_of(pages: Sequence[Page]) -> dict[tuple[int, int], Edges]:
    """Where the text begins and ends on pages of each size, by the lines that fill most of the width."""
    measured: dict[tuple[int, int], tuple[Counter[int], Counter[int], Counter[float]]] = {}
    for page in pages:
        lefts, rights, pitches = measured.setdefault((round(page.width), round(page.height)), (Counter(), Counter(), Counter()))
        for first, second in pairwise(page.lines):
            if first.width > page.width * 0.5 and not LEADER.search(first.text):
                rights[round(first.right)] += 1
                lefts[round(second.left)] += 1
                pitches[round((second.base - first.base) / second.size, 1)] += 1
    return {
        key: Edges(min(_usual(lefts)), max(_usual(rights)), pitches.most_common(1)[0][0])
        for key, (lefts, rights, pitches) in measured.items() if rights
    }


def _usual(places: Counter[int]) -> list[int]:
    return [at for at, times in places.items() if times * 4 >= max(places.values())]
