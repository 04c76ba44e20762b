"""Refreshing a report that people have edited: new figures go in, every edit stays, what does not fit is said."""

from __future__ import annotations

import random
from copy import deepcopy
from pathlib import Path

import docx
import pytest
from lxml import etree

from docgen.job.inputs import load_inputs
from docgen.refresh import Refreshed, refresh_report
from docgen.report.assembly import build_report, write_word
from tests.docgen.ooxml_rules import problems
from tests.docgen.refresh_files import Unit, W, control, controls, paragraph_with, replace_in, run_of, say, shown, texts
from tests.docgen.word_files import to_pdf
from tests.docgen.worddoc_files import raw_members
from tests.units import Variant, random_unit, standard_pack, write_variant
from workbook.amounts import MoneyUnit
from workbook.errors import InputError

TOTAL, INCOME = "收入、支出决算总计均为 ", "1．本年收入决算合计"
GENERATED_PARTS = {"word/document.xml", "customXml/item1.xml", "customXml/item2.xml"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    """The sample unit with its report as it was generated."""
    unit = Unit(tmp_path_factory.mktemp("unit"))
    unit.write()
    return unit


@pytest.fixture
def unit(written: Unit, tmp_path: Path) -> Unit:
    return written.copy(tmp_path / "单位")


def text(unit: Unit, words: str) -> str:
    """The paragraph of the refreshed report in which *words* stand."""
    return next(t for t in texts(unit.refreshed) if words in t and not t.startswith("第"))


def told(outcome: Refreshed) -> list[tuple[str, str]]:
    return [(entry.stated, entry.expected) for entry in outcome.unplaced]


def is_current(unit: Unit, outcome: Refreshed, typed: str = "") -> bool:
    """Whether every linked figure of the refreshed report has its present value, those reported or *typed* left aside."""
    figures = {f.id: f.text for f in build_report(unit.inputs).figures}
    stale = [(tag, text) for tag, text in controls(unit.refreshed) if tag in figures and text not in (figures[tag], typed)]
    return all(any(text in entry.stated for entry in outcome.unplaced) for _, text in stale)


# ---------------------------------------------------------------- nobody edited


def test_an_unchanged_workbook_changes_nothing(unit):
    outcome = unit.refresh()
    assert (outcome.changed, outcome.kept, outcome.unplaced, outcome.complete) == (False, 0, (), True)
    assert unit.refreshed.read_bytes() == unit.report.read_bytes()


CHANGES = {
    "direction turns": [("收支.总计", "900"), ("财拨.总计", "900")],
    "持平 becomes a change without last year": [("收支.年初结转", "12.345"), ("三公.接待", "0.5")],
    "a change becomes 持平": [("三公.运行", "2.336494")],
    "shares and percentages": [("收入.其他", "300"), ("支出.项目", "99"), ("采购.中小企业", "9")],
    "completion": [("一般公共.2059999", "100"), ("一般公共.2080502", "16.62")],
    "nothing is left": [("基金.支出", "3"), ("资产.车辆3", "0")],
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_unedited_report_becomes_the_new_one(unit, what):
    for figure, value in CHANGES[what]:
        unit.set_figure(figure, value)
    outcome = unit.refresh()
    assert outcome.changed
    assert outcome.unplaced == ()
    assert texts(unit.refreshed) == unit.fresh_texts()
    assert controls(unit.refreshed) == controls(unit.folder / "新写.docx")


def test_a_second_refresh_has_nothing_to_do(unit):
    for figure, value in (change for what in CHANGES for change in CHANGES[what]):
        unit.set_figure(figure, value)
    unit.refresh()
    assert problems(unit.refreshed.read_bytes()) == []
    again = refresh_report(unit.refreshed, unit.inputs, unit.folder / "再.docx")
    assert (again.changed, again.unplaced, again.kept) == (False, (), 0)
    assert (unit.folder / "再.docx").read_bytes() == unit.refreshed.read_bytes()


@pytest.mark.parametrize("seed", [1, 2, 8])
def test_any_other_accounts_of_the_unit_give_the_report_of_those_accounts(tmp_path, seed):
    """New and vanished classes, items, rows of tables, charts, empty funds: whatever differs between two random units."""
    def book(number: int, name: str) -> Path:
        path = tmp_path / f"{name}.xlsx"
        write_variant(path, standard_pack(), random_unit(random.Random(number), funds=number % 2 == 0), Variant(), MoneyUnit.YUAN)
        return path

    prior, report, new = book(1000 + seed, "上年"), tmp_path / "报告.docx", tmp_path / "新写.docx"
    first, second = (load_inputs(book(n, f"本年{n}"), prior=prior) for n in (seed, seed + 500))
    for inputs, path in ((first, report), (second, new)):
        write_word(build_report(inputs), inputs, path, linked=True)
    outcome = refresh_report(report, second, tmp_path / "刷新.docx")
    assert outcome.unplaced == ()
    assert texts(tmp_path / "刷新.docx") == texts(new)
    assert controls(tmp_path / "刷新.docx") == controls(new)
    assert problems((tmp_path / "刷新.docx").read_bytes()) == []


def test_an_item_more_and_an_item_less_in_a_list(unit):
    unit.set({("公开06", "30201", "决算数"): None, ("公开06", "30202", "决算数"): "7.7"})
    unit.refresh()
    found = text(unit, "主要包括：印刷费 7.70 万元、邮电费")
    assert "办公费" not in found
    assert ("基本支出.30202", "7.70") in controls(unit.refreshed)
    assert texts(unit.refreshed) == unit.fresh_texts()


def test_a_reason_filled_in_the_companion_replaces_the_prompt(unit):
    unit.set_figure("收支.年初结转", "5")
    first = unit.refresh()
    assert len(first.prompts) == 1
    assert not first.complete
    unit.refreshed.replace(unit.report)
    unit.set_reason("收支.总计.比年初", "=换了说法 <&>\n第二行")
    outcome = unit.refresh()
    assert text(unit, TOTAL).count("=换了说法 <&>") == 1
    assert outcome.prompts == first.prompts


# ---------------------------------------------------------------- edits stay


def test_formatting_stays(unit):
    def bold(root):
        item = next(r for r in paragraph_with(root, TOTAL).iter(f"{W}r") if "与年初预算相比" in shown(r))
        start, end = shown(item).split("与年初预算")
        say(item, start)
        item.addnext(run_of("相比" + end.removeprefix("相比")))
        item.addnext(run_of("与年初预算", '<w:b/><w:color w:val="FF0000"/>'))
        figure = control(root, "收支.总计").find(f".//{W}r")
        figure.insert(0, etree.fromstring(f'<w:rPr xmlns:w="{W[1:-1]}"><w:b/></w:rPr>'))
        paragraph_with(root, TOTAL).find(f"{W}pPr").append(etree.fromstring(f'<w:jc xmlns:w="{W[1:-1]}" w:val="center"/>'))

    unit.edit(bold)
    unit.set_figure("收支.总计", "900")
    assert unit.refresh().kept == 0
    assert texts(unit.refreshed) == unit.fresh_texts()
    paragraph = next(p for p in docx.Document(str(unit.refreshed)).element.iter(f"{W}p") if TOTAL in shown(p))
    assert [shown(r) for r in paragraph.iter(f"{W}r") if r.find(f"{W}rPr/{W}b") is not None] == ["900.00", "与年初预算"]
    assert paragraph.find(f"{W}pPr/{W}jc").get(f"{W}val") == "center"


def test_runs_split_by_word_do_not_matter(unit):
    def split(root):
        for element in [t for t in root.iter(f"{W}t") if len(t.text or "") > 3 and t.getparent().getparent().tag in (f"{W}p", f"{W}sdtContent")]:
            run, whole = element.getparent(), element.text
            if len(run) > 2:
                continue
            rest = deepcopy(run)
            say(run, whole[:2])
            say(rest, whole[2:])
            run.addnext(rest)
            run.addnext(etree.fromstring(f'<w:proofErr xmlns:w="{W[1:-1]}" w:type="spellStart"/>'))

    unit.edit(split)
    unit.set_figure("收支.总计", "900")
    unit.set_figure("收支.年初结转", "5")
    outcome = unit.refresh()
    assert (outcome.kept, outcome.unplaced) == (0, ())
    assert texts(unit.refreshed) == unit.fresh_texts()


def test_a_reason_that_people_rewrote_stays(unit):
    unit.edit(lambda root: say(control(root, "原因:收支.总计.比年初"), "局里定的说法"))
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    assert (outcome.unplaced, outcome.kept) == ((), 1)
    found = text(unit, TOTAL)
    assert "均为 900.00 万元" in found
    assert "变动原因：局里定的说法；与上年决算相比，收、支总计各增加 106.47 万元，增长 13.42%。" in found


def test_a_reason_changed_on_both_sides_stays_and_is_told_until_they_agree(unit):
    unit.edit(lambda root: say(control(root, "原因:收支.总计.比年初"), "局里定的说法"))
    unit.set_reason("收支.总计.比年初", "底稿的新说法")
    for _ in range(2):
        outcome = unit.refresh()
        assert told(outcome) == [("局里定的说法", "底稿的新说法")]
        assert "局里定的说法" in text(unit, TOTAL)
        unit.refreshed.replace(unit.report)
    unit.edit(lambda root: say(control(root, "原因:收支.总计.比年初"), "底稿的新说法"))
    assert unit.refresh().unplaced == ()


def test_sentences_that_people_added_stay(unit):
    def add(root):
        paragraph_with(root, TOTAL).append(run_of("特此说明。"))
        paragraph_with(root, INCOME).insert(1, run_of("（重要）"))
        own = etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"><w:r><w:t>我们自己的一段。</w:t></w:r></w:p>')
        paragraph_with(root, INCOME).addnext(own)

    unit.edit(add)
    unit.set_figure("收支.总计", "900")
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    assert (outcome.unplaced, outcome.kept) == ((), 3)
    kept = [t.replace("特此说明。", "").replace("（重要）", "") for t in texts(unit.refreshed)]
    kept.remove("我们自己的一段。")
    assert kept == unit.fresh_texts()


def test_a_reworded_statement_keeps_its_words_and_the_direction_follows(unit):
    def reword(root):
        replace_in(root, INCOME, "与上年决算相比，", "比上年")
        replace_in(root, INCOME, "减少 ", "减少了")

    unit.edit(reword)
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    assert "900.00 万元。比上年增加了106.47 万元，增长 13.42%，变动原因：" in text(unit, INCOME)


def test_a_statement_that_cannot_be_turned_is_left_whole_and_told(unit):
    unit.edit(lambda root: replace_in(root, INCOME, "减少 ", "小幅回落 "))
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    assert told(outcome) == [("小幅回落 243.46 万元，下降 30.68%", "增加 106.47 万元，增长 13.42%")]
    assert "本年收入决算合计 900.00 万元。与上年决算相比，小幅回落 243.46 万元，下降 30.68%" in text(unit, INCOME)
    entry = outcome.unplaced[0]
    assert INCOME in entry.text
    assert unit.refresh().unplaced == outcome.unplaced


def rewrite(unit: Unit, *, keep: bool) -> None:
    """Say the statement on income in other words around its figures' controls (without *keep*: the rate's number alone)."""
    def change(root):
        paragraph = paragraph_with(root, INCOME)
        amount, difference, rate = (control(paragraph, f"收支.本年收入{tail}") for tail in ("", ".比上年.增减额", ".比上年.增减率"))
        for child in [*paragraph][1:]:
            paragraph.remove(child)
        last = rate if keep else run_of(shown(rate))
        paragraph.extend([run_of("今年收入为 "), amount, run_of(" 万元，比去年少了 "), difference, run_of(" 万元，降幅 "), last, run_of("，主要是项目少了。")])

    unit.edit(change)


def test_figures_in_a_sentence_that_people_rewrote_are_brought_up_to_date(unit):
    rewrite(unit, keep=True)
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    rewritten = "今年收入为 900.00 万元，比去年多了 106.47 万元，增幅 13.42%，主要是项目少了。"
    assert outcome.unplaced == ()
    assert text(unit, "今年收入为") == rewritten
    assert [(e.text, e.why) for e in outcome.doubtful if e.text == rewritten] == [(rewritten, "增减方向变了，已随数改写，请核对这一段里人工写的原因")]
    unit.refreshed.replace(unit.report)
    assert unit.refresh().complete, "nothing is left to be said"


def test_a_rewritten_sentence_in_which_a_control_is_gone_is_left_whole_and_told(unit):
    rewrite(unit, keep=False)
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    assert "比去年少了 243.46 万元，降幅 30.68%" in text(unit, "今年收入为")
    assert any("106.47 万元，增长 13.42%" in e.expected for e in outcome.unplaced)


def test_a_figure_typed_over_by_hand_stays_and_is_told_until_it_is_right(unit):
    unit.edit(lambda root: say(control(root, "收支.总计"), "551.00"))
    unit.set_figure("收支.总计", "900")
    outcome = unit.refresh()
    assert ("551.00", "900.00") in told(outcome)
    assert "均为 551.00 万元" in text(unit, TOTAL)
    unit.refreshed.replace(unit.report)
    assert ("551.00", "900.00") in told(unit.refresh())
    unit.edit(lambda root: say(control(root, "收支.总计"), "900.00"))
    assert unit.refresh().unplaced == ()


def test_a_figure_that_people_already_corrected_is_no_conflict(unit):
    unit.set_figure("收支.总计", "900")
    unit.edit(lambda root: say(control(root, "收支.总计"), "900.00"))
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    assert texts(unit.refreshed) == unit.fresh_texts()


def test_a_figure_whose_control_was_removed_is_still_brought_up_to_date(unit):
    def unlink(root):
        for tag in ("收支.总计", "收支.总计.比上年.增减额"):
            element = control(root, tag)
            element.addprevious(element.find(f"{W}sdtContent")[0])
            element.getparent().remove(element)

    unit.edit(unlink)
    unit.set_figure("收支.总计", "900")
    assert unit.refresh().unplaced == ()
    assert texts(unit.refreshed) == unit.fresh_texts()


def test_a_deleted_paragraph_stays_deleted_and_is_told_once(unit):
    def delete(root):
        element = paragraph_with(root, "3．年初结转和结余 0")
        element.getparent().remove(element)

    unit.edit(delete)
    assert unit.refresh().unplaced == ()
    unit.set_figure("收支.年初结转", "5")
    outcome = unit.refresh()
    assert [(e.paragraph, e.stated, e.why) for e in outcome.unplaced] == [(None, "", "这里已被删去")]
    assert outcome.unplaced[0].expected.startswith("3．年初结转和结余 5.00 万元")
    assert not any(t.startswith("3．年初结转和结余") for t in texts(unit.refreshed))
    unit.refreshed.replace(unit.report)
    assert unit.refresh().unplaced == ()


def test_a_moved_paragraph_is_found(unit):
    unit.edit(lambda root: paragraph_with(root, "二、收入决算情况说明").addnext(paragraph_with(root, INCOME)))
    unit.set_figure("收支.本年收入", "900")
    assert unit.refresh().unplaced == ()
    found = texts(unit.refreshed)
    assert found[found.index("二、收入决算情况说明") + 1].startswith("1．本年收入决算合计 900.00 万元。与上年决算相比，增加 106.47 万元")


def test_a_paragraph_that_was_split_keeps_its_figures_up_to_date(unit):
    def split(root):
        paragraph = paragraph_with(root, INCOME)
        second = deepcopy(paragraph)
        at = next(i for i, r in enumerate(paragraph) if "与上年决算相比" in shown(r))
        for element in paragraph[at:]:
            paragraph.remove(element)
        for element in second[1:at]:
            second.remove(element)
        paragraph.addnext(second)

    unit.edit(split)
    unit.set_figure("收支.本年收入", "900")
    outcome = unit.refresh()
    assert outcome.unplaced == ()
    assert is_current(unit, outcome)
    found = texts(unit.refreshed)
    place = next(n for n, t in enumerate(found) if t.startswith(INCOME))
    assert found[place].startswith("1．本年收入决算合计 900.00")
    assert "增加 106.47 万元，增长 13.42%，变动原因：" in "".join(found[place : place + 2])


def test_what_people_wrote_over_a_prompt_stays_without_complaint(unit):
    unit.set_figure("收支.年初结转", "5")
    unit.refresh(unit.report)
    unit.edit(lambda root: say(control(root, "原因:收支.年初结转.比上年"), "上年项目结转到本年"))
    unit.set_figure("收支.年初结转", "6")
    outcome = unit.refresh()
    assert (outcome.unplaced, outcome.prompts) == ((), ())
    assert "增加 6.00 万元（上年无此项），变动原因：上年项目结转到本年。" in text(unit, "3．年初结转和结余")


def test_a_linked_figure_copied_into_a_sentence_of_ones_own_is_brought_up_to_date(unit):
    def copy(root):
        source = paragraph_with(root, INCOME)
        own = etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"/>')
        own.append(run_of("总的看，收入比上年减少 "))
        own.append(deepcopy(control(source, "收支.本年收入.比上年.增减额")))
        own.append(run_of(" 万元，主要是项目少了。"))
        paragraph_with(root, "第三部分　名词解释").addprevious(own)

    unit.edit(copy)
    unit.set_figure("收支.本年收入", "900")
    assert unit.refresh().unplaced == ()
    assert text(unit, "总的看") == "总的看，收入比上年增加 106.47 万元，主要是项目少了。"


def test_tracked_changes_stay_tracked(unit):
    def track(root):
        paragraph = paragraph_with(root, INCOME)
        inserted = etree.Element(f"{W}ins", {f"{W}id": "901", f"{W}author": "老王"})
        inserted.append(run_of("（含财政拨款）"))
        next(r for r in paragraph if shown(r).startswith("减少")).addprevious(inserted)
        old = next(r for r in paragraph if shown(r).startswith("，变动原因"))
        deleted = etree.Element(f"{W}del", {f"{W}id": "902", f"{W}author": "老王"})
        old.addprevious(deleted)
        deleted.append(old)
        for element in old.iter(f"{W}t"):
            element.tag = f"{W}delText"
        deleted.addnext(run_of("，原因是："))

    unit.edit(track)
    unit.set_figure("收支.本年收入", "900")
    assert unit.refresh().unplaced == ()
    assert "与上年决算相比，（含财政拨款）增加 106.47 万元，增长 13.42%，原因是：上年" in text(unit, INCOME)
    root = docx.Document(str(unit.refreshed)).element
    assert [shown(e) for e in root.iter(f"{W}ins")] == ["（含财政拨款）"]
    assert ["".join(t.text for t in e.iter(f"{W}delText")) for e in root.iter(f"{W}del")] == ["，变动原因："]


def test_a_vanished_class_goes_unless_somebody_edited_it(unit):
    gone = {("公开07", code, "决算数"): None for code in ("310", "31002", "31007")}
    edited = unit.copy(unit.folder / "另")
    unit.set(gone)
    unit.refresh()
    assert texts(unit.refreshed) == unit.fresh_texts()
    edited.edit(lambda root: paragraph_with(root, "（二）资本性支出 3.95").append(run_of("（设备）")))
    edited.set(gone)
    outcome = edited.refresh()
    left = [entry for entry in outcome.unplaced if entry.why == "本次报告不再有这一处，而它改动过"]
    assert [entry.text.endswith("（设备）") for entry in left] == [True]
    assert "（设备）" in text(edited, "（二）资本性支出")
    edited.refreshed.replace(edited.report)
    assert [e.why for e in edited.refresh().unplaced] == [left[0].why]


# ---------------------------------------------------------------- what cannot be computed


def test_numbers_are_not_given_up_for_what_cannot_be_computed(unit):
    """Last year's workbook and the 底稿 are missing this time."""
    unit.set_figure("收支.总计", "900")
    outcome = refresh_report(unit.report, load_inputs_without_companion(unit), unit.refreshed)
    found = text(unit, TOTAL)
    assert "均为 900.00 万元" in found
    assert "各减少 243.46 万元，下降 30.68%" in found
    assert "缺少" not in found
    assert any("缺少" in entry.why for entry in outcome.unplaced)
    unit.refreshed.replace(unit.report)
    assert unit.refresh().unplaced == ()
    assert texts(unit.refreshed) == unit.fresh_texts()


def load_inputs_without_companion(unit):
    alone = unit.folder / "孤"
    alone.mkdir()
    (alone / unit.workbook.name).write_bytes(unit.workbook.read_bytes())
    return load_inputs(alone / unit.workbook.name)


# ---------------------------------------------------------------- files


def test_everything_else_in_the_file_stays_byte_for_byte(unit):
    unit.set_figure("收支.总计", "900")
    unit.refresh()
    before, after = raw_members(unit.report), raw_members(unit.refreshed)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == GENERATED_PARTS


def test_the_report_itself_may_be_written_over_after_a_copy_was_made(unit):
    before = unit.report.read_bytes()
    unit.set_figure("收支.总计", "900")
    first = unit.refresh(unit.report)
    assert first.backup == unit.report.with_name("报告_刷新前.docx")
    assert first.backup.read_bytes() == before
    unit.set_figure("收支.总计", "800")
    second = unit.refresh(unit.report)
    assert second.backup == unit.report.with_name("报告_刷新前（2）.docx")
    assert texts(unit.report) == unit.fresh_texts()


def test_a_report_open_in_word_is_not_written_over(unit):
    before = unit.report.read_bytes()
    unit.set_figure("收支.总计", "900")
    unit.report.with_name("~$报告.docx").write_bytes(b"")
    with pytest.raises(InputError, match="请先关闭它"):
        unit.refresh(unit.report)
    assert unit.report.read_bytes() == before
    assert "还没有保存的修改不在其中" in unit.refresh().notes[0]


def test_the_result_opens_in_office_programs(unit):
    unit.edit(lambda root: say(control(root, "原因:收支.总计.比年初"), "局里定的说法"))
    unit.set_figure("收支.总计", "900")
    unit.set_figure("收入.其他", "300")
    unit.refresh()
    assert problems(unit.refreshed.read_bytes()) == []
    assert len(docx.Document(str(unit.refreshed)).tables) == 18
    pages = "".join("".join(to_pdf(unit.folder, unit.refreshed)[unit.refreshed]).split())
    assert "收入、支出决算总计均为900.00万元" in pages
    assert "局里定的说法" in pages


# ---------------------------------------------------------------- edits in any combination

EDITS = {
    "sentence": (lambda root: paragraph_with(root, TOTAL).append(run_of("标记甲。")), "标记甲。"),
    "reason": (lambda root: say(control(root, "原因:收支.本年收入.比上年"), "标记乙"), "标记乙"),
    "words": (lambda root: replace_in(root, "2．结余分配", "与上年决算相比，", "标记丙，"), "标记丙，"),
    "heading": (lambda root: say(paragraph_with(root, "（一）收入决算总计"), "（一）标记丁"), "（一）标记丁"),
    "paragraph": (lambda root: paragraph_with(root, "二、收入决算情况说明").addprevious(
        etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"><w:r><w:t>标记戊</w:t></w:r></w:p>')), "标记戊"),
    "cell": (lambda root: say(paragraph_with(root, "计量单位"), "标记己"), "标记己"),
    "term": (lambda root: replace_in(root, "十二、基本支出", "十二、基本支出：", "标记庚："), "标记庚："),
    "figure": (lambda root: say(control(root, "支出.基本"), "111.11"), "111.11"),
    "inside": (lambda root: replace_in(root, "七、一般公共预算财政拨款项目支出决算情况说明", "项目支出", "项目标记辛支出"), "标记辛"),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_edits_stay_in_any_combination(unit, seed):
    rng = random.Random(seed)
    chosen = rng.sample(list(EDITS), rng.randint(3, len(EDITS)))
    for name in chosen:
        unit.edit(EDITS[name][0])
    for what in rng.sample(list(CHANGES), 3):
        for figure, value in CHANGES[what]:
            unit.set_figure(figure, value)
    outcome = unit.refresh()
    found = texts(unit.refreshed)
    assert all(any(EDITS[name][1] in t for t in found) for name in chosen)
    assert is_current(unit, outcome, typed="111.11")
    fresh = unit.fresh_texts()
    unlike = [t for t in found if t not in fresh]
    assert len(unlike) <= len(chosen)
    assert outcome.kept == len(chosen)
    assert problems(unit.refreshed.read_bytes()) == []
    unit.refreshed.replace(unit.report)
    again = unit.refresh()
    assert not again.changed
    assert texts(unit.refreshed) == found
