"""The pack's ``settings.toml`` and ``phrases.csv`` as frozen values; a broken file is named."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from docgen.model import Direction
from workbook.companion.model import LEVEL_WORDINGS
from workbook.errors import PackError
from workbook.pack.catalogue import read_records
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, Pack
from workbook.values import dataclass

FILE, PHRASES = "settings.toml", "phrases.csv"
_HEADS = ("收支.", "财拨.", "一般公共.", "三公.", "基金.", "国资.", "运行.")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the reasons of some slots must not speak of."""

    slots: tuple[str, ...]
    """Prefixes of slot ids."""
    here: str
    own: tuple[str, ...]
    """Words that show that the reason does speak of its own subject."""
    foreign: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words by which a reason is judged."""

    vague: tuple[str, ...]
    residue: tuple[str, ...]
    up: tuple[str, ...]
    down: tuple[str, ...]
    up_hints: tuple[str, ...]
    down_hints: tuple[str, ...]
    money: tuple[str, ...]
    not_money: tuple[str, ...]
    denials: tuple[str, ...]
    denial_texts: tuple[str, ...]
    level_texts: tuple[str, ...]
    own_income: tuple[str, ...]
    own_income_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A common wording for the slots whose id begins with :attr:`prefix`."""

    prefix: str
    direction: Direction | None
    text: str


@dataclass(frozen=True, slots=True)
class ReasonRules:
    """Everything that a pack says about change reasons."""

    minimum_rate: Decimal
    minimum_amount: Decimal
    level_wording: str
    minimum_length: int
    same_text: int
    words: Words
    subjects: tuple[Subject, ...]
    phrases: tuple[Phrase, ...]


def settings_of(pack: Pack) -> ReasonRules:
    """The rules of *pack*; what it does not say is as in the default pack.  Raises :class:`PackError`."""
    return _load(pack.folder)


@cache
def _load(folder: Path) -> ReasonRules:
    defaults = _read(TEMPLATES / DEFAULT_PACK / FILE)
    own = _read(folder / FILE) if (folder / FILE).exists() else {}
    reader = _Reader(folder / FILE, own, defaults)
    phrases = folder / PHRASES if (folder / PHRASES).exists() else TEMPLATES / DEFAULT_PACK / PHRASES
    return ReasonRules(
        minimum_rate=reader.number("reasons", "minimum_rate"),
        minimum_amount=reader.number("reasons", "minimum_amount"),
        level_wording=reader.choice("wording", "level", LEVEL_WORDINGS),
        minimum_length=int(reader.number("objections", "minimum_length")),
        same_text=int(reader.number("objections", "same_text")),
        words=Words(**{name: reader.words("objections", name) for name in Words.__dataclass_fields__}),
        subjects=reader.subjects(),
        phrases=_phrases(phrases),
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(path, f"无法读取（{error}）") from error


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values, the pack's own before the default's."""

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

    def words(self, table: str, key: str) -> tuple[str, ...]:
        return self._texts(self.value(table, key), f"{table}.{key}")

    def _texts(self, value: Any, where: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise PackError(self.path, f"“{where}”应为一列文字")
        return tuple(value)

    def subjects(self) -> tuple[Subject, ...]:
        found = []
        for record in self.value("objections", "subject"):
            here = record.get("here") if isinstance(record, Mapping) else None
            if not isinstance(here, str) or not here:
                raise PackError(self.path, "“objections.subject”缺少文字项“here”")
            slots, own, foreign = (self._texts(record.get(k, []), f"objections.subject.{k}") for k in ("slots", "own", "foreign"))
            for slot in slots:
                _known(slot, self.path)
            found.append(Subject(slots, here, own, foreign))
        return tuple(found)


def _phrases(path: Path) -> tuple[Phrase, ...]:
    found = []
    for line, record in read_records(path, ("事项", "方向", "用语")):
        prefix, direction, text = record["事项"], record["方向"], record["用语"]
        _known(prefix, path, line)
        if direction not in ("", Direction.UP, Direction.DOWN):
            raise PackError(path, f"方向“{direction}”应为“增加”“减少”或空白", line)
        if not text:
            raise PackError(path, "没有用语", line)
        found.append(Phrase(prefix, Direction(direction) if direction else None, text))
    return tuple(sorted(found, key=lambda p: -len(p.prefix)))


def _known(prefix: str, path: Path, line: int | None = None) -> None:
    if not prefix.startswith(_HEADS):
        raise PackError(path, f"事项“{prefix}”不是报告中的编号（应以{'、'.join(_HEADS)}开头）", line)
