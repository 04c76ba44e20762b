"""Tables of the pack's TOML files, read key by key: what is asked for has its type, all else is an error."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from workbook.errors import PackError

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


class Record:
    """A table of the file; what is asked for by name and type is known, all else is an error."""

    def __init__(self, path: Path, data: dict[str, Any], where: str = "文件") -> None:
        self.path = path
        self.data = data
        self.where = where
        self._asked: set[str] = set()

    def error(self, cause: str) -> PackError:
        """The error to raise: *cause* in this table."""
        return PackError(self.path, f"{self.where}：{cause}")

    def has(self, key: str) -> bool:
        """Whether the table states *key*."""
        return key in self.data

    def _get(self, key: str, default: _T, kind: str) -> _T:
        self._asked.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, type(default)):
            raise self.error(f"“{key}”应是{kind}")
        return value

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        return self._get(key, default, "文字")

    def needed(self, key: str) -> str:
        """A text that must be there."""
        return self.text(key) or self._lacks(key)

    def _lacks(self, key: str) -> str:
        raise self.error(f"缺少“{key}”")

    def pattern(self, key: str, default: str, **values: object) -> str:
        """A text that may name in braces what is among *values*."""
        text = self.text(key, default)
        try:
            text.format_map(values)
        except (KeyError, IndexError, ValueError) as error:
            raise self.error(f"“{key}”中只能用 {'、'.join(f'{{{name}}}' for name in values)}") from error
        return text

    def flag(self, key: str, *, standard: bool = False) -> bool:
        """``true`` or ``false``."""
        return self._get(key, standard, " true 或 false")

    def list(self, key: str, kind: type[_T], words: str) -> tuple[_T, ...]:
        """A list of values of one *kind*."""
        values: list[_T] = self._get(key, [], f"{words}的列表")
        if not all(isinstance(value, kind) for value in values):
            raise self.error(f"“{key}”应是{words}的列表")
        return tuple(values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return self.list(key, str, "文字")

    def choice(self, key: str, kind: type[_E], default: str = "") -> _E:
        """One of the words of *kind*."""
        word = self.text(key, str(default))
        if word not in set(kind):
            raise self.error(f"“{key}”不能是“{word}”（可用的有：{'、'.join(kind)}）")
        return kind(word)

    def table(self, key: str) -> Record:
        """The table ``[key]``."""
        return Record(self.path, self._get(key, {}, "表"), f"[{key}]")

    def records(self, kind: str, key: str, make: Callable[[Record], _T | None]) -> tuple[_T, ...]:
        """The tables ``[[kind]]``, each made into a value (or left out) and told apart by *key*."""
        made: dict[str, _T | None] = {}
        for number, data in enumerate(self.list(kind, dict, "表"), 1):
            record = Record(self.path, data, f"第 {number} 个 [[{kind}]]")
            name = record.needed(key)
            record.where = f"[[{kind}]] “{name}”"
            if name in made:
                raise record.error("重复")
            made[name] = make(record)
            record.finish()
        return tuple(value for value in made.values() if value is not None)

    def finish(self) -> None:
        """All of the table must have been asked for."""
        if unknown := [key for key in self.data if key not in self._asked]:
            raise self.error(f"不认识“{unknown[0]}”")
