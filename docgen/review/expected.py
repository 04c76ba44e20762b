"""What the report should state: the generated report's statements, as lines whose numbers are figures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from docgen.model import Block, Change, ChangeText, Direction, Figure, FigureSpan, Paragraph, PromptSpan, ReasonSpan
from docgen.review.lines import LEVEL, Line, Number, line_of
from workbook.values import dataclass

_HEADING = "一级标题"
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


@dataclass(frozen=True)
class Expected:
    """All statements of part two."""

    titles: Mapping[int, str]
    """Section → official heading."""
    slots: Mapping[int, tuple[Slot, ...]]
    """Section → its numbers in order."""
    lines: tuple[Line, ...]
    """The expected paragraphs."""


def expected_of(blocks: Iterable[Block]) -> Expected:
    """The statements of a generated report's *blocks*."""
    titles: dict[int, str] = {}
    slots: dict[int, list[Slot]] = {}
    lines: list[Line] = []
    for block in blocks:
        if not isinstance(block, Paragraph) or not block.section:
            continue
        if block.style == _HEADING:
            titles[block.section] = block.text
            continue
        line, marks = _line(block)
        found = _slots(block.section, len(lines), line, marks)
        lines.append(line)
        slots.setdefault(block.section, []).extend(found)
    return Expected(titles, {section: tuple(found) for section, found in slots.items()}, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A figure or the words of a comparison at a place of the original text."""

    start: int
    end: int
    figure: Figure | None
    change: Change | None


def _line(block: Paragraph) -> tuple[Line, list[_Mark]]:
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
    return line_of("".join(pieces), free), marks


def _slots(section: int, paragraph: int, line: Line, marks: list[_Mark]) -> list[Slot]:
    starts = [mark.start for mark in marks]
    found: list[Slot] = []
    for number in line.numbers:
        place = line.original(number.start, number.end)[0]
        index = bisect_right(starts, place) - 1
        if index < 0 or place >= marks[index].end:
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
