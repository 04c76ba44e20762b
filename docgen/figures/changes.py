"""How a comparison is said: the pack's forms of sentences filled with its figures and its reason."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from docgen.figures.nodes import ReasonOf
from docgen.model import Change, ChangeText, Direction, FigureSpan, PromptSpan, ReasonSpan, Span, Text
from workbook.pack.sentences import DIFFERENCE, LEVEL, NO_BASE, PLACEHOLDER, RATE, REASON, SentenceForm, Sentences

Sentence = Callable[[Change, str], tuple[Span, ...]]
"""The spans of a comparison in the form of that name; raises :class:`KeyError` for an unknown one."""
STATEMENT = "语句"
"""The form in which slots and prompts tell a comparison."""


class Statements:
    """Fills the sentence forms of a pack."""

    def __init__(self, sentences: Sentences, reason_of: ReasonOf, *, level_as_zero: bool = False) -> None:
        self.sentences = sentences
        self.reason_of = reason_of
        self.level_words = sentences.level_as_zero if level_as_zero else ""
        self.asked: dict[str, Change] = {}
        """Comparisons whose reason the template has asked for, in its order."""

    def sentence(self, change: Change, name: str) -> tuple[Span, ...]:
        """*change* in the form *name*; a form with a reason is empty where there is none."""
        form = self.sentences.forms[name]
        reason: ReasonSpan | PromptSpan | None = None
        is_level = change.direction is Direction.LEVEL
        if form.is_reason:
            self.asked.setdefault(change.id, change)
            reason = self.reason_of(change)
            if reason is None and not is_level:
                return ()
        return tuple(self._spans(form, change, reason))

    def _spans(self, form: SentenceForm, change: Change, reason: Span | None) -> list[Span]:
        text = form.text(str(change.direction), has_base=change.rate is not None or change.direction is Direction.UNKNOWN)
        if change.direction is Direction.LEVEL and self.level_words and not form.is_reason:
            text = self.level_words
        spans: list[Span] = []
        for place, piece in enumerate(_pieces(text.replace(f"{{{NO_BASE}}}", self.no_base(change)))):
            if place % 2:
                spans += _placeholder(piece, change, reason)
            elif piece:
                spans.append(Text(piece) if form.is_reason else ChangeText(piece, change=change))
        return spans

    def no_base(self, change: Change) -> str:
        """What is said in place of a rate when the base is zero: ``上年无此项``."""
        return next((c.no_base for c in self.sentences.comparisons.values() if c.against == change.against), "")


def _placeholder(name: str, change: Change, reason: Span | None) -> list[Span]:
    if name == DIFFERENCE:
        return [FigureSpan(change.difference)]
    if name == RATE:
        return [FigureSpan(change.rate)] if change.rate is not None else []
    if name == LEVEL:
        return [ChangeText(LEVEL, change=change)]
    return [reason] if name == REASON and reason is not None else []


@lru_cache(maxsize=512)
def _pieces(text: str) -> list[str]:
    return PLACEHOLDER.split(text)
