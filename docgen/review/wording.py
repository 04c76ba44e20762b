"""What the text alone gives away: places not filled in, doubled punctuation, another year, unit or budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from docgen.docx.paragraphs import DocParagraph
from docgen.job.context import ReportContext
from docgen.review.expected import Expected
from docgen.review.lines import Line
from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.rules import Finder
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

    context: ReportContext
    finder: Finder
    phrasing: Phrasing
    subjects: Mapping[int, Subject]
    """Section → what it speaks of, and must not speak of."""

    def review(self) -> Iterator[Finding]:
        """All findings, paragraph by paragraph."""
        text = self.finder.text
        yield from self._cover(text.paragraphs)
        names: list[tuple[DocParagraph, str, tuple[int, int]]] = []
        residue = any_of(tuple(w for w in self.phrasing.words.residue if _WORDS_ONLY.search(w)))
        for paragraph in text.paragraphs:
            if not _WORDS_ONLY.search(paragraph.text) and not _BLANK.search(paragraph.text):
                continue
            yield from self._unfinished(paragraph, residue)
            if paragraph.table:
                continue
            yield from self._punctuation(paragraph)
            section = text.sections.of.get(paragraph.number, 0)
            line = text.lines.get(paragraph.number)
            if section and line is not None:
                yield from self._years(paragraph, line)
                if paragraph.number != text.sections.headings.get(section) and (subject := self.subjects.get(section)):
                    yield from self._subject(paragraph, line, subject)
                if (found := _unit_name(paragraph.text, self.phrasing)) is not None and normalise(found[0]) != normalise(self.context.unit_name):
                    names.append((paragraph, *found))
        yield from self._names(names)

    def _unfinished(self, paragraph: DocParagraph, residue: re.Pattern[str]) -> Iterator[Finding]:
        text, section = paragraph.text, self.finder.text.sections.of.get(paragraph.number, 0)
        found = {m.span(): m for m in _BLANK.finditer(text)}
        if section and not paragraph.table:
            found |= {m.span(): m for m in residue.finditer(text) if not _inside(m.span(), found)}
            found |= {m.span(): m for m in self.phrasing.either_or.finditer(text) if not _inside(m.span(), found)}
        for span in sorted(found):
            yield from self.finder.on(
                "表文-16", at=(paragraph.number, *span), stated=text[slice(*span)],
                原文=text[max(span[0] - 6, 0) : span[1] + 6].strip())

    def _punctuation(self, paragraph: DocParagraph) -> Iterator[Finding]:
        for match in _DOUBLED.finditer(paragraph.text):
            yield from self.finder.on("表文-17", at=(paragraph.number, *match.span()), stated=match[0])

    def _cover(self, paragraphs: Sequence[DocParagraph]) -> Iterator[Finding]:
        """The year on the first page."""
        first = [p for p in paragraphs[:60] if p.text.strip() and not p.table][:_COVER]
        for paragraph in first:
            for match in re.finditer(r"(20\d\d)\s*年度", paragraph.text):
                if int(match[1]) != self.context.year:
                    yield from self._wrong_year(paragraph, match.span(1), match[1])

    def _years(self, paragraph: DocParagraph, line: Line) -> Iterator[Finding]:
        """Another year where the year of the accounts belongs."""
        for match in _YEAR_OF_ACCOUNTS.finditer(paragraph.text):
            stated = match[1] or match[2]
            span = match.span(1) if match[1] else match.span(2)
            if int(stated) == self.context.year or line.is_free(span[0]):
                continue
            if _COMPARED.search(paragraph.text[: match.start()]) and int(stated) == self.context.year - 1:
                continue
            yield from self._wrong_year(paragraph, span, stated)

    def _wrong_year(self, paragraph: DocParagraph, span: tuple[int, int], stated: str) -> list[Finding]:
        year = self.context.year
        return self.finder.on(
            "表文-18", at=(paragraph.number, *span), stated=f"{stated}年", expected=f"{year}年", 写的年=stated, 年度=year)

    def _names(self, names: Sequence[tuple[DocParagraph, str, tuple[int, int]]]) -> Iterator[Finding]:
        """Another unit's name; one finding for each name, at its first place."""
        for name in dict.fromkeys(name for _, name, _ in names):
            found = [(p, span) for p, n, span in names if n == name]
            paragraph, span = found[0]
            yield from self.finder.on(
                "表文-19", "多处" if len(found) > 1 else "", at=(paragraph.number, *span), stated=name,
                expected=self.context.unit_name, 几处=len(found))

    def _subject(self, paragraph: DocParagraph, line: Line, subject: Subject) -> Iterator[Finding]:
        """Another budget in the section of this one, and "there is none" beside an amount."""
        for match in any_of(subject.foreign).finditer(paragraph.text):
            if not line.is_free(match.start()):
                yield from self.finder.on("表文-20", at=(paragraph.number, *match.span()), stated=match[0], expected=subject.here)
        tables = self.context.accounts.tables
        if all(code not in tables or tables[code].is_empty() for code in subject.sheets):
            return
        for match in self.phrasing.nothing.finditer(paragraph.text):
            before = paragraph.text[: match.start()].removesuffix("度")
            if not line.is_free(match.start()) and not before.endswith(self.phrasing.words.bases[0]):
                yield from self.finder.on("表文-21", at=(paragraph.number, *match.span()), stated=match[0])


def subjects_of(context: ReportContext, expected: Expected) -> Mapping[int, Subject]:
    """The sections that speak of one budget only: those of which every figure is one of a subject with sheets of its own."""
    subjects = [s for s in context.pack.reasons.subjects if s.sheets]
    return {
        section: subject for section, slots in expected.slots.items() for subject in subjects
        if slots and all(slot.figure.id.startswith(subject.slots) for slot in slots)
    }


def _inside(span: tuple[int, int], found: Iterable[tuple[int, int]]) -> bool:
    return any(a <= span[0] < b for a, b in found)


def _unit_name(text: str, phrasing: Phrasing) -> tuple[str, tuple[int, int]] | None:
    """The name with which a statement begins (``某某单位 2024 年度…``), when it begins with one."""
    match = phrasing.unit_name.match(text)
    if match is None:
        return None
    name = match[1].strip()
    if _OURSELVES.search(name) or name.endswith(("与", "比", "较", "为", "从", "自")):
        return None
    start = text.index(name)
    return name, (start, start + len(name))


def unit_name_in(text: str, phrasing: Phrasing) -> str:
    """The unit's name as a statement gives it; empty when it begins otherwise."""
    found = _unit_name(text, phrasing)
    return found[0] if found is not None else ""
