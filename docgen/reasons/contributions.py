"""What a change is made of: the same thing this year and in the base, read as the pack's ``drivers.csv`` says; in 万元, exact.

A :class:`Breakdown` adds up to the change exactly; what its movements do not explain stands in an explicit remainder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from docgen.figures.evaluator import Evaluator, Member, Scope
from docgen.figures.quantity import HUNDRED, Quantity, percent
from workbook.amounts import ZERO, format_amount
from workbook.issues import CellRef, Severity
from workbook.pack.drivers import ChangePattern, PartRecord
from workbook.values import dataclass

_AT_MOST = 6
UNEXPLAINED = "未能解释"


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

    @property
    def words(self) -> str:
        """``其他收入减少 243.46 万元``."""
        return f"{self.name}{'增加' if self.amount > 0 else '减少'} {format_amount(abs(self.amount))} 万元"


@dataclass(frozen=True)
class Breakdown:
    """One way of splitting a change; what moved and the remainder are exactly the change."""

    title: str
    """``按收入类别（公开01表）``."""
    total: Decimal
    """The signed change."""
    moves: tuple[Driver, ...]
    """The movements, largest first."""
    is_cause: bool = True
    """Whether it says more than the statement itself (then a draft is made of it)."""

    @classmethod
    def of(cls, title: str, total: Decimal, found: Iterable[tuple[str, Quantity, Quantity]], *, is_cause: bool = True) -> Breakdown | None:
        """Of what has an amount this year and in the base; ``None`` when nothing of it moved.

        What cannot be computed is left out, and so remains unexplained.
        """
        moves = [
            Driver(name, now.value - base.value, percent(now.value - base.value, total), now.value, base.value, (now - base).sources)
            for name, now, base in found if now.value is not None and base.value is not None and now.value != base.value]
        return cls(title, total, tuple(sorted(moves, key=lambda d: -abs(d.amount))), is_cause) if moves else None

    @property
    def remainder(self) -> Driver | None:
        """未能解释: what the tables do not explain."""
        rest = self.total - _sum(self.moves)
        return Driver(UNEXPLAINED, rest, percent(rest, self.total)) if rest else None

    def parts(self) -> tuple[Driver, ...]:
        """Everything that adds up to the change."""
        rest = self.remainder
        return self.moves if rest is None else (*self.moves, rest)

    @property
    def coverage(self) -> Decimal:
        """Per cent of the change that is explained (100 less the size of the remainder, at least 0)."""
        if self.remainder is None or self.remainder.share is None:
            return HUNDRED
        return max(HUNDRED - abs(self.remainder.share), ZERO)

    def leading(self) -> tuple[Driver, ...]:
        """The movements to be named, largest first, six at most.

        Together they leave at most a fifth of what is explained open, and every one that alone is a tenth
        of the change is among them.  When they come to more than the change, the largest movement against
        it is named too.
        """
        rest, change = _sum(self.moves), abs(self.total)
        picked: list[Driver] = []
        for driver in self.moves[:_AT_MOST]:
            if picked and abs(rest) * 5 <= change and abs(driver.amount) * 10 < change:
                break
            picked.append(driver)
            rest -= driver.amount
        against = next((d for d in self.moves if not self.is_along(d)), None)
        if against is not None and against not in picked and abs(_sum(picked)) > change <= abs(against.amount) * HUNDRED:
            picked.append(against)
        return tuple(picked)

    def rest(self) -> Decimal:
        """What the movements that are not :meth:`leading` come to (the remainder left out)."""
        return _sum(self.moves) - _sum(self.leading())

    def is_along(self, driver: Driver) -> bool:
        """Whether it moves in the direction of the change, and not against it."""
        return (driver.amount > 0) is (self.total > 0)

    def named(self) -> tuple[list[Driver], list[Driver]]:
        """The :meth:`leading` movements: in the direction of the change, and against it."""
        found = self.leading()
        return [d for d in found if self.is_along(d)], [d for d in found if not self.is_along(d)]


def _sum(moves: Iterable[Driver]) -> Decimal:
    return sum((d.amount for d in moves), ZERO)


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


class TwoYears(Evaluator):
    """Evaluates the records of what explains a change.  One object serves all slots of a report."""

    def breakdowns(self, change_id: str, total: Decimal) -> Iterator[Breakdown]:
        """The breakdowns of the change *total*, in the order of the pack's records."""
        titles: set[str] = set()
        for record in self.context.pack.drivers:
            scope = self.scope(record.comparison, change_id)
            if scope is None or record.title in titles or not self.applies(record.condition):
                continue
            titles.add(record.title)
            if all(map(self._is_at_hand, record.parts)):
                parts = (found for part in record.parts for found in self._of_part(part, scope))
                if (breakdown := Breakdown.of(record.title, total, parts, is_cause=record.is_cause)) is not None:
                    yield breakdown

    def scope(self, comparison: ChangePattern, change_id: str) -> Scope | None:
        """What the variables of a record's comparison stand for; ``None`` when it is about others."""
        bound = comparison.match(change_id)
        return None if bound is None else {variable: Member(code, code, 0) for variable, code in bound.items()}

    def _is_at_hand(self, part: PartRecord) -> bool:
        """Whether the tables that it needs are there."""
        needed = [(t, t.prior) for t in (*part.terms, *part.base)] + [(t, True) for t in part.terms if not part.base]
        return all(t.table in (self.prior if is_prior else self.tables) for t, is_prior in needed if t.table)

    def _of_part(self, part: PartRecord, scope: Scope) -> Iterator[tuple[str, Quantity, Quantity]]:
        """What one record has this year and in the base, each turn of its loop."""
        turns, is_prior = [(part.name, scope)], not part.base
        if part.loop is not None:
            variable = part.loop.variable
            members = self.members(part.loop, scope, prior=is_prior, highest=True)
            turns = [
                (part.name.replace(f"{{{variable}}}", name), {**scope, variable: member})
                for name, member in zip(self._names(part.loop.parts[0].table, members), members, strict=True)]
        for name, inner in turns:
            yield name, self.quantity(part.terms, inner), self.quantity(part.base or part.terms, inner, prior=is_prior)

    def _names(self, table: str, members: Sequence[Member]) -> list[str]:
        """Names so that an amount can follow (``住房公积金支出``); those of several codes with their 款 before them."""
        names = [_spending(m) if m.key.isdigit() else m.name for m in members]
        used = Counter(names)
        return [
            f"{self.name(table, m.key[:5])}{name}" if used[name] > 1 and m.key.isdigit() and len(m.key) > 5 else name
            for name, m in zip(names, members, strict=True)]


def _spending(member: Member) -> str:
    name = member.name
    return name if len(member.key) < 7 or name.endswith(("支出", "费", "收入")) else f"{name}支出"
