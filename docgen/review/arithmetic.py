"""What the report's own numbers say about each other, where the workbook could not tell.

Numbers that were compared with the workbook need no such check: they agree with it, or the finding is there already.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.rules import Finder
from docgen.review.text import Stated
from workbook.amounts import ZERO, round_half_up
from workbook.values import dataclass

HALF_CENT = Decimal("0.005")
_FEWEST = 2
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Arithmetic:
    """Checks within the report."""

    finder: Finder
    phrasing: Phrasing
    compared: Container[tuple[int, int]]
    """Keys of the numbers that were compared with the workbook."""
    misdirected: Container[tuple[int, int]]
    """Keys of those whose direction was found wrong already."""

    def review(self, numbers: Sequence[Stated], shares: int) -> Iterator[Finding]:
        """All findings in one section's numbers (in the order of the text); so many *shares* in it add to 100 %."""
        for first, second in pairwise(numbers):
            if first.paragraph == second.paragraph:
                yield from self._directions(first, second)
        for place, stated in enumerate(numbers):
            yield from self._rate(numbers[: place + 1], stated)
            yield from self._list(stated, numbers[place + 1 :])
        if shares:
            yield from self._shares(numbers, shares)

    def _is_compared(self, *numbers: Stated) -> bool:
        return all(s.key in self.compared for s in numbers)

    def _directions(self, difference: Stated, rate: Stated) -> Iterator[Finding]:
        """``增加 3 万元，下降 2%``."""
        if difference.number.unit != "万元" or rate.number.unit != "%" or len(rate.number.before) > 6 or not rate.number.value:
            return
        if difference.key in self.misdirected:
            return
        one, other = self._moves(difference), self._moves(rate)
        if one and other and one != other:
            yield from self.finder.on("表文-12", at=rate.at(), stated=self._word(rate), expected=self._word(difference))

    def _rate(self, before: Sequence[Stated], rate: Stated) -> Iterator[Finding]:
        """Amount, difference and rate of one comparison."""
        if rate.number.unit != "%" or not self._moves(rate) or len(before) < _FEWEST + 1:
            return
        difference, amount = before[-2], next((s for s in reversed(before[:-2]) if s.number.unit == "万元" and not self._moves(s)), None)
        if difference.number.unit != "万元" or not self._moves(difference) or amount is None or amount.paragraph != rate.paragraph:
            return
        if difference.paragraph != rate.paragraph or self._is_compared(difference, rate):
            return
        moved = difference.number.value if self._moves(difference) > 0 else -difference.number.value
        base = amount.number.value - moved
        if base <= ZERO:
            return
        low = (difference.number.value - HALF_CENT) * 100 / (base + 2 * HALF_CENT) - HALF_CENT
        high = (difference.number.value + HALF_CENT) * 100 / max(base - 2 * HALF_CENT, HALF_CENT) + HALF_CENT
        if not low <= rate.number.value <= high:
            right = round_half_up(difference.number.value * 100 / base)
            yield from self.finder.on(
                "表文-13", at=rate.at(), stated=f"{rate.number.value}%", expected=f"{right}%", amounts=(rate.number.value, right),
                金额=amount.number.value, 增减=self._word(difference), 差额=difference.number.value)

    def _list(self, total: Stated, following: Sequence[Stated]) -> Iterator[Finding]:
        """A total and the list of its parts: ``甲 3 万元，包括：乙 1 万元、丙 2 万元``."""
        text, number = total.line.text, total.number
        match = self.phrasing.parts.match(text, number.stop)
        if number.unit != "万元" or match is None:
            return
        end = text.find("。", match.end())
        end = len(text) if end < 0 else end
        items = [
            s for s in following
            if s.paragraph == total.paragraph and match.end() <= s.number.start < end and s.number.unit == "万元" and not self._moves(s)
        ]
        if len(items) < _FEWEST or self._is_compared(total, *items):
            return
        added = sum((s.number.value for s in items), ZERO)
        bound = HALF_CENT * (len(items) + 1)
        if added - number.value > bound or (self.phrasing.whole.match(text, number.stop) and number.value - added > bound):
            yield from self.finder.on(
                "表文-14", at=total.at(), stated=f"{number.value} 万元", expected=f"{added} 万元", amounts=(number.value, added),
                相差=abs(added - number.value))

    def _shares(self, numbers: Sequence[Stated], most: int) -> Iterator[Finding]:
        """The shares of one whole; where more are stated than the whole has parts, some are of another."""
        shares = [s for s in numbers if s.number.unit == "%" and self.phrasing.share.search(s.number.before)]
        if not _FEWEST < len(shares) <= most or self._is_compared(*shares):
            return
        added = sum((s.number.value for s in shares), ZERO)
        if added and abs(added - _HUNDRED) > HALF_CENT * (len(shares) + 1):
            yield from self.finder.on("表文-15", at=shares[-1].at(), stated=f"{added}%", expected="100%", amounts=(added, _HUNDRED))

    def _moves(self, stated: Stated) -> int:
        """+1 after a word for more, -1 after one for less, 0 otherwise."""
        before = stated.number.before
        return 1 if self.phrasing.up_before.search(before) else -1 if self.phrasing.down_before.search(before) else 0

    def _word(self, stated: Stated) -> str:
        match = (self.phrasing.up_before if self._moves(stated) > 0 else self.phrasing.down_before).search(stated.number.before)
        return match[0] if match else ""
