"""The sections of a report by its headings, whatever their numbering, style, order or exact wording.

A heading is told by its words; where a heading is of none of the official sections, the section before it ends all the same
(it gets a negative number).  Titles of tables and lines of the contents are no headings.  The official text's sub-headings
stand for their sections too: what is one section with sub-headings here has sections of its own elsewhere, and the other way
round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from docgen.docx.paragraphs import DocParagraph
from docgen.review.phrasing import alike, normalised, pairs

RECOGNISED = 3
"""With fewer sections than this the headings tell nothing."""
_LONGEST = 48
"""A longer paragraph is no heading by itself; it may begin with one."""
_LIKE = 0.72
"""So alike (Dice of character pairs) must a heading be to the official one."""
_MAY_BE = 0.5
"""The same, where no other heading and no other section is left."""
_RUN_IN = 0.85
"""The same, where it begins a paragraph that goes on."""
_PART_LIKE, _STATES = 0.5, 5
"""So alike is the title of a part; so many paragraphs with amounts make one before it belong to the narrative."""
_DEEPEST = 9
_SUB = 2
"""Depth of the numbering （一）."""
_PART = re.compile(r"^第([一二三四五六七八九十]+)(?:部分|章)")
_KINDS = tuple(re.compile(f"^(?:{one})") for one in (
    r"第[一二三四五六七八九十]+(?:部分|章)", r"[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]+节",
    r"\([一二三四五六七八九十]{1,3}\)、?", r"\d{1,2}[、.．](?!\d)", r"\(\d{1,2}\)"))
"""How parts, sections, sub-sections … are numbered, by depth."""
_NUMBERING = re.compile(f"(?:{'|'.join(kind.pattern.removeprefix('^') for kind in _KINDS)})+")
_PAGE = re.compile(r"[.…·\-—]{2,}\d*$|(?<=[一-龥])\d{1,3}$")
_STYLE_OF_CONTENTS = re.compile(r"^(?:toc|目录|目次)", re.IGNORECASE)
_EMPTY_WORDS = re.compile(r"20\d\d年(?:度)?|年度|决算|情况|说明|部门|单位|的|。|\([^)]*\)")
_EMPTY_IN_PARTS = re.compile(r"20\d\d年(?:度)?|年度|部门|单位|的|。|\([^)]*\)")
_TABLE = re.compile(r"表(?:\([^()]*\))?$")
"""At the end of a table's title."""
_AMOUNT = re.compile(r"\d\s*万元")
_HEAD_ENDS = re.compile(r"[。：]")


class Heading(NamedTuple):
    """A paragraph that is a heading, or begins with one."""

    paragraph: DocParagraph
    depth: int
    """Of its numbering or its outline level, 0 for a part."""
    text: str
    """Normalised, with its number."""
    runs_in: bool
    """Whether the text of the section goes on in the same paragraph."""


class Sections:
    """Where the sections of the narrative stand in *paragraphs*."""

    def __init__(
        self, paragraphs: Sequence[DocParagraph], titles: Mapping[int, str], parts: Sequence[str],
        under: Sequence[tuple[int, str]],
    ) -> None:
        """*titles*, *parts*, *under*: the form's headings by section, its parts, its sub-headings with their sections.

        The parts hold the headings.
        """
        body = [p for p in paragraphs if not p.table and p.text.strip()]
        self.start, self.end = _bounds(body, parts)
        """First and last paragraph of the narrative."""
        found = [h for p in body if self.start <= p.number <= self.end and (h := _heading(p)) is not None]
        wanted = {s: [bare_heading(title)] for s, title in titles.items()}
        for section, title in under:
            wanted.setdefault(section, []).append(bare_heading(title))
        chosen = _chosen(found, wanted, body)
        self.headings = {section: heads[0].paragraph.number for section, heads in chosen.items()}
        """Section → number of the paragraph that is its heading (the first, where its sub-headings stand alone)."""
        begins = {h.paragraph.number: (section, h) for section, heads in chosen.items() for h in heads}
        self.titles = frozenset(h.paragraph.number for h in found if not h.runs_in)
        self.titles |= {number for _, _, number in _part_titles(body)}
        """The paragraphs that are titles of parts and headings in the narrative, known or not."""
        self.run_in = frozenset(number for number, (_, h) in begins.items() if h.runs_in)
        """Headings after which the text goes on in the same paragraph."""
        self.bare = frozenset(self.headings.values()) - self.run_in
        """Headings and nothing else."""
        self.of = _spread(paragraphs, self.end, begins, {h.paragraph.number: h for h in found})
        """Paragraph number → section, negative after a heading that is of no official section (others are left out)."""

    @property
    def are_known(self) -> bool:
        """Whether enough headings were recognised."""
        return len(self.headings) >= RECOGNISED


