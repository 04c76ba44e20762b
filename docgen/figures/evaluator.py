"""From the pack's expressions to quantities: sums of cells with loop variables, over both years and the 底稿."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from docgen.figures.quantity import Cells, Quantity, total
from docgen.job.context import ReportContext
from workbook.amounts import ZERO
from workbook.formulas.bindings import View, term_rows
from workbook.formulas.evaluate import why_not
from workbook.pack.figures import Loop
from workbook.pack.formula import COMPANION, PRIOR, PROJECTS, Condition, Every, Leaves, Term, is_budget
from workbook.pack.layout import SheetKind
from workbook.reading.tables import Table
from workbook.values import dataclass

CLASS, SECTION = 3, 5
"""Digits of a class (类) and of a section (款) of a classification."""


@dataclass(frozen=True, slots=True)
class Member:
    """One turn of a loop: what its variable stands for."""

    key: str
    """Row, column or code."""
    name: str
    index: int
    """From 1."""

    def aspect(self, name: str) -> str:
        """What ``{变量.序号}`` and the like print."""
        return {"序号": str(self.index), "编码": self.key}.get(name, self.name)


Scope = Mapping[str, Member]
FigureOf = Callable[[Term, Scope, bool], Quantity]
"""The quantity of a figure that an expression names, this year's or (True) last year's."""


class Evaluator:
    """Evaluates the expressions of one report."""

    def __init__(self, context: ReportContext) -> None:
        self.context = context
        companion = context.companion
        own = companion.tables() if companion is not None else {}
        self.current = Cells(context.accounts.tables, own, context.pack.companion)
        self.prior = Cells(context.prior, own, context.pack.companion, PRIOR, is_nothing=context.is_first_year)
        self.tables = self.current.tables

    @cached_property
    def _view(self) -> View:
        return View(self.tables, self.context.prior, self.context.nature or self.context.accounts.implied_nature)

    def applies(self, condition: Condition) -> bool:
        """Whether a record with this *condition* applies to the unit."""
        return not why_not(condition, self._view)

    def quantity(
        self, terms: Sequence[Term], scope: Scope, figure_of: FigureOf | None = None, *, prior: bool = False
    ) -> Quantity:
        """The sum of *terms*; with *prior* every sheet is last year's."""
        result: Quantity | None = None
        for term in terms:
            value = figure_of(term, scope, prior) if term.figure and figure_of else self._term(term, scope, prior=prior or term.prior)
            if result is None and term.sign == 1:
                result = value
            else:
                result = (result or Quantity(ZERO)) + value if term.sign == 1 else (result or Quantity(ZERO)) - value
        return result if result is not None else Quantity(ZERO)

    def _term(self, term: Term, scope: Scope, *, prior: bool) -> Quantity:
        if term.constant is not None:
            return Quantity(ZERO + term.constant, (), str(term.constant))
        cells, term = self.prior if prior else self.current, bound(term, scope)
        table, rows = cells.tables.get(term.table), term.rows
        if isinstance(rows, Leaves):
            return self._leaves(cells, table, term.table, rows, term.fixed_columns()[0])
        if isinstance(rows, Every):
            rows = term_rows(term, table, "") if table is not None else ()
        found = [cells.get(term.table, row, column) for row in rows for column in term.columns]
        return found[0] if len(found) == 1 else total(found)

    def _leaves(self, cells: Cells, table: Table | None, code: str, wanted: Leaves, column: str) -> Quantity:
        """The sum of the lowest codes; missing with the sheet, or with a budget that was never filled in."""
        if table is None or (is_budget(code) and not table.is_filled):
            return cells.get(code, "", column)
        what = "、".join(self.name(code, superior) for superior in wanted.codes) if not wanted.excluding else ""
        sheet = f"{COMPANION} {code}" if code == PROJECTS or is_budget(code) else f"{cells.year_words}{table.layout.mark}"
        words = f"{sheet} {what}各项目{column}之和" if code == PROJECTS else f"{sheet}{f' {what}' if what else ''}各科目之和"
        return total([cells.get(code, row, column) for row in table.leaves(wanted.takes)], words)

    def members(self, loop: Loop, scope: Scope, *, prior: bool = False, highest: bool = False) -> list[Member]:
        """What the loop's variable goes through: rows and columns as listed, codes (that stand for something) in order.

        With *prior* the codes of last year's sheets count as well.  A code that another sheet divides further gives way
        to what is below it, or (*highest*) stands for it.
        """
        keys: dict[str, None] = {}
        codes: set[str] = set()
        for part in (bound(part, scope) for part in loop.parts):
            tables = [t for t in (self.tables.get(part.table), self.prior.tables.get(part.table) if prior else None) if t is not None]
            rows, columns = part.rows, part.fixed_columns()
            if len(columns) > 1:
                keys |= dict.fromkeys(columns)
            elif isinstance(rows, tuple):
                keys |= dict.fromkeys(rows)
            elif part.table == PROJECTS or rows is Every.ROW:
                keys |= {row: None for table in tables for row in table.rows if not isinstance(rows, Leaves) or rows.takes(row)}
            else:
                codes.update(code for table in tables for code in _codes(table, rows, columns[0]))
        found = [*keys, *(_highest(codes) if highest else _lowest(codes, loop))]
        sheet = loop.parts[0].table if loop.parts else ""
        return [Member(key, self.name(sheet, key), index) for index, key in enumerate(found, 1)]

    def name(self, table_code: str, key: str) -> str:
        """The name of a code (the catalogue's, else the sheet's); a row or column is its own name."""
        pack, table = self.context.pack, self.tables.get(table_code)
        layout = pack.sheets.get(table_code)
        if table_code == PROJECTS:
            return table.names.get(key, key) if table else key
        if not key.isdigit():
            return key
        catalogue = pack.economic if layout is not None and layout.kind is SheetKind.ECONOMIC else pack.functional
        named = catalogue.name(key) or (table.names.get(key) if table else "")
        if not named and is_budget(table_code):
            named = next((t.names[key] for t in self.tables.values() if key in t.names), "")
        return named or key


