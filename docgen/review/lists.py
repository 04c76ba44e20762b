"""The totals of a report with their parts and shares, by its own numbers: ``甲 3 万元，其中：乙 1 万元，占 33.33%；丙 2 万元``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, groupby, pairwise

from docgen.review.arithmetic import FEWEST, HALF_CENT, Arithmetic, Row, half_of, quotient_fits, total_of
from docgen.review.budgets import ITEM, budget_pairs
from docgen.review.findings import Finding
from docgen.review.text import LEVEL, Number, Role, bare_name
from workbook.amounts import ZERO

_NEAR = 60
"""So many numbers back at most stands what a number is a part of; so many parts at most has a list."""
_NAME_ENDS = 24
"""So far into its paragraph at most begins the amount of an item without a number."""
_MANY = 6
"""So many items with their amounts are all."""
_MONEY = ("万元", "元", "亿元")
_HUNDRED = Decimal(100)


def review_lists(arithmetic: Arithmetic) -> Iterator[Finding]:
    """All lists: within a paragraph, and with a paragraph for each item."""
    for place, row in enumerate(arithmetic.rows):
        if row.numbers:
            yield from _Lists(arithmetic, row).review()
            if arithmetic.phrasing.opens_list(row.line.text):
                yield from _below(arithmetic, row, _item_rows(arithmetic, place))


class _Lists:
    """The lists within one paragraph."""

    def __init__(self, arithmetic: Arithmetic, row: Row) -> None:
        self.arithmetic, self.on, self.numbers, self.text = arithmetic, arithmetic.on, row.numbers, row.line.text
        self.starts = [n.start for n in row.numbers]
        self.shares = self._shares()
        """Amount → its share."""
        self.wholes: dict[tuple[int, int], Number] = {}
        """Part → the total of its list."""

    def review(self) -> Iterator[Finding]:
        """All findings."""
        phrasing = self.arithmetic.phrasing
        openings = [(match, total) for match in phrasing.parts.finditer(self.text) if (total := self._total(match)) is not None]
        begins = [match.end() for match, _ in openings]
        inner_ends = [self._end("；。", begin) for begin in begins]
        for place, (match, total) in enumerate(openings):
            end = self._end("。", match.end())
            numbers = self._between(match.end(), end)[:_NEAR]
            items = [(n, bisect_right(begins, n.start) - 1) for n in numbers if n.unit == total.unit and n.role is Role.LEVEL]
            direct = [n for n, last in items if last == place or n.start >= inner_ends[last]]  # else of a list within the list
            self.wholes |= {n.key: total for n in direct}
            is_whole = None if self.text[end:] == "" else bool(phrasing.whole.match(self.text, match.start()))
            yield from self._sum(total, [n for n, _ in items], direct, is_whole=is_whole)
            yield from self._hundred(direct, total)
        for place, amount in enumerate(self.numbers):
            if amount.key in self.shares:
                yield from self._share(place, self.shares[amount.key])

    def _shares(self) -> dict[tuple[int, int], Number]:
        """Amounts with the shares that follow them, one by one or as many together: ``分别为 1 万元和 2 万元，分别占 33%和 67%``."""
        found: dict[tuple[int, int], Number] = {}
        runs = [[*run] for _, run in groupby(self.numbers, key=lambda n: n.unit == "%")]
        for amounts, shares in pairwise(runs):
            if shares[0].role is Role.SHARE:
                inside = self._depth(shares[0].start)
                own = [n for n in amounts if self._depth(n.start) <= inside] or amounts  # 3 万元（其中：…… 2 万元），占
                count = len(shares) if len(shares) <= len(own) else 1
                found |= {amount.key: share for amount, share in zip(own[-count:], shares, strict=False)}
        return found

    def _end(self, marks: str, start: int) -> int:
        """Where a list ends that begins at *start*: at one of the *marks*, or with the brackets around it."""
        depth = 0
        for place in range(start, len(self.text)):
            mark = self.text[place]
            depth += (mark == "(") - (mark == ")")
            if depth < 0 or mark in marks:
                return place
        return len(self.text)

    def _depth(self, place: int) -> int:
        """In how many brackets a place stands."""
        return self.text.count("(", 0, place) - self.text.count(")", 0, place)

    def _between(self, start: int, end: int) -> Sequence[Number]:
        return self.numbers[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _total(self, match: re.Match[str]) -> Number | None:
        """The number whose parts follow."""
        following = next((n for n in self.numbers[bisect_left(self.starts, match.end()) :] if n.unit != LEVEL), None)
        inside = self._depth(match.end())
        before = [n for n in self._between(0, match.start())[-_NEAR:] if self._depth(n.start) <= inside]
        if following is None or not before:
            return None
        last = before[-1]
        if last.unit == "%" or (last.role is not Role.LEVEL and last.unit == "万元"):
            last = next((n for n in reversed(before) if n.unit == following.unit and n.role is Role.LEVEL), last)
        if last.unit != following.unit:
            last = next((n for n in reversed(before) if n.unit == following.unit), last)
        is_near = "。" not in self.text[last.stop : match.start()]
        return last if last.unit == following.unit and last.role is Role.LEVEL and is_near else None

    def _sum(
        self, total: Number, items: Sequence[Number], direct: Sequence[Number], *, is_whole: bool | None,
    ) -> Iterator[Finding]:
        """The parts against their total, under every way to read the list.

        *is_whole*: by its words, ``None`` when it may go on below.
        """
        if len(direct) < FEWEST:
            return
        is_money, is_compared = total.unit in _MONEY, self.arithmetic.is_compared(total, *direct)
        is_whole = is_whole is not None and (is_whole or self._are_all(direct, is_money=is_money))
        sums, bound = {total_of(direct), total_of(items)}, self.arithmetic.half * (len(direct) + 1) if is_money else ZERO
        before = {n.value for n in self._between(0, total.start) if n.unit == total.unit and n.role is Role.LEVEL}
        is_shown = total.value in sums or any(abs(v - s) <= bound for v in before for s in sums if s)
        if is_shown or _is_shorter(direct, total.value, is_money=is_money):
            self.arithmetic.use(total, *direct)
        elif not is_compared or self._differs_exactly(total, direct):
            added = min(sums, key=lambda s: abs(s - total.value))
            is_tail = abs(added - total.value) <= bound
            is_over = not is_compared and min(sums) - total.value > bound
            if is_tail or is_over or (is_whole and total.value - max(sums) > bound):
                self.arithmetic.use(total, *direct)
                yield from self.arithmetic.sum_is_off(total, added, is_tail=is_tail)
        for group in self.arithmetic.phrasing.words.contrasts if len(direct) == FEWEST and not is_compared else ():
            said = [word for n in direct for word in group if word in n.before]
            if len(said) == FEWEST and said[0] == said[1] and direct[0].value != direct[1].value:  # 其中：基本支出 2 万元，基本支出 1 万元
                other = next(word for word in group if word != said[0])
                yield from self.on(
                    "表文-50", "", at=direct[1].at(len(direct[1].before)), stated=said[1], expected=other,
                    数=f"{direct[1].value:,f} {total.unit}")

    def _are_all(self, parts: Sequence[Number], *, is_money: bool) -> bool:
        """Whether the parts of a list seem to be all there are: they have shares, are many, or are things counted by kind."""
        is_open = self.text.find("等", parts[-1].stop, parts[-1].stop + 2) >= 0
        are_many = len(parts) >= _MANY and not is_open if is_money else len(parts) > FEWEST
        return are_many or all(n.key in self.shares for n in parts) or any(
            len(group) == len(parts) and all(word in n.before for word, n in zip(group, parts, strict=True))
            for group in self.arithmetic.phrasing.words.contrasts)

    def _differs_exactly(self, total: Number, parts: Sequence[Number]) -> bool:
        """Whether also the workbook's precise amounts do not add up."""
        whole, *figures = (self.arithmetic.compared[n.key].exact or ZERO for n in (total, *parts))
        return sum(figures, ZERO) != whole

    def _share(self, place: int, share: Number) -> Iterator[Finding]:
        """An amount as a share of the total of its list, or of what the words name."""
        amount = self.numbers[place]
        if not amount.is_amount or self.arithmetic.is_compared(share):
            return
        of = bare_name(re.split(r"[占比重]", share.before)[-1].removesuffix("的"))
        own = self.wholes.get(amount.key)
        wholes = self.arithmetic.named.get(of, []) if of else [own] if own is not None else []
        whole = wholes[0] if len({n.value for n in wholes}) == 1 else None  # else one name stands for several things
        near = (n.value for n in self.numbers[max(place - _NEAR, 0) : place] if n.unit == "万元")
        known = [*(n.value for n in wholes), *near, *self.arithmetic.finder.expected.totals]
        if any(w and quotient_fits(amount.value, w, share.value, self.arithmetic.places) for w in known):
            self.arithmetic.use(amount, share)
        elif share.value > _HUNDRED and amount.value >= ZERO:
            yield from self.on("表文-28", "过多", at=share.at(), stated=f"{share.value}%")
        elif whole is not None and whole.value:
            self.arithmetic.use(amount, share, whole)
            yield from self.arithmetic.percentage("表文-28", share, amount.value, whole.value, 部分=amount.value, 整体=whole.value)

    def _hundred(self, items: Sequence[Number], total: Number) -> Iterator[Finding]:
        """The shares of a whole whose parts are all there."""
        shares = [self.shares[n.key] for n in items if n.key in self.shares]
        off = abs(total_of(items) - total.value)
        if len(shares) < FEWEST or len(shares) != len(items) or off > HALF_CENT * (len(shares) + 1):
            return
        written = {n.start: n.value for n in shares[0].line.numbers}  # right or wrong
        added = sum((written[n.start] for n in shares), ZERO)
        if not added or abs(added - _HUNDRED) <= half_of(self.arithmetic.places) * (len(shares) + 1):
            return
        is_told = any(n.key in self.arithmetic.wrong for n in shares)
        if is_told or not self.arithmetic.is_compared(*shares):
            yield from self.on(
                "表文-48" if is_told else "表文-15", at=shares[-1].at(), stated=f"{added}%",
                expected="100%", amounts=(added, _HUNDRED))


