"""A 项目支出绩效自评表 as a frozen value; every number and text knows its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum

from workbook.amounts import MoneyUnit
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.values import dataclass

TOTAL_FUNDS = "年度资金总额"
FISCAL_FUNDS = "其中：财政拨款"
CARRIED_FUNDS = "上年结转资金"
OTHER_FUNDS = "其他资金"
FUND_LABELS = (TOTAL_FUNDS, FISCAL_FUNDS, CARRIED_FUNDS, OTHER_FUNDS)


class Nature(StrEnum):
    """指标性质: which way an indicator is good."""

    POSITIVE = "正向"
    REVERSE = "反向"
    QUALITATIVE = "定性"


@dataclass(frozen=True, slots=True)
class FundRow:
    """One line of 项目资金（万元）."""

    label: str
    initial_budget: Entry = BLANK
    """年初预算数, 万元."""
    adjusted_budget: Entry = BLANK
    """全年预算数, 万元."""
    actual: Entry = BLANK
    """全年执行数, 万元."""
    weight: Entry = BLANK
    """分值 (only of 年度资金总额; the others print a dash)."""
    rate: Entry = BLANK
    """执行率, per cent."""
    score: Entry = BLANK
    """得分."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One 绩效指标."""

    first: str
    """一级指标, e.g. ``产出指标``; white space inside words removed, as in the other names."""
    second: str
    """二级指标."""
    third: str
    """三级指标."""
    nature: str = ""
    """指标性质 as stated (see :class:`Nature`)."""
    direction: str = ""
    """指标方向 (大于等于, 小于等于 …), in the layouts that have this column."""
    target: Entry = BLANK
    """年度指标值; its ``value`` is set when it is a number."""
    actual: Entry = BLANK
    """实际完成值."""
    unit: str = ""
    """计量单位."""
    weight: Entry = BLANK
    score: Entry = BLANK
    cause: Entry = BLANK
    """偏差原因分析及改进措施."""
    cells: Mapping[str, CellRef] = field(default_factory=dict, compare=False, repr=False)
    """Where each field stands, by attribute name (empty: not read from a file)."""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; ``None`` where figures cannot tell (定性, or not numbers)."""
        target, actual = self.target.value, self.actual.value
        if target is None or actual is None:
            return None
        word = self.direction or self.nature
        if word in (Nature.POSITIVE, "大于等于", "≥", ">="):
            return actual >= target
        if word in (Nature.REVERSE, "小于等于", "≤", "<="):
            return actual <= target
        strict = {"大于": actual > target, ">": actual > target, "小于": actual < target, "<": actual < target,
                  "等于": actual == target, "=": actual == target}
        return strict.get(word)


@dataclass(frozen=True, slots=True)
class PerformanceTable:
    """A whole table, one project."""

    name: Entry
    """项目名称."""
    department: Entry = BLANK
    """主管部门."""
    unit: Entry = BLANK
    """实施单位."""
    year: int | None = None
    funds: tuple[FundRow, ...] = ()
    expected: Entry = BLANK
    """年度总体目标：预期目标."""
    achieved: Entry = BLANK
    """年度总体目标：实际完成情况."""
    indicators: tuple[Indicator, ...] = ()
    total_weight: Entry = BLANK
    total_score: Entry = BLANK
    has_direction: bool = False
    """Whether the layout has the column 指标方向."""
    money_unit: MoneyUnit = MoneyUnit.WAN
    """Unit of 项目资金 in the file (the amounts here are in 万元)."""
    sheet: str = ""
    """Name of the sheet (or Word table) it was read from."""

    def fund(self, label: str = TOTAL_FUNDS) -> FundRow:
        """The fund line with this label (a blank one when the table has none)."""
        return next((row for row in self.funds if row.label == label), FundRow(label))

    def weight_sum(self) -> Decimal:
        """Σ of the stated weights, that of the funds included."""
        return sum((e.value for e in (self.fund().weight, *(i.weight for i in self.indicators)) if e.value is not None), Decimal(0))

    def score_sum(self) -> Decimal:
        """Σ of the stated scores, that of the funds included."""
        return sum((e.value for e in (self.fund().score, *(i.score for i in self.indicators)) if e.value is not None), Decimal(0))
