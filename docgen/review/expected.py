"""What the report should state: the generated report's statements, as lines whose numbers are figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from docgen.model import Change, ChangeText, Direction, Figure, FigureSpan, Paragraph, PromptSpan, ReasonSpan
from docgen.report.narrative import Narrative
from docgen.review.phrasing import Phrasing
from docgen.review.sections import is_sub_heading
from docgen.review.text import LEVEL, Line, Number
from docgen.template.rendering import PART_STYLES, SECTION_STYLE
from workbook.amounts import round_half_up
from workbook.pack.words import any_of
from workbook.values import dataclass

_UNKNOWN = {"%": "0%"}


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that the report should state."""

    section: int
    paragraph: int
    """Index of the expected paragraph (its statements belong together)."""
    number: Number
    """Where it stands in the expected line (its value is that of the figure, or 0 when that is unknown)."""
    figure: Figure
    change: Change | None = None
    """The comparison whose difference, rate or 持平 this is."""
    part: str = ""
    """``difference``, ``rate`` or ``level`` of :attr:`change`."""

    @property
    def is_optional(self) -> bool:
        """Whether a report may leave it out: nothing happened."""
        return self.part == "level" or not self.figure.value


@dataclass(frozen=True, slots=True)
class Share:
    """An amount that a section states together with its share of a whole."""

    name: str
    amount: Figure
    share: Figure

    @property
    def whole(self) -> Decimal | None:
        """Of what it is a share; ``None`` when that is not known."""
        return self.share.operands[1] if self.share.operands is not None else None


class Expected:
    """All statements of the narrative that the program writes itself."""

    def __init__(self, narrative: Narrative, phrasing: Phrasing) -> None:
        paragraphs = [block for block in narrative.statements if isinstance(block, Paragraph)]
        self.parts = tuple(_parts(paragraphs))
        """Titles of the parts that hold them."""
        self.under = tuple(
            (p.section, p.text) for p in paragraphs
            if p.section and p.style != SECTION_STYLE and is_sub_heading(p.text) and not any(isinstance(s, FigureSpan) for s in p.spans))
        """Sub-headings with their sections."""
        self.slots: Mapping[int, list[Slot]] = defaultdict(list)
        """Section → its numbers in order."""
        for index, paragraph in enumerate(p for p in paragraphs if p.section and p.style != SECTION_STYLE):
            self.slots[paragraph.section].extend(_slots(paragraph, index, phrasing))
        self.shares = {section: tuple(_shares(found, phrasing)) for section, found in self.slots.items()}
        """Section → the amounts in it with their shares."""
        self.totals = frozenset(_totals(self.slots.values()))
        """What a share may be of: the amounts that sections begin with, and the wholes of the shares they state."""


def _parts(paragraphs: Iterable[Paragraph]) -> dict[str, None]:
    """The titles of the parts that have sections, in order."""
    found: dict[str, None] = {}
    part = ""
    for paragraph in paragraphs:
        if paragraph.style in PART_STYLES:
            part = paragraph.text
        elif paragraph.section:
            found[part] = None
    return found


class _Mark(NamedTuple):
    """A stretch of the text that a figure or the words of a comparison print."""

    start: int
    end: int
    figure: Figure | None
    change: Change | None


def _slots(block: Paragraph, paragraph: int, phrasing: Phrasing) -> list[Slot]:
    """The numbers of a paragraph, which is the one with this index."""
    text = ""
    change: Change | None = None
    marks: list[_Mark] = []
    free: list[tuple[int, int]] = []
    for span in block.spans:
        start, shown = len(text), span.text
        if isinstance(span, FigureSpan):
            shown = shown if span.figure.is_known else _UNKNOWN.get(span.figure.unit, "0")
            owner = change if change is not None and (span.figure is change.difference or span.figure is change.rate) else None
            marks.append(_Mark(start, start + len(shown), span.figure, owner))
        elif isinstance(span, ChangeText):
            change = span.change
            marks.append(_Mark(start, start + len(shown), None, change))
        elif isinstance(span, ReasonSpan | PromptSpan):
            free.append((start, start + len(shown)))
        text += shown
    line = Line(text, phrasing, free=free)
    found: list[Slot] = []
    for number in line.numbers:
        position = line.original(number.start, number.end)[0]
        mark = next((mark for mark in marks if mark.start <= position < mark.end), None)
        if mark is None:
            continue  # a number of the template's own words
        if mark.figure is not None:
            part = "" if mark.change is None else "rate" if mark.figure is mark.change.rate else "difference"
            found.append(Slot(block.section, paragraph, number, mark.figure, mark.change, part))
        elif mark.change is not None and (number.unit == LEVEL or mark.change.direction is Direction.LEVEL) and not any(
            s.change is mark.change for s in found
        ):
            found.append(Slot(block.section, paragraph, number, mark.change.difference, mark.change, "level"))
    return found


def _shares(slots: Sequence[Slot], phrasing: Phrasing) -> Iterator[Share]:
    """Amounts with their shares, as the section states them."""
    amounts = [s for s in slots if s.change is None and s.figure.unit == "万元"]
    word = any_of(phrasing.words.share)
    for slot in slots:
        if slot.change is not None or slot.figure.unit != "%" or not phrasing.share.search(slot.number.before):
            continue
        here = (a for a in reversed(amounts) if a.paragraph == slot.paragraph and a.number.start < slot.number.start)
        amount, operands = next(here, None), slot.figure.operands
        if amount is not None and (operands is None or amount.figure.exact == operands[0]):
            yield Share(word.split(slot.figure.label)[0], amount.figure, slot.figure)


def _totals(sections: Iterable[Sequence[Slot]]) -> Iterator[Decimal]:
    for slots in sections:
        first = next((s.figure.value for s in slots if s.figure.unit == "万元" and s.figure.value is not None), None)
        wholes = (round_half_up(s.figure.operands[1]) for s in slots if s.change is None and s.figure.operands is not None)
        yield from (total for total in (first, *wholes) if total)
