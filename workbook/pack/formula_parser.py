"""Reading check formulas: ``check-formulas.csv`` parsed and resolved against the sheet layouts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbook.errors import PackError
from workbook.issues import Kind, Severity
from workbook.pack.catalogue import Catalogue, read_records
from workbook.pack.formula import ALWAYS, COMPANION, Comparison, Condition, Every, Formula, Relation, Term
from workbook.pack.layout import TOTAL, SheetKind, SheetLayout
from workbook.values import dataclass


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
    return Condition(tuple(comparisons), tuple(natures)) if comparisons or natures else ALWAYS


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
