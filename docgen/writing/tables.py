"""Tables: made from table blocks, in the size that fits their page, or the template's own with their rows filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate, count, repeat
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from docgen.docx.styles import CELL_MARGIN
from docgen.docx.xml import attribute
from docgen.model import Paragraph, Span, TableBlock, TableCell, Text
from docgen.template.elements import Line, RowElement, TableElement
from docgen.writing.linebreaks import Measured, lines_of, measured
from docgen.writing.runs import Spans
from docgen.writing.widths import Place, column_widths

MARGIN = CELL_MARGIN
_BORDER = 0.5  # points that borders add to a row
# least and usual line height, most and usual height of a row, in font sizes
_TIGHT, _CLOSE, _WIDE, _EASY = 1.15, 1.25, 2.4, 1.5
_ROW_HEIGHTS = (1.7, 1.6, 1.8, 1.5, 1.9, 1.4)
_KEPT = 3  # rows that stand together at the end of a table
_SMALLEST = 7.5  # points
_SPARE = 10.0  # points left free below a table that fills a page
_NEARLY = 1.7  # pages: a longer table goes over several
AGAIN = "（续）"
_CELL_END = "</w:p></w:tc>"
_SIZE, _SINGLE = attrgetter("columns", "rows"), frozenset({(1, 1)})
StyleOf: TypeAlias = Callable[["Look", str, bool], str]


class Look(NamedTuple):
    """How a table is set, in points."""

    size: float
    """Letters."""
    line: float
    """From line to line; 0: as the style has it."""
    row: float = 0.0
    """Least height of a row."""


class Grid(NamedTuple):
    """A table as it is set."""

    rows: list[list[Place]]
    widths: list[int]
    """Twips."""
    headers: int
    """Rows repeated on every page."""
    together: int = 0
    """Rows at the beginning that stay on one page."""


def grid(rows: Sequence[Sequence[TableCell]]) -> list[list[Place]]:
    """*rows* (covered cells left out) as a full grid, continuations included."""
    out: list[list[Place]] = []
    hanging: dict[int, tuple[TableCell, int]] = {}  # column -> cell from above, rows still to cover
    for row in rows:
        if not hanging and _SINGLE.issuperset(map(_SIZE, row)):  # nearly every row
            out.append(list(zip(row, count(), repeat(False))))
            continue
        places: list[Place] = []
        column = 0
        following = {place: (cell, left - 1) for place, (cell, left) in hanging.items() if left > 1}
        for cell in row:
            while column in hanging:
                above = hanging.pop(column)[0]
                places.append((above, column, True))
                column += above.columns
            places.append((cell, column, False))
            if cell.rows > 1:
                following[column] = (cell, cell.rows - 1)
            column += cell.columns
        places += [(hanging[place][0], place, True) for place in sorted(hanging)]
        hanging = following
        out.append(places)
    return out


def write_table(table: Grid, look: Look, style: str, style_of: StyleOf, spans: Spans, out: list[str], alt: str = "") -> None:
    """Append *table* to *out* as ``w:tbl``: bordered, headings repeated on every page, rows kept together.

    *style* is the id of the table style, *alt* what the table shows; *style_of* gives the id of the paragraph style for a
    look and an alignment, kept with the next row or not.
    """
    widths, columns = table.widths, len(table.widths)
    caption = f'<w:tblCaption w:val="{attribute(alt)}"/>' if alt else ""
    grid_xml = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    out.append(
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{caption}</w:tblPr><w:tblGrid>{grid_xml}</w:tblGrid>'
    )
    head_of, xml = _heads(widths, look, style_of), spans.xml
    heads: dict[tuple[int, int, str, bool], str] = {}
    height = f'<w:trHeight w:val="{round(look.row * 20)}" w:hRule="atLeast"/>' if look.row else ""
    kept = range(len(table.rows) - _KEPT, len(table.rows) - 1) if len(table.rows) > 2 * _KEPT + table.headers else ()
    for number, row in enumerate(table.rows):
        keep = number in kept or number < table.together - 1
        out.append(f"<w:tr><w:trPr><w:cantSplit/>{height}{'<w:tblHeader/>' if number < table.headers else ''}</w:trPr>")
        row_end = 0
        for cell, column, continues in row:
            if column > row_end:
                out += (head_of(row_end, column - row_end, keep=keep), _CELL_END)
            row_end = column + cell.columns
            if cell.rows > 1:
                merge = "<w:vMerge/>" if continues else '<w:vMerge w:val="restart"/>'
                out += (head_of(column, cell.columns, cell.align, keep, merge), "" if continues else xml(cell.spans), _CELL_END)
                continue
            key = column, cell.columns, cell.align, keep
            head = heads.get(key)
            if head is None:
                head = heads[key] = head_of(*key)
            out.append(f"{head}{xml(cell.spans)}{_CELL_END}" if cell.spans else head + _CELL_END)
        if row_end < columns:
            out += (head_of(row_end, columns - row_end, keep=keep), _CELL_END)
        out.append("</w:tr>")
    out.append("</w:tbl>")


def table_grid(block: TableBlock, width: int, size: float) -> Grid:
    """The grid of *block* set *width* twips wide in letters of *size* points."""
    rows = grid(block.rows)
    columns = max([row[-1][1] + row[-1][0].columns for row in rows if row], default=1)
    headers = block.header_rows if block.header_rows < len(rows) else 0
    return Grid(rows, column_widths(block, columns, width, rows, size), headers, block.together)


def with_labels_again(block: TableBlock, table: Grid, breaks: Sequence[int]) -> TableBlock:
    """*block* with merged labels stated again in the rows *breaks*, where a page begins."""
    again = {
        row for row in breaks
        if row >= table.headers and any(continues and cell.spans for cell, _, continues in table.rows[row])}
    if not again:
        return block
    rows: list[tuple[TableCell, ...]] = []
    for number, places in enumerate(table.rows):
        cells = []
        for cell, column, continues in places:
            first = number if not continues else next(
                r for r in range(number - 1, -1, -1)
                if any(c is cell and at == column and not goes_on for c, at, goes_on in table.rows[r]))
            ends = [row for row in sorted(again) if number < row < first + cell.rows]
            height = (ends[0] if ends else first + cell.rows) - number
            if not continues:
                cells.append(replace(cell, rows=height) if height != cell.rows else cell)
            elif number in again:
                cells.append(replace(cell, spans=_again(cell.spans), rows=height))
        rows.append(tuple(cells))
    return replace(block, rows=tuple(rows))


def _again(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    if not spans or not all(isinstance(span, Text) for span in spans):
        return ()
    return (Text("".join(span.text for span in spans) + AGAIN),)


def _heads(widths: list[int], look: Look, style_of: StyleOf) -> Callable[..., str]:
    """What gives the beginnings of a table's cells, up to the text."""
    style = cache(partial(style_of, look))

    def head(column: int, columns: int, align: str = "center", keep: bool = False, merge: str = "") -> str:
        width = sum(widths[column : column + columns])
        span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}</w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style(align, keep)}"/></w:pPr>')

    return head


