"""What is painted by hand: one line of text, the ground of a row in a list, and small charts.

Texts are ready, lengths come from the precise values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionViewItem, QWidget

from gui.style.theme import colours, figure_font, text_font
from gui.widgets.parts import Pointing

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def write(
    painter: QPainter, rect: QRect | QRectF, words: str, colour: str, font: QFont | None = None, side: Qt.AlignmentFlag = LEFT
) -> None:  # fmt: skip
    """One line in the middle of *rect*, cut with an ellipsis where there is no room."""
    font = font or text_font()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, shown)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> tuple[QRectF, bool]:
    """The ground of a row that is chosen or under the mouse; returns the row's rectangle, and whether it is chosen."""
    rect, state = QRectF(option.rect), option.state  # type: ignore[attr-defined]  # the stubs leave out the public fields
    is_chosen = bool(state & QStyle.StateFlag.State_Selected)
    if is_chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, QColor(colours().accent_soft if is_chosen else colours().raised))
    return rect, is_chosen


SERIES_LIGHT = ("#1F6FB2", "#D98E2B", "#4F9D69", "#8E6BB0", "#C2574F", "#4FA3A5", "#8A8F98", "#B0A13C")
SERIES_DARK = ("#5AA2DD", "#DBA55C", "#7CBF90", "#AE92CB", "#D98880", "#7CC2C4", "#A4A9B2", "#CBBF70")
ROW = 22
"""Height of a line of a chart."""
MOST_PARTS = 4
"""Parts of a composition that have a line of their own (the others share one)."""
_BAR = 10.0
_LEAST_BAR, _LEAST_NAME, _AIR, _DOT = 24, 56, 12, 17
"""Pixels below which a bar, or a name beside its amount, says nothing; beside a text; of the colour before a name."""
_ZERO = Decimal(0)


def series(index: int) -> QColor:
    """The colour of a part."""
    colour = SERIES_DARK if colours().is_dark else SERIES_LIGHT
    return QColor(colour[index % len(colour)])


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart."""

    name: str
    value: Decimal
    text: str
    share: str = ""
    tip: str = ""
    base: Decimal = _ZERO
    """A second, paler bar behind: the budget, or last year's amount."""
    state: str = ""
    """A state colour for the text: red, amber, green; empty for none."""
    short: str = ""
    """The text where there is little room."""
    is_rest: bool = False
    """What is not explained: drawn grey."""


