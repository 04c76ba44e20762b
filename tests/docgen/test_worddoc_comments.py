"""Comments in Word files: exactly the words meant are marked, nothing else changes."""

import datetime as dt
import random
from pathlib import Path

import docx
import pytest
from lxml import etree

from docgen.docx.comments import Comment, write_commented
from docgen.docx.reading import read_document
from docgen.job.inputs import load_inputs
from docgen.report.assembly import build_report, write_word
from tests.docgen.ooxml_rules import problems
from tests.docgen.word_files import to_pdf
from tests.docgen.worddoc_files import (
    NAMES,
    OFFICE,
    STYLES,
    control,
    document,
    field,
    paragraph,
    parts_of,
    raw_members,
    run,
    word_file,
)
from workbook.errors import InputError
from workbook.pack.loading import TEMPLATES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"


def covered(path: Path) -> dict[str, str]:
    """For every comment of the file the text between its marks, by an independent walk over the XML."""
    root = etree.fromstring(parts_of(path)["word/document.xml"])
    open_now: dict[str, str] = {}
    done: dict[str, str] = {}
    for element in root.iter():
        if element.tag == f"{W}commentRangeStart":
            open_now[element.get(f"{W}id")] = ""
        elif element.tag == f"{W}commentRangeEnd":
            done[element.get(f"{W}id")] = open_now.pop(element.get(f"{W}id"))
        elif element.tag in (f"{W}t", f"{W}tab", f"{W}br"):
            for key in open_now:
                open_now[key] += element.text or {"tab": "\t", "br": "\n"}.get(element.tag.removeprefix(W), "")
    assert not open_now
    references = [e.get(f"{W}id") for e in root.iter(f"{W}commentReference")]
    assert sorted(references) == sorted(done)
    return done


def said(path: Path) -> dict[str, list[str]]:
    """The comments of the file, paragraph by paragraph."""
    root = etree.fromstring(parts_of(path)["word/comments.xml"])
    return {c.get(f"{W}id"): ["".join(p.itertext()) for p in c.iter(f"{W}p")] for c in root}


def commented(folder: Path, body: str, *comments: Comment) -> Path:
    read = document(folder, body)
    out = folder / "批注.docx"
    write_commented(read, out, comments)
    assert [p.text for p in read_document(out).paragraphs] == [p.text for p in read.paragraphs]
    assert problems(out.read_bytes()) == []
    return out


LINK = '<w:hyperlink w:anchor="b"><w:r><w:t>链接文字</w:t></w:r></w:hyperlink>'
TEXT_WITH = {
    "plain": paragraph("收入总计 550.07 万元。"),
    "runs": paragraph("收入", run("总计 ", "<w:b/>"), run("550.0"), run("7 万元。", "<w:i/>")),
    "control": paragraph("收入总计 ", control(run("550.07", "<w:b/>")), " 万元。"),
    "control around": paragraph("收入", control(run("总计 550.07") + run(" 万元")), "。"),
    "field": paragraph("收入总计 ", field(" REF x ", "550.07"), " 万元。"),
    "simple field": paragraph("收入总计 ", f'<w:fldSimple w:instr="X">{run("550.07")}</w:fldSimple>', " 万元。"),
    "insertion": paragraph("收入总计 ", f'<w:ins w:id="7" w:author="a">{run("550.07 万")}</w:ins>', '<w:del w:id="8" w:author="a"><w:r><w:delText>9</w:delText></w:r></w:del>', "元。"),
    "one run of many things": paragraph('<w:r><w:rPr><w:b/></w:rPr><w:t>收入</w:t><w:lastRenderedPageBreak/><w:t>总计</w:t><w:t xml:space="preserve"> 550.07</w:t><w:t xml:space="preserve"> 万元。</w:t></w:r>'),
}


@pytest.mark.parametrize("kind", TEXT_WITH)
@pytest.mark.parametrize("words", ["550.07", "收入总计 550.07 万元。", "总计 5", ".07 万", "收", "。", "计 550.07 "])
def test_exactly_the_words_are_marked(tmp_path, kind, words):
    start = "收入总计 550.07 万元。".index(words)
    out = commented(tmp_path, TEXT_WITH[kind], Comment(1, start, start + len(words), "看这里"))
    assert covered(out) == {"0": words}