def _is_shorter(parts: Sequence[Number], value: Decimal, *, is_money: bool) -> bool:
    """Whether the first parts add up to *value*, where the list may end before the sentence does."""
    added, bound, fewest = accumulate(n.value for n in parts), *((HALF_CENT, 1) if is_money else (ZERO, FEWEST + 1))
    return any(
        count >= fewest and abs(total - value) <= bound * (count + 1)
        and re.search("[；，]" if count >= FEWEST else "；", first.line.text[first.stop : second.start])
        for count, (total, (first, second)) in enumerate(zip(added, pairwise(parts), strict=False), 1))


# ---------------------------------------------------------------- a paragraph for each item


def _item_rows(arithmetic: Arithmetic, place: int) -> Mapping[Number, Row]:
    """The amounts and rows of the list that row *place* opens; none when they are not told apart for sure."""
    rows, found = arithmetic.rows, dict[Number, Row]()
    first = rows[place + 1] if place + 1 < len(rows) else rows[place]
    depth, has_share, text = first.depth, any(n.role is Role.SHARE for n in first.numbers), ""
    for row in rows[place + 1 :]:
        if row.section != rows[place].section or (row.depth is not None and (depth is None or row.depth < depth)):
            break
        if row.depth != depth:
            if row.depth is None and arithmetic.phrasing.opens_list(row.line.text):
                break
            continue  # it goes on with the item
        amount = next((n for n in row.numbers if n.role is Role.LEVEL), None)
        if amount is None or amount.unit != "万元" or (depth is None and amount.start > _NAME_ENDS):
            if depth is None:
                break
            return {}
        if depth is None and has_share is not any(n.role is Role.SHARE for n in row.numbers):
            break
        found[amount] = row
        if depth is None and not has_share and row.line.text.endswith("。") and text.endswith("；"):
            break
        text = row.line.text
    is_item = any(amount.line.item(amount.start)[1] == ITEM for amount in found)  # a 类 may have one 项
    return found if len(found) >= FEWEST or is_item else {}


