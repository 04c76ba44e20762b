"""Formula instances in the reader's words: both sides with their values and cells, and whether it holds."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from workbook.amounts import ZERO, MoneyUnit, round_half_up
from workbook.formulas.bindings import TermCell, View, instance_cells
from workbook.formulas.evaluate import Finding, obstacle
from workbook.issues import Severity
from workbook.pack.formula import Comparison, Formula, Relation, Term
from workbook.rules.check import NOT_APPLICABLE, CheckReport
from workbook.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook.formulas.links import Instance, Links
    from workbook.reading.tables import Table

_FAULTY = "单元格无法读取"


class State(StrEnum):
    """The outcome of a formula instance, or of a whole formula."""

    BROKEN = "不平"
    NOTICE = "请核对"
    TAIL = "尾差"
    HOLDS = "成立"
    SKIPPED = "未执行"
    NOT_APPLICABLE = "不适用"

    @property
    def sign(self) -> str:
        """Stands before the word, so that a colour never stands alone."""
        return _SIGNS.get(self, "－")


_SIGNS = {State.BROKEN: "✗", State.NOTICE: "！", State.TAIL: "·", State.HOLDS: "✓"}


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


class Outcomes:
    """The outcomes of one check, looked up by cell.  Make a new one after every check."""

    def __init__(self, links: Links, report: CheckReport) -> None:
        self._links, self._view = links, links.view
        evaluation = report.evaluation
        self._findings: dict[tuple[str, str, str], Finding] = {
            (f.formula.code, f.row, f.column): f for f in evaluation.findings}
        self._reasons = {s.formula.code: s.reason for s in evaluation.skipped if not s.cells}

    def of(self, table: Table, row: str, column: str) -> list[Outcome]:
        """Every formula instance in which a cell takes part, broken ones first; sign tests only when they do not hold."""
        order = list(State)
        found = [self.outcome(instance) for instance in self._links.of(table, row, column)]
        told = [o for o in found if not (o.formula.comparison.is_sign_test and o.state is State.HOLDS)]
        return sorted(told, key=lambda o: order.index(o.state))

    def outcome(self, instance: Instance) -> Outcome:
        """Both sides of one instance, and how it stands."""
        comparison, row, column = instance.formula.comparison, instance.row, instance.column
        left_cells = tuple(_cells(comparison.left, self._view, row, column))
        right_cells = tuple(_cells(comparison.right, self._view, row, column))
        left, right = _total(comparison.left, left_cells), _total(comparison.right, right_cells)
        state, reason = self._state(instance, (*left_cells, *right_cells), holds=left == right)
        return Outcome(instance.formula, state, left, right, left_cells, right_cells, reason)

    def _state(self, instance: Instance, cells: tuple[TermCell, ...], *, holds: bool) -> tuple[State, str]:
        formula = instance.formula
        reason = obstacle(formula, self._view)
        if reason:
            return (State.NOT_APPLICABLE if reason.startswith(NOT_APPLICABLE) else State.SKIPPED), reason
        if any((c.row, c.column) in c.table.faults for c in cells):
            return State.SKIPPED, _FAULTY
        finding = self._findings.get((formula.code, instance.row, instance.column))
        if finding is None:
            reason = self._reasons.get(formula.code, "")
            return (State.SKIPPED, reason) if reason and not holds else (State.HOLDS, "")
        if finding.is_tail:
            return State.TAIL, ""
        return (State.BROKEN if formula.severity is Severity.ERROR else State.NOTICE), ""


def _cells(terms: tuple[Term, ...], view: View, row: str, column: str) -> Iterator[TermCell]:
    return instance_cells(Comparison(terms, Relation.EQUAL, ()), view, row, column)


def _total(terms: tuple[Term, ...], cells: tuple[TermCell, ...]) -> Decimal:
    constants = sum((Decimal(t.sign * t.constant) for t in terms if t.constant is not None), ZERO)
    return constants + sum((c.sign * c.value for c in cells), ZERO)


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
