"""Form of the workbook as a whole: which sheets it has, and whether their frames (unit, year, money unit) agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from workbook.amounts import MoneyUnit
from workbook.formats.source import RawSheet
from workbook.issues import CellRef, Issue, IssueCell, Severity
from workbook.pack.layout import normalise
from workbook.pack.rules import FormIssues
from workbook.reading.accounts import Accounts
from workbook.reading.identify import Frame
from workbook.reading.tables import Table, text_of

_T = TypeVar("_T")
_NINE_TABLE_ABSENT = frozenset({"公开07", "公开11"})
_SMALL, _LARGE = Decimal(1), Decimal(1_000_000)
"""Yearly totals (万元) that make one ask whether the money unit is right: below 1 万元 in a 元 workbook, 100 亿元 and more."""


def sheet_issues(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """Sheets missing, double, not recognised, hidden; files of a folder that cannot be read."""
    files = dict.fromkeys(sheet.file for sheet in accounts.source.sheets)
    form.examine(len(accounts.pack.sheets), "规范-01")
    form.examine(len(accounts.tables) + len(accounts.duplicates), "规范-02")
    form.examine(len(accounts.source.sheets), "规范-03")
    form.examine(len(files) + len(accounts.source.problems), "规范-09")
    form.examine(len(accounts.tables), "规范-24")
    missing = [code for code in accounts.pack.sheets if code not in accounts.tables]
    nine = set(missing) == _NINE_TABLE_ABSENT
    for code in missing:
        layout = accounts.pack.sheets[code]
        message = f"缺少“{layout.title}”（{layout.mark}），与它有关的审核公式没有执行，请补齐后再校验"
        yield from form.issue("规范-01", message, sheet=code, severity=Severity.NOTICE if nine else None)
    for code, sheet in accounts.duplicates:
        kept = accounts.tables[code].sheet
        yield from form.issue(
            "规范-02", f"“{accounts.pack.sheets[code].title}”有两份：已校验“{_where(kept)}”，没有校验“{_where(sheet)}”，请删除多余的一份",
            [corner(sheet)], code)
    for sheet in accounts.unrecognised:
        if sheet.visible and _has_numbers(sheet):
            yield from form.issue("规范-03", f"工作表“{sheet.name}”不是十一张公开表之一，没有校验", [corner(sheet)])
    for code, table in accounts.tables.items():
        if not table.sheet.visible:
            yield from form.issue(
                "规范-24", f"{table.layout.mark}所在的工作表“{table.sheet.name}”是隐藏的，请取消隐藏后核对", [corner(table.sheet)], code)
    for problem in accounts.source.problems:
        yield from form.issue("规范-09", str(problem).rstrip("。"))


def _where(sheet: RawSheet) -> str:
    return f"{sheet.file.name}”的“{sheet.name}" if sheet.alone else sheet.name


def frame_issues(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """Year, unit name or money unit that a sheet states differently from most, or not at all."""
    frames, tables = accounts.frames, accounts.tables
    years = Counter(f.year for f in frames.values() if f.year)
    units = Counter(f.money_unit for f in frames.values() if f.money_unit)
    names = Counter(normalise(f.unit_name) for f in frames.values() if f.unit_name)
    year, unit, name = _most(years), _most(units), _most(names)
    form.examine(years.total(), "规范-04")
    form.examine(names.total(), "规范-05")
    form.examine(units.total(), "规范-06")
    form.examine(len(frames) if units else 0, "规范-07")
    form.examine(1, "规范-08")
    if not units:
        yield from form.issue("规范-08", "所有表都没有写明金额单位，暂按万元读取，请在表头写明“单位：万元”或“单位：元”")
    for code, frame in frames.items():
        table = tables[code]
        mark = table.layout.mark
        if frame.year and frame.year != year:
            yield from form.issue(
                "规范-04", f"{mark}的年度是 {frame.year} 年，其他表是 {year} 年，请核对", [_stated(table, frame, "year")], code)
        if frame.unit_name and normalise(frame.unit_name) != name:
            other = next(f.unit_name for f in frames.values() if normalise(f.unit_name) == name)
            yield from form.issue(
                "规范-05", f"{mark}的单位名称是“{frame.unit_name}”，其他表是“{other}”，请核对",
                [_stated(table, frame, "unit_name")], code)
        if frame.money_unit and frame.money_unit != unit:
            cell = _stated(table, frame, "money_unit")
            yield from form.issue(
                "规范-06", f"{mark}的金额单位是{frame.money_unit}，其他表是{unit}，请统一（已按各表所写单位换算）",
                [cell], code, culprit=cell.ref)
        if not frame.money_unit and units:
            yield from form.issue(
                "规范-07", f"{mark}没有写明金额单位，已按其他表的{unit}读取", [corner(table.sheet)], code)
    yield from _doubtful_amounts(accounts, form)


def _most(counts: Counter[_T]) -> _T | None:
    return counts.most_common(1)[0][0] if counts else None


def _doubtful_amounts(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """No amount at all; a money unit that the amounts contradict: fractions of a 分, or a total that no unit has."""
    table = accounts.tables.get("公开01")
    form.examine(1 if table is not None else 0, "规范-30")
    if table is not None and table.is_empty():
        yield from form.issue("规范-30", "公开01表没有任何金额，公开表还没有填写", [corner(table.sheet)], "公开01")
    total = accounts.amount("公开01", "收入总计")
    if table is None or total is None:
        return
    form.examine(1, "规范-10")
    cells = [_stated(table, accounts.frames["公开01"], "money_unit"), IssueCell(total.ref, total.raw, table.label("收入总计", "决算数"))]
    if table.unit is MoneyUnit.YUAN and (not table.is_rounded() or 0 < total.value < _SMALL):
        why = f"收入总计却只有 {total.raw} 元" if table.is_rounded() else "却有金额超过两位小数"
        yield from form.issue("规范-10", f"表头写的金额单位是元，{why}，是否应为万元，请核对", cells, "公开01")
    elif total.value >= _LARGE:
        words = f"{total.value / 10000:,.2f} 亿元"
        yield from form.issue("规范-10", f"收入总计按表头的金额单位（{table.unit}）是 {words}，请核对金额单位是否写对", cells, "公开01")


def _stated(table: Table, frame: Frame, what: str) -> IssueCell:
    """The cell in which the frame states *what*; the sheet's first cell when it does not."""
    place = frame.places.get(what)
    if place is None:
        return corner(table.sheet)
    return IssueCell(CellRef(table.sheet.file.name, table.sheet.name, *place), text_of(table.sheet.content(*place)))


def corner(sheet: RawSheet) -> IssueCell:
    """The first cell with content: where the cursor goes when a whole sheet is meant."""
    place = next(((r, c) for r, row in enumerate(sheet.rows) for c, content in enumerate(row) if content != ""), (0, 0))
    return IssueCell(CellRef(sheet.file.name, sheet.name, *place), text_of(sheet.content(*place)))


def _has_numbers(sheet: RawSheet) -> bool:
    return any(isinstance(content, float) and content for row in sheet.rows for content in row)
