"""Editing the XML of one worksheet part: only the bytes of the edited cells change.

The part is scanned for its row and cell tags (comments and CDATA masked first), never re-serialised, so
formatting, attributes, unknown elements and white space stay as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from workbook.amounts import plain_number
from workbook.editing.excel_formula import UnsupportedError, filled
from workbook.formats.package import PackageError
from workbook.numerals import column_index, column_letters
from workbook.values import dataclass

Position = tuple[int, int]
Piece = tuple[int, int, bytes]
"""From where to where other bytes come in."""

_MASKED = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_DATA = re.compile(rb"<((?:\w+:)?)sheetData(?=[\s/>])([^>]*?)(/?)>")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^>]*?)(/?)>")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*?)(/?)>")
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_SPANS = re.compile(rb"\s+spans=\"[^\"]*\"")
"""Which columns a row uses: a hint to readers, left out where it would be wrong."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
MAX_TEXT = 32_767
"""Excel's limit for the text of a cell."""
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Cached:
    """A formula cell's recomputed value: the formula stays, only what Excel shows of it changes."""

    value: Decimal | str | bool
    error: str = ""
    """The error value (``#REF!``) that the formula comes to instead."""


Edit: TypeAlias = "Decimal | int | str | bool | Cached | None"


@dataclass(slots=True)
class _Element:
    """A row or a cell as it stands in the part."""

    number: int
    """Of the row (from 1) or the column (from 0)."""
    tag: bytes
    """The attributes as they are written."""
    attributes: dict[bytes, bytes]
    start: int
    end: int
    content: int
    """Where the content starts, and where it ends; the end of the element when it is an empty tag."""
    content_end: int

    @property
    def is_empty(self) -> bool:
        """Whether it is an empty tag."""
        return self.content == self.end


