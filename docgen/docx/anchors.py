"""Marks around a stretch of a paragraph's text: runs are split so that exactly the stretch lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from docgen.docx.inline import Piece
from docgen.docx.xml import W

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_P, _RUN, _TEXT, _RPR, _PPR = (f"{W}{name}" for name in ("p", "r", "t", "rPr", "pPr"))
_HOLDERS = frozenset(f"{W}{name}" for name in ("p", "hyperlink", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo"))
"""Elements that runs and marks may stand in."""
_WHOLE = frozenset(f"{W}{name}" for name in ("sdt", "hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent"))
"""Elements that a mark at their edge is better put outside of."""
_SILENT = frozenset(f"{W}{name}" for name in ("sdtPr", "sdtEndPr", "proofErr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd"))


def enclose(pieces: Sequence[Piece], start: int, end: int, before: _Element, after: Sequence[_Element]) -> None:
    """Put *before* in front of the characters *start* to *end* of a paragraph, and *after* behind them.

    *pieces* are the paragraph's, and cover the characters.  Where a run cannot be split (in a formula, above ruby) the
    whole of it is enclosed.
    """
    last = next(piece for piece in reversed(pieces) if piece.start < end)
    behind = edge(split_after(last, end), last=True)
    for element in reversed(after):
        behind.addnext(element)
        _without_tail(element)
    first = next(piece for piece in pieces if piece.end > start)
    edge(split_before(first, start), last=False).addprevious(before)


def enclose_paragraph(paragraph: _Element, before: _Element, after: Sequence[_Element]) -> None:
    """Put *before* at the beginning of the paragraph's content and *after* at its end."""
    place = next((i for i, child in enumerate(paragraph) if child.tag == _PPR), -1) + 1
    paragraph.insert(place, before)
    paragraph.extend(after)


def split_before(piece: Piece, position: int) -> _Element:
    """The run (or what else may stand in a paragraph) that begins at *position* of the text, split off if need be."""
    run = piece.run
    if not _can_split(piece):
        return outermost(run)
    rest = piece.element
    if piece.start < position < piece.end and rest.tag == _TEXT:
        rest = _cut(rest, position - piece.start)
    return run if _is_first(rest) else _split(run, rest)


def split_after(piece: Piece, position: int) -> _Element:
    """The run that ends at *position* of the text, its rest split off if need be."""
    run = piece.run
    if not _can_split(piece):
        return outermost(run)
    element = piece.element
    if piece.start < position < piece.end and element.tag == _TEXT:
        _split(run, _cut(element, position - piece.start))
    elif (following := element.getnext()) is not None:
        _split(run, following)
    return run


def _can_split(piece: Piece) -> bool:
    parent = piece.run.getparent()
    return piece.element.getparent() is piece.run and parent is not None and parent.tag in _HOLDERS


def outermost(element: _Element) -> _Element:
    """The element around *element* that may be a paragraph's child: in the paragraph itself, a control, a link."""
    found = element
    while (parent := found.getparent()) is not None:
        if parent.tag in _HOLDERS and not any(above.tag == _RUN for above in _up_to_paragraph(parent)):
            return found
        found = parent
    return element


def _up_to_paragraph(element: _Element) -> list[_Element]:
    found = []
    current: _Element | None = element
    while current is not None and current.tag != _P:
        found.append(current)
        current = current.getparent()
    return found


def _is_first(element: _Element) -> bool:
    previous = element.getprevious()
    return previous is None or previous.tag == _RPR


def _cut(text: _Element, place: int) -> _Element:
    """Cut a ``w:t`` after *place* characters; the rest follows it as a ``w:t`` of its own."""
    whole = text.text or ""
    rest = text.makeelement(_TEXT, {})
    set_text(text, whole[:place])
    set_text(rest, whole[place:])
    text.addnext(rest)
    _without_tail(rest)
    return rest


def set_text(element: _Element, text: str) -> None:
    """Make *text* the content of a ``w:t``; spaces at its ends are kept."""
    element.text = text
    if text != text.strip() or "  " in text:
        element.set(SPACE, "preserve")


def _split(run: _Element, first: _Element) -> _Element:
    """Move *first* and what follows it in *run* into a run of its own with the same properties; the new run."""
    new = run.makeelement(_RUN, dict(run.attrib))
    if len(run) and run[0].tag == _RPR:
        new.append(deepcopy(run[0]))
    moved = [first, *first.itersiblings()]
    new.extend(moved)
    run.addnext(new)
    _without_tail(new)
    return new


def _without_tail(element: _Element) -> None:
    """Undo that lxml moves an element with the white space behind it, which belongs to its neighbour."""
    element.tail = None


def edge(element: _Element, *, last: bool) -> _Element:
    """The element to put something beside: *element*, or the control or link that it begins or ends."""
    while (parent := element.getparent()) is not None and parent.tag in _WHOLE:
        siblings = element.itersiblings(preceding=not last)
        if any(sibling.tag not in _SILENT for sibling in siblings):
            break
        element = parent
    return element
