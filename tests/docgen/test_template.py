from __future__ import annotations

import os
from decimal import Decimal

import pytest

from docgen.model import (
    BreakBlock,
    ChartBlock,
    Direction,
    Figure,
    FigureSpan,
    Paragraph,
    PromptSpan,
    ReasonSpan,
    TableBlock,
    TableCell,
    TemplateBlock,
    Text,
)
from docgen.template import TemplateError, load_template, render
from tests.docgen.word_files import Node, figure, paragraphs_of, template_file, template_of, template_with_body
from tools.report_outline import OutlineError, build_template
from workbook.errors import InputError, JuesuanError


def rendered(folder, outline, **names):
    return render(template_of(folder, outline), names)


# ---------------------------------------------------------------- values


def test_a_figure_stays_a_figure(tmp_path):
    (block,) = rendered(tmp_path, "正文|总计{{收支.总计}}万元。", 收支={"总计": Node("收支.总计", "550.07")})
    assert block.text == "总计550.07万元。"
    assert [type(span) for span in block.spans] == [Text, FigureSpan, Text]
    assert block.spans[1].figure.id == "收支.总计"
    assert block.style == "正文"
    assert block.source == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("甲&乙 <局> \"引号\" '单' &amp; {{x}} {% y %}", None),
        ("第一行\n第二行\r\n第三行\t制表", None),
        ("一" * 20_000, None),
        ("\ufdd0\ufdd40\ufdd4", "\ufffd\ufffd0\ufffd"),
        (2024, "2024"),
        (Decimal("1.50"), "1.50"),
        (Direction.UP, "增加"),
        ("", None),
    ],
)
def test_texts_survive(tmp_path, value, text):
    (block,) = rendered(tmp_path, "正文|前{{值}}后", 值=value)
    assert block.text == f"前{value if text is None else text}后"


def test_reasons_prompts_and_lists_of_spans(tmp_path):
    prompt, reason = PromptSpan("收支", "【请填写变动原因：收支】"), ReasonSpan("收支", "人员增加")
    (block,) = rendered(tmp_path, "正文|{{甲}}；{{乙}}；{{丙}}", 甲=prompt, 乙=reason, 丙=[reason, Text("！")])
    assert block.spans == (prompt, Text("；"), reason, Text("；"), reason, Text("！"))


def test_conditions_follow_a_nodes_truth(tmp_path):
    outline = "正文|{% if 甲 %}有{% else %}无{% endif %}{% if 乙 %}有{% else %}无{% endif %}"
    assert paragraphs_of(rendered(tmp_path, outline, 甲=Node("甲", "0"), 乙=Node("乙", "1"))) == ["无有"]


def test_numerals(tmp_path):
    outline = "正文|{% for n in 数 %}（{{n|中文数字}}）{% endfor %}"
    assert paragraphs_of(rendered(tmp_path, outline, 数=[1, 10, 11, 20, 99])) == [
        "（一）（十）（十一）（二十）（九十九）"
    ]


# ---------------------------------------------------------------- paragraphs that control


def test_loops_and_conditions_leave_no_trace(tmp_path):
    outline = "正文|前\n正文|{% for x in 项 %}\n正文|{{loop.index}}．{{x.名}}\n正文|{% if x.有 %}\n正文|有\n正文|{% endif %}\n正文|{% endfor %}\n正文|后"
    items = [{"名": "甲", "有": False}, {"名": "乙", "有": True}]
    assert paragraphs_of(rendered(tmp_path, outline, 项=items)) == ["前", "1．甲", "2．乙", "有", "后"]
    assert paragraphs_of(rendered(tmp_path, outline, 项=[])) == ["前", "后"]


def test_a_paragraph_that_prints_nothing_is_left_out(tmp_path):
    assert paragraphs_of(rendered(tmp_path, "正文|前\n正文|{% if x %}有{% endif %}\n正文|后", x=0)) == ["前", "后"]


def test_remarks_are_left_out(tmp_path):
    assert paragraphs_of(rendered(tmp_path, "正文|{# 说明 #}\n正文|甲{# 不印 #}乙")) == ["甲乙"]


def test_text_without_placeholders_is_kept_as_it_is(tmp_path):
    (block,) = rendered(tmp_path, "一级标题|一、收入 & 支出 50%")
    assert block == Paragraph("一级标题", (Text("一、收入 & 支出 50%"),), source=0)


# ---------------------------------------------------------------- blocks


def test_blocks_take_the_place_of_their_paragraph(tmp_path):
    chart = ChartBlock("图1", "图 1", (("甲", figure("甲", "1.00")),), "说明")
    table = TableBlock(((TableCell((Text("格"),)),),))
    blocks = rendered(
        tmp_path,
        "正文|{{块.图}}\n正文|{{块.多}}\n正文|{{块.无}}",
        块={"图": chart, "多": [table, BreakBlock("page")], "无": []},
    )
    assert blocks == (chart, table, BreakBlock("page"))


