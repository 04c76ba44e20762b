"""Loops of the pack's records: what a variable goes through, in the words of the check formulas' grammar.

``行=公开01[甲..乙]`` rows, ``列=公开03[合计, 甲..乙]`` columns, ``项=公开05[末级, 合计]、年初预算[末级]`` the lowest codes that have
an amount in either, ``类=公开05[每类, 合计]`` the classes above such codes; or only names of figures: ``收入.事业、收入.经营``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook.pack.formula import Every, Leaves, Term
from workbook.pack.formula_parser import (
    FormulaSyntaxError,
    Vocabulary,
    columns_of,
    rows_of,
    split_reference,
    variables_of,
)
from workbook.values import dataclass

_SEPARATOR = re.compile(r"、(?![^\[\]]*\])")


@dataclass(frozen=True, slots=True)
class LoopPart:
    """One sheet that a loop goes through: its rows at one column, or its columns at one row."""

    table: str
    prior: bool
    rows: Every | Leaves | tuple[str, ...]
    columns: tuple[str, ...]
    is_over_columns: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """What a variable goes through: parts of sheets (their union, codes in order), or figures with records of their own."""

    variable: str
    parts: tuple[LoopPart, ...] = ()
    figures: tuple[str, ...] = ()

    def variables(self) -> Iterator[str]:
        """Variables of outer loops that it names."""
        for part in self.parts:
            yield from variables_in(part)


def variables_in(cells: Term | LoopPart) -> Iterator[str]:
    """Variables that rows and columns of *cells* name."""
    rows = cells.rows.codes if isinstance(cells.rows, Leaves) else cells.rows
    for selector in (rows, cells.columns):
        if isinstance(selector, tuple):
            yield from (variable for text in selector for variable in variables_of(text))


def check_variables(used: Iterable[str], known: Iterable[str]) -> None:
    """Raise :class:`~workbook.pack.formula_parser.FormulaSyntaxError` when a variable is *used* that is not *known*."""
    for variable in used:
        if variable not in known:
            raise FormulaSyntaxError(f"“{{{variable}}}”不是这里的循环变量（{usable(known)}）")


def usable(names: Iterable[str]) -> str:
    """Names that may be used, as an error lists them."""
    listed = "、".join(names)
    return f"可用的有：{listed}" if listed else "这里没有可用的"


def parse_loop(text: str, vocabulary: Vocabulary) -> Loop:
    """Parse *text*; raises :class:`~workbook.pack.formula_parser.FormulaSyntaxError` with a Chinese cause."""
    variable, has_sheets, rest = (part.strip() for part in text.partition("="))
    if not has_sheets:
        return Loop("", figures=tuple(part.strip() for part in _SEPARATOR.split(text)))
    if not re.fullmatch(r"\w+", variable):
        raise FormulaSyntaxError(f"逐项的变量“{variable}”不是一个词")
    return Loop(variable, tuple(_part(part.strip(), vocabulary) for part in _SEPARATOR.split(rest)))


def _part(text: str, vocabulary: Vocabulary) -> LoopPart:
    table, is_prior, row_text, column_text = split_reference(text, vocabulary)
    rows = rows_of(row_text, table, vocabulary)
    columns = columns_of(column_text, table, vocabulary, text)
    if isinstance(columns, Every) or rows in (Every.PARENT, Every.CHILDREN, Every.TOP):
        raise FormulaSyntaxError(f"逐项里不能用“{text}”")
    over_columns = len(columns) > 1
    if over_columns and not (isinstance(rows, tuple) and len(rows) == 1):
        raise FormulaSyntaxError(f"“{text}”逐列时只能写一行")
    return LoopPart(table, is_prior, rows, columns, over_columns)
