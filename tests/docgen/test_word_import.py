"""Importing from Word files: part one's texts, and the performance tables."""

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from docgen.docx.numbering import format_number
from docgen.imports.overview import import_overview
from docgen.imports.performance import read_tables
from tests.workbook.companion_data import plain, sample_tables
from workbook.companion.model import Level
from workbook.entries import Entry
from workbook.errors import InputError
from workbook.numerals import chinese_numeral
from workbook.pack.loading import load_pack
from workbook.performance.checks import check_table
from workbook.performance.model import PerformanceTable

Doc = docx.document.Document


def save(document: Doc, path: Path) -> Path:
    document.save(str(path))
    return path


PARTS, RULES = load_pack().companion.parts, load_pack().companion_rules
DUTIES, ORGANISATION, WORK = (part.name for part in PARTS)


def texts(path: Path, part: str) -> list[tuple[Level, str]]:
    return [(p.level, p.text.text) for p in import_overview(path, PARTS).paragraphs if p.part == part]


# ---------------------------------------------------------------- texts of part one


def test_headings_by_style(tmp_path):
    document = docx.Document()
    document.add_heading("第一部分 单位概况", 1)
    document.add_heading("一、主要职能、职责", 2)
    document.add_paragraph("根据批复，主要职责为：")
    document.add_paragraph("1. 负责研究。")
    document.add_heading("二、单位机构设置及决算单位构成情况", 2)
    document.add_paragraph("内设七个科室。")
    document.add_heading("三、2024年度单位主要工作完成情况", 2)
    document.add_paragraph("全年工作如下：")
    document.add_heading("一、党的建设", 3)
    document.add_heading("（一）组织建设和机构设置优化", 4)
    document.add_paragraph("制定制度20余件。")
    document.add_heading("第二部分 决算情况说明", 1)
    document.add_paragraph("不应读到这里。")
    path = save(document, tmp_path / "概况.docx")
    assert texts(path, DUTIES) == [(Level.BODY, "根据批复，主要职责为："), (Level.BODY, "1. 负责研究。")]
    assert texts(path, ORGANISATION) == [(Level.BODY, "内设七个科室。")]
    assert texts(path, WORK) == [
        (Level.BODY, "全年工作如下："), (Level.FIRST, "一、党的建设"), (Level.SECOND, "（一）组织建设和机构设置优化"), (Level.BODY, "制定制度20余件。")]
    assert import_overview(path, PARTS).remarks == ()


def test_headings_typed_as_text_and_a_typed_table_of_contents(tmp_path):
    document = docx.Document()
    for line in (
        "2024年度某单位决算公开报告", "目录", "第一部分 单位概况", "一、主要职能、职责", "二、单位机构设置及决算单位构成情况",
        "三、2024年度单位主要工作完成情况", "第二部分 单位决算情况说明", "一、收入支出决算总体情况说明", "第一部分 单位概况", "一、主要职能、职责",
        "根据《关于机构职能编制的批复》文件，本单位主要职责为：", "1. 负责职责范围内的工作。", "二、单位机构设置及决算单位构成情况", "内设科室。",
        "三、2024年度单位主要工作完成情况", "一、加强党的建设，提升凝聚力", "（一）抓组织建设", "正文第一段，讲机构设置情况。",
        "（二）抓意识形态工作，发挥思想引领作用严格落实意识形态相关制度，对涉意识形态展陈场所进行了全面自查，取得成效", "第二部分 单位决算情况说明", "不要",
    ):
        document.add_paragraph(line)
    path = save(document, tmp_path / "概况.docx")
    assert texts(path, DUTIES) == [
        (Level.BODY, "根据《关于机构职能编制的批复》文件，本单位主要职责为："), (Level.BODY, "1. 负责职责范围内的工作。")]
    assert texts(path, ORGANISATION) == [(Level.BODY, "内设科室。")]
    work = texts(path, WORK)
    assert [level for level, _ in work] == [Level.FIRST, Level.SECOND, Level.BODY, Level.BODY]
    assert work[-1][1].startswith("（二）抓意识形态工作")


NUMBERING = """<w:abstractNum %s w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%%1、"/><w:suff w:val="nothing"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%%1.%%3.%%4"/></w:lvl>
<w:lvl w:ilvl="4"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl>
</w:abstractNum>"""


