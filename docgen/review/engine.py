"""Reviewing a report: every number against the workbook, every sentence against itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path

from docgen.docx.paragraphs import DocParagraph
from docgen.docx.reading import Document, read_document
from docgen.job.inputs import Inputs
from docgen.model import Change
from docgen.report.assembly import narrative_of, statements
from docgen.report.narrative import Narrative
from docgen.review.alignment import Alignment, Match, Stated, align
from docgen.review.arithmetic import Arithmetic
from docgen.review.charts import review_charts
from docgen.review.expected import Expected, expected_of
from docgen.review.figures import FigureReview
from docgen.review.lines import Line, joined, line_of
from docgen.review.model import Found, Remark, Review
from docgen.review.performance import review_performance
from docgen.review.reasons import review_reasons
from docgen.review.rules import Remarks
from docgen.review.sections import Sections, find_sections
from docgen.review.tables import TableReview
from docgen.review.wording import Wording, unit_name_in
from workbook.amounts import round_half_up
from workbook.values import dataclass

_RECOGNISED = 3
"""With fewer sections than this the headings tell nothing."""
_TOTALS = ("收支.总计", "收支.本年收入", "收支.本年支出", "财拨.总计", "一般公共.合计", "基本支出.合计", "项目支出.合计", "三公.决算", "采购.合计")


def review_report(path: Path, inputs: Inputs) -> Review:
    """Review the Word file *path* against the workbook, last year's and the 底稿 of *inputs*.

    Raises:
        InputError: the Word file cannot be read.
    """
    return review_document(read_document(path), inputs)


def review_document(document: Document, inputs: Inputs, narrative: Narrative | None = None) -> Review:
    """Review a document that is open already; *narrative* is that of *inputs*, where it is at hand."""
    context = inputs.context
    narrative = narrative or narrative_of(context)
    job = _Job(document, inputs, narrative, expected_of(statements(context, narrative)))
    remarks = sorted(map(job.placed, job.remarks()), key=_place)
    return Review(document.path, document.paragraphs, tuple(remarks), job.compared, job.sections.of, tuple(job.found))


def _place(remark: Remark) -> tuple[int, int, int]:
    return remark.issue.paragraph or 0, remark.start, remark.issue.severity.rank


def _within(group: Sequence[DocParagraph], start: int, end: int) -> tuple[int, int, int]:
    """A span of several paragraphs' joined text: the paragraph in which it begins, and where in that."""
    for paragraph in group:
        size = len(paragraph.text)
        if start < size or paragraph is group[-1]:
            return paragraph.number, min(start, size), min(end, size)
        start, end = start - size, end - size
    return group[0].number, 0, 0


