"""Checks of a 项目支出绩效自评表 (domain.md section 6, end).

What arithmetic decides is 错误 (or 尾差 within the rounding bound); what a person must judge is 提示.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from workbook.amounts import CENT, ZERO, MoneyUnit, format_amount, place_of, plain_number, round_half_up
from workbook.entries import Entry
from workbook.issues import Issue, Kind
from workbook.pack.rules import Findings, Rule
from workbook.performance.model import (
    CARRIED_FUNDS,
    FISCAL_FUNDS,
    OTHER_FUNDS,
    FundRow,
    Indicator,
    Nature,
    PerformanceTable,
)

FULL = Decimal(100)
HALF = Decimal("0.5")
_YEAR = re.compile(r"(20\d\d)\s*年")
_OPPOSITE = {Nature.POSITIVE: ("小于等于", "小于", "≤", "<"), Nature.REVERSE: ("大于等于", "大于", "≥", ">")}
_MONEY_UNITS = ("元", "万元")


def check_table(table: PerformanceTable, rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """Everything that can be checked within one table, as the pack's *rules* say it."""
    checker = _Checker(table, rules)
    for fund in table.funds:
        checker.rate(fund)
    checker.fund_score()
    checker.fund_parts()
    checker.weights()
    checker.scores()
    for indicator in table.indicators:
        checker.indicator(indicator)
    checker.idle_cost()
    return tuple(checker.found.issues)


def _place(value: Decimal) -> Decimal:
    """Rounding place of an amount or score as stated."""
    return place_of(value, MoneyUnit.WAN)


