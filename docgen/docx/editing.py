"""Changing what stands in a paragraph in place: runs keep their formatting, content controls their content.

Around a stretch of text, runs are split so that exactly the stretch lies between marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from itertools import takewhile
from typing import TYPE_CHECKING

from docgen.docx.inline import THROUGH, Piece
from docgen.docx.xml import RUN_PROPERTIES, W, declarations, outer, value_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _RUN, _TEXT, _SDT, _PPR = (f"{W}{name}" for name in ("p", "r", "t", "sdt", "pPr"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HOLDERS = THROUGH - {_SDT} | {_P, f"{W}dir", f"{W}bdo"}
"""Elements that runs and marks may stand in."""
_WHOLE = THROUGH - {f"{W}ins", f"{W}moveTo"}
"""Elements that a mark at their edge is better put outside of."""
_SILENT = frozenset(f"{W}{name}" for name in (
    "sdtPr", "sdtEndPr", "proofErr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd"))
_BREAKS = re.compile("([\n\t])")
RPR = f"{W}rPr"
_HIGHLIGHT = f"{W}highlight"
_BREAK_TAGS = {"\n": f"{W}br", "\t": f"{W}tab"}


def replace_text(touched: Sequence[Piece], start: int, end: int, text: str) -> None:
    """Put *text* in the place of the characters *start* to *end*, which *touched* hold, formatted as the first of them."""
    for piece in reversed(touched):
        whole = piece.element.text or "" if piece.element.tag == _TEXT else ""
        first = text if piece is touched[0] else ""
        kept = whole[: max(start - piece.start, 0)] + first + whole[max(min(end, piece.end) - piece.start, 0) :]
        for part in filter(None, _BREAKS.split(kept)):
            node = piece.element.makeelement(_BREAK_TAGS.get(part, _TEXT), {})
            if node.tag == _TEXT:
                _set_text(node, part)
            piece.element.addprevious(node)
        _drop(piece.element)


def insert(paragraph: _Element, pieces: Sequence[Piece], touched: Sequence[Piece], start: int, nodes: list[_Element]) -> None:
    """Put *nodes* before the character *start*."""
    place = (touched[0], False) if touched else insertion_point(pieces, start)
    if place is None:
        paragraph.extend(nodes)
        return
    piece, is_behind = place
    anchor = _edge(_split_at(piece, start, before=not is_behind), last=is_behind)
    for node in reversed(nodes) if is_behind else nodes:
        (anchor.addnext if is_behind else anchor.addprevious)(node)


def control_around(run: _Element) -> _Element | None:
    """The content control for plain text, as figures have it, that *run* stands in (``None``: in none)."""
    around = takewhile(lambda above: above.tag != _P, run.iterancestors())
    return next((above for above in around if above.tag == _SDT and above.find(f"{W}sdtPr/{W}text") is not None), None)


def tag_of_control(control: _Element) -> str:
    """The tag that a content control carries."""
    return value_of(control, "sdtPr/tag") or ""


def tag_around(run: _Element) -> str:
    """The tag of the content control around *run* (empty: none)."""
    control = control_around(run)
    return tag_of_control(control) if control is not None else ""


def is_inside_control(pieces: Sequence[Piece], piece: Piece, position: int) -> bool:
    """Whether *position* lies inside the control of *piece*, not at its beginning."""
    control = control_around(piece.run)
    return control is not None and position > min(p.start for p in pieces if control_around(p.run) is control)


def insertion_point(pieces: Sequence[Piece], position: int) -> tuple[Piece, bool] | None:
    """The piece beside which something may be put at *position*, and whether behind it.

    ``None`` when *position* is in the middle of a control.
    """
    before = next((p for p in reversed(pieces) if p.start < position <= p.end), None)
    after = next((p for p in pieces if p.start <= position < p.end), None)
    if before is not None and after is not None:
        control = control_around(before.run)
        if control is not None and control is control_around(after.run):
            return None
    if before is not None:
        return before, True
    return (after, False) if after is not None else None


def _drop(element: _Element) -> None:
    """Take *element* out, and the run, control or link that is empty without it."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    is_empty = not [child for child in parent if child.tag != RPR]
    if (is_empty and (parent.tag == _RUN or parent.tag in THROUGH)) or parent.tag == _SDT:
        _drop(parent)


# ------------------------------------------------------------ splitting runs


def enclose(pieces: Sequence[Piece], start: int, end: int, before: _Element, after: Sequence[_Element]) -> None:
    """Put *before* in front of the characters *start* to *end* of a paragraph, and *after* behind them.

    *pieces* are the paragraph's, and cover the characters.  Where a run cannot be split (in a formula, above ruby) the
    whole of it is enclosed.
    """
    last = next(piece for piece in reversed(pieces) if piece.start < end)
    behind = _edge(_split_at(last, end), last=True)
    for element in reversed(after):
        behind.addnext(element)
        element.tail = None  # lxml moves an element with the white space behind it, which belongs to its neighbour
    first = next(piece for piece in pieces if piece.end > start)
    _edge(_split_at(first, start, before=True), last=False).addprevious(before)


