"""Every objection with a text that deserves it and one that does not; the published report's real reasons."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from docgen.figures.quantity import Quantity, Registry
from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Change, Direction
from docgen.reasons.drivers import Drivers
from docgen.reasons.objections import (
    DENIAL,
    DIRECTION,
    FIGURE,
    MOVEMENT,
    NO_AMOUNT,
    RESIDUE,
    SAME,
    SHORT,
    SUBJECT,
    YEAR,
    object_to,
    object_to_text,
)
from tests.docgen.narratives import whole_narrative
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
INCOME, SPENDING, FISCAL = "收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比上年"
UP, DOWN = ("15", "10"), ("10", "15")


@cache
def sample() -> Inputs:
    return load_inputs(SAMPLE)


@cache
def changes() -> dict[str, Change]:
    return whole_narrative(sample()).registry.changes


def made(slot: str, current: str | None, base: str | None, against: str = "上年决算") -> Change:
    """A change of these amounts, whatever the tables say."""
    registry = Registry()
    amounts = [Quantity(None if v is None else Decimal(v), missing="" if v is not None else "上年决算表") for v in (current, base)]
    figure = registry.number(slot.rpartition(".")[0], "这一项", amounts[0])
    return registry.change(slot, "这一项", against, *amounts, figure)


def judge(text: str, change: Change) -> list[str]:
    """Codes of the objections; drivers and what the tables say are left out, the amounts being others."""
    found = object_to(text, change, sample(), drivers=Drivers(change))
    return [o.code for o in found if o.code != MOVEMENT]


# Slot, amounts, text, the one objection it deserves.
DESERVED = [
    (DIRECTION, "三公.运行.比上年", UP, "本年燃油费较上年减少"),
    (DIRECTION, "运行.经费.比上年", DOWN, "办公费、差旅费等公用经费增加"),
    (DIRECTION, "一般公共.2059999.比年初", UP, "因人员减少，工资支出减少"),
    (DIRECTION, "一般公共.2059999.比年初", DOWN, "较年初预算增加教师工资支出"),
    (DIRECTION, "财拨.总计.比上年", UP, "与上年持平"),
    (DENIAL, "三公.接待.比上年", ("1.2", "0.9"), "本年度未发生此项业务"),
    (DENIAL, "收支.结余分配.比上年", ("3", "0"), "不存在此项内容"),
    (DENIAL, "三公.出国.比上年", ("2", "0"), "无"),
    (DENIAL, "基金.支出.比上年", ("20", "30"), "本年无政府性基金预算财政拨款收、支、余"),
    (DENIAL, "三公.购置.比上年", ("18", "0"), "本年度未购置公务用车"),
    (NO_AMOUNT, "三公.接待.比上年", ("0", "0"), "来访批次增多，公务接待费增加"),
    (NO_AMOUNT, "三公.运行.比上年", ("2.5", "2.5"), "燃油费支出减少 0.3 万元"),
    (SUBJECT, "国资.支出.比上年", ("0", "0"), "本年无政府性基金预算财政拨款收、支、余"),
    (SUBJECT, "基金.支出.比上年", DOWN, "国有资本经营预算项目已完成，支出减少"),
    (SUBJECT, "财拨.总计.比上年", DOWN, "本年度减少 noc 比赛会务服务费收入"),
    (SUBJECT, "财拨.总计.比年初", UP, "年中取得其他收入"),
    (SUBJECT, "三公.出国.比上年", DOWN, "公务接待批次减少，费用减少"),
    (SUBJECT, "三公.接待.比上年", DOWN, "公务用车燃油费减少"),
    (SUBJECT, "运行.经费.比上年", UP, "基本工资和绩效工资调标"),
    (SUBJECT, "一般公共.2101102.比年初", UP, "住房公积金缴存比例调整"),
    (SUBJECT, "收支.本年支出.比上年", DOWN, "比赛会务服务费收入减少"),
    (YEAR, "三公.运行.比上年", UP, "2021 年购入的车辆维修费支出增加"),
    (YEAR, "一般公共.2059999.比年初", UP, "2022-2023学年课后服务经费增加"),
    (RESIDUE, "三公.运行.比上年", UP, "XX 车辆维修费支出增加"),
    (RESIDUE, "三公.运行.比上年", UP, "××车辆维修费支出增加"),
    (RESIDUE, "三公.运行.比上年", UP, "因___，维修费支出增加"),
    (RESIDUE, "三公.运行.比上年", UP, "维修费支出增加（减少）"),
    (RESIDUE, "三公.运行.比上年", UP, "维修费支出（增加）"),
    (RESIDUE, "三公.运行.比上年", UP, "请填写车辆维修的情况"),
    (RESIDUE, "三公.运行.比上年", UP, "维修费支出增加（上年文字，请更新）"),
    (RESIDUE, "三公.运行.比上年", UP, "车辆老化，，维修费支出增加"),
    (SHORT, "一般公共.2059999.比年初", UP, "正常变动"),
    (SHORT, "一般公共.2059999.比年初", UP, "本年业务需要"),
    (SHORT, "一般公共.2059999.比年初", UP, "涨"),
    (FIGURE, "一般公共.2059999.比年初", UP, "追加项目资金，支出增加 6.66 万元"),
    (FIGURE, "一般公共.2059999.比年初", UP, "追加项目资金，支出增长 49.9%"),
]
# The same kinds of text where they are right.
UNDESERVED = [
    ("三公.运行.比上年", DOWN, "本年燃油费较上年减少"),
    ("一般公共.2059999.比年初", DOWN, "因人员减少，工资支出减少"),
    ("一般公共.2059999.比年初", UP, "因退休人员减少，新招录人员工资支出增加"),
    ("一般公共.2059999.比年初", DOWN, "因退休人员增加，在职人员工资支出减少"),
    ("一般公共.2059999.比年初", DOWN, "年初预算安排增加较多，部分项目未支付"),
    ("财拨.总计.比上年", DOWN, "上年一次性项目支出增加较多，本年没有此类项目"),
    ("财拨.总计.比上年", DOWN, "基本支出增加 3 万元，项目支出减少 8 万元"),
    ("财拨.总计.比上年", DOWN, "基本支出增加、项目支出减少"),
    ("财拨.总计.比上年", UP, "培训费支出没有减少，且追加了维修资金"),
    ("一般公共.2101102.比年初", DOWN, "医疗保险费率下调，缴费人数增加不多"),
    ("三公.出国.比上年", ("2", "0"), "上年无此项，本年按计划出访"),
    ("三公.出国.比上年", ("0", "3"), "本年度未发生此项业务"),
    ("财拨.总计.比上年", UP, "考录招聘 4 人；同时培训费减少"),
    ("财拨.总计.比上年", DOWN, "本年无大型维修项目"),
    ("三公.接待.比上年", ("0", "0"), "本年度未发生此项业务"),
    ("三公.运行.比上年", ("2.5", "2.5"), "两年持平"),
    ("一般公共.2050299.比年初", ("2.25", "2.25"), "年初预算与决算持平"),
    ("国资.支出.比上年", ("0", "0"), "本年无国有资本经营预算财政拨款收、支、余"),
    ("基金.支出.比上年", DOWN, "政府性基金和国有资本经营预算项目均已完成，支出减少"),
    ("财拨.总计.比上年", UP, "事业收入减少，财政补助相应增加"),
    ("财拨.总计.比上年", DOWN, "本年没有会务服务费收入以外的变化，培训费支出减少"),
    ("基金.支出.比上年", UP, "国有土地使用权出让收入安排的支出增加"),
    ("三公.接待.比上年", DOWN, "严格执行接待标准，来访人员用车自理"),
    ("运行.经费.比上年", UP, "人员经费以外的办公费增加"),
    ("一般公共.2101102.比年初", UP, "与养老保险、公积金同步调整医疗保险缴费基数"),
    ("收支.本年支出.比上年", DOWN, "会务服务费收入减少，支出相应减少"),
    ("收支.本年收入.比上年", DOWN, "财政拨款收入减少"),
    ("三公.运行.比上年", UP, "2024 年维修费比 2023 年增加"),
    ("一般公共.2059999.比年初", UP, "按〔2021〕20号文件，津贴支出增加"),
    ("一般公共.2059999.比年初", UP, "2023-2024学年课后服务经费增加"),
    ("一般公共.2059999.比年初", UP, "新招录 2050 名参训人员，经费增加"),
    ("三公.运行.比上年", UP, "SUXX 型车辆维修费支出增加"),
    ("三公.运行.比上年", UP, "车辆老化（两辆），维修费支出增加"),
    ("一般公共.2059999.比年初", UP, "人员增加"),
    ("三公.运行.比上年", DOWN, "厉行节约"),
    ("一般公共.2059999.比年初", UP, "支出增加 5.00 万元，增长 50%"),
    ("一般公共.2059999.比年初", UP, "公积金缴存比例由 5% 提高到 12%，工资支出增加约 4 万元"),
    ("一般公共.2059999.比年初", UP, "其中差旅费 3.53 万元、基本工资 142.83 万元"),
]


@pytest.mark.parametrize(("code", "slot", "amounts", "text"), DESERVED)
def test_deserved(code: str, slot: str, amounts: tuple[str, str], text: str) -> None:
    assert judge(text, made(slot, *amounts, against="年初预算" if slot.endswith("年初") else "上年决算")) == [code]


@pytest.mark.parametrize(("slot", "amounts", "text"), UNDESERVED)
def test_undeserved(slot: str, amounts: tuple[str, str], text: str) -> None:
    change = made(slot, *amounts, against="年初预算" if slot.endswith("年初") else "上年决算")
    assert judge(text, change) == []


def test_every_objection_but_those_over_many_slots_has_both_cases() -> None:
    assert {code for code, *_ in DESERVED} == {DIRECTION, DENIAL, NO_AMOUNT, SUBJECT, YEAR, RESIDUE, SHORT, FIGURE}


def test_the_message_says_both_directions_in_plain_words() -> None:
    found = object_to("本年燃油费较上年减少", changes()["三公.运行.比上年"], sample())
    assert [o.message for o in found] == ["这里是增加，原因里写的是减少（“本年燃油费较上年减少”）"]


def test_the_same_text_three_times_is_objected_to_and_twice_is_not() -> None:
    change, text = changes()[INCOME], "上年一次性项目已完成，财政拨款收入减少"
    twice = {INCOME: text, SPENDING: f"{text}。"}
    assert [o.code for o in object_to(text, change, sample(), twice)] == []
    assert [o.code for o in object_to(text, change, sample(), {**twice, FISCAL: f"主要是{text}"})] == [SAME]


def test_a_level_change_may_repeat_what_the_others_say() -> None:
    text = "本年度未发生此项业务"
    everywhere = dict.fromkeys(("三公.出国.比上年", "三公.购置.比上年", "三公.接待.比上年"), text)
    assert object_to(text, changes()["三公.出国.比上年"], sample(), everywhere) == ()


@pytest.mark.parametrize(("slot", "text", "said"), [
    ("运行.经费.比上年", "工会经费减少", "表中工会经费增加 0.29 万元"),
    ("运行.经费.比上年", "落实过紧日子要求，差旅费减少、福利费减少", "表中福利费增加 0.19 万元"),
    (INCOME, "一般公共预算财政拨款收入减少，其他收入减少", "表中其他收入增加 8.26 万元"),
    (INCOME, "我单位减少比赛会务服务费收入", "表中财政拨款以外的各项收入合计增加 8.26 万元"),
    (SPENDING, "项目支出减少，基本支出减少", "表中基本支出增加 45.49 万元"),
])
def test_a_named_item_that_moved_the_other_way(slot: str, text: str, said: str) -> None:
    found = object_to(text, changes()[slot], sample())
    assert [o.code for o in found] == [MOVEMENT]
    assert said in found[0].message


@pytest.mark.parametrize(("slot", "text"), [
    ("运行.经费.比上年", "差旅费等费用减少，工会经费增加"),
    ("运行.经费.比上年", "教师工会经费减少，差旅费减少"),  # a narrower item than the table's
    ("运行.经费.比上年", "工会经费缴纳基数降低，差旅费减少"),
    (INCOME, "财政拨款收入减少，其他收入增加"),
    (SPENDING, "项目支出减少 288.95 万元；同时基本支出增加 45.49 万元"),
])
def test_named_items_that_moved_as_said(slot: str, text: str) -> None:
    assert object_to(text, changes()[slot], sample()) == ()


def test_figures_are_compared_with_the_change_the_drivers_and_the_tables() -> None:
    change = changes()[FISCAL]
    right = "财政拨款减少 251.72 万元，下降 32.26%，其中项目支出减少 297.21 万元（2972070 元），培训费 18.9 万元"
    assert object_to(right, change, sample()) == ()
    wrong = object_to(right.replace("251.72", "251.27"), change, sample())
    assert [o.code for o in wrong] == [FIGURE]
    assert "251.27 万元" in wrong[0].message
    assert "减少 251.72 万元" in wrong[0].message


def test_without_last_year_only_the_wording_is_judged() -> None:
    change = made("三公.运行.比上年", "2", None)
    assert change.direction is Direction.UNKNOWN
    assert judge("燃油费减少 99 万元", change) == []
    assert judge("XX费用", change) == [RESIDUE]


def test_nothing_is_said_about_an_empty_text() -> None:
    assert object_to("  ", changes()[INCOME], sample()) == ()


def test_other_texts_are_searched_for_residue_only() -> None:
    assert [o.code for o in object_to_text("开展××活动", sample())] == [RESIDUE]
    assert object_to_text("将在2025年度积极完成后续支付", sample()) == ()


STAFF = "本年通过考录招聘新增 4 人，在职人员职级晋升，人员经费增加"
CONTEST = "我单位本年度减少 noc 比赛会务服务费收入"
NOT_HERE, NONE_THIS_YEAR = "不存在此项内容", "本年度未发生此项业务"
NO_FUND = "本年无政府性基金预算财政拨款收、支、余"
# The reasons that the published report of 2024 gives, and the objections that each deserves.
PUBLISHED = {
    "收支.总计.比年初": (STAFF, []),
    INCOME: (CONTEST, [SAME, MOVEMENT]),  # other income rose; what fell were fiscal appropriations
    "收支.使用结余.比上年": (NOT_HERE, []),
    "收支.年初结转.比上年": (NOT_HERE, []),
    SPENDING: (CONTEST, [SUBJECT, SAME, MOVEMENT]),  # expenditure explained by income alone
    "收支.结余分配.比上年": (NOT_HERE, []),
    "收支.年末结转.比上年": (NOT_HERE, []),
    "财拨.总计.比年初": (STAFF, []),
    FISCAL: (CONTEST, [SUBJECT, SAME]),  # other income is no fiscal appropriation
    "一般公共.2050299.比年初": ("年初预算与决算持平", []),
    "一般公共.2059999.比年初": ("人员变动、工资及社保基数调整，项目支出增加", []),
    "一般公共.2080502.比年初": ("本年度停发艰苦边远地区津贴", []),
    "一般公共.2080505.比年初": ("本年在职人员职级晋升，调整社保缴费基数", []),
    "一般公共.2101102.比年初": ("本年在职人员职级晋升，调整医疗保险缴费基数", []),
    "一般公共.2210201.比年初": ("本年在职人员职级晋升，调整缴费基数", []),
    "三公.决算.比预算": ("本年度节约三公经费开支、燃油费支出减少", []),
    "三公.出国.比上年": (NONE_THIS_YEAR, []),
    "三公.购置.比上年": (NONE_THIS_YEAR, []),
    "三公.运行.比上年": ("本年燃油费较上年增加", []),
    "三公.接待.比上年": (NONE_THIS_YEAR, []),
    "基金.支出.比上年": (NO_FUND, []),
    "国资.支出.比上年": (NO_FUND, [SUBJECT]),  # another budget
    "运行.经费.比上年": ("本年差旅费等费用减少", []),
}


@pytest.mark.parametrize("slot", PUBLISHED)
def test_the_published_reasons_get_the_objections_they_deserve(slot: str) -> None:
    printed = {s: text for s, (text, _) in PUBLISHED.items() if changes()[s].direction is not Direction.LEVEL}
    text, deserved = PUBLISHED[slot]
    assert [o.code for o in object_to(text, changes()[slot], sample(), printed)] == deserved


def test_a_published_reason_beside_the_opposite_sign() -> None:
    """The judgement follows the sign, not the words alone."""
    change = changes()["三公.运行.比上年"]
    turned = replace(change, current=change.base, base=change.current, direction=Direction.DOWN)
    assert [o.code for o in object_to("本年燃油费较上年增加", turned, sample())] == [DIRECTION]


# ------------------------------------------------------------------ what the pack's settings change


def with_settings(folder: Path, settings: str) -> Inputs:
    """The sample with a pack whose settings are these (what they do not say is as in the default pack)."""
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    context = sample()
    return replace(context, accounts=replace(context.accounts, pack=replace(context.pack, folder=folder)))


def test_a_pack_says_of_what_a_reason_must_not_speak(tmp_path: Path) -> None:
    subject = '[[objections.subject]]\nslots = ["运行."]\nhere = "公用经费"\nforeign = ["差旅"]\nmessage = "{事项}不说{用词}"\n'
    found = object_to("差旅费减少", changes()["运行.经费.比上年"], with_settings(tmp_path, subject))
    assert [(o.code, o.message) for o in found] == [(SUBJECT, "公用经费不说差旅")]


def test_a_pack_says_how_a_subject_is_denied(tmp_path: Path) -> None:
    subject = '[[objections.subject]]\nslots = ["三公.运行."]\nhere = "车"\ndenials = ["车辆停驶"]\n'
    change = changes()["三公.运行.比上年"]
    assert object_to("车辆停驶，燃油费增加", change, sample()) == ()
    assert [o.code for o in object_to("车辆停驶，燃油费增加", change, with_settings(tmp_path, subject))] == [DENIAL]


def test_a_pack_says_which_rows_are_no_fiscal_appropriation(tmp_path: Path) -> None:
    only = '[own_income]\nrows = "Σ公开01[事业收入、经营收入]"\n'
    assert [o.code for o in object_to("报名费收入减少", changes()[INCOME], sample())] == [MOVEMENT]
    (objection,) = object_to("报名费收入减少", changes()[INCOME], with_settings(tmp_path, only))
    assert "表中财政拨款以外的各项收入合计没有变动" in objection.message
