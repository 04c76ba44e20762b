"""How a sheet looks in Excel: column widths, row heights, alignment, number formats (and numbers shown by them), frozen panes.

Read from the .xlsx itself with a few searches; other formats get a plain look by their contents.  Only for
display: nothing here changes what an amount is.  By searches, not by openpyxl: a sheet's look is needed for its first
painting, and takes 2 ms (142 ms for three sheets of 5,000 rows); openpyxl takes 80 ms to import and 50 (1,160) to load.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from workbook.amounts import plain_number, round_half_up
from workbook.formats.package import Package, book_parts
from workbook.formats.safe_xml import PackageError, local, parse_xml
from workbook.formats.spreadsheetml import tree_of
from workbook.numerals import column_index, content_width
from workbook.values import dataclass

if TYPE_CHECKING:
    from decimal import Decimal
    from xml.etree.ElementTree import Element

    from workbook.formats.source import RawSheet

GENERAL = "General"
AMOUNT = "#,##0.00"
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '#,##0.00;-#,##0.00;"-"', 49: "@",
}
"""Number formats that a file names by number only."""
_CELL = re.compile(r'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"(?: (?:s="(\d+)"|\w+="[^"]*"))*')
_ROW = re.compile(r'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*?\bht="([\d.]+)"')
_MAX_PLAIN_ROWS = 200
_MAX_STYLES_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CellLook:
    """How one kind of cell looks."""

    align: str = ""
    """``left``, ``center``, ``right`` or empty (by content)."""
    indent: int = 0
    is_bold: bool = False
    size: float = 11
    """Points."""
    number_format: str = GENERAL
    is_wrapped: bool = False


PLAIN = CellLook()


@dataclass(slots=True)
class SheetLook:
    """How one sheet looks."""

    widths: dict[int, float] = field(default_factory=dict)
    """Column widths in characters, where they differ from the default."""
    heights: dict[int, float] = field(default_factory=dict)
    """Row heights in points, likewise."""
    default_width: float = 9.0
    frozen_rows: int = 0
    frozen_columns: int = 0
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    looks: tuple[CellLook, ...] = (PLAIN,)

    def at(self, row: int, column: int) -> CellLook:
        """The look of a cell."""
        index = self.styles.get((row, column), 0)
        return self.looks[index] if index < len(self.looks) else PLAIN


class BookLooks:
    """The looks of a workbook's sheets, found when they are asked for."""

    def __init__(self, data: bytes | None) -> None:
        self._package: Package | None = None
        self._parts: dict[str, str] = {}
        self._looks: tuple[CellLook, ...] = (PLAIN,)
        self._found: dict[str, SheetLook] = {}
        if data is not None and data.startswith(b"PK"):
            try:
                package = Package(data)
                parts = book_parts(package)
                self._parts = parts.worksheets
                if styles := parts.related("styles"):
                    self._looks = _cell_looks(tree_of(package.read(styles, _MAX_STYLES_BYTES)))
                self._package = package
            except (PackageError, ValueError):
                self._package = None

    def of(self, sheet: RawSheet) -> SheetLook:
        """The look of a sheet."""
        look = self._found.get(sheet.name)
        if look is None:
            look = self._found[sheet.name] = self._read(sheet)
        return look

    def _read(self, sheet: RawSheet) -> SheetLook:
        part = self._parts.get(sheet.name)
        if self._package is None or part is None:
            return plain_look(sheet)
        look = SheetLook(looks=self._looks)
        try:
            head, _, rest = self._package.read(part).partition(b"sheetData")
            body = rest.decode("utf-8")
            parse_xml(head, partial(_read_head, look), whole=False)
        except (PackageError, UnicodeDecodeError):
            return plain_look(sheet)
        look.heights = {int(row) - 1: float(height) for row, height in _ROW.findall(body)}
        columns: dict[str, int] = {}
        for letters, row, style in _CELL.findall(body):
            if style:
                column = columns.get(letters)
                if column is None:
                    column = columns[letters] = column_index(letters)
                look.styles[int(row) - 1, column] = int(style)
        return look


def _read_head(look: SheetLook, tag: str, a: dict[str, str]) -> None:
    """What an element above a sheet's rows says."""
    match local(tag):
        case "sheetFormatPr":
            look.default_width = float(a.get("defaultColWidth") or a.get("baseColWidth") or 8.43)
        case "pane" if a.get("state", "").startswith("frozen"):
            look.frozen_rows = int(float(a.get("ySplit") or 0))
            look.frozen_columns = int(float(a.get("xSplit") or 0))
        case "col" if "width" in a:
            look.widths.update(
                dict.fromkeys(range(int(a.get("min", "1")) - 1, min(int(a.get("max", "0")), 400)), float(a["width"])))


