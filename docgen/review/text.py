"""The statements of a report: lines, the numbers in them, free text set apart.

A number is an amount, a percentage or a count with its unit; dates, numbering and limits (``100 万元（含）以上``) are
none.  Words for "no change" (持平) count as a number of their own: they stand where a difference would.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from docgen.review.phrasing import Phrasing, normalised
from workbook.values import dataclass

LEVEL = "持平"
"""Unit of the pseudo-number that words such as 持平 are."""
_SPENDING, _OF = "支出", "的"
"""It may be left off the name of an item: ``教育（类）支出``."""
FREE, _BLOT = "※", "\0"
"""Stands for free text (a reason) where contexts are compared."""
_MARK = 8
"""So long at most is what stands before the number of a sheet."""
_UNITS = {
    "万元": "万元", "亿元": "亿元", "元": "元", "个百分点": "%", "%": "%", "人次": "人次", "批次": "批次", "批": "批次",
    "台(套)": "台", "台/套": "台", "台": "台", "套": "台", "辆": "辆", "个": "个", "人": "人次", "分": "分", "平方米": "平方米",
}
"""What follows a number → its unit in comparisons; the first that fits counts."""
_MONEY = ("万元", "元", "亿元")
_NUMBER = re.compile(r"(?<![\d.A-Za-z〔\[第])([-−﹣－]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\dA-Za-z])")
_WAN, _WAN_YUAN = re.compile(r"万(?=[，。；、()]|$)"), "万元"
_NO_AMOUNT = re.compile(r"(?:年|月|日|号|时|期|届|第|学年|[-~—至]\d{1,4}(?:年|月|日|学年)|万元\(含\)|万元及?以上|元\(含\)|元及?以上)")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}\)|\d{1,2}[.、．])")
ITEM = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff、“”《》()]{1,40}?)\(([类款项])\)")
"""A name of the classification, and its level: ``教育支出（类）``."""
_CLAUSE = re.compile("[。；：，]")
_PLAIN = re.compile(r"20\d\d年(?:度)?|[本全]年度?|[“”]|^[本我](?:部门|单位|局|馆|校|院|中心|委|办)|(?:为|是|共|合计|总额)+$|^其中")
"""Words of a clause that do not belong to the name of its amount."""


class Role(StrEnum):
    """What a number says, by the words before it."""

    LEVEL = "数额"
    BASE = "预算"
    PAST = "上年数"
    MOVE = "增减额"
    RATE = "增减率"
    SHARE = "占比"
    DONE = "完成率"


Stretches: TypeAlias = tuple[tuple[int, int], ...]
Stretch: TypeAlias = tuple[int | None, int, int]
"""Number of a paragraph (``None``: the report as a whole), start and end in its text (both alike: all of it)."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a line (positions in the line's normalised text)."""

    line: Line
    start: int
    end: int
    """End of the digits."""
    stop: int
    """End of the unit."""
    value: Decimal
    places: int
    """Decimals written."""
    unit: str
    before: str
    """Normalised text since the number before it in the same line, free text left out."""
    after: str
    role: Role

    @property
    def clause(self) -> str:
        """The words of its own clause before it."""
        return clause_of(self.before)

    @property
    def item(self) -> str:
        """The last of the things that its clause lists."""
        return self.clause.rpartition("、")[2]

    @property
    def name(self) -> str:
        """What its clause calls it."""
        return bare_name(self.clause)

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount of this year's."""
        return self.role is Role.LEVEL and self.unit == _WAN_YUAN

    @property
    def paragraph(self) -> int:
        """The paragraph in which it stands."""
        return self.line.paragraph

    @property
    def key(self) -> tuple[int, int]:
        """Paragraph and start: no two numbers share them."""
        return self.line.paragraph, self.start

    def at(self, back: int = 0) -> Stretch:
        """Where it stands with its unit, and so many characters before it."""
        return self.line.at(max(self.start - back, 0), self.stop)


def clause_of(words: str) -> str:
    """The last clause of *words*."""
    return _CLAUSE.split(words)[-1]


def bare_name(words: str) -> str:
    """*words* without those that do not belong to the name of an amount."""
    return _PLAIN.sub("", words)


