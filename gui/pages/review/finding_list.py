"""The findings of a review beside the text: filters, list, and everything about the chosen one."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from gui.pages.review.model import ShownFinding
from gui.paper.sources import how_words
from gui.style import theme
from gui.widgets.findings import FindingsList, Listing
from gui.widgets.parts import column, splitter
from gui.widgets.rows import Column, Index, Role, RowTable, muted
from workbook.issues import Severity

_LINES, _SHOWN = 2, 8
"""Lines of a row; sources that are named."""
_COLUMNS: tuple[Column[ShownFinding], ...] = (
    Column("级别", lambda f: f"{f.issue.severity.sign} {f.issue.severity}", 62,
           ink=lambda f: theme.colours().of(f.issue.severity), key=lambda f: (f.issue.severity.rank, f.number)),
    Column("章节", lambda f: f.where, 104, ink=muted, key=lambda f: f.number, narrow=520),
    Column("报告写的", lambda f: f.stated, 96, narrow=420), Column("应为", lambda f: f.issue.expected or "", 104),
    Column("问题", lambda f: f.issue.message, 240), Column("来自", lambda f: f.source, 92, ink=muted, narrow=620),
)
_MESSAGE, _LOW = 4, 150
"""Below this height of the table (pixels) its titles give way."""


class FindingList(FindingsList):
    """Findings with filters."""

    finding_selected = Signal(int)
    """Number of the finding that the user went to."""
    jump_requested = Signal(object)
    """The user wants to see where a finding's right figure comes from."""
    cell_requested = Signal(object)
    """A source was clicked (:class:`docgen.job.sources.SourceCell`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Listing(
            "审校结果", _COLUMNS, (_MESSAGE,), choice=lambda f: f.issue.severity, said=_said,
            key=lambda f: (f.issue.code, f.issue.message, f.place), rare=(Severity.TAIL,), many=True), parent)
        self._is_telling = True
        self.entries = lambda record: [("转到来源单元格", lambda: self.jump_requested.emit(record))]
        self.described.connect(self._describe)
        table = self.table
        table.low = _LOW
        table.setWordWrap(True)
        table.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        table.setMinimumHeight(60)
        table.selectionModel().currentRowChanged.connect(self._row_changed)
        table.clicked.connect(self._row_changed)
        table.activated.connect(lambda index: self.jump_requested.emit(index.data(Role.UserRole)))
        self.detail = QTextBrowser(self, openLinks=False)
        self.detail.setAccessibleName("问题的详细说明")
        self.detail.setMinimumHeight(56)
        self.detail.document().setDocumentMargin(4)
        self.detail.anchorClicked.connect(self._link_clicked)
        self.detail.setAcceptDrops(False)
        self.filters.row.addStretch(1)
        self.filters.add(self.search)
        self.shown = self.down = splitter(self, Qt.Orientation.Vertical, table, self.detail, sizes=(300, 190), stretch=(3, 2))
        column(self, self.filters, (self.down, 1), (self.empty, 1), spacing=4)
        self.setMinimumWidth(260)
        self.dress()
        self.show_state()

    def dress(self) -> None:
        """Take the palette's colours, and the font's height."""
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() * _LINES + 8)
        self._describe(self.current)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        if self.table.currentIndex().isValid():
            self.table.scrollTo(self.table.currentIndex())

    def show_all(self) -> None:
        """Show the findings without a filter."""
        self.search.clear()
        self.choose(None)

    def _describe(self, finding: ShownFinding | None) -> None:
        none = f"<p style='color:{theme.colours().muted}'>选中一个问题，这里说明它的来源和算法。</p>"
        self.detail.setHtml(detail(finding) if finding is not None else none)

    # ------------------------------------------------------------ going to a finding
    def _row_of(self, number: int) -> int:
        return self.filter.row_of(lambda found: found.number == number)

    def select(self, number: int) -> None:
        """Choose a finding without telling; one that the filter hides makes it show all."""
        if self._row_of(number) < 0:
            self.show_all()
        if (row := self._row_of(number)) >= 0:
            self._is_telling = False
            self.table.selectRow(row)
            self._is_telling = True

    def _row_changed(self, index: Index) -> None:
        if index.isValid() and self._is_telling:
            self.finding_selected.emit(self.filter.record(index.row()).number)

    def _link_clicked(self, url: QUrl) -> None:
        finding, name = self.current, url.toString()
        if finding is not None and name[1:].isdecimal():
            self.cell_requested.emit(finding.cells[int(name[1:])])


def _said(found: ShownFinding) -> str:
    issue = found.issue
    said = (
        issue.code, str(issue.severity), found.where, found.stated, issue.expected, issue.message, issue.text, found.source)
    return " ".join(filter(None, said))


def detail(finding: ShownFinding) -> str:
    """Everything about a finding, as rich text; its sources are links called ``c0``, ``c1`` and so on."""
    issue, c = finding.issue, theme.colours()
    sign = f"<b>{issue.severity.sign} {issue.severity}</b>"
    head = f"<span style='color:{c.of(issue.severity)}'>{sign}</span>　{escape(issue.message)}"
    rows = [
        ("原文", f"“{escape(' '.join(issue.text.split()))}”" if issue.text else ""),
        ("报告写的", escape(finding.stated)), ("应为", f"<b>{escape(issue.expected)}</b>" if issue.expected else ""),
        ("来自", "<br>".join(
            f"<a href='c{i}' style='color:{c.accent}'>{escape(cell.words)}</a>"
            for i, cell in enumerate(finding.cells[:_SHOWN]))),
        ("", f"共 {len(finding.cells)} 个单元格" if len(finding.cells) > _SHOWN else ""), ("算法", escape(_how(finding))),
        ("位置", escape(finding.where)),
        ("规则", escape(f"{issue.code} {finding.rule}。依据：{finding.basis}" if finding.basis else issue.code)),
    ]
    lines = "".join(
        f"<tr><td style='color:{c.muted}; padding:1px 12px 1px 0; white-space:nowrap'>{name}</td>"
        f"<td style='padding:1px 0'>{text}</td></tr>"
        for name, text in rows if text)
    return f"<p style='margin:0 0 6px 0'>{head}</p><table cellspacing='0'>{lines}</table>"


def _how(finding: ShownFinding) -> str:
    """How the right figure is computed, where the sentence does not say so already."""
    figure = finding.figure
    how = how_words(figure, finding.cells).removesuffix("（取绝对值）") if figure is not None else ""
    return "" if how in finding.issue.message else how
