from __future__ import annotations

import base64

from lxml import etree, html

from docgen.html import report_html
from docgen.model import (
    BreakBlock,
    ChartBlock,
    FigureSpan,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    Report,
    TableBlock,
    TableCell,
    TemplateBlock,
    Text,
)
from docgen.pie import chart_svg
from docgen.plain import report_text
from tests.docgen.word_files import figure, unknown

CHART = ChartBlock(
    "图1", "图 1　收入", (("财政 & 拨款", figure("甲", "99.00")), ("其他", figure("乙", "1.00"))), "说明<1>"
)
REPORT = Report(
    "报告 <2024>", "单位", 2024,
    (
        Paragraph("目录标题", (Text("目　录"),)),
        TemplateBlock(3),
        Paragraph("部分标题", (Text("第一部分　概况"),)),
        Paragraph("一级标题", (Text("一、总体"),), section=1),
        Paragraph("正文", (Text("总计 & "), FigureSpan(figure("收支.总计", "550.07")), Text(" 万元", bold=True)), section=1),
        Paragraph("正文", (ReasonSpan("槽/一", "一\n二"), PromptSpan("槽二", "【请填写】"), FigureSpan(unknown("缺")))),
        CHART,
        TableBlock(
            ((TableCell((Text("项目"),), columns=2),), (TableCell((Text("甲\t乙"),), rows=2), TableCell((FigureSpan(figure("表", "1.00")),), align="right")), (TableCell((Text("丙"),)),)),
            caption="表 1",
        ),
        BreakBlock("page"),
    ),
    (),
)  # fmt: skip


def test_figures_are_links_that_know_their_source():
    page = html.fromstring(report_html(REPORT))
    (link,) = page.xpath("//a[@data-id='收支.总计']")
    assert (link.text, link.get("class"), link.get("href")) == (
        "550.07",
        "figure",
        "figure:%E6%94%B6%E6%94%AF.%E6%80%BB%E8%AE%A1",
    )
    assert link.get("title") == "公开01表 收支 总计 C34\n直接取数"
    assert page.xpath("//a[@data-id='缺']")[0].get("class") == "unknown"
    assert page.xpath("//p[@data-section='1']")[0].text_content() == "总计 & 550.07 万元"


def test_reasons_and_prompts_are_links_by_their_slot():
    page = html.fromstring(report_html(REPORT))
    assert [(link.get("class"), link.get("data-slot"), link.get("href")) for link in page.xpath("//a[@data-slot]")] == [
        ("reason", "槽/一", "reason:%E6%A7%BD/%E4%B8%80"), ("prompt", "槽二", "reason:%E6%A7%BD%E4%BA%8C"),
    ]  # fmt: skip


def test_the_page_stands_alone_and_the_contents_leads_to_headings():
    text = report_html(REPORT)
    page = html.fromstring(text)
    assert page.findtext(".//title") == "报告 <2024>"
    assert [link.get("href") for link in page.xpath("//a[starts-with(@href, '#')]")] == ["#b2", "#b3"]
    assert page.xpath("//*[@id='b3']")[0].text == "一、总体"
    assert "http" not in text
    (picture,) = page.xpath("//img")
    assert picture.get("alt") == "说明<1>"
    svg = etree.fromstring(base64.b64decode(picture.get("src").partition(",")[2]))
    assert len([item for item in svg if item.tag.endswith("path")]) == 2
    assert "财政 & 拨款 99.00 万元（99.00%）" in "".join(svg.itertext())


def test_the_address_of_pictures_can_be_chosen():
    assert 'src="chart:图1"' in report_html(REPORT, lambda block: f"chart:{block.id}")


def test_tables_keep_their_merged_cells():
    page = html.fromstring(report_html(REPORT))
    assert [(cell.tag, cell.get("colspan"), cell.get("rowspan"), cell.get("align")) for cell in page.xpath("//th|//td")] == [
        ("th", "2", None, "center"), ("td", None, "2", "center"), ("td", None, None, "right"), ("td", None, None, "center"),
    ]  # fmt: skip


def test_one_slice_is_a_circle():
    assert "<circle" in chart_svg(ChartBlock("图", "图", (("甲", figure("甲", "5.00")),), ""))


def test_plain_text():
    assert report_text(REPORT) == (
        "目　录\n\n第一部分　概况\n\n一、总体\n总计 & 550.07 万元\n一\n二【请填写】【缺少上年决算】\n"
        "图 1　收入（财政 & 拨款 99.00 万元，其他 1.00 万元）\n表 1\n项目\n甲 乙\t1.00\n丙\n"
    )
