"""Quantities: exact amounts with sources and the words for how they came about.

And the figures and changes made of them, rounded once, half-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal, localcontext

from docgen.model import Change, Direction, Figure
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.issues import CellRef
from workbook.pack.figures import MONEY, PERCENT
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


def _combine(a: Quantity, b: Quantity, sign: str, operation: Callable[[Decimal, Decimal], Decimal | None]) -> Quantity:
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


HUNDRED = Decimal(100)
_PRECISION = 40


def quotient(part: Quantity, whole: Quantity, times: int = 1) -> Quantity:
    """``part ÷ whole``, from the precise values; missing when the whole is nothing."""
    if whole.value == 0:
        return replace(whole, value=None, missing=f"（{whole.how}为零，不能相除）")
    with localcontext() as context:
        context.prec = _PRECISION
        return _combine(part, whole, "÷", lambda a, b: a * times / b)


class Registry:
    """All figures and changes by id, each made once; an id cannot stand for two amounts."""

    def __init__(self, zero: str = "0") -> None:
        self._zero = zero  # how an amount or a percentage of nought is written
        self.figures: dict[str, Figure] = {}
        self.changes: dict[str, Change] = {}

    def number(
        self, figure_id: str, label: str, quantity: Quantity, unit: str = MONEY, operands: tuple[Decimal, Decimal] | None = None
    ) -> Figure:
        """An amount or a percentage with two decimals, or a count, without any when it is whole."""
        if (known := self.figures.get(figure_id)) is not None:
            if known.exact != quantity.value:  # rather no report than one that states the amount of another
                raise ValueError(f"figure id given to two amounts: {figure_id}")
            return known
        exact, text, places = quantity.value, f"【缺少{quantity.missing}】", 2
        if exact is not None:
            places = 2 if unit in (MONEY, PERCENT) or exact % 1 else 0
            text = (format_amount(exact, places) if exact or not places else self._zero) + (PERCENT if unit == PERCENT else "")
        figure = self.figures[figure_id] = Figure(
            figure_id, label, None if exact is None else round_half_up(exact, places), unit, text,
            quantity.sources, quantity.how, quantity.missing if exact is None else "", exact, operands)
        return figure

    def ratio(self, figure_id: str, label: str, part: Quantity, whole: Quantity, how: str = "") -> Figure | None:
        """``part / whole`` as a percentage, from the precise values.

        ``None`` when the whole is zero: then no percentage is written (domain.md section 6).
        """
        if whole.value == 0:
            return None
        share = _combine(part, whole, "÷", percent)
        operands = (part.value, whole.value) if part.value is not None and whole.value is not None else None
        return self.number(figure_id, label, replace(share, how=how or share.how), PERCENT, operands)

    def change(
        self, change_id: str, label: str, against: str, current: Quantity, base: Quantity, current_figure: Figure
    ) -> Change:
        """A comparison: base, absolute difference, absolute rate and direction, all from precise values."""
        if (known := self.changes.get(change_id)) is not None:
            return known
        unit = current_figure.unit
        base_figure = self.number(f"{change_id}.基数", f"{label}（{against}）", base, unit)
        difference = current - base
        direction, size = _direction(difference.value), abs(difference)
        words = "增减额" if direction in (Direction.LEVEL, Direction.UNKNOWN) else f"{direction}额"
        difference_figure = self.number(
            f"{change_id}.增减额", f"{label}比{against}{words}", replace(size, how=f"{difference.how}（取绝对值）"), unit)
        rate = self.ratio(f"{change_id}.增减率", f"{label}比{against}增减率", size, abs(base), f"（{difference.how}）÷ {base.how}")
        change = self.changes[change_id] = Change(
            change_id, label, against, current_figure, base_figure, difference_figure, rate, direction)
        return change


def _direction(difference: Decimal | None) -> Direction:
    """The sign of a difference in 万元; one that is printed as 0.00 is 持平."""
    if difference is None:
        return Direction.UNKNOWN
    if round_half_up(difference) == ZERO:
        return Direction.LEVEL
    return Direction.UP if difference > 0 else Direction.DOWN


def percent(part: Decimal, whole: Decimal | None) -> Decimal | None:
    """*part* in per cent of *whole*; ``None`` when that is zero, or not known."""
    if not whole:
        return None
    with localcontext() as context:
        context.prec = _PRECISION
        return part * HUNDRED / whole
