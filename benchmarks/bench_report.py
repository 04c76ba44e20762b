"""Workbook to report against openpyxl + docxtpl doing only the reading and the rendering of the same content.

The rival gets everything else for nothing: no checks, no figures to compute, no charts, no content
controls; its template is made beforehand from our own report (every figure a ``{{ f['id'] }}``) and
its values are ready in a dict.  Bars: 8x faster in one process, 3x as a whole process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docx

from benchmarks.timing import measure, measure_process, show
from docgen.job.inputs import load_inputs
from docgen.model import ChartBlock, FigureSpan, Paragraph, Report, Span, TableBlock
from docgen.report.assembly import build_report
from docgen.report.narrative import narrative_of, template_of
from docgen.writing import ReportMeta, report_bytes
from workbook.pack.loading import TEMPLATES, load_pack
from workbook.rules.check import check

FOLDER = TEMPLATES / "sample"
SAMPLE = FOLDER / "示例市电化教育馆_2024年度决算公开表.xlsx"
PRIOR = FOLDER / "示例市电化教育馆_2023年度决算公开表.xlsx"
COMPANION = FOLDER / "示例市电化教育馆_2024年度决算公开表_底稿.xlsx"

RIVAL = textwrap.dedent("""
    import json, sys
    import openpyxl
    from docxtpl import DocxTemplate

    def read(path):
        book = openpyxl.load_workbook(path, data_only=True)
        return sum(1 for sheet in book for row in sheet.iter_rows(values_only=True) for _ in row)

    def run(template, values, out, books):
        for book in books:
            read(book)
        document = DocxTemplate(template)
        document.render({"f": values}, autoescape=True)
        document.save(out)

    if __name__ == "__main__":
        template, values, out, *books = sys.argv[1:]
        run(template, json.load(open(values, encoding="utf-8")), out, books)
""")


def ours(pack_loaded: bool = True) -> bytes:
    """Everything: read, check, all figures, narrative, Word with charts and controls."""
    inputs = load_inputs(SAMPLE, pack=load_pack() if not pack_loaded else PACK)
    check(inputs.accounts, inputs.view)
    report = build_report(inputs)
    return report_bytes(report.blocks, template_of(inputs), linked=True,
                        meta=ReportMeta(title=report.title, figures=report.figures))


def rival_template(report: Report, path: Path) -> dict[str, str]:
    """A docxtpl template with the paragraphs and tables of *report*; returns the values."""
    document = docx.Document()
    values: dict[str, str] = {}

    def text_of(spans: tuple[Span, ...]) -> str:
        parts = []
        for span in spans:
            if isinstance(span, FigureSpan):
                values[span.figure.id] = span.text
                parts.append("{{ f['" + span.figure.id + "'] }}")
            else:
                parts.append(span.text)
        return "".join(parts)

    for block in report.blocks:
        if isinstance(block, Paragraph):
            document.add_paragraph(text_of(block.spans))
        elif isinstance(block, TableBlock):
            width = max(sum(cell.columns for cell in row) for row in block.rows)
            table = document.add_table(rows=len(block.rows), cols=width)
            for row, cells in zip(table.rows, block.rows, strict=True):
                for target, cell in zip(row.cells, cells, strict=False):
                    target.text = text_of(cell.spans)
        elif isinstance(block, ChartBlock):
            document.add_paragraph(block.title)
    document.save(str(path))
    return values


def where_time_goes() -> None:
    """Print our own steps."""
    inputs = load_inputs(SAMPLE, pack=PACK)
    narrative = narrative_of(inputs)
    report = build_report(inputs, narrative)
    template = template_of(inputs)
    meta = ReportMeta(title=report.title, figures=report.figures)
    show("时间花在哪里（本程序，一个进程内）", [
        ("读取公开表、上年表、底稿", measure(lambda: load_inputs(SAMPLE, pack=PACK))),
        ("全部校验", measure(lambda: check(inputs.accounts, inputs.view))),
        ("全部数字、变动原因、名称树", measure(lambda: narrative_of(inputs))),
        ("由模板成文（含十一张表）", measure(lambda: build_report(inputs, narrative))),
        ("写 Word（含图表、链接数字）", measure(lambda: report_bytes(report.blocks, template, linked=True, meta=meta))),
    ])


def main() -> None:
    """Print both comparisons."""
    report = build_report(load_inputs(SAMPLE, pack=PACK))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template, values_file, script = folder / "t.docx", folder / "v.json", folder / "rival.py"
        values = rival_template(report, template)
        values_file.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        script.write_text(RIVAL, encoding="utf-8")
        namespace: dict[str, object] = {"__name__": "rival"}
        exec(compile(RIVAL, str(script), "exec"), namespace)  # our own text above, also run as a process
        books = [str(SAMPLE), str(PRIOR), str(COMPANION)]
        run = namespace["run"]
        mine, other = "本程序：读、校验、全部数字、Word（图表、链接）", "openpyxl + docxtpl：只读、只渲染"
        show(f"工作簿到报告，一个进程内（{len(values)} 个数字）", [
            (mine, measure(ours)),
            (other, measure(lambda: run(str(template), values, str(folder / "o.docx"), books), 5, 1)),  # type: ignore[operator]
        ], (other, mine))
        show("整个进程（含启动和结束）", [
            (mine, measure_process([sys.executable, "-m", "cli.main", "report", str(SAMPLE), "-o", str(folder / "a.docx")])),
            (other, measure_process([sys.executable, str(script), str(template), str(values_file), str(folder / "b.docx"), *books])),
        ], (other, mine))
    where_time_goes()


PACK = load_pack()

if __name__ == "__main__":
    main()
