"""The final-accounts sheets as landscape tables, as they look in the unit's workbook, in 万元; and the 项目支出绩效自评表."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from docgen.job.inputs import Inputs
from docgen.model import Block, BreakBlock, Figure, FigureSpan, Paragraph, TableBlock, TableCell, Text
from docgen.writing.tables import grid
from docgen.writing.widths import WIDE_DIGITS, content_widths, fitting_size
from workbook.amounts import ZERO, MoneyUnit, round_half_up, text_of
from workbook.entries import Entry
from workbook.formats.source import RawSheet
from workbook.issues import CellRef
from workbook.numerals import chinese_numeral
from workbook.pack.layout import SheetKind, normalise
from workbook.pack.report import TablesForm
from workbook.performance.model import PerformanceTable
from workbook.reading.header import Geometry, geometry_of, notes_below
from workbook.reading.structure import is_total
from workbook.reading.tables import Table

_LABEL_WIDTH, _LABEL_LEAST, _HEADER_WIDTH, _LEAST_WIDTH = 40.0, 18.0, 12.0, 5.0
"""Half-width characters that a column of labels has at most before its lines break, and at least; that a header has;
any column."""
_AMOUNT_WIDTH = 9.0
_LANDSCAPE = 717.0  # points: the landscape page between its margins
_SINGLE = (1, 1)


def sheet_tables(context: Inputs) -> list[Block]:
    """Heading, frame, table and notes of every sheet of the pack, on landscape pages, under the heading of their part."""
    form, year = context.pack.report.tables, context.needed_year()
    known = ((code, context.accounts.tables.get(code)) for code in context.pack.sheets)
    tables = {code: sheet_table(table, form) for code, table in known if table is not None}
    frame = context.pack.printed.frame(context.unit_name, year, MoneyUnit.WAN)
    blocks: list[Block] = [BreakBlock("landscape")]
    if form.part:
        blocks.append(Paragraph("部分标题", (Text(form.part.format(单位=context.unit_name, 年度=year)),)))
    for index, (code, layout) in enumerate(context.pack.sheets.items()):
        if index:
            blocks.append(BreakBlock("page", if_needed=form.share_page))
        names = {"序号": chinese_numeral(index + 1), "标题": layout.title}
        blocks.append(Paragraph("表标题", (Text(form.title.format_map(names)),)))
        if code not in tables:
            blocks.append(Paragraph("表注", (Text(form.absent.format_map(names)),)))
            continue
        if form.framed and layout.mark:
            blocks.append(Paragraph("表号", (Text(layout.mark),)))
        blocks.append(Paragraph("表头说明", (Text("\t".join(frame if form.framed else ("", "", frame[-1]))),)))
        blocks.append(tables[code])
        blocks += (Paragraph("表注", (Text(line),)) for line in table_notes(context, context.accounts.tables[code]))
    return [*blocks, BreakBlock("portrait")]


def table_notes(context: Inputs, table: Table) -> list[str]:
    """What stands below a sheet: the workbook's own notes, else the form's.

    And the statement of an empty one, unless they make it.
    """
    form, rules, layout = context.pack.report.tables, context.pack.form_rules, table.layout
    own = notes_below(table) if form.notes else ()
    notes = [*(own or (layout.notes if form.notes else ()))]
    words = rules["规范-31"].parameters["用词"] if "规范-31" in rules else ()
    if layout.empty_statement and table.is_empty() and not any(word in note for word in words for note in own):
        notes.append(form.statement.format(说明=layout.statement(context.unit_name)))
    return notes


def sheet_table(table: Table, form: TablesForm) -> TableBlock:
    """One sheet as a table: header rows repeated, amounts as linked figures."""
    geometry = geometry_of(table)
    header, columns, contents = geometry.header, geometry.columns, table.sheet.rows
    merged = _merged(table.sheet, range(header.start, geometry.data.stop), columns)
    figures, nothing = _figures(table, thousands=form.thousands), dict[int, Any]()
    rows = []
    for r in (*header, *_data_rows(table, geometry)):
        is_data, content, sizes = r >= table.first_data_row, contents[r] if r < len(contents) else (), merged.get(r, nothing)
        amounts, end = figures.get(r, nothing) if is_data else nothing, len(content)
        rows.append(tuple([
            _amount_cell(amounts[c], *size) if c in amounts
            else _text_cell(text_of(content[c]) if c < end else "", is_data, *size)
            for c in columns if (size := sizes.get(c, _SINGLE))]))
    wanted, least = _widths(table, geometry, figures)
    return TableBlock(
        tuple(rows), max(len(header), 1), wanted, least, landscape=True,
        font_size=fitting_size(wanted, least, _LANDSCAPE), alt=table.layout.title)


def _data_rows(table: Table, geometry: Geometry) -> list[int]:
    """Data rows to print: of a fixed form all, of codes those with a code or an amount, else what is not blank.

    A blank form adds up its spare rows.
    """
    if table.layout.kind is SheetKind.FIXED:
        return list(geometry.data)
    content, nothing = table.sheet.content, ("",) if table.layout.kind is SheetKind.SINGLE else ("", 0)
    return [r for r in geometry.data if any(content(r, c) not in nothing for c in geometry.columns)]


def _merged(sheet: RawSheet, rows: range, columns: range) -> dict[int, dict[int, tuple[int, int] | None]]:
    """By row and column, of the cells of merged ranges inside the area: height and width, clipped to it; ``None``: covered."""
    areas = [
        (r0, c0, min(r1 + 1, rows.stop) - r0, min(c1 + 1, columns.stop) - c0)
        for r0, c0, r1, c1 in sheet.marks.merged if r0 in rows and c0 in columns]
    sizes: dict[int, dict[int, tuple[int, int] | None]] = {}
    for r0, c0, height, width in areas:
        for r in range(r0, r0 + height):
            sizes.setdefault(r, {}).update(dict.fromkeys(range(c0, c0 + width)))
    for r0, c0, height, width in areas:
        sizes[r0][c0] = height, width
    return sizes


@lru_cache(maxsize=2048)  # headings and labels are the same in every unit's tables
def _text_cell(text: str, is_data: bool, height: int, width: int) -> TableCell:
    """A heading, label or code; labels at the left, their indents kept."""
    is_label = is_data and bool(text) and not is_total(normalise(text)) and not text.isdigit()
    text = text.rstrip() if is_label else text.replace("　", " ")
    return TableCell((Text(text),) if text else (), width, height, "left" if is_label else "center")


def _amount_cell(figure: Figure | None, height: int, width: int) -> TableCell:
    return TableCell((FigureSpan(figure),) if figure else (), width, height, "right")


def _figures(table: Table, *, thousands: bool) -> dict[int, dict[int, Figure | None]]:
    """The amounts of a sheet by row and column of the sheet, ``None`` where the cell is blank."""
    file, sheet, code, no_values = table.sheet.file.name, table.sheet.name, table.code, dict[str, Decimal]()
    found: dict[int, dict[int, Figure | None]] = {}
    for row, (r, positions) in table.rows.items():
        own = found.setdefault(r, {})
        for column, c in positions.items():
            value = table.columns.get(column, no_values).get(row)
            if value is None and (row, column) not in table.faults:
                own[c] = None
                continue
            label, ref = table.label(row, column), CellRef(file, sheet, r, c)
            if value is None:
                fault = table.faults[row, column]
                own[c] = Figure(f"{code}.{row}.{column}", label, None, "万元", f"【{fault}】", (ref,), label, f"{ref}（{fault}）")
                continue
            count = table.layout.count_unit(row, column)
            printed = value if count else round_half_up(value)
            shown = printed if not count else printed.normalize() if printed else ZERO
            text = f"{shown:,f}" if thousands else f"{shown:f}"
            own[c] = Figure(f"{code}.{row}.{column}", label, printed, count or "万元", text, (ref,), label, "", value)
    return found


def _widths(
    table: Table, geometry: Geometry, figures: Mapping[int, Mapping[int, Figure | None]],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The widths that the columns want and need, by their amounts and the texts that are not spread over several."""
    has_codes = table.layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
    codes = {c for _, c in table.label_cells.values()} if has_codes else set()
    amounts: dict[int, int] = {}
    for row in figures.values():
        for c, figure in row.items():
            if figure and len(figure.text) > amounts.get(c, 0):
                amounts[c] = len(figure.text)
    wanted, least = [], []
    for c in geometry.columns:
        header, data = min(geometry.header_widths.get(c, 0), _HEADER_WIDTH), geometry.data_widths.get(c, 0)
        is_amount = c in table.structure.value_columns
        whole = max(amounts.get(c, 0), data if c in codes else 0) * WIDE_DIGITS + 1
        need = max(_AMOUNT_WIDTH if is_amount else _LEAST_WIDTH, whole, min(header, 6.0), min(data, _LABEL_LEAST))
        least.append(need)
        wanted.append(max(need, header + 1, min(data + 1, _LABEL_WIDTH)))
    return tuple(wanted), tuple(least)


