"""The sections of a report by its headings, whatever their numbering, style or exact wording."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from docgen.docx.paragraphs import DocParagraph
from docgen.review.phrasing import alike, normalised, pairs

RECOGNISED = 3
"""With fewer sections than this the headings tell nothing."""
_LONGEST = 48
"""A longer paragraph is no heading."""
_LIKE = 0.72
"""So alike (Dice of character pairs) must a heading be to the official one."""
_PART_LIKE = 0.5
_PART = re.compile(r"^第([一二三四五六七八九十]+)部分")
_NUMBERING = re.compile(r"^(?:第[一二三四五六七八九十]+(?:部分|章|节)|[一二三四五六七八九十]{1,3}[、.．]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.．])+")
_PAGE = re.compile(r"[.…·\-—]{2,}\d*$|(?<=[一-龥])\d{1,3}$")
_STYLE_OF_CONTENTS = re.compile(r"^(?:toc|目录|目次)", re.IGNORECASE)
_EMPTY_WORDS = re.compile(r"情况|说明|部门|单位|的|年度|。")


class Sections:
    """Where the sections of the narrative stand in *paragraphs*.

    *titles*: section → its official heading, *part*: that of the part that holds them.
    """

    def __init__(self, paragraphs: Sequence[DocParagraph], titles: Mapping[int, str], part: str) -> None:
        body = [p for p in paragraphs if not p.table and p.text.strip()]
        start, end = _bounds(body, part)
        wanted = {section: pairs(bare_heading(title)) for section, title in titles.items()}
        found: dict[int, tuple[float, int]] = {}
        for paragraph in body:
            if not start <= paragraph.number <= end or not _may_be_heading(paragraph):
                continue
            text = pairs(bare_heading(paragraph.text))
            section, likeness = max(((s, alike(text, w)) for s, w in wanted.items()), key=lambda pair: pair[1], default=(0, 0.0))
            if likeness >= _LIKE and likeness >= found.get(section, (0.0, 0))[0]:
                found[section] = likeness, paragraph.number  # of two alike the later: the first is the contents'
        self.headings = {section: number for section, (_, number) in found.items()}
        """Section → number of the paragraph that is its heading."""
        begins = {number: section for section, number in self.headings.items()}
        self.of: dict[int, int] = {}
        """Paragraph number → section (paragraphs of no section are left out)."""
        section = 0
        for paragraph in paragraphs[:end]:  # every paragraph from a heading to the next one belongs to its section
            section = begins.get(paragraph.number, section)
            if section:
                self.of[paragraph.number] = section

    @property
    def are_known(self) -> bool:
        """Whether enough headings were recognised."""
        return len(self.headings) >= RECOGNISED


def _bounds(body: Sequence[DocParagraph], part: str) -> tuple[int, int]:
    """First and last paragraph of the part that is most like *part* (the whole document when no parts are told apart).

    Parts are told by their titles, else by their numbers: other forms have the tables before the narrative.
    """
    last = body[-1].number if body else 0
    titles: dict[str, tuple[frozenset[str], int]] = {}
    for paragraph in body:
        if _may_be_heading(paragraph) and (match := _PART.match(text := normalised(paragraph.text)[0])):
            titles[match[1]] = pairs(text[match.end() :]), paragraph.number
    wanted = normalised(part)[0]
    match = _PART.match(wanted)
    if match is None or not titles:
        return 1, last
    own = pairs(wanted[match.end() :])
    best = max(titles, key=lambda mark: alike(own, titles[mark][0]))
    chosen = best if alike(own, titles[best][0]) >= _PART_LIKE else match[1]
    start = titles[chosen][1] if chosen in titles else 1
    following = (number for _, number in titles.values() if chosen in titles and number > start)
    return start, min(following, default=last + 1) - 1


def _may_be_heading(paragraph: DocParagraph) -> bool:
    text = paragraph.text.strip()
    if len(text) > _LONGEST or _STYLE_OF_CONTENTS.match(paragraph.style) or _PAGE.search(normalised(text)[0]):
        return False
    return not text.endswith(("；", "，", "："))


def bare_heading(text: str) -> str:
    """A heading without its number and the words that say nothing."""
    return _EMPTY_WORDS.sub("", _NUMBERING.sub("", normalised(text)[0]))
