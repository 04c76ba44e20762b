"""The commands that work on a workbook, ``juesuan check`` and ``juesuan report``, and how every command reads its inputs."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.findings.unit import Findings, findings_of
from docgen.job.inputs import Inputs, chosen_pack, form_json, form_words, load_inputs
from workbook.errors import InputError
from workbook.issues import Issue, Kind, Severity, count_following
from workbook.pack.choice import BY_NAME, Choice
from workbook.paths import free_name
from workbook.rules.check import check as check_tables
from workbook.safe_save import write_atomically

if TYPE_CHECKING:
    from docgen.docx.paragraphs import ReportFile
    from docgen.model import Report

_FOLLOWERS = 5
"""So many findings of one cause are told below the first."""
_TAILS = 2
_PRECISE = "规范-21"
_COMPANION = "底稿"
_HINTS = {"上年决算表": "（用 --prior 指明，或写在底稿“单位信息”的“上年决算表”一行）"}


def read_inputs(arguments: Namespace, *, pack: Path | None = None, year: int | None = None, how: str = BY_NAME) -> Inputs:
    """Read everything a command needs; raises ``InputError`` / ``PackError`` with one clear sentence.

    *pack* and *year* are what a report says of them: the pack unless the arguments name one (*how* tells whose word it
    is), the year where neither they nor the workbook say it.
    """
    if not arguments.workbook.strip():
        raise InputError("工作簿", "没有写明文件", "请写出决算公开表的文件名")
    inputs = load_inputs(
        Path(arguments.workbook), prior=arguments.prior, companion=arguments.companion,
        pack=chosen_pack(arguments.pack or pack) if arguments.pack or pack else None, year=arguments.year)
    accounts = inputs.accounts
    if not arguments.pack and pack is not None:
        accounts = replace(accounts, choice=Choice(pack, how))
    return replace(inputs, accounts=replace(accounts, given_year=accounts.given_year or year))


def inputs_for_review(arguments: Namespace, report: ReportFile) -> Inputs:
    """What *report* is held against: the workbook, else its own tables.

    The report tells what no input states of unit and year.
    """
    from docgen.review.own_tables import cover_of, inputs_of_report

    if arguments.workbook:
        inputs = read_inputs(arguments)
        name, year = cover_of(report)
        accounts = inputs.accounts
        known = name if not (inputs.companion is not None and inputs.companion.unit_name) else ""
        return replace(inputs, accounts=replace(accounts, given_name=known, given_year=accounts.given_year or year))
    pack = chosen_pack(arguments.pack) if arguments.pack else None
    return inputs_of_report(report, pack, arguments.year, arguments.companion, arguments.prior)


def guard_outputs(inputs: Inputs, *outputs: Path | None) -> None:
    """Refuse to write over what the command reads: the workbook, last year's, the 底稿."""
    sources = [source.path for source in (inputs.accounts, inputs.prior_accounts, inputs.companion) if source is not None]
    taken = {path.resolve() for source in sources for path in (source, *(source.iterdir() if source.is_dir() else ()))}
    for output in outputs:
        if output is not None and output.resolve() in taken:
            raise InputError(output, "是要读取的文件，不能写在它上面", "请换一个文件名")


# ---------------------------------------------------------------- check


