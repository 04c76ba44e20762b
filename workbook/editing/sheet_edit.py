"""Editing the XML of one worksheet part: only the bytes of the edited cells change.

The part is taken apart into its rows and, where one is edited, cells (comments and CDATA masked) and put together again, never
re-serialised, so formatting, attributes, unknown elements and white space stay as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from workbook.amounts import plain_number
from workbook.editing.cells import CellState
from workbook.editing.excel_formula import UnsupportedError
from workbook.editing.recalc import filled
from workbook.formats.package import PackageError
from workbook.numerals import a1, column_index
from workbook.values import dataclass

Position = tuple[int, int]

_TAG = r"<((?:\w+:)?){}(?=[\s/>])([^>]*?)(/?)>"
_DATA, _ROW, _CELL, _COLUMN = (re.compile(_TAG.format(name)) for name in ("sheetData", "row", "c", "col"))
_MASKED = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_FORMULA = re.compile(r"<(?:\w+:)?f(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_SPANS = re.compile(r"\s+spans=\"[^\"]*\"")
"""Which columns a row uses: a hint to readers, left out where it would be wrong."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_DIMENSION = re.compile(r"<(?:\w+:)?dimension\s+ref=\"([A-Z0-9:$]+)\"")
MAX_TEXT = 32_767
"""Excel's limit for the text of a cell."""
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


Edit: TypeAlias = "Decimal | int | str | bool | CellState | None"
"""What a cell is to hold; of a formula that stays, the state that it comes to."""


@dataclass(slots=True)
class _Element:
    """A row or a cell as it stands in the part (or nothing at all, before the first of them)."""

    number: int = -1
    """Of the row (from 1) or the column (from 0)."""
    tag: str = ""
    """The attributes as they are written."""
    inner: str = ""
    """The content."""
    text: str = ""
    """All of it."""
    gap: str = ""
    """What stands between it and the next."""
    cells: list[_Element] | None = None
    """Of a row that was looked into."""


