"""The report as white A4 sheets on grey: scrolled, zoomed, and pointed at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from docgen.model import PromptSpan, Span
from docgen.writing.plan import PagePlan
from gui.paper import looks
from gui.paper.builder import Heading, Sheet, sheets_of
from gui.session.jobs import Pause
from gui.style.theme import colours
from gui.widgets.parts import ContextMenu, Entry, Pointing

GAP = 16
"""Grey between pages, in pixels."""
MOST_ZOOM, LEAST_ZOOM, FITTED_ZOOM = 2.0, 0.4, 1.0
_GLOW = QColor(31, 111, 178, 46)


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure, reason or prompt in the text."""

    sheet: int
    number: int
    span: Span


class Page(QGraphicsItem):
    """One page of a part of the report."""

    def __init__(self, number: int, sheet: Sheet, page: int) -> None:
        super().__init__()
        self.number, self.sheet, self.page = number, sheet, page
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # what is exposed is known
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return QRectF(QPointF(0, 0), self.sheet.page_size).adjusted(-1, 0, 1, 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the page; what would hang over its margins is cut."""
        size, document = self.sheet.page_size, self.sheet.document
        painter.fillRect(self.boundingRect(), QColor(0, 0, 0, 38))
        painter.fillRect(QRectF(QPointF(0, 0), size), QColor(colours().paper))
        if document is None:
            return
        top, bottom = self.sheet.margins[0], document.rootFrame().frameFormat().bottomMargin()
        inside, above = QRectF(0, top - 2, size.width(), size.height() - top - bottom + 4), self.page * size.height()
        painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
        painter.translate(0, -above)
        context = QAbstractTextDocumentLayout.PaintContext()
        exposed = option.exposedRect.intersected(inside)  # type: ignore[attr-defined]  # the stubs leave it out
        context.clip = exposed.translated(0, above)  # type: ignore[attr-defined]  # likewise
        document.documentLayout().draw(painter, context)

    @property
    def rect(self) -> QRectF:
        """Where it lies among the pages, in pixels."""
        return self.mapRectToScene(QRectF(QPointF(0, 0), self.sheet.page_size))


class PaperView(QGraphicsView):
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
        self.pages: list[Page] = []
        self.zoom = 1.0
        self.tip_of: Callable[[Span], str] = lambda _: ""
        """Set by the owner: what to say about a span."""
        self._wanted: float | None = None
        """The zoom that the user chose; ``None``: as the window is wide, or (:attr:`_is_whole`) high."""
        self._is_whole = False
        self._hover: Mark | None = None
        self._idle = Pause(self, 0, self._build_next)
        self.setScene(QGraphicsScene(self))
        self._glow = self.scene().addPath(QPainterPath())
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setAccessibleName("报告预览")
        ContextMenu(self, self._entries)
        Pointing(
            self.viewport(), lambda place: self.tip_of(mark.span) if (mark := self.mark_at(QPointF(place))) else "",
            lambda factor: self.set_zoom(self.zoom * factor))

    # ------------------------------------------------------------ content
    def show_pages(self, plan: PagePlan) -> None:
        """Show a report; parts that did not change keep their pages, and what is being read stays in place."""
        sheets, self.headings = sheets_of(plan)
        known = {sheet.known_by: sheet for sheet in self.sheets if sheet.document is not None}
        self.sheets = [known.get(sheet.known_by, sheet) for sheet in sheets]
        self._hover = None
        self._arrange()
        self._idle.start()

    def _build_next(self) -> None:
        """Lay out one more part, then let the window breathe."""
        pending = next((sheet for sheet in self.sheets if sheet.document is None), None)
        if pending is not None and self.isVisible():
            pending.build()
            self._arrange()
            self._idle.start()

    def build_to(self, last: int) -> None:
        """Lay out the parts up to number *last* at once."""
        if any(sheet.document is None for sheet in self.sheets[: last + 1]):
            for sheet in self.sheets[: last + 1]:
                sheet.build()
            self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self._idle.start()

    # ------------------------------------------------------------ where the pages lie
    def _arrange(self) -> None:
        """Place the pages below each other; what is at the top of the window stays there."""
        top = self.verticalScrollBar().value()
        read = self._first(self.pages[self._page_at(top)].number) if self.pages else None
        below = (top - read.y()) / read.scale() if read is not None else 0.0
        self.scene().clear()
        self.zoom = self._zoom_of(looks.PAGE)
        self.pages = [Page(number, sheet, page) for number, sheet in enumerate(self.sheets) for page in range(sheet.page_count)]
        y, widest = float(GAP), 0.0
        for page in self.pages:
            page.setScale(self._zoom_of(page.sheet.page_size))
            page.setPos(-page.rect.width() / 2, y)
            self.scene().addItem(page)
            y, widest = y + page.rect.height() + GAP, max(widest, page.rect.width())
        self.setSceneRect(-widest / 2 - GAP + 1, 0, widest + 2 * GAP - 2, y)  # what fits exactly needs no scroll bar
        self.verticalScrollBar().setSingleStep(3 * GAP)  # Qt has set it anew
        self._glow = self.scene().addPath(QPainterPath(), QPen(Qt.PenStyle.NoPen), _GLOW)
        if read is not None:  # parts may have been added above: the same one, else the one in its place
            first = next((page for page in self.pages if page.sheet is read.sheet), self._first(read.number))
            self.verticalScrollBar().setValue(round(first.y() + below * first.scale()) if first is not None else 0)
        self._show_hover()
        self._scrolled()

    def _zoom_of(self, size: QSizeF) -> float:
        """The zoom of pages of this size: landscape ones are smaller where they would not fit the width."""
        wide, high = ((room - 2 * GAP) / length for room, length in (
            (self.viewport().width(), size.width()), (self.viewport().height(), size.height())))
        if self._wanted is not None:
            return self._wanted
        return max(min(wide, high, FITTED_ZOOM), LEAST_ZOOM / 2) if self._is_whole else min(max(wide, LEAST_ZOOM), FITTED_ZOOM)

    def _first(self, number: int) -> Page | None:
        return next((page for page in self.pages if page.number == number), None)

    def _page_at(self, y: float) -> int:
        """Number of the page at height *y* (the last one below the end); -1 without pages."""
        return next((i for i, page in enumerate(self.pages) if page.rect.bottom() + GAP > y), len(self.pages) - 1)

    def set_zoom(self, zoom: float | None) -> None:
        """Show at this size; ``None``: as wide as the window."""
        self._wanted, self._is_whole = None if zoom is None else min(max(zoom, LEAST_ZOOM), MOST_ZOOM), False
        self._arrange()

    def fit_page(self) -> None:
        page = self._page_at(self.verticalScrollBar().value() + self.viewport().height() / 3)
        self._wanted, self._is_whole = None, True
        self._arrange()
        if 0 <= page < len(self.pages):
            self.verticalScrollBar().setValue(round(self.pages[page].y()) - GAP)

    # ------------------------------------------------------------ going places
    def go_to_heading(self, number: int) -> None:
        self.build_to(self.headings[number].sheet)
        self.verticalScrollBar().setValue(round(self._top_of(self.headings[number])) - 2 * GAP)

    def _top_of(self, heading: Heading) -> float:
        """Where a heading of a part that is laid out lies."""
        document = self.sheets[heading.sheet].build()
        block = document.findBlock(self.sheets[heading.sheet].places[heading.order])
        return self._placed(heading.sheet, document.documentLayout().blockBoundingRect(block)).top()

    def _placed(self, number: int, box: QRectF) -> QRectF:
        """Where a box of a part's document lies among the pages."""
        first = next(i for i, page in enumerate(self.pages) if page.number == number)
        height = self.sheets[number].page_size.height()
        page = int(box.center().y() // height)
        return self.pages[first + page].mapRectToScene(box.translated(0, -page * height))

    def go_to_mark(self, mark: Mark) -> None:
        """Scroll to a figure, reason or prompt and show where it is."""
        self._set_hover(mark)
        self.verticalScrollBar().setValue(round(self._glow.path().boundingRect().top()) - self.viewport().height() // 3)

    def marks(self, kind: type[Span]) -> list[Mark]:
        """All marks of a kind, in reading order (lays out what is not laid out yet)."""
        self.build_to(len(self.sheets))
        return [
            Mark(n, i, span)
            for n, sheet in enumerate(self.sheets) for i, span in enumerate(sheet.marks) if isinstance(span, kind)]

    def next_prompt(self) -> bool:
        """Go to the next prompt after the one shown last, round and round; false when there is none."""
        prompts = self.marks(PromptSpan)
        here = (self._hover.sheet, self._hover.number) if self._hover is not None else (-1, -1)
        following = next((m for m in prompts if (m.sheet, m.number) > here), prompts[0] if prompts else None)
        if following is not None:
            self.go_to_mark(following)
        return following is not None

    def places(self, mark: Mark) -> Iterator[QRectF]:
        """Where a mark lies in the window now: a box for each of its lines."""
        for box in self.sheets[mark.sheet].boxes(mark.number):
            yield QRectF(self.mapFromScene(self._placed(mark.sheet, box)).boundingRect())

    # ------------------------------------------------------------ the mouse
    def _under(self, place: QPointF) -> tuple[Page, QPointF] | None:
        """The page at a point of the window, and the point of its document."""
        point = self.mapToScene(place.toPoint())
        page = next((p for p in self.pages if p.sheet.document is not None and p.rect.contains(point)), None)
        return (
            (page, page.mapFromScene(point) + QPointF(0, page.page * page.sheet.page_size.height()))
            if page is not None else None)

    def mark_at(self, place: QPointF) -> Mark | None:
        """What lies at a point of the window."""
        if (found := self._under(place)) is None:
            return None
        name = found[0].sheet.build().documentLayout().anchorAt(found[1])
        return Mark(found[0].number, int(name), found[0].sheet.marks[int(name)]) if name else None

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().leaveEvent(event)
        self._set_hover(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._set_hover(self.mark_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        mark = self.mark_at(event.position())
        if mark is not None and event.button() is Qt.MouseButton.LeftButton:
            self.activated.emit(mark.span, event.globalPosition().toPoint())

    def _entries(self, place: QPoint) -> list[Entry]:
        if (found := self._under(QPointF(place))) is None:
            return []
        document = found[0].sheet.build()
        position = document.documentLayout().hitTest(found[1], Qt.HitTestAccuracy.FuzzyHit)
        text = document.findBlock(position).text() if position >= 0 else ""
        return [("复制这一段", lambda: QGuiApplication.clipboard().setText(text))] if text.strip() else []

    def _set_hover(self, mark: Mark | None) -> None:
        if mark != self._hover:
            self._hover = mark
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
            self._show_hover()

    def _show_hover(self) -> None:
        path, mark = QPainterPath(), self._hover
        if mark is not None:
            for box in self.sheets[mark.sheet].boxes(mark.number):
                path.addRoundedRect(self._placed(mark.sheet, box).adjusted(-2, 0, 2, 0), 3, 3)
        self._glow.setPath(path)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._arrange()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802  # Qt's name
        painter.fillRect(rect, QColor("#14171A" if colours().is_dark else "#DDE2E7"))

    def _scrolled(self) -> None:
        """Tell which page and which part of the outline is being read."""
        y = self.verticalScrollBar().value() + 4 * GAP
        if (page := self._page_at(y)) < 0:
            return
        self.page_changed.emit(page + 1, len(self.pages))
        number, found = self.pages[page].number, -1
        for index, heading in enumerate(self.headings):
            is_laid_out = self.sheets[heading.sheet].document is not None
            if heading.sheet < number or (heading.sheet == number and is_laid_out and self._top_of(heading) <= y):
                found = index
        self.heading_changed.emit(found)
