"""Import of a 项目支出绩效自评表 in the official layouts, from the rows of a form.

Found by labels, never by position: with or without 指标方向, with merged or repeated 一级指标, with
spaces inside words (``绩效 指标``), with the amounts in 万元 or 元.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from workbook.amounts import MoneyUnit
from workbook.entries import BLANK, Entry
from workbook.formats.source import RawSheet
from workbook.issues import Issue
from workbook.pack.rules import Findings, Rule
from workbook.performance.grid import (
    GridCell,
    GridRow,
    assign,
    clean_name,
    grid_of_sheet,
    heading_key,
    label_key,
    measure_entry,
    number_entry,
    text_entry,
)
from workbook.performance.model import AMOUNTS, FUND_LABELS, OTHER_FUNDS, FundRow, Indicator, PerformanceTable, headings

TITLE = "项目支出绩效自评表"
_GOES_ON = "（续）"  # after a label that is stated again on the next page
_FUND_COLUMNS, _INDICATOR_COLUMNS = headings(FundRow), headings(Indicator)
_FUND_KEYS = {label_key(label): label for label in FUND_LABELS} | {
    "当年财政拨款": FUND_LABELS[1], "本年财政拨款": FUND_LABELS[1], "上年结转": FUND_LABELS[2], "其他": OTHER_FUNDS,
    "其中当年财政拨款": FUND_LABELS[1], "其中本年财政拨款": FUND_LABELS[1], "财政拨款": FUND_LABELS[1], "其中上年结转资金": FUND_LABELS[2],
    "其中其他资金": OTHER_FUNDS, "资金总额": FUND_LABELS[0], "年度资金总额": FUND_LABELS[0],
}
_HEADS = headings(PerformanceTable, "name", "department", "unit")
_GOALS = headings(PerformanceTable, "expected", "achieved")
_YEAR = re.compile(r"(20\d\d)\s*年")
_TOTAL_LABELS = frozenset({"总分", "总计", "合计", "合计得分"})
Header = list[tuple[str, GridCell]]


class Line(NamedTuple):
    """A row of a form, and those of its cells that hold texts: as label, as heading, and the cell."""

    cells: GridRow
    words: list[tuple[str, str, GridCell]]


def lines_of(rows: Iterable[GridRow]) -> list[Line]:
    """The *rows* with their texts in the forms in which labels are looked for."""
    return [
        Line(row, [(label_key(text), heading_key(text), c) for c in row if type(text := c.content) is str and text])
        for row in rows]


def looks_like(lines: Iterable[Line]) -> bool:
    """Whether the form is a 项目支出绩效自评表."""
    labels = {heading for line in lines for _, heading, _ in line.words}
    return {"一级指标", "三级指标"} <= labels or any(TITLE in label and len(label) < 40 for label in labels)


def parse_sheet(sheet: RawSheet, rules: Mapping[str, Rule]) -> tuple[PerformanceTable | None, tuple[Issue, ...]]:
    """The table in an Excel sheet, or ``None`` when the sheet is not one (or names no project)."""
    lines = lines_of(grid_of_sheet(sheet))
    return parse_lines(lines, sheet.name, rules) if looks_like(lines) else (None, ())


def parse_lines(
    lines: Sequence[Line], name: str, rules: Mapping[str, Rule]
) -> tuple[PerformanceTable | None, tuple[Issue, ...]]:
    """The table in the *lines* of a form called *name*; ``None`` when no project is named (a blank form)."""
    findings = Findings(rules, what="绩效自评表")
    table = PerformanceTable(**_heads(lines), sheet=name, year=_year(lines))
    if not table.name.text:
        return None, ()
    funds_header = next(((i, h) for i, line in enumerate(lines) if len(h := _header(line, _FUND_COLUMNS)) >= 4), None)
    if funds_header:
        unit = _money_unit(lines[funds_header[0]])
        table = replace(table, funds=_funds(lines, *funds_header, findings, unit), money_unit=unit)
    table = _indicators(lines, _goals(lines, table), findings)
    for what, present in (("项目资金", table.funds), ("绩效指标", table.indicators)):
        if not present:
            findings.add("绩效-00", "", table.name, 工作表=name, 栏目=what)
    return table, tuple(findings.issues)


def known_labels(lines: Iterable[Line]) -> set[tuple[int, int]]:
    """Row and column of the cells that the reader understands as labels."""
    known = {"总分", *_HEADS, *_FUND_COLUMNS, *_INDICATOR_COLUMNS, *_FUND_KEYS}
    return {
        (r, c.column) for r, line in enumerate(lines)
        for label, heading, c in line.words if heading in known or label in known}


def _year(lines: Sequence[Line]) -> int | None:
    texts = (str(c.content) for line in lines[:6] for _, _, c in line.words)
    return next((int(match[1]) for text in texts if (match := _YEAR.search(unicodedata.normalize("NFKC", text)))), None)


def _heads(lines: Sequence[Line]) -> dict[str, Any]:
    """项目名称, 主管部门, 实施单位: each label's content is the next filled cell of its row."""
    found: dict[str, Entry] = {"name": BLANK}
    for line in lines[:15]:
        for _, heading, cell in line.words:
            if (field := _HEADS.get(heading)) is None or found.get(field, BLANK) is not BLANK:
                continue
            after = [c for c in line.cells if c.column > cell.column]
            content = next((c for c in after if c.text), None)
            if content is not None and content.heading not in _HEADS:
                found[field] = Entry(clean_name(content.text), None, content.ref)
            elif after:
                found[field] = Entry("", None, after[0].ref)
    return found


