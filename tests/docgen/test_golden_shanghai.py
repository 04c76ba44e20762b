"""Golden test: two published Shanghai reports of 2024, made again from the figures of their tables and from what the 底稿 holds.

``PUBLISHED`` are the numbers of part three as printed, section by section and in their order.  ``DIFFERENCES`` are all places where
ours states another number, or none, and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from docgen.job.inputs import load_inputs
from docgen.model import FigureSpan
from docgen.report.narrative import narrative_of, spans_of
from workbook.companion.create import create_companion
from workbook.companion.model import BudgetLine, Companion
from workbook.create.workbook import create_workbook
from workbook.entries import Entry
from workbook.pack.loading import load_pack

Amounts = dict[tuple[str, str, str], Decimal]


class Unit(NamedTuple):
    """What a unit's nine tables and its 底稿 hold, in 万元."""

    general: Mapping[str, tuple[str, str, str]]
    """项 → 基本支出, 项目支出 and 预算 (年初, or 全年)."""
    other_income: Mapping[str, str]
    economic: Mapping[str, str]
    balances: tuple[str, str]
    """年初结转和结余: all, and of 财政拨款."""
    totals: Mapping[tuple[str, str, str], str]
    """Cells that are no sum of the others: rounded apart, or of a sheet with nothing else."""
    prior: Mapping[tuple[str, str, str], str]
    entries: Mapping[str, str | int]


VEHICLES = ("部级领导用车", "主要领导用车", "机要通信用车", "应急保障用车", "执法执勤用车", "特种专业技术用车", "离退休干部用车", "其他用车")
PROJECTS = (
    "目标项目数", "目标金额", "跟踪项目数", "跟踪金额", "自评项目数", "自评金额", "平均得分", "评级优", "评级良", "评级合格", "评级不合格",
    "发现问题", "完成整改", "正在整改")
PURCHASES = ("采购货物", "采购工程", "采购服务", "预留中小企业", "预留小微企业", "预留中小企业采购", "预留小微企业采购", "其他项目采购")


def stated(names: tuple[str, ...], values: str) -> dict[str, str | int]:
    return dict(zip(names, values.split(), strict=True))


