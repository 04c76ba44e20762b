"""Packages (.xlsx, .xlsm, .xlsb, .ods, .docx): parts are read, replaced, added or removed; all else stays as it is.

Every size is checked before anything is inflated.  Members that are not touched keep their compressed bytes, order,
names, dates and attributes.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from workbook.formats.archive import DEFLATED, STORED, Member, make_member, member_in, write_archive
from workbook.formats.safe_xml import BROKEN, REPAIR, PackageError, Start, local, parse_xml
from workbook.values import dataclass

__all__ = ["BROKEN", "REPAIR", "BookParts", "Package", "PackageError", "Relation", "book_parts", "relations_part"]
BOOK = "xl/workbook.xml"
MAX_PART_BYTES = 150 * 1024 * 1024
MAX_TOTAL_BYTES = 300 * 1024 * 1024
MAX_PARTS = 20_000
MAX_SHEETS = 1000
_MAX_LIST_BYTES = 8 * 1024 * 1024
"""Largest list of sheets or relationships: each entry costs many times its bytes."""
ENCRYPTED = "文件已加密"
UNLOCK = "请在 Excel/WPS 中取消密码后另存"
TOO_LARGE = "内容过大，解压后超过 150 MB"
_MOST_KEPT = 16 * 1024
"""Relationships of so many bytes are kept, so that the same ones need not be parsed again."""
_INFLATION = 1032  # no deflate stream grows by more than this


class Relation(NamedTuple):
    """One relationship of a part."""

    kind: str
    """Last word of its type (``worksheet``)."""
    part: str
    """The part it leads to; empty when it leads out of the package."""
    target: str
    """As it is written."""


class Package:
    """The parts of a package, found by name whatever its case, and what is to be changed in them."""

    def __init__(self, data: bytes) -> None:
        """Open the package; raises :class:`PackageError` when it is damaged, encrypted or absurdly large."""
        self.data = data
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError, struct.error) as error:
            raise PackageError(BROKEN, REPAIR) from error
        infos = self._archive.infolist()
        self._infos = {_key(info.filename): info for info in infos}
        if len(self._infos) != len(infos) or len(infos) > MAX_PARTS:
            raise PackageError(BROKEN, REPAIR)  # of two parts of one name, readers differ which to take
        _guard(infos)
        self.changed: dict[str, bytes] = {}
        self.removed: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """Part names, new ones last."""
        old = self._archive.namelist()
        return tuple(n for n in (*old, *(c for c in self.changed if c not in old)) if n not in self.removed)

    def __contains__(self, name: str) -> bool:
        name = self._name(name)
        return name in self.changed or (_key(name) in self._infos and name not in self.removed)

    def _name(self, name: str) -> str:
        """The name as the package writes it."""
        info = self._infos.get(_key(name))
        return info.filename if info else name

    def size(self, name: str = "") -> int:
        """How long a part is in the file; all parts together without a *name*."""
        return self._infos[_key(name)].file_size if name else sum(info.file_size for info in self._infos.values())

    def read(self, name: str, limit: int = MAX_PART_BYTES) -> bytes:
        """A part's content, with the changes so far.

        Raises:
            PackageError: it is missing, damaged, or longer than *limit*.
        """
        name = self._name(name)
        if name in self.changed:
            return self.changed[name]
        info = self._infos.get(_key(name))
        if info is None or name in self.removed:
            raise PackageError(f"{BROKEN}（缺少部件“{name}”）", REPAIR)
        if info.file_size > limit:
            raise PackageError("内容过大", "请删除多余的内容后另存")
        content = self._inflated(info, info.file_size + 1)
        if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
            raise PackageError(BROKEN, REPAIR)
        return content

    def verify_all(self) -> None:
        """Make sure that every part can be read: a damaged one must not be copied on unnoticed.

        Raises ``PackageError``, which names it.
        """
        for name in self._infos.values():
            try:
                self.read(name.filename)
            except PackageError as error:
                raise PackageError(f"{BROKEN}（部件“{name.filename}”）", REPAIR) from error

    def verify(self, name: str, limit: int) -> None:
        """Make sure that a part, which calamine will read and we do not, does not inflate to more than *limit*."""
        info = self._infos.get(_key(name))
        if info is not None and info.compress_size * _INFLATION > limit:
            self.read(name, limit)

    def start(self, name: str, length: int) -> bytes:
        """The first *length* bytes of a part."""
        return self._inflated(self._infos[_key(name)], length)

    def _inflated(self, info: zipfile.ZipInfo, most: int) -> bytes:
        """The first *most* bytes of a member; its size is checked by the caller."""
        data, offset = self.data, info.header_offset
        lengths = data[offset + 26 : offset + 30]
        if data[offset : offset + 4] != b"PK\x03\x04" or len(lengths) < 4:
            raise PackageError(BROKEN, REPAIR)
        first = offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        raw = data[first : first + info.compress_size]
        if info.compress_type == STORED:
            return raw[:most]
        try:
            return zlib.decompressobj(-15).decompress(raw, most)
        except zlib.error as error:
            raise PackageError(BROKEN, REPAIR) from error

    def write(self, name: str, content: bytes) -> None:
        """Replace or add a part."""
        name = self._name(name)
        self.removed.discard(name)
        self.changed[name] = content

    def remove(self, name: str) -> None:
        """Leave a part out."""
        name = self._name(name)
        self.changed.pop(name, None)
        self.removed.add(name)

    def to_bytes(self) -> bytes:
        """The package with the changes; unchanged members are copied with their compressed bytes."""
        old = self._archive.infolist()
        members = [
            make_member(info.filename, self.changed[info.filename], level=6, like=info) if info.filename in self.changed
            else member_in(self.data, info)
            for info in old if info.filename not in self.removed
        ]
        known = {info.filename for info in old}
        members += [make_member(name, content, level=6) for name, content in self.changed.items() if name not in known]
        return write_archive(members, self._archive.comment)

    def undated(self, name: str) -> Member:
        """A part as it lies in the file, to be put into another one: without date and attributes."""
        return member_in(self.data, self._infos[_key(name)], is_dated=False)

    def parse(self, part: str, start: Start) -> None:
        """Call *start* with tag and attributes of every element of an XML part (a list, of which none is large)."""
        parse_xml(self.read(part, _MAX_LIST_BYTES), start)

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Relationships of *part* by id; of the package itself when *part* is empty."""
        source = relations_part(part)
        if source not in self:
            return {}
        xml = self.read(source, _MAX_LIST_BYTES)
        return (_relations if len(xml) < _MOST_KEPT else _relations.__wrapped__)(posixpath.dirname(part), xml)


