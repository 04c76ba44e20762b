"""Reading Word files that people hand in: opened safely, blocks in order, text as it is seen."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.errors import InputError, system_words
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
PLAIN = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
"""The two names of the one namespace; files in the strict form are read under the usual name."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_TARGET = re.compile(rb"Target\s*=\s*[\"']([^\"']*)[\"']")
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_PART_BYTES = 100 * 1024 * 1024
THROUGH = frozenset({f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple")})
"""Elements around paragraphs or runs whose content is seen."""
SKIPPED = frozenset({
    *(f"{W}{name}" for name in ("pPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "sdtPr", "sdtEndPr", "rt")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
})
"""Elements whose content is not part of the running text."""
MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}


@dataclass(frozen=True)
class WordFile:
    """The parts of a .docx that texts and tables are read from."""

    path: Path
    body: _Element
    styles: _Element | None
    numbering: _Element | None
    data: bytes = field(default=b"", repr=False)
    """The whole file."""
    part: str = "word/document.xml"
    """Name of the part that holds the text."""
    is_strict: bool = False
    """Whether the file uses the strict form of the format (its namespaces have other names)."""


def open_word(path: Path) -> WordFile:
    """Open a .docx.  Raises :class:`InputError` with one clear sentence when it is something else."""
    try:
        if not path.exists():
            raise InputError(path, "没有这个文件", "请检查文件名和所在文件夹")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(path, "文件过大", "请删除其中的大图片后另存")
        data = path.read_bytes()
    except PermissionError as error:
        raise InputError(path, "没有读取权限", "请关闭正在使用它的程序，或检查文件权限") from error
    except OSError as error:
        raise InputError(path, f"无法读取（{system_words(error)}）", "请检查磁盘或网络位置") from error
    return word_of(data, path)


def word_of(data: bytes, path: Path) -> WordFile:
    """The .docx with these bytes; *path* is for messages.  Raises :class:`InputError` as :func:`open_word`."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(path, "文件已加密", "请在 Word/WPS 中取消密码后另存")
        raise InputError(path, "是旧版 Word（.doc）文件", "请用 Word/WPS 打开后另存为 .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _word_file(path, archive, data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError, OSError) as error:
        raise InputError(path, "不是 Word 文档（.docx），或文件已损坏", "请用 Word/WPS 打开后另存为 .docx") from error


def _word_file(path: Path, archive: zipfile.ZipFile, data: bytes) -> WordFile:
    names = archive.namelist()
    name = _main_part(archive, names)
    if not name:
        raise InputError(path, "不是 Word 文档", "请选择 .docx 文件")
    root = _parse(path, archive, name)
    if root.tag != f"{W}document":
        raise InputError(path, "不是 Word 文档", "请选择 .docx 文件")
    body = root.find(f"{W}body")
    if body is None:
        raise InputError(path, "Word 文档没有正文", "请换一份文件")
    folder = posixpath.dirname(name)
    parts = [
        _parse(path, archive, f"{folder}/{part}.xml") if f"{folder}/{part}.xml" in names else None
        for part in ("styles", "numbering")]
    with archive.open(name) as stream:
        is_strict = STRICT in stream.read(4096)
    return WordFile(path, body, parts[0], parts[1], data, name, is_strict)


def _main_part(archive: zipfile.ZipFile, names: list[str]) -> str:
    """Name of the part with the text: as the package says, else the one that is usually it."""
    if "_rels/.rels" in names and archive.getinfo("_rels/.rels").file_size < MAX_PART_BYTES:
        for element in _RELATION.findall(archive.read("_rels/.rels")):
            target = _TARGET.search(element)
            if b'/officeDocument"' in element.replace(b"'", b'"') and target is not None:
                name = target[1].decode("utf-8", "replace").lstrip("/")
                if name in names:
                    return name
    if "word/document.xml" in names:
        return "word/document.xml"
    return next((n for n in names if posixpath.basename(n).startswith("document") and n.endswith(".xml") and "word" in n), "")


def _parse(path: Path, archive: zipfile.ZipFile, name: str) -> _Element:
    from lxml import etree

    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise InputError(path, "文件已加密", "请取消密码后另存")
    if info.file_size > MAX_PART_BYTES:
        raise InputError(path, "文件内容过大", "请另存一份精简的文件")
    xml = archive.read(info)
    if STRICT in xml[:4096]:
        xml = xml.replace(STRICT, PLAIN)
    if b"<!DOCTYPE" in xml[:2000]:
        raise InputError(path, "文件内容异常（含 DOCTYPE）", "请用 Word/WPS 打开后另存")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(path, "文件已损坏，无法读取", "请用 Word/WPS 打开后另存为 .docx") from error
    if root.getroottree().docinfo.doctype:
        raise InputError(path, "文件内容异常（含 DOCTYPE）", "请用 Word/WPS 打开后另存")
    return root


def blocks(container: _Element) -> Iterator[_Element]:
    """Paragraphs (``w:p``) and tables (``w:tbl``) in order, those inside content controls included."""
    for child in container:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in THROUGH:
            yield from blocks(child)


def text_of(element: _Element) -> str:
    """The text of a paragraph or cell as it is seen: no deleted or hidden text, no field codes, no text boxes."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: _Element, parts: list[str]) -> None:
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in SKIPPED or (tag == f"{W}r" and is_hidden(child)):
            continue
        if tag == f"{W}t":
            parts.append(child.text or "")
        elif tag in MARKS:
            parts.append("" if child.get(f"{W}type") in ("page", "column") else MARKS[tag])
        else:
            if tag == f"{W}p" and parts:
                parts.append("\n")
            _collect(child, parts)


def is_hidden(run: _Element) -> bool:
    """Whether the run itself says that it is not shown."""
    vanish = run.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false", "off")


def value_of(element: _Element | None, path: str) -> str | None:
    """The ``w:val`` of the element at *path* (``pPr/outlineLvl``) below *element*."""
    found = element.find("/".join(f"{W}{step}" for step in path.split("/"))) if element is not None else None
    return found.get(f"{W}val") if found is not None else None
