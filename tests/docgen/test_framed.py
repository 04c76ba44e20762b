"""Word files that a program made of a PDF: every line a text box at its place, every ruling line a shape."""

from __future__ import annotations

import json
from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from cli.main import main
from docgen.docx.paragraphs import DocTable
from docgen.docx.reading import read_document
from docgen.imports.report import read_report
from tests.docgen.review_files import written

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
SIZE = 12
LINES = (
    (96, 100, "2024年度收入支出总计2995.39万元。与2023年度相比，收入支出总计减少56"), (72, 118, ".95万元，下降1.87%。主要原因是人员进出以及项目支出中合同支付进度等多种"),
    (72, 136, "原因减少支付。"), (96, 154, "第二段很短。"),
)  # fmt: skip


def shape(x: float, y: float, width: float, height: float, text: str | None = None) -> str:
    content = ""
    if text is not None:
        content = (
            f'<wps:txbx><w:txbxContent><w:p><w:r><w:rPr><w:sz w:val="{SIZE * 2}"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'
            "</w:txbxContent></wps:txbx>")
    offsets = (
        f'<wp:position{axis} relativeFrom="page"><wp:posOffset>{round(at * 12700)}</wp:posOffset></wp:position{axis}>'
        for axis, at in (("H", x), ("V", y)))
    return (
        f'<w:r {SPACES}><w:drawing><wp:anchor simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="0" '
        f'allowOverlap="1" distT="0" distB="0" distL="0" distR="0"><wp:simplePos x="0" y="0"/>{"".join(offsets)}'
        f'<wp:extent cx="{round(width * 12700)}" cy="{round(height * 12700)}"/><wp:wrapNone/><wp:docPr id="1" name="s"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/>'
        f"<wps:spPr/>{content}<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>")


def text_box(x: float, y: float, text: str) -> str:
    return shape(x, y, sum(SIZE * (0.5 if c < "\u2e80" else 1) for c in text), SIZE * 1.2, text)


def framed(path: Path) -> Path:
    document = docx.Document()
    for _ in range(3):
        paragraph = document.add_paragraph()
        shapes = [text_box(*line) for line in LINES]
        shapes += [text_box(100 + 100 * (i % 2), 302 + 20 * (i // 2), t) for i, t in enumerate(("项目", "决算数", "教育支出", "12.00", "合计", "12.00"))]
        shapes += [shape(90, 300 + 20 * i, 200, 0) for i in range(4)] + [shape(90 + 100 * i, 300, 0, 60) for i in range(3)]
        for xml in shapes:
            paragraph._p.append(parse_xml(xml))
    document.save(str(path))
    return path


def test_lines_and_tables_are_put_together_by_their_places(tmp_path: Path) -> None:
    path = framed(tmp_path / "转换.docx")
    assert len(read_document(path).paragraphs) == 33
    report = read_report(path)
    texts = [block.text for block in report.blocks if not isinstance(block, DocTable)]
    assert texts == ["".join(text for _, _, text in LINES[:3]), LINES[3][2]] * 3
    assert [[cell.text for cell in row] for row in report.tables[0].rows] == [["项目", "决算数"], ["教育支出", "12.00"], ["合计", "12.00"]]


def test_comments_stand_at_the_first_line(tmp_path: Path) -> None:
    out = tmp_path / "批注.docx"
    assert main(["review", str(framed(tmp_path / "转换.docx")), "--format", "docx", "-o", str(out)]) in (0, 1)
    assert out.is_file()
    read_document(out)


ONE_A_LINE = (
    "第二部分 单位决算情况说明", "一、收入支出决算总体情况说明",
    "示例市电化教育馆2024年度收入支出总计2995.39万元。与2023年度", "相比，收入支出总计减少56.95万元，下降1.87%。主要原因是人员进",
    "出及退休变化，以及项目支出中合同支付进度条款等原因减少支付。", "二、收入决算情况说明",
    "本年收入合计2946.25万元，其中：财政拨款收入2940.05万元，占", "99.79%；其他收入6.20万元，占0.21%。", "三、支出决算情况说明",
    "本年支出合计2940.05万元，其中：基本支出2336.91万元，占79.49", "%；项目支出603.14万元，占20.51%。",
)  # fmt: skip


def found(path: Path) -> tuple[list[str], dict[str, int]]:
    out = path.with_suffix(".json")
    assert main(["review", str(path), "--format", "json", "-o", str(out)]) in (0, 1)
    result = json.loads(out.read_text("utf-8"))
    return [issue["message"] for issue in result["issues"]], result["summary"]


def test_lines_that_are_paragraphs_are_read_like_whole_paragraphs(tmp_path: Path) -> None:
    lines, whole = tmp_path / "lines", tmp_path / "whole"
    lines.mkdir()
    whole.mkdir()
    wrong = [line.replace("占0.21%", "占0.31%").replace("56", "57") for line in ONE_A_LINE]
    groups = (wrong[:1], wrong[1:2], wrong[2:5], wrong[5:6], wrong[6:8], wrong[8:9], wrong[9:])
    assert found(written(lines, wrong * 3)) == found(written(whole, ["".join(group) for group in groups] * 3))


def test_a_comment_stands_in_the_line_that_it_is_about(tmp_path: Path) -> None:
    path = written(tmp_path, [line.replace("占0.21%", "占0.31%") for line in ONE_A_LINE] * 3)
    out = tmp_path / "批注.docx"
    assert main(["review", str(path), "--format", "docx", "-o", str(out)]) == 1
    body = docx.Document(str(out)).element.body
    commented = ["".join(p.itertext()) for p in body.iter(qn("w:p")) if next(p.iter(qn("w:commentRangeStart")), None) is not None]
    assert any(text.startswith("99.79%；其他收入") for text in commented)
