"""The 项目支出绩效自评表 as tables of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from docgen.model import Block, Paragraph, TableBlock, TableCell, Text
from workbook.entries import Entry
from workbook.performance.model import Indicator, PerformanceTable

_DASH = "—"


def performance_tables(tables: Sequence[PerformanceTable], year: int) -> list[Block]:
    """A caption and a table for every project."""
    blocks: list[Block] = []
    for table in tables:
        blocks.append(Paragraph("表题", (Text(f"项目支出绩效自评表（{table.year or year} 年度）"),)))
        blocks.append(performance_table(table))
    return blocks


def performance_table(table: PerformanceTable) -> TableBlock:
    """One project's table in the official layout (ten columns, eleven with 指标方向)."""
    extra = 1 if table.has_direction else 0
    rows = [*_head(table, extra), *_funds(table, extra), *_goal(table, extra), _indicator_head(extra)]
    rows += _indicator_rows(table.indicators, extra)
    rows.append((
        _text("总分", columns=7 + extra), _entry(table.total_weight), _entry(table.total_score), _text("")))
    widths = (8.0, 9.0, 14.0, 7.0, *((8.0,) if extra else ()), 11.0, 13.0, 7.0, 6.0, 7.0, 16.0)
    return TableBlock(tuple(rows), 1, widths, font_size=9.0)


def _text(text: str, columns: int = 1, rows: int = 1, align: str = "center") -> TableCell:
    return TableCell((Text(text),) if text else (), columns, rows, align)


def _entry(entry: Entry, columns: int = 1, rows: int = 1, align: str = "center") -> TableCell:
    return _text(entry.text or entry.shown(), columns, rows, align)


def _head(table: PerformanceTable, extra: int) -> list[tuple[TableCell, ...]]:
    return [
        (_text("项目名称", 2), _entry(table.name, 8 + extra)),
        (_text("主管部门", 2), _entry(table.department, 2), _text("实施单位", 2 + extra), _entry(table.unit, 4)),
    ]


def _funds(table: PerformanceTable, extra: int) -> list[tuple[TableCell, ...]]:
    titles = ("年初预算数", "全年预算数", "全年执行数")
    head = (
        _text("项目资金（万元）", 1, 1 + len(table.funds)), _text(""), *(_text(t) for t in titles[:2]),
        _text(titles[2], 2 + extra), _text("分值"), _text("执行率（%）", 2), _text("得分"),
    )
    rows = [head]
    rows += [(
        _text(fund.label), _entry(fund.initial_budget), _entry(fund.adjusted_budget), _entry(fund.actual, 2 + extra),
        _text(fund.weight.text or fund.weight.shown() or _DASH), _entry(fund.rate, 2),
        _text(fund.score.text or fund.score.shown() or _DASH),
    ) for fund in table.funds]
    return rows


def _goal(table: PerformanceTable, extra: int) -> list[tuple[TableCell, ...]]:
    return [
        (_text("年度总体目标", 1, 2), _text("预期目标", 4 + extra), _text("实际完成情况", 5)),
        (_entry(table.expected, 4 + extra, align="left"), _entry(table.achieved, 5, align="left")),
    ]


def _indicator_head(extra: int) -> tuple[TableCell, ...]:
    titles = ["一级指标", "二级指标", "三级指标", "指标性质", *(["指标方向"] if extra else []), "年度指标值", "实际完成值",
              "计量单位", "分值", "得分", "偏差原因分析及改进措施"]
    return tuple(_text(t) for t in titles)


def _indicator_rows(indicators: Sequence[Indicator], extra: int) -> list[tuple[TableCell, ...]]:
    """Rows of indicators; equal 一级 and 二级 indicators below each other share a cell."""
    rows = []
    for i, indicator in enumerate(indicators):
        before = indicators[i - 1] if i else None
        cells: list[TableCell] = []
        if before is None or before.first != indicator.first:
            cells.append(_text(indicator.first, rows=_run(indicators, i, lambda x: x.first)))
        if before is None or (before.first, before.second) != (indicator.first, indicator.second):
            cells.append(_text(indicator.second, rows=_run(indicators, i, lambda x: x.first + "/" + x.second)))
        cells += [
            _text(indicator.third), _text(indicator.nature), *([_text(indicator.direction)] if extra else []),
            _entry(indicator.target), _entry(indicator.actual), _text(indicator.unit), _entry(indicator.weight),
            _entry(indicator.score), _entry(indicator.cause, align="left"),
        ]
        rows.append(tuple(cells))
    return rows


def _run(indicators: Sequence[Indicator], start: int, key: Callable[[Indicator], str]) -> int:
    """How many indicators from *start* on have the same key."""
    wanted = key(indicators[start])
    length = 1
    while start + length < len(indicators) and key(indicators[start + length]) == wanted:
        length += 1
    return length
