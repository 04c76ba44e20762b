"""Tables of a page from its ruling lines: rows, columns, merged cells, and the characters in each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from docgen.pdf.lines import Line, goes_on, lines_of
from docgen.pdf.marks import Glyph, PageMarks, Rule

_SAME = 1.5
"""Lines no farther apart than this are one line, and so are stretches of a line."""
_TOUCH = 3.0
"""A line that ends so near to another meets it; columns and rows are wider."""
_OVERFLOWN = 0.5
"""Lines of a cell nearer than this (in sizes) lie on each other: the upper one is the end of a text too long for the cell above."""
_COLUMN = 3
"""So many amounts below each other in one cell are several rows without lines between."""
_MOST_CROSSINGS, _MOST_CELLS = 4_000_000, 100_000
"""No table of a page has so many."""
AMOUNT = re.compile(r"[-−－]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,6}")
_NUMBER = frozenset("0123456789.,-−－%()（）")
_TOGETHER = 0.25
"""Digits drawn one after the other with no wider gap (in sizes) than this are one number."""


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
    for across, down in _connected(*lines):
        grid = _grid_of(across, down, glyphs)
        if grid is None:
            left[0].extend(across)
            left[1].extend(down)
        else:
            glyphs = _parted(glyphs, grid.xs, grid.ys)[1]
            found.append(grid)
    return sorted(found, key=lambda grid: grid.ys[0]), glyphs, *left


def _grid_of(across: Sequence[Rule], down: Sequence[Rule], glyphs: Iterable[Glyph]) -> Grid | None:
    """The table that these lines rule; ``None`` for a frame around text, a drawing, a table whose rows no lines part."""
    if not across or not down:
        return None
    xs = _places([rule.at for rule in down], [end for rule in across for end in (rule.start, rule.end)])
    ys = _places([rule.at for rule in across], [end for rule in down for end in (rule.start, rule.end)])
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    inside = _parted(glyphs, xs, ys)[0]
    if not inside and len(ys) < 3 and len(xs) < 4:
        return None
    grid = _grid(xs, ys, across, down, inside)
    return grid if _is_whole(grid) else None


def _is_whole(grid: Grid) -> bool:
    """Whether the rows are parted by lines: no row holds columns of amounts, or of texts where it is the only one."""
    if grid.rows == 1 and sum(len(cell.lines) > 1 for cell in grid.cells) > 1:
        return False
    columns = Counter(cell.row for cell in grid.cells if sum(AMOUNT.fullmatch(line.text) is not None for line in cell.lines) >= _COLUMN)
    return max(columns.values(), default=0) < 2


def _united(rules: Iterable[Rule]) -> list[Rule]:
    """Lines put together from the stretches that they are drawn in, one for each cell perhaps."""
    found: list[Rule] = []
    level: list[Rule] = []
    for rule in sorted(rules):
        if level and rule.at - level[-1].at > _SAME:
            found += _joined(level)
            level = []
        level.append(rule)
    return found + _joined(level)


def _joined(level: list[Rule]) -> list[Rule]:
    found: list[Rule] = []
    for rule in sorted(level, key=lambda r: r.start):
        if found and rule.start <= found[-1].end + _TOUCH:
            found[-1] = found[-1]._replace(end=max(found[-1].end, rule.end))
        else:
            found.append(rule)
    return found


def _connected(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of lines that meet each other."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for i, a in enumerate(across):
        for j, d in enumerate(down, len(across)):
            if a.start - _TOUCH <= d.at <= a.end + _TOUCH and d.start - _TOUCH <= a.at <= d.end + _TOUCH:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(root(index), ([], []))
        if index < len(across):
            group[0].append(across[index])
        else:
            group[1].append(down[index - len(across)])
    return [*groups.values()]


def _places(lines: Iterable[float], ends: Iterable[float]) -> list[float]:
    """Where rows or columns part: at the *lines* and, when the sides are open, at the outermost *ends* of those across."""
    found: list[float] = []
    outer = sorted(ends)
    for at in sorted([*lines, outer[0], outer[-1]]):
        if not found or at - found[-1] > _TOUCH:
            found.append(at)
    return found


def _parted(glyphs: Iterable[Glyph], xs: Sequence[float], ys: Sequence[float]) -> tuple[list[Glyph], list[Glyph]]:
    """Characters inside the outermost lines, and the others."""
    inside: list[Glyph] = []
    outside: list[Glyph] = []
    for glyph in glyphs:
        holds = xs[0] < glyph.middle < xs[-1] and ys[0] < glyph.centre < ys[-1]
        (inside if holds else outside).append(glyph)
    return inside, outside


def _grid(xs: list[float], ys: list[float], across: Sequence[Rule], down: Sequence[Rule], glyphs: Sequence[Glyph]) -> Grid:
    rows, columns = len(ys) - 1, len(xs) - 1
    walls = [_covering(down, at, ys) for at in xs]
    floors = [_covering(across, at, xs) for at in ys]
    spans: list[tuple[int, int, int, int]] = []
    owner: dict[tuple[int, int], int] = {}
    for r in range(rows):
        for c in range(columns):
            if (r, c) not in owner:
                for span in _spans(r, c, walls, floors, owner, rows, columns):
                    owner.update({(i, j): len(spans) for i in range(span[0], span[0] + span[2]) for j in range(span[1], span[1] + span[3])})
                    spans.append(span)
    texts: list[list[Glyph]] = [[] for _ in spans]
    for number in _numbers(glyphs):
        x = (number[0].left + number[-1].right) / 2
        place = min(max(bisect_right(ys, number[0].centre) - 1, 0), rows - 1), min(max(bisect_right(xs, x) - 1, 0), columns - 1)
        texts[owner[place]] += number
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
    here = [rule for rule in rules if abs(rule.at - at) <= _TOUCH]
    middles = [(first + second) / 2 for first, second in pairwise(places)]
    return [any(rule.start <= middle <= rule.end for rule in here) for middle in middles]


def _spans(
    row: int, column: int, walls: Sequence[Sequence[bool]], floors: Sequence[Sequence[bool]],
    owner: dict[tuple[int, int], int], rows: int, columns: int,
) -> list[tuple[int, int, int, int]]:
    """The cell that begins at *row* and *column*: row, column, height, width; what is no rectangle is taken row by row."""
    todo, area = [(row, column)], {(row, column)}
    while todo:
        r, c = todo.pop()
        beside = (
            ((r, c + 1), c + 1 < columns and not walls[c + 1][r]), ((r, c - 1), c > 0 and not walls[c][r]),
            ((r + 1, c), r + 1 < rows and not floors[r + 1][c]), ((r - 1, c), r > 0 and not floors[r][c]))
        for place, is_open in beside:
            if is_open and place not in area and place not in owner:
                area.add(place)
                todo.append(place)
    top, left = min(r for r, _ in area), min(c for _, c in area)
    height, width = max(r for r, _ in area) - top + 1, max(c for _, c in area) - left + 1
    if len(area) == height * width:
        return [(top, left, height, width)]
    found = []
    for r in sorted({r for r, _ in area}):
        taken = sorted(c for i, c in area if i == r)
        start = taken[0]
        for c, following in zip(taken, [*taken[1:], None], strict=True):
            if following != c + 1:
                found.append((r, start, 1, c - start + 1))
                start = following if following is not None else start
    return found


def _numbers(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Characters one by one, but those of a number together: it may be wider than its cell."""
    found: list[list[Glyph]] = []
    for glyph in glyphs:
        last = found[-1][-1] if found else None
        if (
            last is not None and glyph.text in _NUMBER and last.text in _NUMBER and glyph.base == last.base
            and abs(glyph.left - last.right) <= _TOGETHER * glyph.size
        ):
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return found
