"""Blocks of a report as documents of pages: the text as one, every landscape table as one of its own.

Documents are built when they are first needed, so that the first page stands at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QImage,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from docgen.docx.styles import Metrics
from docgen.model import (
    Block,
    BreakBlock,
    ChartBlock,
    FigureSpan,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    Span,
    TableBlock,
    Text,
)
from docgen.writing.plan import Page, PagePlan, TablePlan
from gui.paper import looks
from gui.paper.looks import Look, TextWriter, linked, look
from gui.paper.tables import insert_chart, insert_table

CONTENTS = "目录标题"
TABLE_TITLE = "表题"
OWN_LEVEL = 3
"""Level of a heading that stands in a text of the user's own, not in the template."""
_GIVES = (8.0, 20.0, 40.0)
"""Pixels that the lower margin gives up before a page more than in the Word file is shown."""


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
    """Pages of one size: what stands between two page beginnings, as one document, built on demand."""

    blocks: tuple[Block, ...]
    page: Page
    """Size and margins, in points."""
    planned: int
    """How many pages it has in the Word file."""
    tables: tuple[TablePlan | None, ...] = ()
    """How each block is set, if it is a table."""
    styles: tuple[tuple[str, Metrics], ...] = ()
    """Sizes of the paragraph styles."""
    contents: tuple[tuple[str, int, Metrics], ...] = ()
    """Lines of the table of contents with page numbers, when it stands in this part: text, page, sizes."""
    document: QTextDocument | None = None
    marks: list[Span] = field(default_factory=list)
    """What the anchors of the document stand for."""
    places: list[int] = field(default_factory=list)
    """Position in the document of each block, in order."""
    mark_places: list[tuple[int, int]] = field(default_factory=list)
    """Position and length of each mark."""

    @property
    def known_by(self) -> tuple[object, ...]:
        """What its document is made from."""
        return self.blocks, self.page, self.planned, self.tables, self.styles, self.contents

    @property
    def page_size(self) -> QSizeF:
        """Size of its pages."""
        return QSizeF(self.page.width, self.page.height) * looks.POINT

    @property
    def margins(self) -> tuple[float, float, float, float]:
        """Top, right, bottom and left margin of its pages."""
        top, right, bottom, left = self.page[2:]
        return top * looks.POINT, right * looks.POINT, bottom * looks.POINT, left * looks.POINT

    @property
    def page_count(self) -> int:
        return self.document.pageCount() if self.document is not None else self.planned

    def build(self) -> QTextDocument:
        if self.document is None:
            self.document = _Builder(self).build()
        return self.document

    def boxes(self, number: int) -> Iterator[QRectF]:
        """Where a mark is printed in its document: one box for each line."""
        start, length = self.mark_places[number]
        document = self.build()
        block = document.findBlock(start)
        area, layout, begin = document.documentLayout().blockBoundingRect(block), block.layout(), start - block.position()
        for i in range(layout.lineCount()):
            line = layout.lineAt(i)
            first, last = max(begin, line.textStart()), min(begin + length, line.textStart() + line.textLength())
            if first < last:
                found = (line.cursorToX(at) for at in (first, last))  # the place, in some versions beside the cursor
                left, right = (float(x[0] if isinstance(x, tuple) else x) for x in found)  # type: ignore[arg-type]  # as said
                yield QRectF(area.left() + left, area.top() + line.y(), right - left, line.height())


def sheets_of(plan: PagePlan) -> tuple[list[Sheet], list[Heading]]:
    """The report cut into documents where the Word file begins a page, and its outline."""
    blocks = plan.blocks
    shown = [number for number, block in enumerate(blocks) if not isinstance(block, BreakBlock)]
    parts: list[list[int]] = []
    for number in shown:
        if number in plan.tops or not parts:
            parts.append([])
        parts[-1].append(number)
    firsts = [plan.leaves[part[0]] for part in parts]
    styles = tuple(sorted(plan.styles.items()))
    made = [
        Sheet(
            tuple(blocks[n] for n in part), plan.pages[part[0]], max(after - first, 1),
            tuple(plan.tables.get(n) for n in part), styles)
        for part, first, after in zip(parts, firsts, [*firsts[1:], plan.total], strict=True)]
    for sheet in made:
        if any(isinstance(block, Paragraph) and block.style == CONTENTS for block in sheet.blocks):
            sheet.contents = tuple(
                (text, page, plan.contents_styles[min(level, len(plan.contents_styles) - 1)])
                for text, level, page in plan.contents)
    return made, _headings(made)


def _headings(sheets: list[Sheet]) -> list[Heading]:
    found: list[Heading] = []
    for number, sheet in enumerate(sheets):
        for order, block in enumerate(sheet.blocks):
            level = look(block.style).level if isinstance(block, Paragraph) else None
            if isinstance(block, Paragraph) and level is not None and level <= 2:
                level = OWN_LEVEL if all(isinstance(span, ReasonSpan) for span in block.spans) else level
                found.append(Heading(block.text.replace("　", " "), level, number, order))
            elif found:
                count = sum(isinstance(span, PromptSpan) for span in _spans(block))
                found[-1] = replace(found[-1], prompts=found[-1].prompts + count)
    return found


