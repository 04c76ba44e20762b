"""Small charts drawn with QPainter: composition, completion, comparison, drivers.

They only draw what they are given: texts are ready, lengths come from the precise values.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.style.theme import colours, figure_font, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

SERIES_LIGHT = ("#1F6FB2", "#D98E2B", "#4F9D69", "#8E6BB0", "#C2574F", "#4FA3A5", "#8A8F98", "#B0A13C")
SERIES_DARK = ("#5AA2DD", "#DBA55C", "#7CBF90", "#AE92CB", "#D98880", "#7CC2C4", "#A4A9B2", "#CBBF70")
ROW = 22
"""Height of a line of a chart."""
MOST_PARTS = 4
"""Parts of a composition that have a line of their own (the others share one)."""
_BAR = 10
_LEAST_BAR, _LEAST_NAME = 24, 56
"""Pixels below which a bar, or a name beside its amount, says nothing."""


def series(index: int) -> QColor:
    """The colour of a part."""
    colour = SERIES_DARK if colours().is_dark else SERIES_LIGHT
    return QColor(colour[index % len(colour)])


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a whole."""

    name: str
    value: Decimal
    amount: str
    share: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """A bar with a text before and behind it; ``base`` is a second, paler bar or (in :class:`Completion`) the whole."""

    name: str
    value: Decimal
    base: Decimal
    text: str
    tip: str = ""
    state: str = ""
    """A state colour for the text: red, amber, green; empty for none."""
    short: str = ""
    """The text where there is little room."""


class Chart(QWidget):
    """Title, and below it what a subclass paints; tips for its lines."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.empty_text = "没有数据"
        self._tips: list[tuple[QRectF, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def lines(self) -> int:
        """How many lines there are below the title."""
        return 1

    def words(self) -> str:
        """The chart in words, for screen readers."""
        return self.title

    def refresh(self) -> None:
        """The data changed."""
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.words())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(260, round(self._top() + max(self.lines(), 1) * ROW + 2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(120, self.sizeHint().height())

    def _top(self) -> float:
        return 26.0 if self.title else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._tips = []
        if self.title:
            painter.setFont(text_font(bold=True))
            painter.setPen(QColor(colours().text))
            title = QFontMetricsF(painter.font()).elidedText(self.title, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(QRectF(0, 0, self.width(), 20), Qt.AlignmentFlag.AlignVCenter, title)
        if self.lines():
            self.paint(painter, QRectF(0, self._top(), self.width(), self.height() - self._top()))
        else:
            painter.setFont(text_font())
            painter.setPen(QColor(colours().muted))
            painter.drawText(QRectF(0, self._top(), self.width(), ROW), Qt.AlignmentFlag.AlignVCenter, self.empty_text)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Paint the chart into *area*."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Shows the tip of the line under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = QPointF(event.pos())
            tip = next((text for rect, text in self._tips if rect.contains(place)), "")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def text(self, painter: QPainter, rect: QRectF, words: str, colour: str, *, right: bool = False, figures: bool = False) -> None:
        """One line of text, cut with an ellipsis where there is no room."""
        font = figure_font() if figures else text_font()
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, shown)


class CompositionChart(Chart):
    """One stacked bar, and a line for each part: colour, name, amount, share."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._slices: tuple[Slice, ...] = ()

    def show_slices(self, title: str, slices: Sequence[Slice]) -> None:
        """Show these parts."""
        self.title, self._slices = title, tuple(slices)
        self.refresh()

    def lines(self) -> int:
        return min(len(self._slices), MOST_PARTS) + 1 if self._slices else 0

    def words(self) -> str:
        return "；".join(f"{s.name} {s.amount} 万元 {s.share}" for s in self._slices)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        palette = colours()
        bar = QRectF(area.left(), area.top() + 3, area.width(), 12)
        paint_stack(painter, bar, [s.value for s in self._slices])
        amount_font = QFontMetricsF(figure_font())
        amounts = max(amount_font.horizontalAdvance(s.amount) for s in self._slices) + 12
        shares = max(amount_font.horizontalAdvance(s.share) for s in self._slices) + 14
        has_shares = area.width() - amounts - shares - 17 > _LEAST_NAME
        shares = shares if has_shares else 0
        y = area.top() + ROW
        shown = self._slices if len(self._slices) <= MOST_PARTS else self._slices[: MOST_PARTS - 1]
        for index, part in enumerate(shown):
            line = QRectF(area.left(), y, area.width(), ROW)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(series(index))
            painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 5, 10, 10), 2, 2)
            self.text(painter, line.adjusted(17, 0, -amounts - shares, 0), part.name, palette.text)
            self.text(painter, line.adjusted(0, 0, -shares, 0), part.amount, palette.text, right=True, figures=True)
            if has_shares:
                self.text(painter, line, part.share, palette.muted, right=True, figures=True)
            self._tips.append((line, part.tip))
            y += ROW
        rest = self._slices[len(shown) :]
        if rest:
            line = QRectF(area.left(), y, area.width(), ROW)
            self.text(painter, line.adjusted(17, 0, 0, 0), f"另有 {len(rest)} 项", palette.muted)
            self._tips.append((line, "\n".join(f"{s.name}：{s.amount} 万元　{s.share}" for s in rest)))


def paint_stack(painter: QPainter, bar: QRectF, values: Sequence[Decimal]) -> None:
    """A stacked bar; the smallest part stays visible."""
    whole = sum(values)
    if whole <= 0:
        return
    widths = [max(float(v / whole) * bar.width(), 2.0) for v in values]
    scale = bar.width() / sum(widths)
    x = bar.left()
    painter.setPen(Qt.PenStyle.NoPen)
    for index, width in enumerate(widths):
        painter.setBrush(series(index))
        gap = 1.0 if index < len(widths) - 1 else 0.0
        painter.drawRect(QRectF(x, bar.top(), max(width * scale - gap, 1.0), bar.height()))
        x += width * scale


