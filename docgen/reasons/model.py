"""The values about change reasons that window, 底稿 and checks share.  Amounts are in 万元, exact."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workbook.amounts import ZERO
from workbook.issues import CellRef, Severity
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
