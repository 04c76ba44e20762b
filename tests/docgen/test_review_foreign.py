"""Reports that this program did not write: other words, another order, broken lines, no headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from docgen.docx.reading import read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.review.engine import review_document
from docgen.review.findings import Review
from tests.docgen.review_files import SAMPLE, found, written
from workbook.issues import Severity

NARRATIVE = (
    "示例市电化教育馆 2024 年度单位决算",
    "第一部分 单位概况",
    "一、主要职责",
    "负责全市的电化教育工作，2023 年以来建成录播教室 12 间。",
    "第二部分 2024 年度单位决算情况说明",
    "一、收入支出决算总体情况说明",
    "2024 年度收、支总计550.07万元。与2023年度相比，收、支总计各减少243.46万元，下降30.68%，主要原因是一次性项目已经完成，项目支出减少。",
    "二、收入决算情况说明",
    "本年收入合计550.07万元，其中：一般公共预算财政拨款收入528.68万元，占96.11%；其他收入21.39万元，占3.89%。",
    "三、支出决算情况说明",
    "本年支出合计550.07万元，其中：项目支出61.89万元，占11.25%；基本支出488.17万元，占88.75%。",
    "四、财政拨款收入支出决算总体情况说明",
    "财政拨款收入总计528.68万元，支出总计528.68万元。较上年各减少251.72万元，下降32.26%，主要原因：上年的一次性项目已经完成，项目支出减少。",
    "五、一般公共预算财政拨款支出决算情况说明",
    "教育支出424.24万元，占一般公共预算财政拨款支出的80.25%；社会保障和就业支出56.04万元，占10.60%。",
    "1.教育支出（类）其他教育支出（款）其他教育支出（项）。年初预算为350.75万元，支出决算为421.99万元，完成年初预算的120.31%。决算数大于预算数的主要原因：追加了教师培训专项，项目支出增加。",
    "2.卫生健康支出（类）行政事业单位医疗（款）事业单位医疗（项）。年初预算为15.30万元，支出决算为16.90万元，完成年初预算的110.46%。决算数大于预算数的主要原因：医疗保险缴费基数调整，缴费增加。",
    "六、一般公共预算财政拨款基本支出决算情况说明",
    "基本支出488.17万元，其中人员经费466.31万元，公用经费21.86万元。",
    "七、一般公共预算财政拨款项目支出决算情况说明",
    "项目支出40.50万元。",
    "八、财政拨款“三公”经费支出决算情况说明",
    "“三公”经费预算为2.50万元，支出决算为2.35万元，完成预算的94.03%。决算数小于预算数的主要原因：压减公务用车开支。",
    "公务用车运行维护费支出2.35万元，年末公务用车保有量2辆。",
    "九、政府性基金预算财政拨款支出决算情况说明",
    "本年无政府性基金预算财政拨款支出。",
    "十、国有资本经营预算财政拨款支出决算情况说明",
    "本年无国有资本经营预算财政拨款支出。",
    "十一、机关运行经费（公用经费）支出决算情况说明",
    "公用经费支出21.86万元，比上年减少1.55万元，下降6.63%，主要原因是差旅费减少2.05万元。",
    "十二、政府采购支出决算情况说明",
    "政府采购支出总额21.86万元，其中货物支出0.81万元、服务支出21.05万元。授予中小企业合同金额4.43万元，占政府采购支出总额的20.27%。",
    "十三、国有资产占用情况说明",
    "截至2024年12月31日，共有车辆2辆，其中机要通信用车1辆、应急保障用车1辆；单价100万元（含）以上设备0台（套）。",
    "十四、预算绩效情况说明",
    "组织对 3 个二级项目开展绩效自评，共涉及资金40.50万元，占一般公共预算项目支出总额的100%。",
    "第三部分 名词解释",
    "一、财政拨款收入：指同级财政拨付的资金。",
)


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


def reviewed(folder: Path, inputs: Inputs, paragraphs: Sequence[str]) -> Review:
    return review_document(read_document(written(folder, paragraphs)), inputs)


def changed(old: str, new: str) -> list[str]:
    assert any(old in text for text in NARRATIVE)
    return [text.replace(old, new) for text in NARRATIVE]


def test_right_numbers_in_other_words_are_no_errors(inputs: Inputs, tmp_path: Path) -> None:
    result = reviewed(tmp_path, inputs, NARRATIVE)
    assert [r.issue.message for r in result.findings if r.issue.severity is Severity.ERROR] == []
    assert [r.issue.code for r in result.findings] == []  # what the official form states besides is no matter
    assert result.compared >= 45


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("各减少243.46万元", "各减少243.64万元", ("表文-01", "243.64 万元", "243.46 万元")),
    ("其他收入21.39万元", "其他收入21.93万元", ("表文-01", "21.93 万元", "21.39 万元")),
    ("占88.75%", "占87.75%", ("表文-01", "87.75%", "88.75%")),
    ("年初预算为350.75万元", "年初预算为421.99万元", ("表文-01", "421.99 万元", "350.75 万元")),
    ("完成年初预算的110.46%", "完成年初预算的101.46%", ("表文-01", "101.46%", "110.46%")),
    ("公用经费21.86万元", "公用经费22.86万元", ("表文-01", "22.86 万元", "21.86 万元")),
    ("保有量2辆", "保有量3辆", ("表文-01", "3 辆", "2 辆")),
    ("比上年减少1.55万元，下降6.63%", "比上年增加1.55万元，增长6.63%", ("表文-02", "增加", "减少 1.55 万元，下降 6.63%")),
    ("服务支出21.05万元", "服务支出210500元", ("表文-06", None, "21.05 万元")),
    ("应急保障用车1辆", "应急保障用车2辆", ("表文-01", "2 辆", "1 辆")),
    ("收、支总计550.07万元", "收、支总计（含结转和结余）505.07万元", ("表文-01", "505.07 万元", "550.07 万元")),
    ("12月31日，共有车辆", "12月31日，示例县水务局共有车辆", ("表文-19", "示例县水务局", "示例市电化教育馆")),
    ("本年无政府性基金", "示例县水务局没有政府性基金", ("表文-19", "示例县水务局", "示例市电化教育馆")),
    ("本年支出合计550.07万元", "2022年支出合计550.07万元", ("表文-18", "2022年", "2024年")),
])
def test_a_wrong_number_in_other_words_is_found(
    inputs: Inputs, tmp_path: Path, old: str, new: str, expected: tuple[str, str | None, str]
) -> None:
    result = reviewed(tmp_path, inputs, changed(old, new))
    errors = [r for r in result.findings if r.issue.severity is Severity.ERROR]
    assert found(errors) == [expected]
    text = result.paragraphs[(errors[0].issue.paragraph or 0) - 1].text
    assert text[errors[0].start : errors[0].end] in new


LIST, ITEM, PARTS, THREE, CAR, COSTS = (next(text for text in NARRATIVE if text.startswith(words)) for words in (
    "教育支出4", "1.教育", "本年收入", "“三公”经费", "公务用车运行", "公用经费"))


@pytest.mark.parametrize(("old", "new"), [
    (LIST, "教育（类）支出424.24万元，占一般公共预算财政拨款支出的80.25%；社会保障和就业（类）支出56.04万元，占10.60%。"),  # 支出 left off the names
    (ITEM, ITEM.replace("教育支出（类）", "教育（类）")),
    (PARTS, "本年收入合计550.07万元，包括财政拨款收入528.68万元（其中：一般公共预算528.68万元，政府性基金预算0.00万元），占96.11%；其他收入21.39万元，占3.89%。"),
    (THREE, "“三公”经费预算为2.50万元，支出决算为2.35万元，完成预算的94.03%；较上年减少0.11万元，下降4.47%。决算数小于预算数的主要原因是压减公务用车开支。"),
    (THREE, THREE + "公务接待费支出预算为0.00万元，支出决算为0.00万元，完成预算的0%。公务用车运行维护费预算2.50万元，决算2.35万元，完成94.03%。"),
    (CAR, CAR + "人均接待费48.06元。"),
    (CAR, CAR + "培训费预算3.06万元，支出决算2.87万元，完成预算的93.79%。"),
    (THREE, THREE.replace("94.03%。", "94.03%，较预算减少0.15万元，下降5.97%，主要是压减开支；较上年减少0.11万元，下降4.47%。")),
    (ITEM, "“教育支出”（类）2024年度决算424.24万元。"),
    (COSTS, COSTS + "（其中：一般公共预算支出21.86万元；政府性基金预算支出0万元）。与上年相比持平。其中，办公费支出2.00万元，占9%；差旅费支出1.20万元，占5%。"),
])
def test_other_ways_to_state_the_same_are_no_errors(inputs: Inputs, tmp_path: Path, old: str, new: str) -> None:
    assert found(r for r in reviewed(tmp_path, inputs, changed(old, new)).findings if r.issue.severity is not Severity.TAIL) == []


def test_a_table_below_the_statements_and_statements_of_two_parts(inputs: Inputs, tmp_path: Path) -> None:
    texts = [*NARRATIVE[:-2], "财政拨款“三公”经费支出决算表", "单位：万元"]
    place = next(i for i, text in enumerate(texts) if text.startswith("八、"))
    parted = [*texts[:place], "第三部分 其他重要事项的情况说明", *texts[place:]]
    for narrative in (texts, parted):
        result = reviewed(tmp_path, inputs, narrative)
        assert found(result.findings) == []
        assert result.compared >= 45


@pytest.mark.parametrize(("more", "code"), [
    ("公务用车运行维护费支出决算为2.35万元，占100%，与上年相比减少0.11万元，增长4.47%。", "表文-02"),
    ("会议费支出8.00万元，增加2.00万元，下降33.33%。", "表文-12"),
])
def test_what_follows_a_reason_is_compared(inputs: Inputs, tmp_path: Path, more: str, code: str) -> None:
    assert code in {r.issue.code for r in reviewed(tmp_path, inputs, changed(THREE, f"{THREE[:-1]}；{more}")).findings}


def test_items_in_another_order_are_told_apart(inputs: Inputs, tmp_path: Path) -> None:
    turned = list(NARRATIVE)
    first = next(i for i, text in enumerate(turned) if text.startswith("1.教育支出"))
    turned[first], turned[first + 1] = turned[first + 1], turned[first]
    assert not reviewed(tmp_path, inputs, turned).has_errors


def test_lines_that_a_conversion_broke_are_read_together(inputs: Inputs, tmp_path: Path) -> None:
    broken: list[str] = []
    for text in changed("完成年初预算的120.31%", "完成年初预算的121.31%"):
        broken += [text[i : i + 40] for i in range(0, len(text), 40)]
    errors = [r for r in reviewed(tmp_path, inputs, broken).findings if r.issue.severity is Severity.ERROR]
    assert found(errors) == [("表文-01", "121.31%", "120.31%")]
    assert broken[(errors[0].issue.paragraph or 0) - 1][errors[0].start : errors[0].end].startswith("121")


def test_a_remark_in_brackets_at_the_end_does_not_join_two_sections(inputs: Inputs, tmp_path: Path) -> None:
    remarked = [f"{text}（本句由人工补充）" if text.startswith("财政拨款收入总计") else text for text in NARRATIVE]
    before, after = (reviewed(tmp_path, inputs, texts) for texts in (NARRATIVE, remarked))
    assert found(before.findings) == found(after.findings)


def test_without_headings_the_whole_text_is_compared(inputs: Inputs, tmp_path: Path) -> None:
    bare = [text for text in changed("其他收入21.39万元", "其他收入21.93万元") if not text.startswith("第") and not text.endswith("说明")]
    result = reviewed(tmp_path, inputs, bare)
    assert "表文-25" in {r.issue.code for r in result.findings}
    assert ("表文-01", "21.93 万元", "21.39 万元") in found(result.findings)


def test_contents_are_no_headings(inputs: Inputs, tmp_path: Path) -> None:
    contents = [f"{text}……{n}" for n, text in enumerate(t for t in NARRATIVE if t.endswith("说明"))]
    plain = [text for text in NARRATIVE if text.endswith("说明") and "第二部分" not in text]
    result = reviewed(tmp_path, inputs, [NARRATIVE[0], "目录", *contents, *plain, *NARRATIVE[1:]])
    assert not result.has_errors
    assert result.compared >= 45


def test_numbers_that_contradict_each_other_where_there_is_no_last_year(tmp_path: Path, inputs: Inputs) -> None:
    alone = Inputs(inputs.accounts)
    wrong = changed("各减少251.72万元，下降32.26%", "各减少251.72万元，下降23.26%")
    codes = [r.issue.code for r in reviewed(tmp_path, alone, wrong).findings if r.issue.severity is Severity.ERROR]
    assert codes == ["表文-13"]
    against = changed("各减少251.72万元，下降32.26%", "各减少251.72万元，增长32.26%")
    codes = [r.issue.code for r in reviewed(tmp_path, alone, against).findings if r.issue.severity is Severity.ERROR]
    assert "表文-12" in codes


@pytest.mark.parametrize(("old", "new", "code"), [
    ("三、支出决算情况说明", "", "表文-51"),  # a section is gone, the numbers of the others stay
    ("本年无国有资本经营预算财政拨款支出。", "国有资本经营预算财政拨款支出12.30万元。", "表文-01"),
    ("与2023年度相比，收、支总计", "与2022年相比，收、支总计", "表文-18"),
    ("完成年初预算的120.31%。决算数大于预算数", "完成年初预算的120.31%。决算数小于预算数", "表文-30"),
    ("“三公”经费预算为2.50万元，支出决算为2.35万元，完成预算的94.03%。", "“三公”经费支出决算为2.35万元，比预算2.50万元减少0.25万元。", "表文-14"),
])
def test_what_is_left_out_or_invented_is_found(inputs: Inputs, tmp_path: Path, old: str, new: str, code: str) -> None:
    texts = [t for t in changed(old, new) if t] if new else [t for t in NARRATIVE if old not in t and not t.startswith("本年支出合计")]
    assert code in [r.issue.code for r in reviewed(tmp_path, inputs, texts).findings]


def test_an_item_left_out_of_a_whole_list_is_found(inputs: Inputs, tmp_path: Path) -> None:
    whole = "教育支出（类）424.24万元，占80.25%；社会保障和就业支出（类）56.04万元，占10.60%；卫生健康支出（类）16.90万元，占3.20%；住房保障支出（类）31.50万元，占5.96%。"
    for said, codes in ((whole, []), (whole.replace("卫生健康支出（类）16.90万元，占3.20%；", ""), ["表文-14"])):
        texts = changed("教育支出424.24万元，占一般公共预算财政拨款支出的80.25%；社会保障和就业支出56.04万元，占10.60%。", f"一般公共预算财政拨款支出528.68万元，主要用于以下方面：{said}")
        assert [r.issue.code for r in reviewed(tmp_path, inputs, texts).findings if r.issue.severity is Severity.ERROR] == codes


def test_amounts_with_more_decimals_than_the_tables_are_no_errors(inputs: Inputs, tmp_path: Path) -> None:
    texts = [t.replace("本年收入合计550.07万元", "本年收入合计550.0700万元").replace("528.68万元，占96.11%", "528.6800万元，占96.11%") for t in NARRATIVE]
    assert [r.issue.message for r in reviewed(tmp_path, inputs, texts).findings if r.issue.severity is Severity.ERROR] == []
