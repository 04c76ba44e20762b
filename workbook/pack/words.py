"""The language of a pack: the sentences that say how figures moved, the words by which others are judged.

They are in ``sentences.csv`` and ``words.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_type_hints

from workbook.errors import PackError
from workbook.pack.records import Record, read_csv
from workbook.values import dataclass

_PAIR = 2
COLUMNS = ("类别", "名称", "情形", "文字")
DIFFERENCE, RATE, REASON, LEVEL, NO_BASE = "差额", "率", "原因", "持平", "无基数"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
MOVED, UP, DOWN, UNKNOWN = "增减", "增加", "减少", "未知"
_CASES = frozenset({MOVED, UP, DOWN, f"{UP}_{NO_BASE}", f"{DOWN}_{NO_BASE}", f"{MOVED}_{NO_BASE}", LEVEL, UNKNOWN})
_AGAINST, _SOURCE, _SAME = "对比", "取数", "上年同数"
_COMPARISON = frozenset({_AGAINST, NO_BASE, _SOURCE})
_LEVEL_AS_ZERO = "持平写成零"
_PLACEHOLDERS = frozenset({DIFFERENCE, RATE, REASON, LEVEL, NO_BASE})


@dataclass(frozen=True, slots=True)
class ComparisonForm:
    """With what a figure is compared."""

    name: str
    """``上年``: in templates ``比上年``."""
    against: str
    """What it is called: ``上年决算``."""
    no_base: str
    """What stands in place of a rate when the base is zero: ``上年无此项``."""
    is_prior: bool
    """Whether it is the same figure of last year's workbook; else a record names the amount."""


