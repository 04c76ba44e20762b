"""The files of a pack as records: lines of CSV files, tables of TOML files; what is wrong names file, line and cause."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from workbook.errors import PackError

_T = TypeVar("_T")
_NEEDED: Any = object()
_KINDS: dict[Any, tuple[type | tuple[type, ...], str]] = {
    str: (str, "文字"), bool: (bool, " true 或 false"), int: (int, "整数"), float: ((int, float), "数"), dict: (dict, "表"),
    list: (list, "列表"),
    Decimal: ((str, int, float), "不小于 0 的数"),
}
"""What the values of a type are in the file, and how that is called."""
_LISTED = 10
Kinds = Mapping[Any, Callable[["Record", str, str], Any]]
"""How a text of a file becomes a value of some type, by record and key; ``None``: it is left out."""


def read_csv(
    path: Path, columns: tuple[str, ...], make: Callable[[Mapping[str, str], int], _T | None], *, unique: str = "",
    needed: Collection[str] = (), choices: Mapping[str, Iterable[str]] = MappingProxyType({}),
    skip: type[ValueError] | tuple[()] = (),
) -> tuple[_T, ...]:
    """What *make* makes of each record (its fields by column) and its line; blank and ``#`` lines are left out.

    Columns that are *needed* must not be empty, others hold one of some *choices*.
    Left out is also what *make* refuses with *skip*: where a pack uses the default one's file, what names what it does
    not have.

    Raises :class:`PackError` with the line, and those of further faults: of a record that lacks columns, that has nothing
    or the same as another in the column *unique*, or that *make* refuses with a ``ValueError``.
    """
    found: list[_T | None] = []
    faults: list[tuple[int, str]] = []
    seen: set[str] = {""}
    for line, record in _csv_lines(path, columns):
        key = record.get(unique, str(line))
        try:
            if key in seen:
                raise ValueError(f"{unique}{f'“{key}”重复' if key else '是空的'}")  # noqa: TRY301  # as make says what is wrong
            seen.add(key)
            _check(record, needed, choices)
            found.append(make(record, line))
        except skip:
            continue
        except ValueError as error:
            faults.append((line, f"{columns[0]}“{record[columns[0]]}”：{error}"))
    if faults:
        (line, cause), others = faults[0], [str(line) for line, _ in faults[1:]]
        more = f"；还有 {len(others)} 处不对：第 {'、'.join(others[:_LISTED])} {'等' if len(others) > _LISTED else ''}行" if others else ""
        raise PackError(path, cause + more, line)
    return tuple(value for value in found if value is not None)


def _check(record: Mapping[str, str], needed: Collection[str], choices: Mapping[str, Iterable[str]]) -> None:
    if missing := [column for column in needed if not record[column]]:
        raise ValueError(f"没有写{missing[0]}")
    for column, words in choices.items():
        if record[column] not in (usable := list(map(str, words))):
            raise ValueError(f"{column}不能是“{record[column]}”（可用的有：{'、'.join(word or '空白' for word in usable)}）")


def _csv_lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
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
                    raise PackError(
                        path, f"应有 {len(header)} 列，实有 {len(fields)} 列，含逗号的一格要用英文双引号括起来（“{fields[0]}”一行）", reader.line_num)
                yield reader.line_num, dict(zip(header, (f.strip() for f in fields), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> PackError:
    line = re.search(r"line (\d+)", str(error))
    if isinstance(error, FileNotFoundError):
        cause = "不存在"
    elif isinstance(error, UnicodeDecodeError):
        cause = "不是 UTF-8 编码，请用 Excel、WPS 另存为“CSV UTF-8”，或在文本编辑器里存成 UTF-8"
    elif isinstance(error, OSError):
        cause = f"无法读取（{error}）"
    else:
        where = "这里或前一行" if line else "到文件末尾"
        cause = f"{where}的写法不对，看引号、括号、逗号是不是成对、齐全（{error}）"
    return PackError(path, cause, int(line[1]) if line else None)


class Record:
    """A table of a TOML file; what is asked for by name and type is known, all else is an error."""

    def __init__(
        self, path: Path, data: Mapping[str, Any], lines: list[str], kinds: Kinds,
        where: str = "", first: int = 0, *, own: bool = True
    ) -> None:
        """*where* names the table in errors, *first* is its first line (0-based) in those of the file.

        The file may not be the pack's *own*.
        """
        self.path, self.data, self.kinds, self.where, self.first, self.own = path, data, kinds, where, first, own
        self._lines = lines
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path, default: Path | None = None, kinds: Kinds = MappingProxyType({}), *, own: bool = True) -> Record:
        """The file; what its tables leave out (or all, where there is no such file) is as in the file *default*."""
        import tomllib

        if default is not None and not path.is_file():
            path, default, own = default, None, False
        try:
            text = path.read_text(encoding="utf-8-sig")
            data = tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        file = cls(path, data, text.splitlines(), kinds, own=own)
        if default is not None and default != path:
            standard = cls.read(default).data
            file.data = {name: ChainMap(dict(file.table(name).data), standard.get(name, {})) for name in {**standard, **data}}
        return file

    def error(self, cause: str, word: str = "") -> PackError:
        """The error to raise: *cause* in this table, in its line that holds *word* (a key, if it is one)."""
        lines = list(enumerate(self._lines[self.first :], self.first + 1))
        holds: tuple[Callable[[str], bool], ...] = (lambda text: f"{word} =" in text, lambda text: word in text) if word else ()
        found = next(
            (number for test in holds for number, text in lines if not text.startswith("#") and test(text)), self.first + 1)
        return PackError(self.path, f"{self.where}：{cause}" if self.where else cause, found)

    def has(self, key: str) -> bool:
        return key in self.data

    def is_own(self, key: str) -> bool:
        """Whether the pack's own file does, not the default one."""
        return self.own and key in (self.data.maps[0] if isinstance(self.data, ChainMap) else self.data)

    def value(self, key: str, kind: Any, default: Any = _NEEDED) -> Any:
        """What the table says under *key*, as a value of the type *kind*; without *default* it must say something."""
        self._asked.add(key)
        if key not in self.data and default is not _NEEDED:
            return default
        found = self._typed(key, self.data.get(key), kind)
        if default is _NEEDED and found == "":
            raise self.error(f"缺少“{key}”", key)
        return found

    def _typed(self, key: str, value: Any, kind: Any) -> Any:
        if value is None:
            raise self.error(f"缺少“{key}”")
        if (many := get_origin(kind)) is UnionType:  # or nothing
            return self._typed(key, value, get_args(kind)[0])
        if kind in self.kinds:
            return self.kinds[kind](self, key, self._typed(key, value, str))
        if many in (tuple, frozenset):
            of = get_args(kind)[0]
            if not isinstance(value, list) or "" in value or [] in value:
                raise self.error(f"“{key}”应是{_name(of)}的列表", key)
            return many(found for one in value if (found := self._typed(key, one, of)) is not None)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            if value not in list(kind):
                raise self.error(f"“{key}”不能是“{value}”（可用的有：{'、'.join(kind)}）", key)
            return kind(value)
        types, words = _KINDS[many or kind]
        fits: bool = isinstance(value, types) and (kind is bool or not isinstance(value, bool))
        if not fits:
            raise self.error(f"“{key}”应是{words}", key)
        if kind is Decimal and not re.fullmatch(r"\d+(?:\.\d+)?", str(value)):
            raise self.error(f"“{key}”应是{words}，实为“{value}”", key)
        return kind(value if kind is not Decimal else str(value)) if kind in (float, Decimal) else value

    def text(self, key: str, default: str = "") -> str:
        """A text; empty where there is none."""
        return str(self.value(key, str, default))

    def needed(self, key: str) -> str:
        """A text that must be there."""
        return str(self.value(key, str))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self.value(key, tuple[str, ...], ()))

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """One of some words."""
        if (word := str(self.value(key, str))) not in choices:
            raise self.error(f"“{key}”不能是“{word}”（可用的有：{'、'.join(choices)}）", key)
        return word

    def make(self, cls: type[_T], **given: Any) -> _T:
        """A *cls* of what the table states, each field by its name and type; *given* are those that are made otherwise."""
        of: Any = cls
        stated = {name: self.value(name, kind, default) for name, kind, default in _fields(of) if name not in given}
        made = cls(**stated, **given)
        self.finish()
        return made

    def check_patterns(self, made: object, **patterns: str) -> None:
        """Refuse fields of what was *made* that name in braces what is not among the names allowed (joined by ``、``)."""
        for field, names in patterns.items():
            try:
                getattr(made, field).format_map(dict.fromkeys(names.split("、"), 0))
            except (LookupError, ValueError) as error:
                listed = "、".join(f"{{{name}}}" for name in names.split("、"))
                raise self.error(f"“{field}”中只能用 {listed}", getattr(made, field)) from error

    def table(self, key: str) -> Record:
        head = f"[{key}]"
        first = next((n for n, line in enumerate(self._lines) if line.strip() == head), self.first)
        self._asked.add(key)
        if not isinstance(data := self.data.get(key, {}), Mapping):
            raise self.error(f"“{key}”应写成 {head} 一节", key)
        return Record(self.path, data, self._lines, self.kinds, head, first, own=self.own)

    def records(self, kind: str, key: str, make: type[_T] | Callable[[Record], _T | None], above: str = "") -> tuple[_T, ...]:
        """The tables ``[[kind]]`` (below the table *above*), each made into a value or left out.

        They are told apart by *key* if it is given.
        *make* is a class for :meth:`make`, or makes the value.
        """
        head = f"[[{f'{above}.' if above else ''}{kind}]]"
        starts = (n for n, line in enumerate(self._lines[self.first :], self.first) if line.strip() == head)
        made: list[_T | None] = []
        seen: set[str] = set()
        for number, data in enumerate(self.value(kind, tuple[dict[str, Any], ...], ()), 1):
            record = Record(
                self.path, data, self._lines, self.kinds, f"第 {number} 个 [[{kind}]]",
                next(starts, self.first), own=self.is_own(kind))
            if key:
                name = record.needed(key)
                record.where = f"[[{kind}]] “{name}”"
                if name in seen:
                    raise record.error("重复", key)
                seen.add(name)
            made.append(record.make(make) if isinstance(make, type) else make(record))
            record.finish()
        return tuple(value for value in made if value is not None)

    def finish(self) -> None:
        """All of the table must have been asked for."""
        if unknown := [key for key in self.data if key not in self._asked]:
            raise self.error(f"不认识“{unknown[0]}”", unknown[0])


def _name(kind: Any) -> str:
    many = get_origin(kind)
    return f"{_name(get_args(kind)[0])}的列表" if many in (tuple, frozenset) else _KINDS.get(many or kind, _KINDS[str])[1].strip()


@cache
def _fields(cls: Any) -> tuple[tuple[str, Any, Any], ...]:
    """The fields of a named tuple or dataclass: name, type, default."""
    if dataclasses.is_dataclass(cls):
        defaults = {f.name: f.default for f in dataclasses.fields(cls) if f.default is not dataclasses.MISSING}
    else:
        defaults = getattr(cls, "_field_defaults", {})
    hints = get_type_hints(cls)
    return tuple((name, kind, defaults.get(name, _NEEDED)) for name, kind in hints.items())
