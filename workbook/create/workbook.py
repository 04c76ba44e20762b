"""Creating the workbook of a form: the blank official form, or the form filled with given amounts.

Formulas used: ``SUM(cells and ranges)`` for totals; in the blank form also
``SUMPRODUCT((LEN(codes)=3)*amounts)`` for 合计 over code rows still to be filled, and an ``IF`` that
prints the statement below a sheet that is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range, xl_range_abs

from workbook.amounts import MAX_DIGITS, ZERO, MoneyUnit
from workbook.create.book import NAME_LIMIT, Book, lines_of
from workbook.create.plan import Block, CellNote, Key, Place, Plan, plan_sheet
from workbook.pack.layout import TOTAL, SheetKind
from workbook.pack.loading import Pack
from workbook.pack.records import read_csv
from workbook.pack.sheets import CLASS_DIGITS
from workbook.safe_save import write_atomically

CellKey = tuple[str, str, str]
"""Table, row and column id."""
_BLANK_CODE_ROWS = 30
_EMPTY_SHEET_ROWS = 6
_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001  # a fixed date without a zone: equal input, equal bytes
_BLANK_TOTAL_FORMAT = '#,##0.00;-#,##0.00;""'
_PORTRAIT_WIDTH = 100
_LARGEST = 1_000_000_000_000
_FRAME_ROWS = 3
_CELL = "box small"


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
) -> bytes:
    """The bytes of a workbook of *pack*; equal input gives equal bytes.

    *amounts* are in 万元, counts as they are, by ``(table, row, column)``; without them the form is blank.
    Code rows are the codes that occur in *amounts*.  A total is a formula when the formula gives exactly
    the given amount, otherwise the given number itself.  *names* replaces catalogue names by code.
    Raises :class:`ValueError` for an amount that the form has no cell for (nothing is dropped silently).
    """
    given: dict[str, dict[Key, Decimal]] = {}
    for (table, row, column), value in (amounts or {}).items():
        given.setdefault(table, {})[row, column] = value
    if unknown := [table for table in given if table not in pack.sheets]:
        raise ValueError(f"模板包里没有“{'、'.join(unknown)}”表")
    notes = load_cell_notes(pack.folder / "cell-notes.csv")
    frame = pack.printed.frame(unit_name, year, money_unit)
    book = Book(f"{year}年度部门决算公开表", size=11, created=_CREATED)
    for layout in pack.sheets.values():
        mine = None if amounts is None else given.get(layout.code, {})
        codes = sorted({row for row, _ in mine or () if row.isdigit()})
        is_rarely_used = mine is not None and layout.empty_statement
        blank = 0 if codes else _EMPTY_SHEET_ROWS if is_rarely_used else _BLANK_CODE_ROWS
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


class Numbers:
    """The numbers of one sheet in its own money unit (counts as they are)."""

    def __init__(self, plan: Plan, given: Mapping[Key, Decimal], unit: MoneyUnit) -> None:
        self.plan = plan
        self.given = {key: self._in_unit(key, value, unit) for key, value in given.items()}
        self._shown: dict[Key, Decimal] = {}

    def _in_unit(self, key: Key, value: Decimal, unit: MoneyUnit) -> Decimal:
        if not value.is_finite() or len(value.normalize().as_tuple().digits) > MAX_DIGITS:
            raise ValueError(f"{self.plan.layout.code} {key[0]}·{key[1]} 的数 {value} 超过 Excel 能保存的 {MAX_DIGITS} 位有效数字")
        number = value if self.plan.layout.count_unit(*key) else value.scaleb(-unit.exponent)
        return number.normalize() + ZERO

    def shown(self, key: Key) -> Decimal:
        """The number that the cell shows; a total that was not given is the sum of its parts."""
        if key not in self._shown:
            self._shown[key] = self.given[key] if key in self.given else self.result(key)
        return self._shown[key]

    def result(self, key: Key) -> Decimal:
        """What the formula of a total cell gives (0 for other cells)."""
        return sum((self.shown(part) for part in self.plan.totals.get(key, ())), ZERO)

    def is_formula(self, key: Key) -> bool:
        """Whether the cell is a total whose formula gives exactly what was given (or nothing was)."""
        is_total = key in self.plan.totals or (key[0] == TOTAL and bool(self.plan.blank_rows) and key in self.plan.cells)
        return is_total and (key not in self.given or self.given[key] == self.result(key))

    def formula(self, key: Key, first_row: int) -> str:
        """The formula of a total cell; the data start in 0-based *first_row*."""
        cells = self.plan.cells
        if key not in self.plan.totals:  # 合计 over code rows that the user has yet to fill
            rows = [cells[row, key[1]][0] + first_row for row in self.plan.blank_rows]
            column = cells[key][1]
            codes, values = xl_range_abs(rows[0], 0, rows[-1], 0), xl_range(rows[0], column, rows[-1], column)
            return f"=SUMPRODUCT((LEN({codes})={CLASS_DIGITS})*{values})"
        areas = runs((cells[part] for part in self.plan.totals[key]), sideways=True)
        ranges = (xl_range(top + first_row, left, bottom + first_row, right) for top, left, bottom, right in areas)
        return f"=SUM({','.join(ranges)})"

    def left_over(self) -> Iterator[Key]:
        """Given amounts for which the sheet has no cell."""
        return (key for key in self.given if key not in self.plan.cells)


def runs(places: Iterable[Place], *, sideways: bool = False) -> list[tuple[int, int, int, int]]:
    """*places* as areas (first row and column, last row and column) of neighbours below each other, or *sideways* too."""
    found: list[tuple[int, int, int, int]] = []
    for row, column in sorted(places, key=lambda p: (p[1], p[0])):
        top, left, bottom, right = found[-1] if found else (-1, -1, -1, -1)
        below, beside = (bottom, right, left) == (row - 1, column, column), (bottom, right, top) == (row, column - 1, row)
        if below or (sideways and beside):
            found[-1] = (top, left, row, column)
        else:
            found.append((row, column, row, column))
    return found


class Painter:
    """Draws one sheet."""

    def __init__(self, book: Book, plan: Plan, numbers: Numbers, unit_name: str, money_unit: MoneyUnit) -> None:
        self.plan, self.numbers, self.unit_name, self.money_unit = plan, numbers, unit_name, money_unit
        self.layout = plan.layout
        self.sheet = book.sheet(f"{plan.layout.code} {plan.layout.title}"[:NAME_LIMIT])
        self.last = plan.width - 1
        self.top = _FRAME_ROWS + plan.header_rows
        self.bottom = self.top + plan.height - 1

    def paint(self, frame: tuple[str, str, str], mark: str, notes: Iterable[CellNote], *, blank_form: bool) -> None:
        """Draw everything: *frame* states unit, year and money unit, *mark* the sheet's number (``{编号}表``).

        A *blank_form* takes its statement away once it is filled in.
        """
        self.sheet.widths(self.plan.widths)
        self._frame(frame, mark)
        self._headers()
        self._data()
        self._validations()
        self._footers(blank_form=blank_form)
        self._cell_notes(notes)
        pages = 0 if self.layout.kind is SheetKind.FUNCTIONAL else 1
        self.sheet.page(
            (0, self.top - 1), frozen=self.plan.frozen_columns, landscape=sum(self.plan.widths) > _PORTRAIT_WIDTH, pages=pages)
        self.sheet.set_default_row(15)

    def _block(self, block: Block, first_row: int) -> None:
        """Write a text of the plan, whose rows start in *first_row*."""
        more: dict[str, Any] = {"indent": block.indent} if block.indent else {}
        to = first_row + block.bottom, block.right
        self.sheet.put(first_row + block.top, block.left, block.text, f"{_CELL} {block.look}", to=to, **more)

    def _frame(self, frame: tuple[str, str, str], mark: str) -> None:
        put, last = self.sheet.put, self.last
        self.sheet.set_row(0, 30)
        put(0, 0, self.layout.title, "bold center", to=(0, last), font_size=18)
        left, right = self._frame_columns()
        if mark:
            put(1, right, mark.format(编号=self.layout.code), "small right", to=(1, last))
        unit_name, year, money_unit = frame
        put(2, 0, unit_name, "small left", to=(2, left))
        put(2, left + 1, year, "small center", to=(2, right - 1))
        put(2, right, money_unit, "small right", to=(2, last))

    def _frame_columns(self) -> Place:
        """Last column of the left part and first of the right part, by width, at least one column between."""
        edges, total = [], 0.0
        for width in self.plan.widths:
            total += width
            edges.append(total)
        left = next(i for i, edge in enumerate(edges) if edge >= total * 0.3)
        right = next((i + 1 for i, edge in enumerate(edges) if edge >= total * 0.7), self.last)
        right = max(min(right, self.last), 2)
        return min(left, right - 2), right

    def _headers(self) -> None:
        for row in range(self.plan.header_rows):
            texts = [
                (str(b.text), self.plan.widths[b.left : b.right + 1]) for b in self.plan.headers if b.top == b.bottom == row]
            lines = max((lines_of(text, sum(widths)) for text, widths in texts), default=1)
            self.sheet.set_row(_FRAME_ROWS + row, 6 + 13.5 * lines)
            self.sheet.put_row(_FRAME_ROWS + row, 0, [None] * self.plan.width, f"{_CELL} center wrap")
        for block in self.plan.headers:
            self._block(block, _FRAME_ROWS)

    def _data(self) -> None:
        for row in range(self.top, self.bottom + 1):
            self.sheet.put_row(row, 0, [None] * self.plan.width, _CELL)
        for block in self.plan.texts:
            self._block(block, self.top)
        for key, (row, column) in self.plan.cells.items():
            self._number(key, self.top + row, column)
        if self.layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC):
            self.sheet.ignore_errors({"number_stored_as_text": f"A{self.top + 1}:XFD{self.bottom + 1}"})

    def _number(self, key: Key, row: int, column: int) -> None:
        unit = self.layout.count_unit(*key)
        look = f"{_CELL} right {'whole' if unit and unit not in self.layout.measures else 'cents'}"
        more: dict[str, Any] = {"num_format": _BLANK_TOTAL_FORMAT} if key[0] in self.plan.blank_rows else {}
        if self.numbers.is_formula(key):
            shown = Decimal(f"{self.numbers.shown(key):f}")  # a str would make the cached value a text
            formula = self.numbers.formula(key, self.top)
            self.sheet.write_formula(row, column, formula, self.sheet.book.look(look, **more), shown)
        else:
            self.sheet.put(row, column, self.numbers.given.get(key), look, **more)

    def _validations(self) -> None:
        """Only numbers in amount cells, only whole ones from 0 in counts, of what is measured any from 0."""
        asked: dict[tuple[str, float, str], list[Place]] = {}
        for key, place in self.plan.cells.items():
            if not self.numbers.is_formula(key):
                asked.setdefault(self._asked(key), []).append(place)
        for (kind, least, words), places in asked.items():
            ranges = [(self.top + top, left, self.top + bottom, right) for top, left, bottom, right in runs(places)]
            rule: dict[str, Any] = {
                "validate": kind, "criteria": "between", "minimum": least, "maximum": _LARGEST, "ignore_blank": True,
                "error_title": "这里应填数字", "error_message": words,
            }
            self.sheet.data_validation(*ranges[0], rule | {"other_cells": ranges[1:]})

    def _asked(self, key: Key) -> tuple[str, float, str]:
        """What may be typed into a cell: kind of number, the least, what is said to somebody who types anything else."""
        if not (unit := self.layout.count_unit(*key)):
            return "decimal", -_LARGEST, f"请输入数字，单位为{self.money_unit}；没有数的单元格留空，不要填文字或符号。"
        if unit in self.layout.measures:
            return "decimal", 0, f"请输入{unit}数（不小于 0）。"
        return "integer", 0, "请输入个数、人数或辆数（不小于 0 的整数）。"

    def _footers(self, *, blank_form: bool) -> None:
        """The statement below an empty sheet and the 注 rows, in the form's order."""
        statement = self.layout.statement(self.unit_name)
        said = [statement] if statement and not any(self.numbers.given.values()) else []
        notes = self.layout.notes
        for row, text in enumerate((*notes, *said) if self.layout.statement_last else (*said, *notes), self.bottom + 1):
            self.sheet.put_across(row, text, "small left wrap")
            if blank_form and text in said:
                first, last = min(self.plan.cells.values()), max(self.plan.cells.values())
                amounts = xl_range(first[0] + self.top, first[1], last[0] + self.top, last[1])
                quoted = statement.replace('"', '""')
                self.sheet.write_formula(
                    row, 0, f'=IF(SUM({amounts})=0,"{quoted}","")', self.sheet.book.look("small left wrap"), statement)

    def _cell_notes(self, notes: Iterable[CellNote]) -> None:
        for note in notes:
            if note.row and note.row in self.plan.labels:
                row, column = self.plan.labels[note.row]
                if note.column:
                    row, column = self.plan.cells[note.row, note.column]
                row += self.top
            else:
                row, column = self.plan.heads[note.row or note.column]
                row += _FRAME_ROWS
            size = {"x_scale": 1.6, "y_scale": 0.5 + len(note.text) / 60}
            self.sheet.write_comment(row, column, note.text, {**size, "font_name": "宋体", "font_size": 9})
