"""The report as white A4 sheets on grey: scrolled, zoomed, and pointed at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QToolTip, QWidget

from docgen.model import PromptSpan, Span
from docgen.writing.plan import PagePlan
from gui.paper.arrangement import GAP, LEAST_ZOOM, MOST_ZOOM, Arrangement, PlacedPage, boxes_of
from gui.paper.builder import Heading, Sheet, sheets_of
from gui.style.theme import colours

_CACHED_PAGES = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure, reason or prompt in the text."""

    sheet: int
    number: int
    span: Span


class PaperView(QAbstractScrollArea):
    """Shows blocks as pages."""

    activated = Signal(object, QPoint)
    """A figure, reason or prompt was clicked: the span, and where on the screen."""
    page_changed = Signal(int, int)
    """Page being read, and how many there are."""
    heading_changed = Signal(int)
    """Number of the outline's entry that is being read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheets: list[Sheet] = []
        self.headings: list[Heading] = []
        self.arrangement = Arrangement()
        self.tip_of: Callable[[Span], str] = lambda _: ""
        """Set by the owner: what to say about a span."""
        self._cache: OrderedDict[tuple[int, int], QPixmap] = OrderedDict()
        self._hover: Mark | None = None
        self._idle = QTimer(self, singleShot=True, interval=0)
        self._idle.timeout.connect(self._build_next)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().setSingleStep(48)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName("报告预览")

    # ------------------------------------------------------------ content
    def show_pages(self, plan: PagePlan) -> None:
        """Show a report; parts that did not change keep their pages, and what is being read stays in place."""
        anchor = self._anchor()
        sheets, self.headings = sheets_of(plan)
        known = {sheet.known_by: sheet for sheet in self.sheets if sheet.document is not None}
        self.sheets = [known.get(sheet.known_by, sheet) for sheet in sheets]
        kept = {id(sheet) for sheet in self.sheets}
        self._cache = OrderedDict((k, v) for k, v in self._cache.items() if k[0] in kept)
        self._hover = None
        self._arrange(anchor)
        self._idle.start()

    def _build_next(self) -> None:
        """Lay out one more part, then let the window breathe."""
        pending = next((sheet for sheet in self.sheets if sheet.document is None), None)
        if pending is not None and self.isVisible():
            anchor = self._anchor()
            pending.build()
            self._arrange(anchor)
            self._idle.start()

    def build_to(self, last: int) -> None:
        """Lay out the parts up to number *last* at once."""
        anchor = self._anchor()
        for sheet in self.sheets[: last + 1]:
            sheet.build()
        self._arrange(anchor)

    # ------------------------------------------------------------ geometry
    def _arrange(self, anchor: tuple[int, float] | None = None) -> None:
        """Place the pages, and keep the part at the top of the window where it was."""
        view, pages = self.viewport(), self.arrangement
        pages.arrange(self.sheets, view.width(), view.height())
        for bar, whole, part in (
            (self.verticalScrollBar(), pages.height, view.height()), (self.horizontalScrollBar(), pages.width, view.width()),
        ):
            bar.setPageStep(part)
            bar.setRange(0, max(0, round(whole) - part))
        height = pages.height_of_anchor(anchor) if anchor is not None else None
        if height is not None:
            self.verticalScrollBar().setValue(round(height))
        view.update()
        self._scrolled()

    def _anchor(self) -> tuple[int, float] | None:
        return self.arrangement.anchor(self.verticalScrollBar().value())

    def _shown(self, rect: QRectF) -> QRectF:
        """*rect* of the arrangement as it lies in the window."""
        width = self.viewport().width()
        x = (width - rect.width()) / 2
        if rect.width() + 2 * GAP > width:
            x = GAP - self.horizontalScrollBar().value()
        return QRectF(x, rect.top() - self.verticalScrollBar().value(), rect.width(), rect.height())

    def _visible(self) -> Iterator[tuple[PlacedPage, QRectF]]:
        height = self.viewport().height()
        for placed in self.arrangement.pages:
            shown = self._shown(placed.rect)
            if shown.bottom() >= 0 and shown.top() <= height:
                yield placed, shown

    def set_zoom(self, zoom: float | None) -> None:
        """Show at this size; ``None``: as wide as the window."""
        anchor = self._anchor()
        self.arrangement.fits_width, self.arrangement.fits_page = zoom is None, False
        if zoom is not None:
            self.arrangement.zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        self._cache.clear()
        self._arrange(anchor)

    def fit_page(self) -> None:
        """Show whole pages."""
        page = self.arrangement.page_at(self.verticalScrollBar().value() + self.viewport().height() / 3)
        self.arrangement.fits_page, self.arrangement.fits_width = True, True
        self._cache.clear()
        self._arrange()
        if 0 <= page < len(self.arrangement.pages):
            self.verticalScrollBar().setValue(round(self.arrangement.pages[page].rect.top()) - GAP)

    # ------------------------------------------------------------ going places
    def go_to_heading(self, number: int) -> None:
        """Scroll to an entry of the outline."""
        heading = self.headings[number]
        self.build_to(heading.sheet)
        self._go_to(heading.sheet, self.sheets[heading.sheet].places[heading.order], 2 * GAP)

    def go_to_mark(self, mark: Mark) -> None:
        """Scroll to a figure, reason or prompt and show where it is."""
        self._go_to(mark.sheet, self.sheets[mark.sheet].mark_places[mark.number][0], self.viewport().height() // 3)
        self._hover = mark
        self.viewport().update()

    def _go_to(self, number: int, position: int, above: int) -> None:
        self.verticalScrollBar().setValue(round(self.arrangement.place_of(number, position)) - above)

    def marks(self, kind: type[Span]) -> list[Mark]:
        """All marks of a kind, in reading order (lays out what is not laid out yet)."""
        self.build_to(len(self.sheets))
        return [
            Mark(n, i, span) for n, sheet in enumerate(self.sheets) for i, span in enumerate(sheet.marks)
            if isinstance(span, kind)
        ]

    def next_prompt(self) -> bool:
        """Go to the next prompt after the one shown last, round and round; false when there is none."""
        prompts = self.marks(PromptSpan)
        here = (self._hover.sheet, self._hover.number) if self._hover is not None else (-1, -1)
        following = next((m for m in prompts if (m.sheet, m.number) > here), prompts[0] if prompts else None)
        if following is not None:
            self.go_to_mark(following)
        return following is not None

    # ------------------------------------------------------------ painting
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self.viewport())
        palette = colours()
        painter.fillRect(self.viewport().rect(), QColor("#14171A" if palette.is_dark else "#DDE2E7"))
        for placed, shown in list(self._visible()):
            sheet = self.sheets[placed.sheet]
            painter.fillRect(shown.translated(0, 1).adjusted(-1, 0, 1, 1), QColor(0, 0, 0, 38))
            painter.fillRect(shown, QColor(palette.paper))
            if sheet.document is None:
                self._idle.start()
                continue
            painter.drawPixmap(shown.topLeft(), self._pixmap(sheet, placed.page, shown))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(31, 111, 178, 46))
        for place in self.places(self._hover) if self._hover is not None else ():
            painter.drawRoundedRect(place.adjusted(-2, 0, 2, 0), 3, 3)

    def _pixmap(self, sheet: Sheet, page: int, shown: QRectF) -> QPixmap:
        key, ratio = (id(sheet), page), self.devicePixelRatioF()
        size = (shown.size() * ratio).toSize()
        found = self._cache.get(key)
        if found is not None and found.size() == size:
            self._cache.move_to_end(key)
            return found
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(colours().paper))
        _paint_page(picture, sheet, page, self.arrangement.zoom_of(sheet))
        self._cache[key] = picture
        while len(self._cache) > _CACHED_PAGES:
            self._cache.popitem(last=False)
        return picture

    def places(self, mark: Mark) -> Iterator[QRectF]:
        """Where a mark lies in the window now: a box for each of its lines that is on a page in sight."""
        sheet = self.sheets[mark.sheet]
        if sheet.document is None:
            return
        zoom, height = self.arrangement.zoom_of(sheet), sheet.page_size.height()
        for placed, shown in self._visible():
            for box in boxes_of(sheet, mark.number) if placed.sheet == mark.sheet else ():
                if placed.page * height <= box.center().y() < (placed.page + 1) * height:
                    top = shown.top() + (box.top() - placed.page * height) * zoom
                    yield QRectF(shown.left() + box.left() * zoom, top, box.width() * zoom, box.height() * zoom)

    # ------------------------------------------------------------ the mouse
    def _under(self, place: QPointF) -> tuple[PlacedPage, QPointF] | None:
        """The page at a point of the window, and the point of its document."""
        for placed, shown in self._visible():
            if shown.contains(place) and self.sheets[placed.sheet].document is not None:
                return placed, self.arrangement.point_in(placed, place, shown)
        return None

    def mark_at(self, place: QPointF) -> Mark | None:
        """What lies at a point of the window."""
        found = self._under(place)
        if found is None:
            return None
        sheet = self.sheets[found[0].sheet]
        name = sheet.build().documentLayout().anchorAt(found[1])
        return Mark(found[0].sheet, int(name), sheet.marks[int(name)]) if name else None

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Tips for what lies under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.mark_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip_of(mark.span) if mark else "", self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self._set_hover(None)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._set_hover(self.mark_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        mark = self.mark_at(event.position())
        if mark is not None and event.button() is Qt.MouseButton.LeftButton:
            self.activated.emit(mark.span, event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  # Qt's name
        found = self._under(QPointF(event.pos()))
        if found is None:
            return
        document = self.sheets[found[0].sheet].build()
        position = document.documentLayout().hitTest(found[1], Qt.HitTestAccuracy.FuzzyHit)
        text = document.findBlock(position).text() if position >= 0 else ""
        if text.strip():
            menu = QMenu(self)
            menu.addAction("复制这一段", lambda: QGuiApplication.clipboard().setText(text))
            menu.exec(event.globalPos())

    def _set_hover(self, mark: Mark | None) -> None:
        if mark != self._hover:
            self._hover = mark
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.arrangement.zoom * (1.1 if event.angleDelta().y() > 0 else 1 / 1.1))
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        self._arrange(self._anchor())

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802  # Qt's name
        self.viewport().update()

    def _scrolled(self) -> None:
        """Tell which page and which part of the outline is being read."""
        y = self.verticalScrollBar().value() + 4 * GAP
        page = self.arrangement.page_at(y)
        if page >= 0:
            self.page_changed.emit(page + 1, len(self.arrangement.pages))
            self.heading_changed.emit(self.arrangement.heading_at(self.headings, y))


def _paint_page(picture: QPixmap, sheet: Sheet, page: int, zoom: float) -> None:
    """Paint one page of a part; what would hang over its margins is cut."""
    painter = QPainter(picture)
    painter.scale(zoom, zoom)
    size = sheet.page_size
    top = sheet.margins[0]
    bottom = sheet.build().rootFrame().frameFormat().bottomMargin()
    painter.setClipRect(QRectF(0, top - 2, size.width(), size.height() - top - bottom + 4))
    painter.translate(0, -page * size.height())
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = QRectF(  # type: ignore[attr-defined]  # the stubs leave it out
        0, page * size.height(), size.width(), size.height())
    sheet.build().documentLayout().draw(painter, context)
    painter.end()
