"""The 底稿 as frozen values.  Amounts are in 万元; every entry knows the cell it was read from.

Change a 底稿 by :func:`dataclasses.replace` and write it back with
:func:`workbook.companion.update.update_companion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from workbook.companion.tables import NAME, CompanionTable, budget_table, number_table, project_table
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.pack.formula import BUDGET, COMPANION, PROJECTS
from workbook.performance.model import PerformanceTable
from workbook.reading.tables import Table
from workbook.values import dataclass

NATURES = ("行政单位", "参照公务员法管理事业单位", "公益一类事业单位", "公益二类事业单位", "经营类事业单位", "企业", "其他单位")
"""单位性质: the words that conditions of check formulas use."""
AGENCY_NATURES = frozenset(NATURES[:2])
"""Natures whose operating costs are 机关运行经费."""
OLD_TEXT_MARK = "上年文字，请更新"
"""Remark beside a text that was rolled forward from last year."""
LEVEL_WORDINGS = ("持平", "增加0万元")
"""持平写法: how a zero difference is written."""


class Part(StrEnum):
    """The three texts of part one."""

    DUTIES = "主要职能、职责"
    ORGANISATION = "机构设置"
    WORK = "主要工作完成情况"


class Level(StrEnum):
    """Level of a paragraph of 概况文字."""

    BODY = "正文"
    FIRST = "一级"
    SECOND = "二级"
    THIRD = "三级"


class Fund(StrEnum):
    """Which budget a project is paid from."""

    GENERAL = "一般公共预算"
    GOVERNMENT = "政府性基金预算"


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """单位信息."""

    name: Entry = BLANK
    nature: Entry = BLANK
    """单位性质, one of :data:`NATURES`."""
    year: Entry = BLANK
    """年度: the year of the final accounts."""
    contact: Entry = BLANK
    phone: Entry = BLANK
    prior_path: Entry = BLANK
    """上年决算表: file name or path, relative to the 底稿's folder."""
    overview_path: Entry = BLANK
    """概况文件: a Word file with the texts of part one (instead of 概况文字)."""
    surplus_distribution: Entry = BLANK
    """结余分配事项."""
    closing_balance: Entry = BLANK
    """年末结转和结余事项."""
    car_purchase: Entry = BLANK
    """公务用车购置开支内容."""
    reception: Entry = BLANK
    """国内公务接待开支内容."""
    foreign_reception: Entry = BLANK
    """国（境）外公务接待开支内容."""
    key_evaluation: Entry = BLANK
    """重点评价说明."""


@dataclass(frozen=True, slots=True)
class ReasonSettings:
    """From which change on a reason is asked for; a blank entry means the pack's setting."""

    minimum_rate: Entry = BLANK
    """变动原因_最低变动率, per cent."""
    minimum_amount: Entry = BLANK
    """变动原因_最低变动额, 万元."""
    level_wording: Entry = BLANK
    """持平写法, one of :data:`LEVEL_WORDINGS`."""


@dataclass(frozen=True, slots=True)
class OverviewParagraph:
    """A paragraph of part one."""

    part: Part
    level: Level
    text: Entry
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SubordinateUnit:
    """A unit within the accounts (所属单位)."""

    name: Entry
    nature: Entry = BLANK
    number: str = ""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """年初预算 of one functional code."""

    code: str
    name: str
    amount: Entry
    """万元."""


@dataclass(frozen=True, slots=True)
class Budget:
    """年初预算."""

    total: Entry = BLANK
    """收支总计, 万元."""
    fiscal: Entry = BLANK
    """财政拨款合计, 万元."""
    lines: tuple[BudgetLine, ...] = ()

    def amount(self, code: str) -> Entry | None:
        """年初预算 of a code: its line, or ``None``; a 类 or 款 without a line is the sum of what is below it."""
        line = next((entry for entry in self.lines if entry.code == code), None)
        if line is not None:
            return line.amount
        values = [entry.amount.value or Decimal(0) for entry in self.leaves(code)]
        return Entry.of(sum(values, Decimal(0))) if values else None

    def leaves(self, code: str = "") -> tuple[BudgetLine, ...]:
        """Lines below *code* that have no lines below them."""
        ordered = sorted({entry.code for entry in self.lines})  # what is below a code follows it directly
        superiors = {c for c, after in pairwise(ordered) if after.startswith(c)}
        return tuple(e for e in self.lines if e.code.startswith(code) and e.code not in superiors)


@dataclass(frozen=True, slots=True)
class Procurement:
    """授予中小企业合同金额 by kind, 万元."""

    goods: Entry = BLANK
    works: Entry = BLANK
    services: Entry = BLANK


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
        """Whether a reason was filled in."""
        return bool(self.text.text.strip())


