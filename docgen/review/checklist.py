"""A review as bureaus write it down: the pack's checklist, an item a row, whether it meets the requirement, what is wrong in words."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
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
from docgen.template.sections import PART_STYLES
from workbook.formats.sniff import FileFormat
from workbook.issues import Issue, Kind, Severity
from workbook.pack.review import NAME, ChecklistItem, Subject
from workbook.rules.check import CheckReport, check
from workbook.values import dataclass

_PART = re.compile(r"第[一二三四五六七八九十]+(?:部分|章)")
_CONTENTS = re.compile(r"目\s*[录次]")
_CONTENTS_STYLE = re.compile(r"^(?:toc|目录|目次)", re.IGNORECASE)
_LONGEST_TITLE = 48
_LIKE = 0.72
_FEWEST_LINES = 3
"""Fewer lines of contents are not compared with the headings."""
_YES, _NO = "是", "否"
_QUOTED = 40


class Entry(NamedTuple):
    """A row of the checklist."""

    name: str
    asks: str
    meets: bool | None
    """``None``: it must be looked at by people."""
    problems: tuple[str, ...]

    @property
    def answer(self) -> str:
        return "" if self.meets is None else _YES if self.meets else _NO


@dataclass(frozen=True, slots=True)
class Dates:
    """When the accounts were approved and the report was published, as far as that is known."""

    approved: dt.date | None = None
    published: dt.date | None = None


def checklist_of(
    review: Review, document: ReportFile, inputs: Inputs, narrative: Narrative, checked: CheckReport, dates: Dates | None = None,
) -> tuple[Entry, ...]:
    """The pack's checklist with what the review (and the check of the tables) found."""
    return tuple(_Checklist(review, document, inputs, narrative, checked).entries(dates or Dates()))


class _Part(NamedTuple):
    title: str
    first: int
    last: int


class _Checklist:
    """Gives every finding to one item."""

    def __init__(
        self, review: Review, document: ReportFile, inputs: Inputs, narrative: Narrative, checked: CheckReport,
    ) -> None:
        self.review, self.document, self.inputs, self.narrative = review, document, inputs, narrative
        self.texts = {p.number: p for p in document.paragraphs}
        self.contents = [p for p in document.paragraphs if _is_contents(p)]
        self.parts = _parts(document.paragraphs)
        issues = [*review.issues]
        if inputs.accounts.source.format is not FileFormat.REPORT:
            issues += checked.issues
        self.found: dict[tuple[Subject, str], list[str]] = {}
        for issue in issues:
            if issue.severity is not Severity.TAIL:
                self.found.setdefault(self._item(issue), []).append(self._words(issue))

    def entries(self, dates: Dates) -> Iterator[Entry]:
        """The rows, in the order of the records."""
        for item in self.inputs.pack.checklist:
            if item.subject is Subject.TIME:
                yield _time(item, dates)
            elif item.subject is Subject.PARTS:
                yield from (self._entry(item, title) for title in self._part_titles())
            elif item.subject is Subject.SECTIONS:
                yield from (self._entry(item, title) for title in self.narrative.titles.values())
            elif item.subject is Subject.TABLES:
                yield from (self._entry(item, layout.title) for layout in self.inputs.pack.sheets.values())
            else:
                yield self._entry(item, "")

    def _entry(self, item: ChecklistItem, name: str) -> Entry:
        problems = [*self._absent(item.subject, name), *self.found.get((item.subject, name), ())]
        return Entry(item.name.replace(NAME, name), item.asks, not problems, tuple(dict.fromkeys(problems)))

    def _item(self, issue: Issue) -> tuple[Subject, str]:
        """The item that an issue belongs to."""
        titles, number = self.narrative.titles, issue.paragraph
        if issue.sheet in self.inputs.pack.sheets:
            return Subject.TABLES, self.inputs.pack.sheets[issue.sheet].title
        if issue.expected in titles.values():
            return Subject.SECTIONS, str(issue.expected)
        if number is None or number not in self.texts or issue.kind is not Kind.TEXT:
            return Subject.OTHER, ""
        return self._of_paragraph(number)

    def _of_paragraph(self, number: int) -> tuple[Subject, str]:
        """The item that a paragraph of the text belongs to."""
        section = self.review.sections.get(number, 0)
        if section in self.narrative.titles:
            return Subject.SECTIONS, self.narrative.titles[section]
        if _is_contents(self.texts[number]):
            return Subject.CONTENTS, ""
        part = next((p for p in self.parts if p.first <= number <= p.last), None)
        if part is not None:
            return Subject.PARTS, part.title
        return (Subject.COVER, "") if number < self._cover_end() else (Subject.OTHER, "")

    def _cover_end(self) -> int:
        """The first paragraph behind the cover."""
        return min([p.number for p in self.contents[:1]] + [p.first for p in self.parts[:1]], default=0)

    def _part_titles(self) -> list[str]:
        """The parts that the report has, and those of the form that it has not."""
        found = [part.title for part in self.parts]
        return found + [title for title in self._official_parts() if not any(_same(title, own) for own in found)]

    def _official_parts(self) -> list[str]:
        blocks = self.narrative.statements
        return [getattr(block, "text", "") for block in blocks if getattr(block, "style", "") in PART_STYLES]

    def _absent(self, subject: Subject, name: str) -> Iterator[str]:
        """What of the item is not there at all."""
        if subject is Subject.PARTS and name not in [part.title for part in self.parts]:
            yield f"【错误】没有“{' '.join(name.split())}”这一部分"
        elif subject is Subject.CONTENTS:
            yield from self._contents_problems()
        elif subject is Subject.COVER:
            unit, year = cover_of(self.document)
            known = self.inputs.accounts.unit_name
            if year is None:
                yield "【提示】封面没有写年度"
            if known and not unit and not any(normalised(known)[0] in normalised(p.text)[0] for p in self.document.paragraphs[:12]):
                yield "【提示】封面没有写单位名称"

    def _contents_problems(self) -> Iterator[str]:
        if not self.contents:
            yield "【提示】没有目录"
        lines = [pairs(bare_heading(re.sub(r"[.…·．\s]*\d*$", "", p.text))) for p in self.contents]
        if len(lines) < _FEWEST_LINES:
            return
        for section, title in self.narrative.titles.items():
            wanted = pairs(bare_heading(title))
            if section in self.review.sections.values() and not any(alike(wanted, line) >= _LIKE for line in lines):
                yield f"【提示】目录中没有“{title}”"

    def _words(self, issue: Issue) -> str:
        """``【错误】……（第 21 页“……”）``."""
        paragraph = self.texts.get(issue.paragraph or 0)
        place = ""
        if paragraph is not None:
            place = f"第 {paragraph.page} 页" if paragraph.page else f"第 {paragraph.number} 段"
        elif issue.cells:
            place = str(issue.cells[0].ref)
        quoted = f"“{_cut(issue.text)}”" if issue.text and issue.paragraph else ""
        return f"【{issue.severity}】{issue.message}" + (f"（{place}{quoted}）" if place or quoted else "")


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _QUOTED else f"{plain[:_QUOTED]}…"


