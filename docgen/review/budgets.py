"""The final accounts of a report against its budgets, by its own numbers: completion, more or less, the items against the total."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from docgen.review.findings import Finding
from docgen.review.lists import FEWEST, HALF_CENT, PLAIN, quotient_fits
from docgen.review.phrasing import GENERAL
from docgen.review.text import Role, Stated
from workbook.amounts import CENT, ZERO, round_half_up
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.review.arithmetic import Arithmetic

ITEM = "项"
_ABOUT = Decimal("0.1")
"""“About as much” is said of amounts that differ by less than this part."""
_COMPARES = re.compile(r"[与比较同][^，。；]{0,8}$")
_FOLLOWS = re.compile(r"^[，。][^，。；]{0,6}$")
"""Between a final account and its budget, where that comes second: nothing but what it is."""
_CLAUSE = re.compile(r"[。；：，]")


@dataclass(frozen=True)
class Pair:
    """A final account with the budgets that are stated for it."""

    actual: Stated
    budgets: list[Stated]


@dataclass(frozen=True)
class Budgets:
    """What the statements say of budgets."""

    arithmetic: Arithmetic
    lines: Sequence[tuple[int, Sequence[Stated]]]
    """Section and numbers of every line, in the order of the text."""

    def review(self) -> Iterator[Finding]:
        """All findings."""
        for _, numbers in self.lines:
            for place, stated in enumerate(numbers):
                if stated.number.role is Role.DONE:
                    yield from self._completion(numbers[:place], stated)
        yield from self._more_or_less()
        yield from self._items()

    def _completion(self, before: Sequence[Stated], rate: Stated) -> Iterator[Finding]:
        """Budget, final account and the rate between them."""
        pair = next(iter(budget_pairs(before, only_last=True)), None)
        if pair is None or self.arithmetic.is_compared(rate):
            return
        match = self.arithmetic.finder.phrasing.done.search(rate.number.before)
        kind = self._budget((match[1] or match[2] or "") if match is not None else "")
        kinds = {self._budget(s.number.before): s for s in pair.budgets}
        named = kinds.get(kind) or kinds.get(GENERAL) or (pair.budgets[-1] if kind == GENERAL else None)
        others = [s for s in pair.budgets if s is not named]
        candidates = pair.budgets if kind == GENERAL else [named] if named is not None else []
        self.arithmetic.use(pair.actual, rate, *pair.budgets)
        if any(quotient_fits(pair.actual.number.value, s.number.value, rate.number.value, self.arithmetic.places) for s in candidates):
            return
        right = next((s for s in others if s.number.value and quotient_fits(pair.actual.number.value, s.number.value, rate.number.value, self.arithmetic.places)), None)
        if right is not None and kind != GENERAL:
            yield from self.arithmetic.finder.on(
                "表文-29", "基数", at=rate.at(len(rate.number.before)), stated=kind, expected=self._budget(right.number.before),
                写的数=f"{rate.number.value}%")
        elif named is not None and named.number.value:
            expected = round_half_up(pair.actual.number.value * 100 / named.number.value, self.arithmetic.places)
            yield from self.arithmetic.percentage("表文-29", "", rate, expected, 决算=pair.actual.number.value, 预算=named.number.value)

    def _budget(self, words: str) -> str:
        """Which budget *words* name."""
        return next((name for name, pattern in self.arithmetic.finder.phrasing.budgets if pattern.search(words)), GENERAL)

    def _more_or_less(self) -> Iterator[Finding]:
        """``决算数小于预算数`` where it is more."""
        phrasing, text = self.arithmetic.finder.phrasing, self.arithmetic.finder.text
        last: tuple[int, list[Pair]] = (0, [])
        for (paragraph, line), (section, numbers) in zip(text.lines.items(), self.lines, strict=True):
            pairs = [*budget_pairs(numbers)]
            for sign, pattern in ((1, phrasing.larger), (-1, phrasing.smaller), (0, phrasing.equal)):
                for match in pattern.finditer(line.text):
                    own = [p for p in pairs if p.actual.number.stop <= match.start()]
                    is_alone = not any(s.number.start < match.start() and s.number.role in (Role.LEVEL, Role.BASE) for s in numbers)
                    here = own or (last[1] if last[0] == section and is_alone else [])
                    said = line.text[match.start() : match.end()]
                    kind = self._budget(next(filter(None, (match[1], *match.groups()[2:])), ""))
                    is_about = sign == 0 and bool(match[2])
                    pair = _of_subject(here, line.text[: match.start()])
                    if pair is not None:
                        yield from self._compare(pair, sign, kind, is_about, (paragraph, *line.original(*match.span())), said)
            if pairs:
                last = section, pairs

    def _compare(
        self, pair: Pair, sign: int, kind: str, is_about: bool, at: tuple[int, int, int], said: str
    ) -> Iterator[Finding]:
        kinds = {self._budget(s.number.before): s for s in pair.budgets}
        budget = kinds.get(kind) or (pair.budgets[-1] if kind == GENERAL or len(pair.budgets) == 1 else None)
        if budget is None:
            return
        actual, base = pair.actual.number.value, budget.number.value
        self.arithmetic.use(pair.actual, budget)
        difference = actual - base
        exact = [f.exact for s in (pair.actual, budget) if (f := self.arithmetic.compared.get(s.key)) is not None and f.exact is not None]
        if len(exact) > 1:  # the amounts before they were rounded are at hand
            difference = round_half_up(exact[0] - exact[1])
        if sign == 0 and (abs(difference) <= CENT or (is_about and abs(difference) <= abs(base) * _ABOUT)):
            return  # amounts that are as good as equal may be rounded apart
        if (difference > 0) - (difference < 0) != sign:
            right = "大于" if difference > 0 else "小于" if difference < 0 else "等于"
            yield from self.arithmetic.finder.on("表文-30", at=at, stated=said, expected=right, 决算=actual, 预算=base)

    def _items(self) -> Iterator[Finding]:
        """The budgets and the final accounts of a section's items against those of its total."""
        sections: dict[int, list[Pair]] = defaultdict(list)
        for section, numbers in self.lines:
            sections[section] += budget_pairs(numbers)
        for pairs in sections.values():
            totals = [p for p in pairs if not any(p.actual.line.item(p.actual.number.start))]
            items = [p for p in pairs if p.actual.line.item(p.actual.number.start)[1] == ITEM]
            if not totals or len(items) < FEWEST:
                continue
            kinds = [{self._budget(s.number.before): s for s in p.budgets} for p in items]
            actual = sum((p.actual.number.value for p in items), ZERO) - totals[0].actual.number.value
            bound = HALF_CENT * (len(items) + 1)
            for budget in totals[0].budgets:
                own = [k[kind] for k in kinds if (kind := self._budget(budget.number.before)) in k]
                if len(own) != len(items) or abs(actual) > bound or self.arithmetic.is_compared(budget, *own):
                    continue  # not every item is there
                self.arithmetic.use(budget, *own)
                added = sum((s.number.value for s in own), ZERO)
                if added != budget.number.value:
                    off = abs(added - budget.number.value)
                    rule, case = ("表文-31", "之和") if off <= bound else ("表文-14", "")
                    yield from self.arithmetic.finder.on(
                        rule, case, at=budget.at(), stated=f"{budget.number.value} 万元", expected=f"{added} 万元",
                        amounts=(budget.number.value, added), 相差=f"{off} 万元")


