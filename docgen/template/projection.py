"""The body of a template as elements: paragraphs, tables and what is copied as it is.

A paragraph is one line of the template language: runs merged, formatting and fields kept as marks.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from docgen.docx.styles import Styles
from docgen.docx.xml import W, number_of, outer, value_of
from docgen.template import marks
from docgen.template.elements import CellElement, Element, InlineXml, Line, Role, RowElement, TableElement
from docgen.template.syntax import (
    ROW_STATEMENT,
    TAG,
    TemplateError,
    has_tags,
    is_statement,
    printed_alone,
    problem_of,
    repair,
    row_statements,
)
from workbook.values import dataclass

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
    tags = {match.start(): match.end() for match in TAG.finditer(merged)}
    inside = {place: end for start, end in tags.items() for place in range(start + 1, end)}
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
    out: list[str] = []
    current = 0
    for start, end in pairwise([*sorted({0, *changes, *fields, *tags, *tags.values(), len(merged)}), len(merged)]):
        if changes.get(start, current) != current:
            current = changes[start]
            out.append(marks.mark(marks.FORMAT, current))
        out.append(fields.get(start, ""))
        if start not in tags:
            out.append(marks.shield(merged[start:end]))
        elif not ROW_STATEMENT.match(tag := merged[start:end]):  # that is not part of the cell: it stands around the row
            # After a loop or condition the text before may be another: say again which formatting holds.
            out += (repair(tag), marks.mark(marks.FORMAT, current) if len(changes) > 1 and tag.startswith("{%") else "")
    text = "".join(value if isinstance(value, str) else value.text for value, _ in pieces)
    return Line(text, "".join(out), tuple(formats) or ("",), tuple(inlines))


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading the body needs to know."""

    template: str
    """File name, for messages."""
    styles: Styles
    declared: frozenset[str]

    def check(self, text: str) -> None:
        """The placeholders of *text* must be well written."""
        if problem := problem_of(text):
            raise TemplateError(self.template, text, *problem)

    def refuse(self, text: str, where: str, place: str = "正文段落或表格里") -> None:
        """Placeholders in *text* are errors: they would be printed as they stand."""
        if has_tags(text):
            raise TemplateError(self.template, text, f"{where}，程序填不到那里", f"请把占位符移到{place}")

    def refuse_boxes(self, element: _Element) -> None:
        """No placeholders in text boxes."""
        for box in element.iter(f"{W}txbxContent"):
            self.refuse(shown_text(box), "在文本框里")


def read_body(body: _Element, reader: Reader) -> tuple[Element | TableElement, ...]:
    """The elements of *body*, each with its index."""
    elements: list[Element | TableElement] = []
    for child in _joined(body):
        index = len(elements)
        if isinstance(child, list):
            xml = "".join(outer(part, reader.declared) for part in child)
            elements.append(Element(index, Role.CONTENTS, "目录", tail=xml))
        elif child.tag == f"{W}p":
            elements += _paragraph(child, index, reader)
        elif child.tag == f"{W}tbl":
            elements.append(_table(child, index, reader))
        else:
            text = shown_text(child)
            reader.refuse(text, "在内容控件或其他框里")
            role = Role.SECTION if child.tag == f"{W}sectPr" else Role.OPAQUE
            elements.append(Element(index, role, text, tail=outer(child, reader.declared)))
    return tuple(elements)


def _joined(body: _Element) -> list[_Element | list[_Element]]:
    """The children of *body*; those that make up a table of contents as one list."""
    out: list[_Element | list[_Element]] = []
    contents: list[_Element] = []
    depth = 0
    for child in body:
        if child.tag == f"{W}sdt":
            gallery = child.find(f".//{W}docPartGallery")
            if gallery is not None and gallery.get(f"{W}val") == "Table of Contents":
                out.append([child])
                continue
            content = child.find(f"{W}sdtContent")
            if content is not None and depth == 0:  # a block control around ordinary text: its content counts
                out += list(_joined(content))
                continue
        if depth or any((code.text or "").split()[:1] == ["TOC"] for code in child.iter(f"{W}instrText")):
            contents.append(child)
            kinds = [field.get(f"{W}fldCharType") for field in child.iter(f"{W}fldChar")]
            depth += kinds.count("begin") - kinds.count("end")
            if depth <= 0:
                out.append(contents)
                contents, depth = [], 0
        else:
            out.append(child)
    return [*out, *contents]


