"""The line at the bottom: what is left, and the state of last year's workbook and the 底稿."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from gui.style import theme
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from gui.session.session import Session


class StatusLine(QFrame):
    """Counts at the left (a click shows them), files at the right."""

    severity_requested = Signal(object)
    reasons_requested = Signal()
    prior_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("statusLine")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID, 2, theme.GRID + 4, 2)
        layout.setSpacing(2)
        self._counts: dict[Severity, QPushButton] = {}
        for severity in Severity:
            button = self._button()
            button.clicked.connect(lambda _=False, s=severity: self.severity_requested.emit(s))
            self._counts[severity] = button
            layout.addWidget(button)
        self.reasons = self._button()
        self.reasons.clicked.connect(self.reasons_requested)
        layout.addWidget(self.reasons)
        layout.addStretch(1)
        self._busy, self._selection = QLabel(self), QLabel(self)
        self._selection.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._prior, self._companion = self._button(), QLabel(self)
        self._prior.setToolTip("关联上年工作簿…")
        self._companion.setToolTip("底稿和工作簿在同一个文件夹，保存变动原因、文字资料和绩效自评；改了就自动保存")
        self._prior.clicked.connect(self.prior_requested)
        for widget in (self._busy, self._selection, self._prior, self._companion):
            widget.setProperty("role", "muted")
            layout.addWidget(widget)
            layout.addSpacing(theme.GRID * 2)
        self._saved_at = ""
        self.dress()
        session.checked.connect(self.refresh)
        session.findings.changed.connect(self.refresh)
        session.closed.connect(self.refresh)
        session.companion_changed.connect(self.refresh)
        session.companion_saved.connect(self._companion_saved)
        session.opened.connect(self._opened)
        self.refresh()

    def _button(self) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("kind", "status")
        button.setFlat(True)
        return button

    def dress(self) -> None:
        """Take the palette's colours."""
        c = theme.colours()
        self.setStyleSheet(
            f"#statusLine {{ background: {c.window}; border: none; border-top: 1px solid {c.border}; }}"
            f"QPushButton {{ border: none; background: transparent; padding: 2px 7px; color: {c.text}; }}"
            f'QPushButton[role="muted"] {{ color: {c.muted}; }}'
            f"QPushButton:hover {{ background: {c.accent_soft}; border-radius: 3px; }}")

    def busy(self, text: str) -> None:
        """Say that something is under way (empty: no longer)."""
        self._busy.setText(text)

    def set_selection(self, words: str) -> None:
        """Sum and count of what is selected (empty: nothing)."""
        self._selection.setText(words)

    def set_reasons(self, badge: str) -> None:
        """How many reasons are still to be filled in (the badge of that page)."""
        self.reasons.setVisible(badge.isdigit())
        self.reasons.setText(f"待填原因 {badge}")

    def _opened(self) -> None:
        self._saved_at = ""
        self.refresh()

    def _companion_saved(self) -> None:
        self._saved_at = QTime.currentTime().toString("HH:mm")
        self.refresh()

    def refresh(self) -> None:
        """Show the session's present state."""
        is_open = self.session.is_open
        counts = count_by_severity(self.session.findings.issues)
        for severity, button in self._counts.items():
            button.setVisible(is_open)
            button.setText(f"{severity} {counts[severity]}")
        self._prior.setVisible(is_open)
        self._prior.setText(self._prior_words())
        self._companion.setText(self._companion_words() if is_open else "")
        if not is_open:
            self.reasons.hide()

    def _prior_words(self) -> str:
        inputs = self.session.inputs
        if inputs is None or not inputs.prior:
            return "上年：未关联"
        if inputs.prior_accounts is not None:
            return f"上年：已关联 {inputs.prior_accounts.year or ''}".strip()
        return "上年：取自底稿"

    def _companion_words(self) -> str:
        if self.session.companion is None:
            return "底稿：还没有"
        if self.session.store.is_dirty:
            return "底稿：正在保存…"
        return f"底稿：已保存 {self._saved_at}" if self._saved_at else "底稿：已打开"
