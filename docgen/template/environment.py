"""The template language: Jinja2, sandboxed and strict, printing values as spans and blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from docgen.model import Block, Span
from docgen.template import marks
from workbook.numerals import chinese_numeral

if TYPE_CHECKING:
    from jinja2.runtime import Context

SOURCE_NAME = "<word-template>"
"""File name under which errors in a compiled template are traced."""
MAX_STEPS = 200_000
"""Turns of loops and calls that one render may take; a report of 5,000 subjects takes some 30,000."""
MAX_TEXT = 1_000_000
"""Characters that a text may have which a template puts together."""
_MAX_EXPONENT = 100
_MAX_OUTPUT = 50_000_000
_LONG = "里要写出的文字过长"
_BOUNDED, _JOINED = "\ufdd0次数", "\ufdd0相连"
"""Filters that stand around every loop and in the place of every ``~``."""
_FILTERS = frozenset((
    "abs", "count", "default", "d", "first", "float", "int", "items", "last", "length", "list", "lower", "map", "max",
    "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "string", "sum", "trim", "unique",
    "upper"))
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset((
        "count", "endswith", "find", "isdecimal", "lower", "lstrip", "removeprefix", "removesuffix", "rstrip", "split",
        "startswith", "strip", "upper")),
    dict: frozenset(("get", "items", "keys", "values")),
}
"""What a template may do with Python's own values: nothing that makes a long text of a short one."""
COLLECTOR = "\ufdd0collector"
"""Name in the context under which a render keeps what its marks stand for."""


class Unprintable(Exception):  # noqa: N818 - becomes a TemplateError with the paragraph's text
    """A value that cannot stand in a report: the message says why."""


class Collector:
    """What the marks of one render stand for."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.blocks: list[tuple[Block, ...]] = []
        self.size = self._steps = 0
        """How many characters were printed."""

    def step(self) -> None:
        """Count one turn of a loop, or one call."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Unprintable("里的循环次数过多")

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
    """The sandbox, quick for our own read-only values, in which no template runs for ever or fills the memory."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and put a count into every loop and a limit on every text that is put together."""
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _BOUNDED, [], [], None, None, lineno=loop.lineno)
        return cast("nodes.Template", _Concatenations().visit(tree))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic whose result cannot be as large as one likes."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("%")
        if operator == "**" and not (isinstance(right, int) and abs(right) <= _MAX_EXPONENT):
            raise Unprintable("里的乘方过大")
        sizes = [len(value) for value in (left, right) if isinstance(value, str | list | tuple)]
        times = next((abs(value) for value in (left, right) if isinstance(value, int)), 1) if operator == "*" else 1
        if sum(sizes) * times > MAX_TEXT:
            raise Unprintable(_LONG)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Call, and count it: a macro may call itself."""
        _collector(context).step()
        return super().call(context, function, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What *attribute* of *obj* is: of our own read-only values anything without an underscore."""
        if attribute[:1] == "_" or not hasattr(obj, "__names__"):
            return super().getattr(obj, attribute)
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return self.undefined(obj=obj, name=attribute)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Names with an underscore are nobody's business; methods of Python's own types as the sandbox says."""
        if attr.startswith("_"):
            return False
        if type(obj).__module__ == "builtins":
            return attr in _METHODS.get(type(obj), ())
        return hasattr(obj, "__spans__") or bool(super().is_safe_attribute(obj, attr, value))


class _Concatenations(NodeTransformer):
    """Puts a filter with a limit in the place of ``a ~ b``."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - named after the node, as Jinja looks it up
        """The texts as a list, joined."""
        parts = nodes.List([self.visit(part) for part in node.nodes], lineno=node.lineno)
        return nodes.Filter(parts, _JOINED, [], [], None, None, lineno=node.lineno)


@pass_context
def _bounded(context: Context, values: Iterable[object]) -> Iterator[object]:
    collector = _collector(context)
    for value in values:
        collector.step()
        yield value


def _joined(values: Iterable[object], separator: str = "") -> str:
    texts = list(map(str, values))
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
        raise Unprintable(_LONG)
    return separator.join(texts)


@pass_context
def print_value(context: Context, value: object) -> str:
    """What ``{{value}}`` writes: text, or marks that stand for spans and blocks."""
    if type(value) is str:
        collector = _collector(context)
        collector.size += len(value)
        if collector.size > _MAX_OUTPUT:
            raise Unprintable(_LONG)
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
        undefined=UnknownName, finalize=print_value, autoescape=False, keep_trailing_newline=True,
        cache_size=0, optimized=False)
    environment.globals = {name: environment.globals[name] for name in ("range", "dict", "namespace")}
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    # ``{{loop.index|中文数字}}``
    environment.filters |= {"中文数字": chinese_numeral, "join": _joined, _JOINED: _joined, _BOUNDED: _bounded}
    return environment
