"""One project of 绩效自评: its summary, its table, and what the arithmetic says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from docgen.imports.performance import blank_table, summarised
from gui.pages.texts.bound import Binding
from gui.pages.texts.form import Form, scrolled
from gui.pages.texts.indicators import TableEditor
from gui.pages.texts.typed import with_field
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.empty import EmptyState
from gui.widgets.parts import button, column, label, set_state
from workbook.companion.checks import check_project
from workbook.companion.model import Companion, Project
from workbook.entries import BLANK, Entry
from workbook.issues import Issue, Severity
from workbook.pack.companion_form import Content
from workbook.pack.rules import Rule

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
        self.summary = Form(self)
        self.summary.edited.connect(lambda binding, entry: session.set_companion(binding.put(session.companion_or_new(), entry)))
        self.summary.typed.connect(lambda binding, entry: session.recovery.typing(binding.put(session.companion_or_new(), entry)))
        self.summary.add_group("", (
            self._entry("项目名称", "name"), self._fund(),
            self._entry("自评得分", "score", Content.NUMBER, "分"), self._entry("全年预算数", "adjusted_budget", Content.AMOUNT, "万元"),
            self._entry("执行数", "actual", Content.AMOUNT, "万元"), self._entry("年初预算数", "initial_budget", Content.AMOUNT, "万元"),
            self._entry("绩效目标完成情况", "achievement", Content.TEXT), self._entry("发现的主要问题及原因", "problems", Content.TEXT),
            self._entry("下一步改进措施", "measures", Content.TEXT),
        ))
        self._take_button = button(self, "得分和金额按自评表填写", lambda: self._change(lambda project, _: summarised(project, anew=True)))
        self.summary.add(self._take_button)
        self.summary.finish()
        self.table = TableEditor(self)
        self.table.edited.connect(lambda table: self._change(lambda project, _: replace(project, table=table)))
        self.table.typed.connect(lambda table: self._change(lambda project, _: replace(project, table=table), session.recovery.typing))
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

    # ------------------------------------------------------------ bindings
    def _project(self, companion: Companion) -> Project | None:
        projects = companion.projects
        return projects[self.number] if 0 <= self.number < len(projects) else None

    def _with(self, companion: Companion, project: Project) -> Companion:
        projects = list(companion.projects)
        if 0 <= self.number < len(projects):
            projects[self.number] = project
        return replace(companion, projects=tuple(projects))

    def _bind(
        self, title: str, get: Callable[[Project], Entry], put: Callable[[Project, Entry], Project], kind: Content, **more: Any
    ) -> Binding:
        """The field of an entry of the project shown."""
        def found(companion: Companion) -> Entry:
            project = self._project(companion)
            return get(project) if project is not None else BLANK

        def changed(companion: Companion, entry: Entry) -> Companion:
            project = self._project(companion)
            return companion if project is None else self._with(companion, put(project, entry))

        return Binding(title, found, changed, kind, **more)

    def _entry(self, title: str, name: str, kind: Content = Content.LINE, unit: str = "") -> Binding:
        return self._bind(title, lambda p: getattr(p, name), lambda p, entry: with_field(p, name, entry), kind, unit=unit)

    def _fund(self) -> Binding:
        funds = self.session.accounts.pack.companion.funds
        return self._bind("预算类别", lambda p: Entry(p.fund), lambda p, entry: replace(p, fund=entry.text or funds[0]), Content.CHOICE, choices=funds)

    # ------------------------------------------------------------ what is shown
    def show_project(self, number: int, companion: Companion) -> None:
        """Show a project; what is being typed stays."""
        if number != self.number:
            self.flush()
            self.number = number
        project = self._project(companion)
        self.setVisible(project is not None)
        if project is None:
            return
        self.summary.show_companion(companion)
        for stack in self._table_pages:
            stack.setCurrentIndex(0 if project.table is None else 1)
        self._take_button.setVisible(project.table is not None and summarised(project, anew=True) != project)
        if project.table is not None:
            self.table.show_table(project.table, companion)
        self._show_findings(findings_of(project, self.session.accounts.pack.companion_rules))

    def _show_findings(self, issues: list[Issue]) -> None:
        lines = [f"{i.severity.sign} {i.message}" for i in issues[:_SHOWN]]
        if len(issues) > _SHOWN:
            lines.append(f"…… 共 {len(issues)} 条")
        is_wrong = any(i.severity is Severity.ERROR for i in issues)
        self.findings.setText("\n\n".join(lines) or "✓ 算术关系没有发现问题")
        self.tabs.setTabText(RESULTS, f"审核结果 {len(issues)}" if issues else "审核结果 ✓")
        set_state(self.findings, "red" if is_wrong else "amber" if issues else "green")

    # ------------------------------------------------------------ what the user does
    def _change(self, change: Callable[[Project, Companion], Project], give: Callable[[Companion], None] | None = None) -> None:
        """Put what *change* makes of the project shown in its place, and give the 底稿 to the session (or whom else)."""
        companion = self.session.companion_or_new()
        project = self._project(companion)
        if project is not None:
            (give or self.session.set_companion)(self._with(companion, change(project, companion)))

    def _new_table(self) -> None:
        self._change(lambda project, c: replace(project, table=blank_table(project, c.unit_name, c.year)))

    def forget(self) -> None:
        """Another unit was opened."""
        self.summary.forget()
        self.table.forget()
        self.number = -1

    def flush(self) -> None:
        """Take over everything that was typed."""
        self.summary.flush()
        self.table.flush()


def findings_of(project: Project, rules: Mapping[str, Rule]) -> list[Issue]:
    """What the arithmetic says about one project; the rounding tails left out."""
    return [i for i in check_project(project, rules) if i.severity is not Severity.TAIL]
