"""Marks of .ods workbooks: one pass over content.xml."""

from __future__ import annotations

import re

from workbook.formats.archive import make_member, write_archive
from workbook.formats.marks import MAX_TEXT_BYTES, TRIM, Marks, Prepared
from workbook.formats.package import ENCRYPTED, UNLOCK, Package, PackageError
from workbook.formats.safe_xml import has_markup, parse_xml, plain_xml

_MAX_CONTENT_BYTES = 80 * 1024 * 1024
_MAX_PARSED = 12_000_000  # cells that calamine builds while it reads, empty ones too
_MAX_LINES = 1_048_576
_MAX_COLUMNS = 16_384
_MAX_REPEATED_MARKS = 10_000
_ERROR_TEXT = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|NUM|NULL|N/A)[!?]?|(?:Err|错误)[:：]\s*\d{3}")
_SPANNED = {"table:number-rows-spanned", "table:number-columns-spanned"}
_HIDDEN = ("collapse", "filter")
_VALUES = ("office:value", "office:string-value", "office:date-value", "office:time-value", "office:boolean-value")


def prepare_ods(package: Package) -> Prepared:
    """Scan every sheet of the workbook."""
    manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
    if b"encryption-data" in manifest:
        raise PackageError(ENCRYPTED, UNLOCK)
    if package.size("content.xml") > _MAX_CONTENT_BYTES:
        raise PackageError("内容过大", TRIM)
    scan = _Scan()
    content = package.read("content.xml")
    parse_xml(content, scan.start, scan.end, scan.characters)
    data = package.data
    if has_markup(content):
        others = [(name, package.read(name)) for name in ("mimetype", "META-INF/manifest.xml") if name in package]
        data = write_archive([make_member(name, part, level=1) for name, part in (*others, ("content.xml", plain_xml(content)))])
    return Prepared(data, scan.sheets)


class _Scan:
    """Follows tables, rows and cells; a cell stands where repeated ones before it end."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, Marks]] = []
        self._name = ""
        self._marks = Marks()
        self._row = self._column = self._columns = 0
        self._row_repeat = self._cell_repeat = 1
        self._attributes: dict[str, str] | None = None
        self._text: list[str] = []
        self._spaces = 0
        self._parsed = 0
        self._written = 0  # characters in all cells, repeated ones written out

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._attributes = attributes
            self._cell_repeat = _count(attributes, "table:number-columns-repeated")
            self._text, self._spaces = [], 0
        elif tag == "text:s":
            self._spaces += _count(attributes, "text:c")
        elif tag == "table:table-row":
            self._column = 0
            self._row_repeat = _count(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self._marks.hidden_rows.update(_span(self._row, self._row_repeat, _MAX_LINES))
        elif tag == "table:table-column":
            repeat = _count(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self._marks.hidden_columns.update(_span(self._columns, repeat, _MAX_COLUMNS))
            self._columns += repeat
        elif tag == "table:table":
            if "table:name" not in attributes:
                raise ValueError("table without a name")
            self._name = attributes["table:name"]
            self._marks = Marks()
            self._row = self._columns = 0
            self.sheets.append((self._name, self._marks))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in ("table:table-cell", "table:covered-table-cell"):
            if self._attributes is not None:
                self._end_cell(self._attributes, "".join(self._text).strip())
            self._attributes = None
            self._column += self._cell_repeat
        elif tag == "table:table-row":
            self._row += self._row_repeat

    def characters(self, data: str) -> None:
        """Text of a cell."""
        if self._attributes is not None:
            self._text.append(data)

    def _end_cell(self, attributes: dict[str, str], text: str) -> None:
        kind, formula = attributes.get("office:value-type"), attributes.get("table:formula")
        self._parsed += self._cell_repeat
        if _SPANNED & attributes.keys():
            rows, columns = (_count(attributes, f"table:number-{name}-spanned") for name in ("rows", "columns"))
            if rows > 1 or columns > 1:
                area = (self._row, self._column, self._row + rows - 1, self._column + columns - 1)
                self._marks.merged.append(area)
        if kind is None and formula is None:
            return
        self._marks.extent.include(self._row + self._row_repeat - 1, self._column + self._cell_repeat - 1)
        value = next((attributes[name] for name in _VALUES if name in attributes), "")
        length = max(len(value), len(text)) + self._spaces + len(formula or "")
        self._written += length * self._cell_repeat * self._row_repeat
        self._check()
        if attributes.get("calcext:value-type") == "error" or (formula and _ERROR_TEXT.match(text)):
            for cell in self._repeated():
                self._marks.errors[cell] = text or "#VALUE!"
        if formula is not None:
            cells = self._repeated()
            self._marks.formulas.update(cells)
            if kind is None and not text:
                self._marks.uncomputed.update(cells)

    def _check(self) -> None:
        if self._written > MAX_TEXT_BYTES or self._parsed > _MAX_PARSED:
            raise PackageError(f"工作表“{self._name}”的内容过多", TRIM)

    def _repeated(self) -> list[tuple[int, int]]:
        """The cells that the current element stands for."""
        if self._cell_repeat * self._row_repeat > _MAX_REPEATED_MARKS:
            return [(self._row, self._column)]
        return [
            (row, column)
            for row in range(self._row, self._row + self._row_repeat)
            for column in range(self._column, self._column + self._cell_repeat)
        ]


def _count(attributes: dict[str, str], name: str) -> int:
    """A repeat count; absurd ones (beyond any sheet) are damage."""
    value = attributes.get(name, "1")
    if not (value.isdecimal() and len(value) <= 8):
        raise ValueError(f"{name}={value}")
    return max(int(value), 1)


def _span(first: int, count: int, limit: int) -> range:
    return range(min(first, limit), min(first + count, limit))
