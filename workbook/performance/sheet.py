"""Writing a 项目支出绩效自评表: a sheet in the official layout, filled or blank, or the cells of one that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from workbook.amounts import MoneyUnit
from workbook.create.styles import PROTECTION, Styles, put
from workbook.editing.package_edit import Edit
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.performance.model import FUND_LABELS, TOTAL_FUNDS, FundRow, Indicator, Nature, PerformanceTable
from workbook.performance.parse import TITLE

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

BLANK_INDICATORS = 24
FIRST_INDICATOR = 12
"""0-based row of the first indicator."""
_HEADS = ("绩效指标", "一级指标", "二级指标", "三级指标", "指标性质", "指标方向", "年度指标值", "实际完成值", "计量单位", "分值", "得分", "偏差原因分析及改进措施")
_WIDTHS = (9, 11, 13, 22, 9, 10, 16, 18, 9, 8, 8, 30)
_DIRECTIONS = ("大于等于", "小于等于", "等于")


def write_performance_sheet(styles: Styles, sheet: Worksheet, table: PerformanceTable | None, year: int | None) -> None:
    """Write *table* (or a blank form, with formulas for rates, scores and totals) into *sheet*."""
    direction = table is None or table.has_direction
    writer = _Form(styles, sheet, direction)
    writer.frame(table.year if table and table.year else year)
    writer.project(table)
    writer.funds(table)
    writer.goals(table)
    writer.indicators(table)
    sheet.protect("", PROTECTION)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)


class _Form:
    """Places of the form; without 指标方向 everything to its right moves one column left."""

    def __init__(self, styles: Styles, sheet: Worksheet, direction: bool) -> None:
        self.styles = styles
        self.sheet = sheet
        self.heads = [h for h in _HEADS if direction or h != "指标方向"]
        self.last = len(self.heads) - 1
        widths = [w for h, w in zip(_HEADS, _WIDTHS, strict=True) if h in self.heads]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_column(len(widths), len(widths) + 20, None, styles.get("open"))

    def merge(self, row: int, first: int, last: int, content: Entry | str, style: str, last_row: int | None = None) -> None:
        """One cell over several columns (and rows)."""
        text = content.text if isinstance(content, Entry) else content
        bottom = row if last_row is None else last_row
        if first == last and bottom == row:
            put(self.sheet, row, first, content, self.styles.get(style))
        else:
            self.sheet.merge_range(row, first, bottom, last, "", self.styles.get(style))
            put(self.sheet, row, first, Entry(text) if text else BLANK, self.styles.get(style))

    def frame(self, year: int | None) -> None:
        """Title and year."""
        self.sheet.merge_range(0, 0, 0, self.last, TITLE, self.styles.get("title"))
        self.merge(1, 0, self.last, f"（{year}年度）" if year else "（    年度）", "unit")
        self.sheet.set_row(0, 28)

    def project(self, table: PerformanceTable | None) -> None:
        """Name, department and unit."""
        self.merge(2, 0, 1, "项目名称", "center")
        self.merge(2, 2, self.last, table.name if table else BLANK, "choice")
        self.merge(3, 0, 1, "主管部门", "center")
        self.merge(3, 2, 4, table.department if table else BLANK, "choice")
        self.merge(3, 5, 6, "实施单位", "center")
        self.merge(3, 7, self.last, table.unit if table else BLANK, "choice")

    def funds(self, table: PerformanceTable | None) -> None:
        """项目资金: columns C label, D/E/F amounts, then 分值, 执行率, 得分."""
        self.merge(4, 0, 1, "项目资金（万元）", "center", 8)
        heads = ("", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）")
        for column, text in enumerate(heads, 2):
            self.sheet.write_string(4, column, text, self.styles.get("center"))
        self.merge(4, 8, self.last, "得分", "center")
        for row, label in enumerate(FUND_LABELS, 5):
            self.sheet.write_string(row, 2, label, self.styles.get("label"))
            fund = table.fund(label) if table else None
            amounts = (fund.initial_budget, fund.adjusted_budget, fund.actual) if fund else (BLANK, BLANK, BLANK)
            for column, entry in enumerate(amounts, 3):
                put(self.sheet, row, column, entry, self.styles.get("amount"))
            main = label == TOTAL_FUNDS
            weight = fund.weight if fund else Entry.of(10) if main else Entry.of("—")
            put(self.sheet, row, 6, weight, self.styles.get("choice"))
            self.sheet.merge_range(row, 8, row, self.last, "", self.styles.get("choice"))
            if fund:
                put(self.sheet, row, 7, fund.rate, self.styles.get("choice"))
                put(self.sheet, row, 8, fund.score, self.styles.get("choice"))
            else:
                n = row + 1
                self.sheet.write_formula(row, 7, f'=IF(N(E{n})=0,"",ROUND(F{n}/E{n}*100,2))', self.styles.get("choice"), "")
                score = f'=IF(N(E{n})=0,"",ROUND(G{n}*MIN(1,F{n}/E{n}),2))' if main else ""
                if main:
                    self.sheet.write_formula(row, 8, score, self.styles.get("choice"), "")
                else:
                    put(self.sheet, row, 8, "—", self.styles.get("choice"))

    def goals(self, table: PerformanceTable | None) -> None:
        """年度总体目标."""
        middle = 5
        self.merge(9, 0, 1, "年度总体目标", "center", 10)
        self.merge(9, 2, middle, "预期目标", "center")
        self.merge(9, middle + 1, self.last, "实际完成情况", "center")
        self.merge(10, 2, middle, table.expected if table else BLANK, "text")
        self.merge(10, middle + 1, self.last, table.achieved if table else BLANK, "text")
        self.sheet.set_row(10, 110)

    def indicators(self, table: PerformanceTable | None) -> None:
        """The indicator rows and 总分."""
        for column, text in enumerate(self.heads):
            self.sheet.write_string(FIRST_INDICATOR - 1, column, text, self.styles.get("center"))
        indicators = table.indicators if table else ()
        count = len(indicators) if table else BLANK_INDICATORS
        for index in range(count):
            row = FIRST_INDICATOR + index
            cells = self._cells(indicators[index] if table else None)
            for column, head in enumerate(self.heads):
                style = "center" if column == 0 else "text" if head in ("三级指标", "偏差原因分析及改进措施") else "choice"
                put(self.sheet, row, column, cells[head], self.styles.get(style))
        self._validation(count)
        self._total(table, FIRST_INDICATOR + count)

    def _cells(self, indicator: Indicator | None) -> dict[str, Entry | str]:
        if indicator is None:
            return dict.fromkeys(self.heads, BLANK) | {"绩效指标": "绩效指标"}
        i = indicator
        return {
            "绩效指标": "绩效指标", "一级指标": i.first, "二级指标": i.second, "三级指标": i.third, "指标性质": i.nature,
            "指标方向": i.direction, "年度指标值": i.target, "实际完成值": i.actual, "计量单位": i.unit, "分值": i.weight,
            "得分": i.score, "偏差原因分析及改进措施": i.cause}

    def _validation(self, count: int) -> None:
        first, last = FIRST_INDICATOR, FIRST_INDICATOR + max(count, 1) + 40
        lists = {"指标性质": tuple(Nature), "指标方向": _DIRECTIONS}
        for head, choices in lists.items():
            if head in self.heads:
                column = self.heads.index(head)
                self.sheet.data_validation(first, column, last, column, {
                    "validate": "list", "source": [str(c) for c in choices], "error_type": "warning"})

    def _total(self, table: PerformanceTable | None, row: int) -> None:
        weight, score = self.heads.index("分值"), self.heads.index("得分")
        self.merge(row, 0, weight - 1, "总分", "center")
        self.sheet.write_blank(row, self.last, None, self.styles.get("choice"))
        if table is not None:
            put(self.sheet, row, weight, table.total_weight, self.styles.get("choice"))
            put(self.sheet, row, score, table.total_score, self.styles.get("choice"))
            return
        first = FIRST_INDICATOR + 1
        for column, fund in ((weight, "G6"), (score, "I6")):
            letter = chr(65 + column)
            formula = f"=N({fund})+SUM({letter}{first}:{letter}{row})"
            self.sheet.write_formula(row, column, formula, self.styles.get("choice"), 10 if column == weight else 0)


_MONEY_FIELDS = ("initial_budget", "adjusted_budget", "actual")
_NAMES = ("first", "second", "third", "nature", "direction", "unit")
_VALUES = ("target", "actual", "weight", "score", "cause")


class NewForm(Exception):  # noqa: N818  # no error: it says that the sheet must be written anew
    """The change does not fit into the cells that the sheet has."""


def table_edits(before: PerformanceTable, after: PerformanceTable) -> dict[tuple[int, int], Edit] | None:
    """The cells to change in *before*'s sheet; ``None`` when the sheet must be written anew."""
    same_shape = len(before.indicators) == len(after.indicators) and before.has_direction == after.has_direction
    if not same_shape or before.year != after.year:
        return None
    try:
        return dict(_edits(before, after))
    except NewForm:
        return None


