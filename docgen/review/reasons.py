"""The reasons that a report gives: whether there is one, and what is doubtful about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.drivers import drivers_of
from docgen.reasons.objections import RESIDUE, SAME, object_to
from docgen.reasons.parts import TwoYears
from docgen.reasons.thresholds import Thresholds
from docgen.report.narrative import needs_reason
from docgen.review.alignment import Match, Stated
from docgen.review.lines import Line
from docgen.review.model import Remark
from docgen.review.rules import Remarks, quoted
from workbook.issues import Issue, Kind
from workbook.values import dataclass

_SENTENCE = re.compile(r"。|；(?=(?:与|比|较|同))")
_MARK = re.compile(r"原因[^，。；]{0,4}$|主要(?:是|系|用于)：?$")
_NO_REASON = re.compile(r"^[，；：、]?(?:其中|具体|包括|主要包括|占|完成|各项)?[：:]?$")
_OTHER_STATEMENT = re.compile(r"^[，；]?(?:占|完成|与|比|较|其中|支出|收入|年初|全年)")
_SHORTEST, _LEAD = 4, 24


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason found for a change."""

    change: Change
    stated: Stated
    """The number after which it stands."""
    paragraph: int
    text: str
    span: tuple[int, int]
    """Where it stands in the paragraph's original text."""


def review_reasons(
    context: ReportContext, matches: Sequence[Match], changes: Mapping[str, Change], lines: Mapping[int, Line],
    texts: Mapping[int, str], remarks: Remarks,
) -> Iterator[Remark]:
    """Missing reasons (表文-11) and objections to those given, for all changes that the report states.

    *lines*: the paragraphs of statements in order; a reason may stand in the paragraph after its statement.
    """
    following = dict(pairwise(lines))
    found = [
        _reason(change, anchor, matches, texts) or _next(change, anchor, following, lines, texts)
        or Reason(change, anchor.stated, anchor.stated.paragraph, "", anchor.stated.line.original(anchor.stated.number.start, anchor.stated.number.stop))
        for change, anchor in _anchors(matches, changes)
    ]
    given = {r.change.id: r.text for r in found if r.text and r.change.direction is not Direction.LEVEL}
    years, thresholds = TwoYears(context), Thresholds.of(context)
    told: set[str] = set()
    for reason in found:
        change = reason.change
        if change.direction is Direction.UNKNOWN:
            continue
        if not reason.text:
            if thresholds.requires(change):
                text = texts[reason.paragraph]
                yield from remarks.on(
                    "表文-11", f"{change.label}比{change.against}{change.direction} {change.difference.text} 万元，没有写变动原因",
                    reason.paragraph, text, reason.span, figure=change.difference)
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
                remarks.cells(change.difference), paragraph=reason.paragraph,
                text=quoted(texts[reason.paragraph], *reason.span), stated=reason.text)
            yield Remark(issue, *reason.span, change.difference)


def _anchors(matches: Sequence[Match], changes: Mapping[str, Change]) -> Iterator[tuple[Change, Match]]:
    """Each change that needs a reason, with the number after which its reason is to be looked for."""
    stated = {m.slot.change.id: m for m in matches if m.slot.change is not None and m.slot.part in ("difference", "level")}
    for change in changes.values():
        if not needs_reason(change):
            continue
        anchor = stated.get(change.id)
        if anchor is None:  # statements that give amount and budget, but not the difference
            anchor = next((m for m in matches if m.slot.figure is change.current and _has_budget(m, matches, change)), None)
        if anchor is not None:
            yield change, anchor


def _has_budget(match: Match, matches: Sequence[Match], change: Change) -> bool:
    """Whether the amount to compare with stands in the same paragraph."""
    same = [m for m in matches if m.stated.paragraph == match.stated.paragraph and m.slot.figure.section == change.section]
    return any(m.slot.figure.value == change.base.value and m.slot.figure.sources == change.base.sources for m in same)


def _reason(change: Change, anchor: Match, matches: Sequence[Match], texts: Mapping[int, str]) -> Reason | None:
    """The free text after the statement of *change*, up to the next comparison in the paragraph."""
    stated = anchor.stated
    line, text = stated.line, texts[stated.paragraph]
    here = [m for m in matches if m.stated.paragraph == stated.paragraph and m.stated.number.start >= stated.number.start]
    others = [
        m.stated.number.start for m in here
        if m.slot.change is not None and m.slot.change.id != change.id and m.slot.part in ("difference", "level")
    ]
    limit = min(others, default=len(line.text))
    own = [m.stated.number.stop for m in here if m.stated.number.start < limit]
    after = max(own, default=stated.number.stop)
    for start, end in line.free:
        if stated.number.stop <= start < limit and _MARK.search(line.text[:start]):
            return _made(change, stated, stated.paragraph, text, line.original(start, end))
    stop = _SENTENCE.search(line.text, after, limit)
    rest = (after, stop.start() if stop else limit)
    words = line.text[slice(*rest)].lstrip("，；：、")
    if anchor.slot.part and change.direction is not Direction.LEVEL and len(words) >= _SHORTEST and not _NO_REASON.match(words) and not _OTHER_STATEMENT.match(words):
        return _made(change, stated, stated.paragraph, text, line.original(rest[1] - len(words), rest[1]))
    return None


def _next(
    change: Change, anchor: Match, following: Mapping[int, int], lines: Mapping[int, Line], texts: Mapping[int, str]
) -> Reason | None:
    """The reason with which the next paragraph begins."""
    number = following.get(anchor.stated.paragraph, 0)
    line = lines.get(number)
    if line is None or not line.free or line.free[0][0] > _LEAD or not _MARK.search(line.text[: line.free[0][0]]):
        return None
    return _made(change, anchor.stated, number, texts[number], line.original(*line.free[0]))


def _made(change: Change, stated: Stated, paragraph: int, text: str, span: tuple[int, int]) -> Reason:
    words = text[slice(*span)].strip(" \u00a0，。；：\n\t")
    return Reason(change, stated, paragraph, words, span)