def test_a_block_beside_text_is_an_error_that_quotes_the_paragraph(tmp_path):
    with pytest.raises(TemplateError, match=r"段落“见\{\{图\}\}”里有图表"):
        rendered(tmp_path, "正文|好\n正文|见{{图}}", 图=BreakBlock("page"))


def test_the_contents_and_section_breaks_are_blocks_of_the_template(tmp_path):
    blocks = rendered(tmp_path, "目录|\n分节|\n正文|甲")
    assert [type(block) for block in blocks] == [Paragraph, TemplateBlock, TemplateBlock, Paragraph]


# ---------------------------------------------------------------- tables

TABLE = "表格|1,3\n表头|序号|名称\n"


def rows_of(block):
    return [[cell.text for cell in row] for row in block.rows]


def test_a_row_loop_around_the_row(tmp_path):
    outline = TABLE + "行|{%tr for x in 项 %}{{loop.index}}|{{x}}{%tr endfor %}\n行|合计|{{合计}}"
    (block,) = rendered(tmp_path, outline, 项=["甲", "乙&"], 合计=Node("合计", "3.00"))
    assert isinstance(block, TableBlock)
    assert rows_of(block) == [["序号", "名称"], ["1", "甲"], ["2", "乙&"], ["合计", "3.00"]]
    assert block.row_sources == (0, 1, 1, 2)
    assert block.header_rows == 1
    assert block.rows[3][1].spans[0].figure.id == "合计"


def test_a_row_loop_in_rows_of_its_own(tmp_path):
    outline = (
        TABLE
        + "行|{%tr for x in 项 %}|\n行|{{x}}|同\n行|{% if x == '乙' %}|\n行|末|行\n行|{% endif %}|\n行|{%tr endfor %}|"
    )
    (block,) = rendered(tmp_path, outline, 项=["甲", "乙"])
    assert rows_of(block)[1:] == [["甲", "同"], ["乙", "同"], ["末", "行"]]


def test_a_table_without_placeholders_is_copied(tmp_path):
    (block,) = rendered(tmp_path, TABLE + "行|1|甲")
    assert rows_of(block) == [["序号", "名称"], ["1", "甲"]]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("行|{%tr for x in 项 %}{{x}}|乙", "没有结束"),
        ("行|{% for x in 项 %}{{x}}|{% endfor %}", "写法有误"),
        ("行|{{x}|乙", "没有配对"),
        ("行|{%tr endfor %}|", "找不到"),
        ("行|{{错}}|乙", "不认识的名称“错”"),
    ],
)
def test_a_broken_table_row_is_named(tmp_path, row, problem):
    with pytest.raises(TemplateError, match=problem) as caught:
        rendered(tmp_path, TABLE + row, 项=["甲"])
    assert caught.value.paragraph.split("\t")[0] in row


# ---------------------------------------------------------------- sections: those of the parts that state figures, counted


def test_paragraphs_know_their_section(tmp_path):
    outline = (
        "部分标题|第一部分 概况\n一级标题|一、职能\n正文|甲\n部分标题|第二部分 说明\n一级标题|一、总体\n正文|乙{{x}}\n"
        "一级标题|十四、绩效\n正文|丙\n部分标题|第三部分\n一级标题|一、名词\n正文|丁\n部分标题|第四部分\n一级标题|一、其他\n正文|戊{{x}}"
    )
    number = FigureSpan(Figure("数", "数", Decimal(1), "万元", "1"))
    blocks = rendered(tmp_path, outline, x=number)
    assert [(block.text, block.section) for block in blocks if block.style == "正文"] == [
        ("甲", 0), ("乙1", 1), ("丙", 2), ("丁", 0), ("戊1", 3),
    ]  # fmt: skip


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{{收支.总记}}", "不认识的名称“总记”，是不是“总计”"),
        ("{{支收}}", "不认识的名称“支收”，是不是“收支”"),
        ("{% for x in 项 %}", "开始的 for 没有结束"),
        ("{% if 收支 %}", "开始的 if 没有结束"),
        ("{% endif %}", "找不到与它对应"),
        ("{% else %}", "找不到与它对应"),
        ("{{收支.总计", "{{ 没有配对"),
        ("收支.总计}}", "}} 没有配对"),
        ("{{}}", "空的占位符"),
        ("{{收支 总计}}", "写法有误"),
        ("{{收支.总计|不存在}}", "写法有误"),
        ("｛｛收支.总计｝｝", "全角"),
        ("{ {收支.总计} }", "全角字符或夹有空格"),
        ("{{收支}}", "一组名称"),
        ("{{项}}", "一组值"),
        ("{{空}}", "没有可写出的内容"),
        ("{{真}}", "没有可写出的内容"),
        ("{{小数}}", "浮点数"),
        ("{{收支.__class__}}", "不允许"),
        ("{{''.__class__.__mro__}}", "不允许"),
        ("{{1 / 0}}", "计算时出错"),
        ("{% for x in 收支.总计 %}{{x}}{% endfor %}", "计算时出错"),
        ("{% for x in range(10000000) %}{{x}}{% endfor %}", "循环次数过多"),
        ("{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}", "循环次数过多"),
        ("{% for a in 项 * 40 %}{% for b in 项 * 40 %}{% for c in 项 * 40 %}{% endfor %}{% endfor %}{% endfor %}", "循环次数过多"),
        ("{% macro f(n) %}{% if n %}{{f(n - 1)}}{{f(n - 1)}}{% endif %}{% endmacro %}{{f(60)}}", "循环次数过多"),
        ("{{'长' * 100000000}}", "文字过长"),
        ("{% set s = namespace(t='长') %}{% for x in range(60) %}{% set s.t = s.t + s.t %}{% endfor %}", "文字过长"),
        ("{% set s = namespace(t='长') %}{% for x in range(60) %}{% set s.t = s.t ~ s.t %}{% endfor %}", "文字过长"),
        ("{{'长'.ljust(1000000000)}}", "不允许"),
        ("{{(1).to_bytes(1000000000)}}", "不允许"),
        ("{{'%0999999999d' % 1}}", "不允许"),
        ("{{'长'|center(1000000000)}}", "写法有误"),
        ("{% include '别的' %}", "计算时出错"),
    ],
)
def test_an_error_quotes_its_paragraph(tmp_path, line, problem):
    names = {"收支": {"总计": Node("收支.总计", "1")}, "项": [1, 2], "空": None, "真": True, "小数": 1.5}
    with pytest.raises(TemplateError) as caught:
        rendered(tmp_path, f"正文|前一段\n正文|{line}\n正文|后一段", **names)
    assert problem in str(caught.value)
    assert line[:40] in str(caught.value)
    assert "前一段" not in str(caught.value)
    assert isinstance(caught.value, JuesuanError)
    assert str(caught.value).startswith(f"Word 模板 {tmp_path}")


