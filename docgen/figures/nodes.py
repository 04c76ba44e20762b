"""Nodes: what the template's names stand for.  A node prints itself as spans (``__spans__``).

The template (``report.docx``) is Chinese text with names such as ``{{收支.总计}}``; dotted names are attributes of
nodes, so a template author sees one tree of names (docs/模板名称.md is made from it).  A node is made, and its figure
computed, when the template first asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from docgen.model import Change, ChangeText, Direction, Figure, FigureSpan, PromptSpan, ReasonSpan, Span, Text
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


Maker = Callable[[str], object]
"""Makes the child of a name; raises :class:`KeyError` when there is none."""
ReasonOf = Callable[[Change], ReasonSpan | PromptSpan | None]


class Node:
    """A named place in the tree: attributes are further nodes, texts or lists."""

    def __init__(self, children: Mapping[str, object] | None = None, names: Iterable[str] = (), make: Maker | None = None) -> None:
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

    def __init__(self, spans: Sequence[Span], children: Mapping[str, object] | None = None) -> None:
        super().__init__(children)
        self._spans = tuple(spans)

    def __spans__(self) -> tuple[Span, ...]:
        return self._spans

    def __bool__(self) -> bool:
        return any(span.text for span in self._spans)

    def __str__(self) -> str:
        return "".join(span.text for span in self._spans)


class FigureNode(Node):
    """Prints a figure.  In conditions it is true when the figure is not zero."""

    def __init__(
        self, figure: Figure, children: Mapping[str, object] | None = None, names: Iterable[str] = (), make: Maker | None = None
    ) -> None:
        super().__init__(children, names, make)
        self._figure = figure

    @property
    def figure(self) -> Figure:
        """The figure itself."""
        return self._figure

    def __spans__(self) -> tuple[Span, ...]:
        return (FigureSpan(self._figure),)

    def __bool__(self) -> bool:
        return self._figure.value is None or bool(self._figure.exact)

    def __str__(self) -> str:
        return self._figure.text


class RatioNode(FigureNode):
    """Prints a percentage.  In conditions it is true also for 0 %: only a ratio to zero is no ratio."""

    def __bool__(self) -> bool:
        return True


class ChangeNode(FigureNode):
    """A comparison: the pack's sentences (``语句``, ``原因句`` …), ``增减额``, ``增减率``, ``基数``, ``方向``."""

    def __init__(self, change: Change, no_base: str, names: Iterable[str], sentence: Sentence) -> None:
        super().__init__(change.difference, {
            "增减额": FigureNode(change.difference),
            "增减率": FigureNode(change.rate) if change.rate else SpansNode((Text(no_base),)),
            "基数": FigureNode(change.base),
            "方向": str(change.direction),
            "持平": change.direction is Direction.LEVEL,
            "增加": change.direction is Direction.UP,
            "减少": change.direction is Direction.DOWN,
        }, names, lambda name: SpansNode(sentence(change, name)))
        self._change = change

    @property
    def change(self) -> Change:
        """The comparison itself."""
        return self._change
