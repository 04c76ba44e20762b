"""What the page 审校 makes of a review: the report with comments, lists, the report with new figures.

Also the line that offers it, and whether it still holds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.pages.review.model import Reviewed, Stamp, changes_since, stamp_of
from gui.session import files
from gui.session.files import FileWriter
from gui.session.jobs import Pause
from gui.widgets.fit import ElidedLabel, FoldingButton, FoldingRow
from gui.widgets.notice import Action, Notice
from gui.widgets.parts import label, set_state, shortened
from workbook.paths import free_name

if TYPE_CHECKING:
    from docgen.job.inputs import Inputs
    from docgen.refresh import Refreshed
    from gui.session.session import Session

_NARROW, _LEAST_NAME = 980, 120
"""A bar below this width (pixels) has no room for the report's name; where it is shown, so much of it is seen that it
can be read."""
_REFRESH_TIP = "把报告中的数字换成公开表现在的数，人工改过的地方都保留"
_LOOK_MS = 150
"""After an edit the question whether a review holds waits for a pause."""
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
        self.notice.say(
            refreshed_words(done), "green" if done.complete else "amber", ("打开报告", lambda: self.open_path(done.path)))


class ReviewBar(FoldingRow):
    """What can be done with a reviewed report, and what came out."""

    def __init__(
        self, choose: Callable[[], object], again: Callable[[], object], output: ReviewOutput,
        inputs: Callable[[], Inputs], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._reviewed: Reviewed | None = None
        self.choose = self.offer("选择报告…", "open", choose, "审校另一份报告，也可以把报告拖到窗口里")
        self.again = self.offer("重新审校", "check", again, "公开表或报告改过以后，再核对一遍")
        self.summary, self.name = label(self), ElidedLabel(self, role="muted")
        self.name.setMinimumWidth(_LEAST_NAME)
        self.add(self.summary)
        self.add(self.name, 100, narrow=_NARROW)
        self.row.addStretch(1)
        self.open, self.refresh, self.list, self.checklist, self.comments = (self._offer(*offered) for offered in (
            ("打开报告", "goto", lambda reviewed: output.open_path(reviewed.path), "用系统中的程序打开，如 Word、WPS"),
            ("刷新数字…", "refresh", lambda reviewed: output.refresh(reviewed.path, inputs()), _REFRESH_TIP),
            ("导出清单…", "export", output.listing, "把问题写成 Excel 清单"),
            ("导出检查表…", "tick", output.checklist, "财政部门检查表的样子：每部分、每节、每张表是否符合要求，问题写成文字"),
            ("导出批注版…", "report", output.comments, "在每个问题处加批注，另存为一份 Word 或 PDF 文件，原报告不变")))

    def _offer(self, words: str, icon: str, do: Callable[[Reviewed], object], tip: str) -> FoldingButton:
        return self.offer(words, icon, lambda: do(self._reviewed) if self._reviewed is not None else None, tip)

    def show_review(self, reviewed: Reviewed) -> None:
        """Show the result of a review."""
        self._reviewed = reviewed
        is_clean = not reviewed.findings and not reviewed.review.coverage.is_too_little
        self.summary.setText(f"✓ {reviewed.summary()}" if is_clean else reviewed.summary())
        self.summary.setToolTip(f"{reviewed.review.coverage.words()}\n{reviewed.path}")
        set_state(self.summary, "green" if is_clean else "")
        self.name.set_whole(reviewed.path.name, str(reviewed.path))
        self.refresh.setEnabled(not reviewed.unlinked)
        self.refresh.set_tip(reviewed.unlinked or _REFRESH_TIP)


class ReviewWatch(Notice):
    """A strip that is seen only while a review is doubtful: workbook, 底稿 or report are no longer what was reviewed."""

    def __init__(self, session: Session, again: Action, choose: Action, parent: QWidget | None = None) -> None:
        """*again*, *choose*: the ways out, reviewing once more and reviewing another report."""
        super().__init__(parent)
        self._session, self._again, self._choose = session, again, choose
        self._reviewed: Reviewed | None = None
        self._seen: Stamp | None = None
        """Of the report's file, when it was last looked at."""
        self._later = Pause(self, _LOOK_MS, self._compare)
        for signal in (session.opened, session.checked, session.companion_changed):
            signal.connect(self._later.start)

    def watch(self, reviewed: Reviewed | None) -> None:
        """Watch over another review (``None``: over none)."""
        self._reviewed, self._seen = reviewed, reviewed.stamp if reviewed is not None else None
        self._compare()

    def look_at_file(self) -> None:
        """Look whether the report was changed meanwhile."""
        reviewed = self._reviewed
        if reviewed is not None:
            self._session.jobs.start(lambda: stamp_of(reviewed.path), lambda stamp: self._looked(reviewed, stamp))

    def _looked(self, reviewed: Reviewed, stamp: Stamp | None) -> None:
        if reviewed is self._reviewed:
            self._seen = stamp
            self._compare()

    def _compare(self) -> None:
        reviewed, inputs = self._reviewed, self._session.inputs
        if reviewed is None or inputs is None:
            self.hide()
        elif self._seen is None:
            self.say(
                f"“{reviewed.path.name}”已不在原来的位置，可能被移动或删除。", "amber", self._choose, closable=False)
        elif changed := [*changes_since(reviewed.inputs, inputs), *(["报告"] if self._seen != reviewed.stamp else [])]:
            self.say(f"{'、'.join(changed)}已改动，结果可能过时。", "amber", self._again, closable=False)
        else:
            self.hide()


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
        (done.unplaced, "没有放进去，请手工修改", lambda u: f"“{shortened(u.text or u.stated or u.expected, _LONGEST)}”{u.why}"),
        (done.doubtful, "请核对", lambda u: u.why),
    ):
        if found:
            more = "……" if len(found) > _SHOWN else ""
            words.append(f"有 {len(found)} 处{lead}：{'；'.join(said(u) for u in found[:_SHOWN])}{more}。")
    if done.prompts:
        words.append(f"还有 {len(done.prompts)} 处待填。")
    return "".join((*words, *(f"{note}。" for note in done.notes)))
