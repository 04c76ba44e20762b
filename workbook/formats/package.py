"""An Office package (.xlsx, .xlsm) as bytes: parts can be replaced, added or removed, all else stays as it is.

Members that are not touched keep their compressed bytes, order, names, dates and attributes; only the
offsets in the directory change.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property

from workbook.values import dataclass

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_FIXED_DATE = (1 << 5) | 1
"""1980-01-01, as Office itself writes."""
MAX_PART_BYTES = 150 * 1024 * 1024
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)\s((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class PackageError(ValueError):
    """A package that cannot be edited without loss; the message is a Chinese clause for the user."""


@dataclass
class Package:
    """The members of a package, and what is to be changed in them."""

    data: bytes
    changed: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        """The zip directory."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(self.data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise PackageError("不是 .xlsx 格式的工作簿，或文件已损坏") from error
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise PackageError("文件结构异常（压缩包内有重名部件），不能直接修改")
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise PackageError("文件已加密，不能直接修改")
        return archive

    @property
    def names(self) -> tuple[str, ...]:
        """Part names, new ones last."""
        old = self.archive.namelist()
        return tuple(n for n in (*old, *(c for c in self.changed if c not in old)) if n not in self.removed)

    def read(self, name: str) -> bytes:
        """A part's content (with the changes so far)."""
        if name in self.changed:
            return self.changed[name]
        try:
            info = self.archive.getinfo(name)
            if info.file_size > MAX_PART_BYTES:
                raise PackageError("文件内容过大，不能直接修改")
            return self.archive.read(info)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise PackageError(f"文件缺少部件“{name}”或该部件已损坏") from error

    def write(self, name: str, content: bytes) -> None:
        """Replace or add a part."""
        self.removed.discard(name)
        self.changed[name] = content

    def remove(self, name: str) -> None:
        """Leave a part out."""
        self.changed.pop(name, None)
        self.removed.add(name)

    def to_bytes(self) -> bytes:
        """The package with the changes; unchanged members are copied with their compressed bytes."""
        infos = sorted(self.archive.infolist(), key=lambda i: i.header_offset)
        ends = [*(i.header_offset for i in infos[1:]), self.archive.start_dir]
        out = io.BytesIO()
        offsets: dict[str, int] = {}
        sizes: dict[str, tuple[int, int, int]] = {}
        for info, end in zip(infos, ends, strict=True):
            if info.filename in self.removed:
                continue
            offsets[info.filename] = out.tell()
            if info.filename in self.changed:
                sizes[info.filename] = _write_member(out, info, self.changed[info.filename])
            else:
                out.write(self.data[info.header_offset : end])
        entries = [
            _central(self._central_entry(info), info, offsets[info.filename], sizes.get(info.filename))
            for info in self.archive.infolist() if info.filename in offsets
        ]
        for name, content in self.changed.items():
            if name not in offsets:
                info = zipfile.ZipInfo(name)
                offset = out.tell()
                entries.append(_central(None, info, offset, _write_member(out, info, content)))
        return _finish(out, entries, self.archive.comment)

    def _central_entry(self, info: zipfile.ZipInfo) -> bytes:
        """The member's directory entry as the file holds it."""
        return self._entries[info.filename]

    @cached_property
    def _entries(self) -> dict[str, bytes]:
        position, entries = self.archive.start_dir, {}
        for info in self.archive.infolist():
            fields = _CENTRAL.unpack_from(self.data, position)
            if fields[0] != b"PK\x01\x02":
                raise PackageError("文件结构异常（目录损坏），不能直接修改")
            end = position + _CENTRAL.size + fields[10] + fields[11] + fields[12]
            entries[info.filename] = self.data[position:end]
            position = end
        return entries

    # ------------------------------------------------------------ parts of a workbook

    @cached_property
    def workbook_part(self) -> str:
        """Name of the workbook part (``xl/workbook.xml``)."""
        relations = self.relations("")
        return next((target for kind, target in relations.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (type, target part) of a part (``""``: of the package)."""
        name = relations_part(part)
        if name not in self.names:
            return {}
        folder = posixpath.dirname(part)
        found = {}
        for _, attributes in elements(self.read(name).decode("utf-8", "replace"), "Relationship"):
            target = attributes.get("Target", "")
            if attributes.get("TargetMode") != "External":
                target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target)
        return found

    def sheet_parts(self) -> Mapping[str, str]:
        """Sheet name → part name, in workbook order (worksheets only)."""
        relations = self.relations(self.workbook_part)
        found = {}
        for _, attributes in elements(self.read(self.workbook_part).decode("utf-8", "replace"), "sheet"):
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            kind, target = relations.get(relation, ("", ""))
            if kind.endswith("/worksheet"):
                found[attributes.get("name", "")] = target
        return found


def relations_part(part: str) -> str:
    """Name of the part that holds the relationships of *part*."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def elements(xml: str, name: str) -> list[tuple[re.Match[str], dict[str, str]]]:
    """Start tags of the elements called *name* (any prefix) with their attributes."""
    return [
        (match, {m[1]: html.unescape(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(match[2])})
        for match in _ELEMENT.finditer(xml) if match[1] == name
    ]


def _write_member(out: io.BytesIO, info: zipfile.ZipInfo, content: bytes) -> tuple[int, int, int]:
    """Write local header and compressed content; returns CRC and both sizes."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = compressor.compress(content) + compressor.flush()
    name, flags = _encoded(info)
    sizes = (zlib.crc32(content), len(packed), len(content))
    out.write(_LOCAL.pack(b"PK\x03\x04", 20, flags, zipfile.ZIP_DEFLATED, *_date(info), *sizes, len(name), 0))
    out.write(name)
    out.write(packed)
    return sizes


def _encoded(info: zipfile.ZipInfo) -> tuple[bytes, int]:
    try:
        return info.filename.encode("ascii"), 0
    except UnicodeEncodeError:
        return info.filename.encode("utf-8"), 0x800


def _date(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    if year < 1980:
        return 0, _FIXED_DATE
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _central(entry: bytes | None, info: zipfile.ZipInfo, offset: int, sizes: tuple[int, int, int] | None) -> bytes:
    """The directory entry with its new offset, and new sizes when the content changed."""
    if entry is not None and sizes is None:
        fields = list(_CENTRAL.unpack_from(entry))
        if 0xFFFFFFFF not in (fields[8], fields[9], fields[16]):
            fields[16] = offset
            return _CENTRAL.pack(*fields) + entry[_CENTRAL.size :]
        sizes = (info.CRC, info.compress_size, info.file_size)  # a small member with large-file fields: plain ones do
        kept = _without_zip64(entry)
        name_size, extra_size, comment_size = len(kept[0]), len(kept[1]), len(kept[2])
        fields[7:13] = [sizes[0], sizes[1], sizes[2], name_size, extra_size, comment_size]
        fields[16] = offset
        return _CENTRAL.pack(*fields) + b"".join(kept)
    if sizes is None:
        raise PackageError("文件结构异常（目录与内容不符），不能直接修改")
    name, flags = _encoded(info)
    version = info.create_system << 8 | 20
    return _CENTRAL.pack(
        b"PK\x01\x02", version, 20, flags, zipfile.ZIP_DEFLATED, *_date(info), *sizes, len(name), 0, 0, 0,
        info.internal_attr, info.external_attr, offset) + name


def _without_zip64(entry: bytes) -> tuple[bytes, bytes, bytes]:
    """Name, extra fields without the large-file one, and comment of a directory entry."""
    fields = _CENTRAL.unpack_from(entry)
    start = _CENTRAL.size
    name = entry[start : start + fields[10]]
    extra = entry[start + fields[10] : start + fields[10] + fields[11]]
    kept, position = b"", 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, position)
        if kind != 1:
            kept += extra[position : position + 4 + size]
        position += 4 + size
    return name, kept, entry[start + fields[10] + fields[11] :]


def _finish(out: io.BytesIO, entries: list[bytes], comment: bytes) -> bytes:
    start = out.tell()
    directory = b"".join(entries)
    if start + len(directory) > 0xFFFFFFFE or len(entries) > 0xFFFE:
        raise PackageError("文件过大，不能直接修改")
    out.write(directory)
    out.write(_END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), start, len(comment)))
    out.write(comment)
    return out.getvalue()
