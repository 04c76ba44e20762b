"""Sizes that a paragraph style fixes, as far as they decide how much room a paragraph takes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.docx.xml import W, number_of
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACING = re.compile(r"<w:spacing ([^>]*)/>")
_INDENT = re.compile(r"<w:ind ([^>]*)/>")
_ATTRIBUTE = re.compile(r'w:(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes in points."""

    size: float = 10.0
    line: float = 1.0
    """Distance from line to line; a multiple of the font's own when not :attr:`exact`."""
    exact: bool = False
    before: float = 0.0
    after: float = 0.0
    first: float = 0.0
    """Indent of the first line."""
    left: float = 0.0
    right: float = 0.0
    keep_next: bool = False
    new_page: bool = False
    widows: bool = True

    @property
    def line_height(self) -> float:
        """Height of a line of text; fonts of Chinese characters are about 1.3 times their size."""
        return self.line if self.exact else self.size * 1.3 * self.line


def style_metrics(root: _Element) -> dict[str, Metrics]:
    """The metrics of every paragraph style of the ``w:styles`` element *root*, inheritance followed."""
    styles = {str(style.get(f"{W}styleId")): style for style in root.iter(f"{W}style")}
    defaults = root.find(f"{W}docDefaults")
    start = Metrics()
    if defaults is not None:
        for path in (f"{W}pPrDefault/{W}pPr", f"{W}rPrDefault/{W}rPr"):
            found = defaults.find(path)
            if found is not None:
                start = _with_element(start, found)
    known: dict[str, Metrics] = {}

    def of(style_id: str, depth: int = 0) -> Metrics:
        if style_id not in known:
            style = styles.get(style_id)
            if style is None or depth > 20:
                return start
            base = style.find(f"{W}basedOn")
            metrics = start if base is None else of(base.get(f"{W}val", ""), depth + 1)
            for name in ("pPr", "rPr"):
                part = style.find(f"{W}{name}")
                metrics = metrics if part is None else _with_element(metrics, part)
            known[style_id] = metrics
        return known[style_id]

    return {style_id: of(style_id) for style_id, style in styles.items() if style.get(f"{W}type") == "paragraph"}


def _with_element(metrics: Metrics, element: _Element) -> Metrics:
    """*metrics* with what a ``w:pPr`` or ``w:rPr`` sets."""
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        value = child.get(f"{W}val", "1")
        on = value not in {"0", "false", "off"}
        if name == "sz" and (size := number_of(value)) is not None:
            metrics = replace(metrics, size=size / 2)
        elif name == "keepNext":
            metrics = replace(metrics, keep_next=on)
        elif name == "pageBreakBefore":
            metrics = replace(metrics, new_page=on)
        elif name == "widowControl":
            metrics = replace(metrics, widows=on)
        elif name in {"spacing", "ind"} and element.tag == f"{W}pPr":
            facts = {str(key).rpartition("}")[2]: str(val) for key, val in child.attrib.items()}
            metrics = _spaced(metrics, facts) if name == "spacing" else _indented(metrics, facts)
    return metrics


def head_metrics(metrics: Metrics, head: str) -> Metrics:
    """*metrics* with what the paragraph's own properties in *head* (XML) set."""
    if match := _SPACING.search(head):
        metrics = _spaced(metrics, dict(_ATTRIBUTE.findall(match.group(1))))
    if match := _INDENT.search(head):
        metrics = _indented(metrics, dict(_ATTRIBUTE.findall(match.group(1))))
    if "<w:pageBreakBefore/>" in head:
        metrics = replace(metrics, new_page=True)
    if "<w:keepNext/>" in head:
        metrics = replace(metrics, keep_next=True)
    return metrics


def _number(facts: dict[str, str], *names: str) -> float | None:
    for name in names:
        value = facts.get(name, "")
        if (number := number_of(value.removeprefix("-"))) is not None:
            return -number if value.startswith("-") else number
    return None


def _spaced(metrics: Metrics, facts: dict[str, str]) -> Metrics:
    before, after, line = (_number(facts, name) for name in ("before", "after", "line"))
    if before is not None:
        metrics = replace(metrics, before=before / 20)
    if after is not None:
        metrics = replace(metrics, after=after / 20)
    if line is not None:
        exact = facts.get("lineRule", "auto") != "auto"
        metrics = replace(metrics, line=line / 20 if exact else line / 240, exact=exact)
    return metrics


def _indented(metrics: Metrics, facts: dict[str, str]) -> Metrics:
    first = _number(facts, "firstLineChars")
    if first is not None and first:
        metrics = replace(metrics, first=first / 100 * metrics.size)
    elif (twips := _number(facts, "firstLine")) is not None:
        metrics = replace(metrics, first=twips / 20)
    elif (hanging := _number(facts, "hanging")) is not None:
        metrics = replace(metrics, first=-hanging / 20)
    left, right = _number(facts, "left", "start"), _number(facts, "right", "end")
    if left is not None:
        metrics = replace(metrics, left=left / 20)
    if right is not None:
        metrics = replace(metrics, right=right / 20)
    return metrics
