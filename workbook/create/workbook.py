"""Creating the workbook of a form: the blank official form, or the form filled with given amounts.

Formulas used: ``SUM(cells and ranges)`` for totals; in the blank form also
``SUMPRODUCT((LEN(codes)=3)*amounts)`` for 合计 over code rows still to be filled, and an ``IF`` that
prints the statement below a sheet that is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbook.amounts import MoneyUnit
from workbook.create.book import Book
from workbook.create.paint import CellKey, Numbers, Painter, by_table
from workbook.create.plan import CellNote, Plan, plan_sheet
from workbook.pack.loading import Pack
from workbook.pack.records import read_csv
from workbook.safe_save import write_atomically

BLANK_CODE_ROWS = 30
_EMPTY_SHEET_ROWS = 6
_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001  # a fixed date without a zone: equal input, equal bytes


def create_workbook(path: Path, pack: Pack, **form: Any) -> None:
    """Write the workbook that :func:`workbook_bytes` makes of *pack* and *form* to *path* (replaced, never written in place).

    Raises :class:`~workbook.errors.InputError` when the file cannot be written.
    """
    write_atomically(path, workbook_bytes(pack, **form))


def workbook_bytes(
    pack: Pack,
    *,
    unit_name: str,
    year: int,
    money_unit: MoneyUnit = MoneyUnit.WAN,
    amounts: Mapping[CellKey, Decimal] | None = None,
    names: Mapping[str, str] | None = None,
    blank_code_rows: int = BLANK_CODE_ROWS,
) -> bytes:
    """The bytes of a workbook of *pack*; equal input gives equal bytes.

    *amounts* are in 万元, counts as they are, by ``(table, row, column)``; without them the form is blank.
    Code rows are the codes that occur in *amounts*.  A total is a formula when the formula gives exactly
    the given amount, otherwise the given number itself.  *names* replaces catalogue names by code.
    Raises :class:`ValueError` for an amount that the form has no cell for (nothing is dropped silently).
    """
    given = by_table(amounts or {})
    if unknown := [table for table in given if table not in pack.sheets]:
        raise ValueError(f"模板包里没有“{'、'.join(unknown)}”表")
    notes = load_cell_notes(pack.folder / "cell-notes.csv")
    frame = pack.printed.frame(unit_name, year, money_unit)
    book = Book(f"{year}年度部门决算公开表", size=11, created=_CREATED)
    for layout in pack.sheets.values():
        mine = None if amounts is None else given.get(layout.code, {})
        codes = sorted({row for row, _ in mine or () if row.isdigit()})
        is_rarely_used = mine is not None and layout.empty_statement
        blank = 0 if codes else min(blank_code_rows, _EMPTY_SHEET_ROWS) if is_rarely_used else blank_code_rows
        plan = plan_sheet(layout, pack, codes, blank, names or {}, money_unit)
        numbers = Numbers(plan, mine or {}, money_unit)
        if lost := list(numbers.left_over()):
            raise ValueError(f"{layout.mark}没有放得下这些数的单元格：{'、'.join('·'.join(key) for key in lost[:5])}")
        Painter(book, plan, numbers, unit_name, money_unit).paint(
            frame, pack.printed.mark, _notes_of(plan, notes), blank_form=amounts is None)
    return book.to_bytes()


def load_cell_notes(path: Path) -> tuple[CellNote, ...]:
    """Read the notes (批注) of a pack, hints at cells where people go wrong; a pack without the file has none."""
    if not path.exists():
        return ()
    return read_csv(path, ("表", "行", "列", "说明"), lambda r, line: CellNote(r["表"], r["行"], r["列"], r["说明"], path, line))


def _notes_of(plan: Plan, notes: Iterable[CellNote]) -> list[CellNote]:
    """The notes of one sheet; one for a row or column that the sheet lacks is an error of the pack."""
    mine = [note for note in notes if note.table == plan.layout.code]
    for note in mine:
        note.verify(rows=plan.labels.keys() | plan.heads.keys(), columns=plan.heads.keys())
    return mine
