"""Run properties: what is put into a paragraph looks like what stands around it, prompts are highlighted."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from docgen.docx.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

RPR = f"{W}rPr"
_HIGHLIGHT, _FONTS = f"{W}highlight", f"{W}rFonts"
_AFTER_HIGHLIGHT = frozenset(
    f"{W}{name}" for name in (
        "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath", "rPrChange"))


def properties_of(run: _Element, *, highlighted: bool) -> _Element | None:
    """A copy of the properties of *run*, with its highlighting when *highlighted*."""
    found = run.find(RPR)
    if found is None:
        return None
    copy = deepcopy(found)
    marked = copy.find(_HIGHLIGHT)
    if marked is not None and not highlighted:
        copy.remove(marked)
    return copy


def set_properties(run: _Element, properties: _Element | None) -> None:
    """Give *run* the *properties*, its own highlighting and choice of fonts kept."""
    if properties is None:
        return
    own, copy = run.find(RPR), deepcopy(properties)
    if own is not None:
        if own.find(_HIGHLIGHT) is not None and copy.find(_HIGHLIGHT) is None:
            _insert_highlight(copy)
        hint, fonts = own.find(_FONTS), copy.find(_FONTS)
        if hint is not None and fonts is not None:
            fonts.set(f"{W}hint", "eastAsia")
        elif hint is not None:
            copy.insert(1 if len(copy) and copy[0].tag == f"{W}rStyle" else 0, deepcopy(hint))
        run.remove(own)
    run.insert(0, copy)


def highlight(run: _Element) -> None:
    """Highlight *run*."""
    if run.find(RPR) is None:
        run.insert(0, run.makeelement(RPR, {}))
    properties = run.find(RPR)
    if properties is not None and properties.find(_HIGHLIGHT) is None:
        _insert_highlight(properties)


def unhighlight(run: _Element) -> None:
    """Take the highlighting from *run*."""
    for found in run.findall(f"{RPR}/{_HIGHLIGHT}"):
        if (properties := found.getparent()) is not None:
            properties.remove(found)


def _insert_highlight(properties: _Element) -> None:
    place = next((i for i, child in enumerate(properties) if child.tag in _AFTER_HIGHLIGHT), len(properties))
    properties.insert(place, properties.makeelement(_HIGHLIGHT, {f"{W}val": "yellow"}))
