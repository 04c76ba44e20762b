"""The 底稿: what is created is read back; and what people make of it in Excel is still understood."""

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.units import standard_pack
from tests.workbook.companion_data import DUTIES, WORK, full_companion, plain, stating
from workbook.companion.checks import check_companion
from workbook.companion.create import companion_bytes, create_companion
from workbook.companion.lists import BLANK_TABLE
from workbook.companion.model import Companion, Level
from workbook.companion.read import read_companion
from workbook.create.book import sheet_name
from workbook.editing.package_edit import edit_package
from workbook.entries import Entry
from workbook.errors import InputError
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.formulas.wording import mismatch_message
from workbook.issues import Issue, Kind, Severity
from workbook.pack.companion_form import Role
from workbook.pack.loading import Pack
from workbook.paths import companion_path

SHEET_NAMES = [sheet.name for sheet in standard_pack().companion.sheets if sheet.role is not Role.VERIFIED]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return standard_pack()


@pytest.fixture(scope="module")
def made(pack: Pack) -> bytes:
    return companion_bytes(full_companion(Path("某市第一中学_底稿.xlsx")), pack)


@pytest.fixture
def changed(made: bytes, pack: Pack, tmp_path: Path) -> Callable[[Callable[[Workbook], None]], tuple[Companion, tuple[Issue, ...]]]:
    """Reads the full 底稿 after a person has changed it in Excel."""

    def read(change: Callable[[Workbook], None]) -> tuple[Companion, tuple[Issue, ...]]:
        book = openpyxl.load_workbook(io.BytesIO(made))
        change(book)
        path = tmp_path / "某市第一中学_底稿.xlsx"
        book.save(path)
        return read_companion(path, pack)

    return read


def find(sheet: Worksheet, text: str) -> tuple[int, int]:
    return next((c.row, c.column) for row in sheet.iter_rows() for c in row if c.value == text)


def beside(sheet: Worksheet, text: str, value: object) -> None:
    row, column = find(sheet, text)
    sheet.cell(row, column + 1).value = value


# ---------------------------------------------------------------- round trip


def test_what_is_created_is_read_back(tmp_path, pack):
    original = full_companion(tmp_path / "某市第一中学_底稿.xlsx")
    create_companion(original.path, original, pack)
    read, issues = read_companion(original.path, pack)
    assert issues == ()
    assert plain(read) == plain(original)


def test_a_blank_companion_is_read_back(tmp_path, pack):
    original = Companion.new(tmp_path / "x_底稿.xlsx", pack.companion, "某单位", 2024)
    create_companion(original.path, original, pack)
    read, issues = read_companion(original.path, pack)
    assert plain(read) == plain(original)
    assert [i.message for i in issues] == ["底稿“单位信息” B6 没有填写“单位性质”"]


def test_creating_twice_gives_the_same_bytes(pack):
    original = full_companion(Path("x_底稿.xlsx"))
    assert companion_bytes(original, pack) == companion_bytes(original, pack)


def test_the_entries_name_their_cells(tmp_path, pack):
    original = full_companion(tmp_path / "x_底稿.xlsx")
    create_companion(original.path, original, pack)
    read, _ = read_companion(original.path, pack)
    sheet = openpyxl.load_workbook(original.path)["年初预算"]
    line = read.budget[1]
    assert str(line.amount.ref) == "年初预算!C8"
    assert sheet[line.amount.ref.a1].value == 29.0212
    assert read.text("单位性质").ref.file == "x_底稿.xlsx"


def test_the_sheets_are_those_of_the_design_and_easy_to_fill(made):
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == [*SHEET_NAMES, "自评表1", "自评表2", BLANK_TABLE]
    for sheet in book:
        assert sheet.protection.sheet, sheet.title
        assert not sheet.protection.password
        assert sheet.page_setup.paperSize in ("9", 9)
    info = book["单位信息"]
    lists = {dv.formula1 for dv in info.data_validations.dataValidation if dv.type == "list"}
    assert any("参照公务员法管理事业单位" in f for f in lists)
    row, column = find(info, "单位名称")
    assert info.cell(row, column).protection.locked
    assert not info.cell(row, column + 1).protection.locked
    reasons = book["变动原因"]
    row, column = find(reasons, "变动原因")
    assert not reasons.cell(row + 1, column).protection.locked
    assert reasons.cell(row + 1, 1).protection.locked
    assert reasons.print_title_rows == "$4:$4"
    assert reasons.freeze_panes == "A5"


