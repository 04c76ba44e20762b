"""Reading check formulas: ``check-formulas.csv`` parsed and resolved against the sheet layouts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from workbook.errors import PackError
from workbook.issues import Kind, Severity
from workbook.pack.formula import (
    ALWAYS,
    PRIOR,
    VARIABLE,
    Comparison,
    Condition,
    Every,
    Formula,
    Leaves,
    Relation,
    Term,
    is_budget,
)
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout
from workbook.pack.records import read_csv
from workbook.pack.sheets import Catalogue
from workbook.values import dataclass

LEAVES = "末级"
NUMBER = "数"
"""The one column of what the 底稿 states as labelled numbers."""
USE = "主要用于"
"""The other column of a year-start budget that says what the money is for."""
PROJECT_COLUMNS = ("自评得分", "全年预算数", "执行数", "年初预算数", "完成情况综述", "发现的主要问题及原因", "下一步改进措施")
"""What the 底稿 states of every project; the budget that pays it is the first part of its row."""


class Names(NamedTuple):
    """The row and column names of a sheet that formulas may use."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    codes: frozenset[str] = frozenset()
    """All codes that may be rows, of a sheet whose rows are codes."""
    panels: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    """Rows and columns that occur together, of a sheet with several panels."""

    @classmethod
    def of(cls, layout: SheetLayout, codes: frozenset[str]) -> Names:
        rows, is_coded = layout.row_ids, layout.kind in (SheetKind.FUNCTIONAL, SheetKind.ECONOMIC)
        if is_coded:
            classes = sorted(c for panel in layout.economic_panels for c in panel)
            rows = (TOTAL,) if layout.kind is SheetKind.FUNCTIONAL else (*rows, *classes)
        panels = ((frozenset(r.id for r in p.rows), frozenset(c.id for c in p.columns)) for p in layout.panels)
        return cls(rows, layout.column_ids, codes if is_coded else frozenset(), tuple(panels))

    def meet(self, rows: tuple[str, ...], columns: tuple[str, ...]) -> bool:
        """Whether there are cells in all these rows and columns (loop variables may stand for any)."""
        wanted, across = ([n for n in names if not VARIABLE.fullmatch(n)] for names in (rows, columns))
        return not self.panels or any(r.issuperset(wanted) and c.issuperset(across) for r, c in self.panels)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sheet, row and column names that formulas may use."""

    sheets: Mapping[str, Names]
    codes: frozenset[str]
    natures: tuple[str, ...] = ()
    """单位性质 that conditions may ask for."""

    @classmethod
    def of(cls, layouts: Iterable[SheetLayout], functional: Catalogue, economic: Catalogue) -> Vocabulary:
        codes = frozenset({*functional.names, *economic.names})
        return cls({layout.code: Names.of(layout, codes) for layout in layouts}, codes)


_NAME = r"[^\s\[\]{}Σ+\-=<>÷、，,；;]+"
_RELATION = re.compile(rf"\s*({'|'.join(sorted(Relation, key=len, reverse=True))})\s*")
_ADDEND = re.compile(rf"\s*(?P<sign>[+-]?)\s*(?:(?P<ref>Σ?{_NAME}\[[^\[\]]*\])|(?P<num>\d+)(?![\w.])|(?P<figure>Σ?{_NAME}))")
_REF = re.compile(rf"Σ?(?P<table>{_NAME})\[(?P<inside>[^\[\]]*)\]")
_EVERY = frozenset(str(e) for e in Every)
_BELOW = "下末级"
_FEW = 12
"""Fewer names than that are listed in errors."""


class FormulaSyntaxError(ValueError):
    """A formula that does not parse or names something unknown."""


def near(name: str, known: Collection[str]) -> str:
    """What may have been meant by *name*, as errors say it: the nearest of those *known*, or all when they are few."""
    import difflib

    found = difflib.get_close_matches(name, known, 1)
    return f"，是不是“{found[0]}”" if found else f"（有：{'、'.join(known)}）" if 0 < len(known) < _FEW else ""


def parse_comparison(text: str, vocabulary: Vocabulary) -> Comparison:
    """Parse and resolve *text*; raises :class:`FormulaSyntaxError` with a Chinese cause."""
    left, *rest = _RELATION.split(text.strip())
    relation, right, *more = rest or ("", "")
    if more or (relation and not left):
        raise FormulaSyntaxError(f"关系符“{more[0] if more else relation}”的位置不对")
    if not right:
        raise FormulaSyntaxError(f"公式不完整：应为“左边 = 右边”，关系有 {'、'.join(Relation)}")
    sides = [parse_sum(side, vocabulary) for side in (left, right)]
    if figures := [term.figure for side in sides for term in side if term.figure]:
        raise FormulaSyntaxError(f"看不懂“{figures[0][:20]}”")
    comparison = Comparison(sides[0], Relation(relation), sides[1])
    every = {t.rows for t in comparison.terms if isinstance(t.rows, Every)}
    repeating = every - {Every.CHILDREN, Every.TOP}
    if len(repeating) > 1:
        raise FormulaSyntaxError("一个公式只能有一种“每…”行")
    if Every.CHILDREN in every and repeating != {Every.PARENT}:
        raise FormulaSyntaxError("“下级”只能与“每上级”同用")
    return comparison


def parse_sum(text: str, vocabulary: Vocabulary) -> tuple[Term, ...]:
    """Parse a sum of cells and figures: one side of a comparison, with loop variables (``{项}``) and names of figures.

    Raises :class:`FormulaSyntaxError` with a Chinese cause.
    """
    if relation := _RELATION.search(text):
        raise FormulaSyntaxError(f"这里不能有关系符“{relation[1]}”")
    found: list[Term] = []
    text, position = text.strip(), 0
    while position < len(text):
        rest, match = text[position:].strip(), _ADDEND.match(text, position)
        if rest in ("+", "-"):
            raise FormulaSyntaxError("公式不完整：关系符之前或末尾缺少单元格")
        if match is None:
            raise FormulaSyntaxError(f"看不懂“{rest[:20]}”")
        if found and not match["sign"]:
            raise FormulaSyntaxError(f"“{match[0].strip()}”之前缺少加减号")
        position, sign, name = match.end(), -1 if match["sign"] == "-" else 1, match["figure"] or ""
        if match["ref"]:
            found.append(_term(match["ref"], sign, vocabulary))
        elif match["num"]:
            found.append(Term(sign, constant=int(match["num"])))
        else:
            found.append(Term(sign, figure=name.removeprefix("Σ"), is_sum=name.startswith("Σ")))
    if not found:
        raise FormulaSyntaxError("算式是空的")
    return tuple(found)


def parse_cells(text: str, vocabulary: Vocabulary, sign: int = 1) -> Term:
    """The cells of ``表[行, 列]``; whether a Σ belongs before them is not asked."""
    match = _REF.fullmatch(text.strip())
    if match is None:
        raise FormulaSyntaxError(f"看不懂“{text}”")
    table = match["table"]
    is_prior = table not in vocabulary.sheets and table.startswith(PRIOR)
    table = table.removeprefix(PRIOR) if is_prior else table
    if (names := vocabulary.sheets.get(table)) is None:
        raise FormulaSyntaxError(f"没有“{table}”这张表{near(table, vocabulary.sheets)}")
    row_text, _, column_text = (part.strip() for part in match["inside"].partition(","))
    columns = _columns(column_text, table, names, text)
    return Term(sign, table, is_prior, _rows(row_text, table, names), columns)


def _term(text: str, sign: int, vocabulary: Vocabulary) -> Term:
    term = parse_cells(text, vocabulary, sign)
    rows, columns = term.rows, term.columns
    many = (
        isinstance(rows, Leaves) or rows in (Every.CHILDREN, Every.TOP)
        or any(isinstance(s, tuple) and len(s) > 1 for s in (rows, columns)))
    if many != text.startswith("Σ"):
        each = "（“每…”是逐个核对，相加写“顶级”或“下级”）" if isinstance(rows, Every) or isinstance(columns, Every) else ""
        raise FormulaSyntaxError(f"“{text}”{'有多个单元格，前面应写 Σ' if many else f'只有一个单元格，不应写 Σ{each}'}")
    if isinstance(rows, tuple) and isinstance(columns, tuple) and not vocabulary.sheets[term.table].meet(rows, columns):
        raise FormulaSyntaxError(f"“{text}”的行和列不在同一栏内")
    return term


def _columns(text: str, table: str, names: Names, whole: str) -> Every | tuple[str, ...]:
    """The columns that *text* selects; a sheet's only column need not be named, nor the amounts of a year-start budget."""
    if not text:
        if len(names.columns) != 1 and not is_budget(table):
            raise FormulaSyntaxError(f"“{whole}”没有写列（有：{'、'.join(names.columns)}）")
        return names.columns[:1]
    columns = _selector(text, names.columns, frozenset(), f"{table}的列")
    if isinstance(columns, Every) and columns is not Every.COLUMN:
        raise FormulaSyntaxError(f"“{text}”不能用作列")
    return columns


