"""The inline message: one sentence above the page, with a way on; never a modal where this will do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.style import theme
from gui.style.icon import icon, pixmap

Action = tuple[str, Callable[[], object]]


class Tone(StrEnum):
    """What kind of message it is: icon and colour."""

    INFO = "info"
    GOOD = "tick"
    WARNING = "warning"
    ERROR = "error"


class MessageBar(QFrame):
    """Shows one message at a time; a new one takes its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._icon, self.label = QLabel(self), QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GRID)
        close = QToolButton(self)
        close.setIcon(icon("close", theme.colours().muted))
        close.setAutoRaise(True)
        close.setToolTip("关闭提示（Esc）")
        close.setAccessibleName("关闭提示")
        close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID + 4, 6, 6, 6)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._icon)
        layout.addWidget(self.label, 1)
        layout.addLayout(self._buttons)
        layout.addWidget(close)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.tone = Tone.INFO
        self.hide()

    @property
    def text(self) -> str:
        """The message shown; empty when there is none."""
        return self.label.text() if not self.isHidden() else ""

    def say(self, text: str, tone: Tone = Tone.INFO, actions: Sequence[Action] = (), *, seconds: float = 0) -> None:
        """Show a message with buttons; it goes by itself after *seconds* (0: it stays)."""
        self._timer.stop()
        self.tone = tone
        while self._buttons.count():
            widget = self._buttons.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        self.label.setText(text)
        for title, action in actions:
            button = QPushButton(title, self)
            button.clicked.connect(self._run(action))
            self._buttons.addWidget(button)
        self.dress()
        self.show()
        if seconds:
            self._timer.start(round(seconds * 1000))

    def _run(self, action: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            self.dismiss()
            action()

        return run

    def dress(self) -> None:
        """Take the palette's colours."""
        c = theme.colours()
        ink, fill = {
            Tone.INFO: (c.blue, c.blue_soft), Tone.GOOD: (c.green, c.green_soft), Tone.WARNING: (c.amber, c.amber_soft),
            Tone.ERROR: (c.red, c.red_soft),
        }[self.tone]
        self._icon.setPixmap(pixmap(str(self.tone), 18, ink, self.devicePixelRatioF()))
        self.setStyleSheet(
            f"#messageBar {{ background: {fill}; border: none; border-bottom: 1px solid {c.border}; }}"
            f"#messageBar > QLabel {{ color: {c.text}; background: transparent; }}")

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self.hide()
