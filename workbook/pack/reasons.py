"""What a pack says of changes (docs/模板包.md).

``settings.toml`` and ``phrases.csv`` are of their reasons, ``drivers.csv`` and ``notes.csv`` of what explains them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NewType

from workbook.pack.companion_form import LEVEL_WORDINGS
from workbook.pack.figures import Loop, check_variables, parse_loop
from workbook.pack.formula import VARIABLE, Condition, Term
from workbook.pack.formula_parser import FormulaSyntaxError, condition_of, parse_sum
from workbook.pack.records import Kinds, Record, read_csv
from workbook.pack.words import DOWN, UP
from workbook.values import cached_property, dataclass

if TYPE_CHECKING:
    from workbook.pack.loading import Pack

_NO_SLOT = "“{}”不是 figures.csv 中的比较"
Slots = NewType("Slots", str)
"""The beginning of the ids of some slots."""
Budget = NewType("Budget", str)
"""A sheet of the form."""
DIFFERENCE, EITHER = "差额", "|"
"""Placeholders of a note: the amount of 同向, and which of two words follows its sign."""
_YES = "是"
_CODES = {"类": r"\d{3}", "款": r"\d{5}", "项": r"\d{5,}"}
"""What a variable of a comparison stands for; 项 is whatever has no finer budget."""
_PLACEHOLDER = re.compile(r"\{((?:[^{}]|\{\w+\})*)\}")
_CLAUSE = re.compile(r"(?<=，)(?![^{]*\})")

Sum = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the reasons of some slots must not speak of."""

    here: str
    slots: tuple[Slots, ...] = ()
    own: tuple[str, ...] = ()
    """Words that show that the reason does speak of its own subject."""
    foreign: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    """Words that say that there is none this year."""
    own_income: bool = False
    """Whether income that is no fiscal appropriation is foreign too."""
    sheets: tuple[Budget, ...] = ()
    """The sheets of this budget: a section that states only its figures is reviewed for the same words."""
    message: str = ""
    """The objection, with ``{事项}`` (:attr:`here`) and ``{用词}`` (the foreign word); empty: the rule's own sentence."""


@dataclass(frozen=True, slots=True)
class OwnIncome:
    """Income that is no fiscal appropriation: how reasons name it, and the rows that hold it."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    """Words before 收入: ``会务``."""
    slots: tuple[Slots, ...]
    """Of those whose reasons are compared with the rows."""
    rows: Term | None
    """A sum of rows; ``None`` when the pack does not have those of the default pack."""
    total: str
    """What all rows together are called."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A common wording for the slots whose id begins with :attr:`prefix`."""

    prefix: str
    direction: str
    """增加 or 减少; empty: either."""
    text: str


@dataclass(frozen=True, slots=True)
class ReasonRules:
    """Everything that a pack says about change reasons."""

    minimum_rate: Decimal
    minimum_amount: Decimal
    level_wording: str
    zero: str
    """How an amount of nought is written: ``0`` or ``0.00``."""
    lists_zero: bool
    """Whether the report lists what does not apply (0 万元，占 0%) or leaves it out."""
    minimum_length: int
    same_text: int
    subjects: tuple[Subject, ...]
    own_income: OwnIncome
    phrases: tuple[Phrase, ...]


def load_reason_settings(pack: Pack, default: Path) -> ReasonRules:
    """The settings of *pack*; what it does not say is as in the pack in the folder *default*.

    Raises :class:`~workbook.errors.PackError`.
    """
    kinds: Kinds = {Slots: partial(_slots, pack), Budget: partial(_budget, pack), Term: partial(_rows, pack)}
    file = Record.read(pack.folder / "settings.toml", default / "settings.toml", kinds)
    reasons, wording, objections = (file.table(name) for name in ("reasons", "wording", "objections"))
    rules = ReasonRules(
        reasons.value("minimum_rate", Decimal), reasons.value("minimum_amount", Decimal),
        wording.choice("level", LEVEL_WORDINGS),
        wording.choice("zero", ("0", "0.00")), wording.choice("zero_items", ("列示", "省略")) == "列示",
        int(objections.value("minimum_length", Decimal)), int(objections.value("same_text", Decimal)),
        objections.records("subject", "", _subject, above="objections"),
        file.table("own_income").make(OwnIncome), _phrases(pack))
    for table in (reasons, wording, objections):
        table.finish()
    return rules


