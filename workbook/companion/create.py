"""Creating a 底稿 with XlsxWriter: made to be filled by people in Excel or WPS."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.workbook import Workbook

from workbook.companion.areas import PACK_MARK
from workbook.companion.lists import BLANK_TABLE, COUNT_HEADER, Cells, Column, columns_of, list_records, plain
from workbook.companion.model import Companion
from workbook.companion.prior import NAME_HEADER, ROW_HEADER, blocks
from workbook.create.styles import PROTECTION, Styles, head, page, put, unit_cell
from workbook.pack.companion_form import CompanionForm, CompanionSheet, Content, EntryForm, Role
from workbook.pack.loading import Pack
from workbook.performance.model import PerformanceTable
from workbook.performance.sheet import write_performance_sheet
from workbook.safe_save import write_atomically, write_new

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 3
SPARE_ROWS = 20
LAST_ROW = 1999
"""Validation lists and open cells reach down to here."""
_ENTRY_STYLES = {Content.AMOUNT: "amount", Content.NUMBER: "left", Content.YEAR: "left"}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def create_companion(path: Path, companion: Companion, pack: Pack, *, replaces: bool = True) -> None:
    """Write a new 底稿 to *path*: over what is there, or (not *replaces*) refusing to.  Raises :class:`InputError`."""
    (write_atomically if replaces else write_new)(path, companion_bytes(companion, pack))


def companion_bytes(companion: Companion, pack: Pack) -> bytes:
    """The bytes of a new 底稿 holding what *companion* says."""
    stream = io.BytesIO()
    book = Workbook(stream, OPTIONS)
    year = companion.year
    created = datetime((year or pack.years[1]) + 1, 1, 1)  # noqa: DTZ001  # a naive date is what the file format holds
    title = f"{companion.unit_name}{f'{year}年度' if year else ''}决算公开底稿"
    book.set_properties({"title": title, "created": created, "keywords": f"{PACK_MARK}{pack.folder.name}"})
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
        writer.sheet(next(form for form in companion.form.sheets if form.name == name))
    book.close()
    return stream.getvalue()


class _Writer:
    """Writes the sheets of one 底稿."""

    def __init__(self, book: Workbook, companion: Companion) -> None:
        self.book = book
        self.companion = companion
        self.styles = Styles(book)

    def write(self) -> None:
        for form in self.companion.form.sheets:
            if form.role is not Role.VERIFIED or self.companion.verified:
                self.sheet(form)
        year = self.companion.year
        for name, table in performance_sheets(self.companion):
            write_performance_sheet(self.styles, self.book.add_worksheet(name), table, year)
        if self.companion.form.name(Role.PROJECTS):
            write_performance_sheet(self.styles, self.book.add_worksheet(BLANK_TABLE), None, year)

    def sheet(self, form: CompanionSheet) -> None:
        if form.role is Role.ENTRIES:
            self._entries(form)
        elif form.role is Role.PRIOR:
            self._prior(form)
        elif form.role is Role.PROJECTS:
            self._projects(form)
        elif form.role in (Role.REASONS, Role.VERIFIED):
            self._list(form, landscape=True, spare=0)
        else:
            self._list(form, landscape=form.role is Role.GLOSSARY)

    def _sheet(self, form: CompanionSheet, widths: Sequence[float], header_row: int, *, landscape: bool = False) -> Worksheet:
        sheet, columns = self.book.add_worksheet(form.name), len(widths)
        head(self.styles, sheet, f"底稿：{form.name}", form.guide, widths)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        page(sheet, header_row, landscape=landscape)
        sheet.protect("", PROTECTION)
        sheet.set_column(columns, columns + 40, None, self.styles.get("open"))
        return sheet

    def _entries(self, form: CompanionSheet) -> None:
        """A sheet of labelled entries: label, content, note."""
        sheet = self._sheet(form, form.widths, HEADER_ROW)
        if any(entry.content is Content.AMOUNT for entry in form.entries):
            unit_cell(self.styles, sheet, HEADER_ROW - 1, len(form.header) - 1)
        for column, text in enumerate(form.header):
            sheet.write_string(HEADER_ROW, column, text, self.styles.get("header"))
        for row, entry in enumerate(form.entries, HEADER_ROW + 1):
            sheet.write_string(row, 0, entry.label, self.styles.get("label"))
            put(sheet, row, 1, self.companion.text(entry.id), self.styles.get(_ENTRY_STYLES.get(entry.content, "text")))
            sheet.write_string(row, 2, entry.note, self.styles.get("label"))
            if validation := _validation(entry):
                sheet.data_validation(row, 1, row, 1, validation)

    def _list(self, form: CompanionSheet, *, landscape: bool = False, spare: int = SPARE_ROWS) -> None:
        """A list sheet: its entries, its records, and *spare* blank rows."""
        columns = columns_of(self.companion.form, form.role)
        sheet = self._sheet(form, [c.width for c in columns], HEADER_ROW, landscape=landscape)
        if any(c.numeric for c in columns):
            unit_cell(self.styles, sheet, HEADER_ROW - 1, len(columns) - 1)
        self._columns(sheet, columns, HEADER_ROW)
        more = (None,) * (len(columns) - 3)
        totals: list[Cells] = [("—", entry.label, plain(self.companion.text(entry.id)), *more) for entry in form.entries]
        rows = (*totals, *(r.cells for r in list_records(form.role, self.companion)))
        self._records(sheet, columns, HEADER_ROW + 1, rows, spare)
        for row, (mark, label, *_) in enumerate(totals, HEADER_ROW + 1):
            sheet.write_string(row, 0, str(mark), self.styles.get("center"))
            sheet.write_string(row, 1, str(label), self.styles.get("label"))

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

    def _prior(self, form: CompanionSheet) -> None:
        sheet = self._sheet(form, (10, 32, 36, *[15] * 8), HEADER_ROW - 1, landscape=True)
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

    def _projects(self, form: CompanionSheet) -> None:
        columns = columns_of(self.companion.form, form.role)
        top = HEADER_ROW + (len(form.funds) + 2 if form.counts else 0)
        sheet = self._sheet(form, [c.width for c in columns], top, landscape=True)
        unit_cell(self.styles, sheet, HEADER_ROW - 1, len(columns) - 1)
        for column, text in enumerate((COUNT_HEADER, *form.counts) if form.counts else (), 1):
            sheet.write_string(HEADER_ROW, column, text, self.styles.get("header"))
        for row, fund in enumerate(form.funds if form.counts else (), HEADER_ROW + 1):
            sheet.write_string(row, 1, fund.name, self.styles.get("label"))
            for column, count in enumerate(form.counts, 2):
                put(sheet, row, column, self.companion.text(fund.count(count)), self.styles.get("number"))
            sheet.data_validation(row, 2, row, len(form.counts) + 1, {"validate": "integer", "criteria": ">=", "value": 0})
        self._columns(sheet, columns, top)
        self._records(sheet, columns, top + 1, (r.cells for r in list_records(form.role, self.companion)), 10)


def performance_sheets(companion: Companion) -> list[tuple[str, PerformanceTable]]:
    """Sheet name and table of each 项目支出绩效自评表 to write."""
    listed = [(p.sheet_name.text or p.name.text, p.table) for p in companion.projects if p.table is not None]
    every = [*listed, *((t.sheet or t.name.text, t) for t in companion.unlisted)]
    used = reserved_names(companion.form)
    found = []
    for name, table in every:
        found.append((sheet_name(name, used), table))
        used.add(found[-1][0].casefold())
    return found


def reserved_names(form: CompanionForm) -> set[str]:
    """Names (in lower case) that the sheet of a table cannot have."""
    return {name.casefold() for name in (*(sheet.name for sheet in form.sheets), BLANK_TABLE)}


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


def _validation(entry: EntryForm) -> dict[str, object] | None:
    """What may be typed as the content of *entry*."""
    if entry.choices:
        return _choice(entry.choices)
    if entry.content is Content.YEAR:
        return {
            "validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2099,
            "error_title": entry.label, "error_message": "请填写四位年份，如 2024"}
    return _decimal(at_least_zero=True) if entry.content.is_number else None


def _choice(choices: tuple[str, ...]) -> dict[str, object]:
    return {
        "validate": "list", "source": [str(c) for c in choices], "error_title": "请从列表中选择",
        "error_message": "可选：" + "、".join(choices)[:200]}


def _decimal(*, at_least_zero: bool = False) -> dict[str, object]:
    criteria: dict[str, object] = {"criteria": ">=", "value": 0} if at_least_zero else {
        "criteria": "between", "minimum": -1e12, "maximum": 1e12}
    return {"validate": "decimal", "error_title": "请填数字", "error_message": "这里只能填数字，没有的留空", **criteria}

