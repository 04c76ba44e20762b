"""The line at the top: unit, year, file, save, generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QToolButton, QWidget

from gui.style import theme
from gui.style.icon import icon
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import button, row
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from gui.session.session import Session


class HeaderLine(QFrame):
    """What is open, and the two things always at hand."""

    save_requested = Signal()
    generate_requested = Signal(bool)
    """Linked (true) or clean."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName("headerLine")
        self.unit, self.year, self.file = ElidedLabel(self, Qt.TextElideMode.ElideRight), QLabel(self), ElidedLabel(self)
        for label in (self.unit, self.year):
            label.setProperty("role", "heading")
        self.file.setProperty("role", "muted")
        self.file.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.dot = QLabel("●", self)
        self.dot.setToolTip("有未保存的修改")
        self.dot.setAccessibleName("有未保存的修改")
        self.save = button(self, "保存", self.save_requested.emit, tip="把对公开表的修改写回文件（Ctrl+S）")
        self.generate = QToolButton(self)
        self.generate.setText("生成报告")
        self.generate.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.generate.setProperty("kind", "primary")
        self.generate.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.generate.clicked.connect(lambda: self.generate_requested.emit(True))
        menu = QMenu(self.generate)
        for text, linked in (("生成报告（数字可刷新，供修改）", True), ("生成公开版（不带链接和个人信息）", False)):
            action = QAction(text, menu)
            action.triggered.connect(lambda _=False, value=linked: self.generate_requested.emit(value))
            menu.addAction(action)
        self.generate.setMenu(menu)
        row(self, self.unit, self.year, (self.file, 1), self.dot, self.save, self.generate, margins=(theme.GRID * 2, 6, theme.GRID + 4, 6))
        self.dress()
        for signal in (session.opened, session.closed, session.checked, session.dirty_changed, session.companion_changed):
            signal.connect(self.refresh)
        self.refresh()

    def dress(self) -> None:
        """Take the palette's colours."""
        c = theme.colours()
        self.setStyleSheet(f"#headerLine {{ background: {c.surface}; border: none; border-bottom: 1px solid {c.border}; }}")
        self.dot.setStyleSheet(f"color: {c.amber};")
        self.save.setIcon(icon("save"))
        self.generate.setIcon(icon("report", "#FFFFFF"))

    def refresh(self) -> None:
        """Show the session's present state."""
        is_open = self.session.is_open
        self.save.setVisible(is_open)
        self.generate.setVisible(is_open)
        self.dot.setVisible(is_open and self.session.is_dirty)
        self.save.setEnabled(self.session.is_dirty)
        if not is_open or self.session.path is None:
            self.unit.set_whole("决算公开助手")
            self.year.clear()
            self.file.set_whole("")
            return
        accounts = self.session.accounts
        self.unit.set_whole(accounts.unit_name or "（表中没有单位名称）")
        self.year.setText("".join(f"·  {p}  " for p in (f"{accounts.year}年度" if accounts.year else "", str(accounts.money_unit)) if p))
        self.file.set_whole(self.session.path.name, str(self.session.path))
        self.generate.setToolTip(self._generate_tip())

    def _generate_tip(self) -> str:
        errors = count_by_severity(self.session.findings.about_tables)[Severity.ERROR]
        if errors:
            return f"公开表还有 {errors} 个错误，生成的报告不能直接公开"
        return "生成 Word 报告（Ctrl+G）"
