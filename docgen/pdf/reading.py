"""Reading a PDF file as a report: paragraphs, headings, contents, tables, page numbers and headers set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from docgen.docx.paragraphs import DocParagraph, ReportFile
from docgen.pdf.flow import Flow, Piece
from docgen.pdf.lines import PageMarks
from docgen.pdf.loose import take_loose_tables
from docgen.pdf.margins import Page, beside_each_other, take_margins
from workbook.errors import InputError
from workbook.values import dataclass

_CONTENTS = re.compile(r"目\s*[录次]")
_CONTENTS_STYLE = "toc 1"
_LARGER = 1.15
"""A heading's characters are so much larger than the text's."""
_LONGEST_HEADING = 60


@dataclass(frozen=True)
class PdfReport(ReportFile):
    """A PDF file as it is read."""

    pages: int
    scanned: tuple[int, ...]
    """Pages that are pictures, or whose text cannot be read."""
    blank: tuple[int, ...]
    """Pages with nothing on them."""
    places: Mapping[int, tuple[Piece, ...]] = field(repr=False)
    """Where each paragraph stands, by its number."""
    loose: frozenset[int]
    """Numbers of the tables that no ruling lines tell: they may be misread."""


def read_pdf(path: Path) -> PdfReport:
    """Read the PDF file *path*.

    Raises:
        InputError: no PDF, encrypted, damaged, too large, or no page of it has text.
    """
    from docgen.pdf.pages import read_pages

    return report_of(path, read_pages(path))


def report_of(path: Path, marked: Iterable[PageMarks], slack: float = 0.0) -> PdfReport:
    """The report that stands on these pages; *slack*: so much (in sizes) a full line may fall short of the edge.

    Raises :class:`InputError` when they hold no text.
    """
    pages = [Page(marks) for marks in beside_each_other(marked)]
    scanned = tuple(page.number for page in pages if page.is_scanned)
    if not any(page.lines or page.grids for page in pages):
        if scanned:
            raise InputError(path, "各页都是扫描的图片，没有文字", "请用 Word 文件，或由 Word/WPS 导出的 PDF")
        raise InputError(path, "没有任何文字", "请换一份文件")
    margins = take_margins(pages)
    take_loose_tables(pages)
    flow = Flow(pages, slack)
    blank = tuple(page.number for page in pages if not page.lines and not page.grids and not page.is_scanned)
    paragraphs = _with_contents(flow.paragraphs, _body_size(pages), flow.sizes)
    known = {p.number: p for p in paragraphs}
    blocks = tuple(known[b.number] if isinstance(b, DocParagraph) else b for b in flow.blocks)
    return PdfReport(
        path, tuple(paragraphs), tuple(flow.tables), blocks, margins, len(pages), scanned, blank, flow.places,
        frozenset(flow.loose))


def _body_size(pages: Sequence[Page]) -> float:
    """The size of most of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _with_contents(paragraphs: Sequence[DocParagraph], body: float, sizes: Mapping[int, float]) -> list[DocParagraph]:
    """The paragraphs with the levels of headings, by the size of their characters, and the style of the contents' lines."""
    large = sorted({round(size) for size in sizes.values() if size > body * _LARGER}, reverse=True)
    found = []
    contents: set[str] | None = None
    for p in paragraphs:
        if p.table:
            contents = None
            found.append(p)
            continue
        text = "".join(p.text.split())
        if contents is None and _CONTENTS.fullmatch(p.text.strip()) and not any(q.style for q in found):
            contents = set()
        elif contents is not None:
            bare = re.sub(r"[.…·．]*\d*$", "", text)
            if bare in contents or len(text) > _LONGEST_HEADING + 20 or text.endswith("。"):
                contents = None
            else:
                contents.add(bare)
        size = sizes.get(p.number, 0.0)
        if contents is not None:
            found.append(replace(p, style=_CONTENTS_STYLE))
        elif size > body * _LARGER and len(text) <= _LONGEST_HEADING and not text.endswith("。"):
            found.append(replace(p, level=min(large.index(round(size)) + 1, 9)))
        else:
            found.append(p)
    return found
