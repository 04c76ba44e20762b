"""Facts beside a change that are no contributions: counts, composition, projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.parts import value
from workbook.amounts import format_amount
from workbook.reading.tables import Table

_COUNTS = {
    "三公.出国": (("团组", "因公出国（境）团组数", "个"), ("人次", "因公出国（境）人次数", "人次")),
    "三公.购置": (("购置", "公务用车购置数", "辆"),),
    "三公.公车": (("保有量", "公务用车保有量", "辆"),),
    "三公.运行": (("保有量", "公务用车保有量", "辆"),),
    "三公.接待": (("国内接待", "国内公务接待批次", "批次"), ("国内接待", "国内公务接待人次", "人次")),
}


def notes_of(change: Change, context: ReportContext) -> tuple[str, ...]:
    """Sentences that help to find the reason."""
    return (*_counts(change, context), *_item(change, context))


def _counts(change: Change, context: ReportContext) -> Iterator[str]:
    """The counts of this year and the last."""
    rows = _COUNTS.get(change.id.rpartition(".")[0], ())
    table, before = context.accounts.tables.get("公开11"), context.prior.get("公开11")
    if table is None:
        return
    for words, row, unit in rows:
        then = f"，上年 {_count(before, row)} {unit}" if before is not None else ""
        yield f"{words}：本年 {_count(table, row)} {unit}{then}"


def _count(table: Table, row: str) -> str:
    return format_amount(value(table, row, "数"), 0)


def _item(change: Change, context: ReportContext) -> Iterator[str]:
    """For an item of section 5: basic and project part, last year's amount, projects beyond their budget."""
    parts = change.id.split(".")
    table = context.accounts.tables.get("公开05")
    if parts[0] != "一般公共" or table is None or len(parts[1]) == 3:
        return
    code = parts[1]
    basic, project = value(table, code, "基本支出"), value(table, code, "项目支出")
    yield f"决算数中基本支出 {format_amount(basic)} 万元、项目支出 {format_amount(project)} 万元"
    before: Mapping[str, Table] = context.prior
    if "公开05" in before:
        last = before["公开05"]
        yield (f"上年决算 {format_amount(value(last, code, '合计'))} 万元，其中基本支出 {format_amount(value(last, code, '基本支出'))} 万元、"
               f"项目支出 {format_amount(value(last, code, '项目支出'))} 万元")
    if project and change.direction in (Direction.UP, Direction.DOWN):
        yield from _projects(context, change.direction)


def _projects(context: ReportContext, direction: Direction) -> Iterator[str]:
    """Projects of the self-evaluation whose spending differs from the year-start plan in this *direction*."""
    companion = context.companion
    for item in companion.projects if companion is not None else ():
        actual, planned = item.actual.value, item.initial_budget.value
        if actual is None or planned is None or actual == planned or (actual > planned) is not (direction is Direction.UP):
            continue
        words = "多" if actual > planned else "少"
        yield f"绩效自评项目“{item.name.text}”执行数比年初预算{words} {format_amount(abs(actual - planned))} 万元"