def _subject(record: Record) -> Subject:
    subject = record.make(Subject)
    record.check_patterns(subject, message="事项、用词")
    return subject


def _budget(pack: Pack, record: Record, key: str, code: str) -> str | None:
    """What the default pack says of other forms is not used."""
    if code not in pack.sheets and record.is_own(key):
        raise record.error(f"没有“{code}”这张表", code)
    return code if code in pack.sheets else None


def _slots(pack: Pack, record: Record, key: str, prefix: str) -> str:
    if record.is_own(key) and not _is_slot(prefix, pack):
        raise record.error(_NO_SLOT.format(prefix), prefix)
    return prefix


def _rows(pack: Pack, record: Record, key: str, text: str) -> Term | None:
    try:
        terms = parse_sum(text, pack.vocabulary)
    except FormulaSyntaxError as error:
        if record.is_own(key):
            raise record.error(f"“{key}”：{error}", key) from error
        return None
    if len(terms) > 1 or terms[0].figure or not isinstance(terms[0].rows, tuple):
        raise record.error(f"“{key}”应为一张表的几行之和，实为“{text}”", key)
    return terms[0]


def _phrases(pack: Pack) -> tuple[Phrase, ...]:
    path = pack.file("phrases.csv")

    def phrase(record: Mapping[str, str], _line: int) -> Phrase:
        if path.parent == pack.folder and not _is_slot(record["事项"], pack):
            raise ValueError(_NO_SLOT.format(record["事项"]))
        return Phrase(record["事项"], record["方向"], record["用语"])

    found = read_csv(path, ("事项", "方向", "用语"), phrase, needed=("用语",), choices={"方向": ("", UP, DOWN)})
    return tuple(sorted(found, key=lambda p: -len(p.prefix)))


def _is_slot(prefix: str, pack: Pack) -> bool:
    """Whether the id of some comparison of the pack may begin like this."""
    *whole, last = prefix.split(".")

    def may_begin(parts: list[str]) -> bool:
        if len(parts) <= len(whole) or not all("{" in one or one == given for one, given in zip(parts, whole, strict=False)):
            return False
        return "{" in parts[len(whole)] or parts[len(whole)].startswith(last)

    return bool(prefix) and any(may_begin(comparison.split(".")) for comparison in pack.figures.comparison_ids)


@dataclass(frozen=True)
class ChangePattern:
    """The comparisons that a record is about: an id, with variables for codes."""

    text: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        pieces = VARIABLE.split(self.text)
        return re.compile(
            "".join(f"(?P<{p}>{_CODES.get(p, '[^.]+')})" if i % 2 else re.escape(p) for i, p in enumerate(pieces)))

    def match(self, change_id: str) -> Mapping[str, str] | None:
        """What its variables stand for in *change_id*; ``None`` when that is another comparison."""
        if not self.pattern.groups:
            return {} if change_id == self.text else None
        found = self.pattern.fullmatch(change_id)
        return None if found is None else found.groupdict()


@dataclass(frozen=True, slots=True)
class PartRecord:
    """One part of a breakdown, or a loop of parts."""

    name: str
    """With the loop's variable: ``{列}结转和结余``."""
    terms: Sum
    base: Sum
    """What it is compared with; empty: the same amount of last year."""
    loop: Loop | None