def _header(line: Line, columns: dict[str, str]) -> Header:
    header: dict[str, GridCell] = {}
    for label, heading, cell in line.words:
        if field := columns.get(label) or columns.get(heading):
            header.setdefault(field, cell)
    return [*header.items()]


def _money_unit(line: Line) -> MoneyUnit:
    texts = (unicodedata.normalize("NFKC", "".join(c.text.split())) for _, _, c in line.words)
    return MoneyUnit.YUAN if any("(元)" in text or "(单位:元)" in text for text in texts) else MoneyUnit.WAN


def _funds(lines: Sequence[Line], start: int, header: Header, findings: Findings, unit: MoneyUnit) -> tuple[FundRow, ...]:
    found: list[FundRow] = []
    for line in lines[start + 1 : start + 8]:
        label = next((_FUND_KEYS[key] for *keys, _ in line.words for key in keys if key in _FUND_KEYS), None)
        if label is None or any(f.label == label for f in found):
            break
        cells = assign(header, line.cells)
        numbers = {
            field: number_entry(cells.get(field), findings, unit if field in AMOUNTS else MoneyUnit.WAN)
            for field in dict.fromkeys(_FUND_COLUMNS.values())
        }
        found.append(_percent(FundRow(label, **numbers)))
    return tuple(found)


def _percent(fund: FundRow) -> FundRow:
    """A rate that Excel holds as a fraction (0.9675 shown as 96.75%) as per cent."""
    rate, actual, budget = fund.rate.value, fund.actual.value, fund.adjusted_budget.value
    if not (rate and actual and budget):
        return fund
    percent = actual / budget * 100
    if abs(rate * 100 - percent) <= Decimal("0.02") < abs(rate - percent):
        return replace(fund, rate=Entry(fund.rate.text, rate * 100, fund.rate.ref))
    return fund


def _goals(lines: Sequence[Line], table: PerformanceTable) -> PerformanceTable:
    """预期目标 and 实际完成情况: the texts in the row below these two headings."""
    for line, below in pairwise(lines):
        header = _header(line, _GOALS)
        if len(header) == 2:
            cells = assign(header, below.cells)
            return replace(table, expected=text_entry(cells.get("expected")), achieved=text_entry(cells.get("achieved")))
    return table


def _indicators(lines: Sequence[Line], table: PerformanceTable, findings: Findings) -> PerformanceTable:
    header: Header = []
    found: list[Indicator] = []
    total: dict[str, Entry] = {}
    has_direction = False
    for line in lines:
        named = _header(line, _INDICATOR_COLUMNS)
        if {"third", "weight"} <= {name for name, _ in named}:
            header = named
            has_direction = has_direction or any(name == "direction" for name, _ in named)
            continue
        if not header:
            continue
        if any(label in _TOTAL_LABELS for label, _, _ in line.words):
            total = _total(header, line.cells, findings)
            break
        cells = assign(header, line.cells)
        if cells.get("third") is not None and cells.get("third") is cells.get("weight"):
            continue  # a title over all columns, which a page of the report repeats
        indicator = _indicator(cells, found[-1] if found else None, findings)
        if indicator is not None:
            found.append(indicator)
    return replace(
        table, indicators=tuple(found), has_direction=has_direction,
        total_weight=total.get("weight", BLANK), total_score=total.get("score", BLANK))


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
    entries = {field: number_entry(cell, silent) for field, cell in cells.items() if cell.label not in _TOTAL_LABELS}
    if all(field in entries and entries[field].value is not None for field in ("weight", "score")):
        return entries
    numbers = [e for e in (number_entry(c, silent) for c in row) if e.value is not None]
    if len(numbers) >= 2:
        return {"weight": numbers[0], "score": numbers[-1]}
    if len(numbers) == 1:
        return {"score": numbers[0]} | (
            {"weight": entries["weight"]} if "weight" in entries and entries["weight"].value is None else {})
    for field, cell in cells.items():
        number_entry(cell, findings)
        entries.setdefault(field, Entry("", None, cell.ref))
    return entries
