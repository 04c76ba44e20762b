"""``figures.csv``: what a report states, one record for each figure or family of figures; the loops of records.

docs/模板包.md describes it.

Everything a record names is resolved here, so that a broken file fails at load with its line.
"""

from __future__ import annotations

import graphlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.formula import ALWAYS, VARIABLE, Condition, Every, Term
from workbook.pack.formula_parser import FormulaSyntaxError, Vocabulary, condition_of, near, parse_cells, parse_sum
from workbook.pack.layout import SheetLayout
from workbook.pack.records import read_csv
from workbook.pack.words import Sentences
from workbook.values import dataclass

_SEPARATOR = re.compile(r"、(?![^\[\]]*\])")
COLUMNS = ("编号", "名称", "简称", "算式", "单位", "逐项", "成员", "占比", "比较", "条件")
MONEY, YUAN, PERCENT, TEXT, TRUTH = "万元", "元", "%", "文字", "真假"
SHARE, COMPARED = "占比", "比"
PLACEHOLDER = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
"""A loop variable in a name or an id, and which aspect of what it stands for is meant."""
_ASPECTS = frozenset({"名称", "编码", "序号"})


@dataclass(frozen=True, slots=True)
class Loop:
    """What a variable goes through.

    Rows or columns of sheets (their union, codes in order), or figures with records of their own.
    """

    variable: str
    parts: tuple[Term, ...] = ()
    """Each of one sheet: its rows at one column, or its columns at one row."""
    figures: tuple[str, ...] = ()

    def variables(self) -> Iterator[str]:
        """Variables of outer loops that it names."""
        for part in self.parts:
            yield from part.variables()


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


def _part(text: str, vocabulary: Vocabulary) -> Term:
    part = parse_cells(text, vocabulary)
    if isinstance(part.columns, Every) or part.rows in (Every.PARENT, Every.CHILDREN, Every.TOP):
        raise FormulaSyntaxError(f"逐项里不能用“{text}”")
    if len(part.columns) > 1 and not (isinstance(part.rows, tuple) and len(part.rows) == 1):
        raise FormulaSyntaxError(f"“{text}”逐列时只能写一行")
    return part


@dataclass(frozen=True, slots=True)
class Comparing:
    """One comparison of a figure: with last year (*base* empty) or with another amount."""

    name: str
    """``上年``, ``年初``, ``预算``: ``比上年`` in templates."""
    base: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """One record."""

    name: str
    """Its name in templates: ``一般公共.各类.各项``."""
    label: str
    short: str
    """How comparisons and shares call it (the label when not given)."""
    terms: tuple[Term, ...]
    divisor: tuple[Term, ...]
    unit: str
    loop: Loop | None
    member: str
    """Pattern of the ids: ``一般公共.{项}``."""
    share_of: str
    comparisons: tuple[Comparing, ...]
    condition: Condition
    line: int

    @property
    def is_list(self) -> bool:
        """Whether it only lists figures that have records of their own."""
        return self.loop is not None and bool(self.loop.figures)

    def addends(self) -> Iterator[Term]:
        """Everything that its value, share and comparisons are made of."""
        yield from (*self.terms, *self.divisor)
        for comparing in self.comparisons:
            yield from comparing.base


@dataclass(frozen=True, eq=False)
class FigureForm:
    """All records of a pack by name; alternatives (records of one name with conditions) in their order."""

    records: Mapping[str, tuple[FigureRecord, ...]]
    groups: Mapping[str, tuple[str, ...]]
    """Name, or part of one, → the names directly below it, in order of the records."""

    def first(self, name: str) -> FigureRecord | None:
        """The record of this name (of alternatives the first)."""
        found = self.records.get(name)
        return found[0] if found else None

    def loops_above(self, name: str) -> tuple[FigureRecord, ...]:
        """The loops that *name* stands in, outermost first, its own among them."""
        return self._above[name]

    @cached_property
    def _above(self) -> Mapping[str, tuple[FigureRecord, ...]]:
        found: dict[str, tuple[FigureRecord, ...]] = {"": ()}
        for name in sorted({name for below in self.groups.values() for name in below}):  # what is above comes before
            own, outer = self.first(name), found[name.rpartition(".")[0]]
            found[name] = (*outer, own) if own is not None and own.loop is not None and not own.is_list else outer
        return found

    def id_of(self, record: FigureRecord, fill: Callable[[str], str] = str) -> str:
        """The id of a record's figures, the variables of its loops *fill*-ed: ``一般公共.{项}.完成率``."""
        above = self.loops_above(record.name)
        if record.loop is None and record.member:
            return fill(record.member)
        base = prefix = ""
        for outer in above:
            variable = outer.loop.variable if outer.loop is not None else ""
            own = fill(outer.member or f"{base or outer.name.rpartition('.')[0]}.{{{variable}}}")
            # a class that has nothing below it is its own item
            base, prefix = f"{own}.{variable}" if own == base else own, outer.name
        return base + record.name.removeprefix(prefix)

    @cached_property
    def comparison_ids(self) -> tuple[str, ...]:
        """The ids of the comparisons, with variables: ``一般公共.{项}.比年初``."""
        found = (f"{self.id_of(r)}.{COMPARED}{c.name}" for rs in self.records.values() for r in rs for c in r.comparisons)
        return tuple(dict.fromkeys(found))


