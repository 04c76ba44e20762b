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
from docgen.review.findings import Finder, Finding
from docgen.review.lists import FEWEST, HALF_CENT, PLAIN, Lists, quotient_fits
from docgen.review.phrasing import GENERAL
from docgen.review.text import Role, Stated
from workbook.amounts import CENT, ZERO, round_half_up
from workbook.values import dataclass

_LAST_DIGIT = Decimal("0.02")
"""A percentage off by so much is off in its last digit."""
_FAR = 10
"""More words between a difference and its rate make them two statements."""
_NAME = 8
"""A shorter name may stand for several things in one report."""
_ALL = Decimal(100)
_ABOUT = Decimal("0.1")
"""“About as much” is said of amounts that differ by less than this part."""
_COMPARES = re.compile(r"[与比较同][^，。；]{0,8}$")
_COMPARISON = re.compile(r"^.*相比|^.*(?:上年|去年|20\d\d年)(?:度)?(?:决算)?数?")
_YEAR = re.compile(r"20\d\d(?=年)")
_ITEM = "项"
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
                elif stated.number.role is Role.DONE:
                    yield from self._completion(numbers[:place], stated)
            yield from Lists(self, numbers, named).review()
        yield from self._more_or_less(lines)
        yield from self._items(lines)
        yield from self._said_twice(named)

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
        return PLAIN.sub("", clause)

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
        if abs(written - right) <= _LAST_DIGIT:
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
        amounts = [s for s in reversed(before[:-1]) if s.number.role is Role.LEVEL and s.number.unit == "万元"]
        subject = _subject(difference, word)
        own = [s for s in amounts if subject and subject in s.number.before] or [*named.get(subject, ())] or (amounts if not subject else [])
        fitting = next((s for s in (*own, *amounts) if _rate_fits(s.number.value, sign, difference, rate)), None)
        if fitting is not None:
            self.use(fitting, difference, rate)
            return
        if not own:
            return
        amount, moved = own[0].number.value, difference.number.value
        base = amount - sign * moved
        self.use(own[0], difference, rate)
        if base > 2 * HALF_CENT:
            yield from self.percentage("表文-13", "", rate, round_half_up(moved * 100 / base), 金额=amount, 增减=word, 差额=moved)
        elif base < ZERO and amount >= ZERO:
            yield from self.finder.on("表文-13", "大于本身", at=difference.at(), stated=f"{moved} 万元", 金额=amount, 增减=word)
        elif abs(base) <= 2 * HALF_CENT:
            yield from self.finder.on("表文-13", "没有基数", at=rate.at(), stated=f"{rate.number.value}%", 金额=amount, 增减=word, 差额=moved)

    # ------------------------------------------------------------ final account and budget

    def _completion(self, before: Sequence[Stated], rate: Stated) -> Iterator[Finding]:
        """Budget, final account and the rate between them."""
        pair = next(iter(_budget_pairs(before, only_last=True)), None)
        if pair is None or self.is_compared(rate):
            return
        match = self.finder.phrasing.done.search(rate.number.before)
        kind = self._budget((match[1] or match[2] or "") if match is not None else "")
        kinds = {self._budget(s.number.before): s for s in pair.budgets}
        named = kinds.get(kind) or kinds.get(GENERAL) or (pair.budgets[-1] if kind == GENERAL else None)
        others = [s for s in pair.budgets if s is not named]
        candidates = pair.budgets if kind == GENERAL else [named] if named is not None else []
        self.use(pair.actual, rate, *pair.budgets)
        if any(quotient_fits(pair.actual.number.value, s.number.value, rate.number.value) for s in candidates):
            return
        right = next((s for s in others if s.number.value and quotient_fits(pair.actual.number.value, s.number.value, rate.number.value)), None)
        if right is not None and kind != GENERAL:
            yield from self.finder.on(
                "表文-29", "基数", at=rate.at(len(rate.number.before)), stated=kind, expected=self._budget(right.number.before),
                写的数=f"{rate.number.value}%")
        elif named is not None and named.number.value:
            expected = round_half_up(pair.actual.number.value * 100 / named.number.value)
            yield from self.percentage("表文-29", "", rate, expected, 决算=pair.actual.number.value, 预算=named.number.value)

    def _budget(self, words: str) -> str:
        """Which budget *words* name."""
        return next((name for name, pattern in self.finder.phrasing.budgets if pattern.search(words)), GENERAL)

    def _more_or_less(self, lines: Sequence[tuple[int, Sequence[Stated]]]) -> Iterator[Finding]:
        """``决算数小于预算数`` where it is more."""
        phrasing, text = self.finder.phrasing, self.finder.text
        last: tuple[int, list[_Pair]] = (0, [])
        for (paragraph, line), (section, numbers) in zip(text.lines.items(), lines, strict=True):
            pairs = [*_budget_pairs(numbers)]
            for sign, pattern in ((1, phrasing.larger), (-1, phrasing.smaller), (0, phrasing.equal)):
                for match in pattern.finditer(line.text):
                    here = [p for p in pairs if p.actual.number.stop <= match.start()] or (last[1] if last[0] == section else [])
                    said = line.text[match.start() : match.end()]
                    kind = self._budget(next(filter(None, (match[1], *match.groups()[2:])), ""))
                    is_about = sign == 0 and bool(match[2])
                    pair = _of_subject(here, line.text[: match.start()])
                    if pair is not None:
                        yield from self._compare(pair, sign, kind, is_about, (paragraph, *line.original(*match.span())), said)
            if pairs:
                last = section, pairs

    def _compare(
        self, pair: _Pair, sign: int, kind: str, is_about: bool, at: tuple[int, int, int], said: str
    ) -> Iterator[Finding]:
        kinds = {self._budget(s.number.before): s for s in pair.budgets}
        budget = kinds.get(kind) or (pair.budgets[-1] if kind == GENERAL or len(pair.budgets) == 1 else None)
        if budget is None:
            return
        actual, base = pair.actual.number.value, budget.number.value
        self.use(pair.actual, budget)
        difference = actual - base
        if sign == 0 and (abs(difference) <= CENT or (is_about and abs(difference) <= abs(base) * _ABOUT)):
            return  # amounts that are as good as equal may be rounded apart
        if (difference > 0) - (difference < 0) != sign:
            right = "大于" if difference > 0 else "小于" if difference < 0 else "等于"
            yield from self.finder.on("表文-30", at=at, stated=said, expected=right, 决算=actual, 预算=base)

    def _items(self, lines: Sequence[tuple[int, Sequence[Stated]]]) -> Iterator[Finding]:
        """The budgets and the final accounts of a section's items against those of its total."""
        sections: dict[int, list[_Pair]] = defaultdict(list)
        for section, numbers in lines:
            sections[section] += _budget_pairs(numbers)
        for pairs in sections.values():
            totals = [p for p in pairs if not any(p.actual.line.item(p.actual.number.start))]
            items = [p for p in pairs if p.actual.line.item(p.actual.number.start)[1] == _ITEM]
            if not totals or len(items) < FEWEST:
                continue
            kinds = [{self._budget(s.number.before): s for s in p.budgets} for p in items]
            actual = sum((p.actual.number.value for p in items), ZERO) - totals[0].actual.number.value
            bound = HALF_CENT * (len(items) + 1)
            for budget in totals[0].budgets:
                own = [k[kind] for k in kinds if (kind := self._budget(budget.number.before)) in k]
                if len(own) != len(items) or abs(actual) > bound or self.is_compared(budget, *own):
                    continue  # not every item is there
                self.use(budget, *own)
                added = sum((s.number.value for s in own), ZERO)
                if added != budget.number.value:
                    off = abs(added - budget.number.value)
                    rule, case = ("表文-31", "之和") if off <= bound else ("表文-14", "")
                    yield from self.finder.on(
                        rule, case, at=budget.at(), stated=f"{budget.number.value} 万元", expected=f"{added} 万元",
                        amounts=(budget.number.value, added), 相差=f"{off} 万元")

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


