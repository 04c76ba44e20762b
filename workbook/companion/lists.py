"""The lists of a 底稿: the columns of each and the fields of its records that they hold, for reading, creating, writing back and comparing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from workbook.companion.model import (
    BudgetLine,
    Companion,
    Level,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
    Term,
    Verified,
)
from workbook.companion.verified import VERIFIED
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


def names_of(form: EntryForm | CompanionSheet) -> frozenset[str]:
    """What an entry or a sheet may be called, in that form."""
    return keys(form.label if isinstance(form, EntryForm) else form.name, form.aliases)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a list sheet."""

    id: str
    field: str = ""
    """The attribute of a record that it holds."""
    aliases: tuple[str, ...] = ()
    required: bool = False
    width: float = 14
    choices: tuple[str, ...] = ()
    numeric: bool = False
    locked: bool = False
    """Written by the program: not open for typing."""
    is_money: bool = True
    """Of a numeric column: whether it holds amounts in the sheet's money unit."""

    def names(self) -> frozenset[str]:
        """All names in the form in which headers are compared."""
        return keys(self.id, self.aliases)


class ListForm(NamedTuple):
    """What a list is."""

    attribute: str
    """The attribute of :class:`Companion` that holds its records."""
    record: type
    placed: str
    """The field that knows in which row a record stands."""
    name: str
    """The field by which people know a record; empty: by its number."""
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    """The fields by which a record is told from others; none: by its position."""

    def holds_entry(self, column: Column) -> bool:
        """Whether a record knows the cell of this column."""
        return self.record.__annotations__.get(column.field) == Entry.__name__


LISTS: dict[Role, ListForm] = {
    Role.OVERVIEW: ListForm("overview", OverviewParagraph, "text", "part", (
        Column("部分", "part", ("所属部分", "章节"), width=20),
        Column("级别", "level", ("层级", "标题级别"), width=8, choices=tuple(Level)),
        Column("文字", "text", ("内容", "正文", "段落"), required=True, width=90),
        Column("备注", "remark", ("说明",), width=20),
    )),
    Role.UNITS: ListForm("units", SubordinateUnit, "name", "name", (
        Column("序号", "number", ("编号",), width=8),
        Column("单位名称", "name", ("名称",), required=True, width=40),
        Column("单位性质", "nature", ("性质", "单位类型"), width=26),
    )),
    Role.BUDGET: ListForm("budget", BudgetLine, "amount", "name", (
        Column("功能科目编码", "code", ("科目编码", "编码", "科目代码", "功能分类科目编码"), required=True, width=18),
        Column("科目名称", "name", ("名称", "项目", "功能科目名称"), width=44),
        Column("年初预算数", "amount", ("年初预算", "预算数", "金额"), required=True, width=18, numeric=True),
        Column(USE, "use", ("用途", "主要用途"), width=60),
        Column("预算类别", "fund", ("资金性质", "预算"), width=18),
    ), ("code", "fund")),
    Role.REASONS: ListForm("reasons", Reason, "text", "item", (
        Column("编号", "slot", ("序号", "事项编号"), required=True, width=18, locked=True),
        Column("章节", "section", ("部分",), width=16, locked=True),
        Column("事项", "item", ("内容",), width=26, locked=True),
        Column("本年", "current", ("本年数", "本年决算"), width=12, numeric=True, locked=True),
        Column("对比", "base", ("对比数", "上年数", "基数"), width=12, numeric=True, locked=True),
        Column("增减额", "difference", ("差额", "变动额"), width=12, numeric=True, locked=True),
        Column("增减率", "rate", ("变动率",), width=10, numeric=True, locked=True, is_money=False),
        Column("主要构成", "drivers", ("变动构成",), width=30, locked=True),
        Column("参考草稿", "draft", ("草稿",), width=30, locked=True),
        Column("上年原因", "prior_reason", ("上年变动原因",), width=26, locked=True),
        Column("变动原因", "text", ("原因", "本年原因"), required=True, width=44),
        Column("状态", "status", (), width=10, locked=True),
        Column("提示", "hint", ("问题",), width=26, locked=True),
    ), ("slot",)),
    Role.PROJECTS: ListForm("projects", Project, "name", "name", (
        Column("序号", width=6),
        Column("项目名称", "name", ("名称", "项目"), required=True, width=30),
        Column("预算类别", "fund", ("资金性质", "预算"), width=16),
        Column("自评得分", "score", ("得分", "自评分"), required=True, width=10, numeric=True, is_money=False),
        Column("全年预算数", "adjusted_budget", ("全年预算", "预算数"), width=12, numeric=True),
        Column("执行数", "actual", ("全年执行数",), width=12, numeric=True),
        Column("年初预算数", "initial_budget", ("年初预算",), width=12, numeric=True),
        Column("完成情况综述", "achievement", ("绩效目标完成情况", "完成情况", "自评综述"), width=50),
        Column("发现的主要问题及原因", "problems", ("主要问题及原因", "存在问题"), width=36),
        Column("下一步改进措施", "measures", ("改进措施",), width=36),
        Column("工作表名", "sheet_name", ("自评表", "绩效自评表工作表名", "工作表"), width=20),
    )),
    Role.VERIFIED: ListForm("verified", Verified, "row", "", (
        Column("编号", "code", required=True, width=30, locked=True),
        Column("位置", "place", width=30, locked=True),
        Column("数值", "numbers", width=50, locked=True),
        Column("增减额", "difference", width=12, numeric=True, locked=True),
        Column("核实", "is_given", required=True, width=10, locked=True),
        Column("说明", "note", width=50),
        Column("时间", "when", width=18, locked=True),
    ), ("code", "place")),
    Role.GLOSSARY: ListForm("glossary", Term, "term", "term", (
        Column("术语", "term", ("名词",), required=True, width=30),
        Column("解释", "explanation", ("名词解释", "含义", "说明"), required=True, width=110),
    )),
}


@lru_cache(maxsize=64)
def columns_of(form: CompanionForm, role: Role) -> tuple[Column, ...]:
    """The columns of the list of that *role*; none for a sheet that is no list."""
    sheet = form.sheet(role)
    choices = {
        "部分": tuple(part.name for part in form.parts), "单位性质": form.nature_names, "预算类别": tuple(fund.name for fund in sheet.funds)}
    left_out = {USE} - ({USE} if sheet.uses else set()) | ({"预算类别"} if role is Role.BUDGET and len(sheet.funds) < _SEVERAL else set())
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


def text_fields(role: Role, form: CompanionForm) -> Iterator[str]:
    """The fields of a list's records that hold texts written by people."""
    for column in columns_of(form, role):
        if LISTS[role].holds_entry(column) and not (column.numeric or column.choices or column.field == "sheet_name"):
            yield column.field


def matched(old: Sequence[Record], new: Sequence[Record]) -> tuple[list[tuple[Record | None, Record]], list[Record]]:
    """Each new record with the old one whose row it takes, by key (or position), and the old ones that went."""
    if not any(r.key for r in (*old, *new)):
        return [(old[i] if i < len(old) else None, r) for i, r in enumerate(new)], list(old[len(new) :])
    waiting: dict[str, list[Record]] = {}
    for record in old:
        waiting.setdefault(record.key, []).append(record)
    pairs = [(waiting[r.key].pop(0) if waiting.get(r.key) else None, r) for r in new]
    return pairs, [r for records in waiting.values() for r in records]