def fill_table(element: TableElement, block: TableBlock, spans: Spans, out: list[str]) -> None:
    """Append the template's table to *out*, with the rows of *block*; nothing when no row is left."""
    if not block.rows:
        return
    out.append(element.head)
    for number, (source, cells) in enumerate(zip(block.row_sources, block.rows, strict=True)):
        row = element.rows[source]
        out.append(row.head)
        _fill_row(row, list(cells), spans, out, first=number == 0)
        out.append("</w:tr>")
    out.append("</w:tbl>")


def _fill_row(row: RowElement, cells: list[TableCell], spans: Spans, out: list[str], *, first: bool) -> None:
    for element in row.cells:
        # Cells merged with one above that is not there would make Word repair the file.
        properties = element.properties.replace("<w:vMerge/>", "") if first and element.continues else element.properties
        out.append(properties + element.head)
        cell = None if element.continues else cells.pop(0)
        if cell is None or not element.filled:
            out.append(element.tail)
        else:
            out += (spans.xml(cell.spans, formats_of(element.line, cell)), _CELL_END)


def formats_of(line: Line | None, made: Paragraph | TableCell) -> Sequence[str]:
    """The run properties of a template's *line* for each span of what was *made* of it (the last holds for the rest)."""
    known = line.formats if line is not None else ("",)
    return [known[number] for number in made.formats] if len(made.formats) == len(made.spans) else known[:1]


