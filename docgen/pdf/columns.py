"""Tables with few ruling lines or none: their columns and rows are told by where the texts stand.

A region of a page is such a table when it lies between ruling lines of one width, or when its lines consist of parts
that stand below each other.  A column is what no part crosses, save those that stand above several columns; a line
goes on with the row above when a text of that row was broken for want of room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from docgen.pdf.grids import AMOUNT, Cell, Grid
from docgen.pdf.lines import COMPLETE, SAME_LINE, Line
from docgen.pdf.margins import Page
from docgen.pdf.marks import Rule

_APART = 0.6
"""Parts of a line are so far (in sizes) from each other."""
_NEXT, _WRAPPED, _TIGHT, _OVERLAPPING = 3.5, 1.8, 1.5, 0.9
"""Rows are no farther apart than the first (in sizes), lines of one cell than the second; rows of
one line are seldom nearer than the third; below the last it is one row."""
_FEWEST_ROWS, _FEWEST_COLUMNS, _FEWEST_AMOUNTS = 4, 3, 3
_BETWEEN, _ABOVE = 3, 4
"""So many lines with one part only may follow each other in a table without ruling lines; so many stand above one that goes on from the page before."""
_SAME_END, _WIDE = 5.0, 0.35
"""Ruling lines of a table end so near each other (points), and are so wide (share of the page)."""
_CAPTION = re.compile(r"单位\s*[:：]|[。；]$|[.…·．]{3,}")
"""What stands in no row: the line with the unit of money, sentences, lines of the contents."""
STARTS = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)|\d{3,7}(?!\d)|其中[:：]|.{0,8}[合总]\s*计$|小\s*计$")
_SPLIT_WORD, _SPREAD = re.compile(r"[合总小]计|项目|栏次|行次|[编代]码|名称|金额|[收支][入出]"), 6.0


class Region(NamedTuple):
    """Lines of a page that may be a table, by their parts; *ys*: ruling lines from the top, if any."""

    rows: list[list[Line]]
    ys: list[float]
    source: list[Line]


def regions_of(lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule], width: float) -> list[Region]:
    """What may be tables among the *lines* of a page (from the top): between ruling lines first, then by the lines' parts."""
    found: list[Region] = []
    left = list(lines)
    for group in _ruled(across, width):
        start, taken = group[0], list[Line]()
        ys = [start.at]
        for above, below in pairwise(group):
            band = [line for line in left if above.at < line.base - line.size * 0.35 < below.at and start.start - _SAME_END < line.left < start.end]
            if any(_CAPTION.search(line.text) for line in band) or (not band and below.at - above.at > 60):
                found += _ruled_region(taken, ys, down)
                taken, ys = [], [below.at]
            else:
                taken += band
                ys.append(below.at)
        found += _ruled_region(taken, ys, down)
    used = {id(line) for region in found for line in region.source}
    return [*found, *_loose([line for line in left if id(line) not in used], down)]


def _ruled(across: Sequence[Rule], width: float) -> list[list[Rule]]:
    """Wide ruling lines that begin and end alike."""
    groups: list[list[Rule]] = []
    for rule in sorted(across):
        if rule.end - rule.start > _WIDE * width:
            group = next((g for g in groups if abs(g[0].start - rule.start) + abs(g[0].end - rule.end) < _SAME_END), None)
            if group is None:
                groups.append([rule])
            else:
                group.append(rule)
    return [group for group in groups if len(group) > 1]


def _ruled_region(lines: list[Line], ys: list[float], down: Sequence[Rule]) -> Iterator[Region]:
    rows = [parts_of(line, down) for line in lines]
    if len(rows) > 1 and sum(len(row) > 1 for row in rows) * 2 >= len(rows):
        yield Region(rows, ys, lines)


def _loose(lines: Sequence[Line], down: Sequence[Rule]) -> Iterator[Region]:
    """Runs of lines with several parts, few between them with one."""
    run: list[Line] = []
    single: list[Line] = []
    for line in [*lines, None]:
        last = single[-1] if single else run[-1] if run else None
        if line is not None and (last is None or line.base - last.base <= _NEXT * line.size) and not _CAPTION.search(line.text):
            if len(parts_of(line, down)) > 1:
                run += [*single, line] if run else [*_heads(single, line), line]
                single = []
                continue
            if not run or len(single) < _BETWEEN:
                single = [*single, line]
                continue
        yield from _loose_region(run, down)
        run, single = [], []
        if line is not None and not _CAPTION.search(line.text):
            if len(parts_of(line, down)) > 1:
                run = [line]
            else:
                single = [line]


def _heads(single: Sequence[Line], first: Line) -> list[Line]:
    """The heads over several columns that stand alone above the *first* line of a table."""
    found: list[Line] = []
    for line in reversed(single):
        if first.base - line.base > _WRAPPED * line.size or line.width > first.width * 0.5 or not first.left < line.left < first.right:
            break
        found.insert(0, line)
        first = first._replace(base=line.base)
    return found


