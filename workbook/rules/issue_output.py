"""Issues for other programs and for people: the JSON of ``check``/``review`` and an Excel issue list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from workbook.create.lists import Link, Value, write_list
from workbook.issues import CellRef, Issue, TableName
from workbook.rules.check import CheckReport


class IssueColumn(NamedTuple):
    """A column of an issue list."""

    title: str
    width: float
    value: Callable[[Issue], Value | CellRef]
    """The cell of an issue; a reference becomes a link to that cell."""


def _others(issue: Issue) -> str:
    """The other cells, each sheet named once: ``公开02!C7、D7；公开03!C7``."""
    sheets = groupby((cell.ref for cell in issue.cells[1:30]), key=lambda ref: (ref.file, ref.sheet))
    return "；".join("、".join([str(next(refs)), *(ref.a1 for ref in refs)]) for _, refs in sheets)


_SEVERITY = IssueColumn("级别", 8, lambda i: i.severity)
_PLACE = (
    IssueColumn("工作表", 26, lambda i: i.cells[0].ref.sheet if i.cells else ""),
    IssueColumn("单元格", 9, lambda i: i.cells[0].ref if i.cells else ""),
)
_CODE = IssueColumn("编号", 10, lambda i: i.code)
_STATE = IssueColumn("处理情况", 24, lambda i: f"已核实：{i.verified}" if i.verified else "")
CHECK_COLUMNS = (
    _SEVERITY,
    IssueColumn("类别", 8, lambda i: str(i.kind)),
    _CODE,
    *_PLACE,
    IssueColumn("问题", 70, lambda i: i.message),
    IssueColumn("左边（万元）", 15, lambda i: i.left),
    IssueColumn("右边（万元）", 15, lambda i: i.right),
    IssueColumn("相差（万元）", 13, lambda i: i.difference),
    IssueColumn("涉及单元格", 40, _others),
    _STATE,
)
REVIEW_COLUMNS = (
    _SEVERITY,
    _CODE,
    IssueColumn("段落", 7, lambda i: "" if i.paragraph is None else str(i.paragraph)),
    IssueColumn("原文", 44, lambda i: i.text),
    IssueColumn("报告写的", 20, lambda i: i.stated),
    IssueColumn("应为", 20, lambda i: i.expected),
    IssueColumn("问题", 60, lambda i: i.message),
    *_PLACE,
    IssueColumn("其他来源", 30, _others),
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
        "workbook": str(accounts.path), "unit": accounts.unit_name, "year": accounts.year,
        "money_unit": str(accounts.money_unit),
        "sheets": [
            {"code": code, "name": table.sheet.name, "money_unit": str(table.unit)} for code, table in accounts.tables.items()],
        "issues": [issue_json(i) for i in (*report.issues, *extra)],
        "summary": report.summary(extra),
    }


def write_issue_list(
    path: Path, workbook: Path, issues: Iterable[Issue], summary: Mapping[str, int],
    columns: Sequence[IssueColumn] = CHECK_COLUMNS,
    title: str = "",
) -> None:
    """Write the issues as an Excel list whose cells link into the workbook.

    *title* defaults to ``审核结果：`` and the workbook's name.  Raises :class:`~workbook.errors.InputError`.
    """
    is_folder = workbook.is_dir()

    def cell(value: Value | CellRef) -> Value:
        if not isinstance(value, CellRef):
            return value
        if isinstance(value.sheet, TableName):  # in a document
            return value.a1
        sheet = value.sheet.replace("'", "''")
        return Link(value.a1, workbook / value.file if is_folder else workbook, f"'{sheet}'!{value.a1}")

    head = f"{title or f'审核结果：{workbook.name}'}　" + "　".join(f"{k} {v}" for k, v in summary.items())
    rows = ([cell(column.value(issue)) for column in columns] for issue in issues)
    write_list(path, "审核结果", head, [(column.title, column.width) for column in columns], rows)
