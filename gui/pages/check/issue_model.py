"""The findings as a table, and the filter over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from gui.style import theme
from gui.widgets.rows import Column, Index, RowModel
from workbook.formulas.wording import plain
from workbook.issues import Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor

Role = Qt.ItemDataRole


def _severity(issue: Issue) -> str:
    return f"{issue.severity.sign} {issue.severity}"


def place(issue: Issue) -> str:
    """Where the finding is: ``公开02!C7``."""
    if not issue.cells:
        return issue.sheet
    ref = issue.cells[0].ref
    return f"{issue.sheet or ref.sheet[:8]}!{ref.a1}"


def _difference(issue: Issue) -> str:
    return plain(abs(issue.difference)) if issue.difference else ""


COLUMNS: tuple[Column[Issue], ...] = (
    Column("级别", _severity, 66), Column("编号", lambda i: i.code, 72), Column("类别", lambda i: str(i.kind), 52),
    Column("位置", place, 96), Column("问题", lambda i: i.message, 560), Column("相差", _difference, 90, is_amount=True),
)
CODE_COLUMN, KIND_COLUMN, MESSAGE_COLUMN, DIFFERENCE_COLUMN = 1, 2, 4, 5


class IssueModel(RowModel[Issue]):
    """Points at a list of findings."""

    columns = COLUMNS

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._follows: list[bool] = []

    def set_records(self, records: Sequence[Issue]) -> None:
        """New findings; those of the same culprit are shown as following the first."""
        self._follows = [
            i > 0 and issue.culprit is not None and issue.culprit == records[i - 1].culprit for i, issue in enumerate(records)
        ]
        super().set_records(records)

    def text(self, row: int, column: int) -> str:
        """The words of a cell."""
        text = super().text(row, column)
        return f"└ {text}" if column == MESSAGE_COLUMN and self._follows[row] else text

    def tip(self, row: int, column: int) -> str:
        """The whole sentence, and which cell is most likely wrong."""
        issue = self.records[row]
        lines = [issue.message]
        if issue.culprit is not None:
            lines.append(f"最可能有误的单元格：{issue.culprit}")
        if self._follows[row]:
            lines.append("与上一条出自同一个单元格，改正它即可")
        return "\n".join(lines)

    def colour(self, row: int, column: int) -> QColor | None:
        """The severity's colour; what matters less is muted."""
        c = theme.colours()
        if column == 0:
            return theme.rgb(c.of(self.records[row].severity))
        return theme.rgb(c.muted) if self._follows[row] or column in (CODE_COLUMN, KIND_COLUMN) else None


class IssueFilter(QSortFilterProxyModel):
    """Shows the findings of some severities, kind, sheet and words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.severity: Severity | None = None
        self.with_tails = True
        self.kind = ""
        self.sheet = ""
        self.words = ""

    def choose(self, **choices: Any) -> None:
        """Set any of ``severity, with_tails, kind, sheet, words``."""
        for name, value in choices.items():
            setattr(self, name, value)
        self.invalidate()

    def issue(self, row: int) -> Issue:
        """The finding of a shown row."""
        model = self.sourceModel()
        assert isinstance(model, IssueModel)  # noqa: S101  # the only model it is used on
        return model.records[self.mapToSource(self.index(row, 0)).row()]

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether a finding is shown."""
        model = self.sourceModel()
        issue = model.records[row] if isinstance(model, IssueModel) else None
        if issue is None:
            return False
        if issue.severity is Severity.TAIL and not self.with_tails and self.severity is not Severity.TAIL:
            return False
        words = self.words.strip().lower()
        return (
            (self.severity is None or issue.severity is self.severity)
            and (not self.kind or issue.kind == self.kind)
            and (not self.sheet or issue.sheet == self.sheet)
            and (not words or words in f"{issue.code} {place(issue)} {issue.message}".lower())
        )

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802  # Qt's name
        """Severities by weight, differences by amount, all else by text."""
        a, b = left.data(Role.UserRole), right.data(Role.UserRole)
        if left.column() == 0:
            return bool(a.severity.rank < b.severity.rank)
        if left.column() == DIFFERENCE_COLUMN:
            return bool(abs(a.difference or 0) < abs(b.difference or 0))
        return str(left.data()) < str(right.data())
