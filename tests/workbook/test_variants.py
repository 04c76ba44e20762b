"""Sheets in every layout of domain.md section 3 read back exactly what was written, and break no formula."""

import random
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.units import nature_of, random_unit, read_amounts, standard_pack, write_variant
from tests.variants import NINE_ABSENT, UNIT, Variant, single_changes
from workbook.amounts import MoneyUnit
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.reading.accounts import read_workbook

ALONE = list(single_changes())
COMBINATIONS = 60


def changed(variant: Variant) -> str:
    """What differs from the default, as the test's name."""
    default = Variant()
    names = (n for n in Variant.__dataclass_fields__ if getattr(variant, n) != getattr(default, n))
    return ",".join(f"{n}={getattr(variant, n)}" for n in names) or "default"


def check_round_trip(folder: Path, variant: Variant, seed: int, unit: MoneyUnit) -> None:
    pack = standard_pack()
    amounts = random_unit(random.Random(seed), funds=seed % 2 == 0, cents=seed % 3 == 0)
    path = folder / ("决算公开表" if variant.folder else "决算公开表.xlsx")
    write_variant(path, pack, amounts, variant, unit)
    accounts = read_workbook(path, pack)
    written = {k: v for k, v in amounts.items() if not (variant.nine and k[0] in NINE_ABSENT)}
    read = read_amounts(accounts)
    wrong = {k: (written.get(k), read.get(k)) for k in written.keys() | read.keys() if written.get(k) != read.get(k)}
    assert wrong == {}
    assert {code: table.faults for code, table in accounts.tables.items() if table.faults} == {}
    assert (accounts.unit_name, accounts.year, accounts.money_unit) == (UNIT, 2024, unit)
    assert accounts.duplicates == ()
    outcome = evaluate(pack.formulas, View(accounts.tables, nature=nature_of(amounts)))
    assert outcome.mismatches == []
    unread = [s for s in outcome.skipped if s.reason.startswith("“")]  # a row or column that was not found
    assert unread == []


@pytest.mark.parametrize("unit", list(MoneyUnit))
@pytest.mark.parametrize("variant", [Variant(), *ALONE], ids=changed)
def test_each_variant_alone(tmp_path, variant, unit):
    for seed in range(2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check_round_trip(folder, variant, seed, unit)


@pytest.mark.parametrize("seed", range(COMBINATIONS))
def test_any_combination(tmp_path, seed):
    rng = random.Random(seed)
    check_round_trip(tmp_path, Variant.random(rng), seed, rng.choice(list(MoneyUnit)))


@pytest.mark.parametrize("panels", [1, 2, 3])
@pytest.mark.parametrize("texts", ["numbers", "commas"])
def test_amounts_that_look_like_codes(tmp_path, panels, texts):
    """In a 元 sheet 301 and 30212 may be amounts, beside a total's label too."""
    yuan = {"30101": 301, "301": 301, "30302": 30212, "30201": 303, "302": 303, "30701": 302, "人员经费合计": 302}
    amounts = {("公开06", row, "决算数"): Decimal(value).scaleb(-4) for row, value in yuan.items()}
    variant = Variant(panels=panels, texts=texts)
    write_variant(tmp_path / "a.xlsx", standard_pack(), amounts, variant, MoneyUnit.YUAN)
    assert read_amounts(read_workbook(tmp_path / "a.xlsx", standard_pack())) == amounts


def test_a_sheet_known_only_by_its_number_must_look_like_the_table(tmp_path):
    amounts = random_unit(random.Random(2), funds=False)
    write_variant(tmp_path / "a.xlsx", standard_pack(), amounts, Variant(names="title"), MoneyUnit.WAN)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    del book["收入支出决算总表"]
    book.create_sheet("Sheet1").append(["备忘", 1.5])
    book.save(tmp_path / "a.xlsx")
    accounts = read_workbook(tmp_path / "a.xlsx", standard_pack())
    assert "公开01" not in accounts.tables
    assert [sheet.name for sheet in accounts.unrecognised] == ["Sheet1"]


def test_a_digit_that_python_takes_for_no_number(tmp_path):
    amounts = random_unit(random.Random(2), funds=False)
    write_variant(tmp_path / "a.xlsx", standard_pack(), amounts, Variant(names="title"), MoneyUnit.WAN)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    next(s for s in book.worksheets if "三公" in s.title)["Z2"] = "፩"
    book.save(tmp_path / "a.xlsx")
    assert read_amounts(read_workbook(tmp_path / "a.xlsx", standard_pack())) == amounts


def test_random_units_use_every_sheet_and_differ():
    units = [random_unit(random.Random(seed), funds=True) for seed in range(20)]
    assert {key[0] for unit in units for key in unit} == set(standard_pack().sheets)
    assert len({frozenset(unit.items()) for unit in units}) == len(units)


def test_the_writer_does_not_agree_with_everything(tmp_path):
    """A changed amount shows: the round trip is no comparison of a thing with itself."""
    amounts = random_unit(random.Random(3), funds=False)
    key = next(k for k in amounts if k[0] == "公开05")
    write_variant(tmp_path / "a.xlsx", standard_pack(), {**amounts, key: amounts[key] + Decimal("0.5")}, Variant(), MoneyUnit.WAN)
    accounts = read_workbook(tmp_path / "a.xlsx", standard_pack())
    assert read_amounts(accounts)[key] == amounts[key] + Decimal("0.5")
    assert evaluate(standard_pack().formulas, View(accounts.tables)).mismatches
