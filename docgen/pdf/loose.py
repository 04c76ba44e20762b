"""Tables with few ruling lines or none: where they stand on the pages.

A region of a page may be such a table when its lines consist of parts; one at the foot of a page goes on at the top of
the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docgen.pdf.columns import Region, columns_of, table_of
from docgen.pdf.lines import COMPLETE, Line, Rule
from docgen.pdf.margins import MONEY, Page

_APART = 0.6
"""Parts of a line are so far (in sizes) from each other."""
_NEXT, _HEAD = 6.5, 3.0
"""Rows are no farther apart than this, in sizes, and a head over several columns that stands alone from the first line
with parts."""
_FEWEST_ROWS, _FEWEST_COLUMNS, _FEWEST_NUMBERS = 3, 3, 3
_BETWEEN, _ABOVE = 3, 4
"""So many lines with one part only may follow each other in a table without ruling lines; so many stand above one that
goes on from the page before."""
_CAPTION = re.compile(r"单位\s*[:：]|[。；]$|[.…·．]{3,}|续\s*上?\s*表|^第[一二三四五六七八九十]+部分|^注\s*[:：\d]")
"""What stands in no row: the line with the unit of money, sentences, lines of the contents, headings of parts, notes."""
_SPLIT_WORD, _SPREAD = re.compile(r"[合总小]计|项目|栏次|行次|[编代]码|名称|金额|[收支][入出]"), 6.0
"""Words whose characters stand apart, and how far, in sizes."""


def take_loose_tables(pages: Sequence[Page]) -> None:
    """Make tables of the lines of *pages* that are some, one that goes on over pages with the same columns on each."""
    chain: list[tuple[Page, Region]] = []
    for page in pages:
        for region in regions_of(page):
            if not chain or not _follows(page, region, chain):
                _make(chain)
                chain = []
            chain.append((page, region))
    _make(chain)


def _follows(page: Page, region: Region, chain: Sequence[tuple[Page, Region]]) -> bool:
    """Whether a region at the top of a page goes on with the one at the foot of the page before.

    It may do so under the same title.
    """
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
    if not chain:
        return
    columns = columns_of([region for _, region in chain])
    lines = [row for _, region in chain for row in region.rows]
    numbers = sum(COMPLETE.fullmatch(part.text) is not None for row in lines for part in row)
    page, first = chain[0][0], chain[0][1].source[0]
    is_sure = any(MONEY.search(line.text) for line in page.lines if 0 < first.base - line.base < _NEXT * line.size)
    if len(columns.edges) < _FEWEST_COLUMNS or not (is_sure or (len(lines) >= _FEWEST_ROWS and numbers >= _FEWEST_NUMBERS)):
        return
    for page, region in chain:
        used = {id(line) for line in region.source}
        page.lines = [line for line in page.lines if id(line) not in used]
        page.grids.append(table_of(region, columns, page.glyphs))


def regions_of(page: Page) -> Iterator[Region]:
    """What may be tables on a page, from the top: runs of lines with several parts.

    Few lines with one part stand between them; at the edges of the page also such as stand in a column.
    """
    lines = page.lines
    run: list[Line] = []
    single: list[Line] = []
    for line in [*lines, None]:
        last = single[-1] if single else run[-1] if run else None
        is_caption = line is None or _CAPTION.search(line.text) is not None
        is_parted = line is not None and len(parts_of(line, page.down)) > 1
        if line is None or is_caption or (last is not None and line.base - last.base > _NEXT * line.size) or (
                not is_parted and run and len(single) >= _BETWEEN and not _stands_in(line, run, page)):
            at_end = bool(single) and single[-1] is lines[-1]
            yield from _region([*run, *(single if at_end else [])], page)
            run = [line] if line is not None and is_parted and not is_caption else []
            single = [line] if line is not None and not is_parted and not is_caption else []
        elif is_parted:
            at_top = bool(single) and single[0] is lines[0]
            heads = (h for h in single if h.width < line.width / 2 and line.base - h.base < _HEAD * line.size)
            run += [*(single if run or at_top else heads), line]
            single = []
        else:
            single.append(line)


def _stands_in(line: Line, run: Sequence[Line], page: Page) -> bool:
    """Whether a line with one part begins in a column of a *run*."""
    lefts = (part.left for row in run if len(parts := parts_of(row, page.down)) > 1 for part in parts)
    return any(abs(line.left - left) < line.size for left in lefts)


def _region(run: list[Line], page: Page) -> Iterator[Region]:
    """The region of a run, without the lines at the page's top and foot that begin in no column.

    The ruling lines among its own are with it.
    """

    def is_lost(line: Line) -> bool:
        return len(parts_of(line, page.down)) == 1 and not _stands_in(line, run, page)

    while run and is_lost(run[-1]):
        run = run[:-1]
    while run and page.lines.index(run[0]) < _ABOVE and is_lost(run[0]):
        run = run[1:]
    rows = [parts_of(line, page.down) for line in run]
    if any(len(row) > 1 for row in rows):
        top, bottom = run[0].top - run[0].size, run[-1].base + run[-1].size
        left, right = min(line.left for line in run), max(line.right for line in run)
        yield Region(
            rows, [rule for rule in page.across if top < rule.at < bottom and rule.start < right and rule.end > left],
            [rule for rule in page.down if rule.start < bottom and rule.end > top and left < rule.at < right], run)


def parts_of(line: Line, down: Sequence[Rule]) -> list[Line]:
    """The stretches of a line that stand apart or have a ruling line between; the characters of a spaced word (合　计) are one."""
    walls = [rule.at for rule in down if rule.start < line.base - line.size * 0.35 < rule.end]
    starts, last = [0], 0
    for index in range(1, len(line.text)):
        if line.text[index].isspace():
            continue
        width = line.size * (1.0 if line.text[last] > "\u2e7f" else 0.6)
        middle = line.lefts[last] + width / 2
        here, end = line.lefts[index], line.lefts[last] + width
        if here - end > _APART * line.size or any(middle < at < here + width / 2 for at in walls):
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
