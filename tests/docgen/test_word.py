from __future__ import annotations

import io
import os
import zipfile
from decimal import Decimal

import docx
import pytest
from openpyxl import load_workbook

from docgen.model import (
    BreakBlock,
    ChartBlock,
    Figure,
    FigureSpan,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    TableBlock,
    TableCell,
    Text,
)
from docgen.template import render
from docgen.writing import NAMESPACE, report_bytes, source_title, tag_of, write_report
from docgen.writing.charts import chart_data
from docgen.writing.tables import grid
from tests.docgen.ooxml_rules import problems
from tests.docgen.word_files import META, SPACE, Node, W, figure, names, part, shown, template_of, texts, unknown
from workbook.errors import InputError
from workbook.issues import CellRef

CUSTOM = f"{{{NAMESPACE}}}"


def written(folder, blocks, outline="正文|甲", *, linked=True):
    template = template_of(folder, outline)
    return report_bytes(blocks, template, linked=linked, meta=META)


def controls(content):
    found = []
    for item in part(content, "word/document.xml").iter(f"{W}sdt"):
        facts = {child.tag.removeprefix(W): child.get(f"{W}val") for child in item.find(f"{W}sdtPr")}
        found.append((facts["tag"], facts["alias"], shown(item.find(f"{W}sdtContent"))))
    return found


SENTENCE = Paragraph("正文", (Text("总计 "), FigureSpan(figure("收支.总计", "550.07")), Text(" 万元，增长 5%。")))


# ---------------------------------------------------------------- linked figures


def test_a_figure_is_a_control_that_names_its_source(tmp_path):
    content = written(tmp_path, (SENTENCE,))
    assert controls(content) == [("收支.总计", "公开01表 收支 总计 C34", "550.07")]
    assert texts(content) == [f"总计 550.07{SPACE}万元，增长 5%。"]
    assert problems(content) == []


def test_the_custom_part_tells_values_and_sources(tmp_path):
    content = written(tmp_path, (SENTENCE, Paragraph("正文", (ReasonSpan("收支.总计.比上年", "人员增加"),))))
    root = part(content, "customXml/item1.xml")
    assert {key: root.get(key) for key in ("sha256", "pack", "version", "year")} == {
        "sha256": "ab" * 32, "pack": "neimenggu-2024", "version": "1.0.0", "year": "2024",
    }  # fmt: skip
    item = root.find(f"{CUSTOM}figure")
    assert (item.get("id"), item.get("value"), item.get("text"), item.get("how")) == (
        "收支.总计", "550.07", "550.07", "直接取数",
    )  # fmt: skip
    assert (item[0].get("sheet"), item[0].get("cell")) == ("GK01 收入支出决算总表(公开01表)", "C34")
    assert root.find(f"{CUSTOM}reason").get("slot") == "收支.总计.比上年"


def test_figures_in_tables_are_controls_too(tmp_path):
    table = TableBlock(((TableCell((Text("甲"),)), TableCell((FigureSpan(figure("表.甲", "1.20")),), align="right")),))
    content = written(tmp_path, (table,))
    assert controls(content) == [("表.甲", "公开01表 表 甲 C34", "1.20")]
    cell = part(content, "word/document.xml").findall(f".//{W}tc")[1]
    assert shown(cell) == "1.20"


def test_a_figure_stated_twice_has_one_tag_and_two_ids(tmp_path):
    content = written(tmp_path, (SENTENCE, SENTENCE))
    assert [tag for tag, _, _ in controls(content)] == ["收支.总计"] * 2
    assert problems(content) == []
    assert len(part(content, "customXml/item1.xml")) == 1


def test_reasons_and_prompts_are_controls_by_their_slot(tmp_path):
    spans = (ReasonSpan("收支.比上年", "第一行\n第二行"), PromptSpan("收入.比上年", "【请填写变动原因：收入】"))
    content = written(tmp_path, (Paragraph("正文", spans),))
    assert [(tag, text) for tag, _, text in controls(content)] == [
        ("原因:收支.比上年", "第一行\n第二行"), ("原因:收入.比上年", "【请填写变动原因：收入】"),
    ]  # fmt: skip
    marked = [shown(item.getparent().getparent()) for item in part(content, "word/document.xml").iter(f"{W}highlight")]
    assert marked == ["【请填写变动原因：收入】"]


