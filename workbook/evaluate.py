"""Evaluating check formulas: holds, broken, rounding tail, or not evaluated and why.

The only tolerance is the rounding bound (domain.md section 2): every amount written in the formula's cells may be
off by half its rounding place, also one that reads 0.00 in a rounded table (0.004 万元 is written so).  Blank cells and
codes without a row count as nothing; a faulty cell, a missing sheet, row or column leaves the formula not evaluated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import field
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import ZERO, place_of
from workbook.bindings import TermCell, View, bound_columns, bound_rows, instance_cells, rows_with
from workbook.formula import COMPANION, Comparison, Every, Formula, Relation, Term
from workbook.layout import TOTAL
from workbook.tables import Table, is_coded
from workbook.values import dataclass

HALF = Decimal("0.5")
Reader = Callable[[str], Decimal]
_NO_VALUES: dict[str, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """A formula instance that does not hold exactly."""

    formula: Formula
    row: str
    column: str
    left: Decimal
    right: Decimal
    bound: Decimal
    cells: tuple[TermCell, ...]

    @property
    def difference(self) -> Decimal:
        """Left minus right."""
        return self.left - self.right

    @property
    def is_tail(self) -> bool:
        """Whether rounding alone can explain the difference."""
        return self.formula.comparison.relation is not Relation.TOGETHER and abs(self.difference) <= self.bound


@dataclass(frozen=True, slots=True)
class Skipped:
    """A formula instance (or a whole formula) that was not evaluated."""

    formula: Formula
    reason: str
    cells: tuple[TermCell, ...] = ()


@dataclass(slots=True)
class Evaluation:
    """Outcome of all formulas."""

    held: dict[str, int] = field(default_factory=dict)
    """Formula code → instances that hold."""
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def instances(self) -> int:
        """Number of instances evaluated."""
        return sum(self.held.values()) + len(self.findings)


def evaluate(formulas: Iterable[Formula], view: View) -> Evaluation:
    """Evaluate *formulas* on *view*."""
    result = Evaluation()
    view.forget()
    faulty = frozenset(id(t) for tables in (view.tables, view.prior) for t in tables.values() if t.faults)
    for formula in formulas:
        reason = obstacle(formula, view)
        if reason:
            result.skipped.append(Skipped(formula, reason))
        else:
            _evaluate_formula(formula, view, result, faulty)
    return result


def obstacle(formula: Formula, view: View) -> str:
    """Why the formula as a whole cannot be evaluated (empty: it can)."""
    for term in formula.comparison.terms:
        if view.table(term) is None:
            return f"没有{'上年决算表中的' if term.prior else ''}“{term.table}”"
    natures = formula.condition.natures
    if natures and view.nature not in natures:
        return f"只适用于{'、'.join(natures)}" if view.nature else "底稿没有填写单位性质"
    for comparison in formula.condition.comparisons:
        if any(view.table(t) is None for t in comparison.terms):
            return "判断是否适用所需的表不全"
        if _side(comparison.left, view) != _side(comparison.right, view):
            return "不适用（条件不成立）"
    return ""


def _side(terms: tuple[Term, ...], view: View) -> Decimal:
    """The value of a side without ``每…``."""
    total = ZERO
    for term in terms:
        if term.constant is not None:
            total += term.sign * term.constant
            continue
        table = view.need(term)
        rows = table.top() if isinstance(term.rows, Every) else term.rows
        for column in term.columns:
            values = table.columns.get(column)
            if values is None:
                continue
            for row in rows:
                value = values.get(row)
                if value is not None:
                    total = total + value if term.sign == 1 else total - value
    return total


def _reader(term: Term, view: View, column: str) -> Reader:
    """A function giving the term's value for a bound row (sign not applied)."""
    if term.constant is not None:
        constant = Decimal(term.constant)
        return lambda _: constant
    table = view.need(term)
    columns = (column,) if isinstance(term.columns, Every) else term.columns
    gets = [table.columns.get(c, _NO_VALUES).get for c in columns]
    if isinstance(term.rows, Every) and term.rows not in (Every.CHILDREN, Every.TOP):
        if len(gets) == 1:
            get = gets[0]
            return lambda row: get(row, ZERO)
        return lambda row: sum([get(row, ZERO) for get in gets], ZERO)
    if term.rows is Every.CHILDREN:
        children, get = table.children, gets[0]
        return lambda row: sum([get(r, ZERO) for r in children(row)], ZERO)
    rows = table.top() if isinstance(term.rows, Every) else term.rows
    total = sum([get(r, ZERO) for get in gets for r in rows], ZERO)
    return lambda _: total


