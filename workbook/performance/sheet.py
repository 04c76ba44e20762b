"""Writing a 项目支出绩效自评表: a sheet in the official layout, filled or blank, or the cells of one that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbook.amounts import MoneyUnit, parse_amount
from workbook.editing.package_edit import Edit
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.numerals import column_letters
from workbook.performance.model import AMOUNTS, FUND_LABELS, TOTAL_FUNDS, FundRow, Indicator, Nature, PerformanceTable
from workbook.performance.parse import TITLE

if TYPE_CHECKING:
    from workbook.create.book import Content, Sheet

PROTECTION = {
    "format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "delete_rows": True,
    "sort": True, "autofilter": True, "objects": True, "scenarios": True,
}
"""What stays allowed on a protected sheet (there is no password: protection only guards headings)."""
BLANK_INDICATORS = 24
FIRST_INDICATOR = 12
"""0-based row of the first indicator."""
_COLUMNS = {f.metadata["titles"][0]: f for f in fields(Indicator) if f.metadata}
"""Headings of the indicators, with their fields."""
_TEXTS = ("三级指标", "偏差原因分析及改进措施")
_CHOICES = {"指标性质": tuple(Nature), "指标方向": ("大于等于", "小于等于", "等于")}
_MIDDLE = 5
"""Last column of 预期目标."""
_HEAD = "label center"


def write_performance_sheet(sheet: Sheet, table: PerformanceTable | None, year: int | None) -> None:
    """Write *table* (or a blank form, with formulas for rates, scores and totals) into *sheet*."""
    form = _Form(sheet, table)
    form.head(year)
    form.funds()
    form.goals()
    form.indicators()
    sheet.protect("", PROTECTION)
    sheet.page()


class _Form:
    """Writes the form; without 指标方向 everything to its right moves one column left."""

    def __init__(self, sheet: Sheet, table: PerformanceTable | None) -> None:
        self.sheet, self.is_blank = sheet, table is None
        self.table = table or PerformanceTable(BLANK, has_direction=True)
        self.heads = ["绩效指标", *(h for h in _COLUMNS if self.table.has_direction or h != "指标方向")]
        self.last = len(self.heads) - 1
        sheet.widths([9, *(_COLUMNS[head].metadata["width"] for head in self.heads[1:])])
        sheet.set_column(self.last + 1, self.last + 21, None, sheet.book.look("open"))

    def cells(self, *cells: tuple[int, int, int, Content, str], bottom: int | None = None) -> None:
        """Write cells of row, first and last column (down to the row *bottom*), content and look."""
        for row, first, last, content, look in cells:
            self.sheet.put(row, first, content, look, to=(row if bottom is None else bottom, last))

    def head(self, year: int | None) -> None:
        table, last, year = self.table, self.last, self.table.year or year
        self.sheet.put_across(0, TITLE, "title", line=28)
        self.cells(
            (1, 0, last, f"（{year}年度）" if year else "（    年度）", "right open"),
            (2, 0, 1, "项目名称", _HEAD), (2, 2, last, table.name.text, "choice"), (3, 0, 1, "主管部门", _HEAD),
            (3, 2, 4, table.department.text, "choice"), (3, 5, 6, "实施单位", _HEAD), (3, 7, last, table.unit.text, "choice"))

    def funds(self) -> None:
        """项目资金: columns C label, D/E/F amounts, then 分值, 执行率, 得分."""
        put = self.sheet.put
        self.cells((4, 0, 1, "项目资金（万元）", _HEAD), bottom=8)
        self.sheet.put_row(4, 2, ("", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）"), _HEAD)
        self.cells((4, 8, self.last, "得分", _HEAD))
        for row, label in enumerate(FUND_LABELS, 5):
            fund, is_main, n = self.table.fund(label), label == TOTAL_FUNDS, row + 1
            put(row, 2, label, "label")
            self.sheet.put_row(row, 3, (fund.initial_budget, fund.adjusted_budget, fund.actual), "grid amount open")
            put(row, 6, fund.weight if not self.is_blank else 10 if is_main else "—", "choice")
            self.cells((row, 8, self.last, fund.score if not self.is_blank else "—", "choice"))
            put(row, 7, fund.rate, "choice")
            if self.is_blank:
                self.formula(row, 7, f'=IF(N(E{n})=0,"",ROUND(F{n}/E{n}*100,2))')
                if is_main:
                    self.formula(row, 8, f'=IF(N(E{n})=0,"",ROUND(G{n}*MIN(1,F{n}/E{n}),2))')

    def formula(self, row: int, column: int, formula: str, shown: str | int = "") -> None:
        self.sheet.write_formula(row, column, formula, self.sheet.book.look("choice"), shown)

    def goals(self) -> None:
        left, right = _MIDDLE, _MIDDLE + 1
        self.cells((9, 0, 1, "年度总体目标", _HEAD), bottom=10)
        self.cells(
            (9, 2, left, "预期目标", _HEAD), (9, right, self.last, "实际完成情况", _HEAD),
            (10, 2, left, self.table.expected.text, "entry"),
            (10, right, self.last, self.table.achieved.text, "entry"))
        self.sheet.set_row(10, 110)

    def indicators(self) -> None:
        """The indicator rows and 总分."""
        put = self.sheet.put
        self.sheet.put_row(FIRST_INDICATOR - 1, 0, self.heads, _HEAD)
        listed = self.table.indicators or (Indicator("", "", ""),) * (BLANK_INDICATORS if self.is_blank else 0)
        for row, i in enumerate(listed, FIRST_INDICATOR):
            put(row, 0, "绩效指标", _HEAD)
            for column, head in enumerate(self.heads[1:], 1):
                put(row, column, getattr(i, _COLUMNS[head].name), "entry" if head in _TEXTS else "choice")
        end = FIRST_INDICATOR + len(listed)
        for head, choices in _CHOICES.items():
            if head in self.heads:
                column = self.heads.index(head)
                self.sheet.data_validation(FIRST_INDICATOR, column, max(end, FIRST_INDICATOR + 1) + 40, column, {
                    "validate": "list", "source": [*map(str, choices)], "error_type": "warning"})
        weight, score = self.heads.index("分值"), self.heads.index("得分")
        self.cells((end, 0, weight - 1, "总分", _HEAD))
        put(end, self.last, None, "choice")
        totals = (weight, self.table.total_weight, "G6", 10), (score, self.table.total_score, "I6", 0)
        for column, stated, fund, shown in totals:
            put(end, column, stated, "choice")
            if self.is_blank:
                letter = column_letters(column)
                self.formula(end, column, f"=N({fund})+SUM({letter}{FIRST_INDICATOR + 1}:{letter}{end})", shown)


def table_edits(before: PerformanceTable, after: PerformanceTable) -> dict[tuple[int, int], Edit] | None:
    """The cells to change in *before*'s sheet; ``None`` when the sheet must be written anew."""
    same_shape = len(before.indicators) == len(after.indicators) and before.has_direction == after.has_direction
    if not same_shape or before.year != after.year:
        return None
    edits = [*_edits(before, after)]
    return {(ref.row, ref.column): edit for ref, edit in edits if ref is not None} if all(ref for ref, _ in edits) else None


