"""From the lines and tables of pages to paragraphs and tables: broken lines joined, tables over several pages made one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from docgen.docx.paragraphs import DocCell, DocParagraph, DocTable
from docgen.pdf.grids import Cell, Grid
from docgen.pdf.lines import COMPLETE, HEADING, STARTS, Box, Line, follows, goes_on
from docgen.pdf.margins import LEADER, Edges, Page, edges_of

_BELOW_BASE = 0.2
"""So much of a line is below its base, in sizes."""
_LIST = ("、", "，", "（", "(", "“", "《", "及", "和")
_INDENT, _FARTHEST = 0.9, 4.5
"""A paragraph that is indented begins so far from the edge, in sizes: farther off stands a title."""
_SAME_SIZE = 0.15
_NEXT_LINE, _LOOSE = 2.6, 1.2
"""Lines of one paragraph are no farther apart than this, in sizes, or in what is usual on such pages."""
_SENTENCE = ("。", "！", "？", "：", "；")
_SAME_COLUMN = 4.0
_MOST_HEADER_ROWS = 6


class Piece(NamedTuple):
    """Where a stretch of a paragraph's text stands: a line of it."""

    page: int
    start: int
    """Of its first character in the text."""
    line: Line

    def box(self, start: int, end: int) -> Box | None:
        """Where the characters from *start* to *end* of the text stand, as far as they are on this line.

        Both alike: all of it.
        """
        lefts = self.line.lefts
        first, last = (start - self.start, end - self.start) if end > start else (0, len(lefts))
        if last <= 0 or first >= len(lefts):
            return None
        right = lefts[last] if last < len(lefts) else self.line.right
        return Box(lefts[max(first, 0)], self.line.base - self.line.size, right, self.line.base + self.line.size * _BELOW_BASE)


def _is_centred(line: Line, edges: Edges, least: float = 2) -> bool:
    """Whether a line stands in the middle, *least* sizes off both edges."""
    before, after = line.left - edges.left, edges.right - line.right
    return min(before, after) > least * line.size and abs(before - after) < 2 * line.size


