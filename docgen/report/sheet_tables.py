"""The final-accounts sheets as landscape tables, as they look in the unit's workbook, in 万元."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from docgen.job.context import ReportContext
from docgen.model import Block, BreakBlock, Figure, FigureSpan, Paragraph, TableBlock, TableCell, Text
from workbook.amounts import MoneyUnit, round_half_up
from workbook.formats.source import RawSheet
from workbook.numerals import chinese_numeral
from workbook.pack.layout import SheetKind, normalise
from workbook.reading.geometry import Geometry, geometry_of
from workbook.reading.tables import Table, is_total, text_of

_MAX_WIDTH = 26.0
_HEADER_WIDTH = 12.0
_AMOUNT_WIDTH = 11.0
_MIN_WIDTH = 5.0
_SINGLE = (1, 1)
_BLANK = TableCell(())


def sheet_tables(context: ReportContext) -> list[Block]:
    """Heading and table of every sheet of the pack, each on landscape pages of its own, under the heading of their part."""
    form, year = context.pack.report.tables, context.needed_year()
    blocks: list[Block] = [BreakBlock("landscape")]
    if form.part:
        blocks.append(Paragraph("部分标题", (Text(form.part.format(单位=context.unit_name, 年度=year)),)))
    for index, (code, layout) in enumerate(context.pack.sheets.items()):
        if index:
            blocks.append(BreakBlock("page"))
        blocks.append(Paragraph("表标题", (Text(f"{chinese_numeral(index + 1)}、{layout.title}"),)))
        table = context.accounts.tables.get(code)
        if table is None:
            blocks.append(Paragraph("表注", (Text(f"工作簿中没有“{layout.title}”。"),)))
            continue
        frame = context.pack.printed.frame(context.unit_name, year, MoneyUnit.WAN)
        above = (layout.mark, *frame) if form.framed else frame[-1:]
        blocks.append(Paragraph("表头说明", (Text("　　".join(above)),)))
        statement = layout.statement(context.unit_name) if table.is_empty() else ""
        below = [*(layout.notes if form.notes else ()), *([form.statement.format(说明=statement)] if statement else ())]
        blocks.append(replace(sheet_table(table), below=len(below)))
        blocks += [Paragraph("表注", (Text(text),)) for text in below]
    return [*blocks, BreakBlock("portrait")]


def sheet_table(table: Table) -> TableBlock:
    """One sheet as a table: header rows repeated, amounts as linked figures."""
    geometry = geometry_of(table)
    header, columns = geometry.header, geometry.columns
    places = {(r, c): (row, column) for row, (r, found) in table.rows.items() for column, c in found.items()}
    spans = _spans(table.sheet, range(header.start, geometry.data.stop), columns)
    covered = {(r, c) for (r0, c0), (h, w) in spans.items() for r in range(r0, r0 + h) for c in range(c0, c0 + w)} - set(spans)
    rows = []
    for r in (*header, *_data_rows(table, geometry)):
        cells = [
            _cell(table, r, c, places, spans.get((r, c), _SINGLE)) for c in columns if (r, c) not in covered
        ]
        rows.append(tuple(cells))
    widths = _widths(table, geometry)
    return TableBlock(tuple(rows), max(len(header), 1), widths, "决算表格", True, _font_size(widths))


def _data_rows(table: Table, geometry: Geometry) -> list[int]:
    """Data rows to print: those that are not wholly blank, of a fixed form all."""
    if table.layout.kind is SheetKind.FIXED:
        return list(geometry.data)
    content = table.sheet.content
    return [r for r in geometry.data if any(content(r, c) != "" for c in geometry.columns)]


def _spans(sheet: RawSheet, rows: range, columns: range) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged ranges inside the area: origin → (height, width), clipped to it."""
    spans = {}
    for r0, c0, r1, c1 in sheet.marks.merged:
        if r0 in rows and c0 in columns:
            spans[r0, c0] = (min(r1 + 1, rows.stop) - r0, min(c1 + 1, columns.stop) - c0)
    return spans


def _cell(
    table: Table, r: int, c: int, places: Mapping[tuple[int, int], tuple[str, str]], span: tuple[int, int]
) -> TableCell:
    height, width = span
    place = places.get((r, c))
    if place is None and span == _SINGLE and table.sheet.content(r, c) == "":
        return _BLANK
    if place is not None and r >= table.first_data_row:
        figure = _figure(table, *place)
        if figure is not None:
            return TableCell((FigureSpan(figure),), width, height, "right")
        return TableCell((), width, height, "right")
    text = text_of(table.sheet.content(r, c))
    is_label = r >= table.first_data_row and not is_total(normalise(text)) and not text.isdigit()
    text = text.replace("　", " ") if not is_label else text.rstrip()
    align = "left" if is_label else "center"
    return TableCell((Text(text),) if text else (), width, height, align)


def _figure(table: Table, row: str, column: str) -> Figure | None:
    """The cell as a figure; ``None`` when blank."""
    amount = table.amount(row, column)
    label = table.label(row, column)
    figure_id = f"{table.code}.{row}.{column}"
    if amount is None:
        fault = table.faults.get((row, column))
        if fault is None:
            return None
        ref = table.ref(row, column)
        return Figure(figure_id, label, None, "万元", f"【{fault}】", (ref,) if ref else (), label, f"{ref}（{fault}）")
    is_count = row in table.counts
    value = amount.value if is_count else round_half_up(amount.value)
    text = f"{value:,f}" if not is_count else f"{value.normalize():,f}" if value else "0"
    unit = _count_unit(table, row) if is_count else "万元"
    return Figure(figure_id, label, value, unit, text, (amount.ref,), label, "", amount.value)


def _count_unit(table: Table, row: str) -> str:
    fixed = table.layout.row(row)
    return fixed.unit if fixed else ""


def _widths(table: Table, geometry: Geometry) -> tuple[float, ...]:
    """Relative widths by the longest text that is not spread over several columns, and by the amounts."""
    amounts = set(table.structure.value_columns)
    return tuple(
        max(
            _AMOUNT_WIDTH if c in amounts else _MIN_WIDTH, min(geometry.header_widths.get(c, 0) + 1, _HEADER_WIDTH),
            min(geometry.data_widths.get(c, 0) + 1, _MAX_WIDTH))
        for c in geometry.columns)


def _font_size(widths: tuple[float, ...]) -> float:
    """Point size with which the columns fit an A4 landscape line."""
    total = sum(widths)
    return 10.5 if total <= 110 else 9.0 if total <= 140 else 8.0 if total <= 165 else 7.0

