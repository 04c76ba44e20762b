"""From the pack's expressions to quantities: sums of cells with loop variables, over both years and the 底稿."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from docgen.figures.quantity import Quantity, total
from docgen.job.inputs import Inputs
from workbook.amounts import ZERO
from workbook.formulas.bindings import term_rows
from workbook.formulas.evaluate import why_not
from workbook.issues import CellRef
from workbook.pack.figures import Loop
from workbook.pack.formula import COMPANION, PRIOR, PROJECTS, Condition, Every, Leaves, Term, is_budget, is_of_companion
from workbook.pack.layout import SheetKind
from workbook.reading.structure import is_coded
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


class Evaluator:
    """Evaluates the expressions of one report."""

    def __init__(self, context: Inputs) -> None:
        self.context = context
        self.tables = context.view.tables
        own = {name: table for name, table in self.tables.items() if name not in context.accounts.tables}
        self.prior: Mapping[str, Table] = {**context.prior, **own}
        """Last year's, and what the 底稿 states."""

    def applies(self, condition: Condition) -> bool:
        """Whether a record with this *condition* applies to the unit."""
        return not why_not(condition, self.context.view)

    def quantity(self, terms: Sequence[Term], scope: Scope, *, prior: bool = False) -> Quantity:
        """The sum of *terms*; with *prior* every sheet is last year's."""
        result: Quantity | None = None
        for term in terms:
            value = self.term(term, scope, prior=prior or term.prior)
            if term.sign < 0:
                result = (result or Quantity(ZERO)) - value
            else:
                result = value if result is None else result + value
        return result or Quantity(ZERO)

    def term(self, term: Term, scope: Scope, *, prior: bool) -> Quantity:
        """The cells of one addend, its sign not applied."""
        if term.constant is not None:
            return Quantity(ZERO + term.constant, (), str(term.constant))
        term = bound(term, scope)
        table, rows = (self.prior if prior else self.tables).get(term.table), term.rows
        if isinstance(rows, Leaves):
            return self._leaves(table, term.table, rows, term.fixed_columns()[0], prior)
        if isinstance(rows, Every):
            rows = term_rows(term, table, "") if table is not None else ()
        found = [self.cell(term.table, row, column, prior=prior) for row in rows for column in term.columns]
        return found[0] if len(found) == 1 else total(found)

    def _leaves(self, table: Table | None, code: str, wanted: Leaves, column: str, prior: bool) -> Quantity:
        """The sum of the lowest codes; missing with the sheet, or with a budget that was never filled in."""
        if table is None or (is_budget(code) and not table.is_filled):
            return self.cell(code, "", column, prior=prior)
        what = "、".join(self.name(code, superior) for superior in wanted.codes) if not wanted.excluding else ""
        sheet = f"{COMPANION} {code}" if code == PROJECTS or is_budget(code) else f"{PRIOR if prior else ''}{table.layout.mark}"
        words = f"{sheet} {what}各项目{column}之和" if code == PROJECTS else f"{sheet}{f' {what}' if what else ''}各科目之和"
        return total([self.cell(code, row, column, prior=prior) for row in table.leaves(wanted.takes)], words)

    def cell(self, code: str, row: str, column: str, *, prior: bool = False) -> Quantity:
        """One cell.  Blank cells and codes without a row are zero; anything else absent is missing."""
        tables, year = (self.prior, PRIOR) if prior else (self.tables, "")
        table = tables.get(code)
        if is_of_companion(code):
            return self._of_companion(table, code, row, column)
        if prior and self.context.is_first_year:
            return Quantity(ZERO, (), f"{year}没有（单位本年新成立）")
        if table is None:
            sheet = f"决算表“{code}”" if year and self.context.prior else "决算表" if year else f"公开表“{code}”"
            return Quantity(None, (), "", f"{year}{sheet}")
        how = f"{year}{table.label(row, column)}"
        if row not in table.rows:
            return self._of_absent_row(table, row, column, how, prior)
        missing = "" if table.position(row, column) is not None else f"{year}{code}“{column}”列"
        if fault := table.faults.get((row, column)):
            cell = str(table.ref(row, column))
            missing = f"{year}{'' if cell.startswith(code) else f'{code} '}{cell}（{fault}，无法读取）"
        return Quantity(None if missing else table.value(row, column) or ZERO, _refs(table, row, column), how, missing)

    def _of_absent_row(self, table: Table, row: str, column: str, how: str, prior: bool) -> Quantity:
        """A code that a sheet does not list is the sum of what it lists below it, else zero.

        An empty code sheet needs no 合计 row.
        """
        is_code = row.isdigit()
        below = table.leaves(lambda code: code.startswith(row)) if is_code and is_coded(table.layout) else ()
        if below:
            return total((self.cell(table.code, code, column, prior=prior) for code in below), f"{how}（表中没有这一行，取其下各科目之和）")
        if is_code or (table.layout.kind is SheetKind.FUNCTIONAL and not table.codes()):
            return Quantity(ZERO, (), f"{how}（表中没有这一行，按 0）")
        return Quantity(None, (), how, f"{PRIOR if prior else ''}{table.code}“{row}”行")

    def _of_companion(self, table: Table | None, code: str, row: str, column: str) -> Quantity:
        """An amount of the 底稿: what is not filled in there is missing, not zero.

        Only a code that a year-start budget does not list, while it lists others, has none.
        """
        value, refs = (table.value(row, column), _refs(table, row, column)) if table is not None else (None, ())
        if is_budget(code):
            if table is None or not table.is_filled:
                return Quantity(None, (), f"{COMPANION} {code}", f"{COMPANION}“{code}”")
            how = table.label(row, column)
            return Quantity(value, refs, how) if value is not None else Quantity(ZERO, (), f"{how}（底稿没有这个科目，按 0）")
        what = f"“{code}”中的{table.names.get(row, row) if table else row}{column}"
        if code == COMPANION:
            entry = self.context.pack.companion.entries.get(row)
            what = f"“{entry.sheet}”的“{entry.label}”" if entry is not None else f"“{row}”"
        is_there = table is not None and row in table.rows
        how = table.label(row, column) if table is not None and is_there else f"{COMPANION} {row}"
        missing = "" if is_there and value is not None else f"{COMPANION}{what}"
        return Quantity(value if is_there else None, refs if is_there else (), how, missing)

    def members(self, loop: Loop, scope: Scope, *, prior: bool = False, highest: bool = False) -> list[Member]:
        """What the loop's variable goes through: rows and columns as listed, codes (that stand for something) in order.

        With *prior* the codes of last year's sheets count as well.  A code that another sheet divides further gives way
        to what is below it, or (*highest*) stands for it.
        """
        keys: dict[str, None] = {}
        codes: set[str] = set()
        for part in (bound(part, scope) for part in loop.parts):
            tables = [t for t in (self.tables.get(part.table), self.prior.get(part.table) if prior else None) if t is not None]
            rows, columns = part.rows, part.fixed_columns()
            if len(columns) > 1:
                keys |= dict.fromkeys(columns)
            elif isinstance(rows, tuple):
                keys |= dict.fromkeys(rows)
            elif part.table == PROJECTS or rows is Every.ROW:
                keys |= {row: None for table in tables for row in table.rows if not isinstance(rows, Leaves) or rows.takes(row)}
            else:
                codes.update(code for table in tables for code in _codes(table, rows, columns[0]))
        if highest:
            codes = {c for c in codes if not any(c[:n] in codes for n in range(CLASS, len(c)))}
        elif not any(part.rows is Every.CLASS for part in loop.parts):
            ordered = sorted(codes)
            codes = {code for code, after in zip(ordered, [*ordered[1:], ""], strict=False) if not after.startswith(code)}
        found = [*keys, *sorted(codes)]
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
        term, rows=of(rows) if isinstance(rows, tuple) else rows,
        columns=of(term.columns) if isinstance(term.columns, tuple) else term.columns)


def _codes(table: Table, rows: Every | Leaves, column: str) -> Iterator[str]:
    """Codes with an amount, or with a cell that cannot be read (never left out as if it were zero)."""
    for code in table.leaves(rows.takes if isinstance(rows, Leaves) else Leaves().takes):
        if stands_for_something(table, code, column):
            yield code[:CLASS] if rows is Every.CLASS else code
    if rows is Every.CLASS:
        yield from (c for c in table.codes() if len(c) == CLASS and stands_for_something(table, c, column))


def _refs(table: Table, row: str, column: str) -> tuple[CellRef, ...]:
    ref = table.ref(row, column)
    return (ref,) if ref else ()


def stands_for_something(table: Table, code: str, column: str) -> bool:
    """Whether a code has an amount, or a cell that cannot be read."""
    return bool(table.value(code, column)) or (code, column) in table.faults
