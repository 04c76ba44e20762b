"""``juesuan review``: a report against the workbook or its own tables, as text, JSON, an Excel list or the report with comments."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from cli.check_command import write_text
from cli.inputs import guard_outputs, inputs_for_review
from workbook.errors import InputError
from workbook.paths import free_name
from workbook.rules.check import check


def run(arguments: Namespace) -> int:
    """Review and tell; 0 clean, 1 with 错误."""
    from docgen.imports.report import read_report
    from docgen.review.engine import review_document
    from docgen.review.output import (
        comments_suffix,
        review_json,
        review_text,
        too_little_words,
        write_commented_report,
        write_review_list,
    )

    report, output = arguments.report, arguments.output
    if output is not None and output.resolve() == report.resolve():
        raise InputError(output, "是要审校的报告，不能写在它上面", "请换一个文件名")
    document = read_report(report)
    if arguments.format in ("docx", "pdf"):
        _check_kind(report, comments_suffix(document), output)
    inputs = inputs_for_review(arguments, document)
    guard_outputs(inputs, arguments.output)
    review = review_document(document, inputs)
    if review.coverage.is_too_little:
        raise InputError(report, too_little_words(review), "请核对是不是决算报告；是扫描件的，请用 Word 文件或由 Word/WPS 导出的 PDF")
    checked = check(inputs.accounts, inputs.view)
    if arguments.format == "json":
        write_text(output, json.dumps(review_json(review, checked), ensure_ascii=False, indent=1) + "\n")
    elif arguments.format == "xlsx":
        output = output or free_name(report, "审校结果", ".xlsx")
        write_review_list(output, review, inputs)
        print(f"审校结果已写入 {output}")
    elif arguments.format == "checklist":
        from docgen.review.checklist import Dates, write_checklist_of

        output = output or free_name(report, "检查表", ".xlsx")
        dates = Dates(arguments.approved, arguments.published)
        entries = write_checklist_of(output, review, document, inputs, dates)
        wrong = sum(entry.meets is False for entry in entries)
        print(f"检查表已写入 {output}（{len(entries)} 项，不符合要求 {wrong} 项）")
    elif arguments.format in ("docx", "pdf"):
        output = output or free_name(report, "审校批注", comments_suffix(document))
        write_commented_report(output, review, document)
        print(f"带批注的报告已写入 {output}（{len(review.findings)} 条批注）")
    else:
        colour = output is None and sys.stdout.isatty()
        write_text(output, review_text(review, inputs, checked, colour=colour))
    return 1 if review.has_errors else 0


def _check_kind(report: Path, suffix: str, output: Path | None) -> None:
    """The report with comments is a file of the report's own kind."""
    if not suffix:
        raise InputError(report, "不是 Word（.docx）或 PDF 文件，不能加批注", "请改用 --format xlsx，或先另存为 .docx")
    if output is not None and output.suffix.lower() != suffix:
        raise InputError(output, f"批注版是 {'PDF' if suffix == '.pdf' else 'Word'} 文件", f"请把文件名写成 {suffix} 结尾")
