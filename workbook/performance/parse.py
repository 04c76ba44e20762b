"""Import of a 项目支出绩效自评表 in the official layouts, from the rows of a form.

Found by labels, never by position: with or without 指标方向, with merged or repeated 一级指标, with
spaces inside words (``绩效 指标``), with the amounts in 万元 or 元.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from workbook.amounts import MoneyUnit
from workbook.entries import Entry
from workbook.formats.source import RawSheet
from workbook.issues import Issue
from workbook.pack.rules import Findings, Rule
from workbook.performance.grid import (
    GridCell,
    GridRow,
    assign,
    clean_name,
    grid_of_sheet,
    label_key,
    measure_entry,
    number_entry,
    text_entry,
)
from workbook.performance.model import FUND_LABELS, OTHER_FUNDS, FundRow, Indicator, PerformanceTable

TITLE = "项目支出绩效自评表"
_GOES_ON = "（续）"  # after a label that is stated again on the next page
_FUND_COLUMNS = {
    "年初预算数": "initial_budget", "年初预算": "initial_budget", "全年预算数": "adjusted_budget", "全年预算": "adjusted_budget",
    "预算数": "adjusted_budget", "全年执行数": "actual", "执行数": "actual", "全年执行": "actual", "分值": "weight",
    "权重": "weight", "执行率": "rate", "得分": "score",
}
_INDICATOR_COLUMNS = {
    "一级指标": "first", "二级指标": "second", "三级指标": "third", "指标性质": "nature", "性质": "nature",
    "指标方向": "direction", "方向": "direction", "年度指标值": "target", "指标值": "target", "年度目标值": "target",
    "实际完成值": "actual", "完成值": "actual", "实际完成": "actual", "计量单位": "unit", "单位": "unit", "分值": "weight",
    "权重": "weight", "得分": "score", "偏差原因分析及改进措施": "cause", "偏差原因分析": "cause", "未完成原因分析": "cause",
    "偏差原因及改进措施": "cause", "未完成原因及改进措施": "cause", "偏差原因分析及改进": "cause", "指标完成值": "actual", "全年实际完成值": "actual", "全年完成值": "actual",
}
_FUND_KEYS = {label_key(label): label for label in FUND_LABELS} | {
    "当年财政拨款": FUND_LABELS[1], "本年财政拨款": FUND_LABELS[1], "上年结转": FUND_LABELS[2], "其他": OTHER_FUNDS,
    "其中当年财政拨款": FUND_LABELS[1], "其中本年财政拨款": FUND_LABELS[1], "财政拨款": FUND_LABELS[1], "其中上年结转资金": FUND_LABELS[2],
    "其中其他资金": OTHER_FUNDS, "资金总额": FUND_LABELS[0], "年度资金总额": FUND_LABELS[0],
}
_YEAR = re.compile(r"(20\d\d)\s*年")
Header = list[tuple[str, GridCell]]


def looks_like(rows: Sequence[GridRow]) -> bool:
    """Whether the form is a 项目支出绩效自评表."""
    labels = {cell.heading for row in rows for cell in row if isinstance(cell.content, str)}
    return {"一级指标", "三级指标"} <= labels or any(TITLE in label and len(label) < 40 for label in labels)


def parse_sheet(sheet: RawSheet, rules: Mapping[str, Rule]) -> tuple[PerformanceTable | None, tuple[Issue, ...]]:
    """The table in an Excel sheet, or ``None`` when the sheet is not one (or names no project)."""
    rows = grid_of_sheet(sheet)
    return parse_rows(rows, sheet.name, rules) if looks_like(rows) else (None, ())


def parse_rows(
    rows: Sequence[GridRow], name: str, rules: Mapping[str, Rule]
) -> tuple[PerformanceTable | None, tuple[Issue, ...]]:
    """The table in the *rows* of a form called *name*; ``None`` when no project is named (a blank form)."""
    findings = Findings(rules, what="绩效自评表")
    table = PerformanceTable(Entry(), sheet=name, year=_year(rows))
    table = _heads(rows, table)
    if not table.name.text:
        return None, ()
    funds_header = next(((i, h) for i, row in enumerate(rows) if len(h := _header(row, _FUND_COLUMNS)) >= 4), None)
    if funds_header:
        unit = _money_unit(rows[funds_header[0]])
        table = replace(table, funds=_funds(rows, *funds_header, findings, unit), money_unit=unit)
    table = _goals(rows, table)
    table = _indicators(rows, table, findings)
    for what, present in (("项目资金", table.funds), ("绩效指标", table.indicators)):
        if not present:
            findings.add("绩效-00", "", table.name, 工作表=name, 栏目=what)
    return table, tuple(findings.issues)


def known_labels(rows: Sequence[GridRow]) -> set[tuple[int, int]]:
    """Row and place in it of the cells that the reader understands as labels."""
    known = {"项目名称", "主管部门", "实施单位", "总分", *_FUND_COLUMNS, *_INDICATOR_COLUMNS, *_FUND_KEYS}
    return {(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell.heading in known or cell.label in known}


def _year(rows: Sequence[GridRow]) -> int | None:
    for row in rows[:6]:
        for cell in row:
            if isinstance(cell.content, str) and (match := _YEAR.search(unicodedata.normalize("NFKC", cell.content))):
                return int(match[1])
    return None


def _heads(rows: Sequence[GridRow], table: PerformanceTable) -> PerformanceTable:
    """项目名称, 主管部门, 实施单位: each label's content is the next filled cell of its row."""
    fields = {
        "项目名称": "name", "主管部门": "department", "实施单位": "unit", "项目单位": "unit", "项目实施单位": "unit",
        "项目主管部门": "department", "主管单位": "department"}
    found: dict[str, Entry] = {}
    for row in rows[:15]:
        for index, cell in enumerate(row):
            field = fields.get(cell.heading)
            if field is None or field in found:
                continue
            after = row[index + 1 :]
            content = next((c for c in after if c.text), None)
            if content is not None and content.heading not in fields:
                found[field] = Entry(clean_name(content.text), None, content.ref)
            elif after:
                found[field] = Entry("", None, after[0].ref)
    return replace(
        table, name=found.get("name", Entry()), department=found.get("department", Entry()), unit=found.get("unit", Entry()))


