"""The text of a report: its sections, its statements as lines, the numbers in them, free text set apart.

A number is an amount, a percentage or a count with its unit; dates, numbering and limits (``100 万元（含）以上``) are
none.  Words for "no change" (持平) count as a number of their own: they stand where a difference would.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from docgen.docx.paragraphs import DocParagraph
from docgen.review.phrasing import Phrasing, normalised
from docgen.review.sections import Sections
from workbook.amounts import round_half_up
from workbook.values import dataclass

LEVEL = "持平"
"""Unit of the pseudo-number that words such as 持平 are."""
_SPENDING, _OF = "支出", "的"
"""It may be left off the name of an item: ``教育（类）支出``."""
FREE, _BLOT = "※", "\0"
"""Stands for free text (a reason) where contexts are compared."""
_MARK = 8
"""So long at most is what stands before the number of a sheet."""
_WHOLE_LINE = 25
"""A paragraph shorter than this was not broken at the end of a line."""
_SENTENCE_ENDS = "。；：！？】.;:!?"
_LONGEST, _SHORTEST, _FEW = 110, 44, 0.03
"""Width of a line where every line is a paragraph, in half characters; few paragraphs of such a file are longer."""
_SLACK = 6
"""So much may a line that is broken in a sentence fall short of the edge."""
_BROKEN, _SHARE = 6, 0.1
"""So many paragraphs of such a file break off in the middle of a sentence, and so large a share of all."""
_FIRST_WORD = re.compile(r"[A-Za-z0-9.,%]+|.")
_HEAD = re.compile(r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、.．](?!\d))")
_UNITS = {
    "万元": "万元", "亿元": "亿元", "元": "元", "个百分点": "%", "%": "%", "人次": "人次", "批次": "批次", "批": "批次",
    "台(套)": "台", "台/套": "台", "台": "台", "套": "台", "辆": "辆", "个": "个", "人": "人次", "分": "分", "平方米": "平方米",
}
"""What follows a number → its unit in comparisons; the first that fits counts."""
_MONEY, _CENTS = ("万元", "元", "亿元"), 2
_IN_YUAN, _FEWEST = 3, 10
"""So many times as many amounts in 元 as in 万元, so many at least, make a report that is in 元."""
_NUMBER = re.compile(r"(?<![\d.A-Za-z〔\[第])([-−﹣－]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\dA-Za-z])")
_WAN, _WAN_YUAN = re.compile(r"万(?=[，。；、()]|$)"), "万元"
_NO_AMOUNT = re.compile(r"(?:年|月|日|号|时|期|届|第|学年|[-~—至]\d{1,4}(?:年|月|日|学年)|万元\(含\)|万元及?以上|元\(含\)|元及?以上)")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}\)|\d{1,2}[.、．])")
ITEM = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff、“”《》()]{1,40}?)\(([类款项])\)")
"""A name of the classification, and its level: ``教育支出（类）``."""
_CONTENT_END = re.compile(r"。|；")


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


class Line:
    """One paragraph, normalised, with the position in the original text of each of its characters, and of its end.

    *free* are the stretches of free text where they are known (positions in *text*).
    """

    def __init__(self, text: str, phrasing: Phrasing, paragraph: int = 0, free: Iterable[tuple[int, int]] | None = None) -> None:
        self.paragraph = paragraph
        self.text, self.origins = normalised(text)
        self.free: Stretches
        """Stretches of free text: reasons, contents, stories."""
        if free is None:
            self.free = _free_stretches(self.text, phrasing)
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


def _joined(paragraphs: Sequence[DocParagraph], sections: Sections, tables: Container[int], edge: int) -> list[list[DocParagraph]]:
    """Paragraphs of statements (not in *tables*), those together that a conversion from PDF broke in the middle of a sentence."""
    groups: list[list[DocParagraph]] = []
    last: DocParagraph | None = None
    for paragraph in paragraphs:
        if not paragraph.text.strip():
            continue
        if paragraph.table in tables or sections.is_bare(paragraph.number):
            last = None
            continue
        if last is not None and paragraph.number not in sections.run_in and _goes_on(last, paragraph, edge):
            groups[-1].append(paragraph)
        else:
            groups.append([paragraph])
        last = paragraph
    return groups


def _goes_on(first: DocParagraph, second: DocParagraph, edge: int = 0) -> bool:
    """Whether *second* goes on with the sentence of *first*; *edge*: so wide are lines in a file where every line is a paragraph."""
    text, following = first.text.rstrip(), second.text
    if text[-2:-1].isdigit() and text.endswith(".") and following.lstrip()[:1].isdigit():
        return True  # in the middle of a number
    if first.table != second.table or first.level or second.level or second.numbering or first.style != second.style or _HEAD.match(normalised(following)[0]):
        return False
    is_open = len(text) >= _WHOLE_LINE and text.rstrip("）)”’")[-1:] not in _SENTENCE_ENDS
    if is_open or not edge or following[:1].isspace() or second.number != first.number + 1:
        return is_open
    width, end, word = _width(text), following.rstrip(), _FIRST_WORD.match(following)
    if text.endswith(("。", "！", "？")):  # the last line of a paragraph is seldom a full one
        return width >= edge and (end.endswith(("。", "！", "？", "；")) or _width(end) >= edge - _SLACK)
    return width + _width(word[0] if word else "") >= edge - _SLACK


def _line_edge(paragraphs: Iterable[DocParagraph]) -> int:
    """Width of the lines (in half characters) of a file in which every line is a paragraph, as some programs make them of PDF files; else 0."""
    body = [p for p in paragraphs if not p.table and p.text.strip()]
    widths = sorted(width for p in body if (width := _width(p.text)) >= _SHORTEST)
    if len(widths) < _FEWEST or sum(width > _LONGEST for width in widths) > _FEW * len(widths):
        return 0
    lines = [width for width in widths if width <= _LONGEST]
    edge = lines[len(lines) * 3 // 4]
    return edge if sum(_goes_on(a, b, edge) for a, b in pairwise(body)) >= max(_BROKEN, _SHARE * len(body)) else 0


def _width(text: str) -> int:
    """Width in half characters."""
    return sum(2 if character > "\u2e7f" or character in "“”—…" else 1 for character in text.strip())


def _free_stretches(text: str, phrasing: Phrasing) -> Stretches:
    """Where reasons, contents and stories stand, by the words that introduce them."""
    story = phrasing.story.search(text)
    limit = story.end() if story else len(text)
    found = [(limit, len(text)), *(match.span() for match in phrasing.reason_first.finditer(text, 0, limit))]
    for opening, closing in ((phrasing.reason, phrasing.reason_end), (phrasing.content, _CONTENT_END)):
        for match in opening.finditer(text, 0, limit):
            if phrasing.amounts_follow.match(text, match.start()):
                continue  # 主要用于：教育支出 3 万元
            stop = closing.search(text, match.end())
            found.append((match.end(), stop.start() if stop else len(text)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(s for s in found if s[0] < s[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(merged)


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


def _in_wan(number: Number, *, is_yuan: bool, is_exact: bool) -> Number:
    """An amount as the tables have it: in 万元, with no more decimals than theirs."""
    value, places = (number.value.scaleb(-4), number.places + 4) if is_yuan else (number.value, number.places)
    if not (is_yuan or number.unit == _WAN_YUAN) or (not is_yuan and places <= _CENTS):
        return number
    return replace(number, value=value if is_exact else round_half_up(value), places=places if is_exact else _CENTS, unit=_WAN_YUAN)


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


class ReportText:
    """A report's paragraphs, read once for all checks; where the sections are not known, every one may state something."""

    def __init__(self, paragraphs: Sequence[DocParagraph], sections: Sections, phrasing: Phrasing, *, is_exact: bool = False) -> None:
        """*is_exact*: the tables have more than two decimals, so that such amounts can be compared to the last digit."""
        self.sections = sections
        self.groups: dict[int, list[DocParagraph]] = {}
        """What a conversion broke apart, by the number of the first paragraph."""
        self.lines: dict[int, Line] = {}
        """The statements in order, by paragraph number."""
        stating = [p for p in paragraphs if not sections.are_known or p.number in sections.of]
        tables = {p.table for p in paragraphs if p.column > 1}  # a table of one column is a frame around sentences
        for group in _joined(stating, sections, tables, _line_edge(paragraphs)):
            number, text = group[0].number, "".join(p.text for p in group)
            if len(group) > 1:
                self.groups[number] = group
            self.lines[number] = Line(text, phrasing, number)
        rest = {p.number for group in self.groups.values() for p in group[1:]}
        self.paragraphs = [
            replace(p, text="".join(part.text for part in self.groups[p.number])) if p.number in self.groups else p
            for p in paragraphs if p.number not in rest]
        """The report's paragraphs; those that were broken apart are one, by the number of the first."""
        self.texts = {p.number: p.text for p in self.paragraphs}
        units = Counter(n.unit for line in self.lines.values() for n in line.numbers)
        self.is_in_yuan = units["元"] >= max(_IN_YUAN * units[_WAN_YUAN], _FEWEST)
        """Whether the report states its amounts in 元; they are read as 万元."""
        for line in self.lines.values() if self.is_in_yuan or not is_exact else ():
            line.numbers = tuple(_in_wan(n, is_yuan=self.is_in_yuan and n.unit == "元", is_exact=is_exact) for n in line.numbers)
        places = Counter(n.places for line in self.lines.values() for n in line.numbers if n.unit == "%" and n.value % 100)
        self.places = 2 if places[2] >= places[1] + places[0] // 2 else 1 if places[1] else 0 if places[0] >= _FEWEST else 2
        """Decimals of the report's percentages."""

    def numbers(self, section: int) -> list[Number]:
        """The numbers of a section in order; 0 stands for the whole report."""
        own = (line for number, line in self.lines.items() if not section or self.sections.of.get(number) == section)
        return [number for line in own for number in line.numbers]

    def within(self, paragraph: int, start: int, end: int) -> tuple[int, int, int]:
        """A span of a text: the paragraph in which it begins, and where in that paragraph's own text."""
        group = self.groups.get(paragraph, [])
        for own in group:
            size = len(own.text)
            if start < size or own is group[-1]:
                return own.number, min(start, size), min(end, size)
            start, end = start - size, end - size
        return paragraph, start, end
