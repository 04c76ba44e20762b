"""Marks of .xlsb workbooks (binary records in a zip package)."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator

from workbook.formats.marks import ERRORS, Marks, Prepared
from workbook.formats.package import Package

_BOOK = "xl/workbook.bin"
_SHARED = "xl/sharedStrings.bin"
_STYLES = "xl/styles.bin"
_MAX_PART_BYTES = 64 * 1024 * 1024

_ROW, _ERROR, _SHARED_CELL, _STRING_CELL = 0x00, 0x03, 0x07, 0x06
_FORMULA_STRING, _FORMULA_ERROR = 0x08, 0x0B
_SHARED_STRING, _COLUMN, _SHEET, _MERGED = 0x13, 0x3C, 0x9C, 0xB0
# Shortest data of the records that calamine reads without looking: it would fail beyond them.
_SHORTEST = {
    _ROW: 17, 0x01: 8, 0x02: 12, _ERROR: 9, 0x04: 9, 0x05: 16, _STRING_CELL: 12, _SHARED_CELL: 12,
    _FORMULA_STRING: 12, 0x09: 16, 0x0A: 9, _FORMULA_ERROR: 9, 0x94: 16,
}  # fmt: skip
_FORMULAS = range(_FORMULA_STRING, _FORMULA_ERROR + 1)
_CELLS = range(0x02, 0x0C)
_GETTING_DATA = {0x2B: "#GETTING_DATA"}
_TWO = struct.Struct("<II")


def prepare_xlsb(package: Package) -> Prepared:
    """Scan every sheet of the workbook.  Raises ``ValueError`` and the like for what is damaged."""
    package.verify(_STYLES, _MAX_PART_BYTES)
    lengths, text = _shared_strings(package), 0
    relations = package.relations(_BOOK)
    sheets = []
    for kind, data in _records(package, _BOOK):
        if kind == _SHEET:
            key, after = _wide_string(data, 8)
            name, _ = _wide_string(data, after)
            if not key:  # calamine passes over a sheet without a part
                continue
            part = posixpath.join("xl", relations[key].target)
            marks, more = _scan(package, part, lengths) if part in package else (Marks(), 0)
            sheets.append((name, marks))
            text += more
    return Prepared(package.data, sheets, text)


def _shared_strings(package: Package) -> list[int]:
    if _SHARED not in package:
        return []
    package.verify(_SHARED, _MAX_PART_BYTES)
    return [len(data) for kind, data in _records(package, _SHARED) if kind == _SHARED_STRING]


def _scan(package: Package, part: str, lengths: list[int]) -> tuple[Marks, int]:
    """The marks of a sheet, and how much text its cells hold."""
    marks = Marks()
    row = text = 0
    for kind, data in _records(package, part):
        if kind == _ROW:
            row = int.from_bytes(data[:4], "little")
            if row > 0x100000:  # there calamine would stop reading
                raise ValueError("row beyond the end")
            if data[11] & 0x10:
                marks.hidden_rows.add(row)
        elif kind in _CELLS:
            cell = (row, int.from_bytes(data[:4], "little"))
            marks.extent.include(*cell)
            if kind == _SHARED_CELL:
                text += lengths[int.from_bytes(data[8:12], "little")]
            else:
                _note(kind, data, cell, marks)
        elif kind == _COLUMN:
            first, last = _TWO.unpack_from(data)
            if data[16] & 1:
                marks.hide_columns(first, last)
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<IIII", data)
            marks.merged.append((top, left, bottom, right))
    return marks, text


def _note(kind: int, data: bytes, cell: tuple[int, int], marks: Marks) -> None:
    """Note a formula or an error value."""
    if kind in _FORMULAS:
        marks.formulas.add(cell)
    if kind in (_ERROR, _FORMULA_ERROR):
        marks.errors[cell] = (ERRORS | _GETTING_DATA).get(data[8], "#N/A")


def _records(package: Package, part: str) -> Iterator[tuple[int, bytes]]:
    """Kind and data of the records of *part*."""
    content = package.read(part)
    position, end = 0, len(content)
    while position < end:
        kind = content[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (content[position] & 0x7F) << 7
            position += 1
        size = shift = 0
        while shift < 28:
            byte = content[position]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if position + size > end or size < _SHORTEST.get(kind, 0):
            raise ValueError("broken record")
        yield kind, content[position : position + size]
        position += size


def _wide_string(data: bytes, position: int) -> tuple[str, int]:
    """The string at *position*, and where it ends."""
    (length,) = struct.unpack_from("<I", data, position)
    position += 4
    if length == 0xFFFFFFFF:
        return "", position
    end = position + 2 * length
    if end > len(data):
        raise IndexError
    return data[position:end].decode("utf-16-le", "replace"), end
