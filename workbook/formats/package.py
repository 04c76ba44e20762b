"""An Office package (.xlsx, .xlsm, .docx) as bytes: parts can be replaced, added or removed, all else stays as it is.

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

from workbook.formats.archive import Member, PackageError, make_member, members_of, undated, write_archive
from workbook.values import dataclass

__all__ = ["Package", "PackageError", "elements", "relations_part"]
MAX_PART_BYTES = 150 * 1024 * 1024
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)\s((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


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
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError, struct.error) as error:
            raise PackageError("不是 Office 文件，或文件已损坏") from error
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise PackageError("文件结构异常（压缩包内有重名部件），不能直接修改")
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise PackageError("文件已加密，不能直接修改")
        return archive

    @property
    def size(self) -> int:
        """How long all parts together are."""
        return sum(info.file_size for info in self.archive.infolist())

    @property
    def names(self) -> tuple[str, ...]:
        """Part names, new ones last."""
        old = self.archive.namelist()
        return tuple(n for n in (*old, *(c for c in self.changed if c not in old)) if n not in self.removed)

    def read(self, name: str, limit: int = MAX_PART_BYTES) -> bytes:
        """A part's content (with the changes so far).

        Raises:
            PackageError: it is missing, damaged, or longer than *limit*.
        """
        if name in self.changed:
            return self.changed[name]
        try:
            info = self.archive.getinfo(name)
            if info.file_size > limit:
                raise PackageError("文件内容过大，不能直接修改")
            return self.archive.read(info)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, struct.error) as error:
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
        old = members_of(self.data, self.archive)
        infos = {info.filename: info for info in self.archive.infolist()}
        members = [
            make_member(name, self.changed[name], level=6, like=infos[name]) if name in self.changed else member
            for name, member in old.items() if name not in self.removed
        ]
        members += [make_member(name, content, level=6) for name, content in self.changed.items() if name not in old]
        return write_archive(members, self.archive.comment)

    def undated(self, name: str) -> Member:
        """A part as it lies in the file, to be put into another one: without date and attributes."""
        return undated(self.data, self.archive.getinfo(name))

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
