"""Word files that people hand in, and their parts: checked before anything is read, every part kept as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.xml import CONTENT_TYPES, DECLARATION, R_URI, RELATIONSHIPS, C, W, attribute, is_strict, parse
from workbook.errors import InputError, unreadable
from workbook.formats.package import ENCRYPTED, TOO_LARGE, Package, PackageError, relations_part
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import ElementClassLookup, _Element

MAIN_PART = "word/document.xml"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
LABELS, VALUES = "cat", "val"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_FILE_BYTES = 200 * 2**20
MAX_PART_BYTES = 100 * 2**20
_ANOTHER = "请用 Word/WPS 打开后另存为 .docx"


@dataclass(frozen=True)
class WordFile:
    """A Word file, opened: its package, and the parts that texts and tables are read from."""

    path: Path
    package: Package = field(repr=False)
    part: str
    """Name of the part that holds the text."""
    body: _Element = field(repr=False)
    styles: _Element | None = field(repr=False)
    numbering: _Element | None = field(repr=False)
    is_strict: bool = False
    """Whether the file uses the strict form of the format (its namespaces have other names)."""


def open_word(path: Path) -> WordFile:
    """Open a .docx.  Raises :class:`InputError` with one clear sentence when it is something else."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(path, "文件过大", "请删除其中的大图片后另存")
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    return word_of(data, path)