def _loose_region(run: list[Line], down: Sequence[Rule]) -> Iterator[Region]:
    rows = [parts_of(line, down) for line in run]
    amounts = sum(AMOUNT.fullmatch(part.text) is not None for row in rows for part in row)
    if len(rows) >= _FEWEST_ROWS and amounts >= _FEWEST_AMOUNTS:
        yield Region(rows, [], run)


def parts_of(line: Line, down: Sequence[Rule]) -> list[Line]:
    """The stretches of a line that stand apart or have a ruling line between; the characters of a spaced word (合　计) are one."""
    walls = [rule.at for rule in down if rule.start < line.base - line.size * 0.35 < rule.end]
    starts, last = [0], 0
    for index in range(1, len(line.text)):
        if line.text[index].isspace():
            continue
        width = line.size * (1.0 if line.text[last] > "\u2e7f" else 0.6)
        middle = line.lefts[last] + width / 2
        if line.lefts[index] - (line.lefts[last] + width) > _APART * line.size or any(middle < at < line.lefts[index] + width / 2 for at in walls):
            starts.append(index)
        last = index
    found: list[Line] = []
    for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
        text = line.text[start:end].rstrip()
        right = line.right if end == len(line.text) else min(line.lefts[end], line.lefts[start + len(text) - 1] + line.size)
        part = Line(text, line.lefts[start : start + len(text)], right, line.base, line.size)
        if found and _SPLIT_WORD.fullmatch(found[-1].text + text) and part.left - found[-1].right < _SPREAD * line.size:
            found[-1] = Line(found[-1].text + text, found[-1].lefts + part.lefts, right, line.base, line.size)
            continue
        found.append(part)
    return found


class Band(NamedTuple):
    """A column: where its texts begin and end, and those of its head."""

    left: float
    right: float
    heads: tuple[Line, ...] = ()
    has_body: bool = True

    def with_text(self, part: Line, is_head: bool) -> Band:
        heads = (*self.heads, part) if is_head else self.heads
        return Band(min(self.left, part.left), max(self.right, part.right), heads, self.has_body or not is_head)

    def is_above(self, beside: Band) -> bool:
        """Whether these are heads over several columns: those beside have heads farther down."""
        lowest = max(head.base + head.size * _OVERLAPPING for head in self.heads) if self.heads else 0.0
        return not self.has_body and max((head.base for head in beside.heads), default=0.0) > lowest


def columns_of(regions: Sequence[Region]) -> list[Band]:
    """The columns of these lines: of the texts below the head first, then of the heads, the lowest first."""
    body = [row for region in regions for row in region.rows[_head(region.rows) :]]
    found: list[Band] = []
    for part in sorted((part for row in body for part in row if not _is_over(part, body)), key=lambda part: part.left):
        if found and part.left <= found[-1].right:
            found[-1] = found[-1].with_text(part, is_head=False)
        else:
            found.append(Band(part.left, part.right))
    heads = [part for region in regions for row in region.rows[: _head(region.rows)] for part in row]
    for part in sorted(heads, key=lambda part: -part.base):
        over = [i for i, band in enumerate(found) if part.left <= band.right and band.left <= part.right]
        if len(over) == 1:
            found[over[0]] = found[over[0]].with_text(part, is_head=True)
        elif not over:
            found.append(Band(part.left, part.right, (part,), has_body=False))
            found.sort()
    found = [band for i, band in enumerate(found) if not (0 < i < len(found) - 1 and band.is_above(found[i - 1]) and band.is_above(found[i + 1]))]
    columns: list[Band] = []
    for band in found:
        last = columns[-1] if columns else band
        if last is not band and not (last.heads and band.heads) and not (last.has_body and band.has_body):  # a head in the middle, amounts at the right
            columns[-1] = Band(last.left, band.right, last.heads + band.heads)
        else:
            columns.append(band)
    return columns


def _head(rows: Sequence[Sequence[Line]], *, with_numbers: bool = True) -> int:
    """How many lines stand above the first number, the line that numbers the columns among them or not."""
    is_first = (any(COMPLETE.fullmatch(part.text) for part in row) and not (with_numbers and _is_numbers(row)) for row in rows)
    return next((i for i, is_body in enumerate(is_first) if is_body), len(rows))


def _is_numbers(row: Sequence[Line]) -> bool:
    """Whether a line numbers the columns."""
    numbers = [int(part.text) for part in row if part.text.isdecimal()]
    return row[0].text == "栏次" or (len(numbers) >= _FEWEST_COLUMNS and numbers == [*range(numbers[0], numbers[0] + len(numbers))])