@dataclass
class _Job:
    """One review."""

    document: Document
    inputs: Inputs
    narrative: Narrative
    expected: Expected
    found: list[Found] = field(default_factory=list)
    groups: dict[int, tuple[DocParagraph, ...]] = field(default_factory=dict)
    """Paragraphs that a conversion broke apart, by the number of the first."""
    compared: int = 0

    def __post_init__(self) -> None:
        self.context = self.inputs.context
        self.paragraphs: Sequence[DocParagraph] = self.document.paragraphs
        self.sections: Sections = find_sections(self.paragraphs, self.expected.titles)
        self.texts: dict[int, str] = {p.number: p.text for p in self.paragraphs}
        accounts = [self.inputs.accounts, *([self.inputs.prior_accounts] if self.inputs.prior_accounts else [])]
        sheets = {(s.file.name, s.name): s for a in accounts for s in a.source.sheets}
        self.made = Remarks(self.inputs.pack.review_rules, sheets)
        self.lines = self._lines()

    def _lines(self) -> dict[int, Line]:
        """The paragraphs that state something, as lines; of paragraphs that belong together by the first one's number."""
        whole = len(self.sections.headings) < _RECOGNISED
        stating = [p for p in self.paragraphs if whole or p.number in self.sections.of]
        lines: dict[int, Line] = {}
        for group in joined(stating, set(self.sections.headings.values())):
            number = group[0].number
            if len(group) > 1:
                self.groups[number] = group
                self.texts[number] = "".join(p.text for p in group)
            lines[number] = line_of(self.texts[number])
        return lines

    def placed(self, remark: Remark) -> Remark:
        """*remark* with its place in the paragraph itself, where it was made for several together."""
        number = remark.issue.paragraph
        group = self.groups.get(number) if number is not None else None
        if group is None:
            return remark
        paragraph, start, end = _within(group, remark.start, remark.end)
        return replace(remark, issue=replace(remark.issue, paragraph=paragraph), start=start, end=end)

    def remarks(self) -> Iterator[Remark]:
        """All findings, in no order."""
        alignments = self._alignments()
        yield from self._missing_sections()
        matches: list[Match] = []
        reviewer = FigureReview(self.made, self.texts, self._known(), self._totals())
        for section, alignment in alignments:
            yield from reviewer.review(alignment, self.sections.headings.get(section))
            matches += alignment.matches
        self._note(matches)
        compared = frozenset((m.stated.paragraph, m.stated.number.start) for m in matches if m.slot.figure.is_known)
        arithmetic = Arithmetic(self.made, self.texts, compared, reviewer.misdirected)
        for section, alignment in alignments:
            numbers = sorted(
                [*(m.stated for m in alignment.matches), *alignment.unmatched], key=lambda s: (s.paragraph, s.number.start))
            yield from arithmetic.review(section, numbers)
        yield from review_reasons(self.context, matches, self._changes(), self.lines, self.texts, self.made)
        wording = Wording(self.context, self.made, self.sections, {9: self._any("公开08"), 10: self._any("公开09")})
        yield from wording.review(self.paragraphs, self.lines)
        for remarks, cells in TableReview(self.inputs.accounts, self.made, self.texts).review(self.paragraphs):
            self.compared += cells
            yield from remarks
        yield from review_charts(self.document.file, self.paragraphs, self.narrative, self.made)
        yield from review_performance(self.document.file, self.paragraphs, self.inputs, self.made, self.texts)

    def _alignments(self) -> list[tuple[int, Alignment]]:
        """The numbers of every section with its figures; without headings, of the whole document with all."""
        names = (self.context.unit_name, *self._stated_names())
        last = self.context.year - 1
        if len(self.sections.headings) < _RECOGNISED:
            slots = [slot for found in self.expected.slots.values() for slot in found]
            return [(0, align(self._stated(self.lines), slots, names, last))]
        found = []
        for section in self.sections.headings:
            lines = {n: line for n, line in self.lines.items() if self.sections.of.get(n) == section}
            found.append((section, align(self._stated(lines), self.expected.slots.get(section, ()), names, last)))
        return found

    def _stated_names(self) -> Iterator[str]:
        """The name that the report gives the unit, when it is another: it must not hide what is stated."""
        yield from {name for text in self.texts.values() if (name := unit_name_in(text))}

    def _stated(self, lines: Mapping[int, Line]) -> list[Stated]:
        return [Stated(number, line, n) for number, line in lines.items() for n in line.numbers]

    def _missing_sections(self) -> Iterator[Remark]:
        headings = self.sections.headings
        if len(headings) < _RECOGNISED:
            yield from self.made.on(
                "表文-25", "认不出第二部分各节的标题，已按全文核对；请按“一、收入支出决算总体情况说明”等标题分节", None)
            return
        for section, title in self.expected.titles.items():
            if section not in headings:
                before = [number for s, number in headings.items() if s < section]
                yield from self.made.on("表文-10", f"缺少“{title}”一节", max(before, default=None), expected=title)

    def _note(self, matches: Sequence[Match]) -> None:
        """Remember which number is which figure."""
        for match in matches:
            number, line = match.stated.number, match.stated.line
            paragraph, (start, end) = match.stated.paragraph, line.original(number.start, number.end)
            if (group := self.groups.get(paragraph)) is not None:
                paragraph, start, end = _within(group, start, end)
            self.found.append(Found(paragraph, start, end, match.slot.figure))
            self.compared += match.slot.figure.is_known

    def _known(self) -> frozenset[Decimal]:
        tables = [*self.inputs.accounts.tables.values(), *self.inputs.prior.values()]
        amounts = {abs(round_half_up(v)) for t in tables for values in t.columns.values() for v in values.values()}
        return frozenset(amounts | {abs(f.value) for f in self.narrative.registry.figures.values() if f.value is not None})

    def _totals(self) -> tuple[Decimal, ...]:
        figures = self.narrative.registry.figures
        return tuple(f.value for i in _TOTALS if (f := figures.get(i)) is not None and f.value)

    def _changes(self) -> Mapping[str, Change]:
        return self.narrative.registry.changes

    def _any(self, code: str) -> bool:
        table = self.inputs.accounts.tables.get(code)
        return table is not None and not table.is_empty()
