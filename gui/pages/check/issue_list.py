"""The list of findings below the sheet: filters, search, the way to each finding, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.pages.check.issue_model import (
    CODE_COLUMN,
    COLUMNS,
    DIFFERENCE_COLUMN,
    KIND_COLUMN,
    MESSAGE_COLUMN,
    IssueFilter,
    IssueModel,
)
from gui.style import theme
from gui.widgets.fit import FoldingButton, FoldingRow
from gui.widgets.rows import Index, RowTable
from gui.widgets.search import SearchBox
from workbook.amounts import ZERO
from workbook.formulas.wording import plain
from workbook.issues import Issue, Kind, Severity, count_by_severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

_SHEET_LETTERS, _WIDEST_SHEETS = 6, 190
_MEANINGS = {
    Severity.ERROR: "平衡关系不成立或填错了，必须改正", Severity.NOTICE: "请核实：属实的可以不改，必要时在报告中说明",
    Severity.TAIL: "由四舍五入引起的差，可以不改",
}
_WIDEST_AMOUNT = 160
_NARROW, _LOW = 820, 140
"""Below this width (pixels) code and kind are not listed; below this height the sentence has one line
and the titles give way."""


class IssueList(QWidget):
    """Findings with filters."""

    issue_selected = Signal(object)
    """The finding under the cursor."""
    issue_opened = Signal(object)
    """The finding that the user clicked, or went to with Enter."""
    export_requested = Signal()
    reasons_requested = Signal()
    """Nothing is wrong: on to the change reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = IssueModel(self)
        self.filter = IssueFilter(self)
        self.filter.setSourceModel(self.model)
        self._buttons: dict[Severity | None, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._kinds, self._sheets = QComboBox(self), QComboBox(self)
        self.search = SearchBox("查找问题", self)
        self._filters = self._make_filters()
        self.table = self._make_table()
        self._detail = QLabel(self)
        self._detail.setWordWrap(True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._on = QPushButton("填写变动原因", self)
        self._on.clicked.connect(self.reasons_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._filters)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._on, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._detail)
        self._detail.hide()
        self._described: Issue | None = None
        self._names: dict[str, str] = {}

    # ------------------------------------------------------------ building
    def _make_filters(self) -> FoldingRow:
        row = FoldingRow(self, spacing=4)
        for field in (self._kinds, self._sheets, self.search):
            field.setParent(row)
        for severity in (None, *Severity):
            button = QPushButton(row)
            button.setCheckable(True)
            button.setProperty("kind", "filter")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(_MEANINGS[severity] if severity else "")
            button.clicked.connect(self._filter_changed)
            self._buttons[severity] = button
            self._group.addButton(button)
            row.add(button)
        self._buttons[None].setChecked(True)
        row.row.addSpacing(theme.GRID)
        self._kinds.addItem("全部类别", "")
        for kind in Kind:
            self._kinds.addItem(str(kind), str(kind))
        self._kinds.setAccessibleName("类别")
        self._sheets.addItem("全部表", "")
        self._sheets.setAccessibleName("表")
        self._sheets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._sheets.setMinimumContentsLength(_SHEET_LETTERS)
        self._sheets.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sheets.setMaximumWidth(_WIDEST_SHEETS)
        for box in (self._kinds, self._sheets):
            box.currentIndexChanged.connect(self._filter_changed)
            row.add(box)
        self.search.textChanged.connect(self._filter_changed)
        row.add(self.search)
        row.row.addStretch(1)
        export = FoldingButton("导出审核结果…", "export", row)
        export.clicked.connect(self.export_requested)
        row.add(export)
        return row

    def _make_table(self) -> RowTable:
        table = RowTable(self.filter, COLUMNS, (MESSAGE_COLUMN,), self)
        table.setAccessibleName("审核结果")
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.search.left.connect(table.setFocus)
        table.clicked.connect(self._open)
        table.activated.connect(self._open)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the sentence has the room of what matters less."""
        super().resizeEvent(event)
        for column in (CODE_COLUMN, KIND_COLUMN):
            self.table.setColumnHidden(column, self.width() < _NARROW)
        self.table.horizontalHeader().setVisible(self.height() >= _LOW)
        if self._described is not None:
            self._describe(self._described)

    # ------------------------------------------------------------ contents
    def set_issues(self, issues: Sequence[Issue], names: dict[str, str]) -> None:
        """Show new findings; *names* are the sheets' titles by code.  The finding under the cursor stays."""
        row = self.table.currentIndex().row()
        current = self.filter.issue(row) if 0 <= row < self.filter.rowCount() else None
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_records(issues)
        self._names = names
        self._fill_sheets(issues)
        counts = count_by_severity(issues)
        for severity, button in self._buttons.items():
            count = len(issues) if severity is None else counts[severity]
            button.setText(f"{severity or '全部'} {count}")
        self._filters.refit()
        largest = max((abs(i.difference) for i in issues if i.difference), default=ZERO)
        self.table.setColumnWidth(DIFFERENCE_COLUMN, min(
            max(COLUMNS[DIFFERENCE_COLUMN].width, self.table.fontMetrics().horizontalAdvance(plain(largest)) + 20), _WIDEST_AMOUNT))
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
        none = self.model.rowCount() == 0
        self._on.setVisible(none)
        if not has_rows:
            self._detail.hide()
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

    def _open(self, index: Index) -> None:
        if index.isValid():
            issue = self.filter.issue(index.row())
            self._describe(issue)
            self.issue_opened.emit(issue)

    def _describe(self, issue: Issue) -> None:
        """The whole sentence, where the row has no room for it; one line of it where there is little height."""
        self._described = issue
        metrics = self.table.fontMetrics()
        room = self.table.columnWidth(MESSAGE_COLUMN) - 12
        self._detail.setVisible(metrics.horizontalAdvance(issue.message) > room)
        is_low = self.height() < _LOW
        cut = metrics.elidedText(issue.message, Qt.TextElideMode.ElideRight, self.width() - 8)
        self._detail.setText(cut if is_low else issue.message)
        self._detail.setToolTip(issue.message if is_low else "")
