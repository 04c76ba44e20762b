"""The pack's ``settings.toml`` and ``phrases.csv`` as frozen values; a broken file is named."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NewType

from workbook.pack.companion_form import LEVEL_WORDINGS
from workbook.pack.formula import Term
from workbook.pack.formula_parser import FormulaSyntaxError, parse_sum
from workbook.pack.records import Kinds, Record, read_csv
from workbook.pack.words import DOWN, UP
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.pack.loading import Pack

_NO_SLOT = "“{}”不是 figures.csv 中的比较"
Slots = NewType("Slots", str)
"""The beginning of the ids of some slots."""
Budget = NewType("Budget", str)
"""A sheet of the form."""


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
    """The settings of *pack*; what it does not say is as in the pack in the folder *default*.  Raises :class:`~workbook.errors.PackError`."""
    kinds: Kinds = {Slots: partial(_slots, pack), Budget: partial(_budget, pack), Term: partial(_rows, pack)}
    file = Record.read(pack.folder / "settings.toml", default / "settings.toml", kinds)
    reasons, wording, objections = (file.table(name) for name in ("reasons", "wording", "objections"))
    rules = ReasonRules(
        reasons.value("minimum_rate", Decimal), reasons.value("minimum_amount", Decimal), wording.choice("level", LEVEL_WORDINGS),
        wording.choice("zero", ("0", "0.00")), wording.choice("zero_items", ("列示", "省略")) == "列示",
        int(objections.value("minimum_length", Decimal)), int(objections.value("same_text", Decimal)),
        objections.records("subject", "", _subject, above="objections"), file.table("own_income").make(OwnIncome), _phrases(pack))
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
        return len(parts) > len(whole) and all("{" in one or one == given for one, given in zip(parts, whole, strict=False)) and (
            "{" in parts[len(whole)] or parts[len(whole)].startswith(last))

    return bool(prefix) and any(may_begin(comparison.split(".")) for comparison in pack.figures.comparison_ids)
