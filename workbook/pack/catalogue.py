"""Code catalogues: functional (功能分类) and economic (经济分类) classification codes and names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from workbook.pack.records import read_csv
from workbook.values import dataclass

CLASS_DIGITS, LEVEL_DIGITS = 3, 2
"""Digits of a 类, and of each level below it (政府收支分类科目: 类 3, 款 5, 项 7)."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A code that was renamed or moved: what an older workbook may still use."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    remark: str


@dataclass(frozen=True)
class Catalogue:
    """Names by code, plus the older codes and names that stand for them."""

    names: dict[str, str]
    aliases: tuple[Alias, ...]

    @cached_property
    def successors(self) -> dict[str, Alias]:
        """Older code → the alias that moves it to a new one."""
        return {a.old_code: a for a in reversed(self.aliases) if a.new_code != a.old_code}

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How many digits its codes have, shortest first."""
        return tuple(sorted({len(code) for code in self.names}))

    def name(self, code: str) -> str | None:
        """The official name of *code*, or ``None`` when the catalogue has no such code."""
        return self.names.get(code)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes one level below *code* (two digits longer), in order."""
        size = len(code) + LEVEL_DIGITS
        return tuple(c for c in self.names if len(c) == size and c.startswith(code))


def load_catalogue(path: Path, aliases: tuple[Alias, ...] = ()) -> Catalogue:
    """Read a catalogue; every code below a 类 needs its superior."""
    names: dict[str, str] = {}

    def add(record: Mapping[str, str], _line: int) -> None:
        code, name = record["编码"], record["名称"]
        if not code.isdigit() or len(code) < CLASS_DIGITS or (len(code) - CLASS_DIGITS) % LEVEL_DIGITS:
            raise ValueError("长度不对")
        if len(code) > CLASS_DIGITS and (superior := code[:-LEVEL_DIGITS]) not in names:
            raise ValueError(f"之前没有上级编码“{superior}”")
        names[code] = name

    read_csv(path, ("编码", "名称"), add, unique="编码", needed=("名称",))
    return Catalogue(names, aliases)


def load_aliases(path: Path, category: str) -> tuple[Alias, ...]:
    """The aliases of one *category* (功能 or 经济); no file means no aliases."""
    columns = ("旧编码", "旧名称", "新编码", "新名称", "说明")
    if not path.exists():
        return ()
    return read_csv(path, ("类别", *columns), lambda r, _: Alias(*(r[c] for c in columns)) if r["类别"] == category else None)
