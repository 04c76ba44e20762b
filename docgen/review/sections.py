"""The sections of a report by its headings, whatever their numbering, style or exact wording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from docgen.docx.paragraphs import DocParagraph
from docgen.review.lines import normalised
from workbook.values import dataclass

_LONGEST = 48
"""A longer paragraph is no heading."""
_LIKE = 0.72
"""So alike (Dice of character pairs) must a heading be to the official one."""
_NUMBERING = re.compile(r"^(?:第[一二三四五六七八九十]+(?:部分|章|节)|[一二三四五六七八九十]{1,3}[、.．]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.．])+")
_PAGE = re.compile(r"[.…·\-—]{2,}\d*$|(?<=[一-龥])\d{1,3}$")
_PART = re.compile(r"^第([一二三四五])部分")
_STYLE_OF_CONTENTS = re.compile(r"^(?:toc|目录|目次)", re.IGNORECASE)
_EMPTY_WORDS = ("情况", "说明", "部门", "单位", "(部门)", "(单位)", "的", "年度", "。")
NARRATIVE_PART = 2


@dataclass(frozen=True)
class Sections:
    """Where the parts and the sections of part two stand."""

    of: Mapping[int, int]
    """Paragraph number → section 1-14 (paragraphs of no section are left out)."""
    headings: Mapping[int, int]
    """Section → number of the paragraph that is its heading."""


def find_sections(paragraphs: Sequence[DocParagraph], titles: Mapping[int, str]) -> Sections:
    """The sections of part two in *paragraphs*; *titles*: section → its official heading."""
    body = [p for p in paragraphs if not p.table and p.text.strip()]
    start, end = _part_two(body)
    wanted = {section: pairs(bare_heading(title)) for section, title in titles.items()}
    found: dict[int, tuple[float, int]] = {}
    for paragraph in body:
        if not start <= paragraph.number <= end or not _may_be_heading(paragraph):
            continue
        text = pairs(bare_heading(paragraph.text))
        section, likeness = max(((s, alike(text, w)) for s, w in wanted.items()), key=lambda pair: pair[1], default=(0, 0.0))
        if likeness >= _LIKE and likeness >= found.get(section, (0.0, 0))[0]:
            found[section] = likeness, paragraph.number  # of two alike the later: the first is the contents'
    headings = {section: number for section, (_, number) in found.items()}
    return Sections(_spread(paragraphs, headings, end), headings)


def _part_two(body: Sequence[DocParagraph]) -> tuple[int, int]:
    """First and last paragraph of part two (the whole document when no parts are told apart)."""
    parts: dict[str, int] = {}
    for paragraph in body:
        if _may_be_heading(paragraph) and (match := _PART.match(normalised(paragraph.text)[0])):
            parts[match[1]] = paragraph.number
    start = parts.get("二", 1)
    later = [number for part, number in parts.items() if part in "三四五" and number > start]
    return start, min(later, default=body[-1].number + 1 if body else 1) - 1


def _may_be_heading(paragraph: DocParagraph) -> bool:
    text = paragraph.text.strip()
    if len(text) > _LONGEST or _STYLE_OF_CONTENTS.match(paragraph.style) or _PAGE.search(normalised(text)[0]):
        return False
    return not text.endswith(("；", "，", "："))


def _spread(paragraphs: Iterable[DocParagraph], headings: Mapping[int, int], end: int) -> dict[int, int]:
    """Every paragraph from a heading to the next one belongs to its section."""
    begins = {number: section for section, number in headings.items()}
    of: dict[int, int] = {}
    section = 0
    for paragraph in paragraphs:
        if paragraph.number > end:
            break
        section = begins.get(paragraph.number, section)
        if section:
            of[paragraph.number] = section
    return of


def bare_heading(text: str) -> str:
    """A heading without its number and the words that say nothing."""
    plain = _NUMBERING.sub("", normalised(text)[0])
    for word in _EMPTY_WORDS:
        plain = plain.replace(word, "")
    return plain


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """Characters and pairs of neighbouring characters of *text*."""
    return frozenset(text) | frozenset(text[i : i + 2] for i in range(len(text) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's measure of two sets: 1 the same, 0 nothing in common."""
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 1.0