def test_texts_that_look_like_formulas_are_written_as_text(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made))["概况文字"]
    cell = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith("=2."))
    assert cell.data_type == "s"


def test_the_blank_form_computes_rates_and_totals(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made))[BLANK_TABLE]
    formulas = [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith("=")]
    assert '=IF(N(E6)=0,"",ROUND(F6/E6*100,2))' in formulas
    assert "=N(G6)+SUM(J13:J36)" in formulas


# ---------------------------------------------------------------- the amounts that formulas name


def test_formulas_name_amounts_of_the_companion(tmp_path, pack):
    original = full_companion(tmp_path / "x_底稿.xlsx")
    create_companion(original.path, original, pack)
    read, _ = read_companion(original.path, pack)
    table = read.tables()["底稿"]
    assert table.columns == {"数": {
        "年初预算总计": Decimal("451.5"), "年初预算财政拨款": Decimal("440.25"), "中小企业货物": Decimal("0.8149"),
        "中小企业工程": Decimal(0), "中小企业服务": Decimal("3.6165"), "一般公共预算一级项目数": Decimal(0),
        "一般公共预算二级项目数": Decimal(2), "政府性基金预算一级项目数": Decimal(0), "政府性基金预算二级项目数": Decimal(1)}}
    assert str(table.ref("中小企业服务", "数")) == "采购与中小企业!B7"
    assert table.issue_cell("中小企业服务", "数").label == "底稿“采购与中小企业” 中小企业服务"
    assert set(table.rows) == set(pack.companion.numbers)


def test_the_year_start_budget_is_a_table_of_codes(tmp_path, pack):
    original = full_companion(tmp_path / "x_底稿.xlsx")
    create_companion(original.path, original, pack)
    table = read_companion(original.path, pack)[0].tables()["年初预算"]
    assert table.codes() == ("205", "20502", "2050299", "221", "22102", "2210201")
    assert table.value("2050299", "数") == table.value("205", "数") == Decimal("2.25")
    assert table.leaves() == ("2050299", "2210201")
    assert table.label("2050299", "数") == "底稿“年初预算” 2050299 其他普通教育支出"
    assert table.value("208", "数") is None
    assert table.is_filled
    unfilled = replace(original, budget=tuple(replace(line, amount=Entry()) for line in original.budget))
    assert not unfilled.tables()["年初预算"].is_filled


def test_projects_are_a_table_by_budget(tmp_path, pack):
    original = full_companion(tmp_path / "x_底稿.xlsx")
    create_companion(original.path, original, pack)
    table = read_companion(original.path, pack)[0].tables()["绩效自评"]
    assert table.codes() == ("一般公共预算1", "政府性基金预算2")
    assert table.leaves(lambda row: row.startswith("政府性基金预算")) == ("政府性基金预算2",)
    assert [table.value("政府性基金预算2", c) for c in ("自评得分", "执行数")] == [Decimal("80.46"), Decimal("2.25")]
    assert [table.raw("政府性基金预算2", c) for c in ("项目名称", "预算类别")] == ["教育三项改革资金", "政府性基金预算"]
    assert table.label("一般公共预算1", "执行数") == "底稿“绩效自评” 名师视界直播运行费·执行数"


def test_blank_amounts_are_absent_and_leave_the_formula_unevaluated(pack):
    table = Companion(Path("x_底稿.xlsx"), pack.companion).tables()["底稿"]
    assert table.rows == {}
    formula = next(f for f in pack.formulas if f.code == "11-62")
    result = evaluate([formula], View({"底稿": table, "公开11": table}))
    assert result.mismatches == []
    assert result.skipped


# ---------------------------------------------------------------- as people change it


@pytest.mark.parametrize(("old", "new"), [
    ("单位信息", "1.单位信息"), ("年初预算", "年初预算表"), ("变动原因", "变动原因 (2)"), ("所属单位", "下属单位"), ("名词解释", "Sheet9"),
])
def test_renamed_sheets_are_found(changed, made, old, new):
    def rename(book: Workbook) -> None:
        book[old].title = new

    read, issues = changed(rename)
    assert issues == ()
    assert plain(read) == plain(full_companion(read.path))


