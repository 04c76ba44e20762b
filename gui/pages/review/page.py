"""The page 审校: a report beside what was found in it, every number to be followed to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gui.pages.base import DONE, FindingsPage, PageName
from gui.pages.review.finding_list import FindingList
from gui.pages.review.model import Reviewed, ShownFinding, review_file
from gui.pages.review.output import ReviewBar, ReviewOutput, ReviewWatch
from gui.pages.review.view import ReportView
from gui.paper.sources import SourceLinks
from gui.session import files
from gui.session.files import follow
from gui.style.theme import GRID
from gui.widgets.notice import Action, Notice
from gui.widgets.parts import DropZone, column, redressed, splitter
from workbook.errors import JuesuanError, sentence
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from docgen.job.inputs import Inputs
    from docgen.job.sources import SourceCell
    from docgen.refresh import Refreshed
    from gui.session.jobs import Job
    from gui.session.session import Session


_PATIENCE_MS = 300
"""A review that takes longer is mentioned, and can be cancelled."""


class ReviewPage(FindingsPage):
    """Text at the left, findings at the right."""

    shown = Signal()
    """A review is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.reviewed: Reviewed | None = None
        self.is_alone = False
        """Whether a report is reviewed, or being reviewed, without a workbook."""
        self._generated: Path | None = None
        self._job: Job | None = None
        self._refreshed: Refreshed | None = None
        """What is to be said when the next review is shown."""
        self._compose()
        # else the window says what is needed
        files.FileDrop(self, lambda path: session.is_open and files.is_report(path), self.review, self.empty)
        session.opened.connect(self._session_opened)
        session.closed.connect(self.clear)
        self._show_state()

    # ------------------------------------------------------------ composition
    def _compose(self) -> None:
        self.notice = Notice(self).float_over(self)
        self.stale = ReviewWatch(self.session, ("重新审校", self.again), ("选择报告…", self.choose), self)
        self.output = ReviewOutput(self.session.jobs, self.notice, self)
        self.output.refreshed.connect(self._review_refreshed)
        self.links = SourceLinks(self.session, self)
        self.links.text_requested.connect(partial(self.page_requested.emit, PageName.TEXTS))
        self.view, self.findings = ReportView(self), FindingList(self)
        self.listed = self.findings
        self.view.finding_clicked.connect(self._clicked)
        self.view.figure_clicked.connect(self._figure_clicked)
        self.findings.finding_selected.connect(self.view.go_to)
        self.findings.jump_requested.connect(self._jump)
        self.findings.cell_requested.connect(lambda cell: self._go_to([cell]))
        self.across = splitter(
            self, Qt.Orientation.Horizontal, self.view, self.findings, sizes=(560, 560), stretch=(1, 1), handle=GRID)
        self.empty = DropZone(
            "把 Word 或 PDF 报告拖到这里", "逐个核对报告中的数字、增减方向、百分比和文字，写错的地方标在原文上。报告可以是本程序生成的，也可以是别人写的。",
            self)
        self.generated_button = self.empty.offer(
            "审校刚生成的报告", lambda: self.review(self._generated) if self._generated is not None else None)
        self.choose_button = self.empty.offer("选择报告…", self.choose)
        body = QWidget(self)
        self.bar = ReviewBar(self.choose, self.again, self.output, self.inputs, self)
        column(body, self.bar, (self.across, 1))
        self._stack = QStackedWidget(self)
        for page in (self.empty, body):
            self._stack.addWidget(page)
        column(self, self.stale, (self._stack, 1), margins=(GRID * 2, GRID, GRID * 2, GRID))

    def splitters(self) -> dict[str, QSplitter]:
        return {"审校左右": self.across, "审校上下": self.findings.down}

    def dress(self) -> None:
        self.view.dress()
        self.findings.dress()

    # ------------------------------------------------------------ what the frame asks
    def badge(self) -> str:
        """How many findings need a look; a tick when there are none."""
        reviewed = self.reviewed
        if reviewed is None or (not reviewed.to_do and reviewed.review.coverage.is_too_little):
            return ""
        return str(reviewed.to_do or DONE)

    def activate(self) -> None:
        """Look whether the report was changed meanwhile."""
        self.stale.look_at_file()

    def offer(self, path: Path) -> None:
        """A report was generated: offer to review it."""
        self._generated = path
        self._show_state()

    def magnify(self, step: int) -> None:
        self.view.zoom_by(1.1**step if step else 0)

    # ------------------------------------------------------------ reviewing
    def choose(self) -> None:
        """Ask for a report and review it."""
        near = self.reviewed.path if self.reviewed is not None else self.session.path
        if (path := files.ask_source(self, "选择要审校的报告", near.parent if near else Path(), files.REPORTS)) is not None:
            self.review(path, alone=not self.session.is_open)

    def again(self) -> None:
        """Review the same report once more."""
        if self.reviewed is not None:
            self.review(self.reviewed.path, alone=self.reviewed.is_own)

    def inputs(self) -> Inputs:
        """A snapshot to compare with; later edits cannot reach it."""
        if (inputs := self.session.inputs) is None:
            raise JuesuanError("还没有打开工作簿。")
        return replace(inputs, accounts=self.session.accounts)

    def review(self, path: Path, *, alone: bool = False) -> None:
        """Review the report *path* against the open workbook as it is now; *alone*: against its own tables."""
        if not self.session.is_open and not alone:
            return
        self._cancel()
        self.is_alone = alone
        now = None if alone else self.inputs()
        again: Action = ("重试", lambda: self.review(path, alone=alone))
        self._job = self.session.jobs.start(
            lambda progress: review_file(path, now, progress), self._show,
            lambda error: self.notice.say(sentence(error), "red", again, ("选择别的报告…", self.choose)), progress=True)
        follow(self.notice, self._job, f"正在审校“{path.name}”", _PATIENCE_MS)

    def _cancel(self) -> None:
        """Never mind the review that is under way."""
        self.notice.hide()
        if self._job is not None:
            self._job.cancel()

    def _review_refreshed(self, done: Refreshed) -> None:
        """Review the report that has the new figures, then say what was done."""
        self.review(done.path)
        self._refreshed = done

    def _show(self, reviewed: Reviewed) -> None:
        self.notice.hide()
        if self.reviewed is None or self.reviewed.path != reviewed.path:
            self.findings.show_all()
            self.findings.show_records(())
        keep, self.reviewed = self.findings.current, reviewed
        self.view.show_review(reviewed)
        self.findings.clean_words = reviewed.clean_words()
        self.findings.show_records(reviewed.findings)
        if (current := self.findings.current) is None and reviewed.findings:
            number = min(keep.number if keep is not None else 0, len(reviewed.findings) - 1)
            self.findings.select(number)
            self.view.go_to(number)
        else:
            self.view.mark(current.number if current is not None else -1)
        self._show_state()
        if not self.findings.search.hasFocus():
            self.findings.table.setFocus()
        self.stale.watch(reviewed)
        errors = 0 if reviewed.is_own else count_by_severity(self.session.findings.about_tables)[Severity.ERROR]
        if (found := reviewed.doubt(errors)) is not None:
            words, tone, is_other = found
            self.notice.say(words, tone, *([("选择别的报告…", self.choose)] if is_other else []))
        done, self._refreshed = self._refreshed, None
        if done is not None and done.path == reviewed.path:
            self.output.say_refreshed(done)
        self.badge_changed.emit()
        self.shown.emit()

    # ------------------------------------------------------------ what is shown
    def _show_state(self) -> None:
        self._stack.setCurrentIndex(int(self.reviewed is not None))
        has_generated = self._generated is not None and self._generated.is_file()
        self.generated_button.setVisible(has_generated)
        self.generated_button.setToolTip(str(self._generated or ""))
        redressed(self.choose_button, kind="" if has_generated else "primary")
        if self.reviewed is not None:
            self.bar.show_review(self.reviewed)

    def clear(self) -> None:
        """Nothing is reviewed any more."""
        self._cancel()
        self.is_alone, self.reviewed, self._generated = False, None, None
        self.findings.show_records(())
        self.stale.watch(None)
        self._show_state()
        self.badge_changed.emit()

    def _session_opened(self) -> None:
        """Another workbook: the review is not about it; the same one, read again: perhaps still."""
        if self.reviewed is None or self.reviewed.inputs.accounts.path != self.session.path:
            self.clear()

    # ------------------------------------------------------------ going to and fro
    def _clicked(self, number: int) -> None:
        self.findings.select(number)
        self.view.mark(number)

    def _figure_clicked(self, number: int) -> None:
        if self.reviewed is not None and (cells := self.reviewed.sources.of(self.reviewed.review.figures[number].figure)):
            self._go_to(cells)

    def _jump(self, finding: ShownFinding) -> None:
        """Go to the first cell of this workbook that a finding's right figure comes from."""
        self._go_to([cell for cell in finding.cells if cell.is_here][:1] or finding.cells[:1])

    def _go_to(self, cells: Sequence[SourceCell]) -> None:
        """Go to a cell, one of several by a menu; those of the report itself are only named."""
        if not cells:
            self.notice.say("这个问题只和文字有关，没有来源单元格。", "blue")
        elif self.reviewed is not None and self.reviewed.is_own:
            self.notice.say(f"来自报告的{'、'.join(str(cell.ref) for cell in cells[:3])}。", "blue")
        else:
            self.links.open(cells, QCursor.pos())

    # ------------------------------------------------------------ the window and files from outside
    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """The window came to the front: the report may have been changed in Word."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            QTimer.singleShot(0, self, self.stale.look_at_file)
