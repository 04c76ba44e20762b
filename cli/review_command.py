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
    from docgen.docx.reading import Document
    from docgen.imports.framed import FramedReport
    from docgen.imports.report import read_report
    from docgen.review.engine import review_document
    from docgen.review.output import review_json, review_text, write_commented_report, write_review_list

    report = Path(arguments.report)
    output = Path(arguments.output) if arguments.output else None
    if arguments.format == "docx" and output is not None and output.suffix.lower() != ".docx":
        raise InputError(output, "批注版是 Word 文件", "请把文件名写成 .docx 结尾")
    if output is not None and output.resolve() == report.resolve():
        raise InputError(output, "是要审校的报告，不能写在它上面", "请换一个文件名")
    document = read_report(report)
    inputs = inputs_for_review(arguments, document)
    guard_outputs(inputs, arguments.output)
    review = review_document(document, inputs)
    checked = check(inputs.accounts, inputs.view)
    if arguments.format == "json":
        write_text(output, json.dumps(review_json(review, checked), ensure_ascii=False, indent=1) + "\n")
    elif arguments.format == "xlsx":
        output = output or free_name(report, "审校结果", ".xlsx")
        write_review_list(output, review, inputs)
        print(f"审校结果已写入 {output}")
    elif arguments.format == "docx":
        if not isinstance(document, Document | FramedReport):
            raise InputError(report, "不是 Word 文件，不能加批注", "请改用 --format xlsx，问题清单写明页码")
        output = output or free_name(report, "审校批注", ".docx")
        write_commented_report(output, review, document)
        print(f"带批注的报告已写入 {output}（{len(review.findings)} 条批注）")
    else:
        colour = output is None and sys.stdout.isatty()
        write_text(output, review_text(review, inputs, checked, colour=colour))
    return 1 if review.has_errors else 0
