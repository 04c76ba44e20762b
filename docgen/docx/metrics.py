"""Sizes that a paragraph style fixes, as far as they decide how much room a paragraph takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docgen.docx.styles import inherited
from docgen.docx.xml import W, number_of
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_SWITCHES = {"keepNext": "keep_next", "pageBreakBefore": "new_page", "widowControl": "widows"}
_PROPERTY = re.compile(r"<w:(spacing|ind|pageBreakBefore|keepNext)((?: [^>]*)?)/>")
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
    start = Metrics()
    for name in ("pPr", "rPr"):
        start = _with_element(start, root.find(f"{W}docDefaults/{W}{name}Default/{W}{name}"))
    known = inherited(styles, lambda style, base: _with_element(_with_element(base, style.find(f"{W}pPr")), style.find(f"{W}rPr")), start)
    return {style_id: metrics for style_id, metrics in known.items() if styles[style_id].get(f"{W}type") == "paragraph"}


def _with_element(metrics: Metrics, element: _Element | None) -> Metrics:
    """*metrics* with what a ``w:pPr`` or ``w:rPr`` sets."""
    for child in () if element is None else element:
        name = str(child.tag).rpartition("}")[2]  # w:spacing of a w:rPr is that of letters, and says none of what is read
        metrics = _with(metrics, name, {str(key).rpartition("}")[2]: str(value) for key, value in child.attrib.items()})
    return metrics


def head_metrics(metrics: Metrics, head: str) -> Metrics:
    """*metrics* with what the paragraph's own properties in *head* (XML) set."""
    for name, attributes in _PROPERTY.findall(head):
        metrics = _with(metrics, name, dict(_ATTRIBUTE.findall(attributes)))
    return metrics


def _with(metrics: Metrics, name: str, facts: Mapping[str, str]) -> Metrics:
    """*metrics* with what the property *name* with these attributes sets."""
    new: dict[str, Any] = {}
    if name in _SWITCHES:
        new[_SWITCHES[name]] = facts.get("val", "1") not in {"0", "false", "off"}
    elif name == "sz":
        new["size"] = _number(facts, 2, "val")
    elif name == "spacing":
        exact = facts.get("lineRule", "auto") != "auto"
        line = _number(facts, 20 if exact else 240, "line")
        new |= {"before": _number(facts, 20, "before"), "after": _number(facts, 20, "after"), "line": line}
        new["exact"] = None if line is None else exact
    elif name == "ind":
        characters, hanging = _number(facts, 100, "firstLineChars"), _number(facts, 20, "hanging")
        new |= {"left": _number(facts, 20, "left", "start"), "right": _number(facts, 20, "right", "end")}
        new["first"] = characters * metrics.size if characters else _number(facts, 20, "firstLine")
        if new["first"] is None and hanging is not None:
            new["first"] = -hanging
    return replace(metrics, **{key: value for key, value in new.items() if value is not None})


def _number(facts: Mapping[str, str], unit: int, *names: str) -> float | None:
    """The first of the attributes *names* that is a number, of which *unit* make one."""
    for name in names:
        value = facts.get(name, "")
        if (number := number_of(value.removeprefix("-"))) is not None:
            return (-number if value.startswith("-") else number) / unit
    return None
