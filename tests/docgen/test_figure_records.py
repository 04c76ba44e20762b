"""What a report states is a record of the pack: broken records are refused with their line, new ones work at once."""

from __future__ import annotations

import gc
import re
import weakref
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.job.inputs import load_inputs
from docgen.model import FigureSpan
from docgen.report.narrative import Narrative, narrative_of
from tests.packs import pack_folder, replaced
from workbook.errors import PackError
from workbook.pack.loading import TEMPLATES, load_pack

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
LAST = "绩效.项目.改进措施"
"""Name of the last record: others are added below it."""


def with_records(folder: Path, *lines: str) -> Path:
    return pack_folder(folder, {"figures.csv": lambda text: text + "".join(f"{line}\n" for line in lines)})


def narrative(folder: Path, *lines: str) -> Narrative:
    pack = load_pack(with_records(folder, *lines))
    return narrative_of(load_inputs(SAMPLE, pack=pack))


def value_of(node: object) -> Decimal | None:
    (span,) = node.__spans__()  # type: ignore[attr-defined]
    assert isinstance(span, FigureSpan)
    return span.figure.exact


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("新.数,新的数,,公开99[合计],万元,,,,,", "没有“公开99”这张表"),
        ("新.数,新的数,,公开01[没有这一行],万元,,,,,", "没有“没有这一行”"),
        ('新.数,新的数,,"公开03[合计, 没有这一列]",万元,,,,,', "没有“没有这一列”"),
        ("新.数,新的数,,没有.这个数,万元,,,,,", "没有编号为“没有.这个数”的数"),
        ("新.数,新的数,,收入.合计 ÷ 支出.合计,万元,,,,,", "单位应写“%”"),
        ("新.数,新的数,,收入.合计,%,,,,,", "甲 ÷ 乙"),
        ("新.数,新的数,,收入.合计,,,,,,", "没有写单位"),
        ("新.数,,,收入.合计,万元,,,,,", "没有写名称"),
        ("新.数,新的数,,,万元,,,,,", "没有写算式"),
        ("新.数,新的数,,公开05[{项}，合计],万元,,,,,", "没有"),
        ('新.数,新的数,,"公开05[{项}, 合计]",万元,,,,,', "不是这里的循环变量"),
        ('新.数,{款}的数,,"公开05[合计, 合计]",万元,,,,,', "不是这里的循环变量"),
        ("新.数,新的数,,一般公共.各类,万元,,,,,", "前面应写 Σ"),
        ("新.数,新的数,,Σ收入.合计,万元,,,,,", "不应写 Σ"),
        ("新.数,新的数,,收入.合计,万元,,,没有.合计,,", "没有编号为“没有.合计”的数"),
        ("新.数,新的数,,收入.合计,万元,,,,去年,", "没有“去年”这种比较"),
        ("新.数,新的数,,收入.合计,万元,,,,年初,", "要写明与什么比较"),
        ("新.数,新的数,,收入.合计,万元,,,,上年=公开01[收入总计],", "不写“=”"),
        ("收入.合计,又一次,,公开01[收入总计],万元,,,,,", "重复"),
        ("新.数,新的数,,收入.合计,万元,,,,,空表=公开99", "没有“公开99”这张表"),
        ('新.数,{行},,"公开01[{行}]",万元,"行=公开01[甲, 乙]",,,,', "没有"),
        ("新.数,新的数,,新.数,万元,,,,,", "循环引用"),
        (",新的数,,收入.合计,万元,,,,,", "编号是空的"),
    ],
)
def test_a_broken_record_is_refused_with_file_and_line(tmp_path: Path, line: str, cause: str) -> None:
    pack = load_pack(pack_folder(tmp_path))
    lines = (pack.folder / "figures.csv").read_text("utf-8").count("\n")
    broken = with_records(tmp_path / "坏", line)
    with pytest.raises(PackError, match=re.escape(cause)) as caught:
        load_pack(broken)
    assert "figures.csv" in str(caught.value)
    assert f"第 {lines + 1} 行" in str(caught.value)


