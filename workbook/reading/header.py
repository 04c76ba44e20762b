"""Header paths: the texts that stand above a column, and which column of the layout they name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbook.layout import Column, normalise
from workbook.source import Content, RawSheet

_COLUMN_NUMBER = re.compile(r"[\d=+\-()]+")
_NUMBER_START = frozenset("0123456789=+-(")
_LINE_HEADERS = frozenset({"行次", "栏次", "序号"})


class HeaderGrid:
    """The header texts of a sheet's rows ``top..bottom-1``, read once."""

    def __init__(self, sheet: RawSheet, top: int, bottom: int) -> None:
        self._texts = [[_text(content) for content in row] for row in sheet.rows[top:bottom]]
        self._origins = {
            (r, c): (range_[0] - top, range_[1])
            for range_ in sheet.marks.merged if range_[0] < bottom and range_[2] >= top
            for r in range(range_[0] - top, min(range_[2], bottom) - top + 1)
            for c in range(range_[1], min(range_[3], range_[1] + 60) + 1)
        }

    def paths(self, first: int, last: int) -> dict[int, tuple[str, ...]]:
        """Normalised texts above each column ``first..last``, top to bottom.

        A text over several columns (merged, or followed by blanks) counts for each of them.
        """
        return {c: self._path(c) for c in range(first, last + 1)}

    def _path(self, column: int) -> tuple[str, ...]:
        path: list[str] = []
        for r in range(len(self._texts) - 1, -1, -1):
            row = self._texts[r]
            text = row[column] if column < len(row) else ""
            if not text and (origin := self._origins.get((r, column))) is not None:
                text = self._at(*origin)
            elif not text and path:
                text = next((row[c] for c in range(min(column, len(row)) - 1, -1, -1) if row[c]), "")
            if text and (not path or path[-1] != text):
                path.append(text)
        path.reverse()
        return tuple(path)

    def _at(self, row: int, column: int) -> str:
        if 0 <= row < len(self._texts) and column < len(self._texts[row]):
            return self._texts[row][column]
        return ""


def _text(content: Content) -> str:
    """Normalised header text of a cell; column numbers (栏次: ``1``, ``1=2+3``) are none."""
    if type(content) is not str or not content:
        return ""
    text = normalise(content)
    return "" if text[:1] in _NUMBER_START and _COLUMN_NUMBER.fullmatch(text) else text


def match_columns(columns: Iterable[Column], paths: dict[int, tuple[str, ...]]) -> dict[str, int]:
    """Column id → physical column, by the best header path; each physical column is used once."""
    wanted = tuple(columns)
    taken: dict[int, str] = {}
    found: dict[str, int] = {}
    for preference in range(max((len(c.paths) for c in wanted), default=0)):
        for column in wanted:
            if column.id in found or preference >= len(column.paths):
                continue
            alias = column.aliases[preference]
            for position, path in paths.items():
                if position not in taken and _names(path, alias):
                    taken[position], found[column.id] = column.id, position
                    break
    return found


def _names(path: tuple[str, ...], alias: tuple[str, ...]) -> bool:
    if not path:
        return False
    if path[-1] != alias[-1]:
        return len(alias) > 1 and path[-1] == "".join(alias)  # both header rows written in one cell
    above = path[:-1]
    return all(part in above for part in alias[:-1])


def is_line_header(path: tuple[str, ...]) -> bool:
    """Whether the column holds line numbers (行次)."""
    return bool(path) and path[-1] in _LINE_HEADERS