def test_a_break_and_a_tab_can_be_the_edge(tmp_path):
    body = paragraph("<w:r><w:t>甲</w:t><w:br/><w:t>乙丙</w:t><w:tab/><w:t>丁</w:t></w:r>")
    out = commented(tmp_path, body, Comment(1, 1, 3, "一"), Comment(1, 2, 5, "二"))
    assert covered(out) == {"0": "\n乙", "1": "乙丙\t"}


def test_parts_of_a_link_and_of_a_control_are_marked_inside_it_and_all_of_it_from_outside(tmp_path):
    body = paragraph('<w:bookmarkStart w:id="0" w:name="b"/><w:bookmarkEnd w:id="0"/>', "见", LINK, control(run("123.45")))
    out = commented(tmp_path, body, Comment(1, 1, 5, "全"), Comment(1, 2, 3, "部分"), Comment(1, 5, 11, "数"), Comment(1, 6, 9, "小"))
    assert covered(out) == {"0": "链接文字", "1": "接", "2": "123.45", "3": "23."}
    root = etree.fromstring(parts_of(out)["word/document.xml"])
    holders = {e.get(f"{W}id"): e.getparent().tag.removeprefix(W) for e in root.iter(f"{W}commentRangeStart")}
    assert holders == {"0": "p", "1": "hyperlink", "2": "p", "3": "sdtContent"}


def test_the_formatting_of_split_runs_stays(tmp_path):
    out = commented(tmp_path, paragraph(run("甲乙丙丁", '<w:b/><w:sz w:val="32"/>')), Comment(1, 1, 3, "看"))
    root = etree.fromstring(parts_of(out)["word/document.xml"])
    looks = [(e.findtext(f"{W}t"), etree.tostring(e.find(f"{W}rPr")).count(b"w:sz")) for e in root.iter(f"{W}r") if e.find(f"{W}t") is not None]
    assert looks == [("甲", 1), ("乙丙", 1), ("丁", 1)]


def test_formulas_ruby_and_text_boxes_are_marked_as_a_whole(tmp_path):
    ruby = "<w:r><w:ruby><w:rubyBase><w:r><w:t>拼音</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    box = ("<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" + paragraph("框里的字") + "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>")
    read = document(tmp_path, paragraph("前", ruby, "<m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath>") + paragraph("带框", box))
    assert [p.text for p in read.paragraphs] == ["前拼音x+y", "带框", "框里的字"]
    out = tmp_path / "批注.docx"
    write_commented(read, out, [Comment(1, 2, 3, "音"), Comment(1, 4, 5, "式"), Comment(3, 0, 2, "框")])
    root = etree.fromstring(parts_of(out)["word/document.xml"])
    marks = {e.get(f"{W}id"): e for e in root.iter(f"{W}commentRangeStart")}
    assert {key: e.getparent().tag for key, e in marks.items()} == {str(n): f"{W}p" for n in range(3)}
    assert [e.getnext().tag.rpartition("}")[2] for e in (marks["0"], marks["1"])] == ["r", "oMath"]
    assert "".join(marks["2"].getparent().itertext()).startswith("带框")


def test_a_paragraph_an_empty_one_and_the_document_as_a_whole(tmp_path):
    body = paragraph("标题") + paragraph("第一段", properties='<w:jc w:val="center"/>') + paragraph()
    out = commented(tmp_path, body, Comment(2, 0, 0, "段"), Comment(3, 0, 0, "空段"), Comment(None, 0, 0, "全文"), Comment(2, 9, 99, "超出"))
    assert covered(out) == {"0": "第一段", "1": "", "2": "标题", "3": "第一段"}


def test_lines_become_paragraphs_and_any_text_survives(tmp_path):
    out = commented(tmp_path, paragraph("甲"), Comment(1, 0, 1, '第一行\n第二行 <b> & "引"\x07\n', author="局财务科 <王>", initials="王&"))
    assert said(out) == {"0": ["第一行", '第二行 <b> & "引"\ufffd']}
    comment = next(iter(docx.Document(str(out)).comments))
    assert (comment.author, comment.initials) == ("局财务科 <王>", "王&")


