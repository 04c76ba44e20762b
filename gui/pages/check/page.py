"""The page 校验: tabs, sheet, formulas of the cell, findings."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QInputDialog, QSplitter, QWidget

from gui.pages.base import DONE, FindingsPage, PageName
from gui.pages.check.cell_actions import CellActions
from gui.pages.check.cell_delegate import CellEditor
from gui.pages.check.find import find_cell
from gui.pages.check.issue_list import IssueList
from gui.pages.check.links_panel import LinksPanel
from gui.pages.check.marks import Marks, marks_of
from gui.pages.check.sheet_model import SheetModel
from gui.pages.check.sheet_tabs import SheetTab, SheetTabs
from gui.pages.check.sheet_view import SheetView
from gui.session.session import Session
from gui.session.settings import Settings
from gui.style import theme
from gui.widgets.fit import FoldButton
from gui.widgets.parts import SearchBox, column, label, row, splitter
from workbook.companion.verified import mark_in, mark_of, with_mark
from workbook.issues import CellRef, Issue, Kind, Severity, count_by_severity

Index = QModelIndex | QPersistentModelIndex
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
        self._places: dict[tuple[str, str], tuple[int, int, int, int]] = {}
        self._shown: tuple[str, str] | None = None
        self._unit: tuple[str, int | None] | None = None
        self.tabs, self.view = SheetTabs(self), SheetView(self)
        self.cells = CellActions(session, self.view)
        self._told = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.links, self.issues = LinksPanel(session, self), IssueList(self)
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
        self.first = self.view
        self.view.setAccessibleName("公开表")
        for before, after in pairwise((self.tabs, self.find_box, self.view, self.links)):
            QWidget.setTabOrder(before, after)
        for keys, by in (("F6", 1), ("Shift+F6", -1)):  # Tab goes from amount to amount
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.next_part, by))
        self.links.setMinimumWidth(220)
        self.links_button = FoldButton("勾稽关系", "panel_right", lambda: self._toggle(_LINKS), self)
        self.issues.fold_requested.connect(lambda: self._toggle(_LIST))
        column(self, row(None, (self.tabs, 1), self.find_box, self.links_button), (self.down, 1), margins=(theme.GRID, 4, theme.GRID, theme.GRID), spacing=4)

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._opened)
        session.closed.connect(self._opened)
        session.checked.connect(self._checked)
        session.findings.changed.connect(self._checked)
        session.cells_edited.connect(self._cells_edited)
        session.saving.saved.connect(self.view.repaint_cells)
        session.cell_requested.connect(self.show_cell)
        session.store.about_to_flush.connect(self._take_over)
        self.cells.repairs = lambda ref: self.links.repairs([ref])
        self.issues.repairs = lambda issue: self.links.repairs([*filter(None, [issue.culprit]), *(cell.ref for cell in issue.cells)])
        self.tabs.currentChanged.connect(self._tab_changed)
        self.links.cell_requested.connect(session.cell_requested)
        self.issues.issue_selected.connect(self.show_issue)
        self.issues.issue_opened.connect(self.open_issue)
        self.issues.export_requested.connect(partial(self.commanded.emit, "export_issues"))
        self.issues.verified.connect(self._verify)
        self.find_box.returnPressed.connect(self._find)
        self.find_box.left.connect(self.view.setFocus)
        self.issues.reasons_requested.connect(lambda: self.page_requested.emit(PageName.REASONS, ""))
        self.view.selection_changed.connect(self._told.start)
        self._told.timeout.connect(lambda: self.status_changed.emit(self.cells.words()))

    # ------------------------------------------------------------ what is folded away
    def _toggle(self, part: str) -> None:
        """The user wants to see a part, or does not any more; remembered."""
        is_shown = not self.issues.is_folded if part == _LIST else not self.links.isHidden()
        self.settings.keep_folded(part, is_shown)
        self._fold()

    def _fold(self) -> None:
        """Fold what the user folded, and where he never chose, what leaves the sheet too little room."""
        by_user = self.settings.is_folded(_LIST)
        folded = self.height() < _LOW if by_user is None else by_user
        if folded != self.issues.is_folded:
            self.issues.fold(folded=folded)
        by_user = self.settings.is_folded(_LINKS)
        self.links.setVisible(not (self.width() < _NARROW if by_user is None else by_user))
        self.links_button.setChecked(not self.links.isHidden())

    def next_part(self, by: int) -> None:
        """The keyboard goes on to the next part of the page that is in sight: tabs, sheet, formulas, findings."""
        parts = [w for w in (self.tabs, self.view, self.links, self.issues.table, self.issues.fold_button) if w.isVisible()]
        focus = QApplication.focusWidget()
        here = next((i for i, w in enumerate(parts) if w is focus or (focus is not None and w.isAncestorOf(focus))), 0)
        parts[(here + by) % len(parts)].setFocus(Qt.FocusReason.TabFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fold()

    def _take_over(self) -> None:
        """What is being typed into a cell counts as typed: the delegate takes it when the keyboard leaves the editor."""
        focus = QApplication.focusWidget()
        if isinstance(focus, CellEditor) and self.isAncestorOf(focus):
            self.view.setFocus()

    # ------------------------------------------------------------ what is open
    def _opened(self) -> None:
        self._keep_place()
        is_same = self.session.is_open and self._unit_of_sheets() == self._unit
        places = {sheet: place for (_, sheet), place in self._places.items()} if is_same else {}
        shown = self._shown[1] if self._shown is not None and is_same else ""
        self._unit = self._unit_of_sheets() if self.session.is_open else None
        self._models.clear()
        self._shown = None
        tabs = self._sheet_tabs()
        self._places = {tab.place: places[tab.sheet.name] for tab in tabs if tab.sheet.name in places}
        self.tabs.show_tabs(tabs)
        index = next((i for i, tab in enumerate(tabs) if tab.sheet.name == shown), 0)
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(index)
        self._tab_changed(index)

    def _unit_of_sheets(self) -> tuple[str, int | None]:
        """Whose sheets these are: read again or saved elsewhere, they are shown where the user was."""
        return self.session.accounts.unit_name, self.session.accounts.year

    def _sheet_tabs(self) -> list[SheetTab]:
        if not self.session.is_open:
            return []
        accounts = self.session.accounts
        tabs = [SheetTab.of(t.sheet, t.layout) for t in accounts.tables.values()]
        known = {id(tab.sheet) for tab in tabs}
        return tabs + [SheetTab.of(s, None) for s in accounts.source.sheets if id(s) not in known and s.rows]

    def _checked(self) -> None:
        issues = list(self.session.findings.issues)
        self.marks = marks_of([i for i in issues if not i.verified], with_tails=self.settings.shows_tails)
        for place, model in self._models.items():
            model.marks = self.marks.of(*place)
        self.tabs.show_counts(self.marks)
        names = {code: t.layout.title for code, t in self.session.accounts.tables.items()} if self.session.is_open else {}
        self.issues.set_issues(issues, names, with_tails=self.settings.shows_tails)
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
        editor = self.session.editor
        for model in self._models.values():
            model.forget(refs)
            if editor is not None and any(
                editor.code(r) == model.code and model.amount_key(r.row, r.column) is None for r in refs
            ):
                model.forget_all()
        for ref in refs:
            if (ref.file, ref.sheet) == self._shown:
                self.view.make_room(ref.row, ref.column)
        last = refs[0] if refs else None
        if last is not None and (last.file, last.sheet) != self._shown:
            self.show_cell(last)

    def badge(self) -> str:
        """Errors and notices left."""
        if not self.session.is_open:
            return ""
        errors, notices = self._left()
        return f"{errors}/{notices}" if errors or notices else DONE

    def badge_words(self) -> str:
        if not self.session.is_open:
            return ""
        errors, notices = self._left()
        return f"公开表还有错误 {errors} 个、提示 {notices} 个"

    def _left(self) -> tuple[int, int]:
        counts = count_by_severity(self.session.findings.about_tables)
        return counts[Severity.ERROR], counts[Severity.NOTICE]

    def activate(self) -> None:
        self.status_changed.emit(self.cells.words())

    def tab_bar(self) -> SheetTabs:
        """The sheets."""
        return self.tabs

    def splitters(self) -> dict[str, QSplitter]:
        """What the window remembers, by name."""
        return {"校验左右": self.across, "校验上下": self.down}

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding."""
        self.issues.step(by)

    def search_findings(self) -> None:
        """The keyboard is in the field above the list."""
        self.issues.search.setFocus()

    def magnify(self, step: int) -> None:
        """Larger or smaller sheets; 0: as in Excel."""
        self.set_zoom(self.settings.zoom + 10 * step if step else 100)

    # ------------------------------------------------------------ showing sheets and cells
    def _model(self, tab: SheetTab) -> SheetModel:
        model = self._models.get(tab.place)
        if model is None:
            model = self._models[tab.place] = SheetModel(self.session, tab.sheet, tab.code, self)
            model.marks = self.marks.of(*tab.place)
        return model

    def _tab_changed(self, index: int) -> None:
        self._keep_place()
        if not 0 <= index < len(self.tabs.tabs):
            self.links.show_cell(None)
            return
        tab = self.tabs.tabs[index]
        model = self._model(tab)
        self.view.show_sheet(model)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self._shown = tab.place
        self._sheet_note.setVisible(not tab.code)
        place = self._places.get(self._shown)
        if place is None:
            self.view.go_to(*self._first_cell(model))
        else:
            row, column, down, right = place
            self.view.go_to(row, column)
            self.view.horizontalScrollBar().setValue(right)
            self.view.verticalScrollBar().setValue(down)

    def _first_cell(self, model: SheetModel) -> tuple[int, int]:
        table = model.table
        if table is None or not table.rows:
            return 0, 0
        row, columns = next(iter(table.rows.values()))
        return row, min(columns.values(), default=0)

    def _keep_place(self) -> None:
        if self._shown is not None and self.view.sheet_model() is not None:
            current = self.view.currentIndex()
            self._places[self._shown] = (
                current.row(), current.column(), self.view.verticalScrollBar().value(),
                self.view.horizontalScrollBar().value())

    def _current_changed(self, current: Index) -> None:
        model = self.view.sheet_model()
        self.links.show_cell(model.ref(current.row(), current.column()) if model is not None and current.isValid() and model.code else None)

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
        ref = find_cell(self.session, self.tabs.tabs, words, self._shown, (current.row(), current.column()))
        if ref is None:
            self.session.failed.emit(f"没有找到“{words}”。可以输入科目编码或名称、单元格（如 C7）、金额。")
        else:
            self.show_cell(ref)
            self.find_box.setFocus()

    def set_zoom(self, zoom: int) -> None:
        """Another size of the sheets, per cent."""
        self.settings.zoom = zoom
        self.view.set_zoom(self.settings.zoom)