class SheetEditor:
    """One worksheet part being edited."""

    def __init__(self, xml: bytes) -> None:
        if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = re.sub(r"encoding=([\"'])[^\"']*\1", 'encoding="UTF-8"', xml.decode("utf-16"), count=1)
        else:
            text = xml.decode("utf-8", "surrogateescape")
        if "<!DOCTYPE" in text[:1000]:
            raise PackageError("工作表内容异常（含 DOCTYPE），不能直接修改")
        mask = _masked(text)
        match = _DATA.search(mask)
        if match is None:
            raise PackageError("工作表内容异常（没有数据区），不能直接修改")
        self.prefix, self.replaced_formulas = match[1], False
        end = match.end() if match[3] else mask.rfind(f"</{self.prefix}sheetData")
        if end < 0:
            raise PackageError("工作表内容异常（数据区不完整），不能直接修改")
        self._before, self._data, self._body, self._after = text[: match.start()], match, text[match.end() : end], text[end:]
        self._rows = self._split("row", self._body)
        self._by_number = {row.number: row for row in self._rows}

    # ------------------------------------------------------------ taking apart
    def _split(self, name: str, xml: str) -> list[_Element]:
        """The rows or cells in *xml*, numbered as their ``r`` says or on from the one before."""
        pattern, closing, mask = _ROW if name == "row" else _CELL, f"</{self.prefix}{name}>", _masked(xml)
        found, position, number = [_Element()], 0, 0 if name == "row" else -1
        while (match := pattern.search(mask, position)) is not None:
            found[-1].gap = xml[position : match.start()]
            end = position = match.end()
            if not match[3]:
                end = mask.find(closing, position)
                if end < 0:
                    raise PackageError("工作表内容异常（行或单元格不完整），不能直接修改")
                position = end + len(closing)
            reference = _attributes(match[2]).get("r", "")
            place = _REFERENCE.fullmatch(reference)
            number = column_index(place[1]) if place else int(reference) if reference.isdecimal() else number + 1
            found.append(_Element(number, match[2], xml[match.end() : end], xml[match.start() : position]))
        found[-1].gap = xml[position:]
        return found

    def _cells(self, row: _Element) -> list[_Element]:
        if row.cells is None:
            row.cells = self._split("c", row.inner)
        return row.cells

    def _cell_at(self, position: Position) -> _Element | None:
        row = self._by_number.get(position[0] + 1)
        return next((cell for cell in self._cells(row) if cell.number == position[1]), None) if row is not None else None

    def _element(self, name: str, body: str, attributes: str = "") -> str:
        """An element with the prefix of the part."""
        return f"<{self.prefix}{name}{attributes}>{body}</{self.prefix}{name}>"

    # ------------------------------------------------------------ editing
    def edit(self, edits: Mapping[Position, Edit]) -> bytes:
        """The part with the cells at these 0-based positions changed.  Raises :class:`PackageError`."""
        self._refuse_array_parts(edits)
        self._write_out(edits)
        for position, value in edits.items():
            self._put(position, value)
        for row in self._rows:
            if row.cells is not None and (inner := _joined(row.cells)) != row.inner:
                row.text = self._element("row", inner, row.tag.rstrip())
        body, opening = _joined(self._rows), self._data[0]
        if self._data[3] and body:  # <sheetData/>: open it
            opening, body = "", self._element("sheetData", body, self._data[2].rstrip())
        xml = _wider_dimension(self._before, [p for p, v in edits.items() if v is not None]) + opening + body + self._after
        return xml.encode("utf-8", "surrogateescape")

    def _refuse_array_parts(self, edits: Mapping[Position, Edit]) -> None:
        """An array formula over several cells (or a data table) can only be changed as a whole."""
        if '"array"' not in self._body and '"dataTable"' not in self._body:
            return
        for match in _FORMULA.finditer(_masked(self._body)):
            attributes = _attributes(match[1])
            top, left, bottom, right = _range(attributes.get("ref", "A1"))
            if attributes.get("t") in ("array", "dataTable") and (top, left) != (bottom, right):
                for (r, c), value in edits.items():
                    if top <= r <= bottom and left <= c <= right and not isinstance(value, CellState):
                        raise PackageError(f"{a1(r, c)} 属于一个数组公式区域，不能单独修改")

    def _write_out(self, edits: Mapping[Position, Edit]) -> None:
        """Note whether formulas go; where others share one of them, they get their own."""
        masters: dict[str, tuple[str, str]] = {}
        gone = {position for position, value in edits.items() if not isinstance(value, CellState)}
        for position in gone:
            cell = self._cell_at(position)
            if cell is not None and (match := _FORMULA.search(cell.text)):
                self.replaced_formulas = True
                if (index := _shared(match)) and match[2]:
                    masters[index] = html.unescape(match[2]), a1(*position)
        for row in self._rows if masters else ():
            for cell in self._cells(row):
                match = _FORMULA.search(cell.text)
                if match is None or (row.number - 1, cell.number) in gone or (master := masters.get(_shared(match))) is None:
                    continue
                where = a1(row.number - 1, cell.number)
                try:
                    own = self._element("f", _escaped(filled(*master, where)))
                except UnsupportedError as error:
                    raise PackageError(f"{where} 的公式与被修改的单元格共用，无法单独写出，不能直接修改") from error
                cell.text = cell.text[: match.start()] + own + cell.text[match.end() :]

    def _put(self, position: Position, value: Edit) -> None:
        """Change one cell; one that is not there is made, in its row or a new one, when it is to hold something."""
        cell, where = self._cell_at(position), a1(*position)
        if cell is not None:
            attributes = _attributes(cell.tag)
            style = attributes.get("s", "")
            if isinstance(value, CellState) and (match := _FORMULA.search(cell.text)) is not None:
                kept = "".join(f' {k}="{v}"' for k, v in attributes.items() if k not in ("r", "s", "t"))
                cell.text = self._cell(where, style, value, match[0], kept)
            else:
                cell.text = "" if value is None and not style else self._cell(where, style, value)
        elif value is not None and not isinstance(value, CellState):
            number, column = position[0] + 1, position[1]
            row = self._by_number.get(number)
            if row is None:
                row = self._by_number[number] = _inserted(self._rows, _Element(number, f' r="{number}"'))
            attributes = _attributes(row.tag)
            style = attributes.get("s", "") if attributes.get("customFormat") in ("1", "true") else ""
            _inserted(self._cells(row), _Element(column, text=self._cell(where, style or self._column_style(column), value)))
            row.tag = _SPANS.sub("", row.tag)

    def _cell(self, where: str, style: str, value: Edit, formula: str = "", kept: str = "") -> str:
        content, error = (value.content, value.error) if isinstance(value, CellState) else (value, "")
        attributes = f' r="{where}"' + (f' s="{style}"' if style else "") + kept
        if content is None:
            return f"<{self.prefix}c{attributes}/>"
        if error:
            kind, shown = ' t="e"', _escaped(error)
        elif isinstance(content, bool):
            kind, shown = ' t="b"', str(int(content))
        elif isinstance(content, Decimal | int):
            if not (number := Decimal(content)).is_finite():
                raise PackageError("单元格的数必须是有限的数")
            kind, shown = "", plain_number(number)
        elif formula:
            kind, shown = ' t="str"', _escaped(str(content))
        else:
            text = self._element("is", self._element("t", _escaped(str(content)), ' xml:space="preserve"'))
            return self._element("c", text, attributes + ' t="inlineStr"')
        return self._element("c", formula + self._element("v", shown), attributes + kind)

    def _column_style(self, column: int) -> str:
        for match in _COLUMN.finditer(_masked(self._before)):
            attributes = _attributes(match[2])
            if int(attributes.get("min", "1")) <= column + 1 <= int(attributes.get("max", "0")):
                return attributes.get("style", "")
        return ""


