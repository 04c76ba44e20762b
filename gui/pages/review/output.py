"""What the page 审校 writes: the report with comments, the list of findings, the report with new figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from gui.session import files
from gui.session.writing import FileWriter
from workbook.paths import free_name

if TYPE_CHECKING:
    from docgen.job.inputs import Inputs
    from docgen.refresh import Refreshed
    from gui.pages.review.model import Reviewed

_SHOWN, _LONGEST = 2, 18
"""So many places that were left are named, with so many characters of their text."""


class ReviewOutput(FileWriter):
    """Writes what comes of a review."""

    refreshed = Signal(object)
    """A report has new figures (:class:`docgen.refresh.Refreshed`)."""

    def comments(self, reviewed: Reviewed) -> None:
        """The report as it was read, with a comment at every finding."""
        from docgen.review.output import comments_suffix, write_commented_report

        suffix = comments_suffix(reviewed.document) or ".docx"
        self.write(
            "导出批注版", free_name(reviewed.path, "审校批注", suffix), files.PDF if suffix == ".pdf" else files.WORD,
            lambda target: write_commented_report(target, reviewed.review, reviewed.document),
            lambda target: f"带批注的报告已写入“{target.name}”（{len(reviewed.findings)} 条批注），原报告没有改动。")

    def listing(self, reviewed: Reviewed) -> None:
        """The findings as an Excel list."""
        from docgen.review.output import write_review_list

        self.write(
            "导出清单", free_name(reviewed.path, "审校结果", ".xlsx"), files.EXCEL,
            lambda target: write_review_list(target, reviewed.review, reviewed.inputs),
            lambda target: f"审校清单已写入“{target.name}”。")

    def checklist(self, reviewed: Reviewed) -> None:
        """The checklist of the finance bureaus."""
        from docgen.review.checklist import write_checklist_of

        self.write(
            "导出检查表", free_name(reviewed.path, "检查表", ".xlsx"), files.EXCEL,
            lambda target: write_checklist_of(target, reviewed.review, reviewed.document, reviewed.inputs),
            lambda target: f"检查表已写入“{target.name}”。")

    def refresh(self, report: Path, inputs: Inputs) -> None:
        """Put the workbook's present figures into a linked report, after the user said where."""
        self.notice.say(
            "把报告中的数字、增减方向和图表换成公开表现在的数，人工改过的地方都保留。原报告先备份为“……_刷新前.docx”。", "blue",
            ("刷新这份报告", lambda: self._refresh(report, inputs, report)), ("写成另一份…", lambda: self._refresh_into(report, inputs)))

    def _refresh_into(self, report: Path, inputs: Inputs) -> None:
        target = self.ask_path("刷新后另存为", free_name(report, "已刷新", ".docx"), files.WORD)
        if target is not None:
            self._refresh(report, inputs, target)

    def _refresh(self, report: Path, inputs: Inputs, target: Path, *, force: bool = False) -> None:
        from docgen.refresh import refresh_report, unreadable_words

        if not force and (unreadable := unreadable_words(inputs)):
            self.notice.say(
                f"没有刷新：{unreadable}。请先改正、重新计算并保存。", "amber",
                ("仍然刷新", lambda: self._refresh(report, inputs, target, force=True)))
            return
        self.notice.say(f"正在刷新“{report.name}”", "blue", closable=False)
        self.jobs.start(
            lambda: refresh_report(report, inputs, target), self.refreshed.emit,
            lambda error: self.failed(error, ("写成另一份…", lambda: self._refresh_into(report, inputs))))

    def say_refreshed(self, done: Refreshed) -> None:
        """What a refresh did, and what it had to leave."""
        self.notice.say(refreshed_words(done), "green" if done.complete else "amber", ("打开报告", lambda: self.open_path(done.path)))


def refreshed_words(done: Refreshed) -> str:
    """``已刷新“报告.docx”：换了 12 个数，改写 3 段，图表 2 个。…``."""
    counts = ((done.numbers, "换了 {} 个数"), (done.sentences, "改写 {} 段"), (done.charts, "图表 {} 个"))
    parts = "，".join(words.format(count) for count, words in counts if count)
    words = [f"已刷新“{done.path.name}”：{parts}。" if parts else f"“{done.path.name}”不用刷新，公开表的数和上次写入时一样。"]
    if done.kept:
        words.append(f"人工改过的 {done.kept} 处保留原样。")
    if done.backup is not None:
        words.append(f"原报告已备份为“{done.backup.name}”。")
    for found, lead, said in (
        (done.unplaced, "没有放进去，请手工修改", lambda u: f"“{_short(u.text or u.stated or u.expected)}”{u.why}"),
        (done.doubtful, "请核对", lambda u: u.why),
    ):
        if found:
            more = "……" if len(found) > _SHOWN else ""
            words.append(f"有 {len(found)} 处{lead}：{'；'.join(said(u) for u in found[:_SHOWN])}{more}。")
    if done.prompts:
        words.append(f"还有 {len(done.prompts)} 处待填。")
    return "".join((*words, *(f"{note}。" for note in done.notes)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"
