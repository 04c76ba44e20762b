"""The pack's ``settings.toml`` and ``phrases.csv`` as frozen values; a broken file is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.errors import PackError
from workbook.pack.catalogue import read_records, read_toml
from workbook.pack.companion_form import LEVEL_WORDINGS
from workbook.pack.formula import Term
from workbook.pack.formula_parser import FormulaSyntaxError, parse_sum
from workbook.pack.sentences import DOWN, UP
from workbook.values import dataclass

if TYPE_CHECKING:
    from workbook.pack.loading import Pack

FILE, PHRASES = "settings.toml", "phrases.csv"
_NO_SLOT = "“{}”不是 figures.csv 中的比较"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the reasons of some slots must not speak of."""

    slots: tuple[str, ...]
    """Prefixes of slot ids."""
    here: str
    own: tuple[str, ...]
    """Words that show that the reason does speak of its own subject."""
    foreign: tuple[str, ...]
    denials: tuple[str, ...]
    """Words that say that there is none this year."""
    own_income: bool
    """Whether income that is no fiscal appropriation is foreign too."""
    sheets: tuple[str, ...]
    """The sheets of this budget: a section that states only its figures is reviewed for the same words."""
    message: str
    """The objection, with ``{事项}`` (:attr:`here`) and ``{用词}`` (the foreign word); empty: the rule's own sentence."""


@dataclass(frozen=True, slots=True)
class OwnIncome:
    """Income that is no fiscal appropriation: how reasons name it, and the rows that hold it."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    """Words before 收入: ``会务``."""
    slots: tuple[str, ...]
    """Prefixes of the slots whose reasons are compared with the rows."""
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
    """The settings of *pack*; what it does not say is as in the pack in the folder *default*.  Raises :class:`PackError`."""
    path = pack.folder / FILE
    reader = _Reader(pack, path, read_toml(path) if path.exists() else {}, read_toml(default / FILE))
    return ReasonRules(
        minimum_rate=reader.number("reasons", "minimum_rate"),
        minimum_amount=reader.number("reasons", "minimum_amount"),
        level_wording=reader.choice("wording", "level", LEVEL_WORDINGS),
        zero=reader.choice("wording", "zero", ("0", "0.00")),
        lists_zero=reader.choice("wording", "zero_items", ("列示", "省略")) == "列示",
        minimum_length=int(reader.number("objections", "minimum_length")),
        same_text=int(reader.number("objections", "same_text")),
        subjects=reader.subjects(),
        own_income=reader.own_income(),
        phrases=_phrases(pack),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values, the pack's own before the default's.  What the default pack says of other forms is never used."""

    pack: Pack
    path: Path
    own: Mapping[str, Any]
    defaults: Mapping[str, Any]

    def value(self, table: str, key: str) -> Any:
        for source in (self.own, self.defaults):
            part = source.get(table, {})
            if not isinstance(part, Mapping):
                raise PackError(self.path, f"“{table}”应写成 [{table}] 一节")
            if key in part:
                return part[key]
        raise PackError(self.path, f"缺少“{table}.{key}”")

    def refuse(self, table: str, key: str, wrong: Iterable[str], cause: str) -> None:
        """Refuse what is *wrong* in the pack's own file."""
        if key in self.own.get(table, {}) and (names := list(wrong)):
            raise PackError(self.path, f"“{table}.{key}”：{cause.format(names[0])}")

    def number(self, table: str, key: str) -> Decimal:
        value = self.value(table, key)
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal(-1)
        if isinstance(value, bool) or not number.is_finite() or number < 0:
            raise PackError(self.path, f"“{table}.{key}”应为不小于 0 的数，实为“{value}”")
        return number

    def choice(self, table: str, key: str, choices: tuple[str, ...]) -> str:
        value = str(self.value(table, key))
        if value not in choices:
            raise PackError(self.path, f"“{table}.{key}”应为{'或'.join(f'“{c}”' for c in choices)}，实为“{value}”")
        return value

    def _texts(self, value: Any, where: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise PackError(self.path, f"“{where}”应为一列文字")
        return tuple(value)

    def subjects(self) -> tuple[Subject, ...]:
        return tuple(self._subject(record, "objections.subject") for record in self.value("objections", "subject"))

    def _subject(self, record: Any, where: str) -> Subject:
        here = record.get("here") if isinstance(record, Mapping) else None
        if not isinstance(here, str) or not here:
            raise PackError(self.path, f"“{where}”缺少文字项“here”")
        message = str(record.get("message", ""))
        try:
            message.format(事项="", 用词="")
        except (LookupError, ValueError) as error:
            raise PackError(self.path, f"“{where}.message”只能用 {{事项}} 和 {{用词}}，实为“{message}”") from error
        slots, own, foreign, denials, sheets = (
            self._texts(record.get(k, []), f"{where}.{k}") for k in ("slots", "own", "foreign", "denials", "sheets"))
        self.refuse("objections", "subject", (slot for slot in slots if not _is_slot(slot, self.pack)), _NO_SLOT)
        self.refuse("objections", "subject", (code for code in sheets if code not in self.pack.sheets), "没有“{}”这张表")
        sheets = tuple(code for code in sheets if code in self.pack.sheets)
        return Subject(slots, here, own, foreign, denials, record.get("own_income") is True, sheets, message)

    def own_income(self) -> OwnIncome:
        words, kinds, slots = (
            self._texts(self.value("own_income", key), f"own_income.{key}") for key in ("words", "kinds", "slots"))
        rows, total = (str(self.value("own_income", key)) for key in ("rows", "total"))
        self.refuse("own_income", "slots", (slot for slot in slots if not _is_slot(slot, self.pack)), _NO_SLOT)
        try:
            terms = parse_sum(rows, self.pack.vocabulary)
        except FormulaSyntaxError as error:
            self.refuse("own_income", "rows", [str(error)], "{}")
            return OwnIncome(words, kinds, slots, None, total)
        if len(terms) != 1 or not isinstance(term := terms[0], Term) or not isinstance(term.rows, tuple):
            raise PackError(self.path, f"“own_income.rows”应为一张表的几行之和，实为“{rows}”")
        return OwnIncome(words, kinds, slots, term, total)


def _phrases(pack: Pack) -> tuple[Phrase, ...]:
    found, path = [], pack.file(PHRASES)
    for line, record in read_records(path, ("事项", "方向", "用语")):
        prefix, direction, text = record["事项"], record["方向"], record["用语"]
        if path.parent == pack.folder and not _is_slot(prefix, pack):
            raise PackError(path, f"事项{_NO_SLOT.format(prefix)}", line)
        if direction not in ("", UP, DOWN):
            raise PackError(path, f"方向“{direction}”应为“增加”“减少”或空白", line)
        if not text:
            raise PackError(path, "没有用语", line)
        found.append(Phrase(prefix, direction, text))
    return tuple(sorted(found, key=lambda p: -len(p.prefix)))


def _is_slot(prefix: str, pack: Pack) -> bool:
    """Whether the id of some comparison of the pack may begin like this."""
    beginning = prefix.split(".")
    return any(c.startswith(beginning[0]) and _begins(c.split("."), beginning) for c in pack.figures.comparison_ids)


def _begins(parts: list[str], beginning: list[str]) -> bool:
    *whole, (part, given) = zip(parts, beginning, strict=False)
    return len(beginning) <= len(parts) and bool(beginning[0]) and ("{" in part or part.startswith(given)) and all(
        "{" in one or one == other for one, other in whole)
