"""Spreadsheet formulas, the few kinds that published sheets use: parsed once, computed exactly.

Sums, the four operations, comparisons, ``IF`` and some functions over cells and ranges, of the tokens that openpyxl
finds.  Anything else raises :class:`UnsupportedError` at parsing; the caller then leaves the cell to Excel.  Amounts are
``Decimal``; the libraries that compute formulas do it in floats, and bring numpy (``formulas``) or the GPL (``pycel``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal, DecimalException
from functools import partial, reduce
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workbook.amounts import ZERO, round_half_up
from workbook.numerals import column_index

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token

Scalar: TypeAlias = "Decimal | str | bool | None"
Array: TypeAlias = "list[list[Decimal | str | bool | None]]"
Value: TypeAlias = "Scalar | Array"


class UnsupportedError(ValueError):
    """A formula that we do not compute."""


class FormulaValueError(ValueError):
    """The formula's value is an error (``#VALUE!``, ``#DIV/0!`` …)."""


class Area(NamedTuple):
    """Cells that a formula names: sheet (empty: its own), first and last row and column, 0-based."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


Reader: TypeAlias = Callable[[Area], "Array"]
Node: TypeAlias = Callable[[Reader], "Value"]

_CELLS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_REFERENCE = re.compile(rf"(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?{_CELLS.pattern}(?![\w(.])")
_MAX_AREA = 100_000


def parse_formula(text: str) -> Callable[[Reader], Scalar]:
    """Parse *text*: what computes its value from the cells that it is given to read.

    *text* is without ``=``; an array formula stands in braces.
    Outside of array formulas Excel takes one cell of a range where one value is wanted; such formulas are not computed.
    """
    parser = _Parser(text)
    node = parser.expression()
    if parser.tokens:
        raise UnsupportedError(text)
    return lambda read: _scalar(node(read))


def areas_in(text: str) -> Iterator[Area]:
    """The cells that a formula names (what is too large to be one of ours is left out).

    By a search: all formulas of a workbook are gone through, and tokens take three times as long.
    """
    for match in _REFERENCE.finditer(text):
        with suppress(UnsupportedError):
            yield _area(match[0])


# ---------------------------------------------------------------- parsing


class _Parser:
    """A formula being parsed: each method takes from its tokens what it understands."""

    def __init__(self, text: str) -> None:
        from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

        self.is_array = text.startswith("{") and text.endswith("}")
        try:
            tokens = Tokenizer(f"={text[1:-1] if self.is_array else text}").items
        except (TokenizerError, IndexError) as error:  # IndexError: a bracket closed that was not opened
            raise UnsupportedError(text) from error
        self.tokens: list[Token] = [token for token in tokens if token.type != Token.WSPACE][::-1]
        """The first one last."""

    def is_next(self, kind: str, subtype: str = "") -> bool:
        return bool(self.tokens) and self.tokens[-1].type == kind and subtype in ("", self.tokens[-1].subtype)

    def take(self, kind: str, subtype: str = "") -> str:
        if not self.is_next(kind, subtype):
            raise UnsupportedError(f"no {kind}")
        return str(self.tokens.pop().value)

    def expression(self, level: int = 0) -> Node:
        left = self.signed()
        while self.is_next("OPERATOR-INFIX") and (operator := _OPERATORS.get(self.tokens[-1].value)) and operator[0] > level:
            self.tokens.pop()
            left = partial(_combined, operator[1], left, self.expression(operator[0]), self.is_array)
        return left

    def signed(self) -> Node:
        if self.is_next("OPERATOR-PREFIX"):
            sign, operand = self.tokens.pop().value, self.signed()
            return operand if sign == "+" else partial(_combined, _OPERATORS["-"][1], _constant(ZERO), operand, self.is_array)
        node = self.primary()
        while self.is_next("OPERATOR-POSTFIX"):
            self.tokens.pop()
            node = partial(_combined, _OPERATORS["/"][1], node, _constant(Decimal(100)), self.is_array)
        return node

    def primary(self) -> Node:
        if self.is_next("FUNC", "OPEN"):
            return self.call()
        if self.is_next("PAREN", "OPEN"):
            self.tokens.pop()
            inner = self.expression()
            self.take("PAREN", "CLOSE")
            return inner
        kind = self.tokens[-1].subtype if self.tokens else ""
        value = self.take("OPERAND")
        if kind == "RANGE":
            area = _area(value)
            return lambda read: read(area)
        if kind == "ERROR":
            raise UnsupportedError(value)
        if kind == "NUMBER":
            return _constant(Decimal(value))
        return _constant(value[1:-1].replace('""', '"') if kind == "TEXT" else value == "TRUE")

    def call(self) -> Node:
        name, outside = self.take("FUNC", "OPEN")[:-1].upper(), self.is_array
        self.is_array = outside or name == "SUMPRODUCT"
        arguments: list[Node] = []
        while not self.is_next("FUNC", "CLOSE"):
            if arguments:
                self.take("SEP", "ARG")
            arguments.append(self.expression())
        self.tokens.pop()
        self.is_array = outside
        if name == "IF" and len(arguments) in (2, 3):
            condition, yes, no = [*arguments, _constant(False)][:3]
            return partial(_chosen, condition, yes, no, outside)
        fewest, most, function = _FUNCTIONS.get(name, (1, 0, _scalar))
        if not fewest <= len(arguments) <= most:
            raise UnsupportedError(name)
        return lambda read: function(*[argument(read) for argument in arguments])


def _constant(value: Scalar) -> Node:
    return lambda _: value


def _area(token: str) -> Area:
    sheet, mark, cells = token.rpartition("!")
    if mark and sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    match = _CELLS.fullmatch(cells)
    if "[" in sheet or match is None:  # another file; a name, or whole columns
        raise UnsupportedError(token)
    left, top, right, bottom = match.groups()
    rows, columns = (int(top) - 1, int(bottom or top) - 1), (column_index(left), column_index(right or left))
    area = Area(sheet, min(rows), min(columns), max(rows), max(columns))
    if area.size > _MAX_AREA:
        raise UnsupportedError(token)
    return area


# ---------------------------------------------------------------- computing


def _combined(operator: Callable[[Scalar, Scalar], Scalar], left: Node, right: Node, is_array: bool, read: Reader) -> Value:
    """What an operator makes of two values; element by element in an array formula."""
    try:
        a, b = left(read), right(read)
        return _each(operator, a, b) if is_array else operator(_scalar(a), _scalar(b))
    except DecimalException as error:
        raise FormulaValueError("#DIV/0!") from error


def _chosen(condition: Node, yes: Node, no: Node, is_array: bool, read: Reader) -> Value:
    """The value of ``IF``; element by element in an array formula."""
    values = condition(read)
    if is_array and isinstance(values, list):
        return _each(lambda which, a, b: a if _is_true(which) else b, values, yes(read), no(read))
    return (yes if _is_true(values) else no)(read)


def _each(function: Callable[..., Scalar], *values: Value) -> Value:
    """*function* of the values, element by element where one is an array; a single row, column or value is repeated."""
    if not any(isinstance(value, list) for value in values):
        return function(*values)
    arrays = [value if isinstance(value, list) else [[value]] for value in values]
    height, width = max(map(len, arrays)), max(len(array[0]) for array in arrays)
    try:
        return [
            [function(*[a[r if len(a) > 1 else 0][c if len(a[0]) > 1 else 0] for a in arrays]) for c in range(width)]
            for r in range(height)
        ]
    except IndexError as error:
        raise FormulaValueError("#N/A") from error


def _scalar(value: Value) -> Scalar:
    if isinstance(value, list):
        # Excel takes one of them, by where the formula stands, or fills several cells
        if len(value) != 1 or len(value[0]) != 1:
            raise UnsupportedError("several values")
        return value[0][0]
    return value


def _number(value: Scalar) -> Decimal:
    if not isinstance(value, str):
        return value if isinstance(value, Decimal) else Decimal(value or 0)
    try:
        return Decimal(value.strip().replace(",", ""))
    except DecimalException as error:
        raise FormulaValueError("#VALUE!") from error


def _ordered(value: Scalar) -> Decimal:
    if isinstance(value, str):
        raise FormulaValueError("#VALUE!")
    return _number(value)


def _is_equal(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        a, b = ("" if value is None else value for value in (left, right))
        return isinstance(a, str) and isinstance(b, str) and a.lower() == b.lower()
    return _number(left) == _number(right)


def _is_true(value: Value) -> bool:
    return _number(_scalar(value)) != 0


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""


def _items(values: tuple[Value, ...]) -> list[Scalar]:
    return [item for value in values for row in (value if isinstance(value, list) else [[value]]) for item in row]


def _numbers(*values: Value) -> list[Decimal]:
    """Numbers as SUM takes them: in ranges texts, blanks and truth values count as nothing."""
    items = _items(tuple(value if isinstance(value, list) else _number(value) for value in values))
    return [item for item in items if isinstance(item, Decimal)]


_OPERATORS: dict[str, tuple[int, Callable[[Scalar, Scalar], Scalar]]] = {
    "=": (1, _is_equal),
    "<>": (1, lambda a, b: not _is_equal(a, b)),
    "<": (1, lambda a, b: _ordered(a) < _ordered(b)),
    ">": (1, lambda a, b: _ordered(a) > _ordered(b)),
    "<=": (1, lambda a, b: _ordered(a) <= _ordered(b)),
    ">=": (1, lambda a, b: _ordered(a) >= _ordered(b)),
    "&": (2, lambda a, b: _text(a) + _text(b)),
    "+": (3, lambda a, b: _number(a) + _number(b)),
    "-": (3, lambda a, b: _number(a) - _number(b)),
    "*": (4, lambda a, b: _number(a) * _number(b)),
    "/": (4, lambda a, b: _number(a) / _number(b)),
    "^": (5, lambda a, b: _number(a) ** _number(b)),
}
"""By sign: how closely it binds, and what it makes of two values."""
_MANY = 255
_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "SUM": (0, _MANY, lambda *values: sum(_numbers(*values), ZERO)),
    "ROUND": (1, 2, lambda value, places=ZERO: round_half_up(_number(_scalar(value)), int(_number(_scalar(places))))),
    "ABS": (1, 1, lambda value: abs(_number(_scalar(value)))),
    "MAX": (1, _MANY, lambda *values: max(_numbers(*values), default=ZERO)),
    "MIN": (1, _MANY, lambda *values: min(_numbers(*values), default=ZERO)),
    "SUMPRODUCT": (1, _MANY, lambda *values: sum(_numbers(reduce(partial(_each, _OPERATORS["*"][1]), values)), ZERO)),
    "LEN": (1, 1, lambda value: _each(lambda item: Decimal(len(_text(item))), value)),
    "COUNT": (1, _MANY, lambda *values: Decimal(len(_numbers(*values)))),
    "COUNTA": (1, _MANY, lambda *values: Decimal(sum(item not in (None, "") for item in _items(values)))),
    "AND": (1, _MANY, lambda *values: all(map(_is_true, values))),
    "OR": (1, _MANY, lambda *values: any(map(_is_true, values))),
    "N": (1, 1, lambda value: ZERO if isinstance(item := _scalar(value), str) else _number(item)),
}
"""By name: the fewest and most arguments, and what it makes of them."""