# ------------------------------------------------------------ heights, and the size that fits


class Measure:
    """The heights of a table's rows, for any size of letters up to *largest* points."""

    def __init__(self, table: Grid, largest: float) -> None:
        self.rows = len(table.rows)
        self._long: list[tuple[int, int, Measured, float]] = []
        """Cells that may need several lines: row, rows covered, text, width in points."""
        self._counts: dict[float, tuple[list[int], list[tuple[int, int, int]]]] = {}
        edges = [0.0, *(edge / 20 for edge in accumulate(table.widths))]
        for number, row in enumerate(table.rows):
            for cell, column, continues in row:
                spans = cell.spans
                if not spans or continues:
                    continue
                text = spans[0].text if len(spans) == 1 else cell.text
                room = edges[column + cell.columns] - edges[column] - MARGIN / 10
                if len(text) * largest > room or "\n" in text:
                    self._long.append((number, cell.rows, measured(text), room))

    def heights(self, look: Look) -> list[float]:
        """Heights of the rows; a merged cell that needs more than its rows have makes the last of them higher."""
        if look.size not in self._counts:
            self._counts[look.size] = self._count(look.size)
        lines, merged = self._counts[look.size]
        heights = [max(count * look.line, look.row) + _BORDER for count in lines]
        for first, end, needed in merged:
            if end <= self.rows:
                heights[end - 1] += max(0.0, needed * look.line - sum(heights[first:end]))
        return heights

    def _count(self, size: float) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The lines of the rows in letters of *size* points; of merged cells first row, row after the last, lines."""
        lines, merged = [1] * self.rows, []
        for number, rows, text, room in self._long:
            count = lines_of(text, room / size)
            if rows > 1:
                merged.append((number, number + rows, count))
            elif count > lines[number]:
                lines[number] = count
        return lines, merged


def easy(measure: Measure, font_size: float, *, is_merged: bool = False) -> tuple[Look, list[float]]:
    """How a table is set that neither fills a page nor must be pressed onto one; and the heights of its rows.

    *is_merged*: its rows get no least height, among which LibreOffice draws merged cells down to the foot of the page.
    """
    look = Look(font_size, font_size * _CLOSE, 0.0 if is_merged else font_size * _EASY)
    return look, measure.heights(look)


def fitted(measure: Measure, font_size: float, room: float, page: float = 0.0, headers: int = 0) -> tuple[Look, list[float]]:
    """How a table is set so that it stands on one page with *room* points, if it nearly does so anyway.

    First the rows come closer together, then the letters become smaller, down to what is readable on paper.  One that
    goes over several pages, each *page* points high (0: unknown), does not leave its last rows alone on the last.
    The second value are the heights of its rows.
    """
    close = Look(font_size, font_size * _CLOSE)
    room -= _SPARE
    heights = measure.heights(close)
    natural = sum(heights)
    if natural <= room:
        spare = (room - natural) / max(measure.rows, 1)
        look = close._replace(row=min(close.line + spare * 0.8, font_size * _WIDE))
        return look, measure.heights(look)
    size = font_size
    while size > _SMALLEST and natural <= room * _NEARLY:
        size = max(size - 0.5, _SMALLEST)
        for line in (_CLOSE, _TIGHT) if size == _SMALLEST else (_CLOSE,):
            look = Look(size, size * line)
            heights = measure.heights(look)
            if sum(heights) <= room:
                return look, heights
    for factor in _ROW_HEIGHTS if page else ():
        look = close._replace(row=font_size * factor)
        heights = measure.heights(look)
        if _on_last_page(heights, headers, room, page) >= _KEPT:
            return look, heights
    return easy(measure, font_size)


def _on_last_page(heights: Sequence[float], headers: int, room: float, page: float) -> int:
    """Rows on the last page of a table that begins with *room* points left on its first."""
    left, rows, heading = room, 0, sum(heights[:headers])
    for height in heights:
        if height > left:
            left, rows = page - heading, 0
        left -= height
        rows += 1
    return rows