_DASH = "—"
_PROJECT = (9.0, 15.0, 13.0, 13.0, 13.0, 9.0, 12.0, 9.0)  # least widths of the table of a project, in half-width characters
_PORTRAIT = 442.0  # points: the page between its margins


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
    size = min(fitting_size(least, least, _PORTRAIT), fitting_size(wanted, needed, _PORTRAIT))
    return (
        replace(project, widths=tuple(least), least=tuple(least), font_size=size),
        replace(indicators, widths=wanted, least=needed, font_size=size))


def _project(table: PerformanceTable) -> TableBlock:
    """Name, offices, money and aims."""
    funds = [
        _row(fund.label, fund.initial_budget, fund.adjusted_budget, fund.actual,
             fund.weight.text or fund.weight.shown() or _DASH, fund.rate,
             fund.score.text or fund.score.shown() or _DASH) for fund in table.funds]  # fmt: skip
    rows = (
        _row(_cell("项目名称", 2), _cell(table.name, 6)),
        _row(_cell("主管部门", 2), _cell(table.department, 2), "实施单位", _cell(table.unit, 3)),
        _row(_cell("项目资金（万元）", 1, 1 + len(funds)), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分"),
        *funds,
        _row(_cell("年度总体目标", 1, 2), _cell("预期目标", 3), _cell("实际完成情况", 4)),
        _row(_cell(table.expected, 3, align="left"), _cell(table.achieved, 4, align="left")),
    )
    return TableBlock(rows, alt=f"项目支出绩效自评表：{table.name.shown()}", together=len(rows))


def _indicators(table: PerformanceTable) -> TableBlock:
    """The indicators (ten columns, eleven with 指标方向); equal 一级 and 二级 indicators below each other share a cell."""
    way = ["指标方向"] if table.has_direction else []
    titles = _row("一级指标", "二级指标", "三级指标", "指标性质", *way, "年度指标值", "实际完成值", "计量单位", "分值", "得分", "偏差原因分析及改进措施")
    rows = [_row(_cell(f"绩效指标（{table.name.text or table.name.shown()}）", len(titles))), titles]
    for first, alike in groupby(table.indicators, attrgetter("first")):
        below = [(second, [*inner]) for second, inner in groupby(alike, attrgetter("second"))]
        labels = [_cell(first, rows=sum(len(inner) for _, inner in below))]
        for second, inner in below:
            labels.append(_cell(second, rows=len(inner)))
            for indicator in inner:
                cells = _row(
                    indicator.third, indicator.nature, *([indicator.direction] if way else []), indicator.target,
                    indicator.actual, indicator.unit, indicator.weight, indicator.score,
                    _cell(indicator.cause, align="left"))
                rows.append((*labels, *cells))
                labels = []
    rows.append(_row(_cell("总分", len(titles) - 3), table.total_weight, table.total_score, ""))
    return TableBlock(tuple(rows), header_rows=2, alt=f"绩效指标：{table.name.shown()}", together=4)


def _row(*cells: TableCell | Entry | str) -> tuple[TableCell, ...]:
    return tuple(cell if isinstance(cell, TableCell) else _cell(cell) for cell in cells)


def _cell(content: Entry | str, columns: int = 1, rows: int = 1, align: str = "center") -> TableCell:
    text = content if isinstance(content, str) else content.text or content.shown()
    return TableCell((Text(text),) if text else (), columns, rows, align)
