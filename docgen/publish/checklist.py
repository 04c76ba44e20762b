"""The check list for whoever approves the publication: what was found, what to look at, who signs.  Internal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from docgen.findings.unit import Findings
from docgen.job.inputs import Inputs
from docgen.model import Block, Paragraph, TableBlock, TableCell, Text
from workbook.issues import Issue, Severity
from workbook.pack.report import PublishForm

if TYPE_CHECKING:
    from docgen.review.findings import Review

_DATE = re.compile(r"(20\d\d)\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})")
_BOX = "□"
_MOST_NOTICES = 60


class PublishedFile(NamedTuple):
    """A file of the folder."""

    name: str
    what: str
    size: int
    sha256: str


def approved_on(context: Inputs, form: PublishForm) -> dt.date | None:
    """When the finance bureau approved the accounts, as the 底稿 says; ``None`` when it does not."""
    match = _DATE.search(context.entry(form.approved).text)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def deadline_words(approved: dt.date | None, days: int, today: dt.date) -> str:
    """Until when to publish, counted from the day after the approval."""
    if approved is None:
        return f"批复日期：　　　　年　　月　　日。应在批复后 {days} 日内公开，最迟：　　　　年　　月　　日"
    last = approved + dt.timedelta(days=days)
    left = (last - today).days
    state = f"今日 {_day(today)}，还有 {left} 日" if left >= 0 else f"今日 {_day(today)}，已超过 {-left} 日"
    return f"批复日期 {_day(approved)}，应在批复后 {days} 日内公开，最迟 {_day(last)}（{state}）"


def checklist(
    context: Inputs, findings: Findings, review: Review, files: Sequence[PublishedFile],
    approved: dt.date | None, today: dt.date,
) -> list[Block]:  # fmt: skip
    """The check list as blocks of a report."""
    form = context.pack.report.publish
    summary, notices = findings.summary(), [i for i in findings.issues if i.severity is Severity.NOTICE]
    done = (
        ("公开表校验", f"错误 {summary['错误']}，提示 {summary['提示']}，尾差 {summary['尾差']}；执行公式 {summary['公式']} 处，未执行 {summary['未执行']} 条"),
        ("变动原因和文字", "没有待填写的"),
        ("报告与公开表核对", f"核对数字 {review.compared} 个，没有发现问题"),
        ("文件信息", "没有作者、单位以外的人员信息、批注、修订、链接、公式和隐藏内容"),
    )
    asked = [("公开期限", deadline_words(approved, form.days, today)), *form.items]
    blocks: list[Block] = [
        Paragraph("文件标题", (Text(f"{context.unit_name} {context.year} 年度决算公开审批单"),)),
        Paragraph("正文", (Text("内部使用，不公开。随同审批单提交的公开文件如下："),)),
        _table(("文件", "内容", "大小", "校验码（SHA-256 前 16 位）"), [
            (f.name, f.what, f"{max(f.size // 1024, 1):,} KB", f.sha256[:16]) for f in files], (40, 26, 10, 24)),
        Paragraph("二级标题", (Text("一、程序已经核对"),)),
        _table(("事项", "结果"), done, (22, 78)),
        Paragraph("二级标题", (Text("二、请逐项确认"),)),
        _table(("事项", "要求", "确认"), [(name, words, _BOX) for name, words in asked], (20, 70, 10)),
    ]
    if notices:
        blocks += [
            Paragraph("二级标题", (Text("三、校验提示，请确认属实"),)),
            _table(("序号", "提示", "确认"), _notices(notices), (8, 82, 10)),
        ]
    signatures = [(name, "\n", "　　　年　　月　　日") for name in form.signatures]
    title = Paragraph("二级标题", (Text(f"{'四' if notices else '三'}、审批"),))
    return [*blocks, title, _table(("审批人", "意见和签字", "日期"), signatures, (24, 46, 30))]


def _notices(notices: Sequence[Issue]) -> list[tuple[str, str, str]]:
    rows = [(str(number), issue.message, _BOX) for number, issue in enumerate(notices[:_MOST_NOTICES], 1)]
    more = len(notices) - len(rows)
    return [*rows, ("", f"其余 {more} 条见校验结果", _BOX)] if more else rows


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> TableBlock:
    lines = [tuple(TableCell((Text(text),)) for text in head)]
    lines += [
        tuple(TableCell((Text(text),) if text else (), align="left" if len(text) > 12 else "center") for text in row)
        for row in rows]
    return TableBlock(tuple(lines), widths=tuple(widths))


def _day(day: dt.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
