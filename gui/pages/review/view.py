"""The reviewed report to read: paper on grey, findings with a sign in the margin, figures that can be pointed at."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from gui.pages.review.model import Reviewed
from gui.pages.review.text import Place, ReportText
from gui.style import theme
from gui.widgets.parts import Pointing
from workbook.issues import Severity

_WIDEST = 860
"""A paper that is wider (pixels, at the usual size) has lines too long to read."""
_MARGIN, _GUTTER, _TOP = 26, 38, 20
LEAST_ZOOM, MOST_ZOOM = 0.7, 1.8
_PAPER = theme.LIGHT  # white in both palettes
_EDGE, _ABOVE = 8, 0.3
"""What is gone to stands so far below the top of the window."""


class ReportView(QTextBrowser):
    """Shows a :class:`ReportText`."""

    finding_clicked = Signal(int)
    """Number of the finding."""
    figure_clicked = Signal(int)
    """Number of the known figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, openLinks=False)
        self.text: ReportText | None = None
        self.zoom, self.current = 1.0, -1
        self._opened: frozenset[int] = frozenset()
        """Keys of the parts that are open."""
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(
            flags.TextSelectableByMouse | flags.TextSelectableByKeyboard | flags.LinksAccessibleByMouse)
        self.anchorClicked.connect(self._clicked)
        self.setAcceptDrops(False)  # a report that is dropped is for the page
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        Pointing(
            self.viewport(), lambda place: self.text.reviewed.tip(*self.under(place)[:2]) if self.text is not None else "",
            self.zoom_by)
        self.setAccessibleName("报告文字")
        self.setMinimumWidth(240)
        self.dress()

    def dress(self) -> None:
        """Take the palette's colours; the paper stays white."""
        c = theme.colours()
        grey = "#14171A" if c.is_dark else "#DDE2E7"
        self.setStyleSheet(f"ReportView {{ background: {grey}; border: none; border-radius: 0; padding: 0; }}")
        self.viewport().setStyleSheet(f"background: {c.paper};")

    # ------------------------------------------------------------ content
    def show_review(self, reviewed: Reviewed) -> None:
        """Show a report; what is being read stays in place when it is the same one."""
        if self.text is None or self.text.reviewed.path != reviewed.path:
            self._opened, self.text = frozenset(), None
        self._lay_out(reviewed)

    def toggle(self, key: int) -> None:
        """Open or fold a part."""
        self._opened ^= {key}
        self._lay_out(self.text.reviewed if self.text is not None else None)

    def zoom_by(self, factor: float) -> None:
        """Show the text larger or smaller (0: at its usual size)."""
        before, self.zoom = self.zoom, min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM) if factor else 1.0
        if self.zoom != before:
            self._lay_out(self.text.reviewed if self.text is not None else None)

    def _lay_out(self, reviewed: Reviewed | None) -> None:
        """Write the text anew: another report, other parts open, another size."""
        if reviewed is None:
            return
        anchor, current, text = self._anchor(), self.current, ReportText(reviewed, self._opened, self.zoom)
        self.text = text
        self.setDocument(text.document)
        frame = text.document.rootFrame()
        form = frame.frameFormat()
        form.setLeftMargin(_GUTTER)
        form.setRightMargin(_MARGIN)
        form.setTopMargin(_TOP)
        form.setBottomMargin(_TOP * 2)
        frame.setFrameFormat(form)
        self._fit()
        if anchor is not None and anchor[0] in text.paragraphs:
            self._scroll_to(text.paragraphs[anchor[0]].start, anchor[1])
        else:
            self.verticalScrollBar().setValue(0)
        self.mark(current)

    def _anchor(self) -> tuple[int, int] | None:
        """The first paragraph that is seen, and how far below the top it begins."""
        if self.text is None:
            return None
        top = self.cursorForPosition(QPoint(_GUTTER + 2, 2)).position()
        return next(((n, self._rect(place.start).top()) for n, place in self.text.paragraphs.items() if place.end >= top), None)

    def _fit(self) -> None:
        """The paper in the middle, not wider than lines can be read."""
        widest = round(_WIDEST * (self.text.zoom / 0.75 if self.text is not None else 1))
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        side = max((room - widest) // 2, 0)
        self.setViewportMargins(side, 0, side, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Fit the paper; what is being read stays in place."""
        anchor = self._anchor()
        super().resizeEvent(event)
        self._fit()
        if anchor is not None and self.text is not None:
            self._scroll_to(self.text.paragraphs[anchor[0]].start, anchor[1])

    # ------------------------------------------------------------ going places
    def go_to(self, finding: int) -> None:
        """Scroll to a finding, unless it is in sight, and show where it is."""
        if (text := self.text) is not None and finding in text.findings:
            paragraph = text.reviewed.findings[finding].issue.paragraph
            if paragraph is not None and text.is_folded(paragraph):
                self.toggle(text.part_of[paragraph].key)
        self.mark(finding)
        place = self._place(finding)
        if place is None:
            return
        top, bottom = self._rect(place.start).top(), self._rect(place.end).bottom()
        if top < _EDGE or bottom > self.viewport().height() - _EDGE:
            self._scroll_to(place.start, round(self.viewport().height() * _ABOVE))

    def _place(self, finding: int) -> Place | None:
        return self.text.findings.get(finding) if self.text is not None else None

    def mark(self, finding: int) -> None:
        """Show where a finding is (-1: none), wherever that may be."""
        place = self._place(finding)
        self.current = finding if place is not None else -1
        selection = QTextEdit.ExtraSelection()
        if place is not None:
            cursor = QTextCursor(self.document())
            cursor.setPosition(place.start)
            cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor  # type: ignore[attr-defined]  # missing in the stubs
            selection.format.setBackground(  # type: ignore[attr-defined]  # likewise
                QColor(_PAPER.soft(self._severity(finding))))
        self.setExtraSelections([selection] if place is not None else [])
        self.viewport().update()

    def _scroll_to(self, position: int, below: int) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self._rect(position).top() - below)

    def _rect(self, position: int) -> QRect:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        return self.cursorRect(cursor)

    # ------------------------------------------------------------ painting
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """The text, and the signs of the findings beside it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(theme.text_font(10, bold=True))
        for rect, finding, others in self._signs():
            severity = self._severity(finding)
            if finding == self.current or self.current in others:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(_PAPER.of(severity)))
                painter.drawRoundedRect(rect, 4, 4)
                painter.setPen(QColor("#FFFFFF"))
            else:
                painter.setPen(QColor(_PAPER.of(severity)))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, severity.sign)
        painter.end()

    def _severity(self, finding: int) -> Severity:
        return self.text.reviewed.findings[finding].issue.severity if self.text is not None else Severity.TAIL

    def _signs(self) -> list[tuple[QRect, int, list[int]]]:
        """Where the signs in sight are: one for a line, of its weightiest finding, with all that begin there."""
        text = self.text
        if text is None:
            return []
        height = self.viewport().height()
        first = self.cursorForPosition(QPoint(0, 0)).block().position()
        lines: dict[int, list[int]] = {}
        for number, place in sorted(text.findings.items(), key=lambda item: item[1].start):
            if place.start < first:
                continue
            rect = self._rect(place.start)
            if rect.top() > height:
                break
            lines.setdefault(rect.center().y(), []).append(number)
        return [
            (QRect(9, middle - 9, 20, 18), min(numbers, key=lambda n: (self._severity(n).rank, n)), numbers)
            for middle, numbers in lines.items()]

    # ------------------------------------------------------------ the mouse
    def under(self, place: QPoint) -> tuple[int, int, int]:
        """What lies at a point of the paper: finding, known figure, key of a folded part (-1: none)."""
        if place.x() < _GUTTER:
            sign = next((n for rect, n, _ in self._signs() if rect.adjusted(-6, -2, 6, 2).contains(place)), -1)
            return sign, -1, -1
        return _numbers(self.anchorAt(place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """A hand over what can be clicked."""
        super().mouseMoveEvent(event)
        is_something = any(n >= 0 for n in self.under(event.position().toPoint()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_something else Qt.CursorShape.IBeamCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """A sign in the margin is its finding."""
        super().mousePressEvent(event)
        place = event.position().toPoint()
        if place.x() < _GUTTER and (finding := self.under(place)[0]) >= 0:
            self.finding_clicked.emit(finding)

    def _clicked(self, url: QUrl) -> None:
        """A finding is shown in the list, a figure in its cell, a folded part opens."""
        finding, figure, part = _numbers(url.toString())
        if finding >= 0:
            self.finding_clicked.emit(finding)
        elif figure >= 0:
            self.figure_clicked.emit(figure)
        elif part >= 0:
            self.toggle(part)


def _numbers(anchor: str) -> tuple[int, int, int]:
    """What the anchors of a :class:`ReportText` say: finding, known figure, key of a folded part (-1: none)."""
    found = {"r": -1, "f": -1, "p": -1, **{name[0]: int(name[1:]) for name in anchor.split(";") if name}}
    return found["r"], found["f"], found["p"]
