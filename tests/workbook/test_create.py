"""Creating the eleven-sheet workbook: form, formulas, exactness, and nothing lost."""

import random
import re
import stat
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.units import nature_of, random_unit, read_amounts, standard_pack
from workbook.amounts import MoneyUnit
from workbook.create.plan import Block, header_blocks
from workbook.create.workbook import create_workbook, load_cell_notes, workbook_bytes
from workbook.errors import InputError, PackError
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.pack.loading import load_pack
from workbook.reading.accounts import read_workbook

UNIT = "示例市图书馆"
SHEETS = [
    "公开01 收入支出决算总表", "公开02 收入决算表", "公开03 支出决算表", "公开04 财政拨款收入支出决算总表",
    "公开05 一般公共预算财政拨款支出决算表", "公开06 一般公共预算财政拨款基本支出决算明细表",
    "公开07 一般公共预算财政拨款项目支出决算明细表", "公开08 政府性基金预算财政拨款收入支出决算表",
    "公开09 国有资本经营预算财政拨款收入支出决算表", "公开10 财政拨款“三公”经费支出决算表",
    "公开11 机关运行经费支出、国有资产占用情况及政府采购支出信息",
]


@pytest.fixture(scope="module")
def pack():
    return standard_pack()


@pytest.fixture(scope="module")
def blank(pack, tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "空白表.xlsx"
    create_workbook(path, pack, unit_name=UNIT, year=2024)
    return path


@pytest.fixture(scope="module")
def blank_book(blank):
    return load_workbook(blank)


def create(path: Path, pack, amounts, **options):
    create_workbook(path, pack, unit_name=UNIT, year=2024, amounts=amounts, **options)
    return read_workbook(path, pack)


# ---------------------------------------------------------------- the blank form


def test_the_blank_form_is_recognised_and_says_whose_it_is(blank, pack):
    accounts = read_workbook(blank, pack)
    assert list(accounts.tables) == list(pack.sheets)
    assert (accounts.unit_name, accounts.year, accounts.money_unit) == (UNIT, 2024, MoneyUnit.WAN)
    assert accounts.unrecognised == ()
    assert accounts.duplicates == ()


def test_the_blank_form_has_every_row_and_column_of_the_layout(blank, pack):
    accounts = read_workbook(blank, pack)
    for code, layout in pack.sheets.items():
        table = accounts.tables[code]
        assert set(layout.row_ids) <= set(table.rows), code
        assert {c for _, columns in table.rows.values() for c in columns} == set(layout.column_ids), code


def test_the_blank_form_holds_no_amount_and_breaks_no_formula(blank, pack):
    accounts = read_workbook(blank, pack)
    assert not any(read_amounts(accounts).values())
    assert not any(table.faults or table.text_numbers for table in accounts.tables.values())
    assert evaluate(pack.formulas, View(accounts.tables, nature="公益一类事业单位")).mismatches == []


def test_tabs_carry_number_and_title_within_the_limit(blank_book):
    assert blank_book.sheetnames == SHEETS
    assert max(map(len, SHEETS)) <= 31


def test_frame_of_every_sheet(blank_book, pack):
    for sheet, layout in zip(blank_book.worksheets, pack.sheets.values(), strict=True):
        texts = [c.value for row in sheet.iter_rows(max_row=3) for c in row if c.value]
        assert texts == [layout.title, layout.mark, f"公开部门：{UNIT}", "2024年度", "单位：万元"]
        assert (sheet["A1"].font.name, sheet["A1"].font.size, sheet["A1"].font.bold) == ("宋体", 18, True)


def test_print_set_up(blank_book):
    for sheet in blank_book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_title_rows
        assert sheet.freeze_panes
    assert blank_book[SHEETS[1]].page_setup.orientation == "landscape"


def test_merged_headers_name_each_column(blank_book):
    sheet = blank_book[SHEETS[9]]
    assert sheet["A4"].value == "预算数"
    assert sheet["G4"].value == "决算数"
    assert {str(r) for r in sheet.merged_cells.ranges} >= {"A4:F4", "G4:L4", "C5:E5", "I5:K5", "A5:A6"}
    assert [c.value for c in sheet[7]] == list(range(1, 13))


def test_line_numbers_run_without_gaps(blank_book):
    sheet = blank_book[SHEETS[0]]
    rows = list(sheet.iter_rows(min_row=7, max_row=37))
    assert [row[1].value for row in rows] == list(range(1, 32))
    assert [row[4].value for row in rows] == list(range(32, 63))


def test_amounts_and_counts_have_their_formats(blank_book):
    sheet = blank_book[SHEETS[10]]
    formats = {row[0].value: row[3].number_format for row in sheet.iter_rows(min_row=6, max_row=26)}
    assert formats["（一）支出合计"] == "#,##0.00"
    assert formats["4．公务用车保有量（辆）"] == "0"


def test_totals_are_formulas(blank_book):
    assert blank_book[SHEETS[0]]["C33"].value == "=SUM(C7:C14)"
    assert blank_book[SHEETS[0]]["F37"].value == "=SUM(F33:F35)"
    assert blank_book[SHEETS[1]]["C8"].value == "=SUM(D8:F8,H8:J8)"  # education fees are part of 事业收入
    assert blank_book[SHEETS[1]]["D7"].value == "=SUMPRODUCT((LEN($A$8:$A$37)=3)*D8:D37)"
    assert blank_book[SHEETS[5]]["C6"].value == "=SUM(C7:C19)"
    assert blank_book[SHEETS[9]]["A8"].value == "=SUM(B8:C8,F8)"


def test_only_numbers_may_be_typed(blank_book):
    for sheet in blank_book.worksheets:
        kinds = {rule.type for rule in sheet.data_validations.dataValidation}
        assert kinds == ({"decimal", "whole"} if sheet.title.startswith("公开11") else {"decimal"})
        assert all(re.search("[一-龥]", rule.error) for rule in sheet.data_validations.dataValidation)


def test_every_amount_cell_is_a_formula_or_checked_when_typed(blank_book, blank, pack):
    accounts = read_workbook(blank, pack)
    for sheet, table in zip(blank_book.worksheets, accounts.tables.values(), strict=True):
        checked = {place for rule in sheet.data_validations.dataValidation
                   for r in rule.sqref.ranges for place in r.cells}
        cells = {(r + 1, c + 1) for row, (r, columns) in table.rows.items() for c in columns.values()}
        formulas = {(r + 1, c + 1) for r, c in table.sheet.marks.formulas}
        assert cells <= checked | formulas, table.code
        assert not checked & formulas, table.code


def test_notes_stand_where_people_go_wrong(blank_book):
    notes = {(s.title[:4], c.value): c.comment.text for s in blank_book.worksheets for row in s for c in row if c.comment}
    assert "全年预算数" in notes["公开10", "预算数"]
    assert "单位是辆" in notes["公开11", "4．公务用车保有量（辆）"]
    assert "公开01" in notes["公开04", "总计"]


def test_empty_fund_sheets_carry_their_statement_until_they_are_filled(blank_book, pack):
    sheet = blank_book[SHEETS[7]]
    formula = next(c.value for row in sheet for c in row if str(c.value).startswith("=IF(SUM("))
    assert formula == f'=IF(SUM(C7:H37)=0,"{pack.sheets["公开08"].empty_statement}","")'


def test_equal_input_gives_equal_bytes(pack):
    assert workbook_bytes(pack, unit_name=UNIT, year=2024) == workbook_bytes(pack, unit_name=UNIT, year=2024)


def test_properties_name_nobody(blank):
    with zipfile.ZipFile(blank) as archive:
        core, app = (archive.read(f"docProps/{part}.xml").decode() for part in ("core", "app"))
    assert re.findall(r"<(?:dc:creator|cp:lastModifiedBy)>([^<]+)<", core) == []
    assert "2024-01-01T00:00:00Z" in core
    assert "<Manager>" not in app


def test_the_total_of_a_blank_sheet_adds_what_is_filled_into_its_rows(pack, tmp_path):
    create_workbook(tmp_path / "a.xlsx", pack, unit_name=UNIT, year=2024)
    sheet = load_workbook(tmp_path / "a.xlsx")[SHEETS[2]]
    assert sheet["D7"].value == "=SUMPRODUCT((LEN($A$8:$A$37)=3)*D8:D37)"
    assert sheet["A38"].value.startswith("注：")


# ---------------------------------------------------------------- filled


@pytest.mark.parametrize("unit", list(MoneyUnit))
@pytest.mark.parametrize("seed", range(8))
def test_a_filled_workbook_reads_back_exactly(pack, tmp_path, unit, seed):
    amounts = random_unit(random.Random(seed), funds=seed % 2 == 0, cents=seed % 3 != 0)
    accounts = create(tmp_path / "a.xlsx", pack, amounts, money_unit=unit)
    read = read_amounts(accounts)
    assert accounts.money_unit is unit
    assert {key: read.get(key) for key in amounts} == amounts
    assert not any(value for key, value in read.items() if key not in amounts)  # formulas of empty totals show 0
    assert not any(table.faults or table.text_numbers for table in accounts.tables.values())
    assert evaluate(pack.formulas, View(accounts.tables, nature=nature_of(amounts))).mismatches == []


def test_given_totals_are_formulas_with_their_value(pack, tmp_path):
    amounts = random_unit(random.Random(5), funds=True)
    create(tmp_path / "a.xlsx", pack, amounts)
    formulas, values = load_workbook(tmp_path / "a.xlsx"), load_workbook(tmp_path / "a.xlsx", data_only=True)
    total = next(c for row in formulas[SHEETS[4]] for c in row if c.value == "合计" and c.row > 5)
    cell = f"C{total.row}"
    assert formulas[SHEETS[4]][cell].value.startswith("=SUM(")
    assert values[SHEETS[4]][cell].value == pytest.approx(float(amounts["公开05", "合计", "合计"]))


def test_a_total_that_differs_from_its_parts_is_not_altered(pack, tmp_path):
    amounts = {("公开01", "其他收入", "决算数"): Decimal("10.01"), ("公开01", "本年收入合计", "决算数"): Decimal("10.02")}
    accounts = create(tmp_path / "a.xlsx", pack, amounts)
    assert accounts.value("公开01", "本年收入合计") == Decimal("10.02")
    assert load_workbook(tmp_path / "a.xlsx")[SHEETS[0]]["C33"].value == 10.02
    assert accounts.value("公开01", "收入总计") == Decimal("10.02")  # not given: the formula's result


def test_code_rows_are_those_given_with_total_first(pack, tmp_path):
    amounts = {("公开05", code, "项目支出"): Decimal(1) for code in ("2050299", "205", "20502")}
    create(tmp_path / "a.xlsx", pack, amounts, names={"2050299": "旧名称"})
    rows = [[c.value for c in row[:2]] for row in load_workbook(tmp_path / "a.xlsx")[SHEETS[4]].iter_rows(min_row=7)]
    assert rows[:4] == [["合计", None], ["205", "教育支出"], ["20502", "普通教育"], ["2050299", "旧名称"]]
    assert rows[4][0].startswith("注：")


def test_an_empty_fund_sheet_states_it_plainly(pack, tmp_path):
    create(tmp_path / "a.xlsx", pack, random_unit(random.Random(1), funds=False))
    sheet = load_workbook(tmp_path / "a.xlsx")[SHEETS[8]]
    assert sheet["A14"].value == pack.sheets["公开09"].empty_statement  # below 合计 and six empty rows


@pytest.mark.parametrize(
    "key",
    [
        ("公开06", "30906", "决算数"),  # capital construction is no basic expenditure
        ("公开06", "39906", "决算数"),  # an old code that the catalogue no longer has
        ("公开01", "没有的行", "决算数"), ("公开02", "205", "没有的列"), ("公开04", "205", "决算数"),
        ("公开05", "第9行", "合计"), ("公开12", "合计", "合计"),
    ],
)
def test_an_amount_without_a_cell_is_refused(pack, tmp_path, key):
    with pytest.raises(ValueError, match=key[0]):
        create_workbook(tmp_path / "a.xlsx", pack, unit_name=UNIT, year=2024, amounts={key: Decimal(1)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["1234567890123.456", "NaN"])
def test_an_amount_that_excel_cannot_hold_is_refused(pack, value):
    with pytest.raises(ValueError, match="有效数字"):
        workbook_bytes(pack, unit_name=UNIT, year=2024, amounts={("公开01", "其他收入", "决算数"): Decimal(value)})


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", '=HYPERLINK("http://a")'])
def test_texts_never_become_formulas(pack, tmp_path, name):
    amounts = {("公开03", "2050299", "基本支出"): Decimal(1)}
    create_workbook(tmp_path / "a.xlsx", pack, unit_name=name, year=2024, amounts=amounts, names={"2050299": name})
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [c for sheet in book for row in sheet for c in row if isinstance(c.value, str) and name in c.value]
    assert len(cells) == 12
    assert {c.data_type for c in cells} == {"s"}
    assert all(c.hyperlink is None for c in cells)


# ---------------------------------------------------------------- the file


def test_an_existing_file_is_replaced_and_no_temporary_file_stays(pack, tmp_path):
    path = tmp_path / "新文件夹" / "表.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"old")
    create_workbook(path, pack, unit_name=UNIT, year=2024)
    assert zipfile.is_zipfile(path)
    assert [p.name for p in path.parent.iterdir()] == ["表.xlsx"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444


def test_a_place_that_cannot_be_written_gives_one_clear_line(pack, tmp_path):
    (tmp_path / "a").write_text("a file, no folder")
    with pytest.raises(InputError, match=r"无法写入.*。$"):
        create_workbook(tmp_path / "a" / "b.xlsx", pack, unit_name=UNIT, year=2024)


def test_a_cell_note_for_nothing_names_its_line(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    for file in load_pack().folder.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / "cell-notes.csv").write_text("表,行,列,说明\n公开01,其他收入,,好\n公开01,没有的行,,坏\n", "utf-8")
    assert len(load_cell_notes(folder / "cell-notes.csv")) == 2
    with pytest.raises(PackError, match=r"第 3 行.*没有的行"):
        workbook_bytes(load_pack(folder), unit_name=UNIT, year=2024)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([("甲",), ("乙", "丙"), ("乙", "丁")],
         {Block(0, 0, 1, 0, "甲"), Block(0, 1, 0, 2, "乙"), Block(1, 1, 1, 1, "丙"), Block(1, 2, 1, 2, "丁")}),
        ([("甲", "乙"), ("丙", "乙")],
         {Block(0, 0, 0, 0, "甲"), Block(1, 0, 1, 0, "乙"), Block(0, 1, 0, 1, "丙"), Block(1, 1, 1, 1, "乙")}),
    ],
)
def test_header_cells(paths, expected):
    assert set(header_blocks(paths, 2)) == expected
