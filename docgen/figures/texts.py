"""Texts that people give, in the report: theirs, or a prompt where one is missing."""

from __future__ import annotations

from docgen.figures.nodes import SpansNode
from docgen.model import PlaceText, PromptSpan, ReasonSpan, Text

_END = "。．.；;，, "


def text_or_prompt(slot: str, text: str, ask: str) -> SpansNode:
    """The user's *text* (end mark removed: the template sets its own), or a prompt to fill it in."""
    bare = text.strip().rstrip(_END)
    if bare:
        return SpansNode((ReasonSpan(slot, bare),))
    return SpansNode((PromptSpan(slot, f"【请填写{ask}】"),))


def not_needed(slot: str, text: str) -> SpansNode:
    """What is stated where no words are needed."""
    return SpansNode((PlaceText(text, slot=slot),))


def paragraph(slot: str, text: str, ask: str) -> SpansNode:
    """A whole paragraph or sentence given by the user, ending with a full stop, or a prompt."""
    node = text_or_prompt(slot, text, ask)
    spans = node.__spans__()
    return node if isinstance(spans[0], PromptSpan) else SpansNode((*spans, Text("。")))