def _header(row: GridRow, columns: dict[str, str]) -> Header:
    header: Header = []
    used: set[str] = set()
    for cell in row:
        field = columns.get(cell.label) or columns.get(cell.heading) if isinstance(cell.content, str) else None
        if field and field not in used:
            used.add(field)
            header.append((field, cell))
    return header


def _money_unit(row: GridRow) -> MoneyUnit:
    texts = (unicodedata.normalize("NFKC", "".join(c.text.split())) for c in row)
    return MoneyUnit.YUAN if any("(元)" in text or "(单位:元)" in text for text in texts) else MoneyUnit.WAN


def _funds(rows: Sequence[GridRow], start: int, header: Header, findings: Findings, unit: MoneyUnit) -> tuple[FundRow, ...]:
    found: list[FundRow] = []
    for row in rows[start + 1 : start + 8]:
        label = next((_FUND_KEYS[key] for c in row if isinstance(c.content, str) for key in (c.label, c.heading) if key in _FUND_KEYS), None)
        if label is None or any(f.label == label for f in found):
            break
        cells = assign(header, row)
        numbers = {
            field: number_entry(cells.get(field), findings, unit if field in ("initial_budget", "adjusted_budget", "actual") else MoneyUnit.WAN)
            for field in _FUND_COLUMNS.values()
        }
        found.append(_percent(FundRow(label, **numbers)))
    return tuple(found)


def _percent(fund: FundRow) -> FundRow:
    """A rate that Excel holds as a fraction (0.9675 shown as 96.75%) as per cent."""
    rate, actual, budget = fund.rate.value, fund.actual.value, fund.adjusted_budget.value
    if rate and actual and budget and abs(rate * 100 - actual / budget * 100) <= Decimal("0.02") < abs(rate - actual / budget * 100):
        return replace(fund, rate=Entry(fund.rate.text, rate * 100, fund.rate.ref))
    return fund


