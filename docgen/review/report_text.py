"""The text of a report, read once for all checks: its statements as lines, put together where a conversion broke them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from docgen.docx.paragraphs import DocParagraph
from docgen.review.phrasing import Phrasing, normalised
from docgen.review.sections import Sections
from docgen.review.text import Line, Number
from workbook.amounts import round_half_up

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
_IN_YUAN, _FEWEST = 3, 10
"""So many times as many amounts in 元 as in 万元, so many at least, make a report that is in 元."""
_CENTS, _WAN_YUAN, _YUAN = 2, "万元", "元"


class ReportText:
    """A report's paragraphs, read once for all checks; where the sections are not known, every one may state something."""

    def __init__(
        self, paragraphs: Sequence[DocParagraph], sections: Sections, phrasing: Phrasing, *, is_exact: bool = False,
    ) -> None:
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
        self.is_in_yuan = units[_YUAN] >= max(_IN_YUAN * units[_WAN_YUAN], _FEWEST)
        """Whether the report states its amounts in 元; they are read as 万元."""
        for line in self.lines.values() if self.is_in_yuan or not is_exact else ():
            line.numbers = tuple(
                _in_wan(n, is_yuan=self.is_in_yuan and n.unit == _YUAN, is_exact=is_exact) for n in line.numbers)
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


def _in_wan(number: Number, *, is_yuan: bool, is_exact: bool) -> Number:
    """An amount as the tables have it: in 万元, with no more decimals than theirs."""
    value, places = (number.value.scaleb(-4), number.places + 4) if is_yuan else (number.value, number.places)
    if not (is_yuan or number.unit == _WAN_YUAN) or (not is_yuan and places <= _CENTS):
        return number
    value, places = (value, places) if is_exact else (round_half_up(value), _CENTS)
    return replace(number, value=value, places=places, unit=_WAN_YUAN)


def _joined(
    paragraphs: Sequence[DocParagraph], sections: Sections, tables: Container[int], edge: int,
) -> list[list[DocParagraph]]:
    """Paragraphs of statements (not in *tables*).

    Those are together that a conversion from PDF broke in the middle of a sentence.
    """
    groups: list[list[DocParagraph]] = []
    last: DocParagraph | None = None
    for paragraph in paragraphs:
        if not paragraph.text.strip():
            continue
        if paragraph.table in tables or paragraph.number in sections.bare:
            last = None
            continue
        if last is not None and paragraph.number not in sections.run_in and _goes_on(last, paragraph, edge):
            groups[-1].append(paragraph)
        else:
            groups.append([paragraph])
        last = paragraph
    return groups


def _goes_on(first: DocParagraph, second: DocParagraph, edge: int = 0) -> bool:
    """Whether *second* goes on with the sentence of *first*.

    *edge*: so wide are lines in a file where every line is a paragraph.
    """
    text, following = first.text.rstrip(), second.text
    if text[-2:-1].isdigit() and text.endswith(".") and following.lstrip()[:1].isdigit():
        return True  # in the middle of a number
    is_alike = first.table == second.table and first.style == second.style
    if not is_alike or first.level or second.level or second.numbering or _HEAD.match(normalised(following)[0]):
        return False
    is_open = len(text) >= _WHOLE_LINE and text.rstrip("）)”’")[-1:] not in _SENTENCE_ENDS
    if is_open or not edge or following[:1].isspace() or second.number != first.number + 1:
        return is_open
    width, end, word = _width(text), following.rstrip(), _FIRST_WORD.match(following)
    if text.endswith(("。", "！", "？")):  # the last line of a paragraph is seldom a full one
        return width >= edge and (end.endswith(("。", "！", "？", "；")) or _width(end) >= edge - _SLACK)
    return width + _width(word[0] if word else "") >= edge - _SLACK


def _line_edge(paragraphs: Iterable[DocParagraph]) -> int:
    """Width of the lines (in half characters) of a file in which every line is a paragraph; else 0.

    Some programs make such files of PDF files.
    """
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
