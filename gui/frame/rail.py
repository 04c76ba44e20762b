"""The rail at the left: the steps of the work with what is left to do, and the helpers below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from gui.pages.base import DONE
from gui.style import theme
from gui.style.icon import pixmap

WIDTH = 156
_HEIGHT = 40


class RailButton(QAbstractButton):
    """One entry: icon, title, badge."""

    def __init__(
        self, name: str, title: str, parent: QWidget | None = None, *, is_step: bool = True, is_page: bool = True
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.badge = ""
        self._is_step = is_step
        self.setText(title)
        self.setCheckable(is_page)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew when the pointer comes or goes
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Full width of the rail."""
        return QSize(WIDTH, _HEIGHT if self._is_step else 34)

    def set_badge(self, badge: str, words: str = "") -> None:
        """Show what is left to do."""
        if badge != self.badge:
            self.badge = badge
            self.update()
        self.setAccessibleName(f"{self.text()} {words or badge}".strip())
        keys = self.property("keys")
        self.setToolTip("\n".join(part for part in (words, keys) if part))

    def paintEvent(self, _event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Draw icon, title and badge."""
        c = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.rect().adjusted(6, 2, -6, -2)
        fill = c.accent_soft if self.isChecked() else c.raised if self.underMouse() and self.isEnabled() else ""
        if fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(rect, 5, 5)
        if self.isChecked():
            painter.setBrush(QColor(c.accent_fill))
            painter.drawRoundedRect(QRect(rect.left(), rect.top() + 8, 3, rect.height() - 16), 1.5, 1.5)
        if self.hasFocus():
            painter.setPen(QColor(c.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, 5, 5)
        ink = c.accent if self.isChecked() else c.text if self.isEnabled() else c.muted
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(rect.left() + 10, rect.center().y() - 8, pixmap(self.name, 18, ink, ratio))
        painter.setPen(QColor(ink))
        painter.setFont(theme.text_font(bold=self.isChecked()))
        painter.drawText(rect.adjusted(38, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        self._paint_badge(painter, rect, c)
        painter.end()

    def _paint_badge(self, painter: QPainter, rect: QRect, c: theme.Colours) -> None:
        if not self.badge:
            return
        if self.badge == DONE:
            painter.drawPixmap(
                rect.right() - 22, rect.center().y() - 7, pixmap("tick", 15, c.green, self.devicePixelRatioF()))
            return
        painter.setFont(theme.figure_font(8.5))
        metrics = painter.fontMetrics()
        width = max(metrics.horizontalAdvance(self.badge) + 12, 22)
        bubble = QRect(rect.right() - width - 6, rect.center().y() - 9, width, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.border if self.isChecked() else c.raised))
        painter.drawRoundedRect(bubble, 9, 9)
        painter.setPen(QColor(c.text))
        painter.drawText(bubble, int(Qt.AlignmentFlag.AlignCenter), self.badge)


class Rail(QFrame):
    """Steps above, helpers below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        self.group.buttonToggled.connect(self._toggled)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, theme.GRID, 0, theme.GRID)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self._steps = 0
        self.dress()

    def _toggled(self, button: QAbstractButton, is_shown: bool) -> None:
        """Tab comes to the page shown; from there the arrow keys lead to the others."""
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_shown else Qt.FocusPolicy.NoFocus)

    def dress(self) -> None:
        """Take the palette's colours."""
        c = theme.colours()
        self.setStyleSheet(f"Rail {{ background: {c.window}; border: none; border-right: 1px solid {c.border}; }}")

    def add_step(self, name: str, title: str) -> RailButton:
        """A step of the work."""
        button = RailButton(name, title, self)
        button.setProperty("keys", f"Ctrl+{self._steps + 1}")
        button.set_badge("")
        self._layout.insertWidget(self._steps, button)
        self.group.addButton(button, self._steps)
        self._steps += 1
        return button

    def add_helper(self, name: str, title: str, *, is_page: bool = False) -> RailButton:
        """An entry at the bottom: a page of its own, or a dialog."""
        button = RailButton(name, title, self, is_step=False, is_page=is_page)
        self._layout.addWidget(button)
        if is_page:
            self.group.addButton(button)
        return button
