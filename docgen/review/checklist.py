"""A review as bureaus write it down: the pack's checklist, an item a row, whether it meets the requirement, or why not."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from docgen.docx.paragraphs import DocParagraph, ReportFile
from docgen.job.inputs import Inputs
from docgen.report.narrative import Narrative, narrative_of
from docgen.review.findings import Review
from docgen.review.own_tables import cover_of
from docgen.review.phrasing import alike, normalised, pairs
from docgen.review.sections import bare_heading
from docgen.template.rendering import PART_STYLES
from workbook.create.lists import write_list
from workbook.formats.sniff import FileFormat
from workbook.issues import Issue, Kind, Severity
from workbook.pack.report import NAME, ChecklistItem, Subject
from workbook.rules.check import CheckReport, check
from workbook.values import dataclass

_PART = re.compile(r"第[一二三四五六七八九十]+(?:部分|章)")
_CONTENTS = re.compile(r"目\s*[录次]")
_CONTENTS_STYLE = re.compile(r"^(?:toc|目录|目次)", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"[.…]{3,}\s*\d*$|\t\d+$")
_LONGEST_TITLE, _LIKE, _QUOTED = 48, 0.72, 40
_FEWEST_LINES = 3
"""Fewer lines of contents are not compared with the headings."""
_COVER = 12
_COLUMNS = (("检查项目", 34), ("检查内容", 34), ("符合要求", 10), ("存在的问题", 80))


class Entry(NamedTuple):
    """A row of the checklist."""

    name: str
    asks: str
    meets: bool | None
    """``None``: it must be looked at by people."""
    problems: tuple[str, ...]

    @property
    def answer(self) -> str:
        """As it is written."""
        return "" if self.meets is None else "是" if self.meets else "否"


@dataclass(frozen=True, slots=True)
class Dates:
    """When the accounts were approved and the report was published, as far as that is known."""

    approved: dt.date | None = None
    published: dt.date | None = None


def write_checklist_of(
    path: Path, review: Review, document: ReportFile, inputs: Inputs, dates: Dates | None = None,
) -> tuple[Entry, ...]:
    """Write the checklist of a review as an Excel file and return its rows.  Raises ``InputError``."""
    entries = checklist_of(review, document, inputs, narrative_of(inputs), check(inputs.accounts, inputs.view), dates)
    write_checklist(path, entries, review, inputs)
    return entries


def write_checklist(path: Path, entries: Sequence[Entry], review: Review, inputs: Inputs) -> None:
    """Write a checklist as an Excel file.  Atomic.  Raises ``InputError``."""
    accounts = inputs.accounts
    against = "报告自己所附的表" if accounts.source.format is FileFormat.REPORT else accounts.path.name
    about = {
        "单位": accounts.unit_name, "年度": str(accounts.year or ""), "报告": review.path.name, "对照": against,
        "核对": review.coverage.words()}
    title = "　".join(["部门决算公开检查表", *(f"{name}：{value}" for name, value in about.items() if value)])
    write_list(path, "检查表", title, _COLUMNS, (
        (" ".join(e.name.split()), e.asks, e.answer, "\n".join(
            f"{n}. {p}" if len(e.problems) > 1 else p for n, p in enumerate(e.problems, 1))) for e in entries))


def checklist_of(
    review: Review, document: ReportFile, inputs: Inputs, narrative: Narrative,
    checked: CheckReport, dates: Dates | None = None,
) -> tuple[Entry, ...]:
    """The pack's checklist with what the review (and the check of the tables) found."""
    checklist, dates = _Checklist(review, document, inputs, narrative), dates or Dates()
    checklist.sort([*review.issues, *(checked.issues if inputs.accounts.source.format is not FileFormat.REPORT else ())])
    return tuple(entry for item in inputs.pack.checklist for entry in checklist.entries(item, dates))


class _Part(NamedTuple):
    title: str
    first: int
    last: int


