"""Issues for other programs and for people: the JSON of ``check``/``review`` and an Excel issue list."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from workbook.issues import CellRef, Issue, TableName
from workbook.rules.check import CheckReport
from workbook.safe_save import write_atomically

Value = str | float


class IssueColumn(NamedTuple):
    """A column of an issue list."""

    title: str
    width: float
    value: Callable[[int, Issue], Value]
    """The cell of an issue, given its number in the list and the issue."""
    is_link: bool = False
    """Whether it leads to the issue's first cell."""


def _amount(value: Decimal | None) -> Value:
    return "" if value is None else float(value)


def _others(issue: Issue) -> str:
    return "、".join(str(c.ref) for c in issue.cells[1:30])


_FIRST = (
    IssueColumn("序号", 6, lambda n, _: str(n)),
    IssueColumn("级别", 8, lambda _, i: str(i.severity)),
)
_PLACE = (
    IssueColumn("工作表", 26, lambda _, i: i.cells[0].ref.sheet if i.cells else ""),
    IssueColumn("单元格", 9, lambda _, i: i.cells[0].ref.a1 if i.cells else "", is_link=True),
)
_CODE = IssueColumn("编号", 10, lambda _, i: i.code)
_STATE = IssueColumn("处理情况", 24, lambda _, i: f"已核实：{i.verified}" if i.verified else "")
CHECK_COLUMNS = (
    *_FIRST,
    IssueColumn("类别", 8, lambda _, i: str(i.kind)),
    _CODE,
    *_PLACE,
    IssueColumn("问题", 70, lambda _, i: i.message),
    IssueColumn("左边（万元）", 15, lambda _, i: _amount(i.left)),
    IssueColumn("右边（万元）", 15, lambda _, i: _amount(i.right)),
    IssueColumn("相差（万元）", 13, lambda _, i: _amount(i.difference)),
    IssueColumn("涉及单元格", 40, lambda _, i: _others(i)),
    _STATE,
)
REVIEW_COLUMNS = (
    *_FIRST,
    _CODE,
    IssueColumn("段落", 7, lambda _, i: "" if i.paragraph is None else str(i.paragraph)),
    IssueColumn("原文", 44, lambda _, i: i.text or ""),
    IssueColumn("报告写的", 20, lambda _, i: i.stated or ""),
    IssueColumn("应为", 20, lambda _, i: i.expected or ""),
    IssueColumn("问题", 60, lambda _, i: i.message),
    *_PLACE,
    IssueColumn("其他来源", 30, lambda _, i: _others(i)),
    _STATE,
)
"""Of the review of a report: what it writes, what it should be, and from where."""
_COLOURS = {"错误": "#C0392B", "提示": "#B7791F", "尾差": "#4A6FA5"}


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
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("审核结果")
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "align": "center", "valign": "vcenter"})
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"border": 1, "num_format": "#,##0.00####", "valign": "top"})
    link = book.add_format({"border": 1, "font_color": "#1F6FB2", "underline": 1, "valign": "top"})
    states = {k: book.add_format({"border": 1, "font_color": v, "bold": True, "valign": "top"}) for k, v in _COLOURS.items()}
    sheet.write_string(0, 0, f"{title or f'审核结果：{workbook.name}'}　" + "　".join(f"{k} {v}" for k, v in summary.items()),
                       book.add_format({"bold": True, "font_size": 12}))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(1, place, column.title, head)
    row = 1
    for row, issue in enumerate(issues, start=2):
        target = _target(workbook, issue) if issue.cells else ""
        for place, column in enumerate(columns):
            value = column.value(row - 1, issue)
            if isinstance(value, float):
                sheet.write_number(row, place, value, number)
            elif column.is_link and target:
                sheet.write_url(row, place, target, link, value)
            else:
                sheet.write_string(row, place, value, states.get(value, text) if column.title == "级别" else text)
    sheet.freeze_panes(2, 0)
    if row >= 2:
        sheet.autofilter(1, 0, row, len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    write_atomically(path, stream.getvalue())


def _target(workbook: Path, issue: Issue) -> str:
    """A link to the issue's first cell (in a folder: to the file that holds it)."""
    ref = issue.cells[0].ref
    if isinstance(ref.sheet, TableName):
        return ""
    file = workbook / ref.file if workbook.is_dir() else workbook
    sheet = ref.sheet.replace("'", "''")
    target = f"external:{file.resolve()}#'{sheet}'!{ref.a1}"
    return target if len(target) < 2000 else ""
