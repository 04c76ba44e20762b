"""What the page 审校 writes: the report with comments, the list of findings, the report with new figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session import files
from gui.session.jobs import Jobs
from gui.session.messages import sentence
from gui.widgets.notice import Action, Notice
from workbook.paths import free_name

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from docgen.job.inputs import Inputs
    from docgen.refresh import Refreshed
    from gui.pages.review.model import Reviewed

_SHOWN, _LONGEST = 2, 18
"""So many places that were left are named, with so many characters of their text."""


class ReviewOutput(QObject):
    """Asks where, writes on the worker, and says in a notice how it went."""

    written = Signal(object)
    """A file is there: its path."""
    refreshed = Signal(object)
    """A report has new figures (:class:`docgen.refresh.Refreshed`)."""

    def __init__(self, jobs: Jobs, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self._jobs, self._notice, self._window = jobs, notice, parent
        self.ask_path: Callable[[str, Path, str], Path | None] = partial(files.ask_target, parent)
        """Asks where to write: title, proposal, filter."""
        self.open_path: Callable[[Path], object] = files.open_outside

    def comments(self, reviewed: Reviewed) -> None:
        """The report as it was read, with a comment at every finding."""
        from docgen.review.output import comments_suffix, write_commented_report

        suffix = comments_suffix(reviewed.document) or ".docx"
        self._write(
            "导出批注版", free_name(reviewed.path, "审校批注", suffix), files.PDF if suffix == ".pdf" else files.WORD,
            lambda target: write_commented_report(target, reviewed.review, reviewed.document),
            lambda target: f"带批注的报告已写入“{target.name}”（{len(reviewed.findings)} 条批注），原报告没有改动。")

    def listing(self, reviewed: Reviewed) -> None:
        """The findings as an Excel list."""
        from docgen.review.output import write_review_list

        self._write(
            "导出清单", free_name(reviewed.path, "审校结果", ".xlsx"), files.EXCEL,
            lambda target: write_review_list(target, reviewed.review, reviewed.inputs),
            lambda target: f"审校清单已写入“{target.name}”。")

    def checklist(self, reviewed: Reviewed) -> None:
        """The checklist of the finance bureaus."""
        from docgen.review.checklist import write_checklist_of

        self._write(
            "导出检查表", free_name(reviewed.path, "检查表", ".xlsx"), files.EXCEL,
            lambda target: write_checklist_of(target, reviewed.review, reviewed.document, reviewed.inputs),
            lambda target: f"检查表已写入“{target.name}”。")

    def refresh(self, report: Path, inputs: Inputs) -> None:
        """Put the workbook's present figures into a linked report, after the user said where."""
        self._notice.say(
            "把报告中的数字、增减方向和图表换成公开表现在的数，人工改过的地方都保留。原报告先备份为“……_刷新前.docx”。", "blue",
            ("刷新这份报告", lambda: self._refresh(report, inputs, report)), ("写成另一份…", lambda: self._refresh_into(report, inputs)))

    def _refresh_into(self, report: Path, inputs: Inputs) -> None:
        target = self.ask_path("刷新后另存为", free_name(report, "已刷新", ".docx"), files.WORD)
        if target is not None:
            self._refresh(report, inputs, target)

    def _refresh(self, report: Path, inputs: Inputs, target: Path, *, force: bool = False) -> None:
        from docgen.refresh import refresh_report, unreadable_words

        if not force and (unreadable := unreadable_words(inputs)):
            self._notice.say(
                f"没有刷新：{unreadable}。请先改正、重新计算并保存。", "amber",
                ("仍然刷新", lambda: self._refresh(report, inputs, target, force=True)))
            return
        self._notice.say(f"正在刷新“{report.name}”……", "blue", closable=False)
        other: Action = ("写成另一份…", lambda: self._refresh_into(report, inputs))
        self._jobs.start(
            lambda: refresh_report(report, inputs, target), self.refreshed.emit,
            lambda error: self._notice.say(sentence(error), "red", other))

    def say_refreshed(self, done: Refreshed) -> None:
        """What a refresh did, and what it had to leave."""
        self._notice.say(
            refreshed_words(done), "green" if done.complete else "amber", ("打开报告", lambda: self.open_path(done.path)))

    def _write(
        self, title: str, proposal: Path, kinds: str, write: Callable[[Path], object], words: Callable[[Path], str],
    ) -> None:  # fmt: skip
        target = self.ask_path(title, proposal, kinds)
        if target is None:
            return
        again: Action = ("换个位置…", lambda: self._write(title, proposal, kinds, write, words))

        def wrote(_: object) -> None:
            self._notice.say(
                words(target), "green", ("打开", lambda: self.open_path(target)), ("打开文件夹", lambda: self.open_path(target.parent)))
            self.written.emit(target)

        self._jobs.start(
            lambda: write(target), wrote, lambda error: self._notice.say(sentence(error), "red", again))



def refreshed_words(done: Refreshed) -> str:
    """``已刷新“报告.docx”：换了 12 个数，改写 3 段，图表 2 个。…``."""
    parts = [words for count_, words in (
        (done.numbers, f"换了 {done.numbers} 个数"), (done.sentences, f"改写 {done.sentences} 段"), (done.charts, f"图表 {done.charts} 个"),
    ) if count_]
    words = f"已刷新“{done.path.name}”：{'，'.join(parts)}。" if parts else f"“{done.path.name}”不用刷新，公开表的数和上次写入时一样。"
    if done.kept:
        words += f"人工改过的 {done.kept} 处保留原样。"
    if done.backup is not None:
        words += f"原报告已备份为“{done.backup.name}”。"
    if done.unplaced:
        places = "；".join(f"“{_short(u.text or u.stated or u.expected)}”{u.why}" for u in done.unplaced[:_SHOWN])
        words += f"有 {len(done.unplaced)} 处没有放进去，请手工修改：{places}{'……' if len(done.unplaced) > _SHOWN else ''}。"
    if done.doubtful:
        words += f"有 {len(done.doubtful)} 处请核对：{'；'.join(u.why for u in done.doubtful[:_SHOWN])}{'……' if len(done.doubtful) > _SHOWN else ''}。"
    if done.prompts:
        words += f"还有 {len(done.prompts)} 处待填。"
    return "".join((words, *(f"{note}。" for note in done.notes)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"


