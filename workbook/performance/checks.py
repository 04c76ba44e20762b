"""Checks of a 项目支出绩效自评表 (domain.md section 6, end).

What arithmetic decides is 错误 (or 尾差 within the rounding bound); what a person must judge is 提示.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from workbook.amounts import CENT, MoneyUnit, format_amount, place_of, plain_number, round_half_up
from workbook.entries import Entry
from workbook.issues import Issue, Kind, Severity
from workbook.performance.grid import finding
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


def check_table(table: PerformanceTable) -> tuple[Issue, ...]:
    """Everything that can be checked within one table."""
    return tuple(_within(table))


def _within(table: PerformanceTable) -> Iterator[Issue]:
    for fund in table.funds:
        yield from _rate(table, fund)
    yield from _fund_score(table)
    yield from _fund_parts(table)
    yield from _weights(table)
    yield from _scores(table)
    for indicator in table.indicators:
        yield from _indicator(table, indicator)
    yield from _idle_cost(table)


def _where(table: PerformanceTable) -> str:
    return f"“{table.name.text}”自评表"


def _place(value: Decimal) -> Decimal:
    """Rounding place of an amount or score as stated."""
    return place_of(value, MoneyUnit.WAN)


def _rate(table: PerformanceTable, fund: FundRow) -> Iterator[Issue]:
    """绩效-01: 执行率 = 执行数 / 全年预算数."""
    actual, budget, rate = fund.actual.value, fund.adjusted_budget.value, fund.rate.value
    if actual is None or budget is None:
        return
    where = f"{_where(table)}“{fund.label}”"
    if budget == 0:
        if actual != 0:
            yield finding("绩效-01", Severity.ERROR, f"{where}全年预算数为 0 而执行数为 {fund.actual.shown()} 万元，请核对", fund.actual, fund.adjusted_budget)
        elif rate:
            yield finding("绩效-01", Severity.ERROR, f"{where}全年预算数为 0，执行率应为 0，实为 {fund.rate.shown()}%", fund.rate, fund.adjusted_budget)
        return
    if rate is None:
        if actual and fund.label == table.fund().label:
            yield finding("绩效-01", Severity.ERROR, f"{where}没有填写执行率", fund.rate, fund.actual)
        return
    exact = actual / budget * 100
    if rate == round_half_up(exact):
        return
    relative = _place(actual) / abs(actual) if actual else Decimal(0)
    bound = abs(exact) * (relative + _place(budget) / abs(budget)) * HALF + _place(rate) * HALF
    severity = Severity.TAIL if abs(rate - exact) <= bound else Severity.ERROR
    yield _differs("绩效-01", severity, f"{where}执行率应等于执行数÷全年预算数", fund.rate, exact, fund.actual, fund.adjusted_budget)


def _fund_score(table: PerformanceTable) -> Iterator[Issue]:
    """绩效-02: the score of the funds = weight x 执行率, at most the weight."""
    fund = table.fund()
    weight, score, actual, budget = fund.weight.value, fund.score.value, fund.actual.value, fund.adjusted_budget.value
    if weight is None or actual is None or not budget:
        return
    where = _where(table)
    if score is None:
        yield finding("绩效-02", Severity.ERROR, f"{where}没有填写执行率得分", fund.score, fund.weight)
        return
    exact = weight * min(Decimal(1), max(Decimal(0), actual / budget))
    stated_rate = fund.rate.value
    from_stated = weight * min(Decimal(1), stated_rate / 100) if stated_rate is not None else exact
    if score in (round_half_up(exact), round_half_up(from_stated)):
        return
    severity = Severity.TAIL if abs(score - exact) <= CENT else Severity.ERROR
    yield _differs("绩效-02", severity, f"{where}执行率得分应等于分值×执行率（不超过分值）", fund.score, exact, fund.weight, fund.rate)


def _fund_parts(table: PerformanceTable) -> Iterator[Issue]:
    """绩效-03: 年度资金总额 = its three parts, in each column."""
    total = table.fund()
    parts = [table.fund(label) for label in (FISCAL_FUNDS, CARRIED_FUNDS, OTHER_FUNDS)]
    for field, title in (("initial_budget", "年初预算数"), ("adjusted_budget", "全年预算数"), ("actual", "全年执行数")):
        whole: Entry = getattr(total, field)
        entries: list[Entry] = [getattr(part, field) for part in parts]
        values = [e.value for e in entries if e.value is not None]
        if whole.value is None or not values:
            continue
        difference = whole.value - sum(values)
        if difference:
            bound = sum((_place(v) for v in (whole.value, *values) if v), Decimal(0)) * HALF
            severity = Severity.TAIL if abs(difference) <= bound else Severity.ERROR
            yield _differs("绩效-03", severity, f"{_where(table)}{title}的年度资金总额应等于各项资金之和", whole, sum(values, Decimal(0)), *entries)


def _weights(table: PerformanceTable) -> Iterator[Issue]:
    """绩效-04: weights add to 100; 绩效-05: so does the stated total."""
    entries = [table.fund().weight, *(i.weight for i in table.indicators)]
    for indicator in table.indicators:
        if indicator.weight.value is None:
            yield finding("绩效-04", Severity.ERROR, f"{_where(table)}指标“{indicator.third}”没有填写分值", indicator.weight)
    if not table.indicators:
        return
    total = table.weight_sum()
    if total != FULL:
        yield _differs("绩效-04", Severity.ERROR, f"{_where(table)}分值合计应为 100", Entry.of(total), FULL, *entries)
    stated = table.total_weight
    if stated.value is not None and stated.value != total:
        yield _differs("绩效-05", Severity.ERROR, f"{_where(table)}“总分”行的分值应等于各项分值之和", stated, total, *entries)


def _scores(table: PerformanceTable) -> Iterator[Issue]:
    """绩效-06: 总分 = Σ scores."""
    if not table.indicators:
        return
    entries = [table.fund().score, *(i.score for i in table.indicators)]
    for indicator in table.indicators:
        if indicator.score.value is None:
            yield finding("绩效-06", Severity.ERROR, f"{_where(table)}指标“{indicator.third}”没有填写得分", indicator.score, indicator.weight)
    stated, total = table.total_score, table.score_sum()
    if stated.value is None:
        yield finding("绩效-06", Severity.ERROR, f"{_where(table)}没有填写总分", stated, table.name)
    elif stated.value != total:
        places = [_place(e.value) for e in (stated, *entries) if e.value is not None and e.value != e.value.to_integral_value()]
        severity = Severity.TAIL if abs(stated.value - total) <= sum(places, Decimal(0)) * HALF else Severity.ERROR
        yield _differs("绩效-06", severity, f"{_where(table)}总分应等于各项得分之和", stated, total, *entries)


def _indicator(table: PerformanceTable, indicator: Indicator) -> Iterator[Issue]:
    where = f"{_where(table)}指标“{indicator.third}”"
    yield from _judged(where, indicator)
    opposite = next((words for nature, words in _OPPOSITE.items() if indicator.nature == nature), ())
    if indicator.direction in opposite:
        yield finding("绩效-10", Severity.NOTICE, f"{where}指标性质是“{indicator.nature}”，指标方向却是“{indicator.direction}”，请核对", indicator.target)
    if table.year is not None:
        for entry, what in ((indicator.target, "年度指标值"), (indicator.actual, "实际完成值")):
            years = {int(y) for y in _YEAR.findall(entry.text)}
            if years and table.year not in years:
                yield finding("绩效-11", Severity.NOTICE, f"{where}{what}写的是 {min(years)} 年，自评表是 {table.year} 年度的，请核对", entry)


def _judged(where: str, indicator: Indicator) -> Iterator[Issue]:
    """绩效-07…09 and 12: score against weight, target and stated cause."""
    weight, score, met = indicator.weight.value, indicator.score.value, indicator.is_met
    if weight is None or score is None:
        return
    if score > weight or score < 0:
        yield finding("绩效-12", Severity.ERROR, f"{where}得分 {indicator.score.plain()} 不在 0 与分值 {indicator.weight.plain()} 之间", indicator.score, indicator.weight)
        return
    lost, has_cause = score < weight, bool(indicator.cause.text)
    values = f"年度指标值 {indicator.target.text}，实际完成值 {indicator.actual.text}"
    if not lost and met is False:
        yield finding("绩效-07", Severity.NOTICE, f"{where}没有达到目标（{values}）却得满分，请核对实际完成值或得分", indicator.score, indicator.target, indicator.actual)
    if lost and not has_cause:
        yield finding("绩效-08", Severity.NOTICE, f"{where}扣了 {plain_number(weight - score)} 分，没有写偏差原因及改进措施", indicator.cause, indicator.score)
    if lost and met is True:
        tail = "已写原因，请核实" if has_cause else "请核对"
        yield finding("绩效-09", Severity.NOTICE, f"{where}按数值已达到目标（{values}），却只得 {indicator.score.plain()} 分（分值 {indicator.weight.plain()}），{tail}", indicator.score, indicator.target, indicator.actual)


def _idle_cost(table: PerformanceTable) -> Iterator[Issue]:
    """绩效-13: all cost indicators in money stand at 0 although money was spent."""
    costs = [i for i in table.indicators if "成本" in i.second and i.unit in _MONEY_UNITS and i.actual.value is not None]
    spent = table.fund().actual.value
    if costs and spent and not any(i.actual.value for i in costs):
        yield finding(
            "绩效-13", Severity.NOTICE, f"{_where(table)}成本指标的实际完成值都是 0，而全年执行数是 {format_amount(spent)} 万元，请核对",
            *(i.actual for i in costs), table.fund().actual)


def _differs(code: str, severity: Severity, message: str, stated: Entry, expected: Decimal, *others: Entry) -> Issue:
    value = stated.value if stated.value is not None else Decimal(0)
    shown = format_amount(value) if round_half_up(value) != round_half_up(expected) else f"{value:f}"
    text = f"{message}：填写 {shown}，应为 {format_amount(expected)}，相差 {format_amount(value - expected)}"
    base = finding(code, severity, text, stated, *others)
    return Issue(
        base.code, base.kind, base.severity, base.message, base.cells, left=value, right=expected,
        difference=value - expected, culprit=base.culprit, stated=shown, expected=format_amount(expected))


def check_summary(
    name: Entry, table: PerformanceTable, stated: Iterable[tuple[str, Entry]],
) -> tuple[Issue, ...]:
    """绩效-14: what the summary (绩效自评) states of a project equals its table.

    *stated* are pairs of 自评得分, 全年预算数, 执行数 or 年初预算数 and the entry in the summary.
    """
    fund = table.fund()
    own = {"自评得分": table.total_score, "全年预算数": fund.adjusted_budget, "执行数": fund.actual, "年初预算数": fund.initial_budget}
    issues = []
    for what, entry in stated:
        other = own[what]
        if entry.value is None or other.value is None or entry.value == other.value:
            continue
        bound = (_place(entry.value) + _place(other.value)) * HALF
        severity = Severity.TAIL if abs(entry.value - other.value) <= bound else Severity.ERROR
        found = _differs("绩效-14", severity, f"“{name.text}”的{what}应与自评表一致", entry, other.value, other)
        issues.append(Issue(
            found.code, Kind.INTER, found.severity, found.message, found.cells, found.left, found.right, found.difference,
            found.culprit, stated=found.stated, expected=found.expected))
    return tuple(issues)
