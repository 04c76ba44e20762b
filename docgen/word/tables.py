"""Tables: made from table blocks, or the template's own with their rows filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docgen.model import Span, TableBlock, TableCell
from docgen.template import TemplateTable
from docgen.template.blocks import TemplateCell
from docgen.template.projection import CellElement, RowElement, TableElement

from .runs import Spans

_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGIN = 57  # twips between border and text


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell in the grid: a table cell, or the continuation of one above."""

    cell: TableCell
    column: int
    continues: bool


def grid(rows: Sequence[Sequence[TableCell]]) -> list[list[_Place]]:
    """*rows* (covered cells left out) as a full grid, continuations included."""
    out: list[list[_Place]] = []
    hanging: dict[int, tuple[TableCell, int]] = {}  # column -> cell from above, rows still to cover
    for row in rows:
        places: list[_Place] = []
        following: dict[int, tuple[TableCell, int]] = {}
        cells = list(row)
        column = 0
        while cells or column in hanging:
            if column in hanging:
                cell, left = hanging[column]
                places.append(_Place(cell, column, True))
                if left > 1:
                    following[column] = (cell, left - 1)
            else:
                cell = cells.pop(0)
                places.append(_Place(cell, column, False))
                if cell.rows > 1:
                    following[column] = (cell, cell.rows - 1)
            column += max(cell.columns, 1)
        for column, (cell, left) in hanging.items():  # a short row must not lose what hangs to its right
            if all(place.column != column for place in places):
                places.append(_Place(cell, column, True))
                if left > 1:
                    following[column] = (cell, left - 1)
        hanging = following
        out.append(sorted(places, key=lambda place: place.column))
    return out


def column_widths(block: TableBlock, columns: int, width: int) -> list[int]:
    """Widths of *columns* columns in twips, *width* together: as the block says, else by their content."""
    shares = [share for share in block.widths if share > 0]
    if len(shares) != columns:
        shares = _content_shares(block, columns)
    total = sum(shares)
    edges = [round(width * sum(shares[:place]) / total) for place in range(columns + 1)]
    return [after - before for before, after in zip(edges, edges[1:], strict=False)]


def _content_shares(block: TableBlock, columns: int) -> list[float]:
    shares = [4.0] * columns
    for row in grid(block.rows):
        for place in row:
            if place.cell.columns == 1 and not place.continues and place.column < columns:
                longest = max((display_width(line) for line in place.cell.text.split("\n")), default=0)
                shares[place.column] = max(shares[place.column], min(longest + 2, 30))
    return shares


def display_width(text: str) -> float:
    """Width of *text* in half-width characters."""
    return sum(1.0 if ord(character) < 0x2E80 else 2.0 for character in text)


def write_table(block: TableBlock, width: int, style_id: str, spans: Spans) -> str:
    """*block* as ``w:tbl``, *width* twips wide: bordered, headings repeated on every page, rows kept together."""
    places = grid(block.rows)
    columns = max((place.column + place.cell.columns for row in places for place in row), default=1)
    widths = column_widths(block, columns, width)
    size = round(block.font_size * 2)
    base = f'<w:rPr><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>' if size else ""
    grid_xml = "".join(f'<w:gridCol w:w="{column}"/>' for column in widths)
    out = [
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{_MARGIN}" w:type="dxa"/><w:right w:w="{_MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid_xml}</w:tblGrid>"
    ]
    headers = block.header_rows if block.header_rows < len(places) else 0
    for number, row in enumerate(places):
        header = number < headers
        out.append(f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>")
        row_end = 0
        for place in row:
            if place.column > row_end:
                out.append(_empty_cell(widths[row_end : place.column], style_id))
            row_end = place.column + place.cell.columns
            out.append(_cell(place, widths, style_id, base, spans))
        if row_end < columns:
            out.append(_empty_cell(widths[row_end:], style_id))
        out.append("</w:tr>")
    out.append("</w:tbl>")
    return "".join(out)


def _cell(place: _Place, widths: list[int], style_id: str, base: str, spans: Spans) -> str:
    cell = place.cell
    width = sum(widths[place.column : place.column + cell.columns])
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merge = "<w:vMerge/>" if place.continues else '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
    content = ""
    if not place.continues:
        content = spans.write(cell.spans, [base] * len(cell.spans))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/><w:jc w:val="{cell.align}"/></w:pPr>{content}</w:p></w:tc>'
    )


def _empty_cell(widths: list[int], style_id: str) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style_id}"/></w:pPr></w:p></w:tc>'
    )


def fill_table(element: TableElement, block: TemplateTable, spans: Spans) -> str:
    """The template's table with the rows of *block*."""
    out = [element.head]
    for number, (source, cells) in enumerate(zip(block.row_sources, block.rows, strict=True)):
        row = element.rows[source]
        out.append(row.head)
        out.append(_fill_row(row, list(cells), spans, first=number == 0))
        out.append("</w:tr>")
    if not block.rows:  # a table without rows is none
        return ""
    return "".join((*out, "</w:tbl>"))


def _fill_row(row: RowElement, cells: list[TableCell], spans: Spans, *, first: bool) -> str:
    out = []
    for element in row.cells:
        if element.continues:
            # Cells merged with one above that is not there would make Word repair the file.
            properties = element.properties.replace("<w:vMerge/>", "") if first else element.properties
            out.append(properties + element.head + element.tail)
            continue
        cell = cells.pop(0)
        if not element.filled:
            out.append(element.properties + element.head + element.tail)
        else:
            content = spans.write(cell.spans, _formats(element, cell, cell.spans))
            out.append(f"{element.properties}{element.head}{content}</w:p></w:tc>")
    return "".join(out)


def _formats(element: CellElement, cell: TableCell, spans: Sequence[Span]) -> list[str]:
    known = element.line.formats
    if isinstance(cell, TemplateCell) and len(cell.formats) == len(spans):
        return [known[number] for number in cell.formats]
    return [known[0]] * len(spans)
