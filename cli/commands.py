"""The other commands but ``batch``: ``review``, ``refresh``, ``publish``, ``new``, ``demo`` and ``gui``.

Each loads what it needs itself.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.errors import InputError, JuesuanError

if TYPE_CHECKING:
    from docgen.refresh import Refreshed, Unplaced

_MOST = 60
"""So many places are listed."""
_QUOTED = 40


def review(arguments: Namespace) -> int:
    """Review and tell; 0 clean, 1 with 错误."""
    from cli.checking import guard_outputs, inputs_for_review, write_text
    from docgen.imports.report import read_report
    from docgen.review import output as outputs
    from docgen.review.engine import review_document
    from workbook.paths import free_name
    from workbook.rules.check import check

    report, output = arguments.report, arguments.output
    if output is not None and output.resolve() == report.resolve():
        raise InputError(output, "是要审校的报告，不能写在它上面", "请换一个文件名")
    document = read_report(report)
    if arguments.format in ("docx", "pdf"):
        _check_kind(report, outputs.comments_suffix(document), output)
    inputs = inputs_for_review(arguments, document)
    guard_outputs(inputs, arguments.output)
    found = review_document(document, inputs)
    if found.coverage.is_too_little:
        raise InputError(report, outputs.too_little_words(found), "请核对是不是决算报告；是扫描件的，请用 Word 文件或由 Word/WPS 导出的 PDF")
    checked = check(inputs.accounts, inputs.view)
    if arguments.format == "json":
        write_text(output, json.dumps(outputs.review_json(found, checked), ensure_ascii=False, indent=1) + "\n")
    elif arguments.format == "xlsx":
        output = output or free_name(report, "审校结果", ".xlsx")
        outputs.write_review_list(output, found, inputs)
        print(f"审校结果已写入 {output}")
    elif arguments.format == "checklist":
        from docgen.review.checklist import Dates, write_checklist_of

        output = output or free_name(report, "检查表", ".xlsx")
        entries = write_checklist_of(output, found, document, inputs, Dates(arguments.approved, arguments.published))
        wrong = sum(entry.meets is False for entry in entries)
        print(f"检查表已写入 {output}（{len(entries)} 项，不符合要求 {wrong} 项）")
    elif arguments.format in ("docx", "pdf"):
        output = output or free_name(report, "审校批注", outputs.comments_suffix(document))
        outputs.write_commented_report(output, found, document)
        print(f"带批注的报告已写入 {output}（{len(found.findings)} 条批注）")
    else:
        colour = output is None and sys.stdout.isatty()
        write_text(output, outputs.review_text(found, inputs, checked, colour=colour))
    return 1 if found.has_errors else 0


def _check_kind(report: Path, suffix: str, output: Path | None) -> None:
    """The report with comments is a file of the report's own kind."""
    if not suffix:
        raise InputError(report, "不是 Word（.docx）或 PDF 文件，不能加批注", "请改用 --format xlsx，或先另存为 .docx")
    if output is not None and output.suffix.lower() != suffix:
        raise InputError(output, f"批注版是 {'PDF' if suffix == '.pdf' else 'Word'} 文件", f"请把文件名写成 {suffix} 结尾")


# ---------------------------------------------------------------- refresh


def refresh(arguments: Namespace) -> int:
    """Refresh; 0 everything placed, 1 something could not be placed, has to be looked at or filled in."""
    from cli.checking import guard_outputs, read_inputs
    from docgen.job.inputs import form_words
    from docgen.refresh import made_with, refresh_report, unreadable_words
    from workbook.pack.choice import BY_REPORT

    report, output = arguments.report, arguments.output
    if output.suffix.lower() != ".docx":
        raise InputError(output, "报告是 Word 文件", "请把文件名写成 .docx 结尾")
    folder, year = made_with(report)
    inputs = read_inputs(arguments, year=year, pack=folder, how=BY_REPORT)
    guard_outputs(inputs, arguments.output)
    if not arguments.force and (unreadable := unreadable_words(inputs)):
        raise InputError(
            inputs.accounts.path, f"{unreadable}，没有刷新", "请用 Excel/WPS 打开改正、重新计算并保存后再刷新；确需刷新的，加 --force")
    outcome = refresh_report(report, inputs, output)
    print("\n".join((*_words(outcome), form_words(inputs.accounts))))
    return 0 if outcome.complete else 1


