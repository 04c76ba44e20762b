"""单位信息, 采购与中小企业 and 联系方式: the sub-pages that are forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from gui.pages.texts.base import FormTab
from gui.session.session import Session
from gui.style.theme import GRID, figure_font
from gui.widgets.bound import Binding, BoundField, Kind
from gui.widgets.form import scrolled
from gui.widgets.notice import Notice
from gui.widgets.typed import with_field
from workbook.amounts import format_amount
from workbook.companion.model import LEVEL_WORDINGS, NATURES, Companion, Procurement
from workbook.entries import Entry

_STATED = ("政府采购货物支出", "政府采购工程支出", "政府采购服务支出", "政府采购支出合计", "授予中小企业合同金额", "授予小微企业合同金额")
EXCEL_FILTER = "Excel 文件 (*.xlsx *.xlsm *.xls *.xlsb *.ods *.et)"


def info(title: str, field: str, kind: Kind = Kind.LINE, hint: str = "", **more: object) -> Binding:
    """A binding to an entry of 单位信息."""
    def put(companion: Companion, entry: Entry) -> Companion:
        return replace(companion, info=with_field(companion.info, field, entry))

    return Binding(title, lambda c: getattr(c.info, field), put, kind, hint, **more)  # type: ignore[arg-type]  # passed on as they are


def setting(title: str, field: str, kind: Kind, hint: str, **more: object) -> Binding:
    """A binding to a setting of the change reasons."""
    def put(companion: Companion, entry: Entry) -> Companion:
        return replace(companion, settings=with_field(companion.settings, field, entry))

    return Binding(title, lambda c: getattr(c.settings, field), put, kind, hint, **more)  # type: ignore[arg-type]  # passed on as they are


def _missing_file(session: Session) -> Callable[[Entry], str]:
    def problem(entry: Entry) -> str:
        path = session.path
        if not entry.text or path is None:
            return ""
        found = path.parent / Path(entry.text.replace("\\", "/"))
        return "" if found.exists() else f"找不到这个文件（应在 {found.parent}）"

    return problem


def _year_problem(entry: Entry) -> str:
    value = entry.value
    return "" if value is None or (value == int(value) and 2000 <= value <= 2099) else "应填四位年份，如 2024"


class UnitTab(FormTab):
    """单位信息: what the unit is, last year's workbook, what reasons are asked for, fixed texts of part two."""

    title = "单位信息"
    places = ("单位信息", "单位.", "文本.结余", "文本.年末", "文本.购置", "文本.国内", "文本.国外", "文本.重点", "上年决算")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        form = self.make_form()
        form.add_group("基本信息", (
            info("单位名称", "name", hint="与公开表一致，写全称"),
            info("单位性质", "nature", Kind.CHOICE, "决定报告写“机关运行经费”还是“公用经费”", choices=NATURES),
            info("年度", "year", Kind.NUMBER, problem=_year_problem, unit="年"),
        ))
        form.add_group("上年决算", (
            info("上年决算表", "prior_path", Kind.FILE, "上年的决算公开表；与底稿在同一文件夹的只写文件名", files=EXCEL_FILTER,
                 problem=_missing_file(session)),
        ))
        self.notice = Notice(form)
        form.add(self.notice)
        form.add_group("变动原因的要求", (
            setting("最低变动率", "minimum_rate", Kind.NUMBER, "变动达到这个幅度才要求写原因；空白按模板规定，0 表示凡有变动都写", unit="%"),
            setting("最低变动额", "minimum_amount", Kind.NUMBER, "", unit="万元"),
            setting("持平的写法", "level_wording", Kind.CHOICE, "本年与对比数相等时怎么写", choices=LEVEL_WORDINGS),
        ))
        form.add_group("报告第二部分中的说明", (
            info("结余分配事项", "surplus_distribution", Kind.TEXT, placeholder="如：按规定提取职工福利基金；没有的写：本年度无结余分配事项"),
            info("年末结转和结余事项", "closing_balance", Kind.TEXT, placeholder="如：项目跨年实施；没有的写：本年度无年末结转和结余"),
            info("公务用车购置开支内容", "car_purchase", Kind.TEXT, placeholder="没有的写：本年度未购置车辆"),
            info("国内公务接待开支内容", "reception", Kind.TEXT, placeholder="没有的写：本年度未发生公务接待"),
            info("国（境）外公务接待开支内容", "foreign_reception", Kind.TEXT, placeholder="没有的写：本年度未发生公务接待"),
            info("重点评价说明", "key_evaluation", Kind.TEXT, placeholder="部门项目绩效评价结果；没有的写：我单位无重点项目绩效评价"),
        ), hint="金额为 0 的事项可以不填，报告写“本年度无……”。")
        form.finish()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(form))

    def _edited(self, binding: Binding, entry: Entry) -> None:
        super()._edited(binding, entry)
        if binding.title == "上年决算表" and entry.text and not binding.problem(entry):
            self.notice.say("重新打开工作簿后，上年数改用这个文件。", "blue", ("重新打开", self._reopen))

    def problems(self) -> int:
        """Last year's figures are asked for too."""
        inputs = self.session.inputs
        return super().problems() + int(inputs is not None and not inputs.prior)

    def _reopen(self) -> None:
        if self.session.is_dirty:
            self.notice.say("公开表有没有保存的修改，请先保存再重新打开。", "amber")
        elif self.session.path is not None:
            self.session.open(self.session.path)

    def go_to(self, place: str) -> None:
        _focus(self.form.fields, {
            "文本.结余分配事项": "结余分配事项", "文本.年末结转事项": "年末结转和结余事项", "文本.购置开支内容": "公务用车购置开支内容",
            "文本.国内接待内容": "国内公务接待开支内容", "文本.国外接待内容": "国（境）外公务接待开支内容", "文本.重点评价": "重点评价说明",
            "单位.性质": "单位性质", "上年决算": "上年决算表"}.get(place, "单位名称"))


