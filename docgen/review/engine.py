"""Reviewing a report: every number against the workbook, every sentence against itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from docgen.docx.paragraphs import ReportFile
from docgen.docx.reading import Document
from docgen.job.inputs import Inputs
from docgen.pdf.reading import PdfReport
from docgen.report.narrative import Narrative, narrative_of
from docgen.review.alignment import Alignment, Surroundings
from docgen.review.arithmetic import Arithmetic, review_rates, review_relations
from docgen.review.budgets import review_budgets
from docgen.review.exhibits import review_charts, review_performance, review_tables
from docgen.review.expected import Names
from docgen.review.figures import FigureReview
from docgen.review.findings import Coverage, Finder, Finding, Review, StatedFigure
from docgen.review.identity import Identity, unit_name_in
from docgen.review.items import Items
from docgen.review.lists import review_lists
from docgen.review.phrasing import normalised
from docgen.review.reasons import review_item_reasons, review_reasons
from docgen.review.report_text import ReportText
from docgen.review.sections import RECOGNISED, bare_heading, depth_of
from docgen.review.text import LEVEL, Role
from docgen.review.wording import Wording

ANOTHER = "表文-45"
_OWN = "表文"
_OWN_FORM, _STRICTLY = 0.8, 0.9
"""So large a part of what the form states does a report in that form state; one that leaves out nothing but by a slip."""
_SAYS = 4
"""A shorter heading says nothing by its words alone."""


def review_document(document: ReportFile, inputs: Inputs, narrative: Narrative | None = None) -> Review:
    """Review a report against the workbook, last year's and the 底稿; *narrative* is that of *inputs*, where it is at hand."""
    finder = Finder(inputs, narrative or narrative_of(inputs), document.paragraphs)
    text, identity = finder.text, Identity(finder, document.margins)
    tables = [*review_tables(document, finder)]
    numbers = _Numbers(finder, sum(cells for _, cells in tables))
    findings = [
        *_missing_sections(finder),
        *numbers.findings,
        *review_reasons(numbers.matches, finder),
        *review_item_reasons(finder),
        *Items(finder).review(),
        *identity.review(numbers.matches),
        *Wording(finder).review(),
        *_blank_pages(document, finder),
        *(finding for found, _ in tables for finding in found),
        *(review_charts(document.file, finder) if isinstance(document, Document) else ()),
        *review_performance(document, finder),
    ]
    if others := [*_of_another(identity, numbers, finder)]:
        dropped = finder.inputs.pack.review_rules[ANOTHER].parameters["略去"]
        findings = [*others, *(finding for finding in findings if finding.issue.code not in dropped and finding not in others)]
    placed = sorted(
        (_placed(f, text) for f in findings), key=lambda f: (f.issue.paragraph or 0, f.start, f.issue.severity.rank))
    return Review(
        document.path, document.paragraphs, tuple(_one_a_place(placed)), numbers.coverage,
        text.sections.of, finder.narrative.titles, tuple(
            StatedFigure(*text.within(n.paragraph, *n.line.original(n.start, n.end)), figure) for n, figure in numbers.figures))


def _of_another(identity: Identity, numbers: _Numbers, finder: Finder) -> Iterator[Finding]:
    """One statement instead of hundreds of findings, where the report is not that of the workbook at all."""
    rule = finder.inputs.pack.review_rules.get(ANOTHER)
    if rule is None:
        return
    yield from identity.whole
    is_enough = numbers.known >= rule.parameters["最少"]
    if not identity.whole and is_enough and numbers.wrong * 100 >= rule.parameters["比例"] * numbers.known:
        yield from finder.on(ANOTHER, at=(None, 0, 0), 核对=numbers.known, 不符=numbers.wrong)


def _one_a_place(findings: Sequence[Finding]) -> Iterator[Finding]:
    """One finding of the review's rules a place, the gravest; *findings* are in the order of the text."""
    kept: dict[int | None, list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.issue.severity.rank):
        own = kept.setdefault(finding.issue.paragraph, [])
        if finding.start < finding.end and finding.issue.code.startswith(_OWN) and any(
            f.start < finding.end and finding.start < f.end and f.issue.code.startswith(_OWN) for f in own
        ):
            continue
        own.append(finding)
    chosen = {id(finding) for own in kept.values() for finding in own}
    return (finding for finding in findings if id(finding) in chosen)


def _blank_pages(document: ReportFile, finder: Finder) -> Iterator[Finding]:
    for rule, pages in (("表文-44", document.blank), ("表文-62", document.scanned)) if isinstance(document, PdfReport) else ():
        yield from finder.on(rule, at=(None, 0, 0), 页="、".join(map(str, pages))) if pages else ()


def _placed(finding: Finding, text: ReportText) -> Finding:
    """*finding* with its place in the paragraph itself, where it was made for several together."""
    number = finding.issue.paragraph
    if number is None or number not in text.groups:
        return finding
    paragraph, start, end = text.within(number, finding.start, finding.end)
    return replace(finding, issue=replace(finding.issue, paragraph=paragraph), start=start, end=end)


