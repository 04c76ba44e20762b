"""Reading a PDF file as a report: paragraphs from lines, tables over several pages, page numbers and headers set apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from docgen.docx.paragraphs import DocCell, DocParagraph, DocTable, Margin, ReportFile
from docgen.pdf.columns import loose_grids
from docgen.pdf.grids import Cell, Grid, grids_of
from docgen.pdf.lines import Line, cell_text, follows, lines_of
from docgen.pdf.marks import Box, PageMarks
from workbook.errors import InputError
from workbook.values import dataclass

_MARGIN = 100.0
"""So many points at the top and at the foot of a page may be header and footer."""
_PAGE_NUMBER = re.compile(r"[\s\-—–－_~·•|/]*(?:第|共|Page)?\s*(?:\d{1,4}|[IVXivx]{1,6})\s*(?:页|of)?(?:[\s,，/|]*(?:共|第)?\s*\d{1,4}\s*页?)?[\s\-—–－_~·•|]*")
_AT = 8.0
"""So near each other, in points, are lines at the same place of several pages."""
_BELOW_BASE = 0.2
"""So much of a line is below its base, in sizes."""
_MONEY = re.compile(r"单位\s*[:：]")
_ON_PAGES, _OF_PAGES = 3, 0.3
"""A line at the same place of so many pages, and of so large a share of them, is a header or footer."""
_HEADING = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d)")
_LEADER = re.compile(r"(?:[.…·．]{3,}\s*|\t)\d{1,3}$")
_LIST = ("、", "，", "（", "(", "“", "《", "及", "和")
_CONTENTS = re.compile(r"目\s*[录次]")
_CONTENTS_STYLE = "toc 1"
_INDENT = 0.9
_SAME_SIZE = 0.15
_NEXT_LINE = 2.6
"""Lines of one paragraph are no farther apart than this, in sizes."""
_LARGER = 1.15
"""A heading's characters are so much larger than the text's."""
_LONGEST_HEADING = 60
_SMALLEST_CHART, _LARGEST_CHART = 80.0, 0.6
"""Height and width of a chart, in points; its height as a share of the page's."""
_SAME_COLUMN = 4.0
_MOST_HEADER_ROWS = 6


class Piece(NamedTuple):
    """Where a stretch of a paragraph's text stands: a line of it."""

    page: int
    start: int
    """Of its first character in the text."""
    line: Line

    def box(self, start: int, end: int) -> Box | None:
        """Where the characters from *start* to *end* of the text stand, as far as they are on this line; both alike: all of it."""
        lefts = self.line.lefts
        first, last = (start - self.start, end - self.start) if end > start else (0, len(lefts))
        if last <= 0 or first >= len(lefts):
            return None
        right = lefts[last] if last < len(lefts) else self.line.right
        return Box(lefts[max(first, 0)], self.line.base - self.line.size, right, self.line.base + self.line.size * _BELOW_BASE)


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
    pages = [_Page.of(marks) for marks in marked]
    scanned = tuple(page.number for page in pages if page.is_scanned)
    if not any(page.lines or page.grids for page in pages):
        if scanned:
            raise InputError(path, "各页都是扫描的图片，没有文字", "请用 Word 文件，或由 Word/WPS 导出的 PDF")
        raise InputError(path, "没有任何文字", "请换一份文件")
    margins = _take_margins(pages)
    flow = _Flow(pages, slack)
    blank = tuple(page.number for page in pages if not page.lines and not page.grids and not page.is_scanned)
    paragraphs = _with_contents(flow.paragraphs, _body_size(pages), flow.sizes)
    known = {p.number: p for p in paragraphs}
    blocks = tuple(known[b.number] if isinstance(b, DocParagraph) else b for b in flow.blocks)
    return PdfReport(path, tuple(paragraphs), tuple(flow.tables), blocks, margins, len(pages), scanned, blank, flow.places)


