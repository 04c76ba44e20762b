"""Issues for other programs and for people: the JSON of ``check``/``review`` and an Excel issue list."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbook.check import CheckReport
from workbook.errors import InputError
from workbook.issues import Issue

_COLUMNS = (
    ("序号", 6), ("级别", 8), ("类别", 8), ("编号", 10), ("工作表", 26), ("单元格", 9), ("问题", 70),
    ("左边（万元）", 15), ("右边（万元）", 15), ("相差（万元）", 13), ("涉及单元格", 40), ("处理情况", 24),
)
_COLOURS = {"错误": "#C0392B", "提示": "#B7791F", "尾差": "#4A6FA5"}


def issue_json(issue: Issue) -> dict[str, Any]:
    """One issue as the fixed JSON contract has it (design.md section 3)."""
    record: dict[str, Any] = {
        "code": issue.code,
        "kind": str(issue.kind),
        "severity": str(issue.severity),
        "message": issue.message,
        "cells": [{"sheet": c.ref.sheet, "cell": c.ref.a1, "value": c.value} for c in issue.cells],
        "left": None if issue.left is None else f"{issue.left:f}",
        "right": None if issue.right is None else f"{issue.right:f}",
        "difference": None if issue.difference is None else f"{issue.difference:f}",
    }
    if issue.culprit is not None:
        record["culprit"] = {"sheet": issue.culprit.sheet, "cell": issue.culprit.a1}
    for name in ("paragraph", "text", "stated", "expected"):
        if (value := getattr(issue, name)) is not None:
            record[name] = value
    return record


def report_json(report: CheckReport, extra: Iterable[Issue] = ()) -> dict[str, Any]:
    """The whole result of ``check``; *extra* are issues of other sources (the 底稿)."""
    accounts = report.accounts
    summary = report.summary()
    issues = [*report.issues, *extra]
    for issue in extra:
        summary[str(issue.severity)] += 1
    return {
        "workbook": str(accounts.path),
        "unit": accounts.unit_name,
        "year": accounts.year,
        "money_unit": str(accounts.money_unit),
        "sheets": [
            {"code": code, "name": table.sheet.name, "money_unit": str(table.unit)}
            for code, table in accounts.tables.items()
        ],
        "issues": [issue_json(i) for i in issues],
        "summary": summary,
    }


def write_issue_list(path: Path, workbook: Path, issues: Iterable[Issue], summary: dict[str, int]) -> None:
    """Write the issues as an Excel list whose cells link into the workbook.  Atomic."""
    import xlsxwriter

    temporary = path.with_name(f".{path.name}.tmp")
    book = xlsxwriter.Workbook(temporary, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("审核结果")
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "align": "center", "valign": "vcenter"})
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"border": 1, "num_format": "#,##0.00####", "valign": "top"})
    link = book.add_format({"border": 1, "font_color": "#1F6FB2", "underline": 1, "valign": "top"})
    states = {k: book.add_format({"border": 1, "font_color": v, "bold": True, "valign": "top"}) for k, v in _COLOURS.items()}
    sheet.write_string(0, 0, f"审核结果：{workbook.name}　" + "　".join(f"{k} {v}" for k, v in summary.items()),
                       book.add_format({"bold": True, "font_size": 12}))
    for column, (title, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, title, head)
    row = 1
    for row, issue in enumerate(issues, start=2):
        values = _row(row - 1, issue)
        for column, value in enumerate(values):
            if isinstance(value, float):
                sheet.write_number(row, column, value, number)
            else:
                sheet.write_string(row, column, value, states.get(value, text) if column == 1 else text)
        if issue.cells and (target := _target(workbook, issue)):
            sheet.write_url(row, 5, target, link, issue.cells[0].ref.a1)
    sheet.freeze_panes(2, 0)
    if row >= 2:
        sheet.autofilter(1, 0, row, len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    try:
        book.close()
        temporary.replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        temporary.unlink(missing_ok=True)
        raise InputError(path, "无法写入审核结果", "请关闭已打开的同名文件，或换一个位置保存") from error


def _row(number: int, issue: Issue) -> list[str | float]:
    first = issue.cells[0].ref if issue.cells else None
    amounts: list[str | float] = ["" if v is None else float(v) for v in (issue.left, issue.right, issue.difference)]
    others = "、".join(f"{c.ref.sheet}!{c.ref.a1}" for c in issue.cells[1:30])
    return [
        str(number), str(issue.severity), str(issue.kind), issue.code, first.sheet if first else "",
        first.a1 if first else "", issue.message, *amounts, others, "",
    ]


def _target(workbook: Path, issue: Issue) -> str:
    """A link to the issue's first cell (in a folder: to the file that holds it)."""
    ref = issue.cells[0].ref
    file = workbook / ref.file if workbook.is_dir() else workbook
    sheet = ref.sheet.replace("'", "''")
    target = f"external:{file.resolve()}#'{sheet}'!{ref.a1}"
    return target if len(target) < 2000 else ""
