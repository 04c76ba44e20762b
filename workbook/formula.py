"""Check formulas (审核公式): the small language of ``check-formulas.csv``, parsed and resolved at load.

A formula compares two sums of cells::

    公开01[本年收入合计] = Σ公开01[一般公共预算财政拨款收入..其他收入]
    公开02[每行, 本年收入合计] = Σ公开02[每行, 财政拨款收入、上级补助收入、…]
    公开02[每上级, 每列] = Σ公开02[下级, 每列]
    公开04[每类, 合计] <= 公开01[每类]
    公开01[年初结转和结余] = 上年公开01[年末结转和结余]
    公开11[因公出国（境）团组数] 同有同无 公开11[因公出国（境）费]

``表[行, 列]`` names a cell; ``列`` may be left out where a sheet has only one.  ``每行 每码 每类
每上级 每列`` repeat the formula for every such row or column; ``下级`` are the rows one level below
the ``每上级`` row, ``顶级`` the rows that have no superior in the sheet.  ``a..b`` is a range in layout order,
``a、b`` a list.  Relations: ``=  <=  >=  同有同无`` (one side is non-zero exactly when the other is).
Conditions (column 条件) are formulas joined by ``且``; ``性质=甲|乙`` asks for the unit's nature.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from workbook.catalogue import Catalogue, read_records
from workbook.errors import PackError
from workbook.issues import Kind, Severity
from workbook.layout import TOTAL, SheetKind, SheetLayout
from workbook.values import dataclass

PRIOR = "上年"
COMPANION = "底稿"


class Every(StrEnum):
    """Selectors that repeat a formula, or take all rows of a kind together."""

    ROW = "每行"
    CODE = "每码"
    CLASS = "每类"
    PARENT = "每上级"
    COLUMN = "每列"
    CHILDREN = "下级"
    TOP = "顶级"


class Relation(StrEnum):
    """How the two sides must compare."""

    EQUAL = "="
    AT_MOST = "<="
    AT_LEAST = ">="
    TOGETHER = "同有同无"


@dataclass(frozen=True, slots=True)
class Term:
    """One addend: sign, sheet, rows and columns (an :class:`Every` or fixed ids)."""

    sign: int
    table: str
    prior: bool
    rows: Every | tuple[str, ...]
    columns: Every | tuple[str, ...]
    constant: int | None = None


@dataclass(frozen=True)
class Comparison:
    """``left relation right``."""

    left: tuple[Term, ...]
    relation: Relation
    right: tuple[Term, ...]

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
    def is_single(self) -> bool:
        """Whether the formula has only one instance (no ``每…``)."""
        return self.row_quantifier is None and not self.column_quantifier

    @cached_property
    def needs(self) -> tuple[tuple[Term, frozenset[str], frozenset[str]], ...]:
        """Per term the fixed rows (codes may be absent) and columns that its sheet must have."""
        found = []
        for term in self.terms:
            rows = frozenset(r for r in term.rows if not r.isdigit()) if isinstance(term.rows, tuple) else frozenset()
            columns = frozenset(term.columns) if isinstance(term.columns, tuple) else frozenset()
            found.append((term, rows, columns))
        return tuple(found)

    @cached_property
    def has_constant(self) -> bool:
        """Whether a side has a number that is not zero."""
        return any(t.constant for t in (*self.left, *self.right))

    @cached_property
    def is_sign_test(self) -> bool:
        """Whether the formula is ``表[每行, 每列] >= 0``."""
        return (
            self.relation is Relation.AT_LEAST and len(self.left) == len(self.right) == 1 and self.right[0].constant == 0
            and self.left[0].rows is Every.ROW and self.left[0].columns is Every.COLUMN and self.left[0].sign == 1
        )

    @cached_property
    def column_quantifier(self) -> bool:
        """Whether the formula is repeated over columns."""
        return any(t.columns is Every.COLUMN for t in self.terms)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a formula applies: comparisons that must hold, and natures (单位性质) of which one must."""

    comparisons: tuple[Comparison, ...] = ()
    natures: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sheet, row and column names that formulas may use."""

    rows: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    coded: frozenset[str]
    """Sheets whose rows are codes: any code of the right length is a row."""
    codes: frozenset[str]
    panels: Mapping[str, tuple[tuple[frozenset[str], frozenset[str]], ...]]
    """Rows and columns that occur together, for sheets with several panels."""

    @classmethod
    def of(
        cls, layouts: Iterable[SheetLayout], functional: Catalogue, economic: Catalogue,
        companion_rows: tuple[str, ...] = (),
    ) -> Vocabulary:
        """The vocabulary of these layouts."""
        rows: dict[str, tuple[str, ...]] = {COMPANION: companion_rows}
        columns: dict[str, tuple[str, ...]] = {COMPANION: ("数",)}
        coded = set()
        panels = {}
        for layout in layouts:
            panels[layout.code] = tuple(
                (frozenset(r.id for r in p.rows), frozenset(c.id for c in p.columns)) for p in layout.panels)
            rows[layout.code] = layout.row_ids()
            columns[layout.code] = layout.column_ids()
            if layout.kind is SheetKind.FUNCTIONAL:
                rows[layout.code] = (TOTAL,)
                coded.add(layout.code)
            elif layout.kind is SheetKind.ECONOMIC:
                classes = [c for panel in layout.economic_panels for c in panel]
                rows[layout.code] = (*layout.row_ids(), *sorted(classes))
                coded.add(layout.code)
        return cls(rows, columns, frozenset(coded), frozenset({*functional.names, *economic.names}), panels)

    def meet(self, table: str, rows: tuple[str, ...], columns: tuple[str, ...]) -> bool:
        """Whether *table* has cells in all these rows and columns."""
        panels = self.panels.get(table)
        return not panels or any(r.issuperset(rows) and c.issuperset(columns) for r, c in panels)


_TOKEN = re.compile(
    r"\s*(?:(?P<ref>Σ?(?:上年)?(?:公开\d\d|底稿)\[[^\[\]]*\])|(?P<rel><=|>=|=|同有同无)|(?P<sign>[+-])|(?P<num>\d+))"
)
_REF = re.compile(r"(?P<sum>Σ?)(?P<prior>上年)?(?P<table>公开\d\d|底稿)\[(?P<inside>[^\[\]]*)\]")
_EVERY = frozenset(str(e) for e in Every)


class FormulaSyntaxError(ValueError):
    """A formula that does not parse or names something unknown."""


def parse_comparison(text: str, vocabulary: Vocabulary) -> Comparison:
    """Parse and resolve *text*; raises :class:`FormulaSyntaxError` with a Chinese cause."""
    sides: list[list[Term]] = [[]]
    relation: Relation | None = None
    sign, position, expects_term = 1, 0, True
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FormulaSyntaxError(f"看不懂“{text[position:].strip()[:20]}”")
        position = match.end()
        if match["rel"]:
            if relation or expects_term:
                raise FormulaSyntaxError(f"关系符“{match['rel']}”的位置不对")
            relation, sign, expects_term = Relation(match["rel"]), 1, True
            sides.append([])
        elif match["sign"]:
            if expects_term and sides[-1]:
                raise FormulaSyntaxError("正负号之后应是单元格")
            sign, expects_term = (1 if match["sign"] == "+" else -1), True
        else:
            if not expects_term:
                raise FormulaSyntaxError(f"“{match[0].strip()}”之前缺少加减号")
            term = _term(match["ref"], sign, vocabulary) if match["ref"] else Term(sign, "", False, (), (), int(match["num"]))
            sides[-1].append(term)
            sign, expects_term = 1, False
    if relation is None or expects_term:
        raise FormulaSyntaxError("公式不完整：应为“左边 = 右边”")
    comparison = Comparison(tuple(sides[0]), relation, tuple(sides[1]))
    _check_quantifiers(comparison)
    return comparison


def _term(text: str, sign: int, vocabulary: Vocabulary) -> Term:
    match = _REF.fullmatch(text)
    if match is None:
        raise FormulaSyntaxError(f"看不懂“{text}”")
    table = match["table"]
    if table not in vocabulary.rows:
        raise FormulaSyntaxError(f"没有“{table}”这张表")
    row_text, _, column_text = (part.strip() for part in match["inside"].partition(","))
    columns: Every | tuple[str, ...]
    if column_text:
        columns = _selector(column_text, vocabulary.columns[table], frozenset(), f"{table}的列")
    elif len(vocabulary.columns[table]) == 1:
        columns = vocabulary.columns[table]
    else:
        raise FormulaSyntaxError(f"“{text}”没有写列")
    codes = vocabulary.codes if table in vocabulary.coded else frozenset[str]()
    rows = _selector(row_text, vocabulary.rows[table], codes, f"{table}的行")
    if isinstance(columns, Every) and columns is not Every.COLUMN:
        raise FormulaSyntaxError(f"“{column_text}”不能用作列")
    if rows is Every.COLUMN:
        raise FormulaSyntaxError("“每列”不能用作行")
    many = (isinstance(rows, tuple) and len(rows) > 1) or rows in (Every.CHILDREN, Every.TOP) or (
        isinstance(columns, tuple) and len(columns) > 1)
    if many != bool(match["sum"]):
        raise FormulaSyntaxError(f"“{text}”{'有多个单元格，前面应写 Σ' if many else '只有一个单元格，不应写 Σ'}")
    if isinstance(rows, tuple) and isinstance(columns, tuple) and not vocabulary.meet(table, rows, columns):
        raise FormulaSyntaxError(f"“{text}”的行和列不在同一栏内")
    return Term(sign, table, bool(match["prior"]), rows, columns)


def _selector(text: str, known: tuple[str, ...], codes: frozenset[str], what: str) -> Every | tuple[str, ...]:
    if text in _EVERY:
        return Every(text)
    ids: list[str] = []
    for item in text.split("、"):
        first, dots, last = (part.strip() for part in item.partition(".."))
        for name in (first, last) if dots else (first,):
            if name not in known and name not in codes:
                raise FormulaSyntaxError(f"{what}中没有“{name}”")
        if dots:
            start, end = known.index(first), known.index(last)
            if end < start:
                raise FormulaSyntaxError(f"{what}“{item}”的起止次序不对")
            ids.extend(known[start : end + 1])
        else:
            ids.append(first)
    if len(set(ids)) != len(ids):
        raise FormulaSyntaxError(f"{what}“{text}”有重复")
    return tuple(ids)


def _check_quantifiers(comparison: Comparison) -> None:
    every = {t.rows for t in comparison.terms if isinstance(t.rows, Every)}
    repeating = every - {Every.CHILDREN, Every.TOP}
    if len(repeating) > 1:
        raise FormulaSyntaxError("一个公式只能有一种“每…”行")
    if Every.CHILDREN in every and repeating != {Every.PARENT}:
        raise FormulaSyntaxError("“下级”只能与“每上级”同用")


def _condition(text: str, vocabulary: Vocabulary) -> Condition:
    comparisons: list[Comparison] = []
    natures: list[str] = []
    for part in filter(None, (p.strip() for p in text.split("且"))):
        if part.startswith("性质="):
            natures.extend(n.strip() for n in part.removeprefix("性质=").split("|"))
        else:
            comparison = parse_comparison(part, vocabulary)
            if comparison.row_quantifier or comparison.column_quantifier:
                raise FormulaSyntaxError("条件中不能有“每…”")
            comparisons.append(comparison)
    return Condition(tuple(comparisons), tuple(natures))


def load_formulas(path: Path, vocabulary: Vocabulary) -> tuple[Formula, ...]:
    """Read the pack's formulas.  Raises :class:`PackError` with the line of the first fault."""
    formulas: list[Formula] = []
    seen: dict[str, int] = {}
    columns = ("编号", "类别", "级别", "公式", "条件", "说明", "依据")
    for line, record in read_records(path, columns):
        code = record["编号"]
        if not code or code in seen:
            raise PackError(path, f"编号“{code}”{'重复' if code else '是空的'}", line)
        seen[code] = line
        if missing := [c for c in ("公式", "说明", "依据") if not record[c]]:
            raise PackError(path, f"公式“{code}”缺少“{missing[0]}”", line)
        try:
            formulas.append(Formula(
                code, Kind(record["类别"]), Severity(record["级别"]), record["公式"],
                parse_comparison(record["公式"], vocabulary), _condition(record["条件"], vocabulary),
                record["说明"], record["依据"], line,
            ))
        except ValueError as error:
            raise PackError(path, f"公式“{code}”：{error}", line) from error
    if not formulas:
        raise PackError(path, "没有任何审核公式")
    return tuple(formulas)
