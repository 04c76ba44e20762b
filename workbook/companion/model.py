"""The 底稿 as frozen values.  Amounts are in 万元; every entry knows the cell it was read from.

Change a 底稿 by :func:`dataclasses.replace` (or :meth:`Companion.with_text`) and write it back with
:func:`workbook.companion.update.update_companion`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from workbook.companion.tables import NAME as PROJECT_NAME
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
from workbook.performance.model import PerformanceTable
from workbook.reading.tables import Table
from workbook.values import dataclass

OLD_TEXT_MARK = "上年文字，请更新"
"""Remark beside a text that was rolled forward from last year."""


class Level(StrEnum):
    """Level of a paragraph of 概况文字."""

    BODY = "正文"
    FIRST = "一级"
    SECOND = "二级"
    THIRD = "三级"


@dataclass(frozen=True, slots=True)
class OverviewParagraph:
    """A paragraph of part one."""

    part: str
    """Name of one of the form's :class:`~workbook.pack.companion_form.Part`."""
    level: Level
    text: Entry
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SubordinateUnit:
    """A unit within the accounts (所属单位)."""

    name: Entry
    nature: Entry = BLANK
    """单位性质, or what the form wants remarked instead."""
    number: str = ""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """年初预算 of one functional code."""

    code: str
    name: str
    amount: Entry
    """万元."""
    use: Entry = BLANK
    """What the money is for, in a form that states it."""
    fund: str = ""
    """Which of the form's budgets it belongs to, in a form that has several."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of 变动原因.  Only ``text`` is filled in by people; the program writes the rest."""

    slot: str
    """编号: stable id of the place in the report."""
    section: str = ""
    item: str = ""
    current: Decimal | None = None
    """本年, 万元."""
    base: Decimal | None = None
    """对比, 万元 (last year's, or the budget)."""
    difference: Decimal | None = None
    """增减额, 万元, signed."""
    rate: Decimal | None = None
    """增减率, per cent, signed; ``None`` when the base is zero."""
    drivers: str = ""
    """主要构成."""
    draft: str = ""
    """参考草稿."""
    prior_reason: str = ""
    """上年原因."""
    text: Entry = BLANK
    """变动原因."""
    status: str = ""
    hint: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.text.text.strip())


@dataclass(frozen=True, slots=True)
class Project:
    """One row of 绩效自评, and its table."""

    name: Entry
    fund: str = ""
    """Which of the form's budgets it is paid from."""
    score: Entry = BLANK
    """自评得分."""
    adjusted_budget: Entry = BLANK
    """全年预算数, 万元."""
    actual: Entry = BLANK
    """执行数, 万元."""
    initial_budget: Entry = BLANK
    """年初预算数, 万元."""
    achievement: Entry = BLANK
    """完成情况综述."""
    problems: Entry = BLANK
    """发现的主要问题及原因."""
    measures: Entry = BLANK
    """下一步改进措施."""
    sheet_name: Entry = BLANK
    """工作表名 of its 项目支出绩效自评表."""
    table: PerformanceTable | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary (名词解释)."""

    term: Entry
    explanation: Entry


@dataclass(frozen=True, slots=True)
class Verified:
    """One row of 核实记录: the numbers with which somebody looked at a finding or wrote a reason, and whether it was found right."""

    code: str
    """编号 of the check formula, rule or slot."""
    place: str
    """The cells of the finding."""
    numbers: str
    """What stood there then: with other numbers the mark is none."""
    difference: Decimal | None = None
    """Of a reason: 增减额 when it was written, 万元."""
    is_given: bool = False
    """Whether it was marked as 已核实."""
    note: str = ""
    when: str = ""
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
        return tuple(self.text(name) for name in self.entries if self.named_file(name) is not None and self._beside(name) is None)

    def stated(self) -> tuple[object, ...]:
        """What check formulas look at: two 底稿 that are the same in it are checked alike."""
        amounts = tuple((p.fund, p.score, p.adjusted_budget, p.actual, p.initial_budget) for p in self.projects)
        return (self.nature, tuple(map(self.text, self.form.numbers)), self.budget, amounts)

    def _budget_tables(self) -> dict[str, CompanionTable]:
        budgets = self.form.sheet(Role.BUDGET).budgets or ((BUDGET, Fund("")),)
        first = budgets[0][1].name
        return {table: budget_table(self.path, table, [b for b in self.budget if (b.fund or first) == fund.name]) for table, fund in budgets}

    def tables(self) -> dict[str, CompanionTable]:
        """What formulas, figures and drivers name: ``底稿``, ``年初预算`` and ``绩效自评``; blank numbers are absent."""
        return {
            COMPANION: number_table(self.path, {name: self.text(name) for name in self.form.numbers}, self.form.units, self.form.optional),
            **self._budget_tables(),
            PROJECTS: project_table(self.path, ((p.fund, {
                PROJECT_NAME: p.name, "自评得分": p.score, "全年预算数": p.adjusted_budget, "执行数": p.actual,
                "年初预算数": p.initial_budget, "完成情况综述": p.achievement, "发现的主要问题及原因": p.problems,
                "下一步改进措施": p.measures}) for p in self.projects)),
        }
