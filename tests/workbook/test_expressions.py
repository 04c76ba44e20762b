"""Sums of cells and figures with loop variables: the grammar that figures, drivers and notes share with check formulas."""

import pytest

from workbook.pack.formula import Leaves, Term
from workbook.pack.formula_parser import FormulaSyntaxError, parse_comparison, parse_condition, parse_sum
from workbook.pack.loading import load_pack


@pytest.fixture(scope="module")
def vocabulary():
    return load_pack().vocabulary


def test_variables_stand_for_rows_and_columns(vocabulary):
    (cell,) = parse_sum("公开05[{项}, 合计]", vocabulary)
    assert (cell.table, cell.rows, cell.columns) == ("公开05", ("{项}",), ("合计",))
    (cell,) = parse_sum("公开03[合计, {列}]", vocabulary)
    assert (cell.rows, cell.columns) == (("合计",), ("{列}",))


@pytest.mark.parametrize(
    ("text", "codes", "excluding"),
    [("末级", (), True), ("301、303下末级", ("301", "303"), False), ("除301、303下末级", ("301", "303"), True), ("{类}下末级", ("{类}",), False)],
)
def test_lowest_codes(vocabulary, text, codes, excluding):
    (cell,) = parse_sum(f"Σ公开07[{text}]", vocabulary)
    assert cell.rows == Leaves(codes, excluding)


def test_last_year_the_companion_and_figures_are_addends(vocabulary):
    terms = parse_sum("上年公开01[收入总计] - 年初预算[2050299] + Σ一般公共.各类.各项.年初预算 - 底稿[年初预算总计]", vocabulary)
    assert [t.sign for t in terms] == [1, -1, 1, -1]
    assert terms[0].prior
    assert terms[2] == Term(1, figure="一般公共.各类.各项.年初预算", is_sum=True)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "空的"),
        ("公开01[收入总计] 公开01[支出总计]", "缺少加减号"),
        ("公开01[收入总计] +", "末尾"),
        ("公开01[没有的行]", "没有“没有的行”"),
        ("公开99[合计]", "没有“公开99”"),
        ("公开06[301、303下末级]", "应写 Σ"),
        ("Σ公开01[末级]", "不是科目编码"),
        ("公开01[收入总计] = 公开01[支出总计]", "关系符"),
    ],
)
def test_what_is_wrong_is_said(vocabulary, text, cause):
    with pytest.raises(FormulaSyntaxError, match=cause):
        parse_sum(text, vocabulary)


def test_a_check_formula_names_no_figures(vocabulary):
    with pytest.raises(FormulaSyntaxError, match="看不懂"):
        parse_comparison("公开01[收入总计] = 收支.总计", vocabulary)


def test_conditions(vocabulary):
    condition = parse_condition("性质=行政单位|企业 且 空表=公开08 且 公开01[收入总计] >= 0", vocabulary)
    assert (condition.natures, condition.empty, len(condition.comparisons)) == (("行政单位", "企业"), ("公开08",), 1)
    with pytest.raises(FormulaSyntaxError, match="没有“公开88”"):
        parse_condition("空表=公开88", vocabulary)