class TrackChart(Chart):
    """Lines of name, bar and text; the paler bar behind is the budget or last year's amount."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._tracks: tuple[Track, ...] = ()

    def show_tracks(self, title: str, tracks: Sequence[Track]) -> None:
        """Show these lines."""
        self.title, self._tracks = title, tuple(tracks)
        self.refresh()

    def lines(self) -> int:
        return len(self._tracks)

    def words(self) -> str:
        return "；".join(f"{t.name} {t.text}" for t in self._tracks)

    def _largest(self, track: Track) -> Decimal:
        """What a whole bar stands for, in the line of *track*."""
        return max((abs(v) for t in self._tracks for v in (t.value, t.base)), default=Decimal(0))

    def paint(self, painter: QPainter, area: QRectF) -> None:
        palette = colours()
        metrics, figures = QFontMetricsF(text_font()), QFontMetricsF(figure_font())
        names = max(metrics.horizontalAdvance(t.name) for t in self._tracks) + 10
        shown = [t.text for t in self._tracks]
        if names + max(figures.horizontalAdvance(words) for words in shown) + _LEAST_BAR > area.width():
            shown = [t.short or t.text for t in self._tracks]
        texts = min(max(figures.horizontalAdvance(words) for words in shown) + 10, area.width() * 0.7)
        names = min(names, max(area.width() - texts - _LEAST_BAR, area.width() * 0.4), area.width() - texts)
        width = area.width() - names - texts
        y = area.top()
        for track, words in zip(self._tracks, shown, strict=True):
            line = QRectF(area.left(), y, area.width(), ROW)
            self.text(painter, QRectF(area.left(), y, names - 8, ROW), track.name, palette.text)
            if width >= _LEAST_BAR:
                self._bars(painter, QRectF(area.left() + names, line.center().y() - _BAR / 2, width, _BAR), track)
            colour = {"red": palette.red, "amber": palette.amber, "green": palette.green}.get(track.state, palette.text)
            self.text(painter, QRectF(line.right() - texts, y, texts, ROW), words, colour, right=True, figures=True)
            self._tips.append((line, track.tip))
            y += ROW

    def _bars(self, painter: QPainter, bar: QRectF, track: Track) -> None:
        palette = colours()
        largest = self._largest(track)
        painter.setPen(Qt.PenStyle.NoPen)
        if largest <= 0:
            return
        for value, colour, inset in ((track.base, palette.border, 0.0), (track.value, series(0), 2.5)):
            length = float(abs(value) / largest) * bar.width()
            if value:
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(bar.left(), bar.top() + inset, max(length, 2.0), bar.height() - 2 * inset), 2, 2)


class CompletionChart(TrackChart):
    """Like :class:`TrackChart`, but every line has its own whole: the budget."""

    def _largest(self, track: Track) -> Decimal:
        return max(abs(track.base), abs(track.value))


@dataclass(frozen=True, slots=True)
class DriverBar:
    """A contribution to a change, signed."""

    name: str
    value: Decimal
    text: str
    share: str = ""
    tip: str = ""
    is_rest: bool = False
    """What is not explained: drawn grey."""


class DriverChart(Chart):
    """Contributions to a change as bars from a common zero line: increases to the right, decreases to the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._bars: tuple[DriverBar, ...] = ()
        self.empty_text = "没有可列示的构成"

    def show_bars(self, bars: Sequence[DriverBar]) -> None:
        """Show these contributions."""
        self._bars = tuple(bars)
        self.refresh()

    def lines(self) -> int:
        return len(self._bars)

    def words(self) -> str:
        return "；".join(f"{b.name} {b.text} 万元 {b.share}" for b in self._bars)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        palette = colours()
        metrics, figures = QFontMetricsF(text_font()), QFontMetricsF(figure_font())
        amounts = max(figures.horizontalAdvance(b.text) for b in self._bars) + 12
        shares = max(figures.horizontalAdvance(b.share) for b in self._bars) + 12
        room = max(area.width() - amounts - shares - _LEAST_BAR, _LEAST_NAME)
        names = min(max(metrics.horizontalAdvance(b.name) for b in self._bars) + 12, area.width() * 0.42, room)
        left, width = area.left() + names, max(area.width() - names - amounts - shares, _LEAST_BAR)
        zero, scale = self._axis(left, width)
        y = area.top()
        for bar in self._bars:
            line = QRectF(area.left(), y, area.width(), ROW)
            self.text(painter, line.adjusted(0, 0, -(area.width() - names + 8), 0), bar.name,
                      palette.muted if bar.is_rest else palette.text)
            length = float(bar.value) * scale
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.border) if bar.is_rest else series(0 if bar.value > 0 else 1))
            painter.drawRoundedRect(QRectF(min(zero, zero + length), line.center().y() - 6, max(abs(length), 1.5), 12), 2, 2)
            self.text(painter, line.adjusted(0, 0, -shares, 0), bar.text, palette.text, right=True, figures=True)
            self.text(painter, line, bar.share, palette.muted, right=True, figures=True)
            self._tips.append((line, bar.tip))
            y += ROW
        painter.setPen(QColor(palette.muted))
        painter.drawLine(QPointF(zero, area.top() + 1), QPointF(zero, y - 1))

    def _axis(self, left: float, width: float) -> tuple[float, float]:
        """Where zero lies, and pixels per 万元."""
        most = max((float(b.value) for b in self._bars if b.value > 0), default=0.0)
        least = max((float(-b.value) for b in self._bars if b.value < 0), default=0.0)
        span = most + least
        if span <= 0:
            return left, 0.0
        return left + width * least / span, width / span
