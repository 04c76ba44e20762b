"""The findings of a review beside the text: filters, list, and everything about the chosen one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gui.pages.review.rows import (
    COLUMNS,
    MESSAGE_COLUMN,
    PLACE_COLUMN,
    SOURCE_COLUMN,
    STATED_COLUMN,
    FindingFilter,
    FindingModel,
)
from gui.pages.review.words import detail
from gui.style import theme
from gui.widgets.fit import FoldingRow
from gui.widgets.rows import RowTable
from gui.widgets.search import SearchBox
from workbook.issues import Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from docgen.job.sources import SourceCell
    from gui.pages.review.model import ShownFinding

Index = QModelIndex | QPersistentModelIndex
_LINES = 2
_HIDDEN_BELOW = {SOURCE_COLUMN: 620, PLACE_COLUMN: 520, STATED_COLUMN: 420}
"""Columns that give way, and below which width of the list (pixels)."""
_LOW = 330
"""Below this height of the list (pixels) the titles give way."""
_CLEAN = "没有发现问题，报告与公开表一致。"
_NONE_FIT = "没有符合筛选条件的问题。"


class _WholeRow(QStyledItemDelegate):
    """The chosen row is one: no frame around one of its cells."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802  # Qt's name
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]  # missing in the stubs


class FindingList(QWidget):
    """Findings with filters."""

    finding_selected = Signal(int)
    """Number of the finding that the user went to."""
    jump_requested = Signal(object)
    """The user wants to see where a finding's right figure comes from."""
    cell_requested = Signal(object)
    """A source was clicked (:class:`docgen.job.sources.SourceCell`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.filter = FindingModel(self), FindingFilter(self)
        self.filter.setSourceModel(self.model)
        self._buttons: dict[Severity | None, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._is_telling = True
        self.search = SearchBox("查找问题", self)
        self.table = self._make_table()
        self.detail = self._make_detail()
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._filters = self._make_filters()
        self.down = QSplitter(Qt.Orientation.Vertical, self)
        self.down.addWidget(self.table)
        self.down.addWidget(self.detail)
        self.down.setChildrenCollapsible(False)
        self.down.setHandleWidth(6)
        self.down.setSizes([300, 190])
        for number, factor in enumerate((3, 2)):
            self.down.setStretchFactor(number, factor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._filters)
        layout.addWidget(self.down, 1)
        layout.addWidget(self._empty, 1)
        self.setMinimumWidth(260)
        self.dress()
        self._show_state()

    # ------------------------------------------------------------ building
    def _make_filters(self) -> FoldingRow:
        row = FoldingRow(self, spacing=4)
        for severity in (None, *Severity):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("kind", "filter")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._filter_changed)
            self._buttons[severity] = button
            self._group.addButton(button)
            row.add(button)
        self._buttons[None].setChecked(True)
        self.search.textChanged.connect(self._filter_changed)
        row.row.addStretch(1)
        row.add(self.search)
        return row

    def _make_table(self) -> RowTable:
        table = RowTable(self.filter, COLUMNS, (MESSAGE_COLUMN,), self)
        table.setAccessibleName("审校结果")
        table.setItemDelegate(_WholeRow(table))
        table.setWordWrap(True)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.setMinimumHeight(60)
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        table.clicked.connect(self._row_changed)
        table.doubleClicked.connect(self._jump)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), table, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda: self._jump(table.currentIndex()))
        return table

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
        for column, width in _HIDDEN_BELOW.items():
            self.table.setColumnHidden(column, self.width() < width)
        self.table.horizontalHeader().setVisible(self.height() >= _LOW)
        if self.table.currentIndex().isValid():
            self.table.scrollTo(self.table.currentIndex())

    # ------------------------------------------------------------ contents
    def set_findings(self, findings: Sequence[ShownFinding], keep: ShownFinding | None = None) -> None:
        """Show new findings; one that is the same as *keep* is chosen again."""
        self.model.set_records(findings)
        counts = count_by_severity(f.issue for f in findings)
        for severity, button in self._buttons.items():
            button.setText(f"{severity or '全部'} {len(findings) if severity is None else counts[severity]}")
        self._buttons[Severity.TAIL].setVisible(counts[Severity.TAIL] > 0)
        if self._buttons[Severity.TAIL].isChecked() and not counts[Severity.TAIL]:
            self.choose_severity(None)
        self._filters.refit()
        same = next((f for f in findings if keep is not None and _key(f) == _key(keep)), None)
        self._show_state()
        if same is not None:
            self.select(same.number)
        self._describe()

    def choose_severity(self, severity: Severity | None) -> None:
        """Show the findings of one severity."""
        self._buttons[severity].setChecked(True)
        self._filter_changed()

    def show_all(self) -> None:
        """Show the findings without a filter."""
        self.search.clear()
        self.choose_severity(None)

    @property
    def current(self) -> ShownFinding | None:
        """The finding that is chosen."""
        row = self.table.currentIndex().row()
        return self.filter.finding(row) if 0 <= row < self.filter.rowCount() else None

    def _filter_changed(self) -> None:
        severity = next((s for s, button in self._buttons.items() if button.isChecked()), None)
        self.filter.choose(severity, self.search.text())
        self._show_state()
        self._describe()

    def _show_state(self) -> None:
        has_rows = self.filter.rowCount() > 0
        self.down.setVisible(has_rows)
        self._empty.setVisible(not has_rows)
        if not has_rows:
            self._empty.setText(_NONE_FIT if self.model.rowCount() else _CLEAN)

    def _describe(self) -> None:
        finding = self.current
        muted = theme.colours().muted
        self.detail.setHtml(detail(finding) if finding is not None else f"<p style='color:{muted}'>选中一个问题，这里说明它的来源和算法。</p>")

    # ------------------------------------------------------------ going to a finding
    def select(self, number: int) -> None:
        """Choose a finding without telling; one that the filter hides makes it show all."""
        if self.filter.row_of(number) < 0:
            self.show_all()
        row = self.filter.row_of(number)
        if row >= 0:
            self._is_telling = False
            self.table.selectRow(row)
            self._is_telling = True

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding, round the end."""
        count = self.filter.rowCount()
        if count == 0:
            return
        row = self.table.currentIndex().row()
        self.table.selectRow((row + by) % count if row >= 0 else (0 if by > 0 else count - 1))

    def _row_changed(self, index: Index) -> None:
        if index.isValid():
            self._describe()
            if self._is_telling:
                self.finding_selected.emit(self.filter.finding(index.row()).number)

    def _jump(self, index: Index) -> None:
        if index.isValid():
            self.jump_requested.emit(self.filter.finding(index.row()))

    def _link_clicked(self, url: QUrl) -> None:
        finding, name = self.current, url.toString()
        if finding is not None and name[1:].isdecimal():
            cell: SourceCell = finding.cells[int(name[1:])]
            self.cell_requested.emit(cell)


def _key(finding: ShownFinding) -> tuple[object, ...]:
    """What makes a finding of another review the same one."""
    issue = finding.issue
    return issue.code, issue.message, finding.place
