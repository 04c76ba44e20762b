"""A table of a Word file as a simple grid: every cell where it stands, amounts at the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextLength

from gui.paper.looks import POINT, Look
from gui.paper.tables import Cell, insert_cells, table_format

if TYPE_CHECKING:
    from docgen.docx.paragraphs import DocParagraph

_AMOUNT = re.compile(r"[-−－]?(?:[\d,，]*\d\.\d+|\d{1,3}(?:[,，]\d{3})+|\d{1,2})%?")
"""Longer whole numbers are codes."""
_INK = QColor("#B4BDC6")
_NARROWEST, _WIDEST = 3.0, 11.0
"""Of a column, in Chinese characters; longer texts have several lines, numbers never."""
_MANY_COLUMNS = 7
"""A table with more is shown smaller."""
WriteText = Callable[[QTextCursor, "DocParagraph", QTextCharFormat], None]


def insert_grid(cursor: QTextCursor, cells: Sequence[DocParagraph], base: Look, write: WriteText) -> None:
    """Insert a table at *cursor* and leave the cursor behind it; *write* writes the text of a paragraph."""
    rows = {row: i for i, row in enumerate(sorted({p.row for p in cells}))}
    columns = {column: i for i, column in enumerate(sorted({p.column for p in cells}))}
    places: dict[tuple[int, int], list[DocParagraph]] = {place: [] for place in product(rows.values(), columns.values())}
    widths = dict.fromkeys(columns.values(), _NARROWEST)
    for paragraph in cells:
        row, column = rows[paragraph.row], columns[paragraph.column]
        places[row, column].append(paragraph)
        widths[column] = max(widths[column], _needed(paragraph.text.strip()))
    form = table_format([width * 100 / sum(widths.values()) for width in widths.values()], QTextLength.Type.PercentageLength, 0.5)
    form.setTopMargin(4 * POINT)
    form.setBottomMargin(6 * POINT)
    insert_cells(
        cursor, [Cell(*place, [partial(_write, write, p) for p in found], _side(found)) for place, found in places.items()], form,
        replace(base, size=base.size * 0.9) if len(columns) > _MANY_COLUMNS else base, _INK, 2 * POINT)


def _write(write: WriteText, paragraph: DocParagraph, cursor: QTextCursor, characters: QTextCharFormat) -> None:
    write(cursor, paragraph, characters)


def _side(paragraphs: Sequence[DocParagraph]) -> Qt.AlignmentFlag:
    is_amount = any(_AMOUNT.fullmatch(p.text.strip()) for p in paragraphs)
    return Qt.AlignmentFlag.AlignRight if is_amount else Qt.AlignmentFlag.AlignLeft


def _needed(text: str) -> float:
    """How wide a column must be for a text, in Chinese characters."""
    if text.isascii():
        return 1.6 + 0.62 * len(text) if " " not in text else _NARROWEST
    return min(1.0 + sum(0.6 if ch.isascii() else 1.0 for ch in text), _WIDEST) if len(text) > 4 else 1.0 + len(text)
