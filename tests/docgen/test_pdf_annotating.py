"""Comments of a review in a copy of a PDF file."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pypdfium2 import raw

from cli.main import main
from docgen.pdf.annotating import Note, write_annotated
from docgen.pdf.reading import read_pdf
from tests.docgen.pdf_files import Sheet, write_pdf
from workbook.errors import InputError


def notes_in(path: Path) -> list[tuple[int, str, tuple[float, float]]]:
    """Page, text, and left and bottom edge of every annotation."""
    found = []
    document = pdfium.PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        for number in range(raw.FPDFPage_GetAnnotCount(page.raw)):
            annotation = raw.FPDFPage_GetAnnot(page.raw, number)
            size = raw.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAnnot_GetStringValue(annotation, b"Contents", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
            rect = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, rect)
            found.append((index + 1, buffer.raw.decode("utf-16-le").rstrip("\0"), (round(rect.left), round(rect.bottom))))
            raw.FPDFPage_CloseAnnot(annotation)
        page.close()
    document.close()
    return found


def test_a_note_stands_where_the_text_does(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(72, 100, "收入总计0.3万元。")
    path, out = write_pdf(tmp_path / "报告.pdf", sheet, Sheet()), tmp_path / "批注.pdf"
    before = path.read_bytes()
    [piece] = read_pdf(path).places[1]
    box = piece.box(4, 9)
    assert box is not None
    write_annotated(path, out, [Note(1, [box], "应为 2961.68 万元"), Note(2, [], "整页")])
    assert notes_in(out) == [(1, "应为 2961.68 万元", (120, 740)), (2, "整页", (18, 806))]
    assert path.read_bytes() == before
    assert read_pdf(out).paragraphs == read_pdf(path).paragraphs
    with pytest.raises(InputError, match="不能写在它上面"):
        write_annotated(path, path, [])


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_places_on_turned_pages(tmp_path: Path, quarter: int) -> None:
    sheet = Sheet()
    sheet.text(72, 100, "收入总计0.3万元。")
    path = write_pdf(tmp_path / "报告.pdf", sheet)
    path.write_bytes(path.read_bytes().replace(b"/Contents 7", f"/Rotate {quarter} /Contents 7".encode()))
    out = tmp_path / "批注.pdf"
    report = read_pdf(path)
    assert [p.text for p in report.paragraphs] == ["收入总计0.3万元。"]
    box = report.places[1][0].box(0, 0)
    assert box is not None
    write_annotated(path, out, [Note(1, [box], "这里")])
    [(page, text, (left, bottom))] = notes_in(out)
    assert (page, text) == (1, "这里")
    assert abs(left - 72) < 2  # where the text is drawn, however the page is turned
    assert abs(bottom - (842 - 100)) < 5


def test_the_command_writes_a_copy_with_a_note_for_every_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = Sheet()
    sheet.paragraph(100, "示例单位2024年度收入总计100.00万元，与上年相比，增加20.00万元，增长50.00%。")
    path, out = write_pdf(tmp_path / "报告.pdf", sheet), tmp_path / "批注.pdf"
    assert main(["review", str(path), "--format", "docx", "-o", str(tmp_path / "批注.docx")]) == 2
    assert "批注版是 PDF 文件" in capsys.readouterr().err
    main(["review", str(path), "--format", "pdf", "-o", str(out)])
    notes = notes_in(out)
    assert notes
    assert all(text.startswith("【") for _, text, _ in notes)
