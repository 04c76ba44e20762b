"""The registry: builds figures and changes from quantities, rounding each once, half-up."""

from __future__ import annotations

from decimal import Decimal, localcontext

from docgen.figures.quantity import Quantity
from docgen.model import Change, Direction, Figure
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.issues import CellRef

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
