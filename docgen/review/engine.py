"""Reviewing a report: every number against the workbook, every sentence against itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from docgen.docx.paragraphs import ReportFile
from docgen.docx.reading import Document
from docgen.job.inputs import Inputs
from docgen.report.narrative import Narrative, narrative_of
from docgen.review.alignment import Alignment, Match, Surroundings
from docgen.review.arithmetic import Arithmetic
from docgen.review.exhibits import review_charts, review_performance, review_tables
from docgen.review.figures import FigureReview
from docgen.review.findings import Finder, Finding, Review, StatedFigure
from docgen.review.reasons import review_reasons
from docgen.review.text import ReportText
from docgen.review.wording import Wording, unit_name_in


def review_document(document: ReportFile, inputs: Inputs, narrative: Narrative | None = None) -> Review:
    """Review a report against the workbook, last year's and the 底稿; *narrative* is that of *inputs*, where it is at hand."""
    finder = Finder(inputs, narrative or narrative_of(inputs.context), document.paragraphs)
    text = finder.text
    alignments = _alignments(finder)
    matches = [match for alignment in alignments.values() for match in alignment.matches]
    tables = [*review_tables(document, finder)]
    findings = [
        *_missing_sections(finder),
        *_numbers(alignments, matches, finder),
        *review_reasons(matches, finder),
        *Wording(finder).review(),
        *(finding for found, _ in tables for finding in found),
        *(review_charts(document.file, finder) if isinstance(document, Document) else ()),
        *review_performance(document, finder),
    ]
    compared = sum(match.slot.figure.is_known for match in matches) + sum(cells for _, cells in tables)
    return Review(
        document.path, document.paragraphs, tuple(sorted((_placed(finding, text) for finding in findings), key=_order)), compared,
        text.sections.of, finder.narrative.titles, tuple(_stated(match, text) for match in matches))


def _placed(finding: Finding, text: ReportText) -> Finding:
    """*finding* with its place in the paragraph itself, where it was made for several together."""
    number = finding.issue.paragraph
    if number is None or number not in text.groups:
        return finding
    paragraph, start, end = text.within(number, finding.start, finding.end)
    return replace(finding, issue=replace(finding.issue, paragraph=paragraph), start=start, end=end)


def _order(finding: Finding) -> tuple[int, int, int]:
    return finding.issue.paragraph or 0, finding.start, finding.issue.severity.rank


def _alignments(finder: Finder) -> Mapping[int, Alignment]:
    """Section → its numbers with its figures; where no sections are known, 0 → all numbers with all figures."""
    text, slots = finder.text, finder.expected.slots
    # A name that the report gives the unit, be it another, says nothing about which figure a number is.
    names = {finder.context.unit_name, *(unit_name_in(t, finder.phrasing) for t in text.texts.values())}
    surroundings = Surroundings(names, finder.context.year, finder.phrasing)
    if not text.sections.are_known:
        return {0: Alignment(text.numbers(0), [slot for found in slots.values() for slot in found], surroundings)}
    return {section: Alignment(text.numbers(section), slots.get(section, ()), surroundings) for section in text.sections.headings}


def _missing_sections(finder: Finder) -> Iterator[Finding]:
    sections, titles = finder.text.sections, finder.narrative.titles
    if not sections.are_known:
        yield from finder.on("表文-25", at=(None, 0, 0), 标题=next(iter(titles.values()), ""))
        return
    for section, title in titles.items():
        if section not in sections.headings:
            before = [number for s, number in sections.headings.items() if s < section]
            yield from finder.on("表文-10", at=(max(before, default=None), 0, 0), expected=title, quotes=False)


def _numbers(alignments: Mapping[int, Alignment], matches: Sequence[Match], finder: Finder) -> Iterator[Finding]:
    """The numbers against the workbook, and what could not be compared with it against each other."""
    figures = FigureReview(finder)
    compared = {m.stated.key: m.slot.figure for m in matches if m.slot.figure.is_known}
    misdirected = frozenset(m.stated.key for m in matches if figures.wrong_direction(m) is not None)
    for section, alignment in alignments.items():
        yield from figures.review(alignment, finder.text.sections.headings.get(section))
    yield from Arithmetic(finder, compared, figures.wrong, misdirected).review()


def _stated(match: Match, text: ReportText) -> StatedFigure:
    number, line = match.stated.number, match.stated.line
    return StatedFigure(*text.within(match.stated.paragraph, *line.original(number.start, number.end)), match.slot.figure)