def load_figures(path: Path, vocabulary: Vocabulary, sentences: Sentences, sheets: Mapping[str, SheetLayout]) -> FigureForm:
    """Read the pack's figures, of cells of the *sheets*.  Raises :class:`PackError` with the line of the first fault."""
    records: dict[str, list[FigureRecord]] = {}

    def add(row: Mapping[str, str], line: int) -> None:
        record = _record(row, line, vocabulary)
        others = records.setdefault(record.name, [])
        if others and others[-1].condition is ALWAYS:
            raise FormulaSyntaxError("重复（同一编号的几条，前面的都要有条件）")
        others.append(record)

    read_csv(path, COLUMNS, add)
    form = FigureForm({name: tuple(found) for name, found in records.items()}, _groups(records))
    for record in (r for found in records.values() for r in found):
        try:
            _resolve(record, form, sentences)
            _check_unit(record, form, sheets)
        except FormulaSyntaxError as error:
            raise PackError(path, f"编号“{record.name}”：{error}", record.line) from error
    _refuse_cycles(path, form)
    return form


def _record(row: Mapping[str, str], line: int, vocabulary: Vocabulary) -> FigureRecord:
    name = row["编号"]
    if not name or not all(name.split(".")):
        raise FormulaSyntaxError("编号是空的" if not name else f"编号“{name}”的写法不对")
    loop = parse_loop(row["逐项"], vocabulary) if row["逐项"] else None
    is_list = loop is not None and bool(loop.figures)
    unit = row["单位"]
    if not unit and (loop is None or row["算式"]):
        raise FormulaSyntaxError("没有写单位")
    if not is_list and not row["名称"]:
        raise FormulaSyntaxError("没有写名称")
    whole, divided, by = row["算式"].partition("÷")
    if unit == PERCENT and not divided:
        raise FormulaSyntaxError("百分比的算式应写“甲 ÷ 乙”")
    if not whole.strip() and unit not in (TEXT, TRUTH, ""):
        raise FormulaSyntaxError("没有写算式")
    parts = [part.partition("=") for part in re.split("[;；]", row["比较"]) if part.strip()]
    comparisons = tuple(Comparing(of.strip(), parse_sum(base, vocabulary) if has_base else ()) for of, has_base, base in parts)
    return FigureRecord(
        name, row["名称"], row["简称"] or row["名称"],
        parse_sum(whole, vocabulary) if whole.strip() else (), parse_sum(by, vocabulary) if divided else (),
        unit, loop, row["成员"], row["占比"], comparisons,
        condition_of(row, vocabulary), line)


def _groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    below: dict[str, dict[str, None]] = {}
    for name in names:
        parts = name.split(".")
        for n in range(len(parts)):
            below.setdefault(".".join(parts[:n]), {})[".".join(parts[: n + 1])] = None
    return {name: tuple(found) for name, found in below.items()}


