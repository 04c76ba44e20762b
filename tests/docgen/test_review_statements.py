"""What other forms' reports say and how: their sentences, lists, items and slips, in the order in which people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from cli.main import main
from docgen.docx.reading import read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.review.engine import review_document
from docgen.review.findings import Review
from tests.docgen.review_files import SAMPLE, written
from workbook.issues import Severity

HEAD = (
    "示例市电化教育馆2024年度单位决算", "第二部分 2024年度单位决算情况说明", "一、收入支出决算总体情况说明", "收入、支出决算总计均为550.07万元。",
    "二、收入决算情况说明", "本年收入合计550.07万元。", "三、支出决算情况说明", "本年支出合计550.07万元。")
BUDGET, BASIC, VISITS, AGENCY, FUND = (
    "五、一般公共预算财政拨款支出决算情况说明", "六、一般公共预算财政拨款基本支出决算情况说明", "八、财政拨款“三公”经费支出决算情况说明",
    "十一、其他重要事项的情况说明", "九、政府性基金预算财政拨款支出决算情况说明")
ITEM = "1、教育支出（类）其他教育支出（款）其他教育支出（项）。年初预算为350.75万元，支出决算为421.99万元。"


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


def reviewed(folder: Path, inputs: Inputs, texts: Sequence[str]) -> Review:
    return review_document(read_document(written(folder, texts)), inputs)


def codes(review: Review) -> set[str]:
    """Codes of what is found, but for sections that such a short report leaves out."""
    return {f.issue.code for f in review.findings if f.issue.code not in ("表文-09", "表文-10", "表文-25", "表文-51")}


RIGHT = (
    (BUDGET, "一般公共预算财政拨款支出528.68万元，主要用于以下方面：教育支出（类）424.24万元，占80.25%；社会保障和就业支出（类）56.04万元，占10.60%；卫生健康支出（类）16.90万元，占3.20%；住房保障支出（类）31.50万元，占5.96%。"),
    (BUDGET, f"{ITEM}决算数大于年初预算数的主要原因：追加了教师培训专项。"),
    (BUDGET, "一般公共预算财政拨款支出年初预算为451.50万元，支出决算为528.68万元，完成年初预算的117.09%。决算数大于预算数的主要原因：追加专项。"),
    (VISITS, "“三公”经费财政拨款支出年初预算为2.50万元，支出决算为2.35万元，完成预算的94.03%。决算数小于预算数的主要原因：压减用车。"),
    (AGENCY, "（一）机关运行经费支出情况", "公用经费支出21.86万元，比2023年度减少1.55万元，下降6.63%。主要原因是压减差旅费。"),
    (FUND, "示例市电化教育馆2024年度无政府性基金预算财政拨款收入和支出。"),
)


@pytest.mark.parametrize("texts", RIGHT)
def test_true_sentences_of_other_forms_pass(inputs: Inputs, tmp_path: Path, texts: Sequence[str]) -> None:
    review = reviewed(tmp_path, inputs, [*HEAD, *texts])
    assert codes(review) == set(), [f.issue.message for f in review.findings]


WRONG = (
    # the section's paragraphs, what is found, what it should be
    ((BUDGET, RIGHT[0][1].replace("424.24", "924.24")), "表文-01", "424.24 万元"),
    ((BUDGET, RIGHT[0][1].replace("10.60", "16.06")), "表文-28", "10.60%"),
    ((BUDGET, RIGHT[1][1].replace("大于", "小于")), "表文-30", "大于"),
    ((BUDGET, f"{ITEM}决算数与年初预算数持平。"), "表文-30", "大于"),
    ((BUDGET, RIGHT[2][1].replace("117.09", "87.09")), "表文-01", "117.09%"),
    ((BUDGET, ITEM.replace("其他教育支出（项）", "其他教育的支出（项）")), "表文-35", "其他教育支出"),
    ((BUDGET, ITEM.replace("其他教育支出（款）", "普通教育（款）")), "表文-35", "教育支出（类）其他教育支出（款）其他教育支出（项）"),
    ((BUDGET, "1、教育支出（类）普通教育（款）小学教育（项）。年初预算为3.00万元，支出决算为3.10万元。"), "表文-35", None),
    ((BUDGET, "1、住房保障支出（类）住房改革支出（款）住房公积金（项）。主要用于：公积金等项目支出。"), "表文-37", "基本支出"),
    ((BUDGET, "1、住房保障支出（类）住房改革支出（款）住房公积金（项）。主要用于：事业单位医疗保险支出。"), "表文-38", "住房公积金"),
    ((BASIC, "人员经费466.31万元，主要包括：基本工资、津贴补贴、离休费等。"), "表文-33", None),
    ((BASIC, "公用经费21.86万元，主要包括：办公费、邮电费、差旅费。"), "表文-34", "物业管理费、培训费、委托业务费、工会经费、福利费、公务用车运行维护费、其他交通费用、其他商品和服务支出"),
    ((AGENCY, "（一）机关运行经费支出情况", RIGHT[4][2].replace("21.86", "31.86")), "表文-01", "21.86 万元"),
    ((FUND, "示例市电教馆2024年度无政府性基金预算财政拨款收入和支出。"), "表文-19", "示例市电化教育馆"),
    ((FUND, "本年度无政府性基金预算财政拨款支出，与2022年度相比持平。"), "表文-18", "2023年"),
    ((VISITS, RIGHT[3][1].replace("主要原因：压减用车。", "主要原因：")), "表文-39", None),
    ((VISITS, RIGHT[3][1].removesuffix("压减用车。") + "压减用车"), "表文-39", None),
    ((VISITS, "公务接待费支出0万元（国内接待0批次。"), "表文-42", None),
    ((VISITS, "公务用车运行维护费支出2.35万，保有量2辆。"), "表文-40", None),
    ((VISITS, "公务用车运行维护费支出2.35，保有量2辆。"), "表文-40", "2.35 万元"),
    (("二、收入决算情况说明", "本年收入合计550.07万元，其中：一般公共预算财政拨款收入528.68万元，占96.11%；其他收入21.39万元，占3.89%。全年财政拨款收入共488.17万元。"), "表文-08", "528.68 万元"),
    ((AGENCY, "（一）其他情况", "本部门没有其他需要说明的事项。"), "表文-43", None),
    ((VISITS, "授予中小企业合同金额4.43万元，其中授予小微企业合同金额5.05万元。"), "表文-47", None),
)


@pytest.mark.parametrize(("texts", "code", "expected"), WRONG)
def test_a_slip_in_a_sentence_of_another_form_is_found(
    inputs: Inputs, tmp_path: Path, texts: Sequence[str], code: str, expected: str | None
) -> None:
    found = [f.issue for f in reviewed(tmp_path, inputs, [*HEAD, *texts]).findings if f.issue.code == code]
    assert found, texts
    assert expected is None or expected in {issue.expected for issue in found}


def test_table_titles_and_unknown_headings_are_no_sections(inputs: Inputs, tmp_path: Path) -> None:
    tables = ("第二部分 2024年度部门决算表", "一、收入支出决算总表", "二、收入决算表", "三、支出决算表")
    narrative = [text.replace("第二部分", "第三部分") for text in HEAD[1:]]
    other = ("四、年度重点工作", "全年培训教师1200人次，投入3.80万元。", "五、其他", "购置设备30台。")
    review = reviewed(tmp_path, inputs, [HEAD[0], *tables, *narrative, *other])
    assert codes(review) == set(), [f.issue.message for f in review.findings]
    wrong = [text.replace("本年支出合计550.07", "本年支出合计505.07") for text in narrative]
    assert "表文-01" in codes(reviewed(tmp_path, inputs, [HEAD[0], *tables, *wrong, *other]))


def test_headings_run_in_and_with_years(inputs: Inputs, tmp_path: Path) -> None:
    joined = [
        HEAD[0], HEAD[1], "一、2024年度收入支出决算总体情况。收入、支出决算总计均为550.07万元。", "二、2024年度收入决算情况。本年收入合计555.07万元。",
        "三、2024年度支出决算情况。本年支出合计550.07万元。"]
    found = [f.issue for f in reviewed(tmp_path, inputs, joined).findings if f.issue.severity is Severity.ERROR and f.issue.code != "表文-10"]
    assert [(i.code, i.stated, i.expected) for i in found] == [("表文-01", "555.07 万元", "550.07 万元")]


def test_the_reports_own_arithmetic_needs_no_tables(inputs: Inputs, tmp_path: Path) -> None:
    alone = Inputs(replace(inputs.accounts, tables={}))
    right = (
        BUDGET, "一般公共预算财政拨款支出年初预算为9.00万元，支出决算为528.68万元。其中：",
        "1、教育支出（类）其他教育支出（款）其他教育支出（项）。年初预算为6.00万元，支出决算为504.44万元。",
        "2、卫生健康支出（类）行政事业单位医疗（款）事业单位医疗（项）。年初预算为3.00万元，支出决算为24.24万元。")
    assert "表文-14" not in codes(reviewed(tmp_path, alone, [*HEAD, *right]))
    wrong = [text.replace("年初预算为9.00", "年初预算为9.30") for text in right]
    assert "表文-14" in codes(reviewed(tmp_path, alone, [*HEAD, *wrong]))
    for texts, code in (
        (("培训费支出8.00万元，与上年相比增加2.00万元，增长25.00%。",), "表文-13"),
        (("支出年初预算为3.00万元，全年预算为9.00万元，支出决算为6.00万元，完成年初预算的66.67%。",), "表文-29"),
        (("培训费支出8.00万元，与上年相比增加9.00万元，增长12.50%。",), "表文-13"),
        (("中小企业采购项目预留份额支出8.00万元。", "全年中小企业采购项目预留份额支出8.80万元。"), "表文-32"),
        (("公务用车3辆，其中：机要通信用车1辆、应急保障用车1辆、其他用车0辆。",), "表文-14"),
        (("培训费支出8.00万元，上年为6.00万元，较上年增加3.00万元，增长50.00%。",), "表文-14"),
        (("日常支出9.00万元，其中：", "（一）人员经费3.00万元。", "（二）公用经费5.00万元。"), "表文-14"),
        (("教育支出（类）决算数为9.00万元，与年初预算相比增加2.00万元。其中：",
          "1．普通教育（款）小学教育（项）。年初预算5.00万元，支出决算6.00万元。",
          "2．普通教育（款）初中教育（项）。年初预算3.00万元，支出决算3.00万元。"), "表文-14"),
        (("卫生健康支出（类）决算数为16.90万元，与年初预算相比增加0.78万元。其中：",
          "1．行政事业单位医疗（款）事业单位医疗（项）。年初预算15.30万元，支出决算16.90万元。"), "表文-14"),
        (("全年花费8.00万元，其中：", "1．培训费6.00万元，占75.00%；", "2．差旅费2.00万元，占52.00%。"), "表文-28"),
        (("日常支出总计9.00万元。与年初预算相比，各项支出总计增加1.00万元，增长15.20%。",), "表文-13"),
        (("货物支出8.00万元，服务支出30.52元。",), "表文-06"),
        (("培训费预算为3.00万元，支出决算为2.00万元，完成预算的66.67%，较预算减少1.10万元，下降33.33%。",), "表文-14"),
        (("培训费支出8.00万元，完成年初预算的171.17%，比年初预算减少5.00万元。",), "表文-12"),
        (("培训费支出8.00万元，完成年初预算的126.67%，比年初预算增加3.00万元。",), "表文-29"),
    ):
        assert code in codes(reviewed(tmp_path, alone, [*HEAD, "四、其他", *texts])), texts


PLAIN = (
    "培训费支出8.00万元，上年为6.00万元，同比增加2.00万元，增长33.33%。",
    "支出决算为8.00万元，年初预算为9.00万元，完成年初预算的88.89%。决算数小于预算数的主要原因：项目未完工。",
    "日常支出2.45万元。其中：人员经费0.10万元，主要包括：救济费0.04万元、奖励金0.05万元；公用经费2.35万元，主要包括：福利费2.35万元。",
    "公务接待费支出9.50万元。其中：国内接待支出5.81万元。上年为12.49万元，与上年相比，减少2.99万元，下降23.94%。",
    "全年收入、支出各5.00万元，其中：", "（一）全年收入5.00万元。", "（二）全年支出5.00万元。",
    "业务支出8.00万元，与上年相比，增加1.00万元，增长14.29%，主要原因是新增培训，其中：考试费6.00万元，占75.00%；差旅费2.00万元，占25.00%。",
)


def test_true_sentences_need_no_tables(inputs: Inputs, tmp_path: Path) -> None:
    alone = Inputs(replace(inputs.accounts, tables={}))
    review = reviewed(tmp_path, alone, [*HEAD, "四、其他", *PLAIN])
    assert codes(review) == set(), [f.issue.message for f in review.findings]
    slip = PLAIN[-1].replace("6.00", "6.60")  # in the list behind a reason
    assert "表文-14" in codes(reviewed(tmp_path, alone, [*HEAD, "四、其他", slip]))
    tenths = [text.replace("88.89%", "88.9%").replace("33.33%", "33.3%").replace("23.94%", "23.9%").replace("14.29%", "14.3%") for text in PLAIN]
    assert codes(reviewed(tmp_path, alone, [*HEAD, "四、其他", *(t.replace("5.00%", "5%") for t in tenths)])) == set()


def test_a_report_in_yuan_is_read_and_told_once(inputs: Inputs, tmp_path: Path) -> None:
    narrative = (
        *HEAD, BASIC, ("人员经费466.31万元，主要包括：基本工资142.83万元、津贴补贴26.39万元、奖金58.62万元、绩效工资101.12万元、"
        "机关事业单位基本养老保险缴费41.13万元、职工基本医疗保险缴费16.90万元、其他社会保障缴费4.21万元、住房公积金31.50万元、退休费14.91万元、"
        "抚恤金21.97万元、生活补助6.72万元。"))
    assert codes(reviewed(tmp_path, inputs, narrative)) == set()
    in_yuan = [re.sub(r"([\d.]+)万元", lambda m: f"{Decimal(m[1]) * 10000:,.2f}元", text) for text in narrative]
    assert [f.issue.code for f in reviewed(tmp_path, inputs, in_yuan).findings if f.issue.code not in ("表文-10", "表文-25", "表文-51")] == ["表文-06"]
    wrong = [text.replace("1,428,300.00", "1,423,800.00") for text in in_yuan]
    assert codes(reviewed(tmp_path, inputs, wrong)) == {"表文-06", "表文-01"}


def test_a_report_of_another_year_or_unit_is_said_once(inputs: Inputs, tmp_path: Path) -> None:
    statement = "示例市电化教育馆2024年度财政拨款支出{}万元。"
    texts = [*HEAD, *(statement.format(n) for n in range(11, 16))]
    for old, new in (("2024", "2022"), ("示例市电化教育馆", "示例市博物馆")):
        review = reviewed(tmp_path, inputs, [text.replace(old, new) for text in texts])
        assert [f.issue.code for f in review.findings if f.issue.severity is Severity.ERROR and f.issue.code != "表文-10"] == ["表文-45"]


def test_too_little_to_compare_is_no_clean_report(inputs: Inputs, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for texts, words in (
        (["会议纪要", "讨论了明年的安排。"], "没有能核对的内容"),
        (["示例市电化教育馆2024年部门预算", "一、收入预算情况", "本单位收入预算为9万元。"], "像是预算"),
    ):
        path = written(tmp_path, texts, "别的.docx")
        assert main(["review", str(path), str(SAMPLE)]) == 2
        captured = capsys.readouterr()
        assert words in captured.err
        assert captured.err.count("\n") == 1
        assert captured.out == ""


def test_what_was_not_compared_is_counted(inputs: Inputs, tmp_path: Path) -> None:
    review = reviewed(tmp_path, Inputs(inputs.accounts), [*HEAD, "四、其他", "全年开展培训12个，平均得分98.50分。"])
    assert (review.coverage.stated, review.coverage.compared, review.coverage.not_understood) == (5, 3, 2)
    assert review.coverage.words() == "全文 5 个数，核对 3 个；未核对：没有认出说的是什么 2 个"


def test_the_year_in_a_page_header(inputs: Inputs, tmp_path: Path) -> None:
    path = written(tmp_path, HEAD)
    document = docx.Document(str(path))
    document.sections[0].header.paragraphs[0].text = "示例市电化教育馆2023年度决算公开报告"
    document.save(str(path))
    found = [f.issue for f in review_document(read_document(path), inputs).findings if f.issue.code == "表文-18"]
    assert [(i.stated, i.expected) for i in found] == [("2023年", "2024年")]
    assert "页眉" in found[0].message


def test_one_place_has_one_finding_that_says_what_is_wrong(inputs: Inputs, tmp_path: Path) -> None:
    review = reviewed(tmp_path, inputs, [*HEAD[:4], "与上年相比，下降（增长）30.68%。", *HEAD[4:]])
    assert [f.issue.code for f in review.findings if f.issue.paragraph == 5] == ["表文-16"]
    review = reviewed(tmp_path, inputs, [*HEAD[:3], "1．本年收入决算合计550.07万元。与上年决算相比，减少-243.46万元，下降30.68%，变动原因：赛事完成。", *HEAD[4:]])
    assert "后面写了负数" in next(f.issue.message for f in review.findings if f.issue.code == "表文-02")


def test_full_width_digits_are_read_as_numbers(inputs: Inputs, tmp_path: Path) -> None:
    text = "1．本年收入决算合计５５０．０７万元。与上年决算相比，减少２４３．４６万元，下降３０．６８％，变动原因：赛事已经完成，一般公共预算财政拨款收入减少２５１．７２万元。"
    assert codes(reviewed(tmp_path, inputs, [*HEAD[:3], text, *HEAD[4:]])) == {"表文-41"}


def test_a_reason_may_stand_before_what_it_is_given_for(inputs: Inputs, tmp_path: Path) -> None:
    head, plain = HEAD[:3], "1．本年收入决算合计550.07万元。{}与上年决算相比，减少243.46万元，下降30.68%。"
    given = codes(reviewed(tmp_path, inputs, [*head, plain.format("由于一次性赛事已经完成，财政拨款收入相应减少，"), *HEAD[4:]]))
    assert given.isdisjoint({"表文-11"})
    assert "表文-11" in codes(reviewed(tmp_path, inputs, [*head, plain.format(""), *HEAD[4:]]))
