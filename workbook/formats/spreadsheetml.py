"""Excel 2003 XML workbooks (SpreadsheetML), which old systems save as .xls."""

from __future__ import annotations

from datetime import datetime

from workbook.errors import ContentError
from workbook.formats.grid import Grid, finished
from workbook.formats.marks import TRIM, ReadSheet
from workbook.formats.safe_xml import BROKEN, REPAIR, local, parse_xml

_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384
_MAX_XML_BYTES = 60 * 1024 * 1024


def read_spreadsheetml(data: bytes) -> list[ReadSheet]:
    """The worksheets of the workbook *data*."""
    if len(data) > _MAX_XML_BYTES:
        raise ContentError("内容过大", TRIM)
    reader = _Reader()
    try:
        parse_xml(_as_utf8(data), reader.start, reader.end, reader.characters)
    except ValueError as error:  # a wrong declaration
        raise ContentError(BROKEN, REPAIR) from error
    return finished(reader.grids)


def _as_utf8(data: bytes) -> bytes:
    """*data* in an encoding that expat knows: it has no GBK."""
    head = data[:200].lower()
    if b'encoding="gb' in head or b"encoding='gb" in head:
        text = data.decode("gb18030")
        return text[text.index("?>") + 2 :].encode()
    return data.lstrip(b"\r\n\t ")


class _Reader:
    """Follows worksheets, rows and cells, each placed by its index or after the one before."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self._row = self._column = self._next_row = self._next_column = self._column_info = 0
        self._type = ""
        self._formula = False
        self._data: list[str] | None = None
        self._comments = 0
        self._in_visible = False

    @property
    def _grid(self) -> Grid:
        if not self.grids:
            raise ValueError("no worksheet")
        return self.grids[-1]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        values = {local(name): value for name, value in attributes.items()}
        match local(tag):
            case "Worksheet":
                self.grids.append(Grid(values.get("Name", "").strip()))
                self._next_row = self._column_info = 0
            case "Column":
                self._start_column(values)
            case "Row":
                self._start_row(values)
            case "Cell":
                self._start_cell(values)
            case "Data" if not self._comments:
                self._type, self._data = values.get("Type", "String"), []
            case "Comment":
                self._comments += 1
            case "Visible":
                self._in_visible, self._data = True, []

    def _start_column(self, values: dict[str, str]) -> None:
        first = _index(values, self._column_info, _MAX_COLUMNS)
        self._column_info = first + 1 + _number(values, "Span", _MAX_COLUMNS)
        if values.get("Hidden") == "1":
            self._grid.marks.hide_columns(first, self._column_info - 1)

    def _start_row(self, values: dict[str, str]) -> None:
        self._row = _index(values, self._next_row, _MAX_ROWS)
        self._next_row = self._row + 1 + _number(values, "Span", _MAX_ROWS)
        self._next_column = 0
        if values.get("Hidden") == "1":
            self._grid.marks.hidden_rows.update(range(self._row, min(self._next_row, _MAX_ROWS)))

    def _start_cell(self, values: dict[str, str]) -> None:
        self._column = _index(values, self._next_column, _MAX_COLUMNS)
        across, down = _number(values, "MergeAcross", _MAX_COLUMNS), _number(values, "MergeDown", _MAX_ROWS)
        self._next_column = self._column + 1 + across
        self._formula = "Formula" in values
        self._type, self._data = "", None
        if across or down:
            self._grid.merge(self._row, self._column, self._row + down, self._column + across)

    def characters(self, data: str) -> None:
        """Text within a Data element."""
        if self._data is not None:
            self._data.append(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        match local(tag):
            case "Data" if not self._comments and self._data is not None:
                self._put("".join(self._data))
                self._data = None
            case "Cell" if self._formula:
                self._grid.put_formula(self._row, self._column, computed=bool(self._type))
                self._formula = False
            case "Comment":
                self._comments -= 1
            case "Visible" if self._in_visible and self._data is not None:
                self._grid.visible = "Hidden" not in "".join(self._data)
                self._in_visible, self._data = False, None

    def _put(self, text: str) -> None:
        cell = (self._row, self._column)
        match self._type:
            case "Number":
                self._grid.put(*cell, float(text))
            case "Boolean":
                self._grid.put(*cell, text.strip() == "1")
            case "DateTime":
                self._grid.put(*cell, datetime.fromisoformat(text.strip()).replace(tzinfo=None))
            case "Error":
                self._grid.put_error(*cell, text.strip())
            case _:
                self._grid.put(*cell, text)


def _index(values: dict[str, str], following: int, limit: int) -> int:
    """0-based index of a row, column or cell: as stated, or where the one before ended."""
    index = int(values["Index"]) - 1 if "Index" in values else following
    if not 0 <= index < limit:
        raise ValueError("index out of range")
    return index


def _number(values: dict[str, str], name: str, limit: int) -> int:
    number = int(values.get(name, "0"))
    if not 0 <= number < limit:
        raise ValueError(name)
    return number
