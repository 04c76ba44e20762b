"""A line of message, inside a page or above all of them, with what can be done about it: never a modal box."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from gui.style.theme import GRID
from gui.widgets.parts import button, label, redressed, row, set_state
from workbook.errors import JuesuanError, sentence

_T = TypeVar("_T")
Action = tuple[str, Callable[[], object]]
"""Words on a button, and what it does."""


class Tone(StrEnum):
    """What kind of message it is, by its colour."""

    INFO = "blue"
    GOOD = "green"
    WARNING = "amber"
    ERROR = "red"


_WIDEST = 820
"""Pixels: a strip that lies over a page is no wider, unless the page is much wider."""
_SIGNS = {Tone.INFO: "i", Tone.GOOD: "✓", Tone.WARNING: "!", Tone.ERROR: "✕"}


class Notice(QWidget):
    """A coloured strip: sign, sentence, actions, close.  Hidden until :meth:`say` is called; a new message takes the place.

    With :meth:`float_over` it lies over the lower edge of a widget, so that nothing moves when it comes and goes; else it
    is part of a layout, for what stays as long as its cause.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = Tone.INFO
        self.over: QWidget | None = None
        """What it lies over."""
        self._sign = label(self, centred=True)
        self._sign.setFixedWidth(18)
        self._text = label(self, wraps=True, selectable=True, form=Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._actions = row(None)
        self._close = QToolButton(self, autoRaise=True)
        self._close.setText("×")
        self._close.setToolTip("关闭提示（Esc）")
        self._close.setAccessibleName("关闭提示")
        self._close.clicked.connect(self.dismiss)
        row(self, self._sign, (self._text, 1), self._actions, self._close, margins=(GRID, GRID // 2, GRID // 2, GRID // 2))
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setVisible(False)

    def float_over(self, widget: QWidget) -> Notice:
        """Lie over the lower edge of *widget* (this strip's parent, or inside of it) from now on; returns the strip."""
        self.over = widget
        widget.installEventFilter(self)
        return self

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """What it lies over has another size."""
        if watched is self.over and event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        """At the lower edge, above other strips that lie there."""
        parent = self.parentWidget()
        if self.over is None or parent is None or self.isHidden():
            return
        area = QRect(self.over.mapTo(parent, QPoint(0, 0)) if self.over is not parent else QPoint(0, 0), self.over.size())
        width = min(area.width() - 4 * GRID, max(_WIDEST, area.width() // 2))
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        bottom = area.bottom() - GRID
        others: Iterable[Any] = self.window().findChildren(Notice)
        for other in others:
            if other is not self and other.over is not None and other.isVisible():
                top = parent.mapFromGlobal(other.mapToGlobal(QPoint(0, 0))).y()
                if top < bottom <= top + other.height() + 2 * GRID:
                    bottom = top - GRID // 2
        self.setGeometry(area.left() + (area.width() - width) // 2, bottom - height, width, height)
        self.raise_()

    @property
    def text(self) -> str:
        """The sentence shown; empty while nothing is."""
        return "" if self.isHidden() else self._text.text()

    @property
    def buttons(self) -> dict[str, QPushButton]:
        """The actions offered, by their words."""
        found = [self._actions.itemAt(i).widget() for i in range(self._actions.count())]
        return {b.text(): b for b in found if isinstance(b, QPushButton)}

    def say(self, text: str, tone: str = Tone.INFO, *actions: Action, closable: bool = True, seconds: float = 0) -> None:
        """Show *text* in a :class:`Tone`; each action hides the strip and is then done.

        It goes by itself after *seconds* (0: it stays).
        """
        self._timer.stop()
        self.tone = Tone(tone)
        self._sign.setText(_SIGNS[self.tone])
        set_state(self._sign, str(self.tone))
        redressed(self, tone=str(self.tone), floats="yes" if self.over is not None else "")
        self._text.setText(text)
        self._close.setVisible(closable)
        while self._actions.count():
            old = self._actions.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for words, action in actions:
            self._actions.addWidget(button(self, words, partial(self._do, action)))
        self.show()
        self._place()
        if seconds:
            self._timer.start(round(seconds * 1000))

    def attempt(self, do: Callable[[], _T], *instead: Action) -> _T | None:
        """What *do* gives; ``None`` when a file is at fault: then that is said, with what can be done *instead*."""
        try:
            return do()
        except (JuesuanError, OSError) as error:
            self.say(sentence(error), Tone.ERROR, *instead)
            return None

    def _do(self, action: Callable[[], object]) -> None:
        self.dismiss()
        action()

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.hide()
