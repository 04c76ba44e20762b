"""Spreadsheet formulas, the few kinds that published sheets use: parsed once, computed exactly.

Sums, the four operations, comparisons, ``IF`` and some functions over cells and ranges, of the tokens that openpyxl
finds.  Anything else raises :class:`UnsupportedError` at parsing; the caller then leaves the cell to Excel.  Amounts are
``Decimal``; the libraries that compute formulas do it in floats, and bring numpy (``formulas``) or the GPL (``pycel``).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from workbook.numerals import column_index
from workbook.values import dataclass

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token
    from openpyxl.formula.translate import Translator

Scalar: TypeAlias = "Decimal | str | bool | None"
Array: TypeAlias = "list[list[Decimal | str | bool | None]]"
Value: TypeAlias = "Scalar | Array"


class UnsupportedError(ValueError):
    """A formula that we do not compute."""


class FormulaValueError(ValueError):
    """The formula's value is an error (``#VALUE!``, ``#DIV/0!`` …)."""


@dataclass(frozen=True, slots=True)
class Area:
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

    def cells(self) -> Iterator[tuple[int, int]]:
        """Positions, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


Reader: TypeAlias = Callable[[Area], "Array"]
Node: TypeAlias = Callable[[Reader], "Value"]

_CELLS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_REFERENCE = re.compile(rf"(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?{_CELLS.pattern}(?![\w(.])")
_PRECEDENCE = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_MAX_AREA = 100_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A formula ready to be computed."""

    areas: tuple[Area, ...]
    compute: Callable[[Reader], Scalar]


def parse_formula(text: str) -> Parsed:
    """Parse *text* (without ``=``)."""
    parser = _Parser(text)
    node = parser.expression(0)
    if not parser.is_at_end:
        raise UnsupportedError(text)

    def compute(read: Reader) -> Scalar:
        value = node(read)
        if isinstance(value, list):
            if len(value) == 1 and len(value[0]) == 1:
                return value[0][0]
            raise FormulaValueError("#VALUE!")
        return value

    return Parsed(tuple(parser.areas), compute)


def areas_in(text: str) -> Iterator[Area]:
    """The cells that a formula names (what is too large to be one of ours is left out).

    By a search: all formulas of a workbook are gone through, and tokens take three times as long.
    """
    for match in _REFERENCE.finditer(text):
        with suppress(UnsupportedError):
            yield _area(match[0])


def load_tokenizer() -> None:
    """Load what parsing needs (80 ms: all of openpyxl), ahead of the first formula."""
    importlib.import_module("openpyxl.formula.translate")


def _tokens(text: str) -> list[Token]:
    from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

    try:
        return [token for token in Tokenizer(f"={text}").items if token.type != Token.WSPACE]
    except (TokenizerError, IndexError) as error:  # IndexError: a bracket closed that was not opened
        raise UnsupportedError(text) from error


def filled(text: str, origin: str, cell: str) -> str:
    """The formula *text* of the cell *origin* as it reads when filled into another *cell* (``C3``, ``C7``)."""
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import TranslatorError

    try:
        return str(_translator(text, origin).translate_formula(cell))[1:]
    except (TokenizerError, TranslatorError, IndexError) as error:
        raise UnsupportedError(text) from error


@lru_cache(maxsize=64)  # the same formula for every cell of a column
def _translator(text: str, origin: str) -> Translator:
    from openpyxl.formula.translate import Translator

    return Translator(f"={text}", origin=origin)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.areas: list[Area] = []
        self._tokens = _tokens(text)[::-1]

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return not self._tokens

    def _is_next(self, kind: str) -> bool:
        return bool(self._tokens) and self._tokens[-1].type == kind

    def _take(self, kind: str = "", subtype: str = "") -> Token:
        token = self._tokens.pop() if self._tokens else None
        if token is None or (kind and (token.type, token.subtype) != (kind, subtype)):
            raise UnsupportedError(self.text)
        return token

    def expression(self, level: int) -> Node:
        left = self._prefix()
        while self._is_next("OPERATOR-INFIX") and (precedence := _PRECEDENCE.get(self._tokens[-1].value, 0)) > level:
            operator = self._take().value
            left = _binary(operator, left, self.expression(precedence))
        return left

    def _prefix(self) -> Node:
        if self._is_next("OPERATOR-PREFIX"):
            sign, operand = self._take().value, self._prefix()
            return operand if sign == "+" else _binary("-", lambda _: Decimal(0), operand)
        node = self._primary()
        while self._is_next("OPERATOR-POSTFIX"):
            self._take()
            node = _binary("/", node, lambda _: Decimal(100))
        return node

    def _primary(self) -> Node:
        token = self._take()
        kind, value = token.subtype, token.value
        if token.type == token.FUNC and kind == token.OPEN:
            return self._call(value[:-1].upper())
        if token.type == token.PAREN and kind == token.OPEN:
            inner = self.expression(0)
            self._take(token.PAREN, token.CLOSE)
            return inner
        if token.type != token.OPERAND or kind == token.ERROR:
            raise UnsupportedError(self.text)
        if kind == token.RANGE:
            area = _area(value)
            self.areas.append(area)
            return lambda read: read(area)
        constant: Scalar = value == "TRUE"
        if kind == token.NUMBER:
            constant = Decimal(value)
        elif kind == token.TEXT:
            constant = value[1:-1].replace('""', '"')
        return lambda _: constant

    def _call(self, name: str) -> Node:
        if name not in _FUNCTIONS and name != "IF":
            raise UnsupportedError(name)
        arguments: list[Node] = []
        while not (self._is_next("FUNC") and self._tokens[-1].subtype == "CLOSE"):
            if arguments:
                self._take("SEP", "ARG")
            arguments.append(self.expression(0))
        self._take()
        if name == "IF":
            return _if(arguments)
        function = _FUNCTIONS[name]
        return lambda read: function([a(read) for a in arguments])


