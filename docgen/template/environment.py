"""The template language: Jinja2, sandboxed and strict, printing values as spans and blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from jinja2 import StrictUndefined, pass_context
from jinja2.sandbox import SandboxedEnvironment

from docgen.model import Block, Span
from docgen.template import marks
from workbook.numerals import chinese_numeral

if TYPE_CHECKING:
    from jinja2.runtime import Context

SOURCE_NAME = "<word-template>"
"""File name under which errors in a compiled template are traced."""
COLLECTOR = "\ufdd0collector"
"""Name in the context under which a render keeps what its marks stand for."""


@runtime_checkable
class Printable(Protocol):
    """A value that prints as spans: a figure with its unit, a comparison, a sentence with a reason."""

    def __spans__(self) -> tuple[Span, ...]:
        """What stands in the paragraph for ``{{value}}``."""
        ...


class Unprintable(Exception):  # noqa: N818 - becomes a TemplateError with the paragraph's text
    """A value that cannot stand in a report: the message says why."""


class Collector:
    """What the marks of one render stand for."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.blocks: list[tuple[Block, ...]] = []

    def of_spans(self, spans: Iterable[Span]) -> str:
        """Marks for *spans*."""
        first = len(self.spans)
        self.spans += spans
        return "".join([f"{marks.SPAN}{number}{marks.STOP}" for number in range(first, len(self.spans))])

    def of_blocks(self, blocks: Sequence[Block]) -> str:
        """A mark for *blocks*."""
        self.blocks.append(tuple(blocks))
        return marks.mark(marks.BLOCK, len(self.blocks) - 1)


class UnknownName(StrictUndefined):
    """A name that the namespace does not have; any use of it is an error that says so in Chinese."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_hint or f"用了不认识的名称“{self._undefined_name}”")


class Environment(SandboxedEnvironment):
    """The sandbox, quick for our own read-only values."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Names with an underscore are nobody's business; methods of Python's own types as the sandbox says."""
        return not attr.startswith("_") and (hasattr(obj, "__spans__") or bool(super().is_safe_attribute(obj, attr, value)))


@pass_context
def print_value(context: Context, value: object) -> str:
    """What ``{{value}}`` writes: text, or marks that stand for spans and blocks."""
    if type(value) is str:
        return marks.unmarked(value)
    printed = getattr(value, "__spans__", None)
    if printed is not None:
        return _collector(context).of_spans(printed())
    if isinstance(value, str | StrictUndefined):  # enumerations; an unknown name raises
        return marks.unmarked(str(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return _print_blocks(_collector(context), value)


def _collector(context: Context) -> Collector:
    return cast("Collector", context.parent[COLLECTOR])


def _print_blocks(collector: Collector, value: object) -> str:
    items = value if isinstance(value, list | tuple) else (value,)
    if all(isinstance(item, Block) for item in items):
        return collector.of_blocks(cast("Sequence[Block]", items))
    if all(isinstance(item, Span) for item in items):
        return collector.of_spans(cast("Sequence[Span]", items))
    if isinstance(value, list | tuple):
        raise Unprintable("里的占位符是一组值，不能直接写出，要用 {% for … %} 逐个写")
    if value is None or isinstance(value, bool):
        raise Unprintable("里的占位符没有可写出的内容（是“有/无”一类的判断值）")
    if isinstance(value, float):
        raise Unprintable("里的占位符是浮点数，金额只能用登记的数字")
    if isinstance(value, Mapping) or not callable(value):
        raise Unprintable("里的占位符是一组名称，要写出其中的某一个（名称.下一级名称）")
    raise Unprintable("里的占位符不能直接写出")


def make_environment() -> Environment:
    """The environment in which templates are compiled."""
    environment = Environment(
        undefined=UnknownName, finalize=print_value, autoescape=False, keep_trailing_newline=True, cache_size=0, optimized=False)
    environment.globals.pop("lipsum", None)
    environment.filters["中文数字"] = chinese_numeral  # ``{{loop.index|中文数字}}``
    return environment
