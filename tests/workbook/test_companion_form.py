"""``companion.toml``: what the 底稿 of a region is; packs made by editing it alone."""

from pathlib import Path

import openpyxl
import pytest

from tests.packs import Edit, own_companion, pack_folder, replaced, without_sheets
from tests.units import standard_pack
from tests.workbook.companion_data import full_companion, stating
from workbook.companion.create import create_companion
from workbook.companion.model import Companion
from workbook.companion.read import read_companion
from workbook.companion.update import update_companion
from workbook.errors import PackError
from workbook.formulas.evaluate import evaluate
from workbook.pack.loading import TEMPLATES, Pack, load_pack, read_pack
from workbook.reading.accounts import read_workbook
from workbook.rules.check import view_of

FILE = "companion.toml"
SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def made(folder: Path, *edits: Edit) -> Pack:
    """The home pack with another ``companion.toml``."""

    def edit(text: str) -> str:
        for one in edits:
            text = one(text)
        return text

    return load_pack(pack_folder(folder, {FILE: edit}))


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        (lambda text: text + "\n[[", "写法不对"),
        (replaced('id = "年度"', 'id = "年份"'), "缺少项目“年度”"),
        (replaced('id = "联系人"', 'id = "联系电话"', 1), "[[entry]] “联系电话”：重复"),
        (replaced('id = "中小企业货物"', 'id = "联系人"'), "项目“联系人”重复"),
        (replaced('kind = "file"', 'kind = "files"', 1), "“上年决算表”：“kind”不能是“files”（可用的有：line、text"),
        (replaced('amount = "公开01[结余分配]"', 'amount = "公开01[结余]"'), "“结余分配事项”：“amount”：公开01的行中没有“结余”"),
        (replaced('amount = "公开01[结余分配]"', 'amount = "Σ公开01[结余分配、年末结转和结余]"'), "“amount”应是一个单元格"),
        (replaced('none = "本年度无结余分配事项"\n', ""), "amount 和 none 应同时写"),
        (replaced('actual = "公开05[每码, 合计]"', 'actual = "公开05[合计, 合计]"'), "“actual”应写作“表[每码, 列]”"),
        (replaced('group = "上年决算"', 'group = "上年"'), "项目“上年决算表”的组“上年”不在 [[group]] 中"),
        (replaced('choices = ["持平", "增加0万元"]\n', ""), "“持平写法”：choice 应有 choices"),
        (replaced("required = true", 'required = "是"', 1), "“单位名称”：“required”应是 true 或 false"),
        (replaced("widths = [28, 48, 58]", "widths = [28, 48]"), "“单位信息”：header 和 widths 应各有 3 项"),
        (replaced('kind = "reasons"', 'kind = "glossary"'), "种类为“glossary”的工作表不止一张"),
        (replaced("keep = true", "kept = true", 1), "“单位名称”：不认识“kept”"),
        (replaced('[[sheet.fund]]\nname = "一般公共预算"\n', "[[sheet.fund]]\n"), "第 1 个 [[fund]]：缺少“name”"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(tmp_path: Path, edit: Edit, cause: str) -> None:
    with pytest.raises(PackError) as error:
        made(tmp_path, edit)
    assert FILE in str(error.value)
    assert error.value.line is not None or cause == "写法不对"  # at the end of the document
    assert cause in str(error.value)


def test_conditions_ask_for_natures_of_the_form(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="没有“行政单位”这种单位性质"):
        made(tmp_path, replaced('name = "行政单位"', 'name = "行政机关"'))


def test_a_pack_without_the_file_has_the_default_packs(tmp_path: Path) -> None:
    own = read_pack(pack_folder(tmp_path, without=(FILE,)))
    assert [sheet.name for sheet in own.companion.sheets] == [sheet.name for sheet in standard_pack().companion.sheets]
    assert own.companion.numbers == standard_pack().companion.numbers


def test_what_the_default_file_says_of_cells_that_a_form_lacks_is_left_out(tmp_path: Path) -> None:
    folder = pack_folder(tmp_path, {"sheets.toml": lambda text: without_sheets(text, "公开11")}, without=(FILE,))
    form = read_pack(folder).companion
    assert "国内接待内容" not in form.entries
    assert "结余分配事项" in form.entries
    assert all(nature.implied_by is None for nature in form.natures)
    assert not any(group.beside for group in form.groups)


@pytest.fixture
def other(tmp_path: Path) -> Pack:
    return load_pack(own_companion(tmp_path))


def test_a_form_of_its_own_is_made_filled_and_checked(tmp_path: Path, other: Pack) -> None:
    path = tmp_path / "某单位_底稿.xlsx"
    create_companion(path, Companion.new(path, other.companion, "某单位", 2024), other)
    book = openpyxl.load_workbook(path)
    assert "绩效自评" not in book.sheetnames
    assert [c.value for c in book["培训与会议"]["A"][3:6]] == ["项目", "培训费", "培训内容"]
    blank, issues = read_companion(path, other)
    assert [i.code for i in issues] == ["底稿-07"]
    update_companion(blank, stating(blank, 单位性质="企业", 培训费预算=1, 培训内容="业务培训"), other)
    read, issues = read_companion(path, other)
    assert issues == ()
    assert read.text("培训内容").text == "业务培训"
    assert str(read.tables()["底稿"].ref("培训费预算", "数")) == "培训与会议!B5"
    accounts = read_workbook(SAMPLE, other)
    spent = accounts.value("公开06", "30201")
    formula = next(f for f in other.formulas if f.code == "90-01")
    found = evaluate([formula], view_of(accounts, {}, read.tables())).mismatches
    assert [(f.left, f.right) for f in found] == [(spent, 1)]


def test_a_companion_of_the_home_form_is_read_by_other_names_of_its_sheets(tmp_path: Path, other: Pack) -> None:
    home = full_companion(tmp_path / "某单位_底稿.xlsx")
    create_companion(home.path, home, standard_pack())
    read, issues = read_companion(home.path, other)
    assert read.text("中小企业货物").value == home.text("中小企业货物").value
    assert [i.code for i in issues] == ["底稿-01"]  # 培训与会议 is not there


def test_a_nature_is_implied_by_the_cells_that_the_form_names(tmp_path: Path) -> None:
    own = made(tmp_path, replaced('implied_by = "公开11[行政单位]"', 'implied_by = "公开01[收入总计]"'))
    assert own.companion.natures[0].implied_by == ("公开01", "收入总计", "决算数")


def test_rules_say_what_the_pack_says(tmp_path: Path) -> None:
    edit = replaced("底稿-07,提示,必填的项目没有填写,底稿“单位信息”,,{位置} 没有填写“{项目}”", "底稿-07,错误,必填的项目没有填写,底稿“单位信息”,,请填写{项目}")
    own = load_pack(pack_folder(tmp_path, {"companion-rules.csv": edit}))
    path = tmp_path / "某单位_底稿.xlsx"
    create_companion(path, Companion.new(path, own.companion, "某单位", 2024), own)
    _, issues = read_companion(path, own)
    assert [(str(i.severity), i.message) for i in issues] == [("错误", "请填写单位性质")]
