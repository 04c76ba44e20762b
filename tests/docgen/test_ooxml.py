"""The sample's report keeps every rule of the format, and the checker notices when one is broken."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from openxml_audit import OpenXmlValidator

from docgen.job.inputs import load_inputs
from docgen.model import ChartBlock, FigureSpan, Paragraph, PromptSpan, TableBlock, TableCell, Text
from docgen.report.assembly import build_report
from docgen.report.narrative import template_of
from docgen.template import load_template, render
from docgen.writing import ReportMeta, report_bytes
from tests.docgen.ooxml_rules import problems
from tests.docgen.word_files import META, W, figure, part, template_file
from workbook.formats.archive import make_member, write_archive
from workbook.formats.package import Package
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A report with one of everything."""
    folder = tmp_path_factory.mktemp("ooxml")
    template = load_template(template_file(folder, "目录|\n部分标题|第一部分\n正文|{{块}}"))
    table = TableBlock(((TableCell((Text("甲"),), rows=2), TableCell((Text("乙"),))), (TableCell((Text("丙"),)),)))
    blocks = [
        Paragraph("一级标题", (Text("一、“情况”"),)),
        Paragraph("正文", (Text("总计 ", bold=True), FigureSpan(figure("甲", "1.00")), PromptSpan("槽", "【请填写】"))),
        table,
        ChartBlock("图1", "图 1", (("甲", figure("甲", "1.00")),), "说明"),
    ]
    return report_bytes(render(template, {"块": blocks}), template, linked=True, meta=META)


