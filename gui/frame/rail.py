"""The rail at the left: the steps of the work with what is left to do, and the helpers below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QLabel, QPushButton, QWidget

from gui.pages.base import DONE
from gui.style import theme
from gui.style.icon import dress, pixmap
from gui.widgets.parts import STRETCH, column, row, set_state

WIDTH = 156
_STEP, _HELPER, _BADGE = 40, 34, 19
"""Heights."""


class RailButton(QPushButton):
    """One entry: icon, title, badge."""

    def __init__(self, name: str, title: str, height: int, keys: str, parent: QWidget) -> None:
        super().__init__(f" {title}", parent)
        self._title, self._keys = title, keys
        self._shown: tuple[str, ...] = ()
        self.setProperty("kind", "rail")
        self.setFixedHeight(height)
        self.setIconSize(QSize(18, 18))
        dress(self, name, on="accent")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.badge = QLabel(self)
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.badge.setFixedHeight(_BADGE)
        row(self, STRETCH, self.badge, margins=(0, 0, 12, 0))
        self.set_badge("")

    def set_badge(self, badge: str, words: str = "") -> None:
        """Show what is left to do."""
        colour = theme.colours().green
        if (badge, words, colour) == self._shown:
            return  # most edits change nothing here
        self._shown = badge, words, colour
        if badge == DONE:
            self.badge.setPixmap(pixmap("tick", 15, colour, self.devicePixelRatioF()))
        else:
            self.badge.setText(badge)
        set_state(self.badge, "", "" if badge == DONE else "badge")
        self.badge.setVisible(bool(badge))
        self.setAccessibleName(f"{self._title} {words or badge}".strip())
        self.setToolTip("\n".join(part for part in (words, self._keys) if part))


class Rail(QFrame):
    """Steps above, helpers below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.group = QButtonGroup(self)
        self.group.buttonToggled.connect(self._toggled)
        self._steps, self._helpers = column(None, spacing=0), column(None, spacing=0)
        column(self, self._steps, STRETCH, self._helpers, margins=(0, theme.GRID, 0, theme.GRID), spacing=0)

    def _toggled(self, button: QAbstractButton, is_shown: bool) -> None:
        """Tab comes to the page shown; from there the arrow keys lead to the others."""
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_shown else Qt.FocusPolicy.NoFocus)

    def add_step(self, name: str, title: str) -> RailButton:
        """A step of the work."""
        made = RailButton(name, title, _STEP, f"Ctrl+{self._steps.count() + 1}", self)
        self._steps.addWidget(made)
        return self._as_page(made)

    def add_helper(self, name: str, title: str, *, is_page: bool = False) -> RailButton:
        """An entry at the bottom: a page of its own, or a dialog."""
        made = RailButton(name, title, _HELPER, "", self)
        self._helpers.addWidget(made)
        return self._as_page(made) if is_page else made

    def _as_page(self, button: RailButton) -> RailButton:
        button.setCheckable(True)
        self.group.addButton(button)
        return button
