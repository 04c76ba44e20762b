"""The totals of a report with their parts and shares, by its own numbers: ``甲 3 万元，其中：乙 1 万元，占 33.33%；丙 2 万元``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from docgen.review.findings import Finding
from docgen.review.text import LEVEL, Line, Role, Stated
from workbook.amounts import ZERO, round_half_up
from workbook.values import dataclass

if TYPE_CHECKING:
    from docgen.review.arithmetic import Arithmetic

HALF_CENT = Decimal("0.005")
PLAIN = re.compile(r"20\d\d年(?:度)?|[本全]年度?|[“”]|(?:为|是|共|合计|总额)+$|^其中")
"""Words of a clause that do not belong to the name of its amount."""
FEWEST = 2
_NAME_ENDS = 24
"""So far into its paragraph at most begins the amount of an item without a number."""
_NEAR = 60
"""So many numbers back at most stands what a number is a part of."""
_MONEY = ("万元", "元", "亿元")
_HUNDRED = Decimal(100)


def quotient_fits(part: Decimal, whole: Decimal, percentage: Decimal, places: int = 2) -> bool:
    """Whether *percentage* is *part* of *whole*, all as printed, percentages to so many *places*."""
    if not whole:
        return not part and not percentage
    size, half = abs(whole), half_of(places)
    low = (part - HALF_CENT) * 100 / (size + HALF_CENT) - half
    high = (part + HALF_CENT) * 100 / max(size - HALF_CENT, HALF_CENT) + half
    return low <= percentage <= high


def half_of(places: int) -> Decimal:
    """Half of the last of so many decimals."""
    return Decimal(5).scaleb(-places - 1)


@dataclass(frozen=True)
class Lists:
    """The totals of one paragraph with their parts and shares: ``甲 3 万元，其中：乙 1 万元，占 33.33%；丙 2 万元``."""

    arithmetic: Arithmetic
    numbers: Sequence[Stated]
    named: Mapping[str, Sequence[Stated]]

    @cached_property
    def starts(self) -> list[int]:
        """Where each number begins."""
        return [s.number.start for s in self.numbers]

    @cached_property
    def followed(self) -> Mapping[tuple[int, int], Stated]:
        """Number → the next one."""
        return {first.key: second for first, second in pairwise(self.numbers)}

    def review(self) -> Iterator[Finding]:
        """All findings of the paragraph."""
        if not self.numbers:
            return
        phrasing, text = self.arithmetic.finder.phrasing, self.numbers[0].line.text
        openings = [(total, match) for match in phrasing.parts.finditer(text) if (total := self._total(match)) is not None]
        starts = [match.start() for _, match in openings]
        wholes: dict[tuple[int, int], Stated] = {}
        for total, match in openings:
            end = _end(text, match.end())
            within = openings[bisect_right(starts, match.end()) : bisect_left(starts, end)]
            inner = [(m.end(), _inner_end(text, m.end(), end)) for _, m in within]
            items = [
                s for s in self.numbers[bisect_left(self.starts, match.end()) : bisect_left(self.starts, end)]
                if s.number.unit == total.number.unit and s.number.role is Role.LEVEL]
            begins = [begin for begin, _ in inner]
            direct = [s for s in items if not ((i := bisect_right(begins, s.number.start)) and s.number.start < inner[i - 1][1])]
            for item in direct:
                wholes[item.key] = total
            yield from self._sum(total, items, direct, bool(phrasing.whole.match(text, match.start())), bool(inner))
            yield from self._hundred(direct, total)
        for place, share in enumerate(self.numbers):
            if share.number.role is Role.SHARE and place:
                yield from self._share(self.numbers[place - 1], share, wholes)

    def _total(self, match: re.Match[str]) -> Stated | None:
        """The number whose parts follow."""
        following = next((s for s in self.numbers[bisect_left(self.starts, match.end()) :] if s.number.unit != LEVEL), None)
        end = bisect_left(self.starts, match.start())
        before = self.numbers[max(end - _NEAR, 0) : end]
        if following is None or not before:
            return None
        last = before[-1]
        if last.number.unit == "%" or (last.number.role is not Role.LEVEL and last.number.unit == "万元"):
            same = [s for s in before if s.number.unit == following.number.unit and s.number.role is Role.LEVEL]
            last = same[-1] if same else last
        if last.number.unit != following.number.unit:
            last = next((s for s in reversed(before) if s.number.unit == following.number.unit), last)
        gap = last.line.text[last.number.stop : match.start()]
        return last if last.number.unit == following.number.unit and last.number.role is Role.LEVEL and "。" not in gap else None

    def _sum(self, total: Stated, items: Sequence[Stated], direct: Sequence[Stated], is_whole: bool, nested: bool) -> Iterator[Finding]:
        """The parts against their total, under every way to read the list."""
        if len(direct) < FEWEST:
            return
        is_whole = is_whole or all(s.key in self.followed and self.followed[s.key].number.role is Role.SHARE for s in direct)
        value, unit = total.number.value, total.number.unit
        said = [s.number.before for s in direct]
        is_whole = is_whole or any(
            len(group) == len(said) and all(word in before for word, before in zip(group, said, strict=True))
            for group in self.arithmetic.finder.phrasing.words.contrasts)
        is_whole = is_whole or (unit not in _MONEY and len(direct) > FEWEST)  # things counted by kind
        bound = HALF_CENT * (len(direct) + 1) if unit in _MONEY else ZERO
        sums = [sum((s.number.value for s in way), ZERO) for way in ((direct, items) if nested else (direct,))]
        if value in sums or self._is_shorter(direct, value, unit in _MONEY):
            self.arithmetic.use(total, *direct)
            return
        if self.arithmetic.is_compared(total, *direct) and not self._differs_exactly(total, direct):
            return
        added = min(sums, key=lambda s: abs(s - value))
        say = partial(
            self.arithmetic.finder.on, at=total.at(), stated=f"{value} {unit}", expected=f"{added} {unit}", amounts=(value, added))
        if abs(added - value) <= bound:
            self.arithmetic.use(total, *direct)
            yield from say("表文-31", "之和")
        elif not self.arithmetic.is_compared(total, *direct) and (min(sums) - value > bound or (is_whole and value - max(sums) > bound)):
            self.arithmetic.use(total, *direct)
            yield from say("表文-14", 相差=f"{abs(added - value)} {unit}")

    @staticmethod
    def _is_shorter(parts: Sequence[Stated], value: Decimal, is_money: bool) -> bool:
        """Whether the first parts add up to *value*, where the list may end before the sentence does."""
        added = [*accumulate(s.number.value for s in parts)]
        bound, fewest = (HALF_CENT, 1) if is_money else (ZERO, FEWEST + 1)
        return any(
            number >= fewest and abs(total - value) <= bound * (number + 1)
            and re.search("[；，]" if number >= FEWEST else "；", first.line.text[first.number.stop : second.number.start])
            for number, (total, first, second) in enumerate(zip(added, parts, parts[1:], strict=False), 1))

    def _differs_exactly(self, total: Stated, parts: Sequence[Stated]) -> bool:
        """Whether also the workbook's precise amounts do not add up."""
        figures = [self.arithmetic.compared[s.key].exact or ZERO for s in (total, *parts)]
        return sum(figures[1:], ZERO) != figures[0]

    def _share(self, amount: Stated, share: Stated, wholes: Mapping[tuple[int, int], Stated]) -> Iterator[Finding]:
        """An amount as a share of the total of its list, or of what the words name."""
        if amount.number.unit != "万元" or amount.number.role is not Role.LEVEL or self.arithmetic.is_compared(share):
            return
        of = PLAIN.sub("", re.split(r"[占比重]", share.number.before)[-1].removesuffix("的"))
        own = wholes.get(amount.key)
        whole = next(iter(self.named.get(of, ())), None) if of else own
        place = bisect_left(self.starts, amount.number.start)
        candidates = [s.number.value for s in self.numbers[max(place - _NEAR, 0) : place] if s.number.unit == "万元"]
        known = [*([whole.number.value] if whole is not None else []), *candidates, *self.arithmetic.finder.expected.totals]
        if any(w and quotient_fits(amount.number.value, w, share.number.value, self.arithmetic.places) for w in known):
            self.arithmetic.use(amount, share)
            return
        if share.number.value > _HUNDRED and amount.number.value >= ZERO:
            yield from self.arithmetic.finder.on("表文-28", "过多", at=share.at(), stated=f"{share.number.value}%")
            return
        if whole is None or not whole.number.value:
            return
        self.arithmetic.use(amount, share, whole)
        right = round_half_up(amount.number.value * 100 / whole.number.value, self.arithmetic.places)
        yield from self.arithmetic.percentage("表文-28", "", share, right, 部分=amount.number.value, 整体=whole.number.value)

    def _hundred(self, items: Sequence[Stated], total: Stated) -> Iterator[Finding]:
        """The shares of a whole whose parts are all there."""
        shares = [s for item in items if (s := self.followed.get(item.key)) is not None and s.number.role is Role.SHARE]
        bound = half_of(self.arithmetic.places) * (len(shares) + 1)
        whole = abs(sum((s.number.value for s in items), ZERO) - total.number.value) <= HALF_CENT * (len(shares) + 1)
        if len(shares) < FEWEST or len(shares) != len(items) or not whole:
            return
        stated = [self.arithmetic.as_stated(s) for s in shares]
        added = sum((s.number.value for s in stated), ZERO)
        if not added or abs(added - _HUNDRED) <= bound:
            return
        is_told = any(s.key in self.arithmetic.wrong for s in shares)
        if is_told or not self.arithmetic.is_compared(*shares):
            yield from self.arithmetic.finder.on(
                "表文-48" if is_told else "表文-15", at=shares[-1].at(), stated=f"{added}%", expected="100%", amounts=(added, _HUNDRED))