def word_of(data: bytes, path: Path) -> WordFile:
    """The .docx with these bytes; *path* is for messages.  Raises :class:`InputError` as :func:`open_word`."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(path, "文件已加密", "请在 Word/WPS 中取消密码后另存")
        raise InputError(path, "是旧版 Word（.doc）文件", "请用 Word/WPS 打开后另存为 .docx")
    try:
        package = Package(data)
    except PackageError as error:
        if error.problem == TOO_LARGE:
            raise InputError(path, "解压后过大，不像 Word 文件", "请删除其中的大图片后另存") from error
        problem = ENCRYPTED if error.problem == ENCRYPTED else "不是 Word 文档（.docx），或文件已损坏"
        raise InputError(path, problem, _ANOTHER) from error
    try:
        return _word_file(package, path)
    except PackageError as error:
        raise InputError(path, str(error).removesuffix("，不能直接修改"), _ANOTHER) from error
    except ValueError as error:
        raise InputError(path, "文件内容异常（含 DOCTYPE）" if str(error) == "DOCTYPE" else "文件已损坏，无法读取", _ANOTHER) from error


def _word_file(package: Package, path: Path) -> WordFile:
    package.verify_all()
    name = _main_part(package)
    if not name:
        raise InputError(path, "不是 Word 文档", "请选择 .docx 文件")
    content = package.read(name, MAX_PART_BYTES)
    root = parse(content)
    body = root.find(f"{W}body")
    if root.tag != f"{W}document":
        raise InputError(path, "不是 Word 文档", "请选择 .docx 文件")
    if body is None:
        raise InputError(path, "Word 文档没有正文", "请换一份文件")
    others = [related_part(package, name, kind) for kind in ("styles", "numbering")]
    styles, numbering = (parse(package.read(part, MAX_PART_BYTES)) if part in package.names else None for part in others)
    return WordFile(path, package, name, body, styles, numbering, is_strict(content))


def _main_part(package: Package) -> str:
    """Name of the part with the text: as the package says, else the one that is usually it."""
    stated = (relation.part for relation in package.relations("").values() if relation.kind == "officeDocument")
    others = (n for n in package.names if posixpath.basename(n).startswith("document") and n.endswith(".xml") and "word" in n)
    return next((name for name in (*stated, MAIN_PART, *others) if name in package.names), "")


# ------------------------------------------------------------ parts


def related_part(package: Package, part: str, kind: str) -> str:
    """Name of the part to which *part* is related as *kind* (``styles``), or would be."""
    found = (relation.part for relation in package.relations(part).values() if relation.kind == kind)
    return next(found, posixpath.join(posixpath.dirname(part), f"{kind}.xml"))


def relationship(relation_id: str, kind: str, target: str) -> str:
    """A relationship element; *kind* is the last word of an officeDocument type, or a whole one."""
    full = kind if "://" in kind else f"{R_URI}/{kind}"
    return f'<Relationship Id="{relation_id}" Type="{full}" Target="{attribute(target)}"/>'


def relations_xml(relationships: list[str]) -> str:
    """Content of a ``.rels`` part."""
    return f'{DECLARATION}<Relationships xmlns="{RELATIONSHIPS}">{"".join(relationships)}</Relationships>'


def content_types_xml(defaults: dict[str, str], overrides: dict[str, str]) -> str:
    """Content of ``[Content_Types].xml``."""
    lines = [f'<Default Extension="{attribute(ending)}" ContentType="{kind}"/>' for ending, kind in defaults.items()]
    lines += [f'<Override PartName="/{attribute(name)}" ContentType="{kind}"/>' for name, kind in overrides.items()]
    return f'{DECLARATION}<Types xmlns="{CONTENT_TYPES}">{"".join(lines)}</Types>'


def parse_part(package: Package, name: str, classes: ElementClassLookup | None = None) -> _Element:
    """The root element of a part, its namespaces under their usual names; *classes* as in :func:`~docgen.docx.xml.parse`.

    Raises:
        PackageError: the part is missing or damaged.
    """
    content = package.read(name)
    try:
        return parse(content, classes)
    except ValueError as error:
        raise PackageError(f"文件的部件“{name}”已损坏，不能直接修改") from error


def relate(file: WordFile, kind: str, target: str) -> str:
    """Relate the text of *file* to its part *target* as *kind* (``chart``); the id of the relationship.

    Raises:
        PackageError: the file's relationships are damaged.
    """
    from docx.opc.oxml import CT_Relationships, element_class_lookup, serialize_part_xml

    package, name = file.package, relations_part(file.part)
    root = parse_part(package, name, element_class_lookup) if name in package.names else CT_Relationships.new()
    if not isinstance(root, CT_Relationships):
        raise PackageError(f"文件的部件“{name}”已损坏，不能直接修改")
    taken = {relation.get("Id") for relation in root}
    identifier = next(i for n in count(1) if (i := f"rId{n}") not in taken)
    office = _STRICT_OFFICE if file.is_strict else R_URI
    root.add_rel(identifier, f"{office}/{kind}", posixpath.relpath(target, posixpath.dirname(file.part) or "."))
    package.write(name, serialize_part_xml(root))
    return identifier


def declare_types(package: Package, overrides: Mapping[str, str]) -> None:
    """State the content types of new parts (a part that has one keeps it).

    Raises:
        PackageError: the file's content types are damaged.
    """
    from docx.opc.oxml import CT_Types, element_class_lookup, serialize_part_xml

    name = "[Content_Types].xml"
    root = parse_part(package, name, element_class_lookup)
    if not isinstance(root, CT_Types):
        raise PackageError(f"文件的部件“{name}”已损坏，不能直接修改")
    known = {item.get("PartName", "").lower() for item in root}
    for part, kind in overrides.items():
        if f"/{part}".lower() not in known:
            root.add_override(f"/{part}", kind)  # type: ignore[no-untyped-call]  # python-docx says no types here
    package.write(name, serialize_part_xml(root))


def chart_data(root: _Element) -> Iterator[list[tuple[str, str]]]:
    """Label and value of every slice or bar, as texts, series by series; *root* is that of the chart's part."""
    for series in root.iter(f"{C}ser"):
        labels, values = (_points(series.find(f"{C}{name}")) for name in (LABELS, VALUES))
        yield [(label, values[index]) for index, label in labels.items() if index in values]


def _points(data: _Element | None) -> dict[int, str]:
    """The texts kept of a row of data, in its order."""
    points = data.iter(f"{C}pt") if data is not None else ()
    found = {int(index): p.findtext(f"{C}v") or "" for p in points if (index := p.get("idx", "0")).isdecimal()}
    return dict(sorted(found.items()))