class Line:
    """One paragraph, normalised, with the position in the original text of each of its characters, and of its end.

    *free* are the stretches of free text where they are known (positions in *text*).
    """

    def __init__(
        self, text: str, phrasing: Phrasing, paragraph: int = 0, free: Iterable[tuple[int, int]] | None = None,
    ) -> None:
        self.paragraph = paragraph
        self.text, self.origins = normalised(text)
        self.free: Stretches
        """Stretches of free text: reasons, contents, stories."""
        if free is None:
            self.free = phrasing.free(self.text)
        else:
            self.free = tuple((bisect_left(self.origins, start), bisect_left(self.origins, end)) for start, end in free)
        self.numbers = tuple(_numbers(self, phrasing))
        self._starts = [number.start for number in self.numbers]
        items = [*ITEM.finditer(self.text)]
        self._items, self._item_ends = [(m[1].removesuffix(_SPENDING), m[2]) for m in items], [m.end() for m in items]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that the normalised span ``start..end`` stands for."""
        if start >= end:
            return self.origins[start], self.origins[start]
        return self.origins[start], self.origins[end - 1] + 1

    def at(self, start: int, end: int) -> Stretch:
        """The same, with the paragraph."""
        return self.paragraph, *self.original(start, end)

    def item(self, position: int) -> tuple[str, str]:
        """The 类, 款 or 项 last named before *position*: its name and which of them it is; both empty when there is none."""
        place = bisect_left(self._item_ends, position + 1)
        return self._items[place - 1] if place else ("", "")

    def before(self, number: Number) -> Number | None:
        """The number before *number*."""
        index = bisect_left(self._starts, number.start)
        return self.numbers[index - 1] if index else None

    def is_free(self, position: int) -> bool:
        """Whether the character at *position* of the original text belongs to free text."""
        return any(self.origins[start] <= position < self.origins[end] for start, end in self.free)


def _numbers(line: Line, phrasing: Phrasing) -> Iterator[Number]:
    text, last, said, level = line.text, 0, "", phrasing.level
    stated = text  # free text blotted out, everything else in its place
    for start, end in line.free:
        stated = f"{stated[:start]}{FREE.ljust(end - start, _BLOT)}{stated[end:]}"
    for match in sorted([*_NUMBER.finditer(stated), *level.finditer(stated)], key=lambda m: m.start()):
        (start, end), stop = match.span(), match.end()
        unit, value, places = LEVEL, Decimal(0), 0
        if match.re is not level:
            if _is_no_amount(text, match) or phrasing.sheet.search(text, max(start - _MARK, 0), start):
                continue
            words = next((words for words in _UNITS if text.startswith(words, end)), "")
            if not words and _WAN.match(text, end):
                words = _WAN_YUAN[:1]
            unit, stop = _UNITS.get(words, _WAN_YUAN if words else ""), end + len(words)
            digits = match[2].replace(",", "")
            value, places = Decimal(("-" if match[1] else "") + digits), len(digits.partition(".")[2])
            if not unit and not places:
                continue  # the number of a figure, of a document …
        before = stated[last:start].replace(_BLOT, "")
        words = before if before != _OF else said + before  # 完成预算 3 万元的 95%
        yield Number(line, start, end, stop, value, places, unit, before, text[stop : stop + 6], _role(unit, words, phrasing))
        last, said = stop, before


def _role(unit: str, before: str, phrasing: Phrasing) -> Role:
    if unit == LEVEL:
        return Role.MOVE
    moves = bool(phrasing.up_before.search(before) or phrasing.down_before.search(before))
    if unit == "%":
        if moves:
            return Role.RATE
        return Role.DONE if phrasing.done.search(before) else Role.SHARE if phrasing.share.search(before) else Role.LEVEL
    if moves:
        return Role.MOVE
    if phrasing.amount_of_base.search(before):
        return Role.BASE
    return Role.PAST if unit in _MONEY and phrasing.amount_of_last_year.search(before) else Role.LEVEL


def _is_no_amount(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if _NO_AMOUNT.match(text, end) or text[start - 1 : start] in ("〔", "[", "第", "-"):
        return True
    return start <= 1 and bool(_NUMBERING.match(text)) and "." not in match[2]
