"""The columns and rows of a table with few ruling lines or none, told by where its texts stand.

A column is what no text crosses, save those that stand above several columns; a line goes on with the row above when a
text of that row was broken for want of room.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from docgen.pdf.grids import Cell, Grid
from docgen.pdf.lines import COMPLETE, SAME_LINE, STARTS, Line

WRAPPED, _TIGHT, _OVERLAPPING = 1.8, 1.5, 0.9
"""Lines of a cell are no farther apart than the first (in sizes); rows of one line are seldom nearer than the second;
below the last it is one row."""
_FEWEST_NUMBERS = 3
_CUT = re.compile(r"[-−－]?[\d,]+(?:\.\|\d\d|\.\d\|\d)|(?=\d{3,6}\|)(?:[\d|]{6}|[\d|]{8})")
"""A number broken before its last decimals, a code of five or seven digits."""


class Region(NamedTuple):
    """Lines of a page that may be a table, by their parts; *ys*: ruling lines from the top, if any."""

    rows: list[list[Line]]
    ys: list[float]
    source: list[Line]


class Band(NamedTuple):
    """A column: where its texts begin and end, and those of its head."""

    left: float
    right: float
    heads: tuple[Line, ...] = ()
    has_body: bool = True

    def with_text(self, part: Line, is_head: bool) -> Band:
        heads = (*self.heads, part) if is_head else self.heads
        return Band(min(self.left, part.left), max(self.right, part.right), heads, self.has_body or not is_head)

    def completes(self, beside: Band) -> bool:
        """Whether one is the head of the other: it stands in the middle, the amounts at the right."""
        return not (self.heads and beside.heads) and not (self.has_body and beside.has_body)

    def joined(self, beside: Band) -> Band:
        return Band(self.left, beside.right, self.heads + beside.heads)

    def is_above(self, beside: Band) -> bool:
        """Whether these are heads over several columns: those beside have heads farther down."""
        lowest = max(head.base + head.size * _OVERLAPPING for head in self.heads) if self.heads else 0.0
        return not self.has_body and max((head.base for head in beside.heads), default=0.0) > lowest


def columns_of(regions: Sequence[Region]) -> list[Band]:
    """The columns of these lines: of the texts below the head first, then of the heads, the lowest first."""
    found = _below_head([row for region in regions for row in region.rows[_head(region.rows) :]])
    heads = [part for region in regions for row in region.rows[: _head(region.rows)] for part in row]
    for part in sorted(heads, key=lambda part: -part.base):
        over = [i for i, band in enumerate(found) if part.left <= band.right and band.left <= part.right]
        if len(over) == 2 and found[over[0]].completes(found[over[1]]):
            found[over[0]] = found[over[0]].joined(found.pop(over.pop()))
        if len(over) == 1:
            found[over[0]] = found[over[0]].with_text(part, is_head=True)
        elif not over:
            found.append(Band(part.left, part.right, (part,), has_body=False))
            found.sort()
    found = [band for i, band in enumerate(found) if not (0 < i < len(found) - 1 and band.is_above(found[i - 1]) and band.is_above(found[i + 1]))]
    columns: list[Band] = []
    for band in found:
        last = columns[-1] if columns else band
        if last is not band and last.completes(band):
            columns[-1] = last.joined(band)
        else:
            columns.append(band)
    return columns


def _below_head(rows: Sequence[Sequence[Line]]) -> list[Band]:
    """The columns of the lines below a head, texts that stand in several of them left out."""
    gaps: dict[tuple[int, int], set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        for a, b in pairwise(row):
            if len(there := gaps[round(a.right), round(b.left)]) < 2:
                there.add(number)
    found: list[Band] = []
    for part in sorted((part for row in rows for part in row if not _is_over(part, gaps)), key=lambda part: part.left):
        if found and part.left <= found[-1].right:
            found[-1] = found[-1].with_text(part, is_head=False)
        else:
            found.append(Band(part.left, part.right))
    return found


def _head(rows: Sequence[Sequence[Line]], *, with_numbers: bool = True) -> int:
    """How many lines stand above the first number, the line that numbers the columns among them or not."""
    is_first = (any(COMPLETE.fullmatch(part.text) for part in row) and not (with_numbers and _is_numbers(row)) for row in rows)
    return next((i for i, is_body in enumerate(is_first) if is_body), len(rows))


def _is_numbers(row: Sequence[Line]) -> bool:
    """Whether a line numbers the columns."""
    numbers = [int(part.text) for part in row if part.text.isdecimal()]
    return row[0].text == "栏次" or (len(numbers) >= _FEWEST_NUMBERS and numbers == [*range(numbers[0], numbers[0] + len(numbers))])


def _is_over(part: Line, gaps: Mapping[tuple[int, int], set[int]]) -> bool:
    """Whether a text stands in several columns: other lines have *gaps* between their texts there."""
    first, last = part.left + part.size * 0.3, part.right - part.size * 0.3
    return len(set[int]().union(*(rows for (end, start), rows in gaps.items() if first < end and start < last))) > 1


def grid_of(region: Region, columns: Sequence[Band]) -> Grid:
    """The table of a region whose columns are known."""
    head = _head(region.rows, with_numbers=False)
    wrapped = _wrapped(region.rows[_head(region.rows) :])
    xs = [columns[0].left - 1, *((a.right + b.left) / 2 for a, b in pairwise(columns)), columns[-1].right + 1]
    cells, levels = _head_cells(region.rows[:head], columns, xs, wrapped)
    rows = _rows(region, head, columns, wrapped)
    for number, row in enumerate(rows, levels):
        cells += [Cell(number, first, 1, last - first + 1, lines, columns[first].left, columns[last].right) for first, last, lines in row]
    taken = {(r, c) for cell in cells for r in range(cell.row, cell.row + cell.rows) for c in range(cell.column, cell.column + cell.columns)}
    count = levels + len(rows)
    cells += [Cell(r, c, 1, 1, [], xs[c], xs[c + 1]) for r in range(count) for c in range(len(columns)) if (r, c) not in taken]
    return Grid(xs, _heights(region, rows, levels), cells, is_ruled=False)


class _Item(NamedTuple):
    """A text of a table: first and last column, its lines."""

    first: int
    last: int
    lines: list[Line]

    def over(self, other: _Item) -> bool:
        """Whether they share a column."""
        return self.first <= other.last and other.first <= self.last


def _heights(region: Region, rows: Sequence[Sequence[_Item]], levels: int) -> list[float]:
    """Where rows begin, and where the last one ends."""
    lines = [line for row in region.rows for line in row]
    top, bottom = min(line.top for line in lines) - 1, max(line.base + line.size / 2 for line in lines)
    tops = [min(line.top for item in row for line in item.lines) for row in rows]
    end = tops[0] if tops else bottom
    return [*(top + (end - top) * level / levels for level in range(levels)), *([top, *tops[1:]] if not levels else tops), bottom]


def _head_cells(rows: Sequence[Sequence[Line]], columns: Sequence[Band], xs: Sequence[float], wrapped: float) -> tuple[list[Cell], int]:
    """The cells of a head, and how many rows it has: each text stands below those that share a column with it."""
    items: list[_Item] = []
    for part in sorted((part for row in rows for part in row), key=lambda part: part.base):
        item = _place(part, columns)
        above = next((other for other in reversed(items) if other.over(item)), None)
        if above is not None and _goes_on(above, item, columns) and part.base - above.lines[-1].base < wrapped * part.size:
            above.lines.append(part)
        else:
            items.append(item)
    items = [piece for item in items for piece in _unstacked(item, items)]
    for index, item in enumerate(items):  # from the top: what a head stands below is known first
        items[index] = _spread(item, items, xs)
    levels: list[int] = []
    for index, item in enumerate(items):
        levels.append(max((levels[i] + 1 for i in range(index) if items[i].over(item)), default=0))
    count = max(levels, default=-1) + 1
    cells = []
    for index, (item, level) in enumerate(zip(items, levels, strict=True)):
        end = min((levels[i] for i in range(index + 1, len(items)) if items[i].over(item)), default=count)
        cells.append(Cell(level, item.first, end - level, item.last - item.first + 1, item.lines, columns[item.first].left, columns[item.last].right))
    return cells, count


def _unstacked(item: _Item, items: Sequence[_Item]) -> Iterator[_Item]:
    """A head parted from the one below it, when those at both sides begin on its last line."""
    last = item.lines[-1]
    beside = [o for o in items if (o.first == item.last + 1 or o.last == item.first - 1) and o.lines[0].base == last.base]
    is_first = not any(o.over(other) and o.lines[0].base < last.base for other in beside for o in items)
    if len(item.lines) > 1 and len(beside) > 1 and is_first:
        yield item._replace(lines=item.lines[:-1])
        yield item._replace(lines=[last])
    else:
        yield item


def _spread(item: _Item, items: Sequence[_Item], xs: Sequence[float]) -> _Item:
    """A head over the columns beside it whose heads are all farther down: up to other heads, which with a head of its own row it shares by the middle."""
    base, bottom, top_off = item.lines[0].base, item.lines[-1].base, item.lines[-1].size * 0.3
    others = [o for o in items if o is not item and not (o.over(item) and o.lines[0].base < base - top_off)]
    tops = {c: min(bases) for c in range(len(xs) - 1) if (bases := [o.lines[0].base for o in others if o.first <= c <= o.last])}
    top = min((tops[c] for c in range(item.first, item.last + 1) if tops.get(c, 0.0) > bottom), default=0.0) - top_off
    if top < bottom:
        return item
    below = {c for c, highest in tops.items() if highest > top}
    low, high = item.first, item.last
    while low - 1 in below:
        low -= 1
    while high + 1 in below:
        high += 1
    middle = sum(line.left + line.right for line in item.lines) / len(item.lines)
    level = {c for o in others if abs(o.lines[0].base - base) < top_off for c in range(o.first, o.last + 1)}
    lefts = range(low, item.first + 1) if low - 1 in level else [low]
    rights = range(item.last, high + 1) if high + 1 in level else [high]
    spans = [(a, b) for a in lefts for b in rights]
    first, last = min([span for span in spans if span[0] < span[1]] or spans, key=lambda span: abs(xs[span[0]] + xs[span[1] + 1] - middle))
    return item._replace(first=first, last=last)


def _rows(region: Region, head: int, columns: Sequence[Band], wrapped: float) -> list[list[_Item]]:
    """The rows below the head: what ruling lines part where there are enough of them, else by the texts."""
    is_ruled = len(region.ys) - 1 > 0.6 * len(region.rows)
    found: list[list[_Item]] = []
    last = band = 0.0
    for line in region.rows[head:]:
        base, size, here = line[0].base, line[0].size, sum(y < line[0].base for y in region.ys)
        row = found[-1] if found else []
        pairs = [(item, next((other for other in row if other.over(item)), None)) for item in _items(line, columns)]
        for item, other in [pair for pair in pairs if pair[1] is not None and _ends_number(pair[1], pair[0])]:
            pairs.remove((item, other))
            if other is not None:
                other.lines.extend(item.lines)
        if not pairs:
            continue
        above = [other for _, other in pairs if other is not None]
        goes_on = bool(row) and here == band and (is_ruled or (
            all(other is None or _goes_on(other, item, columns) for item, other in pairs)
            and base - last < size * (wrapped if above and (len(above) == len(pairs) or wrapped < WRAPPED) else _OVERLAPPING)))
        if not goes_on:
            found.append([item for item, _ in pairs])
        for item, other in pairs if goes_on else ():
            if other is None:
                row.append(item)
            else:
                other.lines.extend(item.lines)
        last, band = base, here
    return found


def _wrapped(rows: Sequence[Sequence[Line]]) -> float:
    """Lines nearer than this (in sizes) may be of one cell: rows are farther apart, or as near as lines can be."""
    gaps = sorted(gap for a, b in pairwise(rows) if (gap := (b[0].base - a[0].base) / b[0].size) > _OVERLAPPING)
    pitch = gaps[len(gaps) // 4] if gaps else WRAPPED
    return WRAPPED if pitch < _TIGHT else min(pitch * 0.97, WRAPPED)


def _items(line: Sequence[Line], columns: Sequence[Band]) -> list[_Item]:
    """The texts of a line, those that share a column put together."""
    found: list[_Item] = []
    for item in (_place(part, columns) for part in line):
        if found and found[-1].over(item):
            last, part = found[-1].lines[-1], item.lines[0]
            lines = [*found[-1].lines[:-1], Line(f"{last.text} {part.text}", (*last.lefts, last.right, *part.lefts), part.right, last.base, last.size)]
            found[-1] = _Item(found[-1].first, max(found[-1].last, item.last), lines)
        else:
            found.append(item)
    return found


def _place(part: Line, columns: Sequence[Band]) -> _Item:
    """A part in the columns that it stands in."""
    over = [i for i, column in enumerate(columns) if min(column.right, part.right) - max(column.left, part.left) > part.size * 0.3]
    if not over:
        middle = part.left + part.right
        over = [min(range(len(columns)), key=lambda i: abs(columns[i].left + columns[i].right - middle))]
    return _Item(over[0], over[-1], [part])


def _ends_number(above: _Item, item: _Item) -> bool:
    """Whether a text is the last digits of a number or a code, which had no room beside the others."""
    last, part = above.lines[-1], item.lines[0]
    return _CUT.fullmatch(f"{last.text}|{part.text}") is not None and item[:2] == above[:2] and part.base - last.base < WRAPPED * part.size


def _goes_on(above: _Item, item: _Item, columns: Sequence[Band]) -> bool:
    """Whether a text goes on with the one above it, which had no room for its first word."""
    previous, part = above.lines[-1], item.lines[0]
    room = columns[above.last].right - columns[above.first].left
    is_full = previous.width + part.first_word() > room - previous.size * SAME_LINE and (item.first == item.last or previous.width < room)
    is_new = STARTS.match(part.text) or (COMPLETE.fullmatch(part.text) and COMPLETE.fullmatch(previous.text))
    return item[:2] == above[:2] and is_full and not is_new
