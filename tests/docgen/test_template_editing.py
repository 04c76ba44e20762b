"""Templates as Word and WPS leave them after people edited them."""

from __future__ import annotations

import pytest

from docgen.template import InlineXml, TemplateError, load_template, render
from docgen.writing import report_bytes
from tests.docgen.ooxml_rules import problems
from tests.docgen.word_files import META, Node, W, paragraphs_of, part, template_with_body, texts
from workbook.formats.package import Package


def run(text, properties=""):
    return f'<w:r w:rsidR="00AB12CD">{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def render_body(folder, body, **names):
    template = load_template(template_with_body(folder, body))
    return template, render(template, names)


BOLD, RED, HINT = "<w:b/>", '<w:color w:val="FF0000"/>', '<w:rFonts w:hint="eastAsia"/><w:lang w:val="en-US"/>'


@pytest.mark.parametrize(
    "runs",
    [
        (("{", ""), ("{收支", HINT), (".总", ""), ("计}}", "")),
        (("{{收支.", BOLD), ("总计", ""), ("}}", RED)),
        (("{{ 收支", ""), ("．总计 }}", "")),
        (("{{收支。总计}}", ""),),
        (("{{收支.总计", ""), ("}", ""), ("}", "")),
    ],
)
def test_a_placeholder_cut_into_pieces_is_found(tmp_path, runs):
    body = "<w:p>" + run("合计") + "".join(run(*piece) for piece in runs) + run("万元") + "</w:p>"
    _, (block,) = render_body(tmp_path, body, 收支={"总计": Node("总计", "1.00")})
    assert block.text == "合计1.00万元"


def test_marks_inside_a_placeholder_do_not_hide_it(tmp_path):
    body = (
        f'<w:p>{run("{{甲")}<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="1" w:name="_GoBack"/>'
        f'<w:bookmarkEnd w:id="1"/><w:bookmarkStart w:id="2" w:name="书签"/>{run("}}")}<w:bookmarkEnd w:id="2"/></w:p>'
    )
    template, (block,) = render_body(tmp_path, body, 甲="乙")
    assert block.text == "乙"
    content = report_bytes((block,), template, linked=True, meta=META)
    assert problems(content) == []
    assert [item.get(f"{W}name") for item in part(content, "word/document.xml").iter(f"{W}bookmarkStart")] == ["书签"]


def test_quotes_that_word_corrected_are_understood(tmp_path):
    body = f"<w:p>{run('{% if 甲 == “乙” %}对{% endif %}{{“三公”}}')}</w:p>"
    assert paragraphs_of(render_body(tmp_path, body, 甲="乙")[1]) == ["对三公"]


def test_tracked_changes_count_as_accepted(tmp_path):
    body = (
        f'<w:p>{run("甲")}<w:ins w:id="1" w:author="张三">{run("{{新}}")}</w:ins>'
        f'<w:del w:id="2" w:author="张三"><w:r><w:delText>{{{{旧}}}}</w:delText></w:r></w:del></w:p>'
    )
    template, blocks = render_body(tmp_path, body, 新="乙")
    assert paragraphs_of(blocks) == ["甲乙"]
    content = report_bytes(blocks, template, linked=True, meta=META)
    assert b"author" not in content
    assert texts(content) == ["甲乙"]


def test_formatting_is_kept_where_it_was(tmp_path):
    body = f"<w:p>{run('其中：', BOLD)}{run('收入')}{run('{{甲}}', RED)}{run('万元')}</w:p>"
    template, blocks = render_body(tmp_path, body, 甲=Node("甲", "1.00"))
    assert [span.bold for span in blocks[0].spans if hasattr(span, "bold")] == [True, False, False]
    document = part(report_bytes(blocks, template, linked=False, meta=META), "word/document.xml")
    runs = [
        (item.findtext(f"{W}t"), [child.tag for child in item.findall(f"{W}rPr/*")]) for item in document.iter(f"{W}r")
    ]
    assert runs == [("其中：", [f"{W}b"]), ("收入", []), ("1.00", [f"{W}color"]), ("万元", [])]