class SheetEditor:
    """One worksheet part being edited."""

    def __init__(self, xml: bytes) -> None:
        if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = xml.decode("utf-16")
            xml = re.sub(r"encoding=([\"'])[^\"']*\1", 'encoding="UTF-8"', text, count=1).encode("utf-8")
        if b"<!DOCTYPE" in xml[:1000]:
            raise PackageError("工作表内容异常（含 DOCTYPE），不能直接修改")
        self.xml = xml
        self.mask = _MASKED.sub(lambda m: b" " * len(m[0]), xml) if b"<!" in xml or xml.count(b"<?") > 1 else xml
        match = _DATA.search(self.mask)
        if match is None:
            raise PackageError("工作表内容异常（没有数据区），不能直接修改")
        self.prefix = match[1]
        self.data = match
        self.start = match.end()
        self.end = self.start if match[3] else self.mask.rfind(b"</" + self.prefix + b"sheetData")
        if self.end < 0:
            raise PackageError("工作表内容异常（数据区不完整），不能直接修改")
        self.replaced_formulas = False
        self.masters: dict[bytes, tuple[str, str]] = {}
        """Shared formulas whose first cell is replaced: index → where it stood, and its text."""

    # ------------------------------------------------------------ scanning

    def _elements(self, name: bytes, start: int, end: int) -> Iterator[_Element]:
        """The rows or cells between two places, numbered as their ``r`` says or on from the one before."""
        pattern, closing = (_ROW if name == b"row" else _CELL), b"</" + self.prefix + name + b">"
        position, number = start, 0 if name == b"row" else -1
        while (match := pattern.search(self.mask, position, end)) is not None:
            content = content_end = position = match.end()
            if not match[2]:
                content_end = self.mask.find(closing, content, end)
                if content_end < 0:
                    raise PackageError("工作表内容异常（行或单元格不完整），不能直接修改")
                position = content_end + len(closing)
            attributes = _attributes(match[1])
            reference = attributes.get(b"r", b"").decode("ascii", "replace")
            if name == b"row":
                number = int(reference) if reference.isdecimal() else number + 1
            else:
                place = _REFERENCE.fullmatch(reference)
                number = column_index(place[1]) if place else number + 1
            yield _Element(number, match[1], attributes, match.start(), position, content, content_end)

    def _cells(self, row: _Element) -> list[_Element]:
        return list(self._elements(b"c", row.content, row.content_end))

    def _formula(self, cell: _Element) -> re.Match[bytes] | None:
        return _FORMULA.search(self.xml, cell.content, cell.content_end)

    def _element(self, name: bytes, body: bytes, attributes: bytes = b"") -> bytes:
        """An element with the prefix of the part."""
        name = self.prefix + name
        return b"<" + name + attributes + b">" + body + b"</" + name + b">"

    # ------------------------------------------------------------ editing

    def edit(self, edits: Mapping[Position, Edit]) -> bytes:
        """The part with the cells at these 0-based positions changed.  Raises :class:`PackageError`."""
        edits = {position: None if value == "" else value for position, value in edits.items()}
        self._refuse_array_parts(edits)
        rows = list(self._elements(b"row", self.start, self.end))
        by_number = {row.number: row for row in rows}
        wanted: dict[int, dict[int, Edit]] = {}
        for (r, c), value in edits.items():
            wanted.setdefault(r + 1, {})[c] = value
        for number, cells in wanted.items():
            if number in by_number:
                self._note_formulas(by_number[number], cells)
        pieces: list[Piece] = []
        for number, cells in sorted(wanted.items()):
            if number in by_number:
                pieces += self._edit_row(by_number[number], cells)
            elif any(v is not None for v in cells.values()):
                offset = next((row.start for row in rows if row.number > number), self.end)
                pieces.append((offset, offset, self._new_row(number, cells)))
        if self.masters:
            pieces += self._convert_shared(rows, edits)
        return self._spliced(pieces, edits)

    def _spliced(self, pieces: list[Piece], edits: Mapping[Position, Edit]) -> bytes:
        xml = self.xml
        if self.data[3] and pieces:  # <sheetData/>: open it
            opened = self._element(b"sheetData", b"".join(new for _, _, new in pieces), self.data[2].rstrip())
            xml = xml[: self.data.start()] + opened + xml[self.data.end() :]
        else:
            out, position = [], 0
            for start, end, new in sorted(pieces, key=lambda piece: piece[:2]):
                out += [xml[position:start], new]
                position = end
            xml = b"".join([*out, xml[position:]])
        return _wider_dimension(xml, [p for p, v in edits.items() if v is not None])

    def _refuse_array_parts(self, edits: Mapping[Position, Edit]) -> None:
        """An array formula over several cells (or a data table) can only be changed as a whole."""
        if b'"array"' not in self.mask and b'"dataTable"' not in self.mask:
            return
        for match in _FORMULA.finditer(self.mask, self.start, self.end):
            attributes = _attributes(match[1])
            if attributes.get(b"t") in (b"array", b"dataTable"):
                top, left, bottom, right = _range(attributes.get(b"ref", b"A1").decode("ascii", "replace"))
                for (r, c), value in edits.items():
                    inside = top <= r <= bottom and left <= c <= right
                    if inside and (top, left) != (bottom, right) and not isinstance(value, Cached):
                        raise PackageError(f"{column_letters(c)}{r + 1} 属于一个数组公式区域，不能单独修改")

    def _edit_row(self, row: _Element, edits: Mapping[int, Edit]) -> list[Piece]:
        cells = self._cells(row)
        by_column = {cell.number: cell for cell in cells}
        row_style = row.attributes.get(b"s", b"") if row.attributes.get(b"customFormat") in (b"1", b"true") else b""
        pieces: list[Piece] = []
        inserted: dict[int, bytes] = {}
        for column, value in sorted(edits.items()):
            cell = by_column.get(column)
            reference = f"{column_letters(column)}{row.number}"
            if cell is not None:
                pieces.append((cell.start, cell.end, self._changed(cell, reference, value)))
            elif value is not None and not isinstance(value, Cached):
                style = row_style or self._column_style(column)
                offset = next((c.start for c in cells if c.number > column), row.content_end)
                inserted[offset] = inserted.get(offset, b"") + self._cell(reference, style, value)
        if not inserted:
            return pieces
        tag = _SPANS.sub(b"", row.tag)
        if row.is_empty:
            return [(row.start, row.end, self._element(b"row", b"".join(inserted.values()), tag.rstrip()))]
        if tag != row.tag:
            start = row.start + len(b"<row") + len(self.prefix)
            pieces.append((start, start + len(row.tag), tag))
        return [*pieces, *((offset, offset, new) for offset, new in inserted.items())]

    def _note_formulas(self, row: _Element, edits: Mapping[int, Edit]) -> None:
        """Remember the formulas that go; a shared one that others depend on is written out for them."""
        for cell in self._cells(row):
            match = self._formula(cell)
            if match is None or cell.number not in edits or isinstance(edits[cell.number], Cached):
                continue
            self.replaced_formulas = True
            attributes = _attributes(match[1])
            if attributes.get(b"t") == b"shared" and match[2]:
                self.masters[attributes.get(b"si", b"")] = (f"{column_letters(cell.number)}{row.number}", html.unescape(match[2].decode("utf-8")))

    def _own_formula(self, match: re.Match[bytes], reference: str) -> bytes:
        """A cell's formula element; written out when it shared that of a cell that is replaced."""
        attributes = _attributes(match[1])
        master = self.masters.get(attributes.get(b"si", b"")) if attributes.get(b"t") == b"shared" else None
        if master is None:
            return match[0]
        origin, text = master
        try:
            return self._element(b"f", _escaped(filled(text, origin, reference)))
        except UnsupportedError as error:
            raise PackageError(f"{reference} 的公式与被修改的单元格共用，无法单独写出，不能直接修改") from error

    def _convert_shared(self, rows: list[_Element], edits: Mapping[Position, Edit]) -> Iterator[Piece]:
        """Cells that shared the formula of a replaced cell get their own (edited cells have been seen to)."""
        for row in rows:
            for cell in self._cells(row):
                match = self._formula(cell)
                if match is not None and (row.number - 1, cell.number) not in edits:
                    yield match.start(), match.end(), self._own_formula(match, f"{column_letters(cell.number)}{row.number}")

    def _changed(self, cell: _Element, reference: str, value: Edit) -> bytes:
        style = cell.attributes.get(b"s", b"")
        if isinstance(value, Cached) and (match := self._formula(cell)) is not None:
            kept = b"".join(b" " + k + b'="' + v + b'"' for k, v in cell.attributes.items() if k not in (b"r", b"s", b"t"))
            return self._cell(reference, style, value, self._own_formula(match, reference), kept)
        return b"" if value is None and not style else self._cell(reference, style, value)

    def _cell(self, reference: str, style: bytes, value: Edit, formula: bytes = b"", kept: bytes = b"") -> bytes:
        attributes = b' r="' + reference.encode() + b'"' + (b' s="' + style + b'"' if style else b"") + kept
        content: Decimal | int | str | None = value.value if isinstance(value, Cached) else value
        if isinstance(value, Cached) and value.error:
            return self._element(b"c", formula + self._element(b"v", _escaped(value.error)), attributes + b' t="e"')
        if isinstance(content, bool):
            return self._element(b"c", formula + self._element(b"v", b"%d" % content), attributes + b' t="b"')
        if content is None:
            return b"<" + self.prefix + b"c" + attributes + b"/>"
        if isinstance(content, Decimal | int):
            if not (number := Decimal(content)).is_finite():
                raise PackageError("单元格的数必须是有限的数")
            return self._element(b"c", formula + self._element(b"v", plain_number(number).encode()), attributes)
        if formula:
            return self._element(b"c", formula + self._element(b"v", _escaped(content)), attributes + b' t="str"')
        text = self._element(b"is", self._element(b"t", _escaped(content), b' xml:space="preserve"'))
        return self._element(b"c", text, attributes + b' t="inlineStr"')

    def _new_row(self, number: int, edits: Mapping[int, Edit]) -> bytes:
        cells = b"".join(
            self._cell(f"{column_letters(c)}{number}", self._column_style(c), v)
            for c, v in sorted(edits.items()) if v is not None and not isinstance(v, Cached))
        return self._element(b"row", cells, b' r="' + str(number).encode() + b'"') if cells else b""

    def _column_style(self, column: int) -> bytes:
        for match in re.finditer(rb"<(?:\w+:)?col(?=\s)([^>]*?)/?>", self.mask[: self.data.start()]):
            attributes = _attributes(match[1])
            if int(attributes.get(b"min", b"1")) <= column + 1 <= int(attributes.get(b"max", b"0")):
                return attributes.get(b"style", b"")
        return b""


