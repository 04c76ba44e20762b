"""Quantities: exact amounts with sources and the words for how they came about; and the figures and changes made of them, rounded once, half-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext

from docgen.model import Change, Direction, Figure
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.issues import CellRef
from workbook.pack.companion_form import CompanionForm
from workbook.pack.figures import MONEY, PERCENT
from workbook.pack.formula import COMPANION, is_budget, is_of_companion
from workbook.pack.layout import SheetKind
from workbook.reading.tables import Table, is_coded
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number (万元 or a count); ``value`` is ``None`` when an input is missing."""

    value: Decimal | None
    sources: tuple[CellRef, ...] = ()
    how: str = ""
    missing: str = ""

    def __add__(self, other: Quantity) -> Quantity:
        return _combine(self, other, "＋", lambda a, b: a + b)

    def __sub__(self, other: Quantity) -> Quantity:
        return _combine(self, other, "－", lambda a, b: a - b)

    def __abs__(self) -> Quantity:
        return self if self.value is None else replace(self, value=abs(self.value))


def _combine(a: Quantity, b: Quantity, sign: str, operation: Callable[[Decimal, Decimal], Decimal]) -> Quantity:
    value = None if a.value is None or b.value is None else operation(a.value, b.value)
    return Quantity(
        value, tuple(dict.fromkeys((*a.sources, *b.sources))), f"{a.how} {sign} {b.how}", a.missing or b.missing)


def total(quantities: Iterable[Quantity], how: str = "") -> Quantity:
    """Sum of *quantities*; missing when any of them is."""
    parts = list(quantities)
    missing = next((q.missing for q in parts if q.value is None), "")
    value = None if missing else sum((q.value for q in parts if q.value is not None), ZERO)
    sources = tuple(dict.fromkeys(s for q in parts for s in q.sources))
    return Quantity(value, sources, how or " ＋ ".join(q.how for q in parts if q.how), missing)


class Cells:
    """Reads quantities from tables: this year's, last year's or the 底稿's."""

    def __init__(
        self, tables: Mapping[str, Table], companion: Mapping[str, Table], form: CompanionForm, year_words: str = "", *,
        is_nothing: bool = False,
    ) -> None:
        """*is_nothing*: all cells of the sheets are zero, since there was no such unit."""
        self._form, self._is_nothing = form, is_nothing
        self.tables: Mapping[str, Table] = {**tables, **companion}
        self._has_sheets = bool(tables)
        self.year_words = year_words
        """Put before a table's name in words: ``上年``."""

    def get(self, code: str, row: str, column: str) -> Quantity:
        """One cell.  Blank cells and codes without a row are zero; anything else absent is missing."""
        table, year = self.tables.get(code), self.year_words
        if is_of_companion(code):
            return self._of_companion(table, code, row, column)
        if self._is_nothing:
            return Quantity(ZERO, (), f"{year}没有（单位本年新成立）")
        if table is None:
            sheet = f"决算表“{code}”" if year and self._has_sheets else "决算表" if year else f"公开表“{code}”"
            return Quantity(None, (), "", f"{year}{sheet}")
        how = f"{year}{table.label(row, column)}"
        if row not in table.rows:
            return self._of_absent_row(table, row, column, how)
        missing = "" if table.position(row, column) is not None else f"{year}{code}“{column}”列"
        if fault := table.faults.get((row, column)):
            cell = str(table.ref(row, column))
            missing = f"{year}{'' if cell.startswith(code) else f'{code} '}{cell}（{fault}，无法读取）"
        return Quantity(None if missing else table.value(row, column) or ZERO, _refs(table, row, column), how, missing)

    def _of_absent_row(self, table: Table, row: str, column: str, how: str) -> Quantity:
        """A code that a sheet does not list is the sum of what it lists below it, else zero; an empty code sheet needs no 合计 row."""
        is_code = row.isdigit()
        below = table.leaves(lambda code: code.startswith(row)) if is_code and is_coded(table.layout) else ()
        if below:
            return total((self.get(table.code, code, column) for code in below), f"{how}（表中没有这一行，取其下各科目之和）")
        if is_code or (table.layout.kind is SheetKind.FUNCTIONAL and not table.codes()):
            return Quantity(ZERO, (), f"{how}（表中没有这一行，按 0）")
        return Quantity(None, (), how, f"{self.year_words}{table.code}“{row}”行")

    def _of_companion(self, table: Table | None, code: str, row: str, column: str) -> Quantity:
        """An amount of the 底稿: what is not filled in there is missing, not zero.

        Only a code that a year-start budget does not list, while it lists others, has none.
        """
        value, refs = (table.value(row, column), _refs(table, row, column)) if table is not None else (None, ())
        if is_budget(code):
            if table is None or not table.is_filled:
                return Quantity(None, (), f"{COMPANION} {code}", f"{COMPANION}“{code}”")
            how = table.label(row, column)
            return Quantity(value, refs, how) if value is not None else Quantity(ZERO, (), f"{how}（底稿没有这个科目，按 0）")
        what = f"“{code}”中的{table.names.get(row, row) if table else row}{column}"
        if code == COMPANION:
            entry = self._form.entries.get(row)
            what = f"“{entry.sheet}”的“{entry.label}”" if entry is not None else f"“{row}”"
        is_there = table is not None and row in table.rows
        how = table.label(row, column) if table is not None and is_there else f"{COMPANION} {row}"
        return Quantity(value if is_there else None, refs if is_there else (), how, "" if is_there and value is not None else f"{COMPANION}{what}")


