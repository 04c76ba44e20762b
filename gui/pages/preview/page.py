"""The page 预览与生成: the report as it will read, the year at a glance, and writing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from docgen.model import FigureSpan, PromptSpan, ReasonSpan, Span
from docgen.pdf import Suite
from docgen.pdf.export import NO_SUITE
from gui.pages.base import DONE, Page, PageName
from gui.pages.preview.outline import Outline, YearStrip
from gui.pages.preview.output import Preview, ReportWriter, make_preview
from gui.paper.sources import SourceLinks
from gui.paper.view import PaperView
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style.theme import GRID
from gui.widgets.fit import ElidedLabel, FoldingButton, FoldingRow
from gui.widgets.notice import Notice
from gui.widgets.parts import button, column, label, set_state, splitter
from workbook.errors import sentence

REBUILD_MS = 120
_YEAR = "年度一览"
_NARROW = 780
"""In a bar below this width (pixels) the number of the page gives way: the outline alone tells where one is."""


class PreviewPage(Page):
    """Outline, pages, overview and the buttons that write the report."""

    shown = Signal()
    """The preview shows the session as it is now."""

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.settings = settings
        self.preview: Preview | None = None
        self.is_stale = True
        """Something changed since the preview was made."""
        self._waiting: list[Callable[[Preview], None]] = []
        self._runs = 0
        self._later = Pause(self, REBUILD_MS, self._rebuild)
        self._compose()
        session.opened.connect(self._opened)
        session.closed.connect(self._opened)
        session.checked.connect(self._stale)
        session.companion_changed.connect(self._stale)

    # ------------------------------------------------------------ composition
    def _compose(self) -> None:
        self.year = YearStrip(self)
        self.year.setVisible(self.settings.is_folded(_YEAR) is False)
        self.notice = Notice(self).float_over(self)
        self.writer = ReportWriter(self.session.jobs, self.notice, self)
        self.writer.prompts_asked.connect(self.go_to_next_prompt)
        self.links = SourceLinks(self.session, self)
        self.links.text_requested.connect(partial(self.page_requested.emit, PageName.TEXTS))
        self.outline, self.paper = Outline(self), PaperView(self)
        self.paper.tip_of = lambda span: self.preview.tip(span) if self.preview is not None else ""
        self.paper.activated.connect(self._clicked)
        self.paper.heading_changed.connect(self.outline.mark)
        self.paper.page_changed.connect(self._show_page)
        self.outline.asked.connect(self.paper.go_to_heading)
        self.fonts = ElidedLabel(self, Qt.TextElideMode.ElideRight, role="muted")
        self.fonts.hide()
        left = QWidget(self)
        column(left, (self.outline, 1), self.fonts, spacing=GRID // 2)
        split = splitter(self, Qt.Orientation.Horizontal, left, self.paper, sizes=(250, 900), stretch=(0, 1))
        split.setChildrenCollapsible(True)
        column(self, self.year, self._toolbar(), (split, 1), margins=(GRID * 2, GRID, GRID * 2, GRID))
        self.first = self.paper

    def _toolbar(self) -> FoldingRow:
        body = FoldingRow(self)
        self.pdf_button = PdfButton(self.writer.suites, self.export_pdf, body)
        self.publish_button = button(
            body, "公开发布…", self.publish, tip="全部核对无误后，把公开版 Word、PDF、公开表和审批单写入一个新文件夹")
        self.prompt_button = button(body, "下一处待填", self.go_to_next_prompt, tip="F7")
        QShortcut(
            QKeySequence(Qt.Key.Key_F7), self, self.go_to_next_prompt, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.state = ElidedLabel(body, Qt.TextElideMode.ElideRight)
        self.state.setMinimumWidth(self.fontMetrics().horizontalAdvance("! 还不能…"))
        self._page = label(body, role="muted")
        for widget in (self.pdf_button, self.publish_button, self.prompt_button):
            body.add(widget)
        body.add(self.state, 1)
        body.add(self._page, narrow=_NARROW)
        for words, tip, factor in (("－", "缩小（Ctrl+滚轮）", 1 / 1.15), ("＋", "放大（Ctrl+滚轮）", 1.15)):
            zoom = button(body, words, partial(self._zoom, factor), kind="tight", tip=tip)
            zoom.setAccessibleName(tip)
            body.add(zoom)
        body.offer("适合宽度", "width", lambda: self.paper.set_zoom(None), "按窗口宽度显示")
        body.offer("整页", "page", self.paper.fit_page, "一次看一整页")
        body.offer("年度一览", "year", self._toggle_year, "显示或隐藏年度一览")
        return body

    def _show_page(self, page: int, pages: int) -> None:
        self._page.setText(f"第 {page} / {pages} 页")

    def _zoom(self, factor: float) -> None:
        self.paper.set_zoom(self.paper.zoom * factor)

    def _toggle_year(self) -> None:
        """The overview is wanted, or is not wanted any more; remembered."""
        self.year.setVisible(self.year.isHidden())
        self.settings.keep_folded(_YEAR, self.year.isHidden())

    # ------------------------------------------------------------ what the frame asks
    def badge(self) -> str:
        """A tick when the report shown could be published."""
        is_clean = self.preview is not None and not self.is_stale and self.preview.readiness.is_clean
        return DONE if is_clean else ""

    def dress(self) -> None:
        self.outline.show_headings(self.paper.headings)
        self.paper.viewport().update()

    def activate(self) -> None:
        if self.is_stale:
            self._later.start(0)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        super().showEvent(event)
        self.activate()

    # ------------------------------------------------------------ the preview
    def _opened(self) -> None:
        self.preview = None
        self.notice.hide()
        self._stale()

    def _stale(self) -> None:
        """Something changed; build anew when somebody looks."""
        self.is_stale = True
        self._runs += 1
        if self.isVisible():
            self._later.start()
        self.badge_changed.emit()

    def _rebuild(self) -> None:
        if not self.session.is_open:
            return
        context, checked, run = self.session.context, self.session.report, self._runs
        self.session.jobs.start(
            lambda: make_preview(context, checked), lambda preview: self._show(preview, run),
            lambda error: self._fail(error, run))

    def _show(self, preview: Preview, run: int) -> None:
        if run != self._runs:
            return  # something changed meanwhile: a newer one follows
        self.is_stale = False
        self.preview = preview
        self.paper.show_pages(preview.plan)
        self.outline.show_headings(self.paper.headings)
        self.year.show_year(preview.year)
        self._show_state(preview)
        self._show_fonts(preview.plan.fonts)
        self.badge_changed.emit()
        self.shown.emit()
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action(preview)

    def _show_state(self, preview: Preview) -> None:
        words = preview.readiness.words()
        details = [*preview.readiness.problems[:12], *(p.text.strip("【】") for p in preview.report.prompts[:12])]
        self.state.set_whole(f"! 还不能公开：{words}" if words else "✓ 可以公开", "\n".join(details))
        set_state(self.state, "amber" if words else "green")
        self.prompt_button.setEnabled(bool(preview.report.prompts))
        self.prompt_button.setText(f"下一处待填（{len(preview.report.prompts)}）" if preview.report.prompts else "下一处待填")

    def _show_fonts(self, fonts: Sequence[str]) -> None:
        """Which fonts of the report this computer does not have, and what happens then."""
        missing = [name for name in fonts if name.isascii() is False and not QFontDatabase.hasFamily(name)]
        self.fonts.setVisible(bool(missing))
        words = f"本机缺少报告的字体：{'、'.join(missing)}"
        self.fonts.set_whole(words, f"{words}。\n预览和 Word、WPS 都用相近的字体代替，分页基本不变；文件里写的仍是这些字体，在装有它们的\n"
                             "电脑上照原样显示。要公开 PDF，请在装有这些字体的电脑上导出。")

    def _fail(self, error: Exception, run: int) -> None:
        self._waiting.clear()
        if run == self._runs:
            self.notice.say(sentence(error), "red", ("重试", self._rebuild))

    def _with_preview(self, action: Callable[[Preview], None]) -> None:
        """Do something with the preview of the session as it is now."""
        if self.preview is not None and not self.is_stale:
            action(self.preview)
        else:
            self._waiting.append(action)
            self._rebuild()

    # ------------------------------------------------------------ what the user does
    def generate(self, linked: bool) -> None:  # the frame's contract
        """Write the Word report: linked, or (not *linked*) the version to publish."""
        self._write(lambda preview: self.writer.word(preview, linked=linked))

    def export_pdf(self, first: str = "") -> None:
        """Write the version to publish as PDF, with the office suite called *first* where there is a choice."""
        self._write(lambda preview: self.writer.pdf(preview, first=first))

    def _write(self, action: Callable[[Preview], None]) -> None:
        """Write something from figures that the files hold; that they do not is said first."""
        saving = self.session.saving
        if not self.session.is_open:
            return

        def save_first() -> None:
            if saving.save_all():
                self._write(action)

        if doubt := saving.doubt():
            first = [("保存并生成", save_first)] if saving.unsaved() else []
            self.notice.say(doubt, "amber", *first, ("仍然生成", partial(self._with_preview, action)))
        else:
            self._with_preview(action)

    def publish(self) -> None:
        """Write all that is published, of the workbook as it is saved."""
        inputs = self.session.inputs
        if inputs is None:
            return
        if self.session.is_dirty:
            self.notice.say("公开表的修改还没有保存，请先保存再公开。", "amber")
            return
        self.writer.publish(replace(inputs, accounts=self.session.accounts))

    def go_to_next_prompt(self) -> None:
        """Scroll to the next place that is still to be filled in."""
        if not self.paper.next_prompt():
            self.notice.say("没有待填的地方了。", "green")

    def _clicked(self, span: Span, place: QPoint) -> None:
        preview = self.preview
        if preview is None:
            return
        if isinstance(span, PromptSpan | ReasonSpan):
            self.page_requested.emit(PageName.REASONS if preview.is_reason(span.slot) else PageName.TEXTS, span.slot)
        elif isinstance(span, FigureSpan):
            self.links.open(preview.sources.of(span.figure), place)


class PdfButton(FoldingButton):
    """Looks for the suites when the user points at it, not before: the window opens sooner."""

    def __init__(
        self, suites: Callable[[], tuple[Suite, ...]], make: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        """*make* makes the PDF, with the suite of this name first, or as usual (an empty name)."""
        super().__init__("导出 PDF…", "export", self._clicked, parent)
        self._suites, self._make = suites, make
        self.choice = QMenu(self)
        """One line for each suite, where there are several."""

    def words(self) -> str:
        """What a click does."""
        *others, last = [suite.name for suite in self._suites()] or [""]
        names = f"{'、'.join(others)} 或 {last}" if others else last
        return f"用 {names} 导出公开版的 PDF" if names else f"{NO_SUITE}。"

    def _clicked(self) -> None:
        self.choice.clear()
        for suite in self._suites():
            self.choice.addAction(f"用 {suite.name} 导出", lambda name=suite.name: self._make(name))
        if len(self.choice.actions()) > 1:
            self.choice.popup(self.mapToGlobal(self.rect().bottomLeft()))
        else:
            self._make("")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.set_tip(self.words())
        return super().event(event)