@pytest.mark.parametrize("line", ["{{" + "(" * 10_000 + "1" + ")" * 10_000 + "}}", "{% if 1 %}" * 2000 + "{% endif %}" * 2000])
def test_what_is_nested_too_deep_is_said(tmp_path, line):
    with pytest.raises(TemplateError, match="嵌套过深"):
        rendered(tmp_path, f"正文|{line}")


def test_crossed_statements_name_the_paragraph(tmp_path):
    with pytest.raises(TemplateError, match=r"段落“\{% endif %\}”") as caught:
        rendered(tmp_path, "正文|{% if a %}\n正文|{% for x in b %}\n正文|{% endif %}\n正文|{% endfor %}")
    assert "for x in b" in str(caught.value)


def test_an_error_of_ours_is_not_wrapped(tmp_path):
    class Failing:
        def __spans__(self):
            raise InputError("甲.xlsx", "坏了")

    with pytest.raises(InputError):
        rendered(tmp_path, "正文|{{x}}", x=Failing())


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "不是 Word 文档"),
        (b"PK\x03\x04 nonsense", "不是 Word 文档"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
        (build_template("正文|甲")[:-60], "不是 Word 文档"),
    ],
)
def test_a_file_that_is_no_template(tmp_path, content, problem):
    path = tmp_path / "坏.docx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        load_template(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="不存在"):
        load_template(tmp_path / "无.docx")


@pytest.mark.parametrize("place", [100, 300, 700])
def test_a_damaged_file_is_noticed(tmp_path, place):
    path = template_file(tmp_path, "正文|甲")
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_template(path)


def test_a_template_is_read_once_until_it_changes(tmp_path):
    path = template_file(tmp_path, "正文|甲")
    first = load_template(path)
    assert load_template(path) is first
    path.write_bytes(build_template("正文|乙乙"))
    os.utime(path, ns=(1, 1))
    assert paragraphs_of(render(load_template(path), {})) == ["乙乙"]


def test_renders_do_not_mix(tmp_path):
    template = template_of(tmp_path, "正文|{{x}}")
    assert [paragraphs_of(render(template, {"x": Node("x", value)})) for value in ("1", "2")] == [["1"], ["2"]]


def test_entities_are_not_expanded(tmp_path):
    path = template_with_body(tmp_path, "<w:p/>")
    from workbook.formats.package import Package

    package = Package(path.read_bytes())
    xml = package.read("word/document.xml").decode()
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    package.write("word/document.xml", (xml.replace("?>\n", f"?>{bomb}", 1)).encode())
    path.write_bytes(package.to_bytes())
    with pytest.raises(InputError, match="DOCTYPE"):
        load_template(path)


# ---------------------------------------------------------------- the outline


@pytest.mark.parametrize("line", ["没有竖线", "不存在的样式|甲", "行|甲"])
def test_a_wrong_line_of_an_outline_is_named(line):
    with pytest.raises(OutlineError, match="第 2 行"):
        build_template(f"正文|甲\n{line}")
