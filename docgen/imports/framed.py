"""Word files that a program made of a PDF: every line a text box at its place, every ruling line a shape.

They are read as the pages that they show, like the PDF itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import accumulate
from typing import TYPE_CHECKING

from docgen.docx.reading import Document
from docgen.docx.xml import MC, W, number_of
from docgen.pdf.lines import Glyph, PageMarks, Rule
from docgen.pdf.reading import PdfReport, report_of
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MOST, _FEWEST = 0.3, 30
"""So small a share of the text outside text boxes, of at least so many paragraphs, makes a file one of these."""
_EMU, _TWIP = 12700.0, 20.0
"""Of a point."""
_ASCENT, _LEADING = 0.88, 1.2
_SLACK = 3.0
"""The boxes of justified lines are as wide as their text would be without."""
_SIZE = 10.5
_PAGE = (595.0, 842.0, 0.0, 0.0)


@dataclass(frozen=True)
class FramedReport(PdfReport):
    """Such a file as it is read."""

    word: Document = field(repr=False)
    origins: Mapping[int, int] = field(repr=False)
    """Paragraph → the number of the Word file's paragraph in which it begins."""


def is_framed(document: Document) -> bool:
    """Whether nearly all text of *document* stands in text boxes."""
    if len(document.paragraphs) < _FEWEST or document.tables:
        return False
    outside = {block.number for block in document.blocks}
    sizes = [(p.number in outside, len(p.text)) for p in document.paragraphs]
    return sum(size for is_outside, size in sizes if is_outside) < _MOST * sum(size for _, size in sizes)


def read_framed(document: Document) -> FramedReport:
    """*document* by the places of its text boxes."""
    starts: dict[tuple[int, float, float], int] = {}
    report = report_of(document.path, _pages(document, starts), _SLACK)
    origins = {
        number: origin for number, pieces in report.places.items() if pieces
        and (origin := starts.get((pieces[0].page, round(pieces[0].line.base, 2), round(pieces[0].line.left, 2)))) is not None
    }
    return FramedReport(
        report.path, report.paragraphs, report.tables, report.blocks, report.margins, report.pages, report.scanned,
        report.blank, report.places, report.loose, document, origins)


def _pages(document: Document, starts: dict[tuple[int, float, float], int]) -> Iterator[PageMarks]:
    """A page for every paragraph that boxes are anchored at; *starts* learns which paragraph each character belongs to."""
    number = 0
    for paragraph in document.file.body.iter(f"{W}p"):
        anchors = [a for a in paragraph.iter(f"{_WP}anchor") if not _is_fallback(a, paragraph)]
        if not anchors or next(paragraph.iterancestors(f"{W}txbxContent"), None) is not None:
            continue
        number += 1
        width, height, *corner = _sheet(paragraph)
        page = PageMarks(number, width, height, [], [], [], [], has_pictures=False, unreadable=0)
        for anchor in anchors:
            _place(anchor, corner, page, document, starts)
        yield page


def _is_fallback(anchor: _Element, paragraph: _Element) -> bool:
    return any(a.tag == f"{MC}Fallback" for a in anchor.iterancestors() if a is not paragraph)


def _sheet(paragraph: _Element) -> list[float]:
    """Width, height, left and top margin of the page that *paragraph* stands on: of the next section end."""
    ends = (s for element in (paragraph, *paragraph.itersiblings()) for s in element.iter(f"{W}sectPr"))
    section, values = next(ends, None), [*_PAGE]
    for place, (name, attribute) in enumerate((("pgSz", "w"), ("pgSz", "h"), ("pgMar", "left"), ("pgMar", "top"))):
        found = section.find(f"{W}{name}") if section is not None else None
        if found is not None and (value := number_of(found.get(f"{W}{attribute}"))) is not None:
            values[place] = value / _TWIP
    return values


def _place(
    anchor: _Element, corner: Sequence[float], page: PageMarks, document: Document, starts: dict[tuple[int, float, float], int]
) -> None:
    """Put the text or the line of one shape on the page."""
    left, top = (_offset(anchor, name, margin) for name, margin in zip(("positionH", "positionV"), corner, strict=True))
    extent = anchor.find(f"{_WP}extent")
    if left is None or top is None or extent is None:
        return
    width, height = (int(extent.get(name, "0")) / _EMU for name in ("cx", "cy"))
    content = next(anchor.iter(f"{W}txbxContent"), None)
    if content is None:
        if height <= 1 < width:
            page.across.append(Rule(top, left, left + width))
        elif width <= 1 < height:
            page.down.append(Rule(left, top, top + height))
        return
    base = top
    for element in content.iter(f"{W}p"):
        paragraph = document.numbers.get(element)
        text = document.paragraphs[paragraph - 1].text if paragraph is not None else ""
        halves = (int(half) for s in element.iter(f"{W}sz") if (half := s.get(f"{W}val", "")).isdigit())
        size = max(halves, default=int(_SIZE * 2)) / 2
        base += size * (_ASCENT if base == top else _LEADING)
        natural = [size * (1.0 if character > "\u2e7f" else 0.5) for character in text]
        scale = width / sum(natural) if text else 1.0
        ends = [left + at * scale for at in accumulate(natural, initial=0.0)]
        for index, character in enumerate(text):
            page.glyphs.append(Glyph(character, ends[index], ends[index + 1], base, size))
            if paragraph is not None:
                starts[page.number, round(base, 2), round(ends[index], 2)] = paragraph


def _offset(anchor: _Element, name: str, margin: float) -> float | None:
    """How far from the page's edge a shape stands; where it is placed by the text's, *margin* is between."""
    position = anchor.find(f"{_WP}{name}")
    offset = position.findtext(f"{_WP}posOffset", "") if position is not None else ""
    if position is None or not offset.strip("-").isdigit():
        return None
    return int(offset) / _EMU + (0.0 if position.get("relativeFrom") == "page" else margin)
