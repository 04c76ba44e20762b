"""Cells of a form, whatever it came from (Excel sheet or Word table): rows of cells with their columns and spans."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from workbook.amounts import Fault, MoneyUnit, parse_amount, to_wan, typed_number, typed_text
from workbook.entries import Entry
from workbook.formats.source import RawSheet
from workbook.issues import CellRef
from workbook.pack.layout import normalise
from workbook.pack.rules import Findings

_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_ADDED = re.compile(r"[及和、/](?:代码|编码|名称)$|^\d+[.、]")
_LOOSE = re.compile(r"[_:：（）()%％]")


class GridCell(NamedTuple):
    """A cell of a form: content, first column, how many columns it covers, row; and the form's file and sheet (or table)."""

    content: object
    column: int
    span: int
    row: int = 0
    form: tuple[str, str] = ("", "")

    @property
    def ref(self) -> CellRef:
        return CellRef(*self.form, self.row, self.column)

    @property
    def text(self) -> str:
        return typed_text(self.content)

    @property
    def label(self) -> str:
        """Text as labels are compared; empty for a number."""
        return label_key(self.content) if isinstance(self.content, str) and self.content else ""

    @property
    def heading(self) -> str:
        """The label without what forms add to it: ``全年预算数（A）``, ``执行率（B/A）``, ``主管部门及代码``."""
        return heading_key(self.content) if isinstance(self.content, str) and self.content else ""

    def overlap(self, other: GridCell) -> int:
        """How many columns both cover."""
        return min(self.column + self.span, other.column + other.span) - max(self.column, other.column)


GridRow = Sequence[GridCell]


@lru_cache(maxsize=4096)
def label_key(text: str) -> str:
    """*text* of a label without what differs between forms (spaces, brackets, ``%``, numbering)."""
    return _LOOSE.sub("", normalise(text)).replace("万元", "")


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """*text* of a label without bracketed additions and without ``及代码``."""
    return _ADDED.sub("", label_key(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)) or text))


@lru_cache(maxsize=4096)
def clean_name(text: str) -> str:
    """*text* without the line breaks and spaces that narrow cells put between Chinese characters."""
    return _BESIDE_CHINESE.sub("", text.strip())


def grid_of_sheet(sheet: RawSheet) -> list[list[GridCell]]:
    """The rows of an Excel sheet; a merged range is one cell in its first row, blank cells below."""
    form = (sheet.file.name, sheet.name)
    grid = [[GridCell(content, c, 1, r, form) for c, content in enumerate(row)] for r, row in enumerate(sheet.rows)]
    for (r, c), error in sheet.marks.errors.items():
        grid[r][c] = grid[r][c]._replace(content=error)
    for top, left, _, right in sorted((area for area in sheet.marks.merged if area[0] < len(grid)), reverse=True):
        if right > left < len(grid[top]):
            grid[top][left : right + 1] = [grid[top][left]._replace(span=right - left + 1)]
    return grid


def assign(header: Sequence[tuple[str, GridCell]], row: Iterable[GridCell]) -> dict[str, GridCell]:
    """Which cell of *row* stands under each header cell: the one that shares most columns with it."""
    cells = list(row)
    starts = {cell.column: cell for cell in cells}
    found: dict[str, GridCell] = {}
    for name, head in header:
        exact = starts.get(head.column)
        if exact is not None and exact.span == head.span:
            found[name] = exact
            continue
        under = [(overlap, bool(cell.text), cell) for cell in cells if (overlap := cell.overlap(head)) > 0]
        if under:
            widest = max(overlap for overlap, _, _ in under)
            candidates = [entry for entry in under if entry[0] == widest]
            found[name] = next((cell for _, filled, cell in candidates if filled), candidates[0][2])
    return found


def text_entry(cell: GridCell | None) -> Entry:
    """The cell as text."""
    return Entry(cell.text, None, cell.ref) if cell else Entry()


def number_entry(cell: GridCell | None, found: Findings, unit: MoneyUnit = MoneyUnit.WAN) -> Entry:
    """The cell as a number (an amount of *unit* in 万元); text where a number belongs is an issue."""
    if cell is None:
        return Entry()
    value = None if cell.content == "无" else typed_number(cell.content)
    entry = Entry(cell.text, None if value is None or isinstance(value, Fault) else to_wan(value, unit), cell.ref)
    if isinstance(value, Fault):
        found.add("绩效-00", "不是数字", entry, 单元格=cell.ref, 种类=value, 内容=cell.text[:20])
    return entry


_NUMBER_IN_TEXT = re.compile(
    r"^(?P<sign>>=|<=|≥|≤|>|<|=|不低于|不少于|不高于|不超过)?"
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)(?P<percent>%)?(?P<unit>[^\d]{0,4})$")
_SIGNS = {">=": "≥", "不低于": "≥", "不少于": "≥", "<=": "≤", "不高于": "≤", "不超过": "≤"}


def measure_entry(cell: GridCell | None) -> tuple[Entry, str]:
    """An indicator's value: text, and its number when it is one (``≥95%`` → 95); the sign stated with it."""
    if cell is None:
        return Entry(), ""
    value = parse_amount(cell.content)
    if isinstance(value, Decimal):
        return Entry(cell.text, value, cell.ref), ""
    text = normalise(cell.text) if cell.text else ""
    match = _NUMBER_IN_TEXT.match(text) if value is not None else None
    if match is None or match["unit"].startswith(("年", "月", "日")):
        return Entry(cell.text, None, cell.ref), ""
    number = Decimal(match["number"].replace(",", ""))
    return Entry(cell.text, number, cell.ref), _SIGNS.get(match["sign"] or "", match["sign"] or "")
