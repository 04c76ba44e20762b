"""The review: our own report passes, every number that is changed is found, and so is what people really get wrong."""

from __future__ import annotations

import random
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from docgen.docx.reading import Document, read_document
from docgen.job.inputs import Inputs, load_inputs
from docgen.review.engine import review_document
from docgen.review.findings import Review
from tests.docgen.review_files import SAMPLE, errors_at, found, report_file, with_texts, written
from tests.units import random_unit, standard_pack
from workbook.create.workbook import create_workbook
from workbook.issues import Severity

FLIPPED = {"增加": "减少", "减少": "增加", "增长": "下降", "下降": "增长"}
TABLES_OF_SHEETS, SECTIONS = 11, 14


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return load_inputs(SAMPLE)


@pytest.fixture(scope="module")
def document(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Document:
    return read_document(report_file(tmp_path_factory.mktemp("review"), inputs))


@pytest.fixture(scope="module")
def review(document: Document, inputs: Inputs) -> Review:
    return review_document(document, inputs)


def text_of(document: Document, number: int) -> str:
    return document.paragraphs[number - 1].text


def paragraph_with(document: Document, words: str) -> int:
    """Number of the last paragraph outside tables that holds *words*."""
    return [p.number for p in document.paragraphs if _loose(words).search(p.text) and not p.table][-1]


def _loose(words: str) -> re.Pattern[str]:
    """*words* with any white space where they have a blank (a figure and its unit are joined by a no-break space)."""
    return re.compile(r"\s+".join(map(re.escape, words.split(" "))))


def replaced(document: Document, inputs: Inputs, old: str, new: str) -> Review:
    """The review after *old* became *new* in the paragraph that holds it."""
    number = paragraph_with(document, old)
    text = _loose(old).sub(lambda _: new, text_of(document, number), count=1)
    return review_document(with_texts(document, {number: text}), inputs)


@pytest.mark.parametrize("linked", [True, False])
def test_our_own_report_passes_with_every_number_compared(inputs: Inputs, tmp_path: Path, linked: bool) -> None:
    result = review_document(read_document(report_file(tmp_path, inputs, linked=linked)), inputs)
    assert found(result.findings) == []
    assert len(result.figures) > 200
    assert result.compared - len(result.figures) > 250  # the cells of the eleven tables


def test_every_number_of_the_narrative_that_is_changed_is_found(document: Document, inputs: Inputs, review: Review) -> None:
    by_paragraph: dict[int, list[tuple[int, int]]] = {}
    for number in review.figures:
        by_paragraph.setdefault(number.paragraph, []).append((number.start, number.end))
    missed: list[str] = []
    for turn in range(max(map(len, by_paragraph.values()))):  # the turn-th number of every paragraph at once
        texts, places = {}, []
        for paragraph, spans in by_paragraph.items():
            if turn < len(spans):
                start, end = spans[turn]
                text = text_of(document, paragraph)
                texts[paragraph] = text[:start] + _other(text[start:end]) + text[end:]
                places.append((paragraph, start))
        result = review_document(with_texts(document, texts), inputs)
        found_in = {paragraph for paragraph, _ in errors_at(result.findings)}
        missed += [f"{p}: {texts[p][s - 12 : s + 12]}" for p, s in places if p not in found_in]
    assert missed == []


def _other(number: str) -> str:
    if number == "持平":
        return "增加 3.21 万元，增长 5.00%"
    value = Decimal(number.rstrip("%").replace(",", ""))
    return f"{value + Decimal('3.21') if '.' in number or not value else value + 3}"


def test_every_direction_that_is_turned_round_is_found(document: Document, inputs: Inputs, review: Review) -> None:
    turned = 0
    for number in review.figures:
        text = text_of(document, number.paragraph)
        word = re.search(r"(增加|减少|增长|下降)\s*$", text[: number.start])
        if word is None:
            continue
        wrong = text[: word.start()] + FLIPPED[word[1]] + text[word.end(1) :]
        result = review_document(with_texts(document, {number.paragraph: wrong}), inputs)
        codes = {r.issue.code for r in result.findings if r.issue.paragraph == number.paragraph}
        assert codes & {"表文-02", "表文-12"}, wrong[word.start() - 20 : number.end]
        turned += 1
    assert turned >= 20


def test_every_amount_of_the_attached_tables_that_is_changed_is_found(document: Document, inputs: Inputs) -> None:
    last = max(p.table for p in document.paragraphs)
    cells: dict[int, list[int]] = {}
    for p in document.paragraphs:
        if p.table > last - TABLES_OF_SHEETS and re.fullmatch(r"-?[\d,]+\.\d+", p.text.strip()):
            cells.setdefault(p.table, []).append(p.number)
    assert len(cells) == TABLES_OF_SHEETS
    assert sum(map(len, cells.values())) > 240
    missed = []
    for turn in range(0, max(map(len, cells.values())), 4):  # four cells of every table at once
        chosen = [n for numbers in cells.values() for n in numbers[turn : turn + 4]]
        texts = {n: f"{Decimal(text_of(document, n).replace(',', '')) + Decimal('1.37'):,}" for n in chosen}
        result = review_document(with_texts(document, texts), inputs)
        places = {paragraph for paragraph, _ in errors_at(result.findings)}
        missed += [n for n in chosen if n not in places]
    assert missed == []


def test_a_finding_says_what_is_written_what_it_should_be_and_where_from(document: Document, inputs: Inputs) -> None:
    finding = replaced(document, inputs, "98.57", "198.57").findings[0]
    issue = finding.issue
    assert issue.code == "表文-01"
    assert (issue.stated, issue.expected) == ("198.57 万元", "98.57 万元")
    assert issue.severity is Severity.ERROR
    assert next((c.ref.sheet[:4], c.ref.a1, c.value) for c in issue.cells) == ("公开01", "C37", "550.0661")
    assert issue.difference == Decimal("100.00")
    assert "198.57" in (issue.text or "")


PUBLISHED_MISTAKES = (
    # what our report writes, what the published report of 2024 made of it, what the review says
    ("98.57", "100.91", ("表文-01", "100.91 万元", "98.57 万元")),
    ("21.83%", "22.35%", ("表文-01", "22.35%", "21.83%")),
    ("1.60", "0.78", ("表文-01", "0.78 万元", "1.60 万元")),
    ("2.48", "0.86", ("表文-01", "0.86 万元", "2.48 万元")),
)


@pytest.mark.parametrize(("right", "wrong", "expected"), PUBLISHED_MISTAKES)
def test_the_contradictions_of_the_published_report_are_found(
    document: Document, inputs: Inputs, right: str, wrong: str, expected: tuple[str, str, str]
) -> None:
    assert found(replaced(document, inputs, right, wrong).findings) == [expected]


SLIPS = (
    ("各减少 243.46", "各减少 2434.6", "表文-01"),
    ("为 550.07 万元", "为 5500661 万元", "表文-06"),  # 元 written as 万元
    ("本年基本支出 488.17 万元", "本年基本支出 488.2 万元", "表文-05"),
    ("完成预算的 94.03%", "完成预算的 94.00%", "表文-07"),  # from the rounded 2.35 and 2.50
    ("与上年决算相比，减少 1.55 万元，下降 6.63%", "与上年决算相比，持平", "表文-03"),
    ("2．使用非财政拨款结余（含专用结余）0 万元。与上年决算相比，持平", "2．使用非财政拨款结余（含专用结余）0 万元。与上年决算相比，增加 0 万元，增长 100%", "表文-04"),
    ("2024 年度公用经费", "2023 年度公用经费", "表文-18"),
    ("示例市电化教育馆 2024 年度公用经费", "示例市博物馆 2024 年度公用经费", "表文-19"),
    ("国有资本经营预算财政拨款支出决算 0 万元。", "国有资本经营预算财政拨款支出决算 0 万元，按政府性基金预算管理。", "表文-20"),
    ("变动原因：落实过紧日子要求，统筹安排外出任务，差旅费减少 2.05 万元", "", "表文-11"),
    ("统筹安排外出任务", "统筹安排外出任务，，", "表文-17"),
    ("统筹安排外出任务", "统筹安排XX任务", "表文-16"),
    ("下降 6.63%", "增下降 6.63%", "表文-16"),
    ("下降 6.63%", "增长（下降）6.63%", "表文-16"),
    ("差旅费减少 2.05 万元", "差旅费增加 2.05 万元", "原因-11"),
    ("落实过紧日子要求，统筹安排外出任务，差旅费减少 2.05 万元", "本年公用经费增加", "原因-02"),
)


@pytest.mark.parametrize(("right", "wrong", "code"), SLIPS)
def test_a_slip_is_found_by_its_rule(document: Document, inputs: Inputs, right: str, wrong: str, code: str) -> None:
    assert code in {r.issue.code for r in replaced(document, inputs, right, wrong).findings}


def test_a_fund_amount_beside_the_words_that_there_is_none(tmp_path: Path) -> None:
    rng = random.Random(5)
    book = tmp_path / "2024.xlsx"
    create_workbook(book, standard_pack(), unit_name="某县水利局", year=2024, amounts=random_unit(rng, funds=True))
    unit = load_inputs(book)
    name = "政府性基金" if not unit.accounts.tables["公开08"].is_empty() else "国有资本经营"
    text = f"九、{name}预算财政拨款支出决算情况说明"
    path = written(tmp_path, [
        "一、收入支出决算总体情况说明", "二、收入决算情况说明", "三、支出决算情况说明", text,
        f"本年度无{name}预算财政拨款收入、支出及结转结余。"])
    assert "表文-21" in {r.issue.code for r in review_document(read_document(path), unit).findings}


def test_missing_sections_and_missing_statements_are_named(document: Document, inputs: Inputs) -> None:
    heading = paragraph_with(document, "十三、国有资产占用情况说明")
    gone = replaced(document, inputs, "十三、国有资产占用情况说明", "")
    assert ("表文-10", None, "十三、国有资产占用情况说明") in found(gone.findings)
    silent = review_document(with_texts(document, {heading + 1: ""}), inputs)
    missing = [r.issue for r in silent.findings]
    assert [i.code for i in missing] == ["表文-09"]
    assert "机要通信用车" in missing[0].message


def test_every_section_that_is_left_out_whole_is_named(document: Document, inputs: Inputs) -> None:
    texts = [(p.number, p.text) for p in document.paragraphs if not p.table]
    headings = [(n, t) for n, t in texts if re.fullmatch(r"[一二三四五六七八九十]+、.*情况说明", t)]
    ends = [*(n for n, _ in headings[1:]), max(n for n, t in texts if t.startswith("第三部分"))]
    assert len(headings) == SECTIONS
    for (start, title), end in zip(headings, ends, strict=True):
        silent = review_document(with_texts(document, dict.fromkeys(range(start, end), "")), inputs)
        assert ("表文-10", None, title) in found(silent.findings), title


@pytest.mark.parametrize("words", ["年度本年收入决算合计", "（项）。年初预算 15.30 万元", "完成预算的 94.03%。其中", "年度一般公共预算财政拨款基本支出决算"])
def test_a_statement_that_is_left_out_is_named_though_its_amount_stands_elsewhere(document: Document, inputs: Inputs, words: str) -> None:
    silent = review_document(with_texts(document, {paragraph_with(document, words): ""}), inputs)
    assert "表文-09" in {r.issue.code for r in silent.findings}


def test_a_class_that_is_left_out_is_named_also_where_only_its_amounts_are_known(tmp_path: Path) -> None:
    create_workbook(tmp_path / "2024.xlsx", standard_pack(), unit_name="某县教育局", year=2024, amounts=random_unit(random.Random(3), funds=False))
    unit = load_inputs(tmp_path / "2024.xlsx")
    report = read_document(report_file(tmp_path, unit))
    heading = paragraph_with(report, "（三）援助其他地区支出（类）")
    silent = review_document(with_texts(report, dict.fromkeys(range(heading, heading + 3), "")), unit)
    missing = [r.issue for r in silent.findings if r.issue.code == "表文-09"]
    assert [m.expected for m in missing] == ["3698.06 万元"] * 2
    assert ["援助其他地区支出（类）" in m.message for m in missing] == [True, False]


def test_random_units_reports_pass_but_for_what_is_not_filled_in(tmp_path: Path) -> None:
    for seed in range(6):
        rng = random.Random(seed)
        for year in (2023, 2024):
            create_workbook(
                tmp_path / f"{year}.xlsx", standard_pack(), unit_name="某县教育局", year=year,
                amounts=random_unit(rng, funds=rng.random() < 0.5, cents=rng.random() < 0.5))
        unit = load_inputs(tmp_path / "2024.xlsx", prior=tmp_path / "2023.xlsx")
        result = review_document(read_document(report_file(tmp_path, unit, linked=seed % 2 == 0)), unit)
        assert {r.issue.code for r in result.findings} == {"表文-16"}, seed  # the prompts for reasons and the budget
        assert result.compared > 200


@pytest.mark.parametrize(("old", "new", "stated"), [
    (b"<c:v>21.391</c:v>", b"<c:v>31.391</c:v>", "31.39 万元"),
    ("其他收入 21.39 万元".encode(), "其他收入 12.39 万元".encode(), "12.39 万元"),
])
def test_a_chart_that_shows_another_number_is_found(inputs: Inputs, tmp_path: Path, old: bytes, new: bytes, stated: str) -> None:
    source, changed = report_file(tmp_path, inputs), tmp_path / "图.docx"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(changed, "w") as target:
        for name in archive.namelist():
            content = archive.read(name)
            target.writestr(name, content.replace(old, new) if name == "word/charts/chart1.xml" else content)
    assert found(review_document(read_document(changed), inputs).findings) == [("表文-27", stated, "21.39 万元")]


def test_a_chart_that_somebody_deleted_is_not_spoken_of(inputs: Inputs, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLE)
    book.worksheets[0]["C14"] = 31.39  # 其他收入
    book.save(tmp_path / "改.xlsx")
    report = docx.Document(report_file(tmp_path, inputs))
    drawing = report.element.body.find(".//{*}drawing")
    drawing.getparent().remove(drawing)
    report.save(tmp_path / "没有图.docx")  # the chart's part stays in the package
    assert "word/charts/chart1.xml" in zipfile.ZipFile(tmp_path / "没有图.docx").namelist()
    findings = review_document(read_document(tmp_path / "没有图.docx"), load_inputs(tmp_path / "改.xlsx")).findings
    assert ("表文-27", "21.39 万元", "31.39 万元") not in found(findings)


def test_a_chart_is_compared_also_where_the_amounts_do_not_add_up_to_their_total(document: Document, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLE)
    book.worksheets[0]["C14"] = 31.39  # 其他收入; 本年收入合计 stays
    book.save(tmp_path / "改.xlsx")
    findings = review_document(document, load_inputs(tmp_path / "改.xlsx")).findings
    assert ("表文-27", "21.39 万元", "31.39 万元") in found(findings)


def test_what_the_workbook_has_not_computed_is_held_against_nothing(document: Document, tmp_path: Path) -> None:
    openpyxl.load_workbook(SAMPLE).save(tmp_path / "未计算.xlsx")  # formulas without their values
    findings = review_document(document, load_inputs(tmp_path / "未计算.xlsx")).findings
    assert [f.issue.message for f in findings if f.issue.code.startswith("表文") and f.issue.severity is not Severity.TAIL] == []
