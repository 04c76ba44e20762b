"""Marks of .xls workbooks (BIFF8 in OLE; Excel 95 and older are refused).

The stream is also made safe and right for calamine, in place: the code page record (calamine would decode Unicode
strings with it), claimed sizes that it reserves memory for, and formulas, of which only the result matters.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from workbook.errors import ContentError, EncryptedError
from workbook.formats.marks import ERRORS, Marks, Prepared
from workbook.formats.ole import OleFile, compound_file
from workbook.formats.package import ENCRYPTED, UNLOCK
from workbook.formats.sniff import OLD_FORMAT, SAVE_AS

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
CODEPAGE, FILEPASS, RECALC = 0x0042, 0x002F, 0x01C1
BOUND_SHEET, SHARED_STRINGS = 0x0085, 0x00FC
NAME, EXTERN_SHEET = 0x0018, 0x0017
DIMENSIONS, ROW, COLUMN, MERGED = 0x0200, 0x0208, 0x007D, 0x00E5
NUMBER, LABEL, RICH_LABEL, SHARED_LABEL = 0x0203, 0x0204, 0x00D6, 0x00FD
RK, MULTIPLE_RK, BLANK, BOOL_OR_ERROR, FORMULA = 0x027E, 0x00BD, 0x0201, 0x0205, 0x0006

NO_TOKENS = b"\x01\x00\x16"
"""A formula of one token that means nothing."""

_UNUSED = 0x0EEE  # a record kind that nobody reads
_CELL = struct.Struct("<HH")  # row and column; kind and length of a record
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01
_CELL_KINDS = frozenset({NUMBER, RK, LABEL, RICH_LABEL, SHARED_LABEL})
_SPECIAL_CELL_KINDS = frozenset({MULTIPLE_RK, BOOL_OR_ERROR, FORMULA})
_LAYOUT_KINDS = frozenset({ROW, COLUMN, MERGED, DIMENSIONS})


Record = tuple[int, int, int]
"""Kind, start of the data, length of the data."""


def prepare_xls(ole: OleFile) -> Prepared:
    """Scan the workbook in *ole*; give the marks and a file for calamine.  Raises ``ValueError`` for what is damaged."""
    stream = ole.stream("Workbook", "Book")
    if stream[:2] == b"\x09\x08" and stream[4:6] == b"\x00\x05":  # before Unicode strings
        raise ContentError(OLD_FORMAT, SAVE_AS)
    book = _XlsBook(stream)
    book.scan()
    return Prepared(compound_file({"Workbook": bytes(book.stream)}), book.sheets, book.text)


class _XlsBook:
    def __init__(self, stream: bytes) -> None:
        self.stream = bytearray(stream)
        self.sheets: list[tuple[str, Marks]] = []
        self._lengths: list[int] = []
        self.text = 0
        self._is_calculated = False
        self._blank: list[tuple[Marks, tuple[int, int]]] = []

    def scan(self) -> None:
        """Walk the globals, then every sheet."""
        bound = self._scan_globals()
        for name, position in bound:
            if position >= len(self.stream):
                raise ValueError("sheet beyond the end")
            marks = Marks()
            self._scan_sheet(position, marks)
            self.sheets.append((name, marks))
        if not self._is_calculated:  # every formula's value is blank: the program that wrote them cannot calculate
            for marks, cell in self._blank:
                marks.uncomputed.add(cell)

    def _scan_globals(self) -> list[tuple[str, int]]:
        bound: list[tuple[str, int]] = []
        strings: list[bytes] = []
        in_strings = False
        stream = self.stream
        for kind, start, size in records(stream, 0):
            in_strings = kind == SHARED_STRINGS or (in_strings and kind == CONTINUE)
            if in_strings:
                strings.append(bytes(stream[start : start + size]))
            if kind == FILEPASS:
                raise EncryptedError(ENCRYPTED, UNLOCK)
            if kind == CODEPAGE:
                stream[start : start + 2] = b"\xb0\x04"
            elif kind == BOUND_SHEET:
                bound.append(_bound_sheet(bytes(stream[start : start + size])))
            elif kind in (NAME, EXTERN_SHEET):
                self._rename(start, _UNUSED)
            elif kind == RECALC:
                self._is_calculated = True
        if strings:
            self._lengths = string_lengths(strings)
        return bound

    def _scan_sheet(self, position: int, marks: Marks) -> None:
        stream, unpack, lengths = self.stream, _CELL.unpack_from, self._lengths
        last_row = last_column = -1
        for kind, start, size in records(stream, position):
            if kind in _CELL_KINDS:
                row, column = unpack(stream, start)
            elif kind in _SPECIAL_CELL_KINDS:
                row, column = self._special_cell(kind, start, size, marks)
            else:
                if kind in _LAYOUT_KINDS:
                    self._layout(kind, start, size, marks)
                continue
            last_row = max(row, last_row)
            last_column = max(column, last_column)
            if kind == SHARED_LABEL and size >= 10:
                index = int.from_bytes(stream[start + 6 : start + 10], "little")
                self.text += 2 * lengths[index] if index < len(lengths) else 0
        marks.extent.include(last_row, last_column)

    def _special_cell(self, kind: int, start: int, size: int, marks: Marks) -> tuple[int, int]:
        """Look at a cell record that is more than a number or a string; the last cell it fills."""
        stream = self.stream
        cell = _CELL.unpack_from(stream, start)
        if kind == FORMULA:
            self._formula(start, size, marks)
        elif kind == MULTIPLE_RK:
            return cell[0], int.from_bytes(stream[start + size - 2 : start + size], "little")
        elif size >= 8 and stream[start + 7]:
            self._error(marks, cell, start)
        return cell

    def _layout(self, kind: int, start: int, size: int, marks: Marks) -> None:
        """Look at a record about rows, columns or merged cells."""
        stream = self.stream
        first, second = _CELL.unpack_from(stream, start)
        if kind == ROW:
            if stream[start + 12] & _HIDDEN_ROW:
                marks.hidden_rows.add(first)
        elif kind == COLUMN:
            if stream[start + 8] & _HIDDEN_COLUMN:
                marks.hide_columns(first, min(second, 255))
        elif kind == MERGED:
            for offset in range(start + 2, start + min(2 + 8 * first, size - 7), 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", stream, offset)
                marks.merged.append((top, left, bottom, right))
            self._rename(start, _UNUSED)
        elif kind == DIMENSIONS:
            stream[start : start + size] = bytes(size)

    def _formula(self, start: int, size: int, marks: Marks) -> None:
        """Note a formula, and put its result in its place."""
        stream = self.stream
        if size < 23:
            raise ValueError("short formula")
        cell = _CELL.unpack_from(stream, start)
        marks.formulas.add(cell)
        if stream[start + 12 : start + 14] != b"\xff\xff":
            self._rename(start, NUMBER)
        elif (result := stream[start + 6]) == 0:  # text: it follows in a record of its own
            stream[start + 20 : start + 23] = NO_TOKENS
        elif result == 3:
            self._rename(start, BLANK)
            self._blank.append((marks, cell))
            return
        else:
            self._rename(start, BOOL_OR_ERROR)
            stream[start + 6 : start + 8] = bytes((stream[start + 8], int(result == 2)))
            if result == 2:
                self._error(marks, cell, start)
        self._is_calculated = True

    def _error(self, marks: Marks, cell: tuple[int, int], start: int) -> None:
        code = self.stream[start + 6]
        marks.errors[cell] = ERRORS.get(code, "#N/A")
        if code not in ERRORS:
            self.stream[start + 6] = 0x2A

    def _rename(self, start: int, kind: int) -> None:
        self.stream[start - 4 : start - 2] = kind.to_bytes(2, "little")


def _bound_sheet(data: bytes) -> tuple[str, int]:
    """Name and stream position of the sheet that a BOUNDSHEET record tells of."""
    if len(data) < 8:
        raise ValueError("short BOUNDSHEET")
    encoding = "utf-16-le" if data[7] & 1 else "latin-1"
    size = data[6] * (2 if data[7] & 1 else 1)
    name = data[8 : 8 + size].decode(encoding, "replace").replace("\0", "")
    return name, int.from_bytes(data[:4], "little")


def records(stream: bytes | bytearray, position: int) -> Iterator[Record]:
    """The records of the substream at *position*, down to its end; embedded substreams are skipped."""
    unpack, end, depth = _CELL.unpack_from, len(stream), 0
    while position + 4 <= end:
        kind, size = unpack(stream, position)
        position += 4
        if position + size > end:
            break
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth <= 1:
            yield kind, position, size
        position += size
    raise ValueError("the stream ends within a record")


def string_lengths(chunks: list[bytes]) -> list[int]:
    """Lengths in characters of the strings of an SST record (*chunks*: it and its continuations)."""
    stream, ends = b"".join(chunks), [*accumulate(map(len, chunks))]
    (count,) = struct.unpack_from("<I", stream, 4)
    if count * 3 > len(stream):
        raise ValueError("more strings than bytes")
    lengths: list[int] = []
    position, chunk = 8, 0
    for _ in range(count):
        chunk = bisect_right(ends, position, chunk)
        length, flags = struct.unpack_from("<HB", stream, position)
        position, behind = position + 3, 0
        if flags & 8:
            behind = 4 * int.from_bytes(stream[position : position + 2], "little")
            position += 2
        if flags & 4:
            behind += int.from_bytes(stream[position : position + 4], "little")
            position += 4
        if position > ends[chunk]:
            raise ValueError("short string")
        left, width = length, flags & 1
        while left << width > ends[chunk] - position:  # it goes on in the next record, behind a byte that says its width
            left -= (ends[chunk] - position) >> width
            width, position, chunk = stream[ends[chunk]] & 1, ends[chunk] + 1, chunk + 1
        position += (left << width) + behind
        lengths.append(length)
    if position > len(stream):
        raise ValueError("SST ends within a string")
    return lengths
