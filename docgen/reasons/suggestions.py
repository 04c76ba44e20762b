"""Suggestions for a slot: last year's reason, the draft, the pack's phrases."""

from __future__ import annotations

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.model import Suggestion
from docgen.reasons.wording import directions

LAST_YEAR, DRAFT, PHRASE = "去年的原因", "草稿", "常用语"


def suggestions(change: Change, context: ReportContext, draft: str = "", prior_reason: str = "") -> tuple[Suggestion, ...]:
    """What can be inserted for *change*: last year's reason first, unless it speaks of the other direction."""
    found: list[Suggestion] = []
    if draft:
        found.append(Suggestion(DRAFT, draft))
    if change.direction in (Direction.UP, Direction.DOWN):
        found += [Suggestion(PHRASE, text) for text in phrases(change, context)]
    if old := prior_reason.strip():
        found.insert(0 if _fits(old, change, context) else len(found), Suggestion(LAST_YEAR, old))
    return tuple(found)


def _fits(text: str, change: Change, context: ReportContext) -> bool:
    """Whether the text does not speak of the opposite direction only."""
    stated = directions(text, context.pack.words)
    return not stated or any(direction is change.direction for _, direction in stated)


def phrases(change: Change, context: ReportContext) -> list[str]:
    """The pack's phrases for the change's place and direction, the most specific first.

    Those for a whole section are left out when there are closer ones.
    """
    found = [
        p for p in context.pack.reasons.phrases
        if change.id.startswith(p.prefix) and p.direction in ("", change.direction)
    ]
    close = [p for p in found if not p.prefix.endswith(".")]
    return list(dict.fromkeys(p.text for p in close or found))
