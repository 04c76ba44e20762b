"""The reasons that a report gives: whether there is one, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.contributions import TwoYears
from docgen.reasons.drivers import drivers_of
from docgen.reasons.objections import RESIDUE, SAME, object_to
from docgen.reasons.thresholds import Thresholds
from docgen.review.alignment import Match
from docgen.review.model import Finding
from docgen.review.phrasing import Phrasing
from docgen.review.rules import Finder
from docgen.review.text import ReportText, Stated
from workbook.issues import Issue, Kind
from workbook.values import dataclass

_STATED = ("difference", "level")
_SHORTEST, _LEAD = 4, 24


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason found for a change."""

    change: Change
    paragraph: int
    text: str
    """Empty: there is none."""
    span: tuple[int, int]
    """Where it stands in the paragraph's original text; where there is none, the number after which it should."""


def review_reasons(
    context: ReportContext, changes: Mapping[str, Change], matches: Sequence[Match], finder: Finder, phrasing: Phrasing
) -> Iterator[Finding]:
    """Missing reasons (表文-11) of *changes* that the report states, and objections to those given."""
    search = _Search(matches, finder.text, phrasing)
    reasons = [search.reason(change, anchor) for change in changes.values() if (anchor := search.anchor(change)) is not None]
    given = {r.change.id: r.text for r in reasons if r.text and r.change.direction is not Direction.LEVEL}
    years, thresholds = TwoYears(context), Thresholds.of(context)
    told: set[str] = set()
    for reason in reasons:
        change = reason.change
        if change.direction is Direction.UNKNOWN:
            continue
        if not reason.text:
            if thresholds.requires(change):
                yield from finder.on(
                    "表文-11", at=(reason.paragraph, *reason.span), figure=change.difference,
                    变动=f"{change.label}比{change.against}", 方向=change.direction, 差额=change.difference.text)
            continue
        for objection in object_to(reason.text, change, context, given, drivers_of(change, context, years)):
            if objection.code == RESIDUE:  # the check of wording says so
                continue
            if objection.code == SAME:  # once for each text, at its first place
                if reason.text in told:
                    continue
                told.add(reason.text)
            issue = Issue(
                objection.code, Kind.TEXT, objection.severity, f"{change.label}比{change.against}：{objection.message}",
                finder.cells(change.difference), paragraph=reason.paragraph,
                text=finder.quoted((reason.paragraph, *reason.span)), stated=reason.text)
            yield Finding(issue, *reason.span, change.difference)


@dataclass(frozen=True)
class _Search:
    """Looks for the reasons in the report."""

    matches: Sequence[Match]
    text: ReportText
    phrasing: Phrasing

    def anchor(self, change: Change) -> Match | None:
        """The number after which the reason of *change* is to be looked for; ``None`` when the report does not state it."""
        # some statements give amount and budget, but not the difference
        return self._stated.get(change.id) or next(
            (m for m in self.matches if m.slot.figure is change.current and self._has_base(m, change)), None)

    @cached_property
    def _stated(self) -> Mapping[str, Match]:
        """Change → its difference in the report."""
        return {m.slot.change.id: m for m in self.matches if m.slot.change is not None and m.slot.part in _STATED}

    def _has_base(self, match: Match, change: Change) -> bool:
        """Whether the amount to compare with stands in the same paragraph."""
        base = change.base
        return any(
            m.stated.paragraph == match.stated.paragraph and m.slot.section == match.slot.section
            and m.slot.figure.value == base.value and m.slot.figure.sources == base.sources for m in self.matches)

    def reason(self, change: Change, anchor: Match) -> Reason:
        """The reason of *change*: after its statement, or at the beginning of the next paragraph."""
        stated = anchor.stated
        span = self._here(change, anchor)
        if span is not None:
            return self._made(change, stated.paragraph, stated.line.original(*span))
        return self._next(change, stated) or Reason(
            change, stated.paragraph, "", stated.line.original(stated.number.start, stated.number.stop))

    def _here(self, change: Change, anchor: Match) -> tuple[int, int] | None:
        """The free text after the statement of *change*, up to the next comparison in the paragraph."""
        stated = anchor.stated
        line = stated.line
        here = [m for m in self.matches if m.stated.paragraph == stated.paragraph and m.stated.number.start >= stated.number.start]
        others = [
            m.stated.number.start for m in here
            if m.slot.change is not None and m.slot.change.id != change.id and m.slot.part in _STATED
        ]
        limit = min(others, default=len(line.text))
        for start, end in line.free:
            if stated.number.stop <= start < limit and self.phrasing.reason_before.search(line.text[:start]):
                return start, end
        after = max((m.stated.number.stop for m in here if m.stated.number.start < limit), default=stated.number.stop)
        stop = self.phrasing.next_sentence.search(line.text, after, limit)
        end = stop.start() if stop else limit
        words = line.text[after:end].lstrip("，；：、")
        if not anchor.slot.part or change.direction is Direction.LEVEL or not self._is_reason(words):
            return None
        return end - len(words), end

    def _is_reason(self, words: str) -> bool:
        """Whether words that nothing introduces as a reason may be one."""
        lists = (*self.phrasing.words.parts, *self.phrasing.words.whole)
        return len(words) >= _SHORTEST and words.rstrip("：:") not in lists and not self.phrasing.other.match(words)

    def _next(self, change: Change, stated: Stated) -> Reason | None:
        """The reason with which the next paragraph begins."""
        number = self._following.get(stated.paragraph, 0)
        line = self.text.lines.get(number)
        if line is None or not line.free or line.free[0][0] > _LEAD or not self.phrasing.reason_before.search(line.text[: line.free[0][0]]):
            return None
        return self._made(change, number, line.original(*line.free[0]))

    @cached_property
    def _following(self) -> Mapping[int, int]:
        return dict(pairwise(self.text.lines))

    def _made(self, change: Change, paragraph: int, span: tuple[int, int]) -> Reason:
        return Reason(change, paragraph, self.text.texts[paragraph][slice(*span)].strip(" \u00a0，。；：\n\t"), span)
