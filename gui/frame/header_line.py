"""The line at the top: unit, year, file, save, generate."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QToolButton, QWidget

from gui.session.packs import STANDARD, pack_choices
from gui.session.saving import SaveState
from gui.style import theme
from gui.style.icon import dress
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import button, label, row
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.session import Session

_NARROW, _FORM_SHARE = 900, 8
"""Below this width (pixels) the name of the form has so small a share of it."""
_YEARS = 6
"""So many years are offered to a workbook that states none."""


class HeaderLine(QFrame):
    """What is open, and the two things always at hand."""

    commanded = Signal(str)
    """A command of the menus, by its name."""
    pack_requested = Signal(str)
    """Another template pack for the open workbook (:attr:`gui.session.packs.PackChoice.key`)."""
    year_requested = Signal(int)
    """The year of a workbook that states none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._shown: tuple[object, ...] = ()
        self.setObjectName("headerLine")
        self.unit, self.year, self.file = ElidedLabel(self, Qt.TextElideMode.ElideRight), QLabel(self), ElidedLabel(self)
        for name in (self.unit, self.year):
            name.setProperty("role", "heading")
        self.pack, self.ask_year = self._menu_button(self._list_packs), self._menu_button(self._list_years)
        self.ask_year.setText("请选择年度")
        self.ask_year.setToolTip("公开表和底稿都没有写明年度；选定后记入底稿")
        self.file.setProperty("role", "muted")
        self.file.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.dot = label(self, "●")
        self.dot.setProperty("state", "amber")
        self.dot.setToolTip("有未保存的修改")
        self.dot.setAccessibleName("有未保存的修改")
        self.save = button(self, "保存", partial(self.commanded.emit, "save"), tip="把对公开表的修改写回文件（Ctrl+S）", picture="save")
        self.generate = QToolButton(self)
        self.generate.setText("生成报告…")
        dress(self.generate, "report", "#FFFFFF")
        self.generate.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.generate.setProperty("kind", "primary")
        self.generate.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.generate.clicked.connect(lambda: self.commanded.emit("generate"))
        menu = QMenu(self.generate)
        for text, command in (("生成工作版（数字可刷新，供修改）…", "generate"), ("生成公开版（不带链接和个人信息）…", "generate_clean")):
            menu.addAction(text, partial(self.commanded.emit, command))
        self.generate.setMenu(menu)
        row(self, self.unit, self.year, self.ask_year, self.pack, (self.file, 1), self.dot, self.save, self.generate, margins=(theme.GRID * 2, 6, theme.GRID + 4, 6))
        for signal in (session.opened, session.closed, session.checked, session.companion_changed):
            signal.connect(self.refresh)
        session.saving.changed.connect(self._show_unsaved)
        self.refresh()

    def _menu_button(self, fill: Callable[[QMenu], None]) -> QToolButton:
        """A button with a menu that is filled when it is asked for."""
        made = QToolButton(self)
        made.setAutoRaise(True)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(made)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: fill(menu))
        made.setMenu(menu)
        return made

    def _list_packs(self, menu: QMenu) -> None:
        from workbook.pack.choice import BY_TABLES, key_of

        choice = self.session.accounts.choice
        now = key_of(choice.folder) if choice is not None and choice.how != BY_TABLES else STANDARD
        for pack in pack_choices():
            action = menu.addAction(pack.title, lambda key=pack.key: self.pack_requested.emit(key))
            action.setCheckable(True)
            action.setChecked(pack.key == now)
            action.setEnabled(not pack.problem)

    def _list_years(self, menu: QMenu) -> None:
        last = date.today().year - 1  # noqa: DTZ011  # the user's calendar year
        for year in range(last, last - _YEARS, -1):
            menu.addAction(f"{year} 年度", lambda year=year: self.year_requested.emit(year))

    def _show_unsaved(self) -> None:
        is_unsaved = self.session.saving.state in (SaveState.CHANGED, SaveState.FAILED)
        self.dot.setVisible(is_unsaved)
        self.save.setEnabled(is_unsaved)

    def refresh(self) -> None:
        """Show the session's present state."""
        is_open = self.session.is_open
        for widget in (self.save, self.generate, self.pack):
            widget.setVisible(is_open)
        self.ask_year.setVisible(is_open and self.session.accounts.year is None)
        self._show_unsaved()
        if not is_open or self.session.path is None:
            self._shown = ()
            self.unit.set_whole("决算公开助手")
            self.year.clear()
            self.file.set_whole("")
            return
        accounts = self.session.accounts
        self.generate.setToolTip(self._generate_tip())
        companion = self.session.companion
        unit = accounts.unit_name or (companion.unit_name if companion is not None else "") or "（表中没有单位名称）"
        shown = self.session.path, unit, accounts.year, accounts.money_unit, accounts.choice
        if shown == self._shown:
            return  # most edits change nothing of it
        self._shown = shown
        self.unit.set_whole(unit)
        self.year.setText("".join(f"·  {p}  " for p in (f"{accounts.year}年度" if accounts.year else "", str(accounts.money_unit)) if p))
        from docgen.job.form_words import form_words

        self._fit()
        self.pack.setToolTip(f"{form_words(accounts)}点击可另选，只用于这份工作簿。")
        self.file.set_whole(self.session.path.name, str(self.session.path))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room the name of the form gives way to that of the file."""
        title = self.session.accounts.pack.title if self.session.is_open else ""
        room = self.width() // (_FORM_SHARE if self.width() < _NARROW else 1)
        self.pack.setText(self.pack.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))

    def _generate_tip(self) -> str:
        errors = count_by_severity(self.session.findings.about_tables)[Severity.ERROR]
        if errors:
            return f"公开表还有 {errors} 个错误，生成的报告不能直接公开"
        return "生成 Word 报告（Ctrl+G）"