def numbered(document: Doc, text: str, level: int, number: int = 88) -> None:
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'))


def define(document: Doc, *, restart: bool = False) -> None:
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(NUMBERING % nsdecls("w")))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="88"><w:abstractNumId w:val="77"/></w:num>'))
    if restart:
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="89"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="2"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'))


def test_automatic_numbering_becomes_text(tmp_path):
    document = docx.Document()
    define(document, restart=True)
    document.add_paragraph("一、主要职能、职责")
    for text, level, number in (
        ("甲", 0, 88), ("乙", 1, 88), ("丙", 2, 88), ("丁", 2, 88), ("戊", 3, 88), ("己", 1, 88), ("庚", 2, 88), ("辛", 2, 89), ("壬", 2, 89), ("癸", 0, 88),
        ("子", 1, 88), ("点", 4, 88),
    ):
        numbered(document, text, level, number)
    path = save(document, tmp_path / "概况.docx")
    assert [t for _, t in texts(path, DUTIES)] == [
        "一、甲", "（一）乙", "1. 丙", "2. 丁", "1.2.1 戊", "（二）己", "1. 庚", "5. 辛", "6. 壬", "二、癸", "（一）子", "点"]
    assert texts(path, DUTIES)[0][0] is Level.FIRST


def test_a_numbered_heading_style_is_recognised_as_part_heading(tmp_path):
    document = docx.Document()
    define(document)
    style = document.styles["Heading 1"].element
    style.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="88"/></w:numPr>'))
    document.add_heading("主要职责", 1)
    document.add_paragraph("内容。")
    document.add_heading("机构设置", 1)
    document.add_paragraph("科室。")
    path = save(document, tmp_path / "概况.docx")
    assert texts(path, DUTIES) == [(Level.BODY, "内容。")]
    assert texts(path, ORGANISATION) == [(Level.BODY, "科室。")]


def test_only_what_is_seen_is_read(tmp_path):
    document = docx.Document()
    document.add_paragraph("一、主要职责")
    paragraph = document.add_paragraph("可见")
    w = nsdecls("w")
    for xml in (
        f'<w:del {w} w:id="1" w:author="a"><w:r><w:delText>删除</w:delText></w:r></w:del>',
        f'<w:ins {w} w:id="2" w:author="a"><w:r><w:t>插入</w:t></w:r></w:ins>',
        f"<w:r {w}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
        f'<w:r {w}><w:fldChar w:fldCharType="begin"/></w:r>',
        f"<w:r {w}><w:instrText>PAGE</w:instrText></w:r>",
        f"<w:r {w}><w:t>7</w:t></w:r>",
        f"<w:sdt {w}><w:sdtContent><w:r><w:t>控件</w:t><w:br/><w:t>换行 &amp; 符号</w:t></w:r></w:sdtContent></w:sdt>",
    ):
        paragraph._p.append(parse_xml(xml))
    document.element.body.insert(2, parse_xml(f"<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>控件里的段落</w:t></w:r></w:p></w:sdtContent></w:sdt>"))
    document.add_paragraph("   ")
    document.add_table(1, 1)
    path = save(document, tmp_path / "概况.docx")
    assert [t for _, t in texts(path, DUTIES)] == ["可见插入7控件\n换行 & 符号", "控件里的段落"]
    assert any("1 个表格没有导入" in r for r in import_overview(path, PARTS).remarks)
    assert any("没有“机构设置”的文字" in r for r in import_overview(path, PARTS).remarks)


def test_a_file_without_headings_is_kept_whole_and_said_so(tmp_path):
    document = docx.Document()
    document.add_paragraph("全年完成各项任务。")
    path = save(document, tmp_path / "概况.docx")
    found = import_overview(path, PARTS)
    assert [(p.part, p.text.text) for p in found.paragraphs] == [(WORK, "全年完成各项任务。")]
    assert "没有“主要职能、职责”" in found.remarks[0]


