"""Tables with few ruling lines or none: where they stand on the pages.

A region of a page may be such a table when it lies between ruling lines of one width, or when its lines consist of parts
that stand below each other; one at the foot of a page goes on at the top of the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from docgen.pdf.columns import WRAPPED, Region, columns_of, table_of
from docgen.pdf.grids import AMOUNT
from docgen.pdf.lines import Line, Rule
from docgen.pdf.margins import MONEY, Page

_APART = 0.6
"""Parts of a line are so far (in sizes) from each other."""
_NEXT = 4.5
"""Rows are no farther apart than this, in sizes."""
_FEWEST_ROWS, _FEWEST_COLUMNS, _FEWEST_AMOUNTS = 3, 3, 3
_BETWEEN, _ABOVE = 3, 4
"""So many lines with one part only may follow each other in a table without ruling lines; so many stand above one that goes on from the page before."""
_SAME_END, _WIDE = 5.0, 0.35
"""Ruling lines of a table end so near each other (points), and are so wide (share of the page)."""
_MOST_RULES = 1000
"""More on a page are a drawing."""
_EMPTY = 60.0
"""So high, in points, is no empty row."""
_CAPTION = re.compile(r"单位\s*[:：]|[。；]$|[.…·．]{3,}|续\s*上?\s*表")
"""What stands in no row: the line with the unit of money, sentences, lines of the contents."""
_SPLIT_WORD, _SPREAD = re.compile(r"[合总小]计|项目|栏次|行次|[编代]码|名称|金额|[收支][入出]"), 6.0
"""Words whose characters stand apart, and how far, in sizes."""


def take_loose_tables(pages: Sequence[Page]) -> None:
    """Make tables of the lines of *pages* that are some, one that goes on over pages with the same columns on each."""
    chain: list[tuple[Page, Region]] = []
    for page in pages:
        for region in regions_of(page.lines, page.across, page.down, page.width):
            near = [before for _, before in (*chain[:1], *chain[1:][-_ABOVE:])]
            if chain and _follows(page, region, chain) and len(columns_of([*near, region]).edges) >= len(columns_of(near).edges):
                chain.append((page, region))
            else:
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
    if (own := _own_title(region)) and own != _own_title(chain[0][1]):
        return False
    above, title = _title(page, region), _title(*chain[0])
    return above == title[len(title) - len(above) :]


def _title(page: Page, region: Region) -> list[str]:
    return ["".join(line.text.split()) for line in page.lines if line.base < region.source[0].base][-_ABOVE:]


def _own_title(region: Region) -> str:
    texts = ["".join(part.text.split()) for part in region.rows[0]]
    return texts[0] if len(texts) == 1 and texts[0].endswith("表") else ""


def _make(chain: Sequence[tuple[Page, Region]]) -> None:
    """Put the tables of a chain, which have the same columns, on their pages in place of their lines."""
    if not chain:
        return
    columns = columns_of([region for _, region in chain])
    lines = [row for _, region in chain for row in region.rows]
    amounts = sum(AMOUNT.fullmatch(part.text) is not None for row in lines for part in row)
    is_ruled = any(region.is_framed for _, region in chain)
    if len(columns.edges) < _FEWEST_COLUMNS or not (is_ruled or (len(lines) >= _FEWEST_ROWS and amounts >= _FEWEST_AMOUNTS)):
        return
    for page, region in chain:
        used = {id(line) for line in region.source}
        page.lines = [line for line in page.lines if id(line) not in used]
        page.grids.append(table_of(region, columns, page.glyphs))


def regions_of(lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule], width: float) -> list[Region]:
    """What may be tables among the *lines* of a page (from the top): between ruling lines first, then by the lines' parts."""
    found: list[Region] = []
    left = list(lines)
    for group in _ruled(across, width):
        start, taken = group[0], list[Line]()
        for above, below in pairwise(group):
            band = [line for line in left if above.at < line.base - line.size * 0.35 < below.at and start.start - _SAME_END < line.left < start.end]
            is_text = all(len(parts_of(line, down)) == 1 for line in band) and any(_CAPTION.search(line.text) for line in band)
            if is_text or any(MONEY.search(line.text) for line in band) or (not band and below.at - above.at > _EMPTY):
                found += _ruled_region(taken, across, down)
                taken = []
            else:
                taken += band
        found += _ruled_region(taken, across, down)
    used = {id(line) for region in found for line in region.source}
    found += _loose([line for line in left if id(line) not in used], across, down)
    merged: list[Region] = []
    for region in sorted(found, key=lambda region: region.source[0].base):
        last, first = merged[-1].source[-1] if merged else region.source[0], region.source[0]
        is_next = merged and merged[-1].is_framed and not region.is_framed and not any(last.base < line.base < first.base for line in lines)
        if is_next and first.base - last.base < _NEXT * first.size:  # the rest has no line below it on this page
            rest = merged[-1]
            merged[-1] = _region([*rest.rows, *region.rows], [*rest.source, *region.source], across, down, is_framed=True)
        else:
            merged.append(region)
    return merged


