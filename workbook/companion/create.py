"""Creating a 底稿: made to be filled by people in Excel or WPS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workbook.companion.areas import PACK_MARK
from workbook.companion.lists import BLANK_TABLE, COUNT_HEADER, Cells, columns_of, list_records, plain
from workbook.companion.model import Column, Companion
from workbook.companion.prior import NAME_HEADER, ROW_HEADER, blocks
from workbook.create.book import Book, Sheet, sheet_name
from workbook.pack.companion_form import CompanionForm, CompanionSheet, Content, EntryForm, Role
from workbook.pack.loading import Pack
from workbook.performance.model import PerformanceTable
from workbook.performance.sheet import PROTECTION, write_performance_sheet
from workbook.safe_save import write_atomically, write_new

HEADER_ROW = 3
SPARE_ROWS = 20
LAST_ROW = 1999
"""Validation lists and open cells reach down to here."""
TABLE_NAME = "绩效自评表"
"""Of the sheet of a table that has no name."""


def create_companion(path: Path, companion: Companion, pack: Pack, *, replaces: bool = True) -> None:
    """Write a new 底稿 to *path*: over what is there, or (not *replaces*) refusing to.  Raises :class:`InputError`."""
    (write_atomically if replaces else write_new)(path, companion_bytes(companion, pack))


def companion_bytes(companion: Companion, pack: Pack) -> bytes:
    """The bytes of a new 底稿 holding what *companion* says."""
    year = companion.year
    created = datetime((year or pack.years[1]) + 1, 1, 1)  # noqa: DTZ001  # a naive date is what the file format holds
    title = f"{companion.unit_name}{f'{year}年度' if year else ''}决算公开底稿"
    book = Book(title, created=created, keywords=f"{PACK_MARK}{pack.folder.name}")
    for form in companion.form.sheets:
        if form.role is not Role.VERIFIED or companion.verified:
            _write(book, companion, form)
    blank = [(BLANK_TABLE, None)] if companion.form.name(Role.PROJECTS) else []
    for name, table in (*performance_sheets(companion), *blank):
        write_performance_sheet(book.sheet(name), table, year)
    return book.to_bytes()


def sheet_bytes(companion: Companion, name: str, table: PerformanceTable | None = None) -> bytes:
    """A workbook with one sheet of *companion* only: a standard one, or the form of *table*."""
    book = Book()
    if table is not None:
        write_performance_sheet(book.sheet(name), table, companion.year)
    else:
        _write(book, companion, next(form for form in companion.form.sheets if form.name == name))
    return book.to_bytes()


def _write(book: Book, companion: Companion, form: CompanionSheet) -> None:
    if form.role is Role.ENTRIES:
        _entries(book, companion, form)
    elif form.role is Role.PRIOR:
        _prior(book, companion, form)
    else:
        _list(book, companion, form)


def _sheet(
    book: Book, form: CompanionSheet, widths: Sequence[float], header_row: int, *, landscape: bool, unit_row: int | None = None
) -> Sheet:
    """A protected sheet with title, what to do, and the money unit at the right of *unit_row*; open beyond its columns."""
    sheet, last = book.sheet(form.name), len(widths) - 1
    sheet.widths(widths)
    sheet.put_across(0, f"底稿：{form.name}", "title", line=28)
    sheet.put_across(1, form.guide, "grey wrap top", line=17)
    sheet.page((header_row, header_row), landscape=landscape)
    sheet.protect("", PROTECTION)
    sheet.set_column(last + 1, last + 41, None, book.look("open"))
    if unit_row is not None:
        sheet.put(unit_row, last, "单位：万元", "right open")
        sheet.data_validation(unit_row, last, unit_row, last, {"validate": "list", "source": ["单位：万元", "单位：元"]})
    return sheet


def _entries(book: Book, companion: Companion, form: CompanionSheet) -> None:
    """A sheet of labelled entries: label, content, note."""
    has_amounts = any(entry.content is Content.AMOUNT for entry in form.entries)
    sheet = _sheet(book, form, form.widths, HEADER_ROW, landscape=False, unit_row=HEADER_ROW - 1 if has_amounts else None)
    looks = {Content.AMOUNT: "grid amount open", Content.NUMBER: "grid left open", Content.YEAR: "grid left open"}
    sheet.put_row(HEADER_ROW, 0, form.header, "heading")
    for row, entry in enumerate(form.entries, HEADER_ROW + 1):
        sheet.put(row, 0, entry.label, "label")
        sheet.put(row, 1, companion.text(entry.id), looks.get(entry.content, "entry"))
        sheet.put(row, 2, entry.note, "label")
        if validation := _validation(entry):
            sheet.data_validation(row, 1, row, 1, validation)


def _list(book: Book, companion: Companion, form: CompanionSheet) -> None:
    """A list sheet: its totals or numbers of projects, its records, and blank rows."""
    columns, counts = columns_of(companion.form, form.role), form.counts if form.role is Role.PROJECTS else ()
    top = HEADER_ROW + (len(form.funds) + 2 if counts else 0)
    is_wide = form.role in (Role.REASONS, Role.VERIFIED, Role.PROJECTS, Role.GLOSSARY)
    has_amounts = form.role is Role.PROJECTS or any(c.numeric for c in columns)
    sheet = _sheet(
        book, form, [c.width for c in columns], top, landscape=is_wide, unit_row=HEADER_ROW - 1 if has_amounts else None)
    sheet.put_row(HEADER_ROW, 1, (COUNT_HEADER, *counts) if counts else (), "heading")
    for row, fund in enumerate(form.funds if counts else (), HEADER_ROW + 1):
        sheet.put(row, 1, fund.name, "label")
        sheet.put_row(row, 2, [companion.text(fund.count(count)) for count in counts], "grid open")
        sheet.data_validation(row, 2, row, len(counts) + 1, {"validate": "integer", "criteria": ">=", "value": 0})
    for c, kind in enumerate(columns):
        _column(sheet, top, c, kind)
    entries = () if form.role is Role.PROJECTS else form.entries
    totals: list[Cells] = [
        ("—", entry.label, plain(companion.text(entry.id)), *(None,) * (len(columns) - 3)) for entry in entries]
    spare = {Role.REASONS: 0, Role.VERIFIED: 0, Role.PROJECTS: 10}.get(form.role, SPARE_ROWS)
    blank: list[Cells] = [(None,) * len(columns)] * spare
    for r, cells in enumerate((*totals, *(r.cells for r in list_records(form.role, companion)), *blank), top + 1):
        for c, (kind, content) in enumerate(zip(columns, cells, strict=True)):
            label = ("label center", "label")[c] if r <= top + len(totals) and c < 2 else ""
            sheet.put(r, c, content, label or _look(kind))


def _column(sheet: Sheet, header_row: int, place: int, column: Column) -> None:
    """Heading, width and what may be typed of a column of a list."""
    sheet.set_column(place, place, column.width, None if column.locked else sheet.book.look("open"))
    sheet.put(header_row, place, column.id, "heading")
    if column.choices:
        sheet.data_validation(header_row + 1, place, LAST_ROW, place, _choice(column.choices))
    elif column.numeric and not column.locked:
        sheet.data_validation(header_row + 1, place, LAST_ROW, place, _decimal())
    elif "编码" in column.id:
        sheet.ignore_errors({"number_stored_as_text": f"A1:A{LAST_ROW}"})


def _prior(book: Book, companion: Companion, form: CompanionSheet) -> None:
    """上年决算: a block for each panel of last year's tables."""
    sheet = _sheet(book, form, (10, 32, 36, *[15] * 8), HEADER_ROW - 1, landscape=True, unit_row=HEADER_ROW - 1)
    sheet.set_column(3, 10, 15, book.look("open"))
    sheet.put(HEADER_ROW - 1, 0, f"{companion.prior_year}年度" if companion.prior_year else "年度未知", "open")
    row = HEADER_ROW
    for table, columns, rows in blocks(companion.prior):
        sheet.put_row(row, 0, (table.code, ROW_HEADER, NAME_HEADER, *columns), "heading")
        for row_id in rows:
            row += 1
            fixed = table.layout.row(row_id)
            name = table.names.get(row_id) or (fixed.label.strip() if fixed else "")
            sheet.put_row(row, 0, (table.code, row_id, name), "label")
            for n, column in enumerate(columns, 3):
                look = "grid open" if table.is_count(row_id, column) else "grid amount open"
                sheet.put(row, n, table.value(row_id, column), look)
        row += 2
    sheet.ignore_errors({"number_stored_as_text": f"B1:B{row + 1}"})


