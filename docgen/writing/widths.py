"""Widths of columns: what texts want, what must stay whole, and the size of letters with which all have room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from math import ceil

from docgen.docx.styles import CELL_MARGIN
from docgen.model import TableBlock, TableCell
from docgen.writing.linebreaks import lines_of, measured
from workbook.numerals import text_width

WIDE_DIGITS = 1.28  # of fonts that stand in for the form's: codes and amounts stay whole in them too
_SIZES = (9.0, 8.5, 8.0, 7.5)
_WIDEST = 30.0
_PADDING = 2 * CELL_MARGIN + 10  # twips that a column needs beside its text
_WHOLE = re.compile(r"[0-9A-Za-z.,%‰+\-]+")
_LONG_HEAD, _LITTLE, _SPARE = 4, 0.5, 0.05  # characters; ems
_SHORT = 8.0  # half-width characters, four Chinese ones: shorter texts are not broken

Place = tuple[TableCell, int, bool]
"""A cell in the grid: the table cell, its column, and whether it only continues the cell above."""


def fitting_size(wanted: Sequence[float], least: Sequence[float], line: float) -> float:
    """The size in points with which columns have what they need and half of what they want more.

    It is the same for nearly all tables.
    *line* is their width together, in points.
    """
    needed = (sum(wanted) + sum(least)) / 2
    return next((size for size in _SIZES if needed * size / 2 + _PADDING / 20 * len(least) <= line), _SIZES[-1])


def content_widths(
    grid: Sequence[Sequence[Place]], columns: int, header_rows: int,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The widths that columns want and need for the cells that stand in one of them."""
    wanted, least = [4.0] * columns, [4.0] * columns
    for number, row in enumerate(grid):
        for cell, column, continues in row:
            if continues or cell.columns > 1 or not (text := cell.text):
                continue
            width, whole = text_width(text), max(map(len, _WHOLE.findall(text)), default=0)
            wanted[column] = max(wanted[column], min(width + 1, _WIDEST))
            digits, most = whole * WIDE_DIGITS + 1 if whole else 0, 4 if number < header_rows else _SHORT
            least[column] = max(least[column], digits, min(width, most) + 1)
    return tuple(map(max, wanted, least)), tuple(least)


def column_widths(block: TableBlock, columns: int, width: int, rows: Sequence[Sequence[Place]], size: float) -> list[int]:
    """Widths of *columns* columns in twips, *width* together: as the block says, else by their content."""
    shares = [share for share in block.widths if share > 0]
    if len(shares) == len(block.least) == columns:
        shares = _allotted(block.widths, block.least, width, size * 10)
        _fit(shares, chain.from_iterable(rows[: block.header_rows]), size)
    elif len(shares) != columns:
        shares = [4.0] * columns
        for cell, column, continues in chain.from_iterable(rows):
            if cell.columns == 1 and not continues:
                shares[column] = max(shares[column], min(text_width(cell.text) + 2, _WIDEST))
    total = sum(shares)
    edges = [round(width * sum(shares[:place]) / total) for place in range(columns + 1)]
    return [after - before for before, after in pairwise(edges)]


def _fit(shares: list[float], heads: Iterable[Place], size: float) -> None:
    """Give or take a little, of the widest column, where a heading would leave its last character alone on a line."""
    widest = max(range(len(shares)), key=shares.__getitem__)
    for cell, column, continues in heads:
        room, text = (shares[column] - CELL_MARGIN * 2) / (size * 20), cell.text
        if cell.columns > 1 or continues or column == widest or len(text) < _LONG_HEAD or "\n" in text:
            continue
        lines = lines_of(measured(text), room)
        if lines_of(measured(text[:-1]), room) == lines:
            continue
        enough = ceil(measured(text)[0][1][-1] / (lines - 1) - _SPARE) + _SPARE
        wanted = enough if enough - room < _LITTLE else room - room % 1 - _SPARE  # else a character less stands on a line
        if lines_of(measured(text), wanted) <= lines:
            shares[widest] -= (wanted - room) * size * 20
            shares[column] += (wanted - room) * size * 20


def _allotted(wanted: Sequence[float], least: Sequence[float], width: int, character: float) -> list[float]:
    """Twips for each column: what it wants, or so much more than it needs at least as there is room for.

    *character*: twips of a half-width character.
    """
    wants, needs = ([number * character + _PADDING for number in numbers] for numbers in (wanted, least))
    spare, more = width - sum(needs), sum(wants) - sum(needs)
    if spare <= 0 or more <= 0:
        return needs
    if spare >= more:  # those that have all they want share the rest
        return [want * width / sum(wants) for want in wants]
    return [need + (want - need) * spare / more for want, need in zip(wants, needs, strict=True)]
