"""Formula instances in the reader's words: both sides with their values and cells, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workbook.amounts import MoneyUnit, round_half_up
from workbook.check import NOT_APPLICABLE
from workbook.evaluate import (
    Evaluation,
    TermCell,
    View,
    _Bound,
    _inspect,
    _missing,
    _side,
    instance_cells,
    obstacle,
)
from workbook.formula import Comparison, Formula, Relation, Term
from workbook.issues import Severity
from workbook.links import Instance, Links
from workbook.tables import Table


class State(StrEnum):
    """The outcome of a formula instance, or of a whole formula."""

    BROKEN = "不平"
    NOTICE = "请核对"
    TAIL = "尾差"
    HOLDS = "成立"
    SKIPPED = "未执行"
    NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A formula instance with both sides; amounts in 万元, counts as they are."""

    formula: Formula
    state: State
    left: Decimal
    right: Decimal
    left_cells: tuple[TermCell, ...]
    right_cells: tuple[TermCell, ...]
    reason: str = ""
    """Why it was not evaluated."""

    @property
    def difference(self) -> Decimal:
        """Left minus right."""
        return self.left - self.right


def outcomes_of(links: Links, table: Table, row: str, column: str) -> list[Outcome]:
    """Every formula instance in which a cell takes part, broken ones first; sign tests only when they do not hold."""
    order = list(State)
    found = [outcome(instance, links.view) for instance in links.of(table, row, column)]
    told = [o for o in found if not (o.formula.comparison.is_sign_test and o.state is State.HOLDS)]
    return sorted(told, key=lambda o: order.index(o.state))


def outcome(instance: Instance, view: View) -> Outcome:
    """Evaluate one instance."""
    formula, row, column = instance.formula, instance.row, instance.column
    comparison = formula.comparison
    left = _side(comparison.left, view, row, column)
    right = _side(comparison.right, view, row, column)
    sides = tuple(tuple(_cells(terms, view, row, column)) for terms in (comparison.left, comparison.right))
    state, reason = _state(instance, view, left, right)
    return Outcome(formula, state, left, right, sides[0], sides[1], reason)


def _cells(terms: tuple[Term, ...], view: View, row: str, column: str) -> Iterator[TermCell]:
    return instance_cells(Comparison(terms, Relation.EQUAL, ()), view, row, column)


def _state(instance: Instance, view: View, left: Decimal, right: Decimal) -> tuple[State, str]:
    formula = instance.formula
    reason = obstacle(formula, view)
    if reason:
        return (State.NOT_APPLICABLE if reason.startswith(NOT_APPLICABLE) else State.SKIPPED), reason
    result = Evaluation()
    missing = _missing(formula.comparison, view)
    _inspect(formula, view, _Bound(instance.row, instance.column, left, right), missing, result)
    if result.skipped:
        return State.SKIPPED, result.skipped[0].reason
    if not result.findings:
        return State.HOLDS, ""
    if result.findings[0].is_tail:
        return State.TAIL, ""
    return (State.BROKEN if formula.severity is Severity.ERROR else State.NOTICE), ""


def value_text(value: Decimal, cells: tuple[TermCell, ...]) -> str:
    """A side's value in the unit of its cells, with all its digits: ``550.0661 万元``, ``5,500,661.00 元``, ``3``."""
    first = cells[0] if cells else None
    if first is not None and first.row in first.table.counts:
        return f"{value.normalize():f}"
    if first is not None and first.table.unit is MoneyUnit.YUAN:
        return f"{plain(value.scaleb(4))} 元"
    return f"{plain(value)} 万元"


def both_units(value: Decimal, table: Table, row: str) -> str:
    """A cell's amount in its own unit, and in 万元 as the report prints it when that differs."""
    if row in table.counts:
        return f"{value.normalize():f}"
    wan = f"{round_half_up(value):,f} 万元"
    if table.unit is MoneyUnit.YUAN:
        return f"{plain(value.scaleb(4))} 元（{wan}）"
    exact = f"{plain(value)} 万元"
    return exact if exact == wan else f"{exact}（报告中 {wan}）"


def plain(value: Decimal) -> str:
    """Thousands separators, at least two decimals, all that the value carries."""
    exponent = value.normalize().as_tuple().exponent
    return f"{value:,.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"
