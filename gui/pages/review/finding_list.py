"""The findings of a review beside the text: filters, list, and everything about the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHeaderView, QTextBrowser, QWidget

from gui.pages.review.model import ShownFinding
from gui.pages.review.words import detail
from gui.style import theme
from gui.widgets.parts import ContextMenu, Entry, column, splitter
from gui.widgets.rows import NONE_FIT, Column, FindingsList, Index, RowModel, RowTable, muted
from workbook.editing.blocks import write_block
from workbook.issues import Severity

_LINES = 2
_COLUMNS: tuple[Column[ShownFinding], ...] = (
    Column("级别", lambda f: f"{f.issue.severity.sign} {f.issue.severity}", 62,
           ink=lambda f: theme.colours().of(f.issue.severity), key=lambda f: (f.issue.severity.rank, f.number)),
    Column("章节", lambda f: f.where, 104, ink=muted, key=lambda f: f.number),
    Column("报告写的", lambda f: f.stated, 96), Column("应为", lambda f: f.issue.expected or "", 104),
    Column("问题", lambda f: f.issue.message, 240), Column("来自", lambda f: f.source, 92, ink=muted),
)
_MESSAGE = 4
_HIDDEN_BELOW = {5: 620, 1: 520, 2: 420}
"""Columns that give way, and below which width of the list (pixels)."""
_LOW = 330
"""Below this height of the list (pixels) the titles give way."""


class FindingModel(RowModel["ShownFinding"]):
    """The findings; the tip of a cell is what the row may have cut."""

    columns = _COLUMNS

    def tip(self, row: int, column: int) -> str:
        return self.text(row, column)


class FindingList(FindingsList):
    """Findings with filters."""

    finding_selected = Signal(int)
    """Number of the finding that the user went to."""
    jump_requested = Signal(object)
    """The user wants to see where a finding's right figure comes from."""
    cell_requested = Signal(object)
    """A source was clicked (:class:`docgen.job.sources.SourceCell`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FindingModel(), _MESSAGE, "审校结果", parent)
        self._is_telling = True
        self.clean_words = ""
        """What is said where there are no findings."""
        self._set_up_table()
        self.detail = self._make_detail()
        self.filters.row.addStretch(1)
        self.filters.add(self.search)
        self.down = splitter(self, Qt.Orientation.Vertical, self.table, self.detail, sizes=(300, 190), stretch=(3, 2))
        column(self, self.filters, (self.down, 1), (self.empty, 1), spacing=4)
        self.setMinimumWidth(260)
        self.dress()
        self.show_state()

    def _set_up_table(self) -> None:
        table = self.table
        table.setWordWrap(True)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.setMinimumHeight(60)
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        table.clicked.connect(self._row_changed)
        table.doubleClicked.connect(self._jump)
        table.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        table.copied.connect(self.copy)
        ContextMenu(table, self._entries)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            QShortcut(QKeySequence(key), table, lambda: self._jump(table.currentIndex()), context=Qt.ShortcutContext.WidgetShortcut)

    def copy(self) -> None:
        """The chosen findings into the clipboard."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        columns = self.model.columns
        lines = [[c.text(self.filter.record(r)) for c in columns] for r in rows]
        QGuiApplication.clipboard().setText(write_block([[c.title for c in columns], *lines] if len(lines) > 1 else lines))

    def _entries(self, place: QPoint) -> list[Entry]:
        index = self.table.indexAt(place)
        if not index.isValid():
            return []
        return [("转到来源单元格", lambda: self._jump(index)), ("复制\tCtrl+C", self.copy), ("全选\tCtrl+A", self.table.selectAll)]

    def _make_detail(self) -> QTextBrowser:
        browser = QTextBrowser(self)
        browser.setOpenLinks(False)
        browser.setAccessibleName("问题的详细说明")
        browser.setMinimumHeight(56)
        browser.document().setDocumentMargin(4)
        browser.anchorClicked.connect(self._link_clicked)
        browser.setAcceptDrops(False)
        return browser

    def dress(self) -> None:
        """Take the palette's colours, and the font's height."""
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() * _LINES + 8)
        self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the sentence has the room of what matters less."""
        super().resizeEvent(event)
        for number, width in _HIDDEN_BELOW.items():
            self.table.setColumnHidden(number, self.width() < width)
        self.table.horizontalHeader().setVisible(self.height() >= _LOW)
        if self.table.currentIndex().isValid():
            self.table.scrollTo(self.table.currentIndex())

    # ------------------------------------------------------------ contents
    def set_findings(self, findings: Sequence[ShownFinding], keep: ShownFinding | None = None) -> None:
        """Show new findings; one that is the same as *keep* is chosen again."""
        self.show_records(findings, [f.issue for f in findings])
        tails, has_tails = self.buttons[Severity.TAIL], any(f.issue.severity is Severity.TAIL for f in findings)
        tails.setVisible(has_tails)
        if tails.isChecked() and not has_tails:
            self.choose_severity(None)
        self.filters.refit()
        same = next((f for f in findings if keep is not None and _key(f) == _key(keep)), None)
        self.show_state()
        if same is not None:
            self.select(same.number)
        self._describe()

    def fits(self, finding: Any) -> bool:
        found, issue, severity = finding, finding.issue, self.severity
        text = " ".join(filter(None, (
            issue.code, str(issue.severity), found.where, found.stated, issue.expected, issue.message, issue.text, found.source))).lower()
        return severity in (None, issue.severity) and all(word in text for word in self.search.text().lower().split())

    def show_all(self) -> None:
        """Show the findings without a filter."""
        self.search.clear()
        self.choose_severity(None)

    def filter_changed(self) -> None:
        super().filter_changed()
        self._describe()

    def show_state(self) -> None:
        has_rows = self.filter.rowCount() > 0
        self.down.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        self.empty.setText(NONE_FIT if self.model.rowCount() else self.clean_words)

    def _describe(self) -> None:
        finding, muted_ink = self.current, theme.colours().muted
        self.detail.setHtml(detail(finding) if finding is not None else f"<p style='color:{muted_ink}'>选中一个问题，这里说明它的来源和算法。</p>")

    # ------------------------------------------------------------ going to a finding
    def _row_of(self, number: int) -> int:
        return next((row for row in range(self.filter.rowCount()) if self.filter.record(row).number == number), -1)

    def select(self, number: int) -> None:
        """Choose a finding without telling; one that the filter hides makes it show all."""
        if self._row_of(number) < 0:
            self.show_all()
        if (row := self._row_of(number)) >= 0:
            self._is_telling = False
            self.table.selectRow(row)
            self._is_telling = True

    def _row_changed(self, index: Index) -> None:
        if index.isValid():
            self._describe()
            if self._is_telling:
                self.finding_selected.emit(self.filter.record(index.row()).number)

    def _jump(self, index: Index) -> None:
        if index.isValid():
            self.jump_requested.emit(self.filter.record(index.row()))

    def _link_clicked(self, url: QUrl) -> None:
        finding, name = self.current, url.toString()
        if finding is not None and name[1:].isdecimal():
            self.cell_requested.emit(finding.cells[int(name[1:])])


def _key(finding: ShownFinding) -> tuple[object, ...]:
    """What makes a finding of another review the same one."""
    return finding.issue.code, finding.issue.message, finding.place
