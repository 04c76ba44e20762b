"""Tables of the report as Qt's text tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from docgen.model import Span, TableBlock, TableCell
from docgen.writing.plan import TablePlan
from docgen.writing.tables import MARGIN
from gui.paper.looks import POINT, look

_SIDES = {
    "left": Qt.AlignmentFlag.AlignLeft, "center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight,
}
_LINE = 0.75
InsertSpan = Callable[[QTextCursor, Span, QTextCharFormat], None]


def insert_table(cursor: QTextCursor, block: TableBlock, plan: TablePlan, insert_span: InsertSpan) -> None:
    """Insert *block* at *cursor*, set as the *plan* says, and leave the cursor behind it."""
    placed = _places(block)
    rows = len(block.rows)
    columns = max((c + cell.columns for _, c, cell in placed), default=1)
    table = cursor.insertTable(rows, columns, _format(block, columns, plan))
    size, line, least = plan.look
    base = replace(look(block.style), size=size, line=line, indent=0, before=0, after=0)
    for r, c, cell in placed:
        if cell.rows > 1 or cell.columns > 1:
            table.mergeCells(r, c, min(cell.rows, rows - r), min(cell.columns, columns - c))
    paragraphs = {side: replace(base, align=flag).block_format() for side, flag in _SIDES.items()}
    characters = base.char_format()
    for r, c, cell in placed:
        here = table.cellAt(r, c)
        height = plan.heights[r] if r < len(plan.heights) else 0.0
        air = max(least - line, 0.0) if height <= least + 1 else 0.0
        here.setFormat(_cell_format(here.format(), characters, air / 2 * POINT))
        inner = here.firstCursorPosition()
        inner.setBlockFormat(paragraphs[cell.align])
        for span in cell.spans:
            insert_span(inner, span, characters)
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _places(block: TableBlock) -> list[tuple[int, int, TableCell]]:
    """Row, column and cell; covered places are skipped (as in HTML)."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for r, row in enumerate(block.rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            placed.append((r, c, cell))
            taken |= {(r + dr, c + dc) for dr in range(cell.rows) for dc in range(cell.columns)}
            c += cell.columns
    return placed


def _cell_format(form: QTextCharFormat, characters: QTextCharFormat, air: float) -> QTextTableCellFormat:
    """The cell's own format (it holds how many places the cell covers) with font, border, and *air* above and below."""
    cell = form.toTableCellFormat()
    cell.setFont(characters.font())
    cell.setBorder(_LINE)
    cell.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    cell.setBorderBrush(QBrush(QColor("#52606D")))
    cell.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    cell.setTopPadding(air)
    cell.setBottomPadding(air)
    cell.setLeftPadding(MARGIN / 20 * POINT)
    cell.setRightPadding(MARGIN / 20 * POINT)
    return cell


def _format(block: TableBlock, columns: int, plan: TablePlan) -> QTextTableFormat:
    form = QTextTableFormat()
    form.setBorder(_LINE)
    form.setBorderCollapse(True)
    form.setCellPadding(0)
    form.setCellSpacing(0)
    form.setHeaderRowCount(block.header_rows)
    widths = plan.widths if len(plan.widths) == columns else (sum(plan.widths) / columns,) * columns
    form.setWidth(QTextLength(QTextLength.Type.FixedLength, sum(widths) * POINT))
    form.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, width * POINT) for width in widths])
    form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_Auto)
    return form
