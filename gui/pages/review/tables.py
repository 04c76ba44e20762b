"""A table of a Word file as a simple grid: every cell where it stands, amounts at the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)

from gui.paper.looks import POINT, Look

if TYPE_CHECKING:
    from docgen.docx.paragraphs import DocParagraph

_AMOUNT = re.compile(r"[-−－]?(?:[\d,，]*\d\.\d+|\d{1,3}(?:[,，]\d{3})+|\d{1,2})%?")
"""Longer whole numbers are codes."""
_LINE, _LINE_INK = 0.5, QColor("#B4BDC6")
_NARROWEST, _WIDEST = 3.0, 11.0
"""Of a column, in Chinese characters; longer texts have several lines, numbers never."""
_MANY_COLUMNS = 7
"""A table with more is shown smaller."""
WriteText = Callable[[QTextCursor, "DocParagraph", QTextCharFormat], None]


def insert_grid(cursor: QTextCursor, cells: Sequence[DocParagraph], form: Look, write: WriteText) -> None:
    """Insert a table at *cursor* and leave the cursor behind it; *write* writes the text of a paragraph."""
    rows = {row: i for i, row in enumerate(sorted({p.row for p in cells}))}
    columns = {column: i for i, column in enumerate(sorted({p.column for p in cells}))}
    if len(columns) > _MANY_COLUMNS:
        form = replace(form, size=form.size * 0.9)
    table = cursor.insertTable(len(rows), len(columns), _format(cells, columns))
    characters = form.char_format()
    for row in range(len(rows)):
        for column in range(len(columns)):
            _frame(table, row, column, characters)
    sides = {
        side: replace(form, align=side).block_format()
        for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
    }
    used: set[tuple[int, int]] = set()
    for paragraph in cells:
        place = rows[paragraph.row], columns[paragraph.column]
        is_amount = _AMOUNT.fullmatch(paragraph.text.strip()) is not None
        block = sides[Qt.AlignmentFlag.AlignRight if is_amount else Qt.AlignmentFlag.AlignLeft]
        write(_cursor_in(table, place, block, characters, is_new=place not in used), paragraph, characters)
        used.add(place)
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _frame(table: QTextTable, row: int, column: int, characters: QTextCharFormat) -> None:
    """A thin line around a cell."""
    here = table.cellAt(row, column)
    form = here.format().toTableCellFormat()
    form.setFont(characters.font())
    form.setBorder(_LINE)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(QBrush(_LINE_INK))
    here.setFormat(form)


def _cursor_in(
    table: QTextTable, place: tuple[int, int], block: QTextBlockFormat, characters: QTextCharFormat, *, is_new: bool
) -> QTextCursor:
    """Where a paragraph of a cell is written: each after the first begins a new line."""
    if is_new:
        cursor = table.cellAt(*place).firstCursorPosition()
        cursor.setBlockFormat(block)
        return cursor
    cursor = table.cellAt(*place).lastCursorPosition()
    cursor.insertBlock(block, characters)
    return cursor


def _format(cells: Sequence[DocParagraph], columns: dict[int, int]) -> QTextTableFormat:
    form = QTextTableFormat()
    form.setBorder(_LINE)
    form.setBorderCollapse(True)
    form.setCellPadding(2 * POINT)
    form.setCellSpacing(0)
    form.setTopMargin(4 * POINT)
    form.setBottomMargin(6 * POINT)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    lengths = dict.fromkeys(columns.values(), _NARROWEST)
    for paragraph in cells:
        place = columns[paragraph.column]
        lengths[place] = max(lengths[place], _needed(paragraph.text.strip()))
    whole = sum(lengths.values())
    form.setColumnWidthConstraints(
        [QTextLength(QTextLength.Type.PercentageLength, lengths[i] * 100 / whole) for i in range(len(columns))])
    return form


def _needed(text: str) -> float:
    """How wide a column must be for a text, in Chinese characters."""
    if text.isascii():
        return 1.6 + 0.62 * len(text) if " " not in text else _NARROWEST
    return min(1.0 + sum(0.6 if ch.isascii() else 1.0 for ch in text), _WIDEST) if len(text) > 4 else 1.0 + len(text)
