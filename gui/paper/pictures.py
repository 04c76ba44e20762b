"""The report's two charts, drawn in the text where Word will show its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from docgen.model import CHART_COLOURS, ChartBlock
from gui.paper import looks

CHART_OBJECT = QTextFormat.ObjectTypes.UserObject.value + 1
_COLOURS = tuple(f"#{colour}" for colour in CHART_COLOURS)
_SLICES = QTextFormat.Property.UserProperty.value + 1


class ChartPicture(QPyTextObject):
    """Draws a chart; its data lie in the character's format."""

    @staticmethod
    def char_format(block: ChartBlock, width: float) -> QTextCharFormat:
        """The format of the character that stands for the chart."""
        from docgen.writing.charts import chart_data, height_mm

        form = QTextCharFormat()
        form.setObjectType(CHART_OBJECT)
        slices = [(float(amount), legend) for _, amount, legend in chart_data(block)]
        form.setProperty(_SLICES, {"slices": slices, "width": width, "height": height_mm(block) * looks.MM})
        return form

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:  # noqa: A002, N802, N803
        data: dict[str, Any] = format.property(_SLICES)
        return QSizeF(data["width"] - 2, data["height"])

    def drawObject(  # noqa: N802  # Qt's name
        self, painter: QPainter, rect: QRectF | QRect, doc: QTextDocument, posInDocument: int, format: QTextFormat,  # noqa: A002, N803
    ) -> None:  # fmt: skip
        font = QFont()
        font.setFamilies(list(looks.TABLE))
        font.setPixelSize(14)
        paint_pie(painter, QRectF(rect), format.property(_SLICES)["slices"], font)


def paint_pie(painter: QPainter, area: QRectF, slices: Sequence[tuple[float, str]], font: QFont) -> None:
    """The report's own picture, as Word will draw it: a pie, and a legend line for each part."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = sum(value for value, _ in slices)
    side = min(area.height() * 0.76, area.width() * 0.30)
    pie = QRectF(area.left() + area.width() * 0.02, area.center().y() - side / 2, side, side)
    painter.setPen(QColor("#FFFFFF"))
    angle = 90.0 * 16
    for index, (value, _) in enumerate(slices):
        sweep = value / whole * 360 * 16
        painter.setBrush(QColor(_COLOURS[index % len(_COLOURS)]))
        if len(slices) == 1:
            painter.drawEllipse(pie)
        else:
            painter.drawPie(pie, round(angle), round(-max(sweep, 16)))
        angle -= sweep
    line = QFontMetricsF(font).height() * 1.5
    y = area.center().y() - line * len(slices) / 2
    left = area.left() + area.width() * 0.37
    painter.setFont(font)
    for index, (_, legend) in enumerate(slices):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_COLOURS[index % len(_COLOURS)]))
        painter.drawRect(QRectF(left, y + line / 2 - 5, 10, 10))
        painter.setPen(QColor("#1F2933"))
        painter.drawText(QRectF(left + 16, y, area.right() - left - 16, line), Qt.AlignmentFlag.AlignVCenter, legend)
        y += line
    painter.restore()
