"""The list of findings below the sheet: filters, search, the way to each finding, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from gui.style import theme
from gui.widgets.findings import FindingsList, Listing
from gui.widgets.parts import Entry, button, column, label
from gui.widgets.rows import Column, muted
from workbook.amounts import ZERO
from workbook.formulas.wording import plain
from workbook.issues import Issue, Kind, Severity

_SHEET_LETTERS, _WIDEST_SHEETS = 6, 190
_MEANINGS = {
    Severity.ERROR: "公式不成立或填错了，必须改正", Severity.NOTICE: "请核实：属实的可以不改，必要时在报告中说明",
    Severity.TAIL: "尾差：由四舍五入引起的差；精度：金额多于两位小数。都可以不改",
}
_AMOUNT, _WIDEST_AMOUNT = 90, 160
_LEAST_HEIGHT = 120
_NARROW, _LOW, _NEVER = 820, 140, 16_777_215
"""Below this width (pixels) code and kind are not listed; below this height the sentence has one line and the titles
give way."""
_MESSAGE, _DIFFERENCE = 4, 5


def _level(issue: Issue) -> str:
    """尾差 come of rounding; what is said of more decimals is 精度."""
    level = "精度" if issue.severity is Severity.TAIL and issue.kind is Kind.FORM else issue.severity
    return "✓ 已核实" if issue.verified else f"{issue.severity.sign} {level}"


def _place(issue: Issue) -> str:
    """Where the finding is: ``公开02!C7``."""
    if not issue.cells:
        return issue.sheet
    ref = issue.cells[0].ref
    return f"{issue.sheet or ref.sheet[:8]}!{ref.a1}"


def _columns(follows: Callable[[Issue], bool]) -> tuple[Column[Issue], ...]:
    """The columns, where some findings follow from the one above them; the last one is only copied."""
    def ink(issue: Issue) -> str | None:
        return muted(issue) if issue.verified or follows(issue) else None

    return (
        Column("级别", _level, 66, ink=lambda i: muted(i) if i.verified else theme.colours().of(i.severity),
               key=lambda i: (i.severity.rank, bool(i.verified))),
        Column("编号", lambda i: i.code, 72, ink=muted, narrow=_NARROW),
        Column("类别", lambda i: str(i.kind), 52, ink=muted, narrow=_NARROW),
        Column("位置", _place, 96, ink=ink), Column("问题", lambda i: f"└ {i.message}" if follows(i) else i.message, 560, ink=ink),
        Column("相差", lambda i: plain(abs(i.difference)) if i.difference else "", _AMOUNT, is_amount=True, ink=ink,
               key=lambda i: abs(i.difference or 0)),
        Column("有关单元格", lambda i: "；".join(f"{cell.ref}={cell.value or '空'}" for cell in i.cells), 0, narrow=_NEVER),
    )


class IssueList(FindingsList):
    """Findings with filters."""

    issue_selected = Signal(object)
    """The finding under the cursor."""
    export_requested = Signal()
    wanted = Signal()
    """Somebody asked for findings of some severity."""
    verified = Signal(object, bool)
    """The user looked at a finding and found the tables right, or takes that back."""
    reasons_requested = Signal()
    """Nothing is wrong: on to the change reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Listing(
            "审核结果", _columns(lambda i: id(i) in self._following), (_MESSAGE,), choice=lambda i: i.severity,
            said=lambda i: f"{i.code} {_place(i)} {i.message}", key=lambda i: (i.code, i.cells[:1] and i.cells[0].ref),
            counts=lambda i: not i.verified, many=True, tip=self._tip), parent)
        self.repairs: Callable[[Issue], list[Entry]] = lambda _: []
        """What can be filled into a finding's cell because nothing else can be right."""
        self.entries, self.clean_words = self._entries, "没有发现问题，可以接着填写变动原因。"
        least = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._kinds, self._sheets = QComboBox(), QComboBox(sizeAdjustPolicy=least, minimumContentsLength=_SHEET_LETTERS)
        self._with_tails = True
        self._described: Issue | None = None
        self._following: set[int] = set()
        """Ids of the findings that have the culprit of the one before them."""
        self.table.low = _LOW - 40
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.table.selectionModel().currentRowChanged.connect(lambda: self._tell() if self.table.hasFocus() else None)
        self.detail = label(self, wraps=True, selectable=True)
        self._on = button(self, "填写变动原因", self.reasons_requested.emit)
        self._add_filters()
        layout = column(self, self.filters, (self.table, 1), (self.empty, 1), margins=(0, 4, 0, 0), spacing=4)
        layout.addWidget(self._on, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.detail)
        self.detail.hide()
        self.described.connect(self._describe)

    def _add_filters(self) -> None:
        row = self.filters
        for severity, words in _MEANINGS.items():
            self.buttons[severity].setToolTip(words)
        row.row.addSpacing(theme.GRID)
        self._sheets.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sheets.setMaximumWidth(_WIDEST_SHEETS)
        for box, name, choices in ((self._kinds, "类别", Kind), (self._sheets, "表", ())):
            box.setAccessibleName(name)
            box.addItem(f"全部{name}", "")
            for choice in choices:
                box.addItem(str(choice), str(choice))
            row.add(box)
            box.currentIndexChanged.connect(self.filter_changed)
        row.add(self.search)
        row.row.addStretch(1)
        row.offer("导出审核结果…", "export", self.export_requested.emit)

    def choose(self, choice: str | None) -> None:
        super().choose(choice)
        self.wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._describe(self._described)

    # ------------------------------------------------------------ contents
    def set_issues(self, issues: Sequence[Issue], names: dict[str, str], *, with_tails: bool) -> None:
        """Show new findings; *names* are the sheets' titles by code; *with_tails*: rounding tails are among 全部.

        The finding under the cursor stays.
        """
        self._with_tails = with_tails
        self._following = {id(b) for a, b in pairwise(issues) if b.culprit is not None and a.culprit == b.culprit}
        self._fill_sheets({i.sheet for i in issues}, names)
        largest = max((abs(i.difference) for i in issues if i.difference), default=ZERO)
        needed = self.table.fontMetrics().horizontalAdvance(plain(largest)) + 20
        self.table.setColumnWidth(_DIFFERENCE, min(max(_AMOUNT, needed), _WIDEST_AMOUNT))
        self._on.setVisible(not issues)
        self.show_records(issues)

    def _fill_sheets(self, present: set[str], names: dict[str, str]) -> None:
        """Offer the sheets that have findings; the one chosen stays so."""
        sheets = {"全部表": "", **{f"{code} {name}": code for code, name in names.items() if code in present}}
        if [*sheets] == [self._sheets.itemText(i) for i in range(self._sheets.count())]:
            return  # most edits change nothing of it
        chosen = self._sheets.currentData()
        with QSignalBlocker(self._sheets):
            self._sheets.clear()
            for words, code in sheets.items():
                self._sheets.addItem(words, code)
            self._sheets.setCurrentIndex(max(self._sheets.findData(chosen), 0))

    def fits(self, record: Any) -> bool:
        kind, sheet = self._kinds.currentData(), self._sheets.currentData()
        return (
            super().fits(record) and (self.chosen is not None or self._with_tails or record.severity is not Severity.TAIL)
            and (not kind or record.kind == kind) and (not sheet or record.sheet == sheet))

    def _tip(self, issue: Issue) -> str:
        """The whole sentence, and which cell is most likely wrong."""
        return "\n".join(filter(None, (
            issue.message, issue.culprit and f"最可能有误的单元格：{issue.culprit}", issue.verified and f"已核实：{issue.verified}",
            "与上一条出自同一个单元格，改正它即可" if id(issue) in self._following else "")))

    # ------------------------------------------------------------ going to a finding
    def step(self, by: int) -> None:
        super().step(by)
        self._tell()

    def _entries(self, record: Issue) -> list[Entry]:
        mark: list[Entry] = []
        if record.severity is Severity.NOTICE:
            mark = [("取消核实" if record.verified else "标为已核实…", lambda: self.verified.emit(record, not record.verified))]
        return [
            ("转到单元格", lambda: self.table.opened.emit(record)),
            *self.repairs(record), *mark, ("导出审核结果…", self.export_requested.emit)]

    def _tell(self) -> None:
        if (issue := self.current) is not None:
            self.issue_selected.emit(issue)

    def _describe(self, issue: Issue | None) -> None:
        """The whole sentence, where the row has no room for it; one line of it where there is little height."""
        self._described, message = issue, issue.message if issue is not None else ""
        metrics, is_low = self.table.fontMetrics(), self.height() < _LOW
        self.detail.setVisible(metrics.horizontalAdvance(message) > self.table.columnWidth(_MESSAGE) - 12)
        self.detail.setText(metrics.elidedText(message, Qt.TextElideMode.ElideRight, self.width() - 8) if is_low else message)
        self.detail.setToolTip(message if is_low else "")