def _escaped(text: str) -> bytes:
    """*text* as XML content that Excel reads back as it is (its ``_xHHHH_`` escapes included)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    text = _BAD.sub("", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode("utf-8")


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {m[1]: m[2][1:-1] for m in _ATTRIBUTE.finditer(text)}


def _range(text: str) -> tuple[int, int, int, int]:
    corners = _REFERENCE.findall(text) or [("A", "1")]
    (left, top), (right, bottom) = corners[0], corners[-1]
    return int(top) - 1, column_index(left), int(bottom) - 1, column_index(right)


def _wider_dimension(xml: bytes, positions: list[Position]) -> bytes:
    """The part with ``<dimension>`` reaching to the changed cells."""
    match = re.search(rb"<(?:\w+:)?dimension\s+ref=\"([A-Z0-9:$]+)\"", xml[:4000])
    if match is None or not positions:
        return xml
    top, left, bottom, right = _range(match[1].decode())
    box = (
        min(top, *(r for r, _ in positions)), min(left, *(c for _, c in positions)),
        max(bottom, *(r for r, _ in positions)), max(right, *(c for _, c in positions)))
    if box == (top, left, bottom, right):
        return xml
    text = f"{column_letters(box[1])}{box[0] + 1}:{column_letters(box[3])}{box[2] + 1}"
    return xml[: match.start(1)] + text.encode() + xml[match.end(1) :]
