"""A line of message inside a page, with what can be done about it: never a modal box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.style.theme import GRID, colours

Action = tuple[str, Callable[[], object]]
"""Words on a button, and what it does."""
SIGNS = {"blue": "i", "amber": "!", "red": "✕", "green": "✓"}


class Notice(QWidget):
    """A coloured strip: sign, sentence, actions, close.  Hidden until :meth:`say` is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = "blue"
        self._sign = QLabel(self)
        self._sign.setFixedWidth(18)
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(GRID)
        self._close = QToolButton(self)
        self._close.setText("×")
        self._close.setAutoRaise(True)
        self._close.setToolTip("关闭这条消息")
        self._close.setAccessibleName("关闭这条消息")
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._actions)
        layout.addWidget(self._close)
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

    def say(
        self, text: str, state: str = "blue", *actions: Action, closable: bool = True,
    ) -> None:  # fmt: skip
        """Show *text* in a state colour (red, amber, blue, green); each action hides the strip and is then done."""
        self._state = state
        self._sign.setText(SIGNS[state])
        self._sign.setProperty("state", state)
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

    def _doing(self, action: Callable[[], object]) -> Callable[[], None]:
        def do() -> None:
            self.hide()
            action()

        return do

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        palette = colours()
        fills = {"red": palette.red_soft, "amber": palette.amber_soft, "blue": palette.blue_soft, "green": palette.green_soft}
        painter.setBrush(QColor(fills[self._state]))
        painter.drawRoundedRect(self.rect(), 4, 4)
