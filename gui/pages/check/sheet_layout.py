"""Where a sheet's header is, how wide its columns are on the screen, and which cells are merged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workbook.amounts import number_in
from workbook.formats.convert import content_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QFontMetrics

    from gui.pages.check.sheet_model import SheetModel

_FRAME = re.compile(r"(?:单位|部门|金额)[^。]{0,8}[:：]|20\d\d\s*年")
_PIXELS_PER_CHARACTER = 7
_SAMPLE_ROWS = 120
_MAX_SPANS = 1500
_MAX_FROZEN_COLUMNS = 4


def header_rows(model: SheetModel) -> tuple[int, int]:
    """First row of the header and first data row: what stays in sight while the sheet scrolls."""
    end = model.first_data_row
    covered = {
        row for top, left, bottom, right in model.sheet.marks.merged if right - left >= 1 or bottom > top
        for row in range(top, bottom + 1)
    }
    marks = () if model.table is None else (model.table.layout.code, model.table.layout.short_code)
    first = end
    for row in range(end - 1, -1, -1):
        contents = [c for c in (model.sheet.rows[row] if row < len(model.sheet.rows) else []) if c != ""]
        is_frame = any(isinstance(c, str) and (_FRAME.search(c) or c.strip().startswith(marks)) for c in contents)
        if is_frame or (len(contents) < 2 and row not in covered) or _is_title(model, row):
            break
        first = row
    return first, end


def _is_title(model: SheetModel, row: int) -> bool:
    return any(model.look.at(row, column).size >= 14 for column in range(3))


def frozen_columns(model: SheetModel) -> int:
    """How many columns at the left name the rows (code and name); 0 when the sheet has its labels beside each panel."""
    table = model.table
    if table is None:
        return min(model.look.frozen_columns, _MAX_FROZEN_COLUMNS)
    if table.layout.panels or table.layout.economic_panels:
        return 0
    firsts = [min(columns.values()) for _, columns in table.rows.values() if columns]
    count = min(firsts, default=0)
    return count if count <= _MAX_FROZEN_COLUMNS else 0


def column_width(model: SheetModel, column: int, metrics: QFontMetrics, zoom: int) -> int:
    """Width on the screen: as in Excel, but no wider than the contents need (amounts: at least nine characters)."""
    if column in model.sheet.marks.hidden_columns:
        return 24
    characters = model.look.widths.get(column, model.look.default_width)
    excel = characters * _PIXELS_PER_CHARACTER * zoom / 100 + 6
    need = 0.0
    for row in range(min(len(model.sheet.rows), _SAMPLE_ROWS)):
        content = model.sheet.content(row, column)
        if content == "" or (row < model.first_data_row and _is_wide_merge(model, row, column)):
            continue
        if number_in(content) is not None:
            need = max(need, metrics.horizontalAdvance(model.view_of(row, column).text) + 26)
        elif row >= model.first_data_row:
            look = model.look.at(row, column)
            need = max(need, metrics.horizontalAdvance(str(content)) + 14 + look.indent * 9)
        else:
            need = max(need, min(content_width(content), 12) * metrics.horizontalAdvance("0") + 14)
    least = metrics.horizontalAdvance("0") * 9 + 12
    return round(max(min(excel, need) if need else excel * 0.6, least, excel * 0.55 if need else 0))


def _is_wide_merge(model: SheetModel, row: int, column: int) -> bool:
    return any(top <= row <= bottom and left <= column <= right and right > left
               for top, left, bottom, right in model.sheet.marks.merged[:200])


def spans(model: SheetModel) -> Iterator[tuple[int, int, int, int]]:
    """Merged cells as row, column, height, width; all of the header, and of the data as many as a view bears."""
    count = 0
    for top, left, bottom, right in model.sheet.marks.merged:
        if (bottom, right) == (top, left) or bottom >= model.rowCount() or right >= model.columnCount():
            continue
        count += 1
        if count > _MAX_SPANS and top >= model.first_data_row:
            continue
        yield top, left, bottom - top + 1, right - left + 1
