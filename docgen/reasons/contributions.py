"""What a change is made of: the same thing this year and in the base, read as the pack's ``drivers.csv`` says; in 万元, exact.

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
from workbook.amounts import ZERO
from workbook.issues import CellRef, Severity
from workbook.pack.drivers import BreakdownRecord, PartRecord
from workbook.pack.formula import Term
from workbook.values import dataclass

_HUNDRED = Decimal(100)
_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class Driver:
    """One contribution to a change."""

    name: str
    amount: Decimal
    """Signed: current - base."""
    share: Decimal | None
    """Per cent of the whole change; negative when it works against it."""
    current: Decimal | None = None
    base: Decimal | None = None
    sources: tuple[CellRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way of splitting a change; ``drivers + offsets + remainder`` is exactly the change."""

    title: str
    """``按收入类别（公开01表）``."""
    drivers: tuple[Driver, ...]
    """Movements in the direction of the change, largest first."""
    offsets: tuple[Driver, ...] = ()
    """Movements against it, largest first."""
    remainder: Driver | None = None
    """未能解释: what the tables do not explain."""
    is_cause: bool = True
    """Whether it says more than the statement itself (then a draft is made of it)."""

    def parts(self) -> Iterator[Driver]:
        """Everything that adds up to the change."""
        yield from self.drivers
        yield from self.offsets
        if self.remainder is not None:
            yield self.remainder

    @property
    def coverage(self) -> Decimal:
        """Per cent of the change that is explained (100 less the size of the remainder, at least 0)."""
        if self.remainder is None or self.remainder.share is None:
            return _HUNDRED
        return max(_HUNDRED - abs(self.remainder.share), ZERO)

    def leading(self) -> tuple[Driver, ...]:
        """The movements to be named, largest first, six at most.

        Together they leave at most a fifth of what is explained open, and every one that alone is a tenth
        of the change is among them.  When they come to more than the change, the largest movement against
        it is named too.
        """
        moves = sorted((*self.drivers, *self.offsets), key=lambda d: -abs(d.amount))
        rest = sum((d.amount for d in moves), ZERO)
        change = abs(sum((d.amount for d in self.parts()), ZERO))
        picked: list[Driver] = []
        for driver in moves[:_AT_MOST]:
            if picked and abs(rest) * 5 <= change and abs(driver.amount) * 10 < change:
                break
            picked.append(driver)
            rest -= driver.amount
        against = self.offsets[0] if self.offsets else None
        exceeds = abs(sum((d.amount for d in picked), ZERO)) > change
        if against is not None and against not in picked and exceeds and abs(against.amount) * _HUNDRED >= change:
            picked.append(against)
        return tuple(picked)

    def rest(self) -> Decimal:
        """What the movements that are not :meth:`leading` come to (the remainder left out)."""
        moves = sum((d.amount for d in (*self.drivers, *self.offsets)), ZERO)
        return moves - sum((d.amount for d in self.leading()), ZERO)

    def named(self) -> tuple[list[Driver], list[Driver]]:
        """The :meth:`leading` movements: in the direction of the change, and against it."""
        found = self.leading()
        is_up = sum((d.amount for d in self.parts()), ZERO) > 0
        return [d for d in found if (d.amount > 0) is is_up], [d for d in found if (d.amount > 0) is not is_up]


@dataclass(frozen=True, slots=True)
class Objection:
    """What is doubtful about a text, in plain words."""

    code: str
    """``原因-02`` …: stable."""
    message: str
    severity: Severity = Severity.NOTICE


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to insert with one click."""

    source: str
    """``去年的原因``, ``草稿`` or ``常用语``."""
    text: str


UNEXPLAINED = "未能解释"


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
