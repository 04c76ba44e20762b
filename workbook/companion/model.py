"""The 底稿 as frozen values.  Amounts are in 万元; every entry knows the cell it was read from, every field its column.

Change a 底稿 by :func:`dataclasses.replace` (or :meth:`Companion.with_text`) and write it back with
:func:`workbook.companion.update.update_companion`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, fields, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from workbook.companion.tables import CompanionTable, budget_table, number_table, project_table
from workbook.entries import BLANK, Entry
from workbook.pack.companion_form import (
    NAME,
    NATURE,
    OVERVIEW_FILE,
    PRIOR_FILE,
    YEAR,
    CompanionForm,
    Content,
    Fund,
    Role,
)
from workbook.pack.formula import BUDGET, COMPANION, PROJECTS
from workbook.pack.formula_parser import USE
from workbook.performance.model import PerformanceTable
from workbook.reading.tables import Table
from workbook.values import dataclass

VERIFIED = "已核实"
OLD_TEXT_MARK = "上年文字，请更新"
"""Remark beside a text that was rolled forward from last year."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a list sheet."""

    id: str
    aliases: tuple[str, ...] = ()
    field: str = ""
    """The attribute of a record that it holds."""
    required: bool = False
    width: float = 14
    choices: tuple[str, ...] = ()
    numeric: bool = False
    locked: bool = False
    """Written by the program: not open for typing."""
    is_money: bool = True
    """Of a numeric column: whether it holds amounts in the sheet's money unit."""


def column(title: str, *aliases: str, **about: Any) -> dict[str, Column]:
    """The metadata of a record's field: the column with this *title* (or one of *aliases*) that holds it."""
    return {"column": Column(title, aliases, **about)}


def title_of(record: type, name: str) -> str:
    """The title of the column that holds a field."""
    return next(str(f.metadata["column"].id) for f in fields(record) if f.name == name)


class Level(StrEnum):
    """Level of a paragraph of 概况文字."""

    BODY = "正文"
    FIRST = "一级"
    SECOND = "二级"
    THIRD = "三级"


@dataclass(frozen=True, slots=True)
class OverviewParagraph:
    """A paragraph of part one: of one of the form's :class:`~workbook.pack.companion_form.Part`."""

    part: str = field(metadata=column("部分", "所属部分", "章节", width=20))
    level: Level = field(metadata=column("级别", "层级", "标题级别", width=8, choices=tuple(Level)))
    text: Entry = field(metadata=column("文字", "内容", "正文", "段落", required=True, width=90))
    remark: str = field(default="", metadata=column("备注", "说明", width=20))


