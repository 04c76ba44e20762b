"""What the report should state: the generated report's statements, as lines whose numbers are figures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from docgen.model import Block, Change, ChangeText, Direction, Figure, FigureSpan, Paragraph, PromptSpan, ReasonSpan
from docgen.report.narrative import Narrative
from docgen.review.lines import LEVEL, Line, Number, line_of
from docgen.review.phrasing import Phrasing, phrasing_of
from docgen.template.sections import PART_STYLE, SECTION_STYLE
from workbook.amounts import ZERO, round_half_up
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
    line: Line
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


@dataclass(frozen=True)
class Expected:
    """All statements of the narrative."""

    part: str
    """Title of the part that holds them."""
    titles: Mapping[int, str]
    """Section → official heading."""
    slots: Mapping[int, tuple[Slot, ...]]
    """Section → its numbers in order."""
    shares: Mapping[int, tuple[Share, ...]]
    """Section → the amounts in it with their shares."""
    totals: frozenset[Decimal]
    """What a share may be of: the amounts that sections begin with, and the wholes of the shares they state."""
    reasons: Mapping[str, Change]
    """The comparisons whose reason the statements give, by id."""

    def parts_of_whole(self, section: int) -> int:
        """How many shares of one whole the section states that add to 100 %; 0 when it states no such."""
        for whole, shares in groupby(self.shares.get(section, ()), key=lambda share: share.whole):
            parts = [*shares]
            if len(parts) > 1 and sum(share.amount.exact or ZERO for share in parts) == whole:
                return len(parts)
        return 0


def expected_of(narrative: Narrative) -> Expected:
    """The statements that the program writes itself."""
    phrasing = phrasing_of(narrative.context.pack)
    slots = _slots_of(narrative.statements, phrasing)
    return Expected(
        _part(narrative.statements), narrative.titles, slots,
        {section: tuple(_shares(found, phrasing)) for section, found in slots.items()},
        frozenset(_totals(slots.values())), narrative.reasons)


def _part(blocks: Iterable[Block]) -> str:
    """The title of the part in which the first section stands."""
    title = ""
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.section:
                return title
            if block.style == PART_STYLE:
                title = block.text
    return ""


def _slots_of(blocks: Iterable[Block], phrasing: Phrasing) -> dict[int, tuple[Slot, ...]]:
    slots: dict[int, list[Slot]] = {}
    paragraphs = (b for b in blocks if isinstance(b, Paragraph) and b.section and b.style != SECTION_STYLE)
    for index, paragraph in enumerate(paragraphs):
        line, marks = _line(paragraph, phrasing)
        slots.setdefault(paragraph.section, []).extend(_slots(paragraph.section, index, line, marks))
    return {section: tuple(found) for section, found in slots.items()}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A figure or the words of a comparison at a stretch of the original text."""

    start: int
    end: int
    figure: Figure | None
    change: Change | None


def _line(block: Paragraph, phrasing: Phrasing) -> tuple[Line, list[_Mark]]:
    pieces: list[str] = []
    marks: list[_Mark] = []
    free: list[tuple[int, int]] = []
    position = 0
    change: Change | None = None
    for span in block.spans:
        text = span.text
        if isinstance(span, FigureSpan):
            text = text if span.figure.is_known else _UNKNOWN.get(span.figure.unit, "0")
            owner = change if change is not None and (span.figure is change.difference or span.figure is change.rate) else None
            marks.append(_Mark(position, position + len(text), span.figure, owner))
        elif isinstance(span, ChangeText):
            change = span.change
            marks.append(_Mark(position, position + len(text), None, change))
        elif isinstance(span, ReasonSpan | PromptSpan):
            free.append((position, position + len(text)))
        pieces.append(text)
        position += len(text)
    return line_of("".join(pieces), phrasing, free), marks


def _slots(section: int, paragraph: int, line: Line, marks: list[_Mark]) -> list[Slot]:
    starts = [mark.start for mark in marks]
    found: list[Slot] = []
    for number in line.numbers:
        position = line.original(number.start, number.end)[0]
        index = bisect_right(starts, position) - 1
        if index < 0 or position >= marks[index].end:
            continue  # a number of the template's own words
        mark = marks[index]
        if mark.figure is not None:
            part = "" if mark.change is None else "rate" if mark.figure is mark.change.rate else "difference"
            found.append(Slot(section, paragraph, number, line, mark.figure, mark.change, part))
        elif mark.change is not None and (number.unit == LEVEL or mark.change.direction is Direction.LEVEL) and not any(
            s.change is mark.change and s.paragraph == paragraph for s in found
        ):
            found.append(Slot(section, paragraph, number, line, mark.change.difference, mark.change, "level"))
    return found


def _shares(slots: Sequence[Slot], phrasing: Phrasing) -> Iterator[Share]:
    """Amounts with their shares, as the section states them."""
    amounts = [s for s in slots if s.change is None and s.figure.unit == "万元"]
    word = any_of(phrasing.words.share)
    for slot in slots:
        if slot.change is not None or slot.figure.unit != "%" or not phrasing.share.search(slot.number.before):
            continue
        amount, operands = _before(slot, amounts), slot.figure.operands
        if amount is not None and (operands is None or amount.figure.exact == operands[0]):
            yield Share(word.split(slot.figure.label)[0], amount.figure, slot.figure)


def _before(slot: Slot, amounts: Iterable[Slot]) -> Slot | None:
    """The amount that stands last before a percentage in its paragraph."""
    return next(
        (a for a in reversed([*amounts]) if a.paragraph == slot.paragraph and a.number.start < slot.number.start), None)


def _totals(sections: Iterable[Sequence[Slot]]) -> Iterator[Decimal]:
    for slots in sections:
        first = next((s.figure.value for s in slots if s.figure.unit == "万元" and s.figure.value is not None), None)
        wholes = (round_half_up(s.figure.operands[1]) for s in slots if s.change is None and s.figure.operands is not None)
        yield from (total for total in (first, *wholes) if total)
