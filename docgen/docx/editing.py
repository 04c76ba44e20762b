"""Changing what stands in a paragraph in place: runs keep their formatting, content controls their content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.docx.anchors import edge, set_text, split_after, split_before
from docgen.docx.inline import Piece
from docgen.docx.run_properties import RPR
from docgen.docx.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _RUN, _TEXT, _SDT = (f"{W}{name}" for name in ("p", "r", "t", "sdt"))
_SHELLS = frozenset(f"{W}{name}" for name in ("sdtContent", "sdt", "hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple"))
_BREAKS = re.compile("([\n\t])")
_BREAK_TAGS = {"\n": f"{W}br", "\t": f"{W}tab"}


def replace_text(touched: Sequence[Piece], start: int, end: int, text: str) -> None:
    """Put *text* in the place of the characters *start* to *end*, which *touched* hold, formatted as the first of them."""
    for number, piece in reversed(list(enumerate(touched))):
        first = text if number == 0 else ""
        if piece.element.tag != _TEXT:
            _put_before(piece.element, first)
            _drop(piece.element)
            continue
        whole = piece.element.text or ""
        kept = whole[: max(start - piece.start, 0)] + first + whole[max(min(end, piece.end) - piece.start, 0) :]
        if kept:
            _fill(piece.element, kept)
        else:
            _drop(piece.element)


def insert(paragraph: _Element, pieces: Sequence[Piece], touched: Sequence[Piece], start: int, nodes: list[_Element]) -> None:
    """Put *nodes* before the character *start*."""
    if touched:
        anchor = edge(split_before(touched[0], start), last=False)
        for node in nodes:
            anchor.addprevious(node)
        return
    place = insertion_point(pieces, start)
    if place is None:
        paragraph.extend(nodes)
    elif place[1]:
        anchor = edge(split_after(place[0], start), last=True)
        for node in reversed(nodes):
            anchor.addnext(node)
    else:
        anchor = edge(split_before(place[0], start), last=False)
        for node in nodes:
            anchor.addprevious(node)


def control_around(run: _Element) -> _Element | None:
    """The content control for plain text, as figures have it, that *run* stands in (``None``: in none)."""
    current = run.getparent()
    while current is not None and current.tag != _P:
        if current.tag == _SDT and current.find(f"{W}sdtPr/{W}text") is not None:
            return current
        current = current.getparent()
    return None


def tag_of_control(control: _Element) -> str:
    """The tag that a content control carries."""
    found = control.find(f"{W}sdtPr/{W}tag")
    return found.get(f"{W}val", "") if found is not None else ""


def tag_around(run: _Element) -> str:
    """The tag of the content control around *run* (empty: none)."""
    control = control_around(run)
    return tag_of_control(control) if control is not None else ""


def is_inside_control(pieces: Sequence[Piece], piece: Piece, position: int) -> bool:
    """Whether *position* lies inside the control of *piece*, not at its beginning."""
    control = control_around(piece.run)
    if control is None:
        return False
    return position > min(p.start for p in pieces if control_around(p.run) is control)


def insertion_point(pieces: Sequence[Piece], position: int) -> tuple[Piece, bool] | None:
    """The piece beside which something may be put at *position*, and whether behind it.

    ``None`` when *position* is in the middle of a control.
    """
    before = next((p for p in reversed(pieces) if p.start < position <= p.end), None)
    after = next((p for p in pieces if p.start <= position < p.end), None)
    if before is not None and before is after:
        return (before, True) if control_around(before.run) is None else None
    if before is not None and after is not None:
        inner = control_around(before.run)
        if inner is not None and inner is control_around(after.run):
            return None
    if before is not None:
        return before, True
    return (after, False) if after is not None else None


def _fill(element: _Element, text: str) -> None:
    """Make *text* the content of the ``w:t`` *element*; breaks and tabs become elements."""
    if not _BREAKS.search(text):
        set_text(element, text)
        return
    _put_before(element, text)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _put_before(element: _Element, text: str) -> None:
    """Put *text* as elements of a run before *element*."""
    for piece in filter(None, _BREAKS.split(text)):
        node = element.makeelement(_BREAK_TAGS.get(piece, _TEXT), {})
        if node.tag == _TEXT:
            set_text(node, piece)
        element.addprevious(node)


def _drop(element: _Element) -> None:
    """Take *element* out, and the run, control or link that is empty without it."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    is_empty = not [child for child in parent if child.tag != RPR]
    if (is_empty and (parent.tag == _RUN or parent.tag in _SHELLS)) or parent.tag == _SDT:
        _drop(parent)
