"""Where check formulas look: the view of the sheets, and the cells that one formula instance names.

A formula with ``每…`` has one instance for every row (and column) that its quantifier binds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from workbook.amounts import ZERO
from workbook.pack.formula import PRIOR, Comparison, Every, Formula, Leaves, Term
from workbook.pack.sheets import CLASS_DIGITS
from workbook.reading.tables import Table
from workbook.values import dataclass


class Instance(NamedTuple):
    """One formula instance: a formula with its row and column bound."""

    formula: Formula
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class TermCell:
    """A cell in a formula instance."""

    table: Table
    row: str
    column: str
    sign: int
    """+1/-1 as it enters ``left - right``."""
    side: int = 1
    """+1 on the left of the relation, -1 on the right."""
    prior: bool = False
    """Whether it is a cell of last year's workbook."""

    @property
    def sheet(self) -> str:
        """The cell's sheet as :attr:`Term.sheet` names it."""
        return f"{PRIOR}{self.table.code}" if self.prior else self.table.code

    @property
    def value(self) -> Decimal:
        """Value; a blank counts as nothing."""
        return self.table.value(self.row, self.column) or ZERO


@dataclass(frozen=True)
class View:
    """What formulas look at: this year's tables, last year's, the 底稿's amounts and the unit's nature."""

    tables: Mapping[str, Table]
    prior: Mapping[str, Table] = field(default_factory=dict)
    nature: str = ""

    @cached_property
    def sheets(self) -> dict[str, Table]:
        """All tables by the names that :attr:`Term.sheet` uses."""
        return {**self.tables, **{f"{PRIOR}{code}": table for code, table in self.prior.items()}}

    @cached_property
    def faulty(self) -> frozenset[str]:
        """The sheets with cells that cannot be read."""
        return frozenset(name for name, table in self.sheets.items() if table.faults)

    @cached_property
    def lacking(self) -> frozenset[str]:
        """What the sheets lack of their forms, as :attr:`Comparison.names` writes it.

        A sheet without a fixed form lacks itself.
        """
        found: list[str] = []
        for name, table in self.sheets.items():
            if not table.layout.fixed_rows:
                found.append(name)
            if lines := table.structure.absent_rows + table.structure.absent_columns:
                found += [f"{name}/{line}" for line in lines]
        return frozenset(found)

    @cached_property
    def ranges(self) -> dict[tuple[str, ...], dict[str, None]]:
        """The rows that a ``每…`` goes through, kept when they were found (:func:`bound_rows`)."""
        return {(): {"": None}}

    def table(self, term: Term) -> Table | None:
        """The table that *term* names."""
        return (self.prior if term.prior else self.tables).get(term.table)

    def need(self, term: Term) -> Table:
        """The same, where the caller knows that the table is there."""
        return (self.prior if term.prior else self.tables)[term.table]


def bound_rows(comparison: Comparison, view: View) -> Collection[str]:
    """Values of the ``每…`` row variable, the same for many formulas: the union over the sheets that use it."""
    rows = view.ranges.get(comparison.row_range)
    if rows is None:
        every, *sheets = comparison.row_range
        tables = [view.sheets[sheet] for sheet in sheets if sheet in view.sheets]
        rows = view.ranges[comparison.row_range] = dict.fromkeys(
            chain.from_iterable(rows_of(table, Every(every)) for table in tables))
    return rows


def rows_of(table: Table, every: Every) -> Iterable[str]:
    """Rows of one sheet that a ``每…`` goes through."""
    if every is Every.ROW:
        return table.rows
    if every is Every.PARENT:
        return tuple(table.structure.children)
    if every is Every.CLASS:
        return [r for r in table.rows if len(r) == CLASS_DIGITS and r.isdigit()]
    return table.codes()


def bound_columns(comparison: Comparison, view: View) -> tuple[str, ...]:
    """Values of the ``每列`` variable (one empty value when the formula has none)."""
    if not comparison.column_quantifier:
        return ("",)
    tables = [t for term in comparison.terms if term.columns is Every.COLUMN and (t := view.table(term))]
    return tables[0].structure.columns if tables else ()


def rows_with(comparison: Comparison, view: View, rows: Collection[str], column: str) -> Collection[str]:
    """Those of *rows* that have *column* (panels of a sheet differ in their columns)."""
    if column and comparison.row_quantifier is Every.ROW:
        table = view.table(comparison.left[0])
        if table is not None and table.layout.panels:
            found = table.structure.rows_by_column.get(column, ())
            return found if len(rows) == len(table.rows) else [row for row in rows if row in found]
    return rows


def instance_cells(comparison: Comparison, view: View, row: str, column: str) -> Iterator[TermCell]:
    """The cells of one instance that the sheets have; signs as they enter ``left - right``."""
    for side, terms in ((1, comparison.left), (-1, comparison.right)):
        for term in terms:
            table = view.table(term) if term.constant is None else None
            if table is None:
                continue
            columns = (column,) if isinstance(term.columns, Every) else term.columns
            for r in term_rows(term, table, row):
                for c in columns:
                    if table.position(r, c) is not None:
                        yield TermCell(table, r, c, side * term.sign, side, term.prior)


def term_rows(term: Term, table: Table, row: str) -> tuple[str, ...]:
    """The rows that *term* adds in the instance of *row*."""
    if term.rows is Every.CHILDREN:
        return table.structure.children.get(row, ())
    if term.rows is Every.TOP:
        return table.structure.top
    if isinstance(term.rows, Leaves):
        return table.leaves(term.rows.takes)
    return (row,) if isinstance(term.rows, Every) else term.rows


def instances(formula: Formula, view: View) -> Iterator[Instance]:
    """All instances of a formula on *view*."""
    for column in bound_columns(formula.comparison, view):
        for row in bound_rows(formula.comparison, view):
            yield Instance(formula, row, column)
