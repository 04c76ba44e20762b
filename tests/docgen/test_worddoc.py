"""Reading Word files that people have: what a reader sees, and where it stands."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from docgen.docx.reading import Document, read_document
from docgen.job.inputs import load_inputs
from docgen.model import Block, ChartBlock, Paragraph, TableBlock
from docgen.report.assembly import build_report, write_word
from tests.docgen.worddoc_files import (
    NAMES,
    NUMBERING,
    STYLES,
    W,
    control,
    document,
    field,
    package,
    paragraph,
    run,
    style,
    word_file,
)
from workbook.errors import InputError
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, tuple[Block, ...]]:
    """The sample unit's report, read from the file, and its blocks."""
    context = load_inputs(SAMPLE)
    report = build_report(context)
    path = tmp_path_factory.mktemp("sample") / "报告.docx"
    write_word(report, context, path, linked=True)
    return read_document(path), report.blocks


def seen(folder: Path, *content: str) -> list[str]:
    """The texts of a paragraph with *content* and of what it holds."""
    return [p.text for p in document(folder, paragraph(*content)).paragraphs]


TEXT_BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></w:drawing>'
    "</mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(("content", "text"), [
    (("甲", "乙 丙"), "甲乙 丙"),
    (("甲", control(run("控件")), "乙"), "甲控件乙"),
    (("见", f'<w:hyperlink r:id="rId9">{run("链接")}</w:hyperlink>'), "见链接"),
    (("第", field("PAGE", "7"), "页"), "第7页"),
    (("第", '<w:fldSimple w:instr=" PAGE ">' + run("8") + "</w:fldSimple>", "页"), "第8页"),
    (("甲", f'<w:ins w:id="1" w:author="a">{run("插入")}</w:ins>', '<w:del w:id="2"><w:r><w:delText>删除</w:delText></w:r></w:del>'), "甲插入"),
    ((f'<w:moveFrom w:id="1">{run("移走")}</w:moveFrom>', f'<w:moveTo w:id="2">{run("移来")}</w:moveTo>'), "移来"),
    ((run("看不见", "<w:vanish/>"), run("看得见", '<w:vanish w:val="0"/>')), "看得见"),
    ((run("藏", '<w:rStyle w:val="h"/>'), run("露", '<w:rStyle w:val="h"/><w:vanish w:val="false"/>')), "露"),
    (("<w:r><w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t><w:cr/><w:noBreakHyphen/></w:r>",), "一\t二\n三\n-"),
    (('<w:r><w:br w:type="page"/><w:t>新页</w:t><w:softHyphen/></w:r>',), "新页"),
    (("<w:r><w:ruby><w:rt><w:r><w:t>yin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>音</w:t></w:r></w:rubyBase></w:ruby></w:r>",), "音"),
    (("<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>",), "a+b"),
    (('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="宋体" w:char="221A"/></w:r>',), "√"),
    (('<w:commentRangeStart w:id="0"/>', "甲", '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>', "<!-- 注 -->"), "甲"),
    (('<w:proofErr w:type="spellStart"/>', f'<w:smartTag w:element="x">{run("标")}</w:smartTag>', '<w:bookmarkStart w:id="1" w:name="b"/>'), "标"),
])
def test_the_text_is_what_a_reader_sees(tmp_path, content, text):
    assert seen(tmp_path, *content) == [text]


def test_the_code_of_a_field_is_not_seen_even_when_it_holds_results(tmp_path):
    inner = field("PAGE", "3")
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    outer = f"{begin}<w:r><w:instrText> IF </w:instrText></w:r>{inner}{run('> 1')}{separate}{run('是')}{end}"
    assert seen(tmp_path, "结果", outer, "。") == ["结果是。"]