def _edits(before: PerformanceTable, after: PerformanceTable) -> Iterator[tuple[tuple[int, int], Edit]]:
    for name in ("name", "department", "unit", "expected", "achieved", "total_weight", "total_score"):
        yield from _entry(getattr(before, name), getattr(after, name))
    for label in dict.fromkeys(f.label for f in (*before.funds, *after.funds)):
        old, new = before.fund(label), after.fund(label)
        for name in (f.name for f in fields(FundRow) if f.name != "label"):
            yield from _entry(getattr(old, name), getattr(new, name), yuan=name in _MONEY_FIELDS and before.money_unit is MoneyUnit.YUAN)
    for one, other in zip(before.indicators, after.indicators, strict=True):
        yield from _indicator(one, other)


def _entry(old: Entry, new: Entry, *, yuan: bool = False) -> Iterator[tuple[tuple[int, int], Edit]]:
    if not old.same(new):
        yield _place(old.ref), edit_of(new, yuan=yuan)


def _indicator(old: Indicator, new: Indicator) -> Iterator[tuple[tuple[int, int], Edit]]:
    for name in _NAMES:
        if getattr(old, name) != getattr(new, name):
            yield _place(old.cells.get(name)), getattr(new, name) or None
    for name in _VALUES:
        yield from _entry(getattr(old, name), getattr(new, name))


def _place(ref: CellRef | None) -> tuple[int, int]:
    if ref is None:
        raise NewForm
    return ref.row, ref.column


def edit_of(entry: Entry, *, yuan: bool = False) -> Edit:
    """What to write for an entry: its number (in 元 when the sheet is), else its text, else nothing."""
    if entry.value is not None and (not entry.text or _is_plain(entry.text)):
        return entry.value.scaleb(4) if yuan else entry.value
    return entry.text or None


def _is_plain(text: str) -> bool:
    """Whether the text is just the number (``≥95%`` must stay as it is written)."""
    from decimal import Decimal

    from workbook.amounts import parse_amount

    return isinstance(parse_amount(text), Decimal) and not text.rstrip().endswith(("%", "％"))
