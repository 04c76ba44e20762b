"""A 项目支出绩效自评表 as an editor: funds, goals, indicators, totals."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.pages.texts.bound import Binding
from gui.pages.texts.form import Form, scrolled
from gui.pages.texts.lists import buttons
from gui.pages.texts.record_model import Field
from gui.pages.texts.record_table import RecordTable
from gui.pages.texts.typed import with_field
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, row
from workbook.amounts import plain_number
from workbook.companion.model import Companion
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.pack.companion_form import Content
from workbook.performance.grid import GridCell, measure_entry
from workbook.performance.model import FundRow, Indicator, Nature, PerformanceTable

_DIRECTIONS = ("大于等于", "小于等于", "等于", "大于", "小于")


def _text(title: str, name: str, width: int, kind: Content = Content.LINE, choices: tuple[str, ...] = ()) -> Field:
    """A column of an indicator that is a plain text."""
    return Field(title, lambda i: Entry(getattr(i, name)), lambda i, e: with_field(i, name, e.text), kind, width, choices)


def _number(title: str, name: str, width: int, kind: Content = Content.NUMBER) -> Field:
    return Field(title, lambda r: getattr(r, name), lambda r, e: with_field(r, name, e), kind, width)


def _measure(title: str, name: str, width: int) -> Field:
    """年度指标值 and 实际完成值: texts that may hold a number."""
    def put(indicator: Indicator, entry: Entry) -> Indicator:
        ref = entry.ref or CellRef("", "", 0, 0)
        typed, _ = measure_entry(GridCell(entry.text, 0, 1, ref))
        return with_field(indicator, name, Entry(typed.text, typed.value, entry.ref))

    return Field(title, lambda i: Entry(getattr(i, name).text), put, Content.LINE, width)


INDICATOR_FIELDS = (
    _text("一级指标", "first", 84), _text("二级指标", "second", 84), _text("三级指标", "third", 190),
    _text("指标性质", "nature", 70, Content.CHOICE, tuple(Nature)), _text("指标方向", "direction", 80, Content.CHOICE, _DIRECTIONS),
    _measure("年度指标值", "target", 100), _measure("实际完成值", "actual", 100), _text("计量单位", "unit", 66),
    _number("分值", "weight", 54), _number("得分", "score", 54),
    Field("偏差原因分析及改进措施", lambda i: i.cause, lambda i, e: replace(i, cause=e), Content.LINE, 220),
)
_DIRECTION_COLUMN = 4
_FUND_FIELDS = (
    Field("项目资金（万元）", lambda f: Entry(f.label), None, width=140),
    _number("年初预算数", "initial_budget", 110, Content.AMOUNT), _number("全年预算数", "adjusted_budget", 110, Content.AMOUNT),
    _number("全年执行数", "actual", 110, Content.AMOUNT),
    Field("分值", lambda f: f.weight, lambda f, e: replace(f, weight=e), Content.NUMBER, 60),
    _number("执行率（%）", "rate", 90), Field("得分", lambda f: f.score, lambda f, e: replace(f, score=e), Content.NUMBER, 60),
)


class TableEditor(QObject):
    """Edits one table, on two pages; tells when it became another."""

    edited = Signal(object)
    """The new :class:`PerformanceTable`."""
    typed = Signal(object)
    """A key was pressed: the table as it would be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._table: PerformanceTable | None = None
        self.form = Form(parent)
        self.form.add_group("", (self._entry("主管部门", "department"), self._entry("实施单位", "unit")))
        self.goals = Form(parent)
        self.goals.add_group("", (
            self._entry("预期目标", "expected", Content.TEXT), self._entry("实际完成情况", "achieved", Content.TEXT)))
        for form in (self.form, self.goals):
            form.edited.connect(lambda binding, entry: self._change(**{self._NAMES[binding.title]: entry}))
            form.typed.connect(lambda binding, entry: self._type(**{self._NAMES[binding.title]: entry}))
        self.funds = RecordTable(_FUND_FIELDS, lambda: FundRow(""), parent, fixed=True, stretch=0)
        self.funds.records_edited.connect(lambda rows: self._change(funds=rows))
        self.funds.records_typed.connect(lambda rows: self._type(funds=rows))
        self.funds.setFixedHeight(30 * 5 + 4)
        self.funds.verticalHeader().hide()
        self.indicators = RecordTable(INDICATOR_FIELDS, lambda: Indicator("", "", ""), parent)
        self.indicators.horizontalHeader().setStretchLastSection(True)
        self.indicators.records_edited.connect(lambda rows: self._change(indicators=rows))
        self.indicators.records_typed.connect(lambda rows: self._type(indicators=rows))
        self._parts: tuple[Form | RecordTable, ...] = (self.form, self.goals, self.funds, self.indicators)
        self.total, self._fill = label(parent), button(parent, "按合计填总分", self._fill_total)
        funds = QWidget()
        column(funds, self.form, self.funds, self.goals, STRETCH, spacing=GRID * 2)
        self.funds_page = scrolled(funds)
        """资金 and 年度总体目标."""
        self.indicators_page = QWidget()
        """绩效指标 and totals."""
        above, below = buttons(self.indicators_page, self.indicators), row(None, self.total, self._fill, STRETCH)
        column(self.indicators_page, above, (self.indicators, 1), below, margins=(0, GRID, 0, 0))

    def _entry(self, title: str, name: str, kind: Content = Content.LINE) -> Binding:
        """A binding to an entry of the table shown (the 底稿 that it is given is not looked at)."""
        return Binding(title, lambda _: getattr(self._table, name, BLANK), lambda c, _: c, kind, problem=lambda _: "")

    _NAMES = {"主管部门": "department", "实施单位": "unit", "预期目标": "expected", "实际完成情况": "achieved"}  # noqa: RUF012  # never changed

    def _change(self, **changes: object) -> None:
        if self._table is not None:
            self._table = replace(self._table, **changes)  # type: ignore[arg-type]  # fields of the table
            self._show_total()
            self.edited.emit(self._table)

    def _type(self, **changes: object) -> None:
        if self._table is not None:
            self.typed.emit(replace(self._table, **changes))  # type: ignore[arg-type]  # fields of the table

    def _fill_total(self) -> None:
        if self._table is not None:
            table = self._table
            self._change(total_weight=table.total_weight.with_value(table.weight_sum()),
                         total_score=table.total_score.with_value(table.score_sum()))

    def show_table(self, table: PerformanceTable, companion: Companion) -> None:
        """Show a table; what is being typed stays."""
        self._table = table
        self.form.show_companion(companion)
        self.goals.show_companion(companion)
        self.funds.show_records(table.funds)
        self.indicators.show_records(table.indicators)
        self.indicators.setColumnHidden(_DIRECTION_COLUMN, not table.has_direction)
        self._show_total()

    def _show_total(self) -> None:
        table = self._table
        if table is None:
            return
        weight, score = table.weight_sum(), table.score_sum()
        stated = table.total_score.value
        words = f"分值合计 {plain_number(weight)}　得分合计 {plain_number(score)}　填写的总分 {plain_number(stated) if stated is not None else '—'}"
        self.total.setText(words)
        self._fill.setVisible(stated != score or table.total_weight.value != weight)

    def flush(self) -> None:
        """Take over everything that was typed."""
        for part in self._parts:
            part.flush()

    def forget(self) -> None:
        """Drop what was being typed."""
        for part in self._parts:
            part.forget()
