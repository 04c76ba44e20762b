"""Tables: made from table blocks, in the size that fits their page, or the template's own with their rows filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple, TypeAlias

from docgen.model import Paragraph, TableBlock, TableCell
from docgen.template import TemplateCell, TemplateParagraph, TemplateTable
from docgen.template.elements import Line, RowElement, TableElement
from docgen.writing.linebreaks import Measured, lines_of, measured
from docgen.writing.runs import Spans
from workbook.formats.convert import text_width

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
MARGIN = 57  # twips between border and text
_BORDER = 0.5  # points that borders add to a row
_CLOSE, _WIDE, _EASY = 1.25, 2.2, 1.6  # least line height, most and usual height of a row, in font sizes
_SMALLEST = 7.5  # points
_SPARE = 6.0  # points left free below a table that fills a page
_NEARLY = 1.7  # pages: a longer table goes over several
_CELL_END = "</w:p></w:tc>"
_NO_FORMAT = ("",)
StyleOf: TypeAlias = Callable[["Look", str], str]
Place: TypeAlias = tuple[TableCell, int, bool]
"""A cell in the grid: the table cell, its column, and whether it only continues the cell above."""


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


def grid(rows: Sequence[Sequence[TableCell]]) -> list[list[Place]]:
    """*rows* (covered cells left out) as a full grid, continuations included."""
    out: list[list[Place]] = []
    hanging: dict[int, tuple[TableCell, int]] = {}  # column -> cell from above, rows still to cover
    for row in rows:
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


def column_widths(block: TableBlock, columns: int, width: int, rows: list[list[Place]]) -> list[int]:
    """Widths of *columns* columns in twips, *width* together: as the block says, else by their content."""
    shares = [share for share in block.widths if share > 0]
    if len(shares) != columns:
        shares = [4.0] * columns
        for cell, column, continues in chain.from_iterable(rows):
            if cell.columns == 1 and not continues:
                shares[column] = max(shares[column], min(text_width(cell.text) + 2, 30))
    total = sum(shares)
    edges = [round(width * sum(shares[:place]) / total) for place in range(columns + 1)]
    return [after - before for before, after in pairwise(edges)]


def write_table(table: Grid, look: Look, style_of: StyleOf, spans: Spans, out: list[str]) -> None:
    """Append *table* to *out* as ``w:tbl``: bordered, headings repeated on every page, rows kept together.

    *style_of* gives the id of the paragraph style for a look and an alignment.
    """
    widths, columns = table.widths, len(table.widths)
    grid_xml = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    out.append(
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{MARGIN}" w:type="dxa"/><w:right w:w="{MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid_xml}</w:tblGrid>"
    )
    head_of, write = _heads(widths, look, style_of), spans.write
    height = f'<w:trHeight w:val="{round(look.row * 20)}" w:hRule="atLeast"/>' if look.row else ""
    for number, row in enumerate(table.rows):
        out.append(f"<w:tr><w:trPr><w:cantSplit/>{height}{'<w:tblHeader/>' if number < table.headers else ''}</w:trPr>")
        row_end = 0
        for cell, column, continues in row:
            if column > row_end:
                out += (head_of(row_end, column - row_end), _CELL_END)
            row_end = column + cell.columns
            merge = "<w:vMerge/>" if continues else '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
            out.append(head_of(column, cell.columns, merge, cell.align))
            if cell.spans and not continues:
                write(cell.spans, _NO_FORMAT, out)
            out.append(_CELL_END)
        if row_end < columns:
            out += (head_of(row_end, columns - row_end), _CELL_END)
        out.append("</w:tr>")
    out.append("</w:tbl>")


def table_grid(block: TableBlock, width: int) -> Grid:
    """The grid of *block* set *width* twips wide."""
    rows = grid(block.rows)
    columns = max([row[-1][1] + row[-1][0].columns for row in rows if row], default=1)
    headers = block.header_rows if block.header_rows < len(rows) else 0
    return Grid(rows, column_widths(block, columns, width, rows), headers)


def _heads(widths: list[int], look: Look, style_of: StyleOf) -> Callable[..., str]:
    """What gives the beginnings of a table's cells, up to the text."""

    @cache
    def head(column: int, columns: int, merge: str = "", align: str = "center") -> str:
        width = sum(widths[column : column + columns])
        span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style_of(look, align)}"/></w:pPr>')

    return head


def fill_table(element: TableElement, block: TemplateTable, spans: Spans, out: list[str]) -> None:
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
            spans.write(cell.spans, formats_of(element.line, cell), out)
            out.append(_CELL_END)


def formats_of(line: Line | None, made: Paragraph | TableCell) -> Sequence[str]:
    """The run properties of a template's *line* for each span of what was *made* of it (the last holds for the rest)."""
    known = line.formats if line is not None else ("",)
    if isinstance(made, TemplateParagraph | TemplateCell) and len(made.formats) == len(made.spans):
        return [known[number] for number in made.formats]
    return known[:1]


# ------------------------------------------------------------ heights, and the size that fits


class Measure:
    """The heights of a table's rows, for any size of letters up to *largest* points."""

    def __init__(self, table: Grid, largest: float) -> None:
        self.rows = len(table.rows)
        self._long: list[tuple[int, int, Measured, float]] = []
        """Cells that may need several lines: row, rows covered, text, width in points."""
        edges = [0.0, *(edge / 20 for edge in accumulate(table.widths))]
        for number, row in enumerate(table.rows):
            for cell, column, continues in row:
                spans = cell.spans
                if continues or not spans:
                    continue
                text = spans[0].text if len(spans) == 1 else cell.text
                room = edges[column + cell.columns] - edges[column] - MARGIN / 10
                if len(text) * largest > room or "\n" in text:
                    self._long.append((number, cell.rows, measured(text), room))

    def heights(self, look: Look) -> list[float]:
        """Heights of the rows; a merged cell that needs more than its rows have makes the last of them higher."""
        size, line = look.size, look.line
        lines = [1] * self.rows
        merged: list[tuple[int, int, float]] = []  # first row, row after the last, height needed
        for number, rows, text, room in self._long:
            count = lines_of(text, room / size)
            if rows > 1:
                merged.append((number, number + rows, count * line))
            elif count > lines[number]:
                lines[number] = count
        heights = [max(count * line, look.row) + _BORDER for count in lines]
        for first, end, needed in merged:
            if end <= self.rows:
                heights[end - 1] += max(0.0, needed - sum(heights[first:end]))
        return heights


def fitted(measure: Measure, font_size: float, room: float) -> tuple[Look, list[float]]:
    """How a table is set so that it stands on one page with *room* points, if it nearly does so anyway.

    First the rows come closer together, then the letters become smaller, down to what is readable on paper.
    The second value are the heights of its rows.
    """
    close = Look(font_size, font_size * _CLOSE)
    room -= _SPARE
    heights = measure.heights(close)
    natural = sum(heights)
    if natural <= room:
        spare = (room - natural) / max(measure.rows, 1)
        look = close._replace(row=min(close.line + spare * 0.9, font_size * _WIDE))
        return look, measure.heights(look)
    size = font_size
    while size > _SMALLEST and natural <= room * _NEARLY:
        size -= 0.5
        look = Look(size, size * _CLOSE)
        heights = measure.heights(look)
        if sum(heights) <= room:
            return look, heights
    look = close._replace(row=font_size * _EASY)
    return look, measure.heights(look)
