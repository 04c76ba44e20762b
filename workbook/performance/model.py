"""A 项目支出绩效自评表 as a frozen value; every number and text knows its cell, every field its heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workbook.amounts import MoneyUnit
from workbook.entries import BLANK, Entry
from workbook.issues import CellRef
from workbook.values import dataclass

TOTAL_FUNDS = "年度资金总额"
FISCAL_FUNDS = "其中：财政拨款"
CARRIED_FUNDS = "上年结转资金"
OTHER_FUNDS = "其他资金"
FUND_LABELS = (TOTAL_FUNDS, FISCAL_FUNDS, CARRIED_FUNDS, OTHER_FUNDS)
AMOUNTS = ("initial_budget", "adjusted_budget", "actual")
"""Fields of :class:`FundRow` that hold amounts."""


class Nature(StrEnum):
    """指标性质: which way an indicator is good."""

    POSITIVE = "正向"
    REVERSE = "反向"
    QUALITATIVE = "定性"


def heading(*titles: str, width: int = 0) -> dict[str, Any]:
    """The metadata of a field: its heading in the official layout, what other layouts call it; the width of its column."""
    return {"titles": titles, "width": width}


def headings(record: type, *names: str) -> dict[str, str]:
    """Heading → field, for the fields (only those called so) of a record."""
    return {title: f.name for f in fields(record) if not names or f.name in names for title in f.metadata.get("titles", ())}


@dataclass(frozen=True, slots=True)
class FundRow:
    """One line of 项目资金: amounts in 万元, the rate in per cent."""

    label: str
    initial_budget: Entry = field(default=BLANK, metadata=heading("年初预算数", "年初预算"))
    adjusted_budget: Entry = field(default=BLANK, metadata=heading("全年预算数", "全年预算", "预算数"))
    actual: Entry = field(default=BLANK, metadata=heading("全年执行数", "执行数", "全年执行"))
    weight: Entry = field(default=BLANK, metadata=heading("分值", "权重"))
    """Only of 年度资金总额; the others print a dash."""
    rate: Entry = field(default=BLANK, metadata=heading("执行率"))
    score: Entry = field(default=BLANK, metadata=heading("得分"))


@dataclass(frozen=True, slots=True)
class Indicator:
    """One 绩效指标; white space inside the words of its names is removed."""

    first: str = field(metadata=heading("一级指标", width=11))
    second: str = field(metadata=heading("二级指标", width=13))
    third: str = field(metadata=heading("三级指标", width=22))
    nature: str = field(default="", metadata=heading("指标性质", "性质", width=9))
    """As stated (see :class:`Nature`)."""
    direction: str = field(default="", metadata=heading("指标方向", "方向", width=10))
    """大于等于, 小于等于 …, in the layouts that have this column."""
    target: Entry = field(default=BLANK, metadata=heading("年度指标值", "指标值", "年度目标值", width=16))
    """Its ``value`` is set when it is a number."""
    actual: Entry = field(default=BLANK, metadata=heading(
        "实际完成值", "完成值", "实际完成", "指标完成值", "全年实际完成值", "全年完成值", width=18))
    unit: str = field(default="", metadata=heading("计量单位", "单位", width=9))
    weight: Entry = field(default=BLANK, metadata=heading("分值", "权重", width=8))
    score: Entry = field(default=BLANK, metadata=heading("得分", width=8))
    cause: Entry = field(default=BLANK, metadata=heading(
        "偏差原因分析及改进措施", "偏差原因分析", "未完成原因分析", "偏差原因及改进措施", "未完成原因及改进措施", "偏差原因分析及改进", width=30))
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

    name: Entry = field(metadata=heading("项目名称"))
    department: Entry = field(default=BLANK, metadata=heading("主管部门", "项目主管部门", "主管单位"))
    unit: Entry = field(default=BLANK, metadata=heading("实施单位", "项目单位", "项目实施单位"))
    year: int | None = None
    funds: tuple[FundRow, ...] = ()
    expected: Entry = field(default=BLANK, metadata=heading("预期目标", "年初设定目标"))
    achieved: Entry = field(default=BLANK, metadata=heading("实际完成情况", "全年实际完成情况"))
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

    def summary(self) -> dict[str, Entry]:
        """What the project's line in 绩效自评 says too, by the fields of :class:`~workbook.companion.model.Project`."""
        fund = self.fund()
        return {
            "score": self.total_score, "adjusted_budget": fund.adjusted_budget,
            "actual": fund.actual, "initial_budget": fund.initial_budget}

    def weight_sum(self) -> Decimal:
        """Σ of the stated weights, that of the funds included."""
        return sum(
            (e.value for e in (self.fund().weight, *(i.weight for i in self.indicators)) if e.value is not None), Decimal(0))

    def score_sum(self) -> Decimal:
        """Σ of the stated scores, that of the funds included."""
        return sum(
            (e.value for e in (self.fund().score, *(i.score for i in self.indicators)) if e.value is not None), Decimal(0))