def test_an_unknown_figure_is_highlighted(tmp_path):
    content = written(tmp_path, (Paragraph("正文", (FigureSpan(unknown("收支.上年")),)),))
    assert len(list(part(content, "word/document.xml").iter(f"{W}highlight"))) == 1
    assert part(content, "customXml/item1.xml")[0].get("missing") == "上年决算"


def test_long_ids_become_tags_that_word_accepts(tmp_path):
    ids = ["项目." * 30 + name for name in ("甲", "乙")]
    assert len({tag_of(name) for name in ids}) == 2
    assert problems(written(tmp_path, (Paragraph("正文", tuple(FigureSpan(figure(name, "1")) for name in ids)),))) == []
    long_label = Figure("x", "很长的名称" * 30, Decimal(1), "万元", "1", (CellRef("f", "公开01 总表", 33, 2),))
    title = source_title(long_label, {"f/公开01 总表": "公开01表"})
    assert len(title) <= 64
    assert title.startswith("公开01表 ")
    assert title.endswith(" C34")


# ---------------------------------------------------------------- the version to publish


def test_the_clean_version_has_nothing_but_the_report(tmp_path):
    blocks = (
        SENTENCE, Paragraph("正文", (FigureSpan(unknown("x")), PromptSpan("槽", "【请填写】"), ReasonSpan("槽二", "原因"))),
        ChartBlock("图1", "图 1", (("甲", figure("甲", "1.00")),), "说明"),
    )  # fmt: skip
    content = written(tmp_path, blocks, linked=False)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        everything = "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    assert not [name for name in names(content) if "customXml" in name or "comments" in name]
    for word in (
        "<w:sdt",
        'w:highlight w:val="yellow"/></w:rPr><w:t',
        "决算公开助手",
        "juesuan",
        "neimenggu",
        "abab",
        "rsid",
    ):
        assert word not in everything
    core = part(content, "docProps/core.xml")
    assert [(child.tag.rpartition("}")[2], child.text) for child in core] == [("title", "测试报告"), ("language", "zh-CN")]
    assert len(part(content, "docProps/app.xml")) == 0
    assert f"550.07{SPACE}万元" in "".join(texts(content))
    assert problems(content) == []


def test_the_linked_version_says_who_and_when(tmp_path):
    core = part(written(tmp_path, (SENTENCE,)), "docProps/core.xml")
    facts = {child.tag.rpartition("}")[2]: child.text for child in core}
    assert facts == {
        "title": "测试报告", "language": "zh-CN", "creator": "决算公开助手", "created": "2025-08-20T09:30:00Z", "modified": "2025-08-20T09:30:00Z",
    }  # fmt: skip


# ---------------------------------------------------------------- texts

TRICKY = "甲&乙 <b> \"引号\" '单' ]]> \u200b 　全角 \x0b控制\x00符 前后空格 "


@pytest.mark.parametrize("linked", [True, False])
def test_texts_survive(tmp_path, linked):
    long = "很长的文字，" * 3000
    blocks = (
        Paragraph("正文", (Text(TRICKY), ReasonSpan("槽", TRICKY), Text("一\n二\t三"), Text(long, bold=True))),
        TableBlock(((TableCell((Text(TRICKY), Text(long))),),)),
    )
    content = written(tmp_path, blocks, linked=linked)
    clean = TRICKY.replace("\x0b", "\ufffd").replace("\x00", "\ufffd")
    assert texts(content) == [clean + clean + "一\n二\t三" + long, clean + long]
    assert problems(content) == []


def test_chinese_punctuation_is_set_in_the_chinese_font(tmp_path):
    content = written(tmp_path, (Paragraph("正文", (Text("“三公”经费——1"), Text("123"))),))
    fonts = [run.find(f"{W}rPr/{W}rFonts") for run in part(content, "word/document.xml").iter(f"{W}r")]
    assert fonts[0].get(f"{W}hint") == "eastAsia"
    assert fonts[1] is None


# ---------------------------------------------------------------- tables


def cells(*texts_of_row, **facts):
    return tuple(TableCell((Text(text),) if text else (), **facts) for text in texts_of_row)


