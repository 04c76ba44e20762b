"""Marks of .ods workbooks: one pass over content.xml."""

from __future__ import annotations

import re
from itertools import product

from workbook.formats.archive import make_member, write_archive
from workbook.formats.marks import MAX_TEXT_BYTES, TRIM, Marks, Prepared
from workbook.formats.package import ENCRYPTED, UNLOCK, Package, PackageError
from workbook.formats.safe_xml import has_markup, parse_xml, plain_xml

_MAX_CONTENT_BYTES = 80 * 1024 * 1024
_MAX_PARSED = 12_000_000  # cells that calamine builds while it reads, empty ones too
_MAX_LINES = 1_048_576
_MAX_REPEATED_MARKS = 10_000
_ERROR_TEXT = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|NUM|NULL|N/A)[!?]?|(?:Err|错误)[:：]\s*\d{3}")
_SPANNED = {"table:number-rows-spanned", "table:number-columns-spanned"}
_HIDDEN = ("collapse", "filter")
_CELLS = ("table:table-cell", "table:covered-table-cell")
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
        data = write_archive(
            [make_member(name, part, level=1) for name, part in (*others, ("content.xml", plain_xml(content)))])
    return Prepared(data, scan.sheets)


class _Scan:
    """Follows tables, rows and cells; each stands where those before it, repeated ones written out, end."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, Marks]] = []
        self._marks = Marks()
        self._rows = self._cells = self._columns = range(0)
        """What the present element stands for."""
        self._attributes: dict[str, str] | None = None
        self._text: list[str] = []
        self._spaces = 0
        self._parsed = 0
        self._written = 0  # characters in all cells, repeated ones written out

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        is_hidden = attributes.get("table:visibility") in _HIDDEN
        if tag in _CELLS:
            self._cells = _next(self._cells, attributes, "table:number-columns-repeated")
            self._attributes, self._text, self._spaces = attributes, [], 0
        elif tag == "text:s":
            self._spaces += _count(attributes, "text:c")
        elif tag == "table:table-row":
            self._rows, self._cells = _next(self._rows, attributes, "table:number-rows-repeated"), range(0)
            self._marks.hidden_rows.update(self._rows[: max(_MAX_LINES - self._rows.start, 0)] if is_hidden else ())
        elif tag == "table:table-column":
            self._columns = _next(self._columns, attributes, "table:number-columns-repeated")
            if is_hidden:
                self._marks.hide_columns(self._columns.start, self._columns.stop - 1)
        elif tag == "table:table":
            if "table:name" not in attributes:
                raise ValueError("table without a name")
            self._marks = Marks()
            self._rows = self._columns = range(0)
            self.sheets.append((attributes["table:name"], self._marks))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _CELLS and self._attributes is not None:
            self._end_cell(self._attributes, "".join(self._text).strip())
            self._attributes = None

    def characters(self, data: str) -> None:
        """Text of a cell."""
        if self._attributes is not None:
            self._text.append(data)

    def _end_cell(self, attributes: dict[str, str], text: str) -> None:
        kind, formula = attributes.get("office:value-type"), attributes.get("table:formula")
        rows, cells, marks = self._rows, self._cells, self._marks
        self._parsed += len(cells)
        if _SPANNED & attributes.keys():
            height, width = (_count(attributes, f"table:number-{name}-spanned") for name in ("rows", "columns"))
            if height > 1 or width > 1:
                marks.merged.append((rows.start, cells.start, rows.start + height - 1, cells.start + width - 1))
        if kind is None and formula is None:
            return
        marks.extent.include(rows.stop - 1, cells.stop - 1)
        value = next((attributes[name] for name in _VALUES if name in attributes), "")
        length = max(len(value), len(text)) + self._spaces + len(formula or "")
        self._written += length * len(cells) * len(rows)
        if self._written > MAX_TEXT_BYTES or self._parsed > _MAX_PARSED:
            raise PackageError(f"工作表“{self.sheets[-1][0]}”的内容过多", TRIM)
        is_error = attributes.get("calcext:value-type") == "error" or (formula and _ERROR_TEXT.match(text))
        if is_error or formula is not None:
            each = [*product(rows, cells)] if len(cells) * len(rows) <= _MAX_REPEATED_MARKS else [(rows.start, cells.start)]
            marks.errors.update(dict.fromkeys(each, text or "#VALUE!") if is_error else {})
            marks.formulas.update(each if formula is not None else ())
            marks.uncomputed.update(each if formula is not None and kind is None and not text else ())


def _next(before: range, attributes: dict[str, str], name: str) -> range:
    """What stands behind *before*, repeated as its attributes say."""
    return range(before.stop, before.stop + _count(attributes, name))


def _count(attributes: dict[str, str], name: str) -> int:
    """A repeat count; absurd ones (beyond any sheet) are damage."""
    value = attributes.get(name, "1")
    if not (value.isdecimal() and len(value) <= 8):
        raise ValueError(f"{name}={value}")
    return max(int(value), 1)
