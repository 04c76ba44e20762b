"""Figures that a reason quotes, and whether the tables know them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from docgen.job.context import ReportContext
from docgen.model import Change
from docgen.reasons.drivers import Drivers
from workbook.amounts import ZERO
from workbook.values import dataclass

_NUMBER = re.compile(
    r"(?P<about>约为?|近|大约|超过?|不足|逾|上)?\s*(?P<number>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<more>余|多|左右)?\s*(?P<unit>万元|亿元|元|%|％|个百分点)")
_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
_POLICY = re.compile(r"比例|费率|标准|税率|基数|上浮|下浮|利率|系数|每|人均|/|折|单价")
_CUT = re.compile(r"[，。；,;\n]")
_PERCENT = frozenset({"%", "％", "个百分点"})
_UNITS = {"万元": 0, "元": -4, "亿元": 4}


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number in a text: as written, in 万元 or per cent, and what its last digit is worth."""

    text: str
    value: Decimal
    place: Decimal
    is_percent: bool

    def is_close(self, value: Decimal | None) -> bool:
        """Whether *value*, rounded as the text rounds, is this number (its sign does not matter)."""
        return value is not None and abs(abs(value) - self.value) * 2 <= self.place


def quoted(text: str) -> Iterator[Quoted]:
    """The exact amounts and percentages in *text*; rough ones (约, 余) and rates of policy are left out."""
    text = text.translate(_WIDE)
    for match in _NUMBER.finditer(text):
        if match["about"] or match["more"]:
            continue
        unit, percent = match["unit"], match["unit"] in _PERCENT
        if _POLICY.search(_clause_around(text, match)):
            continue
        number = Decimal(match["number"].replace(",", "").replace("，", ""))
        exponent = number.as_tuple().exponent
        place = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        shift = 0 if percent else _UNITS[unit]
        yield Quoted(match[0].strip(), number.scaleb(shift), place.scaleb(shift), percent)


def _clause_around(text: str, match: re.Match[str]) -> str:
    start = max((m.end() for m in _CUT.finditer(text, 0, match.start())), default=0)
    end = _CUT.search(text, match.end())
    return text[start : end.start() if end else len(text)]


def is_known(number: Quoted, change: Change, drivers: Drivers, context: ReportContext) -> bool:
    """Whether the number is one of the change's, of its drivers', or stands anywhere in the tables."""
    if any(number.is_close(v) for v in _of_change(change, number)):
        return True
    parts = [d for b in drivers.breakdowns for d in b.parts()]
    if number.is_percent:
        return any(number.is_close(d.share) or number.is_close(_rate(d.amount, d.base)) for d in parts)
    return (
        any(number.is_close(v) for d in parts for v in (d.amount, d.current, d.base))
        or any(number.is_close(b.rest()) for b in drivers.breakdowns)
        or any(number.is_close(v) for v in _in_tables(context)))


def _of_change(change: Change, number: Quoted) -> Iterable[Decimal | None]:
    current, base = change.current.exact, change.base.exact
    if not number.is_percent:
        return (current, base, change.signed)
    rate = change.rate.exact if change.rate is not None else None
    return (rate, None if current is None else _rate(current, base))


def _rate(amount: Decimal, base: Decimal | None) -> Decimal | None:
    return amount * 100 / base if base else None


def _in_tables(context: ReportContext) -> Iterator[Decimal]:
    """Every amount of this year, of last year and of the 底稿, and each cell's difference."""
    prior = context.prior
    for code, table in context.accounts.tables.items():
        before = prior.get(code)
        for column, values in table.columns.items():
            old = before.columns.get(column, {}) if before is not None else {}
            for row, value in values.items():
                yield value
                if before is not None:
                    yield value - old.get(row, ZERO)
            yield from old.values()
    companion = context.companion
    if companion is None:
        return
    amounts = [name for name in companion.form.numbers if name not in companion.form.units]
    entries = [*map(companion.text, amounts), *(line.amount for line in companion.budget)]
    for project in companion.projects:
        entries += [project.adjusted_budget, project.actual, project.initial_budget]
        for first, second in ((project.actual, project.initial_budget), (project.actual, project.adjusted_budget)):
            if first.value is not None and second.value is not None:
                yield first.value - second.value
    yield from (e.value for e in entries if e.value is not None)
