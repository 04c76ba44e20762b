"""The list of findings below the sheet: filters, search, the way to each finding, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.style import theme
from gui.widgets.fit import ElidedLabel, FoldButton
from gui.widgets.parts import ContextMenu, button, column, label
from gui.widgets.parts import Entry as MenuEntry
from gui.widgets.rows import NONE_FIT, Column, FindingsList, Index, RowModel, RowTable, muted
from workbook.amounts import ZERO
from workbook.editing.blocks import write_block
from workbook.formulas.wording import plain
from workbook.issues import Issue, Kind, Severity

_SHEET_LETTERS, _WIDEST_SHEETS = 6, 190
_MEANINGS = {
    Severity.ERROR: "公式不成立或填错了，必须改正", Severity.NOTICE: "请核实：属实的可以不改，必要时在报告中说明",
    Severity.TAIL: "尾差：由四舍五入引起的差；精度：金额多于两位小数。都可以不改",
}
_WIDEST_AMOUNT = 160
_FOLDED_AIR, _LEAST_HEIGHT, _NO_LIMIT = 8, 120, 16_777_215
_NARROW, _LOW = 820, 140
"""Below this width (pixels) code and kind are not listed; below this height the sentence has one line
and the titles give way."""


def _level(issue: Issue) -> str:
    """尾差 come of rounding; what is said of more decimals is 精度."""
    return "精度" if issue.severity is Severity.TAIL and issue.kind is Kind.FORM else str(issue.severity)


def _place(issue: Issue) -> str:
    """Where the finding is: ``公开02!C7``."""
    if not issue.cells:
        return issue.sheet
    ref = issue.cells[0].ref
    return f"{issue.sheet or ref.sheet[:8]}!{ref.a1}"


_COLUMNS: tuple[Column[Issue], ...] = (
    Column("级别", lambda i: "✓ 已核实" if i.verified else f"{i.severity.sign} {_level(i)}", 66,
           ink=lambda i: muted(i) if i.verified else theme.colours().of(i.severity), key=lambda i: (i.severity.rank, bool(i.verified))),
    Column("编号", lambda i: i.code, 72, ink=muted), Column("类别", lambda i: str(i.kind), 52, ink=muted), Column("位置", _place, 96),
    Column("问题", lambda i: i.message, 560),
    Column("相差", lambda i: plain(abs(i.difference)) if i.difference else "", 90, is_amount=True, key=lambda i: abs(i.difference or 0)),
)
_CODE, _KIND, _MESSAGE, _DIFFERENCE = 1, 2, 4, 5


class IssueModel(RowModel[Issue]):
    """The findings; those of the same culprit are shown as following the first."""

    columns = _COLUMNS

    def _follows(self, row: int) -> bool:
        culprit = self.records[row].culprit
        return row > 0 and culprit is not None and culprit == self.records[row - 1].culprit

    def text(self, row: int, column: int) -> str:
        text = super().text(row, column)
        return f"└ {text}" if column == _MESSAGE and self._follows(row) else text

    def tip(self, row: int, column: int) -> str:
        """The whole sentence, and which cell is most likely wrong."""
        issue = self.records[row]
        lines = [issue.message]
        if issue.culprit is not None:
            lines.append(f"最可能有误的单元格：{issue.culprit}")
        if issue.verified:
            lines.append(f"已核实：{issue.verified}")
        if self._follows(row):
            lines.append("与上一条出自同一个单元格，改正它即可")
        return "\n".join(lines)

    def colour(self, row: int, column: int) -> QColor | None:
        return theme.rgb(muted(None)) if column and (self._follows(row) or self.records[row].verified) else super().colour(row, column)


class IssueList(FindingsList):
    """Findings with filters."""

    issue_selected = Signal(object)
    """The finding under the cursor."""
    issue_opened = Signal(object)
    """The finding that the user clicked, or went to with Enter."""
    export_requested = Signal()
    fold_requested = Signal()
    """The list is wanted, or is not wanted any more."""
    verified = Signal(object, bool)
    """The user looked at a finding and found the tables right, or takes that back."""
    reasons_requested = Signal()
    """Nothing is wrong: on to the change reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.repairs: Callable[[Issue], list[MenuEntry]] = lambda _: []
        """What can be filled into a finding's cell because nothing else can be right."""
        self._kinds, self._sheets = QComboBox(), QComboBox()
        self._with_tails = True
        self._described: Issue | None = None
        self.is_folded = False
        super().__init__(IssueModel(), _MESSAGE, "审核结果", parent)
        self._line = ElidedLabel(self, Qt.TextElideMode.ElideRight)
        self.fold_button = FoldButton("问题清单", "panel_bottom", self.fold_requested.emit, self)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        self.table.copied.connect(self.copy)
        self.context_menu = ContextMenu(self.table, self._entries)
        self.table.clicked.connect(self._open)
        self.table.activated.connect(self._open)
        self.detail = label(self, wraps=True, selectable=True)
        self._on = button(self, "填写变动原因", self.reasons_requested.emit)
        self._add_filters()
        layout = column(self, self.filters, (self.table, 1), (self.empty, 1), margins=(0, 4, 0, 0), spacing=4)
        layout.addWidget(self._on, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.detail)
        self.detail.hide()
        self._names: dict[str, str] = {}
        self._filled: object = None
        """For which findings and sheets the list of sheets was made."""

    def _add_filters(self) -> None:
        row = self.filters
        for severity, words in _MEANINGS.items():
            self.buttons[severity].setToolTip(words)
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
            row.add(box)
            box.currentIndexChanged.connect(self.filter_changed)
        row.add(self.search)
        row.add(self._line, 1)
        row.row.addStretch(1)
        export = row.offer("导出审核结果…", "export", self.export_requested.emit)
        row.add(self.fold_button)
        self._when_open = (self._kinds, self._sheets, self.search, export)
        self._line.hide()

    def fold(self, *, folded: bool) -> None:
        """Leave only the counts and the sentence of the finding, or show the whole list."""
        self.is_folded = folded
        self.fold_button.setChecked(not folded)
        for widget in self._when_open:
            widget.setVisible(not folded)
        self._line.setVisible(folded)
        self.setMaximumHeight(self.filters.sizeHint().height() + _FOLDED_AIR if folded else _NO_LIMIT)
        self.setMinimumHeight(0 if folded else _LEAST_HEIGHT)
        self.filters.refit()
        self.show_state()

    def choose_severity(self, severity: Severity | None) -> None:
        super().choose_severity(severity)
        if self.is_folded:
            self.fold_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """On a small screen the sentence has the room of what matters less."""
        super().resizeEvent(event)
        for number in (_CODE, _KIND):
            self.table.setColumnHidden(number, self.width() < _NARROW)
        self.table.horizontalHeader().setVisible(self.height() >= _LOW)
        if self._described is not None:
            self._describe(self._described)

    # ------------------------------------------------------------ contents
    def set_issues(self, issues: Sequence[Issue], names: dict[str, str], *, with_tails: bool) -> None:
        """Show new findings; *names* are the sheets' titles by code; *with_tails*: rounding tails are among 全部.

        The finding under the cursor stays.
        """
        current, self._names, self._with_tails = self.current, names, with_tails
        self._fill_sheets(issues)
        with QSignalBlocker(self.table.selectionModel()):
            self.show_records(issues, issues)
        self.filters.refit()
        largest = max((abs(i.difference) for i in issues if i.difference), default=ZERO)
        needed = self.table.fontMetrics().horizontalAdvance(plain(largest)) + 20
        self.table.setColumnWidth(_DIFFERENCE, min(max(_COLUMNS[_DIFFERENCE].width, needed), _WIDEST_AMOUNT))
        if current is not None:
            same = (r for r in range(self.filter.rowCount()) if _key(self.filter.record(r)) == _key(current))
            with QSignalBlocker(self.table.selectionModel()):
                for row in list(same)[:1]:
                    self.table.selectRow(row)
                if self.current is None:
                    self._described = None  # its cause is gone
                    self.detail.hide()
        self.show_state()

    def _fill_sheets(self, issues: Sequence[Issue]) -> None:
        present = {i.sheet for i in issues}
        if (present, self._names) == self._filled:
            return
        self._filled = present, self._names
        chosen = self._sheets.currentData()
        with QSignalBlocker(self._sheets):
            self._sheets.clear()
            self._sheets.addItem("全部表", "")
            for code, name in self._names.items():
                if code in present:
                    self._sheets.addItem(f"{code} {name}", code)
            self._sheets.setCurrentIndex(max(self._sheets.findData(chosen), 0))

    def fits(self, finding: Any) -> bool:
        issue: Issue = finding
        severity, kind, sheet = self.severity, self._kinds.currentData(), self._sheets.currentData()
        words = self.search.text().strip().lower()
        return (
            (issue.severity is severity if severity is not None else self._with_tails or issue.severity is not Severity.TAIL)
            and (not kind or issue.kind == kind) and (not sheet or issue.sheet == sheet)
            and (not words or words in f"{issue.code} {_place(issue)} {issue.message}".lower()))

    def show_state(self) -> None:
        has_rows, none = self.filter.rowCount() > 0, self.model.rowCount() == 0
        words = "" if has_rows else "没有发现问题，可以接着填写变动原因。" if none else NONE_FIT
        self.table.setVisible(has_rows and not self.is_folded)
        self.empty.setVisible(not has_rows and not self.is_folded)
        self.empty.setText(words)
        self._on.setVisible(none and not self.is_folded)
        self._line.set_whole(words or (self._described.message if self._described is not None else "按 F8 逐个看问题"))
        if not has_rows or self.is_folded:
            self.detail.hide()

    # ------------------------------------------------------------ going to a finding
    def step(self, by: int) -> None:
        super().step(by)
        self._tell(self.table.currentIndex(), self.issue_selected)

    def copy(self) -> None:
        """The chosen findings into the clipboard, whole: with the places and contents of all their cells."""
        head = [*(c.title for c in _COLUMNS), "有关单元格"]
        lines = [[*(c.text(issue) for c in _COLUMNS), _cells(issue)] for issue in self.table.selected()]
        if lines:
            QGuiApplication.clipboard().setText(write_block([head, *lines] if len(lines) > 1 else lines))

    def _entries(self, place: QPoint) -> list[MenuEntry]:
        index = self.table.indexAt(place)
        if not index.isValid():
            return []
        count = len(self.table.selectionModel().selectedRows())
        copy: list[MenuEntry] = [
            (f"复制这 {count} 条\tCtrl+C" if count > 1 else "复制\tCtrl+C", self.copy), ("全选\tCtrl+A", self.table.selectAll),
            ("导出审核结果…", self.export_requested.emit)]
        issue, mark = self.filter.record(index.row()), []
        if issue.severity is Severity.NOTICE:
            mark = [("取消核实" if issue.verified else "标为已核实…", lambda: self.verified.emit(issue, not issue.verified))]
        return [("转到单元格", lambda: self._open(index)), *self.repairs(issue), *mark, *copy]

    def _row_changed(self, index: Index) -> None:
        if self.table.hasFocus():
            self._tell(index, self.issue_selected)
        elif index.isValid():
            self._describe(self.filter.record(index.row()))

    def _open(self, index: Index) -> None:
        self._tell(index, self.issue_opened)

    def _tell(self, index: Index, signal: Any) -> None:
        if index.isValid():
            issue = self.filter.record(index.row())
            self._describe(issue)
            signal.emit(issue)

    def _describe(self, issue: Issue) -> None:
        """The whole sentence, where the row has no room for it; one line of it where there is little height."""
        self._described = issue
        self._line.set_whole(issue.message)
        if self.is_folded:
            return
        metrics = self.table.fontMetrics()
        room = self.table.columnWidth(_MESSAGE) - 12
        self.detail.setVisible(metrics.horizontalAdvance(issue.message) > room)
        is_low = self.height() < _LOW
        cut = metrics.elidedText(issue.message, Qt.TextElideMode.ElideRight, self.width() - 8)
        self.detail.setText(cut if is_low else issue.message)
        self.detail.setToolTip(issue.message if is_low else "")


def _cells(issue: Issue) -> str:
    """The places of a finding with what they hold."""
    return "；".join(f"{cell.ref}={cell.value or '空'}" for cell in issue.cells)


def _key(issue: Issue) -> tuple[object, ...]:
    return issue.code, issue.cells[:1] and issue.cells[0].ref
