"""What delegates and painted widgets have in common: one line of text, and the ground of a row in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle

from gui.style.theme import colours, text_font

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

Elide = Qt.TextElideMode
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def write(
    painter: QPainter, rect: QRect | QRectF, words: str, colour: str, font: QFont | None = None, side: Qt.AlignmentFlag = LEFT,
    *, elide: Elide = Elide.ElideRight,
) -> float:  # fmt: skip
    """One line in the middle of *rect*, cut with an ellipsis where there is no room; returns its width in pixels."""
    font = font or text_font()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(words, elide, rect.width())
    painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> tuple[QRectF, bool]:
    """The ground of a row that is chosen or under the mouse; returns the row's rectangle, and whether it is chosen."""
    rect, state = QRectF(option.rect), option.state  # type: ignore[attr-defined]  # the stubs leave out the public fields
    is_chosen = bool(state & QStyle.StateFlag.State_Selected)
    if is_chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, QColor(colours().accent_soft if is_chosen else colours().raised))
    return rect, is_chosen
