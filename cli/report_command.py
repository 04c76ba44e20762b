"""``juesuan report``: check, then write the Word report."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from cli.check_command import text_report, write_text
from cli.inputs import guard_outputs, read_inputs
from docgen.findings.unit import Findings
from docgen.job.context import ReportContext
from docgen.job.form_words import form_words
from docgen.model import Report
from docgen.report.assembly import build_report, figures_json, write_word
from workbook.errors import InputError
from workbook.rules.check import check

_HINTS = {"上年决算表": "（用 --prior 指明，或写在底稿“单位信息”的“上年决算表”一行）"}


def run(arguments: Namespace) -> int:
    """Write the report; 0 clean, 1 with 错误, missing figures or missing reasons."""
    output: Path = arguments.output
    is_pdf = output.suffix.lower() == ".pdf"
    if output.suffix.lower() != ".docx" and not is_pdf:
        raise InputError(output, "报告是 Word 或 PDF 文件", "请把文件名写成 .docx 或 .pdf 结尾")
    inputs = read_inputs(arguments)
    guard_outputs(inputs, arguments.output, arguments.figures)
    inputs.needed_year()
    findings = Findings(check(inputs.accounts, inputs.view), inputs.issues)
    if findings.has_errors and not arguments.force:
        sys.stdout.write(text_report(findings))
        print("公开表有错误，没有生成报告。请先改正；确需先看报告的，加 --force。")
        return 1
    report = build_report(inputs)
    if arguments.figures:
        write_text(arguments.figures, json.dumps(figures_json(report.figures), ensure_ascii=False, indent=1) + "\n")
    incomplete = bool(report.prompts or report.problems)
    if arguments.clean and incomplete and not arguments.force:
        print(_incomplete_words(report))
        print("报告还不能公开，没有生成干净版。请补齐后再生成；确需先看的，加 --force。")
        return 1
    if is_pdf:
        _write_pdf(report, inputs, output)
    else:
        write_word(report, inputs, output, linked=not arguments.clean)
    print(f"报告已写入 {output}（{len(report.figures)} 个数字）\n{form_words(inputs.accounts)}")
    if incomplete:
        print(_incomplete_words(report))
    return 1 if incomplete or findings.has_errors else 0


def _write_pdf(report: Report, context: ReportContext, output: Path) -> None:
    """Write the version to publish as PDF."""
    import tempfile

    from docgen.pdf.export import export_pdf

    with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
        word = Path(folder) / "report.docx"
        write_word(report, context, word, linked=False)
        for failure in export_pdf(word, output, lambda: None).failures:
            print(failure)


def _incomplete_words(report: Report) -> str:
    """What is still to be filled in, as lines; the numbers that lack one and the same thing stand together."""
    lines = []
    unknown: dict[str, list[str]] = {}
    for figure in report.figures:
        if not figure.is_known:
            unknown.setdefault(figure.missing, []).append(figure.label)
    if unknown:
        lines.append(f"无法计算的数字 {len(report.problems)} 个：")
        lines += [f"  ✗ 缺少{missing}{_HINTS.get(missing, '')}，算不出{_listed(labels)}" for missing, labels in list(unknown.items())[:20]]
    if report.prompts:
        lines.append(f"待填写 {len(report.prompts)} 处：")
        lines += [f"  ！ {prompt.text}" for prompt in report.prompts[:40]]
        if len(report.prompts) > 40:
            lines.append(f"  …… 其余 {len(report.prompts) - 40} 处见报告中的标黄文字")
    return "\n".join(lines)


def _listed(labels: Sequence[str]) -> str:
    few = "、".join(labels[:3])
    return few if len(labels) <= 3 else f"{few}等 {len(labels)} 个数"
