"""Which formula instances a cell takes part in, and which cell most likely causes the broken ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from decimal import Decimal

from workbook.formulas.bindings import TermCell, View, binds, bound_columns, instance_cells
from workbook.formulas.evaluate import Mismatch
from workbook.pack.formula import Formula, Relation
from workbook.reading.tables import Table
from workbook.values import dataclass

CellKey = tuple[Table, str, str]
"""A cell: its table, row, column."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One formula instance: a formula with its row and column bound."""

    formula: Formula
    row: str
    column: str


def key_of(cell: TermCell) -> CellKey:
    """The key of a term's cell."""
    return cell.table, cell.row, cell.column


class Links:
    """The formula instances that a cell takes part in, found when asked for and kept.

    They depend on which rows and columns the sheets have, not on the amounts: after an edit of amounts they are kept
    (:meth:`with_amounts`).
    """

    def __init__(self, formulas: Sequence[Formula], view: View) -> None:
        self.view = view
        self._by_sheet: dict[str, list[Formula]] = defaultdict(list)
        sheets = view.sheets()
        for formula in formulas:
            if formula.comparison.sheets <= sheets.keys():
                for sheet in formula.comparison.sheets:
                    self._by_sheet[sheet].append(formula)
        self._found: dict[tuple[str, str, str], tuple[Instance, ...]] = {}

    def with_amounts(self, view: View) -> Links:
        """The links on *view*, whose sheets have other amounts but the same rows and columns."""
        links = copy(self)
        links.view = view
        return links

    def of(self, sheet: str, row: str, column: str) -> tuple[Instance, ...]:
        """The instances in which the cell takes part (also those that do not apply)."""
        key = (sheet, row, column)
        if key not in self._found:
            cell = (self.view.sheets()[sheet], row, column)
            self._found[key] = tuple(
                Instance(formula, *bound) for formula in self._by_sheet.get(sheet, ())
                for bound in self._bindings(formula, cell)
            )
        return self._found[key]

    def _bindings(self, formula: Formula, key: CellKey) -> list[tuple[str, str]]:
        """Row and column bindings whose instance has the cell: only its own row and its superior's can."""
        comparison, (table, row, column) = formula.comparison, key
        rows = ("",) if comparison.row_quantifier is None else tuple(filter(None, (row, table.structure.superiors.get(row, ""))))
        columns = bound_columns(comparison, self.view)
        if comparison.column_quantifier and column in columns:
            columns = (column,)
        return [
            (r, c) for r in rows for c in columns
            if any(key_of(cell) == key for cell in instance_cells(comparison, self.view, r, c))
            and binds(comparison, self.view, r)
        ]


@dataclass(slots=True)
class _Candidate:
    """A cell with the corrections that the broken instances around it ask for."""

    cell: TermCell
    wants: list[tuple[int, Decimal, Decimal]]
    """Index of the mismatch, correction that would repair it, rounding bound."""

    def best(self, open_: set[int]) -> frozenset[int]:
        """The most mismatches that one correction repairs."""
        wants = [w for w in self.wants if w[0] in open_]
        repaired = (frozenset(i for i, d, b in wants if abs(d - delta) <= bound + b) for _, delta, bound in wants[:40])
        return max(repaired, key=len, default=frozenset())


def find_culprits(mismatches: Sequence[Mismatch], links: Links) -> list[TermCell | None]:
    """For each of *mismatches*, the cell that most likely causes it.

    One wrong amount breaks several formulas, and one correction of that cell repairs them all.  The
    cell whose single correction repairs the most broken instances is taken first; among equals the
    one that breaks the fewest instances that hold now.
    """
    candidates: dict[CellKey, _Candidate] = {}
    for index, mismatch in enumerate(mismatches):
        for cell in mismatch.cells:
            candidate = candidates.setdefault(key_of(cell), _Candidate(cell, []))
            candidate.wants.append((index, -mismatch.difference * cell.sign, mismatch.bound))
    culprits: list[TermCell | None] = [None] * len(mismatches)
    open_ = set(range(len(mismatches)))
    scores = {key: candidate.best(open_) for key, candidate in candidates.items()}
    broken = {(f.formula.code, f.row, f.column) for f in mismatches}
    while open_ and scores:
        top = max(map(len, scores.values()))
        if top == 0:
            break
        tied = [k for k, repaired in scores.items() if len(repaired) == top]
        key = tied[0] if len(tied) == 1 else min(tied, key=lambda k: _harm(candidates[k].cell, links, broken))
        repaired = scores[key]
        for index in repaired:
            culprits[index] = candidates[key].cell
        open_ -= repaired
        touched = {key_of(c) for i in repaired for c in mismatches[i].cells}
        for other in touched:
            scores[other] = candidates[other].best(open_)
    return culprits


def _harm(cell: TermCell, links: Links, broken: set[tuple[str, str, str]]) -> tuple[bool, int]:
    """How unlikely the cell is: a formula's result rather than a typed amount; equalities that a correction would break."""
    computed = cell.table.position(cell.row, cell.column) in cell.table.sheet.marks.formulas
    return computed, sum(
        1 for i in links.of(cell.sheet, cell.row, cell.column)
        if i.formula.comparison.relation is Relation.EQUAL and (i.formula.code, i.row, i.column) not in broken
    )
