"""``juesuan refresh``: an edited report brought up to date with the workbook."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.inputs import guard_outputs, read_inputs
from docgen.job.form_words import form_words
from workbook.errors import InputError
from workbook.pack.choice import BY_REPORT

if TYPE_CHECKING:
    from docgen.refresh import Refreshed, Unplaced

_MOST = 60
"""So many places are listed."""
_QUOTED = 40


def run(arguments: Namespace) -> int:
    """Refresh; 0 everything placed, 1 something could not be placed, has to be looked at or filled in."""
    from docgen.refresh import made_with, refresh_report, unreadable_words

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
    print("\n".join((*words(outcome), form_words(inputs.accounts))))
    return 0 if outcome.complete else 1


def words(outcome: Refreshed) -> Iterator[str]:
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
        yield from (_place(entry) for entry in outcome.unplaced[:_MOST])
        if len(outcome.unplaced) > _MOST:
            yield f"  …… 还有 {len(outcome.unplaced) - _MOST} 处，改正后再刷新一次"
    if outcome.doubtful:
        yield f"请核对 {len(outcome.doubtful)} 处，数变了，人工写的文字可能没有跟上："
        yield from _few([f"{_where(entry)}：{entry.why}。" for entry in outcome.doubtful])
    if outcome.prompts:
        yield f"待填写 {len(outcome.prompts)} 处："
        yield from _few(outcome.prompts)


def _few(prompts: Sequence[str]) -> Iterator[str]:
    yield from (f"  ！ {prompt}" for prompt in prompts[:_MOST])
    if len(prompts) > _MOST:
        yield f"  …… 还有 {len(prompts) - _MOST} 处"


def _place(entry: Unplaced) -> str:
    """One place: where, what stands there, what it should be, why it was left."""
    stated = f"现为“{_short(entry.stated)}”" if entry.stated else ""
    expected = f"应为“{_short(entry.expected)}”" if entry.expected else "应删去" if entry.stated else ""
    return f"  ！ {_where(entry)}：" + "，".join(part for part in (stated, expected, entry.why) if part) + "。"


def _where(entry: Unplaced) -> str:
    where = f"第 {entry.paragraph} 段" if entry.paragraph is not None else "报告中"
    return f"{where}“{_short(entry.text)}”" if entry.text else where


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}……"
