"""Form of the workbook as a whole: which sheets it has, and whether their frames (unit, year, money unit) agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from workbook.amounts import MoneyUnit
from workbook.formats.source import NUMBER, RawSheet
from workbook.issues import Issue, IssueCell
from workbook.pack.layout import normalise
from workbook.reading.accounts import Accounts
from workbook.reading.identify import Frame
from workbook.reading.tables import Table
from workbook.rules.form_issues import FormIssues, cell_at, corner

_T = TypeVar("_T")


def sheet_issues(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """Sheets missing, double, not recognised, hidden; files of a folder that cannot be read."""
    sheets = accounts.pack.sheets
    files = dict.fromkeys(sheet.file for sheet in accounts.source.sheets)
    form.examine(len(sheets), "规范-01")
    form.examine(len(accounts.tables) + len(accounts.duplicates), "规范-02")
    form.examine(len(accounts.source.sheets), "规范-03")
    form.examine(len(files) + len(accounts.source.problems), "规范-09")
    form.examine(len(accounts.tables), "规范-24")
    missing = [layout for code, layout in sheets.items() if code not in accounts.tables]
    is_national = missing == [layout for layout in sheets.values() if layout.regional]
    for layout in missing:
        yield from form.issue(
            "规范-01", 表=layout.mark, 表名=layout.title, sheet=layout.code, milder="只缺地区表" if is_national else "")
    for code, sheet in accounts.duplicates:
        yield from form.issue(
            "规范-02", 表=sheets[code].mark, 表名=sheets[code].title, 已校验=_where(accounts.tables[code].sheet),
            没校验=_where(sheet), cells=[corner(sheet)], sheet=code)
    for sheet in accounts.unrecognised:
        if sheet.visible and _has_numbers(sheet):
            yield from form.issue("规范-03", 工作表=sheet.name, 几张=accounts.pack.count_words, cells=[corner(sheet)])
    for code, table in accounts.tables.items():
        if not table.sheet.visible:
            yield from form.issue(
                "规范-24", "工作表", 表=table.layout.mark, 工作表=table.sheet.name, cells=[corner(table.sheet)], sheet=code)
    for problem in accounts.source.problems:
        yield from form.issue("规范-09", 问题=str(problem).rstrip("。"))


def _where(sheet: RawSheet) -> str:
    return f"{sheet.file.name}”的“{sheet.name}" if sheet.alone else sheet.name


def frame_issues(accounts: Accounts, form: FormIssues) -> Iterator[Issue]:
    """Year, unit name or money unit that a sheet states differently from most, or not at all."""
    frames = accounts.frames
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
        yield from form.issue("规范-08")
    for code, frame in frames.items():
        table = accounts.tables[code]
        mark = table.layout.mark
        if frame.year and frame.year != year:
            yield from form.issue(
                "规范-04", 表=mark, 年度=frame.year, 其他年度=year, cells=[_stated(table, frame, "year")], sheet=code)
        if frame.unit_name and normalise(frame.unit_name) != name:
            other = next(f.unit_name for f in frames.values() if normalise(f.unit_name) == name)
            yield from form.issue(
                "规范-05", 表=mark, 单位名称=frame.unit_name, 其他名称=other, cells=[_stated(table, frame, "unit_name")], sheet=code)
        if frame.money_unit and frame.money_unit != unit:
            cell = _stated(table, frame, "money_unit")
            yield from form.issue(
                "规范-06", 表=mark, 金额单位=frame.money_unit, 其他单位=unit, cells=[cell], sheet=code, culprit=cell.ref)
        if not frame.money_unit and units:
            yield from form.issue("规范-07", 表=mark, 其他单位=unit, cells=[corner(table.sheet)], sheet=code)
    for table in accounts.tables.values():
        if table.layout.whole:
            yield from _doubtful_amounts(table, frames[table.code], form)


def _most(counts: Counter[_T]) -> _T | None:
    return counts.most_common(1)[0][0] if counts else None


def _doubtful_amounts(table: Table, frame: Frame, form: FormIssues) -> Iterator[Issue]:
    """No amount at all; a money unit that the amounts contradict: fractions of a 分, or a total that no unit has."""
    form.examine(1, "规范-30")
    if table.is_empty():
        yield from form.issue("规范-30", 表=table.layout.mark, cells=[corner(table.sheet)], sheet=table.code)
    row, column = table.layout.whole
    total, rule = table.amount(row, column), form.rules.get("规范-10")
    if total is None or rule is None:
        return
    form.examine(1, rule.code)
    cells = [_stated(table, frame, "money_unit"), IssueCell(total.ref, total.raw, table.label(row, column))]
    case = ""
    if table.unit is MoneyUnit.YUAN and not table.is_rounded:
        case = "小数"
    elif table.unit is MoneyUnit.YUAN and 0 < total.value < rule.parameters["过小"]:
        case = "过小"
    elif total.value >= rule.parameters["过大"]:
        case = "过大"
    if case:
        yield from form.issue(
            rule.code, case, 项目=row, 金额=total.raw, 金额单位=table.unit, 亿元=f"{total.value / 10000:,.2f}",
            cells=cells, sheet=table.code)


def _stated(table: Table, frame: Frame, what: str) -> IssueCell:
    """The cell in which the frame states *what*; the sheet's first cell when it does not."""
    position = frame.positions.get(what)
    return corner(table.sheet) if position is None else cell_at(table.sheet, position)


def _has_numbers(sheet: RawSheet) -> bool:
    return any(isinstance(content, NUMBER) and content for row in sheet.rows for content in row)
