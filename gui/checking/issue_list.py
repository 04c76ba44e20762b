"""The list of findings below the sheet: filters, search, the way to each finding, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.checking.issue_model import COLUMNS, DIFFERENCE_COLUMN, MESSAGE_COLUMN, IssueFilter, IssueModel
from gui.icon import icon
from workbook.issues import Issue, Kind, Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex


class IssueList(QWidget):
    """Findings with filters."""

    issue_selected = Signal(object)
    """The finding that the user went to."""
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = IssueModel(self)
        self.filter = IssueFilter(self)
        self.filter.setSourceModel(self.model)
        self._buttons: dict[Severity | None, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._kinds, self._sheets = QComboBox(self), QComboBox(self)
        self.search = QLineEdit(self)
        self.table = self._make_table()
        self._detail = QLabel(self)
        self._detail.setWordWrap(True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._make_filters())
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._detail)
        self._detail.hide()
        self._names: dict[str, str] = {}

    # ------------------------------------------------------------ building
    def _make_filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for severity in (None, *Severity):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("kind", "filter")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._filter_changed)
            self._buttons[severity] = button
            self._group.addButton(button)
            row.addWidget(button)
        self._buttons[None].setChecked(True)
        row.addSpacing(theme.GRID)
        self._kinds.addItem("全部类别", "")
        for kind in Kind:
            self._kinds.addItem(str(kind), str(kind))
        self._kinds.setAccessibleName("类别")
        self._sheets.addItem("全部表", "")
        self._sheets.setAccessibleName("表")
        self._sheets.setFixedWidth(190)
        for box in (self._kinds, self._sheets):
            box.currentIndexChanged.connect(self._filter_changed)
            row.addWidget(box)
        self.search.setPlaceholderText("查找问题")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", theme.colours().muted), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter_changed)
        self.search.setMaximumWidth(220)
        row.addWidget(self.search)
        row.addStretch(1)
        export = QPushButton("导出审核结果…", self)
        export.setIcon(icon("export"))
        export.clicked.connect(self.export_requested)
        row.addWidget(export)
        return row

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.filter)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSortingEnabled(True)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("审核结果")
        header = table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        for column, (_, _, width) in enumerate(COLUMNS):
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(MESSAGE_COLUMN, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(DIFFERENCE_COLUMN, QHeaderView.ResizeMode.Interactive)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        table.clicked.connect(self._go)
        table.activated.connect(self._go)
        return table

    # ------------------------------------------------------------ contents
    def set_issues(self, issues: Sequence[Issue], names: dict[str, str]) -> None:
        """Show new findings; *names* are the sheets' titles by code.  The finding under the cursor stays."""
        row = self.table.currentIndex().row()
        current = self.filter.issue(row) if 0 <= row < self.filter.rowCount() else None
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_issues(issues)
        self._names = names
        self._fill_sheets(issues)
        counts = count_by_severity(issues)
        for severity, button in self._buttons.items():
            count = len(issues) if severity is None else counts[severity]
            button.setText(f"{severity or '全部'} {count}")
        self._find_again(current)
        self._show_state()

    def _find_again(self, current: Issue | None) -> None:
        if current is None:
            return
        key = (current.code, current.cells[:1] and current.cells[0].ref)
        for row in range(self.filter.rowCount()):
            issue = self.filter.issue(row)
            if (issue.code, issue.cells[:1] and issue.cells[0].ref) == key:
                with QSignalBlocker(self.table.selectionModel()):
                    self.table.selectRow(row)
                return

    def _fill_sheets(self, issues: Sequence[Issue]) -> None:
        present = [code for code in self._names if any(i.sheet == code for i in issues)]
        chosen = self._sheets.currentData()
        with QSignalBlocker(self._sheets):
            self._sheets.clear()
            self._sheets.addItem("全部表", "")
            for code in present:
                self._sheets.addItem(f"{code} {self._names[code]}", code)
            self._sheets.setCurrentIndex(max(self._sheets.findData(chosen), 0))

    def show_tails(self, shown: bool) -> None:
        """Whether rounding tails are among 全部."""
        self.filter.choose(with_tails=shown)
        self._show_state()

    def choose_severity(self, severity: Severity | None) -> None:
        """Show the findings of one severity."""
        self._buttons[severity].setChecked(True)
        self._filter_changed()

    def _filter_changed(self) -> None:
        severity = next((s for s, button in self._buttons.items() if button.isChecked()), None)
        self.filter.choose(
            severity=severity, kind=self._kinds.currentData() or "", sheet=self._sheets.currentData() or "",
            words=self.search.text())
        self._show_state()

    def _show_state(self) -> None:
        has_rows = self.filter.rowCount() > 0
        self.table.setVisible(has_rows)
        self._empty.setVisible(not has_rows)
        if not has_rows:
            self._detail.hide()
            none = self.model.rowCount() == 0
            self._empty.setText("没有发现问题，可以接着填写变动原因。" if none else "没有符合筛选条件的问题。")

    # ------------------------------------------------------------ going to a finding
    def step(self, by: int) -> None:
        """The next (1) or previous (-1) finding, round the end."""
        count = self.filter.rowCount()
        if count == 0:
            return
        row = self.table.currentIndex().row()
        row = (row + by) % count if row >= 0 else (0 if by > 0 else count - 1)
        self.table.selectRow(row)
        self._go(self.filter.index(row, 0))

    def _row_changed(self, index: Index) -> None:
        if index.isValid():
            self._describe(self.filter.issue(index.row()))
            if self.table.hasFocus():
                self._go(index)

    def _go(self, index: Index) -> None:
        if index.isValid():
            issue = self.filter.issue(index.row())
            self._describe(issue)
            self.issue_selected.emit(issue)

    def _describe(self, issue: Issue) -> None:
        """The whole sentence, where the row has no room for it."""
        room = self.table.columnWidth(MESSAGE_COLUMN) - 12
        is_cut = self.table.fontMetrics().horizontalAdvance(issue.message) > room
        self._detail.setVisible(is_cut)
        self._detail.setText(issue.message)