def _alignments(finder: Finder, known: Names) -> Mapping[int, Alignment]:
    """Section → its numbers with its figures; where no sections are known, 0 → all numbers with all figures."""
    text, slots = finder.text, finder.expected.slots
    # A name that the report gives the unit, be it another, says nothing about which figure a number is.
    names = {finder.context.unit_name, *(unit_name_in(t, finder.phrasing) for t in text.texts.values())}
    surroundings = Surroundings(names, finder.context.year, finder.phrasing)
    if not text.sections.are_known:
        return {0: Alignment(text.numbers(0), [slot for found in slots.values() for slot in found], surroundings, known)}
    return {
        section: Alignment(text.numbers(section), slots.get(section, ()), surroundings, known)
        for section in text.sections.headings}


def _missing_sections(finder: Finder) -> Iterator[Finding]:
    """Sections of the form that the report has not, of those that would say something."""
    sections, titles = finder.text.sections, finder.narrative.titles
    if not sections.are_known:
        headings = [p for p in finder.text.paragraphs if p.number in sections.titles and (p.level or depth_of(p) is not None)]
        if len(headings) < RECOGNISED:  # else they are another form's
            yield from finder.on("表文-25", at=(None, 0, 0), 标题=next(iter(titles.values()), ""))
        return
    depths = {
        p.number: depth for p in finder.text.paragraphs
        if p.number in sections.titles and (depth := depth_of(p)) is not None}
    levels = {depths.get(number) for number in sections.headings.values()}
    # headings of the level of those known, that are none of the form's, may hold what a section should
    has_others = any(depth in levels and number not in sections.headings.values() for number, depth in depths.items())
    stated, amounts = {n.value for n in finder.text.numbers(0)}, {
        s: {n.figure.value for n in finder.expected.slots.get(s, ()) if not n.is_optional and n.number.role is Role.LEVEL}
        for s in titles}

    def is_elsewhere(section: int) -> bool:
        own = amounts[section].difference(*(amounts[s] for s in sections.headings)) or amounts[section]  # what no other states
        is_stated = bool(own & stated) or len(amounts[section] & stated) * 2 >= len(amounts[section])
        is_said = is_stated and has_others if own else True
        return is_said and _is_mentioned(titles[section], finder, is_brief=has_others)

    missing = [s for s in titles if s not in sections.headings and not is_elsewhere(s)]
    is_part = len(sections.headings) * 2 < len(titles)
    if missing and (is_part or len(missing) > finder.limit("表文-25", "最多")):  # a part of a report, or another form
        yield from finder.on("表文-25", "很多", at=(None, 0, 0), 标题=titles[missing[0]], 几节=len(missing))
        return
    for section in missing:
        before = [number for s, number in sections.headings.items() if s < section]
        yield from finder.on("表文-10", at=(max(before, default=None), 0, 0), expected=titles[section], quotes=False)


def _is_mentioned(title: str, finder: Finder, *, is_brief: bool) -> bool:
    """Whether the report speaks of what the section *title* is about; or that need not be said.

    *is_brief*: its first words will do.
    """
    words, sections = bare_heading(title)[: _SAYS if is_brief else None], finder.text.sections
    rule = finder.inputs.pack.review_rules.get("表文-10")
    return rule is None or len(words) < _SAYS or any(word in title for word in rule.parameters["可略"]) or any(
        words in normalised(p.text)[0] for p in finder.text.paragraphs
        if sections.start <= p.number <= sections.end and not p.table)


class _Numbers:
    """The numbers against the workbook, and against each other; what was compared is counted."""

    def __init__(self, finder: Finder, cells: int) -> None:
        self.finder = finder
        figures = FigureReview(finder)
        self.alignments = _alignments(finder, figures.names)
        self.matches = [match for alignment in self.alignments.values() for match in alignment.matches]
        known = {m.stated.key: m.slot.figure for m in self.matches if m.slot.figure.is_known}
        slots = [slot for of in finder.expected.slots.values() for slot in of if not slot.is_optional]
        wanted = {slot.figure.id for slot in slots if slot.figure.is_known}
        stated_figures = len(wanted & {m.slot.figure.id for m in self.matches})
        figures.is_own_form = stated_figures >= _OWN_FORM * len(wanted)
        figures.is_strict = bool(finder.inputs.prior) and stated_figures >= _STRICTLY * len(wanted)
        found: list[Finding] = []
        for section, alignment in self.alignments.items():
            found += figures.review(alignment, finder.text.sections.headings.get(section))
        misdirected = frozenset(m.stated.key for m in self.matches if figures.wrong_direction(m) is not None)
        arithmetic = Arithmetic(finder, known, figures.wrong, misdirected)
        for check in (review_rates, review_lists, review_budgets, review_relations):
            found += check(arithmetic)
        for section, alignment in self.alignments.items():
            found += figures.surplus(alignment, arithmetic.used, section)
        found += figures.throughout()
        self.findings = found
        self.known, self.wrong = len(known), len(figures.wrong & known.keys())
        """How many numbers the inputs tell of, and how many of them are wrong."""
        self.figures = [(m.stated, m.slot.figure) for m in self.matches]
        stated = {s.key for s in finder.text.numbers(0) if s.unit != LEVEL}
        compared = stated & (known.keys() | arithmetic.used | figures.confirmed | figures.wrong)
        waiting = stated & {m.stated.key for m in self.matches} - compared
        self.coverage = Coverage(len(stated), len(compared), len(waiting), cells, sum(s.figure.is_known for s in slots))


