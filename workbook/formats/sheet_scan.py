"""Scan of an .xlsx worksheet part for marks.

Nearly every sheet is written the same plain way (``<c r="A1" …>``, no prefixes, no comments); there a few searches are
several times faster than a parser.  Anything else (prefixed tags, cells without references, comments, CDATA, UTF-16: rare,
but correct XML) is written anew in that way, for the scan and for calamine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from workbook.formats.marks import (
    MAX_CELLS,
    MAX_FORMULAS,
    TRIM,
    Extent,
    Marks,
    cell_position,
    column_of,
    range_position,
)
from workbook.formats.safe_xml import PackageError, local, parse_xml
from workbook.numerals import column_letters

_STEP = 4 * 1024 * 1024
_WITH_FORMULA = rb"([^>]*)>\s*<f(?=[\s/>])[^>]*(?:/>|>[^<]*</f>)\s*(?:(<v[^>]*>)([^<])?)?"
_FORMULA = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"' + _WITH_FORMULA)
# A cell with a formula (its parts as groups), one that is not written plainly, or one beyond ZZ9999 (no groups).
_SPECIAL = re.compile(
    rb'<c(?! r="[A-Z]{1,2}+[1-9]\d{0,3}+"[^>]*+>\s*+<(?!f))(?: r="([A-Z]{1,2}\d{1,4})"' + _WITH_FORMULA + rb"|[ \t\r\n/>])"
)
_ODD = re.compile(rb'<c(?! r="[A-Z]{1,2}+[1-9]\d{0,3}+")[ \t\r\n/>]')
"""The same without formulas: half the time."""
_FORMULA_TAG = re.compile(rb"<f[\s/>]")
_CELL = re.compile(rb'<c(?: r="([A-Z]{1,3})(\d{1,7})"|[ \t\r\n/>])')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*\st="e"[^>]*>')
_VALUE = re.compile(rb"<v[^>]*>([^<]+)<")
_MERGE = re.compile(rb'<mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_HIDDEN = re.compile(rb'<(row|col)(?=\s)(?=[^>]*\shidden\s*=\s*"(?:1|true)")([^>]*)>')
_LINES = re.compile(rb'\s(r|min|max)\s*=\s*"(\d{1,7})"')
_OUTSIDE = frozenset({"cols", "col", "mergeCells", "mergeCell"})
_REFERENCE = re.compile(r"([A-Z]{1,7})\d{1,10}\Z")
_REFERRED = re.compile(rb"<(?:v[^>]*>[^<]*|[^<>]*)&#")
"""A character reference in a value or an attribute; in texts calamine knows them."""
_SINGLE_QUOTED = re.compile(rb"=\s*'")
_EMPTY = re.compile(r"<(\w+)([^<>]*)></\1>")
"""An element with nothing in it."""
_PREFIXED = re.compile(rb":(?:c|row|f)[\s/>]")

Position = tuple[int, int]


class NotPlainError(ValueError):
    """The part is not written in the plain way."""


def scan_plain(xml: bytes) -> Marks:
    """Marks of the worksheet part *xml*."""
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if end < 0 and xml.startswith(b"<sheetData/>", start):
        end = start
    if not 0 <= start <= end or _is_unusual(xml, start, end):
        raise NotPlainError
    first = xml.find(b"<f", start, end)
    if (tags := xml.count(b"<f", first, end) if first >= 0 else 0) > MAX_FORMULAS:
        raise PackageError("公式过多，不像决算表", TRIM)
    marks = Marks()
    if tags or _ODD.search(xml):
        _formulas(xml, start, end, marks)
    if tags != len(marks.formulas) != len(_FORMULA_TAG.findall(xml, start, end)):
        raise NotPlainError  # behind its value, say: calamine would forget the value
    if b"hidden" in xml:
        _hidden(xml, marks)
    marks.merged = [range_position(reference) for reference in _MERGE.findall(xml, end)]
    if xml.find(b"#", start, end) >= 0 and xml.find(b'"e"', start, end) >= 0:  # an error value begins with #
        _errors(xml[start:end], marks)
    return marks


def _is_unusual(xml: bytes, start: int, end: int) -> bool:
    """Whether the parser must read the part; single characters are looked for first, which costs next to nothing."""
    return (
        (b"!" in xml and b"<!" in xml)
        or (b"'" in xml and _SINGLE_QUOTED.search(xml) is not None)
        or (xml.find(b"?", start, end) >= 0 and xml.find(b"<?", start, end) >= 0)
        or (xml.find(b"#", start, end) >= 0 and xml.find(b"&#", start, end) >= 0
            and _REFERRED.search(xml, start, end) is not None)
        or _PREFIXED.search(xml, start, end) is not None
    )


def _formulas(xml: bytes, start: int, end: int, marks: Marks) -> None:
    """Note the formulas, and the extent of a sheet with cells that are not written plainly or lie beyond ZZ9999."""
    found = _SPECIAL.findall(xml)
    if not all(reference for reference, *_ in found):
        marks.extent = _extent(xml, _CELL)
        if marks.extent.cells > MAX_CELLS:  # styled but empty cells count for nothing
            marks.extent = _extent(xml, _FILLED)
        found = _FORMULA.findall(xml, start, end)
    for reference, attributes, value, content in found:
        position = cell_position(reference)
        marks.formulas.add(position)
        if not content and not (value and b't="str"' in attributes):
            marks.uncomputed.add(position)


def _extent(xml: bytes, pattern: re.Pattern[bytes]) -> Extent:
    extent = Extent()
    for part in _slices(xml):
        cells = pattern.findall(part)
        if cells:
            letters, digits = map(set, zip(*cells, strict=True))
            if b"" in letters:
                raise NotPlainError
            widest = max(letters, key=lambda text: (len(text), text))
            extent.columns = max(extent.columns, column_of(widest) + 1)
            extent.rows = max(extent.rows, *map(int, digits))
    return extent


def _slices(xml: bytes) -> Iterator[bytes]:
    """*xml* in pieces that begin at a tag, so that lists of cells stay small."""
    start = 0
    while len(xml) - start > _STEP:
        end = xml.rfind(b"<", start + 1, start + _STEP)
        end = end if end > 0 else start + _STEP
        yield xml[start:end]
        start = end
    yield xml[start:] if start else xml


def _hidden(xml: bytes, marks: Marks) -> None:
    for match in _HIDDEN.finditer(xml):
        numbers = {key: int(value) for key, value in _LINES.findall(match[2])}
        if match[1] == b"row":
            if b"r" not in numbers:
                raise NotPlainError
            marks.hidden_rows.add(numbers[b"r"] - 1)
        elif b"min" in numbers and b"max" in numbers:
            marks.hide_columns(numbers[b"min"] - 1, numbers[b"max"] - 1)


def _errors(xml: bytes, marks: Marks) -> None:
    if xml.count(b'"e"') != xml.count(b' t="e"'):  # t = "e"
        raise NotPlainError
    for cell in _ERROR.finditer(xml):
        if cell[0].endswith(b"/>"):
            continue
        position = (int(cell[2]) - 1, column_of(cell[1]))
        value = _VALUE.search(xml, cell.end(), xml.find(b"</c>", cell.end()))
        marks.errors[position] = value[1].decode("utf-8", "replace").strip() if value else "#VALUE!"
        marks.uncomputed.discard(position)


def plain_sheet(xml: bytes) -> bytes:
    """What reading needs of the worksheet part *xml*, written in the plain way.  Raises ``PackageError``."""
    writer = _PlainWriter()
    parse_xml(xml, writer.start, writer.end, writer.text)
    return _EMPTY.sub(r"<\1\2/>", f"<worksheet>{''.join(writer.out)}</worksheet>").encode()


class _PlainWriter:
    """Keeps columns, rows, cells and merged ranges; every row and cell is given its place, as calamine counts."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._row = self._column = 0  # of the next cell
        self._in_data = False
        self._begin: dict[str, int] = {}
        """Where the current cell's value and formula begin in ``out``."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        if not self._in_data and name in ("c", "row"):
            raise ValueError("cell outside the sheet's data")
        self._in_data = self._in_data or name == "sheetData"
        if self._in_data or name in _OUTSIDE:
            written = self._placed(name, attributes).items()
            self.out.append(f"<{name}" + "".join(f' {key}="{escape(value)}"' for key, value in written) + ">")

    def _placed(self, name: str, attributes: dict[str, str]) -> dict[str, str]:
        """The attributes of an element, those of a row or a cell with its place."""
        written = {key: value for key, value in attributes.items() if ":" not in key or key.startswith("xml:")}
        if name == "mergeCell":
            return {"ref": attributes.get("ref", "").replace("$", "")}
        if name == "row":
            if attributes.get("r", "").isdecimal():
                self._row = int(attributes["r"]) - 1
            return written | {"r": str(self._row + 1)}
        if name == "c":
            reference = attributes.get("r", f"{column_letters(self._column)}{self._row + 1}").upper()
            if (match := _REFERENCE.match(reference)) is None:
                raise ValueError(reference)
            self._column, self._begin = column_of(match[1].encode()) + 1, {}
            return {"r": reference} | {key: written[key] for key in ("s", "t") if key in written}
        self._begin[name] = len(self.out)
        return written

    def end(self, tag: str) -> None:
        """An element ends."""
        name = local(tag)
        if self._in_data or name in _OUTSIDE:
            self.out.append(f"</{name}>")
        if name == "f" and (value := self._begin.get("v")) is not None:  # calamine takes a value only behind its formula
            self.out[value:] = self.out[self._begin["f"] :] + self.out[value : self._begin["f"]]
        if name == "row":
            self._row, self._column = self._row + 1, 0
        self._in_data = self._in_data and name != "sheetData"

    def text(self, data: str) -> None:
        """Text between the tags."""
        if self._in_data:
            self.out.append(escape(data, quote=False))
