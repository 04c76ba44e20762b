"""The rules of review as records of the pack: what they say, what they leave out, and what the statements decide."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.docx.reading import Document, read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.review.engine import review_document
from docgen.review.findings import Finding
from tests.docgen.review_files import SAMPLE, report_file, with_texts, written
from workbook.entries import Entry
from workbook.errors import PackError
from workbook.pack.loading import DEFAULT_PACK, TEMPLATES, load_pack

RULES = "review-rules.csv"
HEAD = "编号,级别,名称,依据,参数,措辞\n"


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


@pytest.fixture(scope="module")
def document(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read_document(report_file(tmp_path_factory.mktemp("rules"), inputs))


def with_text(document: Document, inputs: Inputs, old: str, new: str) -> tuple[Finding, ...]:
    """The findings after *old* became *new* wherever it stands in the text."""
    plain = {p.number: p.text.replace("\u00a0", " ") for p in document.paragraphs if not p.table}
    texts = {number: text.replace(old, new) for number, text in plain.items() if old in text}
    assert texts
    return review_document(with_texts(document, texts), inputs).findings


def messages(findings: Sequence[Finding], rule: str) -> list[str]:
    return [f.issue.message for f in findings if f.issue.code == rule]


def with_pack(folder: Path, **files: str) -> Inputs:
    """The sample, read with a pack in which these files are others."""
    pack = folder / "包"
    shutil.copytree(TEMPLATES / DEFAULT_PACK, pack)
    for name, text in files.items():
        (pack / name).write_text(text, "utf-8")
    return load_inputs(SAMPLE, pack=load_pack(pack))


def test_many_wrong_cells_are_counted(document: Document, inputs: Inputs) -> None:
    cells = [p for p in document.paragraphs if p.table and p.text.strip() == "550.07"]
    table = next(p.table for p in cells)
    numbers = [p.number for p in document.paragraphs if p.table == table and p.text.strip().replace(".", "").isdigit() and "." in p.text]
    findings = review_document(with_texts(document, dict.fromkeys(numbers, "7.77")), inputs).findings
    said = messages(findings, "表文-22")
    assert said[0] == f"所附公开01表还有 {len(numbers) - 5} 个数与公开表不一致，建议按公开表重新生成这张表"
    assert len(said) == 6
    assert all("是 7.77，公开表是 " in message for message in said[1:])


def test_rows_that_are_gone_are_named(document: Document, inputs: Inputs) -> None:
    codes = ("2050299", "2080505", "2101102", "2210201")
    texts = {p.number: "" for p in document.paragraphs if p.table and p.text.strip() in codes}
    assert texts
    said = messages(review_document(with_texts(document, texts), inputs).findings, "表文-23")
    assert said
    assert all("没有公开表中有数的“" in message for message in said)


def test_a_performance_table_that_differs_from_the_companion(document: Document, inputs: Inputs) -> None:
    assert inputs.companion is not None
    project, *others = inputs.companion.projects
    assert project.table is not None
    indicators = tuple(replace(i, score=Entry("3", Decimal(3))) for i in project.table.indicators)
    changed = replace(project, table=replace(project.table, indicators=indicators))
    other = replace(inputs.companion, projects=(changed, *others))
    said = messages(review_document(document, replace(inputs, companion=other)).findings, "表文-26")
    assert len(said) == 6
    assert sum("处与底稿不同，建议按底稿重新生成" in message for message in said) == 1
    assert sum(message.endswith("请核对") for message in said) == 5


def test_shares_of_one_whole_are_added_up_wherever_the_report_states_them(document: Document, inputs: Inputs) -> None:
    texts = {
        p.number: p.text.replace("占 ", "所占比例为 ").replace("3.89%", "13.89%")
        for p in document.paragraphs if not p.table and p.text.startswith("本年") and "占 " in p.text}
    said = messages(review_document(with_texts(document, texts), Inputs(inputs.accounts)).findings, "表文-01")
    assert said == ["其他收入占本年收入合计写的是 13.89%，应为 3.89%（算法：公开01表 其他收入 ÷ 公开01表 本年收入合计）"]


def test_another_budget_and_there_is_none_are_found_where_the_pack_says(document: Document, inputs: Inputs, tmp_path: Path) -> None:
    old, new = "国有资本经营预算财政拨款支出决算 0 万元。", "国有资本经营预算财政拨款支出决算 0 万元，不含彩票公益金。"
    assert messages(with_text(document, inputs, old, new), "表文-20") == []
    own = with_pack(tmp_path, **{"settings.toml": (
        '[[objections.subject]]\nslots = ["国资."]\nsheets = ["公开09"]\nhere = "国有资本经营预算"\nown = []\nforeign = ["彩票公益金"]\n')})
    assert messages(with_text(document, own, old, new), "表文-20") == ["这一节说明国有资本经营预算，写的是“彩票公益金”"]


def test_a_subject_names_sheets_of_its_own_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="公开99"):
        with_pack(tmp_path, **{"settings.toml": '[[objections.subject]]\nslots = ["国资."]\nsheets = ["公开99"]\nhere = "甲"\n'})


def test_a_pack_has_its_own_sentence_and_severity(document: Document, tmp_path: Path) -> None:
    own = with_pack(tmp_path, **{RULES: f"{HEAD}表文-05,错误,小数,体例,,{{名称}}只写了 {{所写}}\n"})
    findings = with_text(document, own, "488.17", "488.2")
    assert {(f.issue.code, f.issue.severity, f.issue.message) for f in findings} >= {
        ("表文-05", "错误", "本年基本支出只写了 488.2 万元")}
    assert {f.issue.code for f in findings} <= {"表文-05"} | {f.issue.code for f in findings if f.issue.code.startswith(("原因", "绩效"))}


def test_words_of_direction_are_the_packs(document: Document, inputs: Inputs, tmp_path: Path) -> None:
    old, new = "减少 1.55 万元", "回落 1.55 万元"
    assert messages(with_text(document, inputs, old, new), "表文-02") == []
    own = with_pack(tmp_path, **{"words.toml": '[direction]\npairs = [["增加", "减少"], ["增长", "下降"], ["回落", "攀升"]]\n'})
    assert messages(with_text(document, own, old, new), "表文-02")  # in this pack 回落 is a word for more


def test_the_part_of_the_narrative_is_known_by_its_title(inputs: Inputs, tmp_path: Path) -> None:
    """Other forms have the tables as part two and the narrative as part three."""
    own = read_document(report_file(tmp_path, inputs))
    texts = [p.text for p in own.paragraphs if not p.table]
    start = max(i for i, t in enumerate(texts) if t.startswith("第二部分"))
    end = max(i for i, t in enumerate(texts) if t.startswith("第三部分"))
    path = written(tmp_path, [
        "第一部分　单位概况", "一、主要职责", "第二部分　2024 年度单位决算表", "一、收入支出决算总表", "二、收入决算表", "三、支出决算表",
        "第三部分　2024 年度单位决算情况说明", *texts[start + 1 : end], "第四部分　名词解释"])
    review = review_document(read_document(path), inputs)
    assert [f.issue.message for f in review.findings if f.issue.code.startswith("表文") and f.issue.code != "表文-27"] == []
    assert len(review.figures) > 200
