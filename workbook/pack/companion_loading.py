"""Reading the pack's ``companion.toml``; a broken file fails here with the entry and the cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from workbook.errors import PackError
from workbook.pack.catalogue import read_toml
from workbook.pack.companion_form import (
    NAME,
    NATURE,
    PRIOR_FILE,
    TEXTS,
    YEAR,
    Cell,
    CompanionForm,
    CompanionSheet,
    Content,
    EntryForm,
    Fund,
    Group,
    Nature,
    Part,
    Role,
)
from workbook.pack.formula import Every, Term
from workbook.pack.formula_parser import FormulaSyntaxError, Vocabulary, parse_sum

FILE = "companion.toml"
_UNITS = {Content.AMOUNT: "万元", Content.COUNT: "个", Content.YEAR: "年"}
_ENTRY_COLUMNS = 3
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


def load_companion_form(path: Path, vocabulary: Vocabulary, *, is_own: bool = True) -> CompanionForm:
    """Read ``companion.toml``.

    The *vocabulary* tells which cells the published tables have.  Of a file that is not the pack's own (*is_own*), what
    names a cell that this form does not have is left out.  Raises :class:`PackError`.
    """
    return _form(_Record(read_toml(path), "文件", path, vocabulary, is_own))


class _Record:
    """A table of the file; what is asked for by name and type is known, all else is an error."""

    def __init__(self, data: dict[str, Any], where: str, path: Path, vocabulary: Vocabulary, is_own: bool) -> None:
        self.data = data
        self.where = where
        self.path = path
        self.vocabulary = vocabulary
        self.is_own = is_own
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

    def flag(self, key: str) -> bool:
        """``true`` or ``false``."""
        return self._get(key, False, " true 或 false")

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

    def cell(self, key: str) -> Cell | None:
        """A cell of the published tables."""
        return self._cell(key, self.text(key)) if self.has(key) else None

    def cells(self, key: str) -> tuple[Cell, ...]:
        """Such cells, in a list."""
        return tuple(cell for text in self.texts(key) if (cell := self._cell(key, text)) is not None)

    def _cell(self, key: str, text: str) -> Cell | None:
        term = self.term(key, text)
        if term is None:
            return None
        if not isinstance(term.rows, tuple) or not isinstance(term.columns, tuple) or len(term.rows) + len(term.columns) > 2:
            raise self.error(f"“{key}”应是一个单元格，不是“{text}”")
        return Cell(term.table, term.rows[0], term.columns[0])

    def term(self, key: str, text: str) -> Term | None:
        """*text* in the grammar of the check formulas; ``None`` when another pack's file names what this form lacks."""
        try:
            terms = parse_sum(text, self.vocabulary)
        except FormulaSyntaxError as error:
            if not self.is_own:
                return None
            raise self.error(f"“{key}”：{error}") from error
        first = terms[0]
        if len(terms) > 1 or not isinstance(first, Term) or first.constant is not None or first.prior or first.sign < 0:
            raise self.error(f"“{key}”应是公开表的单元格，不是“{text}”")
        return first

    def records(self, kind: str, key: str, make: Callable[[_Record], _T | None]) -> tuple[_T, ...]:
        """The tables ``[[kind]]``, each made into a value (or left out) and told apart by *key*."""
        made: dict[str, _T | None] = {}
        for number, data in enumerate(self.list(kind, dict, "表"), 1):
            record = _Record(data, f"第 {number} 个 [[{kind}]]", self.path, self.vocabulary, self.is_own)
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


def _form(file: _Record) -> CompanionForm:
    natures = file.records("nature", "name", _nature)
    names = tuple(nature.name for nature in natures)
    sheets = file.records("sheet", "name", lambda record: _sheet(record, names))
    groups = file.records("group", "title", _group)
    file.finish()
    entries = [entry for sheet in sheets for entry in sheet.entries]
    ids, roles = [entry.id for entry in entries], [sheet.role for sheet in sheets]
    if twice := _twice(ids):
        raise PackError(file.path, f"项目“{twice}”重复")
    if twice := _twice(role for role in roles if role is not Role.ENTRIES):
        raise PackError(file.path, f"种类为“{twice}”的工作表不止一张")
    if lacking := [required for required in (NAME, NATURE, YEAR, PRIOR_FILE) if required not in ids]:
        raise PackError(file.path, f"缺少项目“{lacking[0]}”（[[sheet.entry]]）")
    if Role.REASONS not in roles:
        raise PackError(file.path, f"缺少种类为“{Role.REASONS}”的工作表")
    titles = {group.title for group in groups}
    if stray := [entry for entry in entries if entry.group and entry.group not in titles]:
        raise PackError(file.path, f"项目“{stray[0].id}”的组“{stray[0].group}”不在 [[group]] 中")
    return CompanionForm(natures, sheets, groups, dict(zip(ids, entries, strict=True)))