def test_a_circle_of_figures_is_refused(tmp_path: Path) -> None:
    folder = with_records(tmp_path, "甲.数,甲,,乙.数,万元,,,,,", "乙.数,乙,,甲.数,万元,,,,,")
    with pytest.raises(PackError, match=r"循环引用：.*甲\.数"):
        load_pack(folder)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("比较,年初,对比,年初预算\n", "", "缺少“对比”"),
        ("句式,语句,增加,", "句式,语句,变多,", "没有“变多”这种情形"),
        ("{差额} 万元，增长 {率}", "{数额} 万元，增长 {率}", "没有“{数额}”这一项"),
        ("句式,语句,减少,", "句式,语句,增加,", "重复"),
        ("写法,持平写成零,", "样子,持平写成零,", "可用的有：比较、句式、写法"),
    ],
)
def test_a_broken_sentence_is_refused(tmp_path: Path, old: str, new: str, cause: str) -> None:
    folder = pack_folder(tmp_path, {"sentences.csv": replaced(old, new, 1)})
    with pytest.raises(PackError, match=re.escape(cause)) as caught:
        load_pack(folder)
    assert "sentences.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ('parts = "收入.各项"', 'parts = "收入.每项"', "没有编号为“收入.每项”的数"),
        ('change = "财拨.总计.比上年"', 'change = "财拨.总计.比预算"', "没有编号为“财拨.总计.比预算”的比较"),
        ('caption = "图 1　收入决算图"\n', "", "缺少“caption”"),
        ("[overview]", "[overview", "写法不对"),
    ],
)
def test_a_broken_selection_is_refused(tmp_path: Path, old: str, new: str, cause: str) -> None:
    folder = pack_folder(tmp_path, {"report.toml": replaced(old, new, 1)})
    with pytest.raises(PackError, match=re.escape(cause)):
        load_pack(folder)


# ---------------------------------------------------------------- new ones


def test_a_sum_a_share_a_ratio_and_a_comparison_of_ones_own(tmp_path: Path) -> None:
    made = narrative(
        tmp_path,
        "新.自有,财政拨款以外的收入,自有收入,Σ公开01[上级补助收入..其他收入],万元,,,收入.合计,上年,",
        "新.比率,自有收入与财政拨款之比,,新.自有 ÷ 财拨.总计,%,,,,,",
        "新.差,收支差额,,公开01[本年收入合计] - 公开01[本年支出合计],万元,,,,,",
    )
    own = made.named("新.自有")
    tables, prior = made.context.accounts.tables["公开01"], made.context.prior["公开01"]
    rows = ("上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入")
    assert value_of(own) == tables.total("决算数", rows)
    share, change = made.named("新.自有.占比"), made.named("新.自有.比上年")
    assert str(share) == "3.89%"
    assert change.change.base.exact == prior.total("决算数", rows)  # type: ignore[attr-defined]
    assert {ref.sheet for ref in own.figure.sources} == {"公开01 收入支出决算总表"} or own.figure.sources  # type: ignore[attr-defined]
    assert value_of(made.named("新.差")) == Decimal(0)
    assert "÷" in made.named("新.比率").figure.how  # type: ignore[attr-defined]


