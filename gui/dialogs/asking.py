"""Dialogs that ask: 新建本年工作簿, 设置.

The first asks for unit, year, folder, last year's files; the second for looks, what is listed, from which change on a
reason is wanted.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QGroupBox, QLineEdit, QSpinBox, QWidget

from docgen.job.inputs import default_companion
from gui.dialogs.forms import MARGINS, PackField, PathField, buttons, fields
from gui.session import files
from gui.session.jobs import Jobs
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.notice import Notice
from gui.widgets.parts import column, label
from workbook.amounts import parse_amount
from workbook.pack.companion_form import LEVEL_WORDING, LEVEL_WORDINGS, MINIMUM_AMOUNT, MINIMUM_RATE
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts

if TYPE_CHECKING:
    from docgen.job.new_year import NewYear


class NewYearDialog(QDialog):
    """Asks, makes the files, and stays open with the reason when that fails."""

    def __init__(
        self, jobs: Jobs, folder: Path, last: Accounts | None = None, parent: QWidget | None = None, *, pack: str = ""
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.made: NewYear | None = None
        self.made_with: Pack | None = None
        """The template pack it was made with."""
        self.setWindowTitle("新建本年工作簿")
        self.setMinimumWidth(560)
        self.unit = QLineEdit(self, placeholderText="与公章一致的全称")
        last_year = date.today().year - 1  # noqa: DTZ011  # the user's calendar year
        self.year = QSpinBox(self, minimum=2015, maximum=2099, suffix=" 年度", value=last_year)
        self.pack = PackField(pack, self, automatic=False)
        self.folder = PathField("选择存放的文件夹", parent=self)
        self.folder.set_path(folder)
        self.last = PathField("选择上年的决算公开表", files.WORKBOOKS, self)
        self.companion = PathField("选择上年的底稿", "底稿 (*.xlsx)", self)
        self.problem = Notice(self)
        form = fields(
            ("单位名称(&N)", self.unit), ("决算年度(&Y)", self.year), ("模板包(&P)", self.pack), ("存放到(&D)", self.folder),
            ("上年工作簿(&L)", self.last), ("上年底稿(&C)", self.companion))
        hint = label(
            self, "上年两项可以不填。填了，就把单位信息、文字、上年决算数和名词解释结转到新底稿，上年的变动原因作为参考保留。", "muted", wraps=True)
        column(self, form, hint, self.problem, buttons(self, "新建"), margins=MARGINS, spacing=theme.GRID * 2)
        self.last.changed.connect(self._last_changed)
        if last is not None:
            self.unit.setText(last.unit_name)
            if last.year is not None:
                self.year.setValue(last.year + 1)
            self.last.set_path(last.path)

    def _last_changed(self) -> None:
        """Last year's 底稿 lies beside its workbook."""
        path = self.last.path
        if path is not None and path.is_file() and self.companion.path is None:
            self.companion.set_path(default_companion(path))

    def accept(self) -> None:
        from docgen.job.new_year import new_year

        unit, folder = self.unit.text().strip(), self.folder.path
        if not unit:
            self.problem.say("请填写单位名称。", "red")
            self.unit.setFocus()
        elif folder is None:
            self.problem.say("请选择存放的文件夹。", "red")
        elif (pack := self.pack.load()) is not None:
            last, companion, year = self.last.path, self.companion.path, self.year.value()
            self.made = self.problem.attempt(lambda: self.jobs.wait_for(
                lambda: new_year(folder, unit, year, pack, last_workbook=last, last_companion=companion)))
            self.made_with = pack
            if self.made is not None:
                super().accept()


class SettingsDialog(QDialog):
    """Applied on 确定; the thresholds are kept in the open unit's 底稿, and :attr:`new_pack` is for the window to use."""

    def __init__(self, settings: Settings, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings, self.session = settings, session
        self.setWindowTitle("设置")
        self.setMinimumWidth(480)
        self.mode = QComboBox(self)
        for mode in theme.Mode:
            self.mode.addItem(str(mode), mode)
        self.mode.setCurrentIndex(list(theme.Mode).index(settings.mode))
        self.tails = QCheckBox("列出并标记尾差（由四舍五入引起，可以不改）(&T)", self)
        self.tails.setChecked(settings.shows_tails)
        self.pack = PackField(settings.pack, self)
        self.new_pack: Pack | None = None
        """The pack chosen, when it is another than before."""
        self.rate, self.amount = (QLineEdit(self, placeholderText="按模板包") for _ in range(2))
        self.level = QComboBox(self)
        self.level.addItems(["按模板包", *LEVEL_WORDINGS])
        self.problem = Notice(self)
        looks, reasons = QGroupBox("界面和校验", self), QGroupBox("变动原因（保存在本单位的底稿中）", self)
        looks.setLayout(fields(("颜色(&C)", self.mode), ("模板包(&P)", self.pack), self.tails))
        reasons.setLayout(fields(
            ("变动率达到（%）才要求填写(&R)", self.rate), ("变动额达到（万元）才要求填写(&A)", self.amount), ("没有增减时写(&L)", self.level)))
        column(self, looks, reasons, self.problem, buttons(self, "确定"), margins=MARGINS, spacing=theme.GRID * 2)
        if not session.is_open:
            reasons.setEnabled(False)
            reasons.setTitle("变动原因（打开工作簿后设置）")
        elif (companion := session.companion) is not None:
            self.rate.setText(companion.text(MINIMUM_RATE).text)
            self.amount.setText(companion.text(MINIMUM_AMOUNT).text)
            self.level.setCurrentIndex(max(self.level.findText(companion.text(LEVEL_WORDING).text), 0))

    def accept(self) -> None:
        rate, amount = parse_amount(self.rate.text()), parse_amount(self.amount.text())
        for value, name in ((rate, "变动率"), (amount, "变动额")):
            if value is not None and (not isinstance(value, Decimal) or value < 0):
                self.problem.say(f"{name}应是不小于 0 的数字；留空表示按模板包。", "red")
                return
        if self.pack.key != self.settings.pack:
            self.new_pack = self.pack.load()
            if self.new_pack is None:
                return
        self.settings.mode = self.mode.currentData()
        self.settings.shows_tails = self.tails.isChecked()
        if self.session.is_open:
            self._keep_reasons(rate, amount)
        super().accept()

    def _keep_reasons(self, rate: object, amount: object) -> None:
        before = after = self.session.companion_or_new()
        level = self.level.currentText() if self.level.currentIndex() else ""
        for name, value in ((MINIMUM_RATE, rate), (MINIMUM_AMOUNT, amount), (LEVEL_WORDING, level)):
            old = before.text(name)
            new = old.with_value(value) if isinstance(value, Decimal) else old.with_text(str(value or ""))
            if not new.same(old):
                after = after.with_text(name, new)
        if after is not before:
            self.session.set_companion(after)
