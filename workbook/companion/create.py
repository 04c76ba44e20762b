"""Creating a 底稿 with XlsxWriter: made to be filled by people in Excel or WPS."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.workbook import Workbook

from workbook.companion.model import Companion, Fund
from workbook.companion.prior import NAME_HEADER, ROW_HEADER, blocks
from workbook.companion.records import Cells, list_records, plain
from workbook.companion.specs import (
    BLANK_TABLE,
    BUDGET,
    BUDGET_LABELS,
    GLOSSARY,
    INFO,
    INFO_LABELS,
    LISTS,
    OVERVIEW,
    PERFORMANCE,
    PRIOR,
    PROCUREMENT,
    PROCUREMENT_LABELS,
    REASONS,
    SETTING_LABELS,
    SHEETS,
    UNITS,
    Column,
    Label,
)
from workbook.create.styles import PROTECTION, Styles, head, page, put, unit_cell
from workbook.entries import Entry
from workbook.pack.loading import Pack
from workbook.performance.model import PerformanceTable
from workbook.performance.sheet import write_performance_sheet
from workbook.safe_save import write_atomically

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 3
SPARE_ROWS = 20
LAST_ROW = 1999
"""Validation lists and open cells reach down to here."""
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
GUIDES = {
    INFO: "在“内容”一列填写；带下拉列表的格子请从列表中选择。\n第三列是说明，不用改。",
    OVERVIEW: "报告第一部分的文字，一段一行：先选部分，再选级别（一级、二级、三级为标题，正文为段落），标题的序号写在文字里。\n也可以改用 Word 文件：在“单位信息”的“概况文件”中写文件名，本表即不再使用。",
    UNITS: "纳入本单位决算编制范围的单位，一个单位一行。",
    BUDGET: "按部门预算批复填写：先填收支总计和财政拨款合计，再按功能分类科目（项级）逐行填写一般公共预算财政拨款的年初预算数。\n金额单位见右上角，可改为元。",
    PRIOR: "上年决算公开表的全部数，由程序从上年工作簿取来；没有上年工作簿文件时，报告中的上年数取自本表。\n可以手工补填或更正金额，不要改动第一、二列和表头。",
    PROCUREMENT: "填写政府采购中授予中小企业的合同金额，按货物、工程、服务分开；三项之和应等于公开11表的“授予中小企业合同金额”。",
    REASONS: "只填写黄色的“变动原因”一列，其余各列由程序写入。“参考草稿”和“上年原因”可以复制过来修改。",
    PERFORMANCE: "先填写纳入绩效自评的项目个数，再逐个项目填写；“工作表名”写该项目的项目支出绩效自评表所在的工作表。\n每个项目一张自评表：复制工作表“" + BLANK_TABLE + "”后填写，并改成便于识别的名称。",
    GLOSSARY: "报告第三部分的名词解释，一个名词一行，可以增删修改。",
}


def create_companion(path: Path, companion: Companion, pack: Pack) -> None:
    """Write a new 底稿 to *path* (replacing what is there, atomically)."""
    write_atomically(path, companion_bytes(companion, pack))


def companion_bytes(companion: Companion, pack: Pack) -> bytes:
    """The bytes of a new 底稿 holding what *companion* says."""
    stream = io.BytesIO()
    book = Workbook(stream, OPTIONS)
    year = companion.year or pack.year
    book.set_properties({"title": f"{companion.unit_name}{year}年度决算公开底稿", "created": datetime(year + 1, 1, 1)})  # noqa: DTZ001  # a naive date is what the file format holds
    _Writer(book, companion).write()
    book.close()
    return stream.getvalue()


def sheet_bytes(companion: Companion, name: str, table: PerformanceTable | None = None) -> bytes:
    """A workbook with one sheet of *companion* only: a standard one, or the form of *table*."""
    stream = io.BytesIO()
    book = Workbook(stream, OPTIONS)
    writer = _Writer(book, companion)
    if table is not None:
        write_performance_sheet(writer.styles, book.add_worksheet(name), table, companion.year)
    else:
        writer.sheets()[name]()
    book.close()
    return stream.getvalue()


class _Writer:
    """Writes the sheets of one 底稿."""

    def __init__(self, book: Workbook, companion: Companion) -> None:
        self.book = book
        self.companion = companion
        self.styles = Styles(book)

    def sheets(self) -> dict[str, Callable[[], None]]:
        """How each standard sheet is written, in order."""
        return {
            INFO: self._info,
            OVERVIEW: lambda: self._list(OVERVIEW),
            UNITS: lambda: self._list(UNITS),
            BUDGET: self._budget,
            PRIOR: self._prior,
            PROCUREMENT: self._procurement,
            REASONS: lambda: self._list(REASONS, landscape=True, spare=0),
            PERFORMANCE: self._performance,
            GLOSSARY: lambda: self._list(GLOSSARY, landscape=True),
        }

    def write(self) -> None:
        """Write all sheets."""
        for write in self.sheets().values():
            write()
        year = self.companion.year
        for name, table in performance_sheets(self.companion):
            write_performance_sheet(self.styles, self.book.add_worksheet(name), table, year)
        write_performance_sheet(self.styles, self.book.add_worksheet(BLANK_TABLE), None, year)

    def _sheet(self, name: str, widths: Sequence[float], header_row: int, *, landscape: bool = False) -> Worksheet:
        sheet, columns = self.book.add_worksheet(name), len(widths)
        head(self.styles, sheet, f"底稿：{name}", GUIDES[name], widths)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        page(sheet, header_row, landscape=landscape)
        sheet.protect("", PROTECTION)
        sheet.set_column(columns, columns + 40, None, self.styles.get("open"))
        return sheet

    def _info(self) -> None:
        sheet = self._sheet(INFO, (28, 48, 58), HEADER_ROW)
        for column, text in enumerate(("项目", "内容", "说明")):
            sheet.write_string(HEADER_ROW, column, text, self.styles.get("header"))
        row = HEADER_ROW
        for labels, holder in ((INFO_LABELS, self.companion.info), (SETTING_LABELS, self.companion.settings)):
            for label in labels:
                row += 1
                self._labelled(sheet, row, label, getattr(holder, label.field))

    def _labelled(self, sheet: Worksheet, row: int, label: Label, entry: Entry) -> None:
        sheet.write_string(row, 0, label.id, self.styles.get("label"))
        put(sheet, row, 1, entry, self.styles.get("left" if label.numeric else "text"))
        sheet.write_string(row, 2, label.note, self.styles.get("label"))
        if label.choices:
            sheet.data_validation(row, 1, row, 1, _choice(label.choices))
        elif label.field == "year":
            sheet.data_validation(row, 1, row, 1, {
                "validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2099,
                "error_title": "年度", "error_message": "请填写四位年份，如 2024"})
        elif label.numeric:
            sheet.data_validation(row, 1, row, 1, _decimal(at_least_zero=True))

    def _list(self, name: str, *, landscape: bool = False, spare: int = SPARE_ROWS, first: tuple[Cells, ...] = ()) -> None:
        """A list sheet: the records of *name* after the rows *first*, and *spare* blank ones."""
        columns = LISTS[name]
        sheet = self._sheet(name, [c.width for c in columns], HEADER_ROW, landscape=landscape)
        if any(c.numeric for c in columns):
            unit_cell(self.styles, sheet, HEADER_ROW - 1, len(columns) - 1)
        self._columns(sheet, columns, HEADER_ROW)
        rows = (*first, *(r.cells for r in list_records(name, self.companion)))
        self._records(sheet, columns, HEADER_ROW + 1, rows, spare)
        for row in range(HEADER_ROW + 1, HEADER_ROW + 1 + len(first)):
            sheet.write_string(row, 0, str(first[row - HEADER_ROW - 1][0]), self.styles.get("center"))
            sheet.write_string(row, 1, str(first[row - HEADER_ROW - 1][1]), self.styles.get("label"))

    def _columns(self, sheet: Worksheet, columns: tuple[Column, ...], header_row: int) -> None:
        for c, column in enumerate(columns):
            sheet.set_column(c, c, column.width, self.styles.get("open") if not column.locked else None)
            sheet.write_string(header_row, c, column.id, self.styles.get("header"))
            if column.choices:
                sheet.data_validation(header_row + 1, c, LAST_ROW, c, _choice(column.choices))
            elif column.numeric and not column.locked:
                sheet.data_validation(header_row + 1, c, LAST_ROW, c, _decimal())
            elif "编码" in column.id:
                sheet.ignore_errors({"number_stored_as_text": f"A1:A{LAST_ROW}"})

    def _records(self, sheet: Worksheet, columns: tuple[Column, ...], first: int, rows: Iterable[Cells], spare: int) -> None:
        blank: Cells = (None,) * len(columns)
        for r, cells in enumerate([*rows, *[blank] * spare]):
            for c, (column, content) in enumerate(zip(columns, cells, strict=True)):
                put(sheet, first + r, c, content, self.styles.get(_style(column)))

    def _budget(self) -> None:
        budget = self.companion.budget
        self._list(BUDGET, first=tuple(("—", label.id, plain(getattr(budget, label.field))) for label in BUDGET_LABELS))

    def _procurement(self) -> None:
        sheet = self._sheet(PROCUREMENT, (24, 28, 50), HEADER_ROW)
        unit_cell(self.styles, sheet, HEADER_ROW - 1, 2)
        for column, text in enumerate(("采购种类", "授予中小企业合同金额", "说明")):
            sheet.write_string(HEADER_ROW, column, text, self.styles.get("header"))
        for row, label in enumerate(PROCUREMENT_LABELS, HEADER_ROW + 1):
            sheet.write_string(row, 0, label.id, self.styles.get("label"))
            put(sheet, row, 1, getattr(self.companion.procurement, label.field), self.styles.get("amount"))
            sheet.write_string(row, 2, label.note, self.styles.get("label"))
            sheet.data_validation(row, 1, row, 1, _decimal(at_least_zero=True))

    def _prior(self) -> None:
        sheet = self._sheet(PRIOR, (10, 32, 36, *[15] * 8), HEADER_ROW - 1, landscape=True)
        sheet.set_column(3, 10, 15, self.styles.get("open"))
        year = self.companion.prior_year
        sheet.write_string(2, 0, f"{year}年度" if year else "年度未知", self.styles.get("open"))
        unit_cell(self.styles, sheet, 2, 10)
        row = HEADER_ROW
        for table, columns, rows in blocks(self.companion.prior):
            for c, text in enumerate((table.code, ROW_HEADER, NAME_HEADER, *columns)):
                sheet.write_string(row, c, text, self.styles.get("header"))
            for row_id in rows:
                row += 1
                fixed = table.layout.row(row_id)
                name = table.names.get(row_id) or (fixed.label.strip() if fixed else "")
                for c, text in enumerate((table.code, row_id, name)):
                    put(sheet, row, c, text, self.styles.get("label"))
                for c, column_id in enumerate(columns, 3):
                    value = table.value(row_id, column_id)
                    put(sheet, row, c, value, self.styles.get("number" if row_id in table.counts else "amount"))
            row += 2
        sheet.ignore_errors({"number_stored_as_text": f"B1:B{row + 1}"})

    def _performance(self) -> None:
        columns = LISTS[PERFORMANCE]
        top = HEADER_ROW + 4
        sheet = self._sheet(PERFORMANCE, [c.width for c in columns], top, landscape=True)
        unit_cell(self.styles, sheet, 2, len(columns) - 1)
        performance = self.companion.performance
        for column, text in enumerate(("预算类别", "一级项目数", "二级项目数"), 1):
            sheet.write_string(HEADER_ROW, column, text, self.styles.get("header"))
        counts = ((Fund.GENERAL, performance.general_first, performance.general_second),
                  (Fund.GOVERNMENT, performance.fund_first, performance.fund_second))
        for row, (fund, first, second) in enumerate(counts, HEADER_ROW + 1):
            sheet.write_string(row, 1, fund, self.styles.get("label"))
            put(sheet, row, 2, first, self.styles.get("number"))
            put(sheet, row, 3, second, self.styles.get("number"))
            sheet.data_validation(row, 2, row, 3, {"validate": "integer", "criteria": ">=", "value": 0})
        self._columns(sheet, columns, top)
        self._records(sheet, columns, top + 1, (r.cells for r in list_records(PERFORMANCE, self.companion)), 10)


def performance_sheets(companion: Companion) -> list[tuple[str, PerformanceTable]]:
    """Sheet name and table of each 项目支出绩效自评表 to write."""
    listed = [(p.sheet_name.text or p.name.text, p.table) for p in companion.performance.projects if p.table is not None]
    every = [*listed, *((t.sheet or t.name.text, t) for t in companion.performance.unlisted)]
    used = {name.casefold() for name in (*SHEETS, BLANK_TABLE)}
    found = []
    for name, table in every:
        found.append((sheet_name(name, used), table))
        used.add(found[-1][0].casefold())
    return found


def sheet_name(wanted: str, used: set[str]) -> str:
    """*wanted* as a sheet name that Excel allows and that is not among the *used* ones (in lower case)."""
    base = re.sub(r"[\[\]:*?/\\]", "", wanted).strip("'").strip()[:31] or "绩效自评表"
    name, number = base, 2
    while name.casefold() in used:
        tail = f"({number})"
        name, number = base[: 31 - len(tail)] + tail, number + 1
    return name


def _style(column: Column) -> str:
    if column.locked:
        return "locked_amount" if column.numeric else "locked_text"
    if column.id == "变动原因":
        return "fill"
    return "choice" if column.choices else "amount" if column.numeric else "text"


def _choice(choices: tuple[str, ...]) -> dict[str, object]:
    return {
        "validate": "list", "source": [str(c) for c in choices], "error_title": "请从列表中选择",
        "error_message": "可选：" + "、".join(choices)[:200]}


def _decimal(*, at_least_zero: bool = False) -> dict[str, object]:
    criteria: dict[str, object] = {"criteria": ">=", "value": 0} if at_least_zero else {
        "criteria": "between", "minimum": -1e12, "maximum": 1e12}
    return {"validate": "decimal", "error_title": "请填数字", "error_message": "这里只能填数字，没有的留空", **criteria}