def _split(paragraph: _Element, reader: Reader) -> tuple[str, str]:
    """*paragraph* as the part up to its properties and the rest."""
    properties = paragraph.find(f"{W}pPr")
    xml = outer(paragraph, reader.declared)
    if xml.endswith("/>"):
        return f"{xml[:-2]}>", "</w:p>"
    inner = ">" if properties is None else outer(properties, reader.declared)
    end = xml.index(inner) + len(inner)
    return xml[:end], xml[end:]


def _paragraph(paragraph: _Element, index: int, reader: Reader) -> list[Element]:
    line = read_line(paragraph, reader.declared)
    section = paragraph.find(f"{W}pPr/{W}sectPr")
    section_xml = "" if section is None else outer(section, reader.declared)
    style = reader.styles.get(value_of(paragraph, "pPr/pStyle") or "").name
    head, tail = _split(paragraph, reader)
    reader.refuse_boxes(paragraph)
    if not has_tags(line.text):
        reader.refuse("".join(piece.text for piece in line.inlines), "在域或其他框里")
        role = Role.COPIED if line.text.strip() else Role.OPAQUE
        return [Element(index, role, line.text, style, head, tail, section=section_xml)]
    reader.check(line.text)
    role = Role.STATEMENT if is_statement(line.text) else Role.BLOCK if printed_alone(line.text) else Role.FILLED
    if role is Role.FILLED or section is None:
        return [Element(index, role, line.text, style, head, tail, line, section_xml)]
    # The paragraph goes, the section that ends in it stays: in an empty paragraph of its own.
    head = head.replace(section_xml, "")
    rest = Element(index + 1, Role.OPAQUE, "", style, f"<w:p><w:pPr>{section_xml}</w:pPr>", "</w:p>", None, section_xml)
    return [Element(index, role, line.text, style, head, tail, line), rest]


def _table(table: _Element, index: int, reader: Reader) -> TableElement:
    rows = tuple(_row(row, number, reader) for number, row in enumerate(table.findall(f"{W}tr")))
    text = "\n".join(row.text for row in rows)
    xml = outer(table, reader.declared)
    head = xml[: xml.index("<w:tr>" if "<w:tr>" in xml else "<w:tr ")] if rows else xml
    role = Role.FILLED if has_tags(text) else Role.COPIED
    return TableElement(index, head, rows, role, text, xml if role is Role.COPIED else "")


def _row(row: _Element, number: int, reader: Reader) -> RowElement:
    cells = tuple(_cell(cell, reader) for cell in row.findall(f"{W}tc"))
    text = "\t".join(cell.line.text for cell in cells)
    statement = is_statement(text)
    before, after = ("", "") if statement else row_statements(text)
    properties = row.find(f"{W}trPr")
    head = "<w:tr>" + ("" if properties is None else outer(properties, reader.declared))
    is_header = properties is not None and properties.find(f"{W}tblHeader") is not None
    return RowElement(number, head, cells, text, statement, before, after, is_header)


def _cell(cell: _Element, reader: Reader) -> CellElement:
    paragraphs = cell.findall(f"{W}p")
    reader.refuse_boxes(cell)
    lines = [read_line(paragraph, reader.declared) for paragraph in paragraphs]
    for child in cell:
        if child.tag not in {f"{W}p", f"{W}tcPr"}:
            reader.refuse(shown_text(child), "在嵌套的表格或框里", "外层表格里")
    properties = cell.find(f"{W}tcPr")
    start = "<w:tc>" + ("" if properties is None else outer(properties, reader.declared))
    line = _joined_lines(lines)
    reader.check(line.text)
    head, tail = _split(paragraphs[0], reader) if paragraphs else ("<w:p>", "</w:p>")
    others = cell[cell.index(paragraphs[0]) + 1 :] if paragraphs else []
    tail += "".join(outer(other, reader.declared) for other in others) + "</w:tc>"
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    starts = merge is not None and merge.get(f"{W}val") == "restart"
    columns = number_of(value_of(cell, "tcPr/gridSpan")) or 1
    stated = value_of(paragraphs[0], "pPr/jc") if paragraphs else None
    align = {"center": "center", "right": "right", "end": "right"}.get(stated or "", "left")
    return CellElement(start, head, tail, line, columns, merge is not None and not starts, starts, has_tags(line.text), align)


def _joined_lines(lines: list[Line]) -> Line:
    """Several paragraphs of a cell as one line with line breaks (formatting of the first)."""
    filled = [line for line in lines if line.text or line.inlines] or [Line("", "")]
    first = filled[0]
    others = [marks.SPLIT.sub("", line.source) for line in filled[1:]]
    source = marks.NEWLINE.join((first.source, *others))
    return Line("\n".join(line.text for line in filled), source, first.formats, first.inlines)
