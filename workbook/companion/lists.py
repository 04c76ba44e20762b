"""The lists of a 底稿: the columns of each and the fields of its records that they hold.

They serve reading, creating, writing back and comparing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from workbook.companion.model import (
    VERIFIED,
    BudgetLine,
    Column,
    Companion,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
    Term,
    Verified,
)
from workbook.entries import Entry
from workbook.pack.companion_form import CompanionForm, CompanionSheet, EntryForm, Role
from workbook.pack.formula_parser import USE
from workbook.pack.layout import normalise
from workbook.values import dataclass

BLANK_TABLE = "绩效自评表_空白"
"""The blank 项目支出绩效自评表 of every 底稿, to be copied for each project."""
COUNT_HEADER = "预算类别"
"""Heading of the budgets beside their numbers of projects."""
_NOT_VERIFIED = "—"
Content: TypeAlias = "str | Decimal | None"
Cells: TypeAlias = "tuple[Content, ...]"

LONGEST_LABEL = 60
_SEVERAL = 2
_TAIL = re.compile(r"(?:\((?:%|％|元|万元)\)|[_\s:：])")


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """*text* of a label or header as labels of the 底稿 are compared (a long text is no label)."""
    return _TAIL.sub("", normalise(text)) if len(text) <= LONGEST_LABEL else text


@lru_cache(maxsize=512)
def keys(name: str, aliases: tuple[str, ...]) -> frozenset[str]:
    """A name and its aliases in that form."""
    return frozenset(key(n) for n in (name, *aliases))


def names_of(form: EntryForm | CompanionSheet | Column) -> frozenset[str]:
    """What an entry, a sheet or a column may be called, in that form."""
    return keys(form.label if isinstance(form, EntryForm) else form.id if isinstance(form, Column) else form.name, form.aliases)


class ListForm(NamedTuple):
    """What a list is; its columns are those of its record's fields."""

    attribute: str
    """The attribute of :class:`Companion` that holds its records."""
    record: type
    placed: str
    """The field that knows in which row a record stands."""
    name: str
    """The field by which people know a record; empty: by its number."""
    key: tuple[str, ...] = ()
    """The fields by which a record is told from others; none: by its position."""
    first: tuple[Column, ...] = ()
    """A column before those of the fields."""

    @property
    def columns(self) -> Iterator[Column]:
        yield from self.first
        yield from (replace(f.metadata["column"], field=f.name) for f in fields(self.record) if f.metadata)

    def holds_entry(self, column: Column) -> bool:
        """Whether a record knows the cell of this column."""
        return self.record.__annotations__.get(column.field) == Entry.__name__


LISTS: dict[Role, ListForm] = {
    Role.OVERVIEW: ListForm("overview", OverviewParagraph, "text", "part"),
    Role.UNITS: ListForm("units", SubordinateUnit, "name", "name", (), (Column("序号", ("编号",), "number", width=8),)),
    Role.BUDGET: ListForm("budget", BudgetLine, "amount", "name", ("code", "fund")),
    Role.REASONS: ListForm("reasons", Reason, "text", "item", ("slot",)),
    Role.PROJECTS: ListForm("projects", Project, "name", "name", (), (Column("序号", width=6),)),
    Role.VERIFIED: ListForm("verified", Verified, "row", "", ("code", "place")),
    Role.GLOSSARY: ListForm("glossary", Term, "term", "term"),
}


@lru_cache(maxsize=64)
def columns_of(form: CompanionForm, role: Role) -> tuple[Column, ...]:
    """The columns of the list of that *role*; none for a sheet that is no list."""
    sheet = form.sheet(role)
    choices = {
        "部分": tuple(part.name for part in form.parts), "单位性质": form.nature_names,
        "预算类别": tuple(fund.name for fund in sheet.funds)}
    left_out = {USE} - ({USE} if sheet.uses else set()) | (
        {"预算类别"} if role is Role.BUDGET and len(sheet.funds) < _SEVERAL else set())
    columns = [c for c in LISTS[role].columns if c.id not in left_out] if role in LISTS else []
    return tuple(
        replace(c, id=sheet.remark, aliases=(), width=40) if c.field == "nature" and sheet.remark
        else replace(c, choices=choices.get(c.id, c.choices)) for c in columns)


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a list: where it stands (-1: not in a file), what identifies it (empty: its position), its cells, its name."""

    row: int
    key: str
    cells: Cells
    name: str


def list_records(role: Role, companion: Companion) -> list[Record]:
    """The records of the list of that *role*, as rows of plain cells."""
    if role not in LISTS:
        return []
    form, columns = LISTS[role], columns_of(companion.form, role)
    return [
        Record(
            _row_of(getattr(one, form.placed)), "|".join(getattr(one, field) for field in form.key),
            tuple(_content(one, column, number) for column in columns), words_of(getattr(one, form.name)) if form.name else "")
        for number, one in enumerate(getattr(companion, form.attribute), 1)]


def _row_of(place: Entry | int) -> int:
    return place if isinstance(place, int) else place.ref.row if place.ref else -1


def _content(record: Any, column: Column, number: int) -> Content:
    if not column.field:
        return Decimal(number)
    value = getattr(record, column.field)
    if isinstance(value, Entry):
        return plain(value)
    if isinstance(value, bool):
        return VERIFIED if value else _NOT_VERIFIED
    if value is None or isinstance(value, Decimal):
        return value
    return str(value) or (str(number) if column.field == "number" else column.choices[0] if column.field == "fund" else None)


def plain(entry: Entry) -> Content:
    """An entry's number, else its text, else nothing."""
    return entry.value if entry.value is not None else entry.text or None


def words_of(content: Entry | Content) -> str:
    """The content of a cell in words."""
    content = plain(content) if isinstance(content, Entry) else content
    return f"{content.normalize():f}" if isinstance(content, Decimal) else content or ""


def matched(old: Sequence[Record], new: Sequence[Record]) -> tuple[list[tuple[Record | None, Record]], list[Record]]:
    """Each new record with the old one whose row it takes, by key (or position), and the old ones that went."""
    if not any(r.key for r in (*old, *new)):
        return [(old[i] if i < len(old) else None, r) for i, r in enumerate(new)], list(old[len(new) :])
    waiting: dict[str, list[Record]] = {}
    for record in old:
        waiting.setdefault(record.key, []).append(record)
    pairs = [(waiting[r.key].pop(0) if waiting.get(r.key) else None, r) for r in new]
    return pairs, [r for records in waiting.values() for r in records]
