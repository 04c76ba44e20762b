"""The pages of the window: made when they are first needed, shown by name, counted in the rail."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from gui.pages.open.page import WelcomePage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QStackedWidget, QWidget

    from gui.frame.rail import Rail, RailButton
    from gui.pages.base import Page
    from gui.pages.check.page import CheckingPage
    from gui.pages.review.page import ReviewPage
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.issues import Issue, Severity

_LATE = {
    "reasons": ("gui.pages.reasons.page", "ReasonsPage"),
    "texts": ("gui.pages.texts.page", "TextsPage"),
    "preview": ("gui.pages.preview.page", "PreviewPage"),
    "review": ("gui.pages.review.page", "ReviewPage"),
    "library": ("gui.pages.library.page", "LibraryPage"),
}
_TITLES = {"open": "打开", "check": "校验", "reasons": "变动原因", "texts": "文字资料", "preview": "预览与生成", "review": "审校"}
COUNT_MS = 180
"""After an edit the counts of other pages wait for a pause in typing."""
MAKE_AHEAD_MS = 120
"""Pause before the next page is made ahead of need."""


class PageSet(QObject):
    """Pages by name."""

    STEPS = ("open", "check", "reasons", "texts", "preview", "review")
    badges_changed = Signal()
    export_requested = Signal()

    def __init__(
        self, session: Session, settings: Settings, stack: QStackedWidget, rail: Rail, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.settings, self.stack = session, settings, stack
        self.current = ""
        self._written: Path | None = None
        """The report that was generated last."""
        self._pages: dict[str, Page] = {}
        self._buttons: dict[str, RailButton] = {}
        for name in self.STEPS:
            button = rail.add_step(name, _TITLES[name])
            button.setEnabled(name == "open")
            button.clicked.connect(lambda _=False, n=name: self.show(n))
            self._buttons[name] = button
        self._count_later = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._count_later.timeout.connect(self.refresh_badges)
        library = rail.add_helper("library", "公式库", is_page=True)
        library.clicked.connect(lambda: self.show("library"))
        self._rail = {**self._buttons, "library": library}
        self.welcome = WelcomePage(session, settings, stack)
        self._add("open", self.welcome)
        self._ahead = QTimer(self, singleShot=True, interval=MAKE_AHEAD_MS)
        self._ahead.timeout.connect(self._make_ahead)
        session.warmed_up.connect(lambda: self.page("check"))
        session.opened.connect(self._opened)
        session.closed.connect(self._closed)
        for signal in (session.checked, session.companion_changed):
            signal.connect(self._count_later.start)

    # ------------------------------------------------------------ making and showing
    def _add(self, name: str, page: Page) -> Page:
        self._pages[name] = page
        self.stack.addWidget(page)
        if name == "check":
            page.badge_changed.connect(self._checked)
        else:
            page.badge_changed.connect(self._count_later.start)
        return page

    def _checked(self) -> None:
        """The findings are counted at once, all else when the user pauses."""
        self._buttons["check"].set_badge(self.badge("check") if self.session.is_open else "")

    def page(self, name: str) -> Page:
        """The page, made now when it was not needed before."""
        if name in self._pages:
            return self._pages[name]
        if name == "check":
            from gui.pages.check.page import CheckingPage

            page = CheckingPage(self.session, self.settings, self.stack)
            page.export_requested.connect(self.export_requested)
            page.reasons_requested.connect(lambda: self.show("reasons"))
            page.companion_requested.connect(self._show_in_companion)
            self._add(name, page)
            self.restore_layout()
            return page
        module, kind = _LATE[name]
        return self._wire(name, self._add(name, getattr(importlib.import_module(module), kind)(self.session, self.stack)))

    def _wire(self, name: str, page: Page) -> Page:
        """Ways from page to page."""
        if name == "preview":
            page.reason_requested.connect(lambda slot: self._go("reasons", slot))  # type: ignore[attr-defined]  # made late
            page.text_requested.connect(lambda place: self._go("texts", place))  # type: ignore[attr-defined]  # likewise
            page.writer.written.connect(self._note_written)  # type: ignore[attr-defined]  # likewise
        if name == "review":
            page.text_requested.connect(lambda place: self._go("texts", place))  # type: ignore[attr-defined]  # likewise
            if self._written is not None:
                page.offer(self._written)  # type: ignore[attr-defined]  # likewise
            for layout, splitter in page.splitters().items():  # type: ignore[attr-defined]  # likewise
                splitter.restoreState(self.settings.layout(layout))
        if name == "reasons":
            page.text_requested.connect(lambda place: self._go("texts", place))  # type: ignore[attr-defined]  # likewise
        return page

    def _go(self, name: str, place: str) -> None:
        self.show(name)
        page = self.page(name)
        (page.show_slot if name == "reasons" else page.go_to)(place)  # type: ignore[attr-defined]  # made late

    def _show_in_companion(self, issue: Issue) -> None:
        """Where a finding about the 底稿 is put right: its reason, or the text or amounts of its sheet."""
        from docgen.reasons.objections import MISSING as NO_REASON

        ref = issue.cells[0].ref if issue.cells else None
        slot = self.session.findings.slot_at(ref) if ref is not None else ""
        if slot:
            self._go("reasons", slot)
        elif issue.code == NO_REASON:
            self.show("reasons")
        else:
            self._go("texts", ref.sheet if ref is not None else "")

    @property
    def checking(self) -> CheckingPage:
        """The page 校验."""
        return cast("CheckingPage", self.page("check"))

    def show(self, name: str) -> None:
        """Bring a page to the front."""
        if name in self.STEPS[1:] and not self.session.is_open:
            name = "open"
        page = self.page(name)
        self.current = name
        self._rail[name].setChecked(True)
        self.stack.setCurrentWidget(page)
        page.activate()
        page.take_focus()
        self.refresh_badges()

    def show_severity(self, severity: Severity) -> None:
        """The findings of one severity."""
        self.show("check")
        self.checking.issues.choose_severity(severity)

    def generate(self, linked: bool) -> None:
        """Write the report, on the page that shows it."""
        if self.session.is_open:
            self.show("preview")
            self.page("preview").generate(linked)  # type: ignore[attr-defined]  # made late

    def review(self, report: Path | None = None) -> None:
        """Review a report (``None``: one that the user chooses), on the page that shows it."""
        if self.session.is_open:
            self.show("review")
            if report is not None:
                self._review.review(report)
            else:
                self._review.choose()

    @property
    def _review(self) -> ReviewPage:
        return cast("ReviewPage", self.page("review"))

    def _note_written(self, path: Path) -> None:
        """A report was generated: it can be reviewed with one click."""
        if path.suffix.lower() == ".docx":
            self._written = path
            if "review" in self._pages:
                self._review.offer(path)

    def turn(self, by: int) -> None:
        """The next (1) or previous (-1) tab: of 文字资料 while it is shown, else the next sheet."""
        if self.current != "texts":
            self.show("check")
        tabs = self.page(self.current).tabs  # type: ignore[attr-defined]  # both pages have tabs
        tabs.setCurrentIndex(min(max(tabs.currentIndex() + by, 0), tabs.count() - 1))

    # ------------------------------------------------------------ state
    def _opened(self) -> None:
        self._ahead.start()
        for button in self._buttons.values():
            button.setEnabled(True)

    def _closed(self) -> None:
        self._written = None
        for name, button in self._buttons.items():
            button.setEnabled(name == "open")

    def badge(self, name: str) -> str:
        """A page's badge; empty while it was never made."""
        page = self._pages.get(name)
        return page.badge() if page is not None else ""

    def shown_badge(self, name: str) -> str:
        """What the rail shows for a page now."""
        return self._buttons[name].badge

    def refresh_badges(self) -> None:
        """Show in the rail what is left to do."""
        for name, button in self._buttons.items():
            button.set_badge(self.badge(name) if self.session.is_open or name == "open" else "")
        self.badges_changed.emit()

    def _make_ahead(self) -> None:
        """Make the pages whose counts the rail shows, one at a time, when the window has nothing else to do."""
        name = next((n for n in self.STEPS if n not in self._pages), None)
        if name is not None and self.session.is_open:
            self.page(name)
            self.refresh_badges()
            self._ahead.start()

    def dress(self) -> None:
        """Colours changed."""
        for page in self._pages.values():
            dress = getattr(page, "dress", None)
            if dress is not None:
                dress()

    # ------------------------------------------------------------ layout and actions
    def connect_checking(self, on: Callable[[str, Callable[[], object]], None]) -> None:
        """What the menus do on the page 校验; some of it on the page 审校 while that is in front."""

        def at(do: Callable[[CheckingPage], object]) -> Callable[[], object]:
            def run() -> object:
                self.show("check")
                return do(self.checking)

            return run

        def or_review(do: Callable[[CheckingPage], object], review: Callable[[ReviewPage], object]) -> Callable[[], object]:
            return lambda: review(self._review) if self.current == "review" else at(do)()

        on("copy", at(lambda p: p.view.copied.emit(p.view.selected_text())))
        on("paste", at(lambda p: p.paste()))
        on("clear", at(lambda p: p.clear_cells()))
        on("find", at(lambda p: p.find_box.setFocus()))
        on("find_issue", or_review(lambda p: p.issues.search.setFocus(), lambda r: r.findings.search.setFocus()))
        on("next_issue", or_review(lambda p: p.issues.step(1), lambda r: r.step(1)))
        on("previous_issue", or_review(lambda p: p.issues.step(-1), lambda r: r.step(-1)))
        on("next_sheet", lambda: self.turn(1))
        on("previous_sheet", lambda: self.turn(-1))
        on("zoom_in", or_review(lambda p: p.set_zoom(p.settings.zoom + 10), lambda r: r.zoom_by(1.1)))
        on("zoom_out", or_review(lambda p: p.set_zoom(p.settings.zoom - 10), lambda r: r.zoom_by(1 / 1.1)))
        on("zoom_reset", or_review(lambda p: p.set_zoom(100), lambda r: r.zoom_by(0)))

    def restore_layout(self) -> None:
        """Splitters as they were."""
        if "check" in self._pages:
            page = self.checking
            page.across.restoreState(self.settings.layout("校验左右"))
            page.down.restoreState(self.settings.layout("校验上下"))

    def keep_layout(self) -> None:
        """Remember the splitters."""
        if "check" in self._pages:
            page = self.checking
            self.settings.keep_layout("校验左右", page.across.saveState())
            self.settings.keep_layout("校验上下", page.down.saveState())
        if "review" in self._pages:
            for name, splitter in self._review.splitters().items():
                self.settings.keep_layout(name, splitter.saveState())
