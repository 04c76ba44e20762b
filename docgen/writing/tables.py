"""Tables: made from table blocks, or the template's own with their rows filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from docgen.model import TableBlock, TableCell
from docgen.template import TemplateTable
from docgen.template.blocks import TemplateCell
from docgen.template.elements import CellElement, RowElement, TableElement
from docgen.writing.runs import Spans
from workbook.formats.convert import text_width

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
MARGIN = 57  # twips between border and text


_CELL_END = "</w:p></w:tc>"
_EMPTY = TableCell(())
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
        following: dict[int, tuple[TableCell, int]] = {}
        for cell in row:
            while column in hanging:
                column = _hang(hanging, column, places, following)
            places.append((cell, column, False))
            if cell.rows > 1:
                following[column] = (cell, cell.rows - 1)
            column += cell.columns
        for column in sorted(hanging.keys() - {place[1] for place in places if place[2]}):
            _hang(hanging, column, places, following)
        hanging = following
        out.append(places)
    return out


def _hang(
    hanging: dict[int, tuple[TableCell, int]],
    column: int,
    places: list[Place],
    following: dict[int, tuple[TableCell, int]],
) -> int:
    """Continue the cell that hangs into *column*; the column after it."""
    cell, left = hanging[column]
    places.append((cell, column, True))
    if left > 1:
        following[column] = (cell, left - 1)
    return column + cell.columns


def column_widths(block: TableBlock, columns: int, width: int, rows: list[list[Place]]) -> list[int]:
    """Widths of *columns* columns in twips, *width* together: as the block says, else by their content."""
    shares = [share for share in block.widths if share > 0]
    if len(shares) != columns:
        shares = _content_shares(rows, columns)
    total = sum(shares)
    edges = [round(width * sum(shares[:place]) / total) for place in range(columns + 1)]
    return [after - before for before, after in pairwise(edges)]


def _content_shares(rows: list[list[Place]], columns: int) -> list[float]:
    shares = [4.0] * columns
    for row in rows:
        for cell, column, continues in row:
            if cell.columns == 1 and not continues:
                shares[column] = max(shares[column], min(text_width(cell.text) + 2, 30))
    return shares


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
    heads = _Heads(widths, look, style_of)
    write, head_of = spans.write, heads.of
    height = f'<w:trHeight w:val="{round(look.row * 20)}" w:hRule="atLeast"/>' if look.row else ""
    row_start = f"<w:tr><w:trPr><w:cantSplit/>{height}</w:trPr>"
    header_start = f"<w:tr><w:trPr><w:cantSplit/>{height}<w:tblHeader/></w:trPr>"
    for number, row in enumerate(table.rows):
        out.append(header_start if number < table.headers else row_start)
        row_end = 0
        for cell, column, continues in row:
            if column > row_end:
                out += (head_of(_EMPTY, row_end, column - row_end), _CELL_END)
            row_end = column + cell.columns
            out.append(head_of(cell, column, cell.columns, continues))
            if cell.spans and not continues:
                write(cell.spans, _NO_FORMAT, out)
            out.append(_CELL_END)
        if row_end < columns:
            out += (head_of(_EMPTY, row_end, columns - row_end), _CELL_END)
        out.append("</w:tr>")
    out.append("</w:tbl>")


def table_grid(block: TableBlock, width: int) -> Grid:
    """The grid of *block* set *width* twips wide."""
    rows = grid(block.rows)
    columns = max([row[-1][1] + row[-1][0].columns for row in rows if row], default=1)
    headers = block.header_rows if block.header_rows < len(rows) else 0
    return Grid(rows, column_widths(block, columns, width, rows), headers)


class _Heads:
    """The beginnings of a table's cells, up to the text."""

    def __init__(self, widths: list[int], look: Look, style_of: StyleOf) -> None:
        self.widths = widths
        self.look = look
        self.style_of = style_of
        self._known: dict[tuple[int, int, bool, bool, str], str] = {}

    def of(self, cell: TableCell, column: int, columns: int, continues: bool = False) -> str:
        """The beginning of *cell*, which covers *columns* columns from *column* on."""
        key = (column, columns, cell.rows > 1, continues, cell.align)
        known = self._known.get(key)
        if known is None:
            width = sum(self.widths[column : column + columns])
            span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
            merge = "<w:vMerge/>" if continues else '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
            known = self._known[key] = (
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
                f'<w:p><w:pPr><w:pStyle w:val="{self.style_of(self.look, cell.align)}"/></w:pPr>'
            )
        return known


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
        if element.continues:
            # Cells merged with one above that is not there would make Word repair the file.
            properties = element.properties.replace("<w:vMerge/>", "") if first else element.properties
            out.append(properties + element.head + element.tail)
            continue
        cell = cells.pop(0)
        if element.filled:
            out.append(element.properties + element.head)
            spans.write(cell.spans, _formats(element, cell), out)
            out.append(_CELL_END)
        else:
            out.append(element.properties + element.head + element.tail)


def _formats(element: CellElement, cell: TableCell) -> tuple[str, ...]:
    known = element.line.formats
    if isinstance(cell, TemplateCell) and len(cell.formats) == len(cell.spans):
        return tuple(known[number] for number in cell.formats)
    return (known[0],) * len(cell.spans)
