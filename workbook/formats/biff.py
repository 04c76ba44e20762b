"""BIFF records of .xls files: walking them, checking shared strings, and turning Excel 5.0/95 streams into Excel 97 ones.

calamine takes the bytes of an Excel 95 string for UTF-16; in files of old Chinese systems they are GBK.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
CODEPAGE, DATE1904, FILEPASS, RECALC = 0x0042, 0x0022, 0x002F, 0x01C1
BOUND_SHEET, SHARED_STRINGS, FORMAT, XF = 0x0085, 0x00FC, 0x041E, 0x00E0
NAME, EXTERN_SHEET = 0x0018, 0x0017
DIMENSIONS, ROW, COLUMN, MERGED = 0x0200, 0x0208, 0x007D, 0x00E5
NUMBER, LABEL, RICH_LABEL, SHARED_LABEL = 0x0203, 0x0204, 0x00D6, 0x00FD
RK, MULTIPLE_RK, BLANK, BOOL_OR_ERROR, FORMULA, STRING = 0x027E, 0x00BD, 0x0201, 0x0205, 0x0006, 0x0207

NO_TOKENS = b"\x01\x00\x16"
"""A formula of one token that means nothing."""

_HEAD = struct.Struct("<HH")
_COPIED = (NUMBER, RK, MULTIPLE_RK, BOOL_OR_ERROR, ROW, COLUMN)
_CODECS = {936: "gb18030", 54936: "gb18030", 10008: "gb18030", 950: "big5", 932: "cp932", 949: "cp949"}

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


# ---------------------------------------------------------------- Excel 5.0/95


def is_excel95(stream: bytes) -> bool:
    """Whether *stream* is of the version before Unicode strings."""
    return stream[:2] == b"\x09\x08" and stream[4:6] == b"\x00\x05"


def excel97_stream(stream: bytes) -> bytes:
    """The cells, formats and sheets of an Excel 95 *stream* as an Excel 97 one."""
    head = [_bof(5), _record(CODEPAGE, b"\xb0\x04")]
    sheets: list[tuple[int, bytes, bytes]] = []
    codec = "gb18030"
    for kind, start, size in records(stream, 0):
        data = stream[start : start + size]
        if kind == CODEPAGE and size >= 2:
            codec = _CODECS.get(int.from_bytes(data[:2], "little"), codec)
        elif kind == BOUND_SHEET and size >= 7:
            sheets.append((int.from_bytes(data[:4], "little"), data[4:6], data[7 : 7 + data[6]]))
        elif kind == FORMAT and size >= 3:
            head.append(_record(FORMAT, data[:2] + _unicode(data[3 : 3 + data[2]], codec)))
        elif kind in (XF, DATE1904, FILEPASS):
            head.append(_record(kind, data))
    names = [(flags, _decode(name, codec)) for _, flags, name in sheets]
    bodies = [_excel97_sheet(stream, position, codec) for position, _, _ in sheets]
    position = sum(map(len, head)) + sum(12 + 2 * len(name) for _, name in names) + 4
    for (flags, name), body in zip(names, bodies, strict=True):
        text = bytes([len(name), 1]) + name.encode("utf-16-le")
        head.append(_record(BOUND_SHEET, position.to_bytes(4, "little") + flags + text))
        position += len(body)
    return b"".join((*head, _record(EOF, b""), *bodies))


def _excel97_sheet(stream: bytes, position: int, codec: str) -> bytes:
    parts = [_bof(0x10)]
    for kind, start, size in records(stream, position):
        data = stream[start : start + size]
        if kind in _COPIED:
            parts.append(_record(kind, data))
        elif kind in (LABEL, RICH_LABEL) and size >= 8:
            length = int.from_bytes(data[6:8], "little")
            parts.append(_record(LABEL, data[:6] + _unicode(data[8 : 8 + length], codec)))
        elif kind == FORMULA and size >= 20:
            parts.append(_record(FORMULA, data[:20] + NO_TOKENS))
        elif kind == STRING and size >= 2:
            length = int.from_bytes(data[:2], "little")
            parts.append(_record(STRING, _unicode(data[2 : 2 + length], codec)))
    parts.append(_record(EOF, b""))
    return b"".join(parts)


def _bof(kind: int) -> bytes:
    return _record(BOF, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _record(kind: int, data: bytes) -> bytes:
    return _HEAD.pack(kind, len(data)) + data


def _decode(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _unicode(raw: bytes, codec: str) -> bytes:
    text = _decode(raw, codec)
    encoded = text.encode("utf-16-le")
    return struct.pack("<HB", len(encoded) // 2, 1) + encoded