def _is_contents(paragraph: DocParagraph) -> bool:
    is_title = not paragraph.table and _CONTENTS.fullmatch(paragraph.text.strip()) is not None
    return is_title or bool(paragraph.text.strip() and _CONTENTS_STYLE.match(paragraph.style))


def _parts(paragraphs: Sequence[DocParagraph]) -> list[_Part]:
    """The parts that the report has, each up to the next."""
    titles = [
        p for p in paragraphs if not p.table and len(p.text) <= _LONGEST_TITLE and not _is_contents(p)
        and _PART.match(normalised(p.numbering + p.text)[0]) and not re.search(r"[.…]{3,}\s*\d*$|\t\d+$", p.text)]
    ends = [second.number - 1 for _, second in pairwise(titles)] + [len(paragraphs)]
    return [_Part(p.numbering + p.text.strip(), p.number, end) for p, end in zip(titles, ends, strict=False)]


def _same(one: str, other: str) -> bool:
    """Whether two titles are of the same part: alike, or one with the unit's name besides."""
    first, second = (frozenset(pairs(_PART.sub("", normalised(re.sub(r"20\d\d\s*年度?", "", t))[0]))) for t in (one, other))
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


def heading_of(review: Review, inputs: Inputs) -> dict[str, str]:
    """What is said above the checklist."""
    accounts = inputs.accounts
    is_own = accounts.source.format is FileFormat.REPORT
    return {
        "单位": accounts.unit_name, "年度": str(accounts.year or ""), "报告": review.path.name,
        "对照": "报告自己所附的表" if is_own else accounts.path.name, "核对": review.coverage.words(),
    }


def write_checklist_of(path: Path, review: Review, document: ReportFile, inputs: Inputs, dates: Dates | None = None) -> tuple[Entry, ...]:
    """Write the checklist of a review as an Excel file and return its rows.  Raises ``InputError``."""
    entries = checklist_of(review, document, inputs, narrative_of(inputs.context), check(inputs.accounts, inputs.view), dates)
    write_checklist(path, entries, heading_of(review, inputs))
    return entries


def write_checklist(path: Path, entries: Sequence[Entry], heading: Mapping[str, str]) -> None:
    """Write the checklist as an Excel file; *heading*: what is said of the report above it.  Atomic.  Raises ``InputError``."""
    import xlsxwriter

    from workbook.safe_save import write_atomically

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("检查表")
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    note = book.add_format({"valign": "vcenter"})
    cell = {"border": 1, "text_wrap": True, "valign": "vcenter"}
    head = book.add_format({**cell, "bold": True, "bg_color": "#E8EEF4", "align": "center"})
    text, middle = book.add_format(cell), book.add_format({**cell, "align": "center"})
    wrong = book.add_format({**cell, "align": "center", "bold": True, "font_color": "#C0392B"})
    columns = (("序号", 6), ("检查项目", 34), ("检查内容", 34), ("符合要求", 10), ("存在的问题", 80))
    for place, (_, width) in enumerate(columns):
        sheet.set_column(place, place, width)
    sheet.merge_range(0, 0, 0, len(columns) - 1, "部门决算公开检查表", title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, len(columns) - 1, "　".join(f"{name}：{value}" for name, value in heading.items() if value), note)
    for place, (name, _) in enumerate(columns):
        sheet.write_string(2, place, name, head)
    for number, entry in enumerate(entries, 1):
        row = number + 2
        sheet.write_number(row, 0, number, middle)
        sheet.write_string(row, 1, " ".join(entry.name.split()), text)
        sheet.write_string(row, 2, entry.asks, text)
        sheet.write_string(row, 3, entry.answer, wrong if entry.meets is False else middle)
        numbered = [f"{n}. {p}" for n, p in enumerate(entry.problems, 1)] if len(entry.problems) > 1 else [*entry.problems]
        sheet.write_string(row, 4, "\n".join(numbered), text)
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    write_atomically(path, stream.getvalue())
