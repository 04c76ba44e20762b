"""What the text alone gives away: places not filled in, doubled punctuation, another year, unit or budget."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from docgen.docx.paragraphs import DocParagraph
from docgen.review.findings import Finder, Finding
from docgen.review.text import Line, Role
from workbook.pack.reasons import Subject
from workbook.pack.words import any_of
from workbook.values import dataclass

_BLANK = re.compile(r"(?<![A-Za-z0-9])[xXＸ×＊*]{2,}(?![A-Za-z0-9])|[_＿]{2,}|(?<![A-Za-z])[xXＸ×](?=\s*(?:万元|%|％|年|个|人|辆|月))|\{\{|\}\}|【(?:请|缺少|待)[^】]*】")
_DOUBLED = re.compile(r"([，。；：、])\s*\1|[，、；：]\s*[。；]|。\s*[，；、：]|，\s*[、：]|[、；：]\s*，")
_WORDS_ONLY = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Wording:
    """Checks of wording over the whole report."""

    finder: Finder

    @cached_property
    def subjects(self) -> Mapping[int, Subject]:
        """The sections of which every figure is one of a subject with sheets of its own: they must speak of nothing else."""
        subjects = [s for s in self.finder.context.pack.reasons.subjects if s.sheets]
        found: dict[int, Subject] = {}
        for section, title in self.finder.narrative.titles.items():
            slots = self.finder.expected.slots.get(section, ())
            for subject in subjects:
                if all(slot.figure.id.startswith(subject.slots) for slot in slots) if slots else any(word in title for word in subject.own):
                    found.setdefault(section, subject)
        return found

    @cached_property
    def spent(self) -> frozenset[int]:
        """The sections that state no number although they should state amounts."""
        return frozenset(
            section for section, slots in self.finder.expected.slots.items()
            if section in self.finder.text.sections.headings and not self.finder.text.numbers(section) and any(
                slot.number.role is Role.LEVEL and slot.figure.unit == "万元" and slot.figure.value for slot in slots))

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph."""
        text = self.finder.text
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
            if section and line is not None and (subject := self.subjects.get(section)):
                yield from self._subject(paragraph, line, subject)
            elif section in self.spent and line is not None and (none := self.finder.phrasing.nothing.search(paragraph.text)):
                yield from self.finder.on("表文-21", at=(paragraph.number, *none.span()), stated=none[0])

    def _unfinished(self, paragraph: DocParagraph, residue: re.Pattern[str]) -> Iterator[Finding]:
        text, section = paragraph.text, self.finder.text.sections.of.get(paragraph.number, 0)
        found = [m.span() for m in _BLANK.finditer(text)]
        for pattern in (residue, self.finder.phrasing.either_or) if section and not paragraph.table else ():
            found += [m.span() for m in pattern.finditer(text) if not any(a <= m.start() < b for a, b in found)]
        for span in sorted(found):
            yield from self.finder.on(
                "表文-16", at=(paragraph.number, *span), stated=text[slice(*span)],
                原文=text[max(span[0] - 6, 0) : span[1] + 6].strip())

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
