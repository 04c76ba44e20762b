"""Mechanical slips of writing: sentences without an end, brackets and quotes without a partner, odd digits, units not written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from docgen.docx.paragraphs import DocParagraph
from docgen.review.findings import Finder, Finding
from docgen.review.text import Line
from workbook.values import dataclass

_ENDS = "。！？!?…"
_GOES_ON = "：:"
_CLOSING = "）)”’》】」』"
_PAIRS = {"（": "）", "《": "》", "“": "”", "【": "】", "‘": "’", "〔": "〕"}
_SAME = str.maketrans("()", "（）")
_REMARK = re.compile(r"(?<=[。！？])[（(][^（）()]*[)）]$")
_ITEM_NUMBER = re.compile(r"(?:^|(?<=[。；：，\s]))\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]")
_WIDE = re.compile(r"[０-９]+(?:[．.][０-９]+)?")
_COMMA = re.compile(r"(?<!\d)\d{1,3}，\d{3}(?:\.\d+)?(?=\s*(?:万|元|%))")
_WAN = re.compile(r"\d\s*万(?=\s*(?:[，。；、（(]|$))")
_NO_REASON = re.compile(r"原因(?:主要)?(?:是|为|在于)?\s*[:：]?\s*([。；，]|$)")
_LIST_BELOW = re.compile(r"^(?:\(?[一二三四五六七八九十\d]{1,2}[)、.．])")
_STATEMENT = 20
"""A shorter paragraph without a number may be a heading."""
_AROUND = 10


class _Place(NamedTuple):
    paragraph: DocParagraph
    following: DocParagraph | None
    """The next paragraph with text."""


@dataclass(frozen=True)
class Punctuation:
    """These checks over the whole report."""

    finder: Finder

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph; what runs through the whole report once, at its first place."""
        text = self.finder.text
        shown = [p for p in text.paragraphs if not p.table and p.text.strip()]
        yield from self._digits(shown)
        last_of = {group[-1].number: number for number, group in text.groups.items()}
        inner = {p.number for group in text.groups.values() for p in group[:-1]}
        for paragraph, following in zip_longest(shown, shown[1:]):
            line = text.lines.get(last_of.get(paragraph.number, paragraph.number))
            if line is not None and paragraph.number not in inner:
                yield from self._end(_Place(paragraph, following), line)
            if line is not None or paragraph.number in inner:
                yield from self._units(paragraph)
        for number, whole in text.texts.items():
            if number not in inner or number in text.groups:
                yield from self._brackets(number, whole)

    def _end(self, place: _Place, line: Line) -> Iterator[Finding]:
        """How a statement ends."""
        paragraph, following = place
        text = paragraph.text.rstrip()
        match = _NO_REASON.search(text)
        if match is not None and (match[1] or following is None or not _LIST_BELOW.match(following.text.strip())):
            yield from self.finder.on("表文-39", "原因", at=(paragraph.number, match.start(), len(text)), stated=match[0])
            return
        last = (_REMARK.sub("", text) if _REMARK.search(text) else text).rstrip(_CLOSING)[-1:]
        if last in _ENDS or last in _GOES_ON or not (line.numbers or (len(line.text) >= _STATEMENT and "，" in line.text)):
            return
        mark = last if last in "，；、,;" else ""
        if mark in ("；", ";", "、") and following is not None and self._is_sibling(paragraph, following):
            return
        yield from self.finder.on(
            "表文-39", "标点" if mark else "", at=(paragraph.number, len(text) - 1, len(text)), stated=mark or None,
            末尾=text[-_AROUND:])

    def _is_sibling(self, paragraph: DocParagraph, following: DocParagraph) -> bool:
        """Whether the next paragraph goes on with the same list: it states something in the same section."""
        text = self.finder.text
        line = text.lines.get(following.number)
        return line is not None and bool(line.numbers) and text.sections.of.get(following.number) == text.sections.of.get(paragraph.number)

    def _brackets(self, number: int, text: str) -> Iterator[Finding]:
        """Brackets and quotes without a partner."""
        if not text or self.finder.text.is_in_table(number):
            return
        plain = _ITEM_NUMBER.sub(lambda m: " " * len(m[0]), text.translate(_SAME))
        found: list[tuple[int, str]] = []
        for place, character in enumerate(plain):
            if character in _PAIRS:
                found.append((place, character))
            elif character in _PAIRS.values():
                if found and _PAIRS[found[-1][1]] == character:
                    found.pop()
                else:
                    found.append((place, character))
                    break
        if found:
            place, character = found[0] if found[-1][1] in _PAIRS else found[-1]
            yield from self.finder.on("表文-42", at=(number, place, place + 1), stated=text[place])

    def _units(self, paragraph: DocParagraph) -> Iterator[Finding]:
        for match in _WAN.finditer(paragraph.text):
            yield from self.finder.on("表文-40", at=(paragraph.number, *match.span()), stated=match[0])

    def _digits(self, paragraphs: Sequence[DocParagraph]) -> Iterator[Finding]:
        for case, pattern in (("", _WIDE), ("逗号", _COMMA)):
            found = [(p, m) for p in paragraphs for m in pattern.finditer(p.text)]
            if found:
                paragraph, match = found[0]
                yield from self.finder.on("表文-41", case, at=(paragraph.number, *match.span()), stated=match[0], 几处=len(found))
