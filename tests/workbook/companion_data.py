"""A 底稿 with something in every sheet, and how two 底稿 are compared."""

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.units import standard_pack
from tools.build_sample_companion import companion, load
from workbook.companion.model import (
    BudgetLine,
    Companion,
    Level,
    OverviewParagraph,
    Project,
    Reason,
    SubordinateUnit,
    Term,
)
from workbook.entries import Entry
from workbook.performance.model import PerformanceTable
from workbook.reading.tables import Table

E = Entry.of
GENERAL, GOVERNMENT = standard_pack().companion.funds
DUTIES, ORGANISATION, WORK = (part.name for part in standard_pack().companion.parts)
ENTRIES = {
    "单位名称": "某市第一中学（本级）", "单位性质": "公益一类事业单位", "年度": 2024, "联系人": "张三", "联系电话": "010-1234567",
    "上年决算表": "上年/2023年.xlsx", "结余分配事项": "提取职工福利基金", "年末结转事项": "项目跨年实施", "重点评价": "无",
    "最低变动率": 5, "最低变动额": Decimal("0.5"), "持平写法": "持平", "年初预算总计": Decimal("451.50"), "年初预算财政拨款": Decimal("440.25"),
    "中小企业货物": Decimal("0.8149"), "中小企业工程": 0, "中小企业服务": Decimal("3.6165"), "一般公共预算一级项目数": 0,
    "一般公共预算二级项目数": 2, "政府性基金预算一级项目数": 0, "政府性基金预算二级项目数": 1,
}
IGNORED = {"form", "ref", "cells", "path", "sha256", "sheet", "money_unit"}


def sample_tables() -> list[PerformanceTable]:
    """The three tables of the sample (numerically those of the published report)."""
    data = load()
    made = companion(data, data["year"][0], Path("nowhere"), standard_pack())
    return [p.table for p in made.projects if p.table is not None]


def full_companion(path: Path) -> Companion:
    """Something in every sheet (上年决算 aside)."""
    first, second, _ = sample_tables()
    return Companion(
        path=path,
        form=standard_pack().companion,
        entries={name: E(content) for name, content in ENTRIES.items()},
        overview=(
            OverviewParagraph(DUTIES, Level.BODY, E("1. 开展教学")),
            OverviewParagraph(DUTIES, Level.BODY, E("=2. 组织<考试> & “培训”")),
            OverviewParagraph(WORK, Level.FIRST, E("一、教学"), "上年文字，请更新"),
            OverviewParagraph(WORK, Level.BODY, E("第一行\n第二行")),
        ),
        units=(
            SubordinateUnit(E("某市第一中学（本级）"), E("公益一类事业单位"), "1"),
            SubordinateUnit(E("某市第一中学分校"), E("公益二类事业单位"), "2"),
        ),
        budget=(
            BudgetLine("2050299", "其他普通教育支出", E(Decimal("2.25"))),
            BudgetLine("2210201", "住房公积金", E(Decimal("29.0212"))),
        ),
        reasons=(
            Reason("收支.总计.比上年", "一", "收、支总计", Decimal("550.07"), Decimal("793.53"), Decimal("-243.46"), Decimal("-30.68"),
                   "其他收入减少 8.26 万元", "主要是……", "上年的原因", E("本年减少会务服务收入"), "已填", ""),
            Reason("公用经费.比上年", "十一", "公用经费", text=E("")),
        ),
        projects=(
            Project(E("名师视界直播运行费"), GENERAL, E(Decimal("99.68")), E(20), E(Decimal("19.35")), E(20), E("完成情况"), E("问题"), E("措施"),
                    E("自评表1"), first),
            Project(E("教育三项改革资金"), GOVERNMENT, E(Decimal("80.46")), E(Decimal("34.25")), E(Decimal("2.25")), E(Decimal("2.25")),
                    sheet_name=E("自评表2"), table=second),
        ),
        glossary=(Term(E("基本支出"), E("为保障机构正常运转")), Term(E("项目支出"), E("为完成特定任务"))),
    )


def stating(companion: Companion, **entries: str | Decimal | int | None) -> Companion:
    """*companion* with other labelled entries, in the cells where they stand."""
    for name, content in entries.items():
        companion = companion.with_text(name, replace(E(content), ref=companion.text(name).ref))
    return companion


def plain(value: Any) -> Any:  # one line for each kind of value
    """A value without references and file names, for comparing what two 底稿 say."""
    if isinstance(value, Table):
        return {c: {r: n.normalize() for r, n in v.items()} for c, v in value.columns.items() if v}
    if isinstance(value, dict):
        return {k: shown for k, v in value.items() if (shown := plain(v)) != ""}
    if isinstance(value, Decimal):
        return value.normalize()
    if isinstance(value, Entry):
        return value.value.normalize() if value.value is not None else value.text
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in IGNORED}
    return tuple(plain(v) for v in value) if isinstance(value, tuple) else value
