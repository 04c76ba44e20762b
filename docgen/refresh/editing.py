"""Changing the text of a paragraph in place: runs keep their formatting, figures and reasons stay in their controls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docgen.docx.anchors import edge, set_text, split_after, split_before
from docgen.docx.inline import Inline, Piece
from docgen.docx.reading import pieces_of
from docgen.docx.xml import W_URI, W
from docgen.model import Figure, FigureSpan, PromptSpan, ReasonSpan, Span, Text
from docgen.refresh.dressing import RPR, dress, highlight, properties_of, unhighlight
from docgen.refresh.hunks import Kind
from docgen.refresh.items import FIGURE, LITERAL, PROMPT, Bit
from docgen.refresh.merge import Edit
from docgen.writing.links import REASON as REASON_TAG
from docgen.writing.links import tag_of
from docgen.writing.runs import FIRST_CONTROL, KEEP, Spans

if TYPE_CHECKING:
    from lxml.etree import _Element

_P, _RUN, _TEXT, _SDT, _CONTENT = (f"{W}{name}" for name in ("p", "r", "t", "sdt", "sdtContent"))
_SHELLS = frozenset(f"{W}{name}" for name in ("sdtContent", "sdt", "hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple"))
_BREAKS = re.compile("([\n\t])")
_BREAK_TAGS = {"\n": f"{W}br", "\t": f"{W}tab"}


class Editor:
    """Makes edits in the paragraphs of one document."""

    def __init__(self, body: _Element, inline: Inline, figures: Mapping[str, Figure]) -> None:
        self.inline = inline
        self.figures = figures
        ids = [e.get(f"{W}val", "") for e in body.iter(f"{W}id") if (p := e.getparent()) is not None and p.tag == f"{W}sdtPr"]
        known = [int(i) for i in ids if i.lstrip("-").isdecimal() and len(i) < 12]
        self._next = max([FIRST_CONTROL, *(i for i in known if i < 2**31 - 10**6)])

    def next_id(self) -> str:
        """An id that no content control of the document has."""
        self._next += 1
        return str(self._next)

    # ------------------------------------------------------------ looking

    def fits(self, pieces: Sequence[Piece], start: int, end: int, bits: Sequence[Bit], kind: Kind) -> bool:
        """Whether the characters *start* to *end* may be replaced by *bits*.

        A control that holds them must be that of the figure or reason, and new controls must not come to stand in another.
        """
        touched = [p for p in pieces if p.start < end and p.end > start]
        if kind is not Kind.WORDS and touched:
            wanted = tag(bits[0]) if bits else ""
            return all(tag_around(piece.run) in ("", wanted) for piece in touched)
        if touched:
            return not _inside_control(pieces, touched[0], start)
        return start == end and (_insertion_point(pieces, start) is not None or not pieces)

    # ------------------------------------------------------------ changing

    def make(self, paragraph: _Element, edit: Edit, *, hidden: bool = False) -> None:
        """Carry out *edit* in *paragraph*."""
        pieces = pieces_of(paragraph, self.inline, hidden)
        touched = [p for p in pieces if p.start < edit.end and p.end > edit.start]
        in_place = edit.kind is not Kind.WORDS or not any(bit.kind for bit in edit.bits)
        if edit.kind is Kind.WORDS and touched and control_around(touched[0].run) is not None:
            in_place = False  # words must not come to stand in the control of a figure
        if touched and in_place and edit.bits:
            text = "".join(bit.text for bit in _kept_together(edit))
            self._replace(touched, edit.start, edit.end, text)
            if edit.kind is not Kind.WORDS:
                self._mark(touched[0].run, edit)
            return
        if edit.bits:
            nodes = self._nodes(_kept_together(edit), _properties(pieces, touched, edit))
            self._insert(paragraph, pieces, touched, edit.start, nodes)
            pieces = pieces_of(paragraph, self.inline, hidden)
            shift = sum(len(bit.text) for bit in edit.bits)
            touched = [p for p in pieces if p.start < edit.end + shift and p.end > edit.start + shift]
            self._replace(touched, edit.start + shift, edit.end + shift, "")
        else:
            self._replace(touched, edit.start, edit.end, "")

    def set_value(self, control: _Element, old: Bit, new: Bit) -> None:
        """Make *new* what the content control says that says *old*."""
        content = control.find(_CONTENT)
        pieces = pieces_of(content, self.inline) if content is not None else ()
        if pieces:
            self._replace(pieces, 0, pieces[-1].end, new.text)
            self._mark(pieces[0].run, Edit(0, pieces[-1].end, (new,), (old,), Kind.VALUE, None))

    def _replace(self, touched: Sequence[Piece], start: int, end: int, text: str) -> None:
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

    def _mark(self, run: _Element, edit: Edit) -> None:
        """Highlight what has still to be filled in, and only that."""
        if any(self._is_open(bit) for bit in edit.bits):
            highlight(run)
        elif any(_was_open(bit) for bit in edit.old):
            unhighlight(run)

    def _is_open(self, bit: Bit) -> bool:
        figure = self.figures.get(bit.key) if bit.kind == FIGURE else None
        return bit.kind == PROMPT or (figure is not None and not figure.is_known)

    def _nodes(self, bits: Sequence[Bit], properties: _Element | None) -> list[_Element]:
        """Runs and controls that print *bits*."""
        from lxml import etree

        out: list[str] = []
        writer = Spans(linked=True, first=self._next)
        writer.write([self._span(bit) for bit in bits], ("",), out)
        self._next = writer.last
        holder = etree.fromstring(f'<x xmlns:w="{W_URI}">{"".join(out)}</x>')
        for run in holder.iter(_RUN):
            dress(run, properties)
        return list(holder)

    def _span(self, bit: Bit) -> Span:
        if bit.kind == FIGURE and (figure := self.figures.get(bit.key)) is not None:
            return FigureSpan(figure)
        if bit.kind == PROMPT:
            return PromptSpan(bit.key, bit.text)
        return ReasonSpan(bit.key, bit.text) if bit.kind and bit.kind != FIGURE else Text(bit.text)

    def _insert(self, paragraph: _Element, pieces: Sequence[Piece], touched: Sequence[Piece], start: int, nodes: list[_Element]) -> None:
        """Put *nodes* before the character *start*."""
        if touched:
            anchor = edge(split_before(touched[0], start), last=False)
            for node in nodes:
                anchor.addprevious(node)
            return
        place = _insertion_point(pieces, start)
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


def _was_open(bit: Bit) -> bool:
    return bit.kind == PROMPT or (bit.kind == FIGURE and bit.text.startswith("【"))


def tag(bit: Bit) -> str:
    """The tag of the control that prints *bit*."""
    return tag_of(bit.key if bit.kind == FIGURE else REASON_TAG + bit.key)


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


def _inside_control(pieces: Sequence[Piece], piece: Piece, position: int) -> bool:
    """Whether *position* lies inside the control of *piece*, not at its beginning."""
    control = control_around(piece.run)
    if control is None:
        return False
    return position > min(p.start for p in pieces if control_around(p.run) is control)


def _insertion_point(pieces: Sequence[Piece], position: int) -> tuple[Piece, bool] | None:
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


def _kept_together(edit: Edit) -> tuple[Bit, ...]:
    """The bits of *edit*, the space between a figure before it and its unit one that does not break."""
    first = edit.bits[0]
    if first.kind or not first.text.startswith(" ") or edit.before is None or edit.before.kind != FIGURE:
        return edit.bits
    return (Bit(LITERAL, "", KEEP + first.text[1:]), *edit.bits[1:])


def _properties(pieces: Sequence[Piece], touched: Sequence[Piece], edit: Edit) -> _Element | None:
    """Run properties for what *edit* puts in: those of what it replaces, or of what stands before."""
    before = next((p for p in reversed(pieces) if p.start < edit.start), pieces[0] if pieces else None)
    nearest = touched[0] if touched else before
    if nearest is None:
        return None
    return properties_of(nearest.run, highlighted=control_around(nearest.run) is None)


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