def test_quotients_and_comparisons_of_counts(tmp_path: Path) -> None:
    """2 vehicles, as last year; 3.5 per vehicle in 万元, ten thousand times as much in 元; nothing where there is none."""
    found = narrative(
        tmp_path, "新.车辆,车辆,,公开11[车辆数合计],辆,,,,上年,", '新.车均,车均,,"公开10[决算数, 公务用车运行维护费] ÷ 公开11[车辆数合计]",万元,,,,上年,',
        '新.车均元,车均,,"公开10[决算数, 公务用车运行维护费] ÷ 公开11[车辆数合计]",元,,,,,',
        "新.没有,没有的,,公开01[收入总计] ÷ 公开11[因公出国（境）团组数],万元,,,,,")
    per_car, in_yuan, none = (found.named(f"新.{name}") for name in ("车均", "车均元", "没有"))
    spent = value_of(found.named("三公.运行"))
    assert spent
    assert value_of(per_car) == spent / 2
    assert value_of(in_yuan) == spent / 2 * 10000
    assert not none
    change = found.named("新.车辆.比上年").change  # type: ignore[attr-defined]
    assert (change.difference.text, change.difference.unit, change.base.text) == ("0", "辆", "2")


def test_loops_over_rows_columns_and_codes(tmp_path: Path) -> None:
    made = narrative(
        tmp_path,
        "新.行,{行},,公开01[{行}],万元,行=公开01[上级补助收入..经营收入],,,,",
        '新.列,{列},,"公开03[合计, {列}]",万元,"列=公开03[合计, 基本支出、项目支出]",,,,',
        '新.类,{类},,"公开02[{类}, 本年收入合计]",万元,"类=公开02[每类, 本年收入合计]",,,,',
        '新.类.项,{项},,"公开02[{项}, 本年收入合计]",万元,"项=公开02[{类}下末级, 本年收入合计]",,,,',
        "新.合计,各类之和,,Σ新.类,万元,,,,,",
        "新.各项合计,各项之和,,Σ新.类.项,万元,,,,,",
    )
    named = made.named
    assert [str(n.child("名称")) for n in named("新.行")] == ["上级补助收入", "事业收入", "经营收入"]  # type: ignore[attr-defined]
    assert [n.figure.id for n in named("新.列")] == ["新.基本支出", "新.项目支出"]  # type: ignore[attr-defined]
    income = made.context.accounts.value("公开02", "合计", "本年收入合计")
    assert value_of(named("新.合计")) == value_of(named("新.各项合计")) == income
    items = [item for node in named("新.类") for item in node.child("项")]  # type: ignore[attr-defined]
    assert [i.child("编码") for i in items] == sorted(str(i.child("编码")) for i in items)
    assert all(str(i.child("款名")) for i in items)


def test_the_first_alternative_that_applies_counts(tmp_path: Path) -> None:
    made = narrative(
        tmp_path,
        "新.数,机关,,公开01[收入总计],万元,,,,,性质=行政单位",
        "新.数,有收入,,公开01[支出总计],万元,,,,,公开01[收入总计] >= 1 且 有表=公开04",
        "新.数,其他,,公开01[年初结转和结余],万元,,,,,",
        "新.没有,没有,,公开01[收入总计],万元,,,,,空表=公开01",
    )
    assert made.named("新.数").figure.label == "有收入"  # type: ignore[attr-defined]
    assert not made.named("新.没有")


def test_what_is_missing_is_named_and_never_zero(tmp_path: Path) -> None:
    pack = load_pack(with_records(tmp_path, "新.数,新的数,,底稿[年初预算总计] + 上年公开01[收入总计],万元,,,,,"))
    inputs = load_inputs(SAMPLE, pack=pack)
    figure = narrative_of(replace(inputs, prior={}, companion=None)).named("新.数").figure  # type: ignore[attr-defined]
    assert figure.value is None
    assert figure.missing == "底稿“年初预算”的“收支总计”"
    assert "缺少" in figure.text


# ---------------------------------------------------------------- many units, one after the other


def test_what_a_unit_was_read_into_is_gone_as_soon_as_nobody_needs_it() -> None:
    """In a batch the collector of cycles would go through all of it, unit by unit: a tenth of the time."""
    gc.disable()
    try:
        made = narrative_of(load_inputs(SAMPLE))
        assert made.reasons
        accounts, figures = weakref.ref(made.context.accounts), weakref.ref(made.registry)
        del made
        assert accounts() is None
        assert figures() is None
    finally:
        gc.enable()
