"""The page 文字资料: everything the report needs that is not in the eleven sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.pages.base import DONE, Page, PageName
from gui.pages.texts.entries import EntriesTab, TextTab, flush
from gui.pages.texts.lists import BudgetTab, GlossaryTab, UnitsTab
from gui.pages.texts.overview import OverviewTab
from gui.pages.texts.performance import PerformanceTab
from gui.session.session import Session
from gui.style.theme import GRID
from gui.widgets.parts import button, column, row
from workbook.errors import JuesuanError
from workbook.pack.companion_form import CompanionForm, Role

_TABS: dict[Role, Callable[[Session, str], TextTab]] = {
    Role.OVERVIEW: OverviewTab, Role.UNITS: UnitsTab, Role.BUDGET: BudgetTab,
    Role.PROJECTS: PerformanceTab, Role.GLOSSARY: GlossaryTab,
}


def _pages(session: Session, form: CompanionForm) -> Iterator[TextTab]:
    """The sub-pages: sheets of the 底稿 in their order, then groups of entries that stand on pages of their own."""
    roles = {sheet.name: sheet.role for sheet in form.sheets}
    for title in dict.fromkeys((*roles, *(group.tab for group in form.groups))):
        groups = [group for group in form.groups if group.tab == title]
        if (make := _TABS.get(roles.get(title, Role.ENTRIES))) is not None:
            yield make(session, title)
        elif any(entry.group == group.title for group in groups for entry in form.entries.values()):
            yield EntriesTab(session, title, groups)


class TextsPage(Page):
    """Sub-pages; each tab tells what is missing in it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.tabs = QTabWidget(self, documentMode=True)
        self.pages: tuple[TextTab, ...] = ()
        """The sub-pages that the pack's form of the 底稿 asks for, made when a unit is opened."""
        self._form: CompanionForm | None = None
        self.tabs.currentChanged.connect(self._switched)
        self.next_button = button(self, "", self._go_on, kind="link")
        corner = QWidget(self)
        row(corner, self.next_button, margins=(0, 0, GRID * 2, GRID))
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        self.first = self.tabs.tabBar()
        column(self, self.tabs)
        session.opened.connect(self._opened)
        self.follow(session.closed, session.companion_changed)
        if session.is_open:
            self._opened()

    # ------------------------------------------------------------ what the frame asks
    def badge(self) -> str:
        """How many texts are missing, doubtful or wrong."""
        if not self.session.is_open:
            return ""
        return str(sum(self._gaps().values()) or DONE)

    def tab_bar(self) -> QTabWidget:
        return self.tabs

    def dress(self) -> None:
        self.activate()

    def go_to(self, place: str) -> None:
        """Show where a text is edited: a slot such as ``文本.联系人``, or a sheet of the 底稿."""
        page = next((p for p in self.pages if p.edits(place)), next(iter(self.pages), None))
        if page is not None:
            self.tabs.setCurrentWidget(page)
            page.go_to(place)

    def tab(self, title: str) -> TextTab:
        """The sub-page with this title."""
        return next(page for page in self.pages if page.title == title)

    # ------------------------------------------------------------ data
    def _gaps(self) -> dict[TextTab, int]:
        try:
            slots = self.session.findings.slots()
        except JuesuanError:
            slots = ()
        return {page: page.gaps(slots) for page in self.pages}

    def _opened(self) -> None:
        form = self.session.accounts.pack.companion
        if form is not self._form:
            self._make_pages(form)
        self.refresh_soon()

    def _make_pages(self, form: CompanionForm) -> None:
        """The sub-pages of another form."""
        self.tabs.clear()
        for page in self.pages:
            page.deleteLater()
        self._form, self.pages = form, tuple(_pages(self.session, form))
        for page in self.pages:
            self.tabs.addTab(page, page.title)

    def flush(self) -> None:
        flush(self)

    def activate(self) -> None:
        """Show the 底稿 as it is now."""
        if not self.session.is_open:
            return
        companion = self.session.companion_or_new()
        current = self.tabs.currentWidget()
        if isinstance(current, TextTab):
            current.show_companion(companion)
        found = self._gaps()
        left = sum(found.values())
        self.next_button.setText(f"下一处未填（{left}）" if left else "接着：预览与生成")
        self._show_next()
        for page, gaps in found.items():
            words = f"{page.title} {gaps}" if gaps else page.title
            place = self.tabs.indexOf(page)
            if self.tabs.tabText(place) != words:
                self.tabs.setTabText(place, words)
                self.tabs.setTabToolTip(place, f"还有 {gaps} 处未填或有疑问" if gaps else "")

    def _go_on(self) -> None:
        """To the next sub-page where something is missing, round and round; where nothing is, to the next step."""
        gaps = self._gaps()
        here = self.tabs.currentIndex() + 1
        following = next((page for page in (*self.pages[here:], *self.pages[:here]) if gaps[page]), None)
        if following is None:
            self.page_requested.emit(PageName.PREVIEW, "")
        else:
            self.tabs.setCurrentWidget(following)

    def _show_next(self) -> None:
        """Where there is little room, the tabs have it."""
        tabs = self.tabs.tabBar().sizeHint().width()
        self.next_button.setVisible(tabs + self.next_button.sizeHint().width() + 2 * GRID <= self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._show_next()

    def _switched(self) -> None:
        self.flush()
        if self.isVisible():
            self.activate()
