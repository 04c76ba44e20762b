"""How wide the columns of a sheet are on the screen, which of its lines stay in sight, and which cells are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QFontMetrics

    from gui.pages.check.sheet_model import SheetModel

<<<<<<< HEAD
_FRAME = re.compile(r"(?:单位|部门|金额)[^。]{0,8}[:：]|20\d\d\s*年")
=======
>>>>>>> 89c4eba (Header rows, columns and widths of a sheet are stated in one place for reading, printing and showing)
_PIXELS_PER_CHARACTER = 7
_SAMPLE_ROWS = 120
_MAX_SPANS = 1500
_MAX_FROZEN_COLUMNS = 4
_HIDDEN_WIDTH, _LEAST_CHARACTERS, _WIDEST_HEADER = 24, 9, 12
_TEXT_AIR, _AMOUNT_AIR = 14, 26


<<<<<<< HEAD
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
=======
def frozen_lines(model: SheetModel) -> tuple[range, int]:
    """Rows of the header, and how many columns at the left name the rows: what stays in sight while the sheet scrolls."""
    if model.geometry is None:
        return range(model.look.frozen_rows), min(model.look.frozen_columns, _MAX_FROZEN_COLUMNS)
    columns = model.geometry.label_columns
    return model.geometry.header, columns if columns <= _MAX_FROZEN_COLUMNS else 0
>>>>>>> 89c4eba (Header rows, columns and widths of a sheet are stated in one place for reading, printing and showing)


def column_width(model: SheetModel, column: int, metrics: QFontMetrics, zoom: int) -> int:
    """Width on the screen: as in Excel, but no wider than the contents need (amounts: at least nine characters)."""
    if column in model.sheet.marks.hidden_columns:
        return _HIDDEN_WIDTH
    digit = metrics.horizontalAdvance("0")
    excel = model.look.widths.get(column, model.look.default_width) * _PIXELS_PER_CHARACTER * zoom / 100 + 6
    need = 0
    if model.geometry is not None:
        header, data = (widths.get(column, 0) for widths in (model.geometry.header_widths, model.geometry.data_widths))
        characters = max(min(header, _WIDEST_HEADER), data)
        need = characters * digit + _TEXT_AIR if characters else 0
    for row in range(min(len(model.sheet.rows), _SAMPLE_ROWS)):
        if isinstance(model.sheet.content(row, column), float):
            need = max(need, metrics.horizontalAdvance(model.view_of(row, column).text) + _AMOUNT_AIR)
    least = digit * _LEAST_CHARACTERS + 12
    return round(max(min(excel, need) if need else excel * 0.6, least, excel * 0.55 if need else 0))


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