def _rows(text: str, table: str, names: Names) -> Every | Leaves | tuple[str, ...]:
    """The rows that *text* selects."""
    if text.endswith(LEAVES):
        if not names.codes:
            raise FormulaSyntaxError(f"{table}的行不是科目编码，不能用“{text}”")
        if text == LEAVES:
            return Leaves()
        superiors = text.removesuffix(_BELOW).removeprefix("除")
        if not text.endswith(_BELOW) or not superiors:
            raise FormulaSyntaxError(f"看不懂“{text}”（应写“末级”“甲、乙下末级”或“除甲、乙下末级”）")
        named = _selector(superiors, names.rows, names.codes, f"{table}的行")
        if isinstance(named, Every):
            raise FormulaSyntaxError(f"看不懂“{text}”")
        return Leaves(named, text.startswith("除"))
    rows = _selector(text, names.rows, names.codes, f"{table}的行")
    if rows is Every.COLUMN:
        raise FormulaSyntaxError("“每列”不能用作行")
    return rows


def _selector(text: str, known: tuple[str, ...], codes: frozenset[str], what: str) -> Every | tuple[str, ...]:
    if text in _EVERY:
        return Every(text)
    ids: list[str] = []
    for item in text.split("、"):
        if VARIABLE.fullmatch(item.strip()):
            ids.append(item.strip())
            continue
        first, dots, last = (part.strip() for part in item.partition(".."))
        for name in (first, last) if dots else (first,):
            if name not in known and name not in codes:
                raise FormulaSyntaxError(f"{what}中没有“{name}”{near(name, known)}")
        if dots:
            if first not in known or last not in known:
                raise FormulaSyntaxError(f"{what}“{item}”不是一段相连的行")
            start, end = known.index(first), known.index(last)
            if end < start:
                raise FormulaSyntaxError(f"{what}“{item}”的起止次序不对")
            ids.extend(known[start : end + 1])
        else:
            ids.append(first)
    if len(set(ids)) != len(ids):
        raise FormulaSyntaxError(f"{what}“{text}”有重复")
    return tuple(ids)


