"""Evaluating check formulas: holds, broken, rounding tail, or not evaluated and why.

The only tolerance is the rounding bound (domain.md section 2): every amount written in the formula's cells may be
off by half its rounding place, also one that reads 0.00 in a rounded table (0.004 万元 is written so).  Blank cells and
codes without a row count as nothing; a faulty cell, a missing sheet, row or column leaves the formula not evaluated.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from workbook.amounts import ZERO, place_of
from workbook.formulas.bindings import TermCell, View, bound_columns, bound_rows, instance_cells, rows_with, term_rows
from workbook.pack.formula import (
    ALWAYS,
    COMPANION,
    Comparison,
    Condition,
    Every,
    Formula,
    Leaves,
    Relation,
    Term,
    is_of_companion,
)
from workbook.pack.layout import TOTAL
from workbook.reading.tables import Table, is_coded
from workbook.values import dataclass

HALF = Decimal("0.5")
FAULTY = "单元格无法读取"


@dataclass(frozen=True, slots=True)
class Mismatch:
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
        return self.left - self.right

    @property
    def is_tail(self) -> bool:
        """Whether rounding alone can explain the difference: of a test for both or neither, that a written 0.00 is less than 0.005."""
        if self.formula.comparison.relation is Relation.TOGETHER:
            return self.bound > 0
        return abs(self.difference) <= self.bound


class Obstacle(NamedTuple):
    """Why a formula, or another record with a condition, is not evaluated."""

    reason: str
    applies: bool = True
    """Whether it concerns this unit at all."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A formula instance (or a whole formula) that was not evaluated."""

    formula: Formula
    reason: str
    applies: bool = True
    """Whether it concerns this unit at all."""
    cells: tuple[TermCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Outcome of all formulas."""

    held: Mapping[str, int]
    """Formula code → instances that hold."""
    mismatches: Sequence[Mismatch]
    skipped: Sequence[Skipped]

    @property
    def instances(self) -> int:
        return sum(self.held.values()) + len(self.mismatches)


def evaluate(formulas: Iterable[Formula], view: View) -> Evaluation:
    """Evaluate *formulas* on *view*."""
    run = _Run(view)
    for formula in formulas:
        run.evaluate(formula)
    return Evaluation(run.held, run.mismatches, run.skipped)


def obstacle(formula: Formula, view: View) -> Obstacle | None:
    """Why the formula as a whole cannot be evaluated (``None``: it can)."""
    for term in formula.comparison.terms:
        if view.table(term) is None:
            return Obstacle(f"没有{'上年决算表中的' if term.prior else ''}“{term.table}”")
    return why_not(formula.condition, view)


def _unmet(comparison: Comparison, view: View) -> Obstacle | None:
    """Why a comparison of a condition does not hold, or is not known to."""
    tables = [(term, view.table(term)) for term in comparison.terms]
    if any(table is None for _, table in tables):
        return Obstacle("判断是否适用所需的表不全")
    for term, table in tables:
        if term.table == COMPANION and table and (blank := [r for r in term.fixed_rows() if r not in table.rows]):
            return Obstacle(f"底稿没有填写“{blank[0]}”")  # blank there is not yet known, not zero
    if not comparison.holds(side_value(comparison.left, view), side_value(comparison.right, view)):
        return Obstacle("不适用（条件不成立）", applies=False)
    return None


def why_not(condition: Condition, view: View) -> Obstacle | None:
    """Why a record with this *condition* does not apply (``None``: it does)."""
    natures = condition.natures
    if natures and view.nature not in natures:
        return Obstacle(f"只适用于{'、'.join(natures)}" if view.nature else "底稿没有填写单位性质", applies=False)
    if found := next(filter(None, (_unmet(comparison, view) for comparison in condition.comparisons)), None):
        return found
    for sheet in condition.empty:
        table = view.tables.get(sheet)
        if table is None or not table.is_empty():
            return Obstacle(f"不适用（没有“{sheet}”，或它不是空表）", applies=False)
    if absent := [sheet for sheet in condition.present if sheet not in view.tables]:
        return Obstacle(f"没有“{absent[0]}”", applies=False)
    return None


def side_value(terms: tuple[Term, ...], view: View, row: str = "", column: str = "") -> Decimal:
    """The value of a side in the instance of *row* and *column*."""
    total = ZERO
    for term in terms:
        if term.constant is not None:
            total += term.sign * term.constant
            continue
        table = view.need(term)
        rows = term.rows if type(term.rows) is tuple else term_rows(term, table, row)
        for c in term.columns if type(term.columns) is tuple else (column,):
            values = table.columns.get(c)
            if not values:
                continue
            for r in rows:
                value = values.get(r)
                if value is not None:
                    total = total + value if term.sign == 1 else total - value
    return total


def _missing(comparison: Comparison, view: View) -> Obstacle | None:
    """The first fixed row or column that a sheet in the formula does not have (classes may be absent)."""
    for term in comparison.terms:
        table = view.need(term)
        if not table.rows and table.layout.empty_statement:
            continue  # an empty sheet may be only its statement
        present = table.structure.column_set
        column = next((c for c in term.fixed_columns() if c not in present), "")
        row = next((r for r in term.fixed_rows() if r not in table.rows and not _is_absent_total(table, r)), "")
        if is_of_companion(table.code) and (row or column):
            entry = table.layout.row(row)
            return Obstacle("底稿没有填写有关的数", applies=entry is None or not entry.optional)
        if column:
            is_optional = column in table.layout.optional_columns
            return Obstacle(f"{'不适用：' if is_optional else ''}“{table.code}”没有“{column}”列", applies=not is_optional)
        if row:
            return Obstacle(f"“{table.code}”没有“{row}”行")
    return None


def _is_absent_total(table: Table, row: str) -> bool:
    """An empty code sheet needs no 合计 row."""
    return row == TOTAL and is_coded(table.layout) and not table.rows


def _sums_below(values: Mapping[str, Decimal], table: Table, rows: Collection[str]) -> list[Decimal]:
    """For each of *rows* the sum of the rows below it."""
    superiors = table.structure.superiors
    sums = dict.fromkeys(rows, ZERO)
    for row, value in values.items():
        superior = superiors.get(row)
        if superior in sums:
            sums[superior] += value
    return list(sums.values())


class _Run:
    """One evaluation, with what stays the same while it runs."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.held: dict[str, int] = {}
        self.mismatches: list[Mismatch] = []
        self.skipped: list[Skipped] = []
        self._present = view.sheets.keys()
        self._faulty = frozenset(name for name, table in view.sheets.items() if table.faults)
        self._lacking = view.lacking()

    def evaluate(self, formula: Formula) -> None:
        """Evaluate all instances of *formula*."""
        comparison, view = formula.comparison, self.view
        is_doubtful = formula.condition is not ALWAYS or not comparison.sheets <= self._present
        if is_doubtful and (found := obstacle(formula, view)) is not None:
            self.skipped.append(Skipped(formula, *found))
            return
        missing = None if comparison.names.isdisjoint(self._lacking) else _missing(comparison, view)
        simple = not missing and comparison.sheets.isdisjoint(self._faulty)
        if simple and comparison.is_single and comparison.holds(side_value(comparison.left, view), side_value(comparison.right, view)):
            self.held[formula.code] = 1
            return
        all_rows, columns = bound_rows(comparison, view), bound_columns(comparison, view)
        held, still = 0, self._still(comparison, columns) if simple and comparison.is_columnwise else ()
        for column in columns:
            rows = rows_with(comparison, view, all_rows, column) if column else all_rows
            doubtful = () if column in still else self._failing(comparison, rows, column) if simple else rows
            held += len(rows) - len(doubtful) + sum([self._inspect(formula, row, column, missing) for row in doubtful])
        self.held[formula.code] = held

    def _still(self, comparison: Comparison, columns: tuple[str, ...]) -> frozenset[str]:
        """Those of *columns* in which every instance holds: no term has an amount, or none is negative where that is all that matters."""
        if comparison.is_sign_test:
            amounts = self.view.need(comparison.left[0]).columns
            return frozenset([c for c in columns if c not in amounts or not any(map(Decimal.is_signed, amounts[c].values()))])
        return frozenset(columns).difference(*[self.view.need(term).live_columns for term in comparison.terms])

    def _failing(self, comparison: Comparison, rows: Collection[str], column: str) -> Collection[str]:
        """Those of *rows* whose instances do not hold (in sheets without faulty cells)."""
        view, holds = self.view, comparison.holds
        if not comparison.row_range:
            left, right = side_value(comparison.left, view, "", column), side_value(comparison.right, view, "", column)
            return () if holds(left, right) else rows
        lefts, rights = self._values(comparison.left, rows, column), self._values(comparison.right, rows, column)
        if lefts is None and rights is None:
            return ()
        nothing = [ZERO] * len(rows)
        lefts, rights = lefts or nothing, rights or nothing
        if lefts == rights if comparison.relation is Relation.EQUAL else all(map(holds, lefts, rights)):
            return ()
        return [row for row, left, right in zip(rows, lefts, rights, strict=True) if not holds(left, right)]

    def _values(self, terms: tuple[Term, ...], rows: Collection[str], column: str) -> list[Decimal] | None:
        """The value of a side for each of *rows*; ``None`` when it is nothing for all of them."""
        total: list[Decimal] | None = None
        for term in terms:
            for values in self._term_values(term, rows, column):
                if total is None:
                    total = values if term.sign == 1 else [-value for value in values]
                else:
                    total = list(map(operator.add if term.sign == 1 else operator.sub, total, values))
        return total

    def _term_values(self, term: Term, rows: Collection[str], column: str) -> Iterator[list[Decimal]]:
        """What a term comes to for each of *rows*, sign not applied, column by column; nothing where no cell has an amount."""
        if term.constant is not None or type(term.rows) is tuple or term.rows is Every.TOP or isinstance(term.rows, Leaves):
            if value := side_value((term,), self.view, "", column):
                yield [value * term.sign] * len(rows)
            return
        table = self.view.need(term)
        live = table.live_columns
        for c in term.columns if type(term.columns) is tuple else (column,):
            if c in live:
                values = table.columns[c]
                if term.rows is Every.CHILDREN:
                    yield _sums_below(values, table, rows)
                else:
                    yield [values.get(row, ZERO) for row in rows]

    def _inspect(self, formula: Formula, row: str, column: str, missing: Obstacle | None) -> int:
        """The slow path: faults, missing lines, and differences with their bound.  Returns 1 when the instance holds."""
        comparison, view = formula.comparison, self.view
        left, right = side_value(comparison.left, view, row, column), side_value(comparison.right, view, row, column)
        cells = tuple(instance_cells(comparison, view, row, column))
        faulty = tuple(c for c in cells if (c.row, c.column) in c.table.faults)
        if faulty:
            self.skipped.append(Skipped(formula, FAULTY, cells=faulty))
            return 0
        if missing and not (comparison.relation is Relation.EQUAL and left == right and left):
            self.skipped.append(Skipped(formula, *missing))
            return 0
        if comparison.holds(left, right):
            return 1
        bounding = cells
        if comparison.relation is Relation.TOGETHER:  # the side that is nothing may be a rounded amount
            bounding = tuple(c for c in cells if (c.side == 1) is not bool(left))
        bound = sum((self._place(c) for c in bounding), ZERO) * HALF
        self.mismatches.append(Mismatch(formula, row, column, left, right, bound, cells))
        return 0

    def _place(self, cell: TermCell) -> Decimal:
        """Rounding place of the amount in a cell; zero for a count, a blank, and a zero in a table of precise amounts."""
        table = cell.table
        value = table.value(cell.row, cell.column)
        if value is None or cell.row in table.counts:
            return ZERO
        if value:
            return place_of(value, table.unit)
        return table.unit.place if table.is_rounded else ZERO