def test_overlapping_and_nested_comments(tmp_path):
    text = "一二三四五六七八九十"
    rng = random.Random(5)
    spans = [tuple(sorted(rng.sample(range(11), 2))) for _ in range(40)]
    body = paragraph("一二", control(run("三四五")), run("六", "<w:b/>"), run("七八九十"))
    out = commented(tmp_path, body, *(Comment(1, a, b, f"{a}-{b}") for a, b in spans))
    assert list(covered(out).values()) != []
    assert {int(key): value for key, value in covered(out).items()} == {n: text[a:b] for n, (a, b) in enumerate(spans)}


def test_what_is_there_stays_byte_for_byte(tmp_path):
    body = paragraph('<w:commentRangeStart w:id="4"/>', "旧批注", '<w:commentRangeEnd w:id="4"/><w:r><w:commentReference w:id="4"/></w:r>') + paragraph("新")
    old = f'<w:comments {NAMES}><w:comment w:id="4" w:author="老王" w:initials="王"><w:p><w:r><w:t>旧话</w:t></w:r></w:p></w:comment></w:comments>'
    source = word_file(
        tmp_path, body, more={"word/comments.xml": old, "word/media/image1.png": b"\x89PNG" * 50},
        types=f'<Override PartName="/word/comments.xml" ContentType="{COMMENTS_TYPE}"/><Default Extension="png" ContentType="image/png"/>',
        relations=f'<Relationship Id="rId8" Type="{OFFICE}/comments" Target="comments.xml"/><Relationship Id="rId9" Type="{OFFICE}/image" Target="media/image1.png"/>')  # fmt: skip
    before = source.read_bytes()
    out = tmp_path / "批注.docx"
    write_commented(read_document(source), out, [Comment(2, 0, 1, "新话")])
    assert source.read_bytes() == before
    kept, now = raw_members(source), raw_members(out)
    assert list(kept) == list(now)
    assert {name for name in kept if kept[name] != now[name]} == {"word/document.xml", "word/comments.xml"}
    assert said(out) == {"4": ["旧话"], "5": ["新话"]}
    assert covered(out) == {"4": "旧批注", "5": "新"}


def test_a_new_part_is_declared_and_nothing_else_changes(tmp_path):
    source = word_file(tmp_path, paragraph("甲"))
    out = tmp_path / "批注.docx"
    write_commented(read_document(source), out, [Comment(1, 0, 1, "一")], when=dt.datetime(2025, 8, 20, 9, 30, tzinfo=dt.UTC))
    kept, now = raw_members(source), raw_members(out)
    changed = {name for name in now if kept.get(name) != now[name]}
    assert changed == {"word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"}
    assert b'w:date="2025-08-20T09:30:00Z"' in parts_of(out)["word/comments.xml"]


def test_comments_have_the_styles_that_the_file_has_for_them(tmp_path):
    styles = (
        f'{STYLES}<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="annotation text"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="character" w:styleId="a4"><w:name w:val="annotation reference"/></w:style>')
    source = word_file(tmp_path, paragraph("甲"), more={"word/styles.xml": f"<w:styles {NAMES}>{styles}</w:styles>"})
    out = tmp_path / "批注.docx"
    write_commented(read_document(source), out, [Comment(1, 0, 1, "一\n二")])
    comment = next(iter(docx.Document(str(out)).comments))
    assert [p.style.style_id for p in comment.paragraphs] == ["a3", "a3"]
    assert comment.paragraphs[0].runs[0]._r.style == "a4"
    assert problems(out.read_bytes()) == []


def test_without_such_styles_comments_do_not_look_like_the_body_text(tmp_path):
    out = commented(tmp_path, paragraph("甲"), Comment(1, 0, 1, "一\n二"), Comment(1, 0, 0, "三"))
    for comment in docx.Document(str(out)).comments:
        for line in comment.paragraphs:
            form = line.paragraph_format
            assert (form.line_spacing, form.first_line_indent, line.runs[-1].font.size.pt) == (1.0, 0, 10.5)
            assert line._p.pPr.ind.get(f"{W}firstLineChars") == "0"


