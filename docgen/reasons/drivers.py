"""What explains a change (design.md 4.8): its breakdowns, facts beside it, and drafts made of them; in 万元, exact.

A :class:`Breakdown` adds up to the change exactly; what its movements do not explain stands in an explicit remainder.  How a
change is broken down, and what is said beside it, stands in the pack's ``drivers.csv`` and ``notes.csv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property

from docgen.figures.evaluator import Evaluator, Member, Scope
from docgen.figures.quantity import HUNDRED, Quantity, percent
from docgen.model import Change, Direction
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.issues import CellRef
from workbook.pack.reasons import DIFFERENCE, EITHER, ChangePattern, NoteRecord, PartRecord, Sum
from workbook.values import dataclass

_AT_MOST = 6
UNEXPLAINED = "未能解释"
EXPLAINED = Decimal(80)
"""Per cent of a change that the drivers named must cover, or what is unexplained is said."""
_MONEY = "万元"
PLEASE = "（请补充其余原因）"
"""Ends a draft whose drivers leave too much unexplained; :mod:`docgen.reasons.objections` finds it."""


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
    def of(
        cls, title: str, total: Decimal, found: Iterable[tuple[str, Quantity, Quantity]], *, is_cause: bool = True,
    ) -> Breakdown | None:
        """Of what has an amount this year and in the base; ``None`` when nothing of it moved.

        What cannot be computed is left out, and so remains unexplained.
        """
        moves = [
            Driver(name, now.value - base.value, percent(now.value - base.value, total),
                now.value, base.value, (now - base).sources)
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


class Drivers:
    """What explains a change, worked out when somebody looks at it; nothing without *years*."""

    def __init__(self, change: Change, years: TwoYears | None = None) -> None:
        self.change, self._years = change, years
        self.total = change.signed
        """The signed change; ``None`` when it cannot be computed."""

    @cached_property
    def breakdowns(self) -> tuple[Breakdown, ...]:
        """The most telling first."""
        if self._years is None or self.total is None or self.change.direction is Direction.LEVEL:
            return ()
        return tuple(self._years.breakdowns(self.change.id, self.total))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Facts beside it that are no contributions: counts, composition, projects (the pack's ``notes.csv``)."""
        return () if self._years is None or self.total is None else tuple(_notes(self.change, self._years))

    @property
    def missing(self) -> str:
        """Why there is no breakdown (empty: there is one, or none is needed)."""
        if self.total is None:
            return f"缺少{missing_input(self.change)}"
        is_level = self.change.direction is Direction.LEVEL
        return "" if is_level or self.breakdowns else "公开表和底稿中没有可以分解这项变动的明细"

    @property
    def main(self) -> Breakdown | None:
        """The breakdown to show first: the first that covers enough, else the one that covers most."""
        enough = next((b for b in self.breakdowns if b.coverage >= EXPLAINED), None)
        return enough or max(self.breakdowns, key=lambda b: b.coverage, default=None)

    @property
    def draft(self) -> str:
        """``主要是项目支出减少 286.95 万元；同时基本支出增加 43.49 万元``; empty when there is nothing to say.

        Whoever shows it calls it “草稿” until somebody accepts it.  No full stop: the template sets it.
        """
        found = next((b for b in (self.main, *self.breakdowns) if b is not None and b.is_cause), None)
        if found is None or self.change.direction not in (Direction.UP, Direction.DOWN):
            return ""
        along, against = ([d.words for d in group if round_half_up(d.amount)] for group in found.named())
        if not along:
            return ""
        left = found.rest() + (found.remainder.amount if found.remainder is not None else ZERO)
        is_told = abs(left) * HUNDRED > abs(found.total) * (HUNDRED - EXPLAINED)
        text = f"主要是{'、'.join(along)}{'；同时' if against else ''}{'、'.join(against)}{_rest(found) if is_told else ''}"
        return text if found.coverage >= EXPLAINED else text + PLEASE

    def describe(self) -> str:
        """The breakdowns as text for the 底稿's 主要构成, one line each; then the facts beside them."""
        lines = [_line(b) for b in self.breakdowns]
        return "\n".join((*(lines or filter(None, [self.missing])), *self.notes))


def _rest(found: Breakdown) -> str:
    """What the movements that are not named come to, in words."""
    rest = Driver("；其余各项合计", found.rest(), None)
    return rest.words if round_half_up(rest.amount) else ""


def _line(found: Breakdown) -> str:
    along, against = ("；".join(f"{d.words}{_share(d)}" for d in group) for group in found.named())
    text = f"{found.title}：{'；'.join(filter(None, (along, against and f'反向变动：{against}')))}{_rest(found)}"
    if found.remainder is not None and round_half_up(found.remainder.amount):
        amount = found.remainder.amount
        text += f"；未能解释 {'+' if amount > 0 else '-'}{format_amount(abs(amount))} 万元"
    return text


def _share(driver: Driver) -> str:
    return "" if driver.share is None else f"（占变动的 {format_amount(abs(driver.share))}%）"


def missing_input(change: Change) -> str:
    """Which input the change lacks (empty: none)."""
    return next((f.missing for f in (change.current, change.base, change.difference) if f.missing), "")


def _notes(change: Change, years: TwoYears) -> Iterator[str]:
    for record in years.context.pack.notes:
        scope = years.scope(record.comparison, change.id)
        if scope is None:
            continue
        turns = [scope]
        if record.loop is not None:
            turns = [{**scope, record.loop.variable: member} for member in years.members(record.loop, scope)]
        yield from filter(None, (_sentence(record, change, years, inner) for inner in turns))


def _sentence(record: NoteRecord, change: Change, years: TwoYears, scope: Scope) -> str:
    """The note; empty where it does not apply.  A later clause whose amount is not at hand is left out."""
    moved = years.quantity(record.moved, scope).value
    if record.needed and not years.quantity(record.needed, scope).value:
        return ""
    if record.moved and (not moved or change.direction is not (Direction.UP if moved > 0 else Direction.DOWN)):
        return ""
    first, *others = (_clause(pieces, years, scope, moved or ZERO) for pieces in record.clauses)
    return "".join((first, *others)).rstrip("，") if first else ""


def _clause(pieces: tuple[str | Sum, ...], years: TwoYears, scope: Scope, moved: Decimal) -> str:
    words: list[str] = []
    for place, piece in enumerate(pieces):
        if not isinstance(piece, str):
            value = years.quantity(piece, scope).value
            if value is None:
                return ""
            words.append(format_amount(value, 2 if str(pieces[place + 1]).lstrip().startswith(_MONEY) else 0))
        elif place % 2 == 0:
            words.append(piece)
        elif piece == DIFFERENCE:
            words.append(format_amount(abs(moved)))
        else:
            words.append(piece.split(EITHER)[moved < 0] if EITHER in piece else scope[piece].name)
    return "".join(words)
