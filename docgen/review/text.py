"""The text of the report under review: its sections, its statements as lines, the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from docgen.docx.paragraphs import DocParagraph
from docgen.review.lines import Line, Number, joined, line_of
from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.sections import Sections
from workbook.values import dataclass

Stretch: TypeAlias = tuple[int | None, int, int]
"""Number of a paragraph (``None``: the report as a whole), start and end in its text (both alike: all of it)."""
WHOLE: Stretch = (None, 0, 0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of the report."""

    paragraph: int
    line: Line
    number: Number

    @property
    def key(self) -> tuple[int, int]:
        """Paragraph and start: no two numbers share them."""
        return self.paragraph, self.number.start

    def at(self, back: int = 0) -> Stretch:
        """Where it stands with its unit, and so many characters before it."""
        return self.paragraph, *self.line.original(max(self.number.start - back, 0), self.number.stop)


@dataclass(frozen=True)
class ReportText:
    """A report's paragraphs, read once for all checks."""

    paragraphs: Sequence[DocParagraph]
    sections: Sections
    texts: Mapping[int, str]
    """Paragraph number → its text; paragraphs that a conversion broke apart are one, by the number of the first."""
    lines: Mapping[int, Line]
    """The statements in order, by paragraph number."""
    groups: Mapping[int, tuple[DocParagraph, ...]]
    """What was broken apart, by the number of the first paragraph."""

    def numbers(self, section: int) -> list[Stated]:
        """The numbers of a section in order; 0 stands for the whole report."""
        return [
            Stated(paragraph, line, number) for paragraph, line in self.lines.items()
            if not section or self.sections.of.get(paragraph) == section for number in line.numbers
        ]

    def within(self, paragraph: int, start: int, end: int) -> tuple[int, int, int]:
        """A span of a text: the paragraph in which it begins, and where in that paragraph's own text."""
        group = self.groups.get(paragraph, ())
        for own in group:
            size = len(own.text)
            if start < size or own is group[-1]:
                return own.number, min(start, size), min(end, size)
            start, end = start - size, end - size
        return paragraph, start, end

    def placed(self, finding: Finding) -> Finding:
        """*finding* with its place in the paragraph itself, where it was made for several together."""
        number = finding.issue.paragraph
        if number is None or number not in self.groups:
            return finding
        paragraph, start, end = self.within(number, finding.start, finding.end)
        return replace(finding, issue=replace(finding.issue, paragraph=paragraph), start=start, end=end)


def read_text(paragraphs: Sequence[DocParagraph], sections: Sections, phrasing: Phrasing) -> ReportText:
    """Read *paragraphs*; where the sections are not known, every paragraph may state something."""
    texts = {p.number: p.text for p in paragraphs}
    lines: dict[int, Line] = {}
    groups: dict[int, tuple[DocParagraph, ...]] = {}
    for group in joined(_stating(paragraphs, sections), set(sections.headings.values())):
        number = group[0].number
        if len(group) > 1:
            groups[number] = group
            texts[number] = "".join(p.text for p in group)
        lines[number] = line_of(texts[number], phrasing)
    return ReportText(paragraphs, sections, texts, lines, groups)


def _stating(paragraphs: Sequence[DocParagraph], sections: Sections) -> list[DocParagraph]:
    return [p for p in paragraphs if not sections.are_known or p.number in sections.of]


def in_order(numbers: Iterable[Stated]) -> list[Stated]:
    """*numbers* in the order of the text."""
    return sorted(numbers, key=lambda s: s.key)