def _evaluate_formula(formula: Formula, view: View, result: Evaluation, faulty: frozenset[int]) -> None:
    comparison = formula.comparison
    rows = bound_rows(comparison, view)
    has_faults = bool(faulty) and any(id(view.need(term)) in faulty for term in comparison.terms)
    missing = _missing(comparison, view)
    holds = _HOLDS[comparison.relation]
    held = 0
    simple = not has_faults and not missing
    if comparison.is_single:
        left, right = _side(comparison.left, view), _side(comparison.right, view)
        if simple and holds(left, right):
            result.held[formula.code] = 1
        else:
            result.held[formula.code] = _inspect(formula, view, _Bound("", "", left, right), missing, result)
        return
    for column in bound_columns(comparison, view):
        bound = rows_with(comparison, view, rows, column) if column else rows
        if simple and _holds_at_a_glance(comparison, view, column):
            held += len(bound)
            continue
        read_left, read_right = _side_reader(comparison.left, view, column), _side_reader(comparison.right, view, column)
        for row in bound:
            left, right = read_left(row), read_right(row)
            if simple and holds(left, right):
                held += 1
            else:
                held += _inspect(formula, view, _Bound(row, column, left, right), missing, result)
    result.held[formula.code] = held


def _holds_at_a_glance(comparison: Comparison, view: View, column: str) -> bool:
    """Whether all instances hold because no cell has an amount, or (sign tests) none is negative."""
    if comparison.is_sign_test:
        values = view.need(comparison.left[0]).columns.get(column, _NO_VALUES).values()
        return min(values, default=ZERO) >= 0
    if comparison.has_constant:
        return False
    for term in comparison.terms:
        live = view.live_columns(view.need(term))
        if (column in live) if isinstance(term.columns, Every) else not live.isdisjoint(term.columns):
            return False
    return True


def _side_reader(terms: tuple[Term, ...], view: View, column: str) -> Reader:
    """A function giving one side's value for a bound row."""
    readers = [(t.sign, _reader(t, view, column)) for t in terms]
    if len(readers) == 1 and readers[0][0] == 1:
        return readers[0][1]
    return lambda row: sum([read(row) if sign == 1 else -read(row) for sign, read in readers], ZERO)


_HOLDS: dict[Relation, Callable[[Decimal, Decimal], bool]] = {
    Relation.EQUAL: operator.eq,
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
    Relation.TOGETHER: lambda left, right: bool(left) == bool(right),
}


def _missing(comparison: Comparison, view: View) -> str:
    """The first fixed row or column that a sheet in the formula does not have (classes may be absent)."""
    for term, rows, columns in comparison.needs:
        table = view.need(term)
        if not columns <= table.present_set():
            column = next(c for c in term.columns if c not in table.present_set())
            if table.code == COMPANION:
                return "底稿没有填写有关的数"
            optional = any(c.optional for c in table.layout.columns if c.id == column)
            return f"{'不适用：' if optional else ''}“{table.code}”没有“{column}”列"
        if not rows <= table.rows.keys():
            row = next((r for r in term.rows if r in rows and r not in table.rows and not _is_absent_total(table, r)), "")
            if row:
                return "底稿没有填写有关的数" if table.code == COMPANION else f"“{table.code}”没有“{row}”行"
    return ""


def _is_absent_total(table: Table, row: str) -> bool:
    """An empty code sheet needs no 合计 row."""
    return row == TOTAL and is_coded(table.layout) and not table.rows


class _Bound(NamedTuple):
    """A formula instance: bound row and column, and what its sides came to."""

    row: str
    column: str
    left: Decimal
    right: Decimal


def _inspect(formula: Formula, view: View, at: _Bound, missing: str, result: Evaluation) -> int:
    """The slow path: faults, missing lines, and differences with their bound.  Returns 1 when it holds."""
    left, right = at.left, at.right
    cells = tuple(instance_cells(formula.comparison, view, at.row, at.column))
    faulty = tuple(c for c in cells if (c.row, c.column) in c.table.faults)
    if faulty:
        result.skipped.append(Skipped(formula, "单元格无法读取", faulty))
        return 0
    relation = formula.comparison.relation
    if missing:
        if _HOLDS[relation](left, right) and relation is Relation.EQUAL and (left or right):
            return 1
        result.skipped.append(Skipped(formula, missing))
        return 0
    if _HOLDS[relation](left, right):
        return 1
    bound = sum((_place(c, view) for c in cells), ZERO) * HALF
    result.findings.append(Finding(formula, at.row, at.column, left, right, bound, cells))
    return 0


def _place(cell: TermCell, view: View) -> Decimal:
    """Rounding place of the amount in a cell; zero for a count, a blank, and a zero in a table of precise amounts."""
    table = cell.table
    value = table.value(cell.row, cell.column)
    if value is None or cell.row in table.counts:
        return ZERO
    if value:
        return place_of(value, table.unit)
    return table.unit.place if view.is_rounded(table) else ZERO
