"""Header paths: the texts that stand above a column, and which column of the layout they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from workbook.layout import Column, normalise
from workbook.source import RawSheet

_COLUMN_NUMBER = re.compile(r"[\d=+\-()]+")
_LINE_HEADERS = frozenset({"行次", "栏次", "序号"})


def header_paths(sheet: RawSheet, top: int, bottom: int, first: int, last: int) -> dict[int, tuple[str, ...]]:
    """Normalised texts above each column ``first..last`` in rows ``top..bottom-1``.

    A text over several columns (merged, or followed by blanks) counts for each of them.
    """
    spans = {
        (r, c): (range_[0], range_[1])
        for range_ in sheet.marks.merged if range_[0] < bottom and range_[2] >= top
        for r in range(range_[0], min(range_[2], bottom) + 1)
        for c in range(range_[1], min(range_[3], range_[1] + 60) + 1)
    }
    grid = [[_text(sheet, r, c) for c in range(last + 1)] for r in range(top, bottom)]
    paths: dict[int, tuple[str, ...]] = {}
    for c in range(first, last + 1):
        path: list[str] = []
        for r in range(bottom - 1, top - 1, -1):
            text = grid[r - top][c]
            if not text and (r, c) in spans:
                text = _text(sheet, *spans[r, c])
            elif not text and path:
                text = _fill_left(grid[r - top], c)
            if text and (not path or path[-1] != text):
                path.append(text)
        paths[c] = tuple(reversed(path))
    return paths


def _text(sheet: RawSheet, row: int, column: int) -> str:
    """Normalised header text of a cell; column numbers (栏次: ``1``, ``1=2+3``) are none."""
    content = sheet.content(row, column)
    text = normalise(content) if isinstance(content, str) else ""
    return "" if _COLUMN_NUMBER.fullmatch(text) else text


def _fill_left(row: Sequence[str], column: int) -> str:
    return next((row[c] for c in range(column - 1, -1, -1) if row[c]), "")


def match_columns(columns: Iterable[Column], paths: dict[int, tuple[str, ...]]) -> dict[str, int]:
    """Column id → physical column, by the best header path; each physical column is used once."""
    wanted = tuple(columns)
    taken: dict[int, str] = {}
    found: dict[str, int] = {}
    for preference in range(max((len(c.paths) for c in wanted), default=0)):
        for column in wanted:
            if column.id in found or preference >= len(column.paths):
                continue
            alias = tuple(normalise(part) for part in column.paths[preference])
            for position, path in paths.items():
                if position not in taken and _names(path, alias):
                    taken[position], found[column.id] = column.id, position
                    break
    return found


def _names(path: tuple[str, ...], alias: tuple[str, ...]) -> bool:
    if not path or path[-1] != alias[-1]:
        return False
    above = path[:-1]
    return all(part in above for part in alias[:-1])


def is_line_header(path: tuple[str, ...]) -> bool:
    """Whether the column holds line numbers (行次)."""
    return bool(path) and path[-1] in _LINE_HEADERS
