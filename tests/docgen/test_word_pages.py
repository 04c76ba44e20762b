"""What LibreOffice makes of the reports: one conversion for all tests of this module."""

from __future__ import annotations

import html
import random
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from docgen.job.inputs import load_inputs
from docgen.model import BreakBlock, ChartBlock, FigureSpan, Paragraph, PromptSpan, TableBlock, TableCell, Text
from docgen.report.assembly import build_report
from docgen.report.narrative import template_of
from docgen.template import load_template, render
from docgen.writing import ReportMeta, write_report
from docgen.writing.linebreaks import count_lines
from tests.docgen.word_files import META, figure, template_file, to_pdf
from workbook.pack.loading import TEMPLATES

NUMBER = re.compile(r"—\s*(\d+)\s*—")
WORD = re.compile(r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</word>')
ENTRY = re.compile(r"(.*?)\.{4,}\s*(\d+)\s*$")
# No blanks before units: the no-break space that stands there is twice as wide in the font that stands in here.
WORDS = "单位按照预算管理要求组织开展绩效自评，资金用于信息化建设；支出 550.07，比 2023 增长 30.68%，其中：“三公”经费（含公务接待费）持平。"


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def number_of(page: str) -> int | None:
    found = NUMBER.findall(page)
    return int(found[-1]) if found else None


def contents_of(pages: list[str]) -> list[tuple[str, int]]:
    """Entries of the contents: text without spaces, page number."""
    entries, before = [], ""
    for page in pages:
        if number_of(page) is not None or "...." not in page:
            continue
        for line in page.splitlines():
            if match := ENTRY.match(line):
                entries.append((squeezed(before + match.group(1)), int(match.group(2))))
                before = ""
            elif squeezed(line) not in {"", "目录"}:
                before += line
    return entries


def random_report(seed: int, folder: Path, *, linked: bool) -> Path:
    """A report of random length: headings, texts, charts, tables, landscape pages."""
    chance = random.Random(seed)
    blocks = []
    heading = 0
    for part in range(1, 5):
        blocks.append(Paragraph("部分标题", (Text(f"第{part}部分　随机内容"),)))
        for _ in range(chance.randint(2, 6)):
            heading += 1
            blocks.append(Paragraph("一级标题", (Text(f"甲{heading}乙、情况说明"),)))
            for _ in range(chance.randint(1, 5)):
                start = chance.randint(0, 20)
                text = f"壬{len(blocks)}癸" + (WORDS * 6)[start : start + chance.randint(5, 260)]
                blocks.append(Paragraph(chance.choice(["正文", "正文", "二级标题"]), (Text(text),)))
            if chance.random() < 0.3:
                slices = tuple((f"项目{n}", figure(f"f{n}", f"{n + 1}.00")) for n in range(chance.randint(1, 6)))
                blocks.append(ChartBlock("图", f"图 {heading}　构成", slices, "说明"))
            if chance.random() < 0.4:
                rows = [
                    tuple(TableCell((Text(WORDS[: chance.randint(1, 30)]),)) for _ in range(4))
                    for _ in range(chance.randint(2, 40))
                ]
                blocks.append(TableBlock(tuple(rows), font_size=9))
    blocks.append(BreakBlock("landscape"))
    blocks.append(Paragraph("部分标题", (Text("第五部分　附表"),)))
    for number in range(3):
        blocks.append(Paragraph("表标题", (Text(f"附{number}表、情况表"),)))
        rows = [tuple(TableCell((Text("内容"),)) for _ in range(8)) for _ in range(chance.randint(2, 90))]
        blocks += [TableBlock(tuple(rows), landscape=True, font_size=9), BreakBlock("page")]
    template = load_template(
        template_file(folder, "封面标题|随机报告\n分页|\n目录|\n部分标题|第零部分\n正文|{{块}}", f"t{seed}.docx")
    )
    path = folder / f"随机{seed}.docx"
    write_report(render(template, {"块": blocks[:-1]}), template, path, linked=linked, meta=META)
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Pages by the name of the report."""
    folder = tmp_path_factory.mktemp("pages")
    files = {f"random{seed}": random_report(seed, folder, linked=seed % 2 == 0) for seed in range(4)}
    figures = tuple(figure(f"数.{number}", f"{number}{number % 10}.{number % 10}7") for number in range(1, 120))
    template = load_template(template_file(folder, "目录|\n部分标题|第一部分\n正文|{{块}}", "figures-template.docx"))
    texts = tuple(
        Paragraph("正文", (Text("测" * (number % 31) + "增加 "), FigureSpan(item), Text(" 万元，下降 5%。&<“引号”>")))
        for number, item in enumerate(figures)
    )
    for name, linked in (("linked", True), ("clean", False)):
        files[name] = folder / f"{name}.docx"
        prompt = Paragraph("正文", (PromptSpan("槽", "【请填写变动原因】"), Text("长" * 20_000)))
        slices = (
            ("基本支出", figure("a", "488.17")),
            ("项目支出", figure("b", "61.89")),
            ("其他", figure("c", "0.01")),
        )
        chart = ChartBlock("图1", "图 1　支出决算图", slices, "说明")
        tall = TableBlock(((TableCell((Text("高" * 20_000),)), TableCell((Text("低"),))),))
        blocks = render(template, {"块": [*texts, chart, prompt, tall]})
        write_report(blocks, template, files[name], linked=linked, meta=META)
    converted = to_pdf(folder, *files.values())
    return {name: converted[path] for name, path in files.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_contents_names_the_pages_on_which_headings_stand(pages, seed):
    report = pages[f"random{seed}"]
    entries = contents_of(report)
    assert len(entries) > 12
    wrong = []
    for text, page in entries:
        stands = [number_of(other) for other in report if number_of(other) and text in squeezed(other)]
        if page not in stands:
            wrong.append((text, page, stands))
    assert wrong == []


def test_cover_and_contents_have_no_number_and_the_text_begins_with_one(pages):
    numbers = [number_of(page) for page in pages["random0"]]
    first = numbers.index(1)
    assert numbers[:first] == [None] * first
    assert first >= 2
    assert numbers[first:] == list(range(1, len(numbers) - first + 1))


@pytest.mark.parametrize("name", ["linked", "clean"])
def test_every_figure_is_in_the_pdf_in_order(pages, name):
    text = squeezed("".join(NUMBER.sub("", page) for page in pages[name]))
    place = 0
    for number in range(1, 120):
        wanted = f"增加{number}{number % 10}.{number % 10}7万元"
        place = text.index(wanted, place) + len(wanted)


@pytest.mark.parametrize("name", ["linked", "clean"])
def test_a_figure_and_its_unit_stand_on_one_line(pages, name):
    lines = [line.strip() for page in pages[name] for line in page.splitlines()]
    assert [line for line in lines if line.startswith("万元")] == []
    assert [line for line in lines if re.search(r"\d$", line) and not NUMBER.search(line) and "增加" in line] == []


@pytest.mark.parametrize("name", ["linked", "clean"])
def test_nothing_is_lost(pages, name):
    text = squeezed("".join(pages[name]))
    assert text.count("长") == 20_000
    assert text.count("高") == 20_000
    assert text.count("&<“引号”>") == 119
    for word in ("基本支出488.17万元，88.75%", "项目支出61.89万元，11.25%", "其他0.01万元，不足0.01%", "图1支出决算图"):
        assert word in text


class Sample(NamedTuple):
    """The sample unit's report as LibreOffice sets it."""

    pages: list[str]
    words: list[list[tuple[float, float, str]]]
    """Of every page: upper and lower edge of each word and the word, the page number left out."""
    heights: list[float]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    inputs = load_inputs(TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx")
    report = build_report(inputs)
    path = folder / "示例.docx"
    write_report(report.blocks, template_of(inputs), path, linked=True, meta=ReportMeta(report.title, figures=report.figures))
    pages = to_pdf(folder, path)[path]
    boxes = subprocess.run(["pdftotext", "-bbox", str(folder / "示例.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    words, heights = [], []
    for page in boxes.split("<page ")[1:]:
        found = [(float(top), float(bottom), html.unescape(word)) for top, bottom, word in WORD.findall(page)]
        height = float(re.search(r'height="([\d.]+)"', page)[1])
        words.append([word for word in found if word[1] < height - 52])
        heights.append(height)
    return Sample(pages, words, heights)


def test_the_samples_contents_is_right(sample):
    entries = contents_of(sample.pages)
    assert len(entries) >= 33
    for text, page in entries:
        assert page in [number_of(other) for other in sample.pages if text in squeezed(other)], text


def test_the_contents_stands_on_one_page_and_the_report_on_few(sample):
    assert sum("...." in page for page in sample.pages) == 1
    assert len(sample.pages) <= 31


def test_no_page_is_more_than_a_third_empty_for_want_of_flow(sample):
    """The last page of a part may be; part four goes on where part three ends, short tables share their pages."""
    for number, (words, height) in enumerate(zip(sample.words, sample.heights, strict=True)):
        following = squeezed(sample.pages[number + 1])[:5] if number + 1 < len(sample.pages) else "第五部分"
        if number < 2 or re.match(r"第[一二三四五]部分", following):
            continue
        top, bottom = (105, 99) if height > 700 else (62, 57)
        empty = 1 - (max(bottom_ for _, bottom_, _ in words) - top) / (height - top - bottom)
        assert empty < 1 / 3, (number + 1, empty)
    assert any("第三部分" not in page and "第四部分" in page and "机关运行经费" in page for page in sample.pages[2:])


def test_every_table_has_its_frame_and_its_notes(sample):
    tables = [page for page in sample.pages if re.search(r"公开\s*\d\d\s*表", page)]
    text = "\n".join(tables)
    for number in range(1, 12):
        assert re.search(rf"公开\s*{number:02}\s*表", text), number
    assert text.count("注：") == 11
    assert text.count("本表为空表") == 2
    for line in text.splitlines():
        if "公开部门" in line:
            assert re.fullmatch(r"\s*公开部门：\S+\s{8,}2024\s?年度\s{8,}单位：万元", line), line


def test_codes_and_amounts_are_whole_and_performance_headings_are_repeated(sample):
    words = [word for page in sample.words for _, _, word in page]
    for whole in ("2080505", "2101102", "550.07", "30201"):
        assert whole in words
    assert not [word for word in words if re.fullmatch(r"\d{1,3},", word)]
    tables = [page for page in sample.pages if "绩效指标（" in page]
    assert len(tables) >= 3
    for page in tables:
        for heading in ("一级指标", "年度指标值", "计量"):
            assert heading in page
    assert "示例市教育局（部门）" in "".join(sample.pages)
    assert not any("（续）" in squeezed(page) for page in tables)  # every form has a page that holds it
    forms = [form for page in sample.pages for form in squeezed(page).split("项目支出绩效自评表（")[1:]]
    assert len(forms) == 3
    for form in forms:  # its title, what the project is, its money and its aims stand on one page
        assert "预期目标" in form


# ---------------------------------------------------------------- the reckoning itself


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("测" * 25, 1),
        ("测" * 27 + "。", 1),  # closing punctuation hangs in the margin
        ("测" * 26, 2),
        ("测" * 25 + "，" + "测", 2),
        ("测" * 24 + "（测", 2),
        ("1" * 40, 1),
        ("测" * 53, 3),
        ("甲\n乙\n丙", 3),
    ],
)
def test_lines_are_counted_as_they_are_set(text, lines):
    indent = 0 if "。" in text else 32
    assert count_lines(text, 16, 442.2, indent) == lines
