"""The header of a sheet, the texts above a column and which column of the layout they name; where the parts of a sheet lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from workbook.formats.source import NUMBER, Content
from workbook.numerals import text_width
from workbook.pack.layout import Column, SheetLayout, normalise
from workbook.reading.tables import Table

Texts = list[list[str]]

_COLUMN_NUMBER = re.compile(r"[\d=+\-()]+")
_NUMBER_START = frozenset("0123456789=+-(")
_LINE_HEADERS = frozenset({"行次", "栏次", "序号"})
_LINE_PATHS = {(text,) for text in _LINE_HEADERS}
_OTHER = "?"


def normalised(rows: Iterable[Sequence[Content]]) -> Texts:
    """The texts of *rows* as they are compared, cell by cell; empty for a cell without text."""
    return [[normalise(content) if type(content) is str and content else "" for content in row] for row in rows]


def is_number_row(row: Sequence[Content], fewest: int) -> bool:
    """Whether a row is the 栏次 row: it says so, or its numbers, at least *fewest*, are those of the columns."""
    numbers: list[float] = []
    for content in row:
        if type(content) is str:
            if normalise(content) == "栏次":
                return True
            if content.isdecimal():
                numbers.append(float(content))
        elif isinstance(content, NUMBER):
            numbers.append(float(content))
    return len(numbers) >= fewest and numbers == [float(i + 1) for i in range(len(numbers))]


class Header(NamedTuple):
    """The texts above a sheet's amounts, and the merged ranges among them."""

    texts: tuple[tuple[str, ...], ...]
    merged: tuple[Range, ...]
    """Rows count from the header's first."""


class Found(NamedTuple):
    """The columns that a header names.  Shared by all sheets with such a header: not to be changed."""

    positions: Mapping[str, int]
    """Column id → physical column."""
    others: tuple[int, ...]
    """Physical columns that it does not name, without those of line numbers."""


class _Words(dict[str, str]):
    """What a header text counts for: a word of the layout for itself, a column number (``1=2+3``) for nothing."""

    def __missing__(self, text: str) -> str:
        return "" if text[:1] in _NUMBER_START and _COLUMN_NUMBER.fullmatch(text) else _OTHER


@lru_cache(maxsize=64)
def _words(layout: SheetLayout) -> _Words:
    aliases = [alias for columns in _panel_columns(layout) for column in columns for alias in column.aliases]
    words = {*_LINE_HEADERS, *layout.row_labels, *(part for alias in aliases for part in alias), *map("".join, aliases)}
    return _Words({"": "", **{word: word for word in words}})


def _panel_columns(layout: SheetLayout) -> list[tuple[Column, ...]]:
    return [panel.columns for panel in layout.panels] or [layout.columns]


def header_of(layout: SheetLayout, texts: Texts, merged: Iterable[Range], top: int, bottom: int) -> Header:
    """The header in the rows ``top..bottom-1`` of a sheet, of which only the words of its *layout* matter.

    So the headers of two units' official forms are equal, and what such a header names is found once and kept.
    """
    words = _words(layout)
    return Header(
        tuple([tuple([words[text] for text in row]) for row in texts[top:bottom]]),
        tuple([(m[0] - top, m[1], m[2] - top, m[3]) for m in merged if m[0] < bottom and m[2] >= top]))


@lru_cache(maxsize=1024)
def find_columns(
    layout: SheetLayout, header: Header, first: int, last: int, panel: int = 0, under: frozenset[str] = frozenset()
) -> Found:
    """Which of the columns ``first..last`` are a panel's value columns (only those *under* one of these words)."""
    spread = origins(header.merged, len(header.texts))
    paths = {c: path for c in range(first, last + 1) if (path := _path(header.texts, spread, c))[-1:] not in _LINE_PATHS}
    if under:
        paths = {c: tuple(part for part in path if part not in under) for c, path in paths.items() if under & set(path)}
    positions = _match_columns(_panel_columns(layout)[panel], paths)
    return Found(positions, tuple(c for c in paths if c not in positions.values()))


def _path(
    texts: tuple[tuple[str, ...], ...], origins: Mapping[tuple[int, int], tuple[int, int]], column: int
) -> tuple[str, ...]:
    """The texts above a column, top to bottom; one over several (merged, or followed by blanks) counts for each of them."""
    path: list[str] = []
    for r in range(len(texts) - 1, -1, -1):
        row = texts[r]
        text = row[column] if column < len(row) else ""
        if not text and (r, column) in origins:
            top, left = origins[r, column]
            text = texts[top][left] if top >= 0 and left < len(texts[top]) else ""
        elif not text and path:
            left = next((c for c in range(min(column, len(row)) - 1, -1, -1) if row[c]), -1)
            if left >= 0 and not _is_parted(texts[:r], left, column):
                text = row[left]
        if text and (not path or path[-1] != text):
            path.append(text)
    path.reverse()
    return tuple(path)


def _is_parted(above: tuple[tuple[str, ...], ...], left: int, column: int) -> bool:
    """Whether a heading in the rows *above* begins between *left* and *column*, so that what stands at the left ends there."""
    return any(text and text != _OTHER for row in above for text in row[left + 1 : column + 1])


