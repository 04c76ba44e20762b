"""Tables of a page from its ruling lines: rows, columns, merged cells, and the characters in each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from math import inf
from operator import itemgetter
from typing import NamedTuple

from docgen.pdf.lines import Glyph, Line, PageMarks, Rule, goes_on, lines_of

_SAME = 1.5
"""Lines no farther apart than this are one line, and so are stretches of a line."""
TOUCH = 3.0
"""A line that ends so near to another meets it; columns and rows are wider."""
_OVERFLOWN = 0.5
"""Lines of a cell nearer than this (in sizes) lie on each other: the upper one is the end of a text too long for the
cell above."""
_COLUMN, _SEVERAL, _TORN = 2, 3, 3.5
"""So many amounts below each other in one cell are several rows without lines between, so many lines with so wide a gap
(in sizes) several columns."""
_MOST_CROSSINGS, _MOST_CELLS = 4_000_000, 100_000
"""No table of a page has so many."""
AMOUNT = re.compile(r"[-−－]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,6}")
_NUMBER = frozenset("0123456789.,-−－%()（）")
_TOGETHER, _APART, _PADDING = 0.25, 0.08, 1.3
"""Digits drawn one after the other with no wider gap (in sizes) are a number, other characters with no wider one than
the second a text, and so are digits where a ruling line stands between; it stands at a side of its cell that is no
farther off."""


class Cell(NamedTuple):
    """A cell: its first row and column (0-based), how many it covers, its lines of text, where it begins and ends."""

    row: int
    column: int
    rows: int
    columns: int
    lines: list[Line]
    left: float
    right: float

    def text(self) -> str:
        """Broken lines joined, lines of their own kept apart."""
        parts = [line.text for line in self.lines[:1]]
        for last, line in pairwise(self.lines):
            parts += ["" if goes_on(line, last, self.left, self.right) else "\n", line.text]
        return "".join(parts)


class Grid(NamedTuple):
    """A table of one page."""

    xs: list[float]
    ys: list[float]
    cells: list[Cell]
    is_ruled: bool = True
    """Whether ruling lines tell its rows and columns."""

    @property
    def rows(self) -> int:
        return len(self.ys) - 1


def grids_of(page: PageMarks) -> tuple[list[Grid], list[Glyph], list[Rule], list[Rule]]:
    """The tables of a page from the top; the characters, and the lines across and down, that belong to none."""
    glyphs = page.glyphs
    found: list[Grid] = []
    left: tuple[list[Rule], list[Rule]] = [], []
    lines = _united(page.across), _united(page.down)
    if len(lines[0]) * len(lines[1]) > _MOST_CROSSINGS:  # a drawing
        return [], glyphs, *left
    for across, down in (part for group in _connected(*lines) for part in _stacked(*group)):
        grid = _grid_of(across, down, glyphs)
        if grid is None:
            left[0].extend(across)
            left[1].extend(down)
        else:
            glyphs = parted(glyphs, grid.xs, grid.ys)[1]
            found.append(grid)
    return sorted(found, key=lambda grid: grid.ys[0]), glyphs, *left


def _grid_of(across: Sequence[Rule], down: Sequence[Rule], glyphs: Iterable[Glyph]) -> Grid | None:
    """The table that these lines rule; ``None`` for a frame around text, a drawing, a table whose rows no lines part."""
    if not across or not down:
        return None
    xs = places([rule.at for rule in down], [end for rule in across for end in (rule.start, rule.end)])
    ys = places([rule.at for rule in across], [end for rule in down for end in (rule.start, rule.end)])
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    inside = parted(glyphs, xs, ys)[0]
    if not inside and len(ys) < 3 and len(xs) < 4:
        return None
    made = grid(xs, ys, across, down, inside)
    return made if _is_whole(made) else None


def _is_whole(grid: Grid) -> bool:
    """Whether rows and columns are parted by lines.

    No row holds columns of amounts, or of texts where it is the only one, no cell a row of amounts.
    """
    if grid.rows == 1 and sum(len(cell.lines) > 1 for cell in grid.cells) > 1:
        return False
    torn = [
        [line for line in cell.lines if any(b - a > _TORN * line.size for a, b in pairwise(line.lefts))] for cell in grid.cells]
    if any(len(lines) >= _SEVERAL or any(len(AMOUNT.findall(line.text)) > 1 for line in lines) for lines in torn):
        return False
    lines = [line.text for cell in grid.cells for line in cell.lines]
    if any(sum(AMOUNT.fullmatch(word) is not None for word in text.split()) > 1 for text in lines):
        return False
    amounts = ((cell.row, sum(AMOUNT.fullmatch(line.text) is not None for line in cell.lines)) for cell in grid.cells)
    columns = Counter(row for row, number in amounts if number >= _COLUMN)
    return max(columns.values(), default=0) < 2


def _united(rules: Iterable[Rule]) -> list[Rule]:
    """Lines put together from the stretches that they are drawn in, one for each cell perhaps."""
    found: list[Rule] = []
    level: list[Rule] = []
    for rule in [*sorted(rules), Rule(inf, 0, 0)]:
        if level and rule.at - level[-1].at > _SAME:
            first = len(found)
            for one in sorted(level, key=lambda r: r.start):
                if len(found) > first and one.start <= found[-1].end + TOUCH:
                    found[-1] = found[-1]._replace(end=max(found[-1].end, one.end))
                else:
                    found.append(one)
            level = []
        level.append(rule)
    return found


def _connected(across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[tuple[Sequence[Rule], Sequence[Rule]]]:
    """Groups of lines that meet each other."""
    groups: list[tuple[list[Rule], set[int]]] = []
    for a in across:
        group = [a], {
            i for i, d in enumerate(down)
            if a.start - TOUCH <= d.at <= a.end + TOUCH and d.start - TOUCH <= a.at <= d.end + TOUCH}
        for other in [other for other in groups if other[1] & group[1]]:
            group[0].extend(other[0])
            group[1].update(other[1])
            groups.remove(other)
        groups.append(group)
    yield from ((rules, [down[i] for i in places]) for rules, places in groups)
    taken = set[int]().union(*(places for _, places in groups))
    yield from (([], [d]) for i, d in enumerate(down) if i not in taken)


def _stacked(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[Sequence[Rule], Sequence[Rule]]]:
    """Tables below each other that a line drawn too far down joins: the left side of each ends where it ends."""
    left = min((rule.at for rule in down), default=0.0)
    sides = sorted((rule.start, rule.end) for rule in down if rule.at - left <= TOUCH)
    if len(sides) < 2 or not all(any(top - TOUCH <= rule.at <= bottom + TOUCH for top, bottom in sides) for rule in across):
        return [(across, down)]
    return [(
        [rule for rule in across if top - TOUCH <= rule.at <= bottom + TOUCH],
        [rule._replace(start=max(rule.start, top), end=min(rule.end, bottom))
            for rule in down if rule.start < bottom - TOUCH and rule.end > top + TOUCH])
        for top, bottom in sides]


def places(lines: Iterable[float], ends: Iterable[float] = ()) -> list[float]:
    """Where rows or columns part: at the *lines* and, when the sides are open, at the outermost *ends* of those across."""
    found: list[float] = []
    outer = sorted(ends)
    for at in sorted([*lines, *outer[:1], *outer[-1:]]):
        if not found or at - found[-1] > TOUCH:
            found.append(at)
    return found


def parted(glyphs: Iterable[Glyph], xs: Sequence[float], ys: Sequence[float]) -> tuple[list[Glyph], list[Glyph]]:
    """Characters inside the outermost lines, and the others."""
    inside: list[Glyph] = []
    outside: list[Glyph] = []
    for glyph in glyphs:
        holds = xs[0] < glyph.middle < xs[-1] and ys[0] < glyph.centre < ys[-1]
        (inside if holds else outside).append(glyph)
    return inside, outside


def grid(xs: list[float], ys: list[float], across: Sequence[Rule], down: Sequence[Rule], glyphs: Sequence[Glyph]) -> Grid:
    """The table whose columns part at *xs* and rows at *ys*, where lines are; the *glyphs* in its cells."""
    rows, columns = len(ys) - 1, len(xs) - 1
    walls = [_covering(down, at, ys) for at in xs]
    floors = [_covering(across, at, xs) for at in ys]
    walls[0], walls[-1], floors[0], floors[-1] = [True] * rows, [True] * rows, [True] * columns, [True] * columns
    spans: list[tuple[int, int, int, int]] = []
    owner: dict[tuple[int, int], int] = {}
    for r in range(rows):
        for c in range(columns):
            if (r, c) not in owner:
                for span in _spans(r, c, walls, floors, owner):
                    r_end, c_end = span[0] + span[2], span[1] + span[3]
                    owner.update({(i, j): len(spans) for i in range(span[0], r_end) for j in range(span[1], c_end)})
                    spans.append(span)
    texts: list[list[Glyph]] = [[] for _ in spans]
    for run in _runs(glyphs, xs):
        place = min(max(bisect_right(ys, run[0].centre) - 1, 0), rows - 1), min(max(_column(run, xs), 0), columns - 1)
        texts[owner[place]] += run
    cells = [
        Cell(r, c, height, width, lines_of(texts[index], in_cell=True), xs[c], xs[c + width])
        for index, (r, c, height, width) in enumerate(spans)
    ]
    for cell in cells:
        if cell.row and len(cell.lines) > 1 and cell.lines[1].base - cell.lines[0].base < _OVERFLOWN * cell.lines[1].size:
            cells[owner[cell.row - 1, cell.column]].lines.append(cell.lines.pop(0))
    return Grid(xs, ys, cells)


def _covering(rules: Sequence[Rule], at: float, places: Sequence[float]) -> list[bool]:
    """For each stretch between *places*, whether a line at *at* runs along it."""
    here = [rule for rule in rules if abs(rule.at - at) <= TOUCH]
    middles = [(first + second) / 2 for first, second in pairwise(places)]
    return [any(rule.start <= middle <= rule.end for rule in here) for middle in middles]


def _spans(
    row: int, column: int, walls: Sequence[Sequence[bool]], floors: Sequence[Sequence[bool]], owner: Container[tuple[int, int]],
) -> list[tuple[int, int, int, int]]:
    """The cell that begins at *row* and *column*: row, column, height, width; what is no rectangle is taken row by row."""
    todo, area = [(row, column)], {(row, column)}
    while todo:
        r, c = todo.pop()
        for place, is_wall in (
            ((r, c + 1), walls[c + 1][r]), ((r, c - 1), walls[c][r]), ((r + 1, c), floors[r + 1][c]), ((r - 1, c), floors[r][c])
        ):
            if not is_wall and place not in area and place not in owner:
                area.add(place)
                todo.append(place)
    found = []
    for r, cells in groupby(sorted(area), key=itemgetter(0)):
        for _, run in groupby(enumerate(c for _, c in cells), key=lambda pair: pair[1] - pair[0]):
            columns = [c for _, c in run]
            found.append((r, columns[0], 1, len(columns)))
    is_whole = len({span[1::2] for span in found}) == 1
    return [(found[0][0], found[0][1], len(found), found[0][3])] if is_whole else found


def _runs(glyphs: Iterable[Glyph], xs: Sequence[float]) -> Iterator[list[Glyph]]:
    """Characters drawn one right after the other: texts, and numbers up to a place of *xs* that stands between two."""
    run: list[Glyph] = []
    for glyph in glyphs:
        last = run[-1] if run else glyph
        gap, is_number = (glyph.left - last.right) / glyph.size, glyph.text in _NUMBER and last.text in _NUMBER
        if run and (glyph.base != last.base or abs(gap) > (_TOGETHER if is_number else _APART) or (
                is_number and gap > _APART and bisect_right(xs, glyph.left) != bisect_right(xs, last.right))):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _column(run: Sequence[Glyph], xs: Sequence[float]) -> int:
    """The column that a run belongs to, which may be wider.

    It is the one that it begins in at the left side or ends in at the right, else that of its middle.
    """
    size = run[0].size
    first, last = (bisect_right(xs, x) - 1 for x in (run[0].left + _APART * size, run[-1].right - _APART * size))
    if 0 <= first < last and run[0].left - xs[first] < _PADDING * size:
        return first
    if first < last < len(xs) - 1 and xs[last + 1] - run[-1].right < _PADDING * size:
        return last
    return bisect_right(xs, (run[0].left + run[-1].right) / 2) - 1
