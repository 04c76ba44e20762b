"""Tables and charts as parts of a text: those of the report as they are planned, and any other tables cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from docgen.model import CHART_COLOURS, ChartBlock, Span, TableBlock, TableCell
from docgen.writing.plan import TablePlan
from docgen.writing.tables import MARGIN, grid
from gui.paper import looks
from gui.paper.looks import POINT, Look, look

_SIDES = {"left": Qt.AlignmentFlag.AlignLeft, "center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}
_INK = QColor("#52606D")
InsertSpan = Callable[[QTextCursor, Span, QTextCharFormat], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell to be written."""

    row: int
    column: int
    paragraphs: Sequence[Callable[[QTextCursor, QTextCharFormat], object]]
    """Each writes a paragraph where a cursor stands."""
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    rows: int = 1
    columns: int = 1
    air: float = 2 * POINT
    """Above and below its text, in pixels."""


def table_format(widths: Sequence[float], unit: QTextLength.Type, line: float) -> QTextTableFormat:
    """A table with columns of these widths, and a *line* (pixels) around every cell."""
    form = QTextTableFormat()
    form.setBorder(line)
    form.setBorderCollapse(True)
    form.setCellPadding(0)
    form.setCellSpacing(0)
    form.setWidth(QTextLength(unit, sum(widths)))
    form.setColumnWidthConstraints([QTextLength(unit, width) for width in widths])
    return form


def insert_cells(
    cursor: QTextCursor, cells: Sequence[Cell], form: QTextTableFormat, base: Look, ink: QColor, beside: float
) -> None:
    """Insert a table at *cursor* and leave the cursor behind it; *beside*: the air beside the texts, in pixels."""
    rows = max((cell.row + cell.rows for cell in cells), default=1)
    table = cursor.insertTable(rows, len(form.columnWidthConstraints()), form)
    for cell in cells:
        if cell.rows > 1 or cell.columns > 1:
            table.mergeCells(cell.row, cell.column, cell.rows, cell.columns)
    characters, blocks = base.char_format(), {side: replace(base, align=side).block_format() for side in _SIDES.values()}
    for cell in cells:
        here = table.cellAt(cell.row, cell.column)
        here.setFormat(_framed(here.format(), characters, form.border(), ink, cell.air, beside))
        here.firstCursorPosition().setBlockFormat(blocks[cell.side])
        for number, write in enumerate(cell.paragraphs):
            inner = here.lastCursorPosition()
            if number:
                inner.insertBlock(blocks[cell.side], characters)
            write(inner, characters)
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _framed(
    form: QTextCharFormat, characters: QTextCharFormat, line: float, ink: QColor, air: float, beside: float
) -> QTextTableCellFormat:
    """The cell's own format (it holds how many places the cell covers) with font, border, and air around its text."""
    cell = form.toTableCellFormat()
    cell.setFont(characters.font())
    cell.setBorder(line)
    cell.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    cell.setBorderBrush(QBrush(ink))
    cell.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    cell.setTopPadding(air)
    cell.setBottomPadding(air)
    cell.setLeftPadding(beside)
    cell.setRightPadding(beside)
    return cell


def insert_table(cursor: QTextCursor, block: TableBlock, plan: TablePlan, insert_span: InsertSpan) -> None:
    """Insert *block* at *cursor*, set as the *plan* says, and leave the cursor behind it."""
    size, line, least = plan.look

    def written(row: int, column: int, cell: TableCell) -> Cell:
        def write(inner: QTextCursor, characters: QTextCharFormat) -> None:
            for span in cell.spans:
                insert_span(inner, span, characters)

        height = plan.heights[row] if row < len(plan.heights) else 0.0
        air = max(least - line, 0.0) / 2 * POINT if height <= least + 1 else 0.0
        return Cell(row, column, (write,), _SIDES[cell.align], min(cell.rows, len(block.rows) - row), cell.columns, air)

    cells = [
        written(number, column, cell)
        for number, row in enumerate(grid(block.rows)) for cell, column, continues in row if not continues]
    columns = max((cell.column + cell.columns for cell in cells), default=1)
    widths = plan.widths if len(plan.widths) == columns else (sum(plan.widths) / columns,) * columns
    form = table_format([width * POINT for width in widths], QTextLength.Type.FixedLength, 0.75)
    form.setHeaderRowCount(block.header_rows)
    base = replace(look(block.style), size=size, line=line, indent=0, before=0, after=0)
    insert_cells(cursor, cells, form, base, _INK, MARGIN / 20 * POINT)


_COLOURS = tuple(f"#{colour}" for colour in CHART_COLOURS)
_FINE = 3
"""Pixels of the picture for one of the layout: it stays sharp when the pages are enlarged."""


def insert_chart(cursor: QTextCursor, block: ChartBlock, width: float) -> None:
    """Insert the picture of a chart, of a *width* in pixels."""
    from docgen.writing.charts import chart_data, height_mm

    size = QSizeF(width - 2, height_mm(block) * looks.MM)
    picture = QImage((size * _FINE).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(_FINE)
    picture.fill(Qt.GlobalColor.transparent)
    font = QFont()
    font.setFamilies(list(looks.TABLE))
    font.setPixelSize(14)
    painter = QPainter(picture)
    shares = [(float(amount), legend) for _, amount, legend in chart_data(block)]
    paint_pie(painter, QRectF(0, 0, size.width(), size.height()), shares, font)
    painter.end()
    cursor.insertImage(picture)


def paint_pie(painter: QPainter, area: QRectF, slices: Sequence[tuple[float, str]], font: QFont) -> None:
    """The report's own picture, as Word will draw it: a pie, and a legend line for each part."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = sum(value for value, _ in slices)
    side = min(area.height() * 0.76, area.width() * 0.30)
    pie = QRectF(area.left() + area.width() * 0.02, area.center().y() - side / 2, side, side)
    line = QFontMetricsF(font).height() * 1.5
    left, y = area.left() + area.width() * 0.37, area.center().y() - line * len(slices) / 2
    painter.setFont(font)
    angle = 90.0 * 16
    for index, (value, legend) in enumerate(slices):
        sweep = value / whole * 360 * 16
        painter.setPen(QColor("#FFFFFF"))
        painter.setBrush(QColor(_COLOURS[index % len(_COLOURS)]))
        if len(slices) == 1:
            painter.drawEllipse(pie)
        else:
            painter.drawPie(pie, round(angle), round(-max(sweep, 16)))
        angle -= sweep
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRect(QRectF(left, y + line / 2 - 5, 10, 10))
        painter.setPen(QColor("#1F2933"))
        painter.drawText(QRectF(left + 16, y, area.right() - left - 16, line), Qt.AlignmentFlag.AlignVCenter, legend)
        y += line