def _twice(names: Iterable[str]) -> str:
    seen: set[str] = set()
    return next((name for name in names if name in seen or seen.add(name)), "")  # type: ignore[func-returns-value]  # add gives nothing


def _nature(record: _Record) -> Nature:
    return Nature(record.needed("name"), record.cell("implied_by"))


def _sheet(record: _Record, natures: tuple[str, ...]) -> CompanionSheet:
    name, role = record.needed("name"), record.choice("kind", Role)
    header, widths = record.texts("header"), record.list("widths", int, "整数")
    if role is Role.ENTRIES and not len(header) == len(widths) == _ENTRY_COLUMNS:
        raise record.error(f"header 和 widths 应各有 {_ENTRY_COLUMNS} 项")
    funds, counts = record.records("fund", "name", lambda r: Fund(r.needed("name"), r.texts("aliases"))), record.texts("counts")
    if role is Role.PROJECTS and not funds:
        raise record.error("缺少 [[sheet.fund]]")
    parts = record.records("part", "name", _part)
    if role is Role.OVERVIEW and not parts:
        raise record.error("缺少 [[sheet.part]]")
    numbers = (
        EntryForm(fund.count(column), name, fund.count(column), Content.COUNT, unit=_UNITS[Content.COUNT],
                  title=(f"{fund.name}：" if column == counts[0] else "") + column.removesuffix("数"))
        for fund in funds for column in counts)
    return CompanionSheet(
        name, role, record.texts("aliases"), record.text("guide"), header, record.texts("content"), widths,
        (*record.records("entry", "id", lambda r: _entry(r, name, natures)), *numbers),
        parts, funds, counts, record.text("ask"), _actual(record))


def _actual(record: _Record) -> tuple[str, str]:
    """Sheet and column of ``公开05[每码, 合计]``."""
    term = record.term("actual", record.text("actual")) if record.has("actual") else None
    if term is None:
        return "", ""
    if term.rows is not Every.CODE or not isinstance(term.columns, tuple):
        raise record.error(f"“actual”应写作“表[{Every.CODE}, 列]”")
    return term.table, term.columns[0]


def _entry(record: _Record, sheet: str, natures: tuple[str, ...]) -> EntryForm | None:
    entry_id, content, amount = record.needed("id"), record.choice("kind", Content, Content.LINE), record.cell("amount")
    if record.has("amount") is not record.has("none"):
        raise record.error("amount 和 none 应同时写")
    choices = (natures if entry_id == NATURE else ()) or record.texts("choices")
    if (content is Content.CHOICE) is not bool(choices):
        raise record.error("choice 应有 choices，其他种类不应有")
    label, note, is_text = record.text("label", entry_id), record.text("note"), content is Content.TEXT
    entry = EntryForm(
        entry_id, sheet, label, content, record.texts("aliases"), note, choices, record.flag("required"), record.flag("keep"),
        record.text("group"), record.text("title", label), record.text("hint", "" if is_text else note),
        record.text("placeholder", note if is_text else ""), record.text("unit", _UNITS.get(content, "")),
        record.text("ask"), amount, record.text("none"), record.flag("sentence"), record.text("slot", f"{TEXTS}.{entry_id}"))
    return None if record.has("amount") and amount is None else entry


def _part(record: _Record) -> Part:
    name = record.needed("name")
    return Part(name, record.text("block", name), record.text("ask", name), record.text("title", name), record.text("advice"), record.texts("words"))


def _group(record: _Record) -> Group:
    return Group(
        record.needed("tab"), record.needed("title"), record.text("hint"), record.cells("beside"), record.cell("asked_when"), record.text("shown"))