@pytest.mark.parametrize("linked", [True, False])
def test_the_samples_report_keeps_the_rules(linked: bool) -> None:
    inputs = load_inputs(SAMPLE)
    made = build_report(inputs)
    meta = ReportMeta(made.title, figures=made.figures)
    content = report_bytes(made.blocks, template_of(inputs), linked=linked, meta=meta)
    assert problems(content) == []
    document = docx.Document(io.BytesIO(content))
    assert len(document.tables) >= 12
    assert len(document.sections) >= 3
    assert ("customXml/item1.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()) is linked
    assert bool(list(part(content, "word/document.xml").iter(f"{W}sdt"))) is linked


def test_a_report_with_one_of_everything_keeps_the_rules(report: bytes) -> None:
    assert problems(report) == []


def sdk_errors(content: bytes, folder: Path, name: str = "报告.docx") -> list[str]:
    """What the rules of the Open XML SDK say against a file."""
    path = folder / name
    path.write_bytes(content)
    return [str(error) for error in OpenXmlValidator().validate(path).errors]


def test_the_rules_of_the_open_xml_sdk_are_kept(report: bytes, tmp_path: Path) -> None:
    inputs = load_inputs(SAMPLE)
    made = build_report(inputs)
    content = report_bytes(made.blocks, template_of(inputs), linked=True, meta=ReportMeta(made.title, figures=made.figures))
    assert sdk_errors(content, tmp_path) == []
    assert sdk_errors(report, tmp_path) == []
    broken = changed(report, tmp_path, DOCUMENT, lambda text: text.replace("<w:tblGrid>", "<w:tblGrid/><w:tblGrid>", 1))
    assert sdk_errors(broken, tmp_path) != []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*/report.docx")), ids=lambda path: path.parent.name)
def test_the_packs_templates_keep_them_too_and_are_what_their_outlines_say(template: Path, tmp_path: Path) -> None:
    """``report.docx`` may be edited by hand; ours are made from the outlines, so that both stay the same."""
    from tools.report_outline import build_template

    assert sdk_errors(template.read_bytes(), tmp_path) == []
    assert build_template((template.parent / "report.outline.txt").read_text("utf-8")) == template.read_bytes()


def test_the_look_is_all_in_named_styles() -> None:
    """So an office changes 仿宋 to its own font in one place; only what is to be filled in is marked in the text itself."""
    inputs = load_inputs(SAMPLE)
    made = build_report(inputs)
    content = report_bytes(made.blocks, template_of(inputs), linked=False, meta=ReportMeta(made.title))
    document = part(content, "word/document.xml")
    kinds = {str(e.tag).removeprefix(W) for name in ("pPr", "rPr") for p in document.iter(f"{W}{name}") for e in p}
    assert kinds <= {"pStyle", "rStyle", "rFonts", "pageBreakBefore", "sectPr"}
    assert {key.removeprefix(W) for fonts in document.iter(f"{W}rFonts") for key in fonts.attrib} == {"hint"}
    assert {str(e.tag).removeprefix(W) for p in document.iter(f"{W}tcPr") for e in p} <= {"tcW", "gridSpan", "vMerge"}
    styles = part(content, "word/styles.xml")
    own = [s.get(f"{W}styleId") for s in styles.iter(f"{W}style") if s.find(f"{W}rPr/{W}rFonts") is not None]
    assert "JsBody" not in own  # body text takes its font from Normal
    captions = [caption.get(f"{W}val") for caption in document.iter(f"{W}tblCaption")]
    assert len(captions) == len(list(document.iter(f"{W}tbl")))
    assert all(captions)
    core = zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml").decode()
    assert f"<dc:title>{made.title}</dc:title><dc:language>zh-CN</dc:language>" in core


def changed(content: bytes, folder: Path, name: str, change: Callable[[str], str]) -> bytes:
    package = Package(content)
    before = package.read(name).decode()
    after = change(before)
    assert after != before
    package.write(name, after.encode())
    return package.to_bytes()


DOCUMENT = "word/document.xml"


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (DOCUMENT, 'w:id w:val="710000001"', 'w:id w:val="710000002"', "control id twice"),
        (DOCUMENT, 'w:val="甲"/><w:id', f'w:val="{"长" * 65}"/><w:id', "tag is too long"),
        (DOCUMENT, '<w:vMerge w:val="restart"/>', "", "continues nothing"),
        (
            DOCUMENT,
            '<w:pStyle w:val="JsHeading1"/>',
            '<w:pStyle w:val="JsHeading1"/><w:jc w:val="left"/><w:keepNext/>',
            "pPr:",
        ),
        (DOCUMENT, '<w:rFonts w:hint="eastAsia"/>', '<w:b/><w:rFonts w:hint="eastAsia"/>', "rPr:"),
        (DOCUMENT, "<w:tblGrid><w:gridCol", '<w:tblGrid><w:gridCol w:w="5"/><w:gridCol', "row covers"),
        (DOCUMENT, 'w:name="_Toc710000001"', 'w:name="_Toc710000000"', "bookmark twice"),
        (DOCUMENT, 'w:fldCharType="end"', 'w:fldCharType="begin"', "field without end"),
        (DOCUMENT, 'r:id="rIdChart1"', 'r:id="rIdChart9"', "unknown relationship"),
        (DOCUMENT, 'w:anchor="_Toc710000000"', 'w:anchor="_Toc9"', "link to no bookmark"),
        (DOCUMENT, "<w:t>甲</w:t>", "<w:t>甲\n</w:t>", "line break or tab"),
        (DOCUMENT, "<w:t>甲</w:t>", "<w:t>甲 </w:t>", "spaces would be lost"),
        (DOCUMENT, 'w:val="JsTableText21Center"', 'w:val="Nowhere"', "no such style"),
        ("[Content_Types].xml", "/word/charts/chart1.xml", "/word/charts/chart7.xml", "override of no part"),
        ("word/_rels/document.xml.rels", "charts/chart1.xml", "charts/chart7.xml", "no such part"),
        (
            "word/charts/chart1.xml",
            "<c:plotVisOnly",
            '<c:autoTitleDeleted val="1"/><c:plotVisOnly',
            "chart: autoTitleDeleted",
        ),
        ("word/styles.xml", 'w:styleId="JsHeading2"', 'w:styleId="JsHeading1"', "style twice"),
        ("word/settings.xml", "<w:zoom", "<w:evenAndOddHeaders/><w:zoom", "settings: zoom"),
    ],
)
def test_the_checker_notices(report: bytes, tmp_path: Path, name: str, old: str, new: str, problem: str) -> None:
    broken = changed(report, tmp_path, name, lambda text: text.replace(old, new, 1))
    assert any(problem in found for found in problems(broken)), problems(broken)


def test_the_package_is_a_plain_zip(report: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(report)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} <= {0, 8}
        assert archive.infolist()[0].filename == "[Content_Types].xml"


def test_a_part_that_grows_when_compressed_is_stored() -> None:
    for content, method in ((b"x", 0), (b"x" * 100, 8)):
        member = make_member("a", content)
        assert (member.read(), member.crc, member.size) == (content, zlib.crc32(content), len(content))
        with zipfile.ZipFile(io.BytesIO(write_archive([member]))) as archive:
            assert (archive.read("a"), archive.infolist()[0].compress_type) == (content, method)
