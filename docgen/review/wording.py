"""What the text alone gives away: places not filled in, doubled punctuation, another year, unit or budget."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from docgen.docx.paragraphs import DocParagraph
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import Phrasing
from docgen.review.text import Line
from workbook.pack.layout import normalise
from workbook.pack.reasons import Subject
from workbook.pack.words import any_of
from workbook.values import dataclass

_BLANK = re.compile(r"(?<![A-Za-z0-9])[xXＸ×＊*]{2,}(?![A-Za-z0-9])|[_＿]{2,}|(?<![A-Za-z])[xXＸ×](?=\s*(?:万元|%|％|年|个|人|辆|月))|\{\{|\}\}|【(?:请|缺少|待)[^】]*】")
_DOUBLED = re.compile(r"([，。；：、])\s*\1|[，、；：]\s*[。；]|。\s*[，；、：]|，\s*[、：]|[、；：]\s*，")
_WORDS_ONLY = re.compile(r"[\u4e00-\u9fff]")
_YEAR_OF_ACCOUNTS = re.compile(r"(?<!\d)(20\d\d)\s*年\s*度(?!\s*[、至和]\s*20)|截[至止]\s*(20\d\d)\s*年(?=\s*12\s*月|末|底)")
_COMPARED = re.compile(r"(?:与|比|较|同|和|对比|从|自|由|至|到|于|结转|列支|以前|上年|[(（])\s*$")
_OURSELVES = re.compile(r"^(?:本|我|各|该|全)?(?:部门|单位|局|馆|校|院|中心|委|办|厅|处)?(?:[(（](?:部门|单位)[)）])?$|^(?:\d|[(（一二三四五六七八九十])|绩效|根据|预算|决算|截[至止]")
_COVER = 6


@dataclass(frozen=True)
class Wording:
    """Checks of wording over the whole report."""

    finder: Finder

    @cached_property
    def subjects(self) -> Mapping[int, Subject]:
        """The sections of which every figure is one of a subject with sheets of its own: they must speak of nothing else."""
        subjects = [s for s in self.finder.context.pack.reasons.subjects if s.sheets]
        return {
            section: subject for section, slots in self.finder.expected.slots.items() for subject in subjects
            if slots and all(slot.figure.id.startswith(subject.slots) for slot in slots)
        }

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph."""
        text = self.finder.text
        yield from self._cover(text.paragraphs)
        names: dict[str, list[DocParagraph]] = defaultdict(list)
        residue = any_of(tuple(w for w in self.finder.phrasing.words.residue if _WORDS_ONLY.search(w)))
        for paragraph in text.paragraphs:
            if not _WORDS_ONLY.search(paragraph.text) and not _BLANK.search(paragraph.text):
                continue
            yield from self._unfinished(paragraph, residue)
            if paragraph.table:
                continue
            for match in _DOUBLED.finditer(paragraph.text):
                yield from self.finder.on("表文-17", at=(paragraph.number, *match.span()), stated=match[0])
            section = text.sections.of.get(paragraph.number, 0)
            line = text.lines.get(paragraph.number)
            if section and line is not None:
                yield from self._years(paragraph, line)
                if paragraph.number != text.sections.headings.get(section) and (subject := self.subjects.get(section)):
                    yield from self._subject(paragraph, line, subject)
                if name := unit_name_in(paragraph.text, self.finder.phrasing):
                    names[name].append(paragraph)
        for name, found in names.items():  # another unit's name: one finding for each, at its first place
            if normalise(name) != normalise(self.finder.context.unit_name):
                start = found[0].text.index(name)
                yield from self.finder.on(
                    "表文-19", "多处" if len(found) > 1 else "", at=(found[0].number, start, start + len(name)), stated=name,
                    expected=self.finder.context.unit_name, 几处=len(found))

    def _unfinished(self, paragraph: DocParagraph, residue: re.Pattern[str]) -> Iterator[Finding]:
        text, section = paragraph.text, self.finder.text.sections.of.get(paragraph.number, 0)
        found = [m.span() for m in _BLANK.finditer(text)]
        for pattern in (residue, self.finder.phrasing.either_or) if section and not paragraph.table else ():
            found += [m.span() for m in pattern.finditer(text) if not any(a <= m.start() < b for a, b in found)]
        for span in sorted(found):
            yield from self.finder.on(
                "表文-16", at=(paragraph.number, *span), stated=text[slice(*span)],
                原文=text[max(span[0] - 6, 0) : span[1] + 6].strip())

    def _cover(self, paragraphs: Sequence[DocParagraph]) -> Iterator[Finding]:
        """The year on the first page."""
        for paragraph in [p for p in paragraphs[:60] if p.text.strip() and not p.table][:_COVER]:
            for match in re.finditer(r"(20\d\d)\s*年度", paragraph.text):
                yield from self._wrong_year(paragraph, match.span(1))

    def _years(self, paragraph: DocParagraph, line: Line) -> Iterator[Finding]:
        """Another year where the year of the accounts belongs."""
        if (year := self.finder.context.year) is None:
            return
        for match in _YEAR_OF_ACCOUNTS.finditer(paragraph.text):
            group = 1 if match[1] else 2
            is_last = int(match[group]) == year - 1
            if not line.is_free(match.start(group)) and not (is_last and _COMPARED.search(paragraph.text[: match.start()])):
                yield from self._wrong_year(paragraph, match.span(group))

    def _wrong_year(self, paragraph: DocParagraph, span: tuple[int, int]) -> list[Finding]:
        stated, year = paragraph.text[slice(*span)], self.finder.context.year
        return [] if year is None or int(stated) == year else self.finder.on(
            "表文-18", at=(paragraph.number, *span), stated=f"{stated}年", expected=f"{year}年", 写的年=stated, 年度=year)

    def _subject(self, paragraph: DocParagraph, line: Line, subject: Subject) -> Iterator[Finding]:
        """Another budget in the section of this one, and "there is none" beside an amount."""
        for match in any_of(subject.foreign).finditer(paragraph.text):
            if not line.is_free(match.start()):
                yield from self.finder.on("表文-20", at=(paragraph.number, *match.span()), stated=match[0], expected=subject.here)
        tables = self.finder.context.accounts.tables
        if all(code not in tables or tables[code].is_empty() for code in subject.sheets):
            return
        for match in self.finder.phrasing.nothing.finditer(paragraph.text):
            before = paragraph.text[: match.start()].removesuffix("度")
            if not line.is_free(match.start()) and not before.endswith(self.finder.phrasing.words.bases[0]):
                yield from self.finder.on("表文-21", at=(paragraph.number, *match.span()), stated=match[0])


def unit_name_in(text: str, phrasing: Phrasing) -> str:
    """The name with which a statement begins (``某某单位 2024 年度…``); empty when it begins otherwise."""
    match = phrasing.unit_name.match(text)
    name = match[1].strip() if match is not None else ""
    return "" if _OURSELVES.search(name) or name.endswith(("与", "比", "较", "为", "从", "自")) else name