class _Page:
    """A page while it is read."""

    def __init__(self, number: int, size: tuple[float, float], lines: list[Line], grids: list[Grid]) -> None:
        self.number, (self.width, self.height), self.lines, self.grids = number, size, lines, grids
        self.is_scanned = False

    @classmethod
    def of(cls, marks: PageMarks) -> _Page:
        grids, rest = grids_of(marks)
        drawings = [*_drawings(marks, grids)]
        written = [g for g in rest if not any(drawing.holds(g.middle, g.centre) for drawing in drawings)]
        loose, lines = loose_grids(lines_of(written))
        page = cls(marks.number, (marks.width, marks.height), lines, [*grids, *loose])
        readable = len(marks.glyphs)
        page.is_scanned = readable <= marks.unreadable and (marks.has_pictures or marks.unreadable > 0)
        return page

    def items(self) -> list[Line | Grid]:
        """What stands on the page, from the top."""
        return sorted([*self.lines, *self.grids], key=lambda item: item.base if isinstance(item, Line) else item.ys[0])

    def edge_lines(self) -> Iterator[tuple[Line, str, bool]]:
        """The outermost lines in the page's margins: line, text with ``#`` for digits, whether it is the very first or last."""
        for order in (self.lines[:2], self.lines[:-3:-1]):
            for index, line in enumerate(order):
                is_above = line.base < _MARGIN
                if is_above or line.top > self.height - _MARGIN:
                    yield line, re.sub(r"\d+", "#", "".join(line.text.split())), index == 0


def _drawings(marks: PageMarks, grids: Sequence[Grid]) -> Iterator[Box]:
    """Where charts stand: a ground with other shapes on it that is neither a table's nor the page's."""
    for box in marks.shapes:
        if min(box.right - box.left, box.bottom - box.top) < _SMALLEST_CHART or box.bottom - box.top > marks.height * _LARGEST_CHART:
            continue
        has_shapes = any(box.holds((b.left + b.right) / 2, (b.top + b.bottom) / 2) for b in marks.shapes if b is not box)
        if has_shapes and not any(grid.ys[0] < box.bottom and box.top < grid.ys[-1] for grid in grids):
            yield box


def _take_margins(pages: Sequence[_Page]) -> tuple[Margin, ...]:
    """Take headers, footers and page numbers off the pages."""
    counted = Counter((key, round(line.base / _AT)) for page in pages for line, key in {e[:2] for e in page.edge_lines()})
    needed = max(_ON_PAGES, _OF_PAGES * len(pages))
    found: list[Margin] = []
    for page in pages:
        for line, key, is_outermost in [*page.edge_lines()]:
            repeated = sum(counted[key, round(line.base / _AT) + off] for off in (-1, 0, 1)) >= needed and not _MONEY.search(line.text)
            if line in page.lines and (repeated or (is_outermost and _PAGE_NUMBER.fullmatch(line.text))):
                page.lines.remove(line)
                found.append(Margin(line.text, page.number))
    return tuple(found)


