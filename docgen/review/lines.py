"""Paragraphs made comparable: spacing and width of characters out of the way, numbers found, free text set apart.

A number is an amount, a percentage or a count with its unit; dates, numbering and limits (``100 万元（含）以上``) are
none.  Words for "no change" (持平) count as a number of their own: they stand where a difference would.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from decimal import Decimal

from docgen.docx.paragraphs import DocParagraph
from docgen.review.characters import normalised
from docgen.review.phrasing import Phrasing
from workbook.values import dataclass

LEVEL = "持平"
"""Unit of the pseudo-number that words such as 持平 are."""
FREE = "※"
"""Stands for free text (a reason) where contexts are compared."""
_WHOLE_LINE = 25
"""A paragraph shorter than this was not broken at the end of a line."""
_SENTENCE_ENDS = "。；：！？.;:!?"
_HEAD = re.compile(r"^(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.．]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、.．](?!\d))")
_UNITS = (
    ("万元", "万元"), ("亿元", "亿元"), ("元", "元"), ("个百分点", "%"), ("%", "%"), ("人次", "人次"), ("批次", "批次"), ("批", "批次"),
    ("台(套)", "台"), ("台/套", "台"), ("台", "台"), ("套", "台"), ("辆", "辆"), ("个", "个"), ("人", "人次"), ("分", "分"),
)
"""What follows a number → its unit in comparisons."""
_NUMBER = re.compile(r"(?<![\d.A-Za-z〔\[第])([-−﹣－]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\dA-Za-z])")
_NO_AMOUNT = re.compile(r"(?:年|月|日|号|时|期|届|第|学年|[-~—至]\d{1,4}(?:年|月|日|学年)|万元\(含\)|万元及?以上|元\(含\)|元及?以上)")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}\)|\d{1,2}[.、．])")
_CONTENT_END = re.compile(r"。|；")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a line (positions in the line's normalised text)."""

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


@dataclass(frozen=True)
class Line:
    """One paragraph, normalised."""

    text: str
    origins: tuple[int, ...]
    """Position in the original text of each character of :attr:`text`, and of its end."""
    free: tuple[tuple[int, int], ...]
    """Stretches of free text: reasons, contents, stories."""
    numbers: tuple[Number, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that the normalised span ``start..end`` stands for."""
        if start >= end:
            return self.origins[start], self.origins[start]
        return self.origins[start], self.origins[end - 1] + 1

    def before(self, number: Number) -> Number | None:
        """The number before *number*."""
        index = next((i for i, other in enumerate(self.numbers) if other.start == number.start), 0)
        return self.numbers[index - 1] if index else None

    def is_free(self, position: int) -> bool:
        """Whether the character at *position* of the original text belongs to free text."""
        return any(self.origins[start] <= position < self.origins[end] for start, end in self.free)


def joined(paragraphs: Sequence[DocParagraph], headings: Container[int]) -> Iterator[tuple[DocParagraph, ...]]:
    """Paragraphs of statements, those together that a conversion from PDF broke in the middle of a sentence."""
    group: list[DocParagraph] = []
    for paragraph in paragraphs:
        if not paragraph.text.strip():
            continue
        if paragraph.table or paragraph.number in headings:
            if group:
                yield tuple(group)
            group = []
            continue
        if group and _goes_on(group[-1], paragraph):
            group.append(paragraph)
            continue
        if group:
            yield tuple(group)
        group = [paragraph]
    if group:
        yield tuple(group)


def _goes_on(first: DocParagraph, second: DocParagraph) -> bool:
    text = first.text.rstrip()
    if len(text) < _WHOLE_LINE or text.rstrip("）)”’")[-1:] in _SENTENCE_ENDS or first.level or second.level or second.numbering:
        return False
    return first.style == second.style and not _HEAD.match(normalised(second.text)[0])


def line_of(text: str, phrasing: Phrasing, free: Iterable[tuple[int, int]] | None = None) -> Line:
    """*text* as a line; *free* are its stretches of free text where they are known (positions in *text*)."""
    plain, origins = normalised(text)
    stretches = _free_stretches(plain, phrasing) if free is None else _moved(free, origins)
    return Line(plain, origins, stretches, tuple(_numbers(plain, phrasing, stretches)))


def _moved(free: Iterable[tuple[int, int]], origins: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Stretches of the original text as stretches of the normalised one."""
    return tuple((bisect_left(origins, start), bisect_left(origins, end)) for start, end in free)


def _free_stretches(text: str, phrasing: Phrasing) -> tuple[tuple[int, int], ...]:
    """Where reasons, contents and stories stand, by the words that introduce them."""
    story = phrasing.story.search(text)
    limit = story.end() if story else len(text)
    found: list[tuple[int, int]] = []
    for opening, closing in ((phrasing.reason, phrasing.reason_end), (phrasing.content, _CONTENT_END)):
        for match in opening.finditer(text, 0, limit):
            stop = closing.search(text, match.end())
            found.append((match.end(), stop.start() if stop else len(text)))
    if story:
        found.append((story.end(), len(text)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(s for s in found if s[0] < s[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def _numbers(text: str, phrasing: Phrasing, free: tuple[tuple[int, int], ...]) -> Iterable[Number]:
    last, level = 0, phrasing.level
    matches = [*_NUMBER.finditer(text), *level.finditer(text)]
    for match in sorted(matches, key=lambda m: m.start()):
        start, end = match.span()
        if any(a <= start < b for a, b in free):
            continue
        if match.re is level:
            unit, stop, value, places = LEVEL, end, Decimal(0), 0
        else:
            if _is_no_amount(text, match) or phrasing.sheet.search(text, 0, start):
                continue
            unit, stop = _unit(text, end)
            value, places = _value(match)
            if not unit and not places:
                continue  # the number of a figure, of a document …
        yield Number(start, end, stop, value, places, unit, _without(text, last, start, free), text[stop : stop + 6])
        last = stop


def _is_no_amount(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    if _NO_AMOUNT.match(text, end) or text[start - 1 : start] in ("〔", "[", "第", "-"):
        return True
    return start <= 1 and bool(_NUMBERING.match(text)) and "." not in match[2]


def _unit(text: str, end: int) -> tuple[str, int]:
    for words, unit in _UNITS:
        if text.startswith(words, end):
            return unit, end + len(words)
    return "", end


def _value(match: re.Match[str]) -> tuple[Decimal, int]:
    digits = match[2].replace(",", "")
    return Decimal(("-" if match[1] else "") + digits), len(digits.partition(".")[2])


def _without(text: str, start: int, end: int, free: tuple[tuple[int, int], ...]) -> str:
    """``text[start:end]`` with every free stretch as one mark."""
    pieces: list[str] = []
    for a, b in free:
        if b <= start or a >= end:
            continue
        pieces += [text[start : max(a, start)], FREE]
        start = min(b, end)
    pieces.append(text[start:end])
    return "".join(pieces)