@dataclass(frozen=True, slots=True)
class SubordinateUnit:
    """A unit within the accounts (所属单位), with its nature or what the form wants remarked instead."""

    name: Entry = field(metadata=column("单位名称", "名称", required=True, width=40))
    nature: Entry = field(default=BLANK, metadata=column("单位性质", "性质", "单位类型", width=26))
    number: str = ""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """年初预算 of one functional code, in 万元; what the money is for and which budget it belongs to, in forms that state it."""

    code: str = field(metadata=column("功能科目编码", "科目编码", "编码", "科目代码", "功能分类科目编码", required=True, width=18))
    name: str = field(metadata=column("科目名称", "名称", "项目", "功能科目名称", width=44))
    amount: Entry = field(metadata=column("年初预算数", "年初预算", "预算数", "金额", required=True, width=18, numeric=True))
    use: Entry = field(default=BLANK, metadata=column(USE, "用途", "主要用途", width=60))
    fund: str = field(default="", metadata=column("预算类别", "资金性质", "预算", width=18))


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of 变动原因.  Only ``text`` is filled in by people; the program writes the rest.

    Amounts in 万元: this year's, what it is compared with (last year's, or the budget), the difference, signed; the rate in
    per cent, ``None`` when the base is zero.
    """

    slot: str = field(metadata=column("编号", "序号", "事项编号", required=True, width=18, locked=True))
    section: str = field(default="", metadata=column("章节", "部分", width=16, locked=True))
    item: str = field(default="", metadata=column("事项", "内容", width=26, locked=True))
    current: Decimal | None = field(default=None, metadata=column("本年", "本年数", "本年决算", width=12, numeric=True, locked=True))
    base: Decimal | None = field(default=None, metadata=column("对比", "对比数", "上年数", "基数", width=12, numeric=True, locked=True))
    difference: Decimal | None = field(default=None, metadata=column("增减额", "差额", "变动额", width=12, numeric=True, locked=True))
    rate: Decimal | None = field(
        default=None, metadata=column("增减率", "变动率", width=10, numeric=True, locked=True, is_money=False))
    drivers: str = field(default="", metadata=column("主要构成", "变动构成", width=30, locked=True))
    draft: str = field(default="", metadata=column("参考草稿", "草稿", width=30, locked=True))
    prior_reason: str = field(default="", metadata=column("上年原因", "上年变动原因", width=26, locked=True))
    text: Entry = field(default=BLANK, metadata=column("变动原因", "原因", "本年原因", required=True, width=44))
    status: str = field(default="", metadata=column("状态", width=10, locked=True))
    hint: str = field(default="", metadata=column("提示", "问题", width=26, locked=True))

    @property
    def is_given(self) -> bool:
        return bool(self.text.text.strip())


@dataclass(frozen=True, slots=True)
class Project:
    """One row of 绩效自评 (which of the form's budgets it is paid from; amounts in 万元), and its table."""

    name: Entry = field(metadata=column("项目名称", "名称", "项目", required=True, width=30))
    fund: str = field(default="", metadata=column("预算类别", "资金性质", "预算", width=16))
    score: Entry = field(
        default=BLANK, metadata=column("自评得分", "得分", "自评分", required=True, width=10, numeric=True, is_money=False))
    adjusted_budget: Entry = field(default=BLANK, metadata=column("全年预算数", "全年预算", "预算数", width=12, numeric=True))
    actual: Entry = field(default=BLANK, metadata=column("执行数", "全年执行数", width=12, numeric=True))
    initial_budget: Entry = field(default=BLANK, metadata=column("年初预算数", "年初预算", width=12, numeric=True))
    achievement: Entry = field(default=BLANK, metadata=column("完成情况综述", "绩效目标完成情况", "完成情况", "自评综述", width=50))
    problems: Entry = field(default=BLANK, metadata=column("发现的主要问题及原因", "主要问题及原因", "存在问题", width=36))
    measures: Entry = field(default=BLANK, metadata=column("下一步改进措施", "改进措施", width=36))
    sheet_name: Entry = field(default=BLANK, metadata=column("工作表名", "自评表", "绩效自评表工作表名", "工作表", width=20))
    table: PerformanceTable | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary (名词解释)."""

    term: Entry = field(metadata=column("术语", "名词", required=True, width=30))
    explanation: Entry = field(metadata=column("解释", "名词解释", "含义", "说明", required=True, width=110))


@dataclass(frozen=True, slots=True)
class Verified:
    """One row of 核实记录: the numbers with which somebody looked at a finding or wrote a reason, and whether it was found right.

    With other *numbers* than stood there then, the mark is none.
    """

    code: str = field(metadata=column("编号", required=True, width=30, locked=True))
    """Of the check formula, rule or slot."""
    place: str = field(metadata=column("位置", width=30, locked=True))
    numbers: str = field(metadata=column("数值", width=50, locked=True))
    difference: Decimal | None = field(default=None, metadata=column("增减额", width=12, numeric=True, locked=True))
    """Of a reason, when it was written, 万元."""
    is_given: bool = field(default=False, metadata=column("核实", required=True, width=10, locked=True))
    note: str = field(default="", metadata=column("说明", width=50))
    when: str = field(default="", metadata=column("时间", width=18, locked=True))
    row: int = -1
    """Where it stands in the file."""


@dataclass(frozen=True)
class Companion:
    """A 底稿 as read, or as it is to be written."""

    path: Path
    form: CompanionForm = field(compare=False)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """The labelled entries by id; see :meth:`text`."""
    overview: tuple[OverviewParagraph, ...] = ()
    units: tuple[SubordinateUnit, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    prior: Mapping[str, Table] = field(default_factory=dict)
    """上年决算 as kept in the 底稿: usable as ``View.prior``; empty when the sheet holds none."""
    prior_year: int | None = None
    reasons: tuple[Reason, ...] = ()
    projects: tuple[Project, ...] = ()
    unlisted: tuple[PerformanceTable, ...] = ()
    """Tables in the 底稿 that no row of 绩效自评 names."""
    glossary: tuple[Term, ...] = ()
    verified: tuple[Verified, ...] = ()
    sha256: str = ""
    """Hash of the file's bytes when it was read (empty: not read from a file)."""
    trusted: frozenset[Path] = field(default=frozenset(), compare=False)
    """Files elsewhere that the user chose himself."""

    @classmethod
    def new(cls, path: Path, form: CompanionForm, unit: str, year: int | None) -> Companion:
        """A 底稿 in which only unit and year are filled in."""
        return cls(path, form, {NAME: Entry.of(unit), YEAR: Entry.of(year)})

    def text(self, entry_id: str) -> Entry:
        """The labelled entry with this id in the pack's ``companion.toml``; blank where it is not filled in."""
        return self.entries.get(entry_id, BLANK)

    def with_text(self, entry_id: str, entry: Entry) -> Companion:
        return replace(self, entries={**self.entries, entry_id: entry})

    @property
    def unit_name(self) -> str:
        return self.text(NAME).text

    @property
    def nature(self) -> str:
        return self.text(NATURE).text

    @property
    def year(self) -> int | None:
        value = self.text(YEAR).value
        return int(value) if value is not None else None

    def reason(self, slot: str) -> Reason | None:
        return next((r for r in self.reasons if r.slot == slot), None)

    def paragraphs(self, part: str) -> tuple[OverviewParagraph, ...]:
        return tuple(p for p in self.overview if p.part == part)

    def prior_workbook(self) -> Path | None:
        """Where last year's workbook is, by the path given in 单位信息; ``None`` when none is given that may be read."""
        return self._beside(PRIOR_FILE)

    def overview_file(self) -> Path | None:
        """Where the Word file with the texts of part one is; ``None`` when none is given that may be read."""
        return self._beside(OVERVIEW_FILE)

    def named_file(self, entry_id: str) -> Path | None:
        """The file that an entry names, wherever it is; ``None`` for an entry that names none."""
        form = self.form.entries.get(entry_id)
        if form is None or form.content is not Content.FILE:
            return None
        text = self.text(entry_id).text.replace("\\", "/")
        return Path(os.path.normpath(self.path.parent / text)) if text else None

    def _beside(self, entry_id: str) -> Path | None:
        """The file that an entry names, where it may be read: below the 底稿's own folder, or chosen by the user.

        A 底稿 may come from somebody else: it must not put any Word file of this machine into a report, nor reach for a server.
        """
        path = self.named_file(entry_id)
        is_below = path is not None and path.is_relative_to(os.path.normpath(self.path.parent))
        return path if is_below or path in self.trusted else None

    def elsewhere(self) -> tuple[Entry, ...]:
        """The entries that name a file which is not read, because it is elsewhere."""
        return tuple(
            self.text(name) for name in self.entries if self.named_file(name) is not None and self._beside(name) is None)

    def stated(self) -> tuple[object, ...]:
        """What check formulas look at: two 底稿 that are the same in it are checked alike."""
        amounts = tuple((p.fund, p.score, p.adjusted_budget, p.actual, p.initial_budget) for p in self.projects)
        return (self.nature, tuple(map(self.text, self.form.numbers)), self.budget, amounts)

    def tables(self) -> dict[str, CompanionTable]:
        """What formulas, figures and drivers name: ``底稿``, ``年初预算`` and ``绩效自评``; blank numbers are absent."""
        budgets = self.form.sheet(Role.BUDGET).budgets or ((BUDGET, Fund("")),)
        first = budgets[0][1].name
        return {
            COMPANION: number_table(
                self.path, {name: self.text(name) for name in self.form.numbers}, self.form.units, self.form.optional),
            **{table: budget_table(self.path, table, [b for b in self.budget if (b.fund or first) == fund.name])
                for table, fund in budgets},
            PROJECTS: project_table(self.path, ((p.fund, {
                f.metadata["column"].id: getattr(p, f.name)
                for f in fields(Project) if f.type == "Entry" and f.name != "sheet_name"})
                for p in self.projects)),
        }
