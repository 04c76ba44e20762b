"""How wide the columns of a sheet are on the screen, which of its lines stay in sight, and which cells are merged."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QFontMetrics

from gui.pages.check.sheet_model import SheetModel
from workbook.amounts import number_in

_PIXELS_PER_CHARACTER = 7
_SAMPLE_ROWS = 120
_MAX_SPANS = 1500
_MAX_FROZEN_COLUMNS = 4
_HIDDEN_WIDTH, _LEAST_CHARACTERS, _WIDEST_HEADER, _WIDEST_TEXT = 24, 9, 12, 34
_TEXT_AIR, _AMOUNT_AIR = 14, 26


def frozen_lines(model: SheetModel) -> tuple[range, int]:
    """Rows of the header, and how many columns at the left name the rows: what stays in sight while the sheet scrolls."""
    if model.geometry is None:
        return range(model.look.frozen_rows), min(model.look.frozen_columns, _MAX_FROZEN_COLUMNS)
    columns = model.geometry.label_columns
    return model.geometry.header, columns if columns <= _MAX_FROZEN_COLUMNS else 0


def column_width(model: SheetModel, column: int, metrics: QFontMetrics, zoom: int) -> int:
    """Width on the screen: what the contents need, amounts always, texts up to a limit or the width that the file gives."""
    if column in model.sheet.marks.hidden_columns:
        return _HIDDEN_WIDTH
    digit = metrics.horizontalAdvance("0")
    excel = model.look.widths.get(column, model.look.default_width) * _PIXELS_PER_CHARACTER * zoom / 100 + 6
    words = amounts = 0
    if model.geometry is not None:
        header, data = (widths.get(column, 0) for widths in (model.geometry.header_widths, model.geometry.data_widths))
        characters = max(min(header, _WIDEST_HEADER), data)
        words = characters * digit + _TEXT_AIR if characters else 0
    for row in range(min(len(model.sheet.rows), _SAMPLE_ROWS)):
        if number_in(model.sheet.content(row, column)) is not None:
            amounts = max(amounts, metrics.horizontalAdvance(model.view_of(row, column).text) + _AMOUNT_AIR)
    least = digit * _LEAST_CHARACTERS + 12
    if not words and not amounts:
        return round(max(excel * 0.6, least))
    return round(max(min(words, max(excel, _WIDEST_TEXT * digit)), amounts, least, excel * 0.55))


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