def test_moved_sheets_columns_and_rows_are_found(changed):
    def move(book: Workbook) -> None:
        book.move_sheet("年初预算", 5)
        book["年初预算"].insert_rows(1, 3)
        book["年初预算"].insert_cols(1)
        book["变动原因"].insert_cols(5)
        book["变动原因"]["E4"] = "我的备注"
        book["变动原因"]["E5"] = "自己的列"
        book["单位信息"].insert_rows(3, 2)
        book["绩效自评"].insert_cols(1)

    read, issues = changed(move)
    assert issues == ()
    assert plain(read) == plain(full_companion(read.path))


def test_other_words_for_headers_and_labels(changed):
    words = {
        "年初预算": {"功能科目编码": "科目代码", "年初预算数": "预算 数", "收支总计": "年初预算总计"},
        "单位信息": {"单位名称": "部门名称：", "内容": "填写内容", "变动原因_最低变动率（%）": "最低变动率(%)"},
        "采购与中小企业": {"货物": "一、货物采购"},
        "名词解释": {"术语": "名词"},
        "绩效自评": {"完成情况综述": "绩效目标完成情况", "一级项目数": "一级项目"},
    }

    def rename(book: Workbook) -> None:
        for sheet, pairs in words.items():
            for old, new in pairs.items():
                row, column = find(book[sheet], old)
                book[sheet].cell(row, column).value = new

    read, issues = changed(rename)
    assert issues == ()
    assert plain(read) == plain(full_companion(read.path))


def test_amounts_in_yuan_and_as_text(changed):
    def yuan(book: Workbook) -> None:
        sheet = book["年初预算"]
        row, column = find(sheet, "单位：万元")
        sheet.cell(row, column).value = "单位：元"
        values = ["４,５１５,０００．００", "4402500", 22500, " 290,212 "]
        for r, value in enumerate(values, 5):
            sheet.cell(r, 3).value = value
        sheet.cell(7, 1).value = 2050299

    read, issues = changed(yuan)
    assert issues == ()
    assert plain(read.budget) == plain(full_companion(read.path).budget)
    assert read.text("中小企业货物").value == Decimal("0.8149")


def test_the_unit_may_stand_in_the_header(changed):
    def header(book: Workbook) -> None:
        sheet = book["采购与中小企业"]
        row, column = find(sheet, "单位：万元")
        sheet.cell(row, column).value = None
        row, column = find(sheet, "授予中小企业合同金额")
        sheet.cell(row, column).value = "授予中小企业合同金额（元）"
        for r, value in enumerate((8149, None, 36165), 5):
            sheet.cell(r, column).value = value

    read, _ = changed(header)
    assert read.text("中小企业货物").value == Decimal("0.8149")
    assert read.text("中小企业工程").value is None
    assert read.text("中小企业服务").value == Decimal("3.6165")


def test_blank_rows_notes_and_repeated_parts(changed):
    def blanks(book: Workbook) -> None:
        sheet = book["概况文字"]
        sheet.insert_rows(6)
        sheet["A5"], sheet["A7"] = "主要职能、职责", None
        sheet["B5"] = None
        sheet["A20"] = "注：以上文字经办公室审核"

    read, issues = changed(blanks)
    assert issues == ()
    assert [(p.part, p.level) for p in read.overview] == [
        (DUTIES, Level.BODY), (DUTIES, Level.BODY), (WORK, Level.FIRST), (WORK, Level.BODY)]


@pytest.mark.parametrize("year", ["2024年度", "２０２４", 2024.0, "2024年"])
def test_the_year_is_understood(changed, year):
    read, issues = changed(lambda book: beside(book["单位信息"], "年度", year))
    assert read.year == 2024
    assert issues == ()


# ---------------------------------------------------------------- mistakes are named


def mistake(issues: tuple[Issue, ...]) -> Issue:
    assert len(issues) == 1, [i.message for i in issues]
    assert issues[0].kind is Kind.FORM
    return issues[0]


def test_a_missing_sheet_is_named(changed):
    read, issues = changed(lambda book: book.remove(book["采购与中小企业"]))
    found = mistake(issues)
    assert (found.code, found.severity, found.sheet) == ("底稿-01", Severity.NOTICE, "采购与中小企业")
    assert read.text("中小企业货物").is_blank
    assert read.text("年初预算总计").value == Decimal("451.5")


def test_a_destroyed_header_is_named(changed):
    def destroy(book: Workbook) -> None:
        for column in range(1, 14):
            book["变动原因"].cell(4, column).value = None

    read, issues = changed(destroy)
    assert "没有找到表头（应有：编号、变动原因）" in mistake(issues).message
    assert read.reasons == ()