def _words(outcome: Refreshed) -> Iterator[str]:
    """What was done and what is left to do, line by line."""
    if outcome.changed:
        counts = ((outcome.numbers, "{} 处数字"), (outcome.sentences, "{} 处文字或表格"), (outcome.charts, "{} 幅图"))
        yield "已更新 " + "、".join(text.format(count) for count, text in counts if count) + f"：{outcome.path}"
    elif outcome.unplaced:
        yield f"没有更新任何内容：{outcome.path}"
    else:
        yield f"没有变化：报告与公开表、底稿一致（{outcome.path}）"
    if outcome.kept:
        yield f"人工改动 {outcome.kept} 处，全部保留。"
    if outcome.backup is not None:
        yield f"刷新前的报告已另存为 {outcome.backup}"
    yield from (f"注意：{note}。" for note in outcome.notes)
    if outcome.unplaced:
        yield f"没能更新的 {len(outcome.unplaced)} 处，请在 Word 中核对、改正："
        yield from _few([*map(_place, outcome.unplaced)], "，改正后再刷新一次")
    if outcome.doubtful:
        yield f"请核对 {len(outcome.doubtful)} 处，数变了，人工写的文字可能没有跟上："
        yield from _few([f"{_where(entry)}：{entry.why}。" for entry in outcome.doubtful])
    if outcome.prompts:
        yield f"待填写 {len(outcome.prompts)} 处："
        yield from _few(outcome.prompts)


def _few(places: Sequence[str], advice: str = "") -> Iterator[str]:
    yield from (f"  ！ {place}" for place in places[:_MOST])
    if len(places) > _MOST:
        yield f"  …… 还有 {len(places) - _MOST} 处{advice}"


def _place(entry: Unplaced) -> str:
    """One place: where, what stands there, what it should be, why it was left."""
    stated = f"现为“{_short(entry.stated)}”" if entry.stated else ""
    expected = f"应为“{_short(entry.expected)}”" if entry.expected else "应删去" if entry.stated else ""
    return f"{_where(entry)}：" + "，".join(part for part in (stated, expected, entry.why) if part) + "。"


def _where(entry: Unplaced) -> str:
    where = f"第 {entry.paragraph} 段" if entry.paragraph is not None else "报告中"
    return f"{where}“{_short(entry.text)}”" if entry.text else where


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}……"


# ---------------------------------------------------------------- the small ones


def publish(arguments: Namespace) -> int:
    """Everything to publish in one folder; 0 done, 1 when something is missing."""
    from cli.checking import read_inputs
    from docgen.job.inputs import form_words
    from docgen.publish.package import publish

    inputs = read_inputs(arguments)
    package = publish(inputs, arguments.output, approved=arguments.approved, say=print)
    if not package.is_done:
        print("\n".join(("还不能公开，没有写出文件。请先处理：", *(f"  ✗ {words}" for words in package.missing))))
        return 1
    print(f"公开文件已写入 {package.folder}\n{form_words(inputs.accounts)}")
    print("\n".join((*(f"  {name}" for name in package.files), *package.remarks, "“（内部）”开头的审批单不公开。")))
    return 0


def new(arguments: Namespace) -> int:
    """The blank workbook and the 底稿 of a year: writes both files and says where they are."""
    from docgen.job.inputs import accounts_in, chosen_pack
    from docgen.job.new_year import new_year
    from workbook.formats.source import open_source

    last = arguments.last_workbook
    pack = chosen_pack(arguments.pack) if arguments.pack or last is None else accounts_in(open_source(last)).pack
    made = new_year(
        arguments.directory, arguments.unit.strip(), arguments.year, pack,
        last_workbook=last, last_companion=arguments.last_companion)
    print(f"公开表：{made.workbook}\n底稿：{made.companion}")
    for remark in made.remarks:
        print(f"  {remark.severity} {remark.message}")
    print("下一步：填写公开表和底稿，再运行 juesuan check 校验。")
    return 0


def demo(arguments: Namespace) -> int:
    """The sample unit, the whole job: check it, write its report (linked and clean), review that.

    Prints where everything is.
    """
    from cli.main import main
    from docgen.job.samples import copy_sample
    from workbook.pack.loading import DEFAULT_PACK

    folder = arguments.output
    workbook = copy_sample(folder, arguments.pack or DEFAULT_PACK)
    output = folder / f"{workbook.stem.removesuffix('公开表')}公开报告.docx"
    clean, figures = output.with_name(f"{output.stem}（公开版）.docx"), folder / "报告数字及来源.json"
    codes = []
    for title, *command in (
        (f"示例单位：{workbook.stem}\n\n一、校验", "check", workbook),
        ("\n二、生成报告", "report", workbook, "-o", output, "--figures", figures),
        ("", "report", workbook, "-o", clean, "--clean"), ("\n三、审校报告", "review", clean, workbook)):
        if title:
            print(title)
        codes.append(main([str(part) for part in command]))
    print(f"\n报告：{output.resolve()}\n公开版：{clean.resolve()}\n数字及来源：{figures.resolve()}\n工作簿和底稿：{folder.resolve()}")
    return max(codes)


def gui(arguments: Namespace) -> int:
    """Open the window (also ``juesuan`` alone), with the workbook when one is named."""
    try:
        from gui.frame.app import run_window, smoke
    except ImportError as error:
        raise JuesuanError("无法打开窗口：缺少图形界面组件，请重新安装程序，或使用命令行（juesuan --help）") from error
    workbook, folder = getattr(arguments, "workbook", None), getattr(arguments, "smoke", None)
    return smoke(workbook, folder) if folder else run_window(workbook)
