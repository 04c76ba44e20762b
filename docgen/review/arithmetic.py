"""What the numbers of a report say about each other: rates, shares, completion, totals, more and less, one thing said twice.

Amounts are known to the printed place only, so every check has the rounding bound of its operands (domain: half a cent each).
A number that was compared with the workbook needs no such check: it agrees, or the finding is there already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from docgen.model import Figure
from docgen.review.budgets import Budgets, budget_pairs
from docgen.review.findings import Finder, Finding
from docgen.review.lists import FEWEST, HALF_CENT, PLAIN, Lists, Row, half_of, item_rows, quotient_fits
from docgen.review.sections import depth_of
from docgen.review.text import Role, Stated
from workbook.amounts import ZERO, round_half_up
from workbook.values import dataclass

_LAST_DIGIT = {2: Decimal("0.02"), 1: Decimal("0.1"), 0: Decimal(1)}
"""Decimals of percentages → one that is off by no more is off in its last digit alone."""
_FAR = 10
"""More words between a difference and its rate make them two statements."""
_NAME = 8
"""A shorter name may stand for several things in one report."""
_ALL = Decimal(100)
_COMPARISON = re.compile(r"^.*相比|^.*(?:上年|去年|20\d\d年)(?:度)?(?:决算)?数?")
_YEAR = re.compile(r"20\d\d(?=年)")
_CLAUSE = re.compile(r"[。；：，]")


@dataclass(frozen=True)
class Arithmetic:
    """Checks of the statements against each other over the whole narrative."""

    finder: Finder
    compared: Mapping[tuple[int, int], Figure]
    """The numbers that were compared with the workbook → their figures."""
    wrong: Container[tuple[int, int]]
    """Those found wrong: what else they contradict follows from that."""
    misdirected: frozenset[tuple[int, int]]
    """Those whose direction was found wrong already."""
    used: set[tuple[int, int]] = field(default_factory=set)
    """The numbers that took part in a check."""

    def review(self) -> Iterator[Finding]:
        """All findings."""
        text = self.finder.text
        named: dict[str, list[Stated]] = defaultdict(list)
        lines = [(text.sections.of.get(p, 0), [self._right(Stated(p, line, n)) for n in line.numbers]) for p, line in text.lines.items()]
        for _, numbers in lines:
            for stated in numbers:
                if stated.number.role is Role.LEVEL and stated.number.unit == "万元" and (name := self._name(stated)):
                    named[name].append(stated)
        for _, numbers in lines:
            for first, second in pairwise(numbers):
                yield from self._directions(first, second)
            for place, stated in enumerate(numbers):
                if stated.number.role is Role.RATE:
                    yield from self._rate(numbers[:place], stated, named)
            yield from Lists(self, numbers, named).review()
        yield from Budgets(self, lines).review()
        yield from self._items_below(lines)
        yield from self._said_twice(named)

    @property
    def places(self) -> int:
        """Decimals of the report's percentages."""
        return self.finder.text.places

    def _items_below(self, lines: Sequence[tuple[int, Sequence[Stated]]]) -> Iterator[Finding]:
        """Totals whose parts are paragraphs of their own: their sum, and that of their differences from the budget."""
        text, phrasing = self.finder.text, self.finder.phrasing
        rows = [
            Row(section, line, depth_of(text.paragraphs[paragraph - 1]), numbers,
                any(match.end() == len(line.text) for match in phrasing.parts.finditer(line.text)))
            for (paragraph, line), (section, numbers) in zip(text.lines.items(), lines, strict=True)]
        for place, row in enumerate(rows):
            if not row.is_opening:
                continue
            totals = [s for s in row.numbers if s.number.role is Role.LEVEL and s.number.unit == "万元"]
            items = item_rows(rows, place) if totals else []
            amounts = [item.amount for item in items if item.amount is not None]
            added, bound = sum((s.number.value for s in amounts), ZERO), HALF_CENT * (len(amounts) + 1)
            total = next((s for s in totals if abs(s.number.value - added) <= bound), totals[0] if len(totals) == 1 else None)
            if total is None or not items or self.is_compared(total, *amounts):
                continue
            off = added - total.number.value
            self.use(total, *amounts)
            is_whole = items[0].depth is not None or all(any(s.number.role is Role.SHARE for s in item.numbers) for item in items)
            if off > bound or (off < -bound and is_whole):
                yield from self.finder.on(
                    "表文-14", at=total.at(), stated=f"{total.number.value} 万元", expected=f"{added} 万元",
                    amounts=(total.number.value, added), 相差=f"{abs(off)} 万元")
            else:
                yield from self._moved_below(row, total, items)

    def _moved_below(self, row: Row, total: Stated, items: Sequence[Row]) -> Iterator[Finding]:
        """A difference from the budget against those of the items."""
        moved = next((s for s in row.numbers if s.number.role is Role.MOVE and s.number.start > total.number.start), None)
        pairs = [[*budget_pairs(item.numbers)] for item in items]
        sign, word = self.moves(moved) if moved is not None else (0, "")
        is_budget = moved is not None and any(pattern.search(moved.number.before) for _, pattern in self.finder.phrasing.budgets)
        if moved is None or not sign or not is_budget or any(len(found) != 1 for found in pairs):
            return
        right = sum((p.actual.number.value - p.budgets[-1].number.value for found in pairs for p in found), ZERO)
        self.use(moved)
        if abs(right - sign * moved.number.value) > 2 * HALF_CENT * (len(items) + 1):
            directions = self.finder.phrasing.words.pairs[0]
            yield from self.finder.on(
                "表文-14", "各项差额", at=moved.at(len(word)), stated=f"{word} {moved.number.value} 万元",
                expected=f"{directions[right < 0]} {abs(right)} 万元", amounts=(sign * moved.number.value, right))

    def is_compared(self, *numbers: Stated) -> bool:
        """Whether the workbook told of all of them."""
        return all(s.key in self.compared for s in numbers)

    def _right(self, stated: Stated) -> Stated:
        """The number as it is stated, or as it should be where it was found wrong."""
        figure = self.compared.get(stated.key) if stated.key in self.wrong else None
        right = figure.value if figure is not None else None
        return stated if right is None else Stated(stated.paragraph, stated.line, replace(stated.number, value=abs(right)))

    def _name(self, stated: Stated) -> str:
        """What an amount of this year is called: the words of its own clause; empty where they speak of another year."""
        clause = _CLAUSE.split(stated.number.before)[-1]
        if self.finder.phrasing.last_year.search(clause) or any(int(y) != self.finder.context.year for y in _YEAR.findall(clause)):
            return ""
        return PLAIN.sub("", clause.replace(self.finder.unit_name, "") if self.finder.unit_name else clause)

    def use(self, *numbers: Stated) -> None:
        """Note that these took part in a check."""
        self.used.update(s.key for s in numbers)

    def as_stated(self, stated: Stated) -> Stated:
        """The number as the report has it, right or wrong."""
        number = next(n for n in stated.line.numbers if n.start == stated.number.start)
        return Stated(stated.paragraph, stated.line, number)

    def moves(self, stated: Stated) -> tuple[int, str]:
        """+1 and the word after one for more, -1 after one for less, 0 otherwise."""
        patterns = ((1, self.finder.phrasing.up_before), (-1, self.finder.phrasing.down_before))
        found = ((sign, match[0]) for sign, pattern in patterns if (match := pattern.search(stated.number.before)))
        return next(found, (0, ""))

    def percentage(self, rule: str, case: str, stated: Stated, right: Decimal, **values: Any) -> list[Finding]:
        """The finding about a percentage that should be *right*: its last digit, or all of it."""
        written = stated.number.value
        if abs(written - right) <= _LAST_DIGIT[self.places]:
            rule, case = "表文-31", ""
        return self.finder.on(
            rule, case, at=stated.at(), stated=f"{written}%", expected=f"{right}%", amounts=(written, right), **values)

    # ------------------------------------------------------------ differences and rates

    def _directions(self, difference: Stated, rate: Stated) -> Iterator[Finding]:
        """``增加 3 万元，下降 2%``."""
        is_rate = difference.number.unit == "万元" and rate.number.unit == "%" and len(rate.number.before) <= _FAR
        if is_rate and rate.number.value and difference.key not in self.misdirected:
            (one, right), (other, word) = self.moves(difference), self.moves(rate)
            if one and other and one != other:
                yield from self.finder.on("表文-12", at=rate.at(), stated=word, expected=right)

    def _rate(self, before: Sequence[Stated], rate: Stated, named: Mapping[str, Sequence[Stated]]) -> Iterator[Finding]:
        """Amount, difference and rate of one comparison."""
        if not before or before[-1].number.role is not Role.MOVE or len(rate.number.before) > _FAR:
            return
        difference = before[-1]
        sign, word = self.moves(difference)
        if difference.number.unit != "万元" or not sign or self.is_compared(difference, rate):
            return
        if sign < 0 and rate.number.value > _ALL:
            self.use(difference, rate)
            yield from self.finder.on("表文-13", "过多", at=rate.at(), stated=f"{rate.number.value}%", 增减=word)
            return
        amounts = [s for s in reversed(before[:-1]) if s.number.role is Role.LEVEL and s.number.unit == "万元"]
        if len(before) > 1 and before[-2].number.role is Role.PAST:
            yield from self._from_past(before[-2], difference, rate, sign, amounts)
            return
        subject = _subject(difference, word)
        own = [s for s in amounts if subject and subject in PLAIN.sub("", s.number.before)] or [*named.get(subject, ())] or (amounts if not subject else [])
        fitting = next((s for s in (*own, *amounts) if _rate_fits(s.number.value, sign, difference, rate, self.places)), None)
        if fitting is not None:
            self.use(fitting, difference, rate)
            return
        if not own:
            return
        amount, moved = own[0].number.value, difference.number.value
        base = amount - sign * moved
        self.use(own[0], difference, rate)
        if base > 2 * HALF_CENT:
            yield from self.percentage("表文-13", "", rate, round_half_up(moved * 100 / base, self.places), 金额=amount, 增减=word, 差额=moved)
        elif base < ZERO and amount >= ZERO:
            yield from self.finder.on("表文-13", "大于本身", at=difference.at(), stated=f"{moved} 万元", 金额=amount, 增减=word)
        elif abs(base) <= 2 * HALF_CENT and moved >= 1:
            yield from self.finder.on("表文-13", "没有基数", at=rate.at(), stated=f"{rate.number.value}%", 金额=amount, 增减=word, 差额=moved)

    def _from_past(self, past: Stated, difference: Stated, rate: Stated, sign: int, amounts: Sequence[Stated]) -> Iterator[Finding]:
        """``上年为 3 万元，增加 1 万元，增长 33.33%``, after this year's amount or without it."""
        base, moved = past.number.value, difference.number.value
        self.use(past, difference, rate)
        if base and not quotient_fits(moved, base, rate.number.value, self.places):
            yield from self.percentage(
                "表文-13", "", rate, round_half_up(moved * 100 / base, self.places), 金额=base + sign * moved, 增减=self.moves(difference)[1], 差额=moved)
        elif len(amounts) == 1 and abs(base + sign * moved - amounts[0].number.value) > 3 * HALF_CENT:
            right = abs(amounts[0].number.value - base)
            yield from self.finder.on("表文-14", "差额", at=difference.at(), stated=f"{moved} 万元", expected=f"{right} 万元",
                                      amounts=(moved, right), 本年=amounts[0].number.value, 上年=base)

    # ------------------------------------------------------------ one thing said twice

    def _said_twice(self, named: Mapping[str, Sequence[Stated]]) -> Iterator[Finding]:
        for name, found in named.items():
            values = {s.number.value for s in found}
            if len(name) < _NAME or len(values) != FEWEST or any(self.is_compared(s) for s in found):
                continue
            first = found[0]
            second = next(s for s in found if s.number.value != first.number.value)
            self.use(first, second)
            yield from self.finder.on(
                "表文-32", at=second.at(), stated=f"{second.number.value} 万元", expected=f"{first.number.value} 万元",
                amounts=(second.number.value, first.number.value), 名称=name)


def _subject(difference: Stated, word: str) -> str:
    """What a difference is of, where its own clause says so: ``收入支出总计减少``."""
    clause = _CLAUSE.split(difference.number.before)[-1].removesuffix(word)
    words = PLAIN.sub("", _COMPARISON.sub("", clause)).removesuffix("各").removesuffix("均")
    return words if len(words) >= FEWEST else ""


def _rate_fits(amount: Decimal, sign: int, difference: Stated, rate: Stated, places: int) -> bool:
    moved, half, base = difference.number.value, half_of(places), amount - sign * difference.number.value
    if abs(base) <= 2 * HALF_CENT:
        return rate.number.value in (ZERO, _ALL)  # from nothing: a manner of speaking
    if base < ZERO:
        return False
    low = (moved - HALF_CENT) * 100 / (base + 2 * HALF_CENT) - half
    high = (moved + HALF_CENT) * 100 / max(base - 2 * HALF_CENT, HALF_CENT) + half
    return low <= rate.number.value <= high
