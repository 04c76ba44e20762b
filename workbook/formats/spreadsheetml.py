"""Excel 2003 XML workbooks (SpreadsheetML), which old systems save as .xls; and XML of unknown origin as a tree."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

from workbook.errors import ContentError
from workbook.formats.marks import TRIM, Grid, ReadSheet, finished
from workbook.formats.safe_xml import BROKEN, REPAIR, PackageError

_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MAX_XML_BYTES = 40 * 1024 * 1024


def read_spreadsheetml(data: bytes) -> list[ReadSheet]:
    """The worksheets of the workbook *data*."""
    if len(data) > _MAX_XML_BYTES:
        raise ContentError("内容过大", TRIM)
    return finished([_grid(sheet) for sheet in tree_of(_as_utf8(data)).iterfind(".//{*}Worksheet")])


def tree_of(xml: bytes) -> Element:
    """The root element of *xml*; a document type, which could define entities, is refused.  Raises :class:`PackageError`."""
    try:
        if b"<!DOCTYPE" in xml.replace(b"\0", b""):
            raise ValueError("document type")  # noqa: TRY301  # like all that is damaged
        return fromstring(xml)  # noqa: S314  # it refuses what is dangerous
    except (SyntaxError, ValueError, LookupError) as error:
        raise PackageError(BROKEN, REPAIR) from error


def _as_utf8(data: bytes) -> bytes:
    """*data* in an encoding that expat knows: it has no GBK."""
    head = data[:200].lower()
    if b'encoding="gb' in head or b"encoding='gb" in head:
        text = data.decode("gb18030")
        return text[text.index("?>") + 2 :].encode()
    return data.lstrip(b"\r\n\t ")


def _grid(sheet: Element) -> Grid:
    """The cells of a worksheet; columns, rows and cells stand where they say, or after the one before."""
    grid = Grid(_said(sheet, "Name").strip())
    grid.visible = "Hidden" not in sheet.findtext(".//{*}Visible", "")
    following = 0
    for column in sheet.iterfind("{*}Table/{*}Column"):
        first = _index(column, following, _MAX_COLUMNS)
        following = first + 1 + _number(column, "Span", _MAX_COLUMNS)
        if _said(column, "Hidden") == "1":
            grid.marks.hide_columns(first, following - 1)
    following = 0
    for line in sheet.iterfind("{*}Table/{*}Row"):
        row = _index(line, following, _MAX_ROWS)
        following = row + 1 + _number(line, "Span", _MAX_ROWS)
        if _said(line, "Hidden") == "1":
            grid.marks.hidden_rows.update(range(row, min(following, _MAX_ROWS)))
        place = (row, -1)
        for cell in line.iterfind("{*}Cell"):
            place = (row, _index(cell, place[1] + 1, _MAX_COLUMNS))
            across, down = _number(cell, "MergeAcross", _MAX_COLUMNS), _number(cell, "MergeDown", _MAX_ROWS)
            if across or down:
                grid.marks.merged.append((*place, row + down, place[1] + across))
            data = cell.find("{*}Data")
            if data is not None:
                _put(grid, place, _said(data, "Type", "String"), "".join(data.itertext()))
            if _said(cell, "Formula"):
                grid.put_formula(*place, computed=data is not None)
            place = (row, place[1] + across)
    return grid


def _put(grid: Grid, place: tuple[int, int], kind: str, text: str) -> None:
    match kind:
        case "Number":
            grid.put(*place, float(text))
        case "Boolean":
            grid.put(*place, text.strip() == "1")
        case "DateTime":
            grid.put(*place, datetime.fromisoformat(text.strip()).replace(tzinfo=None))
        case "Error":
            grid.put_error(*place, text.strip())
        case _:
            grid.put(*place, text)


def _said(element: Element, name: str, default: str = "") -> str:
    """What an attribute says, in the format's namespace or in none."""
    return element.get(_SS + name, element.get(name, default))


def _index(element: Element, following: int, limit: int) -> int:
    """0-based index of a row, column or cell: as stated, or where the one before ended."""
    index = int(_said(element, "Index", str(following + 1))) - 1
    if not 0 <= index < limit:
        raise ValueError("index out of range")
    return index


def _number(element: Element, name: str, limit: int) -> int:
    number = int(_said(element, name, "0"))
    if not 0 <= number < limit:
        raise ValueError(name)
    return number
