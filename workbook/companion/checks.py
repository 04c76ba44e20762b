"""Checks of a 底稿 as a whole: the performance tables and their summary.

Reading (:mod:`workbook.companion.read`) already names what cannot be understood, the check formulas compare the amounts;
here is what else does not agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from workbook.amounts import format_amount
from workbook.companion.model import Companion, Project
from workbook.entries import Entry
from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.pack.companion_form import Role
from workbook.performance.checks import check_summary, check_table


def check_companion(companion: Companion) -> tuple[Issue, ...]:
    """Everything that can be checked within the 底稿."""
    issues = [issue for project in companion.projects for issue in check_project(project)]
    for table in companion.unlisted:
        issues += check_table(table)
        issues.append(_finding("绩效-15", f"自评表“{table.name.text}”没有列入“绩效自评”的项目", table.name))
    return (*issues, *_counts(companion))


def check_project(project: Project) -> tuple[Issue, ...]:
    """A project's 项目支出绩效自评表, and the summary against it."""
    if project.table is not None:
        summary = (
            ("自评得分", project.score), ("全年预算数", project.adjusted_budget), ("执行数", project.actual), ("年初预算数", project.initial_budget))
        return (*check_table(project.table), *check_summary(project.name, project.table, summary))
    return (_finding("绩效-15", f"“{project.name.text}”没有项目支出绩效自评表", project.name),) if project.name.text else ()


def _counts(companion: Companion) -> Iterator[Issue]:
    """绩效-16: the stated numbers of projects against the projects listed."""
    form = companion.form.sheet(Role.PROJECTS)
    for fund in form.funds:
        stated = [entry for count in form.counts if (entry := companion.text(fund.count(count))).value is not None]
        total = sum((entry.value for entry in stated if entry.value is not None), Decimal(0))
        listed = sum(1 for project in companion.projects if project.fund == fund.name)
        if stated and total < listed:
            text = f"{fund.name}项目填写共 {format_amount(total, 0)} 个，列出的却有 {listed} 个，请核对"
            yield replace(_finding("绩效-16", text, *stated, kind=Kind.INTRA), left=total, right=Decimal(listed))


def _finding(code: str, message: str, *entries: Entry, kind: Kind = Kind.FORM) -> Issue:
    cells = tuple(IssueCell(e.ref, e.text, f"底稿“{e.ref.sheet}”") for e in entries if e.ref)
    return Issue(code, kind, Severity.NOTICE, message, cells, culprit=cells[0].ref if cells else None)