def enclose_paragraph(paragraph: _Element, before: _Element, after: Sequence[_Element]) -> None:
    """Put *before* at the beginning of the paragraph's content and *after* at its end."""
    place = next((i for i, child in enumerate(paragraph) if child.tag == _PPR), -1) + 1
    paragraph.insert(place, before)
    paragraph.extend(after)


def _split_at(piece: Piece, position: int, *, before: bool = False) -> _Element:
    """The run (or what else may stand in a paragraph) that ends at *position* of the text, split off if need be.

    With *before* the one that begins there.
    """
    run, rest = piece.run, piece.element if before else piece.element.getnext()
    if not _can_split(piece):
        return _outermost(run)
    if piece.start < position < piece.end and piece.element.tag == _TEXT:
        rest = _cut(piece.element, position - piece.start)
    previous = rest.getprevious() if rest is not None else None
    if rest is not None and previous is not None and previous.tag != RPR:
        following = _split(run, rest)
        return following if before else run
    return run


def _can_split(piece: Piece) -> bool:
    parent = piece.run.getparent()
    return piece.element.getparent() is piece.run and parent is not None and parent.tag in _HOLDERS


def _outermost(element: _Element) -> _Element:
    """The element around *element* that may be a paragraph's child: in the paragraph itself, a control, a link."""
    found = element
    for parent in element.iterancestors():
        around = takewhile(lambda above: above.tag != _P, (parent, *parent.iterancestors()))
        if parent.tag in _HOLDERS and not any(above.tag == _RUN for above in around):
            return found
        found = parent
    return element


def _cut(text: _Element, place: int) -> _Element:
    """Cut a ``w:t`` after *place* characters; the rest follows it as a ``w:t`` of its own."""
    whole = text.text or ""
    rest = text.makeelement(_TEXT, {})
    _set_text(text, whole[:place])
    _set_text(rest, whole[place:])
    text.addnext(rest)
    rest.tail = None
    return rest


def _set_text(element: _Element, text: str) -> None:
    """Make *text* the content of a ``w:t``; spaces at its ends are kept."""
    element.text = text
    if text != text.strip() or "  " in text:
        element.set(_SPACE, "preserve")


def _split(run: _Element, first: _Element) -> _Element:
    """Move *first* and what follows it in *run* into a run of its own with the same properties; the new run."""
    new = run.makeelement(_RUN, dict(run.attrib))
    if len(run) and run[0].tag == RPR:
        new.append(deepcopy(run[0]))
    new.extend([first, *first.itersiblings()])
    run.addnext(new)
    new.tail = None
    return new


def _edge(element: _Element, *, last: bool) -> _Element:
    """The element to put something beside: *element*, or the control or link that it begins or ends."""
    while (parent := element.getparent()) is not None and parent.tag in _WHOLE:
        siblings = element.itersiblings(preceding=not last)
        if any(sibling.tag not in _SILENT for sibling in siblings):
            break
        element = parent
    return element


# ------------------------------------------------------------ how runs look: prompts are highlighted


def properties_of(run: _Element, *, highlighted: bool) -> str:
    """The properties of *run* as XML without namespaces, its highlighting only when *highlighted*."""
    own = (child for child in run.iterfind(f"{RPR}/*") if str(child.tag).startswith(W))
    kept = [deepcopy(child) for child in own if highlighted or child.tag != _HIGHLIGHT]
    for child in kept:
        child.attrib.pop(f"{W}hint", None)  # which follows from the text
    content = "".join(outer(child, declarations(child)) for child in kept)
    return f"<w:rPr>{content}</w:rPr>" if content else ""


def highlight(run: _Element) -> None:
    """Highlight *run*."""
    properties = run.find(RPR)
    if properties is None:
        properties = run.makeelement(RPR, {})
        run.insert(0, properties)
    if properties.find(_HIGHLIGHT) is None:
        before = {f"{W}{name}" for name in RUN_PROPERTIES[: RUN_PROPERTIES.index("highlight")]}
        place = next((i for i, child in enumerate(properties) if child.tag not in before), len(properties))
        properties.insert(place, properties.makeelement(_HIGHLIGHT, {f"{W}val": "yellow"}))


def unhighlight(run: _Element) -> None:
    """Take the highlighting from *run*."""
    for found in run.findall(f"{RPR}/{_HIGHLIGHT}"):
        if (properties := found.getparent()) is not None:
            properties.remove(found)
