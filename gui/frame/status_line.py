"""The line at the bottom: what is left, and the state of last year's workbook and the 底稿."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from gui.session.saving import SaveState
from gui.style import theme
from gui.widgets.parts import set_state
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from gui.session.findings import Left
    from gui.session.session import Session


class StatusLine(QFrame):
    """Counts at the left (a click shows them), files at the right."""

    severity_requested = Signal(object)
    reasons_requested = Signal()
    prior_requested = Signal()
    saving_requested = Signal()

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
        self._prior, self.saving = self._button(), self._button()
        self._prior.setToolTip("关联上年工作簿…")
        self.saving.setToolTip("公开表按“保存”写回（Ctrl+S）；底稿里的变动原因、文字资料和绩效自评改了就自动保存")
        self.saving.clicked.connect(self.saving_requested)
        self._prior.clicked.connect(self.prior_requested)
        for widget in (self._busy, self._selection, self._prior, self.saving):
            widget.setProperty("role", "muted")
            layout.addWidget(widget)
            layout.addSpacing(theme.GRID // 2)
        self.dress()
        session.checked.connect(self.refresh)
        session.findings.changed.connect(self.refresh)
        session.closed.connect(self.refresh)
        session.companion_changed.connect(self.refresh)
        session.saving.changed.connect(self._show_saving)
        session.disk.changed.connect(self._show_saving)
        session.opened.connect(self.refresh)
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
            f'QPushButton[state="red"] {{ color: {c.red}; font-weight: bold; }} QPushButton[state="amber"] {{ color: {c.amber}; }}'
            f"QPushButton:hover {{ background: {c.accent_soft}; border-radius: 3px; }}")

    def busy(self, text: str) -> None:
        """Say that something is under way (empty: no longer)."""
        self._busy.setText(text)

    def set_selection(self, words: str) -> None:
        """Sum and count of what is selected (empty: nothing)."""
        self._selection.setText(words)

    def set_left(self, left: Left) -> None:
        """What is left to be written, and to be looked at again."""
        number = left.reasons + left.texts
        parts = [f"待填 {number}" if number else "", f"再看 {left.again}" if left.again else ""]
        self.reasons.setVisible(bool(number or left.again))
        self.reasons.setText(" · ".join(p for p in parts if p))
        self.reasons.setToolTip(f"变动原因 {left.reasons} 处、文字资料 {left.texts} 处待填；{left.again} 处有疑问或要再看一遍")

    def refresh(self) -> None:
        """Show the session's present state."""
        is_open = self.session.is_open
        counts = count_by_severity(self.session.findings.issues)
        for severity, button in self._counts.items():
            button.setVisible(is_open)
            button.setText(f"{severity} {counts[severity]}")
        self._prior.setVisible(is_open)
        self._prior.setText(self._prior_words())
        self._show_saving()
        if not is_open:
            self.reasons.hide()

    def _prior_words(self) -> str:
        inputs = self.session.inputs
        if inputs is None or not inputs.prior:
            return "上年：未关联"
        if inputs.prior_accounts is not None:
            return f"上年：已关联 {inputs.prior_accounts.year or ''}".strip()
        return "上年：取自底稿"

    def _show_saving(self, _state: object = None) -> None:
        saving, is_other = self.session.saving, bool(self.session.disk.now.workbook)
        words = f"{saving.words()} · 表格已在别处改动" if is_other else saving.words()
        self.saving.setVisible(self.session.is_open)
        self.saving.setText(words)
        self.saving.setAccessibleName(f"保存状态：{words}")
        is_failed, is_changed = saving.state is SaveState.FAILED, is_other or saving.state is SaveState.CHANGED
        set_state(self.saving, "red" if is_failed else "amber" if is_changed else "", "" if is_failed or is_changed else "muted")
