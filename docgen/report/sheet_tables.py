"""Part five: the final-accounts sheets as landscape tables, as they look in the unit's workbook, in 万元."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from docgen.job.context import ReportContext
from docgen.model import Block, BreakBlock, Figure, FigureSpan, Paragraph, TableBlock, TableCell, Text
from workbook.amounts import MoneyUnit, round_half_up
from workbook.formats.source import Content, RawSheet
from workbook.numerals import chinese_numeral
from workbook.pack.layout import SheetKind, normalise
from workbook.reading.tables import Table, is_total, text_of

_MAX_WIDTH = 26.0
_HEADER_WIDTH = 12.0
_AMOUNT_WIDTH = 11.0
_MIN_WIDTH = 5.0
_FRAME_TEXTS = 3
_SINGLE = (1, 1)
_BLANK = TableCell(())


def sheet_tables(context: ReportContext) -> list[Block]:
    """Heading and table of every sheet of the pack, each on landscape pages of its own."""
    blocks: list[Block] = [BreakBlock("landscape"), Paragraph("部分标题", (Text("第五部分　单位决算表"),))]
    for index, (code, layout) in enumerate(context.pack.sheets.items()):
        if index:
            blocks.append(BreakBlock("page"))
        blocks.append(Paragraph("表标题", (Text(f"{chinese_numeral(index + 1)}、{layout.title}"),)))
        table = context.accounts.tables.get(code)
        if table is None:
            blocks.append(Paragraph("表注", (Text(f"工作簿中没有“{layout.title}”。"),)))
            continue
        frame = context.pack.printed.frame(context.unit_name, context.year, MoneyUnit.WAN)
        blocks.append(Paragraph("表头说明", (Text("　　".join((layout.mark, *frame))),)))
        blocks.append(sheet_table(table))
        note = layout.empty_statement if layout.empty_statement and table.is_empty() else ""
        if note:
            blocks.append(Paragraph("表注", (Text(f"注：{note}"),)))
    return blocks


def sheet_table(table: Table) -> TableBlock:
    """One sheet as a table: header rows repeated, amounts as linked figures."""
    top, left, bottom, right = _area(table)
    places = {(r, c): (row, column) for row, (r, columns) in table.rows.items() for column, c in columns.items()}
    spans = _spans(table.sheet, top, left, bottom, right)
    covered = {(r, c) for (r0, c0), (h, w) in spans.items() for r in range(r0, r0 + h) for c in range(c0, c0 + w)} - set(spans)
    rows = []
    for r in _shown_rows(table, top, bottom, left, right):
        cells = [
            _cell(table, r, c, places, spans.get((r, c), _SINGLE)) for c in range(left, right + 1) if (r, c) not in covered
        ]
        rows.append(tuple(cells))
    header = max(table.first_data_row - top, 1)
    widths = _widths(table, top, bottom, left, right)
    return TableBlock(tuple(rows), header, widths, "决算表格", True, _font_size(widths))


def _area(table: Table) -> tuple[int, int, int, int]:
    """First and last row and column of header and data."""
    rows = [r for r, _ in table.rows.values()] or [table.first_data_row]
    columns = [c for _, positions in table.rows.values() for c in positions.values()]
    labels = [c for _, c in table.label_cells.values()]
    right = max(columns, default=0)
    left = min((*labels, *columns), default=0)
    return _header_top(table), left, max(*rows, table.first_data_row), right


def _header_top(table: Table) -> int:
    """First header row: below the frame (title, mark, unit), which is printed above the table."""
    sheet = table.sheet
    for r in range(table.first_data_row):
        row = sheet.rows[r] if r < len(sheet.rows) else []
        if any(content != "" for content in row) and not _is_frame(table, row):
            return r
    return table.first_data_row


def _is_frame(table: Table, row: Sequence[Content]) -> bool:
    """Whether a row above the data holds the title, the mark, or unit, year and money unit."""
    texts = [normalise(content) for content in row if isinstance(content, str) and content]
    joined = "".join(texts)
    if len(texts) <= _FRAME_TEXTS and any(normalise(title) in joined for title in table.layout.titles):
        return True
    marks = ("公开部门", "编制单位", "单位:", "金额单位", "部门:", "公开单位")
    head = normalise(table.layout.code.removesuffix(table.layout.number)) or table.layout.mark
    return any(t.startswith(marks) or (t.startswith(head) and t.endswith("表")) for t in texts) or _is_year_line(texts)


def _is_year_line(texts: list[str]) -> bool:
    return bool(texts) and all(t.endswith(("年度", "年")) or "单位" in t for t in texts)


def _shown_rows(table: Table, top: int, bottom: int, left: int, right: int) -> list[int]:
    """Rows to print: the header's, and data rows that are not wholly blank."""
    fixed = table.layout.kind is SheetKind.FIXED
    shown = []
    for r in range(top, bottom + 1):
        row = table.sheet.rows[r] if r < len(table.sheet.rows) else []
        blank = all(c == "" for c in row[left : right + 1])
        if r < table.first_data_row or fixed or not blank:
            shown.append(r)
    return shown


def _spans(sheet: RawSheet, top: int, left: int, bottom: int, right: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Merged ranges inside the area: origin → (height, width), clipped to it."""
    spans = {}
    for r0, c0, r1, c1 in sheet.marks.merged:
        if top <= r0 <= bottom and left <= c0 <= right:
            spans[r0, c0] = (min(r1, bottom) - r0 + 1, min(c1, right) - c0 + 1)
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


def _widths(table: Table, top: int, bottom: int, left: int, right: int) -> tuple[float, ...]:
    """Relative widths by the longest text that is not spread over several columns."""
    merged = {(r, c) for r0, c0, r1, c1 in table.sheet.marks.merged if c1 > c0
              for r in range(r0, r1 + 1) for c in range(c0, min(c1, c0 + 60) + 1)}
    widths = [_MIN_WIDTH] * (right - left + 1)
    for r in range(top, bottom + 1):
        row = table.sheet.rows[r] if r < len(table.sheet.rows) else []
        longest = _MAX_WIDTH if r >= table.first_data_row else _HEADER_WIDTH
        for c in range(left, min(right + 1, len(row))):
            content = row[c]
            if isinstance(content, str) and content and (r, c) not in merged:
                widths[c - left] = max(widths[c - left], min(_display_width(content), longest))
    for c in {c for positions in table.column_maps() for c in positions.values()}:
        widths[c - left] = max(widths[c - left], _AMOUNT_WIDTH)
    return tuple(widths)


def _display_width(text: str) -> float:
    return sum(2.0 if unicodedata.east_asian_width(ch) in "WF" else 1.0 for ch in text) + 1


def _font_size(widths: tuple[float, ...]) -> float:
    """Point size with which the columns fit an A4 landscape line."""
    total = sum(widths)
    return 10.5 if total <= 110 else 9.0 if total <= 140 else 8.0 if total <= 165 else 7.0

