"""The 项目支出绩效自评表 as tables of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from docgen.model import Block, Paragraph, TableBlock, TableCell, Text
from docgen.writing.tables import grid
from docgen.writing.widths import content_widths, fitting_size
from workbook.entries import Entry
from workbook.performance.model import Indicator, PerformanceTable

_DASH = "—"
_PROJECT = (9.0, 15.0, 13.0, 13.0, 13.0, 9.0, 12.0, 9.0)  # least widths of the table of a project, in half-width characters
_LINE = 442.0  # points: the page between its margins


def performance_tables(tables: Sequence[PerformanceTable], year: int) -> list[Block]:
    """A caption and two tables for every project: what it is, and its indicators, whose headings are repeated on every page."""
    blocks: list[Block] = []
    for table in tables:
        blocks.append(Paragraph("表题", (Text(f"项目支出绩效自评表（{table.year or year} 年度）"),)))
        blocks += _fitted(_project(table), _indicators(table))
    return blocks


def _fitted(project: TableBlock, indicators: TableBlock) -> tuple[TableBlock, TableBlock]:
    """Both tables with columns by their content, in letters of one size."""
    grids = [grid(block.rows) for block in (project, indicators)]
    least = [max(a, b) for a, b in zip(content_widths(grids[0], len(_PROJECT), 0)[1], _PROJECT, strict=True)]
    wanted, needed = content_widths(grids[1], max(row[-1][1] + row[-1][0].columns for row in grids[1]), indicators.header_rows)
    size = min(fitting_size(least, least, _LINE), fitting_size(wanted, needed, _LINE))
    return (
        replace(project, widths=tuple(least), least=tuple(least), font_size=size),
        replace(indicators, widths=wanted, least=needed, font_size=size))


def _project(table: PerformanceTable) -> TableBlock:
    """Name, offices, money and aims."""
    rows = (*_head(table), *_funds(table), *_goal(table))
    return TableBlock(rows, alt=f"项目支出绩效自评表：{table.name.shown()}", together=len(rows))


def _indicators(table: PerformanceTable) -> TableBlock:
    """The indicators (ten columns, eleven with 指标方向)."""
    extra = 1 if table.has_direction else 0
    titles = _indicator_head(extra)
    total = (_text("总分", columns=7 + extra), _entry(table.total_weight), _entry(table.total_score), _text(""))
    title = (_text(f"绩效指标（{table.name.text or table.name.shown()}）", columns=len(titles)),)
    return TableBlock((title, titles, *_indicator_rows(table.indicators, extra), total), header_rows=2, alt=f"绩效指标：{table.name.shown()}")


def _text(text: str, columns: int = 1, rows: int = 1, align: str = "center") -> TableCell:
    return TableCell((Text(text),) if text else (), columns, rows, align)


def _entry(entry: Entry, columns: int = 1, rows: int = 1, align: str = "center") -> TableCell:
    return _text(entry.text or entry.shown(), columns, rows, align)


def _head(table: PerformanceTable) -> list[tuple[TableCell, ...]]:
    return [
        (_text("项目名称", 2), _entry(table.name, 6)),
        (_text("主管部门", 2), _entry(table.department, 2), _text("实施单位"), _entry(table.unit, 3)),
    ]


def _funds(table: PerformanceTable) -> list[tuple[TableCell, ...]]:
    titles = ("", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分")
    rows = [(_text("项目资金（万元）", 1, 1 + len(table.funds)), *map(_text, titles))]
    rows += [(
        _text(fund.label), _entry(fund.initial_budget), _entry(fund.adjusted_budget), _entry(fund.actual),
        _text(fund.weight.text or fund.weight.shown() or _DASH), _entry(fund.rate),
        _text(fund.score.text or fund.score.shown() or _DASH),
    ) for fund in table.funds]
    return rows


def _goal(table: PerformanceTable) -> list[tuple[TableCell, ...]]:
    return [
        (_text("年度总体目标", 1, 2), _text("预期目标", 3), _text("实际完成情况", 4)),
        (_entry(table.expected, 3, align="left"), _entry(table.achieved, 4, align="left")),
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
