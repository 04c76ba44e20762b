"""The final accounts of a report against its budgets, by its own numbers: completion, more or less, items and total."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from docgen.review.arithmetic import FEWEST, HALF_CENT, Arithmetic, quotient_fits, total_of
from docgen.review.findings import Finding
from docgen.review.phrasing import GENERAL
from docgen.review.text import Number, Role, Stretch, bare_name, clause_of
from workbook.amounts import CENT, round_half_up
from workbook.values import dataclass

ITEM, _ALL = "项", Decimal(100)
_ABOUT = Decimal("0.1")
"""“About as much” is said of amounts that differ by less than this part."""
_BUDGET_LATER = re.compile(r"[与比较同][^，。；]{0,24}$|^[，。][^，。；]{0,6}$")
"""Between a final account and a budget that comes second: ``支出决算 3 万元。与年初预算 2 万元相比``, ``支出决算 3 万元，年初预算 2 万元``."""
_NEXT = 4
"""No more words stand between a budget and the difference from it."""


@dataclass(frozen=True)
class Pair:
    """A final account with the budgets that are stated for it."""

    actual: Number
    budgets: list[Number]


def budget_pairs(numbers: Sequence[Number]) -> Iterator[Pair]:
    """Every final account that has a budget in its own clause (separated by ``；`` or by another final account)."""
    budgets: list[Number] = []
    actual: Number | None = None
    previous: Number | None = None
    for number in numbers:
        gap = number.line.text[previous.stop : number.start] if previous is not None else ""
        if "；" in gap or (previous is not None and (
            previous.role is Role.DONE or number.line.item(number.start) != number.line.item(previous.start))):
            budgets, actual = [], None
        if number.role is Role.BASE and number.unit == "万元":
            if actual is not None and budgets:
                budgets, actual = [], None
            budgets.append(number)
            if actual is not None and _BUDGET_LATER.search(gap):
                yield Pair(actual, budgets)
        elif number.is_amount:
            if actual is not None:
                budgets = []
            actual = number
            if budgets:
                yield Pair(actual, budgets)
        previous = number


def review_budgets(arithmetic: Arithmetic) -> Iterator[Finding]:
    """All findings about what is said of budgets."""
    yield from _Budgets(arithmetic).review()


class _Budgets:
    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic, self.on, self.phrasing = arithmetic, arithmetic.on, arithmetic.phrasing

    def review(self) -> Iterator[Finding]:
        for row in self.arithmetic.rows:
            for place, rate in enumerate(row.numbers):
                if rate.role is Role.DONE and not self.arithmetic.is_compared(rate):
                    pairs = [*budget_pairs(row.numbers[:place])]
                    last = next((n for n in reversed(row.numbers[:place]) if n.is_amount), None)
                    if pairs and pairs[-1].actual is last:
                        yield from self._completion(pairs[-1], rate)
                elif rate.role is Role.MOVE and rate.unit == "万元":
                    # 比预算 3 万元减少 1 万元
                    is_next = place > 0 and row.numbers[place - 1].role is Role.BASE and len(rate.before) <= _NEXT
                    if is_next or self.phrasing.budget_in(rate.before):
                        following = next(iter(row.numbers[place + 1 :]), None)
                        yield from self._difference(row.numbers[:place], rate, following, is_next=is_next)
        yield from self._more_or_less()
        yield from self._items()

    def _kind(self, words: str) -> str:
        """Which budget *words* name."""
        return self.phrasing.budget_in(words) or GENERAL

    def _kinds(self, pair: Pair) -> Mapping[str, Number]:
        return {self._kind(n.before): n for n in pair.budgets}

    def _completion(self, pair: Pair, rate: Number) -> Iterator[Finding]:
        """Budget, final account and the rate between them."""
        match, kinds = self.phrasing.done.search(rate.before), self._kinds(pair)
        kind = self._kind((match[1] or match[2] or "") if match is not None else "")
        named = kinds.get(kind) or kinds.get(GENERAL) or (pair.budgets[-1] if kind == GENERAL else None)
        self.arithmetic.use(pair.actual, rate, *pair.budgets)
        fitting = [n for n in pair.budgets if quotient_fits(pair.actual.value, n.value, rate.value, self.arithmetic.places)]
        if named in fitting or (kind == GENERAL and fitting):
            return
        if right := next((n for n in fitting if n.value), None):
            yield from self.on(
                "表文-29", "基数", at=rate.at(len(rate.before)), stated=kind,
                expected=self._kind(right.before), 写的数=f"{rate.value}%")
        elif named is not None and named.value:
            yield from self.arithmetic.percentage(
                "表文-29", rate, pair.actual.value, named.value, 决算=pair.actual.value, 预算=named.value)

    def _difference(self, before: Sequence[Number], moved: Number, rate: Number | None, *, is_next: bool) -> Iterator[Finding]:
        """Budget, final account and the difference between them, told to be theirs by its rate.

        Or the rate of completion before it.
        """
        (sign, word), pairs = self.arithmetic.moves(moved), [*budget_pairs(before)]
        last = next((n for n in reversed(before) if n.is_amount), None)
        rate = rate if rate is not None and rate.role is Role.RATE else None
        if not sign or (self.arithmetic.is_compared(moved) and not is_next):
            return
        if not pairs or pairs[-1].actual is not last:
            done = before[-1] if before and before[-1].role is Role.DONE else None
            if done is not None and done.value != _ALL and (done.value > _ALL) is not (sign > 0):
                yield from self.on("表文-12", "完成率", at=moved.at(len(word)), stated=word, expected=f"{done.value}%")
            elif done is not None and last is not None and before[-2:-1] == [last] and (
                base := last.value - sign * moved.value
            ) > CENT:
                self.arithmetic.use(last, done, moved)
                right = round_half_up(last.value * 100 / base, self.arithmetic.places)
                if not quotient_fits(last.value, base, done.value, self.arithmetic.places, 3):
                    yield from self.on(
                        "表文-29", "差额", at=done.at(), stated=f"{done.value}%", expected=f"{right}%",
                        决算=last.value, 增减=word, 差额=moved.value)
            return
        base_of_kind = self._kinds(pairs[-1]).get(self._kind(moved.before)) or pairs[-1].budgets[-1]
        actual, budget = pairs[-1].actual.value, base_of_kind.value
        right = actual - budget
        rate_fits = rate is not None and bool(budget) and quotient_fits(
            abs(right), budget, rate.value, self.arithmetic.places, 2)
        fits = abs(abs(right) - moved.value) <= 3 * HALF_CENT
        if fits or rate_fits or is_next:
            self.arithmetic.use(moved, pairs[-1].budgets[-1], *([rate] if rate is not None else []))
        if fits and (right > 0) is (sign > 0) and rate is not None and budget and not rate_fits:
            yield from self.arithmetic.percentage("表文-13", rate, abs(right), budget, 金额=actual, 增减=word, 差额=moved.value)
        elif (fits and (right > 0) is not (sign > 0) and moved.value) or ((rate_fits or is_next) and not fits):
            yield from self.on(
                "表文-14", "预算差额", at=moved.at(len(word)), stated=f"{word} {moved.value} 万元",
                expected=f"{self.phrasing.words.pairs[0][right < 0]} {abs(right)} 万元",
                amounts=(moved.value, right), 决算=actual, 预算=budget)

    def _more_or_less(self) -> Iterator[Finding]:
        """``决算数小于预算数`` where it is more."""
        before: tuple[int, list[Pair]] = (0, [])
        for row in self.arithmetic.rows:
            text, pairs = row.line.text, [*budget_pairs(row.numbers)]
            for sign, pattern in ((1, self.phrasing.larger), (-1, self.phrasing.smaller), (0, self.phrasing.equal)):
                for match in pattern.finditer(text):
                    is_alone = not any(n.start < match.start() and n.role in (Role.LEVEL, Role.BASE) for n in row.numbers)
                    here = [p for p in pairs if p.actual.stop <= match.start()]
                    here = here or (before[1] if before[0] == row.section and is_alone else [])
                    done = next((n for n in reversed(row.numbers) if n.stop <= match.start()), None)
                    if (pair := _of_subject(here, text[: match.start()])) is not None:
                        kind = self._kind(next(filter(None, (match[1], *match.groups()[2:])), ""))
                        yield from self._compare(
                            pair, sign, kind, row.line.at(*match.span()), match[0], is_about=sign == 0 and bool(match[2]))
                    elif done is not None and done.role is Role.DONE and not here:
                        self.arithmetic.use(done)
                        is_off = done.value != _ALL and (done.value > _ALL) is not (sign > 0)
                        if abs(done.value - _ALL) > 1 if sign == 0 else is_off:
                            right = "大于" if done.value > _ALL else "小于"
                            yield from self.on(
                                "表文-30", "完成率", at=row.line.at(*match.span()), stated=match[0], expected=right,
                                完成率=f"{done.value}%")
            if pairs:
                before = row.section, pairs

    def _compare(self, pair: Pair, sign: int, kind: str, at: Stretch, said: str, *, is_about: bool) -> Iterator[Finding]:
        budget = self._kinds(pair).get(kind) or (pair.budgets[-1] if kind == GENERAL or len(pair.budgets) == 1 else None)
        if budget is None:
            return
        actual, base = pair.actual.value, budget.value
        self.arithmetic.use(pair.actual, budget)
        difference, compared = actual - base, self.arithmetic.compared
        figures = [compared.get(n.key) for n in (pair.actual, budget)]
        exact = [figure.exact for figure in figures if figure is not None and figure.exact is not None]
        if len(exact) > 1:  # the amounts before they were rounded are at hand
            difference = round_half_up(exact[0] - exact[1])
        if sign == 0 and (abs(difference) <= CENT or (is_about and abs(difference) <= abs(base) * _ABOUT)):
            return  # amounts that are as good as equal may be rounded apart
        if (difference > 0) - (difference < 0) != sign:
            right = "大于" if difference > 0 else "小于" if difference < 0 else "等于"
            yield from self.on("表文-30", at=at, stated=said, expected=right, 决算=actual, 预算=base)

    def _items(self) -> Iterator[Finding]:
        """The budgets and the final accounts of a section's items against those of its total."""
        sections: dict[int, list[Pair]] = defaultdict(list)
        for row in self.arithmetic.rows:
            sections[row.section] += budget_pairs(row.numbers)
        for pairs in sections.values():
            levels = [p.actual.line.item(p.actual.start) for p in pairs]
            total = next((p for p, item in zip(pairs, levels, strict=True) if not any(item)), None)
            items = [p for p, item in zip(pairs, levels, strict=True) if item[1] == ITEM]
            bound = HALF_CENT * (len(items) + 1)
            if total is None or len(items) < FEWEST or abs(total_of([p.actual for p in items]) - total.actual.value) > bound:
                continue  # not every item is there
            for budget in total.budgets:
                own = [n for p in items if (n := self._kinds(p).get(self._kind(budget.before))) is not None]
                if len(own) != len(items) or self.arithmetic.is_compared(budget, *own):
                    continue
                self.arithmetic.use(budget, *own)
                added = total_of(own)
                if off := abs(added - budget.value):
                    yield from self.arithmetic.sum_is_off(budget, added, is_tail=off <= bound)


def _of_subject(pairs: Sequence[Pair], before: str) -> Pair | None:
    """The pair that a sentence is about whose words *before* the comparison are given."""
    words = bare_name(clause_of(before)).removesuffix("支出").strip()
    if len(words) >= FEWEST:
        if own := [p for p in pairs if any(words in bare_name(n.before) for n in (p.actual, p.budgets[0]))]:
            return own[-1]
        if len(pairs) > 1:
            return None
    return pairs[-1] if pairs else None
