"""One project of 绩效自评: its summary, its 自评表 (funds, goals, indicators, totals), and what the arithmetic says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from docgen.imports.performance import blank_table, summarised
from gui.pages.texts.entries import flush
from gui.pages.texts.fields import Draft, Field, attribute, changed
from gui.pages.texts.form import Form
from gui.pages.texts.lists import buttons
from gui.pages.texts.record_table import RecordTable
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.fit import scrolled
from gui.widgets.parts import STRETCH, EmptyState, button, column, label, row, set_state
from workbook.amounts import plain_number
from workbook.companion.checks import check_project
from workbook.companion.model import Project
from workbook.entries import Entry
from workbook.issues import Issue, Severity
from workbook.pack.companion_form import Content
from workbook.pack.rules import Rule
from workbook.performance.grid import GridCell, measure_entry
from workbook.performance.model import FundRow, Indicator, Nature, PerformanceTable

SUMMARY, FUNDS, INDICATORS, RESULTS = range(4)
"""Tabs."""
_SHOWN = 40
_DIRECTIONS = ("大于等于", "小于等于", "等于", "大于", "小于")
_LINE, _TEXT, _CHOICE, _NUMBER, _AMOUNT = Content.LINE, Content.TEXT, Content.CHOICE, Content.NUMBER, Content.AMOUNT


def _measure(title: str, name: str, width: int) -> Field:
    """年度指标值 and 实际完成值: texts that may hold a number."""
    def put(indicator: Indicator, entry: Entry) -> Any:
        typed, _ = measure_entry(GridCell(entry.text, 0, 1))
        return changed(indicator, **{name: Entry(typed.text, typed.value, entry.ref)})

    return Field(title, lambda i: Entry(getattr(i, name).text, None, getattr(i, name).ref), put, _LINE, width)


INDICATOR_FIELDS = (
    attribute("一级指标", "first", _LINE, 84), attribute("二级指标", "second", _LINE, 84),
    attribute("三级指标", "third", _LINE, 190), attribute("指标性质", "nature", _CHOICE, 70, choices=tuple(Nature)),
    attribute("指标方向", "direction", _CHOICE, 80, choices=_DIRECTIONS),
    _measure("年度指标值", "target", 100), _measure("实际完成值", "actual", 100), attribute("计量单位", "unit", _LINE, 66),
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


class ProjectEditor(QWidget):
    """Edits the project with a number; the 底稿 is changed through the session."""

    def __init__(self, session: Session, projects: Draft, load: Callable[[], object], parent: QWidget | None = None) -> None:
        """*load* imports tables."""
        super().__init__(parent)
        self.session = session
        self.number = -1
        self._projects = projects
        self._draft = Draft(self._project, self._giving(self._projects.put), self._giving(self._projects.keep))
        self._table = self._draft.part("table")
        self.findings = label(self, wraps=True)
        self.findings.setContentsMargins(0, GRID, 0, 0)
        self.findings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tabs = QTabWidget(self, documentMode=True)
        self._table_pages = [self._table_page(page, load) for page in (self._funds_page(), self._indicators_page())]
        for page, title in zip(
            (scrolled(self._summary()), *self._table_pages, scrolled(self.findings)), ("自评综述", "自评表：资金与目标", "自评表：绩效指标", "审核结果"),
            strict=True):
            self.tabs.addTab(page, title)
        column(self, self.tabs)

    def _summary(self) -> Form:
        funds = self.session.accounts.pack.companion.funds
        self.summary = Form(self._draft, self)
        self.summary.add_group("", (
            attribute("项目名称", "name"),
            Field(
                "预算类别", lambda p: Entry(p.fund), lambda p, entry: replace(p, fund=entry.text or funds[0]),
                _CHOICE, choices=funds),
            attribute("自评得分", "score", _NUMBER, unit="分"), attribute("全年预算数", "adjusted_budget", _AMOUNT, unit="万元"),
            attribute("执行数", "actual", _AMOUNT, unit="万元"), attribute("年初预算数", "initial_budget", _AMOUNT, unit="万元"),
            attribute("绩效目标完成情况", "achievement", _TEXT), attribute("发现的主要问题及原因", "problems", _TEXT),
            attribute("下一步改进措施", "measures", _TEXT),
        ))
        self._take_button = button(self, "得分和金额按自评表填写", self._summarise)
        self.summary.add(self._take_button)
        self.summary.finish()
        return self.summary

    def _funds_page(self) -> QWidget:
        """资金 and 年度总体目标."""
        self.funds = RecordTable(self._table.part("funds"), _FUND_FIELDS, lambda: FundRow(""), self, fixed=True, stretch=0)
        self.funds.setFixedHeight(30 * 5 + 16)
        self.funds.verticalHeader().hide()
        self._form = Form(self._table)
        self._form.add_group("", (attribute("主管部门", "department"), attribute("实施单位", "unit")))
        self._form.add(self.funds)
        self._form.add_group("", (attribute("预期目标", "expected", _TEXT), attribute("实际完成情况", "achieved", _TEXT)))
        self._form.finish()
        return scrolled(self._form)

    def _indicators_page(self) -> QWidget:
        """绩效指标 and totals."""
        page = QWidget(self)
        self.indicators = RecordTable(self._table.part("indicators"), INDICATOR_FIELDS, lambda: Indicator("", "", ""), page)
        self.indicators.horizontalHeader().setStretchLastSection(True)
        self.total, self._fill = label(page), button(page, "按合计填总分", self._fill_total)
        column(
            page, buttons(page, self.indicators), (self.indicators, 1), row(None, self.total, self._fill, STRETCH),
            margins=(0, GRID, 0, 0))
        return page

    def _table_page(self, widget: QWidget, load: Callable[[], object]) -> QStackedWidget:
        """*widget*, or what to do when there is no table yet."""
        empty = EmptyState("还没有自评表", "从 Excel 或 Word 文件导入，或者新建一张空白表在这里填写。", self)
        empty.offer("导入…", load)
        empty.offer("新建空白表", self._new_table)
        stack = QStackedWidget()
        stack.addWidget(empty)
        stack.addWidget(widget)
        return stack

    # ------------------------------------------------------------ the project
    def _project(self) -> Project | None:
        projects = self._projects.get()
        return projects[self.number] if 0 <= self.number < len(projects) else None

    def _giving(self, give: Callable[[Any], object]) -> Callable[[Project], object]:
        """Gives the projects with another one in the place of the one shown."""
        return lambda project: give(
            tuple(project if number == self.number else p for number, p in enumerate(self._projects.get())))

    def _new_table(self) -> None:
        project, companion = self._project(), self.session.companion_or_new()
        if project is not None:
            self._table.put(blank_table(project, companion.unit_name, companion.year))

    def _fill_total(self) -> None:
        if (table := self._table.get()) is not None:
            self._table.put(replace(
                table, total_weight=table.total_weight.with_value(table.weight_sum()),
                total_score=table.total_score.with_value(table.score_sum())))

    def _summarise(self) -> None:
        """Score and amounts as the table has them."""
        if (project := self._project()) is not None:
            self._draft.put(summarised(project, anew=True))

    # ------------------------------------------------------------ what is shown
    def show_project(self, number: int) -> None:
        """Show a project; what is being typed stays."""
        if number != self.number:
            flush(self)
            self.number = number
        project = self._project()
        self.setVisible(project is not None)
        if project is None:
            return
        self.summary.refresh()
        for stack in self._table_pages:
            stack.setCurrentIndex(0 if project.table is None else 1)
        self._take_button.setVisible(project.table is not None and summarised(project, anew=True) != project)
        if project.table is not None:
            self._show_table(project.table)
        self._show_findings(findings_of(project, self.session.accounts.pack.companion_rules))

    def _show_table(self, table: PerformanceTable) -> None:
        self._form.refresh()
        self.funds.refresh()
        self.indicators.refresh()
        self.indicators.setColumnHidden(_DIRECTION_COLUMN, not table.has_direction)
        weight, score, stated = table.weight_sum(), table.score_sum(), table.total_score.value
        given = plain_number(stated) if stated is not None else "—"
        self.total.setText(f"分值合计 {plain_number(weight)}　得分合计 {plain_number(score)}　填写的总分 {given}")
        self._fill.setVisible(stated != score or table.total_weight.value != weight)

    def _show_findings(self, issues: list[Issue]) -> None:
        lines = [f"{i.severity.sign} {i.message}" for i in issues[:_SHOWN]]
        if len(issues) > _SHOWN:
            lines.append(f"共 {len(issues)} 条")
        is_wrong = any(i.severity is Severity.ERROR for i in issues)
        self.findings.setText("\n\n".join(lines) or "✓ 算术关系没有发现问题")
        self.tabs.setTabText(RESULTS, f"审核结果 {len(issues)}" if issues else "审核结果 ✓")
        set_state(self.findings, "red" if is_wrong else "amber" if issues else "green")


def findings_of(project: Project, rules: Mapping[str, Rule]) -> list[Issue]:
    """What the arithmetic says about one project; the rounding tails left out."""
    return [i for i in check_project(project, rules) if i.severity is not Severity.TAIL]