def _cell_looks(styles: Element) -> tuple[CellLook, ...]:
    formats = BUILT_IN | {
        int(n.get("numFmtId", "0")): n.get("formatCode", GENERAL) for n in styles.iterfind("{*}numFmts/{*}numFmt")}
    fonts = [(_is_on(font.find("{*}b")), _size(font.find("{*}sz"))) for font in styles.iterfind("{*}fonts/{*}font")]
    looks = []
    for xf in styles.iterfind("{*}cellXfs/{*}xf"):
        alignment, font = xf.find("{*}alignment"), int(xf.get("fontId", "0"))
        a = alignment.attrib if alignment is not None else {}
        is_bold, size = fonts[font] if font < len(fonts) else (False, 11.0)
        looks.append(CellLook(
            _align(a.get("horizontal", "")), int(a.get("indent") or 0), is_bold, size,
            formats.get(int(xf.get("numFmtId", "0")), GENERAL),
            a.get("wrapText") in ("1", "true")))
    return tuple(looks) or (PLAIN,)


def _is_on(mark: Element | None) -> bool:
    return mark is not None and mark.get("val", "1") in ("1", "true")


def _size(mark: Element | None) -> float:
    return float(mark.get("val", "11")) if mark is not None else 11.0


def _align(value: str) -> str:
    return {"centerContinuous": "center", "distributed": "center", "justify": "left", "fill": "left"}.get(
        value, value if value in ("left", "center", "right") else "")


def plain_look(sheet: RawSheet) -> SheetLook:
    """A look for a sheet whose file says nothing: widths by content, merged cells centred."""
    look = SheetLook(looks=(PLAIN, CellLook(align="center", is_wrapped=True)))
    merged = {(top, left) for top, left, _, _ in sheet.marks.merged}
    for r, row in enumerate(sheet.rows[:_MAX_PLAIN_ROWS]):
        for c, content in enumerate(row):
            if content != "" and (r, c) not in merged:
                look.widths[c] = max(look.widths.get(c, 8.0), min(content_width(content) + 2, 40.0))
    for top, left, _, _ in sheet.marks.merged:
        look.styles[top, left] = 1
    return look


# ---------------------------------------------------------------- numbers as a number format shows them


_TOKEN = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.|(General)|([#0?]*[#0][#0?,.]*)|(.)')
"""Of a format: a text, a sign that is meant as it is, what shows nothing, a whole number, digits, anything else."""


class _Section(NamedTuple):
    before: str
    after: str
    places: int
    optional: int
    """How many of the places are shown only where they are not zero."""
    grouping: str
    exponent: int
    """Of the power of ten by which the number is shown: per cent, thousands."""
    has_digits: bool

    def rounded(self, value: Decimal) -> Decimal:
        """*value* as far as it is shown."""
        return round_half_up(value.scaleb(self.exponent), self.places)

    def shown(self, value: Decimal) -> str:
        """*value*, which is not negative."""
        if not self.has_digits:
            return self.before + self.after
        text = f"{self.rounded(value):{self.grouping}f}"
        if self.optional:
            fixed = len(text) - self.optional
            text = (text[:fixed] + text[fixed:].rstrip("0")).removesuffix(".")
        return f"{self.before}{text}{self.after}"


def format_number(value: Decimal, code: str) -> str:
    """*value* as Excel shows it with the format *code* (dates and fractions: as a plain number)."""
    sections = _sections(code)
    if sections is None:
        return plain_number(value)
    if len(sections) > 1 and value < 0:
        return sections[1].shown(-value)
    if len(sections) > 2 and not value:
        return sections[2].shown(value)
    text = sections[0].shown(abs(value))
    return f"-{text}" if value < 0 and sections[0].rounded(value) else text


@cache
def _sections(code: str) -> tuple[_Section, ...] | None:
    """The parts of a format between ``;``; ``None`` for General, text and what is no number format."""
    signs = "".join(other for *_, other in _TOKEN.findall(code))
    if not code or code.upper() == "GENERAL" or code == "@" or re.search("[ymdhs/]", signs, re.IGNORECASE):
        return None
    return tuple(_section(part) for part in code.split(";")[:3])


def _section(part: str) -> _Section:
    sides, digits, exponent, is_general = ["", ""], "", 0, False
    for quoted, escaped, general, number, other in _TOKEN.findall(part):
        if number and not digits:
            digits = number
        else:
            sides[bool(digits)] += quoted or escaped or number or other.replace("?", "")
        exponent += 2 * (other == "%")
        is_general = is_general or bool(general)
    stripped = digits.rstrip(",")
    decimals = stripped.partition(".")[2]
    return _Section(
        sides[0], sides[1], len(decimals), decimals.count("#"), "," * ("," in stripped),
        exponent - 3 * (len(digits) - len(stripped)),
        bool(digits) or is_general)
