"""Quantities: exact amounts with sources and the words for how they came about; and the figures and changes made of them, rounded once, half-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, localcontext

from docgen.model import Change, Direction, Figure
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.issues import CellRef
from workbook.pack.companion_form import CompanionForm
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

    def get(self, table_code: str, row: str, column: str = "决算数") -> Quantity:
        """One cell.  Blank cells and codes without a row are zero; anything else absent is missing."""
        table = self.tables.get(table_code)
        if is_of_companion(table_code):
            return _of_companion(table, table_code, row, column, self._form)
        if self._is_nothing:
            return Quantity(ZERO, (), f"{self.year_words}没有（单位本年新成立）")
        if table is None:
            return Quantity(None, (), "", self._missing_sheet(table_code))
        return self._of_sheet(table, table_code, row, column)

    def _of_sheet(self, table: Table, table_code: str, row: str, column: str) -> Quantity:
        name = f"{self.year_words}{table_code}"
        label = table.label(row, column)
        how = f"{self.year_words}{label}"
        if fault := table.faults.get((row, column)):
            cell = str(table.ref(row, column))
            where = f"{self.year_words}{cell}" if cell.startswith(table_code) else f"{name} {cell}"
            return Quantity(None, _refs(table, row, column), how, f"{where}（{fault}，无法读取）")
        if row not in table.rows:
            return self._of_absent_row(table, row, column, how)
        if table.position(row, column) is None:
            return Quantity(None, (), how, f"{name}“{column}”列")
        return Quantity(table.value(row, column) or ZERO, _refs(table, row, column), how)

    def _of_absent_row(self, table: Table, row: str, column: str, how: str) -> Quantity:
        """A code that a sheet does not list is the sum of what it lists below it, else zero."""
        below = table.leaves(lambda code: code.startswith(row)) if row.isdigit() and is_coded(table.layout) else ()
        if below:
            return total((self.get(table.code, code, column) for code in below), f"{how}（表中没有这一行，取其下各科目之和）")
        if _may_be_absent(table, row):
            return Quantity(ZERO, (), f"{how}（表中没有这一行，按 0）")
        return Quantity(None, (), how, f"{self.year_words}{table.code}“{row}”行")

    def _missing_sheet(self, table_code: str) -> str:
        if not self.year_words:
            return f"公开表“{table_code}”"
        return f"{self.year_words}决算表“{table_code}”" if self._has_sheets else f"{self.year_words}决算表"

    def has(self, table_code: str) -> bool:
        """Whether the sheet is at hand."""
        return table_code in self.tables


def _of_companion(table: Table | None, code: str, row: str, column: str, form: CompanionForm) -> Quantity:
    """An amount of the 底稿: what is not filled in there is missing, not zero.

    Only a code that a year-start budget does not list, while it lists others, has none.
    """
    if is_budget(code):
        missing = f"{COMPANION}“{code}”"
        if table is None or not table.is_filled:
            return Quantity(None, (), f"{COMPANION} {code}", missing)
        value = table.value(row, column)
        how = table.label(row, column)
        if value is None:
            return Quantity(ZERO, (), f"{how}（底稿没有这个科目，按 0）")
        return Quantity(value, _refs(table, row, column), how)
    entry = form.entries.get(row) if code == COMPANION else None
    what = f"“{code}”中的{table.names.get(row, row) if table else row}{column}"
    if code == COMPANION:
        what = f"“{entry.sheet}”的“{entry.label}”" if entry is not None else f"“{row}”"
    if table is None or row not in table.rows:
        return Quantity(None, (), f"{COMPANION} {row}", f"{COMPANION}{what}")
    value, refs = table.value(row, column), _refs(table, row, column)
    return Quantity(value, refs, table.label(row, column), "" if value is not None else f"{COMPANION}{what}")


def _refs(table: Table, row: str, column: str) -> tuple[CellRef, ...]:
    ref = table.ref(row, column)
    return (ref,) if ref else ()


def _may_be_absent(table: Table, row: str) -> bool:
    """A code that a sheet does not list has no amount; an empty code sheet has no 合计 row."""
    if row.isdigit():
        return True
    return is_coded(table.layout) and table.layout.kind is SheetKind.FUNCTIONAL and not table.codes()


_HUNDRED = Decimal(100)
_PRECISION = 40


class Registry:
    """All figures and changes by id; an id is given once."""

    def __init__(self, zero: str = "0") -> None:
        self._zero = zero  # how an amount or a percentage of nought is written
        self.figures: dict[str, Figure] = {}
        self.changes: dict[str, Change] = {}

    def _add(self, figure: Figure) -> Figure:
        if figure.id in self.figures:
            raise ValueError(f"figure id given twice: {figure.id}")
        self.figures[figure.id] = figure
        return figure

    def amount(self, figure_id: str, label: str, quantity: Quantity) -> Figure:
        """An amount in 万元, two decimals."""
        return self._number(figure_id, label, quantity, "万元", 2)

    def count(self, figure_id: str, label: str, quantity: Quantity, unit: str) -> Figure:
        """A count (个, 人, 辆 …), printed without decimals when whole."""
        whole = quantity.value is None or quantity.value == quantity.value.to_integral_value()
        return self._number(figure_id, label, quantity, unit, 0 if whole else 2)

    def _number(self, figure_id: str, label: str, quantity: Quantity, unit: str, places: int) -> Figure:
        if quantity.value is None:
            return self._add(_unknown(figure_id, label, unit, quantity))
        text = format_amount(quantity.value, places) if quantity.value or not places else self._zero
        return self._add(Figure(
            figure_id, label, round_half_up(quantity.value, places), unit, text, quantity.sources, quantity.how, "", quantity.value))

    def ratio(
        self, figure_id: str, label: str, part: Quantity, whole: Quantity, how: str = ""
    ) -> Figure | None:
        """``part / whole`` as a percentage with two decimals, from the precise values.

        ``None`` when the whole is zero: then no percentage is written (domain.md section 6).
        """
        sources = tuple(dict.fromkeys((*part.sources, *whole.sources)))
        how = how or f"{part.how} ÷ {whole.how}"
        if whole.value == 0:
            return None
        if part.value is None or whole.value is None:
            missing = part.missing or whole.missing
            return self._add(_unknown(figure_id, label, "%", Quantity(None, sources, how, missing)))
        return self._add(_percent(figure_id, label, part.value, whole.value, sources, how, self._zero))

    def change(
        self, change_id: str, label: str, against: str, current: Quantity, base: Quantity, current_figure: Figure
    ) -> Change:
        """A comparison: base, absolute difference, absolute rate and direction, all from precise values."""
        base_figure = self.amount(f"{change_id}.基数", f"{label}（{against}）", base)
        difference = current - base
        how = f"{current.how} － {base.how}"
        direction = _direction(difference.value)
        words = "增减额" if direction in (Direction.LEVEL, Direction.UNKNOWN) else f"{direction}额"
        size = Quantity(
            None if difference.value is None else abs(difference.value), difference.sources, f"{how}（取绝对值）", difference.missing)
        difference_figure = self.amount(f"{change_id}.增减额", f"{label}比{against}{words}", size)
        rate = self.ratio(
            f"{change_id}.增减率", f"{label}比{against}增减率", size, _absolute(base), f"（{how}）÷ {base.how}")
        change = Change(change_id, label, against, current_figure, base_figure, difference_figure, rate, direction)
        self.changes[change_id] = change
        return change


def _absolute(quantity: Quantity) -> Quantity:
    return quantity if quantity.value is None else Quantity(abs(quantity.value), quantity.sources, quantity.how)


def _direction(difference: Decimal | None) -> Direction:
    """The sign of a difference in 万元; one that is printed as 0.00 is 持平."""
    if difference is None:
        return Direction.UNKNOWN
    if round_half_up(difference) == ZERO:
        return Direction.LEVEL
    return Direction.UP if difference > 0 else Direction.DOWN


def _percent(
    figure_id: str, label: str, part: Decimal, whole: Decimal, sources: tuple[CellRef, ...], how: str, zero: str
) -> Figure:
    with localcontext() as context:
        context.prec = _PRECISION
        exact = part * _HUNDRED / whole
    text = format_amount(exact, 2) if exact else zero
    return Figure(figure_id, label, round_half_up(exact, 2), "%", f"{text}%", sources, how, "", exact, (part, whole))


def _unknown(figure_id: str, label: str, unit: str, quantity: Quantity) -> Figure:
    return Figure(figure_id, label, None, unit, f"【缺少{quantity.missing}】", quantity.sources, quantity.how, quantity.missing)
