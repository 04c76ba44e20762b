"""Laws of checking: a consistent workbook has no 错误; any one amount broken is found and named."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.units import nature_of, random_unit, standard_pack
from workbook.amounts import MoneyUnit, round_half_up
from workbook.companion.tables import number_table
from workbook.create.workbook import workbook_bytes
from workbook.editing.cells import CellState
from workbook.editing.session import Edited, EditSession
from workbook.entries import Entry
from workbook.formats.source import source_of_bytes
from workbook.formulas.bindings import View
from workbook.issues import Severity
from workbook.reading.accounts import Accounts, accounts_of
from workbook.reading.tables import Table
from workbook.rules.check import CheckReport, check, view_of

SEEDS = range(12)
SMALL_SHARE = {"中小企业货物": "政府采购货物支出", "中小企业工程": "政府采购工程支出", "中小企业服务": "政府采购服务支出"}
UNBOUND = {("公开11", "授予小微企业合同金额"), ("公开11", "外事接待费")}
"""Amounts that the eleven sheets bound only by an inequality: nothing else states them."""


def built(seed: int, unit: MoneyUnit) -> tuple[Accounts, View]:
    """A random consistent unit, read back from a real workbook, with the 底稿 that belongs to it."""
    rng = random.Random(seed)
    amounts = random_unit(rng, funds=seed % 2 == 0, cents=seed % 3 == 0)
    data = workbook_bytes(standard_pack(), unit_name="随机单位", year=2024, money_unit=unit, amounts=amounts)
    accounts = accounts_of(source_of_bytes(Path("随机单位.xlsx"), data), standard_pack())
    return accounts, view_of(accounts, {}, {"底稿": companion(accounts)}, nature_of(amounts))


def companion(accounts: Accounts) -> Table:
    """A 底稿 whose split of small-enterprise contracts fits the sheet."""
    rest = accounts.value("公开11", "授予中小企业合同金额", "数") or Decimal(0)
    entries = {}
    for row, limit_row in SMALL_SHARE.items():
        part = min(rest, accounts.value("公开11", limit_row, "数") or Decimal(0))
        entries[row] = Entry.of(part)
        rest -= part
    return number_table(Path("底稿.xlsx"), entries)


def errors(report: CheckReport) -> list[str]:
    return [f"{i.code} {i.message}" for i in report.issues if i.severity is Severity.ERROR]


def amount_cells(accounts: Accounts) -> list[tuple[Table, str, str]]:
    return [
        (table, row, column)
        for table in accounts.tables.values() for row, (_, columns) in table.rows.items() for column in columns
        if not table.is_count(row, column)
    ]


def edited(accounts: Accounts, view: View, contents: dict[tuple[str, str, str], object]) -> Edited:
    """The accounts, which stay as they are, with other *contents* (by table, row and column); they replace formulas."""
    refs = {accounts.tables[code].ref(row, column): CellState(content) for (code, row, column), content in contents.items()}
    return EditSession(accounts, view).apply(refs.items())


@pytest.mark.parametrize("unit", list(MoneyUnit))
@pytest.mark.parametrize("seed", SEEDS)
def test_a_consistent_workbook_has_no_error(seed: int, unit: MoneyUnit) -> None:
    accounts, view = built(seed, unit)
    assert errors(check(accounts, view)) == []


@pytest.mark.parametrize("unit", list(MoneyUnit))
@pytest.mark.parametrize("seed", [0, 1, 4])
def test_any_amount_changed_beyond_the_rounding_bound_is_found_and_named(seed: int, unit: MoneyUnit) -> None:
    accounts, view = built(seed, unit)
    rng = random.Random(seed)
    cells = amount_cells(accounts)
    assert len(cells) > 300
    filled = [c for c in cells if c[0].value(c[1], c[2])]
    blank = [c for c in cells if not c[0].value(c[1], c[2])]
    missed = []
    for table, row, column in filled + rng.sample(blank, 60):
        if (table.code, row) in UNBOUND:
            continue
        old = table.value(row, column) or Decimal(0)
        delta = Decimal(rng.choice(["-0.35", "0.35", "0.4321", "12.5"]))  # beyond any bound of these sheets (few terms)
        new = (old + delta).scaleb(4 if unit is MoneyUnit.YUAN else 0)
        report = edited(accounts, view, {(table.code, row, column): new}).report
        ref = table.ref(row, column)
        named = [i for i in report.issues if i.severity is Severity.ERROR and any(c.ref == ref for c in i.cells)]
        if not named:
            missed.append((str(ref), row, column, old, delta))
    assert not missed


@pytest.mark.parametrize("seed", [0, 1])
def test_one_fault_is_one_group_and_the_culprit_comes_first(seed: int) -> None:
    """Findings that follow from one cell are grouped; the changed cell is (nearly always) the culprit."""
    accounts, view = built(seed, MoneyUnit.WAN)
    hits = tries = 0
    for table, row, column in amount_cells(accounts):
        value = table.value(row, column)
        if not value or (table.code, row) in UNBOUND:
            continue
        report = edited(accounts, view, {(table.code, row, column): value + Decimal("77.77")}).report
        found = [i for i in report.issues if i.severity is Severity.ERROR and i.culprit is not None]
        groups = {i.culprit for i in found}
        tries += 1
        hits += groups == {table.ref(row, column)} and found[0].cells[0].ref == table.ref(row, column)
        assert len(groups) <= 2, (table.code, row, column, groups)
    assert tries > 50
    assert hits / tries > 0.6


@pytest.mark.parametrize("content", ["#REF!", "待定", "12.3.4"])
def test_a_cell_that_is_no_amount_is_an_error_and_never_zero(content: str) -> None:
    accounts, view = built(3, MoneyUnit.WAN)
    table = accounts.tables["公开01"]
    changed = edited(accounts, view, {("公开01", "本年收入合计", "决算数"): content})
    report = changed.report
    ref = table.ref("本年收入合计", "决算数")
    assert any(i.severity is Severity.ERROR and i.code.startswith("规范-2") and i.cells[0].ref == ref for i in report.issues)
    assert changed.accounts.value("公开01", "本年收入合计") is None
    assert report.skipped_formulas()["01-01"] == "单元格无法读取"
    assert not [i for i in report.issues if i.code == "01-01"]


def test_rounded_cells_give_tails_not_errors() -> None:
    """Every amount rounded to 0.01 万元: differences stay within the bound and are information."""
    accounts, view = built(6, MoneyUnit.WAN)
    rounded: dict[tuple[str, str, str], object] = {
        (table.code, row, column): round_half_up(value) for table, row, column in amount_cells(accounts)
        if (value := table.value(row, column))
    }
    report = edited(accounts, view, rounded).report
    assert errors(report) == []
    assert any(i.severity is Severity.TAIL and i.difference for i in report.issues)


def test_a_tail_beyond_the_bound_is_an_error() -> None:
    accounts, view = built(5, MoneyUnit.WAN)
    value = accounts.value("公开01", "本年收入合计")
    assert value is not None
    rounded = round_half_up(value)
    first = edited(accounts, view, {
        ("公开01", "本年收入合计", "决算数"): rounded, ("公开02", "合计", "本年收入合计"): rounded + Decimal("0.01")})
    codes = {i.code: i.severity for i in first.report.issues if i.code == "02-51"}
    assert codes == {"02-51": Severity.TAIL}
    second = edited(first.accounts, first.report.view, {
        ("公开02", "合计", "本年收入合计"): rounded + Decimal("0.02")})
    codes = {i.code: i.severity for i in second.report.issues if i.code == "02-51"}
    assert codes == {"02-51": Severity.ERROR}
