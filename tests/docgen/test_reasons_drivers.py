"""Drivers: they add up to the change exactly, over the sample and over random units; the drafts made of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from docgen.figures.quantity import Quantity
from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Change, Direction
from docgen.reasons.drivers import PLEASE, Breakdown, Drivers, TwoYears
from docgen.reasons.objections import object_to
from tests.docgen.narratives import whole_narrative
from tests.units import nature_of, random_unit, standard_pack
from workbook.amounts import MoneyUnit
from workbook.companion.model import BudgetLine, Companion
from workbook.create.workbook import workbook_bytes
from workbook.entries import Entry
from workbook.formats.source import source_of_bytes
from workbook.issues import CellRef
from workbook.pack.loading import TEMPLATES
from workbook.reading.accounts import Accounts, accounts_of

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
SEEDS = range(16)
DECOMPOSED = (
    "收支.总计.比年初", "收支.总计.比上年", "收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比年初", "财拨.总计.比上年",
    "三公.决算.比预算", "三公.公车.比上年", "运行.经费.比上年",
)


@cache
def sample() -> Inputs:
    return load_inputs(SAMPLE)


def accounts(rng: random.Random, year: int, *, funds: bool) -> tuple[Accounts, str]:
    """A random consistent unit, written to a real workbook and read back."""
    amounts = random_unit(rng, funds=funds, cents=rng.random() < 0.5)
    unit = rng.choice([MoneyUnit.WAN, MoneyUnit.YUAN])
    data = workbook_bytes(standard_pack(), unit_name="随机单位", year=year, money_unit=unit, amounts=amounts)
    return accounts_of(source_of_bytes(Path(f"随机单位{year}.xlsx"), data), standard_pack()), nature_of(amounts)


@cache
def random_context(seed: int) -> Inputs:
    """Two unrelated years of a unit, and a 底稿 that plans some of its codes and some others."""
    rng = random.Random(seed)
    now, nature = accounts(rng, 2024, funds=seed % 2 == 0)
    before, _ = accounts(rng, 2023, funds=seed % 3 == 0)
    codes = [c for t in (now, before) for c in t.tables["公开05"].codes() if len(c) == 7]
    planned = rng.sample(codes, rng.randint(0, len(codes)))
    lines = tuple(
        BudgetLine(c, "", Entry("", Decimal(rng.randint(0, 10**7)).scaleb(-2), CellRef("底稿.xlsx", "年初预算", row, 2)))
        for row, c in enumerate(dict.fromkeys(planned)))
    fiscal = sum((line.amount.value or Decimal(0) for line in lines), Decimal(0)) + rng.choice([0, 0, 7])
    entries = {"单位性质": nature, "年初预算总计": fiscal + rng.choice([0, 0, 5]), "年初预算财政拨款": fiscal}
    companion = Companion(
        Path("底稿.xlsx"), standard_pack().companion, {name: Entry.of(content) for name, content in entries.items()}, budget=lines)
    return Inputs(now, before.tables, companion)


def explained(context: Inputs) -> Iterator[tuple[Change, Drivers]]:
    years = TwoYears(context)
    for change in whole_narrative(context).registry.changes.values():
        yield change, Drivers(change, years)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_contributions_add_up_exactly(seed: int) -> None:
    seen = 0
    for change, drivers in explained(random_context(seed)):
        assert drivers.total == change.signed
        for found in drivers.breakdowns:
            seen += 1
            assert sum(d.amount for d in found.parts()) == change.signed, (change.id, found.title)
            shares = [d.share for d in found.parts()]
            assert all(s is not None for s in shares)
            assert abs(sum(s for s in shares if s is not None) - 100) < Decimal("1e-15")
    assert seen > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_movements_are_sorted_and_those_against_the_change_stand_apart(seed: int) -> None:
    for change, drivers in explained(random_context(seed)):
        for found in drivers.breakdowns:
            up = change.direction is Direction.UP
            along, against = found.named()
            assert all((d.amount > 0) == up for d in along)
            assert all((d.amount > 0) != up for d in against)
            for group in (found.moves, along, against):
                sizes = [abs(d.amount) for d in group]
                assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_named_covers_four_fifths_or_the_rest_is_said(seed: int) -> None:
    for change, drivers in explained(random_context(seed)):
        sketch = drivers.draft
        main = drivers.main
        if not sketch or main is None or change.signed is None or not main.is_cause:
            continue
        named = sum(d.amount for d in main.leading())
        unexplained = change.signed - named
        enough = abs(unexplained) * 5 <= abs(change.signed)
        assert enough or "其余各项合计" in sketch or PLEASE in sketch, (change.id, sketch)
        words = drivers.describe()
        assert enough or "其余各项合计" in words or "未能解释" in words


@pytest.mark.parametrize("seed", SEEDS)
def test_an_accepted_draft_is_not_objected_to(seed: int) -> None:
    seen = 0
    for change, drivers in explained(random_context(seed)):
        sketch = drivers.draft
        if sketch:
            seen += 1
            found = object_to(sketch, change, random_context(seed), drivers=drivers)
            codes = [o.code for o in found]
            assert codes == (["原因-07"] if PLEASE in sketch else []), (change.id, sketch, found)
    assert seen > 3


@pytest.mark.parametrize("seed", SEEDS)
def test_drivers_come_from_cells_that_hold_them(seed: int) -> None:
    context = random_context(seed)
    for change, drivers in explained(context):
        for found in drivers.breakdowns:
            for driver in found.moves:
                assert driver.current is not None
                assert driver.base is not None
                assert driver.amount == driver.current - driver.base
                assert driver.sources, (change.id, found.title, driver.name)


def test_names_within_a_breakdown_are_distinct() -> None:
    for seed in SEEDS:
        for change, drivers in explained(random_context(seed)):
            for found in drivers.breakdowns:
                names = [d.name for d in found.parts()]
                assert len(names) == len(set(names)), (change.id, names)


def test_the_sample_is_explained_where_the_tables_can() -> None:
    found = {change.id: drivers for change, drivers in explained(sample())}
    for slot in DECOMPOSED:
        main = found[slot].main
        assert main is not None, slot
        assert main.remainder is None, slot
    assert found["一般公共.2080505.比年初"].breakdowns == ()
    assert "没有可以分解" in found["一般公共.2080505.比年初"].missing


@pytest.mark.parametrize(("slot", "text"), [
    ("收支.总计.比年初", "主要是财政拨款增加 77.18 万元、其他收入增加 21.39 万元"),
    ("收支.本年收入.比上年", "主要是一般公共预算财政拨款收入减少 251.72 万元；同时其他收入增加 8.26 万元"),
    ("收支.本年支出.比上年", "主要是项目支出减少 288.95 万元；同时基本支出增加 45.49 万元"),
    ("财拨.总计.比年初", "主要是其他教育支出增加 71.24 万元"),
    ("财拨.总计.比上年", "主要是项目支出减少 297.21 万元；同时基本支出增加 45.49 万元"),
    ("三公.决算.比预算", "主要是公务用车运行维护费减少 0.15 万元"),
    ("运行.经费.比上年", "主要是差旅费减少 2.05 万元；同时工会经费增加 0.29 万元、福利费增加 0.19 万元"),
    ("三公.运行.比上年", ""),  # the tables say no more than the statement itself
    ("收支.使用结余.比上年", ""),
])
def test_the_drafts_of_the_sample(slot: str, text: str) -> None:
    changes = whole_narrative(sample()).registry.changes
    assert Drivers(changes[slot], TwoYears(sample())).draft == text


def test_the_description_has_shares_offsets_and_facts() -> None:
    changes = whole_narrative(sample()).registry.changes
    words = Drivers(changes["收支.本年收入.比上年"], TwoYears(sample())).describe()
    assert "一般公共预算财政拨款收入减少 251.72 万元（占变动的 103.39%）；反向变动：其他收入增加 8.26 万元（占变动的 3.39%）" in words
    facts = Drivers(changes["一般公共.2059999.比年初"], TwoYears(sample())).describe()
    assert "决算数中基本支出 383.73 万元、项目支出 38.25 万元" in facts
    assert "教师培训专项”执行数比年初预算多 18.90 万元" in facts


def moved(name: str, now: int, base: int) -> tuple[str, Quantity, Quantity]:
    return name, Quantity(Decimal(now)), Quantity(Decimal(base))


def test_what_the_parts_do_not_explain_is_a_remainder() -> None:
    found = Breakdown.of("按项目", Decimal(-10), [moved("甲", 1, 8), moved("乙", 3, 1)])
    assert found is not None
    assert [(d.name, d.amount, d.share) for d in found.parts()] == [
        ("甲", Decimal(-7), Decimal(70)), ("乙", Decimal(2), Decimal(-20)), ("未能解释", Decimal(-5), Decimal(50))]
    assert found.coverage == 50


def test_a_draft_whose_drivers_explain_too_little_asks_for_the_rest() -> None:
    change = whole_narrative(sample()).registry.changes["收支.本年收入.比上年"]
    assert change.signed is not None
    half = Breakdown.of("按项目", change.signed, [moved("甲项收入", 0, 100)])
    assert half is not None
    drivers = Drivers(change)
    drivers.breakdowns = (half,)
    assert drivers.draft == f"主要是甲项收入减少 100.00 万元{PLEASE}"
    assert "未能解释 -143.46 万元" in drivers.describe()


def test_many_small_movements_name_six_and_sum_up_the_rest() -> None:
    parts = [moved(f"第{i}项支出", 0, 10) for i in range(20)]
    found = Breakdown.of("按项目", Decimal(-200), parts)
    assert found is not None
    assert len(found.leading()) == 6
    assert found.rest() == -140


def test_one_year_with_coarser_codes_is_compared_at_that_level() -> None:
    fine = random_unit(random.Random(1), funds=False, cents=False)
    coarse = {key: 2 * value for key, value in fine.items() if key[0] != "公开05" or not key[1].isdigit() or len(key[1]) < 7}
    now, before = (
        accounts_of(source_of_bytes(Path("单位.xlsx"), workbook_bytes(standard_pack(), unit_name="单位", year=year, amounts=amounts)), standard_pack())
        for year, amounts in ((2024, coarse), (2023, fine)))
    context = Inputs(now, before.tables)
    change = whole_narrative(context).registry.changes["财拨.总计.比上年"]
    by_code: Breakdown = Drivers(change, TwoYears(context)).breakdowns[1]
    assert sum(d.amount for d in by_code.parts()) == change.signed
    assert by_code.remainder is None
    sections = {standard_pack().functional.name(code) for table, code, _ in coarse if table == "公开05" and len(code) == 5}
    named = [d for d in by_code.parts() if d.name in sections]
    assert named
    assert all(d.current == 2 * d.base for d in named if d.base is not None)


def test_without_last_year_the_missing_input_is_named() -> None:
    context = Inputs(sample().accounts, {}, sample().companion)
    change = whole_narrative(context).registry.changes["收支.本年收入.比上年"]
    drivers = Drivers(change, TwoYears(context))
    assert drivers.total is None
    assert drivers.missing.startswith("缺少上年决算表")
    assert drivers.draft == ""
    assert drivers.describe() == drivers.missing
