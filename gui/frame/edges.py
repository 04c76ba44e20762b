"""What stands around the pages: the rail at the left, the line at the top, the line at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QMenu, QPushButton, QToolButton, QWidget

from gui.pages.base import DONE
from gui.session.findings import Left
from gui.session.opening import STANDARD, pack_choices
from gui.session.saving import SaveState
from gui.session.session import Session
from gui.style import theme
from gui.style.theme import dress, pixmap
from gui.widgets.fit import ElidedLabel
from gui.widgets.parts import STRETCH, button, column, label, row, set_state
from workbook.issues import Severity, count_by_severity

WIDTH = 156
_STEP, _HELPER, _BADGE = 40, 34, 19
"""Heights."""


class RailButton(QPushButton):
    """One entry: icon, title, badge."""

    def __init__(self, name: str, title: str, height: int, keys: str, parent: QWidget) -> None:
        super().__init__(f" {title}", parent)
        self._title, self._keys = title, keys
        self._shown: tuple[object, ...] = ()
        self.setProperty("kind", "rail")
        self.setFixedHeight(height)
        self.setIconSize(QSize(18, 18))
        dress(self, name, on="accent")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.badge = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self.badge.setFixedHeight(_BADGE)
        row(self, STRETCH, self.badge, margins=(0, 0, 12, 0))
        self.set_badge("")

    def set_badge(self, badge: str, words: str = "") -> None:
        colour, scale = theme.colours().green, self.devicePixelRatioF()
        if (badge, words, colour, scale) == self._shown:
            return  # most edits change nothing here
        self._shown = badge, words, colour, scale
        if badge == DONE:
            self.badge.setPixmap(pixmap("tick", 15, colour, scale))
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
        # Tab comes to the page shown, the arrow keys lead on
        self.group.buttonToggled.connect(lambda button, is_shown: button.setFocusPolicy(
            Qt.FocusPolicy.TabFocus if is_shown else Qt.FocusPolicy.NoFocus))
        self._steps, self._helpers = column(None, spacing=0), column(None, spacing=0)
        column(self, self._steps, STRETCH, self._helpers, margins=(0, theme.GRID, 0, theme.GRID), spacing=0)

    def add(
        self, name: str, title: str, do: Callable[[], object], *, is_step: bool = False, is_page: bool = False
    ) -> RailButton:
        """A step of the work; else an entry at the bottom: a page of its own, or a dialog."""
        place = self._steps if is_step else self._helpers
        made = RailButton(name, title, _STEP if is_step else _HELPER, f"Ctrl+{place.count() + 1}" if is_step else "", self)
        made.clicked.connect(lambda: do())  # noqa: PLW0108  # the signal's argument is not for the action
        place.addWidget(made)
        if is_step or is_page:
            made.setCheckable(True)
            self.group.addButton(made)
        return made


_NARROW, _FORM_SHARE = 900, 8
"""Below this width (pixels) the name of the form has so small a share of it."""
_YEARS = 6
"""So many years are offered to a workbook that states none."""


class HeaderLine(QFrame):
    """What is open, and the two things always at hand."""

    commanded = Signal(str)
    """A command of the menus, by its name."""
    pack_requested = Signal(str)
    """Another template pack for the open workbook (:attr:`gui.session.opening.PackChoice.key`)."""
    year_requested = Signal(int)
    """The year of a workbook that states none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._shown: tuple[object, ...] = ()
        self.setObjectName("headerLine")
        self.unit = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self.year, self.file = label(self, role="heading"), ElidedLabel(self)
        self.unit.setProperty("role", "heading")
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
        menu = QMenu(self)
        for text, command in (("生成工作版（数字可刷新，供修改）…", "generate"), ("生成公开版（不带链接和个人信息）…", "generate_clean")):
            menu.addAction(text, partial(self.commanded.emit, command))
        self.generate = QToolButton(
            self, toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            popupMode=QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.generate.setMenu(menu)
        self.generate.setText("生成报告…")
        dress(self.generate, "report", "#FFFFFF")
        self.generate.setProperty("kind", "primary")
        self.generate.clicked.connect(lambda: self.commanded.emit("generate"))
        row(self, self.unit, self.year, self.ask_year, self.pack, (self.file, 1), self.dot, self.save, self.generate,
            margins=(theme.GRID * 2, 6, theme.GRID + 4, 6))
        for signal in (session.opened, session.closed, session.checked, session.companion_changed):
            signal.connect(self.refresh)
        session.saving.changed.connect(self._show_unsaved)
        self.refresh()

    def _menu_button(self, fill: Callable[[QMenu], None]) -> QToolButton:
        """A button with a menu that is filled when it is asked for."""
        made = QToolButton(self, autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
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
            action = menu.addAction(pack.title, partial(self.pack_requested.emit, pack.key))
            action.setCheckable(True)
            action.setChecked(pack.key == now)
            action.setEnabled(not pack.problem)

    def _list_years(self, menu: QMenu) -> None:
        for year in (date.today().year - n for n in range(1, _YEARS + 1)):  # noqa: DTZ011  # the user's calendar year
            menu.addAction(f"{year} 年度", partial(self.year_requested.emit, year))

    def _show_unsaved(self) -> None:
        is_unsaved = self.session.saving.state in (SaveState.CHANGED, SaveState.FAILED)
        self.dot.setVisible(is_unsaved)
        self.save.setEnabled(is_unsaved)

    def refresh(self) -> None:
        is_open = self.session.is_open
        for widget in (self.save, self.generate, self.pack):
            widget.setVisible(is_open)
        self.ask_year.setVisible(is_open and self.session.accounts.year is None)
        self._show_unsaved()
        if not is_open:
            self._shown = ()
            for part, words in ((self.unit.set_whole, "决算公开助手"), (self.year.setText, ""), (self.file.set_whole, "")):
                part(words)
            return
        from docgen.job.inputs import form_words

        accounts, companion = self.session.accounts, self.session.companion
        errors = count_by_severity(self.session.findings.about_tables)[Severity.ERROR]
        self.generate.setToolTip(f"公开表还有 {errors} 个错误，生成的报告不能直接公开" if errors else "生成 Word 报告（Ctrl+G）")
        unit = accounts.unit_name or (companion.unit_name if companion is not None else "") or "（表中没有单位名称）"
        shown = accounts.path, unit, accounts.year, accounts.money_unit, accounts.choice
        if shown == self._shown:
            return  # most edits change nothing of it
        self._shown = shown
        self.unit.set_whole(unit)
        parts = (f"{accounts.year}年度" if accounts.year else "", str(accounts.money_unit))
        self.year.setText("".join(f"·  {p}  " for p in parts if p))
        self._fit()
        self.pack.setToolTip(f"{form_words(accounts)}点击可另选，只用于这份工作簿。")
        self.file.set_whole(accounts.path.name, str(accounts.path))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room the name of the form gives way to that of the file."""
        title = self.session.accounts.pack.title if self.session.is_open else ""
        room = self.width() // (_FORM_SHARE if self.width() < _NARROW else 1)
        self.pack.setText(self.pack.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room))


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
        self.busy, self.selection = label(self, role="muted"), label(self, role="muted", selectable=True)
        """What is under way; sum and count of what is selected."""
        self._prior = self._button(partial(self.commanded.emit, "link_prior"), "关联上年工作簿…")
        set_state(self._prior, "", "muted")
        self.saving = self._button(self.saving_requested.emit, "公开表按“保存”写回（Ctrl+S）；底稿里的变动原因、文字资料和绩效自评改了就自动保存")
        row(self, *self._counts.values(), self.reasons, STRETCH, self.busy, self.selection, self._prior, self.saving,
            margins=(theme.GRID, 2, theme.GRID + 4, 2), spacing=2)
        for signal in (session.checked, session.findings.changed, session.closed, session.companion_changed, session.opened):
            signal.connect(self.refresh)
        for changed in (session.saving.changed, session.disk.changed):
            changed.connect(self._show_saving)
        self.refresh()
        self._show_saving()

    def _button(self, action: Callable[[], object], tip: str = "") -> QPushButton:
        made = button(self, "", action, kind="status", tip=tip)
        made.setFlat(True)
        return made

    def set_left(self, left: Left) -> None:
        """What is left to be written, and to be looked at again."""
        number = left.reasons + left.texts
        parts = [f"待填 {number}" if number else "", f"再看 {left.again}" if left.again else ""]
        self.reasons.setVisible(bool(number or left.again))
        self.reasons.setText(" · ".join(p for p in parts if p))
        self.reasons.setToolTip(f"变动原因 {left.reasons} 处、文字资料 {left.texts} 处待填；{left.again} 处有疑问或要再看一遍")

    def refresh(self) -> None:
        is_open = self.session.is_open
        counts = count_by_severity(self.session.findings.issues)
        for severity, count in self._counts.items():
            count.setVisible(is_open)
            count.setText(f"{severity} {counts[severity]}")
        self._prior.setVisible(is_open)
        inputs = self.session.inputs
        prior = inputs.prior_accounts if inputs is not None else None
        how = f"已关联 {prior.year or ''}" if prior is not None else "取自底稿" if inputs is not None and inputs.prior else "未关联"
        self._prior.setText(f"上年：{how}".strip())
        if not is_open:
            self.reasons.hide()

    def _show_saving(self, _state: object = None) -> None:
        saving, is_other = self.session.saving, bool(self.session.disk.now.workbook)
        words = f"{saving.words()} · 表格已在别处改动" if is_other else saving.words()
        self.saving.setVisible(self.session.is_open)
        self.saving.setText(words)
        self.saving.setAccessibleName(f"保存状态：{words}")
        is_failed, is_changed = saving.state is SaveState.FAILED, is_other or saving.state is SaveState.CHANGED
        set_state(
            self.saving, "red" if is_failed else "amber" if is_changed else "", "" if is_failed or is_changed else "muted")
