"""What a reason's wording says: its clauses, in which direction money moves in each, and the figures that it quotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from docgen.figures.quantity import percent
from docgen.job.inputs import Inputs
from docgen.model import Change, Direction
from docgen.reasons.drivers import Drivers
from workbook.amounts import ZERO
from workbook.pack.words import Words, any_of
from workbook.values import dataclass

_CLAUSE = re.compile(r"[，。；！？,;!?\n\r]+")
_NEGATED = re.compile(r"(?:未|没有|没|不再|不会|不|无|停止|避免|控制)[^，]{0,4}$")
_LAST_YEAR_IS_SUBJECT = re.compile(r"^(?:因|由于|主要是|主要因|是)*(?:上年|去年|上一年|以前年度|往年|上年度|年初预算|预算数|预算安排|全年预算|年初)")
_COMPARED = re.compile(r"(?:较|比|与|同|相较|对比)(?:于)?(?:上年|去年|上一年|上年度|以前年度|往年|年初预算|全年预算|预算|年初)")
_NOISE = re.compile(r"[\s，。；、：！？,.;:!?“”\"'‘’（）()《》<>—\-…·]+")
_LEAD = re.compile(r"^(?:变动原因|差异原因|原因|主要原因|是|为|因为|因|由于|主要是|主要)+")


def clauses(text: str) -> list[str]:
    """*text* cut at commas, semicolons and full stops."""
    return [c.strip() for c in _CLAUSE.split(text) if c.strip()]


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """*text* without punctuation, space and an opening ``主要是``: for comparing whole texts."""
    return _LEAD.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", text)))


def is_about_base(clause: str) -> bool:
    """Whether the clause speaks of last year or of the budget, not of this year compared with it."""
    return bool(_LAST_YEAR_IS_SUBJECT.search(clause)) and not _COMPARED.search(clause)


def money_direction(clause: str, words: Words) -> Direction | None:
    """In which direction the clause says that money moves; ``None`` when it does not say, or says both."""
    if is_about_base(clause):
        return None
    if not any_of(words.money).search(clause) or any_of(words.not_money).search(clause):
        return None
    return direction_in(clause, words)


def direction_in(clause: str, words: Words) -> Direction | None:
    """The one direction that the clause names; ``None`` for none or both."""
    up, down = (
        any(not _NEGATED.search(clause[: match.start()]) for match in any_of(some).finditer(clause))
        for some in ((*words.ups, *words.more_up), (*words.downs, *words.more_down)))
    return None if up == down else Direction.UP if up else Direction.DOWN


def directions(text: str, words: Words) -> list[tuple[str, Direction]]:
    """Clauses that say in which direction money moves.

    A clause that names both directions is looked at piece by piece (``甲增加、乙减少``).
    """
    found: list[tuple[str, Direction]] = []
    for clause in clauses(text):
        direction = money_direction(clause, words)
        if direction is not None:
            found.append((clause, direction))
        elif "、" in clause and not is_about_base(clause):
            found += [(p, d) for p in clause.split("、") if (d := money_direction(p, words)) is not None]
    return found


def hints(text: str, direction: Direction, words: Words) -> bool:
    """Whether anything in *text* fits *direction*, be it ever so weak."""
    return bool(any_of(words.up_hints if direction is Direction.UP else words.down_hints).search(text))


_NUMBER = re.compile(
    r"(?P<about>约为?|近|大约|超过?|不足|逾|上)?\s*(?P<number>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s*(?P<more>余|多|左右)?\s*(?P<unit>万元|亿元|元|%|％|个百分点)")
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
        before, after = _CUT.split(text[: match.start()])[-1], _CUT.split(text[match.end() :], maxsplit=1)[0]
        if _POLICY.search(f"{before}{match[0]}{after}"):
            continue
        number = Decimal(match["number"].replace(",", "").replace("，", ""))
        exponent = number.as_tuple().exponent
        place = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        shift = 0 if percent else _UNITS[unit]
        yield Quoted(match[0].strip(), number.scaleb(shift), place.scaleb(shift), percent)


def is_known(number: Quoted, change: Change, drivers: Drivers, context: Inputs) -> bool:
    """Whether the number is one of the change's, of its drivers', or stands anywhere in the tables."""
    current, base, rate = change.current.exact, change.base.exact, change.rate.exact if change.rate is not None else None
    amounts, rates = (current, base, change.signed), (rate, None if current is None else percent(current, base))
    if any(number.is_close(v) for v in (rates if number.is_percent else amounts)):
        return True
    parts = [d for b in drivers.breakdowns for d in b.parts()]
    if number.is_percent:
        return any(number.is_close(d.share) or number.is_close(percent(d.amount, d.base)) for d in parts)
    return (
        any(number.is_close(v) for d in parts for v in (d.amount, d.current, d.base))
        or any(number.is_close(b.rest()) for b in drivers.breakdowns)
        or any(number.is_close(v) for v in _in_tables(context)))


def _in_tables(context: Inputs) -> Iterator[Decimal]:
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
