"""A line of message, inside a page or above all of them, with what can be done about it: never a modal box."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.style.theme import GRID, colours

Action = tuple[str, Callable[[], object]]
"""Words on a button, and what it does."""


class Tone(StrEnum):
    """What kind of message it is, by its colour."""

    INFO = "blue"
    GOOD = "green"
    WARNING = "amber"
    ERROR = "red"


_SIGNS = {Tone.INFO: "i", Tone.GOOD: "✓", Tone.WARNING: "!", Tone.ERROR: "✕"}


class Notice(QWidget):
    """A coloured strip: sign, sentence, actions, close.  Hidden until :meth:`say` is called; a new message takes the place."""

    def __init__(self, parent: QWidget | None = None, *, radius: int = 4) -> None:
        super().__init__(parent)
        self.tone = Tone.INFO
        self._radius = radius
        self._sign = QLabel(self)
        self._sign.setFixedWidth(18)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(GRID)
        self._close = QToolButton(self)
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setToolTip("关闭提示（Esc）")
        self._close.setAccessibleName("关闭提示")
        self._close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._actions)
        layout.addWidget(self._close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.setVisible(False)

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
        self._sign.setProperty("state", str(self.tone))
        self._sign.style().polish(self._sign)
        self._text.setText(text)
        self._close.setVisible(closable)
        while self._actions.count():
            old = self._actions.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for words, action in actions:
            button = QPushButton(words, self)
            button.clicked.connect(self._doing(action))
            self._actions.addWidget(button)
        self.show()
        self.update()
        if seconds:
            self._timer.start(round(seconds * 1000))

    def _doing(self, action: Callable[[], object]) -> Callable[[], None]:
        def do() -> None:
            self.dismiss()
            action()

        return do

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(colours(), f"{self.tone}_soft")))
        painter.drawRoundedRect(self.rect(), self._radius, self._radius)
