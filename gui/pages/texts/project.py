"""One project of 绩效自评: its summary, its table, and what the arithmetic says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from docgen.imports.performance import blank_table, summarised
from gui.pages.texts.base import flush
from gui.pages.texts.field import Field, attribute, changed
from gui.pages.texts.form import Form, scrolled
from gui.pages.texts.indicators import TableEditor
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.empty import EmptyState
from gui.widgets.parts import button, column, label, set_state
from workbook.companion.checks import check_project
from workbook.companion.model import Companion, Project
from workbook.entries import Entry
from workbook.issues import Issue, Severity
from workbook.pack.companion_form import Content
from workbook.pack.rules import Rule
from workbook.performance.model import PerformanceTable

SUMMARY, FUNDS, INDICATORS, RESULTS = range(4)
"""Tabs."""
_SHOWN = 40


class ProjectEditor(QWidget):
    """Edits the project with a number; the 底稿 is changed through the session."""

    imported = Signal()
    """The user wants to import tables."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.number = -1
        funds = session.accounts.pack.companion.funds
        put, keep = self._putting(session.set_companion), self._putting(session.recovery.typing)
        self._put = put
        self.summary = Form(self._project, put, keep, self)
        self.summary.add_group("", (
            attribute("项目名称", "name"),
            Field("预算类别", lambda p: Entry(p.fund), lambda p, entry: replace(p, fund=entry.text or funds[0]), Content.CHOICE, choices=funds),
            attribute("自评得分", "score", Content.NUMBER, unit="分"), attribute("全年预算数", "adjusted_budget", Content.AMOUNT, unit="万元"),
            attribute("执行数", "actual", Content.AMOUNT, unit="万元"), attribute("年初预算数", "initial_budget", Content.AMOUNT, unit="万元"),
            attribute("绩效目标完成情况", "achievement", Content.TEXT), attribute("发现的主要问题及原因", "problems", Content.TEXT),
            attribute("下一步改进措施", "measures", Content.TEXT),
        ))
        self._take_button = button(self, "得分和金额按自评表填写", self._summarise)
        self.summary.add(self._take_button)
        self.summary.finish()
        self.table = TableEditor(
            self._table, lambda table: put(self._with(table=table)), lambda table: keep(self._with(table=table)), self)
        self.findings = label(self, wraps=True)
        self.findings.setContentsMargins(0, GRID, 0, 0)
        self.findings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(scrolled(self.summary), "自评综述")
        self._table_pages = [self._table_page(widget) for widget in (self.table.funds_page, self.table.indicators_page)]
        for page, title in zip(self._table_pages, ("自评表：资金与目标", "自评表：绩效指标"), strict=True):
            self.tabs.addTab(page, title)
        self.tabs.addTab(scrolled(self.findings), "审核结果")
        column(self, self.tabs)

    def _table_page(self, widget: QWidget) -> QStackedWidget:
        """*widget*, or what to do when there is no table yet."""
        empty = EmptyState("还没有自评表", "从 Excel 或 Word 文件导入，或者新建一张空白表在这里填写。", self)
        empty.offer("导入…", self.imported.emit)
        empty.offer("新建空白表", self._new_table)
        stack = QStackedWidget()
        stack.addWidget(empty)
        stack.addWidget(widget)
        return stack

    # ------------------------------------------------------------ the project
    def _project(self) -> Project | None:
        projects = self.session.companion_or_new().projects
        return projects[self.number] if 0 <= self.number < len(projects) else None

    def _table(self) -> PerformanceTable | None:
        project = self._project()
        return project.table if project is not None else None

    def _putting(self, give: Callable[[Companion], object]) -> Callable[[Project | None], None]:
        """Gives the 底稿 with another project in the place of the one shown."""
        def put(project: Project | None) -> None:
            companion = self.session.companion_or_new()
            projects = list(companion.projects)
            if project is not None and 0 <= self.number < len(projects):
                projects[self.number] = project
                give(replace(companion, projects=tuple(projects)))

        return put

    def _with(self, **changes: object) -> Project | None:
        """The project shown with other contents."""
        project = self._project()
        return changed(project, **changes) if project is not None else None

    def _new_table(self) -> None:
        project, companion = self._project(), self.session.companion_or_new()
        if project is not None:
            self._put(replace(project, table=blank_table(project, companion.unit_name, companion.year)))

    def _summarise(self) -> None:
        """Score and amounts as the table has them."""
        project = self._project()
        if project is not None:
            self._put(summarised(project, anew=True))

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
            self.table.show_table(project.table)
        self._show_findings(findings_of(project, self.session.accounts.pack.companion_rules))

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
