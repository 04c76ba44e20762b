"""BIFF records of .xls files (Excel 97 on): walking them, and checking shared strings."""

from __future__ import annotations

import struct
from collections.abc import Iterator

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
CODEPAGE, FILEPASS, RECALC = 0x0042, 0x002F, 0x01C1
BOUND_SHEET, SHARED_STRINGS = 0x0085, 0x00FC
NAME, EXTERN_SHEET = 0x0018, 0x0017
DIMENSIONS, ROW, COLUMN, MERGED = 0x0200, 0x0208, 0x007D, 0x00E5
NUMBER, LABEL, RICH_LABEL, SHARED_LABEL = 0x0203, 0x0204, 0x00D6, 0x00FD
RK, MULTIPLE_RK, BLANK, BOOL_OR_ERROR, FORMULA = 0x027E, 0x00BD, 0x0201, 0x0205, 0x0006

NO_TOKENS = b"\x01\x00\x16"
"""A formula of one token that means nothing."""

_HEAD = struct.Struct("<HH")

Record = tuple[int, int, int]
"""Kind, start of the data, length of the data."""


class BiffError(ValueError):
    """A stream whose records do not fit together."""


def records(stream: bytes | bytearray, position: int) -> Iterator[Record]:
    """The records of the substream at *position*, down to its end; embedded substreams are skipped."""
    unpack, end, depth = _HEAD.unpack_from, len(stream), 0
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
    raise BiffError("the stream ends within a record")


def string_lengths(chunks: list[bytes]) -> list[int]:
    """Lengths in characters of the strings of an SST record (*chunks*: it and its continuations)."""
    if len(chunks[0]) < 8:
        raise BiffError("short SST")
    (count,) = struct.unpack_from("<I", chunks[0], 4)
    if count * 3 > sum(map(len, chunks)):
        raise BiffError("more strings than bytes")
    reader = _ChunkReader(chunks, 8)
    return [reader.string() for _ in range(count)]


class _ChunkReader:
    def __init__(self, chunks: list[bytes], position: int) -> None:
        self._chunks = chunks
        self._number = 0
        self._chunk = chunks[0]
        self._position = position

    def _next(self) -> None:
        self._number += 1
        if self._number >= len(self._chunks):
            raise BiffError("SST ends within a string")
        self._chunk, self._position = self._chunks[self._number], 0

    def string(self) -> int:
        """Skip a string; its length."""
        if self._position >= len(self._chunk):
            self._next()
        chunk, position = self._chunk, self._position
        if position + 3 > len(chunk):
            raise BiffError("short string")
        length, flags = chunk[position] | chunk[position + 1] << 8, chunk[position + 2]
        position += 3
        trailing = 0
        try:
            if flags & 8:
                trailing = 4 * int.from_bytes(chunk[position : position + 2], "little")
                position += 2
            if flags & 4:
                trailing += int.from_bytes(chunk[position : position + 4], "little")
                position += 4
        finally:
            self._position = position
        self._skip_characters(length, flags & 1)
        self._skip(trailing)
        return length

    def _skip_characters(self, length: int, wide: int) -> None:
        while True:
            size = length << wide
            room = len(self._chunk) - self._position
            if size <= room:
                self._position += size
                return
            if room < 0:
                raise BiffError("short string header")
            length -= room >> wide
            self._next()
            wide = self._chunk[0] & 1 if self._chunk else 0
            self._position = 1

    def _skip(self, size: int) -> None:
        while size > len(self._chunk) - self._position:
            size -= len(self._chunk) - self._position
            self._next()
        self._position += size