class Row(NamedTuple):
    """A line with the numbers that it states."""

    section: int
    line: Line
    depth: int | None
    """Of its numbering; ``None`` when it has none."""
    numbers: Sequence[Stated]
    is_opening: bool
    """Whether its parts are to follow."""

    @property
    def amount(self) -> Stated | None:
        """The amount that it is about, as the item of a list."""
        found = next((s for s in self.numbers if s.number.role is Role.LEVEL), None)
        return found if found is not None and found.number.unit == "万元" and (
            self.depth is not None or found.number.start <= _NAME_ENDS) else None


def item_rows(rows: Sequence[Row], place: int) -> list[Row]:
    """The items, a paragraph each, of the list that row *place* opens; none when they are not told apart for sure."""
    found: list[Row] = []
    depth = rows[place + 1].depth if place + 1 < len(rows) else None
    for row in rows[place + 1 :]:
        if row.section != rows[place].section or (row.depth is not None and (depth is None or row.depth < depth)):
            break
        if row.depth != depth:
            if row.depth is None and row.is_opening:
                break
            continue  # it goes on with the item
        if row.amount is None:
            if depth is None:
                break
            return []
        found.append(row)
        if depth is None and row.line.text.endswith("。") and len(found) > 1 and found[-2].line.text.endswith("；"):
            break
    return found if len(found) >= FEWEST else []


def _end(text: str, start: int) -> int:
    """Where a list ends."""
    end = text.find("。", start)
    return end if end >= 0 else len(text)


def _inner_end(text: str, start: int, end: int) -> int:
    """Where a list within a list ends."""
    stop = text.find("；", start, end)
    return stop if stop >= 0 else end
