"""The styles of a template by name and by id."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from docgen.docx.metrics import Metrics
from docgen.docx.xml import W_URI, W
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

# Names that people and the program use for a style, besides the stored one.
ALIASES = {"正文": ("正文文字", "Normal"), "标题": ("文件标题", "Title"), "目录1": ("toc 1",), "目录2": ("toc 2",)}
_CANONICAL = {stored: name for name, others in ALIASES.items() for stored in others}


@dataclass(frozen=True, slots=True)
class StyleTable:
    """Paragraph styles of a template."""

    ids: dict[str, str]
    """Stored name (lower case, as Word compares them) to id."""
    names: dict[str, str]
    """Id to stored name."""
    levels: dict[str, int]
    """Id to outline level (0 for a part), of headings."""
    default: str
    """Id of the default paragraph style."""
    metrics: dict[str, Metrics] = field(default_factory=dict)
    """Sizes by id."""

    def id_of(self, name: str) -> str:
        """The id of the style *name*; the default style's when there is none."""
        for candidate in (name, *ALIASES.get(name, ())):
            if found := self.ids.get(candidate.lower()):
                return found
        return self.default

    def name_of(self, style_id: str) -> str:
        """The name of *style_id* as the program calls it (``正文`` for the body text)."""
        name = self.names.get(style_id or self.default, "")
        return _CANONICAL.get(name, name)


def read_styles(root: _Element) -> StyleTable:
    """The table of the ``w:styles`` element *root*, and into *root* the standard styles it lacks."""
    from lxml import etree

    from docgen.docx.metrics import style_metrics
    from docgen.docx.standard import STYLES

    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    levels: dict[str, int] = {}
    default = "Normal"
    taken = {str(style.get(f"{W}styleId")) for style in root.iter(f"{W}style")}
    present = {_name(style).lower() for style in root.iter(f"{W}style")}
    bases = {_name(style): str(style.get(f"{W}styleId")) for style in root.iter(f"{W}style")}
    for standard in STYLES:
        if standard.name.lower() in present or standard.id in taken:
            continue
        xml = standard.xml.replace("<w:style ", f'<w:style xmlns:w="{W_URI}" ', 1)
        for ours, name in (("Normal", "Normal"), ("TableNormal", "Normal Table")):  # a Chinese Word calls them a, a1
            xml = xml.replace(f'<w:basedOn w:val="{ours}"/>', f'<w:basedOn w:val="{bases.get(name, ours)}"/>')
        root.append(etree.fromstring(xml))
    for style in root.iter(f"{W}style"):
        if style.get(f"{W}type", "paragraph") != "paragraph":
            continue
        style_id, name = str(style.get(f"{W}styleId")), _name(style)
        ids.setdefault(name.lower(), style_id)
        names[style_id] = name
        level = style.find(f"{W}pPr/{W}outlineLvl")
        if level is not None:
            levels[style_id] = int(level.get(f"{W}val", "9"))
        elif name.startswith("heading ") and name[8:].isdigit():
            levels[style_id] = int(name[8:]) - 1
        if style.get(f"{W}default") in {"1", "true"}:
            default = style_id
    return StyleTable(ids, names, levels, default, style_metrics(root))


def _name(style: _Element) -> str:
    name = style.find(f"{W}name")
    return "" if name is None else name.get(f"{W}val", "")
