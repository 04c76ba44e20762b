"""Code catalogues: functional (功能分类) and economic (经济分类) classification codes and names."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from workbook.errors import PackError
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
    def _successors(self) -> dict[str, Alias]:
        return {a.old_code: a for a in reversed(self.aliases) if a.new_code != a.old_code}

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How many digits its codes have, shortest first."""
        return tuple(sorted({len(code) for code in self.names}))

    def name(self, code: str) -> str | None:
        """The official name of *code*, or ``None`` when the catalogue has no such code."""
        return self.names.get(code)

    def accepts(self, code: str, name: str) -> bool:
        """Whether *name* is the official or an older official name of *code*."""
        return self.names.get(code) == name or any(
            alias.old_name == name and code in (alias.old_code, alias.new_code) for alias in self.aliases
        )

    def successor(self, code: str) -> Alias | None:
        """The alias that moves the older *code* to a new one, if there is one."""
        return self._successors.get(code)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes one level below *code* (two digits longer), in order."""
        size = len(code) + LEVEL_DIGITS
        return tuple(c for c in self.names if len(c) == size and c.startswith(code))


def read_records(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield ``(line, record)`` of a CSV file of the pack; blank and ``#`` lines are left out."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            if missing := [c for c in columns if c not in header]:
                raise PackError(path, f"缺少列“{'、'.join(missing)}”", 1)
            for fields in reader:
                if not any(fields) or fields[0].startswith("#"):
                    continue
                if len(fields) != len(header):
                    raise PackError(path, f"应有 {len(header)} 列，实有 {len(fields)} 列", reader.line_num)
                yield reader.line_num, dict(zip(header, (f.strip() for f in fields), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PackError(path, f"无法读取（{error}）") from error


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file of the pack.  Raises :class:`PackError` with the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise PackError(path, f"无法读取（{error}）", int(line[1]) if line else None) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(path, f"无法读取（{error}）") from error


def load_catalogue(path: Path, aliases: tuple[Alias, ...] = ()) -> Catalogue:
    """Read a catalogue; every code below a 类 needs its superior."""
    names: dict[str, str] = {}
    for line, record in read_records(path, ("编码", "名称")):
        code, name = record["编码"], record["名称"]
        if not code.isdigit() or len(code) < CLASS_DIGITS or (len(code) - CLASS_DIGITS) % LEVEL_DIGITS:
            raise PackError(path, f"编码“{code}”的长度不对", line)
        if code in names:
            raise PackError(path, f"编码“{code}”重复", line)
        if not name:
            raise PackError(path, f"编码“{code}”没有名称", line)
        if len(code) > CLASS_DIGITS and (superior := code[:-LEVEL_DIGITS]) not in names:
            raise PackError(path, f"编码“{code}”之前没有上级编码“{superior}”", line)
        names[code] = name
    return Catalogue(names, aliases)


def load_aliases(path: Path, category: str) -> tuple[Alias, ...]:
    """The aliases of one *category* (功能 or 经济); no file means no aliases."""
    if not path.exists():
        return ()
    return tuple(
        Alias(r["旧编码"], r["旧名称"], r["新编码"], r["新名称"], r["说明"])
        for _, r in read_records(path, ("类别", "旧编码", "旧名称", "新编码", "新名称", "说明"))
        if r["类别"] == category
    )