UNITS = {
    "财政局": Unit(
        general={
            "2010601": ("1503.52", "8.37", "1560.05"), "2010602": ("0", "10.00", "10.00"), "2010607": ("0", "135.25", "135.90"),
            "2010608": ("0", "449.52", "450.52"), "2080501": ("84.65", "0", "85.55"), "2080505": ("160.75", "0", "161.62"),
            "2080506": ("80.38", "0", "80.81"), "2080599": ("0.94", "0", "0.94"), "2101101": ("60.99", "0", "62.29"),
            "2210201": ("187.19", "0", "187.75"), "2210203": ("258.50", "0", "258.50")},
        other_income={"2010601": "0.01", "2010602": "6.19"},
        economic={
            "301": "2082.85", "30101": "262.33", "30102": "1238.58", "30108": "160.75", "30109": "80.38", "30110": "60.99",
            "30112": "1.61", "30113": "187.19", "30199": "91.03", "303": "69.41", "30302": "69.10", "30309": "0.31",
            "302": "171.07", "30201": "21.21", "30202": "7.61", "30204": "0.09", "30207": "4.88", "30211": "1.20", "30213": "2.83",
            "30216": "4.05", "30226": "2.01", "30228": "24.42", "30229": "42.77", "30239": "48.49", "30299": "11.53",
            "310": "13.58", "31002": "13.58", "人员经费合计": "2152.26", "公用经费合计": "184.65"},
        balances=("49.14", "21.63"),
        totals={
            ("公开01", "208", "决算数"): "326.71", ("公开04", "208", "合计"): "326.71", ("公开04", "208", "一般公共预算财政拨款"): "326.71",
            **{("公开05", "合计", column): value for column, value in (("合计", "2940.05"), ("基本支出", "2336.91"), ("项目支出", "603.14"))},
            ("公开07", "预算数", "合计"): "0.95", ("公开07", "预算数", "公务接待费"): "0.95"},
        prior={("公开01", "收入总计", "决算数"): "3052.34", ("公开04", "收入总计", "决算数"): "2961.68", ("公开05", "合计", "合计"): "3003.19"},
        entries={
            "运行经费": "184.65", "上年运行经费": "182.10", "大型设备": 2, **stated(PURCHASES, "4.79 0 246.47 246.47 0 246.47 0 4.79"),
            **stated(PROJECTS, "4 598.42 4 598.42 4 598.42 99.43 4 0 0 0 0 0 0")}),
    "社会工作部": Unit(
        general={
            "2013901": ("51.32", "0", "52.00"), "2013950": ("11.31", "0", "17.68"), "2013999": ("0", "202.24", "202.24"),
            "2080505": ("6.18", "0", "9.00"), "2080506": ("4.64", "0", "5.74"), "2101101": ("2.22", "0", "2.23"),
            "2101102": ("0.49", "0", "2.29"), "2210201": ("17.70", "0", "18.12"), "2210203": ("11.72", "0", "11.72")},
        other_income={},
        economic={
            "301": "95.36", "30101": "14.12", "30102": "39.72", "30107": "10.16", "30108": "6.18", "30109": "4.64", "30110": "2.71",
            "30112": "0.09", "30113": "17.70", "30199": "0.04", "302": "10.23", "30201": "3.78", "30211": "1.15", "30213": "0.02",
            "30226": "0.68", "30227": "0.48", "30229": "1.48", "30239": "2.43", "30299": "0.20",
            "人员经费合计": "95.36", "公用经费合计": "10.23"},
        balances=("0", "0"), totals={}, prior={},
        entries={
            "全年预算合计": "321.02", "运行经费": "10.23", "上年运行经费": 0, "大型设备": 0,
            **stated(PURCHASES, "21.07 0 0 21.07 21.07 21.07 21.07 21.07"), **stated(PROJECTS, "1 175.52 1 175.52 1 175.52 100 1 0 0 0 0 0 0")}),
}
PUBLISHED = {
    "财政局": {
        1: "2995.39 56.95 1.87", 2: "2946.25 2940.05 99.79 6.2 0.21", 3: "2940.05 2336.91 79.49 603.14 20.51", 4: "0.3",
        5: "2940.05 100.00 63.14 2.10 2940.05 2106.66 71.73 326.72 11.11 60.99 2.07 445.69 15.16 2993.92 2940.05 98.20 1560.05 1511.89 "
           "10.00 10.00 135.90 135.25 450.52 449.52 85.55 84.65 161.62 160.75 80.81 80.38 0.94 0.94 62.29 60.99 187.75 187.19 258.50 258.50",
        6: "2336.91 2152.26 184.65", 7: "0.95 0.00 0 0.00 0 0.00 0 0.00 0", 8: "", 9: "",
        10: "4 598.42 4 598.42 4 598.42 99.43 4 0 0 0 0 0 0",
        11: "184.65 2.55 1.40 251.25 4.79 0 246.47 246.47 0 246.47 0 4.79 0 0 0 0 0 0 0 0 0 2"},
    "社会工作部": {
        1: "307.82 307.82 100.00", 2: "307.82 307.82 100.00", 3: "307.82 105.58 34.30 202.24 65.70", 4: "307.82 307.82 100.00",
        5: "307.82 100.00 307.82 100.00 307.82 264.87 86.05 10.82 3.52 2.71 0.88 29.42 9.55 0 321.02 307.82 95.89 52.00 51.32 98.69 "
           "17.68 11.31 202.24 202.24 9.00 6.18 5.74 4.64 2.23 2.22 99.55 2.29 0.49 18.12 17.70 97.68 11.72 11.72",
        6: "105.58 95.36 10.23", 7: "", 8: "", 9: "", 10: "1 175.52 1 175.52 1 175.52 100.00 1 0 0 0 0",
        11: "10.23 10.23 100.00 21.07 21.07 0 0 21.07 21.07 21.07 21.07 21.07 0 0 0 0 0 0 0 0 0 0"},
}
"""Years and numbers of the running text (单价100万元) left out."""
DIFFERENCES: dict[str, tuple[tuple[int, int, str, str, str], ...]] = {
    # section, place in it, printed, ours (empty: none), why
    "财政局": (
        (4, 0, "0.3", "2961.68", "公布的不是财政拨款总表的总计"),
        (5, 6, "71.73", "71.65", "2106.66 ÷ 2940.05"),
        (5, 13, "2993.92", "2993.93", "各项年初预算之和（尾差）"),
        (7, 4, "0", "", "因公出国（境）费没有预算，不写完成率"),
        (7, 6, "0", "", "公务用车没有预算，不写完成率"),
        (11, 3, "251.25", "251.26", "4.79 ＋ 246.47（尾差）"),
    ),
    "社会工作部": (
        (1, 2, "100.00", "", "单位当年成立，上年为 0，不写增长率"),
        (4, 2, "100.00", "", "同上"),
        (5, 3, "100.00", "", "同上"),
        (5, 12, "9.55", "9.56", "29.42 ÷ 307.82"),
        (5, 13, "0", "", "“年初预算为0万元”是模板里的话，不是数"),
        (5, 19, "98.69", "", "表样各项不写完成率"),
        (5, 30, "99.55", "", "同上"),
        (5, 35, "97.68", "", "同上"),
        (10, 12, "", "0", "已经完成整改的、正在整改的问题数，公布的没有写"),
        (10, 12, "", "0", "同上"),
        (11, 2, "100.00", "", "上年为 0，不写增长率"),
    ),
}


