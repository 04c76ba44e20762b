"""The pages of the window: made when they are first needed, shown by name, counted in the rail."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from PySide6.QtCore import QObject, Signal

from gui.pages.base import FindingsPage, Page, PageName
from gui.session.findings import Left
from gui.session.jobs import Pause

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QStackedWidget, QWidget

    from gui.frame.edges import Rail, RailButton
    from gui.pages.check.page import CheckingPage
    from gui.pages.library.page import LibraryPage
    from gui.pages.open.page import WelcomePage
    from gui.pages.preview.page import PreviewPage
    from gui.pages.reasons.page import ReasonsPage
    from gui.pages.review.page import ReviewPage
    from gui.pages.texts.page import TextsPage
    from gui.session.session import Session
    from gui.session.settings import Settings
    from workbook.issues import Severity

_P = TypeVar("_P", bound=Page)
STEPS = {
    PageName.OPEN: "打开", PageName.CHECK: "校验", PageName.REASONS: "变动原因", PageName.TEXTS: "文字资料",
    PageName.PREVIEW: "预览与生成", PageName.REVIEW: "审校",
}
"""The steps of the work in their order, with their titles."""
COUNT_MS = 180
"""After an edit the counts of other pages wait for a pause in typing."""
MAKE_AHEAD_MS = 120
"""Pause before the next page is made ahead of need."""


_KINDS = {
    PageName.OPEN: "WelcomePage", PageName.CHECK: "CheckingPage", PageName.REASONS: "ReasonsPage", PageName.TEXTS: "TextsPage",
    PageName.PREVIEW: "PreviewPage", PageName.REVIEW: "ReviewPage", PageName.LIBRARY: "LibraryPage",
}
_WITH_SETTINGS = (PageName.OPEN, PageName.CHECK, PageName.PREVIEW)


class _Lazy(Generic[_P]):
    """A page, which is made when it is first asked for."""

    def __init__(self, name: PageName) -> None:
        self._name = name

    def __get__(self, pages: PageSet, _owner: object = None) -> _P:
        return cast("_P", pages.page(self._name))


class PageSet(QObject):
    """Pages by name."""

    welcome: _Lazy[WelcomePage] = _Lazy(PageName.OPEN)
    checking: _Lazy[CheckingPage] = _Lazy(PageName.CHECK)
    reasons: _Lazy[ReasonsPage] = _Lazy(PageName.REASONS)
    texts: _Lazy[TextsPage] = _Lazy(PageName.TEXTS)
    preview: _Lazy[PreviewPage] = _Lazy(PageName.PREVIEW)
    reviewing: _Lazy[ReviewPage] = _Lazy(PageName.REVIEW)
    library: _Lazy[LibraryPage] = _Lazy(PageName.LIBRARY)
    badges_changed = Signal()
    status_changed = Signal(str)
    commanded = Signal(str)

    def __init__(
        self, session: Session, settings: Settings, stack: QStackedWidget, rail: Rail, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.settings, self.stack = session, settings, stack
        self.current = PageName.OPEN
        self._made: dict[PageName, Page] = {}
        self._buttons: dict[PageName, RailButton] = {}
        for name, title in STEPS.items():
            self._buttons[name] = rail.add(name, title, partial(self.show, name), is_step=True)
        self._enable(False)
        self._count_later = Pause(self, COUNT_MS, self.refresh_badges)
        self._buttons[PageName.LIBRARY] = rail.add(PageName.LIBRARY, "公式库", partial(self.show, PageName.LIBRARY), is_page=True)
        self._ahead = Pause(self, MAKE_AHEAD_MS, self._make_ahead)
        session.warmed_up.connect(lambda: self.checking)
        session.opened.connect(self._ahead.start)
        for signal, is_open in ((session.opened, True), (session.closed, False)):
            signal.connect(partial(self._enable, is_open))
        for signal in (session.checked, session.companion_changed):
            signal.connect(self._count_later.start)

    def page(self, name: PageName) -> Page:
        """The page, made now when it was not needed before."""
        if (known := self._made.get(name)) is not None:
            return known
        more = (self.settings,) if name in _WITH_SETTINGS else ()
        page: Page = getattr(import_module(f"gui.pages.{name}.page"), _KINDS[name])(self.session, *more, self.stack)
        self._made[name] = page
        self.stack.addWidget(page)
        # findings at once
        page.badge_changed.connect(partial(self._show_badge, name) if name is PageName.CHECK else self._count_later.start)
        page.page_requested.connect(self.show)
        page.status_changed.connect(self.status_changed)
        page.commanded.connect(self.commanded)
        for layout, splitter in page.splitters().items():
            splitter.restoreState(self.settings.layout(layout))
        if name is PageName.PREVIEW:
            self.preview.writer.written.connect(
                lambda path: self.reviewing.offer(path) if path.suffix.lower() == ".docx" else None)
        return page

    # ------------------------------------------------------------ showing
    def show(self, name: PageName, place: str = "") -> None:
        """Bring a page to the front, and a *place* in it; a step that needs a workbook gives way to 打开 while there is none."""
        is_alone = name is PageName.REVIEW and name in self._made and self.reviewing.is_alone  # a report without a workbook
        if name in STEPS and not self.session.is_open and not is_alone:
            name = PageName.OPEN
        page = self.page(name)
        self.current = name
        self._buttons[name].setChecked(True)
        self.stack.setCurrentWidget(page)
        self.status_changed.emit("")
        page.activate()
        page.take_focus()
        self._count_later.start()
        if place:
            page.go_to(place)

    def show_severity(self, severity: Severity) -> None:
        self.sheets().issues.choose(severity)

    def generate(self, linked: bool) -> None:
        """Write the report, on the page that shows it."""
        if self.session.is_open:
            self.show(PageName.PREVIEW)
            self.preview.generate(linked)

    def review(self, report: Path | None = None, *, alone: bool = False) -> None:
        """Review a report (``None``: one that the user chooses).

        It is held against the open workbook, else (*alone*) against its own tables.
        """
        if report is None:
            self.reviewing.choose()
        else:
            self.reviewing.review(report, alone=alone)
        self.show(PageName.REVIEW)

    def sheets(self) -> CheckingPage:
        """The page 校验, in front."""
        self.show(PageName.CHECK)
        return self.checking

    def findings(self) -> FindingsPage:
        """The page in front when it lists findings, else 校验, which is in front then."""
        page = self.page(self.current)
        return page if isinstance(page, FindingsPage) else self.sheets()

    def turn(self, by: int) -> None:
        """The next (1) or previous (-1) tab of the page in front, else the next sheet."""
        tabs = self.page(self.current).tab_bar() or self.sheets().tabs
        tabs.setCurrentIndex(min(max(tabs.currentIndex() + by, 0), tabs.count() - 1))

    # ------------------------------------------------------------ state
    def _enable(self, is_open: bool) -> None:
        for name in STEPS:
            self._buttons[name].setEnabled(is_open or name is PageName.OPEN)

    def badge(self, name: PageName) -> str:
        """What is left to do on a page; empty while it was never made."""
        is_known = name in self._made and (self.session.is_open or name is PageName.OPEN)
        return self._made[name].badge() if is_known else ""

    @property
    def left(self) -> Left:
        """What is left in the report (nothing while the page that lists it was never made: it is found then)."""
        return self.session.findings.left if PageName.REASONS in self._made else Left()

    def _show_badge(self, name: PageName) -> None:
        badge = self.badge(name)
        self._buttons[name].set_badge(badge, self._made[name].badge_words() if badge else "")

    def refresh_badges(self) -> None:
        for name in STEPS:
            self._show_badge(name)
        self.badges_changed.emit()

    def _make_ahead(self) -> None:
        """Make the pages whose counts the rail shows, one at a time, when the window has nothing else to do."""
        name = next((n for n in STEPS if n not in self._made), None)
        if name is not None and self.session.is_open:
            self.page(name)
            self.refresh_badges()
            self._ahead.start()

    def dress(self) -> None:
        """Colours changed."""
        for page in self._made.values():
            page.dress()
        self.refresh_badges()

    def keep_layout(self) -> None:
        for page in self._made.values():
            for name, splitter in page.splitters().items():
                self.settings.keep_layout(name, splitter.saveState())
