"""Checks of a 底稿 as a whole: the performance tables, their summary, and the year-start budget.

Reading (:mod:`workbook.companion.read`) already names what cannot be understood; here is what does not agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from workbook.amounts import MoneyUnit, format_amount, place_of
from workbook.companion.model import Companion, Fund, Performance, Project
from workbook.entries import Entry
from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.performance.checks import check_summary, check_table


def check_companion(companion: Companion) -> tuple[Issue, ...]:
    """Everything that can be checked within the 底稿."""
    return (*_budget(companion), *check_performance(companion.performance))


def check_performance(performance: Performance) -> tuple[Issue, ...]:
    """Every 项目支出绩效自评表, and the summary against them."""
    issues: list[Issue] = []
    for project in performance.projects:
        if project.table is not None:
            issues += check_table(project.table)
            issues += check_summary(project.name, project.table, (
                ("自评得分", project.score), ("全年预算数", project.adjusted_budget), ("执行数", project.actual),
                ("年初预算数", project.initial_budget)))
        elif project.name.text:
            issues.append(_finding("绩效-15", Severity.NOTICE, f"“{project.name.text}”没有项目支出绩效自评表", project.name))
    for table in performance.unlisted:
        issues += check_table(table)
        issues.append(_finding("绩效-15", Severity.NOTICE, f"自评表“{table.name.text}”没有列入“绩效自评”的项目", table.name))
    issues += _counts(performance)
    return tuple(issues)


def _counts(performance: Performance) -> Iterator[Issue]:
    """绩效-16: the stated numbers of projects against the projects listed."""
    groups = (
        (Fund.GENERAL, performance.general_first, performance.general_second),
        (Fund.GOVERNMENT, performance.fund_first, performance.fund_second),
    )
    for fund, first, second in groups:
        stated = [e for e in (first, second) if e.value is not None]
        listed: list[Project] = [p for p in performance.projects if p.fund is fund]
        if not stated:
            continue
        total = sum((e.value for e in stated if e.value is not None), Decimal(0))
        if total < len(listed):
            yield replace(
                _finding("绩效-16", Severity.NOTICE, f"{fund}项目填写共 {format_amount(total, 0)} 个，列出的却有 {len(listed)} 个，请核对", *stated, kind=Kind.INTRA),
                left=total, right=Decimal(len(listed)))


def _budget(companion: Companion) -> Iterator[Issue]:
    """底稿-08: sums within 年初预算."""
    budget = companion.budget
    below: dict[str, list[Entry]] = {}
    codes = {line.code for line in budget.lines}
    for line in budget.lines:
        superior = next((line.code[:n] for n in range(len(line.code) - 1, 2, -1) if line.code[:n] in codes), "")
        below.setdefault(superior, []).append(line.amount)
    for line in budget.lines:
        if line.code in below and line.amount.value is not None:
            yield from _sum(f"年初预算“{line.code}”应等于下级科目之和", line.amount, below[line.code])
    fiscal, total = budget.fiscal, budget.total
    if fiscal.value is not None and total.value is not None and fiscal.value > total.value:
        yield _finding("底稿-08", Severity.ERROR, f"年初预算的财政拨款合计 {fiscal.shown()} 万元大于收支总计 {total.shown()} 万元，请核对", fiscal, total)
    leaves = [line.amount for line in budget.leaves() if line.amount.value is not None]
    whole = sum((e.value or Decimal(0) for e in leaves), Decimal(0))
    if leaves and fiscal.value is not None and whole - fiscal.value > _bound([fiscal, *leaves]):
        yield replace(
            _finding("底稿-08", Severity.NOTICE, f"各科目年初预算数之和 {format_amount(whole)} 万元大于财政拨款合计 {fiscal.shown()} 万元，请核对", fiscal),
            left=whole, right=fiscal.value, difference=whole - fiscal.value)


def _sum(message: str, stated: Entry, parts: list[Entry]) -> Iterator[Issue]:
    total = sum((e.value or Decimal(0) for e in parts), Decimal(0))
    value = stated.value or Decimal(0)
    if value == total:
        return
    severity = Severity.TAIL if abs(value - total) <= _bound([stated, *parts]) else Severity.ERROR
    text = f"{message}：填写 {format_amount(value)}，应为 {format_amount(total)}，相差 {format_amount(value - total)}"
    yield replace(_finding("底稿-08", severity, text, stated, *parts, kind=Kind.INTRA), left=value, right=total, difference=value - total)


def _bound(entries: list[Entry]) -> Decimal:
    return sum((place_of(e.value, MoneyUnit.WAN) for e in entries if e.value), Decimal(0)) / 2


def _finding(code: str, severity: Severity, message: str, *entries: Entry, kind: Kind = Kind.FORM) -> Issue:
    cells = tuple(IssueCell(e.ref, e.text, f"底稿“{e.ref.sheet}”") for e in entries if e.ref)
    return Issue(code, kind, severity, message, cells, culprit=cells[0].ref if cells else None)
