"""Which formula instances a cell takes part in, and which cell most likely causes the broken ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from decimal import Decimal
from typing import NamedTuple

from workbook.formulas.bindings import Instance, TermCell, View, bound_columns, bound_rows, instance_cells
from workbook.formulas.evaluate import outcome_of
from workbook.formulas.outcomes import Outcome
from workbook.pack.formula import Comparison, Every, Formula, Relation
from workbook.reading.tables import Table

CellKey = tuple[Table, str, str]
"""A cell: its table, row, column."""


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
        sheets = view.sheets
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
            cell = (self.view.sheets[sheet], row, column)
            self._found[key] = tuple(
                Instance(formula, *bound) for formula in self._by_sheet.get(sheet, ())
                for bound in self._bindings(formula, cell)
            )
        return self._found[key]

    def outcomes(self, table: Table, row: str, column: str) -> list[Outcome]:
        """How every instance stands in which a cell of this year's *table* takes part, broken ones first.

        Sign tests only when they do not hold.
        """
        found = [outcome_of(instance, self.view) for instance in self.of(table.code, row, column)]
        return sorted((o for o in found if not (o.formula.comparison.is_sign_test and o.holds)), key=lambda o: o.state.rank)

    def _bindings(self, formula: Formula, key: CellKey) -> list[tuple[str, str]]:
        """Row and column bindings whose instance has the cell: only its own row and its superior's can."""
        comparison, (table, row, column) = formula.comparison, key
        rows = ("",) if comparison.row_quantifier is None else tuple(
            filter(None, (row, table.structure.superiors.get(row, ""))))
        columns = bound_columns(comparison, self.view)
        if comparison.column_quantifier and column in columns:
            columns = (column,)
        return [
            (r, c) for r in rows for c in columns
            if any(key_of(cell) == key for cell in instance_cells(comparison, self.view, r, c))
            and r in bound_rows(comparison, self.view)
        ]


class _Want(NamedTuple):
    """What repairs a broken instance: a correction of the cell by this much (or, of an inequality, beyond it)."""

    mismatch: int
    by: Decimal
    bound: Decimal
    beyond: bool

    def is_met(self, correction: Decimal) -> bool:
        """Whether the *correction* repairs the instance too."""
        if self.beyond and correction * self.by > 0:
            return abs(correction) >= abs(self.by) - self.bound
        return abs(correction - self.by) <= self.bound


def find_culprits(mismatches: Sequence[Outcome], links: Links) -> list[TermCell | None]:
    """For each of *mismatches*, the cell that most likely causes it.

    One wrong amount breaks several formulas, and one correction of that cell repairs them all.  The
    cell whose single correction repairs the most broken instances, inequalities too, is taken first; among equals the
    one that breaks the fewest instances that hold now, then a total that is blank.
    """
    candidates = _candidates(mismatches, links)
    culprits: list[TermCell | None] = [None] * len(mismatches)
    open_ = set(range(len(mismatches)))
    scores = {key: _repaired(wants, open_) for key, (_, wants) in candidates.items()}
    broken = {f.key for f in mismatches}
    while open_ and scores:
        top = max(map(len, scores.values()))
        if top == 0:
            break
        tied = [k for k, repaired in scores.items() if len(repaired) == top]
        key = tied[0] if len(tied) == 1 else min(tied, key=lambda k: _harm(candidates[k][0], links, broken))
        repaired = scores[key]
        for index in repaired:
            culprits[index] = candidates[key][0]
        open_ -= repaired
        for other, score in scores.items():
            if not score.isdisjoint(repaired):
                scores[other] = _repaired(candidates[other][1], open_)
    return culprits


def _repaired(wants: Sequence[_Want], open_: set[int]) -> frozenset[int]:
    """The most *open_* mismatches that one correction repairs."""
    wants = [w for w in wants if w.mismatch in open_]
    repaired = (
        frozenset([w.mismatch for w in wants if w.is_met(want.by) or abs(w.by - want.by) <= w.bound + want.bound])
        for want in wants[:40])
    return max(repaired, key=len, default=frozenset())


def _candidates(mismatches: Sequence[Outcome], links: Links) -> dict[CellKey, tuple[TermCell, list[_Want]]]:
    """The cells of the *mismatches*, with what would repair them.

    Also the cells that a computed one adds: an error there shows in the sum.
    """
    candidates: dict[CellKey, tuple[TermCell, list[_Want]]] = {}
    for index, mismatch in enumerate(mismatches):
        beyond = mismatch.formula.comparison.relation in (Relation.AT_MOST, Relation.AT_LEAST)
        for cell in mismatch.cells:
            by = -mismatch.difference * cell.sign
            parts = [(part, -by * part.sign) for part in _parts(cell, links)] if _is_computed(cell) else []
            for one, correction in ((cell, by), *parts):
                candidates.setdefault(key_of(one), (one, []))[1].append(_Want(index, correction, mismatch.bound, beyond))
    return candidates


def _total_of(comparison: Comparison, cells: Sequence[TermCell]) -> TermCell | None:
    """The cell that an equality says to be the sum of several others."""
    if comparison.relation is not Relation.EQUAL or len(cells) <= 2 or sum(c.side == 1 for c in cells) != 1:
        return None
    return cells[0]


def _parts(total: TermCell, links: Links) -> Iterator[TermCell]:
    """What a computed cell adds: the other side of the equality that has it as total and holds.

    The equality is one of its own sheet, in its row.
    """
    for found in links.of(total.sheet, total.row, total.column):
        comparison = found.formula.comparison
        by_row = len(comparison.sheets) <= 1 and comparison.row_quantifier is Every.ROW
        if not by_row or comparison.relation is not Relation.EQUAL:
            continue
        cells = tuple(instance_cells(comparison, links.view, found.row, found.column))
        whole = _total_of(comparison, cells)
        if whole is not None and key_of(whole) == key_of(total) and not sum(c.sign * c.value for c in cells):
            yield from cells[1:]


def _is_computed(cell: TermCell) -> bool:
    marks = cell.table.sheet.marks.formulas
    return bool(marks) and cell.table.position(cell.row, cell.column) in marks


def _harm(cell: TermCell, links: Links, broken: set[tuple[str, str, str]]) -> tuple[bool, int, bool, bool]:
    """How unlikely the cell is: computed, not typed; equalities that its correction would break; no total left blank; blank."""
    is_blank, is_blank_total, harm = cell.table.value(cell.row, cell.column) is None, False, 0
    for found in links.of(cell.sheet, cell.row, cell.column):
        comparison = found.formula.comparison
        if comparison.relation is Relation.EQUAL:
            total = _total_of(comparison, tuple(instance_cells(comparison, links.view, found.row, found.column)))
            is_own = total is not None and key_of(total) == key_of(cell)
            if (found.formula.code, found.row, found.column) in broken:
                is_blank_total = is_blank_total or (is_blank and is_own)
            else:
                harm += total is None or is_own or not _is_computed(total)  # a computed total follows
    return _is_computed(cell), harm, not is_blank_total, is_blank