@dataclass(frozen=True, slots=True)
class BreakdownRecord:
    """One way of splitting a comparison.  Of those with one title the first whose condition holds is meant."""

    comparison: ChangePattern
    title: str
    is_cause: bool
    """Whether it says more than the statement itself."""
    condition: Condition
    parts: tuple[PartRecord, ...]


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A sentence beside a comparison."""

    comparison: ChangePattern
    clauses: tuple[tuple[str | Sum, ...], ...]
    """Clause by clause: texts and, at odd places, what stands in braces: sums, variables, ``差额``, ``多|少``."""
    loop: Loop | None
    needed: Sum
    moved: Sum


class _Reader:
    """Reads the records of one file."""

    def __init__(self, pack: Pack, name: str) -> None:
        self.path, self.vocabulary, self.comparisons = pack.file(name), pack.vocabulary, pack.figures.comparison_ids
        self.skip: type[ValueError] | tuple[()] = () if pack.has(name) else FormulaSyntaxError

    def comparison(self, text: str) -> ChangePattern:
        if text not in self.comparisons:
            raise FormulaSyntaxError("figures.csv 中没有这个比较")
        return ChangePattern(text)

    def loop(self, text: str, comparison: ChangePattern) -> tuple[Loop | None, tuple[str, ...]]:
        """The loop, and the variables that are known in it."""
        known = tuple(comparison.pattern.groupindex)
        if not text:
            return None, known
        loop = parse_loop(text, self.vocabulary)
        if loop.figures:
            raise FormulaSyntaxError(f"逐项“{text}”应写“变量=表[…]”")
        check_variables(loop.variables(), known)
        return loop, (*known, loop.variable)

    def sum(self, text: str, known: tuple[str, ...]) -> Sum:
        """A sum of cells whose variables are all *known*; empty for an empty text."""
        terms = parse_sum(text, self.vocabulary) if text else ()
        if any(term.figure for term in terms):
            raise FormulaSyntaxError(f"“{text}”中只能写单元格")
        check_variables((variable for term in terms for variable in term.variables()), known)
        return terms

    def pieces(self, clause: str, known: tuple[str, ...], *, has_moved: bool) -> Iterator[str | Sum]:
        for place, piece in enumerate(_PLACEHOLDER.split(clause)):
            if place % 2 and "[" in piece:
                yield self.sum(piece, known)
                continue
            if place % 2 and not (has_moved and (piece == DIFFERENCE or EITHER in piece)):
                check_variables((piece,), known)
            yield piece


def load_drivers(pack: Pack) -> tuple[BreakdownRecord, ...]:
    """Read the breakdowns, in the order of the file.

    Raises :class:`~workbook.errors.PackError` with the line of the first fault.
    """
    reader = _Reader(pack, "drivers.csv")
    found: dict[tuple[str, str, str], BreakdownRecord] = {}

    def part(record: Mapping[str, str], _line: int) -> None:
        comparison = reader.comparison(record["比较"])
        is_cause = record["可作原因"] == _YES
        loop, known = reader.loop(record["逐项"], comparison)
        check_variables(VARIABLE.findall(record["名称"]), known)
        one = PartRecord(record["名称"], reader.sum(record["算式"], known), reader.sum(record["对比"], known), loop)
        key = comparison.text, record["分解"], record["条件"]
        breakdown = found.get(key) or BreakdownRecord(comparison, key[1], is_cause, condition_of(record, reader.vocabulary), ())
        if breakdown.is_cause is not is_cause:
            raise FormulaSyntaxError(f"同一分解“{key[1]}”的可作原因应写得一样")
        found[key] = replace(breakdown, parts=(*breakdown.parts, one))

    read_csv(
        reader.path, ("比较", "分解", "可作原因", "名称", "算式", "对比", "逐项", "条件"), part,
        needed=("比较", "分解", "名称", "算式"), choices={"可作原因": (_YES, "否")}, skip=reader.skip)
    return tuple(found.values())


def load_notes(pack: Pack) -> tuple[NoteRecord, ...]:
    """Read the notes, in the order of the file.

    Raises :class:`~workbook.errors.PackError` with the line of the first fault.
    """
    reader = _Reader(pack, "notes.csv")

    def note(record: Mapping[str, str], _line: int) -> NoteRecord:
        comparison = reader.comparison(record["比较"])
        loop, known = reader.loop(record["逐项"], comparison)
        needed, moved = reader.sum(record["须有"], known), reader.sum(record["同向"], known)
        clauses = (tuple(reader.pieces(clause, known, has_moved=bool(moved))) for clause in _CLAUSE.split(record["句式"]))
        return NoteRecord(comparison, tuple(clauses), loop, needed, moved)

    return read_csv(reader.path, ("比较", "句式", "逐项", "须有", "同向"), note, needed=("比较", "句式"), skip=reader.skip)
