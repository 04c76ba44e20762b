"""Check formulas (审核公式): what a line of ``check-formulas.csv`` says, as :mod:`workbook.pack.formula_parser` reads it.

docs/模板包.md has the language.
A formula compares two sums of cells, ``公开02[每上级, 每列] = Σ公开02[下级, 每列]``; figures and drivers are sums in the same language.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum

from workbook.issues import Kind, Severity
from workbook.values import cached_property, dataclass

VARIABLE = re.compile(r"\{(\w+)\}")
"""A loop variable, or another placeholder."""
PRIOR = "上年"
COMPANION, BUDGET, PROJECTS = "底稿", "年初预算", "绩效自评"
"""What the 底稿 states, as tables: its named numbers, the year-start budget by code, the projects evaluated."""


def is_budget(table: str) -> bool:
    """Whether a table is a year-start budget: ``年初预算``, or that of another fund (``政府性基金预算年初预算``)."""
    return table.endswith(BUDGET)


def is_of_companion(table: str) -> bool:
    """Whether a table is of the 底稿, whose cells are called by its sheets."""
    return table in (COMPANION, PROJECTS) or is_budget(table)


class Every(StrEnum):
    """Selectors that repeat a formula, or take all rows of a kind together."""

    ROW = "每行"
    CODE = "每码"
    CLASS = "每类"
    PARENT = "每上级"
    COLUMN = "每列"
    CHILDREN = "下级"
    TOP = "顶级"


@dataclass(frozen=True, slots=True)
class Leaves:
    """The codes of a sheet that have none below them: all, those below some codes, or (*excluding*) the others."""

    codes: tuple[str, ...] = ()
    excluding: bool = True

    def takes(self, code: str) -> bool:
        """Whether *code* is meant (when it has none below it)."""
        return code.startswith(self.codes) is not self.excluding if self.codes else True


class Relation(StrEnum):
    """How the two sides must compare."""

    EQUAL = "="
    AT_MOST = "<="
    AT_LEAST = ">="
    TOGETHER = "同有同无"


_TESTS: dict[Relation, Callable[[Decimal, Decimal], bool]] = {
    Relation.EQUAL: operator.eq,
    Relation.AT_MOST: operator.le,
    Relation.AT_LEAST: operator.ge,
    Relation.TOGETHER: lambda left, right: bool(left) == bool(right),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One addend of a sum: cells of a sheet (rows and columns, an :class:`Every` or fixed ids), a number, or a figure."""

    sign: int = 1
    table: str = ""
    prior: bool = False
    rows: Every | Leaves | tuple[str, ...] = ()
    columns: Every | tuple[str, ...] = ()
    constant: int | None = None
    figure: str = ""
    """Its name in templates."""
    is_sum: bool = False
    """Whether all figures of its loops are added."""

    @property
    def sheet(self) -> str:
        """The sheet, with 上年 before it when it is last year's: ``上年公开01``."""
        return f"{PRIOR}{self.table}" if self.prior else self.table

    def fixed_rows(self) -> tuple[str, ...]:
        """Rows that it names and that the sheet must have (codes may be absent)."""
        return tuple(r for r in self.rows if not r.isdigit()) if isinstance(self.rows, tuple) else ()

    def fixed_columns(self) -> tuple[str, ...]:
        return self.columns if isinstance(self.columns, tuple) else ()

    def variables(self) -> Iterator[str]:
        """Loop variables (``{项}``) that rows and columns name."""
        rows = self.rows.codes if isinstance(self.rows, Leaves) else self.rows
        for texts in (rows, self.columns):
            yield from VARIABLE.findall("".join(texts)) if isinstance(texts, tuple) else ()


@dataclass(frozen=True)
class Comparison:
    """``left relation right``."""

    left: tuple[Term, ...]
    relation: Relation
    right: tuple[Term, ...]

    @property
    def sides(self) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        return self.left, self.right

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All terms of both sides that name cells (constants left out)."""
        return tuple(t for t in (*self.left, *self.right) if t.constant is None)

    @cached_property
    def row_quantifier(self) -> Every | None:
        """The ``每…`` that repeats the formula over rows, if any."""
        every = (t.rows for t in self.terms if isinstance(t.rows, Every) and t.rows not in (Every.CHILDREN, Every.TOP))
        return next(every, None)

    @cached_property
    def sheets(self) -> frozenset[str]:
        """The sheets that it names, as :attr:`Term.sheet` writes them."""
        return frozenset(t.sheet for t in self.terms)

    @cached_property
    def names(self) -> frozenset[str]:
        """What its sheets must have: themselves, and (as ``公开01/收入总计``) the fixed rows and columns; codes may be absent."""
        lines = (f"{t.sheet}/{line}" for t in self.terms for line in (*t.fixed_rows(), *t.fixed_columns()))
        return self.sheets.union(lines)

    @cached_property
    def row_range(self) -> tuple[str, ...]:
        """What the ``每…`` of the rows goes through: its name and the sheets that use it; empty without one."""
        every = self.row_quantifier
        return () if every is None else (str(every), *dict.fromkeys(t.sheet for t in self.terms if t.rows is every))

    @cached_property
    def is_sign_test(self) -> bool:
        """Whether the formula is ``表[每行, 每列] >= 0``."""
        return (
            self.relation is Relation.AT_LEAST and len(self.left) == len(self.right) == 1 and self.right[0].constant == 0
            and self.left[0].rows is Every.ROW and self.left[0].columns is Every.COLUMN and self.left[0].sign == 1
        )

    @cached_property
    def holds(self) -> Callable[[Decimal, Decimal], bool]:
        return _TESTS[self.relation]

    @cached_property
    def column_quantifier(self) -> bool:
        """Whether the formula is repeated over columns."""
        return any(t.columns is Every.COLUMN for t in self.terms)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a record applies: comparisons that must hold, natures (单位性质) of which one must, sheets that are empty."""

    comparisons: tuple[Comparison, ...] = ()
    natures: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    """Sheets that must be there without any amount (``空表=公开08``)."""
    present: tuple[str, ...] = ()
    """Sheets that must be there (``有表=绩效自评``)."""

    def __reduce__(self) -> str | tuple[object, ...]:
        """In a compiled pack the condition of all units stays the one object: it is asked for with ``is``."""
        return "ALWAYS" if self is ALWAYS else (Condition, (self.comparisons, self.natures, self.empty, self.present))


ALWAYS = Condition()
"""The condition of a formula that applies to every unit."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A check formula: stable code, kind, severity, text, meaning and basis."""

    code: str
    kind: Kind
    severity: Severity
    text: str
    comparison: Comparison
    condition: Condition
    wording: str
    basis: str
    line: int

    @property
    def tables(self) -> frozenset[str]:
        """Codes of this year's sheets that the formula names."""
        return frozenset(t.table for t in self.comparison.terms if not t.prior)