def _goals(rows: Sequence[GridRow], table: PerformanceTable) -> PerformanceTable:
    """预期目标 and 实际完成情况: the texts in the row below these two headings."""
    for index, row in enumerate(rows[:-1]):
        header = _header(row, {"预期目标": "expected", "年初设定目标": "expected", "实际完成情况": "achieved", "全年实际完成情况": "achieved"})
        if len(header) == 2:
            cells = assign(header, rows[index + 1])
            return replace(table, expected=text_entry(cells.get("expected")), achieved=text_entry(cells.get("achieved")))
    return table


def _indicators(rows: Sequence[GridRow], table: PerformanceTable, findings: Findings) -> PerformanceTable:
    header: Header = []
    found: list[Indicator] = []
    total: dict[str, Entry] = {}
    has_direction = False
    for row in rows:
        named = _header(row, _INDICATOR_COLUMNS)
        if {"third", "weight"} <= {name for name, _ in named}:
            header = named
            has_direction = has_direction or any(name == "direction" for name, _ in named)
            continue
        if not header:
            continue
        if any(isinstance(c.content, str) and c.label in ("总分", "总计", "合计", "合计得分") for c in row):
            total = _total(header, row, findings)
            break
        cells = assign(header, row)
        if cells.get("third") is not None and cells.get("third") is cells.get("weight"):
            continue  # a title over all columns, which a page of the report repeats
        indicator = _indicator(cells, found[-1] if found else None, findings)
        if indicator is not None:
            found.append(indicator)
    return replace(
        table, indicators=tuple(found), has_direction=has_direction,
        total_weight=total.get("weight", Entry()), total_score=total.get("score", Entry()))


def _indicator(cells: dict[str, GridCell], above: Indicator | None, findings: Findings) -> Indicator | None:
    def name(field: str) -> str:
        return clean_name(cells[field].text).removesuffix(_GOES_ON) if field in cells else ""

    first, second, third = name("first"), name("second"), name("third")
    if not third and not any(cells[f].text for f in ("target", "weight", "score") if f in cells):
        return None
    if above is not None:
        second = second or (above.second if not first or first == above.first else "")
        first = first or above.first
    target, sign = measure_entry(cells.get("target"))
    actual, _ = measure_entry(cells.get("actual"))
    target, actual = _same_scale(target, actual), _same_scale(actual, target)
    return Indicator(
        first, second, third, name("nature"), name("direction") or sign, target, actual, name("unit"),
        number_entry(cells.get("weight"), findings), number_entry(cells.get("score"), findings), text_entry(cells.get("cause")),
        {field: cell.ref for field, cell in cells.items()})


def _same_scale(entry: Entry, other: Entry) -> Entry:
    """A fraction beside a percentage written as text (0.98 beside ``98%``) as per cent."""
    is_percent = other.text.rstrip().endswith(("%", "％")) and not entry.text.rstrip().endswith(("%", "％"))
    if is_percent and entry.value is not None and 0 < entry.value <= Decimal("1.5"):
        return Entry(entry.text, entry.value * 100, entry.ref)
    return entry


def _total(header: Header, row: GridRow, findings: Findings) -> dict[str, Entry]:
    """The two numbers of the 总分 row: Σ 分值 and Σ 得分 (by column, else the last two numbers)."""
    cells, silent = assign([h for h in header if h[0] in ("weight", "score")], row), Findings({})
    entries = {field: number_entry(cell, silent) for field, cell in cells.items() if cell.label not in ("总分", "总计", "合计", "合计得分")}
    if all(field in entries and entries[field].value is not None for field in ("weight", "score")):
        return entries
    numbers = [e for e in (number_entry(c, silent) for c in row) if e.value is not None]
    if len(numbers) >= 2:
        return {"weight": numbers[0], "score": numbers[-1]}
    if len(numbers) == 1:
        return {"score": numbers[0]} | ({"weight": entries["weight"]} if "weight" in entries and entries["weight"].value is None else {})
    for field, cell in cells.items():
        number_entry(cell, findings)
        entries.setdefault(field, Entry("", None, cell.ref))
    return entries
