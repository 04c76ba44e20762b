"""Facts beside a change that are no contributions (counts, composition, projects), as the pack's ``notes.csv`` says."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from docgen.figures.evaluator import Member, Scope
from docgen.model import Change, Direction
from docgen.reasons.contributions import TwoYears
from workbook.amounts import ZERO, format_amount
from workbook.pack.drivers import DIFFERENCE, EITHER, NoteRecord, Sum

_MONEY = "万元"


def notes_of(change: Change, years: TwoYears) -> tuple[str, ...]:
    """Sentences that help to find the reason."""
    return tuple(_notes(change, years))


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
