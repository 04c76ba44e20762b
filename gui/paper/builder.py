"""Blocks of a report as documents of pages: the text as one, every landscape table as one of its own.

Documents are built when they are first needed, so that the first page stands at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from docgen.model import (
    Block,
    BreakBlock,
    ChartBlock,
    FigureSpan,
    Paragraph,
    PromptSpan,
    Span,
    TableBlock,
    Text,
)
from gui.paper import looks
from gui.paper.looks import Look, look
from gui.paper.pictures import CHART_OBJECT, ChartPicture
from gui.paper.tables import insert_table

CONTENTS = "目录标题"
TABLE_TITLE = "表题"


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the outline."""

    text: str
    level: int
    sheet: int
    """Number of the document."""
    order: int
    """Number of the paragraph in it (see :attr:`Sheet.places`)."""
    prompts: int = 0
    """Things still to be filled in below it, up to the next entry of any level."""


@dataclass(slots=True)
class Sheet:
    """Pages of one size: a part of the report as one document, built on demand."""

    blocks: tuple[Block, ...]
    landscape: bool
    contents: tuple[tuple[str, int], ...] = ()
    """Entries for the table of contents, when it stands in this part."""
    document: QTextDocument | None = None
    marks: list[Span] = field(default_factory=list)
    """What the anchors of the document stand for."""
    places: list[int] = field(default_factory=list)
    """Position in the document of each block, in order."""
    mark_places: list[tuple[int, int]] = field(default_factory=list)
    """Position and length of each mark."""

    @property
    def page_size(self) -> QSizeF:
        """Size of its pages."""
        return looks.PAGE.transposed() if self.landscape else looks.PAGE

    @property
    def page_count(self) -> int:
        """Pages; one while the document is not built."""
        return self.document.pageCount() if self.document is not None else 1

    def build(self) -> QTextDocument:
        """Make the document, unless it is made already."""
        if self.document is None:
            self.document = _Builder(self).build()
        return self.document


def sheets_of(blocks: Iterable[Block]) -> tuple[list[Sheet], list[Heading]]:
    """The report cut into documents, and its outline.  Where a page begins anyway, so does a document."""
    parts: list[tuple[list[Block], bool]] = [([], False)]
    landscape = False
    for block in blocks:
        if isinstance(block, Paragraph) and _begins_document(block) and parts[-1][0]:
            parts.append(([], landscape))
        if isinstance(block, BreakBlock) and (block.kind != "page" or landscape):
            turned = landscape if block.kind == "page" else block.kind == "landscape"
            if block.kind != "page" and turned == landscape:
                continue
            landscape = turned
            if parts[-1][0]:
                parts.append(([], landscape))
            else:
                parts[-1] = ([], landscape)
        else:
            parts[-1][0].append(block)
    parts = [part for part in parts if part[0]]
    headings = list(_headings([blocks for blocks, _ in parts]))
    contents = tuple((h.text, h.level) for h in headings if h.level <= 1)
    return [Sheet(tuple(found), wide, contents) for found, wide in parts], headings


def _begins_document(block: Paragraph) -> bool:
    """Whether a page begins here; also with each performance table, so that none is laid out before it is seen."""
    return look(block.style).new_page or block.style == TABLE_TITLE


def _headings(parts: list[list[Block]]) -> Iterator[Heading]:
    current: Heading | None = None
    for sheet, blocks in enumerate(parts):
        for order, block in enumerate(blocks):
            level = look(block.style).level if isinstance(block, Paragraph) else None
            if isinstance(block, Paragraph) and level is not None and level <= 2:
                if current is not None:
                    yield current
                current = Heading(block.text.replace("　", " "), level, sheet, order)
            elif current is not None:
                count = sum(1 for span in _spans(block) if isinstance(span, PromptSpan))
                current = Heading(current.text, current.level, current.sheet, current.order, current.prompts + count)
    if current is not None:
        yield current


def _spans(block: Block) -> Iterator[Span]:
    if isinstance(block, Paragraph):
        yield from block.spans
    elif isinstance(block, TableBlock):
        yield from (span for row in block.rows for cell in row for span in cell.spans)