def budget_pairs(numbers: Sequence[Stated], *, only_last: bool = False) -> Iterator[Pair]:
    """Every final account that has a budget in its own clause (separated by ``；`` or by another final account).

    *only_last*: the one that the next number would be about.
    """
    found: list[Pair] = []
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
            if actual is not None and (_COMPARES.search(gap) or _FOLLOWS.search(gap)):  # 支出决算 3 万元。与年初预算 2 万元相比
                found.append(Pair(actual, budgets))
        elif role is Role.LEVEL and unit == "万元":
            if actual is not None:
                budgets = []
            actual = stated
            if budgets:
                found.append(Pair(actual, budgets))
        previous = stated
    if only_last:
        yield from (pair for pair in found[-1:] if pair.actual is actual)
    else:
        yield from found


def _of_subject(pairs: Sequence[Pair], before: str) -> Pair | None:
    """The pair that a sentence is about whose words *before* the comparison are given."""
    words = PLAIN.sub("", _CLAUSE.split(before)[-1]).removesuffix("支出").strip()
    if len(words) >= FEWEST:
        if own := [p for p in pairs if any(words in PLAIN.sub("", s.number.before) for s in (p.actual, p.budgets[0]))]:
            return own[-1]
        if len(pairs) > 1:
            return None
    return pairs[-1] if pairs else None
