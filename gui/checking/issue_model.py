"""The findings as a table, and the filter over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from gui import theme
from gui.messages import SIGNS
from workbook.instances import plain
from workbook.issues import Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ORDER = {Severity.ERROR: 0, Severity.NOTICE: 1, Severity.TAIL: 2}


def _severity(issue: Issue) -> str:
    return f"{SIGNS[issue.severity]} {issue.severity}"


def place(issue: Issue) -> str:
    """Where the finding is: ``公开02!C7``."""
    if not issue.cells:
        return issue.sheet
    ref = issue.cells[0].ref
    return f"{issue.sheet or ref.sheet[:8]}!{ref.a1}"


def _difference(issue: Issue) -> str:
    return plain(abs(issue.difference)) if issue.difference else ""


COLUMNS: tuple[tuple[str, Callable[[Issue], str], int], ...] = (
    ("级别", _severity, 66), ("编号", lambda i: i.code, 72), ("类别", lambda i: str(i.kind), 52), ("位置", place, 96),
    ("问题", lambda i: i.message, 560), ("相差", _difference, 90),
)
MESSAGE_COLUMN, DIFFERENCE_COLUMN = 4, 5


class IssueModel(QAbstractTableModel):
    """Points at a list of findings."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._issues: Sequence[Issue] = ()
        self._follows: list[bool] = []

    def set_issues(self, issues: Sequence[Issue]) -> None:
        """New findings."""
        self.beginResetModel()
        self._issues = issues
        self._follows = [
            i > 0 and issue.culprit is not None and issue.culprit == issues[i - 1].culprit for i, issue in enumerate(issues)
        ]
        self.endResetModel()

    def issue(self, row: int) -> Issue:
        """The finding of a row."""
        return self._issues[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(self._issues)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """Column titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Role.DisplayRole:
                return COLUMNS[section][0]
            if role == Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section == DIFFERENCE_COLUMN else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """One finding's words, colours and tooltip."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        issue = self._issues[row]
        if role == Role.DisplayRole:
            text = COLUMNS[column][1](issue)
            return f"└ {text}" if column == MESSAGE_COLUMN and self._follows[row] else text
        if role == Role.ToolTipRole:
            return self._tip(row, issue)
        if role == Role.ForegroundRole:
            return _colour(issue, column, follows=self._follows[row])
        if role == Role.TextAlignmentRole and column == DIFFERENCE_COLUMN:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return issue if role == Role.UserRole else None

    def _tip(self, row: int, issue: Issue) -> str:
        lines = [issue.message]
        if issue.culprit is not None:
            lines.append(f"最可能有误的单元格：{issue.culprit}")
        if self._follows[row]:
            lines.append("与上一条出自同一个单元格，改正它即可")
        return "\n".join(lines)


def _colour(issue: Issue, column: int, *, follows: bool) -> Any:
    c = theme.colours()
    if column == 0:
        return theme.rgb({Severity.ERROR: c.red, Severity.NOTICE: c.amber, Severity.TAIL: c.blue}[issue.severity])
    return theme.rgb(c.muted) if follows or column in (1, 2) else None


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
        return model.issue(self.mapToSource(self.index(row, 0)).row())

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802  # Qt's name
        """Whether a finding is shown."""
        model = self.sourceModel()
        issue = model.issue(row) if isinstance(model, IssueModel) else None
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
            return _ORDER[a.severity] < _ORDER[b.severity]
        if left.column() == DIFFERENCE_COLUMN:
            return bool(abs(a.difference or 0) < abs(b.difference or 0))
        return str(left.data()) < str(right.data())