def test_merged_cells_headings_and_borders(tmp_path):
    table = TableBlock(
        (
            (TableCell((Text("项目"),), rows=2), TableCell((Text("本年支出"),), columns=2)),
            cells("基本", "项目"),
            cells("教育", "1.00", "2.00"),
            (TableCell((Text("合计"),), columns=3),),
        ),
        header_rows=2, widths=(2, 1, 1), caption="表 1　支出",
    )  # fmt: skip
    content = written(tmp_path, (table,))
    assert problems(content) == []
    document = part(content, "word/document.xml")
    rows = document.findall(f".//{W}tr")
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, True, False, False]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    widths = [int(column.get(f"{W}w")) for column in document.iter(f"{W}gridCol")]
    assert sum(widths) == 8845
    assert abs(widths[0] - 2 * widths[1]) <= 2
    assert texts(content)[0] == "表 1　支出"
    table_in_docx = docx.Document(io.BytesIO(content)).tables[0]
    assert [cell.text for cell in table_in_docx.rows[1].cells] == ["项目", "基本", "项目"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([cells("a", "b")], [["a0", "b1"]]),
        ([(*cells("a", rows=3), *cells("b")), cells("c"), cells("d")], [["a0", "b1"], ["a0*", "c1"], ["a0*", "d1"]]),
        ([(*cells("a"), *cells("b", rows=2)), cells("c")], [["a0", "b1"], ["c0", "b1*"]]),
        (
            [(*cells("a", rows=2, columns=2), *cells("b")), cells("c"), cells("d", "e", "f")],
            [["a0", "b2"], ["a0*", "c2"], ["d0", "e1", "f2"]],
        ),
        ([(*cells("a", rows=2), *cells("b", rows=2)), ()], [["a0", "b1"], ["a0*", "b1*"]]),
    ],
)
def test_the_grid_of_merged_cells(rows, expected):
    assert [
        [f"{cell.text}{column}{'*' * continues}" for cell, column, continues in row] for row in grid(rows)
    ] == expected


def test_neighbouring_tables_stay_apart(tmp_path):
    table = TableBlock((cells("甲"),))
    content = written(tmp_path, (table, table))
    assert problems(content) == []
    assert len(docx.Document(io.BytesIO(content)).tables) == 2


def test_short_rows_are_filled_up(tmp_path):
    assert problems(written(tmp_path, (TableBlock((cells("a", "b", "c"), cells("d"))),))) == []


def test_a_template_table_keeps_its_form_and_gets_its_rows(tmp_path):
    outline = "表格|1,3\n表头|序号|名称\n行|{%tr for x in 项 %}{{loop.index}}|{{x.名}}：{{x.数}}{%tr endfor %}\n正文|后"
    template = template_of(tmp_path, outline)
    items = [{"名": "甲&", "数": Node("甲", "1.00")}, {"名": "乙", "数": Node("乙", "2.00")}]
    content = report_bytes(render(template, {"项": items}), template, linked=True, meta=META)
    assert problems(content) == []
    assert texts(content) == ["序号", "名称", "1", "甲&：1.00", "2", "乙：2.00", "后"]
    assert [tag for tag, _, _ in controls(content)] == ["甲", "乙"]
    assert part(content, "word/document.xml").find(f".//{W}tblStyle").get(f"{W}val") == "JsTable"


def test_a_long_table_on_a_landscape_page_becomes_small_enough(tmp_path):
    rows = tuple(cells(f"第{number}行", "1.00") for number in range(40))
    table = TableBlock(rows, landscape=True, font_size=10.5)
    content = written(tmp_path, (BreakBlock("landscape"), table))
    sizes = {int(item.get(f"{W}val")) for item in part(content, "word/styles.xml").findall(f".//{W}style/{W}rPr/{W}sz")}
    used = part(content, "word/document.xml").find(f".//{W}tc//{W}pStyle").get(f"{W}val")
    assert min(sizes) < 21
    assert used.startswith("JsTableText")


# ---------------------------------------------------------------- pages


def sections(content):
    found = []
    for item in part(content, "word/document.xml").iter(f"{W}sectPr"):
        size = item.find(f"{W}pgSz")
        start = item.find(f"{W}pgNumType")
        found.append((size.get(f"{W}orient", "portrait"), None if start is None else start.get(f"{W}start")))
    return found


def test_landscape_pages_are_sections_of_their_own_and_numbers_go_on(tmp_path):
    outline = "目录|\n部分标题|第一部分\n正文|{{块}}\n正文|后"
    template = template_of(tmp_path, outline)
    table = TableBlock((cells("宽"),))
    blocks = render(template, {"块": [BreakBlock("landscape"), table, BreakBlock("portrait")]})
    content = report_bytes(blocks, template, linked=True, meta=META)
    assert problems(content) == []
    assert sections(content) == [("portrait", None), ("portrait", "1"), ("landscape", None), ("portrait", None)]
    footers = [
        len(item.findall(f"{W}footerReference")) for item in part(content, "word/document.xml").iter(f"{W}sectPr")
    ]
    assert footers == [0, 2, 2, 2]


