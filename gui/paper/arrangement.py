"""Where the pages lie: geometry of the sheets below each other, in the units of the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from gui.paper import looks
from gui.paper.builder import Heading, Sheet

GAP = 16
"""Grey between pages."""
MOST_ZOOM, LEAST_ZOOM, FITTED_ZOOM = 2.0, 0.4, 1.0


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """One page: which part, which of its pages, and where (the first page's top is :data:`GAP`)."""

    sheet: int
    page: int
    rect: QRectF


class Arrangement:
    """The pages of a report at a zoom."""

    def __init__(self) -> None:
        self.sheets: Sequence[Sheet] = ()
        self.zoom = 1.0
        self.fits_width = True
        self.fits_page = False
        """Whether a whole page is seen at a time."""
        self.pages: list[PlacedPage] = []
        self.height = 0.0
        self.width = 0.0
        self._available = self._high = 0.0

    def arrange(self, sheets: Sequence[Sheet], width: float, height: float) -> None:
        """Place the pages of *sheets* in a window of this size."""
        self.sheets = sheets
        self._high = height - 2 * GAP
        self._available = width - 2 * GAP
        if self.fits_page:
            self.zoom = max(min(self._available / looks.PAGE.width(), self._high / looks.PAGE.height(), FITTED_ZOOM), LEAST_ZOOM / 2)
        elif self.fits_width:
            self.zoom = min(max(self._available / looks.PAGE.width(), LEAST_ZOOM), FITTED_ZOOM)
        self.pages = []
        y, widest = float(GAP), 0.0
        for number, sheet in enumerate(sheets):
            size = sheet.page_size * self.zoom_of(sheet)
            for page in range(sheet.page_count):
                self.pages.append(PlacedPage(number, page, QRectF(0, y, size.width(), size.height())))
                y += size.height() + GAP
            widest = max(widest, size.width())
        self.height, self.width = y, widest + 2 * GAP

    def zoom_of(self, sheet: Sheet) -> float:
        """The zoom of a part: landscape pages are shown smaller where they would not fit the width."""
        if self.fits_page:
            size = sheet.page_size
            return max(min(self._available / size.width(), self._high / size.height(), FITTED_ZOOM), LEAST_ZOOM / 2)
        if self.fits_width:
            return min(self.zoom, max(self._available / sheet.page_size.width(), LEAST_ZOOM))
        return self.zoom

    def first_page(self, number: int) -> PlacedPage | None:
        """The first page of a part."""
        return next((p for p in self.pages if p.sheet == number), None)

    def page_at(self, y: float) -> int:
        """Number of the page at height *y* (the last one below the end); -1 without pages."""
        return next((i for i, p in enumerate(self.pages) if p.rect.bottom() + GAP > y), len(self.pages) - 1)

    def height_of(self, number: int, y: float) -> float:
        """Where the height *y* of a part's document lies."""
        first = self.first_page(number)
        if first is None:
            return 0.0
        sheet = self.sheets[number]
        page, inside = divmod(y, sheet.page_size.height())
        return first.rect.top() + page * (first.rect.height() + GAP) + inside * self.zoom_of(sheet)

    def place_of(self, number: int, position: int) -> float:
        """Where the paragraph at *position* of a part's document begins."""
        document = self.sheets[number].build()
        block = document.findBlock(position)
        return self.height_of(number, document.documentLayout().blockBoundingRect(block).top())

    def point_in(self, placed: PlacedPage, place: QPointF, shown: QRectF) -> QPointF:
        """The point of the document that a *place* of the window shows (*shown*: where the page lies in it)."""
        sheet = self.sheets[placed.sheet]
        zoom = self.zoom_of(sheet)
        return QPointF((place.x() - shown.left()) / zoom, (place.y() - shown.top()) / zoom + placed.page * sheet.page_size.height())

    def anchor(self, y: float) -> tuple[int, float] | None:
        """Part at height *y*, and how far in, so that it can be found again after pages were added above."""
        page = self.page_at(y)
        first = self.first_page(self.pages[page].sheet) if page >= 0 else None
        return (first.sheet, (y - first.rect.top()) / self.zoom) if first is not None else None

    def height_of_anchor(self, anchor: tuple[int, float]) -> float | None:
        """Where an :meth:`anchor` lies now."""
        first = self.first_page(anchor[0])
        return first.rect.top() + anchor[1] * self.zoom if first is not None else None

    def heading_at(self, headings: Sequence[Heading], y: float) -> int:
        """Number of the last entry of the outline at or above height *y*; -1 before the first."""
        page = self.page_at(y)
        current = self.pages[page].sheet if page >= 0 else -1
        found = -1
        for index, heading in enumerate(headings):
            sheet = self.sheets[heading.sheet] if heading.sheet < len(self.sheets) else None
            if heading.sheet > current or sheet is None:
                break
            if heading.sheet < current or (sheet.document is not None and self.place_of(current, sheet.places[heading.order]) <= y):
                found = index
        return found


def boxes_of(sheet: Sheet, number: int) -> Iterator[QRectF]:
    """Where a mark is printed in its document: one box for each line."""
    start, length = sheet.mark_places[number]
    document = sheet.build()
    block = document.findBlock(start)
    area = document.documentLayout().blockBoundingRect(block)
    layout = block.layout()
    begin = start - block.position()
    for i in range(layout.lineCount()):
        line = layout.lineAt(i)
        first, last = max(begin, line.textStart()), min(begin + length, line.textStart() + line.textLength())
        if first < last:
            left, right = _x(line.cursorToX(first)), _x(line.cursorToX(last))
            yield QRectF(area.left() + left, area.top() + line.y(), right - left, line.height())


def _x(found: object) -> float:
    """``QTextLine.cursorToX`` gives the place, in some versions beside the cursor."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]  # as said