def _masked(xml: str) -> str:
    """*xml* with blanks for comments, CDATA and processing instructions."""
    return _MASKED.sub(lambda m: " " * len(m[0]), xml) if "<!" in xml or "<?" in xml else xml


def _inserted(elements: list[_Element], new: _Element) -> _Element:
    """*new*, put among *elements* where its number belongs."""
    elements.insert(next((n for n, element in enumerate(elements) if element.number > new.number), len(elements)), new)
    return new


def _joined(elements: list[_Element]) -> str:
    return "".join([element.text + element.gap for element in elements])


def _shared(formula: re.Match[str]) -> str:
    """The index of a shared formula; empty of others."""
    attributes = _attributes(formula[1])
    return attributes.get("si", "") if attributes.get("t") == "shared" else ""


def _escaped(text: str) -> str:
    """*text* as XML content that Excel reads back as it is (its ``_xHHHH_`` escapes included)."""
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BAD.sub("", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attributes(text: str) -> dict[str, str]:
    return {m[1]: m[2][1:-1] for m in _ATTRIBUTE.finditer(text)}


def _range(text: str) -> tuple[int, int, int, int]:
    corners = _REFERENCE.findall(text) or [("A", "1")]
    (left, top), (right, bottom) = corners[0], corners[-1]
    return int(top) - 1, column_index(left), int(bottom) - 1, column_index(right)


def _wider_dimension(head: str, positions: list[Position]) -> str:
    """What stands before the cells, with ``<dimension>`` reaching to the changed ones."""
    match = _DIMENSION.search(head)
    if match is None or not positions:
        return head
    old = top, left, bottom, right = _range(match[1])
    rows, columns = [top, bottom, *(r for r, _ in positions)], [left, right, *(c for _, c in positions)]
    new = min(rows), min(columns), max(rows), max(columns)
    return head if new == old else f"{head[: match.start(1)]}{a1(*new[:2])}:{a1(*new[2:])}{head[match.end(1) :]}"
