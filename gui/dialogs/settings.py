"""设置: looks, what is listed, and from which change on a reason is asked for."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGroupBox,
    QLineEdit,
    QWidget,
)

from gui.dialogs.forms import MARGINS, PackField, buttons, fields
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.notice import Notice
from gui.widgets.parts import column
from workbook.amounts import parse_amount
from workbook.pack.companion_form import LEVEL_WORDING, LEVEL_WORDINGS, MINIMUM_AMOUNT, MINIMUM_RATE
from workbook.pack.loading import Pack


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