@dataclass(frozen=True, slots=True)
class BookParts:
    """Where the workbook's parts are."""

    part: str
    """The workbook part."""
    relations: Mapping[str, Relation]
    sheets: tuple[tuple[str, str, Relation], ...]
    """Name, relationship id and relationship of each sheet, chart sheets too."""

    def related(self, kind: str) -> str:
        """The part of that *kind* (``styles``); empty when there is none."""
        return next((relation.part for relation in self.relations.values() if relation.kind == kind), "")

    @property
    def worksheets(self) -> dict[str, str]:
        """Sheet name → part, in the workbook's order (worksheets only)."""
        return {name: relation.part for name, _, relation in self.sheets if relation.kind == "worksheet"}


def book_parts(package: Package) -> BookParts:
    """The parts of the workbook in *package*.  Raises :class:`~workbook.formats.package.PackageError`."""
    roots = (relation.part for relation in package.relations("").values() if relation.kind == "officeDocument")
    book = next(roots, BOOK)
    relations = package.relations(book)
    sheets: list[tuple[str, str, Relation]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            key = next((value for name, value in attributes.items() if local(name) == "id"), "")
            if len(sheets) == MAX_SHEETS:
                raise PackageError(f"工作表过多（超过 {MAX_SHEETS} 张），不像决算表", "请只保留决算公开表后另存")
            sheets.append((attributes.get("name", ""), key, relations.get(key, Relation("", "", ""))))

    package.parse(book, start)
    return BookParts(book, relations, tuple(sheets))


@lru_cache(maxsize=64)  # programs write the same ones into every package
def _relations(folder: str, xml: bytes) -> Mapping[str, Relation]:
    found: dict[str, Relation] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            target, is_inside = attributes.get("Target", ""), attributes.get("TargetMode") != "External"
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = Relation(kind, _joined(folder, target) if is_inside else "", target)

    parse_xml(xml, start)
    return found


@lru_cache(maxsize=1024)  # the same names in every package
def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _key(name: str) -> str:
    return name.replace("\\", "/").lower()


def _guard(infos: list[zipfile.ZipInfo]) -> None:
    """Refuse what is encrypted, absurdly large or oddly packed."""
    total = 0
    for info in infos:
        total += info.file_size
        if info.flag_bits & 1:
            raise PackageError(ENCRYPTED, "请取消密码后另存")
        if info.file_size > MAX_PART_BYTES or total > MAX_TOTAL_BYTES:
            raise PackageError(TOO_LARGE, "请删除多余的空白行列后另存")
        if info.compress_type not in (STORED, DEFLATED) or (
            info.compress_type == STORED and info.file_size != info.compress_size
        ):
            raise PackageError(BROKEN, REPAIR)


def relations_part(part: str) -> str:
    """Name of the part that holds the relationships of *part*."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