class Chart(QWidget):
    """Title, and below it lines of name, bar, text and share, with tips.

    Bars grow from a common zero, increases to the right, decreases to the left; with *own_whole* every line has its own scale:
    its larger bar is a whole.  With *stacked* the lines are parts of a whole: one bar of all of them above, a colour for each.
    """

    def __init__(
        self, title: str = "", empty: str = "没有数据",
        parent: QWidget | None = None, *, stacked: bool = False, own_whole: bool = False
    ) -> None:
        super().__init__(parent)
        self.title, self.bars = title, tuple[Bar, ...]()
        self._empty, self._stacked, self._own_whole = empty, stacked, own_whole
        self.unit = "万元" if stacked else ""
        """Of the amounts, for screen readers."""
        self._tips: list[tuple[QRectF, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Pointing(self, lambda place: next((tip for rect, tip in self._tips if rect.contains(QPointF(place))), ""))

    def show_bars(self, bars: Sequence[Bar], title: str | None = None) -> None:
        """Show these lines, largest or most important first."""
        self.title, self.bars = self.title if title is None else title, tuple(bars)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription("；".join(" ".join(filter(None, (b.name, b.text, self.unit, b.share))) for b in self.bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        lines = min(len(self.bars), MOST_PARTS) + 1 if self._stacked and self.bars else len(self.bars)
        return QSize(260, self._top() + max(lines, 1) * ROW + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(120, self.sizeHint().height())

    def _top(self) -> int:
        return 26 if self.title else 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter, line, c, figures = QPainter(self), QRectF(0, self._top(), self.width(), ROW), colours(), figure_font()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._tips = []
        if self.title:
            write(painter, QRectF(0, 0, self.width(), 20), self.title, c.text, text_font(bold=True))
        if not self.bars:
            write(painter, line, self._empty, c.muted)
            return
        if self._stacked:
            _paint_stack(painter, QRectF(0, line.top() + 3, line.width(), 12), [b.value for b in self.bars])
            line.translate(0, ROW)
        words, names, texts, shares = self._columns(QFontMetricsF(figures))
        shown = self.bars if not self._stacked or len(self.bars) <= MOST_PARTS else self.bars[: MOST_PARTS - 1]
        for index, part in enumerate(shown):
            if self._stacked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(series(index))
                painter.drawRoundedRect(QRectF(0, line.center().y() - 5, 10, 10), 2, 2)
            else:
                self._paint_bar(
                    painter, QRectF(names, line.top() + (ROW - _BAR) / 2, line.width() - names - texts - shares, _BAR), part)
            indent, air = (_DOT, 0) if self._stacked else (0, 8)
            write(painter, QRectF(indent, line.top(), names - air, ROW), part.name, c.muted if part.is_rest else c.text)
            colour = getattr(c, part.state) if part.state else c.text
            write(painter, QRectF(line.width() - texts - shares, line.top(), texts, ROW), words[index], colour, figures, RIGHT)
            if shares:
                write(painter, line, part.share, c.muted, figures, RIGHT)
            self._tips.append((QRectF(line), part.tip))
            line.translate(0, ROW)
        if rest := self.bars[len(shown) :]:
            write(painter, line.adjusted(_DOT, 0, 0, 0), f"另有 {len(rest)} 项", c.muted)
            self._tips.append((line, "\n".join(f"{b.tip}　{b.share}" for b in rest)))

    def _columns(self, metrics: QFontMetricsF) -> tuple[list[str], float, float, float]:
        """The texts, and how wide names, texts and shares are: what matters less gives way."""
        width, words = self.width(), [b.text for b in self.bars]
        texts, shares = _widest(metrics, words), _widest(metrics, [b.share for b in self.bars])
        if self._stacked:
            shares = shares if width - texts - shares - _DOT > _LEAST_NAME else 0
            return words, width - texts - shares - _DOT, texts, shares
        names = _widest(QFontMetricsF(text_font()), [b.name for b in self.bars])
        if names + texts + shares + _LEAST_BAR > width:
            words = [b.short or b.text for b in self.bars]
        texts = min(_widest(metrics, words), width * 0.7)
        room = width - texts - shares
        return words, min(names, max(room - _LEAST_BAR, width * 0.4), room), texts, shares

    def _paint_bar(self, painter: QPainter, bar: QRectF, part: Bar) -> None:
        of = (part,) if self._own_whole else self.bars
        most, least = (pick(_ZERO, *(v for b in of for v in (b.value, b.base))) for pick in (max, min))
        if most == least or bar.width() < _LEAST_BAR:
            return
        zero = bar.left() + float(-least / (most - least)) * bar.width()
        painter.setPen(Qt.PenStyle.NoPen)
        grey, own = QColor(colours().border), series(0 if part.value > 0 else 1)
        inset = 2.5 if any(b.base for b in self.bars) else 0.0
        for value, colour, less in ((part.base, grey, 0.0), (part.value, grey if part.is_rest else own, inset)):
            if value:
                end = zero + float(value / (most - least)) * bar.width()
                painter.setBrush(colour)
                painter.drawRoundedRect(
                    QRectF(min(zero, end), bar.top() + less, max(abs(end - zero), 2.0), bar.height() - 2 * less), 2, 2)
        if least < 0:
            painter.fillRect(QRectF(zero, bar.top() - 4, 1, bar.height() + 8), QColor(colours().muted))


def _widest(font_metrics: QFontMetricsF, texts: Sequence[str]) -> float:
    widest = max(map(font_metrics.horizontalAdvance, texts), default=0.0)
    return widest + _AIR if widest else 0.0


def _paint_stack(painter: QPainter, bar: QRectF, values: Sequence[Decimal]) -> None:
    """A stacked bar; the smallest part stays visible."""
    whole = sum(values)
    widths = [max(float(v / whole) * bar.width(), 2.0) for v in values] if whole > 0 else []
    x = bar.left()
    painter.setPen(Qt.PenStyle.NoPen)
    for index, width in enumerate(widths):
        painter.setBrush(series(index))
        wide, gap = width * bar.width() / sum(widths), 1.0 if index < len(widths) - 1 else 0.0
        painter.drawRect(QRectF(x, bar.top(), max(wide - gap, 1.0), bar.height()))
        x += wide
