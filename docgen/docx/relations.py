"""Relationships and content types of a Word package."""

from __future__ import annotations

import posixpath
from pathlib import Path

from docgen.docx.template_package import Part
from docgen.docx.xml import CONTENT_TYPES, DECLARATION, RELATIONSHIPS, attribute, parse
from workbook.errors import InputError

MAIN_PART = "word/document.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relations_name(part: str) -> str:
    """Where the relationships of *part* are kept."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read_relations(parts: dict[str, Part], part: str) -> dict[str, tuple[str, str]]:
    """Relationships of *part*: id to (last word of the type, target part or external address)."""
    name = relations_name(part)
    if name not in parts:
        return {}
    found = {}
    folder = posixpath.dirname(part)
    for item in parse(parts[name].read()).iter(f"{{{RELATIONSHIPS}}}Relationship"):
        target = item.get("Target", "")
        if item.get("TargetMode") != "External":
            target = posixpath.normpath(
                target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            )
        found[item.get("Id", "")] = (item.get("Type", "").rpartition("/")[2], target)
    return found


def find_main_part(parts: dict[str, Part], path: Path) -> str:
    """Name of the document part.

    Raises:
        InputError: there is none, or the package holds macros or something other than a document.
    """
    try:
        relations = read_relations(parts, "")
        types = parse(parts["[Content_Types].xml"].read())
    except (ValueError, KeyError):
        raise InputError(path, "不是 Word 文件（.docx）", "请用 Word/WPS 打开并另存为 .docx") from None
    main = next((target for kind, target in relations.values() if kind == "officeDocument"), "")
    kind = next((item.get("ContentType", "") for item in types if item.get("PartName") == f"/{main}"), "")
    if "macroEnabled" in kind:
        raise InputError(path, "是带宏的 Word 文件", "请另存为不带宏的 .docx")
    if main not in parts or "wordprocessingml" not in kind:
        raise InputError(path, "不是 Word 文件（.docx）", "请用 Word/WPS 打开并另存为 .docx")
    return main


def relationship(relation_id: str, kind: str, target: str) -> str:
    """A relationship element; *kind* is the last word of an officeDocument type, or a whole one."""
    full = kind if "://" in kind else _OFFICE + kind
    return f'<Relationship Id="{relation_id}" Type="{full}" Target="{attribute(target)}"/>'


def relations_part(relationships: list[str]) -> str:
    """Content of a ``.rels`` part."""
    return f'{DECLARATION}<Relationships xmlns="{RELATIONSHIPS}">{"".join(relationships)}</Relationships>'


def content_types_part(defaults: dict[str, str], overrides: dict[str, str]) -> str:
    """Content of ``[Content_Types].xml``."""
    lines = [f'<Default Extension="{attribute(ending)}" ContentType="{kind}"/>' for ending, kind in defaults.items()]
    lines += [f'<Override PartName="/{attribute(name)}" ContentType="{kind}"/>' for name, kind in overrides.items()]
    return f'{DECLARATION}<Types xmlns="{CONTENT_TYPES}">{"".join(lines)}</Types>'
