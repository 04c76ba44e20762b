"""The sample unit: its files are those that figures.toml gives, and say what the published report says."""

import zipfile
from decimal import Decimal

import pytest

from tests.units import read_amounts, standard_pack
from tools.build_sample import YEARS, amounts_of, build_workbooks, load_figures, verify, workbook_path
from workbook.amounts import format_amount
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.reading.accounts import read_workbook

# As printed in the reference report, 万元.
PRINTED = {
    ("公开01", "收入总计", "决算数"): "550.07",
    ("公开01", "其他收入", "决算数"): "21.39",
    ("公开01", "205", "决算数"): "445.63",
    ("公开03", "合计", "基本支出"): "488.17",
    ("公开03", "合计", "项目支出"): "61.89",
    ("公开04", "收入总计", "决算数"): "528.68",
    ("公开05", "205", "合计"): "424.24",
    ("公开05", "2050299", "合计"): "2.25",
    ("公开05", "2059999", "合计"): "421.99",
    ("公开05", "208", "合计"): "56.04",
    ("公开05", "2080502", "合计"): "14.91",
    ("公开05", "2080505", "合计"): "41.13",
    ("公开05", "210", "合计"): "16.90",
    ("公开05", "2210201", "合计"): "31.50",
    ("公开05", "合计", "项目支出"): "40.50",
    ("公开06", "人员经费合计", "决算数"): "466.31",
    ("公开06", "公用经费合计", "决算数"): "21.86",
    ("公开07", "302", "决算数"): "36.55",
    ("公开07", "310", "决算数"): "3.95",
    ("公开10", "预算数", "合计"): "2.50",
    ("公开10", "决算数", "合计"): "2.35",
    ("公开11", "政府采购支出合计", "数"): "21.86",
    ("公开11", "政府采购货物支出", "数"): "0.81",
    ("公开11", "政府采购服务支出", "数"): "21.05",
    ("公开11", "授予中小企业合同金额", "数"): "4.43",
    ("公开11", "授予小微企业合同金额", "数"): "4.05",
}
BASIC_ITEMS = {
    "30101": "142.83", "30102": "26.39", "30103": "58.62", "30107": "101.12", "30108": "41.13", "30110": "16.90",
    "30112": "4.21", "30113": "31.50", "30302": "14.91", "30304": "21.97", "30305": "6.72", "30201": "1.71",
    "30207": "0.46", "30209": "0.99", "30211": "3.53", "30216": "0.87", "30227": "0.04", "30228": "4.70",
    "30229": "5.73", "30231": "2.35", "30239": "0.47", "30299": "0.36", "31002": "0.65",
}
PROJECT_ITEMS = {"30213": "2.90", "30214": "11.35", "30216": "18.90", "30227": "3.40", "31002": "1.70", "31007": "2.25"}


@pytest.fixture(scope="module")
def figures():
    return load_figures()


@pytest.fixture(scope="module")
def years(figures):
    pack = standard_pack()
    return {int(year): read_workbook(workbook_path(figures, year), pack) for year in YEARS}


def test_committed_files_are_what_the_figures_give(figures, tmp_path):
    for path in build_workbooks(figures, standard_pack(), tmp_path):
        committed = workbook_path(figures, path.stem[-11:-7])
        assert path.name == committed.name
        assert parts(path) == parts(committed), "run: python tools/build_sample.py"


def parts(path):
    """Contents of a package; how they are compressed depends on the machine."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("year", YEARS)
def test_the_workbook_reads_back_exactly(figures, years, year):
    read = {key: value for key, value in read_amounts(years[int(year)]).items() if value}
    assert read == {key: value for key, value in amounts_of(figures, year).items() if value}


def test_frame(years):
    for year, accounts in years.items():
        assert (accounts.unit_name, accounts.year, str(accounts.money_unit)) == ("示例市电化教育馆", year, "万元")


def test_every_check_formula_holds_exactly(figures, years):
    assert [line for line in verify(figures, standard_pack()) if "，不成立 0 次" not in line] == []
    outcome = evaluate(standard_pack().formulas, View(years[2024].tables, years[2023].tables, figures["nature"]))
    assert outcome.mismatches == []
    assert outcome.instances > 1000


@pytest.mark.parametrize("key", PRINTED, ids="-".join)
def test_figures_of_the_report(years, key):
    assert format_amount(years[2024].value(*key)) == PRINTED[key]


@pytest.mark.parametrize(("table", "items"), [("公开06", BASIC_ITEMS), ("公开07", PROJECT_ITEMS)])
def test_economic_items_of_the_report(years, table, items):
    read = years[2024].tables[table].columns["决算数"]
    assert {c: format_amount(v) for c, v in read.items() if len(c) == 5 and c.isdigit() and v} == items


def test_precise_values_behind_rounded_ones(years):
    budget, actual = (years[2024].value("公开10", row, "合计") for row in ("预算数", "决算数"))
    assert format_amount(actual / budget * 100) == "94.03"  # not 94.00, which 2.35 of 2.50 would be


def test_counts(years):
    rows = {row: value for row, value in years[2024].tables["公开11"].columns["数"].items()
            if years[2024].tables["公开11"].is_count(row, "数") and value}
    assert rows == {"公务用车保有量": 2, "车辆数合计": 2, "机要通信用车": 1, "应急保障用车": 1}


def test_comparisons_with_last_year_are_those_of_the_report(years):
    def change(table, row, column="决算数"):
        now, before = (years[year].value(table, row, column) for year in (2024, 2023))
        return format_amount(now - before), format_amount((now - before) / before * 100)

    assert change("公开01", "收入总计") == ("-243.46", "-30.68")
    assert change("公开04", "收入总计") == ("-251.72", "-32.26")
    assert change("公开06", "公用经费合计") == ("-1.55", "-6.63")
    assert change("公开10", "决算数", "公务用车运行维护费") == ("0.01", "0.60")


def test_last_year_has_its_own_story(years):
    values = {year: {c: accounts.value("公开06", c) for c in ("30211", "30201")} for year, accounts in years.items()}
    assert values[2023]["30211"] - values[2024]["30211"] > Decimal(2)  # travel explains the lower operating costs
    assert abs(values[2023]["30201"] - values[2024]["30201"]) < Decimal("0.1")
    assert years[2023].value("公开05", "合计", "项目支出") > 8 * years[2024].value("公开05", "合计", "项目支出")
