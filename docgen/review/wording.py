"""What the text alone gives away: places not filled in, slips of writing, another budget, "there is none" beside an amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from docgen.docx.paragraphs import DocParagraph
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import normalised
from docgen.review.sections import is_of_contents, ordinal_of
from docgen.review.text import Line, Role
from workbook.numerals import chinese_numeral
from workbook.pack.words import any_of
from workbook.values import cached_property, dataclass

_BLANK = re.compile(
    r"(?<![A-Za-z0-9])[xXＸ×＊*]{2,}(?![A-Za-z0-9])|[_＿]{2,}"
    r"|(?<![A-Za-z])[xXＸ×](?=\s*(?:万元|%|％|年|个|人|辆|月))|\{\{|\}\}|【(?:请|缺少|待)[^】]*】")
_DOUBLED = re.compile(r"([，。；：、])\s*\1|[，、；：]\s*[。；]|。\s*[，；、：]|，\s*[、：]|[、；：]\s*，")
_WORDS_ONLY = re.compile(r"[\u4e00-\u9fff]")
_ENDS, _CLOSING = "。！？!?…：:", "）)”’》】」』"
_PAIRS = {"（": "）", "《": "》", "“": "”", "【": "】", "‘": "’", "〔": "〕"}
_SAME = str.maketrans("()", "（）")
_REMARK = re.compile(r"(?<=[。！？])[（(][^（）()]*[)）]$")
_ITEM_NUMBER = re.compile(r"(?:^|(?<=[。；：，\s]))\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]")
_DIGITS = (("", re.compile(r"[０-９]+(?:[．.][０-９]+)?")), ("逗号", re.compile(r"(?<!\d)\d{1,3}，\d{3}(?:\.\d+)?(?=\s*(?:万|元|%))")))
"""Odd ways to write numbers, each as a case of its rule."""
_WAN = re.compile(r"\d\s*万(?=\s*(?:[，。；、（(]|$))")
_NO_REASON = re.compile(r"原因(?:主要)?(?:是|为|在于)?\s*[:：]?\s*([。；，]|$)")
_LIST_BELOW = re.compile(r"^(?:\(?[一二三四五六七八九十\d]{1,2}[)、.．])")
_ORDINAL, _ORDINALS = re.compile(r"[一二三四五六七八九十]+|\d+"), {chinese_numeral(n): n for n in range(1, 100)}
_SKIPPED = 2
_STATEMENT = 20
"""A shorter paragraph without a number may be a heading."""
_AROUND = 10


@dataclass(frozen=True)
class Wording:
    """Checks of the text over the whole report."""

    finder: Finder

    def review(self) -> Iterator[Finding]:
        """All findings; what runs through the whole report once, at its first place."""
        text = self.finder.text
        for paragraph in text.paragraphs:
            if _WORDS_ONLY.search(paragraph.text) or _BLANK.search(paragraph.text):
                yield from self._unfinished(paragraph)
                if not paragraph.table:
                    yield from self._budget(paragraph)
                    yield from self._brackets(paragraph)
        shown = [p for p in text.paragraphs if not p.table and p.text.strip()]
        yield from self._marks(shown)
        yield from self._numbering([p for p in shown if not is_of_contents(p)])

    def _unfinished(self, paragraph: DocParagraph) -> Iterator[Finding]:
        text, section = paragraph.text, self.finder.text.sections.of.get(paragraph.number, 0)
        found = [m.span() for m in _BLANK.finditer(text)]
        residue = any_of(tuple(w for w in self.finder.phrasing.words.residue if _WORDS_ONLY.search(w)))
        for pattern in (residue, self.finder.phrasing.either_or) if section and not paragraph.table else ():
            found += [m.span() for m in pattern.finditer(text) if not any(a <= m.start() < b for a, b in found)]
        for start, end in sorted(found):
            yield from self.finder.on(
                "表文-16", at=(paragraph.number, start, end), stated=text[start:end],
                原文=text[max(start - 6, 0) : end + 6].strip())

    # ------------------------------------------------------------ marks

    def _numbering(self, shown: Sequence[DocParagraph]) -> Iterator[Finding]:
        """Headings and items whose numbers leave one out: ``一、``, ``三、``."""
        last: dict[int, tuple[int, int]] = {}
        for paragraph in shown:
            depth, mark = ordinal_of(paragraph) or (0, "")
            digits = _ORDINAL.search(mark)
            if digits is None:
                continue
            last = {above: former for above, former in last.items() if above <= depth}
            number = _ORDINALS.get(digits[0]) or int(digits[0])
            former, since = last.get(depth, (0, last.get(0, (0, paragraph.number))[1]))
            # A part may begin with its tables; numbers below those of sections run on within a text.
            if number == former + _SKIPPED and depth and (former or (depth == 1 and 0 in last)):
                left_out = f"{number - 1}" if digits[0].isdigit() else chinese_numeral(number - 1)
                inside = re.compile(rf"(?<!\d){left_out}[、.．)是]")
                between = (p for p in self.finder.text.paragraphs if since <= p.number < paragraph.number)
                if not any(inside.search(normalised(p.text)[0]) for p in between):
                    yield from self.finder.on(
                        "表文-51", at=(paragraph.number, 0, 0), stated=mark, expected=mark.replace(digits[0], left_out))
            last[depth] = number, paragraph.number

    def _marks(self, shown: Sequence[DocParagraph]) -> Iterator[Finding]:
        """Odd digits, sentences without an end, units not written out."""
        text = self.finder.text
        for case, pattern in _DIGITS:
            if found := [(p, m) for p in shown for m in pattern.finditer(p.text)]:
                paragraph, match = found[0]
                yield from self.finder.on("表文-41", case, at=(paragraph.number, *match.span()), stated=match[0], 几处=len(found))
        for paragraph, following in zip_longest(shown, shown[1:]):
            line = text.lines.get(paragraph.number)
            if line is not None:
                yield from self._end(paragraph, following, line)
            for match in _WAN.finditer(paragraph.text) if line is not None else ():
                yield from self.finder.on("表文-40", at=(paragraph.number, *match.span()), stated=match[0])

    def _end(self, paragraph: DocParagraph, following: DocParagraph | None, line: Line) -> Iterator[Finding]:
        """How a statement ends; *following* is the next paragraph with text."""
        text = paragraph.text.rstrip()
        match = _NO_REASON.search(text)
        if match is not None and (match[1] or following is None or not _LIST_BELOW.match(following.text.strip())):
            yield from self.finder.on("表文-39", "原因", at=(paragraph.number, match.start(), len(text)), stated=match[0])
            return
        last = _REMARK.sub("", text).rstrip(_CLOSING)[-1:]
        if last in _ENDS or not (line.numbers or (len(line.text) >= _STATEMENT and "，" in line.text)):
            return
        mark = last if last in "，；、,;" else ""
        if mark and mark in "；;、" and following is not None and self._goes_on(paragraph, following):
            return
        yield from self.finder.on(
            "表文-39", "标点" if mark else "", at=(paragraph.number, len(text) - 1, len(text)),
            stated=mark or None, 末尾=text[-_AROUND:])

    def _goes_on(self, paragraph: DocParagraph, following: DocParagraph) -> bool:
        """Whether the next paragraph goes on with the same list: it states something in the same section."""
        text = self.finder.text
        line = text.lines.get(following.number)
        sections = text.sections.of
        return line is not None and bool(line.numbers) and sections.get(following.number) == sections.get(paragraph.number)

    def _brackets(self, paragraph: DocParagraph) -> Iterator[Finding]:
        """Brackets and quotes without a partner."""
        found: list[tuple[int, str]] = []
        for place, character in enumerate(_ITEM_NUMBER.sub(lambda m: " " * len(m[0]), paragraph.text.translate(_SAME))):
            if character in _PAIRS.values() and found and _PAIRS[found[-1][1]] == character:
                found.pop()
            elif character in _PAIRS:
                found.append((place, character))
            elif character in _PAIRS.values():
                found = [(place, character)]
                break
        if found:
            place, stated = found[0][0], paragraph.text[found[0][0]]
            yield from self.finder.on("表文-42", at=(paragraph.number, place, place + 1), stated=stated)

    # ------------------------------------------------------------ budgets

    @cached_property
    def _spent(self) -> frozenset[int]:
        """The sections that state no number although they should state amounts."""
        text = self.finder.text
        return frozenset(
            section for section, slots in self.finder.expected.slots.items()
            if section in text.sections.headings and not text.numbers(section) and any(
                s.number.role is Role.LEVEL and s.figure.unit == "万元" and s.figure.value for s in slots))

    def _budget(self, paragraph: DocParagraph) -> Iterator[Finding]:
        """Doubled marks; another budget in the section of this one, and "there is none" beside an amount."""
        text, nothing, number = paragraph.text, self.finder.phrasing.nothing, paragraph.number
        for match in _DOUBLED.finditer(text):
            yield from self.finder.on("表文-17", at=(number, *match.span()), stated=match[0])
        section, line = self.finder.text.sections.of.get(number, 0), self.finder.text.lines.get(number)
        if not section or line is None:
            return
        if (subject := self.finder.subjects.get(section)) is None:
            if section in self._spent and (none := nothing.search(text)):
                yield from self.finder.on("表文-21", at=(number, *none.span()), stated=none[0])
            return
        for match in any_of(subject.foreign).finditer(text):
            if not line.is_free(match.start()):
                yield from self.finder.on("表文-20", at=(number, *match.span()), stated=match[0], expected=subject.here)
        tables = self.finder.context.accounts.tables
        is_live = any(code in tables and tables[code].live_columns for code in subject.sheets)
        for match in nothing.finditer(text) if is_live else ():
            before = text[: match.start()].removesuffix("度")
            if not line.is_free(match.start()) and not before.endswith(self.finder.phrasing.words.bases[0]):
                yield from self.finder.on("表文-21", at=(number, *match.span()), stated=match[0])