def _below(arithmetic: Arithmetic, row: Row, items: Mapping[Number, Row]) -> Iterator[Finding]:
    """A total whose parts are paragraphs of their own: their sum, and that of their differences from the budget."""
    totals = [n for n in row.numbers if n.is_amount]
    added, bound = total_of([*items]), arithmetic.half * (len(items) + 1)
    total = next((n for n in totals if abs(n.value - added) <= bound), totals[0] if len(totals) == 1 else None)
    if total is None or not items or arithmetic.is_compared(total, *items):
        return
    if abs(added - total.value) > bound and any(n.value == total.value for n in items):
        return  # income and expenditure, each as large as their total
    arithmetic.use(total, *items)
    is_whole = all(item.depth is not None or any(n.role is Role.SHARE for n in item.numbers) for item in items.values())
    if added - total.value > bound or (total.value - added > bound and is_whole):
        yield from arithmetic.sum_is_off(total, added)
        return
    for amount, item in items.items():
        share = next((n for n in item.numbers if n.start > amount.start), amount)
        if share.role is Role.SHARE and total.value and not arithmetic.is_compared(share) and not any(
            w and quotient_fits(amount.value, w, share.value, arithmetic.places)
            for w in (total.value, *arithmetic.finder.expected.totals)
        ):
            yield from arithmetic.percentage("表文-28", share, amount.value, total.value, 部分=amount.value, 整体=total.value)
    moved = next((n for n in row.numbers if n.role is Role.MOVE and n.start > total.start), None)
    if moved is None or not arithmetic.phrasing.budget_in(moved.before):
        return
    (sign, word), pairs = arithmetic.moves(moved), [[*budget_pairs(item.numbers)] for item in items.values()]
    if sign and all(len(found) == 1 for found in pairs):
        arithmetic.use(moved)
        right, said = sum((found[0].actual.value - found[0].budgets[-1].value for found in pairs), ZERO), sign * moved.value
        if abs(right - said) > 2 * bound:
            yield from arithmetic.on(
                "表文-14", "各项差额", at=moved.at(len(word)), stated=f"{word} {moved.value} 万元",
                expected=f"{arithmetic.phrasing.words.pairs[0][right < 0]} {abs(right)} 万元", amounts=(said, right))
