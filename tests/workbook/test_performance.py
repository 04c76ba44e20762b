"""项目支出绩效自评表: import from Excel layouts, and the arithmetic."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.units import standard_pack
from tests.workbook.companion_data import plain, sample_tables
from workbook.companion.checks import check_companion, check_project
from workbook.companion.model import Companion, Project
from workbook.entries import BLANK, Entry
from workbook.formats.source import source_of_bytes
from workbook.issues import Issue, Kind, Severity
from workbook.performance.checks import check_table
from workbook.performance.model import FundRow, Indicator, PerformanceTable
from workbook.performance.parse import parse_sheet

RULES = standard_pack().companion_rules

E = Entry.of
BASE = replace(sample_tables()[0], indicators=(
    Indicator("产出指标", "数量指标", "课时", "正向", "大于等于", E(100), E(120), "节", E(50), E(50)),
    Indicator("满意度指标", "服务对象满意度指标", "满意度", "正向", "大于等于", E(95), E(95), "%", E(40), E(40)),
), total_score=E(Decimal("99.68")))


def codes(table: PerformanceTable) -> list[tuple[str, Severity]]:
    return [(i.code, i.severity) for i in check_table(table, RULES)]


def with_fund(**changes: Entry) -> PerformanceTable:
    return replace(BASE, funds=(replace(BASE.funds[0], **changes), *BASE.funds[1:]))


def with_first(**changes: Any) -> PerformanceTable:
    return replace(BASE, indicators=(replace(BASE.indicators[0], **changes), BASE.indicators[1]))


# ---------------------------------------------------------------- import from Excel


def excel(form: PerformanceTable, *, spaces: bool = False, merged: bool = False, shift: int = 0, yuan: bool = False, percent: bool = False) -> bytes:  # noqa: C901  # a form, top to bottom
    """The form as units hand it in; written without the program's own writer."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Sheet1")
    heads = ["绩效指标", "一级指标", "二级指标", "三级指标", "指标性质", *(["指标方向"] if form.has_direction else []), "年度指标值", "实际完成值", "计量单位", "分值", "得分", "偏差原因分析及改进措施"]

    def space(text: str) -> str:
        return "\n".join(re.findall("..?", text)) if spaces else text

    def write(r: int, c: int, content: Entry | str, factor: int = 1) -> None:
        if isinstance(content, Entry) and content.value is not None:
            sheet.write_number(shift + r, shift + c, float(content.value * factor))
        else:
            sheet.write_string(shift + r, shift + c, content if isinstance(content, str) else content.text)

    write(0, 0, "项目支出绩效自评表")
    write(1, 0, "(２０２４年度)" if spaces else "（2024年度）")
    write(2, 0, space("项目名称"))
    write(2, 2, form.name)
    write(3, 0, space("主管部门"))
    write(3, 2, space(form.department.text))
    write(3, 6, "实施单位")
    write(3, 8, form.unit)
    write(4, 0, "项目资金\n（元）" if yuan else "项目资金（万元）")
    columns = (3, 4, 5, 6, 7, 8)
    for c, text in zip(columns, ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分"), strict=True):
        write(4, c, space(text))
    for r, fund in enumerate(form.funds, 5):
        write(r, 1, space(fund.label))
        for c, name in zip(columns, ("initial_budget", "adjusted_budget", "actual", "weight", "rate", "score"), strict=True):
            entry: Entry = getattr(fund, name)
            if percent and name == "rate" and entry.value is not None:
                entry = E(entry.value / 100)
            write(r, c, entry, 10000 if yuan and c < 6 else 1)
    write(9, 0, "年度总体目标")
    write(9, 2, "预期目标")
    write(9, 6, "实际完成情况")
    write(10, 2, form.expected)
    write(10, 6, form.achieved)
    for c, head in enumerate(heads):
        write(11, c, space(head))
    previous = ("", "")
    for r, i in enumerate(form.indicators, 12):
        cells: list[Entry | str] = [space("绩效指标"), space(i.first), space(i.second), space(i.third), i.nature, *([i.direction] if form.has_direction else []),
                 i.target, i.actual, i.unit, i.weight, i.score, i.cause]
        if merged:
            cells[0] = ""
            cells[1] = "" if i.first == previous[0] else cells[1]
            cells[2] = "" if (i.first, i.second) == previous else cells[2]
        previous = (i.first, i.second)
        for c, content in enumerate(cells):
            write(r, c, content)
    if merged:
        sheet.merge_range(shift + 11, shift, shift + 11 + len(form.indicators), shift, "绩效指标")
        sheet.merge_range(shift + 2, shift + 2, shift + 2, shift + len(heads) - 1, form.name.text)
    last = 12 + len(form.indicators)
    write(last, 0, "总分")
    write(last, len(heads) - 3, form.total_weight)
    write(last, len(heads) - 2, form.total_score)
    write(last + 1, 0, "注：本表由实施单位填写")
    book.close()
    return stream.getvalue()


def parse(data: bytes) -> tuple[PerformanceTable | None, tuple[Issue, ...]]:
    return parse_sheet(source_of_bytes(Path("自评表.xlsx"), data).sheets[0], RULES)


@pytest.mark.parametrize("options", [
    {}, {"spaces": True}, {"merged": True}, {"shift": 3}, {"yuan": True}, {"percent": True},
    {"spaces": True, "merged": True, "shift": 1, "yuan": True},
])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_three_tables_of_the_reference_are_imported_from_excel(number, options):
    form = sample_tables()[number]
    table, issues = parse(excel(form, **options))
    assert issues == ()
    assert plain(table) == plain(form)
    assert table.has_direction is form.has_direction
    cell = table.indicators[0].score.ref
    assert (cell.file, cell.sheet) == ("自评表.xlsx", "Sheet1")


def test_a_blank_form_is_no_table():
    assert parse(excel(replace(BASE, name=BLANK))) == (None, ())


def test_another_sheet_is_no_table():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    book.add_worksheet().write_string(0, 0, "工资表")
    book.close()
    assert parse(stream.getvalue()) == (None, ())


def test_what_is_missing_in_a_form_is_said():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("乙")
    for c, text in enumerate(("一级指标", "三级指标", "分值", "得分")):
        sheet.write_string(3, c, text)
    sheet.write_row(1, 0, ["项目名称", "某项目"])
    book.close()
    table, issues = parse(stream.getvalue())
    assert table.name.text == "某项目"
    assert [i.message for i in issues] == [
        "“乙”中没有找到“项目资金”，请按项目支出绩效自评表的格式填写", "“乙”中没有找到“绩效指标”，请按项目支出绩效自评表的格式填写"]
    assert all(i.kind is Kind.FORM for i in issues)


def test_text_in_number_cells_is_named_and_not_read_as_zero():
    wrong = replace(BASE, indicators=(replace(BASE.indicators[0], weight=E("很多")), BASE.indicators[1]))
    table, issues = parse(excel(wrong))
    assert [i.code for i in issues] == ["绩效-00"]
    assert table.indicators[0].weight.value is None
    assert ("绩效-04", Severity.ERROR) in codes(table)


@pytest.mark.parametrize(("target", "actual", "met"), [
    ("≥95%", "96%", True), ("≥95%", "90%", False), ("98%", E(Decimal("0.99")), True), ("98%", E(Decimal("0.9")), False), ("不低于10次", "10次", True),
    ("2024年12月", "2024年12月", None), ("显著", "显著", None), (E(5), E(4), False),
])
def test_indicator_values_written_with_signs_and_units(target, actual, met):
    form = replace(with_first(
        target=target if isinstance(target, Entry) else E(target), actual=actual if isinstance(actual, Entry) else E(actual), direction=""), has_direction=False)
    table, issues = parse(excel(form))
    assert issues == ()
    assert table.indicators[0].is_met is met


@pytest.mark.parametrize(("nature", "direction", "target", "actual", "met"), [
    ("正向", "", 10, 10, True), ("正向", "", 10, 9, False), ("反向", "", 10, 10, True), ("反向", "", 10, 11, False), ("定性", "", 10, 9, None),
    ("正向", "大于", 10, 10, False), ("反向", "小于", 10, 9, True), ("正向", "等于", 10, 10, True), ("正向", "小于等于", 10, 11, False),
])
def test_when_an_indicator_is_met(nature, direction, target, actual, met):
    assert Indicator("a", "b", "c", nature, direction, E(target), E(actual)).is_met is met


# ---------------------------------------------------------------- arithmetic: each finding, and when there is none


def test_a_right_table_gives_nothing():
    assert codes(BASE) == []


@pytest.mark.parametrize(("table", "expected"), [
    (with_fund(rate=E(Decimal("96.6"))), [("绩效-01", Severity.ERROR)]),
    (with_fund(rate=E(Decimal("96.76"))), [("绩效-01", Severity.TAIL)]),
    (with_fund(rate=BLANK), [("绩效-01", Severity.ERROR)]),
    (with_fund(score=E(Decimal("9.7"))), [("绩效-02", Severity.ERROR), ("绩效-06", Severity.ERROR)]),
    (with_fund(score=BLANK), [("绩效-02", Severity.ERROR), ("绩效-06", Severity.ERROR)]),
    (with_fund(score=E(Decimal("9.67"))), [("绩效-02", Severity.TAIL), ("绩效-06", Severity.TAIL)]),
    (with_fund(adjusted_budget=E(21), rate=E(Decimal("92.14")), score=E(Decimal("9.21"))), [("绩效-03", Severity.ERROR), ("绩效-06", Severity.ERROR)]),
    (with_fund(weight=E(20)), [("绩效-02", Severity.ERROR), ("绩效-04", Severity.ERROR), ("绩效-05", Severity.ERROR)]),
    (replace(BASE, total_weight=E(90)), [("绩效-05", Severity.ERROR)]),
    (replace(BASE, total_score=E(99)), [("绩效-06", Severity.ERROR)]),
    (replace(BASE, total_score=BLANK), [("绩效-06", Severity.ERROR)]),
    (with_first(score=BLANK), [("绩效-06", Severity.ERROR), ("绩效-06", Severity.ERROR)]),
    (with_first(actual=E(99)), [("绩效-07", Severity.NOTICE)]),
    (replace(with_first(actual=E(99), score=E(45)), total_score=E(Decimal("94.68"))), [("绩效-08", Severity.NOTICE)]),
    (replace(with_first(actual=E(99), score=E(45), cause=E("少一节课")), total_score=E(Decimal("94.68"))), []),
    (replace(with_first(score=E(45), cause=E("原因")), total_score=E(Decimal("94.68"))), [("绩效-09", Severity.NOTICE)]),
    (with_first(direction="小于等于", target=E(120)), [("绩效-10", Severity.NOTICE)]),
    (with_first(nature="反向", direction="", target=E(120)), []),
    (with_first(target=E("2023年12月"), actual=E("2024年12月")), [("绩效-11", Severity.NOTICE)]),
    (with_first(target=E("2023-2024年"), actual=E("2023年至2024年")), []),
    (replace(with_first(score=E(51)), total_score=E(Decimal("100.68"))), [("绩效-12", Severity.ERROR)]),
    (with_first(second="成本指标", nature="反向", direction="", actual=E(0), unit="万元"), [("绩效-13", Severity.NOTICE)]),
    (with_first(second="成本指标", nature="反向", direction="", actual=E(19), target=E(20), unit="万元"), []),
], ids=lambda v: ",".join(c for c, _ in v) or "-" if isinstance(v, list) else "")
def test_findings(table, expected):
    assert codes(table) == expected


def test_nothing_can_be_scored_above_the_weight():
    over = replace(BASE, funds=(FundRow("年度资金总额", E(20), E(20), E(25), E(10), E(125), E(10)),), total_score=E(100))
    assert codes(over) == []
    twice = replace(over, funds=(replace(over.funds[0], score=E(Decimal("12.5"))),), total_score=E(Decimal("102.5")))
    assert codes(twice) == [("绩效-02", Severity.ERROR)]


def test_a_budget_of_zero():
    none = replace(BASE, funds=(FundRow("年度资金总额", E(0), E(0), E(0), E(10), E(0), E(10)),), total_score=E(100))
    assert codes(none) == []
    spent = replace(none, funds=(replace(none.funds[0], actual=E(5)),))
    assert codes(spent) == [("绩效-01", Severity.ERROR)]


def test_a_finding_says_both_values_and_names_the_cells():
    table, _ = parse(excel(replace(BASE, total_score=E(99))))
    (issue,) = check_table(table, RULES)
    assert issue.message == "“名师视界直播运行费”自评表总分应等于各项得分之和：填写 99.00，应为 99.68，相差 -0.68"
    assert (issue.left, issue.right, issue.difference) == (Decimal(99), Decimal("99.68"), Decimal("-0.68"))
    assert issue.cells[0].value == "99"
    assert [c.ref.a1 for c in issue.cells] == ["J15", "I6", "J13", "J14"]
    assert issue.kind is Kind.INTRA


def test_the_tables_of_the_sample_give_what_they_deserve():
    first, second, third = sample_tables()
    assert codes(first) == []
    assert [(i.code, i.message) for i in check_table(second, RULES)] == [
        ("绩效-11", "“教育三项改革资金”自评表指标“暑假名师视界直播时间”年度指标值写的是 2023 年，自评表是 2024 年度的，请核对"),
        ("绩效-09", "“教育三项改革资金”自评表指标“同频互动设备端口服务费”按数值已达到目标（年度指标值 1.8，实际完成值 0），却只得 0 分（分值 5），已写原因，请核实"),
        ("绩效-09", "“教育三项改革资金”自评表指标“名师视界录播相关费用”按数值已达到目标（年度指标值 30.2，实际完成值 0），却只得 0 分（分值 5），已写原因，请核实"),
        ("绩效-13", "“教育三项改革资金”自评表成本指标的实际完成值都是 0，而全年执行数是 2.25 万元，请核对")]
    assert [(i.code, i.message) for i in check_table(third, RULES)] == [
        ("绩效-08", "“教师培训专项”自评表指标“教育高质量均衡发展”扣了 1 分，没有写偏差原因及改进措施"),
        ("绩效-07", "“教师培训专项”自评表指标“全市师生家长满意度”没有达到目标（年度指标值 98，实际完成值 0）却得满分，请核对实际完成值或得分"),
        ("绩效-13", "“教师培训专项”自评表成本指标的实际完成值都是 0，而全年执行数是 18.90 万元，请核对")]


# ---------------------------------------------------------------- against the summary


def companion(*projects: Project, **more: Any) -> Companion:
    return Companion(Path("x_底稿.xlsx"), standard_pack().companion, projects=projects, **more)


def project(**changes: Any) -> Project:
    made = Project(E("甲"), "一般公共预算", E(Decimal("99.68")), E(20), E(Decimal("19.35")), E(20), table=BASE)
    return replace(made, **changes)


@pytest.mark.parametrize(("changes", "severity"), [
    ({}, None), ({"score": E(Decimal("99.86"))}, Severity.ERROR), ({"adjusted_budget": E(200)}, Severity.ERROR), ({"actual": E(Decimal("19.36"))}, Severity.TAIL),
    ({"initial_budget": BLANK}, None), ({"initial_budget": E(0)}, Severity.ERROR),
])
def test_the_summary_agrees_with_the_table(changes, severity):
    found = check_project(project(**changes), RULES)
    assert [(i.code, i.severity) for i in found] == ([("绩效-14", severity)] if severity else [])
    assert all(i.kind is Kind.INTER for i in found)


def test_projects_without_table_and_tables_without_project():
    found = check_companion(companion(project(table=None), unlisted=(BASE,)), RULES)
    assert [i.code for i in found] == ["绩效-15", "绩效-15"]


@pytest.mark.parametrize(("first", "second", "expected"), [(0, 1, []), (1, 0, []), (0, 2, []), (0, 0, ["绩效-16"])])
def test_the_stated_numbers_of_projects(first, second, expected):
    found = check_companion(companion(project(), entries={"一般公共预算一级项目数": E(first), "一般公共预算二级项目数": E(second)}), RULES)
    assert [i.code for i in found] == expected


# ---------------------------------------------------------------- property


@given(
    budget=st.integers(10**5, 10**8), share=st.integers(0, 120), weights=st.lists(st.integers(1, 30), min_size=1, max_size=8),
    wrong=st.sampled_from(["", "rate", "score", "weight", "total"]))
def test_consistent_tables_pass_and_any_wrong_number_is_found(budget, share, weights, wrong):
    whole = Decimal(budget) / 100
    actual = (whole * share / 100).quantize(Decimal("0.01"))
    rate = (actual / whole * 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    score = min(Decimal(10), (actual / whole * 10).quantize(Decimal("0.01"), "ROUND_HALF_UP"))
    total = sum(weights)
    shares = [Decimal(90 * w // total) for w in weights]
    shares[0] += 90 - sum(shares)
    table = replace(
        BASE, funds=(FundRow("年度资金总额", E(whole), E(whole), E(actual), E(10), E(rate), E(score)),),
        indicators=tuple(Indicator("产出指标", "数量指标", f"指标{i}", "正向", "", E(10), E(10), "个", E(w), E(w)) for i, w in enumerate(shares)),
        total_score=E(90 + score))
    if wrong == "rate":
        table = replace(table, funds=(replace(table.funds[0], rate=E(rate + max(5, rate))),))
    elif wrong == "score":
        table = replace(table, funds=(replace(table.funds[0], score=E(score - 1 if score > 5 else score + 1)),))
    elif wrong == "weight":
        table = replace(table, indicators=(replace(table.indicators[0], weight=E(shares[0] + 1)), *table.indicators[1:]))
    elif wrong == "total":
        table = replace(table, total_score=E(89 + score))
    errors = [i for i in check_table(table, RULES) if i.severity is Severity.ERROR]
    assert bool(errors) is bool(wrong), [i.message for i in errors]


def test_headings_that_a_bureau_added_to_are_understood():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("自评表")
    for number, row in enumerate((
        ("项目支出绩效自评表（2024年度）",), ("项目名称及代码", "设备更新"), ("主管部门及代码", "示例市教育局", "实施单位（盖章）", "示例馆"),
        ("项目资金（万元）", "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值（10分）", "执行率（B/A）", "得分"),
        ("年度资金总额：", 100, 120, 90, 10, "75.00%", 7.5), ("其中：当年财政拨款", 100, 120, 90, "—", "—", "—"),
        ("一级指标", "二级指标", "三级指标", "年度指标值（A）", "实际完成值（B）", "分值", "得分", "偏差原因分析及改进措施（未完成的填写）"),
        ("产出指标", "数量指标", "更新台数", 10, 9, 90, 81, "采购延迟"), ("总分", "", "", "", "", 100, 88.5),
    )):
        sheet.write_row(number, 0, row)
    book.close()
    table, issues = parse(stream.getvalue())
    assert (table.name.text, table.department.text, table.unit.text) == ("设备更新", "示例市教育局", "示例馆")
    funds = table.fund()
    assert [funds.initial_budget.value, funds.adjusted_budget.value, funds.actual.value, funds.score.value] == [100, 120, 90, Decimal("7.5")]
    assert [f.label for f in table.funds] == ["年度资金总额", "其中：财政拨款"]
    assert [(i.third, i.actual.value, i.cause.text) for i in table.indicators] == [("更新台数", 9, "采购延迟")]
    assert issues == ()


def test_a_title_that_the_next_page_repeats_is_no_indicator():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("自评表")
    heads = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
    for number, row in enumerate((
        ("项目名称", "设备更新"), ("项目资金（万元）", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分"),
        ("年度资金总额", 100, 100, 90, 10, 90, 9), heads, ("产出指标", "数量指标", "更新台数", 10, 10, 50, 50), (), heads,
        ("产出指标", "质量指标", "验收合格率", 100, 100, 40, 40), ("总分", "", "", "", "", 100, 99),
    )):
        sheet.write_row(number, 0, row)
    sheet.merge_range(5, 0, 5, len(heads) - 1, "绩效指标（设备更新）")
    book.close()
    table, issues = parse(stream.getvalue())
    assert issues == ()
    assert [i.third for i in table.indicators] == ["更新台数", "验收合格率"]