def _area(token: str) -> Area:
    sheet, mark, cells = token.rpartition("!")
    if mark and sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    if "[" in sheet:
        raise UnsupportedError(token)
    match = _CELLS.fullmatch(cells)
    if match is None:  # a name, or whole columns
        raise UnsupportedError(token)
    left, top, right, bottom = match.groups()
    rows, columns = (int(top) - 1, int(bottom or top) - 1), (column_index(left), column_index(right or left))
    area = Area(sheet, min(rows), min(columns), max(rows), max(columns))
    if area.size > _MAX_AREA:
        raise UnsupportedError(token)
    return area


def _number(value: Scalar) -> Decimal:
    if value is None or value is False:
        return Decimal(0)
    if value is True:
        return Decimal(1)
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(value.strip().replace(",", ""))
    except DecimalException as error:
        raise FormulaValueError("#VALUE!") from error


def _binary(operator: str, left: Node, right: Node) -> Node:
    def compute(read: Reader) -> Value:
        return _broadcast(operator, left(read), right(read))

    return compute


def _broadcast(operator: str, left: Value, right: Value) -> Value:
    """Element by element over arrays; a single row, column or value is repeated."""
    if not isinstance(left, list) and not isinstance(right, list):
        return _apply(operator, left, right)
    a = left if isinstance(left, list) else [[left]]
    b = right if isinstance(right, list) else [[right]]
    height, width = max(len(a), len(b)), max(len(a[0]), len(b[0]))

    def at(array: Array, row: int, column: int) -> Scalar:
        return array[row if len(array) > 1 else 0][column if len(array[0]) > 1 else 0]

    try:
        return [[_apply(operator, at(a, r, c), at(b, r, c)) for c in range(width)] for r in range(height)]
    except IndexError as error:
        raise FormulaValueError("#N/A") from error


def _apply(operator: str, left: Scalar, right: Scalar) -> Scalar:
    if operator == "&":
        return _text(left) + _text(right)
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return _compare(operator, left, right)
    a, b = _number(left), _number(right)
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    try:
        return a / b if operator == "/" else a**b
    except DecimalException as error:
        raise FormulaValueError("#DIV/0!") from error


def _compare(operator: str, left: Scalar, right: Scalar) -> bool:
    a: Decimal | str
    b: Decimal | str
    if isinstance(left, str) or isinstance(right, str):
        if operator not in ("=", "<>"):
            raise FormulaValueError("#VALUE!")
        a, b = (left or "", right or "") if isinstance(left or "", str) and isinstance(right or "", str) else ("a", "b")  # type: ignore[assignment]  # both are texts in this branch
        return (str(a).lower() == str(b).lower()) is (operator == "=")
    a, b = _number(left), _number(right)
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def _text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _scalar(value: Value) -> Scalar:
    if isinstance(value, list):
        if len(value) != 1 or len(value[0]) != 1:
            raise FormulaValueError("#VALUE!")
        return value[0][0]
    return value


def _if(arguments: list[Node]) -> Node:
    if len(arguments) not in (2, 3):
        raise UnsupportedError("IF")

    def compute(read: Reader) -> Value:
        condition = _scalar(arguments[0](read))
        if _number(condition) != 0 if not isinstance(condition, bool) else condition:
            return arguments[1](read)
        return arguments[2](read) if len(arguments) == 3 else False

    return compute


def _numbers(values: list[Value]) -> list[Decimal]:
    """Numbers as SUM takes them: in ranges texts, blanks and truth values count as nothing."""
    found = []
    for value in values:
        if isinstance(value, list):
            found += [v for row in value for v in row if isinstance(v, Decimal)]
        else:
            found.append(_number(value))
    return found


def _round(values: list[Value]) -> Decimal:
    from workbook.amounts import round_half_up

    return round_half_up(_number(_scalar(values[0])), int(_number(_scalar(values[1]))) if len(values) > 1 else 0)


def _sum_product(values: list[Value]) -> Decimal:
    product = values[0]
    for value in values[1:]:
        product = _broadcast("*", product, value)
    return sum(_numbers([product]), Decimal(0))


def _length(values: list[Value]) -> Value:
    value = values[0]
    if isinstance(value, list):
        return [[Decimal(len(_text(v))) for v in row] for row in value]
    return Decimal(len(_text(value)))


def _count(values: list[Value]) -> Decimal:
    return Decimal(len(_numbers(values)))


def _count_filled(values: list[Value]) -> Decimal:
    cells = [v for value in values for row in (value if isinstance(value, list) else [[value]]) for v in row]
    return Decimal(sum(v is not None and v != "" for v in cells))


_FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "SUM": lambda values: sum(_numbers(values), Decimal(0)),
    "ROUND": _round,
    "ABS": lambda values: abs(_number(_scalar(values[0]))),
    "MAX": lambda values: max(_numbers(values), default=Decimal(0)),
    "MIN": lambda values: min(_numbers(values), default=Decimal(0)),
    "SUMPRODUCT": _sum_product,
    "LEN": _length,
    "COUNT": _count,
    "COUNTA": _count_filled,
    "AND": lambda values: all(_number(_scalar(v)) != 0 for v in values),
    "OR": lambda values: any(_number(_scalar(v)) != 0 for v in values),
    "N": lambda values: _number(v) if not isinstance(v := _scalar(values[0]), str) else Decimal(0),
}