def test_a_file_in_the_strict_form_stays_in_it(tmp_path):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    content = f"<w:document {NAMES}><w:body>{paragraph('甲乙丙')}</w:body></w:document>".replace(W[1:-1], strict)
    source, out = word_file(tmp_path, "", more={"word/document.xml": content}), tmp_path / "批注.docx"
    write_commented(read_document(source), out, [Comment(1, 1, 2, "看")])
    parts = parts_of(out)
    assert [p.text for p in read_document(out).paragraphs] == ["甲乙丙"]
    for name in ("word/document.xml", "word/comments.xml"):
        assert strict.encode() in parts[name]
        assert W[1:-1].encode() not in parts[name]
    assert b"http://purl.oclc.org/ooxml/officeDocument/relationships/comments" in parts["word/_rels/document.xml.rels"]


def test_the_file_that_was_read_is_not_written_over(tmp_path):
    source = word_file(tmp_path, paragraph("甲"))
    before = source.read_bytes()
    (tmp_path / "链接.docx").symlink_to(source)
    for out in (source, tmp_path / "子" / ".." / "报告.docx", tmp_path / "链接.docx"):
        with pytest.raises(InputError, match="不能写在它上面"):
            write_commented(read_document(source), out, [Comment(1, 0, 1, "一")])
    assert source.read_bytes() == before


def test_without_comments_the_file_is_the_same(tmp_path):
    source = word_file(tmp_path, paragraph("甲"))
    write_commented(read_document(source), tmp_path / "同.docx", [])
    assert (tmp_path / "同.docx").read_bytes() == source.read_bytes()
    with pytest.raises(ValueError, match="no paragraph 7"):
        write_commented(read_document(source), tmp_path / "无.docx", [Comment(7, 0, 0, "x")])


def test_a_damaged_package_is_one_sentence(tmp_path):
    source = word_file(tmp_path, paragraph("甲"), more={"word/comments.xml": "<w:comments"},
                       relations=f'<Relationship Id="rId8" Type="{OFFICE}/comments" Target="comments.xml"/>')  # fmt: skip
    with pytest.raises(InputError, match=r"comments.xml”已损坏.*另存为 .docx"):
        write_commented(read_document(source), tmp_path / "批注.docx", [Comment(1, 0, 1, "一")])
    assert not (tmp_path / "批注.docx").exists()


@pytest.mark.parametrize(("name", "content"), [
    ("word/_rels/document.xml.rels", "<Unrelated/>"), ("[Content_Types].xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><Types/>"),
    ("word/comments.xml", f'<w:comments {NAMES}><w:comment w:id="eins" w:author=""/></w:comments>'),
])  # fmt: skip
def test_parts_that_are_something_else_are_one_sentence(tmp_path, name, content):
    relation = f'<Relationship Id="rId8" Type="{OFFICE}/comments" Target="comments.xml"/>' if "comments" in name else ""
    source = word_file(tmp_path, paragraph("甲"), more={name: content}, relations=relation)
    with pytest.raises(InputError, match=r"已损坏.*另存为 .docx"):
        write_commented(read_document(source), tmp_path / "批注.docx", [Comment(1, 0, 1, "一")])


def test_comments_all_over_the_sample_report_open_everywhere(tmp_path):
    context = load_inputs(SAMPLE)
    source, out = tmp_path / "报告.docx", tmp_path / "批注.docx"
    write_word(build_report(context), context, source, linked=True)
    read = read_document(source)
    rng = random.Random(1)
    wanted = []
    for p in read.paragraphs[::7]:
        start = rng.randint(0, len(p.text))
        wanted.append(Comment(p.number, start, rng.randint(start, len(p.text)), f"第 {p.number} 段\n第二行"))
    write_commented(read, out, wanted)
    assert [p.text for p in read_document(out).paragraphs] == [p.text for p in read.paragraphs]
    assert problems(out.read_bytes()) == []
    marked = covered(out)
    for number, comment in enumerate(wanted):
        text = read.paragraphs[comment.paragraph - 1].text
        assert marked[str(number)] == (text[comment.start : comment.end] or text)
    assert [c.text for c in docx.Document(str(out)).comments] == [c.text for c in wanted]
    pages = to_pdf(tmp_path, out)[out]
    assert "收入支出决算总体情况说明" in "".join(pages)