def _is_over(part: Line, rows: Sequence[Sequence[Line]]) -> bool:
    """Whether a text stands in several columns: other lines have several there."""
    overlap = part.size * 0.3
    beside = (sum(min(other.right, part.right) - max(other.left, part.left) > overlap for other in row) for row in rows)
    return sum(count > 1 for count in beside) > 1


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
    return Grid(xs, _heights(region, rows, levels), cells)


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
    items = [_spread(item, items, xs) for item in items]
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
    """A head over the columns that it stands in the middle of: those beside it whose heads are all farther down."""
    bottom, own = item.lines[-1].base, range(item.first, item.last + 1)
    tops = {c: min(bases) for c in range(len(xs) - 1) if (bases := [o.lines[0].base for o in items if o.first <= c <= o.last and o is not item])}
    top = min((tops[c] for c in own if tops.get(c, 0.0) > bottom), default=0.0) - item.lines[-1].size * 0.3
    if top < bottom:
        return item
    below = {c for c, base in tops.items() if base > top}
    low, high = item.first, item.last
    while low - 1 in below:
        low -= 1
    while high + 1 in below:
        high += 1
    middle = sum(line.left + line.right for line in item.lines) / len(item.lines)
    spans = [(a, b) for a in range(low, item.first + 1) for b in range(item.last, high + 1)]
    first, last = min([span for span in spans if span[0] < span[1]] or spans, key=lambda span: abs(xs[span[0]] + xs[span[1] + 1] - middle))
    return item._replace(first=first, last=last)


def _rows(region: Region, head: int, columns: Sequence[Band], wrapped: float) -> list[list[_Item]]:
    """The rows below the head: what ruling lines part where there are enough of them, else by the texts."""
    is_ruled = len(region.ys) - 1 > 0.6 * len(region.rows)
    found: list[list[_Item]] = []
    last = band = 0.0
    for line in region.rows[head:]:
        items = _items(line, columns)
        base, size, here = line[0].base, line[0].size, sum(y < line[0].base for y in region.ys)
        row = found[-1] if found else []
        above = [next((other for other in row if other.over(item)), None) for item in items]
        goes_on = bool(row) and here == band and (is_ruled or (
            all(other is None or _goes_on(other, item, columns) for item, other in zip(items, above, strict=True))
            and base - last < size * (wrapped if any(above) and (all(above) or wrapped < _WRAPPED) else _OVERLAPPING)))
        if not goes_on:
            found.append(items)
        else:
            for item, other in zip(items, above, strict=True):
                if other is None:
                    row.append(item)
                else:
                    other.lines.extend(item.lines)
        last, band = base, here
    return found


def _wrapped(rows: Sequence[Sequence[Line]]) -> float:
    """Lines nearer than this (in sizes) may be of one cell: rows are farther apart, or as near as lines can be."""
    gaps = sorted(gap for a, b in pairwise(rows) if (gap := (b[0].base - a[0].base) / b[0].size) > _OVERLAPPING)
    pitch = gaps[len(gaps) // 4] if gaps else _WRAPPED
    return _WRAPPED if pitch < _TIGHT else min(pitch * 0.97, _WRAPPED)


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


def _goes_on(above: _Item, item: _Item, columns: Sequence[Band]) -> bool:
    """Whether a text goes on with the one above it, which had no room for its first word."""
    previous, part = above.lines[-1], item.lines[0]
    room = columns[above.last].right - columns[above.first].left
    is_full = previous.width + part.first_word() > room - previous.size * SAME_LINE and (item.first == item.last or previous.width < room)
    is_new = STARTS.match(part.text) or (COMPLETE.fullmatch(part.text) and COMPLETE.fullmatch(previous.text))
    return item[:2] == above[:2] and is_full and not is_new


def take_loose_tables(pages: Sequence[Page]) -> None:
    """Make tables of the lines of *pages* that are some, one that goes on over pages with the same columns on each."""
    chain: list[tuple[Page, Region]] = []
    for page in pages:
        for region in regions_of(page.lines, page.across, page.down, page.width):
            joined = [before for _, before in chain]
            if chain and _follows(page, region, chain):
                most = max(len(columns_of(joined)), len(columns_of([region])))
                if len(columns_of([*joined, region])) >= most:
                    chain.append((page, region))
                    continue
            _make(chain)
            chain = [(page, region)]
    _make(chain)


def _follows(page: Page, region: Region, chain: Sequence[tuple[Page, Region]]) -> bool:
    """Whether a region at the top of a page goes on with the one at the foot of the page before, perhaps under the same title."""
    last, before = chain[-1]
    end, start = before.source[-1].base, region.source[0].base
    if page.number != last.number + 1 or abs(page.width - last.width) > 1 or any(line.base > end for line in last.lines):
        return False
    if any(grid.ys[0] > end for grid in last.grids) or any(grid.ys[0] < start for grid in page.grids):
        return False
    above, title = _title(page, region), _title(*chain[0])
    return above == title[len(title) - len(above) :]


def _title(page: Page, region: Region) -> list[str]:
    return ["".join(line.text.split()) for line in page.lines if line.base < region.source[0].base][-_ABOVE:]


def _make(chain: Sequence[tuple[Page, Region]]) -> None:
    """Put the tables of a chain, which have the same columns, on their pages in place of their lines."""
    columns = columns_of([region for _, region in chain])
    if len(columns) < _FEWEST_COLUMNS:
        return
    for page, region in chain:
        used = {id(line) for line in region.source}
        page.lines = [line for line in page.lines if id(line) not in used]
        page.grids.append(grid_of(region, columns))