@dataclass(frozen=True, slots=True)
class SentenceForm:
    """A sentence about a comparison: its text for every case, placeholders in braces."""

    name: str
    texts: Mapping[str, str]
    is_reason: bool
    """Whether it gives the reason (then it is empty where there is none)."""

    def text(self, direction: str, *, has_base: bool) -> str:
        """The text for a *direction* (增加, 减少, 持平, 未知), of a base that is zero where the form tells them apart."""
        wanted = [direction] if direction == LEVEL else [direction, MOVED]
        if not has_base:
            wanted = [f"{case}_{NO_BASE}" for case in wanted] + wanted
        return next((self.texts[case] for case in wanted if case in self.texts), "")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Everything that the file says."""

    comparisons: Mapping[str, ComparisonForm]
    forms: Mapping[str, SentenceForm]
    level_as_zero: str
    """What replaces 持平 where an office asks for it: ``增加 0 万元，增长 0%``."""


def load_sentences(path: Path) -> Sentences:
    """Read the file.  Raises :class:`PackError` naming the line and the cause."""
    found: dict[str, dict[str, dict[str, str]]] = {"比较": {}, "句式": {}, "写法": {}}
    known = {"比较": _COMPARISON, "句式": _CASES, "写法": frozenset({_LEVEL_AS_ZERO})}

    def add(record: Mapping[str, str], _line: int) -> None:
        kind, name, case, text = (record[column] for column in COLUMNS)
        if kind == "写法":
            name, case = kind, name
        if case not in known[kind]:
            raise ValueError(f"没有“{case}”这种情形（{'、'.join(sorted(known[kind]))}）")
        if case in (texts := found[kind].setdefault(name, {})):
            raise ValueError(f"“{case}”重复")
        if unknown := [p for p in PLACEHOLDER.findall(text) if kind == "句式" and p not in _PLACEHOLDERS]:
            raise ValueError(f"没有“{{{unknown[0]}}}”这一项（{'、'.join(sorted(_PLACEHOLDERS))}）")
        texts[case] = text

    read_csv(path, COLUMNS, add, choices={"类别": found})
    for name, record in found["比较"].items():
        if missing := [case for case in (_AGAINST, NO_BASE) if case not in record]:
            raise PackError(path, f"比较“{name}”缺少“{missing[0]}”")
    if not found["写法"]:
        raise PackError(path, f"缺少写法“{_LEVEL_AS_ZERO}”")
    return Sentences(
        {name: ComparisonForm(name, r[_AGAINST], r[NO_BASE], r.get(_SOURCE) == _SAME) for name, r in found["比较"].items()},
        {name: SentenceForm(name, r, any(f"{{{REASON}}}" in text for text in r.values())) for name, r in found["句式"].items()},
        found["写法"]["写法"][_LEVEL_AS_ZERO])


@cache
def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Pattern that finds any of *words*, longest first; of none it finds nothing."""
    return re.compile("|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) or r"(?!)")


@dataclass(frozen=True)
class Words:
    """All words of a pack; ``words.toml`` says what each list is for."""

    pairs: tuple[tuple[str, ...], ...]
    """Words for more and for less: the report's own of amounts, its own of percentages, then those of other reports."""
    spoken: tuple[tuple[str, ...], ...]
    """Pairs that people write right before a linked figure; a refresh turns them with its sign."""
    level: tuple[str, ...]
    no_base: str
    unknown: str
    compare: tuple[str, ...]
    bases: tuple[tuple[str, ...], ...]
    share: tuple[str, ...]
    complete: tuple[str, ...]
    larger: tuple[str, ...]
    smaller: tuple[str, ...]
    equal: tuple[str, ...]
    about: tuple[str, ...]
    parts: tuple[str, ...]
    whole: tuple[str, ...]
    others: tuple[str, ...]
    items: tuple[str, ...]
    causes: tuple[str, ...]
    because: tuple[str, ...]
    leads: tuple[str, ...]
    contents: tuple[str, ...]
    stories: tuple[str, ...]
    purposes: tuple[str, ...]
    natures: tuple[str, ...]
    contrasts: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]
    each: tuple[str, ...]
    none: tuple[str, ...]
    nothing: tuple[str, ...]
    openings: tuple[str, ...]
    bodies: tuple[str, ...]
    acts: tuple[str, ...]
    vague: tuple[str, ...]
    residue: tuple[str, ...]
    more_up: tuple[str, ...]
    more_down: tuple[str, ...]
    up_hints: tuple[str, ...]
    down_hints: tuple[str, ...]
    money: tuple[str, ...]
    not_money: tuple[str, ...]
    denials: tuple[str, ...]
    denial_texts: tuple[str, ...]
    level_texts: tuple[str, ...]

    @cached_property
    def ups(self) -> tuple[str, ...]:
        """Words for more in statements."""
        return tuple(dict.fromkeys(up for up, _ in self.pairs))

    @cached_property
    def downs(self) -> tuple[str, ...]:
        """Words for less in statements."""
        return tuple(dict.fromkeys(down for _, down in self.pairs))

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The words of direction that the report itself writes, 持平 among them."""
        return (*self.pairs[0], *self.pairs[1], self.level[0])

    def opposite(self, word: str) -> str:
        """The word for the other direction, of the first pair in which *word* stands."""
        return next(down if word == up else up for up, down in (*self.pairs, *self.spoken) if word in (up, down))


def load_words(path: Path, default: Path) -> Words:
    """Read *path*; what it does not say (or all, where there is no such file) is as in *default*.

    Raises :class:`~workbook.errors.PackError`.
    """
    file = Record.read(path, default)
    kinds, found = get_type_hints(Words), dict[str, Any]()
    for group in file.data:
        record = file.table(group)
        found |= {name: record.value(name, kinds[name]) for name in record.data if name in kinds}
        record.finish()
        for name, least in (("pairs", _PAIR), ("spoken", 0)):
            if record.has(name) and (len(found[name]) < least or any(len(pair) != _PAIR for pair in found[name])):
                raise record.error(f"“{name}”应至少有两对，每对写增、减两个词", name)
    return Words(**found)