def _ruled(across: Sequence[Rule], width: float) -> list[list[Rule]]:
    """Wide ruling lines that begin and end alike."""
    groups: list[list[Rule]] = []
    for rule in sorted(across) if len(across) <= _MOST_RULES else ():
        if rule.end - rule.start > _WIDE * width:
            group = next((g for g in groups if abs(g[0].start - rule.start) + abs(g[0].end - rule.end) < _SAME_END), None)
            if group is None:
                groups.append([rule])
            else:
                group.append(rule)
    return [group for group in groups if len(group) > 1]


def _ruled_region(lines: list[Line], across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[Region]:
    rows = [parts_of(line, down) for line in lines]
    if len(rows) > 1 and sum(len(row) > 1 for row in rows) * 2 >= len(rows):
        yield _region(rows, lines, across, down, is_framed=True)


def _loose(lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[Region]:
    """Runs of lines with several parts, few between them with one; at the edges of the page also such as stand in a column."""
    run: list[Line] = []
    single: list[Line] = []
    for line in [*lines, None]:
        last = single[-1] if single else run[-1] if run else None
        is_near = line is not None and (last is None or line.base - last.base <= _NEXT * line.size) and not _CAPTION.search(line.text)
        is_parted = line is not None and len(parts_of(line, down)) > 1
        if line is not None and is_near and is_parted:
            at_top = bool(single) and single[0] is lines[0]
            run += [*single, line] if run else [*(single if at_top else _heads(single, line)), line]
            single = []
        elif line is not None and is_near and (not run or len(single) < _BETWEEN or _stands_in(line, run, down)):
            single.append(line)
        else:
            at_end = bool(single) and single[-1] is lines[-1]
            yield from _loose_region([*run, *(single if at_end else [])], lines, across, down)
            run, single = [line] if line is not None and is_parted and not _CAPTION.search(line.text) else [], []
            if line is not None and not is_parted and not _CAPTION.search(line.text):
                single = [line]


def _stands_in(line: Line, run: Sequence[Line], down: Sequence[Rule]) -> bool:
    """Whether a line with one part begins in a column of a *run*."""
    lefts = (part.left for row in run if len(parts := parts_of(row, down)) > 1 for part in parts)
    return any(abs(line.left - left) < line.size for left in lefts)


def _heads(single: Sequence[Line], first: Line) -> list[Line]:
    """The heads over several columns that stand alone above the *first* line of a table."""
    found: list[Line] = []
    base = first.base
    for line in reversed(single):
        if base - line.base > WRAPPED * line.size or line.width > first.width * 0.5:
            break
        found.insert(0, line)
        base = line.base
    return found


def _loose_region(run: Sequence[Line], lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[Region]:
    """The region of a run: without the lines at the page's top and foot that begin in no column."""
    rows = [parts_of(line, down) for line in run]
    while run and len(rows[-1]) == 1 and not _stands_in(run[-1], run, down):
        run, rows = run[:-1], rows[:-1]
    while run and run[0] is lines[0] and len(rows[0]) == 1 and not _stands_in(run[0], run, down):
        run, rows, lines = run[1:], rows[1:], lines[1:]
    if any(len(row) > 1 for row in rows):
        yield _region(rows, run, across, down, is_framed=False)


def _region(rows: list[list[Line]], lines: Sequence[Line], across: Sequence[Rule], down: Sequence[Rule], *, is_framed: bool) -> Region:
    """Lines with the ruling lines among them."""
    top, bottom = lines[0].top - lines[0].size, lines[-1].base + lines[-1].size
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    return Region(
        rows, [rule for rule in across if top < rule.at < bottom and rule.start < right and rule.end > left],
        [rule for rule in down if rule.start < bottom and rule.end > top and left < rule.at < right], [*lines], is_framed)


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