@pytest.mark.parametrize("part", ["word/media/image1.png", "word/charts/chart1.xml"])
def test_a_damaged_part_is_named_though_nobody_reads_it(tmp_path, part):
    path = tmp_path / "报告.docx"
    docx.Document().save(str(path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(part, "内容" * 100)
    path.write_bytes(path.read_bytes().replace("内容".encode() * 100, b"x" + "内容".encode() * 99 + b"xxxxx"))
    with pytest.raises(InputError, match=f"报告.docx：文件不完整或已损坏（部件“{part}”）"):
        read_document(path)


def test_a_field_may_run_over_paragraphs_and_a_damaged_one_hides_nothing(tmp_path):
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    body = (
        paragraph(begin, "<w:r><w:instrText> TOC </w:instrText></w:r>", separate, "第一章") + paragraph("第二章", end)
        + paragraph(end, begin, "没有结束的域") + paragraph("后文"))  # fmt: skip
    assert [p.text for p in document(tmp_path, body).paragraphs] == ["第一章", "第二章", "没有结束的域", "后文"]


def test_a_text_box_is_read_once_after_the_paragraph_it_hangs_on(tmp_path):
    body = paragraph("前", TEXT_BOX.format(paragraph("框一") + paragraph("框二")), "后") + paragraph("下段")
    assert [p.text for p in document(tmp_path, body).paragraphs] == ["前后", "框一", "框二", "下段"]


def test_headings_are_known_by_style_its_base_or_the_paragraph_itself(tmp_path):
    body = "".join((
        paragraph("一", properties=style("1")), paragraph("二", properties=style("x")), paragraph("三", properties=style("y")),
        paragraph("四", properties='<w:outlineLvl w:val="2"/>'), paragraph("五", properties=style("1") + '<w:outlineLvl w:val="9"/>'),
        paragraph("六", properties=style("z")), paragraph("七"),
    ))
    found = document(tmp_path, body).paragraphs
    assert [(p.level, p.style) for p in found] == [
        (1, "heading 1"), (1, "我的标题"), (2, "二级"), (3, "正文"), (0, "heading 1"), (2, "一级标题"), (0, "正文")]


def test_a_changed_style_counts_as_it_is_now(tmp_path):
    change = '<w:pPrChange w:id="1" w:author="a"><w:pPr><w:pStyle w:val="1"/></w:pPr></w:pPrChange>'
    found = document(tmp_path, paragraph("甲", properties=change) + paragraph("乙", properties=style("y") + change)).paragraphs
    assert [(p.level, p.style) for p in found] == [(0, "正文"), (2, "二级")]


def test_automatic_numbers_are_told_apart_from_the_text(tmp_path):
    second = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    gone = '<w:rPr><w:del w:id="5"/></w:rPr>'
    body = "".join((
        paragraph("收入", properties=style("n")), paragraph("甲", properties=second), paragraph(properties=style("n") + gone),
        paragraph("乙", properties=second), paragraph("支出", properties=style("n")),
        paragraph("无号", properties=style("n") + '<w:numPr><w:numId w:val="0"/></w:numPr>'),
    ))
    found = document(tmp_path, body).paragraphs
    assert [(p.numbering, p.text) for p in found] == [
        ("一、", "收入"), ("（一）", "甲"), ("", ""), ("（二）", "乙"), ("二、", "支出"), ("", "无号")]


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def test_cells_have_table_row_and_column(tmp_path):
    nested = f"<w:tbl>{row(cell(paragraph('内')))}</w:tbl>"
    before = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    table = "<w:tbl><w:tblPr/><w:tblGrid/>" + "".join((
        row(cell(paragraph("a"), '<w:gridSpan w:val="2"/>'), cell(paragraph("b") + paragraph("b2"), '<w:vMerge w:val="restart"/>')),
        row(cell(paragraph("c")), f"<w:sdt><w:sdtContent>{cell(nested + paragraph('d'))}</w:sdtContent></w:sdt>",
            cell(paragraph("藏在合并格里"), "<w:vMerge/>")),
        f'<w:ins w:id="1">{row(cell(paragraph("e")), properties=before)}</w:ins>',
    )) + "</w:tbl>"
    found = document(tmp_path, paragraph("前") + table + paragraph("间") + f"<w:sdt><w:sdtContent>{table}</w:sdtContent></w:sdt>").paragraphs
    first = [(p.text, p.table, p.row, p.column) for p in found]
    assert first[:10] == [
        ("前", 0, 0, 0), ("a", 1, 1, 1), ("b", 1, 1, 3), ("b2", 1, 1, 3), ("c", 1, 2, 1), ("内", 2, 1, 1), ("d", 1, 2, 2), ("", 1, 2, 3),
        ("e", 1, 3, 2), ("间", 0, 0, 0)]
    assert {p.table for p in found[10:]} == {3, 4}
    assert [p.number for p in found] == list(range(1, len(found) + 1))


def test_every_character_is_traced_to_the_run_that_holds_it(tmp_path):
    read = document(tmp_path, paragraph("总计 ", control(run("550.07")), "<w:r><w:tab/><w:t>万元</w:t></w:r>", run("藏", "<w:vanish/>"), field("X", "果")))
    text = read.paragraphs[0].text
    assert text == "总计 550.07\t万元果"
    pieces = read.pieces(read.elements[0])
    assert [(text[p.start : p.end], p.element.tag.removeprefix(f"{{{W}}}"), p.run.tag.removeprefix(f"{{{W}}}")) for p in pieces] == [
        ("总计 ", "t", "r"), ("550.07", "t", "r"), ("\t", "tab", "r"), ("万元", "t", "r"), ("果", "t", "r")]
    assert [p.end for p in pieces[:-1]] == [p.start for p in pieces[1:]]


def test_the_pieces_of_the_sample_report_are_its_text(sample):
    sample_report = sample[0]
    for read in sample_report.paragraphs:
        if not read.table or read.text:
            assert "".join(sample_report_text(sample_report, read.number)) == read.text


def sample_report_text(read: Document, number: int) -> list[str]:
    marks = {"tab": "\t", "br": "\n"}
    return [p.element.text or marks[p.element.tag.rpartition("}")[2]] for p in read.pieces(read.elements[number - 1])]


def test_the_sample_report_is_read_as_it_was_written(sample):
    sample_report, sample_blocks = sample
    wanted = []
    for block in sample_blocks:
        if isinstance(block, Paragraph) and block.text:
            wanted.append(block.text)
        elif isinstance(block, TableBlock):
            wanted += [cell.text for row in block.rows for cell in row if cell.text]
        elif isinstance(block, ChartBlock):
            wanted.append(block.title)
    found = [
        p.text.replace("\u00a0", " ") for p in sample_report.paragraphs
        if p.text and p.style not in ("目录1", "目录2") and not p.text.endswith("（续）")]  # labels stated again where a page begins
    assert found == [text.replace("\u00a0", " ") for text in wanted]
    parts = [(p.level, p.style) for p in sample_report.paragraphs if p.text.startswith("第二部分") and p.level]
    assert parts == [(1, "部分标题")]


# ---------------------------------------------------------------- files that cannot be read


def zipped(parts: dict[str, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


MAIN = "<w:document {}>{}<w:body>{}</w:body></w:document>"


@pytest.mark.parametrize(("content", "words"), [
    (b"", "不是 Word 文档"), (b"plain text", "不是 Word 文档"), (package(paragraph("甲"))[:700], "损坏"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Word"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"),
    (zipped({"xl/workbook.xml": "<workbook/>"}), "不是 Word 文档"),
    (package("").replace(b"word/document.xml", b"word/documens.xml"), "不是 Word 文档"),
    (zipped({"word/document.xml": "<html/>"}), "不是 Word 文档"),
    (zipped({"word/document.xml": f"<w:document {NAMES}/>"}), "没有正文"),
    (zipped({"word/document.xml": f"<w:document {NAMES}><w:body><w:p>"}), "损坏"),
    (zipped({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]>' + MAIN.format(NAMES, "", "")}), "DOCTYPE"),
    (zipped({"word/document.xml": " " * 3000 + '<!DOCTYPE a [<!ENTITY b "c">]>' + MAIN.format(NAMES, "", "")}), "DOCTYPE"),
    (zipped({"word/document.xml": ('<!DOCTYPE a [<!ENTITY b "c">]>' + MAIN.format(NAMES, "", "")).encode("utf-16")}), "DOCTYPE"),
    (zipped({"word/document.xml": "<a>" * 5000}), "损坏"),
])
def test_what_is_no_word_file_is_one_clear_sentence(tmp_path, content, words):
    path = tmp_path / "报告.docx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_document(path)
    assert str(caught.value).startswith("报告.docx：")
    assert "\n" not in str(caught.value)


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path):
    path = tmp_path / "报告.docx"
    path.write_bytes(zipped({"word/document.xml": b" " * (101 * 2**20)}))
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError, match="过大"):
        read_document(path)


def test_a_file_without_permission_is_named(tmp_path, monkeypatch):
    path = word_file(tmp_path, paragraph("甲"))

    def locked(*_: object) -> bytes:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(InputError, match="请关闭打开它的程序"):
        read_document(path)


def test_the_main_part_is_found_by_the_package_not_by_its_name(tmp_path):
    content = package(paragraph("甲"), more={"word/document2.xml": MAIN.format(NAMES, "", paragraph("真正的正文"))})
    path = tmp_path / "报告.docx"
    path.write_bytes(content)
    assert [p.text for p in read_document(path).paragraphs] == ["甲"]
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id=\'a\' '
        "Target='/word/document2.xml' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'/></Relationships>")
    path.write_bytes(package(paragraph("甲"), more={"word/document2.xml": MAIN.format(NAMES, "", paragraph("真正的正文")), "_rels/.rels": relations}))
    assert [p.text for p in read_document(path).paragraphs] == ["真正的正文"]


def test_numbers_that_are_none_do_not_matter(tmp_path):
    """``²`` is a digit to Python and no number; a style may be based on itself; a chain of styles may have no end."""
    chain = "".join(f'<w:style w:styleId="s{n}"><w:name w:val="s{n}"/><w:basedOn w:val="s{n + 1}"/></w:style>' for n in range(3000))
    odd = '<w:style w:styleId="o"><w:name w:val="o"/><w:basedOn w:val="o"/><w:pPr><w:numPr><w:ilvl w:val="²"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="²"/></w:pPr></w:style>'
    numbering = NUMBERING.replace('w:start w:val="1"', 'w:start w:val="²"').replace('w:ilvl="1"', 'w:ilvl="²"')
    body = paragraph("甲", properties=style("o")) + paragraph("乙", properties=style("s0")) + (
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="²"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="²"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>')
    path = tmp_path / "报告.docx"
    parts = {"word/styles.xml": f"<w:styles {NAMES}>{STYLES}{chain}{odd}</w:styles>", "word/numbering.xml": f"<w:numbering {NAMES}>{numbering}</w:numbering>"}
    path.write_bytes(package(body, more=parts))
    assert [(p.text, p.level, p.column) for p in read_document(path).paragraphs] == [("甲", 0, 0), ("乙", 0, 0), ("", 0, 1)]


def test_the_strict_form_of_the_format_is_read(tmp_path):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = MAIN.format(NAMES, "", paragraph("一", properties=style("1"))).replace(W, strict)
    path = tmp_path / "报告.docx"
    path.write_bytes(package("", more={"word/document.xml": body, "word/styles.xml": f"<w:styles {NAMES}>{STYLES}</w:styles>".replace(W, strict)}))
    assert [(p.text, p.level) for p in read_document(path).paragraphs] == [("一", 1)]