def bound(term: Term, scope: Scope) -> Term:
    """Cells with the loop variables of their rows and columns replaced by what they stand for."""

    def of(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple([scope[text[1:-1]].key if text[:1] == "{" else text for text in texts])

    if not scope:
        return term
    rows = Leaves(of(term.rows.codes), term.rows.excluding) if isinstance(term.rows, Leaves) else term.rows
    return replace(
        term, rows=of(rows) if isinstance(rows, tuple) else rows, columns=of(term.columns) if isinstance(term.columns, tuple) else term.columns)


def _codes(table: Table, rows: Every | Leaves, column: str) -> Iterator[str]:
    """Codes with an amount, or with a cell that cannot be read (never left out as if it were zero)."""
    for code in table.leaves(rows.takes if isinstance(rows, Leaves) else Leaves().takes):
        if stands_for_something(table, code, column):
            yield code[:CLASS] if rows is Every.CLASS else code
    if rows is Every.CLASS:
        yield from (c for c in table.codes() if len(c) == CLASS and stands_for_something(table, c, column))


def stands_for_something(table: Table, code: str, column: str) -> bool:
    """Whether a code has an amount, or a cell that cannot be read."""
    return bool(table.value(code, column)) or (code, column) in table.faults


def _lowest(codes: set[str], loop: Loop) -> list[str]:
    """*codes* in order; of lowest codes those that (in another sheet) have one below them are left out."""
    ordered = sorted(codes)
    if any(part.rows is Every.CLASS for part in loop.parts):
        return ordered
    return [code for code, after in zip(ordered, [*ordered[1:], ""], strict=False) if not after.startswith(code)]


def _highest(codes: set[str]) -> list[str]:
    """*codes* in order, without those that lie below another."""
    return sorted(c for c in codes if not any(c[:n] in codes for n in range(CLASS, len(c))))