def test_formatting_in_a_loop_is_the_same_each_time(tmp_path):
    body = f"<w:p>{run('{% for x in 项 %}', BOLD)}{run('{{x}}', BOLD)}{run('、')}{run('{% endfor %}')}</w:p>"
    _, (block,) = render_body(tmp_path, body, 项=["甲", "乙"])
    assert [(span.text, span.bold) for span in block.spans] == [
        ("甲", True),
        ("、", False),
        ("乙", True),
        ("、", False),
    ]


def test_fields_in_a_paragraph_with_placeholders_survive(tmp_path):
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    template, (block,) = render_body(tmp_path, f"<w:p>{run('{{甲}}')}{field}{run('后')}</w:p>", 甲="乙")
    assert sum(isinstance(span, InlineXml) for span in block.spans) == 3
    document = part(report_bytes((block,), template, linked=True, meta=META), "word/document.xml")
    assert document.findtext(f".//{W}instrText") == " DATE "


def test_a_paragraph_without_placeholders_is_copied_with_everything(tmp_path):
    body = f'<w:p><w:pPr><w:ind w:left="100"/></w:pPr><w:hyperlink w:anchor="书签">{run("见书签", RED)}</w:hyperlink><w:bookmarkStart w:id="3" w:name="书签"/><w:bookmarkEnd w:id="3"/></w:p>'
    template, blocks = render_body(tmp_path, body)
    content = report_bytes(blocks, template, linked=True, meta=META)
    assert problems(content) == []
    document = part(content, "word/document.xml")
    assert document.find(f".//{W}hyperlink//{W}color") is not None
    assert "rsid" not in content.decode("latin-1")


def test_copied_twice_a_bookmark_stays_unique(tmp_path):
    body = f'<w:p>{run("{% for x in 项 %}")}</w:p><w:p><w:bookmarkStart w:id="3" w:name="甲"/>{run("同")}<w:bookmarkEnd w:id="3"/></w:p><w:p>{run("{% endfor %}")}</w:p>'
    template, blocks = render_body(tmp_path, body, 项=[1, 2])
    assert problems(report_bytes(blocks, template, linked=True, meta=META)) == []


def test_a_statement_that_ends_a_section_leaves_the_section(tmp_path):
    section = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    body = f"<w:p><w:pPr>{section}</w:pPr>{run('{% if 无 %}{% endif %}')}</w:p><w:p>{run('后')}</w:p>"
    template, blocks = render_body(tmp_path, body, 无=0)
    document = part(report_bytes(blocks, template, linked=True, meta=META), "word/document.xml")
    assert len(list(document.iter(f"{W}sectPr"))) == 2


def test_placeholders_in_a_block_control_are_found(tmp_path):
    body = f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('{{甲}}')}</w:p></w:sdtContent></w:sdt>"
    assert paragraphs_of(render_body(tmp_path, body, 甲="乙")[1]) == ["乙"]


def test_a_placeholder_in_a_text_box_is_named(tmp_path):
    box = f"<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent><w:p>{run('{{甲}}')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    with pytest.raises(TemplateError, match=r"\{\{甲\}\}.*文本框"):
        load_template(template_with_body(tmp_path, f"<w:p>{box}</w:p>"))


def test_a_contents_of_several_paragraphs_is_written_anew(tmp_path):
    begin = '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-1" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    entry = f'{run("{{旧标题}} 1")}</w:p><w:p>{run("第二行")}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    heading = '<w:p><w:pPr><w:pStyle w:val="JsPartTitle"/></w:pPr><w:r><w:t>第一部分{{甲}}</w:t></w:r></w:p>'
    template, blocks = render_body(tmp_path, begin + entry + heading, 甲="概况")
    content = report_bytes(blocks, template, linked=True, meta=META)
    assert problems(content) == []
    assert texts(content) == ["第一部分概况\t2", "第一部分概况"]


def test_a_placeholder_in_a_footer_is_named(tmp_path):
    path = template_with_body(tmp_path, f"<w:p>{run('甲')}</w:p>")
    package = Package(path.read_bytes())
    footer = package.read("word/footer1.xml").decode().replace("— </w:t>", "{{单位}} </w:t>")
    package.write("word/footer1.xml", footer.encode())
    path.write_bytes(package.to_bytes())
    with pytest.raises(TemplateError, match=r"\{\{单位\}\}.*页脚"):
        load_template(path)