class _Checklist:
    """Gives every finding to one item."""

    def __init__(self, review: Review, document: ReportFile, inputs: Inputs, narrative: Narrative) -> None:
        self.review, self.document, self.inputs, self.narrative = review, document, inputs, narrative
        self.texts = {p.number: p for p in document.paragraphs}
        self.contents = [p for p in document.paragraphs if _is_contents(p)]
        self.parts = _parts(document.paragraphs)
        self.found: dict[tuple[Subject, str], list[str]] = defaultdict(list)

    def sort(self, issues: Sequence[Issue]) -> None:
        for issue in issues:
            if issue.severity is not Severity.TAIL:
                self.found[self._item(issue)].append(self._words(issue))

    def entries(self, item: ChecklistItem, dates: Dates) -> Iterator[Entry]:
        """The rows of an item of the pack."""
        if item.subject is Subject.TIME:
            yield _time(item, dates)
            return
        names = {
            Subject.PARTS: self._part_titles(), Subject.SECTIONS: [*self.narrative.titles.values()],
            Subject.TABLES: [layout.title for layout in self.inputs.pack.sheets.values()]}
        for name in names.get(item.subject, [""]):
            problems = dict.fromkeys([*self._absent(item.subject, name), *self.found.get((item.subject, name), ())])
            yield Entry(item.name.replace(NAME, name), item.asks, not problems, tuple(problems))

    def _item(self, issue: Issue) -> tuple[Subject, str]:
        """The item that an issue belongs to."""
        titles, number = self.narrative.titles, issue.paragraph or 0
        if issue.sheet in self.inputs.pack.sheets:
            return Subject.TABLES, self.inputs.pack.sheets[issue.sheet].title
        if issue.expected in titles.values():
            return Subject.SECTIONS, str(issue.expected)
        if number not in self.texts or issue.kind is not Kind.TEXT:
            return Subject.OTHER, ""
        return self._of_paragraph(number)

    def _of_paragraph(self, number: int) -> tuple[Subject, str]:
        titles, section = self.narrative.titles, self.review.sections.get(number, 0)
        if section in titles:
            return Subject.SECTIONS, titles[section]
        if _is_contents(self.texts[number]):
            return Subject.CONTENTS, ""
        if part := next((p for p in self.parts if p.first <= number <= p.last), None):
            return Subject.PARTS, part.title
        behind = min([p.number for p in self.contents[:1]] + [p.first for p in self.parts[:1]], default=0)
        return (Subject.COVER if number < behind else Subject.OTHER), ""

    def _part_titles(self) -> list[str]:
        """The parts that the report has, and those of the form that it has not."""
        found = [part.title for part in self.parts]
        official = [getattr(b, "text", "") for b in self.narrative.statements if getattr(b, "style", "") in PART_STYLES]
        return found + [title for title in official if not any(_same(title, own) for own in found)]

    def _absent(self, subject: Subject, name: str) -> Iterator[str]:
        """What of the item is not there at all."""
        if subject is Subject.PARTS and name not in [part.title for part in self.parts]:
            yield f"【错误】没有“{' '.join(name.split())}”这一部分"
        elif subject is Subject.CONTENTS:
            yield from self._contents_problems()
        elif subject is Subject.COVER:
            (unit, year), known = cover_of(self.document), normalised(self.inputs.accounts.unit_name)[0]
            if year is None:
                yield "【提示】封面没有写年度"
            if known and not unit and not any(known in normalised(p.text)[0] for p in self.document.paragraphs[:_COVER]):
                yield "【提示】封面没有写单位名称"

    def _contents_problems(self) -> Iterator[str]:
        if not self.contents:
            yield "【提示】没有目录"
        lines = [pairs(bare_heading(re.sub(r"[.…·．\s]*\d*$", "", p.text))) for p in self.contents]
        for section, title in self.narrative.titles.items() if len(lines) >= _FEWEST_LINES else ():
            wanted = pairs(bare_heading(title))
            if section in self.review.sections.values() and not any(alike(wanted, line) >= _LIKE for line in lines):
                yield f"【提示】目录中没有“{title}”"

    def _words(self, issue: Issue) -> str:
        """``【错误】……（第 21 页“……”）``."""
        paragraph, place, quoted = self.texts.get(issue.paragraph or 0), "", " ".join((issue.text or "").split())
        if paragraph is not None:
            place = f"第 {paragraph.page} 页" if paragraph.page else f"第 {paragraph.number} 段"
            place += f"“{quoted[:_QUOTED]}{'…' if len(quoted) > _QUOTED else ''}”" if quoted else ""
        elif issue.cells:
            place = str(issue.cells[0].ref)
        return f"【{issue.severity}】{issue.message}" + (f"（{place}）" if place else "")


def _is_contents(paragraph: DocParagraph) -> bool:
    is_title = not paragraph.table and _CONTENTS.fullmatch(paragraph.text.strip()) is not None
    return is_title or bool(paragraph.text.strip() and _CONTENTS_STYLE.match(paragraph.style))


def _parts(paragraphs: Sequence[DocParagraph]) -> list[_Part]:
    """The parts that the report has, each up to the next."""
    titles = [
        p for p in paragraphs if not p.table and len(p.text) <= _LONGEST_TITLE and not _is_contents(p)
        and _PART.match(normalised(p.numbering + p.text)[0]) and not _PAGE_NUMBER.search(p.text)]
    ends = [*(second.number - 1 for _, second in pairwise(titles)), len(paragraphs)]
    return [_Part(p.numbering + p.text.strip(), p.number, end) for p, end in zip(titles, ends, strict=False)]


def _same(one: str, other: str) -> bool:
    """Whether two titles are of the same part: alike, or one with the unit's name besides."""
    first, second = (pairs(_PART.sub("", normalised(re.sub(r"20\d\d\s*年度?", "", t))[0])) for t in (one, other))
    return alike(first, second) >= _LIKE or (bool(first) and len(first & second) >= _LIKE * min(len(first), len(second)))


def _time(item: ChecklistItem, dates: Dates) -> Entry:
    """Whether the report was published in time."""
    if dates.approved is None:
        return Entry(item.name, item.asks, None, ("没有写明批复日期，请填写后核对",))
    last = dates.approved + dt.timedelta(days=item.days)
    words = f"{_day(dates.approved)}批复，应在 {_day(last)}以前公开"
    if dates.published is None:
        return Entry(item.name, item.asks, None, (f"{words}；没有写明公开日期",))
    meets = dates.approved <= dates.published <= last
    return Entry(item.name, item.asks, meets, () if meets else (f"{words}，{_day(dates.published)}公开",))


def _day(date: dt.date) -> str:
    return f"{date.year} 年 {date.month} 月 {date.day} 日"