@pytest.mark.parametrize(("number", "form", "text"), [
    (1, "chineseCounting", "一"), (10, "chineseCounting", "十"), (12, "chineseCountingThousand", "十二"), (20, "chineseCounting", "二十"),
    (105, "chineseCountingThousand", "一百零五"), (110, "chineseCounting", "一百一十"), (1001, "chineseCounting", "一千零一"), (20, "ideographDigital", "二〇"), (12, "chineseLegalSimplified", "壹拾贰"),
    (3, "decimalEnclosedCircle", "③"), (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (2, "ideographTraditional", "乙"), (7, "decimalZero", "07"),
    (5, "decimalFullWidth", "５"), (3, "unknown", "3"), (2, "decimalEnclosedParen", "⑵"),
])
def test_number_formats(number, form, text):
    assert format_number(number, form) == text


def test_chinese_numbers_outside_the_range_stay_digits():
    assert [chinese_numeral(0), chinese_numeral(10000)] == ["0", "10000"]


# ---------------------------------------------------------------- files that cannot be read


def zip_of(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(("content", "words"), [
    (b"", "不是 Word 文档"), (b"PK\x03\x04 broken", "损坏"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "另存为 .docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"), (zip_of({"xl/workbook.xml": "<a/>"}), "不是 Word 文档"),
    (zip_of({"word/document.xml": f"<w:document {W}><w:body>"}), "损坏"), (zip_of({"word/document.xml": f"<w:document {W}/>"}), "没有正文"),
    (zip_of({"word/document.xml": f'<!DOCTYPE a [<!ENTITY b "c">]><w:document {W}><w:body/></w:document>'}), "DOCTYPE"),
])
@pytest.mark.parametrize("read", [lambda path: import_overview(path, PARTS), lambda path: read_tables(path, RULES)])
def test_what_is_no_word_file_is_one_clear_sentence(tmp_path, content, words, read):
    path = tmp_path / "概况.docx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        import_overview(tmp_path / "没有.docx", PARTS)


# ---------------------------------------------------------------- performance tables


Cell = tuple[str, int, str]
"""Text, columns covered, and how it is merged downwards (restart, continue, or not)."""


def table_xml(rows: list[list[Cell]]) -> Any:
    def cell(text: str, span: int, merge: str) -> str:
        properties = f'<w:gridSpan w:val="{span}"/>' + (f'<w:vMerge w:val="{merge}"/>' if merge == "restart" else "<w:vMerge/>" if merge else "")
        lines = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{lines}</w:tc>"

    body = "".join(f"<w:tr>{''.join(cell(*c) for c in row)}</w:tr>" for row in rows)
    return parse_xml(f"<w:tbl {nsdecls('w')}><w:tblPr/><w:tblGrid/>{body}</w:tbl>")


def form_rows(form: PerformanceTable, *, spaces: bool, merged: bool) -> list[list[Cell]]:
    """A 项目支出绩效自评表 as it stands in published reports: 绩效 指标 with spaces, merged or repeated cells."""

    def space(text: str) -> str:
        return " ".join(re.findall("..?", text)) if spaces else text

    direction = ["指标方向"] if form.has_direction else []
    heads = ["一级指标", "二级指标", "三级指标", "指标性质", *direction, "年度指标值", "实际完成值", "计量单位", "分值", "得分", "偏差原因分析及改进措施"]
    width = len(heads) + 1
    spans = (2, 1, 1, 1, 1, width - 8)
    rows: list[list[Cell]] = [
        [(space("项目名称"), 2, ""), (form.name.text, width - 2, "")],
        [(space("主管部门"), 2, ""), (space(form.department.text), 3, ""), ("实施单位", 2, ""), (form.unit.text, width - 7, "")],
        [("项目资金（万元）", 1, "restart"), ("", 1, ""), *((space(t), n, "") for t, n in zip(
            ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率（%）", "得分"), spans, strict=True))],
    ]
    for fund in form.funds:
        entries = (fund.initial_budget, fund.adjusted_budget, fund.actual, fund.weight, fund.rate, fund.score)
        rows.append([("", 1, "continue"), (space(fund.label), 1, ""), *((e.text, n, "") for e, n in zip(entries, spans, strict=True))])
    rows += [
        [("年度总体目标", 1, "restart"), ("预期目标", 5, ""), ("实际完成情况", width - 6, "")],
        [("", 1, "continue"), (form.expected.text, 5, ""), (form.achieved.text, width - 6, "")],
        [(space("绩效指标"), 1, "restart" if merged else ""), *((space(h), 1, "") for h in heads)],
    ]
    above = ("", "")
    for i in form.indicators:
        same = [merged and i.first == above[0], merged and (i.first, i.second) == above]
        names = [("", 1, "continue") if again else (space(text), 1, "restart" if merged else "") for again, text in zip(same, (i.first, i.second), strict=True)]
        values = [i.nature, *([i.direction] if direction else []), i.target.text, i.actual.text, i.unit, i.weight.text, i.score.text, i.cause.text]
        rows.append([("" if merged else space("绩效指标"), 1, "continue" if merged else ""), *names, (space(i.third), 1, ""), *((v, 1, "") for v in values)])
        above = (i.first, i.second)
    rows.append([("总分", width - 3, ""), (form.total_weight.text, 1, ""), (form.total_score.text, 1, ""), ("", 1, "")])
    return rows


def add_form(document: Doc, form: PerformanceTable, *, spaces: bool = False, merged: bool = False, split: int = 0) -> None:
    document.add_paragraph("项目支出绩效自评表")
    last = document.add_paragraph("（2024年度）")._p
    rows = form_rows(form, spaces=spaces, merged=merged)
    for piece in (rows[:split], rows[split:]) if split else (rows,):
        table = table_xml(piece)
        last.addnext(table)
        last = parse_xml(f"<w:p {nsdecls('w')}/>")
        table.addnext(last)


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("spaces", [False, True])
def test_the_three_tables_of_the_reference_are_imported_from_word(tmp_path, spaces, merged):
    forms = sample_tables()
    document = docx.Document()
    document.add_table(2, 2)
    for form in forms:
        add_form(document, form, spaces=spaces, merged=merged)
    path = save(document, tmp_path / "自评表.docx")
    tables, issues = read_tables(path, RULES)
    assert issues == ()
    assert [plain(t) for t in tables] == [plain(f) for f in forms]
    assert [t.has_direction for t in tables] == [False, True, True]
    assert tables[0].indicators[0].score.ref.sheet == "表格2"
    assert [i.code for i in check_table(tables[0], RULES)] == []
    assert [i.code for i in check_table(tables[1], RULES)] == ["绩效-11", "绩效-09", "绩效-09", "绩效-13"]
    assert [i.code for i in check_table(tables[2], RULES)] == ["绩效-08", "绩效-07", "绩效-13"]


def test_a_table_split_at_a_page_end_is_put_together(tmp_path):
    form = sample_tables()[1]
    document = docx.Document()
    add_form(document, form, split=15)
    assert len(document.tables) == 2
    tables, issues = read_tables(save(document, tmp_path / "x.docx"), RULES)
    assert issues == ()
    assert plain(tables[0]) == plain(form)


def test_a_table_whose_end_is_missing_takes_nothing_of_those_below(tmp_path):
    document, form = docx.Document(), sample_tables()[1]
    add_form(document, form)
    for cell in document.tables[0].rows[-1].cells:  # 总分
        cell.text = ""
    document.add_paragraph("收入支出决算总表")
    other = document.add_table(2, 12)
    for row in other.rows:
        for cell in row.cells:
            cell.text = "教育支出"
    tables, _ = read_tables(save(document, tmp_path / "x.docx"), RULES)
    assert [len(table.indicators) for table in tables] == [len(form.indicators)]


def test_a_word_file_without_such_tables_is_said(tmp_path):
    document = docx.Document()
    document.add_table(3, 3)
    with pytest.raises(InputError, match="没有认出项目支出绩效自评表"):
        read_tables(save(document, tmp_path / "x.docx"), RULES)


def test_text_where_a_score_belongs_names_table_and_cell(tmp_path):
    form = sample_tables()[0]
    first = replace(form.indicators[0], score=Entry("满分"))
    document = docx.Document()
    add_form(document, replace(form, indicators=(first, *form.indicators[1:])))
    tables, issues = read_tables(save(document, tmp_path / "x.docx"), RULES)
    assert [i.code for i in issues] == ["绩效-00"]
    assert "表格1" in issues[0].message
    assert "满分" in issues[0].message
    assert tables[0].indicators[0].score.value is None
    assert tables[0].fund().actual.value == Decimal("19.35")
