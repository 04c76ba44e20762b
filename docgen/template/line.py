"""One paragraph as one line of the template language: runs merged, formatting and fields kept as marks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from docgen.docx.xml import W, outer
from docgen.template import marks
from docgen.template.elements import InlineXml, Line
from docgen.template.syntax import ROW_STATEMENT, TAG, repair

if TYPE_CHECKING:
    from lxml.etree import _Element

_TEXT_OF = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011", f"{W}softHyphen": "\u00ad"}
_IGNORED_IN_FORMAT = {f"{W}lang", f"{W}noProof", f"{W}webHidden", f"{W}specVanish"}
_Piece: TypeAlias = tuple["str | InlineXml", str]
"""Text, or something copied as it is; and its run properties."""


def read_line(paragraph: _Element, declared: frozenset[str]) -> Line:
    """The line of *paragraph* (a ``w:p``)."""
    return _assemble(list(_pieces(paragraph, declared)))


def _pieces(parent: _Element, declared: frozenset[str]) -> Iterator[_Piece]:
    for child in parent:
        if child.tag == f"{W}pPr":
            continue
        if child.tag == f"{W}r":
            yield from _run_pieces(child, declared)
        elif child.tag in {f"{W}hyperlink", f"{W}fldSimple"} and "{" in shown_text(child):
            yield from _pieces(child, declared)
        elif child.tag == f"{W}sdt":
            content = child.find(f"{W}sdtContent")
            if content is not None:
                yield from _pieces(content, declared)
        else:
            yield InlineXml(shown_text(child), xml=outer(child, declared)), ""


def shown_text(element: _Element) -> str:
    """All text below *element*, as plain text shows it."""
    return "".join(
        (child.text or "") if child.tag == f"{W}t" else _TEXT_OF.get(str(child.tag), "") for child in element.iter()
    )


def _run_pieces(run: _Element, declared: frozenset[str]) -> Iterator[_Piece]:
    properties = run.find(f"{W}rPr")
    format_xml = "" if properties is None else format_of(properties, declared)
    for child in run:
        if child.tag == f"{W}rPr":
            continue
        if child.tag == f"{W}t":
            yield child.text or "", format_xml
        elif child.tag in _TEXT_OF:
            yield _TEXT_OF[str(child.tag)], format_xml
        elif child.tag == f"{W}br" and child.get(f"{W}type", "textWrapping") == "textWrapping":
            yield "\n", format_xml
        else:
            yield InlineXml("", xml=f"<w:r>{format_xml}{outer(child, declared)}</w:r>"), format_xml


def format_of(properties: _Element, declared: frozenset[str]) -> str:
    """Run properties without what does not show: language, proofing, the hint which font a character takes."""
    kept = []
    for child in properties:
        if child.tag in _IGNORED_IN_FORMAT:
            continue
        if child.tag == f"{W}rFonts":
            hint = f"{W}hint"
            if set(child.attrib) <= {hint}:
                continue
            child = copy.copy(child)  # noqa: PLW2901
            child.attrib.pop(hint, None)
        kept.append(outer(child, declared))
    return f"<w:rPr>{''.join(kept)}</w:rPr>" if kept else ""


def _assemble(pieces: list[_Piece]) -> Line:
    """Join *pieces*, moving every boundary that lies inside a placeholder out of it."""
    merged = "".join(value for value, _ in pieces if isinstance(value, str))
    inside = {place: match.end() for match in TAG.finditer(merged) for place in range(match.start() + 1, match.end())}
    formats: list[str] = []
    inlines: list[InlineXml] = []
    fields: dict[int, str] = {}
    changes: dict[int, int] = {}
    position = 0
    for value, format_xml in pieces:
        place = inside.get(position, position)
        if not isinstance(value, str):
            fields[place] = fields.get(place, "") + marks.mark(marks.INLINE, len(inlines))
            inlines.append(value)
            continue
        position += len(value)
        if place >= position:  # empty, or wholly inside a placeholder that began before it
            continue
        if format_xml not in formats:
            formats.append(format_xml)
        changes[place] = formats.index(format_xml)
    text = "".join(value if isinstance(value, str) else value.text for value, _ in pieces)
    return Line(text, _source(merged, changes, fields), tuple(formats) or ("",), tuple(inlines))


def _source(merged: str, changes: dict[int, int], fields: dict[int, str]) -> str:
    out: list[str] = []
    start = current = 0
    tags = {match.start(): match for match in TAG.finditer(merged)}
    for place in sorted({*changes, *fields, *tags, len(merged)}):
        if place > start:
            out.append(marks.shield(merged[start:place]))
            start = place
        if changes.get(place, current) != current:
            current = changes[place]
            out.append(marks.mark(marks.FORMAT, current))
        out.append(fields.get(place, ""))
        if place in tags:
            tag = tags[place].group(0)
            start = tags[place].end()
            if ROW_STATEMENT.match(tag):  # not part of the cell: it stands around the row
                continue
            tag = repair(tag)
            # After a loop or condition the text before may be another: say again which formatting holds.
            again = marks.mark(marks.FORMAT, current) if len(changes) > 1 and tag.startswith("{%") else ""
            out += (tag, again)
    return "".join(out)
