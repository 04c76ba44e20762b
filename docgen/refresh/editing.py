"""Carrying out edits in the paragraphs and table cells of a report: figures and reasons stay in their controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from docgen.docx.editing import (
    control_around,
    highlight,
    insert,
    insertion_point,
    is_inside_control,
    properties_of,
    replace_text,
    tag_around,
    unhighlight,
)
from docgen.docx.inline import Piece
from docgen.docx.reading import Document
from docgen.docx.xml import W_URI, W, parse, value_of
from docgen.model import Figure, FigureSpan, PromptSpan, ReasonSpan, Span, Text
from docgen.refresh.paragraph_merge import Edit, Kind, text_of
from docgen.writing.baseline import FIGURE, LITERAL, PROMPT, Bit
from docgen.writing.runs import FIRST_CONTROL, KEEP, Spans, reason_tag, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element


_CONTENT = f"{W}sdtContent"


class Editor:
    """Makes edits in the paragraphs of one document."""

    def __init__(self, document: Document, figures: Mapping[str, Figure], marks: Mapping[str, str]) -> None:
        self.document, self.figures, self.marks = document, figures, marks
        ids = [value_of(properties, "id") or "" for properties in document.file.body.iter(f"{W}sdtPr")]
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
        touched = _touched(pieces, start, end)
        if kind is not Kind.WORDS and touched:
            wanted = tag(bits[0]) if bits else ""
            return all(tag_around(piece.run) in ("", wanted) for piece in touched)
        if touched:
            return not is_inside_control(pieces, touched[0], start)
        return start == end and (insertion_point(pieces, start) is not None or not pieces)

    # ------------------------------------------------------------ changing

    def make(self, paragraph: _Element, edit: Edit) -> None:
        """Carry out *edit* in *paragraph*."""
        pieces = self.document.pieces(paragraph)
        touched = _touched(pieces, edit.start, edit.end)
        bits, start, end = _kept_together(edit), edit.start, edit.end
        if edit.kind is Kind.WORDS:  # words must not come to stand in the control of a figure
            in_place = not any(bit.kind for bit in bits) and bool(touched) and control_around(touched[0].run) is None
        else:
            in_place = bool(touched)
        if bits and in_place:
            replace_text(touched, start, end, text_of(bits))
            if edit.kind is not Kind.WORDS:
                self._mark(touched[0].run, edit)
            return
        if bits:
            insert(paragraph, pieces, touched, start, self._nodes(bits, _properties(pieces, touched, start)))
            shift = len(text_of(bits))
            start, end = start + shift, end + shift
            touched = _touched(self.document.pieces(paragraph), start, end)
        replace_text(touched, start, end, "")

    def set_value(self, control: _Element, old: Bit, new: Bit) -> None:
        """Make *new* what the content control says that says *old*."""
        content = control.find(_CONTENT)
        pieces = self.document.pieces(content) if content is not None else ()
        if pieces:
            replace_text(pieces, 0, pieces[-1].end, new.text)
            self._mark(pieces[0].run, Edit(0, pieces[-1].end, (new,), (old,), Kind.VALUE, None))

    def _mark(self, run: _Element, edit: Edit) -> None:
        """Highlight what has still to be filled in, and only that."""
        if any(self._is_open(bit) for bit in edit.bits):
            highlight(run)
        elif any(bit.kind == PROMPT or (bit.kind == FIGURE and bit.text.startswith("【")) for bit in edit.old):
            unhighlight(run)

    def _is_open(self, bit: Bit) -> bool:
        figure = self.figures.get(bit.key) if bit.kind == FIGURE else None
        return bit.kind == PROMPT or (figure is not None and not figure.is_known)

    def _nodes(self, bits: Sequence[Bit], properties: str) -> list[_Element]:
        """Runs and controls that print *bits*."""
        writer = Spans(linked=True, marks=self.marks, first=self._next)
        content = writer.xml([self._span(bit) for bit in bits], (properties,))
        self._next = writer.last
        return list(parse(f'<x xmlns:w="{W_URI}">{content}</x>'.encode()))

    def _span(self, bit: Bit) -> Span:
        if bit.kind == FIGURE and (figure := self.figures.get(bit.key)) is not None:
            return FigureSpan(figure)
        if bit.kind == PROMPT:
            return PromptSpan(bit.key, bit.text)
        return ReasonSpan(bit.key, bit.text) if bit.kind and bit.kind != FIGURE else Text(bit.text)


def tag(bit: Bit) -> str:
    """The tag of the control that prints *bit*."""
    return tag_of(bit.key) if bit.kind == FIGURE else reason_tag(bit.key)


def _kept_together(edit: Edit) -> tuple[Bit, ...]:
    """The bits of *edit*, the space between a figure before it and its unit one that does not break."""
    first = edit.bits[0] if edit.bits else Bit(LITERAL, "", "")
    if first.kind or not first.text.startswith(" ") or edit.before is None or edit.before.kind != FIGURE:
        return edit.bits
    return (Bit(LITERAL, "", KEEP + first.text[1:]), *edit.bits[1:])


def _touched(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    return [p for p in pieces if p.start < end and p.end > start]


def _properties(pieces: Sequence[Piece], touched: Sequence[Piece], start: int) -> str:
    """Run properties for what is put in at *start*: those of what it replaces, or of what stands before."""
    before = next((p for p in reversed(pieces) if p.start < start), pieces[0] if pieces else None)
    nearest = touched[0] if touched else before
    return properties_of(nearest.run, highlighted=control_around(nearest.run) is None) if nearest is not None else ""
