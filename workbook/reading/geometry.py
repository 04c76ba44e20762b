"""Where the parts of a recognised sheet lie, and how wide its texts are: as it is read, printed and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from workbook.formats.source import Content
from workbook.numerals import text_width
from workbook.pack.layout import normalise
from workbook.reading.tables import Table

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
