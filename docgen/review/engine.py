"""Reviewing a report: every number against the workbook, every sentence against itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from docgen.docx.reading import Document, read_document
from docgen.job.context import ReportContext
from docgen.job.inputs import Inputs
from docgen.report.narrative import Narrative, narrative_of
from docgen.review.alignment import Alignment, Match, Surroundings, align
from docgen.review.arithmetic import Arithmetic
from docgen.review.charts import review_charts
from docgen.review.expected import Expected, expected_of
from docgen.review.figures import FigureReview, known_values
from docgen.review.model import Finding, Review, StatedFigure
from docgen.review.performance import review_performance
from docgen.review.phrasing import Phrasing, phrasing_of
from docgen.review.reasons import review_reasons
from docgen.review.rules import Finder
from docgen.review.sections import find_sections
from docgen.review.tables import TableReview
from docgen.review.text import WHOLE, ReportText, in_order, read_text
from docgen.review.wording import Wording, subjects_of, unit_name_in


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
    phrasing = phrasing_of(inputs.pack)
    expected = expected_of(narrative)
    text = read_text(document.paragraphs, find_sections(document.paragraphs, expected.titles, expected.part), phrasing)
    alignments = _alignments(text, expected, context, phrasing)
    matches = [match for alignment in alignments.values() for match in alignment.matches]
    finder = Finder.of(inputs, text)
    tables = [*TableReview(inputs.accounts, finder).review()]
    findings = [
        *_missing_sections(text, expected, finder),
        *_numbers(alignments, expected, finder, FigureReview(
            finder, phrasing, known_values(inputs, narrative.registry.figures.values()), expected.totals, narrative.sentence)),
        *review_reasons(context, expected.reasons, matches, finder, phrasing),
        *Wording(context, finder, phrasing, subjects_of(context, expected)).review(),
        *(finding for found, _ in tables for finding in found),
        *review_charts(document.file, expected, finder, phrasing),
        *review_performance(document, inputs, finder),
    ]
    compared = sum(match.slot.figure.is_known for match in matches) + sum(cells for _, cells in tables)
    return Review(
        document.path, document.paragraphs, tuple(sorted(map(text.placed, findings), key=_order)), compared,
        text.sections.of, expected.titles, tuple(_stated(match, text) for match in matches))


def _order(finding: Finding) -> tuple[int, int, int]:
    return finding.issue.paragraph or 0, finding.start, finding.issue.severity.rank


def _alignments(text: ReportText, expected: Expected, context: ReportContext, phrasing: Phrasing) -> Mapping[int, Alignment]:
    """Section → its numbers with its figures; where no sections are known, 0 → all numbers with all figures."""
    # A name that the report gives the unit, be it another, says nothing about which figure a number is.
    names = {context.unit_name, *(name for t in text.texts.values() if (name := unit_name_in(t, phrasing)))}
    surroundings = Surroundings(names, context.year - 1, phrasing)
    if not text.sections.are_known:
        return {0: align(text.numbers(0), [slot for slots in expected.slots.values() for slot in slots], surroundings)}
    return {
        section: align(text.numbers(section), expected.slots.get(section, ()), surroundings) for section in text.sections.headings}


def _missing_sections(text: ReportText, expected: Expected, finder: Finder) -> Iterator[Finding]:
    headings = text.sections.headings
    if not text.sections.are_known:
        yield from finder.on("表文-25", at=WHOLE, 标题=next(iter(expected.titles.values()), ""))
        return
    for section, title in expected.titles.items():
        if section not in headings:
            before = [number for s, number in headings.items() if s < section]
            yield from finder.on("表文-10", at=(max(before, default=None), 0, 0), expected=title, quotes=False)


def _numbers(
    alignments: Mapping[int, Alignment], expected: Expected, finder: Finder, figures: FigureReview
) -> Iterator[Finding]:
    """The numbers against the workbook, and what could not be compared with it against each other."""
    matches = [match for alignment in alignments.values() for match in alignment.matches]
    compared = frozenset(m.stated.key for m in matches if m.slot.figure.is_known)
    misdirected = frozenset(m.stated.key for m in matches if figures.wrong_direction(m) is not None)
    arithmetic = Arithmetic(finder, figures.phrasing, compared, misdirected)
    for section, alignment in alignments.items():
        yield from figures.review(alignment, finder.text.sections.headings.get(section))
        numbers = in_order([*(m.stated for m in alignment.matches), *alignment.unmatched])
        yield from arithmetic.review(numbers, expected.parts_of_whole(section))


def _stated(match: Match, text: ReportText) -> StatedFigure:
    number, line = match.stated.number, match.stated.line
    return StatedFigure(*text.within(match.stated.paragraph, *line.original(number.start, number.end)), match.slot.figure)


__all__ = ["review_document", "review_report"]