class _Checker:
    """Checks one table."""

    def __init__(self, table: PerformanceTable, rules: Mapping[str, Rule]) -> None:
        self.table = table
        self.found = Findings(rules, Kind.INTRA, "绩效自评表", 项目=table.name.text)

    def rate(self, fund: FundRow) -> None:
        """绩效-01: 执行率 = 执行数 / 全年预算数."""
        actual, budget, rate = fund.actual.value, fund.adjusted_budget.value, fund.rate.value
        if actual is None or budget is None:
            return
        if budget == 0:
            if actual != 0:
                self.found.add("绩效-01", "没有预算", fund.actual, fund.adjusted_budget, 资金=fund.label, 执行数=fund.actual.shown())
            elif rate:
                self.found.add("绩效-01", "应为零", fund.rate, fund.adjusted_budget, 资金=fund.label, 执行率=fund.rate.shown())
            return
        if rate is None:
            if actual and fund.label == self.table.fund().label:
                self.found.add("绩效-01", "没有填写", fund.rate, fund.actual, 资金=fund.label)
            return
        exact = actual / budget * 100
        if rate == round_half_up(exact):
            return
        relative = _place(actual) / abs(actual) if actual else ZERO
        bound = abs(exact) * (relative + _place(budget) / abs(budget)) * HALF + _place(rate) * HALF
        self.found.compare("绩效-01", fund.rate, exact, bound, fund.actual, fund.adjusted_budget, 资金=fund.label)

    def fund_score(self) -> None:
        """绩效-02: the score of the funds = weight x 执行率, at most the weight."""
        fund = self.table.fund()
        weight, score, actual, budget = fund.weight.value, fund.score.value, fund.actual.value, fund.adjusted_budget.value
        if weight is None or actual is None or not budget:
            return
        if score is None:
            self.found.add("绩效-02", "没有填写", fund.score, fund.weight)
            return
        exact = weight * min(Decimal(1), max(ZERO, actual / budget))
        stated_rate = fund.rate.value
        from_stated = weight * min(Decimal(1), stated_rate / 100) if stated_rate is not None else exact
        if score not in (round_half_up(exact), round_half_up(from_stated)):
            self.found.compare("绩效-02", fund.score, exact, CENT, fund.weight, fund.rate)

    def fund_parts(self) -> None:
        """绩效-03: 年度资金总额 = its three parts, in each column."""
        total = self.table.fund()
        parts = [self.table.fund(label) for label in (FISCAL_FUNDS, CARRIED_FUNDS, OTHER_FUNDS)]
        for field, title in (("initial_budget", "年初预算数"), ("adjusted_budget", "全年预算数"), ("actual", "全年执行数")):
            whole: Entry = getattr(total, field)
            entries: list[Entry] = [getattr(part, field) for part in parts]
            values = [e.value for e in entries if e.value is not None]
            if whole.value is not None and values and whole.value != (stated := sum(values, ZERO)):
                bound = sum((_place(v) for v in (whole.value, *values) if v), ZERO) * HALF
                self.found.compare("绩效-03", whole, stated, bound, *entries, 栏目=title)

    def weights(self) -> None:
        """绩效-04: weights add to 100; 绩效-05: so does the stated total."""
        entries = [self.table.fund().weight, *(i.weight for i in self.table.indicators)]
        for indicator in self.table.indicators:
            if indicator.weight.value is None:
                self.found.add("绩效-04", "没有填写", indicator.weight, 指标=indicator.third)
        if not self.table.indicators:
            return
        total, stated = self.table.weight_sum(), self.table.total_weight
        if total != FULL:
            self.found.compare("绩效-04", Entry.of(total), FULL, ZERO, *entries)
        if stated.value is not None and stated.value != total:
            self.found.compare("绩效-05", stated, total, ZERO, *entries)

    def scores(self) -> None:
        """绩效-06: 总分 = Σ scores."""
        if not self.table.indicators:
            return
        entries = [self.table.fund().score, *(i.score for i in self.table.indicators)]
        for indicator in self.table.indicators:
            if indicator.score.value is None:
                self.found.add("绩效-06", "没有得分", indicator.score, indicator.weight, 指标=indicator.third)
        stated, total = self.table.total_score, self.table.score_sum()
        if stated.value is None:
            self.found.add("绩效-06", "没有总分", stated, self.table.name)
        elif stated.value != total:
            places = [
                _place(e.value) for e in (stated, *entries) if e.value is not None and e.value != e.value.to_integral_value()]
            self.found.compare("绩效-06", stated, total, sum(places, ZERO) * HALF, *entries)

    def indicator(self, indicator: Indicator) -> None:
        """绩效-07…12: an indicator's score, direction and years."""
        self._judged(indicator)
        opposite = next((words for nature, words in _OPPOSITE.items() if indicator.nature == nature), ())
        if indicator.direction in opposite:
            self.found.add("绩效-10", "", indicator.target, 指标=indicator.third, 性质=indicator.nature, 方向=indicator.direction)
        if self.table.year is not None:
            for entry, what in ((indicator.target, "年度指标值"), (indicator.actual, "实际完成值")):
                years = {int(y) for y in _YEAR.findall(entry.text)}
                if years and self.table.year not in years:
                    self.found.add("绩效-11", "", entry, 指标=indicator.third, 栏目=what, 所写=min(years), 年度=self.table.year)

    def _judged(self, indicator: Indicator) -> None:
        """绩效-07…09 and 12: score against weight, target and stated cause."""
        weight, score, met = indicator.weight.value, indicator.score.value, indicator.is_met
        if weight is None or score is None:
            return
        stated = {"指标": indicator.third, "得分": indicator.score.plain(), "分值": indicator.weight.plain()}
        values = {"指标值": indicator.target.text, "完成值": indicator.actual.text}
        if score > weight or score < 0:
            self.found.add("绩效-12", "", indicator.score, indicator.weight, **stated)
            return
        lost, has_cause = score < weight, bool(indicator.cause.text)
        if not lost and met is False:
            self.found.add("绩效-07", "", indicator.score, indicator.target, indicator.actual, **stated, **values)
        if lost and not has_cause:
            self.found.add("绩效-08", "", indicator.cause, indicator.score, 扣分=plain_number(weight - score), **stated)
        if lost and met is True:
            self.found.add(
                "绩效-09", "已写原因" if has_cause else "", indicator.score, indicator.target, indicator.actual, **stated, **values)

    def idle_cost(self) -> None:
        """绩效-13: all cost indicators in money stand at 0 although money was spent."""
        costs = [i for i in self.table.indicators if "成本" in i.second and i.unit in _MONEY_UNITS and i.actual.value is not None]
        spent = self.table.fund().actual
        if costs and spent.value and not any(i.actual.value for i in costs):
            self.found.add("绩效-13", "", *(i.actual for i in costs), spent, 执行数=format_amount(spent.value))


def check_summary(name: Entry, stated: Iterable[tuple[str, Entry, Entry]], rules: Mapping[str, Rule]) -> tuple[Issue, ...]:
    """绩效-14: what the summary (绩效自评) of a project states equals its table: *stated* are what is stated, both entries."""
    found = Findings(rules, Kind.INTER, "绩效自评表", 项目=name.text)
    for what, entry, own in stated:
        if entry.value is not None and own.value is not None and entry.value != own.value:
            found.compare("绩效-14", entry, own.value, (_place(entry.value) + _place(own.value)) * HALF, own, 栏目=what)
    return tuple(found.issues)
