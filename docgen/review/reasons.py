"""The reasons that a report gives: whether there is one, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from docgen.model import Change, Direction
from docgen.reasons.drivers import Drivers, TwoYears
from docgen.reasons.objections import RESIDUE, SAME, object_to
from docgen.reasons.slot import Thresholds
from docgen.review.alignment import Match
from docgen.review.budgets import ITEM, budget_pairs
from docgen.review.findings import Finder, Finding
from docgen.review.phrasing import Phrasing, normalised
from docgen.review.report_text import ReportText
from docgen.review.text import Role, clause_of
from workbook.amounts import CENT, ZERO
from workbook.issues import Issue, Kind
from workbook.values import dataclass

_STATED = ("difference", "level")
_SHORTEST, _LEAD = 4, 24
_CUSTOM = 2
"""So many items with a reason make it the report's custom."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason found for a change."""

    change: Change
    paragraph: int
    text: str
    """Empty: there is none."""
    span: tuple[int, int]
    """Where it stands in the paragraph's original text; where there is none, the number after which it should."""


def review_reasons(matches: Sequence[Match], finder: Finder) -> Iterator[Finding]:
    """Missing reasons (表文-11) of changes that the report states, and objections to those given."""
    search, context = _Search(matches, finder.text, finder.phrasing), finder.context
    changes = finder.narrative.reasons.values()
    anchors = ((change, anchor) for change in changes if (anchor := search.anchor(change)) is not None)
    reasons = [r for change, anchor in anchors if (r := search.reason(change, anchor)).text or search.is_wanted(change, anchor)]
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
        for objection in object_to(reason.text, change, context, given, Drivers(change, years)):
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


def _named(before: str, labels: Collection[str]) -> str:
    """Which of the *labels* the sentence that introduces a reason begins with; *before* is the text up to the reason."""
    sentence = before[before.rfind("。") + 1 :]
    return max((label for label in labels if sentence.startswith(label)), key=len, default="")


def _clause_before(text: str, start: int) -> str:
    """The clause that introduces a reason."""
    return clause_of(text[:start].rstrip("：，"))


