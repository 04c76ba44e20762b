"""Parts of a Word package: XML in and out, relationships, content types."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from docgen.docx.xml import CONTENT_TYPES, DECLARATION, R_URI, RELATIONSHIPS, attribute, parse, part_bytes
from workbook.formats.package import Package, PackageError, relations_part

if TYPE_CHECKING:
    from lxml.etree import _Element


MAIN_PART = "word/document.xml"


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


def parse_part(package: Package, name: str) -> _Element:
    """The root element of a part, its namespaces under their usual names.

    Raises:
        PackageError: the part is missing or damaged.
    """
    content = package.read(name)
    try:
        return parse(content)
    except ValueError as error:
        raise PackageError(f"文件的部件“{name}”已损坏，不能直接修改") from error


def add_relationship(package: Package, part: str, kind: str, target: str, prefix: str = "rIdComments") -> str:
    """Relate *part* to the part *target*; the id of the relationship."""
    from lxml import etree

    name = relations_part(part)
    if name in package.names:
        root = parse_part(package, name)
    else:
        root = etree.Element(f"{{{RELATIONSHIPS}}}Relationships", nsmap={None: RELATIONSHIPS})
    taken = {item.get("Id") for item in root}
    identifier = next(i for n in range(100_000) if (i := f"{prefix}{n or ''}") not in taken)
    relative = posixpath.relpath(target, posixpath.dirname(part) or ".")
    etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", {"Id": identifier, "Type": kind, "Target": relative})
    package.write(name, part_bytes(root))
    return identifier


def declare_types(package: Package, overrides: Mapping[str, str]) -> None:
    """State the content types of new parts (a part that has one keeps it)."""
    from lxml import etree

    name = "[Content_Types].xml"
    root = parse_part(package, name)
    known = {item.get("PartName", "").lower() for item in root}
    for part, kind in overrides.items():
        if f"/{part}".lower() not in known:
            etree.SubElement(root, f"{{{CONTENT_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": kind})
    package.write(name, part_bytes(root))
