"""Reading 绩效自评: the numbers of projects, the rows of projects, and the table that each row names."""

from __future__ import annotations

from collections.abc import Iterable

from workbook.companion.areas import ListArea, SheetReader, issue
from workbook.companion.model import Fund, Performance, Project
from workbook.companion.specs import COUNT_LABELS, key
from workbook.entries import Entry
from workbook.formats.source import RawSheet
from workbook.issues import Issue, Severity
from workbook.performance.model import PerformanceTable
from workbook.performance.parse import parse_sheet


def read_tables(sheets: Iterable[RawSheet]) -> tuple[tuple[PerformanceTable, ...], list[Issue]]:
    """Every 项目支出绩效自评表 among *sheets*, and what is wrong in them."""
    tables: list[PerformanceTable] = []
    issues: list[Issue] = []
    for sheet in sheets:
        table, found = parse_sheet(sheet)
        issues += found
        if table is not None:
            tables.append(table)
    return tuple(tables), issues


def read_performance(reader: SheetReader, area: ListArea | None, tables: tuple[PerformanceTable, ...]) -> Performance:
    """The sheet 绩效自评; *area* is its list of projects."""
    counts = _counts(reader)
    projects: list[Project] = []
    if area is not None:
        projects = [p for r in area.rows if (p := _project(reader, r, area.columns, tables)).name.text]
    for project in projects:
        name = project.sheet_name
        if name.text and project.table is None and name.ref is not None:
            message = f"底稿“{reader.sheet.name}”{name.ref.a1}：没有名为“{name.text}”的项目支出绩效自评表"
            reader.issues.append(issue("底稿-05", Severity.ERROR, message, reader.cell(name.ref.row, name.ref.column)))
    used = {id(p.table) for p in projects}
    return Performance(**counts, projects=tuple(projects), unlisted=tuple(t for t in tables if id(t) not in used))


def _counts(reader: SheetReader) -> dict[str, Entry]:
    """Numbers of projects: rows by budget, columns 一级项目 and 二级项目."""
    rows = reader.sheet.rows
    for r, row in enumerate(rows[:20]):
        columns = {key(t): c for c, t in enumerate(row) if isinstance(t, str)}
        first = next((columns[k] for k in ("一级项目数", "一级项目") if k in columns), None)
        second = next((columns[k] for k in ("二级项目数", "二级项目") if k in columns), None)
        if first is None or second is None:
            continue
        counts = {}
        for label in COUNT_LABELS:
            for below in range(r + 1, min(r + 6, len(rows))):
                if {key(t) for t in rows[below] if isinstance(t, str)} & label.names():
                    counts[f"{label.field}_first"] = reader.number(below, first)
                    counts[f"{label.field}_second"] = reader.number(below, second)
                    break
        return counts
    return {}


def _project(reader: SheetReader, row: int, columns: dict[str, int], tables: tuple[PerformanceTable, ...]) -> Project:
    name = reader.text(row, columns["项目名称"])
    sheet_name = reader.text(row, columns.get("工作表名"))
    fund = reader.choice(row, columns.get("预算类别"), Fund, Fund.GENERAL).text if name.text else ""
    table = next((t for t in tables if sheet_name.text and t.sheet == sheet_name.text), None)
    if table is None and not sheet_name.text and name.text:
        table = next((t for t in tables if key(t.name.text) == key(name.text)), None)
    return Project(
        name, Fund.GOVERNMENT if fund.startswith(Fund.GOVERNMENT[:5]) else Fund.GENERAL,
        reader.number(row, columns.get("自评得分")), reader.number(row, columns.get("全年预算数"), money=True),
        reader.number(row, columns.get("执行数"), money=True), reader.number(row, columns.get("年初预算数"), money=True),
        reader.text(row, columns.get("完成情况综述")), reader.text(row, columns.get("发现的主要问题及原因")),
        reader.text(row, columns.get("下一步改进措施")), sheet_name, table)