def performance_sheets(companion: Companion) -> list[tuple[str, PerformanceTable]]:
    """Sheet name and table of each 项目支出绩效自评表 to write."""
    listed = [(p.sheet_name.text or p.name.text, p.table) for p in companion.projects if p.table is not None]
    every: Iterable[tuple[str, PerformanceTable]] = (*listed, *((t.sheet or t.name.text, t) for t in companion.unlisted))
    used = reserved_names(companion.form)
    found = []
    for name, table in every:
        found.append((sheet_name(name, used, TABLE_NAME), table))
        used.add(found[-1][0].casefold())
    return found


def reserved_names(form: CompanionForm) -> set[str]:
    """Names (in lower case) that the sheet of a table cannot have."""
    return {name.casefold() for name in (*(sheet.name for sheet in form.sheets), BLANK_TABLE)}


def _look(column: Column) -> str:
    if column.locked:
        return "grid cents locked top" if column.numeric else "grid wrap locked top"
    if column.id == "变动原因":
        return "entry wanted top"
    return "choice" if column.choices else "grid amount open" if column.numeric else "entry"


def _validation(entry: EntryForm) -> dict[str, Any] | None:
    """What may be typed as the content of *entry*."""
    if entry.choices:
        return _choice(entry.choices)
    if entry.content is Content.YEAR:
        return {
            "validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2099,
            "error_title": entry.label, "error_message": "请填写四位年份，如 2024"}
    return _decimal(at_least_zero=True) if entry.content.is_number else None


def _choice(choices: tuple[str, ...]) -> dict[str, Any]:
    return {
        "validate": "list", "source": [str(c) for c in choices], "error_title": "请从列表中选择",
        "error_message": "可选：" + "、".join(choices)[:200]}


def _decimal(*, at_least_zero: bool = False) -> dict[str, Any]:
    criteria: dict[str, Any] = {"criteria": ">=", "value": 0} if at_least_zero else {
        "criteria": "between", "minimum": -1e12, "maximum": 1e12}
    return {"validate": "decimal", "error_title": "请填数字", "error_message": "这里只能填数字，没有的留空", **criteria}
