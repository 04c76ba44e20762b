"""Rolling forward, 上年决算, and last year's codes under this year's names."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.units import Variant, read_amounts, standard_pack, write_variant
from tests.workbook.companion_data import full_companion, plain
from tools.build_sample import build_workbooks, load_figures
from tools.build_sample_companion import build
from workbook.amounts import MoneyUnit
from workbook.companion.create import create_companion
from workbook.companion.model import OLD_TEXT_MARK, Companion
from workbook.companion.prior import prior_tables
from workbook.companion.read import read_companion
from workbook.companion.rollforward import roll_forward
from workbook.companion.update import update_companion
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.issues import Kind, Severity
from workbook.pack.loading import Pack
from workbook.paths import companion_path
from workbook.reading.accounts import Accounts, read_workbook
from workbook.reading.structure import Structure
from workbook.reading.tables import Table


@pytest.fixture(scope="module")
def pack() -> Pack:
    return standard_pack()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Path:
    """The sample workbooks and 底稿 of both years, made anew."""
    folder = tmp_path_factory.mktemp("sample")
    build_workbooks(load_figures(), pack, folder)
    build(folder, pack)
    return folder


def accounts(folder: Path, year: int, pack: Pack) -> Accounts:
    return read_workbook(folder / f"示例市电化教育馆_{year}年度决算公开表.xlsx", pack)


def companion(folder: Path, year: int, pack: Pack) -> Companion:
    read, issues = read_companion(folder / f"示例市电化教育馆_{year}年度决算公开表_底稿.xlsx", pack)
    assert issues == ()
    return read


# ---------------------------------------------------------------- 上年决算 in the 底稿


def test_the_sample_companion_holds_every_amount_of_last_year(sample, pack):
    kept, last = companion(sample, 2024, pack).prior, accounts(sample, 2023, pack).tables
    assert list(kept) == list(last)
    for code, table in last.items():
        assert plain(kept[code]) == plain(table), code
        assert {r for r in table.rows if not r.isdigit()} <= set(kept[code].rows), code
    assert companion(sample, 2024, pack).prior_year == 2023


def test_its_amounts_have_cells_of_their_own(sample, pack):
    path = sample / "示例市电化教育馆_2024年度决算公开表_底稿.xlsx"
    sheet = openpyxl.load_workbook(path)["上年决算"]
    kept = companion(sample, 2024, pack).prior
    seen = set()
    for table in kept.values():
        for column, values in table.columns.items():
            for row, value in values.items():
                amount = table.amount(row, column)
                assert amount is not None
                assert amount.ref.sheet == "上年决算"
                assert amount.ref not in seen
                seen.add(amount.ref)
                assert Decimal(str(sheet[amount.ref.a1].value)) == value
    assert len(seen) > 250


def test_cross_year_formulas_run_from_the_companion_as_from_the_workbook(sample, pack):
    now, last = accounts(sample, 2024, pack), accounts(sample, 2023, pack)
    formulas = [f for f in pack.formulas if f.kind is Kind.PRIOR]
    from_file = evaluate(formulas, View(now.tables, last.tables))
    from_companion = evaluate(formulas, View(now.tables, companion(sample, 2024, pack).prior))
    assert from_companion.held == from_file.held
    assert from_file.instances > 0
    assert from_companion.instances == from_file.instances
    assert [s.reason for s in from_companion.skipped] == [s.reason for s in from_file.skipped]


def test_an_empty_last_year_is_no_last_year(tmp_path, pack):
    made = full_companion(tmp_path / "x_底稿.xlsx")
    create_companion(made.path, made, pack)
    read, _ = read_companion(made.path, pack)
    assert read.prior == {}
    assert read.prior_year is None


def test_a_wrong_amount_of_last_year_names_its_cell(sample, tmp_path, pack):
    book = openpyxl.load_workbook(sample / "示例市电化教育馆_2024年度决算公开表_底稿.xlsx")
    sheet = book["上年决算"]
    cell = next(r[3] for r in sheet.iter_rows() if r[0].value == "公开01" and r[1].value == "其他收入")
    cell.value = "二十"
    book.save(tmp_path / "x_底稿.xlsx")
    read, issues = read_companion(tmp_path / "x_底稿.xlsx", pack)
    assert [(i.code, i.cells[0].ref.a1) for i in issues] == [("底稿-03", cell.coordinate)]
    assert read.prior["公开01"].value("其他收入", "决算数") is None


def test_last_year_may_be_given_in_yuan(sample, tmp_path, pack):
    book = openpyxl.load_workbook(sample / "示例市电化教育馆_2024年度决算公开表_底稿.xlsx")
    sheet = book["上年决算"]
    sheet["K3"] = "单位：元"
    layout = pack.sheets["公开11"]
    for row in sheet.iter_rows(min_row=4):
        for cell in row[3:]:
            if isinstance(cell.value, int | float) and not (row[0].value == "公开11" and layout.count_unit(row[1].value, "数")):
                cell.value = float(Decimal(str(cell.value)) * 10000)
    book.save(tmp_path / "x_底稿.xlsx")
    read, issues = read_companion(tmp_path / "x_底稿.xlsx", pack)
    assert issues == ()
    for code, table in companion(sample, 2024, pack).prior.items():
        assert plain(read.prior[code]) == plain(table), code
        assert read.prior[code].unit is MoneyUnit.YUAN


def test_last_year_is_replaced_as_a_whole_when_it_changes(sample, tmp_path, pack):
    path = tmp_path / "x_底稿.xlsx"
    made = full_companion(path)
    create_companion(path, made, pack)
    before, _ = read_companion(path, pack)
    tables = prior_tables(accounts(sample, 2023, pack), pack)[0]
    update_companion(before, replace(before, prior=tables, prior_year=2023), pack)
    read, issues = read_companion(path, pack)
    assert issues == ()
    assert read.prior_year == 2023
    assert {c: plain(t) for c, t in read.prior.items()} == {c: plain(t) for c, t in tables.items()}
    assert plain(read.reasons) == plain(before.reasons)
    data = path.read_bytes()
    update_companion(read, replace(read, prior=tables), pack)
    assert path.read_bytes() == data  # the same amounts: nothing to write


# ---------------------------------------------------------------- rolling forward


def test_rolling_the_sample_forward_over_two_years(sample, tmp_path, pack):
    first = roll_forward(companion(sample, 2023, pack), accounts(sample, 2023, pack), pack, 2024)
    assert first.path.name == "示例市电化教育馆_2024年度决算公开表_底稿.xlsx"
    create_companion(tmp_path / first.path.name, first, pack)
    rolled, issues = read_companion(tmp_path / first.path.name, pack)
    assert issues == ()
    expected = companion(sample, 2024, pack)
    assert (rolled.unit_name, rolled.nature, rolled.year) == (expected.unit_name, expected.nature, 2024)
    assert rolled.text("联系人").text == expected.text("联系人").text
    assert rolled.text("上年决算表").text == "示例市电化教育馆_2023年度决算公开表.xlsx"
    assert {c: plain(t) for c, t in rolled.prior.items()} == {c: plain(t) for c, t in expected.prior.items()}
    second = roll_forward(rolled, accounts(sample, 2024, pack), pack, 2025)
    create_companion(tmp_path / second.path.name, second, pack)
    again, issues = read_companion(tmp_path / second.path.name, pack)
    assert issues == ()
    assert (again.year, again.prior_year) == (2025, 2024)
    assert again.prior["公开01"].value("收入总计", "决算数") == accounts(sample, 2024, pack).value("公开01", "收入总计")
    assert plain(again.glossary) == plain(expected.glossary)


def test_what_is_kept_marked_and_emptied(pack):
    old = full_companion(Path("某市第一中学2024_底稿.xlsx"))
    new = roll_forward(old, None, pack, 2025)
    assert new.path.name == "某市第一中学2025_底稿.xlsx"
    assert (new.unit_name, new.nature, new.year, new.text("联系电话").text) == (old.unit_name, old.nature, 2025, "010-1234567")
    assert [new.text(e).value for e in ("最低变动率", "最低变动额")] == [5, Decimal("0.5")]
    assert new.text("持平写法").text == "持平"
    assert plain(new.units) == plain(old.units)
    assert plain(new.glossary) == plain(old.glossary)
    assert [p.text.text for p in new.overview] == [p.text.text for p in old.overview]
    assert {p.remark for p in new.overview} == {OLD_TEXT_MARK}
    assert [(r.slot, r.prior_reason, r.text.text, r.current) for r in new.reasons] == [("收支.总计.比上年", "本年减少会务服务收入", "", None)]
    assert [(line.code, line.amount.value) for line in new.budget] == [("2050299", None), ("2210201", None)]
    assert all(new.text(number).is_blank for number in new.form.numbers)
    assert new.projects == ()
    assert new.text("结余分配事项").is_blank
    assert new.text("上年决算表").is_blank
    assert new.prior == {}


def test_without_last_years_companion(sample, pack):
    last = accounts(sample, 2024, pack)
    new = roll_forward(Companion.new(companion_path(last.path), pack.companion, "", 2024), last, pack, 2025)
    assert new.unit_name == "示例市电化教育馆"
    assert (new.year, new.prior_year) == (2025, 2024)
    assert new.path == sample / "示例市电化教育馆_2025年度决算公开表_底稿.xlsx"
    assert len(new.glossary) == 18
    assert list(new.prior)


# ---------------------------------------------------------------- renamed and moved codes


def with_codes(accounts_: Accounts, code: str, changes: dict[str, tuple[str, str, dict[str, str]]]) -> Accounts:
    """The accounts with rows of a table under other codes and names, and other amounts."""
    table = accounts_.tables[code]
    first, positions = next(iter(table.rows.values()))
    columns: dict[str, dict[str, Decimal]] = {}
    for row, (_, _, amounts) in changes.items():
        for column, amount in amounts.items():
            columns.setdefault(column, {})[row] = Decimal(amount)
    structure = Structure(
        table.layout, {row: (first + index, positions) for index, row in enumerate(changes)},
        {row: (first + index, 0) for index, row in enumerate(changes)}, {row: name for row, (name, _, _) in changes.items()},
        table.first_data_row)
    return replace(accounts_, tables={code: Table(structure, table.sheet, table.unit, columns)})


def rows(*entries: tuple[str, str, str, str]) -> dict[str, tuple[str, str, dict[str, str]]]:
    """``(code, name, basic, project)`` of 公开05."""
    return {
        code: (name, "", {"合计": str(Decimal(basic) + Decimal(project)), "基本支出": basic, "项目支出": project})
        for code, name, basic, project in entries}


def prior(sample: Path, pack: Pack, *entries: tuple[str, str, str, str]) -> tuple[Table, list[str]]:
    tables, remarks = prior_tables(with_codes(accounts(sample, 2023, pack), "公开05", rows(*entries)), pack)
    assert all(r.kind is Kind.PRIOR and r.severity is Severity.NOTICE for r in remarks)
    assert all(r.cells and r.cells[0].ref.column == 0 for r in remarks)
    return tables["公开05"], [r.message for r in remarks]


def column(table: Table, name: str = "合计") -> dict[str, str]:
    return {row: str(value) for row, value in table.columns[name].items() if row in table.rows}


def test_codes_of_this_year_stay(sample, pack):
    tables, remarks = prior_tables(accounts(sample, 2023, pack), pack)
    assert remarks == ()
    assert {c: plain(t) for c, t in tables.items()} == {c: plain(t) for c, t in accounts(sample, 2023, pack).tables.items()}


def test_a_renamed_code_is_remarked(sample, pack):
    table, remarks = prior(sample, pack, ("合计", "", "3", "4"), ("207", "文化体育与传媒支出", "3", "4"))
    assert remarks == ["上年科目“207 文化体育与传媒支出”今年改称“文化旅游体育与传媒支出”，已按今年的名称对应"]
    assert column(table) == {"合计": "7", "207": "7"}
    assert table.names["207"] == "文化旅游体育与传媒支出"


def test_a_moved_code_takes_its_amounts_along(sample, pack):
    table, remarks = prior(
        sample, pack, ("合计", "", "10", "5"), ("201", "一般公共服务支出", "10", "5"), ("20110", "人力资源事务", "10", "5"),
        ("2011004", "政府特殊津贴", "4", "1"), ("2011001", "行政运行", "6", "4"))
    assert len(remarks) == 1
    assert remarks[0].startswith("上年科目“2011004 政府特殊津贴”今年为“2080113 政府特殊津贴”")
    assert column(table) == {"合计": "15", "201": "10", "20110": "10", "2011001": "10", "2080113": "5", "208": "5", "20801": "5"}
    assert column(table, "基本支出")["208"] == "4"
    assert table.ref("2080113", "合计") is not None


def test_a_class_that_moved_away_as_a_whole_leaves_nothing(sample, pack):
    table, remarks = prior(
        sample, pack, ("合计", "", "0", "5"), ("208", "社会保障和就业支出", "0", "5"), ("20822", "大中型水库移民后期扶持基金支出", "0", "5"),
        ("2082201", "移民补助", "0", "5"))
    assert len(remarks) == 2
    assert column(table) == {"合计": "5", "213": "5", "21372": "5", "2137201": "5"}


def test_a_code_merged_into_another_is_added(sample, pack):
    table, remarks = prior(
        sample, pack, ("合计", "", "9", "0"), ("205", "教育支出", "9", "0"), ("20503", "职业教育", "9", "0"), ("2050302", "中等职业教育", "5", "0"),
        ("2050304", "职业高中教育", "4", "0"))
    assert [r for r in remarks if "合并" in r] == remarks
    assert column(table) == {"合计": "9", "205": "9", "20503": "9", "2050302": "9"}


def test_a_code_that_was_split_is_left_and_said(sample, pack):
    last = accounts(sample, 2023, pack)
    table = last.tables["公开07"]
    position = table.rows["302"]
    structure = replace(
        table.structure, rows={**table.rows, "39906": position}, names={**table.names, "39906": "赠与"},
        label_cells={**table.label_cells, "39906": (position[0], 0)})
    table = replace(table, structure=structure, columns={"决算数": {**table.columns["决算数"], "39906": Decimal(1)}})
    tables, remarks = prior_tables(replace(last, tables={**last.tables, "公开07": table}), pack)
    assert [r.message for r in remarks] == ["上年科目“39906 赠与”今年分为 39909 经常性赠与、39910 资本性赠与，无法自动对应，请自行核对"]
    assert tables["公开07"].value("39906", "决算数") == 1


@pytest.mark.parametrize(("variant", "unit"), [
    (Variant(), MoneyUnit.YUAN), (Variant(codes="split", labels="half", shift=2), MoneyUnit.WAN), (Variant(names="gk", totals="last"), MoneyUnit.YUAN)])
def test_last_year_in_another_layout_or_unit(sample, tmp_path, pack, variant, unit):
    last = accounts(sample, 2023, pack)
    path = tmp_path / "上年.xlsx"
    write_variant(path, pack, read_amounts(last), variant, unit)
    tables, remarks = prior_tables(read_workbook(path, pack), pack)
    assert remarks == ()
    assert {c: plain(t) for c, t in tables.items()} == {c: plain(t) for c, t in last.tables.items()}
    made = replace(full_companion(tmp_path / "x_底稿.xlsx"), prior=tables, prior_year=2023)
    create_companion(made.path, made, pack)
    read, issues = read_companion(made.path, pack)
    assert issues == ()
    assert {c: plain(t) for c, t in read.prior.items()} == {c: plain(t) for c, t in last.tables.items()}