class _Builder:
    """Fills one document."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.document = QTextDocument()
        self.document.setUndoRedoEnabled(False)
        self.document.setUseDesignMetrics(True)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document.setDefaultTextOption(option)
        screen = QImage(1, 1, QImage.Format.Format_ARGB32)
        screen.setDotsPerMeterX(round(looks.DPI / 0.0254))
        screen.setDotsPerMeterY(round(looks.DPI / 0.0254))
        self.document.documentLayout().setPaintDevice(screen)
        self._screen = screen
        picture = ChartPicture(self.document)
        self.document.documentLayout().registerHandler(CHART_OBJECT, picture)
        self._pages()  # before there is any text: each later change would lay it all out again
        self.cursor = QTextCursor(self.document)
        self._is_first = True

    def build(self) -> QTextDocument:
        self.cursor.beginEditBlock()
        for block in self.sheet.blocks:
            self.sheet.places.append(self.cursor.position() + (0 if self._is_first else 1))
            self._block(block)
        self.cursor.endEditBlock()
        self.document.setProperty("screen", self._screen)  # the layout does not keep its paint device alive
        return self.document

    def _pages(self) -> None:
        top, right, bottom, left = looks.margins(self.sheet.landscape)
        self.document.setDocumentMargin(0)
        frame = self.document.rootFrame()
        form = frame.frameFormat()
        form.setTopMargin(top)
        form.setRightMargin(right)
        form.setBottomMargin(bottom)
        form.setLeftMargin(left)
        frame.setFrameFormat(form)
        self.document.setPageSize(self.sheet.page_size)

    def _block(self, block: Block) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block.spans, look(block.style))
            if block.style == CONTENTS:
                self._contents()
        elif isinstance(block, TableBlock):
            insert_table(self.cursor, block, self.text_width, self.span)
            self._is_first = False
        elif isinstance(block, ChartBlock):
            self._chart(block)

    @property
    def text_width(self) -> float:
        """Width of a line."""
        _, right, _, left = looks.margins(self.sheet.landscape)
        return self.sheet.page_size.width() - left - right

    def _open(self, form: Look) -> QTextCharFormat:
        """Begin a paragraph."""
        block, characters = form.block_format(), form.char_format()
        if self._is_first:
            block.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_Auto)
            self.cursor.setBlockFormat(block)
            self.cursor.setBlockCharFormat(characters)
            self._is_first = False
        else:
            self.cursor.insertBlock(block, characters)
        return characters

    def _paragraph(self, spans: Iterable[Span], form: Look) -> None:
        characters = self._open(form)
        for span in spans:
            self.span(self.cursor, span, characters)

    def span(self, cursor: QTextCursor, span: Span, base: QTextCharFormat) -> None:
        """One span; figures, reasons and prompts become anchors."""
        form = QTextCharFormat(base)
        if isinstance(span, Text):
            if span.bold:
                form.setFontWeight(700)
            cursor.insertText(span.text, form)
            return
        start = cursor.position()
        form.setAnchor(True)
        form.setAnchorHref(str(len(self.sheet.marks)))
        if isinstance(span, FigureSpan) and span.figure.is_known:
            form.setFontUnderline(True)
            form.setUnderlineColor(looks.FIGURE_LINE)
        elif isinstance(span, FigureSpan):
            form.setBackground(looks.MISSING_FILL)
            form.setForeground(looks.MISSING_INK)
        elif isinstance(span, PromptSpan):
            form.setBackground(looks.PROMPT_FILL)
            form.setForeground(looks.PROMPT_INK)
        cursor.insertText(span.text, form)
        self.sheet.marks.append(span)
        self.sheet.mark_places.append((start, cursor.position() - start))

    def _contents(self) -> None:
        quiet = QTextCharFormat(Look(size=10.5, line=20, align=Qt.AlignmentFlag.AlignHCenter).char_format())
        quiet.setForeground(QColor(looks.QUIET))
        self._open(Look(size=10.5, line=20, align=Qt.AlignmentFlag.AlignHCenter, after=8))
        self.cursor.insertText("页码在 Word/WPS 中打开报告时生成", quiet)
        for text, level in self.sheet.contents:
            form = Look(looks.HEAD if level == 0 else looks.SONG, 16, 28, indent=0 if level == 0 else 1,
                        align=Qt.AlignmentFlag.AlignLeft)
            self.cursor.insertText(text, self._open(form))

    def _chart(self, block: ChartBlock) -> None:
        self._open(Look(size=10.5, line=0, align=Qt.AlignmentFlag.AlignHCenter, before=6))
        self.cursor.insertText("￼", ChartPicture.char_format(block, self.text_width))
        self._paragraph([Text(block.title)], look("图题"))