def _spans(block: Block) -> Sequence[Span]:
    cells = [cell for row in block.rows for cell in row] if isinstance(block, TableBlock) else []
    return block.spans if isinstance(block, Paragraph) else [span for cell in cells for span in cell.spans]


@cache
def _screen() -> QImage:
    """What texts are laid out for; it lives as long as the program, as layouts do not keep it alive."""
    screen = QImage(1, 1, QImage.Format.Format_ARGB32)
    screen.setDotsPerMeterX(round(looks.DPI / 0.0254))
    screen.setDotsPerMeterY(round(looks.DPI / 0.0254))
    return screen


class _Builder(TextWriter):
    """Fills one document."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet, self._styles = sheet, dict(sheet.styles)
        self.document.setUseDesignMetrics(True)
        self.document.documentLayout().setPaintDevice(_screen())
        self._set_margins(0)  # before there is any text: each later change would lay it all out again
        self.document.setPageSize(sheet.page_size)

    def build(self) -> QTextDocument:
        self.cursor.beginEditBlock()
        for block, table in zip(self.sheet.blocks, self.sheet.tables, strict=True):
            self.sheet.places.append(self.cursor.position() + (0 if self.is_first else 1))
            self._block(block, table)
        self.cursor.endEditBlock()
        for less in _GIVES:  # fonts that are not those of the file may need a little more room
            if self.document.pageCount() <= self.sheet.planned:
                break
            self._set_margins(less)
        return self.document

    def _set_margins(self, less: float) -> None:
        """The margins of the pages, the lower one *less*."""
        top, right, bottom, left = self.sheet.margins
        frame = self.document.rootFrame()
        form = frame.frameFormat()
        form.setTopMargin(top)
        form.setRightMargin(right)
        form.setBottomMargin(bottom - less)
        form.setLeftMargin(left)
        frame.setFrameFormat(form)

    def _block(self, block: Block, table: TablePlan | None) -> None:
        if isinstance(block, Paragraph):
            self._paragraph(block.spans, block.style)
            if block.style == CONTENTS:  # lines with dots up to the page numbers
                for text, page, metrics in self.sheet.contents:
                    self.cursor.insertText(f"{text}\t{page}", self.open(Look(looks.SONG).sized(metrics), self._stops(1)))
        elif isinstance(block, TableBlock) and table is not None:
            if block.caption:
                self._paragraph([Text(block.caption)], TABLE_TITLE)
            insert_table(self.cursor, block, table, self.span)
            self.is_first = False
        elif isinstance(block, ChartBlock):
            self.open(Look(size=10.5, line=0, align=Qt.AlignmentFlag.AlignHCenter, before=6))
            insert_chart(self.cursor, block, self._width)
            self._paragraph([Text(block.title)], "图题")

    @property
    def _width(self) -> float:
        _, right, _, left = self.sheet.margins
        return self.sheet.page_size.width() - left - right

    def _stops(self, tabs: int) -> list[QTextOption.Tab]:
        """Where *tabs* tabulators of a line lead: to the middle, the last one to the right edge."""
        right = QTextOption.Tab(self._width - 1, QTextOption.TabType.RightTab)
        return [*[QTextOption.Tab(self._width / 2, QTextOption.TabType.CenterTab)] * (tabs - 1), right] if tabs else []

    def _paragraph(self, spans: Sequence[Span], style: str) -> None:
        """A paragraph in the fonts of the screen and the sizes of the file."""
        form = look(style).sized(self._styles[style]) if style in self._styles else look(style)
        tabs = sum(span.text.count("\t") for span in spans)
        if tabs:  # parts of a line at its left, middle and right
            form = replace(form, align=Qt.AlignmentFlag.AlignLeft, indent=0)
        characters = self.open(form, self._stops(tabs))
        for span in spans:
            self.span(self.cursor, span, characters)

    def span(self, cursor: QTextCursor, span: Span, base: QTextCharFormat) -> None:
        """One span; figures, reasons and prompts become anchors."""
        if isinstance(span, Text):
            form = QTextCharFormat(base)
            if span.bold:
                form.setFontWeight(700)
            cursor.insertText(span.text, form)
            return
        start, form = cursor.position(), linked(base, str(len(self.sheet.marks)))
        if isinstance(span, FigureSpan) and span.figure.is_known:
            form.setFontUnderline(True)
            form.setUnderlineColor(looks.FIGURE_LINE)
        elif not isinstance(span, ReasonSpan):
            is_prompt = isinstance(span, PromptSpan)
            fill, ink = (looks.PROMPT_FILL, looks.PROMPT_INK) if is_prompt else (looks.MISSING_FILL, looks.MISSING_INK)
            form.setBackground(fill)
            form.setForeground(ink)
        cursor.insertText(span.text, form)
        self.sheet.marks.append(span)
        self.sheet.mark_places.append((start, cursor.position() - start))