def parse_condition(text: str, vocabulary: Vocabulary) -> Condition:
    """Parse the conditions that ``且`` joins; raises :class:`FormulaSyntaxError` with a Chinese cause."""
    comparisons: list[Comparison] = []
    named: dict[str, list[str]] = {"性质": [], "空表": [], "有表": []}
    for part in filter(None, (p.strip() for p in text.split("且"))):
        what, _, rest = part.partition("=")
        if what in named:
            named[what] += [n.strip() for n in rest.split("|")]
            continue
        if not _RELATION.search(part):
            raise FormulaSyntaxError(f"看不懂“{part}”，应写公式，或{'、'.join(f'“{name}=”' for name in named)}")
        comparison = parse_comparison(part, vocabulary)
        if comparison.row_quantifier or comparison.column_quantifier:
            raise FormulaSyntaxError("条件中不能有“每…”")
        comparisons.append(comparison)
    for sheet in (*named["空表"], *named["有表"]):
        if sheet not in vocabulary.sheets:
            raise FormulaSyntaxError(f"没有“{sheet}”这张表{near(sheet, vocabulary.sheets)}")
    if unknown := [nature for nature in named["性质"] if nature not in vocabulary.natures]:
        raise FormulaSyntaxError(f"没有“{unknown[0]}”这种单位性质")
    found = Condition(tuple(comparisons), tuple(named["性质"]), tuple(named["空表"]), tuple(named["有表"]))
    return ALWAYS if found == ALWAYS else found


def condition_of(record: Mapping[str, str], vocabulary: Vocabulary) -> Condition:
    """The condition that a record states; what is wrong says that it is there."""
    try:
        return parse_condition(record["条件"], vocabulary)
    except FormulaSyntaxError as error:
        raise FormulaSyntaxError(f"条件：{error}") from error


def load_formulas(path: Path, vocabulary: Vocabulary) -> tuple[Formula, ...]:
    """Read the pack's formulas.  Raises :class:`PackError` with the line of the first fault."""

    def formula(record: Mapping[str, str], line: int) -> Formula:
        return Formula(
            record["编号"], Kind(record["类别"]), Severity(record["级别"]), record["公式"], parse_comparison(record["公式"], vocabulary),
            condition_of(record, vocabulary), record["说明"], record["依据"], line)

    formulas = read_csv(
        path, ("编号", "类别", "级别", "公式", "条件", "说明", "依据"), formula, unique="编号", needed=("公式", "说明", "依据"),
        choices={"类别": Kind, "级别": Severity})
    if not formulas:
        raise PackError(path, "没有任何审核公式")
    return formulas
