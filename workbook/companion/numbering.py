"""How the pasted texts of a 底稿 number their paragraphs: repeated or left out, twice, at the report's own level, half-width marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbook.companion.model import OverviewParagraph
from workbook.entries import Entry
from workbook.numerals import chinese_numeral

_NUMERALS = "一二三四五六七八九十"
_KINDS = (
    re.compile(rf"([{_NUMERALS}]{{1,3}})、"), re.compile(rf"[（(]([{_NUMERALS}]{{1,3}})[)）]"), re.compile(r"(\d{1,2})[.．、](?!\d)"),
    re.compile(r"[（(](\d{1,2})[)）]"),
)
"""The levels of numbering in official documents, from the outermost."""
_TWICE = re.compile(rf"(?:[{_NUMERALS}]{{1,3}}、|[（(][{_NUMERALS}\d]{{1,3}}[)）]|\d{{1,2}}[.．、](?!\d)\s*)\s*(?:[{_NUMERALS}]{{1,3}}、|[（(][{_NUMERALS}\d]{{1,3}}[)）]|\d{{1,2}}[.．、](?!\d))")
_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff])[,;:?!](?=[\u4e00-\u9fff]|$)|[(](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[)]")
_SHOWN = 24
_VALUES = {chinese_numeral(number): number for number in range(1, 100)}


class Remark(NamedTuple):
    """Something about the numbering of a text: the rule's case, the paragraph, what to fill its sentence with."""

    case: str
    entry: Entry
    words: str
    places: int


def numbering_remarks(paragraphs: Sequence[OverviewParagraph]) -> Iterator[Remark]:
    """The remarks about one text of the first part, each kind once, with the first place."""
    found: dict[str, list[OverviewParagraph]] = {}
    for paragraph, case in _wrong(paragraphs):
        found.setdefault(case, []).append(paragraph)
    for case, places in found.items():
        text = places[0].text.text.strip()
        yield Remark(case, places[0].text, text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……", len(places))


def _wrong(paragraphs: Sequence[OverviewParagraph]) -> Iterator[tuple[OverviewParagraph, str]]:
    last: list[int] = [0] * len(_KINDS)
    for paragraph in paragraphs:
        text = paragraph.text.text.strip()
        if _TWICE.match(text):
            yield paragraph, "双重编号"
        if _HALF_WIDTH.search(text):
            yield paragraph, "半角标点"
        for level, kind in enumerate(_KINDS):
            if match := kind.match(text):
                number = _VALUES.get(match[1]) or (int(match[1]) if match[1].isdecimal() else 0)
                if number == last[level]:
                    yield paragraph, "编号重复"
                elif number not in (1, last[level] + 1):
                    yield paragraph, "编号不连续"
                last[level:] = [number] + [0] * (len(_KINDS) - level - 1)
                break
