"""Nodes: what the template's names stand for.  A node prints itself as spans (``__spans__``).

The template (``report.docx``) is Chinese text with names such as ``{{收支.总计}}``; dotted names are
attributes of nodes, so a template author sees one tree of names (docs/模板名称.md is made from it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docgen.model import Change, ChangeText, Direction, Figure, FigureSpan, PromptSpan, ReasonSpan, Span, Text

ReasonOf = Callable[[Change], ReasonSpan | PromptSpan | None]


class Node:
    """A named place in the tree: attributes are further nodes, texts or lists."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)

    def put(self, name: str, value: object) -> None:
        """Add a child."""
        self.__dict__[name] = value

    def child(self, name: str) -> object:
        """The child *name*, ``None`` when there is none."""
        return self.__dict__.get(name)

    def spans(self, name: str) -> tuple[Span, ...]:
        """What the child *name* prints (nothing when there is no such child)."""
        found = self.__dict__.get(name)
        return found.__spans__() if isinstance(found, SpansNode) else ()

    def names(self) -> Iterator[tuple[str, object]]:
        """Public children."""
        return ((k, v) for k, v in self.__dict__.items() if not k.startswith("_"))


class SpansNode(Node):
    """A node that prints as given spans; false when it prints nothing."""

    def __init__(self, spans: Sequence[Span], **attributes: object) -> None:
        super().__init__(**attributes)
        self._spans = tuple(spans)

    def __spans__(self) -> tuple[Span, ...]:
        return self._spans

    def __bool__(self) -> bool:
        return any(span.text for span in self._spans)

    def __str__(self) -> str:
        return "".join(span.text for span in self._spans)


class FigureNode(SpansNode):
    """Prints a figure.  In conditions it is true when the figure is not zero."""

    def __init__(self, figure: Figure, **attributes: object) -> None:
        super().__init__((FigureSpan(figure),), **attributes)
        self._figure = figure

    @property
    def figure(self) -> Figure:
        """The figure itself."""
        return self._figure

    def __bool__(self) -> bool:
        return self._figure.value is None or bool(self._figure.exact)


class RatioNode(FigureNode):
    """Prints a percentage.  In conditions it is true also for 0 %: only a ratio to zero is no ratio."""

    def __bool__(self) -> bool:
        return True


class ChangeNode(FigureNode):
    """A comparison: ``语句`` (增加 … 万元，增长 …), ``原因句``, ``增减额``, ``增减率``, ``基数``."""

    def __init__(self, change: Change, reason_of: ReasonOf, level_words: str = "") -> None:
        super().__init__(change.difference)
        self._change = change
        reason = reason_of(change)
        self.put("增减额", FigureNode(change.difference))
        self.put("增减率", FigureNode(change.rate) if change.rate else SpansNode((Text("上年无此项"),)))
        self.put("基数", FigureNode(change.base))
        self.put("方向", str(change.direction))
        self.put("持平", change.direction is Direction.LEVEL)
        self.put("增加", change.direction is Direction.UP)
        self.put("减少", change.direction is Direction.DOWN)
        self.put("语句", SpansNode(phrase(change, level_words)))
        self.put("差额语句", SpansNode(phrase(change, level_words, rate=False)))
        self.put("各增减语句", SpansNode(phrase(change, level_words, each=True)))
        self.put("原因", SpansNode((reason,) if reason else ()))
        self.put("原因句", SpansNode((Text("，变动原因："), reason) if reason else ()))
        self.put("差异原因句", SpansNode((Text("决算数与年初预算数的差异原因："), reason, Text("。")) if reason else ()))

    @property
    def change(self) -> Change:
        """The comparison itself."""
        return self._change


def phrase(change: Change, level_words: str = "", *, rate: bool = True, each: bool = False) -> tuple[Span, ...]:
    """``增加 98.57 万元，增长 21.83%``; ``持平``; ``增加 5.00 万元（上年无此项）`` for base zero.

    *level_words* replaces ``持平`` where an office asks for ``增加 0 万元，增长 0%``.
    """
    def words(text: str) -> ChangeText:
        return ChangeText(text, change=change)

    if change.direction is Direction.UNKNOWN:
        return (words("增减 "), FigureSpan(change.difference), words(" 万元"))
    if change.direction is Direction.LEVEL:
        return (words(level_words or "持平"),)
    up = change.direction is Direction.UP
    spans: list[Span] = [words(f"{'各' if each else ''}{'增加' if up else '减少'} "), FigureSpan(change.difference)]
    if rate and change.rate is not None:
        return (*spans, words(" 万元，增长 " if up else " 万元，下降 "), FigureSpan(change.rate))
    if rate:
        return (*spans, words(" 万元（上年无此项）" if change.against.startswith("上年") else f" 万元（{change.against}无此项）"))
    return (*spans, words(" 万元"))
