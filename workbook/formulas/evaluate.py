"""Evaluating check formulas: holds, broken, rounding tail, or not evaluated and why.

The only tolerance is the rounding bound (domain.md section 2): every amount written in the formula's cells may be
off by half its rounding place, also one that reads 0.00 in a rounded table (0.004 万元 is written so).  Blank cells and
codes without a row count as nothing; a faulty cell, a missing sheet, row or column leaves the formula not evaluated.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal

from workbook.amounts import ZERO, place_of
from workbook.formulas.bindings import (
    Instance,
    TermCell,
    View,
    bound_columns,
    bound_rows,
    instance_cells,
    rows_with,
    term_rows,
)
from workbook.formulas.outcomes import Evaluation, Obstacle, Outcome
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
from workbook.reading.structure import is_coded
from workbook.reading.tables import Table

HALF = Decimal("0.5")
FAULTY = "单元格无法读取"


def evaluate(formulas: Iterable[Formula], view: View) -> Evaluation:
    """Evaluate all instances of *formulas* on *view*."""
    found = Evaluation({}, [], [])
    for formula in formulas:
        comparison = formula.comparison
        if (why := obstacle(formula, view)) is not None:
            found.skipped.append(Outcome(formula, obstacle=why))
            continue
        missing = _missing(comparison, view)
        simple = not missing and comparison.sheets.isdisjoint(view.faulty)
        all_rows, columns = bound_rows(comparison, view), bound_columns(comparison, view)
        held = 0
        for column in columns:
            rows = rows_with(comparison, view, all_rows, column) if column else all_rows
            doubtful = _failing(comparison, rows, column, view) if simple else rows
            held += len(rows) - len(doubtful)
            for row in doubtful:
                outcome = _inspected(formula, row, column, missing, view)
                if outcome.holds:
                    held += 1
                else:
                    (found.mismatches if outcome.obstacle is None else found.skipped).append(outcome)
        found.held[formula.code] = held
    return found


def outcome_of(instance: Instance, view: View) -> Outcome:
    """How one instance stands; one that was not evaluated has its cells and amounts all the same."""
    formula, row, column = instance
    if (why := obstacle(formula, view)) is None:
        return _inspected(formula, row, column, _missing(formula.comparison, view), view)
    left, right = (side_value(side, view, row, column) for side in formula.comparison.sides)
    return Outcome(
        formula, row, column, left, right, cells=tuple(instance_cells(formula.comparison, view, row, column)), obstacle=why)


def obstacle(formula: Formula, view: View) -> Obstacle | None:
    """Why the formula as a whole cannot be evaluated (``None``: it can)."""
    if formula.condition is ALWAYS and formula.comparison.sheets <= view.sheets.keys():
        return None
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
    if comparison.names.isdisjoint(view.lacking):
        return None
    for term in comparison.terms:
        table = view.need(term)
        if not table.rows and table.layout.empty_statement:
            continue  # an empty sheet may be only its statement
        present = table.structure.column_set
        column = next((c for c in term.fixed_columns() if c not in present), "")
        is_empty = is_coded(table.layout) and not table.rows  # needs no 合计 row
        row = next((r for r in term.fixed_rows() if r not in table.rows and not (is_empty and r == TOTAL)), "")
        if is_of_companion(table.code) and (row or column):
            entry = table.layout.row(row)
            return Obstacle("底稿没有填写有关的数", applies=entry is None or not entry.optional)
        if column:
            is_optional = column in table.layout.optional_columns
            return Obstacle(f"{'不适用：' if is_optional else ''}“{table.code}”没有“{column}”列", applies=not is_optional)
        if row:
            return Obstacle(f"“{table.code}”没有“{row}”行")
    return None


def _sums_below(values: Mapping[str, Decimal], table: Table, rows: Collection[str]) -> list[Decimal]:
    """For each of *rows* the sum of the rows below it."""
    superiors = table.structure.superiors
    sums = dict.fromkeys(rows, ZERO)
    for row, value in values.items():
        superior = superiors.get(row)
        if superior in sums:
            sums[superior] += value
    return list(sums.values())


def _failing(comparison: Comparison, rows: Collection[str], column: str, view: View) -> Collection[str]:
    """Those of *rows* whose instances do not hold (in sheets without faulty cells)."""
    holds = comparison.holds
    if not comparison.row_range:
        left, right = side_value(comparison.left, view, "", column), side_value(comparison.right, view, "", column)
        return () if holds(left, right) else rows
    lefts, rights = _values(comparison.left, rows, column, view), _values(comparison.right, rows, column, view)
    if lefts is None and rights is None:
        return ()
    nothing = [ZERO] * len(rows)
    lefts, rights = lefts or nothing, rights or nothing
    if lefts == rights if comparison.relation is Relation.EQUAL else all(map(holds, lefts, rights)):
        return ()
    return [row for row, left, right in zip(rows, lefts, rights, strict=True) if not holds(left, right)]


def _values(terms: tuple[Term, ...], rows: Collection[str], column: str, view: View) -> list[Decimal] | None:
    """The value of a side for each of *rows*; ``None`` when it is nothing for all of them."""
    total: list[Decimal] | None = None
    for term in terms:
        for values in _term_values(term, rows, column, view):
            if total is None:
                total = values if term.sign == 1 else [-value for value in values]
            else:
                total = list(map(operator.add if term.sign == 1 else operator.sub, total, values))
    return total


def _term_values(term: Term, rows: Collection[str], column: str, view: View) -> Iterator[list[Decimal]]:
    """What a term comes to for each of *rows*, sign not applied, column by column; nothing where no cell has an amount."""
    if term.constant is not None or type(term.rows) is tuple or term.rows is Every.TOP or isinstance(term.rows, Leaves):
        if value := side_value((term,), view, "", column):
            yield [value * term.sign] * len(rows)
        return
    table = view.need(term)
    live = table.live_columns
    for c in term.columns if type(term.columns) is tuple else (column,):
        if c in live:
            values = table.columns[c]
            if term.rows is Every.CHILDREN:
                yield _sums_below(values, table, rows)
            else:
                yield [values.get(row, ZERO) for row in rows]


def _inspected(formula: Formula, row: str, column: str, missing: Obstacle | None, view: View) -> Outcome:
    """One instance, with what is in the way of evaluating it, and the bound of its difference."""
    comparison = formula.comparison
    left, right = (side_value(side, view, row, column) for side in comparison.sides)
    cells = tuple(instance_cells(comparison, view, row, column))
    why = missing if not (comparison.relation is Relation.EQUAL and left == right and left) else None
    if any((c.row, c.column) in c.table.faults for c in cells):
        why = Obstacle(FAULTY)
    bounding = cells
    if comparison.relation is Relation.TOGETHER:  # the side that is nothing may be a rounded amount
        bounding = tuple(c for c in cells if (c.side == 1) is not bool(left))
    bound = sum(map(_place, bounding), ZERO) * HALF
    return Outcome(formula, row, column, left, right, bound, cells, why)


def _place(cell: TermCell) -> Decimal:
    """Rounding place of the amount in a cell; zero for a count, a blank, and a zero in a table of precise amounts."""
    table = cell.table
    value = table.value(cell.row, cell.column)
    if value is None or table.is_count(cell.row, cell.column):
        return ZERO
    if value:
        return place_of(value, table.unit)
    return table.unit.place if table.is_rounded else ZERO
