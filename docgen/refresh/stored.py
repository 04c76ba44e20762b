"""What a linked report carries about itself: unit, year, the figures with their values, and the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.relations import parse_part
from docgen.refresh.items import FIGURE, Item, read_items
from docgen.refresh.items import REASON as REASON_BIT
from docgen.writing.baseline import NAMESPACE as BASELINE
from docgen.writing.links import NAMESPACE, REASON, tag_of
from workbook.errors import InputError
from workbook.formats.package import Package, PackageError
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_R = f"{{{NAMESPACE}}}"


@dataclass(frozen=True)
class Stored:
    """The custom XML parts of a report, read."""

    unit: str
    year: str
    pack: str
    sha256: str
    figures: Mapping[str, str]
    """Id → text as it was printed."""
    tags: Mapping[str, tuple[str, str]] = field(repr=False)
    """Tag of a content control → kind and id of what it prints."""
    items: tuple[Item, ...] | None = field(repr=False)
    """The report as it was written; ``None``: by a version of the program that did not store it."""
    figures_part: str = ""
    baseline_part: str = ""


def read_stored(package: Package, main: str, path: Path) -> Stored:
    """What the report in *package* (its text in the part *main*) carries.

    Raises:
        InputError: nothing; it is no linked report of this program.
    """
    figures, figures_part = _find(package, main, f"{_R}report")
    if figures is None:
        raise InputError(path, "没有数据链接（干净版和他人写的报告都没有），不能刷新", "请用 juesuan review 审校，或重新生成报告")
    baseline, baseline_part = _find(package, main, f"{{{BASELINE}}}baseline")
    known = {e.get("id", ""): e.get("text", "") for e in figures.iter(f"{_R}figure")}
    tags = {str(e.get("tag") or e.get("id")): (FIGURE, e.get("id", "")) for e in figures.iter(f"{_R}figure")}
    slots = [e.get("slot", "") for e in figures.iter(f"{_R}reason")]
    tags |= {tag_of(REASON + slot): (REASON_BIT, slot) for slot in slots}
    return Stored(
        figures.get("unit", ""), figures.get("year", ""), figures.get("pack", ""), figures.get("sha256", ""), known, tags,
        read_items(baseline) if baseline is not None else None, figures_part, baseline_part)


def _find(package: Package, main: str, tag: str) -> tuple[_Element | None, str]:
    """The root element with this *tag* among the custom XML parts, and the part's name."""
    related = [relation.part for relation in package.relations(main).values() if relation.kind == "customXml"]
    others = [n for n in package.names if n.startswith("customXml/item") and n.endswith(".xml") and "Props" not in n]
    for name in dict.fromkeys((*related, *others)):
        if name not in package.names:
            continue
        try:
            root = parse_part(package, name)
        except PackageError:
            continue
        if root.tag == tag:
            return root, name
    return None, ""
