"""The report's two charts, drawn in the text where Word will show its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QTextCursor

from docgen.model import CHART_COLOURS, ChartBlock
from gui.paper import looks

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
    paint_pie(painter, QRectF(0, 0, size.width(), size.height()), [(float(amount), legend) for _, amount, legend in chart_data(block)], font)
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
