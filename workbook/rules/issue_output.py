"""Issues for other programs and for people: the JSON of ``check``/``review`` and an Excel issue list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from workbook.create.lists import Link, Value, write_list
from workbook.issues import CellRef, Issue, TableName
from workbook.rules.check import CheckReport


class IssueColumn(NamedTuple):
    """A column of an issue list."""

    title: str
    width: float
    value: Callable[[int, Issue], Value | CellRef]
    """The cell of an issue, given its number in the list and the issue; a reference becomes a link to that cell."""


def _others(issue: Issue) -> str:
    return "、".join(str(c.ref) for c in issue.cells[1:30])


_FIRST = (IssueColumn("序号", 6, lambda n, _: str(n)), IssueColumn("级别", 8, lambda _, i: i.severity))
_PLACE = (
    IssueColumn("工作表", 26, lambda _, i: i.cells[0].ref.sheet if i.cells else ""),
    IssueColumn("单元格", 9, lambda _, i: i.cells[0].ref if i.cells else ""),
)
_CODE = IssueColumn("编号", 10, lambda _, i: i.code)
_STATE = IssueColumn("处理情况", 24, lambda _, i: f"已核实：{i.verified}" if i.verified else "")
CHECK_COLUMNS = (
    *_FIRST,
    IssueColumn("类别", 8, lambda _, i: str(i.kind)),
    _CODE,
    *_PLACE,
    IssueColumn("问题", 70, lambda _, i: i.message),
    IssueColumn("左边（万元）", 15, lambda _, i: i.left),
    IssueColumn("右边（万元）", 15, lambda _, i: i.right),
    IssueColumn("相差（万元）", 13, lambda _, i: i.difference),
    IssueColumn("涉及单元格", 40, lambda _, i: _others(i)),
    _STATE,
)
REVIEW_COLUMNS = (
    *_FIRST,
    _CODE,
    IssueColumn("段落", 7, lambda _, i: "" if i.paragraph is None else str(i.paragraph)),
    IssueColumn("原文", 44, lambda _, i: i.text),
    IssueColumn("报告写的", 20, lambda _, i: i.stated),
    IssueColumn("应为", 20, lambda _, i: i.expected),
    IssueColumn("问题", 60, lambda _, i: i.message),
    *_PLACE,
    IssueColumn("其他来源", 30, lambda _, i: _others(i)),
    _STATE,
)
"""Of the review of a report: what it writes, what it should be, and from where."""


def issue_json(issue: Issue) -> dict[str, Any]:
    """One issue as the fixed JSON contract has it (design.md section 3)."""
    record: dict[str, Any] = {
        "code": issue.code, "kind": str(issue.kind), "severity": str(issue.severity), "message": issue.message,
        "cells": [{**_place(c.ref), "value": c.value} for c in issue.cells],
    }
    for name in ("left", "right", "difference"):
        record[name] = None if (value := getattr(issue, name)) is None else f"{value:f}"
    if issue.culprit is not None:
        record["culprit"] = _place(issue.culprit)
    if issue.verified:
        record["verified"] = issue.verified
    for name in ("paragraph", "text", "stated", "expected"):
        if (value := getattr(issue, name)) is not None:
            record[name] = value
    return record


def _place(ref: CellRef) -> dict[str, Any]:
    """Where a cell stands: sheet and A1, or page, table, row and column of a document."""
    if isinstance(ref.sheet, TableName):
        return ref.sheet.place(ref.row, ref.column)
    return {"sheet": ref.sheet, "cell": ref.a1}


def report_json(report: CheckReport, extra: Sequence[Issue] = ()) -> dict[str, Any]:
    """The whole result of ``check``; *extra* are issues of other sources (the 底稿)."""
    accounts = report.accounts
    return {
        "workbook": str(accounts.path), "unit": accounts.unit_name, "year": accounts.year, "money_unit": str(accounts.money_unit),
        "sheets": [
            {"code": code, "name": table.sheet.name, "money_unit": str(table.unit)} for code, table in accounts.tables.items()],
        "issues": [issue_json(i) for i in (*report.issues, *extra)],
        "summary": report.summary(extra),
    }


def write_issue_list(
    path: Path, workbook: Path, issues: Iterable[Issue], summary: Mapping[str, int], columns: Sequence[IssueColumn] = CHECK_COLUMNS,
    title: str = "",
) -> None:
    """Write the issues as an Excel list whose cells link into the workbook.

    *title* defaults to ``审核结果：`` and the workbook's name.  Raises :class:`~workbook.errors.InputError`.
    """
    place, is_folder = workbook.resolve(), workbook.is_dir()

    def cell(value: Value | CellRef) -> Value:
        if not isinstance(value, CellRef):
            return value
        return Link(value.a1, _target(place / value.file if is_folder else place, value))

    head = f"{title or f'审核结果：{workbook.name}'}　" + "　".join(f"{k} {v}" for k, v in summary.items())
    rows = ([cell(column.value(number, issue)) for column in columns] for number, issue in enumerate(issues, 1))
    write_list(path, "审核结果", head, [(column.title, column.width) for column in columns], rows)


def _target(file: Path, ref: CellRef) -> str:
    """A link to a cell of *file*; none to a table of a document."""
    if isinstance(ref.sheet, TableName):
        return ""
    sheet = ref.sheet.replace("'", "''")
    target = f"external:{file}#'{sheet}'!{ref.a1}"
    return target if len(target) < 2000 else ""