@pytest.mark.parametrize(("value", "word"), [("约20", "文字"), (True, "逻辑值"), ("#REF!", "错误值")])
def test_text_where_an_amount_belongs_is_named(changed, value, word):
    def write(book: Workbook) -> None:
        book["年初预算"]["C7"] = value

    read, issues = changed(write)
    found = mistake(issues)
    assert (found.code, found.severity) == ("底稿-03", Severity.ERROR)
    assert str(found.cells[0].ref) == "年初预算!C7"
    assert word in found.message
    assert "年初预算" in found.message
    assert read.budget[0].amount.value is None


def test_a_formula_that_was_never_computed_is_named(changed):
    def write(book: Workbook) -> None:
        book["采购与中小企业"]["B5"] = "=1+1"

    read, issues = changed(write)
    assert "公式未计算" in mistake(issues).message
    assert str(mistake(issues).cells[0].ref) == "采购与中小企业!B5"
    assert read.text("中小企业货物").value is None


def test_a_word_that_is_not_in_the_list_is_named(changed):
    read, issues = changed(lambda book: beside(book["单位信息"], "单位性质", "学校"))
    found = mistake(issues)
    assert found.code == "底稿-04"
    assert "“行政单位”、“参照公务员法管理事业单位”" in found.message
    assert read.nature == "学校"


@pytest.mark.parametrize(("code", "expected"), [("2050298", "底稿-05"), ("2210201", "底稿-06"), (None, "底稿-05")])
def test_wrong_codes_are_named(changed, code, expected):
    def write(book: Workbook) -> None:
        book["年初预算"]["A9"], book["年初预算"]["B9"], book["年初预算"]["C9"] = code, "某科目", 1

    _, issues = changed(write)
    found = mistake(issues)
    assert found.code == expected
    assert found.cells[0].ref.a1 == "A9"


def test_a_reason_without_or_with_a_double_id_is_named(changed):
    def write(book: Workbook) -> None:
        sheet = book["变动原因"]
        sheet["K7"] = "没有编号的原因"
        sheet["A8"], sheet["K8"] = "公用经费.比上年", "再写一遍"

    read, issues = changed(write)
    assert [i.code for i in issues] == ["底稿-05", "底稿-06"]
    assert [i.cells[0].ref.a1 for i in issues] == ["K7", "A8"]
    assert len(read.reasons) == 2


def test_a_performance_table_that_is_not_there_is_named(changed, pack):
    def rename(book: Workbook) -> None:
        book["自评表2"].title = "改了名字"

    read, issues = changed(rename)
    assert "没有名为“自评表2”的项目支出绩效自评表" in mistake(issues).message
    assert [t.sheet for t in read.unlisted] == ["改了名字"]
    assert {i.code for i in check_companion(read, pack.companion_rules)} >= {"绩效-15"}


def test_missing_unit_data_is_asked_for(changed):
    def empty(book: Workbook) -> None:
        beside(book["单位信息"], "单位名称", None)
        beside(book["单位信息"], "年度", "今年")

    read, issues = changed(empty)
    assert [i.code for i in issues] == ["底稿-03", "底稿-07", "底稿-07"]
    assert read.year is None


JUNK = st.sampled_from([
    None, "", " ", "—", "abc", "２０２４", "1,234.5", "(3)", "#N/A", "合计", "公开02", "公开99表", "行", "编号", "项目名称", "一级指标", "三级指标", "分值", "得分", "总分",
    "单位：元", "2024年", "%", "≥", "注：", "0" * 40, Decimal(-1), Decimal("1e12"), Decimal("0.000001"), 2050299, "2050299", "205", "序号", "项目支出绩效自评表"])


@settings(max_examples=60)
@given(edits=st.dictionaries(st.tuples(st.sampled_from([*SHEET_NAMES, "自评表1"]), st.integers(0, 20), st.integers(0, 12)), JUNK, max_size=25))
def test_whatever_stands_in_the_cells_is_read_or_named(made, pack, edits, tmp_path_factory):
    by_sheet: dict[str, dict[tuple[int, int], object]] = {}
    for (sheet, row, column), value in edits.items():
        by_sheet.setdefault(sheet, {})[row, column] = value
    path = tmp_path_factory.getbasetemp() / "乱_底稿.xlsx"
    path.write_bytes(edit_package(made, by_sheet))
    read, issues = read_companion(path, pack)
    check_companion(read, pack.companion_rules)
    read.tables()
    assert all(i.message for i in issues)


