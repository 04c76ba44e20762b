"""Golden test: the sample unit's report states the figures of a published report of 2024.

``PUBLISHED`` is that report's part two, statement by statement: figure id → what was printed.  Where the
published report contradicts itself, ``CONTRADICTIONS`` lists the place, what was printed, the
arithmetically right figure that we state, and why.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Direction
from docgen.report.narrative import Narrative, spans_of, stated_figures
from tests.docgen.narratives import whole_narrative
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"

PUBLISHED: dict[int, dict[str, str]] = {
    1: {
        "收支.总计": "550.07", "收支.总计.比上年.增减额": "-243.46", "收支.总计.比上年.增减率": "30.68",
        "收支.本年收入": "550.07", "收支.本年收入.比上年.增减额": "-243.46", "收支.本年收入.比上年.增减率": "30.68",
        "收支.使用结余": "0", "收支.使用结余.比上年.增减额": "0", "收支.年初结转": "0", "收支.年初结转.比上年.增减额": "0",
        "收支.支出总计": "550.07", "收支.本年支出": "550.07", "收支.本年支出.比上年.增减额": "-243.46",
        "收支.本年支出.比上年.增减率": "30.68", "收支.结余分配": "0", "收支.结余分配.比上年.增减额": "0",
        "收支.年末结转": "0", "收支.年末结转.比上年.增减额": "0",
    },
    2: {
        "收入.合计": "550.07", "收入.一般公共预算": "528.68", "收入.一般公共预算.占比": "96.11",
        "收入.政府性基金预算": "0", "收入.政府性基金预算.占比": "0", "收入.国有资本经营预算": "0",
        "收入.国有资本经营预算.占比": "0", "收入.上级补助": "0", "收入.上级补助.占比": "0", "收入.事业": "0",
        "收入.事业.占比": "0", "收入.经营": "0", "收入.经营.占比": "0", "收入.附属单位上缴": "0",
        "收入.附属单位上缴.占比": "0", "收入.其他": "21.39", "收入.其他.占比": "3.89",
    },
    3: {
        "支出.合计": "550.07", "支出.基本": "488.17", "支出.基本.占比": "88.75", "支出.项目": "61.89", "支出.项目.占比": "11.25",
        "支出.上缴上级": "0", "支出.上缴上级.占比": "0", "支出.经营": "0", "支出.经营.占比": "0",
        "支出.对附属单位补助": "0", "支出.对附属单位补助.占比": "0",
    },
    4: {
        "财拨.总计": "528.68", "财拨.总计.比年初.增减额": "77.18", "财拨.总计.比年初.增减率": "17.09",
        "财拨.总计.比上年.增减额": "-251.72", "财拨.总计.比上年.增减率": "32.26",
    },
    5: {
        "一般公共.合计": "528.68", "一般公共.年初预算": "451.50", "一般公共.完成率": "117.09",
        "一般公共.205": "424.24", "一般公共.205.比年初.增减额": "71.24",
        "一般公共.2050299.年初预算": "2.25", "一般公共.2050299": "2.25", "一般公共.2050299.完成率": "100",
        "一般公共.2059999.年初预算": "350.75", "一般公共.2059999": "421.99", "一般公共.2059999.完成率": "120.31",
        "一般公共.208": "56.04", "一般公共.208.比年初.增减额": "1.86",
        "一般公共.2080502.年初预算": "16.62", "一般公共.2080502": "14.91", "一般公共.2080502.完成率": "89.71",
        "一般公共.2080505.年初预算": "37.56", "一般公共.2080505": "41.13", "一般公共.2080505.完成率": "109.5",
        "一般公共.210": "16.90",
        "一般公共.2101102.年初预算": "15.3", "一般公共.2101102": "16.9", "一般公共.2101102.完成率": "110.46",
        "一般公共.221": "31.50",
        "一般公共.2210201.年初预算": "29.02", "一般公共.2210201": "31.5", "一般公共.2210201.完成率": "108.55",
    },
    6: {
        "基本支出.合计": "488.17", "基本支出.人员经费": "466.31", "基本支出.30101": "142.83", "基本支出.30102": "26.39",
        "基本支出.30103": "58.62", "基本支出.30107": "101.12", "基本支出.30108": "41.13", "基本支出.30110": "16.9",
        "基本支出.30112": "4.21", "基本支出.30113": "31.5", "基本支出.30302": "14.91", "基本支出.30304": "21.97",
        "基本支出.30305": "6.72", "基本支出.公用经费": "21.86", "基本支出.30201": "1.71", "基本支出.30207": "0.46",
        "基本支出.30209": "0.99", "基本支出.30211": "3.53", "基本支出.30216": "0.87", "基本支出.30227": "0.04",
        "基本支出.30228": "4.7", "基本支出.30229": "5.73", "基本支出.30231": "2.35", "基本支出.30239": "0.47",
        "基本支出.30299": "0.36", "基本支出.31002": "0.65",
    },
    7: {
        "项目支出.合计": "40.50", "项目支出.302": "36.55", "项目支出.30213": "2.9", "项目支出.30214": "11.35",
        "项目支出.30216": "18.9", "项目支出.30227": "3.4", "项目支出.310": "3.95", "项目支出.31002": "1.7", "项目支出.31007": "2.25",
    },
    8: {
        "三公.预算": "2.50", "三公.决算": "2.35", "三公.完成率": "94.03", "三公.出国.预算": "0", "三公.出国": "0",
        "三公.公车.预算": "2.50", "三公.公车": "2.35", "三公.公车.完成率": "94.03", "三公.接待.预算": "0", "三公.接待": "0",
        "三公.出国.占比": "0", "三公.公车.占比": "100.00", "三公.接待.占比": "0", "三公.出国.团组数": "0", "三公.出国.人次数": "0",
        "三公.出国.比上年.增减额": "0", "三公.购置": "0", "三公.购置.购置数": "0", "三公.购置.比上年.增减额": "0",
        "三公.运行": "2.35", "三公.运行.保有量": "2", "三公.运行.比上年.增减额": "0.01", "三公.运行.比上年.增减率": "0.60",
        "三公.国内接待": "0", "三公.国内接待.批次": "0", "三公.国内接待.人次": "0", "三公.国外接待": "0",
        "三公.国外接待.批次": "0", "三公.国外接待.人次": "0", "三公.接待.比上年.增减额": "0",
    },
    9: {"基金.支出": "0", "基金.支出.比上年.增减额": "0"},
    10: {"国资.支出": "0", "国资.支出.比上年.增减额": "0"},
    11: {"运行.经费": "21.86", "运行.经费.比上年.增减额": "-1.55", "运行.经费.比上年.增减率": "6.63"},
    12: {
        "采购.合计": "21.86", "采购.货物": "0.81", "采购.工程": "0", "采购.服务": "21.05", "采购.中小企业": "4.43",
        "采购.中小企业.占比": "20.27", "采购.小微企业": "4.05", "采购.小微企业.占比": "18.53",
        "采购.货物.中小企业占比": "100", "采购.服务.中小企业占比": "17.18",
    },
    13: {
        "资产.车辆": "2", "资产.车辆1": "0", "资产.车辆2": "0", "资产.车辆3": "1", "资产.车辆4": "1", "资产.车辆5": "0",
        "资产.车辆6": "0", "资产.车辆7": "0", "资产.车辆8": "0", "资产.设备": "0",
    },
    14: {
        "绩效.一般公共.一级": "0", "绩效.一般公共.二级": "3", "绩效.一般公共.资金": "40.5", "绩效.一般公共.占比": "100",
        "绩效.基金.项目数": "0", "绩效.基金.一级": "0", "绩效.基金.二级": "0", "绩效.基金.资金": "0",
        "绩效.一般公共.项目数": "3", "绩效.项目数": "3",
        "绩效.项目1.得分": "99.68", "绩效.项目1.全年预算数": "20", "绩效.项目1.执行数": "19.35", "绩效.项目1.完成率": "96.75",
        "绩效.项目2.得分": "80.46", "绩效.项目2.全年预算数": "34.25", "绩效.项目2.执行数": "2.25", "绩效.项目2.完成率": "6.57",
        "绩效.项目3.得分": "98.95", "绩效.项目3.全年预算数": "19", "绩效.项目3.执行数": "18.9", "绩效.项目3.完成率": "99.47",
    },
}

CONTRADICTIONS: tuple[tuple[int, str, str, str, str], ...] = (
    (1, "收支.总计.比年初.增减额", "100.91", "98.57",
     "550.07 比年初预算 451.50 多 98.57；100.91 要求年初预算 449.16，小于同一报告的财政拨款年初预算 451.50，不可能"),
    (1, "收支.总计.比年初.增减率", "22.35", "21.83", "98.57 ÷ 451.50；22.35 是错误的 100.91 ÷ 451.50"),
    (5, "一般公共.210.比年初.增减额", "0.78", "1.60", "卫生健康支出只有一项，16.90 比年初预算 15.30 多 1.60"),
    (5, "一般公共.221.比年初.增减额", "0.86", "2.48", "住房保障支出只有一项，31.50 比年初预算 29.02 多 2.48"),
)
"""Section, figure id, printed in the published report, what we state, why."""

NO_PERCENTAGE: tuple[tuple[str, str], ...] = (
    ("收支.使用结余.比上年.增减率", "上年为 0，公布的“下降 0%”没有意义"),
    ("收支.年初结转.比上年.增减率", "上年为 0；公布的“增下降 0%”还留有模板文字"),
    ("收支.结余分配.比上年.增减率", "上年为 0"), ("收支.年末结转.比上年.增减率", "上年为 0"),
    ("三公.出国.完成率", "全年预算为 0，公布的“完成预算的 0%”没有意义"), ("三公.接待.完成率", "全年预算为 0"),
    ("三公.出国.比上年.增减率", "上年为 0，公布的“增长 0%”没有意义"), ("三公.购置.比上年.增减率", "上年为 0"),
    ("三公.接待.比上年.增减率", "上年为 0"), ("基金.支出.比上年.增减率", "上年为 0"), ("国资.支出.比上年.增减率", "上年为 0"),
    ("采购.工程.中小企业占比", "工程支出为 0，公布的“0%”没有意义"),
    ("绩效.基金.占比", "政府性基金项目支出为 0，公布的“100%”没有意义"),
)
"""Percentages that the published report prints although the base is zero; we state none."""

ROUNDING_TAILS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("支出.合计", ("支出.基本", "支出.项目"), "488.17 + 61.89 = 550.06"),
    ("一般公共.合计", ("基本支出.合计", "项目支出.合计"), "488.17 + 40.50 = 528.67"),
    ("基本支出.人员经费", tuple(f"基本支出.{c}" for c in (
        "30101", "30102", "30103", "30107", "30108", "30110", "30112", "30113", "30302", "30304", "30305")), "各项之和 466.30"),
)
"""Places where printed parts do not add to the printed total by 0.01: rounding, not errors."""

FROM_PRECISE: tuple[tuple[str, str], ...] = (
    ("三公.完成率", "94.00"), ("三公.运行.比上年.增减率", "0.43"), ("运行.经费.比上年.增减率", "6.62"), ("采购.服务.中小企业占比", "17.20"),
)
"""Percentages that would come out otherwise from the printed (rounded) amounts: computed from precise ones."""


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


@pytest.fixture(scope="module")
def narrative(inputs: Inputs) -> Narrative:
    return whole_narrative(inputs)


def section_of(narrative: Narrative, figure_id: str) -> int:
    """Where the report states the figure (or its comparison)."""
    change = narrative.registry.changes.get(figure_id.rpartition(".")[0])
    place = narrative.places.get(figure_id) or (narrative.place(change) if change is not None else None)
    return place.section if place is not None else 0


@pytest.mark.parametrize("section", sorted(PUBLISHED))
def test_every_published_statement_is_stated_alike(narrative: Narrative, section: int) -> None:
    wrong = []
    for figure_id, printed in PUBLISHED[section].items():
        figure = narrative.registry.figures[figure_id]
        change = narrative.registry.changes.get(figure_id.removesuffix(".增减额"))
        stated = figure.value
        if change is not None and change.direction is Direction.DOWN and stated is not None:
            stated = -stated
        if section_of(narrative, figure_id) != section or stated != Decimal(printed):
            wrong.append((figure_id, printed, figure.text, section_of(narrative, figure_id)))
    assert not wrong


@pytest.mark.parametrize(("section", "figure_id", "printed", "right", "why"), CONTRADICTIONS)
def test_contradictions_are_found_and_not_reproduced(
    narrative: Narrative, section: int, figure_id: str, printed: str, right: str, why: str
) -> None:
    figure = narrative.registry.figures[figure_id]
    assert section_of(narrative, figure_id) == section
    assert figure.value == Decimal(right), why
    assert figure.value != Decimal(printed)


def test_published_class_differences_contradict_their_own_total() -> None:
    printed = Decimal("71.24") + Decimal("1.86") + Decimal("0.78") + Decimal("0.86")
    assert printed == Decimal("74.74") != Decimal("77.18")


def test_our_class_differences_add_to_the_total(narrative: Narrative) -> None:
    changes = narrative.registry.changes
    parts = [changes[f"一般公共.{code}.比年初"].signed for code in ("205", "208", "210", "221")]
    assert sum(p for p in parts if p is not None) == changes["财拨.总计.比年初"].signed


@pytest.mark.parametrize(("figure_id", "why"), NO_PERCENTAGE)
def test_no_percentage_where_the_base_is_zero(narrative: Narrative, figure_id: str, why: str) -> None:
    assert figure_id not in narrative.registry.figures, why


@pytest.mark.parametrize(("total", "parts", "words"), ROUNDING_TAILS)
def test_rounding_tails_are_rounding_only(narrative: Narrative, total: str, parts: tuple[str, ...], words: str) -> None:
    figures = narrative.registry.figures
    printed = sum((figures[p].value or Decimal(0) for p in parts), Decimal(0))
    assert printed != figures[total].value, words
    exact = sum((figures[p].exact or Decimal(0) for p in parts), Decimal(0))
    assert exact == figures[total].exact


@pytest.mark.parametrize(("figure_id", "from_printed"), FROM_PRECISE)
def test_percentages_come_from_precise_values(narrative: Narrative, figure_id: str, from_printed: str) -> None:
    assert narrative.registry.figures[figure_id].value != Decimal(from_printed)


def test_every_section_and_some_250_figures(narrative: Narrative) -> None:
    figures = list(stated_figures(spans_of(narrative.statements)))
    assert {f.section for f in figures} == set(range(1, 15))
    assert len(figures) >= 180  # those of the eleven tables are not counted
    assert all(f.is_known for f in figures)
    assert all(f.how for f in figures)
    assert Path(SAMPLE).is_file()
