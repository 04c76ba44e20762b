"""Zip packages (.xlsx, .xlsb, .ods): reading parts, with every size checked before anything is inflated."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from workbook.errors import InputError
from workbook.values import dataclass

MAX_PART_BYTES = 150 * 1024 * 1024
MAX_TOTAL_BYTES = 300 * 1024 * 1024
MAX_PARTS = 20_000
_INFLATION = 1032  # no deflate stream grows by more than this

BROKEN = "文件不完整或已损坏"
REPAIR = "请重新导出，或用 Excel/WPS 打开并另存后重试"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: kind (last word of its type), the part it leads to, and the target as written."""

    kind: str
    part: str
    target: str


class ZipParts:
    """The parts of a zip file, found by name whatever its case."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.data = data
        try:
            infos = zipfile.ZipFile(io.BytesIO(data)).infolist()
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError, struct.error) as error:
            raise self.broken() from error
        self.parts = {info.filename.replace("\\", "/").lower(): info for info in infos}
        if len(self.parts) != len(infos) or len(infos) > MAX_PARTS:
            raise self.broken()  # of two parts of one name, readers differ which to take
        self._guard(infos)

    def broken(self, problem: str = BROKEN, advice: str = REPAIR) -> InputError:
        """The error to raise for a damaged file."""
        return InputError(self.path, problem, advice)

    def _guard(self, infos: list[zipfile.ZipInfo]) -> None:
        total = 0
        for info in infos:
            total += info.file_size
            if info.flag_bits & 1:
                raise self.broken("文件已加密", "请取消密码后另存")
            if info.file_size > MAX_PART_BYTES or total > MAX_TOTAL_BYTES:
                raise self.broken("内容过大，解压后超过 150 MB", "请删除多余的空白行列后另存")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.broken()
            if info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size:
                raise self.broken()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.parts

    def size(self, name: str) -> int:
        """How long a part is."""
        return self.parts[name.lower()].file_size

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Content of a part; of a long one only the first *limit* bytes.

        The part must be as long as it says (its checksum is left to calamine).
        """
        info = self.parts.get(name.lower())
        if info is None:
            raise self.broken()
        data, offset = self.data, info.header_offset
        if data[offset : offset + 4] != b"PK\x03\x04":
            raise self.broken()
        lengths = data[offset + 26 : offset + 30]
        start = offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        raw = data[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            return raw[:limit]
        stream = zlib.decompressobj(-15)
        try:
            content = stream.decompress(raw, info.file_size + 1 if limit is None else limit)
        except zlib.error as error:
            raise self.broken() from error
        if limit is None and (not stream.eof or len(content) != info.file_size):
            raise self.broken()
        return content

    def verify(self, name: str, limit: int) -> None:
        """Make sure that a part, which calamine will read and we do not, does not inflate to more than *limit*."""
        info = self.parts.get(name.lower())
        if info is not None and info.compress_size * _INFLATION > limit and len(self.read(name)) > limit:
            raise self.broken("内容过大", "请删除多余的内容后另存")

    def relations(self, part: str) -> dict[str, Relation]:
        """Relationships of *part* by id; of the package itself when *part* is empty."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, Relation] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                full = posixpath.join("/", folder, target.replace("\\", "/"))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = Relation(kind, posixpath.normpath(full).lstrip("/"), target)

        if source in self:
            self.parse(source, start)
        return found

    def parse(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Call *start* for every element of an XML part."""
        parser = safe_parser()
        parser.StartElementHandler = start
        try:
            parse_xml(parser, self.read(part))
        except XmlError as error:
            raise self.broken() from error


def local(tag: str) -> str:
    """A tag's name without its namespace prefix."""
    return tag.rpartition(":")[2]


class XmlError(ValueError):
    """XML that cannot be used: not well-formed, of an unknown encoding, or with values that make no sense."""


def safe_parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, so neither internal nor external entities exist."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise XmlError("document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse_xml(parser: expat.XMLParserType, data: bytes, *, whole: bool = True) -> None:
    """Give *data* to *parser*; whatever is wrong with it raises ``XmlError``."""
    try:
        parser.Parse(data, whole)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise XmlError(str(error)) from error
