"""Parts of a Word package: XML in and out, relationships, content types."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

from docgen.docx.xml import CONTENT_TYPES, DECLARATION, R_URI, RELATIONSHIPS, attribute, parse
from workbook.formats.package import Package, PackageError, relations_part

if TYPE_CHECKING:
    from lxml.etree import ElementClassLookup, _Element

    from docgen.docx.package import WordFile

MAIN_PART = "word/document.xml"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"


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
