"""Draft sentences and short descriptions made from drivers, in the form accountants use."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from docgen.model import Change, Direction
from docgen.reasons.contributions import Breakdown, Driver
from docgen.reasons.drivers import EXPLAINED, Drivers
from workbook.amounts import ZERO, format_amount, round_half_up

_HUNDRED = Decimal(100)
PLEASE = "（请补充其余原因）"
"""Ends a draft whose drivers leave too much unexplained; :mod:`docgen.reasons.objections` finds it."""


def draft(drivers: Drivers, change: Change) -> str:
    """``主要是项目支出减少 286.95 万元；同时基本支出增加 43.49 万元``; empty when there is nothing to say.

    The caller shows it as “草稿” until somebody accepts it.  No full stop: the template sets it.
    """
    if change.direction not in (Direction.UP, Direction.DOWN):
        return ""
    found = next((b for b in (drivers.main, *drivers.breakdowns) if b is not None and b.is_cause), None)
    if found is None:
        return ""
    along, against = ([d for d in group if round_half_up(d.amount)] for group in found.named())
    if not along:
        return ""
    text = f"主要是{moves(along)}"
    if against:
        text += f"；同时{moves(against)}"
    rest = found.rest()
    left = rest + (found.remainder.amount if found.remainder is not None else ZERO)
    if round_half_up(rest) and abs(left) * _HUNDRED > abs(drivers.total or left) * (_HUNDRED - EXPLAINED):
        text += f"；其余各项合计{move(Driver('', rest, None))}"
    return text if found.coverage >= EXPLAINED else text + PLEASE


def moves(drivers: Iterable[Driver]) -> str:
    """``其他收入减少 243.46 万元、事业收入减少 3.00 万元``."""
    return "、".join(move(d) for d in drivers)


def move(driver: Driver) -> str:
    """``其他收入减少 243.46 万元``."""
    return f"{driver.name}{'增加' if driver.amount > 0 else '减少'} {format_amount(abs(driver.amount))} 万元"


def describe(drivers: Drivers) -> str:
    """The breakdowns as text for the 底稿's 主要构成, one line each; then the facts beside them."""
    lines = [_line(b) for b in drivers.breakdowns]
    if not lines and drivers.missing:
        lines = [drivers.missing]
    return "\n".join((*lines, *drivers.notes))


def _line(found: Breakdown) -> str:
    along, against = found.named()
    text = f"{found.title}：" + "；".join(f"{move(d)}{_share(d)}" for d in along)
    if against:
        text += ("；" if along else "") + "反向变动：" + "；".join(f"{move(d)}{_share(d)}" for d in against)
    rest = found.rest()
    if round_half_up(rest):
        text += f"；其余各项合计{move(Driver('', rest, None))}"
    if found.remainder is not None and round_half_up(found.remainder.amount):
        text += f"；未能解释{_signed(found.remainder.amount)} 万元"
    return text


def _share(driver: Driver) -> str:
    return "" if driver.share is None else f"（占变动的 {format_amount(abs(driver.share))}%）"


def _signed(amount: Decimal) -> str:
    return f" {'+' if amount > 0 else '-'}{format_amount(abs(amount))}"