@dataclass(frozen=True, slots=True)
class Project:
    """One row of 绩效自评, and its table."""

    name: Entry
    fund: Fund = Fund.GENERAL
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
class Performance:
    """绩效自评."""

    general_first: Entry = BLANK
    """Number of 一级项目 of the general public budget."""
    general_second: Entry = BLANK
    """Number of 二级项目 of the general public budget."""
    fund_first: Entry = BLANK
    """Number of 一级项目 of the government fund budget."""
    fund_second: Entry = BLANK
    """Number of 二级项目 of the government fund budget."""
    projects: tuple[Project, ...] = ()
    unlisted: tuple[PerformanceTable, ...] = ()
    """Tables in the 底稿 that no row of 绩效自评 names."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary (名词解释)."""

    term: Entry
    explanation: Entry


@dataclass(frozen=True)
class Companion:
    """A 底稿 as read, or as it is to be written."""

    path: Path
    info: UnitInfo = UnitInfo()
    settings: ReasonSettings = ReasonSettings()
    overview: tuple[OverviewParagraph, ...] = ()
    units: tuple[SubordinateUnit, ...] = ()
    budget: Budget = Budget()
    prior: Mapping[str, Table] = field(default_factory=dict)
    """上年决算 as kept in the 底稿: usable as ``View.prior``; empty when the sheet holds none."""
    prior_year: int | None = None
    procurement: Procurement = Procurement()
    reasons: tuple[Reason, ...] = ()
    performance: Performance = Performance()
    glossary: tuple[Term, ...] = ()
    sha256: str = ""
    """Hash of the file's bytes when it was read (empty: not read from a file)."""

    @property
    def unit_name(self) -> str:
        """单位名称."""
        return self.info.name.text

    @property
    def nature(self) -> str:
        """单位性质 (for ``View.nature``)."""
        return self.info.nature.text

    @property
    def year(self) -> int | None:
        """年度."""
        value = self.info.year.value
        return int(value) if value is not None else None

    def reason(self, slot: str) -> Reason | None:
        """The row of 变动原因 with this id."""
        return next((r for r in self.reasons if r.slot == slot), None)

    def paragraphs(self, part: Part) -> tuple[OverviewParagraph, ...]:
        """The paragraphs of one part of 概况文字."""
        return tuple(p for p in self.overview if p.part is part)

    def prior_workbook(self) -> Path | None:
        """Where last year's workbook is, by the path given in 单位信息; ``None`` when none is given."""
        return self._beside(self.info.prior_path)

    def overview_file(self) -> Path | None:
        """Where the Word file with the texts of part one is; ``None`` when none is given."""
        return self._beside(self.info.overview_path)

    def _beside(self, entry: Entry) -> Path | None:
        return self.path.parent / Path(entry.text.replace("\\", "/")) if entry.text else None

    def tables(self) -> dict[str, CompanionTable]:
        """What formulas, figures and drivers name: ``底稿``, ``年初预算`` and ``绩效自评``; blank numbers are absent."""
        performance = self.performance
        return {
            COMPANION: number_table(self.path, {n: self.text(n) for n in NUMBERS}, dict.fromkeys(NUMBERS[5:], "个")),
            BUDGET: budget_table(self.path, ((line.code, line.name, line.amount) for line in self.budget.lines)),
            PROJECTS: project_table(self.path, ((str(p.fund), {
                NAME: p.name, "自评得分": p.score, "全年预算数": p.adjusted_budget, "执行数": p.actual,
                "年初预算数": p.initial_budget, "完成情况综述": p.achievement, "发现的主要问题及原因": p.problems,
                "下一步改进措施": p.measures}) for p in performance.projects)),
        }

    def text(self, entry_id: str) -> Entry:
        """A labelled entry (单位信息, the totals of 年初预算, 采购与中小企业, the numbers of projects) by its id."""
        where, field_name = _ENTRIES[entry_id]
        entry: Entry = getattr(getattr(self, where), field_name)
        return entry


_ENTRIES = {
    "单位名称": ("info", "name"), "单位性质": ("info", "nature"), "年度": ("info", "year"), "联系人": ("info", "contact"),
    "联系电话": ("info", "phone"), "上年决算表": ("info", "prior_path"), "概况文件": ("info", "overview_path"),
    "结余分配事项": ("info", "surplus_distribution"), "年末结转事项": ("info", "closing_balance"),
    "购置开支内容": ("info", "car_purchase"), "国内接待内容": ("info", "reception"), "国外接待内容": ("info", "foreign_reception"),
    "重点评价": ("info", "key_evaluation"), "年初预算总计": ("budget", "total"), "年初预算财政拨款": ("budget", "fiscal"),
    "中小企业货物": ("procurement", "goods"), "中小企业工程": ("procurement", "works"), "中小企业服务": ("procurement", "services"),
    "一般公共预算一级项目数": ("performance", "general_first"), "一般公共预算二级项目数": ("performance", "general_second"),
    "政府性基金预算一级项目数": ("performance", "fund_first"), "政府性基金预算二级项目数": ("performance", "fund_second"),
}
NUMBERS = tuple(_ENTRIES)[13:]


def refs_of(*entries: Entry | None) -> tuple[CellRef, ...]:
    """The cells of *entries*, those not in a file left out."""
    return tuple(e.ref for e in entries if e is not None and e.ref is not None)