@dataclass(frozen=True)
class _Pair:
    """A final account with the budgets that are stated for it."""

    actual: Stated
    budgets: list[Stated]


def _budget_pairs(numbers: Sequence[Stated], *, only_last: bool = False) -> Iterator[_Pair]:
    """Every final account that has a budget in its own clause (separated by ``；`` or by another final account).

    *only_last*: the one that the next number would be about.
    """
    found: list[_Pair] = []
    budgets: list[Stated] = []
    actual: Stated | None = None
    previous: Stated | None = None
    for stated in numbers:
        role, unit = stated.number.role, stated.number.unit
        gap = stated.line.text[previous.number.stop : stated.number.start] if previous is not None else ""
        if "；" in gap or (previous is not None and (
            previous.number.role is Role.DONE or stated.line.item(stated.number.start) != stated.line.item(previous.number.start)
        )):
            budgets, actual = [], None
        if role is Role.BASE and unit == "万元":
            if actual is not None and budgets:
                budgets, actual = [], None
            budgets.append(stated)
            if actual is not None and _COMPARES.search(gap):  # 支出决算 3 万元。与年初预算 2 万元相比
                found.append(_Pair(actual, budgets))
        elif role is Role.LEVEL and unit == "万元":
            if actual is not None:
                budgets = []
            actual = stated
            if budgets:
                found.append(_Pair(actual, budgets))
        previous = stated
    if only_last:
        yield from (pair for pair in found[-1:] if pair.actual is actual)
    else:
        yield from found


def _of_subject(pairs: Sequence[_Pair], before: str) -> _Pair | None:
    """The pair that a sentence is about whose words *before* the comparison are given."""
    words = PLAIN.sub("", _CLAUSE.split(before)[-1]).removesuffix("支出").strip()
    if len(words) >= FEWEST:
        if own := [p for p in pairs if words in p.actual.number.before or words in p.budgets[0].number.before]:
            return own[-1]
        if len(pairs) > 1:
            return None
    return pairs[-1] if pairs else None


def _subject(difference: Stated, word: str) -> str:
    """What a difference is of, where its own clause says so: ``收入支出总计减少``."""
    clause = _CLAUSE.split(difference.number.before)[-1].removesuffix(word)
    words = PLAIN.sub("", _COMPARISON.sub("", clause)).removesuffix("各").removesuffix("均")
    return words if len(words) >= FEWEST else ""


def _rate_fits(amount: Decimal, sign: int, difference: Stated, rate: Stated) -> bool:
    moved, base = difference.number.value, amount - sign * difference.number.value
    if abs(base) <= 2 * HALF_CENT:
        return rate.number.value in (ZERO, _ALL)  # from nothing: a manner of speaking
    if base < ZERO:
        return False
    low = (moved - HALF_CENT) * 100 / (base + 2 * HALF_CENT) - HALF_CENT
    high = (moved + HALF_CENT) * 100 / max(base - 2 * HALF_CENT, HALF_CENT) + HALF_CENT
    return low <= rate.number.value <= high
