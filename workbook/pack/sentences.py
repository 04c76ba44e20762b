"""``sentences.csv``: with what figures are compared, and the forms of the sentences that say how they moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from workbook.errors import PackError
from workbook.pack.records import read_csv
from workbook.values import dataclass

FILE = "sentences.csv"
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
        if kind not in found:
            raise ValueError("类别应为比较、句式或写法")
        if kind == "写法":
            name, case = kind, name
        if case not in known[kind]:
            raise ValueError(f"没有“{case}”这种情形（{'、'.join(sorted(known[kind]))}）")
        if case in (texts := found[kind].setdefault(name, {})):
            raise ValueError(f"“{case}”重复")
        if unknown := [p for p in PLACEHOLDER.findall(text) if kind == "句式" and p not in _PLACEHOLDERS]:
            raise ValueError(f"没有“{{{unknown[0]}}}”这一项（{'、'.join(sorted(_PLACEHOLDERS))}）")
        texts[case] = text

    read_csv(path, COLUMNS, add)
    for name, record in found["比较"].items():
        if missing := [case for case in (_AGAINST, NO_BASE) if case not in record]:
            raise PackError(path, f"比较“{name}”缺少“{missing[0]}”")
    if not found["写法"]:
        raise PackError(path, f"缺少写法“{_LEVEL_AS_ZERO}”")
    return Sentences(
        {name: ComparisonForm(name, r[_AGAINST], r[NO_BASE], r.get(_SOURCE) == _SAME) for name, r in found["比较"].items()},
        {name: SentenceForm(name, r, any(f"{{{REASON}}}" in text for text in r.values())) for name, r in found["句式"].items()},
        found["写法"]["写法"][_LEVEL_AS_ZERO])