def _refs(table: Table, row: str, column: str) -> tuple[CellRef, ...]:
    ref = table.ref(row, column)
    return (ref,) if ref else ()


_HUNDRED = Decimal(100)
_PRECISION = 40


class Registry:
    """All figures and changes by id; an id is given once."""

    def __init__(self, zero: str = "0") -> None:
        self._zero = zero  # how an amount or a percentage of nought is written
        self.figures: dict[str, Figure] = {}
        self.changes: dict[str, Change] = {}

    def number(
        self, figure_id: str, label: str, quantity: Quantity, unit: str = MONEY, operands: tuple[Decimal, Decimal] | None = None
    ) -> Figure:
        """An amount or a percentage with two decimals, or a count, without any when it is whole."""
        if figure_id in self.figures:
            raise ValueError(f"figure id given twice: {figure_id}")
        exact, text, places = quantity.value, f"【缺少{quantity.missing}】", 2
        if exact is not None:
            places = 2 if unit in (MONEY, PERCENT) or exact % 1 else 0
            text = (format_amount(exact, places) if exact or not places else self._zero) + (PERCENT if unit == PERCENT else "")
        figure = self.figures[figure_id] = Figure(
            figure_id, label, None if exact is None else round_half_up(exact, places), unit, text, quantity.sources, quantity.how,
            quantity.missing if exact is None else "", exact, operands)
        return figure

    def ratio(self, figure_id: str, label: str, part: Quantity, whole: Quantity, how: str = "") -> Figure | None:
        """``part / whole`` as a percentage, from the precise values.

        ``None`` when the whole is zero: then no percentage is written (domain.md section 6).
        """
        if whole.value == 0:
            return None
        share = _combine(part, whole, "÷", _percent)
        operands = (part.value, whole.value) if part.value is not None and whole.value is not None else None
        return self.number(figure_id, label, replace(share, how=how or share.how), PERCENT, operands)

    def change(
        self, change_id: str, label: str, against: str, current: Quantity, base: Quantity, current_figure: Figure
    ) -> Change:
        """A comparison: base, absolute difference, absolute rate and direction, all from precise values."""
        base_figure = self.number(f"{change_id}.基数", f"{label}（{against}）", base)
        difference = current - base
        direction, size = _direction(difference.value), abs(difference)
        words = "增减额" if direction in (Direction.LEVEL, Direction.UNKNOWN) else f"{direction}额"
        difference_figure = self.number(
            f"{change_id}.增减额", f"{label}比{against}{words}", replace(size, how=f"{difference.how}（取绝对值）"))
        rate = self.ratio(f"{change_id}.增减率", f"{label}比{against}增减率", size, abs(base), f"（{difference.how}）÷ {base.how}")
        change = self.changes[change_id] = Change(change_id, label, against, current_figure, base_figure, difference_figure, rate, direction)
        return change


def _direction(difference: Decimal | None) -> Direction:
    """The sign of a difference in 万元; one that is printed as 0.00 is 持平."""
    if difference is None:
        return Direction.UNKNOWN
    if round_half_up(difference) == ZERO:
        return Direction.LEVEL
    return Direction.UP if difference > 0 else Direction.DOWN


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        return part * _HUNDRED / whole
