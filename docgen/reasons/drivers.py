"""Drivers: the breakdowns of a change that explain it (design.md 4.8) and facts beside it, as the pack's records say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from docgen.figures.evaluator import Member, Scope
from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.contributions import Breakdown, TwoYears
from workbook.amounts import ZERO, format_amount
from workbook.pack.drivers import DIFFERENCE, EITHER, NoteRecord, Sum

EXPLAINED = Decimal(80)
"""Per cent of a change that the drivers named must cover, or what is unexplained is said."""
_MONEY = "万元"


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


def drivers_of(change: Change, context: ReportContext, years: TwoYears | None = None) -> Drivers:
    """What explains *change*.  Pass the same *years* for all changes of a report."""
    return Drivers(change, years or TwoYears(context))


def missing_input(change: Change) -> str:
    """Which input the change lacks (empty: none)."""
    return next((f.missing for f in (change.current, change.base, change.difference) if f.missing), "")


def _notes(change: Change, years: TwoYears) -> Iterator[str]:
    for record in years.context.pack.notes:
        bound = record.comparison.match(change.id)
        if bound is None:
            continue
        scope: Scope = {variable: Member(code, code, 0) for variable, code in bound.items()}
        turns = [scope]
        if record.loop is not None:
            turns = [{**scope, record.loop.variable: member} for member in years.values.members(record.loop, scope)]
        for inner in turns:
            if (sentence := _sentence(record, change, years, inner)):
                yield sentence


def _sentence(record: NoteRecord, change: Change, years: TwoYears, scope: Scope) -> str:
    """The note; empty where it does not apply.  A later clause whose amount is not at hand is left out."""
    moved = years.values.quantity(record.moved, scope).value
    if record.needed and not years.values.quantity(record.needed, scope).value:
        return ""
    if record.moved and (not moved or change.direction is not (Direction.UP if moved > 0 else Direction.DOWN)):
        return ""
    first, *others = (_clause(pieces, years, scope, moved or ZERO) for pieces in record.clauses)
    return "".join((first, *others)).rstrip("，") if first else ""


def _clause(pieces: tuple[str | Sum, ...], years: TwoYears, scope: Scope, moved: Decimal) -> str:
    words: list[str] = []
    for place, piece in enumerate(pieces):
        if not isinstance(piece, str):
            value = years.values.quantity(piece, scope).value
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
