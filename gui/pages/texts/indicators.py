"""A 项目支出绩效自评表 as an editor: funds, goals, indicators, totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.pages.texts.field import Field, attribute, changed, text_attribute
from gui.pages.texts.form import Form, Give, scrolled
from gui.pages.texts.lists import buttons
from gui.pages.texts.record_table import RecordTable
from gui.style.theme import GRID
from gui.widgets.parts import STRETCH, button, column, label, row
from workbook.amounts import plain_number
from workbook.entries import Entry
from workbook.issues import CellRef
from workbook.pack.companion_form import Content
from workbook.performance.grid import GridCell, measure_entry
from workbook.performance.model import FundRow, Indicator, Nature, PerformanceTable

_DIRECTIONS = ("大于等于", "小于等于", "等于", "大于", "小于")
_LINE, _TEXT, _CHOICE, _NUMBER, _AMOUNT = Content.LINE, Content.TEXT, Content.CHOICE, Content.NUMBER, Content.AMOUNT


def _measure(title: str, name: str, width: int) -> Field:
    """年度指标值 and 实际完成值: texts that may hold a number."""
    def put(indicator: Indicator, entry: Entry) -> Any:
        typed, _ = measure_entry(GridCell(entry.text, 0, 1, entry.ref or CellRef("", "", 0, 0)))
        return changed(indicator, **{name: Entry(typed.text, typed.value, entry.ref)})

    return Field(title, lambda i: Entry(getattr(i, name).text, None, getattr(i, name).ref), put, _LINE, width)


INDICATOR_FIELDS = (
    text_attribute("一级指标", "first", _LINE, 84), text_attribute("二级指标", "second", _LINE, 84),
    text_attribute("三级指标", "third", _LINE, 190), text_attribute("指标性质", "nature", _CHOICE, 70, choices=tuple(Nature)),
    text_attribute("指标方向", "direction", _CHOICE, 80, choices=_DIRECTIONS),
    _measure("年度指标值", "target", 100), _measure("实际完成值", "actual", 100), text_attribute("计量单位", "unit", _LINE, 66),
    attribute("分值", "weight", _NUMBER, 54), attribute("得分", "score", _NUMBER, 54),
    attribute("偏差原因分析及改进措施", "cause", _LINE, 220),
)
_DIRECTION_COLUMN = 4
_FUND_FIELDS = (
    Field("项目资金（万元）", lambda f: Entry(f.label), None, width=140),
    attribute("年初预算数", "initial_budget", _AMOUNT, 110), attribute("全年预算数", "adjusted_budget", _AMOUNT, 110),
    attribute("全年执行数", "actual", _AMOUNT, 110), attribute("分值", "weight", _NUMBER, 60),
    attribute("执行率（%）", "rate", _NUMBER, 90), attribute("得分", "score", _NUMBER, 60),
)


class TableEditor:
    """Edits one table, on two pages."""

    def __init__(self, current: Callable[[], PerformanceTable | None], change: Give, keep: Give, parent: QWidget) -> None:
        """As a :class:`Form` has it, of the table."""
        self._current, self._change = current, change
        self.funds = RecordTable(_FUND_FIELDS, lambda: FundRow(""), parent, fixed=True, stretch=0)
        self.funds.setFixedHeight(30 * 5 + 16)
        self.funds.verticalHeader().hide()
        self.indicators = RecordTable(INDICATOR_FIELDS, lambda: Indicator("", "", ""), parent)
        self.indicators.horizontalHeader().setStretchLastSection(True)
        for part, name in ((self.funds, "funds"), (self.indicators, "indicators")):
            part.records_edited.connect(partial(self._put, change, name))
            part.records_typed.connect(partial(self._put, keep, name))
        self.total, self._fill = label(parent), button(parent, "按合计填总分", self._fill_total)
        self._form = Form(current, change, keep)
        self._form.add_group("", (attribute("主管部门", "department"), attribute("实施单位", "unit")))
        self._form.add(self.funds)
        self._form.add_group("", (attribute("预期目标", "expected", _TEXT), attribute("实际完成情况", "achieved", _TEXT)))
        self._form.finish()
        self.funds_page = scrolled(self._form)
        """资金 and 年度总体目标."""
        self.indicators_page = QWidget()
        """绩效指标 and totals."""
        above, below = buttons(self.indicators_page, self.indicators), row(None, self.total, self._fill, STRETCH)
        column(self.indicators_page, above, (self.indicators, 1), below, margins=(0, GRID, 0, 0))

    def _put(self, give: Give, name: str, rows: tuple[Any, ...]) -> None:
        table = self._current()
        if table is not None:
            give(changed(table, **{name: rows}))

    def _fill_total(self) -> None:
        table = self._current()
        if table is not None:
            self._change(replace(
                table, total_weight=table.total_weight.with_value(table.weight_sum()),
                total_score=table.total_score.with_value(table.score_sum())))

    def show_table(self, table: PerformanceTable) -> None:
        """Show a table; what is being typed stays."""
        self._form.refresh()
        self.funds.show_records(table.funds)
        self.indicators.show_records(table.indicators)
        self.indicators.setColumnHidden(_DIRECTION_COLUMN, not table.has_direction)
        weight, score, stated = table.weight_sum(), table.score_sum(), table.total_score.value
        words = f"分值合计 {plain_number(weight)}　得分合计 {plain_number(score)}　填写的总分 {plain_number(stated) if stated is not None else '—'}"
        self.total.setText(words)
        self._fill.setVisible(stated != score or table.total_weight.value != weight)