def _edits(before: PerformanceTable, after: PerformanceTable) -> Iterator[tuple[CellRef | None, Edit]]:
    """What changed, with the cell that it stands in (``None``: the sheet has none)."""
    is_yuan = before.money_unit is MoneyUnit.YUAN
    labels = dict.fromkeys(f.label for f in (*before.funds, *after.funds))
    pairs: list[tuple[Any, Any]] = [(before, after), *((before.fund(label), after.fund(label)) for label in labels)]
    for old, new in (*pairs, *zip(before.indicators, after.indicators, strict=True)):
        for name in (f.name for f in fields(old) if f.compare):
            was, now = getattr(old, name), getattr(new, name)
            if isinstance(was, Entry) and not was.same(now):
                yield was.ref, edit_of(now, yuan=is_yuan and isinstance(old, FundRow) and name in AMOUNTS)
            elif isinstance(old, Indicator) and isinstance(was, str) and was != now:
                yield old.cells.get(name), now or None


def edit_of(entry: Entry, *, yuan: bool = False) -> Edit:
    """What to write for an entry: its number (in 元 when the sheet is), else its text, else nothing."""
    if entry.value is not None and (not entry.text or _is_plain(entry.text)):
        return entry.value.scaleb(4) if yuan else entry.value
    return entry.text or None


def _is_plain(text: str) -> bool:
    """Whether the text is just the number (``≥95%`` must stay as it is written)."""
    return isinstance(parse_amount(text), Decimal) and not text.rstrip().endswith(("%", "％"))
