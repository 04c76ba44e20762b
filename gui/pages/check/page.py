"""The page 校验: tabs, sheet, formulas of the cell, findings."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QInputDialog, QSplitter, QWidget

from gui.pages.base import DONE, FindingsPage, PageName
from gui.pages.check.cell_delegate import CellEditor
from gui.pages.check.issue_list import IssueList
from gui.pages.check.links_panel import LinksPanel
from gui.pages.check.sheet_model import SheetModel
from gui.pages.check.sheet_view import SheetView
from gui.pages.check.sheets import Marks, SheetTab, SheetTabs, find_cell, marks_of, tabs_of
from gui.session.jobs import Pause
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.fit import ElidedLabel, FoldingButton
from gui.widgets.parts import SearchBox, column, label, row, splitter
from gui.widgets.rows import Index
from workbook.companion.checks import mark_in, mark_of, with_mark
from workbook.issues import CellRef, Issue, Kind, Severity, count_by_severity

Place = tuple[int, int, int, int]
_LINKS, _LIST = "勾稽关系", "问题清单"
_LOW, _NARROW = 400, 800
"""Pixels of the page below which the list, and the panel, are folded away until they are asked for."""
_PAUSE_MS = 60
"""A selection that grows is summed when it pauses."""


class CheckingPage(FindingsPage):
    """Sheets and findings."""

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.settings = settings
        self.marks = Marks()
        self._models: dict[tuple[str, str], SheetModel] = {}
        self._places: dict[str, Place] = {}
        """Where the user was in each sheet: cell and scroll bars."""
        self._unit: tuple[str, int | None] | None = None
        self.tabs, self.view = SheetTabs(self), SheetView(session, self)
        self._told = Pause(self, _PAUSE_MS, self.activate)
        self.links, self.issues = LinksPanel(session, self), IssueList(self)
        self.listed, self.first = self.issues, self.view
        self.find_box = SearchBox("查找单元格或公式", self, least=170, most=170)
        self._sheet_note = label(self, "这张工作表不是决算公开表，只供查看。", "muted")
        self._build()
        self.view.set_zoom(settings.zoom)
        self._connect()
        if session.is_open:
            self._opened()
            self._checked()

    def _build(self) -> None:
        self.find_box.setToolTip("科目编码或名称、单元格（如 C7）、金额、公式编号，回车查找下一个（Ctrl+F）")
        self._sheet_note.hide()
        sheet = QWidget(self)
        column(sheet, (self.view, 1), self._sheet_note, spacing=2)
        self.across = splitter(self, Qt.Orientation.Horizontal, sheet, self.links, sizes=(900, 290), stretch=(1, 0))
        self.down = splitter(self, Qt.Orientation.Vertical, self.across, self.issues, sizes=(440, 190), stretch=(7, 3))
        self.view.setAccessibleName("公开表")
        for before, after in pairwise((self.tabs, self.find_box, self.view, self.links)):
            QWidget.setTabOrder(before, after)
        for keys, by in (("F6", 1), ("Shift+F6", -1)):  # Tab goes from amount to amount
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.next_part, by))
        self.links.setMinimumWidth(220)
        self._folding = tuple(
            (part, words, FoldingButton(words, picture, partial(self._toggle, part, words), self))
            for part, words, picture in ((self.issues, _LIST, "panel_bottom"), (self.links, _LINKS, "panel_right")))
        for *_, made in self._folding:  # pressed while the part is there
            made.setCheckable(True)
            made.fold(folded=True)
        self._said = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        head = row(None, (self.tabs, 1), self.find_box, *(made for *_, made in self._folding), spacing=4)
        column(self, head, (self.down, 1), self._said, margins=(theme.GRID, 4, theme.GRID, theme.GRID), spacing=4)

    def _connect(self) -> None:
        session, issues, view = self.session, self.issues, self.view
        for signals, do in (
            ((session.opened, session.closed), self._opened), ((session.checked, session.findings.changed), self._checked),
            ((session.cells_edited,), self._cells_edited), ((session.saving.saved,), view.repaint_cells),
            ((session.cell_requested,), self.show_cell),
            ((self.tabs.currentChanged,), self._tab_changed), ((issues.issue_selected,), self.show_issue),
            ((issues.table.opened,), self.open_issue),
            ((issues.export_requested,), partial(self.commanded.emit, "export_issues")), ((issues.verified,), self._verify),
            ((issues.wanted,), lambda: self._toggle(issues, _LIST) if issues.isHidden() else None),
            ((issues.reasons_requested,), partial(self.page_requested.emit, PageName.REASONS, "")),
            ((self.find_box.returnPressed,), self._find), ((self.find_box.left,), view.setFocus),
            ((view.selection_changed,), self._told.start),
        ):
            for signal in signals:
                signal.connect(do)
        self.view.repairs = lambda ref: self.links.repairs([ref])
        issues.repairs = lambda issue: self.links.repairs([*filter(None, [issue.culprit]), *(cell.ref for cell in issue.cells)])

    # ------------------------------------------------------------ what is folded away
    def _toggle(self, part: QWidget, words: str) -> None:
        """The user wants to see a part, or does not any more; remembered."""
        self.settings.keep_folded(words, not part.isHidden())
        self._fold()

    def _fold(self) -> None:
        """Hide what the user folded, and where he never chose, what leaves the sheet too little room.

        The sentence of a finding stays.
        """
        for (part, words, made), has_room in zip(self._folding, (self.height() >= _LOW, self.width() >= _NARROW), strict=True):
            by_user = self.settings.is_folded(words)
            part.setVisible(has_room if by_user is None else not by_user)
            made.setChecked(not part.isHidden())
        self._said.setVisible(self.issues.isHidden())

    def next_part(self, by: int) -> None:
        """The keyboard goes on to the next part of the page that is in sight: tabs, sheet, formulas, findings."""
        parts = [w for w in (self.tabs, self.view, self.links, self.issues.table) if w.isVisible()]
        focus = QApplication.focusWidget()
        here = next((i for i, w in enumerate(parts) if w is focus or (focus is not None and w.isAncestorOf(focus))), 0)
        parts[(here + by) % len(parts)].setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fold()

    def flush(self) -> None:
        """What is being typed into a cell counts as typed: the delegate takes it when the keyboard leaves the editor."""
        focus = QApplication.focusWidget()
        if isinstance(focus, CellEditor) and self.isAncestorOf(focus):
            self.view.setFocus()

    # ------------------------------------------------------------ what is open
    def _opened(self) -> None:
        """Other sheets; those of the same unit, read again or saved elsewhere, are shown where the user was."""
        self._keep_place()
        accounts = self.session.accounts if self.session.is_open else None
        unit = (accounts.unit_name, accounts.year) if accounts is not None else None
        shown = self.view.shown.key if unit == self._unit else None
        if unit != self._unit:
            self._places.clear()
        self._unit = unit
        self._models.clear()
        tabs = tabs_of(accounts) if accounts is not None else []
        self.tabs.show_tabs(tabs)
        index = next((i for i, tab in enumerate(tabs) if shown in (tab.code, tab.sheet.name)), 0)
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(index)
        self._show_tab(index)

    def _checked(self) -> None:
        issues = list(self.session.findings.issues)
        self.marks = marks_of([i for i in issues if not i.verified], with_tails=self.settings.shows_tails)
        for place, model in self._models.items():
            model.marks = self.marks.sheets[place]
        self.tabs.show_counts(self.marks)
        names = {code: t.layout.title for code, t in self.session.accounts.tables.items()} if self.session.is_open else {}
        self.issues.set_issues(issues, names, with_tails=self.settings.shows_tails)
        self._said.set_whole(found.message if (found := self.issues.current) is not None else "按 F8 逐个看问题" if issues else "")
        self.view.repaint_cells()
        self.links.refresh()
        self.badge_changed.emit()

    def _verify(self, issue: Issue, is_right: bool) -> None:
        """Note in the 底稿 that somebody looked at a 提示 and found the tables right, or take that back."""
        companion = self.session.companion_or_new()
        mark = mark_of(issue, self.session.accounts.year)
        note, is_meant = (mark_in(companion, mark) or mark).note, True
        if is_right:
            note, is_meant = QInputDialog.getText(self, "标为已核实", f"{issue.message}\n\n核实说明（可不写）：", text=note)
        if is_meant:
            when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
            self.session.set_companion(with_mark(companion, mark, note=note.strip(), when=when, is_given=is_right))

    def _cells_edited(self, refs: list[CellRef]) -> None:
        for model in self._models.values():
            model.forget(refs)
        here = [self.tabs.index_of(ref.file, ref.sheet) == self.tabs.currentIndex() for ref in refs]
        for ref, is_here in zip(refs, here, strict=True):
            if is_here:
                self.view.make_room(ref.row, ref.column)
        if refs and not here[0]:
            self.show_cell(refs[0])

    def badge(self) -> str:
        """Errors and notices left."""
        errors, notices = self._left()
        return "" if not self.session.is_open else f"{errors}/{notices}" if errors or notices else DONE

    def badge_words(self) -> str:
        errors, notices = self._left()
        return f"公开表还有错误 {errors} 个、提示 {notices} 个" if self.session.is_open else ""

    def _left(self) -> tuple[int, int]:
        counts = count_by_severity(self.session.findings.about_tables)
        return counts[Severity.ERROR], counts[Severity.NOTICE]

    def activate(self) -> None:
        self.status_changed.emit(self.view.words())

    def dress(self) -> None:
        self.links.refresh()

    def tab_bar(self) -> SheetTabs:
        return self.tabs

    def splitters(self) -> dict[str, QSplitter]:
        return {"校验左右": self.across, "校验上下": self.down}

    def magnify(self, step: int) -> None:
        """Larger or smaller sheets; 0: as in Excel."""
        self.settings.zoom = self.settings.zoom + 10 * step if step else 100
        self.view.set_zoom(self.settings.zoom)

    # ------------------------------------------------------------ showing sheets and cells
    def _model(self, tab: SheetTab) -> SheetModel:
        model = self._models.get(tab.place)
        if model is None:
            model = self._models[tab.place] = SheetModel(self.session, tab.sheet, tab.code, self)
            model.marks = self.marks.sheets[tab.place]
        return model

    def _tab_changed(self, index: int) -> None:
        self._keep_place()
        self._show_tab(index)

    def _show_tab(self, index: int) -> None:
        if not 0 <= index < len(self.tabs.tabs):
            self.links.show_cell(None)
            return
        tab = self.tabs.tabs[index]
        model = self._model(tab)
        self.view.show_sheet(model)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self._sheet_note.setVisible(not tab.code)
        place = self._places.get(model.key)
        self.view.go_to(*(place[:2] if place is not None else model.first_amount()))
        if place is not None:
            for bar, value in zip((self.view.verticalScrollBar(), self.view.horizontalScrollBar()), place[2:], strict=True):
                bar.setValue(value)

    def _keep_place(self) -> None:
        current, bars = self.view.currentIndex(), (self.view.verticalScrollBar(), self.view.horizontalScrollBar())
        self._places[self.view.shown.key] = (current.row(), current.column(), bars[0].value(), bars[1].value())

    def _current_changed(self, current: Index) -> None:
        shown = self.view.shown
        self.links.show_cell(shown.ref(current.row(), current.column()) if current.isValid() and shown.code else None)

    def show_cell(self, ref: CellRef) -> bool:
        """Show a cell of this workbook; False when the cell is in another file (last year's, the 底稿)."""
        index = self.tabs.index_of(ref.file, ref.sheet)
        if index < 0:
            return False
        if index != self.tabs.currentIndex():
            self.tabs.setCurrentIndex(index)
        self.view.go_to(ref.row, ref.column)
        return True

    def show_issue(self, issue: Issue) -> bool:
        """Show the first of a finding's cells that is in this workbook; False when none is."""
        self._said.set_whole(issue.message)
        return any(self.show_cell(cell.ref) for cell in issue.cells)

    def open_issue(self, issue: Issue) -> None:
        """Go to where a finding is put right, be it on another page."""
        companion = self.session.companion
        if self.show_issue(issue):
            return
        if issue.kind is Kind.TEXT or (companion is not None and companion.path.name in {c.ref.file for c in issue.cells}):
            self.page_requested.emit(*self._place_in_companion(issue))
        elif issue.cells:
            self.session.failed.emit(f"这个单元格在“{issue.cells[0].ref.file}”中，请打开该文件修改。")

    def _place_in_companion(self, issue: Issue) -> tuple[PageName, str]:
        """Where a finding about the 底稿 is put right: its reason, or the text or amounts of its sheet."""
        from docgen.reasons.objections import MISSING as NO_REASON

        ref = issue.cells[0].ref if issue.cells else None
        slot = self.session.findings.slot_at(ref) if ref is not None else ""
        if slot or issue.code == NO_REASON:
            return PageName.REASONS, slot
        return PageName.TEXTS, ref.sheet if ref is not None else ""

    # ------------------------------------------------------------ finding and exporting
    def _find(self) -> None:
        words = self.find_box.text().strip()
        if not words or not self.session.is_open:
            return
        current = self.view.currentIndex()
        ref = find_cell(self.session, self.tabs.tabs, words, self.tabs.currentIndex(), (current.row(), current.column()))
        if ref is None:
            self.session.failed.emit(f"没有找到“{words}”。可以输入科目编码或名称、单元格（如 C7）、金额。")
        else:
            self.show_cell(ref)
            self.find_box.setFocus()
