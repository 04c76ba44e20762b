"""Contributions to a change: the same thing this year and in the base, read as the pack's ``drivers.csv`` says.

A list of contributions becomes a :class:`Breakdown` that adds up to the change exactly; what they do not explain stands
in an explicit remainder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from docgen.figures.evaluator import Evaluator, Member, Scope
from docgen.figures.quantity import Quantity
from docgen.job.context import ReportContext
from docgen.reasons.model import Breakdown, Driver
from workbook.amounts import ZERO
from workbook.issues import CellRef
from workbook.pack.drivers import BreakdownRecord, PartRecord
from workbook.pack.formula import Term
from workbook.values import dataclass

UNEXPLAINED = "未能解释"
_HUNDRED = Decimal(100)


class Contribution(NamedTuple):
    """Something that has an amount this year and in the base."""

    name: str
    current: Decimal
    base: Decimal
    sources: tuple[CellRef, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Signed difference."""
        return self.current - self.base


def breakdown(title: str, total: Decimal, found: Iterable[Contribution], *, is_cause: bool = True) -> Breakdown | None:
    """The contributions as drivers and offsets of the change *total*; ``None`` when there is nothing to show."""
    moved = [c for c in found if c.amount]
    if not moved:
        return None
    moved.sort(key=lambda c: -abs(c.amount))
    drivers = [Driver(c.name, c.amount, share(c.amount, total), c.current, c.base, c.sources) for c in moved]
    rest = total - sum((c.amount for c in moved), ZERO)
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
    """Reads contributions from this year's tables, last year's and the 底稿.  One object serves all slots of a report."""

    context: ReportContext

    @cached_property
    def values(self) -> Evaluator:
        """What evaluates the records."""
        return Evaluator(self.context)

    def breakdowns(self, change_id: str, total: Decimal) -> Iterator[Breakdown]:
        """The breakdowns of the change *total*, in the order of the pack's records."""
        titles: set[str] = set()
        for record in self.context.pack.drivers:
            bound = record.comparison.match(change_id)
            if bound is None or record.title in titles or not self.values.applies(record.condition):
                continue
            titles.add(record.title)
            scope = {variable: Member(code, code, 0) for variable, code in bound.items()}
            found = breakdown(record.title, total, self._contributions(record, scope), is_cause=record.is_cause)
            if found is not None:
                yield found

    def _contributions(self, record: BreakdownRecord, scope: Scope) -> list[Contribution]:
        """All parts; none when a table that one of them needs is not at hand."""
        if not all(self._is_at_hand(part) for part in record.parts):
            return []
        return [c for part in record.parts for c in self._of_part(part, scope)]

    def _is_at_hand(self, part: PartRecord) -> bool:
        def known(terms: Iterable[Term], *, prior: bool) -> bool:
            return all(t.table in (self.values.prior if prior or t.prior else self.values.current).tables for t in terms if t.table)

        return known(part.terms, prior=False) and known(part.base or part.terms, prior=not part.base)

    def _of_part(self, part: PartRecord, scope: Scope) -> Iterator[Contribution]:
        """The contributions of one record; what cannot be computed is left out, and so remains unexplained."""
        if part.loop is None:
            turns = [(part.name, scope)]
        else:
            variable = part.loop.variable
            members = self.values.members(part.loop, scope, prior=not part.base, highest=True)
            names = self._names(part.loop.parts[0].table, members)
            turns = [
                (part.name.replace(f"{{{variable}}}", name), {**scope, variable: member})
                for name, member in zip(names, members, strict=True)]
        for name, inner in turns:
            current = self.values.quantity(part.terms, inner)
            base = self.values.quantity(part.base or part.terms, inner, prior=not part.base)
            if current.value is not None and base.value is not None:
                yield Contribution(name, current.value, base.value, _sources(current, base))

    def _names(self, table: str, members: Sequence[Member]) -> list[str]:
        """Names so that an amount can follow (``住房公积金支出``); those of several codes with their 款 before them."""
        names = [_spending(m) if m.key.isdigit() else m.name for m in members]
        used = Counter(names)
        return [
            f"{self.values.name(table, m.key[:5])}{name}" if used[name] > 1 and m.key.isdigit() and len(m.key) > 5 else name
            for name, m in zip(names, members, strict=True)]


def _spending(member: Member) -> str:
    name = member.name
    return name if len(member.key) < 7 or name.endswith(("支出", "费", "收入")) else f"{name}支出"


def _sources(*quantities: Quantity) -> tuple[CellRef, ...]:
    return tuple(dict.fromkeys(ref for quantity in quantities for ref in quantity.sources))