def _focus(fields: list[BoundField], title: str) -> None:
    for field in fields:
        if field.binding.title == title:
            field.input.setFocus(Qt.FocusReason.OtherFocusReason)


class ContactTab(FormTab):
    """联系方式: part four of the report."""

    title = "联系方式"
    places = ("文本.联系",)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        form = self.make_form()
        form.add_group("决算公开联系方式", (
            info("联系人", "contact"), info("联系电话", "phone", placeholder="区号-号码"),
        ), hint="写进报告第四部分“决算公开联系方式及信息反馈渠道”。")
        self._sentence = QLabel(form)
        self._sentence.setProperty("role", "muted")
        form.add(self._sentence)
        form.finish()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(form))

    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        contact, phone = companion.info.contact.text or "＿＿", companion.info.phone.text or "＿＿"
        self._sentence.setText(f"报告中写作：联系人：{contact}　　联系电话：{phone}")

    def go_to(self, place: str) -> None:
        _focus(self.form.fields, "联系电话" if place.endswith("电话") else "联系人")


class ProcurementTab(FormTab):
    """采购与中小企业: contracts with small and medium enterprises by kind, beside what 公开11 states."""

    title = "采购与中小企业"
    places = ("采购",)
    _KINDS = (("货物", "goods"), ("工程", "works"), ("服务", "services"))

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        form = self.make_form()
        form.add_group("授予中小企业合同金额", [self._binding(f"{kind}采购", field) for kind, field in self._KINDS],
                       hint="政府采购中授予中小企业的合同金额，按货物、工程、服务分开填写；三项之和应等于公开11表的“授予中小企业合同金额”。没有采购的一类不用填。")
        self._amounts: dict[str, QLabel] = {}
        form.add(self._stated(form))
        self._state = QLabel(form)
        self._state.setWordWrap(True)
        form.add(self._state)
        form.finish()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(form))
        session.checked.connect(self._show_state)

    def _stated(self, parent: QWidget) -> QWidget:
        """What 公开11 states, to compare with."""
        table = QWidget(parent)
        grid = QGridLayout(table)
        grid.setContentsMargins(0, GRID, 0, 0)
        grid.setHorizontalSpacing(GRID * 3)
        grid.setColumnStretch(2, 1)
        heading = QLabel("公开11表中的数", table)
        heading.setProperty("role", "heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        for i, row in enumerate(_STATED, 1):
            amount = self._amounts[row] = QLabel(table)
            amount.setFont(figure_font())
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(row, table), i, 0)
            grid.addWidget(amount, i, 1)
        return table

    @staticmethod
    def _binding(title: str, field: str) -> Binding:
        def put(companion: Companion, entry: Entry) -> Companion:
            return replace(companion, procurement=with_field(companion.procurement, field, entry))

        return Binding(title, lambda c: getattr(c.procurement, field), put, Kind.AMOUNT, unit="万元")

    def show_companion(self, companion: Companion) -> None:
        super().show_companion(companion)
        for row, amount in self._amounts.items():
            amount.setText(_money(self.session.accounts.value("公开11", row, "数")))
        self._show_state()

    def problems(self) -> int:
        """The amounts by kind are asked for when there is a total to split."""
        companion = self.session.companion
        total = self.session.accounts.value("公开11", "授予中小企业合同金额", "数") if self.session.is_open else None
        is_blank = companion is None or companion.procurement == Procurement() or all(
            e.is_blank for e in (companion.procurement.goods, companion.procurement.works, companion.procurement.services))
        return super().problems() + int(bool(total) and is_blank)

    def _show_state(self) -> None:
        """What the check formulas say about these amounts."""
        companion, report = self.session.companion, self.session.report
        if companion is None or report is None:
            self._state.clear()
            return
        name = companion.path.name
        words = [
            f"{i.severity.sign} {i.message}" for i in report.issues
            if any(c.ref.file == name and "采购" in c.ref.sheet for c in i.cells)
        ]
        filled = companion.procurement != Procurement()
        self._state.setText("\n".join(words) or ("✓ 与公开11表一致" if filled else ""))
        self._state.setProperty("state", "red" if words else "green")
        self._state.style().polish(self._state)


def _money(value: Decimal | None) -> str:
    return "—" if value is None else f"{format_amount(value, grouping=True) if value else '0.00'} 万元"