LINES = {  # columns of the code sheets: 基本支出 and 项目支出 add to all of them but one another
    "公开02": ("财政拨款收入", "本年收入合计"), "公开03": ("本年支出合计",), "公开05": ("合计",),
    "公开01": ("决算数",), "公开04": ("合计", "一般公共预算财政拨款"),
}


def amounts_of(unit: Unit) -> Amounts:
    """The nine tables: superiors and totals are sums, but for the cells that are not."""
    found: Amounts = {}

    def add(table: str, code: str, column: str, value: str) -> None:
        levels = (code[:3],) if table in ("公开01", "公开04") else ("合计", code[:3], code[:5], code)
        for row in levels:
            found[table, row, column] = found.get((table, row, column), Decimal(0)) + Decimal(value)

    for code, (basic, project, _) in unit.general.items():
        for value, kind in ((basic, "基本支出"), (project, "项目支出")):
            for table, columns in LINES.items():
                for column in (*columns, *((kind,) if table in ("公开03", "公开05") else ())):
                    add(table, code, column, value)
    for code, value in unit.other_income.items():
        for column in ("其他收入", "本年收入合计"):
            add("公开02", code, column, value)
    found |= {("公开06", row, "决算数"): Decimal(value) for row, value in unit.economic.items()}
    found |= {key: Decimal(value) for key, value in unit.totals.items()}
    return {key: value for key, value in (found | totals_of(unit, found)).items() if value}


def totals_of(unit: Unit, found: Amounts) -> Amounts:
    """What follows from the whole expenditure, other income and the balances."""
    spent, other = found["公开05", "合计", "合计"], sum(map(Decimal, unit.other_income.values()), Decimal(0))
    opening, fiscal_opening = map(Decimal, unit.balances)
    income, whole, fiscal = spent + other, spent + other + opening, spent + fiscal_opening
    sheets = {
        ("公开01", "决算数"): {
            "一般公共预算财政拨款收入": spent, "其他收入": other, "本年收入合计": income, "年初结转和结余": opening, "收入总计": whole,
            "本年支出合计": spent, "年末结转和结余": other + opening, "支出总计": whole},
        ("公开04", "决算数"): {
            "一般公共预算财政拨款": spent, "本年收入合计": spent, "年初财政拨款结转和结余": fiscal_opening,
            "年初一般公共预算财政拨款": fiscal_opening, "收入总计": fiscal},
        **{("公开04", column): {"本年支出合计": spent, "年末财政拨款结转和结余": fiscal_opening, "支出总计": fiscal}
           for column in ("合计", "一般公共预算财政拨款")},
        ("公开02", "财政拨款收入"): {"合计": spent}, ("公开02", "本年收入合计"): {"合计": income}, ("公开03", "本年支出合计"): {"合计": spent},
        **{("公开03", column): {"合计": found["公开05", "合计", column]} for column in ("基本支出", "项目支出")},
    }
    return {(table, row, column): value for (table, column), rows in sheets.items() for row, value in rows.items()}


