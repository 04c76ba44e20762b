"""Drivers: the breakdowns of a change that explain it (design.md 4.8), facts beside it as the pack's records say, and drafts made of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from docgen.figures.evaluator import Scope
from docgen.figures.quantity import HUNDRED
from docgen.model import Change, Direction
from docgen.reasons.contributions import Breakdown, Driver, TwoYears
from workbook.amounts import ZERO, format_amount, round_half_up
from workbook.pack.drivers import DIFFERENCE, EITHER, NoteRecord, Sum

EXPLAINED = Decimal(80)
"""Per cent of a change that the drivers named must cover, or what is unexplained is said."""
_MONEY = "万元"
PLEASE = "（请补充其余原因）"
"""Ends a draft whose drivers leave too much unexplained; :mod:`docgen.reasons.objections` finds it."""


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
