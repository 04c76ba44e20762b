"""The line at the bottom: what is left, and the state of last year's workbook and the 底稿."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from gui.session.saving import SaveState
from gui.style import theme
from gui.widgets.parts import STRETCH, button, label, row, set_state
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.findings import Left
    from gui.session.session import Session


class StatusLine(QFrame):
    """Counts at the left (a click shows them), files at the right."""

    severity_requested = Signal(object)
    reasons_requested = Signal()
    commanded = Signal(str)
    """A command of the menus, by its name."""
    saving_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("statusLine")
        self._counts = {severity: self._button(partial(self.severity_requested.emit, severity)) for severity in Severity}
        self.reasons = self._button(self.reasons_requested.emit)
        self._busy, self._selection = label(self, role="muted"), label(self, role="muted", selectable=True)
        self._prior = self._button(partial(self.commanded.emit, "link_prior"), "关联上年工作簿…")
        set_state(self._prior, "", "muted")
        self.saving = self._button(self.saving_requested.emit, "公开表按“保存”写回（Ctrl+S）；底稿里的变动原因、文字资料和绩效自评改了就自动保存")
        row(self, *self._counts.values(), self.reasons, STRETCH, self._busy, self._selection, self._prior, self.saving, margins=(theme.GRID, 2, theme.GRID + 4, 2), spacing=2)
        for signal in (session.checked, session.findings.changed, session.closed, session.companion_changed, session.opened):
            signal.connect(self.refresh)
        for changed in (session.saving.changed, session.disk.changed):
            changed.connect(self._show_saving)
        self.refresh()

    def _button(self, action: Callable[[], object], tip: str = "") -> QPushButton:
        made = button(self, "", action, kind="status", tip=tip)
        made.setFlat(True)
        return made

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
        for severity, count in self._counts.items():
            count.setVisible(is_open)
            count.setText(f"{severity} {counts[severity]}")
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