class Flow:
    """Goes through the pages once and makes paragraphs and tables of what stands there."""

    def __init__(self, pages: Sequence[Page], slack: float) -> None:
        self.slack = slack
        self.paragraphs: list[DocParagraph] = []
        self.tables: list[DocTable] = []
        self.loose: set[int] = set()
        """Numbers of the tables that no ruling lines tell."""
        self.blocks: list[DocParagraph | DocTable] = []
        self.places: dict[int, tuple[Piece, ...]] = {}
        self.sizes: dict[int, float] = {}
        """Size of the characters of each paragraph outside tables."""
        self.edges = edges_of(pages)
        self._open: list[tuple[Page, Line]] = []
        """The lines of the paragraph that is being read."""
        self._table: _Table | None = None
        """The table that may go on on the next page."""
        self._caption: list[str] = []
        """The lines right above a table."""
        for page in pages:
            self._page(page)
        self._close_paragraph()
        self._close_table()

    def _page(self, page: Page) -> None:
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
        if table is None or index is None:
            return 0
        above = "".join("".join(item.text.split()) for item in items[:index] if isinstance(item, Line))
        grid = items[index]
        if not isinstance(grid, Grid) or "。" in above or not "".join(table.caption).endswith(above) or not table.takes(grid):
            return 0
        return index + 1

    def _line(self, page: Page, line: Line) -> None:
        if self._open and not self._belongs(page, line):
            self._close_paragraph()
        self._open.append((page, line))

    def _belongs(self, page: Page, line: Line) -> bool:
        """Whether *line* goes on with the open paragraph."""
        last_page, last = self._open[-1]
        edges = self.edges.get((round(last_page.width), round(last_page.height)))
        here = self.edges.get((round(page.width), round(page.height)))
        is_latin = line.text.isascii() or last.text.isascii()  # digits are higher
        is_same = is_latin or abs(line.size - last.size) <= _SAME_SIZE * last.size
        if edges is None or here is None or not is_same:
            return False
        if page is last_page and line.base - last.base > max(_NEXT_LINE, _LOOSE * here.pitch) * line.size:
            return False
        begins = LEADER.search(last.text) or (HEADING.match(line.text) and not last.text.endswith(_LIST))
        if begins or page.number > last_page.number + 1:
            return False
        if page is last_page and _is_centred(line, here) and _is_centred(last, edges, least=-1):
            is_title = _is_centred(last, edges) or (follows(line, last, edges.right) and not last.text.endswith("。"))
            return is_title and abs(line.size - last.size) <= 1 and not line.text.endswith("表")
        if self._open[0][1].left > here.left + _FARTHEST * line.size:
            return False
        return line.left <= here.left + _INDENT * line.size and (
            follows(line, last, edges.right - self.slack * last.size) or self._is_broken(here))

    def _is_broken(self, here: Edges) -> bool:
        """Whether the open paragraph, which is indented, ends in a sentence: someone broke the line there."""
        first, last = self._open[0][1], self._open[-1][1]
        is_heading = len(self._open) == 1 and HEADING.match(first.text) and "，" not in first.text
        return first.left > here.left + _INDENT * first.size and not last.text.endswith(_SENTENCE) and not is_heading

    def _close_paragraph(self) -> None:
        if not self._open:
            return
        parts: list[str] = []
        pieces: list[Piece] = []
        for page, line in self._open:
            pieces.append(Piece(page.number, sum(map(len, parts)), line))
            joint = (parts[-1][-1:] + line.text[:1]) if parts and parts[-1] and line.text else ""
            if joint.isascii() and joint.isalpha():  # two words of letters
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
        if not table.is_ruled:
            self.loose.add(made.number)
        for page, cell in sorted(table.cells, key=lambda pair: (pair[1].row, pair[1].column)):
            number = len(self.paragraphs) + 1
            text = cell.text()
            self.paragraphs.append(
                DocParagraph(number, text, table=made.number, row=cell.row + 1, column=cell.column + 1, page=page))
            self.places[number] = _pieces(cell, page, text)
            for row in range(cell.row, cell.row + cell.rows):
                is_first = row == cell.row
                rows[row].append(DocCell(
                    row + 1, cell.column + 1, cell.columns, not is_first, (number,) if is_first else (),
                    text if is_first else ""))
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
        self.xs, self.rows, self.caption, self.is_ruled = grid.xs, grid.rows, list(caption), grid.is_ruled
        self.cells = [(page, cell) for cell in grid.cells]
        self.page = page
        self.first, self.head = grid, _row_texts(grid)

    def takes(self, grid: Grid) -> bool:
        """Add the rows of *grid*, the table's part on the next page, when it has the same columns.

        Repeated heads are dropped.
        """
        if abs(grid.xs[0] - self.xs[0]) > _SAME_COLUMN or abs(grid.xs[-1] - self.xs[-1]) > _SAME_COLUMN:
            return False
        if (title := _title_of(grid)) and title != _title_of(self.first):
            return False
        self._part(grid.xs)
        places = [min((abs(own - x), i) for i, own in enumerate(self.xs))[1] for x in grid.xs]
        texts = _row_texts(grid)
        dropped = 0 if any(texts[0]) else 1  # the rest of a row that the page end cut through
        most = min(len(texts) - 1, len(self.head), _MOST_HEADER_ROWS)
        while dropped < most and texts[dropped] == self.head[dropped] and any(texts[dropped]):
            dropped += 1
        self.page += 1
        rest = self._rest(grid, dropped, places)
        for number, cell in rest:
            page, own = self.cells[number]
            self.cells[number] = page, own._replace(lines=[*own.lines, *cell.lines])
        dropped += bool(rest)
        for cell in grid.cells:
            if cell.row >= dropped:
                column = places[cell.column]
                width = places[cell.column + cell.columns] - column
                row = cell.row - dropped + self.rows
                self.cells.append((self.page, cell._replace(row=row, column=column, columns=width)))
        self.rows += grid.rows - dropped
        return True

    def _rest(self, grid: Grid, row: int, places: Sequence[int]) -> list[tuple[int, Cell]]:
        """What the first *row* of the next page adds to the last one's cells (by their numbers).

        Only when the page end cut through it.
        """
        last = {(cell.column, cell.column + cell.columns): number
            for number, (_, cell) in enumerate(self.cells) if cell.row + cell.rows == self.rows}
        cells = [cell for cell in grid.cells if cell.row == row and cell.lines]
        ends = ((cell, (places[cell.column], places[cell.column + cell.columns])) for cell in cells)
        found = [(last[columns], cell) for cell, columns in ends if columns in last]
        cut = [(own.lines[-1], cell.lines[0], own) for number, cell in found if (own := self.cells[number][1]).lines]
        is_part = 2 * len(cells) <= sum(bool(self.cells[number][1].lines) for number in last.values())
        is_rest = len(found) == len(cells) and cut and all(
            goes_on(line, end, own.left, own.right) and not STARTS.match(line.text)
            and ((is_part and line.text[0].isdecimal()) or not (COMPLETE.fullmatch(end.text) and COMPLETE.fullmatch(line.text)))
            for end, line, own in cut)
        return found if is_rest else []

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


def _title_of(grid: Grid) -> str:
    """The title that stands in a table's first row alone; empty: none."""
    texts = ["".join(cell.text().split()) for cell in grid.cells if cell.row == 0 and cell.lines]
    return texts[0] if len(texts) == 1 and texts[0].endswith("表") else ""


def _row_texts(grid: Grid) -> list[list[str]]:
    """The texts that begin in each row."""
    rows: list[list[str]] = [[] for _ in range(grid.rows)]
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append("".join("".join(line.text.split()) for line in cell.lines))
    return rows
