"""How a sheet looks in Excel: column widths, row heights, alignment, number formats (and numbers shown by them), frozen panes.

Read from the .xlsx itself with a few searches; other formats get a plain look by their contents.  Only for
display: nothing here changes what an amount is.  By searches, not by openpyxl: a sheet's look is needed for its first
painting, and takes 2 ms (142 ms for three sheets of 5,000 rows); openpyxl takes 80 ms to import and 50 (1,160) to load.
"""

from __future__ import annotations

import html
import re
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING

from workbook.amounts import plain_number, round_half_up
from workbook.formats.package import Package, PackageError, book_parts, elements
from workbook.numerals import column_index, content_width
from workbook.values import dataclass

if TYPE_CHECKING:
    from decimal import Decimal

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
_BLOCK = re.compile(r"<(?:\w+:)?(fonts|cellXfs)\b.*?</(?:\w+:)?\1>", re.DOTALL)
_FONT = re.compile(r"<(?:\w+:)?font\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?font>)", re.DOTALL)
_XF = re.compile(r"<(?:\w+:)?xf\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?xf>)", re.DOTALL)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_SIZE = re.compile(r'<(?:\w+:)?sz val="([\d.]+)"')
_BOLD = re.compile(r'<(?:\w+:)?b(?:\s*/>| val="(?:1|true)")')
_MAX_PLAIN_ROWS = 200


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
    default_height: float = 15.0
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
                self._looks = _cell_looks(package, parts.related("styles"))
                self._package = package
            except (PackageError, UnicodeDecodeError):
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
        try:
            xml = self._package.read(part).decode("utf-8")
        except (PackageError, UnicodeDecodeError):
            return plain_look(sheet)
        look = SheetLook(looks=self._looks)
        head, _, body = xml.partition("sheetData")
        _read_head(head, look)
        look.heights = {int(row) - 1: float(height) for row, height in _ROW.findall(body)}
        columns: dict[str, int] = {}
        for letters, row, style in _CELL.findall(body):
            if style:
                column = columns.get(letters)
                if column is None:
                    column = columns[letters] = column_index(letters)
                look.styles[int(row) - 1, column] = int(style)
        return look


def _read_head(head: str, look: SheetLook) -> None:
    for _, a in elements(head, "sheetFormatPr"):
        look.default_width = float(a.get("defaultColWidth") or a.get("baseColWidth") or 8.43)
        look.default_height = float(a.get("defaultRowHeight") or 15)
    for _, a in elements(head, "pane"):
        if a.get("state", "").startswith("frozen"):
            look.frozen_rows = int(float(a.get("ySplit") or 0))
            look.frozen_columns = int(float(a.get("xSplit") or 0))
    for _, a in elements(head, "col"):
        first, last = int(a.get("min", "1")) - 1, min(int(a.get("max", "0")), 400)
        if "width" in a:
            look.widths.update(dict.fromkeys(range(first, last), float(a["width"])))


def _cell_looks(package: Package, styles: str) -> tuple[CellLook, ...]:
    if not styles:
        return (PLAIN,)
    xml = package.read(styles).decode("utf-8")
    formats = dict(BUILT_IN)
    for _, a in elements(xml, "numFmt"):
        if a.get("numFmtId", "").isdigit():
            formats[int(a["numFmtId"])] = a.get("formatCode", GENERAL)
    blocks = {m[1]: m[0] for m in _BLOCK.finditer(xml)}
    fonts = [(bool(_BOLD.search(inner)), _size(inner)) for inner in _FONT.findall(blocks.get("fonts", ""))]
    looks = []
    for attributes, inner in _XF.findall(blocks.get("cellXfs", "")):
        a = dict(_ATTRIBUTE.findall(attributes))
        alignment = next((x for _, x in elements(inner, "alignment")), {})
        font = int(a.get("fontId", "0"))
        is_bold, size = fonts[font] if font < len(fonts) else (False, 11.0)
        looks.append(CellLook(
            _align(alignment.get("horizontal", "")), int(alignment.get("indent", "0") or 0), is_bold, size,
            html.unescape(formats.get(int(a.get("numFmtId", "0")), GENERAL)), alignment.get("wrapText") in ("1", "true")))
    return tuple(looks) or (PLAIN,)


def _size(inner: str) -> float:
    match = _SIZE.search(inner)
    return float(match[1]) if match else 11.0


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


_DROP = re.compile(r"\[[^\]]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?]*[#0][#0?,.]*")


@dataclass(frozen=True, slots=True)
class _Section:
    before: str
    after: str
    places: int
    optional_places: int
    grouping: bool
    percent: bool
    scale: int
    has_digits: bool


def format_number(value: Decimal, code: str) -> str:
    """*value* as Excel shows it with the format *code* (dates and fractions: as a plain number)."""
    sections = _sections(code)
    if sections is None:
        return plain_number(value)
    if len(sections) > 1 and value < 0:
        return _shown(-value, sections[1])
    if len(sections) > 2 and _rounds_to_zero(value, sections[0]) and not value:
        return _shown(value, sections[2])
    text = _shown(abs(value), sections[0])
    return f"-{text}" if value < 0 and not _rounds_to_zero(value, sections[0]) else text


def _rounds_to_zero(value: Decimal, section: _Section) -> bool:
    return not round_half_up(value * (100 if section.percent else 1), section.places)


def _shown(value: Decimal, section: _Section) -> str:
    if not section.has_digits:
        return section.before + section.after
    value = (value * 100 if section.percent else value).scaleb(-3 * section.scale)
    number = round_half_up(value, section.places)
    text = f"{number:,f}" if section.grouping else f"{number:f}"
    if section.optional_places and "." in text:
        whole, _, decimals = text.partition(".")
        fixed = section.places - section.optional_places
        decimals = decimals[:fixed] + decimals[fixed:].rstrip("0")
        text = f"{whole}.{decimals}" if decimals else whole
    return f"{section.before}{text}{section.after}"


@cache
def _sections(code: str) -> tuple[_Section, ...] | None:
    """The parts of a format between ``;``; ``None`` for General, text and what is no number format."""
    if not code or code.upper() == "GENERAL" or code == "@":
        return None
    bare = _LITERAL.sub("", _DROP.sub("", code)).lower()
    if re.search(r"[ymdhs]", bare) or "/" in bare:
        return None
    return tuple(_section(part) for part in code.split(";")[:3])


def _section(part: str) -> _Section:
    text = _DROP.sub("", part)
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match[1] if match[1] is not None else match[2])
        return chr(0xE000 + len(literals) - 1)

    text = _LITERAL.sub(keep, text)
    match = _DIGITS.search(text)

    def restored(piece: str) -> str:
        return "".join(literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xF000 else c for c in piece).replace("General", "").replace("?", "")

    if match is None:
        return _Section(restored(text), "", 0, 0, False, False, 0, has_digits="General" in text)
    digits = match[0]
    stripped = digits.rstrip(",")
    _, _, decimals = stripped.partition(".")
    return _Section(
        restored(text[: match.start()]), restored(text[match.end() :]), len(decimals), decimals.count("#"),
        "," in stripped, "%" in text, len(digits) - len(stripped), has_digits=True)