def entry(value: str | int) -> Entry:
    return Entry.of(Decimal(value))


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, list[Decimal]]]:
    """What our reports state, unit by unit and section by section, every number in its place."""
    pack, folder, found = load_pack("shanghai-2024"), tmp_path_factory.mktemp("两份报告"), {}
    for name, unit in UNITS.items():
        workbook, before = folder / f"{name}.xlsx", folder / f"{name}_上年.xlsx"
        create_workbook(workbook, pack, unit_name=name, year=2024, amounts=amounts_of(unit))
        texts: dict[str, Any] = {"单位名称": name, "单位性质": "行政单位", "绩效制度": "制度", "绩效机制": "机制"}
        if unit.prior:
            create_workbook(before, pack, unit_name=name, year=2023, amounts={k: Decimal(v) for k, v in unit.prior.items()})
        texts |= {"上年决算表": before.name} if unit.prior else {"本年新成立": "是"}
        entries = {k: Entry.of(v) for k, v in texts.items()} | {"年度": entry(2024)} | {k: entry(0) for k in VEHICLES} | {
            k: entry(v) for k, v in unit.entries.items()}
        lines = (BudgetLine(code, pack.functional.names[code], entry(budget), Entry.of("日常工作")) for code, (_, _, budget) in unit.general.items())
        companion = Companion(folder / f"{name}_底稿.xlsx", pack.companion, entries, budget=tuple(lines))
        create_companion(companion.path, companion, pack)
        statements = narrative_of(load_inputs(workbook)).statements
        sections: dict[int, list[Decimal]] = {}
        for span, section in spans_of(statements):
            if isinstance(span, FigureSpan):
                assert span.figure.is_known, span.figure
                sections.setdefault(section, []).append(Decimal(span.figure.text.rstrip("%")))
        found[name] = sections
    return found


@pytest.mark.parametrize("name", UNITS)
def test_every_number_but_the_reports_own_errors(numbers: dict[str, dict[int, list[Decimal]]], name: str) -> None:
    for section, printed in PUBLISHED[name].items():
        expected: list[str] = printed.split()
        own = [d for d in DIFFERENCES[name] if d[0] == section]
        for _, place, there, ours, why in sorted(own, key=lambda d: d[1], reverse=True):
            assert not there or expected[place] == there, why
            expected[place : place + bool(there)] = [ours] if ours else []
        assert numbers[name].get(section, []) == list(map(Decimal, expected)), f"第 {section} 节"


def test_the_places_are_many_and_the_differences_few(numbers: dict[str, dict[int, list[Decimal]]]) -> None:
    stated_numbers = sum(len(found) for sections in numbers.values() for found in sections.values())
    assert (stated_numbers, sum(map(len, DIFFERENCES.values()))) == (181, 17)


def test_the_published_tables_hold(tmp_path: Path) -> None:
    """The figures typed here are those of tables that hold together."""
    from workbook.formulas.bindings import View
    from workbook.formulas.evaluate import evaluate
    from workbook.reading.accounts import read_workbook

    pack = load_pack("shanghai-2024")
    for name, unit in UNITS.items():
        create_workbook(tmp_path / f"{name}.xlsx", pack, unit_name=name, year=2024, amounts=amounts_of(unit))
        outcome = evaluate(pack.formulas, View(read_workbook(tmp_path / f"{name}.xlsx", pack).tables, {}, "行政单位"))
        assert [m.formula.code for m in outcome.mismatches if abs(m.difference) > Decimal("0.02")] == []
