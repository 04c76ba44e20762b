"""Checks of a 底稿 as a whole: the performance tables and their summary.

Reading (:mod:`workbook.companion.read`) already names what cannot be understood, the check formulas compare the amounts;
here is what else does not agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workbook.amounts import format_amount
from workbook.companion.model import Companion, Project
from workbook.companion.numbering import numbering_remarks
from workbook.issues import Issue
from workbook.pack.companion_form import Role
from workbook.pack.findings import Findings
from workbook.pack.rules import Rule
from workbook.performance.checks import check_summary, check_table


def check_companion(companion: Companion, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """Everything that can be checked within the 底稿, as the pack's *rules* say it."""
    found = Findings(rules)
    for project in companion.projects:
        found.issues += check_project(project, rules)
    for table in companion.unlisted:
        found.issues += check_table(table, rules)
        found.add("绩效-15", "没有列入", table.name, 项目=table.name.text)
    _counts(companion, found)
    for part in companion.form.parts:
        for remark in numbering_remarks(companion.paragraphs(part.name)):
            found.add("底稿-21", remark.case, remark.entry, 部分=part.name, 文字=remark.words, 几处=remark.places)
    return tuple(found.issues)


def check_project(project: Project, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """A project's 项目支出绩效自评表, and the summary against it."""
    if project.table is not None:
        summary = (
            ("自评得分", project.score), ("全年预算数", project.adjusted_budget), ("执行数", project.actual), ("年初预算数", project.initial_budget))
        return (*check_table(project.table, rules), *check_summary(project.name, project.table, summary, rules))
    found = Findings(rules)
    if project.name.text:
        found.add("绩效-15", "", project.name, 项目=project.name.text)
    return tuple(found.issues)


def _counts(companion: Companion, found: Findings) -> None:
    """绩效-16: the stated numbers of projects against the projects listed."""
    form = companion.form.sheet(Role.PROJECTS)
    for fund in form.funds:
        stated = [entry for count in form.counts if (entry := companion.text(fund.count(count))).value is not None]
        total = sum((entry.value for entry in stated if entry.value is not None), Decimal(0))
        listed = sum(1 for project in companion.projects if project.fund == fund.name)
        if stated and total < listed:
            found.add("绩效-16", "", *stated, 预算类别=fund.name, 填写=format_amount(total, 0), 列出=listed)