# ---------------------------------------------------------------- files that are no 底稿


def test_another_workbook_is_no_companion(tmp_path, pack):
    book = openpyxl.Workbook()
    book.active["A1"] = "工资表"
    book.save(tmp_path / "工资.xlsx")
    with pytest.raises(InputError, match="不是底稿"):
        read_companion(tmp_path / "工资.xlsx", pack)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"text"])
def test_a_broken_file_is_one_clear_sentence(tmp_path, pack, content):
    path = tmp_path / "坏_底稿.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"坏_底稿\.xlsx"):
        read_companion(path, pack)


def test_a_folder_is_no_companion(tmp_path, pack):
    with pytest.raises(InputError, match="文件夹"):
        read_companion(tmp_path, pack)


# ---------------------------------------------------------------- small things


def test_where_the_companion_lies(tmp_path):
    assert companion_path(tmp_path / "某单位2024.xlsx") == tmp_path / "某单位2024_底稿.xlsx"
    (tmp_path / "十一张表").mkdir()
    assert companion_path(tmp_path / "十一张表") == tmp_path / "十一张表_底稿.xlsx"


def test_paths_in_the_unit_data_are_relative_to_the_companion(tmp_path):
    made = full_companion(tmp_path / "x_底稿.xlsx")
    assert made.prior_workbook() == tmp_path / "上年" / "2023年.xlsx"
    assert made.overview_file() is None
    windows = made.with_text("上年决算表", Entry.of("上年\\2023年.xlsx"))
    assert windows.prior_workbook() == tmp_path / "上年" / "2023年.xlsx"


@pytest.mark.parametrize("name", ["../别的单位.docx", "甲/../../别的.docx", "/etc/别的.docx", "\\\\server\\share\\别的.docx", "//server/share/别的.docx"])
def test_files_elsewhere_are_not_read_unless_the_user_chose_them(tmp_path, name):
    made = full_companion(tmp_path / "x_底稿.xlsx").with_text("概况文件", Entry.of(name))
    assert made.overview_file() is None
    assert [entry.text for entry in made.elsewhere()] == [name]
    chosen = replace(made, trusted=frozenset([made.named_file("概况文件")]))
    assert chosen.overview_file() == made.named_file("概况文件")
    assert chosen.elsewhere() == ()


@pytest.mark.parametrize(("wanted", "expected"), [
    ("名师视界/直播[1]:?*", "名师视界直播1"), ("", "绩效自评表"), ("变动原因", "变动原因(2)"), ("长" * 40, "长" * 31), ("'引号'", "引号"),
])
def test_sheet_names_are_allowed_ones(wanted, expected):
    assert sheet_name(wanted, {"变动原因"}, "绩效自评表") == expected


def broken(made: Companion, pack: Pack) -> list[tuple[str, Severity, str]]:
    """What the check formulas about the 底稿 alone say."""
    formulas = [f for f in pack.formulas if f.code.startswith("底稿-")]
    found = evaluate(formulas, View(made.tables())).mismatches
    return [(f.formula.code, f.formula.severity, mismatch_message(f)) for f in found if not f.is_tail]


def test_sums_in_the_budget_are_checked(tmp_path, pack):
    made = full_companion(tmp_path / "x.xlsx")
    assert broken(made, pack) == []
    wrong = replace(stating(made, 年初预算财政拨款=500), budget=(*made.budget, replace(made.budget[0], code="205", name="教育支出", amount=Entry.of(3))))
    assert broken(wrong, pack) == [
        ("底稿-08", Severity.ERROR, "底稿“年初预算” 205 教育支出 3.00 万元，应等于底稿“年初预算” 20502 2.25 万元，相差 0.75 万元：年初预算数等于下级科目年初预算数之和"),
        ("底稿-09", Severity.ERROR, "底稿 年初预算财政拨款 500.00 万元，应不大于底稿 年初预算总计 451.50 万元，相差 48.50 万元：年初预算的财政拨款合计不大于收支总计")]
    assert [code for code, *_ in broken(stating(made, 年初预算财政拨款=20), pack)] == ["底稿-10"]
    assert broken(Companion.new(tmp_path / "x.xlsx", pack.companion, "某单位", 2024), pack) == []
