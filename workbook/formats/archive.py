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
_CRC, _SIZE, _OFFSET = 16, 24, 42  # where they stand in an entry of the directory
_FIXED_DATE = (0, 1 << 5 | 1)  # 1980-01-01, as Office writes: the same content gives the same bytes
_UNIX, _READ_WRITE = 3, 0o600 << 16  # Word for Mac refuses files without attributes
_LARGE = 0xFFFFFFFF
LEVEL = 3  # of compression: half the time of the default for a tenth more bytes
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


class Member(NamedTuple):
    """One file of an archive, as it lies there."""

    name: str
    stored: bytes
    """Local header and compressed content."""
    entry: bytes
    """Its entry in the directory; the offset in it counts for nothing."""

    @property
    def crc(self) -> int:
        """Checksum of the content."""
        return int.from_bytes(self.entry[_CRC : _CRC + 4], "little")

    @property
    def size(self) -> int:
        """Length of the content."""
        return int.from_bytes(self.entry[_SIZE : _SIZE + 4], "little")

    def read(self) -> bytes:
        """The content."""
        data = self.stored[_LOCAL.size + sum(struct.unpack_from("<HH", self.stored, 26)) :]
        return zlib.decompressobj(-15).decompress(data) if self.entry[10] == DEFLATED else data[: self.size]


def make_member(name: str, content: bytes | str, *, level: int = LEVEL, like: zipfile.ZipInfo | None = None) -> Member:
    """A member with *content* (text as UTF-8), compressed unless that gains nothing; date and attributes of *like*.

    *level* 0: not compressed, which for a few lines is quicker than to set up the compressor.
    """
    raw = data = content.encode("utf-8") if isinstance(content, str) else content
    if level:
        squeeze = zlib.compressobj(level, zlib.DEFLATED, -15)
        data = squeeze.compress(raw) + squeeze.flush()
    method = DEFLATED if len(data) < len(raw) else STORED
    return _member(name, method, (zlib.crc32(raw), len(raw)), data if method else raw, like)


def undated(data: bytes, info: zipfile.ZipInfo) -> Member:
    """The member *info* of the archive *data* without its date and attributes."""
    if info.compress_type not in (STORED, DEFLATED):
        raise PackageError(f"其中的 {info.filename} 压缩方式不认识")
    start = info.header_offset
    name_size, extra_size = struct.unpack_from("<HH", data, start + 26)
    start += _LOCAL.size + name_size + extra_size
    return _member(info.filename, info.compress_type, (info.CRC, info.file_size), data[start : start + info.compress_size], None)


def _member(name: str, method: int, facts: tuple[int, int], data: bytes, like: zipfile.ZipInfo | None) -> Member:
    crc, size = facts
    encoded = name.encode("utf-8")
    flags = 0 if name.isascii() else 0x800
    date = _FIXED_DATE if like is None else _date(like)
    system, internal, external = (_UNIX, 0, _READ_WRITE) if like is None else (like.create_system, like.internal_attr, like.external_attr)
    head = (20, flags, method, *date, crc, len(data), size, len(encoded), 0)
    local = _LOCAL.pack(b"PK\x03\x04", *head)
    entry = _ENTRY.pack(b"PK\x01\x02", system << 8 | 20, *head, 0, 0, internal, external, 0)
    return Member(name, local + encoded + data, entry + encoded)


def _date(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day) if year >= 1980 else _FIXED_DATE


def members_of(data: bytes, archive: zipfile.ZipFile) -> dict[str, Member]:
    """The members of the archive *data*, which *archive* has open, each with all that lies there about it.

    Raises:
        PackageError: a directory that contradicts the content.
    """
    infos = archive.infolist()
    starts = sorted({info.header_offset for info in infos})
    ends = dict(zip(starts, [*starts[1:], archive.start_dir], strict=True))
    position, members = archive.start_dir, {}
    for info in infos:
        fields = _ENTRY.unpack_from(data, position)
        if fields[0] != b"PK\x01\x02":
            raise PackageError("文件结构异常（目录损坏），不能直接修改")
        end = position + _ENTRY.size + fields[10] + fields[11] + fields[12]
        stored = data[info.header_offset : ends[info.header_offset]]
        members[info.filename] = Member(info.filename, stored, _plain_entry(data[position:end], info))
        position = end
    return members


def _plain_entry(entry: bytes, info: zipfile.ZipInfo) -> bytes:
    """*entry* without the large-file fields, which no member that we keep needs."""
    fields = list(_ENTRY.unpack_from(entry))
    if _LARGE not in (fields[8], fields[9], fields[16]):
        return entry
    start = _ENTRY.size + fields[10]
    extra, kept, position = entry[start : start + fields[11]], b"", 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind != 1:
            kept += extra[position : position + 4 + size]
        position += 4 + size
    fields[8:10] = [info.compress_size, info.file_size]
    fields[11], fields[16] = len(kept), 0
    return _ENTRY.pack(*fields) + entry[_ENTRY.size : start] + kept + entry[start + len(extra) :]


def write_archive(members: Iterable[Member], comment: bytes = b"") -> bytes:
    """The bytes of an archive that holds *members* in this order."""
    out: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        entry = member.entry
        out.append(member.stored)
        directory.append(entry[:_OFFSET] + offset.to_bytes(4, "little") + entry[_OFFSET + 4 :])
        offset += len(member.stored)
        if offset >= _LARGE - 1:
            raise PackageError("文件过大，不能直接修改")
    entries = b"".join(directory)
    count = len(directory)
    if offset + len(entries) > _LARGE - 1 or count > 0xFFFE:
        raise PackageError("文件过大，不能直接修改")
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), offset, len(comment))
    return b"".join((*out, entries, end, comment))