def _resolve(record: FigureRecord, form: FigureForm, sentences: Sentences) -> None:
    """Refuse what the record names and nobody knows."""
    loops = form.loops_above(record.name)
    variables = {r.loop.variable for r in loops if r.loop is not None}
    outer = variables - {record.loop.variable} if record.loop is not None else variables
    texts = (record.label, record.short, record.member)
    for variable, aspect in (found for text in texts for found in PLACEHOLDER.findall(text)):
        check_variables((variable,), variables)
        if aspect and aspect not in _ASPECTS:
            raise FormulaSyntaxError(f"“{{{variable}.{aspect}}}”应是{'、'.join(sorted(_ASPECTS))}之一")
    if record.loop is not None:
        check_variables(record.loop.variables(), outer)
        if unknown := [figure for figure in record.loop.figures if form.first(figure) is None]:
            raise FormulaSyntaxError(f"没有编号为“{unknown[0]}”的数{near(unknown[0], form.records)}")
    for addend in record.addends():
        if addend.figure:
            _check_figure(addend, form, variables)
        check_variables(addend.variables(), variables)
    if record.share_of:
        _check_figure(Term(figure=record.share_of), form, variables)
    _resolve_comparisons(record, sentences)


def _check_unit(record: FigureRecord, form: FigureForm, sheets: Mapping[str, SheetLayout]) -> None:
    """Refuse counts that are called an amount, and amounts that are called a count or a ratio of them an amount."""
    units, by = _units(record.terms, record, form, sheets), _units(record.divisor, record, form, sheets)
    if record.divisor and record.unit in (MONEY, YUAN) and MONEY in units & by:
        raise FormulaSyntaxError(f"金额 ÷ 金额得到的是百分比，单位应写“{PERCENT}”")
    if record.divisor or record.unit in (TEXT, TRUTH, ""):
        return
    if MONEY in units and record.unit != MONEY:
        raise FormulaSyntaxError(f"算式里是金额，单位应写“{MONEY}”")
    if record.unit == MONEY and units - {MONEY}:
        raise FormulaSyntaxError(f"算式里是个数，单位应写“{max(units - {MONEY})}”这样的")


def _units(terms: Iterable[Term], record: FigureRecord, form: FigureForm, sheets: Mapping[str, SheetLayout]) -> set[str]:
    """Units of what the *terms* of a record name, where that can be told: 万元, or of counts."""
    units: set[str] = set()
    for term in terms:
        if (figure := form.first(term.figure)) is not None:
            units.add(figure.unit)
        loop = next((part for part in (record.loop.parts if record.loop else ()) if part.table == term.table), term)
        rows, columns = (
            names if isinstance(names, tuple) and not VARIABLE.search("".join(names)) else others for names, others in (
            (term.rows, loop.rows), (term.columns, loop.columns)))
        if term.table in sheets and isinstance(rows, tuple) and isinstance(columns, tuple):
            units.update(sheets[term.table].count_unit(row, column) or MONEY for row in rows for column in columns)
    return units


def _resolve_comparisons(record: FigureRecord, sentences: Sentences) -> None:
    for comparing in record.comparisons:
        known = sentences.comparisons.get(comparing.name)
        if known is None:
            raise FormulaSyntaxError(f"没有“{comparing.name}”这种比较（{usable(sentences.comparisons)}）")
        if bool(comparing.base) is known.is_prior:
            raise FormulaSyntaxError(
                f"“{comparing.name}”{'取上年决算的同一个数，不写“=”' if comparing.base else f'要写明与什么比较：{comparing.name}=…'}")


def _check_figure(term: Term, form: FigureForm, variables: Iterable[str]) -> None:
    record = form.first(term.figure)
    if record is None or record.unit in (TEXT, TRUTH, ""):
        raise FormulaSyntaxError(f"没有编号为“{term.figure}”的数{near(term.figure, form.records)}（这里写登记的编号，不写成员）")
    free = [r.loop.variable for r in form.loops_above(term.figure) if r.loop is not None and r.loop.variable not in variables]
    if bool(free) is not term.is_sum:
        raise FormulaSyntaxError(
            f"“{term.figure}”{'有多个数，前面应写 Σ' if free else '只有一个数，不应写 Σ'}")


def _refuse_cycles(path: Path, form: FigureForm) -> None:
    needs: dict[str, set[str]] = {}
    for name, found in form.records.items():
        wanted = {a.figure for r in found for a in r.addends() if a.figure}
        needs[name] = wanted | {r.share_of for r in found if r.share_of}
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        names = error.args[1]
        record = form.records[names[0]][0]
        raise PackError(path, f"数的算式循环引用：{' → '.join(names)}", record.line) from None
