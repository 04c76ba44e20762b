"""Parts of a change: the same thing this year and in the base, read from the tables of both years.

A list of parts becomes a :class:`Breakdown` that adds up to the change exactly; what the parts do not
explain stands in an explicit remainder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from decimal import Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from docgen.job.context import ReportContext
from docgen.reasons.model import Breakdown, Driver
from workbook.amounts import ZERO
from workbook.issues import CellRef
from workbook.pack.catalogue import Catalogue
from workbook.pack.layout import TOTAL
from workbook.reading.tables import Table
from workbook.values import dataclass

UNEXPLAINED = "未能解释"
_HUNDRED = Decimal(100)


class Part(NamedTuple):
    """Something that has an amount this year and in the base."""

    name: str
    current: Decimal
    base: Decimal
    sources: tuple[CellRef, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Signed difference."""
        return self.current - self.base


Parts = list[Part] | None
"""``None``: a table that is needed is not at hand."""


def breakdown(title: str, total: Decimal, parts: Parts, *, is_cause: bool = True) -> Breakdown | None:
    """The parts as drivers and offsets of the change *total*; ``None`` when there is nothing to show."""
    moved = [p for p in parts or () if p.amount]
    if not moved:
        return None
    moved.sort(key=lambda p: -abs(p.amount))
    drivers = [Driver(p.name, p.amount, share(p.amount, total), p.current, p.base, p.sources) for p in moved]
    rest = total - sum((p.amount for p in moved), ZERO)
    remainder = Driver(UNEXPLAINED, rest, share(rest, total)) if rest else None
    return Breakdown(
        title,
        tuple(d for d in drivers if (d.amount > 0) == (total > 0)),
        tuple(d for d in drivers if (d.amount > 0) != (total > 0)),
        remainder, is_cause)


def share(amount: Decimal, total: Decimal) -> Decimal | None:
    """*amount* in per cent of *total*; ``None`` when that is zero."""
    if not total:
        return None
    with localcontext() as context:
        context.prec = 40
        return amount * _HUNDRED / total