def test_a_report_may_end_on_a_landscape_page(tmp_path):
    content = written(tmp_path, (SENTENCE, BreakBlock("landscape"), TableBlock((cells("宽"),))))
    assert sections(content) == [("portrait", None), ("landscape", None)]
    assert problems(content) == []


def test_a_page_break_goes_into_the_next_paragraph(tmp_path):
    content = written(
        tmp_path, (SENTENCE, BreakBlock("page"), SENTENCE, BreakBlock("page"), TableBlock((cells("甲"),)))
    )
    broken = [item.getparent().getparent() for item in part(content, "word/document.xml").iter(f"{W}pageBreakBefore")]
    assert [bool(shown(item)) for item in broken] == [True, False]
    assert problems(content) == []


def test_the_form_of_official_documents(tmp_path):
    content = written(tmp_path, (SENTENCE,))
    page = part(content, "word/document.xml").find(f".//{W}sectPr")
    size, margins = page.find(f"{W}pgSz"), page.find(f"{W}pgMar")
    mm = {name: round(int(margins.get(f"{W}{name}")) / 56.6929) for name in ("top", "bottom", "left", "right")}
    assert mm == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    styles = {item.find(f"{W}name").get(f"{W}val"): item for item in part(content, "word/styles.xml").iter(f"{W}style")}
    fonts = {
        name: styles[name].find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia")
        for name in ("Normal", "封面标题", "一级标题", "二级标题", "三级标题")
    }
    assert fonts == {
        "Normal": "仿宋_GB2312", "封面标题": "方正小标宋简体", "一级标题": "黑体", "二级标题": "楷体_GB2312", "三级标题": "仿宋_GB2312",
    }  # fmt: skip
    body = styles["正文文字"].find(f"{W}pPr")
    assert body.find(f"{W}ind").get(f"{W}firstLineChars") == "200"
    assert (body.find(f"{W}spacing").get(f"{W}line"), body.find(f"{W}spacing").get(f"{W}lineRule")) == ("560", "exact")
    assert [
        styles[name].find(f"{W}pPr/{W}outlineLvl").get(f"{W}val") for name in ("部分标题", "一级标题", "二级标题")
    ] == ["0", "1", "2"]
    assert all(
        styles[name].find(f"{W}pPr/{W}keepNext") is not None
        for name in ("部分标题", "一级标题", "二级标题", "三级标题", "表题", "图")
    )
    settings = part(content, "word/settings.xml")
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    assert settings.find(f"{W}updateFields") is None
    assert "万" in settings.find(f"{W}noLineBreaksBefore").get(f"{W}val")
    sides = [part(content, f"word/footer{number}.xml").find(f".//{W}pStyle").get(f"{W}val") for number in (1, 2)]
    assert sides == ["JsFooterRight", "JsFooterLeft"]
    assert [shown(part(content, f"word/footer{number}.xml")) for number in (1, 2)] == ["— 1 —"] * 2


# ---------------------------------------------------------------- charts

KINDS = ("一般公共预算财政拨款收入", "事业收入", "其他收入")


def chart(*amounts):
    slices = tuple((name, figure(name, amount)) for name, amount in zip(KINDS, amounts, strict=False))
    return ChartBlock("图1", "图 1　收入决算图", slices, "收入“构成” <图>")