def _body_size(pages: Sequence[_Page]) -> float:
    """The size of most of the text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


class _Edges(NamedTuple):
    left: float
    right: float


def _edges(pages: Sequence[_Page]) -> dict[tuple[int, int], _Edges]:
    """Where the text begins and ends on pages of each size, by the lines that fill most of the width."""
    rights: dict[tuple[int, int], Counter[int]] = {}
    lefts: dict[tuple[int, int], Counter[int]] = {}
    for page in pages:
        key = round(page.width), round(page.height)
        for first, second in pairwise(page.lines):
            for line, counter in ((first, rights), (second, lefts)):
                if first.width > page.width * 0.5:
                    counter.setdefault(key, Counter())[round(line.right if counter is rights else line.left)] += 1
    found = {}
    for key, ends in rights.items():
        starts = lefts[key]
        found[key] = _Edges(
            min(at for at, times in starts.items() if times * 4 >= max(starts.values())),
            max(at for at, times in ends.items() if times * 4 >= max(ends.values())))
    return found


def _is_centred(line: Line, edges: _Edges, least: float = 2) -> bool:
    """Whether a line stands in the middle, *least* sizes off both edges."""
    before, after = line.left - edges.left, edges.right - line.right
    return min(before, after) > least * line.size and abs(before - after) < 2 * line.size


class _Flow:
    """Goes through the pages once and makes paragraphs and tables of what stands there."""

    def __init__(self, pages: Sequence[_Page], slack: float) -> None:
        self.slack = slack
        self.paragraphs: list[DocParagraph] = []
        self.tables: list[DocTable] = []
        self.blocks: list[DocParagraph | DocTable] = []
        self.places: dict[int, tuple[Piece, ...]] = {}
        self.sizes: dict[int, float] = {}
        """Size of the characters of each paragraph outside tables."""
        self.edges = _edges(pages)
        self._open: list[tuple[_Page, Line]] = []
        """The lines of the paragraph that is being read."""
        self._table: _Table | None = None
        """The table that may go on on the next page."""
        self._caption: list[str] = []
        """The lines right above a table."""
        for page in pages:
            self._page(page)
        self._close_paragraph()
        self._close_table()

    def _page(self, page: _Page) -> None:
        items = page.items()
        if self._table is not None and (goes_on := self._continued(items)):
            items = items[goes_on:]
        for item in items:
            if isinstance(item, Grid):
                self._close_paragraph()
                self._close_table()
                self._table = _Table(item, page.number, self._caption)
                self._caption = []
            else:
                self._close_table()
                self._line(page, item)

    def _continued(self, items: Sequence[Line | Grid]) -> int:
        """How many of the first *items* of a page belong to the open table, which they go on with."""
        table = self._table
        index = next((i for i, item in enumerate(items) if isinstance(item, Grid)), None)
        if table is None or index is None or index > len(table.caption):
            return 0
        above = ["".join(item.text.split()) for item in items[:index] if isinstance(item, Line)]
        grid = items[index]
        if not isinstance(grid, Grid) or above != table.caption[len(table.caption) - index :] or not table.takes(grid):
            return 0
        return index + 1

    def _line(self, page: _Page, line: Line) -> None:
        if self._open and not self._belongs(page, line):
            self._close_paragraph()
        self._open.append((page, line))

    def _belongs(self, page: _Page, line: Line) -> bool:
        """Whether *line* goes on with the open paragraph."""
        last_page, last = self._open[-1]
        edges = self.edges.get((round(last_page.width), round(last_page.height)))
        here = self.edges.get((round(page.width), round(page.height)))
        if edges is None or here is None or abs(line.size - last.size) > _SAME_SIZE * last.size:
            return False
        if page is last_page and line.base - last.base > _NEXT_LINE * line.size:
            return False
        if page is not last_page and page.number > last_page.number + 1:
            return False
        if _LEADER.search(last.text) or (_HEADING.match(line.text) and not last.text.endswith(_LIST)):
            return False
        if page is last_page and _is_centred(line, here) and _is_centred(last, edges, least=-1):
            is_title = _is_centred(last, edges) or (follows(line, last, edges.right) and not last.text.endswith("。"))
            return is_title and abs(line.size - last.size) <= 1 and not line.text.endswith("表")
        return line.left <= here.left + _INDENT * line.size and follows(line, last, edges.right - self.slack * last.size)

    def _close_paragraph(self) -> None:
        if not self._open:
            return
        parts: list[str] = []
        pieces: list[Piece] = []
        for page, line in self._open:
            pieces.append(Piece(page.number, sum(map(len, parts)), line))
            if parts and parts[-1][-1:].isascii() and line.text[:1].isascii() and parts[-1][-1:].isalpha() and line.text[:1].isalpha():
                parts[-1] += " "
                pieces[-1] = pieces[-1]._replace(start=pieces[-1].start + 1)
            parts.append(line.text)
        number = len(self.paragraphs) + 1
        paragraph = DocParagraph(number, "".join(parts), page=self._open[0][0].number)
        self.paragraphs.append(paragraph)
        self.blocks.append(paragraph)
        self.places[number] = tuple(pieces)
        self.sizes[number] = self._open[0][1].size
        self._caption = [*self._caption, "".join(paragraph.text.split())][-4:]
        self._open = []

    def _close_table(self) -> None:
        table, self._table = self._table, None
        if table is None:
            return
        rows: list[list[DocCell]] = [[] for _ in range(table.rows)]
        made = DocTable(len(self.tables) + 1, rows)
        for page, cell in sorted(table.cells, key=lambda pair: (pair[1].row, pair[1].column)):
            number = len(self.paragraphs) + 1
            text = cell_text(cell.lines, cell.edge)
            self.paragraphs.append(
                DocParagraph(number, text, table=made.number, row=cell.row + 1, column=cell.column + 1, page=page))
            self.places[number] = _pieces(cell, page, text)
            for row in range(cell.row, cell.row + cell.rows):
                is_first = row == cell.row
                rows[row].append(DocCell(
                    row + 1, cell.column + 1, cell.columns, not is_first, (number,) if is_first else (), text if is_first else ""))
        for row_cells in rows:
            row_cells.sort(key=lambda cell: cell.column)
        self.tables.append(made)
        self.blocks.append(made)


def _pieces(cell: Cell, page: int, text: str) -> tuple[Piece, ...]:
    found, start = [], 0
    for line in cell.lines:
        start = text.index(line.text, start)
        found.append(Piece(page, start, line))
        start += len(line.text)
    return tuple(found)


class _Table:
    """A table, over several pages perhaps."""

    def __init__(self, grid: Grid, page: int, caption: Sequence[str]) -> None:
        self.xs, self.rows, self.caption = grid.xs, grid.rows, list(caption)
        self.cells = [(page, cell) for cell in grid.cells]
        self.page = page
        self.head = _row_texts(grid)

    def takes(self, grid: Grid) -> bool:
        """Add the rows of *grid*, the table's part on the next page, when it has the same columns; repeated heads are dropped."""
        if abs(grid.xs[0] - self.xs[0]) > _SAME_COLUMN or abs(grid.xs[-1] - self.xs[-1]) > _SAME_COLUMN:
            return False
        self._part(grid.xs)
        places = [min(range(len(self.xs)), key=lambda i, x=x: abs(self.xs[i] - x)) for x in grid.xs]  # type: ignore[misc]  # bound at once
        texts = _row_texts(grid)
        dropped = 0 if any(texts[0]) else 1  # the rest of a row that the page end cut through
        while dropped < min(len(texts) - 1, len(self.head), _MOST_HEADER_ROWS) and texts[dropped] == self.head[dropped] and any(texts[dropped]):
            dropped += 1
        self.page += 1
        for cell in grid.cells:
            if cell.row >= dropped:
                column = places[cell.column]
                width = places[cell.column + cell.columns] - column
                row = cell.row - dropped + self.rows
                self.cells.append((self.page, cell._replace(row=row, column=column, columns=width)))
        self.rows += grid.rows - dropped
        return True

    def _part(self, xs: Sequence[float]) -> None:
        """Part the columns where the next page parts them, too: its rows may have more cells."""
        for x in xs:
            if min(abs(own - x) for own in self.xs) > _SAME_COLUMN:
                place = bisect_right(self.xs, x)
                self.xs = [*self.xs[:place], x, *self.xs[place:]]
                self.cells = [
                    (page, cell._replace(column=cell.column + (cell.column >= place), columns=cell.columns + (
                        cell.column < place <= cell.column + cell.columns)))
                    for page, cell in self.cells
                ]


def _row_texts(grid: Grid) -> list[list[str]]:
    """The texts that begin in each row."""
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append("".join("".join(line.text.split()) for line in cell.lines))
    return rows


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
