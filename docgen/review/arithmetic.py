"""What the numbers of a report say about each other: for all checks of it, and rates, one thing said twice, relations.

Amounts are known to the printed place only, so every check has the rounding bound of its operands (domain: half a cent each).
A number that was compared with the workbook needs no such check: it agrees, or the finding is there already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from docgen.model import Figure
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import alike, pairs
from docgen.review.sections import depth_of
from docgen.review.text import LEVEL, Line, Number, Role, bare_name
from workbook.amounts import ZERO, round_half_up
from workbook.pack.layout import normalise
from workbook.pack.report import Relation

HALF_CENT = Decimal("0.005")
FEWEST = 2
_LAST_DIGIT = {2: Decimal("0.02"), 1: Decimal("0.1"), 0: Decimal(1)}
"""Decimals of percentages → one that is off by no more is off in its last digit alone."""
_LIKE, _SHOWN = 0.35, 12
"""So alike is a short name to the end of the long one, so many characters of it."""
_FAR = 10
"""More words between a difference and its rate make them two statements."""
_NAME = 8
"""A shorter name may stand for several things in one report."""
_ALL = Decimal(100)
_YEAR = re.compile(r"20\d\d(?=年)")
_ENDS = {"=": "等于", ">=": "不大于", "<=": "不小于"}
"""How the right side of a relation is to the left."""


class Row(NamedTuple):
    """A line with the numbers that it states (as they should be, where they were found wrong)."""

    section: int
    line: Line
    depth: int | None
    """Of its numbering; ``None`` when it has none."""
    numbers: Sequence[Number]


def total_of(numbers: Sequence[Number]) -> Decimal:
    """Their sum."""
    return sum((n.value for n in numbers), ZERO)


def half_of(places: int) -> Decimal:
    """Half of the last of so many decimals."""
    return Decimal(5).scaleb(-places - 1)


def quotient_fits(part: Decimal, whole: Decimal, percentage: Decimal, places: int = 2, cents: int = 1) -> bool:
    """Whether *percentage* is *part* of *whole*, all as printed.

    Percentages are given to so many *places*, the whole is *cents* half cents off.
    """
    if not whole:
        return not part and not percentage
    size, off, half = abs(whole), HALF_CENT * cents, half_of(places)
    low = (part - HALF_CENT) * 100 / (size + off) - half
    high = (part + HALF_CENT) * 100 / max(size - off, HALF_CENT) + half
    return low <= percentage <= high


class Arithmetic:
    """The numbers of the whole narrative, by line and by name; which of them took part in a check is noted."""

    def __init__(
        self, finder: Finder, compared: Mapping[tuple[int, int], Figure], wrong: Container[tuple[int, int]],
        misdirected: Container[tuple[int, int]],
    ) -> None:
        """*compared*: the numbers that the workbook tells of; of them *wrong*: those found wrong.

        *misdirected*: those with the wrong direction.
        """
        self.finder, self.on, self.phrasing, self.places = finder, finder.on, finder.phrasing, finder.text.places
        self.compared, self.wrong, self.misdirected = compared, wrong, misdirected
        self.half = HALF_CENT.scaleb(-4) if finder.text.is_in_yuan and finder.has_yuan else HALF_CENT
        """So far off at most is an amount as it is printed."""
        self.used: set[tuple[int, int]] = set()
        """The numbers that took part in a check."""
        text = finder.text
        self.rows = [
            Row(text.sections.of.get(p.number, 0), line, depth_of(p), [*map(self._right, line.numbers)])
            for p in text.paragraphs if (line := text.lines.get(p.number)) is not None]
        self.named: dict[str, list[Number]] = defaultdict(list)
        """The amounts of this year by their names."""
        for number in (n for row in self.rows for n in row.numbers if n.is_amount):
            self.named[self._name(number)].append(number)
        self.named.pop("", None)

    def is_compared(self, *numbers: Number) -> bool:
        """Whether the workbook told of all of them."""
        return all(n.key in self.compared for n in numbers)

    def use(self, *numbers: Number) -> None:
        """Note that these took part in a check."""
        self.used.update(n.key for n in numbers)

    def _right(self, number: Number) -> Number:
        figure = self.compared.get(number.key) if number.key in self.wrong else None
        return number if figure is None or figure.value is None else replace(number, value=abs(figure.value))

    def _name(self, number: Number) -> str:
        """What an amount of this year is called: the words of its own clause; empty where they speak of another year."""
        clause = number.clause
        if self.phrasing.last_year.search(clause) or any(int(y) != self.finder.context.year for y in _YEAR.findall(clause)):
            return ""
        return bare_name(clause.replace(self.finder.unit_name, "") if self.finder.unit_name else clause)

    def moves(self, number: Number) -> tuple[int, str]:
        """+1 and the word after one for more, -1 after one for less, 0 otherwise."""
        patterns = ((1, self.phrasing.up_before), (-1, self.phrasing.down_before))
        return next(((sign, match[0]) for sign, pattern in patterns if (match := pattern.search(number.before))), (0, ""))

    def percentage(self, rule: str, stated: Number, part: Decimal, whole: Decimal, **values: Any) -> list[Finding]:
        """The finding about a percentage that should be *part* of *whole*: its last digit, or all of it."""
        right = round_half_up(part * 100 / whole, self.places)
        return self.on(
            "表文-31" if abs(stated.value - right) <= _LAST_DIGIT[self.places] else rule, at=stated.at(),
            stated=f"{stated.value}%", expected=f"{right}%", amounts=(stated.value, right), **values)

    def sum_is_off(self, total: Number, added: Decimal, *, is_tail: bool = False) -> list[Finding]:
        """The finding that the parts of *total* are *added* together: off by no more than rounding, or wrong."""
        return self.on(
            *(("表文-31", "之和") if is_tail else ("表文-14", "")), at=total.at(), stated=f"{total.value} {total.unit}",
            expected=f"{added} {total.unit}", amounts=(total.value, added), 相差=f"{abs(added - total.value)} {total.unit}")


# ---------------------------------------------------------------- differences and rates


def review_rates(arithmetic: Arithmetic) -> Iterator[Finding]:
    """Differences with their rates, and one thing said twice."""
    for row in arithmetic.rows:
        for place, (difference, rate) in enumerate(pairwise(row.numbers)):
            if difference.unit != "万元" or rate.unit != "%" or len(rate.before) > _FAR:
                continue
            (one, right), (other, word) = arithmetic.moves(difference), arithmetic.moves(rate)
            if one and other and one != other and rate.value and difference.key not in arithmetic.misdirected:  # 增加 3 万元，下降 2%
                yield from arithmetic.on("表文-12", at=rate.at(), stated=word, expected=right)
            if one and rate.role is Role.RATE and not arithmetic.is_compared(difference, rate):
                yield from _rate(arithmetic, row.numbers[:place], difference, rate)
    # of several classes and budgets
    economic = {normalise(name) for name in arithmetic.finder.inputs.pack.economic.names.values()}
    for name, found in arithmetic.named.items():
        values = {n.value for n in found}
        is_told_twice = len(name) >= _NAME and name not in economic and len(values) == FEWEST
        if is_told_twice and not any(arithmetic.is_compared(n) for n in found):
            first = found[0]
            second = next(n for n in found if n.value != first.value)
            arithmetic.use(first, second)
            yield from arithmetic.on(
                "表文-32", at=second.at(), stated=f"{second.value} 万元", expected=f"{first.value} 万元",
                amounts=(second.value, first.value), 名称=name)


def _rate(arithmetic: Arithmetic, before: Sequence[Number], difference: Number, rate: Number) -> Iterator[Finding]:
    """Amount, difference and rate of one comparison."""
    (sign, word), moved = arithmetic.moves(difference), difference.value
    if sign < 0 and rate.value > _ALL:
        arithmetic.use(difference, rate)
        yield from arithmetic.on("表文-13", "过多", at=rate.at(), stated=f"{rate.value}%", 增减=word)
        return
    amounts = [n for n in reversed(before) if n.is_amount]
    if before and before[-1].role is Role.PAST:
        yield from _from_past(arithmetic, before[-1], difference, rate, amounts)
        return
    subject = _subject(difference, word, arithmetic.phrasing.compared)
    own = [n for n in amounts if subject and subject in bare_name(n.before)] or arithmetic.named.get(subject)
    own = own or (_alike(subject, amounts) if subject else amounts)
    fitting = next((n for n in (*own, *amounts) if _rate_fits(n.value, sign * moved, rate.value, arithmetic.places)), None)
    if fitting is not None or own:
        arithmetic.use(fitting or own[0], difference, rate)
    if fitting is not None or not own:
        return
    amount = own[0].value
    base = amount - sign * moved
    if base > 2 * HALF_CENT:
        yield from arithmetic.percentage("表文-13", rate, moved, base, 金额=amount, 增减=word, 差额=moved)
    elif base < ZERO <= amount:
        yield from arithmetic.on("表文-13", "大于本身", at=difference.at(), stated=f"{moved} 万元", 金额=amount, 增减=word)
    elif abs(base) <= 2 * HALF_CENT and moved >= 1:
        yield from arithmetic.on("表文-13", "没有基数", at=rate.at(), stated=f"{rate.value}%", 金额=amount, 增减=word, 差额=moved)


def _alike(subject: str, amounts: Sequence[Number]) -> list[Number]:
    """The only amount, where it may be what *subject* means: 收、支总计 by 收入、支出决算总计."""
    own = [n for n in amounts if alike(pairs(subject), pairs(n.name[-_SHOWN:])) >= _LIKE]
    return own if len(own) == len(amounts) == 1 else []


def _from_past(
    arithmetic: Arithmetic, past: Number, difference: Number, rate: Number, amounts: Sequence[Number],
) -> Iterator[Finding]:
    """``上年为 3 万元，增加 1 万元，增长 33.33%``, after this year's amount or without it."""
    (sign, word), base, moved = arithmetic.moves(difference), past.value, difference.value
    arithmetic.use(past, difference, rate)
    now = base + sign * moved
    if base and not quotient_fits(moved, base, rate.value, arithmetic.places):
        yield from arithmetic.percentage("表文-13", rate, moved, base, 金额=now, 增减=word, 差额=moved)
    elif len(amounts) == 1 and abs(now - amounts[0].value) > 3 * HALF_CENT:
        right = abs(amounts[0].value - base)
        yield from arithmetic.on(
            "表文-14", "差额", at=difference.at(), stated=f"{moved} 万元", expected=f"{right} 万元", amounts=(moved, right),
            本年=amounts[0].value, 上年=base)