def _match_columns(columns: Sequence[Column], paths: Mapping[int, tuple[str, ...]]) -> dict[str, int]:
    """Column id → physical column, by the best header path; each physical column is used once."""
    taken: set[int] = set()
    found: dict[str, int] = {}
    for preference in range(max((len(c.paths) for c in columns), default=0)):
        for column in columns:
            if column.id in found or preference >= len(column.paths):
                continue
            alias = column.aliases[preference]
            physical = next((c for c, path in paths.items() if c not in taken and _names(path, alias)), None)
            if physical is not None:
                taken.add(physical)
                found[column.id] = physical
    return found


def _names(path: tuple[str, ...], alias: tuple[str, ...]) -> bool:
    if not path:
        return False
    if path[-1] != alias[-1]:
        return len(alias) > 1 and path[-1] == "".join(alias)  # both header rows written in one cell
    above = path[:-1]
    return all(part in above for part in alias[:-1])


# ---------------------------------------------------------------- where the parts of a sheet lie


Range = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column."""
_WIDEST_RANGE = 60
_NOTE = ("注：", "注:", "注1", "备注：")
_GOES_ON = re.compile(r"\s*(?:注|\d{1,2}[.、．]|[（(]\d)|[\s\u3000]{2,}\S")
_FRAME_TEXTS = 3
_FRAME_BEGINS = ("公开部门", "编制单位", "单位:", "金额单位", "部门:", "公开单位")


def origins(merged: Iterable[Range], bottom: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Each cell of a merged range, above the row *bottom*: the cell that has the range's text."""
    return {
        (r, c): (top, left)
        for top, left, below, right in merged
        for r in range(top, min(below + 1, bottom))
        for c in range(left, min(right, left + _WIDEST_RANGE) + 1)
    }


class Geometry(NamedTuple):
    """Rows and columns of a sheet (0-based), and the widest text of each column in half-width characters.

    A text that is spread over several columns counts for none of them.
    """

    header: range
    """Without the title and the frame (mark, unit, year, money unit) above it."""
    data: range
    columns: range
    """From the labels to the last amount."""
    label_columns: int
    """Columns at the left that name the rows; 0 where the labels stand beside each panel."""
    header_widths: Mapping[int, int]
    data_widths: Mapping[int, int]


def geometry_of(table: Table) -> Geometry:
    """The geometry of a sheet as it was read."""
    start = table.first_data_row
    last = max((start, *(r for r, _ in table.rows.values())))
    header, data = range(_header_top(table), start), range(start, last + 1)
    amounts = table.structure.value_columns
    first = min((*amounts, *(c for _, c in table.label_cells.values())), default=0)
    has_panels = bool(table.layout.panels or table.layout.economic_panels)
    spread = set(origins((m for m in table.sheet.marks.merged if m[3] > m[1]), last + 1))
    return Geometry(
        header, data, range(first, max(amounts, default=first) + 1), 0 if has_panels else min(amounts, default=0),
        _widths(table, header, spread), _widths(table, data, spread))


def notes_below(table: Table) -> tuple[str, ...]:
    """The lines of the note (``注：…``) below a sheet; what else stands there (who made it, telephone numbers) is none."""
    last = max((table.first_data_row, *(r for r, _ in table.rows.values())))
    lines: list[str] = []
    for row in table.sheet.rows[last + 1 :]:
        text = " ".join(content.rstrip() for content in row if isinstance(content, str) and content.strip())
        if not (_GOES_ON.match(text) if lines else text.lstrip().startswith(_NOTE)):
            if lines:
                break
            continue
        lines += text.splitlines()
    return tuple(lines)


def _widths(table: Table, rows: range, spread: set[tuple[int, int]]) -> dict[int, int]:
    widths: dict[int, int] = {}
    for r in rows[: max(len(table.sheet.rows) - rows.start, 0)]:
        for c, content in enumerate(table.sheet.rows[r]):
            if isinstance(content, str) and content and (r, c) not in spread:
                widths[c] = max(widths.get(c, 0), text_width(content))
    return widths


def _header_top(table: Table) -> int:
    """First header row: below the frame."""
    rows = table.sheet.rows[: table.first_data_row]
    found = (r for r, row in enumerate(rows) if any(content != "" for content in row) and not _is_frame(table, row))
    return next(found, table.first_data_row)


def _is_frame(table: Table, row: Sequence[Content]) -> bool:
    """Whether a row above the data holds the title, the mark, or unit, year and money unit."""
    texts = [normalise(content) for content in row if isinstance(content, str) and content]
    joined = "".join(texts)
    if len(texts) <= _FRAME_TEXTS and any(normalise(title) in joined for title in table.layout.titles):
        return True
    mark = normalise(table.layout.code.removesuffix(table.layout.number)) or table.layout.mark
    has_mark = any(t.startswith(_FRAME_BEGINS) or (t.startswith(mark) and t.endswith("表")) for t in texts)
    return has_mark or (bool(texts) and all(t.endswith(("年度", "年")) or "单位" in t for t in texts))