def test_a_chart_is_native_and_its_data_can_be_edited(tmp_path):
    content = written(tmp_path, (chart("528.68", "21.39"),))
    assert problems(content) == []
    document = part(content, "word/document.xml")
    described = [item for item in document.iter() if str(item.tag).endswith("}docPr")]
    assert [item.get("descr") for item in described] == ["收入“构成” <图>"]
    assert texts(content) == ["图 1　收入决算图"]
    xml = part(content, "word/charts/chart1.xml")
    values = [item.text for item in xml.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}v")]
    assert values[1:] == [
        "一般公共预算财政拨款收入 528.68 万元，96.11%", "其他收入 21.39 万元，3.89%".replace("其他", "事业"), "528.68", "21.39",
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = load_workbook(io.BytesIO(archive.read("word/embeddings/Microsoft_Excel_Worksheet1.xlsx")))
        cached = load_workbook(
            io.BytesIO(archive.read("word/embeddings/Microsoft_Excel_Worksheet1.xlsx")), data_only=True
        )
    assert [[cell.value for cell in row[1:]] for row in book["数据"].iter_rows(min_row=2)] == [
        [528.68, "一般公共预算财政拨款收入"], [21.39, "事业收入"],
    ]  # fmt: skip
    assert book["数据"]["A2"].value.startswith("=C2&")
    assert cached["数据"]["A2"].value == "一般公共预算财政拨款收入 528.68 万元，96.11%"


def test_a_tiny_slice_is_stated_in_the_legend(tmp_path):
    labels = [label for _, _, label in chart_data(chart("99000.12", "3.20", "900.00"))]
    assert labels == [
        "一般公共预算财政拨款收入 99000.12 万元，99.10%", "事业收入 3.20 万元，不足0.01%", "其他收入 900.00 万元，0.90%",
    ]  # fmt: skip
    content = written(tmp_path, (chart("99000.12", "3.20", "900.00"),))
    deleted = [item for item in part(content, "word/charts/chart1.xml").iter() if str(item.tag).endswith("}delete")]
    assert len(deleted) == 2
    assert problems(content) == []


def test_zero_slices_are_left_out():
    assert [name for name, _, _ in chart_data(chart("1.00", "0.00", "2.00"))] == [KINDS[0], KINDS[2]]


def test_two_charts_are_two_parts(tmp_path):
    content = written(tmp_path, (chart("1.00"), chart("2.00", "3.00")))
    assert {name for name in names(content) if name.startswith("word/charts/chart")} == {
        "word/charts/chart1.xml", "word/charts/chart2.xml",
    }  # fmt: skip
    assert problems(content) == []


# ---------------------------------------------------------------- files


def test_two_runs_give_the_same_bytes(tmp_path):
    blocks = (SENTENCE, chart("1.00", "2.00"), TableBlock((cells("甲"),)))
    assert written(tmp_path, blocks) == written(tmp_path, blocks)


def test_python_docx_opens_it(tmp_path):
    document = docx.Document(io.BytesIO(written(tmp_path, (SENTENCE,), linked=False)))
    assert [paragraph.text for paragraph in document.paragraphs] == [f"总计 550.07{SPACE}万元，增长 5%。"]


def test_a_file_is_replaced_whole(tmp_path):
    template = template_of(tmp_path, "正文|甲")
    out = tmp_path / "报 告.docx"
    out.write_bytes(b"old")
    write_report((SENTENCE,), template, out, linked=True, meta=META)
    assert zipfile.is_zipfile(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.docx", "报 告.docx"]


def test_a_file_that_is_open_elsewhere_is_left_alone(tmp_path, monkeypatch):
    template = template_of(tmp_path, "正文|甲")
    out = tmp_path / "报告.docx"
    out.write_bytes(b"old")

    def locked(*_):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "replace", locked)
    monkeypatch.setattr("pathlib.Path.replace", locked)
    with pytest.raises(InputError, match="请先在 Word/WPS 中关闭该文件"):
        write_report((SENTENCE,), template, out, linked=True, meta=META)
    assert out.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.docx", "报告.docx"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="文件夹不存在"):
        write_report(
            (SENTENCE,), template_of(tmp_path, "正文|甲"), tmp_path / "无" / "报告.docx", linked=True, meta=META
        )


def test_what_people_left_in_a_template_is_not_passed_on(tmp_path):
    from docgen.template import load_template
    from tests.docgen.word_files import template_file
    from workbook.formats.package import Package

    path = template_file(tmp_path, "正文|甲")
    package = Package(path.read_bytes())
    settings = package.read("word/settings.xml").decode().replace(
        "</w:settings>", '<w:rsids><w:rsidRoot w:val="00AB"/></w:rsids></w:settings>')  # fmt: skip
    package.write("word/settings.xml", settings.encode())
    package.write("docProps/core.xml", "<x>张三</x>".encode())
    package.write("word/comments.xml", "<x>李四</x>".encode())
    package.write("customXml/item1.xml", "<x>王五</x>".encode())
    path.write_bytes(package.to_bytes())
    content = report_bytes((SENTENCE,), load_template(path), linked=False, meta=META)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        everything = "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    assert not [word for word in ("张三", "李四", "王五", "rsid") if word in everything]
    assert problems(content) == []