@dataclass
class TwoYears:
    """Reads parts from this year's tables, last year's and the year-start budget.

    One object serves all slots of a report: what it looks up once it keeps.
    """

    context: ReportContext
    _coded: dict[tuple[str, str], Parts] = field(default_factory=dict)

    @property
    def current(self) -> Mapping[str, Table]:
        """This year's tables."""
        return self.context.accounts.tables

    @property
    def prior(self) -> Mapping[str, Table]:
        """Last year's tables."""
        return self.context.prior

    def has(self, *codes: str) -> bool:
        """Whether all these tables are at hand for both years."""
        return all(code in self.current and code in self.prior for code in codes)

    def cells(self, name: str, table: str, row: str, column: str = "决算数") -> Part:
        """The same cell in both years (a blank or absent one is zero)."""
        current, base = self.current.get(table), self.prior.get(table)
        return Part(name, value(current, row, column), value(base, row, column), refs((current, row, column), (base, row, column)))

    def rows(self, table: str, rows: Iterable[str], column: str = "决算数") -> Parts:
        """Rows of a table as parts."""
        return [self.cells(row, table, row, column) for row in rows] if self.has(table) else None

    def columns(self, table: str, columns: Iterable[str], row: str = TOTAL) -> Parts:
        """Columns of a row as parts."""
        return [self.cells(column, table, row, column) for column in columns] if self.has(table) else None

    def functional(self, table: str, column: str) -> Parts:
        """The lowest functional codes of either year as parts, by their names."""
        return self._items(table, column, self.context.pack.functional)

    def economic(self, table: str, wanted: Callable[[str], bool]) -> Parts:
        """The lowest economic codes that are *wanted*."""
        return self._items(table, "决算数", self.context.pack.economic, wanted)

    def _items(self, table: str, column: str, catalogue: Catalogue, wanted: Callable[[str], bool] = bool) -> Parts:
        if not self.has(table):
            return None
        if (table, column) not in self._coded:
            current, base = self.current[table], self.prior[table]
            codes = [code for code in lowest({*leaves(current), *leaves(base)}) if wanted(code)]
            self._coded[table, column] = [
                Part(name, amount_of(current, code, column), amount_of(base, code, column),
                     refs((current, code, column), (base, code, column)))
                for code, name in names_of(codes, catalogue, current, base).items()
            ]
        return self._coded[table, column]

    @cached_property
    def budget_items(self) -> dict[str, Part] | None:
        """一般公共预算 expenditure by lowest code against the year-start budget of the 底稿."""
        companion, table = self.context.companion, self.current.get("公开05")
        if companion is None or table is None:
            return None
        lines = {line.code: line.amount for line in companion.budget if line.code}
        above = {code[:n] for code in lines for n in (3, 5) if n < len(code)}
        planned: dict[str, Decimal] = {}
        for code, entry in lines.items():
            for superior in {code[:3], code[:5], code} if code not in above else ():
                planned[superior] = planned.get(superior, ZERO) + (entry.value or ZERO)
        codes = lowest({*leaves(table), *(c for c in lines if c not in above and lines[c].value)})
        parts = {}
        for code, name in names_of(codes, self.context.pack.functional, table).items():
            stated = lines.get(code)
            base = planned.get(code, ZERO) if stated is None or stated.value is None else stated.value
            places = (*refs((table, code, "合计")), *((stated.ref,) if stated is not None and stated.ref is not None else ()))
            parts[code] = Part(name, amount_of(table, code, "合计"), base, places)
        return parts

    def budget_parts(self, prefix: str = "") -> Parts:
        """The parts of :attr:`budget_items` below *prefix*."""
        items = self.budget_items
        return None if items is None else [part for code, part in items.items() if code.startswith(prefix)]


def value(table: Table | None, row: str, column: str) -> Decimal:
    """The amount in 万元; zero when absent."""
    return (table.value(row, column) or ZERO) if table is not None else ZERO


def refs(*places: tuple[Table | None, str, str]) -> tuple[CellRef, ...]:
    """The cells that exist among *places*."""
    return tuple(ref for table, row, column in places if table is not None and (ref := table.ref(row, column)) is not None)


def leaves(table: Table) -> list[str]:
    """Codes of a table that have no codes below them."""
    parents = set(table.parents())
    return [code for code in table.codes() if code not in parents]


def lowest(codes: set[str]) -> list[str]:
    """*codes* in order, without those that lie below another (one year may stop at a higher level)."""
    return sorted(c for c in codes if not any(c[:n] in codes for n in range(3, len(c))))


def amount_of(table: Table, code: str, column: str) -> Decimal:
    """Amount of a code; when the table has no such row, of the codes below it."""
    found = table.value(code, column)
    if found is not None or code in table.rows:
        return found or ZERO
    if len(code) > 5:
        return ZERO
    return sum((table.value(c, column) or ZERO for c in leaves(table) if c.startswith(code)), ZERO)


def names_of(codes: Iterable[str], catalogue: Catalogue, *tables: Table) -> dict[str, str]:
    """Names by code; those of several codes (``行政运行``) with their 款 before them."""
    names = {code: name_of(code, catalogue, *tables) for code in codes}
    used = Counter(names.values())
    return {
        code: f"{name_of(code[:5], catalogue, *tables)}{name}" if used[name] > 1 and len(code) > 5 else name
        for code, name in names.items()
    }


def name_of(code: str, catalogue: Catalogue, *tables: Table) -> str:
    """Name of a code, the catalogue's or what a table prints, so that an amount can follow: ``住房公积金支出``."""
    name = catalogue.name(code) or next((t.names[code] for t in tables if code in t.names), code)
    return name if len(code) < 7 or name.endswith(("支出", "费", "收入")) else f"{name}支出"
