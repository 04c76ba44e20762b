"""Nodes: what the template's names stand for.  A node prints itself as spans (``__spans__``).

The template (``report.docx``) is Chinese text with names such as ``{{收支.总计}}``; dotted names are attributes of
nodes, so a template author sees one tree of names (docs/模板名称.md is made from it).  A node is made, and its figure
computed, when the template first asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from docgen.job.inputs import Inputs
from docgen.model import (
    Change,
    ChangeText,
    Direction,
    Figure,
    FigureSpan,
    PlaceText,
    PromptSpan,
    ReasonSpan,
    Span,
    Text,
)
from workbook.amounts import format_amount
from workbook.pack.companion_form import EntryForm, Role
from workbook.pack.figures import PERCENT
from workbook.pack.words import DIFFERENCE, LEVEL, NO_BASE, PLACEHOLDER, RATE, REASON, SentenceForm, Sentences

Maker = Callable[[str], object]
"""Makes the child of a name; raises :class:`KeyError` when there is none."""
ReasonOf = Callable[[Change], ReasonSpan | PromptSpan | None]
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
        """*change* in the form *name* (:class:`KeyError`: no such form); a form with a reason is empty where there is none."""
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
        if isinstance(reason, ReasonSpan) and f"是{{{REASON}}}" in text:  # not 原因是主要是……
            reason = ReasonSpan(reason.slot, reason.text.removeprefix("主要是"))
        filled: dict[str, Span | None] = {
            DIFFERENCE: FigureSpan(change.difference), RATE: FigureSpan(change.rate) if change.rate is not None else None,
            LEVEL: ChangeText(LEVEL, change=change), REASON: reason}
        spans: list[Span | None] = []
        for place, piece in enumerate(_pieces(text.replace(f"{{{NO_BASE}}}", self.no_base(change)))):
            if place % 2:
                spans.append(filled.get(piece))
            elif piece:
                spans.append(Text(piece) if form.is_reason else ChangeText(piece, change=change))
        return [span for span in spans if span is not None]

    def no_base(self, change: Change) -> str:
        """What is said in place of a rate when the base is zero: ``上年无此项``."""
        return next((c.no_base for c in self.sentences.comparisons.values() if c.against == change.against), "")


@lru_cache(maxsize=512)
def _pieces(text: str) -> list[str]:
    return PLACEHOLDER.split(text)


class Node:
    """A named place in the tree: attributes are further nodes, texts or lists.

    *names* are those that *make* makes when asked.
    """

    def __init__(
        self, children: Mapping[str, object] | None = None, names: Iterable[str] = (), make: Maker | None = None,
    ) -> None:
        self.__dict__.update(children or {})
        self._names = tuple(names)
        self._make = make

    def __getattr__(self, name: str) -> object:
        if name[:1] != "_" and self._make is not None:
            try:
                value = self._make(name)
            except KeyError:
                value = None
            if value is not None:
                self.__dict__[name] = value
                return value
        raise AttributeError(name)

    def child(self, name: str) -> object:
        """The child *name*, ``None`` when there is none."""
        return getattr(self, name, None)

    def __names__(self) -> tuple[str, ...]:
        """Names of the children, made or not."""
        return tuple(dict.fromkeys((*self._names, *(k for k in self.__dict__ if k[:1] != "_"))))

    def names(self) -> Iterator[tuple[str, object]]:
        """The children with their names."""
        return ((name, getattr(self, name)) for name in self.__names__())


class SpansNode(Node):
    """A node that prints as given spans; false when it prints nothing."""

    def __init__(self, spans: Sequence[Span], *below: Any) -> None:
        """*below*: as of any node."""
        super().__init__(*below)
        self._spans = tuple(spans)

    def __spans__(self) -> tuple[Span, ...]:
        return self._spans

    def __bool__(self) -> bool:
        return any(span.text for span in self._spans)

    def __str__(self) -> str:
        return "".join(span.text for span in self._spans)


class FigureNode(SpansNode):
    """Prints a figure.

    In conditions it is true when the figure is not zero; a percentage always: only a ratio to zero is no ratio.
    """

    def __init__(self, figure: Figure, *below: Any) -> None:
        super().__init__((FigureSpan(figure),), *below)
        self._figure = figure

    @property
    def figure(self) -> Figure:
        """The figure itself."""
        return self._figure

    def __bool__(self) -> bool:
        return self._figure.value is None or self._figure.unit == PERCENT or bool(self._figure.exact)


class ChangeNode(FigureNode):
    """A comparison: the pack's sentences (``语句``, ``原因句`` …), ``增减额``, ``增减率``, ``基数``, ``方向``."""

    def __init__(self, change: Change, statements: Statements) -> None:
        super().__init__(change.difference, {
            "增减额": FigureNode(change.difference),
            "增减率": FigureNode(change.rate) if change.rate else SpansNode((Text(statements.no_base(change)),)),
            "基数": FigureNode(change.base),
            "方向": str(change.direction),
            "持平": change.direction is Direction.LEVEL,
            "增加": change.direction is Direction.UP,
            "减少": change.direction is Direction.DOWN,
        }, statements.sentences.forms, lambda name: SpansNode(statements.sentence(change, name)))
        self._change = change

    @property
    def change(self) -> Change:
        """The comparison itself."""
        return self._change


_END = "。．.；;，, "


def text_or_prompt(slot: str, text: str, ask: str) -> SpansNode:
    """The user's *text* (end mark removed: the template sets its own), or a prompt to fill it in."""
    bare = text.strip().rstrip(_END)
    if bare:
        return SpansNode((ReasonSpan(slot, bare),))
    return SpansNode((PromptSpan(slot, f"【请填写{ask}】"),))


def paragraph(slot: str, text: str, ask: str) -> SpansNode:
    """A whole paragraph or sentence given by the user, ending with a full stop, or a prompt."""
    node = text_or_prompt(slot, text, ask)
    spans = node.__spans__()
    return node if isinstance(spans[0], PromptSpan) else SpansNode((*spans, Text("。")))


_DENIES = re.compile(r"(?:20\d\d\s*年度?|本年度?|本单位|本部门|我单位)*(?:无|没有|未|不存在|不涉及)")
"""Begins a text that says that there is nothing."""


def texts_node(context: Inputs) -> Node:
    """The names below ``文本``: what the report states of the 底稿's labelled entries."""
    form = context.pack.companion
    projects = form.sheet(Role.PROJECTS)
    texts = {entry.id: _stated(context, entry) for entry in form.entries.values() if entry.ask}
    return Node({**texts, "绩效提示": text_or_prompt(projects.slot, "", projects.ask)})


def _stated(context: Inputs, form: EntryForm) -> SpansNode:
    """A text, or the prompt for it; one that explains an amount must not contradict it and is not needed without."""
    text = context.entry(form.id).text.strip()
    if form.sentence:
        return paragraph(form.slot, text, form.ask)
    found = context.accounts.tables.get(form.amount.table) if form.amount is not None else None
    if form.amount is None or found is None or form.amount[1:] in found.faults:
        return text_or_prompt(form.slot, text, form.ask)
    amount, denies = context.accounts.value(*form.amount), bool(_DENIES.match(text))
    if not amount:
        return text_or_prompt(form.slot, text, form.ask) if denies else SpansNode((PlaceText(form.none, slot=form.slot),))
    if denies:
        return text_or_prompt(form.slot, "", f"{form.ask}：本年有 {format_amount(amount)} 万元，底稿写的是“{text}”")
    return text_or_prompt(form.slot, text, form.ask)
