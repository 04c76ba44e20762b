"""Evaluation, done here once more instance by instance and cell by cell."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from tests.units import nature_of, random_unit, standard_pack
from workbook.amounts import MoneyUnit
from workbook.create.workbook import workbook_bytes
from workbook.editing.cells import CellState
from workbook.editing.session import EditSession
from workbook.formats.source import source_of_bytes
from workbook.formulas.bindings import TermCell, View, bound_columns, bound_rows, instance_cells
from workbook.formulas.evaluate import Evaluation, evaluate
from workbook.pack.formula import Every, Formula, Relation
from workbook.reading.accounts import Accounts, accounts_of
from workbook.rules.check import view_of

SPOILS = (-5.25, 1234.5, 0.01, "")
SEEDS = range(8)


@cache
def unit(seed: int) -> tuple[Accounts, View]:
    """A random unit; of odd seeds with wrong, negative and blank amounts, of every third with cells that are none."""
    rng = random.Random(seed)
    amounts = random_unit(rng, funds=seed % 4 < 2)
    money_unit = MoneyUnit.WAN if seed % 2 else MoneyUnit.YUAN
    data = workbook_bytes(standard_pack(), unit_name="单位", year=2024, money_unit=money_unit, amounts=amounts)
    accounts = accounts_of(source_of_bytes(Path("单位.xlsx"), data), standard_pack())
    contents = (SPOILS if seed % 2 else ()) + (("约三万",) if seed % 3 == 0 else ())
    session = EditSession(accounts, view_of(accounts, {}, None, nature_of(amounts)))
    for table in accounts.tables.values() if contents else ():
        cells = [(row, column) for column, values in table.columns.items() for row in values]
        session.apply((table.ref(*key), CellState(rng.choice(contents))) for key in rng.sample(cells, min(3, len(cells))))
    return session.accounts, session.view


def instances(formula: Formula, view: View) -> Iterator[tuple[str, str]]:
    """Every row and column that a formula stands for; with 每行 in a sheet of panels only the columns of the row's panel."""
    comparison = formula.comparison
    table = view.table(comparison.left[0]) if comparison.left[0].constant is None else None
    panels = table is not None and table.layout.panels and comparison.row_quantifier is Every.ROW
    for column in bound_columns(comparison, view):
        for row in bound_rows(comparison, view):
            if not (column and panels) or (table is not None and table.position(row, column) is not None):
                yield row, column


def holds(formula: Formula, cells: list[TermCell]) -> bool:
    """Whether an instance holds, by its cells."""
    comparison = formula.comparison
    sides = {
        side: sum((Decimal(t.sign * t.constant) for t in terms if t.constant), Decimal(0))
        + sum((side * c.sign * c.value for c in cells if c.side == side), Decimal(0))
        for side, terms in ((1, comparison.left), (-1, comparison.right))
    }
    left, right = sides[1], sides[-1]
    return {
        Relation.EQUAL: left == right, Relation.AT_MOST: left <= right, Relation.AT_LEAST: left >= right,
        Relation.TOGETHER: (left != 0) == (right != 0),
    }[comparison.relation]


def is_faulty(cells: list[TermCell]) -> bool:
    return any((c.row, c.column) in c.table.faults for c in cells)


def evaluated(seed: int) -> tuple[Evaluation, list[Formula], View]:
    """The evaluation, and the formulas that lack nothing."""
    _, view = unit(seed)
    evaluation = evaluate(standard_pack().formulas, view)
    lacking = {s.formula.code for s in evaluation.skipped if not s.cells}
    return evaluation, [f for f in standard_pack().formulas if f.code not in lacking], view


@pytest.mark.parametrize("seed", SEEDS)
def test_what_does_not_hold_is_found_and_nothing_else(seed: int) -> None:
    evaluation, formulas, view = evaluated(seed)
    expected = set()
    for formula in formulas:
        for row, column in instances(formula, view):
            cells = list(instance_cells(formula.comparison, view, row, column))
            if not is_faulty(cells) and not holds(formula, cells):
                expected.add((formula.code, row, column))
    assert {(f.formula.code, f.row, f.column) for f in evaluation.mismatches} == expected
    assert bool(expected) == bool(seed % 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_instance_is_counted_once(seed: int) -> None:
    evaluation, formulas, view = evaluated(seed)
    found = Counter(f.formula.code for f in evaluation.mismatches)
    faulty = Counter(s.formula.code for s in evaluation.skipped if s.cells)
    counted = {f.code: evaluation.held[f.code] + found[f.code] + faulty[f.code] for f in formulas}
    assert counted == {f.code: len(list(instances(f, view))) for f in formulas}
    assert bool(faulty) == (seed % 3 == 0)
    assert evaluation.instances == sum(evaluation.held.values()) + found.total() > 1000