def _subject(difference: Number, word: str, compared: re.Pattern[str]) -> str:
    """What a difference is of, where its own clause says so: ``收入支出总计减少``."""
    clause = difference.clause.removesuffix(word)
    words = bare_name(compared.sub("", clause)).removesuffix("各").removesuffix("均")
    return words if len(words) >= FEWEST else ""


def _rate_fits(amount: Decimal, moved: Decimal, rate: Decimal, places: int) -> bool:
    base = amount - moved
    if abs(base) <= 2 * HALF_CENT:
        return rate in (ZERO, _ALL)  # from nothing: a manner of speaking
    return base > ZERO and quotient_fits(abs(moved), base, rate, places, 2)


# ---------------------------------------------------------------- relations that the form demands


def review_relations(arithmetic: Arithmetic) -> Iterator[Finding]:
    """Every relation of the pack that the report's own numbers break, section by section."""
    relations, sections = arithmetic.finder.inputs.pack.relations, defaultdict[int, list[tuple[Number, str]]](list)
    for row in arithmetic.rows if relations else ():
        sections[row.section] += (
            (n, row.line.text[max(row.line.text.rfind(mark, 0, n.start) for mark in "。；") + 1 : n.start])
            for n in row.line.numbers if n.unit not in (LEVEL, "%"))
    for numbers in sections.values():
        for relation in relations:
            left, right = ([_named_by(term, numbers) for term in side] for side in (relation.left, relation.right))
            found = [n for n in (*left, *right) if n is not None]
            if len(found) == len(left) + len(right) and not arithmetic.is_compared(*found):
                arithmetic.use(*found)
                yield from _relation(arithmetic, relation, found[: len(left)], found[len(left) :])


def _named_by(term: Sequence[str], numbers: Sequence[tuple[Number, str]]) -> Number | None:
    """The number that these words name."""
    words = re.compile(".*?".join(map(re.escape, term)))
    return next((n for n, clause in numbers if term[-1] in n.before and words.search(clause)), None)


def _relation(arithmetic: Arithmetic, relation: Relation, left: Sequence[Number], right: Sequence[Number]) -> Iterator[Finding]:
    one, other = total_of(left), total_of(right)
    off = {"=": abs(one - other), ">=": other - one, "<=": one - other}[relation.sign]
    if off <= ZERO:
        return
    last, unit = left[0] if relation.sign == "=" else right[-1], right[-1].unit
    is_tail = off <= (HALF_CENT * (len(left) + len(right)) if unit == "万元" else ZERO)
    yield from arithmetic.on(
        *(("表文-31", "关系") if is_tail else ("表文-47", "")), at=last.at(),
        stated=f"{' + '.join(f'{n.value}' for n in right)} {unit}", expected=f"{one} {unit}", amounts=(other, one),
        说明=relation.words, 关系=_ENDS[relation.sign])
