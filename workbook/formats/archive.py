"""Zip archives put together from their members; a member that does not change keeps its compressed bytes.

Copying compressed bytes, instead of inflating and deflating them again, is what makes saving a workbook lossless and
writing a report quick.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from workbook.formats.safe_xml import PackageError

_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_FIXED_DATE = (0, 1 << 5 | 1)  # 1980-01-01, as Office writes: the same content gives the same bytes
_UNIX, _READ_WRITE = 3, 0o600 << 16  # Word for Mac refuses files without attributes
LEVEL = 3  # of compression: half the time of the default for a tenth more bytes
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


class Member(NamedTuple):
    """One file of an archive, as it lies there."""

    name: str
    method: int
    """:data:`STORED` or :data:`DEFLATED`."""
    crc: int
    size: int
    """Checksum and length of the content."""
    data: bytes
    """The content as it lies there."""
    like: zipfile.ZipInfo | None = None
    """Whose date, attributes and comment it has."""

    def read(self) -> bytes:
        """The content."""
        return zlib.decompressobj(-15).decompress(self.data) if self.method == DEFLATED else self.data


def make_member(name: str, content: bytes | str, *, level: int = LEVEL, like: zipfile.ZipInfo | None = None) -> Member:
    """A member with *content* (text as UTF-8), compressed unless that gains nothing; date and attributes of *like*."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)
    data = squeeze.compress(raw) + squeeze.flush()
    method = DEFLATED if len(data) < len(raw) else STORED
    return Member(name, method, zlib.crc32(raw), len(raw), data if method else raw, like)


def member_in(data: bytes, info: zipfile.ZipInfo, *, is_dated: bool = True) -> Member:
    """The member *info* of the archive *data* with the bytes that lie there; date and attributes too, when *is_dated*."""
    if info.compress_type not in (STORED, DEFLATED):
        raise PackageError(f"其中的 {info.filename} 压缩方式不认识")
    start = info.header_offset
    start += _LOCAL.size + sum(struct.unpack_from("<HH", data, start + 26))
    content = data[start : start + info.compress_size]
    return Member(info.filename, info.compress_type, info.CRC, info.file_size, content, info if is_dated else None)


def _date(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day) if year >= 1980 else _FIXED_DATE


def write_archive(members: Iterable[Member], comment: bytes = b"") -> bytes:
    """The bytes of an archive that holds *members* in this order (far fewer and smaller than a zip archive can hold)."""
    out: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, method, crc, size, data, like in members:
        encoded = name.encode("utf-8")
        date = _FIXED_DATE if like is None else _date(like)
        system, internal, external, remark = (
            (_UNIX, 0, _READ_WRITE, b"")
            if like is None else (like.create_system, like.internal_attr, like.external_attr, like.comment))
        head = (20, 0 if name.isascii() else 0x800, method, *date, crc, len(data), size, len(encoded), 0)
        out += (_LOCAL.pack(b"PK\x03\x04", *head), encoded, data)
        entry = _ENTRY.pack(b"PK\x01\x02", system << 8 | 20, *head, len(remark), 0, internal, external, offset)
        directory.append(entry + encoded + remark)
        offset += _LOCAL.size + len(encoded) + len(data)
    entries = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), len(entries), offset, len(comment))
    return b"".join((*out, entries, end, comment))