def check(arguments: Namespace) -> int:
    """Check and print; 0 clean, 1 with 错误."""
    inputs, output = read_inputs(arguments), arguments.output
    guard_outputs(inputs, output)
    if arguments.update_companion:
        from docgen.report.slots import refresh_reason_rows

        companion, rows = refresh_reason_rows(inputs)
        sys.stderr.write(f"底稿“变动原因”已列出 {rows} 处：{companion.path}\n")
        inputs = replace(inputs, companion=companion)
    findings = findings_of(inputs)
    if arguments.format == "json":
        from workbook.rules.issue_output import report_json

        record = {**report_json(findings.checked, findings.extra), "pack": form_json(findings.checked.accounts)}
        write_text(output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    elif arguments.format == "xlsx":
        from workbook.rules.issue_output import write_issue_list

        output = output or free_name(inputs.accounts.path, "审核结果", ".xlsx")
        write_issue_list(output, inputs.accounts.path, findings.issues, findings.summary())
        print(f"审核结果已写入 {output}")
    else:
        colour = output is None and sys.stdout.isatty()
        write_text(output, text_report(findings, colour=colour))
    return 1 if findings.has_errors else 0


def write_text(output: Path | None, text: str) -> None:
    """Print *text*, or write it to *output*."""
    if output is None:
        sys.stdout.write(text)
    else:
        write_atomically(output, text.encode())


def text_report(findings: Findings, *, colour: bool = False) -> str:
    """The issues grouped by sheet, with a summary line."""
    report, accounts = findings.checked, findings.checked.accounts
    year = f" {accounts.year} 年度" if accounts.year else ""
    head = f"{accounts.unit_name or accounts.path.name}{year}　{len(accounts.tables)} 张公开表　单位：{accounts.money_unit}"
    lines = [head, form_words(accounts), ""]
    groups: dict[str, list[Issue]] = {}
    for issue in report.issues:
        if issue.code != _PRECISE:
            groups.setdefault(issue.sheet, []).append(issue)
    for issue in findings.extra:
        known = issue.sheet in accounts.pack.sheets or issue.kind is Kind.PRIOR
        groups.setdefault(issue.sheet if known else _COMPANION, []).append(issue)
    order = ["", *accounts.pack.sheets]
    for code in sorted(groups, key=lambda c: order.index(c) if c in order else len(order)):
        layout = accounts.pack.sheets.get(code)
        lines.append(f"【{layout.mark} {layout.title}】" if layout else f"【{code or '整套表'}】")
        lines += _issue_lines(groups[code], colour)
        lines.append("")
    if precise := [issue for issue in report.issues if issue.code == _PRECISE]:  # in one line for all sheets
        marks = "、".join(accounts.pack.sheets[issue.sheet].mark.removesuffix("表") for issue in precise)
        size = sum(len(issue.cells) for issue in precise)
        lines += [f"说明：{marks}表有 {size} 个金额超过两位小数，计算时使用全部小数，只在报告中四舍五入（{_PRECISE}，不用处理）。", ""]
    if skipped := report.skipped_formulas():
        reasons: dict[str, list[str]] = {}
        for code, why in skipped.items():
            reasons.setdefault(why.partition("中的")[0], []).append(code)
        words = (
            f"{why}（{'、'.join(codes[:6])}{f'等 {len(codes)} 条' if len(codes) > 6 else ''}）" for why, codes in reasons.items())
        lines.append(f"没有执行的公式 {len(skipped)} 条：" + "；".join(words))
    summary, following = findings.summary(), count_following(findings.issues)
    lines.append(
        f"错误 {summary['错误']}{f'（其中 {following} 处由前面的错误引起）' if following else ''}，提示 {summary['提示']}，尾差 {summary['尾差']}；"
        f"{report.extent_words()}，未执行 {summary['未执行']} 条。")
    if not summary["错误"]:
        lines.append("没有错误，可以生成报告。")
    return "\n".join(lines) + "\n"


def _issue_lines(issues: list[Issue], colour: bool) -> list[str]:
    """Lines of one sheet; findings that follow from one cell stand indented below the first, the first few of them."""
    lines: list[str] = []
    tails = [i for i in issues if i.severity is Severity.TAIL]
    for _, group in groupby(
        enumerate(i for i in issues if i.severity is not Severity.TAIL), key=lambda pair: pair[1].culprit or pair[0]
    ):
        found = [issue for _, issue in group]
        shown = found if len(found) <= _FOLLOWERS + 2 else found[: _FOLLOWERS + 1]
        lines += [_issue_line(issue, colour=colour, follows=n > 0) for n, issue in enumerate(shown)]
        if len(shown) < len(found):
            lines.append(f"  　└ …… 由此引起的还有 {len(found) - len(shown)} 处（--format xlsx 列出全部）")
    few = len(tails) if len(tails) <= _TAILS + 1 else _TAILS
    lines += [_issue_line(issue, colour=colour, follows=False) for issue in tails[:few]]
    if few < len(tails):
        lines.append(f"  · …… 还有 {len(tails) - few} 处尾差，不用处理（--format xlsx 列出全部）")
    return lines


def _issue_line(issue: Issue, *, colour: bool, follows: bool) -> str:
    place = f"{issue.cells[0].ref}　" if issue.cells else ""
    if issue.culprit is not None and not follows and issue.left is not None and len(issue.cells) > 1:
        place = f"{issue.culprit}（最可能有误的单元格）　"
    begin, end = "　└ " if follows else "", f"（已核实：{issue.verified}）" if issue.verified else ""
    return f"  {begin}{issue.severity.words(colour=colour)} {issue.code} {place}{issue.message}{end}"


# ---------------------------------------------------------------- report


def report(arguments: Namespace) -> int:
    """Write the report; 0 clean, 1 with 错误, missing figures or missing reasons."""
    from docgen.report.assembly import build_report, figures_json, write_word

    output: Path = arguments.output
    is_pdf = output.suffix.lower() == ".pdf"
    if output.suffix.lower() != ".docx" and not is_pdf:
        raise InputError(output, "报告是 Word 或 PDF 文件", "请把文件名写成 .docx 或 .pdf 结尾")
    inputs = read_inputs(arguments)
    guard_outputs(inputs, arguments.output, arguments.figures)
    inputs.needed_year()
    findings = Findings(check_tables(inputs.accounts, inputs.view), inputs.issues)
    if findings.has_errors and not arguments.force:
        sys.stdout.write(text_report(findings))
        print("公开表有错误，没有生成报告。请先改正；确需先看报告的，加 --force。")
        return 1
    made = build_report(inputs)
    if arguments.figures:
        write_text(arguments.figures, json.dumps(figures_json(made.figures), ensure_ascii=False, indent=1) + "\n")
    missing = _missing_words(made)
    if arguments.clean and missing and not arguments.force:
        print(f"{missing}\n报告还不能公开，没有生成干净版。请补齐后再生成；确需先看的，加 --force。")
        return 1
    if is_pdf:
        import tempfile

        from docgen.pdf.export import export_pdf

        with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
            word = Path(folder) / "report.docx"
            write_word(made, inputs, word, linked=False)
            print(*(f"{failure}\n" for failure in export_pdf(word, output, lambda: None).failures), sep="", end="")
    else:
        write_word(made, inputs, output, linked=not arguments.clean)
    print("\n".join(filter(None, (f"报告已写入 {output}（{len(made.figures)} 个数字）", form_words(inputs.accounts), missing))))
    return 1 if missing or findings.has_errors else 0


def _missing_words(report: Report) -> str:
    """What is still to be filled in, as lines (the numbers that lack one and the same thing stand together); empty: nothing."""
    lines = []
    unknown: dict[str, list[str]] = {}
    for figure in report.figures:
        if not figure.is_known:
            unknown.setdefault(figure.missing, []).append(figure.label)
    if unknown:
        lines.append(f"无法计算的数字 {len(report.problems)} 个：")
        lines += [
            f"  ✗ 缺少{missing}{_HINTS.get(missing, '')}，算不出{_listed(labels)}"
            for missing, labels in list(unknown.items())[:20]]
    if report.prompts:
        lines.append(f"待填写 {len(report.prompts)} 处：")
        lines += [f"  ！ {prompt.text}" for prompt in report.prompts[:40]]
        if len(report.prompts) > 40:
            lines.append(f"  …… 其余 {len(report.prompts) - 40} 处见报告中的标黄文字")
    return "\n".join(lines)


def _listed(labels: Sequence[str]) -> str:
    few = "、".join(labels[:3])
    return few if len(labels) <= 3 else f"{few}等 {len(labels)} 个数"
