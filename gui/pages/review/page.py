"""The page 审校: a report beside what was found in it, every number to be followed to its cell."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QWidget

from gui.pages.base import DONE, FindingsPage, PageName
from gui.pages.review.bar import ReviewBar
from gui.pages.review.finding_list import FindingList
from gui.pages.review.model import Reviewed, ShownFinding, review_file
from gui.pages.review.output import ReviewOutput
from gui.pages.review.text import ReportText
from gui.pages.review.view import LEAST_ZOOM, MOST_ZOOM, ReportView
from gui.pages.review.watch import ReviewWatch
from gui.pages.review.words import tip
from gui.paper.source_links import SourceLinks
from gui.session import files
from gui.session.messages import sentence
from gui.style.theme import GRID
from gui.widgets.drop import DropZone
from gui.widgets.empty import EmptyState
from gui.widgets.notice import Notice
from gui.widgets.parts import column, splitter
from workbook.errors import JuesuanError
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.job.inputs import Inputs
    from docgen.job.sources import SourceCell
    from docgen.refresh import Refreshed
    from gui.session.jobs import Job
    from gui.session.session import Session

PATIENCE_MS = 300
"""A review that takes longer is mentioned, and can be cancelled."""


class ReviewPage(FindingsPage):
    """Text at the left, findings at the right."""

    shown = Signal()
    """A review is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.reviewed: Reviewed | None = None
        self.zoom = 1.0
        self._opened: frozenset[int] = frozenset()
        self._generated: Path | None = None
        self._job: Job | None = None
        self.is_alone = False
        """Whether a report is reviewed, or being reviewed, without a workbook."""
        self._say_then: Callable[[], None] | None = None
        """What is to be said when the next review is shown."""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_reviewing)
        self.setAcceptDrops(True)
        self._compose()
        session.opened.connect(self._session_opened)
        session.closed.connect(self.clear)
        self._show_state()

    # ------------------------------------------------------------ composition
    def _compose(self) -> None:
        self.notice = Notice(self).float_over(self)
        self.stale = ReviewWatch(self.session, ("重新审校", self.again), ("选择报告…", self.choose), self)
        self.output = ReviewOutput(self.session.jobs, self.notice, self)
        self.output.refreshed.connect(self._refreshed)
        self.links = SourceLinks(self.session, self)
        self.links.text_requested.connect(partial(self.page_requested.emit, PageName.TEXTS))
        self.view, self.findings = ReportView(self), FindingList(self)
        self.view.tip_of = lambda finding, figure: tip(self.reviewed, finding, figure) if self.reviewed is not None else ""
        self.view.finding_clicked.connect(self._clicked)
        self.view.figure_clicked.connect(self._figure_clicked)
        self.view.fold_clicked.connect(self._toggle)
        self.view.zoom_requested.connect(self.zoom_by)
        self.findings.finding_selected.connect(self.show_finding)
        self.findings.jump_requested.connect(self._jump)
        self.findings.cell_requested.connect(lambda cell: self._go_to_cell(cell, QCursor.pos()))
        self.across = splitter(
            self, Qt.Orientation.Horizontal, self.view, self.findings, sizes=(560, 560), stretch=(1, 1), handle=GRID)
        self.bar = self._make_bar()
        body = QWidget(self)
        column(body, self.bar, (self.across, 1))
        closed = EmptyState("还没有打开工作簿", "审校要对照决算公开表。先打开公开表，再把报告拖到窗口里。", self)
        self._stack = QStackedWidget(self)
        for page in (closed, self._drop_zone(), body):
            self._stack.addWidget(page)
        column(self, self.stale, (self._stack, 1), margins=(GRID * 2, GRID, GRID * 2, GRID))

    def _drop_zone(self) -> DropZone:
        self.empty = DropZone(
            "把 Word 或 PDF 报告拖到这里", "逐个核对报告中的数字、增减方向、百分比和文字，写错的地方标在原文上。报告可以是本程序生成的，也可以是别人写的。",
            self)
        self.generated_button = self.empty.offer("审校刚生成的报告", self._review_generated)
        self.choose_button = self.empty.offer("选择报告…", self.choose)
        return self.empty

    def _make_bar(self) -> ReviewBar:
        bar = ReviewBar(self)
        bar.choose.clicked.connect(self.choose)
        bar.again.clicked.connect(self.again)
        for made, do in (
            (bar.comments, self.output.comments), (bar.list, self.output.listing), (bar.checklist, self.output.checklist),
            (bar.open, lambda reviewed: self.output.open_path(reviewed.path)),
            (bar.refresh, lambda reviewed: self.output.refresh(reviewed.path, self._inputs())),
        ):
            made.clicked.connect(self._with_review(do))
        return bar

    def _with_review(self, do: Callable[[Reviewed], object]) -> Callable[[], None]:
        def run() -> None:
            if self.reviewed is not None:
                do(self.reviewed)

        return run

    def splitters(self) -> dict[str, QSplitter]:
        """What the window remembers, by name."""
        return {"审校左右": self.across, "审校上下": self.findings.down}

    def dress(self) -> None:
        """Take the palette's colours."""
        self.view.dress()
        self.findings.dress()

    # ------------------------------------------------------------ what the frame asks
    def badge(self) -> str:
        """How many findings need a look; a tick when there are none."""
        if self.reviewed is None:
            return ""
        if not self.reviewed.to_do and self.reviewed.review.coverage.is_too_little:
            return ""
        return str(self.reviewed.to_do) if self.reviewed.to_do else DONE

    def activate(self) -> None:
        """Look whether the report was changed meanwhile."""
        self.stale.look_at_file()

    def offer(self, path: Path) -> None:
        """A report was generated: offer to review it."""
        self._generated = path
        self._show_state()

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding."""
        self.findings.step(by)

    def search_findings(self) -> None:
        """The keyboard is in the field above the list."""
        self.findings.search.setFocus()

    def magnify(self, step: int) -> None:
        """Larger or smaller text; 0: at its usual size."""
        self.zoom_by(1.1**step if step else 0)

    def zoom_by(self, factor: float) -> None:
        """Show the text larger or smaller (0: at its usual size)."""
        zoom = min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM) if factor else 1.0
        if zoom != self.zoom:
            self.zoom = zoom
            self._lay_out()

    # ------------------------------------------------------------ reviewing
    def choose(self) -> None:
        """Ask for a report and review it."""
        near = self.reviewed.path if self.reviewed is not None else self.session.path
        name, _ = QFileDialog.getOpenFileName(self, "选择要审校的报告", str(near.parent) if near else "", files.REPORTS)
        if name:
            self.review(Path(name), alone=not self.session.is_open)

    def again(self) -> None:
        """Review the same report once more."""
        if self.reviewed is not None:
            self.review(self.reviewed.path, alone=self.reviewed.is_own)

    def _review_generated(self) -> None:
        if self._generated is not None:
            self.review(self._generated)

    def review(self, path: Path, *, alone: bool = False) -> None:
        """Review the report *path* against the open workbook as it is now; *alone*: against its own tables."""
        if not self.session.is_open and not alone:
            return
        self._cancel()
        self.notice.hide()
        self.is_alone = alone
        now = None if alone else self._inputs()
        self._job = self.session.jobs.start(
            lambda progress: review_file(path, now, progress), self._show, lambda error: self._failed(path, error, alone=alone), progress=True)
        self._job.ended.connect(self._patience.stop)
        self._job.setObjectName(path.name)
        self._patience.start()

    def _inputs(self) -> Inputs:
        """A snapshot to compare with; later edits cannot reach it."""
        inputs, editor = self.session.inputs, self.session.editor
        if inputs is None or editor is None:
            raise JuesuanError("还没有打开工作簿。")
        return replace(inputs, accounts=editor.accounts)

    def _say_reviewing(self) -> None:
        """It takes a while: say so, and let the user stop it."""
        if self._job is not None:
            self.notice.say(f"正在审校“{self._job.objectName()}”……", "blue", ("取消", self._cancel), closable=False)

    def _cancel(self) -> None:
        self._patience.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _failed(self, path: Path, error: Exception, *, alone: bool) -> None:
        self._job = self._say_then = None
        self.notice.say(sentence(error), "red", ("重试", lambda: self.review(path, alone=alone)), ("选择别的报告…", self.choose))

    def _show(self, reviewed: Reviewed) -> None:
        self._job = None
        self.notice.hide()
        before = self.reviewed
        is_same = before is not None and before.path == reviewed.path
        keep = self.findings.current if is_same else None
        self.reviewed = reviewed
        self._opened = self._opened if is_same else frozenset()
        self._lay_out(keep_place=is_same)
        if not is_same:
            self.findings.show_all()
        self.findings.clean_words = reviewed.clean_words()
        self.findings.set_findings(reviewed.findings, keep)
        self._mark_current()
        self._show_state()
        if self.findings.current is None and reviewed.findings:
            self._go_to(min(keep.number if keep is not None else 0, len(reviewed.findings) - 1))
        if not self.findings.search.hasFocus():
            self.findings.table.setFocus()
        self.stale.watch(reviewed)
        self._warn(reviewed)
        say, self._say_then = self._say_then, None
        if say is not None:
            say()
        self.badge_changed.emit()
        self.shown.emit()

    def _warn(self, reviewed: Reviewed) -> None:
        """Another unit's workbook, and one with errors, prove nothing."""
        from docgen.review.output import too_little_words

        if reviewed.is_own:
            if reviewed.review.coverage.is_too_little:
                self.notice.say(f"{too_little_words(reviewed.review)}。请核对是不是决算报告。", "amber", ("选择别的报告…", self.choose))
            else:
                self.notice.say(f"没有打开公开表，对照的是报告自己所附的表。{reviewed.review.coverage.words()}。", "blue")
            return
        errors = count_by_severity(self.session.findings.about_tables)[Severity.ERROR]
        if other := reviewed.other_unit():
            self.notice.say(
                f"报告写的单位是“{other}”，公开表是“{self.session.accounts.unit_name}”的，请核对是不是同一个单位。", "amber",
                ("选择别的报告…", self.choose))
        elif reviewed.review.coverage.is_too_little:
            self.notice.say(f"{too_little_words(reviewed.review)}。请核对是不是决算报告。", "amber", ("选择别的报告…", self.choose))
        elif errors:
            self.notice.say(f"公开表本身有 {errors} 个错误，请先改正公开表，再核对报告。", "amber")

    # ------------------------------------------------------------ what is shown
    def _show_state(self) -> None:
        reviewed = self.reviewed
        self._stack.setCurrentIndex(2 if reviewed is not None else 1 if self.session.is_open or self.is_alone else 0)
        has_generated = self._generated is not None and self._generated.is_file()
        self.generated_button.setVisible(has_generated)
        if has_generated and self._generated is not None:
            self.generated_button.setToolTip(str(self._generated))
        self.choose_button.setProperty("kind", "" if has_generated else "primary")
        self.choose_button.style().polish(self.choose_button)
        if reviewed is not None:
            self.bar.show_review(reviewed)

    def _lay_out(self, *, keep_place: bool = True) -> None:
        """Write the text anew: another report, other parts open, another size."""
        if self.reviewed is not None:
            if not keep_place:
                self.view.text = None
            self.view.show_text(ReportText(self.reviewed, self._opened, self.zoom))
            self._mark_current()

    def _mark_current(self) -> None:
        current = self.findings.current
        self.view.mark(current.number if current is not None else -1)

    def clear(self) -> None:
        """Nothing is reviewed any more."""
        self._cancel()
        self.is_alone = False
        self.reviewed = None
        self._generated = None
        self.findings.set_findings(())
        self.notice.hide()
        self.stale.watch(None)
        self._show_state()
        self.badge_changed.emit()

    # ------------------------------------------------------------ going to and fro
    def show_finding(self, number: int) -> None:
        """Show where in the text a finding is."""
        if self.reviewed is None:
            return
        paragraph = self.reviewed.findings[number].issue.paragraph
        if paragraph is not None and self.view.text is not None and self.view.text.is_folded(paragraph):
            self._opened |= {self.view.text.part_of[paragraph].key}
            self._lay_out()
        self.view.go_to(number)

    def _go_to(self, number: int) -> None:
        """Choose a finding and show it."""
        self.findings.select(number)
        self.show_finding(number)

    def _clicked(self, number: int) -> None:
        self.findings.select(number)
        self.view.mark(number)

    def _figure_clicked(self, number: int, place: QPoint) -> None:
        if self.reviewed is not None:
            cells = self.reviewed.sources.of(self.reviewed.review.figures[number].figure)
            if self.reviewed.is_own:
                self.notice.say("来自报告的" + "、".join(str(cell.ref) for cell in cells[:3]) + "。", "blue")
            else:
                self.links.open(cells, place)

    def _jump(self, finding: ShownFinding) -> None:
        """Go to the first cell of this workbook that a finding's right figure comes from."""
        cell = next((cell for cell in finding.cells if cell.is_here), next(iter(finding.cells), None))
        if cell is not None:
            self._go_to_cell(cell, QCursor.pos())
        else:
            self.notice.say("这个问题只和文字有关，没有来源单元格。", "blue")

    def _go_to_cell(self, cell: SourceCell, place: QPoint) -> None:
        if self.reviewed is not None and self.reviewed.is_own:
            self.notice.say(f"来自报告的{cell.ref}。", "blue")
        else:
            self.links.go_to(cell, place)

    def _toggle(self, key: int) -> None:
        """Open or fold a table."""
        self._opened ^= {key}
        self._lay_out()

    def _session_opened(self) -> None:
        """Another workbook: the review is not about it; the same one, read again: perhaps still."""
        if self.reviewed is None or self.reviewed.inputs.accounts.path != self.session.path:
            self.clear()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """The window came to the front: the report may have been changed in Word."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow() and self.isVisible():
            QTimer.singleShot(0, self, self.stale.look_at_file)

    # ------------------------------------------------------------ files
    def _refreshed(self, done: Refreshed) -> None:
        """Review the report that has the new figures, then say what was done."""
        self._say_then = lambda: self.output.say_refreshed(done)
        self.review(done.path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """A report may be dropped."""
        if self.session.is_open and _dropped(event) is not None:
            self.empty.light(on=True)
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """It is taken elsewhere."""
        self.empty.light(on=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Review what was dropped."""
        self.empty.light(on=False)
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.review(path)


def _dropped(event: QDropEvent) -> Path | None:
    """The first report among what is dragged."""
    return next(filter(files.is_report, files.dropped(event.mimeData())), None)
