"""Reason slots: which there are, which are required, their state; the 底稿's rows; what check says; the pack's rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from docgen.job.inputs import Inputs, load_inputs
from docgen.model import Direction
from docgen.reasons.slot import Slot, SlotKind, SlotState, Thresholds
from docgen.report.assembly import build_report
from docgen.report.narrative import narrative_of
from docgen.report.slots import reason_issues, reason_rows, reason_slots
from tests.docgen.narratives import whole_narrative
from tests.units import standard_pack
from workbook.companion.model import Companion, Reason
from workbook.entries import Entry
from workbook.errors import PackError
from workbook.issues import CellRef, Issue, Severity
from workbook.pack.loading import TEMPLATES, Pack, load_pack
from workbook.pack.reasons import ReasonRules

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
REQUIRED = (
    "收支.总计.比年初", "收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比年初", "财拨.总计.比上年",
    "一般公共.2059999.比年初", "一般公共.2080502.比年初", "一般公共.2080505.比年初", "一般公共.2101102.比年初", "一般公共.2210201.比年初",
    "三公.决算.比预算", "三公.运行.比上年", "运行.经费.比上年",
)


@cache
def sample() -> Inputs:
    return load_inputs(SAMPLE)


def sample_companion() -> Companion:
    companion = sample().companion
    assert companion is not None
    return companion


def with_companion(**changes: object) -> Inputs:
    return replace(sample(), companion=replace(sample_companion(), **changes))  # type: ignore[arg-type]


def with_reasons(texts: dict[str, str], prior: dict[str, str] | None = None) -> Inputs:
    reasons = tuple(
        Reason(slot, text=Entry(texts.get(slot, ""), None, CellRef("底稿.xlsx", "变动原因", row, 10)), prior_reason=(prior or {}).get(slot, ""))
        for row, slot in enumerate({**texts, **(prior or {})}, start=4))
    return with_companion(reasons=reasons)


def with_settings(rate: str | None, amount: str | None) -> Inputs:
    return stating(最低变动率=rate and Decimal(rate), 最低变动额=amount and Decimal(amount), reasons=())


def stating(reasons: tuple[Reason, ...] | None = None, **entries: str | Decimal | None) -> Inputs:
    """The sample with other labelled entries."""
    own = sample_companion()
    return with_companion(
        entries={**own.entries, **{name: Entry.of(content) for name, content in entries.items()}},
        reasons=own.reasons if reasons is None else reasons)


def slots_of(context: Inputs) -> dict[str, Slot]:
    return {slot.id: slot for slot in reason_slots(context)}


def test_the_sample_needs_a_reason_wherever_the_report_states_a_change() -> None:
    slots = reason_slots(with_companion(reasons=()))
    assert tuple(s.id for s in slots if s.required and s.kind is SlotKind.REASON) == REQUIRED
    assert all(s.state is SlotState.OPEN for s in slots if s.id in REQUIRED)


def test_slots_are_those_that_the_report_asks_for_in_its_order() -> None:
    context = with_companion(reasons=())
    printed = [prompt.slot for prompt in build_report(context).prompts]
    assert printed == [s.id for s in reason_slots(context) if s.state is SlotState.OPEN]


@pytest.mark.parametrize("companion", [None, Companion(Path("底稿.xlsx"), standard_pack().companion)])
def test_every_text_that_the_report_asks_for_is_a_slot(companion: Companion | None) -> None:
    context = replace(sample(), companion=companion)
    printed = {prompt.slot for prompt in build_report(context).prompts} - {"单位.性质"}
    unfilled = {s.id for s in reason_slots(context) if s.state is SlotState.OPEN}
    assert printed <= unfilled
    assert {"文本.联系人", "概况.机构设置", "名词解释"} <= unfilled
    assert ("文本.绩效" in unfilled) == (companion is None)


def test_a_slot_states_the_change() -> None:
    slot = slots_of(with_companion(reasons=()))["收支.本年收入.比上年"]
    assert (slot.section, slot.section_title) == (1, "一、收入支出决算总体情况")
    assert slot.sentence == "本年收入决算合计 550.07 万元，与上年决算相比，减少 243.46 万元，下降 30.68%，变动原因："
    assert slot.difference == Decimal("-243.46")
    assert slot.rate is not None
    assert round(slot.rate, 2) == Decimal("-30.68")
    assert slot.direction is Direction.DOWN
    assert slot.change is not None
    assert slot.drivers is not None
    assert slot.drivers.main is not None


def test_a_level_change_needs_nothing() -> None:
    slots = slots_of(with_reasons({"三公.接待.比上年": "本年度未发生此项业务"}))
    assert slots["三公.接待.比上年"].state is SlotState.NOT_NEEDED
    assert slots["一般公共.2050299.比年初"].state is SlotState.NOT_NEEDED


def test_states_follow_the_text() -> None:
    slots = slots_of(with_reasons({"三公.运行.比上年": "维修费比上年增加", "运行.经费.比上年": "差旅费增加"}))
    assert slots["三公.运行.比上年"].state is SlotState.GIVEN
    assert slots["运行.经费.比上年"].state is SlotState.DOUBTFUL
    assert slots["运行.经费.比上年"].objections
    assert slots["收支.本年支出.比上年"].state is SlotState.OPEN


def test_without_last_year_a_slot_names_what_is_missing() -> None:
    context = replace(sample(), prior={})
    slot = slots_of(context)["收支.本年收入.比上年"]
    assert slot.direction is Direction.UNKNOWN
    assert "上年决算表" in slot.missing
    assert slot.difference is None


@pytest.mark.parametrize(("rate", "amount", "required"), [
    ("0", "0", set(REQUIRED)),
    (None, None, set(REQUIRED)),
    ("20", "0", {"收支.总计.比年初", "收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比上年", "一般公共.2059999.比年初"}),
    ("0", "100", {"收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比上年"}),
    ("20", "80", {"收支.总计.比年初", "收支.本年收入.比上年", "收支.本年支出.比上年", "财拨.总计.比上年"}),
    ("1000", "0", set()),
])
def test_thresholds_of_the_companion(rate: str | None, amount: str | None, required: set[str]) -> None:
    context = with_settings(rate, amount)
    slots = [s for s in reason_slots(context) if s.kind is SlotKind.REASON]
    assert {s.id for s in slots if s.required} == required
    assert {s.id for s in slots if s.state is SlotState.OPEN} == required
    assert {p.slot for p in build_report(context).prompts} == required


def test_a_threshold_that_is_exactly_reached_requires_a_reason() -> None:
    change = whole_narrative(sample()).registry.changes["收支.本年收入.比上年"]
    assert Thresholds(amount=Decimal("243.46")).requires(change)
    assert not Thresholds(amount=Decimal("243.4601")).requires(change)


def test_a_change_that_prints_as_zero_needs_no_reason() -> None:
    change = whole_narrative(sample()).registry.changes["三公.运行.比上年"]
    tiny = replace(change, difference=replace(change.difference, value=Decimal("0.00"), exact=Decimal("0.004")))
    assert Thresholds().requires(change)
    assert not Thresholds().requires(tiny)


def test_a_change_from_nothing_is_judged_by_its_amount() -> None:
    change = replace(whole_narrative(sample()).registry.changes["收支.本年收入.比上年"], rate=None)
    assert Thresholds(rate=Decimal(50)).requires(change)
    assert not Thresholds(amount=Decimal(1000)).requires(change)


def test_a_given_reason_is_printed_though_not_required() -> None:
    context = stating(最低变动率=Decimal(1000), 最低变动额=Decimal(0))
    assert "维修费比上年略有增加" in "".join(getattr(b, "text", "") for b in build_report(context).blocks)


def test_level_wording_of_pack_and_companion() -> None:
    assert narrative_level(sample()) == "持平"
    assert narrative_level(stating(持平写法="增加0万元")) == "增加 0 万元，增长 0%"


def narrative_level(context: Inputs) -> str:
    node = narrative_of(context).names["基金"]
    return str(node.支出.比上年.语句)  # type: ignore[attr-defined]


def test_suggestions_are_last_years_reason_the_draft_and_phrases() -> None:
    context = with_reasons({}, {"运行.经费.比上年": "落实过紧日子要求，压减会议费支出", "三公.运行.比上年": "燃油费减少"})
    slots = slots_of(context)
    assert [s.source for s in slots["运行.经费.比上年"].suggestions] == ["去年的原因", "草稿", "常用语", "常用语"]
    assert slots["运行.经费.比上年"].suggestions[1].text == slots["运行.经费.比上年"].draft
    assert slots["三公.运行.比上年"].suggestions[-1].source == "去年的原因"  # of the other direction: last
    assert slots["收支.使用结余.比上年"].suggestions == ()


def test_phrases_fit_their_place_and_direction() -> None:
    rules = sample().pack.reasons
    slots = [s for s in reason_slots(with_companion(reasons=())) if s.direction in (Direction.UP, Direction.DOWN)]
    offered = {s.id: [g.text for g in s.suggestions if g.source == "常用语"] for s in slots}
    assert "养老保险缴费基数调整，缴费支出增加" in offered["一般公共.2080505.比年初"]
    assert not any("减少" in text and "人员减少" not in text for text in offered["一般公共.2080505.比年初"])
    assert "年中追加项目资金，支出增加" not in offered["一般公共.2210201.比年初"]  # there are closer ones
    assert all(offered.values())
    assert len(rules.phrases) > 50


def test_rows_for_the_companion() -> None:
    context = with_reasons({"三公.运行.比上年": "燃油费减少", "三公.早先.比上年": "旧事项的原因"}, {"收支.本年收入.比上年": "去年的话"})
    companion = context.companion
    assert companion is not None
    rows = {row.slot: row for row in reason_rows(reason_slots(context), companion)}
    income = rows["收支.本年收入.比上年"]
    assert (income.current, income.base, income.difference, income.rate) == (
        Decimal("550.07"), Decimal("793.53"), Decimal("-243.46"), Decimal("-30.68"))
    assert income.status == "待填"
    assert income.prior_reason == "去年的话"
    assert income.draft.startswith("主要是一般公共预算财政拨款收入减少 251.72 万元")
    assert "其他收入增加 8.26 万元" in income.drivers
    running = rows["三公.运行.比上年"]
    assert (running.text.text, running.status) == ("燃油费减少", "有疑问")
    assert running.text.ref == CellRef("底稿.xlsx", "变动原因", 4, 10)
    assert "这里是增加" in running.hint
    assert rows["收支.使用结余.比上年"].rate is None
    assert rows["三公.早先.比上年"].text.text == "旧事项的原因"  # what people wrote stays
    assert not any(slot.startswith(("文本.", "概况.")) for slot in rows)


def test_rows_are_stable() -> None:
    companion = replace(sample_companion(), reasons=reason_rows(reason_slots(sample()), sample_companion()))
    again = reason_rows(reason_slots(replace(sample(), companion=companion)), companion)
    assert again == companion.reasons


def reason_findings(context: Inputs) -> list[Issue]:
    assert context.companion is not None
    return reason_issues(reason_slots(context), context.companion, context.pack.reason_rules, has_prior=bool(context.prior))


def issues_of(context: Inputs) -> list[tuple[str, Severity, str]]:
    return [(i.code, i.severity, i.message) for i in reason_findings(context)]


def test_check_finds_nothing_in_the_sample() -> None:
    assert issues_of(sample()) == []


def test_check_names_a_missing_reason_and_its_cell() -> None:
    texts = {r.slot: r.text.text for r in sample_companion().reasons if r.slot != "运行.经费.比上年"}
    context = with_reasons({**texts, "运行.经费.比上年": ""})
    (issue,) = reason_findings(context)
    assert (issue.code, issue.severity, issue.sheet) == ("原因-01", Severity.ERROR, "底稿")
    assert issue.cells[0].ref.sheet == "变动原因"
    assert "公用经费与上年决算相比减少 1.55 万元，没有写变动原因" in issue.message
    assert issue.cells[0].ref.a1 in issue.message


def test_check_names_a_slot_without_a_row() -> None:
    texts = {r.slot: r.text.text for r in sample_companion().reasons if r.slot != "运行.经费.比上年"}
    ((_, severity, message),) = issues_of(with_reasons(texts))
    assert severity is Severity.ERROR
    assert "编号写“运行.经费.比上年”" in message


def test_check_reports_objections_as_notices() -> None:
    texts = {r.slot: r.text.text for r in sample_companion().reasons}
    ((code, severity, message),) = issues_of(with_reasons({**texts, "三公.运行.比上年": "燃油费支出减少"}))
    assert (code, severity) == ("原因-02", Severity.NOTICE)
    assert "这里是增加，原因里写的是减少" in message


def test_check_without_last_year_says_so_once_and_demands_no_reasons() -> None:
    found = issues_of(replace(with_reasons({}), prior={}))
    unknown = [m for code, _, m in found if code == "原因-12"]
    assert len([m for m in unknown if "上年决算表" in m]) == 1
    waiting = [s for s in reason_slots(replace(sample(), prior={})) if "上年决算表" in s.missing]
    assert any(f"等 {len(waiting)} 处变动" in m for m in unknown)
    assert not any("上年" in m for code, _, m in found if code == "原因-01")


def test_check_lists_texts_that_are_missing_as_notices() -> None:
    found = issues_of(with_companion(glossary=(), entries={**sample_companion().entries, "联系人": Entry("张××")}))
    assert ("文字-01", Severity.NOTICE) in [(c, s) for c, s, _ in found]
    assert any(code == "文字-02" and "联系人" in message for code, _, message in found)


def test_the_samples_report_has_a_reason_everywhere() -> None:
    report = build_report(sample())
    assert report.prompts == ()
    assert report.problems == ()


# ------------------------------------------------------------------ the pack's rules


def pack_with(folder: Path, settings: str | None = None, phrases: str | None = None) -> Pack:
    if settings is not None:
        (folder / "settings.toml").write_text(settings, encoding="utf-8")
    if phrases is not None:
        (folder / "phrases.csv").write_text(phrases, encoding="utf-8")
    return replace(load_pack(), folder=folder)


def rules(folder: Path, settings: str | None = None, phrases: str | None = None) -> ReasonRules:
    return pack_with(folder, settings, phrases).reasons


def test_a_pack_without_settings_takes_the_default_packs(tmp_path: Path) -> None:
    assert rules(tmp_path) == load_pack().reasons


def test_a_pack_sets_its_own_thresholds(tmp_path: Path) -> None:
    own = rules(tmp_path, '[reasons]\nminimum_rate = "10"\nminimum_amount = 0.5\n[wording]\nlevel = "增加0万元"\n')
    assert (own.minimum_rate, own.minimum_amount, own.level_wording) == (Decimal(10), Decimal("0.5"), "增加0万元")
    assert own.subjects == load_pack().reasons.subjects


@pytest.mark.parametrize(("settings", "said"), [
    ('[reasons]\nminimum_rate = "很多"\n', "第 2 行：[reasons]：“minimum_rate”"),
    ("[reasons]\nminimum_amount = -1\n", "第 2 行：[reasons]：“minimum_amount”"),
    ('[wording]\nlevel = "不变"\n', "第 2 行：[wording]：“level”"),
    ("reasons = 1\n", "[reasons]"),
    ("[reasons\n", "第 1 行：这里或前一行的写法不对"),
    ('[[objections.subject]]\nslots = ["别处."]\nhere = "甲"\n', "别处."),
    ('[[objections.subject]]\nslots = ["国资."]\n', "here"),
    ('[[objections.subject]]\nslots = ["国资."]\nhere = "甲"\nmessage = "{there}"\n', "message"),
    ('[own_income]\nrows = "Σ公开01[上级补助收入..没有的行]"\n', "没有的行"),
    ('[own_income]\nrows = "公开01[其他收入] + 公开01[事业收入]"\n', "第 2 行：[own_income]：“rows”"),
])
def test_broken_settings_are_named(tmp_path: Path, settings: str, said: str) -> None:
    with pytest.raises(PackError, match=r"settings\.toml") as caught:
        rules(tmp_path, settings)
    assert said in str(caught.value)


@pytest.mark.parametrize(("line", "said"), [
    ("别处.,增加,话", "别处."), ("三公.飞机,增加,话", "三公.飞机"), ("一般公共.20805.比上年,增加,话", "一般公共.20805.比上年"),
    ("三公.运行,上升,话", "上升"), ("三公.运行,增加,", "没有写用语"), ("三公.运行,增加", "列"),
])
def test_broken_phrases_are_named_with_their_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(PackError, match="第 2 行") as caught:
        rules(tmp_path, phrases=f"事项,方向,用语\n{line}\n")
    assert said in str(caught.value)
