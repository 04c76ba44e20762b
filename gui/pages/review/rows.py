"""The findings of a review as a table, and the filter over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from gui.style import theme
from gui.widgets.rows import Column, Index, RowModel
from workbook.issues import Severity

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from gui.pages.review.model import ShownFinding

Role = Qt.ItemDataRole

COLUMNS: tuple[Column[ShownFinding], ...] = (
    Column("级别", lambda f: f"{f.issue.severity.sign} {f.issue.severity}", 62),
    Column("章节", lambda f: f.place, 104),
    Column("报告写的", lambda f: f.stated, 96),
    Column("应为", lambda f: f.issue.expected or "", 104),
    Column("问题", lambda f: f.issue.message, 240),
    Column("来自", lambda f: f.source, 92),
)
SEVERITY_COLUMN, PLACE_COLUMN, STATED_COLUMN, EXPECTED_COLUMN, MESSAGE_COLUMN, SOURCE_COLUMN = range(6)


class FindingModel(RowModel["ShownFinding"]):
    """Points at the findings."""

    columns = COLUMNS

    def tip(self, row: int, column: int) -> str:
        """What the row may have cut."""
        return self.text(row, column)

    def colour(self, row: int, column: int) -> QColor | None:
        """The severity's colour; what matters less is muted."""
        c = theme.colours()
        if column == SEVERITY_COLUMN:
            return theme.rgb(c.of(self.records[row].issue.severity))
        return theme.rgb(c.muted) if column in (PLACE_COLUMN, SOURCE_COLUMN) else None


class FindingFilter(QSortFilterProxyModel):
    """Shows the findings of a severity with certain words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.severity: Severity | None = None
        self.words = ""

    def choose(self, severity: Severity | None, words: str) -> None:
        """Show findings of one severity (``None``: of any) that have all the words."""
        self.severity, self.words = severity, words.lower()
        self.invalidate()

    def finding(self, row: int) -> ShownFinding:
        """The finding of a shown row."""
        found: ShownFinding = self.index(row, 0).data(Role.UserRole)
        return found

    def row_of(self, number: int) -> int:
        """The shown row of a finding; -1 when the filter hides it."""
        return next((row for row in range(self.rowCount()) if self.finding(row).number == number), -1)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether a finding is shown."""
        model = self.sourceModel()
        if not isinstance(model, FindingModel):
            return False
        finding = model.records[row]
        if self.severity is not None and finding.issue.severity is not self.severity:
            return False
        issue = finding.issue
        text = " ".join(filter(None, (
            issue.code, str(issue.severity), finding.place, finding.stated, issue.expected, issue.message, issue.text, finding.source,
        ))).lower()
        return all(word in text for word in self.words.split())

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  # Qt's name
        """Severities by weight, places in the order of the report, all else by text."""
        one, other = left.data(Role.UserRole), right.data(Role.UserRole)
        if left.column() == SEVERITY_COLUMN:
            return bool((one.issue.severity.rank, one.number) < (other.issue.severity.rank, other.number))
        if left.column() == PLACE_COLUMN:
            return bool(one.number < other.number)
        return _text(left) < _text(right)


def _text(index: Index) -> str:
    words: Any = index.data()
    return str(words)