def _spread(
    paragraphs: Sequence[DocParagraph], end: int, begins: Mapping[int, tuple[int, Heading]], headings: Mapping[int, Heading]
) -> dict[int, int]:
    """Every paragraph from a heading to the next belongs to its section."""
    of: dict[int, int] = {}
    section, depth, unknown = 0, _DEEPEST, 0
    for paragraph in paragraphs:
        number = paragraph.number
        if number > end:
            break
        if number in begins:
            section, depth = begins[number][0], begins[number][1].depth
        elif section and (head := headings.get(number)) is not None and not head.runs_in and head.depth <= min(depth, _SUB):
            unknown -= 1
            section, depth = unknown, head.depth
        if section:
            of[number] = section
    return of


def _chosen(
    found: Sequence[Heading], wanted: Mapping[int, Sequence[str]], body: Sequence[DocParagraph],
) -> dict[int, list[Heading]]:
    """Section → the headings that are its own; of two alike the later, and rather one with text below it.

    Of those that run into the text it is the first.
    """
    position = {p.number: place for place, p in enumerate(body)}
    others = {h.paragraph.number for h in found if not h.runs_in}
    sets = [(section, place, pairs(title)) for section, titles in wanted.items() for place, title in enumerate(titles)]
    best: dict[tuple[int, int], tuple[float, Heading]] = {}
    for heading in found:
        own = pairs(bare_heading(heading.text))
        likeness, section, place = max(((alike(own, title), s, i) for s, i, title in sets), default=(0.0, 0, 0))
        if likeness < (_RUN_IN if heading.runs_in else _LIKE):
            continue
        after = position[heading.paragraph.number] + 1
        has_text = heading.runs_in or (after < len(body) and body[after].number not in others)
        score, former = likeness + (0.2 if has_text else 0.0), best.get((section, place), (0.0, heading))[0]
        if score > former or (score == former and not heading.runs_in):
            best[section, place] = score, heading
    chosen: dict[int, list[Heading]] = {}
    for (section, place), (_, heading) in sorted(best.items()):
        if place == 0 or (section, 0) not in best:  # the sub-headings count where the section's own heading is missing
            chosen.setdefault(section, []).append(heading)
    _place_others(found, wanted, chosen)
    for heads in chosen.values():
        heads.sort(key=lambda h: h.paragraph.number)
    return chosen


def _place_others(found: Sequence[Heading], wanted: Mapping[int, Sequence[str]], chosen: dict[int, list[Heading]]) -> None:
    """Give sections without a heading those of the other headings of the same depth that are most like theirs."""
    depths = {h.depth for heads in chosen.values() for h in heads}
    used = {h.paragraph.number for heads in chosen.values() for h in heads}
    unused = (h for h in found if h.paragraph.number not in used and not h.runs_in)
    free = [h for h in unused if h.depth in depths and h.depth == min(depths)]
    ranked = (
        (alike(pairs(bare_heading(h.text)), pairs(wanted[s][0])), s, i)
        for s in wanted if s not in chosen for i, h in enumerate(free))
    rest = sorted(ranked, reverse=True)
    for likeness, section, index in rest:
        if likeness >= _MAY_BE and section not in chosen and free[index].paragraph.number not in used:
            chosen[section] = [free[index]]
            used.add(free[index].paragraph.number)


def ordinal_of(paragraph: DocParagraph) -> tuple[int, str] | None:
    """The depth of a paragraph's numbering, written or automatic, and its number as written; ``None`` when it has none."""
    texts = (normalised(text)[0] for text in (paragraph.text, paragraph.numbering or ""))
    return next(((depth, match[0]) for text in texts for depth, kind in enumerate(_KINDS) if (match := kind.match(text))), None)


def depth_of(paragraph: DocParagraph) -> int | None:
    """The depth of a paragraph's numbering; ``None`` when it has none."""
    ordinal = ordinal_of(paragraph)
    return ordinal[0] if ordinal is not None else None


