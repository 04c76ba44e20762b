"""The columns and rows of a table with few ruling lines or none: the lines that it lacks, told by where its texts stand.

Texts beside each other in a line stand in different columns.  A column begins where most lines have a gap and few texts
cross; a line goes on with the row above when a text of that row was broken for want of room.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf
from typing import NamedTuple

from docgen.pdf.grids import TOUCH, Grid, grid, parted, places
from docgen.pdf.lines import COMPLETE, SAME_LINE, STARTS, Glyph, Line, Rule

_WRAPPED, _TIGHT, _OVERLAPPING = 1.8, 1.5, 0.9
"""Lines of a cell are no farther apart than the first (in sizes); rows of one line are seldom nearer than the second;
below the last it is one row."""
_INTO, _OVER = 0.3, 1.5
"""A text that reaches farther (in sizes) into a column stands in it; two may overlap by so much (in points) on either
side of its edge."""
_SEVERAL = 2
_BELOW, _WIDE = 0.2, 0.6
"""A head ends so far (in sizes) below its base; ruling lines that part rows are so wide, as a share of the table."""
_HEAD_WEIGHT, _PLACE_COST = 0.1, 0.5
"""What a head counts that a column would cut through, as heads stand over several columns, and the column itself, where
a text or a gap is one."""
_MOST_PLACES, _MOST_HEADS = 500, 1000
"""No table has so many columns, or texts above its first number."""
_CUT = re.compile(r"[-−－]?[\d,]+(?:\.\|\d\d|\.\d\|\d)|(?=\d{3,6}\|)(?:[\d|]{6}|[\d|]{8})")
"""A number broken before its last decimals, a code of five or seven digits."""


class Region(NamedTuple):
    """Lines of a page that may be a table, by their parts; the ruling lines among them."""

    rows: list[list[Line]]
    across: list[Rule]
    down: list[Rule]
    source: list[Line]

    def head(self) -> int:
        """How many lines stand above the first number."""
        begun = (i for i, row in enumerate(self.rows) if any(COMPLETE.fullmatch(part.text) for part in row))
        return next(begun, len(self.rows))


class Columns(NamedTuple):
    """Where columns part, outer edges included, and where the texts of each begin and end."""

    xs: list[float]
    edges: list[tuple[float, float]]
    body: list[tuple[float, float]]
    """Those of the texts below the head."""

    def place(self, part: Line) -> tuple[int, int]:
        """The first and the last column that a text stands in."""
        inner, into = self.xs[1:-1], _into(part)
        first = bisect_right(inner, part.left + into)
        return first, max(first, bisect_left(inner, part.right - into))


class Item(NamedTuple):
    """A text of a table: first and last column, its lines."""

    first: int
    last: int
    lines: list[Line]

    def over(self, other: Item) -> bool:
        """Whether they share a column."""
        return self.first <= other.last and other.first <= self.last


def columns_of(regions: Sequence[Region]) -> Columns:
    """The columns of these lines, which belong to one table."""
    body = [row for region in regions for row in region.rows[region.head() :]]
    heads = [[part for row in region.rows[: region.head()] for part in row] for region in regions]
    gaps = [(a.right, b.left) for row in body for a, b in pairwise(row) if a.right < b.left]
    gaps += [gap for parts in heads if len(parts) < _MOST_HEADS for gap in _beside(parts) if -inf < gap[0] < gap[1] < inf]
    texts = [(part, 1.0) for row in body for part in row] + [(part, _HEAD_WEIGHT) for parts in heads for part in parts]
    left, right = min(part.left for part, _ in texts), max(part.right for part, _ in texts)
    inner: list[float] = []
    ruled = [rule.at for region in regions for rule in region.down]
    ruled += [x for region in regions for rule in region.across for x in rule[1:]]
    for x in sorted(ruled):
        if left + 2 * TOUCH < x < right - 2 * TOUCH and (not inner or x - inner[-1] > TOUCH):
            inner.append(x)
    gaps = [(a - _OVER, b + _OVER) for a, b in gaps]
    inner += _parting([gap for gap in gaps if not any(gap[0] - TOUCH < x < gap[1] + TOUCH for x in inner)], texts)
    columns = Columns([left - 1, *sorted(inner), right + 1], [], [])
    placed = [(columns.place(part), part, weight) for part, weight in texts]
    for index, (start, end) in enumerate(pairwise(columns.xs)):
        own = [(part, weight) for (first, last), part, weight in placed if first == last == index]
        for edges, least in ((columns.edges, _HEAD_WEIGHT), (columns.body, 1.0)):
            lines = [part for part, weight in own if weight >= least] or [part for part, _ in own]
            edges.append((min((p.left for p in lines), default=start), max((p.right for p in lines), default=end)))
    return columns


def _parting(gaps: Sequence[tuple[float, float]], texts: Sequence[tuple[Line, float]]) -> list[float]:
    """The fewest places that stand in all the *gaps* and cut through few *texts*.

    A gap that costs more than it parts is left.
    """
    numbers = [part for part, _ in texts if COMPLETE.fullmatch(part.text)]
    stand_at_right = len({round(part.right) for part in numbers}) < len({round(part.left) for part in numbers})
    sign = -1 if stand_at_right else 1
    crossed, ends = _crossed(texts), sorted({part.right - _into(part) for part, _ in texts})
    places, costs, opened = [-inf], [0.0], None
    for at, is_end in sorted([(left, 0) for left, _ in gaps] + [(right, 1) for _, right in gaps]):
        if is_end and opened is not None:  # as many gaps as ever overlap here
            inside = [opened, *ends[bisect_right(ends, opened) : bisect_left(ends, at)]]
            cost, place = min((crossed(x), sign * x) for x in (end + min((at - end) / 2, 0.5) for end in inside))
            places.append(sign * place)
            costs.append(cost + _PLACE_COST * (1 + 1 / (1 + at - opened)))  # a narrow gap may be there by chance
        opened = None if is_end else at
    if len(places) > _MOST_PLACES:
        return []
    places.append(inf)
    costs.append(0.0)
    ended: dict[int, list[int]] = {}
    for left, right in gaps:
        ended.setdefault(bisect_left(places, right), []).append(bisect_right(places, left))
    passed = [0] * (len(places) + 1)  # gaps that end before the present place, by the first place behind where they begin
    best: list[tuple[float, list[float]]] = [(0.0, [])]
    for j in range(1, len(places)):
        for first in ended.get(j, ()):
            passed[first] += 1
        missed = [*accumulate(passed[j:0:-1])][::-1]  # by the place before: gaps between the two
        totals = [best[i][0] + costs[j] + missed[i] for i in range(j)]
        least = min(totals)
        best.append((least, min([*best[i][1], places[j]] for i, cost in enumerate(totals) if cost == least)))
    return best[-1][1][:-1]


def _crossed(texts: Sequence[tuple[Line, float]]) -> Callable[[float], float]:
    """Tells the weight of the *texts* that a place cuts through."""
    edges = [(part.left + _into(part), part.right - _into(part), round(weight / _HEAD_WEIGHT)) for part, weight in texts]
    lefts = sorted((left, weight) for left, _, weight in edges)
    rights = sorted((max(left, right), weight) for left, right, weight in edges)
    begun, ended = ([0, *accumulate(weight for _, weight in side)] for side in (lefts, rights))
    return lambda x: (begun[bisect_left(lefts, (x, 0))] - ended[bisect_left(rights, (x, inf))]) * _HEAD_WEIGHT


def _into(part: Line) -> float:
    return min(part.size * _INTO, part.width / 2)


def _beside(heads: Sequence[Line]) -> Iterator[tuple[float, float]]:
    """The gaps between heads beside each other.

    They are on one line, or in the middle of one and of two; of several between two lower ones, too.
    """
    for head in heads:
        beside = [o.left for o in heads if o.left >= head.right and abs(o.base - head.base) < head.size * (1 - _INTO)]
        if beside:
            yield head.right, min(beside)
    for base in {part.base for part in heads}:
        below = sorted((part.left, part.right) for part in heads if part.base == base)
        for (_, left), (right, _) in pairwise([(-inf, -inf), *below, (inf, inf)]):
            higher = [part for part in heads if part.base < base - part.size * (1 - _INTO)]
            above = [part for part in higher if left <= part.left and part.right <= right]
            if len({part.base for part in above}) == 1 and (len(above) > 1 or left == -inf or right == inf):
                yield left, min(part.left for part in above)
                yield max(part.right for part in above), right


def table_of(region: Region, columns: Columns, glyphs: Sequence[Glyph]) -> Grid:
    """The table of a region whose columns are known.

    Its characters stand between the ruling lines that it has and those that it lacks.
    """
    xs, start = columns.xs, region.head()
    wrapped = _wrapped(region.rows[start:])
    rows = [*_rows(region, start, columns, wrapped)]
    lines = [line for row in region.rows for line in row]
    top, bottom = min(line.top for line in lines) - 1, max(line.base for line in lines) + 1
    tops = [min(line.top for item in row for line in item.lines) for row in rows]
    ends = [max(line.base for item in row for line in item.lines) for row in rows[:-1]]
    if start and rows:
        ends.insert(0, max(line.base for row in region.rows[:start] for line in row))
    ys = [*((end + below) / 2 for end, below in zip(ends, tops[len(tops) - len(ends) :], strict=True)), bottom]
    boxes = [*_head_boxes(region, start, columns, wrapped, top, ys[0])] if start else []
    for row, (above, below) in zip(rows, pairwise(ys if start else [top, *ys]), strict=True):
        boxes += [(item.first, item.last, above, below) for item in row]
    floors = [Rule(y, xs[0], xs[-1]) for y in (top, *ys)]
    floors += [Rule(below, xs[first], xs[last + 1]) for first, last, _, below in boxes]
    walls = [Rule(x, top, bottom) for x in (xs[0], xs[-1])]
    for column, x in enumerate(xs[1:-1], 1):
        holes = sorted((above, below) for first, last, above, below in boxes if first < column <= last)
        starts, stops = [top, *(below for _, below in holes)], [*(above for above, _ in holes), bottom]
        walls += [Rule(x, start, end) for start, end in zip(starts, stops, strict=True)]
    levels = places([rule.at for rule in floors])
    return grid(xs, levels, floors, walls, parted(glyphs, xs, levels)[0])._replace(is_ruled=False)


def _head_boxes(
    region: Region, count: int, columns: Columns, wrapped: float, top: float, bottom: float,
) -> Iterator[tuple[int, int, float, float]]:
    """The cells of a head: first and last column, upper and lower end.

    Each text stands below those that share a column with it.
    """
    last_line = max(line.base - line.size for line in region.rows[count - 1])
    is_ruled = any(top + 2 < rule.at < last_line for rule in region.across)
    items: list[Item] = []
    for part in sorted((part for row in region.rows[:count] for part in row), key=lambda part: part.base):
        item = Item(*columns.place(part), [part])
        above = next((other for other in reversed(items) if other.over(item)), None)
        if above is not None and (not _is_parted(above, part, region) if is_ruled else (
                _goes_on(above, item, columns.edges) and part.base - above.lines[-1].base < wrapped * part.size)):
            above.lines.append(part)
        else:
            items.append(item)
    items = [piece for item in items for piece in _unstacked(item, items)]
    for index, item in enumerate(items):  # from the top: what a head stands below is known first
        items[index] = _framed(item, items, region, columns) or _spread(item, items, columns)
    ends: list[float] = []
    for index, item in enumerate(items):
        has_below = any(other.over(item) for other in items[index + 1 :])
        ends.append(item.lines[-1].base + item.lines[-1].size * _BELOW if has_below else bottom)
        above_it = max((ends[i] for i in range(index) if items[i].over(item)), default=top)
        yield item.first, item.last, above_it, ends[index]


def _is_parted(above: Item, part: Line, region: Region) -> bool:
    """Whether a ruling line stands between a head and the one below it."""
    middle = (part.left + part.right) / 2
    low, high = above.lines[-1].base - 1, part.base - part.size / 2
    return any(low < rule.at < high and rule.start < middle < rule.end for rule in region.across)


def _framed(item: Item, items: Sequence[Item], region: Region, columns: Columns) -> Item | None:
    """A head over the columns between the ruling lines at its sides, or over a line below it.

    Only where there are any and no other head stands there.
    """
    line, last, inner = item.lines[0], item.lines[-1], columns.xs[1:-1]
    here = [rule.at for rule in region.down if rule.start < line.base - line.size * 0.35 < rule.end]
    left = max((x for x in here if x <= line.left + 1), default=None)
    right = min((x for x in here if x >= line.right - 1), default=None)
    if left is None or right is None:
        below = [rule for rule in region.across if 0 < rule.at - last.base < last.size]
        below = [rule for rule in below if rule.start < line.left + 1 and line.right - 1 < rule.end]
        if not below:
            return None
        _, left, right = below[0]
    framed = item._replace(first=bisect_right(inner, left + TOUCH), last=max(bisect_left(inner, right - TOUCH), item.last))
    beside = (o for o in items if o is not item and o.over(framed))
    return framed if not any(abs(o.lines[0].base - line.base) < line.size for o in beside) else None


def _unstacked(item: Item, items: Sequence[Item]) -> Iterator[Item]:
    """A head parted from the one below it, when those at both sides begin on its last line."""
    last = item.lines[-1]
    beside = [o for o in items if (o.first == item.last + 1 or o.last == item.first - 1) and o.lines[0].base == last.base]
    is_first = not any(o.over(other) and o.lines[0].base < last.base for other in beside for o in items)
    if len(item.lines) > 1 and len(beside) > 1 and is_first:
        yield item._replace(lines=item.lines[:-1])
        yield item._replace(lines=[last])
    else:
        yield item


def _spread(item: Item, items: Sequence[Item], columns: Columns) -> Item:
    """A head over the columns beside it whose heads are all farther down.

    It goes up to other heads, which with a head of its own row it shares by the middle.
    """
    base, bottom, top_off = item.lines[0].base, item.lines[-1].base, item.lines[-1].size * 0.3
    others = [o for o in items if o is not item and not (o.over(item) and o.lines[0].base < base - top_off)]
    bases = ((c, [o.lines[0].base for o in others if o.first <= c <= o.last]) for c in range(len(columns.edges)))
    tops = {c: min(own) for c, own in bases if own}
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
    edges = columns.edges
    wide = [span for span in spans if span[0] < span[1]]
    first, last = min(wide or spans, key=lambda span: abs(edges[span[0]][0] + edges[span[1]][1] - middle))
    return item._replace(first=first, last=last)


def _rows(region: Region, head: int, columns: Columns, wrapped: float) -> Iterator[list[Item]]:
    """The rows below the head: what ruling lines part where there are enough of them, else by the texts."""
    ys = [rule.at for rule in region.across if rule.end - rule.start > _WIDE * (columns.xs[-1] - columns.xs[0])]
    bands = [sum(y < line[0].base for y in ys) for line in region.rows]
    starts = [any(COMPLETE.fullmatch(part.text) or STARTS.match(part.text) for part in line) for line in region.rows]
    begun = Counter(band for band, is_start in zip(bands, starts, strict=True) if is_start)
    row: list[Item] = []
    last = band = 0.0
    for here, line in zip(bands[head:], region.rows[head:], strict=True):
        base, size = line[0].base, line[0].size
        items = [Item(*columns.place(part), [part]) for part in line]
        pairs = [(item, next((other for other in row if other.over(item)), None)) for item in items]
        new = [(item, other) for item, other in pairs if other is None or not _ends_number(other, item)]
        above = [other for _, other in new if other is not None]
        is_near = base - last < size * (wrapped if above and (len(above) == len(new) or wrapped < _WRAPPED) else _OVERLAPPING)
        goes_on = not new or (here == band and ((0 < here < len(ys) and begun[here] < _SEVERAL) or (
            is_near and all(other is None or _goes_on(other, item, columns.body) for item, other in new))))
        if row and not goes_on:
            yield row
        row = row if row and goes_on else []
        for item, other in pairs:
            if other is None or not goes_on:
                row.append(item)
            else:
                other.lines.extend(item.lines)
        last, band = base, here
    if row:
        yield row


def _wrapped(rows: Sequence[Sequence[Line]]) -> float:
    """Lines nearer than this (in sizes) may be of one cell: rows are farther apart, or as near as lines can be."""
    gaps = sorted(gap for a, b in pairwise(rows) if (gap := (b[0].base - a[0].base) / b[0].size) > _OVERLAPPING)
    pitch = gaps[len(gaps) // 4] if gaps else _WRAPPED
    return _WRAPPED if pitch < _TIGHT else min(pitch * 0.97, _WRAPPED)


def _ends_number(above: Item, item: Item) -> bool:
    """Whether a text is the last digits of a number or a code, which had no room beside the others."""
    last, part = above.lines[-1], item.lines[0]
    is_cut = _CUT.fullmatch(f"{last.text}|{part.text}") is not None
    return is_cut and item[:2] == above[:2] and part.base - last.base < _WRAPPED * part.size


def _goes_on(above: Item, item: Item, edges: Sequence[tuple[float, float]]) -> bool:
    """Whether a text goes on with the one above it, which had no room for its first word."""
    previous, part = above.lines[-1], item.lines[0]
    left, right = edges[above.first][0], edges[above.last][1]
    longest = max(previous.right, left + previous.width) + part.first_word()
    is_full = longest > right - previous.size * SAME_LINE and (item.first == item.last or previous.width < right - left)
    is_new = STARTS.match(part.text) or COMPLETE.fullmatch(previous.text)
    return item[:2] == above[:2] and is_full and not is_new
