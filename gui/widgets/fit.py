"""Parts that give way where there is little room: texts cut with an ellipsis, buttons that fold to their icon."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget

from gui.style.theme import GRID, dress
from gui.widgets.parts import STRETCH, redressed, row

Elide = Qt.TextElideMode
_BESIDE = 10
"""What a folded button has less than words: the gap between icon and words, and padding (see ``gui/style/window.qss``)."""
_LEAST = "中中…"
"""What is left of a text where there is no room at all."""


class ElidedLabel(QLabel):
    """A label that gives way: a part of a long text is left out (the tip has all of it)."""

    def __init__(
        self, parent: QWidget | None = None, mode: Elide = Elide.ElideMiddle, *, text: str = "", tip: str = "", role: str = ""
    ) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText)
        self._whole, self._mode = "", mode
        self.setProperty("role", role)
        self.set_whole(text, tip)

    @property
    def whole(self) -> str:
        """The whole text."""
        return self._whole

    def set_whole(self, text: str, tip: str = "") -> None:
        """Show *text*, as much of it as fits; *tip* is the text itself by default."""
        if text == self._whole and self.toolTip() == (tip or text):
            return  # most edits change none of the texts around the sheet
        self._whole = text
        self.setToolTip(tip or text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return self._hint(self._whole)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return self._hint(min(self._whole, _LEAST, key=len))

    def _hint(self, text: str) -> QSize:
        """The size that it needs for another text than the one shown."""
        hint, advance = super().sizeHint(), self.fontMetrics().horizontalAdvance
        return QSize(hint.width() + advance(text) - advance(self.text()) + 1, hint.height())  # advances are rounded

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width() - 2 * self.margin()
        self.setText(self.fontMetrics().elidedText(self._whole, self._mode, room))


class ScrolledBody(QWidget):
    """What a scroll area scrolls: never lower than its wrapped texts need at their width (Qt would squeeze them)."""

    def __init__(self, parent: QWidget | None = None, *, widest: int = 0) -> None:
        """*widest*: what is inside becomes no wider than this."""
        super().__init__(parent)
        self._widest = widest

    def event(self, event: QEvent) -> bool:
        layout = self.layout()
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and layout is not None:
            needed = layout.totalHeightForWidth(min(self.width(), self._widest or self.width()))
            if needed > 0 and needed != self.minimumHeight():
                self.setMinimumHeight(needed)
        return super().event(event)


class Scrolled(QScrollArea):
    """Scrolls what is in it upright; the keyboard is at what is in it, never at itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def scrolled(widget: QWidget, parent: QWidget | None = None, *, widest: int = 860, centred: bool = False) -> QScrollArea:
    """*widget* in an area that scrolls it upright, not wider (pixels) than lines can be read."""
    widget.setMaximumWidth(widest)
    body = ScrolledBody(widest=widest + 4 * GRID)
    row(body, *([STRETCH] if centred else []), (widget, 100), STRETCH, margins=2 * GRID)
    area = Scrolled(parent)
    area.setWidget(body)
    return area


class FoldingButton(QPushButton):
    """A button with icon and words that does *action*; a :class:`FoldingRow` leaves the words out where there is no room."""

    def __init__(
        self, words: str, icon_name: str, action: Callable[[], object], parent: QWidget | None = None, tip: str = ""
    ) -> None:
        super().__init__(words, parent)
        self.is_folded = False
        """Whether the words are left out."""
        self._words, self._gain = words, 0
        dress(self, icon_name)
        self.setAccessibleName(words)
        self.set_tip(tip)
        self.clicked.connect(lambda: action())  # noqa: PLW0108  # the signal's argument is not for the action

    def set_tip(self, tip: str) -> None:
        """More than the words say."""
        self._tip = tip
        self.setToolTip("\n".join(filter(None, (self._words, tip))) if self.is_folded else tip)

    def fold(self, *, folded: bool) -> None:
        """Show the icon only, or icon and words."""
        if folded != self.is_folded:
            self.is_folded, before = folded, self.sizeHint().width()
            self.setText("" if folded else self._words)
            redressed(self, kind="tight" if folded else "")
            self._gain = abs(self.sizeHint().width() - before)  # exact: else a row could fold and unfold for ever
            self.set_tip(self._tip)

    @property
    def gain(self) -> int:
        """How much room folding frees, in pixels."""
        return self._gain or self.fontMetrics().horizontalAdvance(self._words) + _BESIDE


class FoldingRow(QWidget):
    """A row of controls; its folding buttons fold, the last one first, until the row fits."""

    def __init__(self, parent: QWidget | None = None, spacing: int = GRID) -> None:
        super().__init__(parent)
        self.row = row(self, spacing=spacing)
        self._folding: list[FoldingButton] = []
        self._narrow: dict[QWidget, int] = {}

    def add(self, widget: QWidget, stretch: int = 0, *, narrow: int = 0) -> None:
        """Add a control at the right; a row that is narrower than *narrow* (pixels) leaves it out."""
        self.row.addWidget(widget, stretch)
        if isinstance(widget, FoldingButton):
            self._folding.append(widget)
        if narrow:
            self._narrow[widget] = narrow

    def offer(self, words: str, icon_name: str, action: Callable[[], object], tip: str = "") -> FoldingButton:
        """Add a button that folds and does *action*."""
        self.add(made := FoldingButton(words, icon_name, action, self, tip))
        return made

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """The row with everything folded."""
        whole = super().minimumSizeHint()
        open_ = sum(b.gain for b in self._folding if not b.is_folded)
        return QSize(whole.width() - open_, whole.height())

    def event(self, event: QEvent) -> bool:
        """Fold what does not fit, also after a text in the row changed."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._refit()
        return done

    def _refit(self) -> None:
        for widget, narrow in self._narrow.items():
            widget.setVisible(self.width() >= narrow)
        excess = self.minimumSizeHint().width() + sum(b.gain for b in self._folding) - self.width()
        for button in reversed(self._folding):
            button.fold(folded=excess > 0)
            excess -= button.gain if excess > 0 else 0
