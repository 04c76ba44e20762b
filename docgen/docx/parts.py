"""The parts of a Word file that is changed: XML in and out, relationships, content types."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from docgen.docx.input import PLAIN, STRICT
from workbook.formats.package import Package, PackageError, relations_part

if TYPE_CHECKING:
    from lxml.etree import _Element

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def part_bytes(element: _Element, *, is_strict: bool = False) -> bytes:
    """The whole part that *element* is in, as it is stored."""
    from lxml import etree

    content = etree.tostring(element.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return content.replace(PLAIN, STRICT) if is_strict else content


def parse_part(package: Package, name: str) -> _Element:
    """The root element of a part, its namespaces under their usual names.

    Raises:
        PackageError: the part is missing or damaged.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        return etree.fromstring(package.read(name).replace(STRICT, PLAIN), parser)
    except etree.XMLSyntaxError as error:
        raise PackageError(f"文件的部件“{name}”已损坏，不能直接修改") from error


def add_relationship(package: Package, part: str, kind: str, target: str, prefix: str = "rIdComments") -> str:
    """Relate *part* to the part *target*; the id of the relationship."""
    from lxml import etree

    name = relations_part(part)
    if name in package.names:
        root = parse_part(package, name)
    else:
        root = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS})
    taken = {item.get("Id") for item in root}
    identifier = next(i for n in range(100_000) if (i := f"{prefix}{n or ''}") not in taken)
    relative = posixpath.relpath(target, posixpath.dirname(part) or ".")
    etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship", {"Id": identifier, "Type": kind, "Target": relative})
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
            etree.SubElement(root, f"{{{_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": kind})
    package.write(name, part_bytes(root))
