"""What the text alone gives away: places not filled in, doubled punctuation, another year, unit or budget."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from docgen.docx.paragraphs import DocParagraph
from docgen.job.context import ReportContext
from docgen.reasons.settings import Subject, settings_of
from docgen.review.lines import Line
from docgen.review.model import Remark
from docgen.review.rules import Remarks
from docgen.review.sections import Sections
from workbook.pack.layout import normalise
from workbook.pack.words import any_of
from workbook.values import dataclass

_MOVES_UP, _MOVES_DOWN = "增加|增长", "减少|下降"
_EITHER_OR = re.compile(
    rf"增(?:下降|减少)|减(?:增加|增长)|(?:{_MOVES_UP})(?:{_MOVES_DOWN})|(?:{_MOVES_DOWN})(?:{_MOVES_UP})"
    rf"|(?:{_MOVES_UP})[（(/／、或](?:{_MOVES_DOWN})[）)]?|(?:{_MOVES_DOWN})[（(/／、或](?:{_MOVES_UP})[）)]?")
_BLANK = re.compile(r"(?<![A-Za-z0-9])[xXＸ×＊*]{2,}(?![A-Za-z0-9])|[_＿]{2,}|(?<![A-Za-z])[xXＸ×](?=\s*(?:万元|%|％|年|个|人|辆|月))|\{\{|\}\}|【(?:请|缺少|待)[^】]*】")
_DOUBLED = re.compile(r"([，。；：、])\s*\1|[，、；：]\s*[。；]|。\s*[，；、：]|，\s*[、：]|[、；：]\s*，")
_WORDS_ONLY = re.compile(r"[\u4e00-\u9fff]")
_YEAR_OF_ACCOUNTS = re.compile(r"(?<!\d)(20\d\d)\s*年\s*度(?!\s*[、至和]\s*20)|截[至止]\s*(20\d\d)\s*年(?=\s*12\s*月|末|底)")
_COMPARED = re.compile(r"(?:与|比|较|同|和|对比|从|自|由|至|到|于|结转|列支|以前|上年|[(（])\s*$")
_UNIT_LEAD = re.compile(
    r"^([^，。；：]{2,40}?)(?:截[至止])?\s*20\d\d\s*年(?:度)?\s*(?:收入|支出|本年|财政|一般公共|政府|国有|公用|机关|在决算|12\s*月)")
_OURSELVES = re.compile(r"^(?:本|我|各|该|全)?(?:部门|单位|局|馆|校|院|中心|委|办|厅|处)?(?:[(（](?:部门|单位)[)）])?$|^(?:\d|[(（一二三四五六七八九十])|绩效|根据|预算|决算|截[至止]")
_NONE = re.compile(r"(?:本年度?|今年)?(?:无|没有|未安排|未发生)[^，。；]{0,14}(?:收入|支出|收支|收、支|拨款|预算|安排|发生)")
_COVER = 6
_FUND_SECTIONS = {9: "基金.", 10: "国资."}


@dataclass(frozen=True)
class Wording:
    """Checks of wording over the whole report."""

    context: ReportContext
    remarks: Remarks
    sections: Sections
    amounts: dict[int, bool]
    """Sections 9 and 10 → whether there is any amount this year."""

    def review(self, paragraphs: Sequence[DocParagraph], lines: dict[int, Line]) -> Iterator[Remark]:
        """All findings, paragraph by paragraph.  *lines* are those of the sections' paragraphs."""
        yield from self._cover(paragraphs)
        names: list[tuple[DocParagraph, str, tuple[int, int]]] = []
        residue = any_of(tuple(w for w in self.context.pack.words.residue if _WORDS_ONLY.search(w)))
        for paragraph in paragraphs:
            if not _WORDS_ONLY.search(paragraph.text) and not _BLANK.search(paragraph.text):
                continue
            yield from self._unfinished(paragraph, residue)
            if paragraph.table:
                continue
            yield from self._punctuation(paragraph)
            section = self.sections.of.get(paragraph.number, 0)
            line = lines.get(paragraph.number)
            if section and line is not None:
                yield from self._years(paragraph, line)
                yield from self._subject(paragraph, line, section)
                if (found := _unit_name(paragraph.text)) is not None and normalise(found[0]) != normalise(self.context.unit_name):
                    names.append((paragraph, *found))
        yield from self._names(names)

    def _unfinished(self, paragraph: DocParagraph, residue: re.Pattern[str]) -> Iterator[Remark]:
        text, section = paragraph.text, self.sections.of.get(paragraph.number, 0)
        found = {m.span(): m for m in _BLANK.finditer(text)}
        if section and not paragraph.table:
            found |= {m.span(): m for m in residue.finditer(text) if not _inside(m.span(), found)}
            found |= {m.span(): m for m in _EITHER_OR.finditer(text) if not _inside(m.span(), found)}
        for span in sorted(found):
            yield from self.remarks.on(
                "表文-16", f"“{text[max(span[0] - 6, 0) : span[1] + 6].strip()}”像是没有填完或没有改好的地方，请改写", paragraph.number, text,
                span, stated=text[slice(*span)])

    def _punctuation(self, paragraph: DocParagraph) -> Iterator[Remark]:
        for match in _DOUBLED.finditer(paragraph.text):
            yield from self.remarks.on("表文-17", f"标点重复：“{match[0]}”", paragraph.number, paragraph.text, match.span(), stated=match[0])

    def _cover(self, paragraphs: Sequence[DocParagraph]) -> Iterator[Remark]:
        """The year on the first page."""
        first = [p for p in paragraphs[:60] if p.text.strip() and not p.table][:_COVER]
        for paragraph in first:
            for match in re.finditer(r"(20\d\d)\s*年度", paragraph.text):
                if int(match[1]) != self.context.year:
                    yield from self._wrong_year(paragraph, match.span(1), match[1])

    def _years(self, paragraph: DocParagraph, line: Line) -> Iterator[Remark]:
        """Another year where the year of the accounts belongs."""
        for match in _YEAR_OF_ACCOUNTS.finditer(paragraph.text):
            stated = match[1] or match[2]
            span = match.span(1) if match[1] else match.span(2)
            if int(stated) == self.context.year or _is_free(line, span[0]):
                continue
            if _COMPARED.search(paragraph.text[: match.start()]) and int(stated) == self.context.year - 1:
                continue
            yield from self._wrong_year(paragraph, span, stated)

    def _wrong_year(self, paragraph: DocParagraph, span: tuple[int, int], stated: str) -> list[Remark]:
        year = self.context.year
        return self.remarks.on(
            "表文-18", f"写的是 {stated} 年，公开表是 {year} 年度的，请核对年份", paragraph.number, paragraph.text, span,
            stated=f"{stated}年", expected=f"{year}年")

    def _names(self, names: Sequence[tuple[DocParagraph, str, tuple[int, int]]]) -> Iterator[Remark]:
        """Another unit's name; one finding for each name, at its first place."""
        for name in dict.fromkeys(name for _, name, _ in names):
            places = [(p, span) for p, n, span in names if n == name]
            paragraph, span = places[0]
            more = f"（共 {len(places)} 处）" if len(places) > 1 else ""
            yield from self.remarks.on(
                "表文-19", f"单位名称写的是“{name}”{more}，公开表是“{self.context.unit_name}”，请核对", paragraph.number, paragraph.text, span,
                stated=name, expected=self.context.unit_name)

    def _subject(self, paragraph: DocParagraph, line: Line, section: int) -> Iterator[Remark]:
        """Sections 9 and 10: the other budget, and "there is none" beside an amount."""
        prefix = _FUND_SECTIONS.get(section)
        if prefix is None or paragraph.number == self.sections.headings.get(section):
            return
        subject = self._rule(prefix)
        if subject is not None:
            for match in any_of(subject.foreign).finditer(paragraph.text):
                if not _is_free(line, match.start()):
                    yield from self.remarks.on(
                        "表文-20", f"这一节说明{subject.here}，写的是“{match[0]}”", paragraph.number, paragraph.text, match.span(),
                        stated=match[0], expected=subject.here)
        if self.amounts.get(section):
            for match in _NONE.finditer(paragraph.text):
                if not _is_free(line, match.start()) and not paragraph.text[: match.start()].endswith(("上年", "上年度")):
                    yield from self.remarks.on(
                        "表文-21", f"公开表有金额，报告写的是“{match[0]}”", paragraph.number, paragraph.text, match.span(), stated=match[0])

    def _rule(self, prefix: str) -> Subject | None:
        return next((s for s in settings_of(self.context.pack).subjects if prefix in s.slots), None)


def _is_free(line: Line, place: int) -> bool:
    """Whether the character at *place* of the original text belongs to free text."""
    return any(line.places[start] <= place < line.places[end] for start, end in line.free)


def _inside(span: tuple[int, int], found: Iterable[tuple[int, int]]) -> bool:
    return any(a <= span[0] < b for a, b in found)


def _unit_name(text: str) -> tuple[str, tuple[int, int]] | None:
    """The name with which a statement begins (``某某单位 2024 年度…``), when it begins with one."""
    match = _UNIT_LEAD.match(text)
    if match is None:
        return None
    name = match[1].strip()
    if _OURSELVES.search(name) or name.endswith(("与", "比", "较", "为", "从", "自")):
        return None
    start = text.index(name)
    return name, (start, start + len(name))


def unit_name_in(text: str) -> str:
    """The unit's name as a statement gives it; empty when it begins otherwise."""
    found = _unit_name(text)
    return found[0] if found is not None else ""
