"""Tables that have no ruling lines: lines whose parts stand below each other, most of them with an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from docgen.pdf.grids import Cell, Grid
from docgen.pdf.lines import Line

_APART = 1.0
"""Parts of a line are so far (in sizes) from each other."""
_NEXT = 3.5
"""Rows are no farther apart than this, in sizes."""
_FEWEST_ROWS, _FEWEST_COLUMNS = 4, 3
_AMOUNT = re.compile(r"[-−－]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,6}")


def loose_grids(lines: Sequence[Line]) -> tuple[list[Grid], list[Line]]:
    """Such tables among *lines* (from the top of a page), and the lines that are in none."""
    grids: list[Grid] = []
    rest: list[Line] = []
    run: list[Line] = []
    for line in [*lines, None]:
        is_parted = line is not None and len(_parts(line)) > 1
        if line is not None and is_parted and (not run or line.base - run[-1].base <= _NEXT * line.size):
            run.append(line)
            continue
        if (grid := _grid([_parts(row) for row in run])) is not None:
            grids.append(grid)
        else:
            rest += run
        run = [line] if line is not None and is_parted else []
        rest += [line] if line is not None and not is_parted else []
    return grids, rest


def _parts(line: Line) -> list[Line]:
    """The stretches of a line that stand apart."""
    starts = [0]
    last = 0
    for index in range(1, len(line.text)):
        if line.text[index].isspace():
            continue
        begins = line.lefts[index]
        width = line.size * (1.0 if line.text[last] > "\u2e7f" else 0.6)
        if begins - (line.lefts[last] + width) > _APART * line.size:
            starts.append(index)
        last = index
    ends = [*starts[1:], len(line.text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        text = line.text[start:end].rstrip()
        right = line.right if end == len(line.text) else min(line.lefts[end], line.lefts[start + len(text) - 1] + line.size)
        found.append(Line(text, line.lefts[start : start + len(text)], right, line.base, line.size))
    return found


def _grid(run: Sequence[Sequence[Line]]) -> Grid | None:
    """The table that these rows are; ``None`` when they are none."""
    if len(run) < _FEWEST_ROWS or sum(any(_AMOUNT.fullmatch(part.text) for part in row) for row in run) * 2 < len(run):
        return None
    covered: list[tuple[float, float]] = []
    for left, right in sorted((part.left, part.right) for row in run for part in row):
        if covered and left <= covered[-1][1]:
            covered[-1] = covered[-1][0], max(covered[-1][1], right)
        else:
            covered.append((left, right))
    if len(covered) < _FEWEST_COLUMNS:
        return None
    xs = [covered[0][0] - 1, *((a[1] + b[0]) / 2 for a, b in pairwise(covered)), covered[-1][1] + 1]
    bases = [row[0].base for row in run]
    size = run[0][0].size
    ys = [bases[0] - size, *((a + b - size) / 2 for a, b in pairwise(bases)), bases[-1] + size / 2]
    cells = []
    for number, row in enumerate(run):
        for column, (left, right) in enumerate(pairwise(xs)):
            parts = [part for part in row if left < (part.left + part.right) / 2 < right]
            cells.append(Cell(number, column, 1, 1, parts, right))
    return Grid(xs, ys, cells)
