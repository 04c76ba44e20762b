"""The formula language: what parses, what fails at load and with which line."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from workbook.errors import PackError
from workbook.formulas.bindings import View
from workbook.formulas.evaluate import evaluate
from workbook.issues import Kind, Severity
from workbook.pack.formula import Every, Relation
from workbook.pack.formula_parser import FormulaSyntaxError, parse_comparison
from workbook.pack.loading import TEMPLATES, Pack, load_pack


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


def test_all_relations_of_the_field_are_there(pack: Pack) -> None:
    formulas = pack.formulas
    assert len(formulas) >= 90
    assert {f.kind for f in formulas} >= {Kind.INTRA, Kind.INTER, Kind.PRIOR, Kind.FORM}
    assert all(f.wording and f.basis for f in formulas)
    pairs = {(a, b) for f in formulas for a in f.tables for b in f.tables if a < b}
    expected = {("公开01", "公开02"), ("公开01", "公开03"), ("公开01", "公开04"), ("公开02", "公开04"), ("公开04", "公开05"),
                ("公开04", "公开08"), ("公开04", "公开09"), ("公开03", "公开05"), ("公开05", "公开06"), ("公开05", "公开07"),
                ("公开06", "公开10"), ("公开07", "公开10"), ("公开10", "公开11"), ("公开06", "公开11")}
    assert expected <= pairs


def test_every_sheet_row_and_column_of_amounts_is_in_an_error_formula(pack: Pack) -> None:
    """An amount that no 错误-formula names could be changed without anybody noticing."""
    named = {
        (t.table, row) for f in pack.formulas if f.severity is Severity.ERROR for t in f.comparison.terms
        for row in (t.rows if isinstance(t.rows, tuple) else ("*",))
    }
    for code in ("公开01", "公开04", "公开10", "公开11"):
        for panel in pack.sheets[code].panels:
            for row in panel.rows:
                if row.id and not row.unit and (code, "*") not in named:
                    assert (code, row.id) in named, row.id


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("公开01[本年收入合计] = ", "不完整"),
        ("公开01[本年收入合计]", "不完整"),
        ("公开99[合计] = 0", "没有“公开99”"),
        ("公开01[没有的行] = 0", "没有“没有的行”"),
        ("公开02[合计, 没有的列] = 0", "没有“没有的列”"),
        ("公开02[合计] = 0", "没有写列"),
        ("公开01[本年收入合计] == 0", "关系符"),
        ("公开01[201..234] = 0", "前面应写 Σ"),
        ("Σ公开01[本年收入合计] = 0", "不应写 Σ"),
        ("公开01[234..201] = 0", "次序"),
        ("公开04[本年收入合计, 合计] = 0", "不在同一栏"),
        ("Σ公开02[下级, 每列] = 公开02[合计, 每列]", "每上级"),
        ("公开02[每行, 经营收入] = 公开01[每类]", "一种"),
        ("公开01[本年收入合计] + = 0", "关系符"),
        ("公开01[本年收入合计] 公开01[201] = 0", "缺少加减号"),
        ("__import__('os') = 0", "看不懂"),
    ],
)
def test_a_wrong_formula_says_why(pack: Pack, text: str, cause: str) -> None:
    with pytest.raises(FormulaSyntaxError, match=cause):
        parse_comparison(text, pack.vocabulary)


def test_grammar(pack: Pack) -> None:
    parsed = parse_comparison("公开08[每行, 年初结转和结余] + 公开08[每行, 本年收入] - 公开08[每行, 本年支出] >= 上年公开08[每行, 年末结转和结余]", pack.vocabulary)
    assert parsed.relation is Relation.AT_LEAST
    assert [t.sign for t in parsed.left] == [1, 1, -1]
    assert parsed.right[0].prior
    assert parsed.row_quantifier is Every.ROW


def broken_pack(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the built-in pack with one replacement in one file."""
    target = folder / "pack"
    shutil.copytree(TEMPLATES / "neimenggu-2024", target)
    shutil.copytree(TEMPLATES / "catalogues", folder / "catalogues")
    path = target / name
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8-sig")
    return target


@pytest.mark.parametrize(
    ("name", "old", "new", "cause"),
    [
        ("check-formulas.csv", "01-02,", "01-01,", r"第 3 行.*重复"),
        ("check-formulas.csv", "公开01[收入总计] =", "公开01[收入总和] =", r"第 \d+ 行.*没有“收入总和”"),
        ("check-formulas.csv", "01-01,表内,错误", "01-01,表内,严重", r"第 2 行.*级别不能是“严重”（可用的有：错误、提示、尾差）"),
        ("check-formulas.csv", "部门决算公开表编制说明，公开01表\n", "\n", r"第 2 行.*没有写依据"),
        ("check-formulas.csv", "编号,类别", "编号,种类", r"第 1 行.*缺少列“类别”"),
        ("form-rules.csv", "规范-02,错误", "规范-01,错误", r"第 4 行.*重复"),
        ("review-rules.csv", "表文-02,错误", "表文-02,严重", r"第 5 行.*严重"),
    ],
)
def test_a_broken_pack_fails_at_load_naming_file_line_and_cause(tmp_path: Path, name: str, old: str, new: str, cause: str) -> None:
    folder = broken_pack(tmp_path, name, old, new)
    with pytest.raises(PackError, match=cause) as caught:
        load_pack(folder)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ('kind = "single"', 'kind = "other"', "公开10"),
        ('["支出总计", ["本年支出合计", "结余分配"', '["支出总计", ["本年支出合计", "不存在"', "不存在"),
        ('code = "公开02"', 'code = "公开01"', "重复"),
        ('pack = "neimenggu-2024"', "pack = ", "写法不对"),
        ('"201", "202"', '"201", "298"', "298"),
    ],
)
def test_a_broken_layout_fails_at_load(tmp_path: Path, old: str, new: str, cause: str) -> None:
    with pytest.raises(PackError, match=cause):
        load_pack(broken_pack(tmp_path, "sheets.toml", old, new))


def test_unknown_pack_names_those_there_are() -> None:
    with pytest.raises(PackError, match="neimenggu-2024"):
        load_pack("no-such-pack")


def test_no_sheets_at_all_means_nothing_evaluated(pack: Pack) -> None:
    result = evaluate(pack.formulas, View({}))
    assert result.instances == 0
    assert len(result.skipped) == len(pack.formulas)
    assert Decimal(0) == sum(result.held.values())