def is_of_contents(paragraph: DocParagraph) -> bool:
    """Whether a paragraph is a line of the table of contents."""
    return bool(_STYLE_OF_CONTENTS.match(paragraph.style) or _PAGE.search(normalised(paragraph.text)[0]))


def _heading(paragraph: DocParagraph) -> Heading | None:
    """*paragraph* as a heading; ``None`` when it is none."""
    text = normalised(paragraph.text)[0]
    if _STYLE_OF_CONTENTS.match(paragraph.style):
        return None
    if (depth := depth_of(paragraph)) is None:
        depth = paragraph.level or _DEEPEST
    bare = _NUMBERING.sub("", text, count=1)
    if len(text) <= _LONGEST and not _HEAD_ENDS.search(text.rstrip("。")) and not text.endswith(("；", "，")):
        if _PAGE.search(text) or _TABLE.search(bare) or (depth == _DEEPEST and len(bare) > _LONGEST):
            return None
        return Heading(paragraph, depth, text.rstrip("。"), runs_in=False)
    end = _HEAD_ENDS.search(text)
    if depth < _DEEPEST and end is not None and end.start() <= _LONGEST:
        return Heading(paragraph, depth, text[: end.start()], runs_in=True)
    return None


class _Part(NamedTuple):
    mark: str
    words: frozenset[str]
    first: int
    last: int


def _bounds(body: Sequence[DocParagraph], official: Sequence[str]) -> tuple[int, int]:
    """First and last paragraph of the *official* parts of the narrative (the whole document when no parts are told apart).

    What one holds, another may hold; parts that follow and state amounts belong to it (项目支出绩效 has one here and there).
    Parts are told by their titles, else the first by its number: other forms have the tables before the narrative.
    """
    marked = {mark: (number, words) for mark, words, number in _part_titles(body)}
    titles = sorted(marked.items(), key=lambda title: title[1][0])
    end = body[-1].number if body else 0
    ends = [number - 1 for _, (number, _) in titles[1:]] + [end]
    parts = [_Part(mark, pairs(words), number, last) for (mark, (number, words)), last in zip(titles, ends, strict=False)]
    chosen = []
    for place, title in enumerate(normalised(title)[0] for title in official):
        match = _PART.match(title)
        if match is None or not parts:
            continue
        own = pairs(_EMPTY_IN_PARTS.sub("", title[match.end() :]))
        # a title may name the unit besides
        ranked = [((len(own & p.words) / max(len(own), 1), alike(own, p.words)), p) for p in parts]
        likeness, best = max(ranked, key=lambda pair: pair[0])
        if likeness[0] >= _PART_LIKE:
            chosen.append(best)
        elif place == 0:
            chosen += [part for part in parts if part.mark == match[1]] or [_Part("", own, 1, end)]
    if not chosen:
        return 1, end
    amounts = {part: sum(bool(_AMOUNT.search(p.text)) for p in body if part.first <= p.number <= part.last) for part in parts}
    first, last = parts.index(chosen[0]) if chosen[0] in parts else 0, max(part.last for part in chosen)
    while first and amounts[parts[first - 1]] >= _STATES:
        first -= 1
    after = takewhile(lambda part: amounts[part], (part for part in parts if part.first > last))
    return parts[first].first if chosen[0] in parts else chosen[0].first, max([last, *(part.last for part in after)])


def _part_titles(body: Iterable[DocParagraph]) -> Iterator[tuple[str, str, int]]:
    """The titles of the parts: mark, words, paragraph."""
    for paragraph in body:
        text = normalised(paragraph.text)[0]
        match = _PART.match(text)
        if match is not None and len(text) <= _LONGEST + match.end() and not _PAGE.search(text):
            yield match[1], _EMPTY_IN_PARTS.sub("", text[match.end() :]), paragraph.number


def bare_heading(text: str) -> str:
    """A heading without its number, years and the words that say nothing."""
    return _EMPTY_WORDS.sub("", _NUMBERING.sub("", normalised(text)[0], count=1))


def is_sub_heading(text: str) -> bool:
    """Whether *text* is a heading below those of the sections."""
    plain = normalised(text)[0]
    return bool(_KINDS[_SUB].match(plain)) and len(plain) <= _LONGEST and not _HEAD_ENDS.search(plain)