class _Search:
    """Looks for the reasons in the report."""

    def __init__(self, matches: Sequence[Match], text: ReportText, phrasing: Phrasing) -> None:
        self.matches, self.text, self.phrasing = matches, text, phrasing
        self.stated = {m.slot.change.id: m for m in matches if m.slot.change is not None and m.slot.part in _STATED}
        """Change → its difference in the report."""
        self.following = dict(pairwise(text.lines))

    def anchor(self, change: Change) -> Match | None:
        """The number after which the reason of *change* is to be looked for; ``None`` when the report does not state it."""
        # some statements give amount and budget, but not the difference
        return self.stated.get(change.id) or next(
            (m for m in self.matches if m.slot.figure is change.current and self._has_base(m, change)), None)

    def _has_base(self, match: Match, change: Change) -> bool:
        """Whether the amount to compare with stands in the same paragraph."""
        base = change.base
        return any(
            m.stated.paragraph == match.stated.paragraph and m.slot.section == match.slot.section
            and m.slot.figure.value == base.value and m.slot.figure.sources == base.sources for m in self.matches)

    def reason(self, change: Change, anchor: Match) -> Reason:
        """The reason of *change*: after its statement, or at the beginning of the next paragraph."""
        stated = anchor.stated
        paragraph, line, span = stated.paragraph, stated.line, self._here(change, anchor)
        if span is None:
            following = self.following.get(paragraph, 0)
            beginning = self.text.lines.get(following)
            if beginning is None or not beginning.free or (start := beginning.free[0][0]) > _LEAD or (
                not self.phrasing.reason_before.search(beginning.text[:start])
            ):
                return Reason(change, paragraph, "", line.original(stated.start, stated.stop))
            paragraph, line, span = following, beginning, beginning.free[0]
        place = line.original(*span)
        return Reason(change, paragraph, self.text.texts[paragraph][slice(*place)].strip(" \u00a0，。；：\n\t"), place)

    def is_wanted(self, change: Change, anchor: Match) -> bool:
        """Whether a reason is missed.

        Not where the parts follow with theirs, nor beside a budget in a report that never explains those.
        """
        number, section = anchor.stated.paragraph, self.text.sections.of.get(anchor.stated.paragraph)
        if self.phrasing.opens_list(anchor.stated.line.text) and any(
            line.free for n, line in self.text.lines.items() if n > number and self.text.sections.of.get(n) == section
        ):
            return False
        return change.id in self.stated or any(
            self.phrasing.budget_in(_clause_before(line.text, start))
            for line in self.text.lines.values() for start, _ in line.free)

    def _here(self, change: Change, anchor: Match) -> tuple[int, int] | None:
        """The free text after the statement of *change*, up to the next comparison in the paragraph."""
        stated = anchor.stated
        line, first = stated.line, stated
        here = [m for m in self.matches if m.stated.paragraph == stated.paragraph and m.stated.start >= first.start]
        own_numbers = {m.stated.key for m in here if m.slot.change is not None and m.slot.change.id == change.id}
        moved = {abs(figure.value or ZERO) for figure in (change.difference, change.rate) if figure is not None}
        moves = (n for n in line.numbers if n.start > first.start and n.role is Role.MOVE and n.key not in own_numbers)
        others = (n.start for n in moves if not any(abs(n.value - m) <= CENT for m in moved))
        limit = min(others, default=len(line.text))
        free = [(start, end) for start, end in line.free if first.stop <= start]
        given = [(start, end) for start, end in free if self.phrasing.reason_before.search(line.text[:start])]
        labels = {normalised(m.slot.change.label)[0] for m in self.matches
                  if m.stated.paragraph == stated.paragraph and m.slot.change is not None and m.slot.part in _STATED}
        named = {span: _named(line.text[: span[0]], labels) for span in given}
        own = normalised(change.label)[0]
        if (found := next((span for span, name in named.items() if name == own), None)) is not None:
            return found  # the reasons of several comparisons follow them, each with the name of its own
        budget = next((n.start for n in line.numbers if n.start > first.stop and n.role is Role.BASE), len(line.text))
        is_budgets = bool(self.phrasing.budget_in(change.against))
        for start, end in given:
            is_for_budget = bool(self.phrasing.budget_in(_clause_before(line.text, start)))  # 比上年……。决算数小于预算数的原因是……
            is_near = (start < limit and is_for_budget <= is_budgets) or (start < budget and is_for_budget and is_budgets)
            if is_near and not named[start, end]:
                return start, end
        for start, end in line.free:
            is_before = end < first.start and "。" not in line.text[end : first.start]
            if is_before and self.phrasing.reason_first.match(line.text, start):
                return start, end
        after = max((m.stated.stop for m in here if m.stated.start < limit), default=first.stop)
        stop = self.phrasing.next_sentence.search(line.text, after, limit)
        end = stop.start() if stop else limit
        words = line.text[after:end].lstrip("，；：、")
        # Words that nothing introduces as a reason may be one.
        is_list = words.rstrip("：:") in (*self.phrasing.words.parts, *self.phrasing.words.whole)
        is_reason = len(words) >= _SHORTEST and not is_list and not self.phrasing.other.match(words)
        return (end - len(words), end) if is_reason and anchor.slot.part and change.direction is not Direction.LEVEL else None


def review_item_reasons(finder: Finder) -> Iterator[Finding]:
    """Items whose final account is not the budget and for which no reason is given.

    Only in a report that gives it for the others.
    """
    given, missing = 0, []
    lines = [*finder.text.lines.items()]
    for place, (_, line) in enumerate(lines):
        following = lines[place + 1][1].text if place + 1 < len(lines) else ""
        pairs = [p for p in budget_pairs(line.numbers) if line.item(p.actual.start)[1] == ITEM]
        if len(pairs) != 1 or pairs[0].actual.value == pairs[0].budgets[-1].value:
            continue
        if finder.phrasing.reason.search(line.text, pairs[0].actual.stop) or finder.phrasing.reason.search(following[:_LEAD]):
            given += 1
        else:
            missing.append(pairs[0].actual)
    if given >= _CUSTOM and given >= len(missing):
        for actual in missing:
            yield from finder.on("表文-49", at=actual.at())
