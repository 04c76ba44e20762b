"""Reviewing the sample unit's report, against python-docx only reading its text (paragraphs and cells, row by row)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docx

from benchmarks.timing import measure, show
from docgen.docx.reading import read_document
from docgen.job.inputs import load_inputs
from docgen.report.assembly import build_report, write_word
from docgen.review.engine import review_document
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"


def read_with_docx(path: Path) -> int:
    """Only the text, as python-docx gives it."""
    document = docx.Document(str(path))
    size = sum(len(p.text) for p in document.paragraphs)
    return size + sum(len(c.text) for t in document.tables for row in t.rows for c in row.cells)


def main() -> None:
    """Print the measurements."""
    inputs = load_inputs(SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "报告.docx"
        write_word(build_report(inputs), inputs, path, linked=False)
        document = read_document(path)
        review = review_document(document, inputs)
        whole, alone = "读取 + 审校（本程序）", "只读文字（python-docx）"
        show(f"示例报告：{len(review.paragraphs)} 段，核对 {review.compared} 个数", [
            (alone, measure(lambda: read_with_docx(path), 5)),
            ("读取报告（本程序）", measure(lambda: read_document(path))),
            ("审校", measure(lambda: review_document(document, inputs))),
            (whole, measure(lambda: review_document(read_document(path), inputs))),
        ], (alone, whole))


if __name__ == "__main__":
    main()
