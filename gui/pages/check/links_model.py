"""The formulas of the selected cell as a tree: one row for each formula, below it the cells of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbook.formulas.outcomes import Outcome, State
from workbook.formulas.wording import value_text
from workbook.issues import Severity
from workbook.pack.formula import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.formulas.bindings import TermCell
    from workbook.issues import CellRef

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
OUTCOME_ROLE = Role.UserRole
CELL_ROLE = Role.UserRole + 1
REF_ROLE = Role.UserRole + 2


class LinksModel(QAbstractItemModel):
    """Outcomes and their cells."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outcomes: tuple[Outcome, ...] = ()
        self._cells: list[tuple[TermCell, ...]] = []
        self.selected: TermCell | None = None
        """The cell whose formulas are shown."""

    def show(self, outcomes: Sequence[Outcome], selected: TermCell | None) -> None:
        """Show the formulas of another cell."""
        self.beginResetModel()
        self.selected = selected
        self._outcomes = tuple(outcomes)
        self._cells = [(*o.left_cells, *o.right_cells) for o in self._outcomes]
        self.endResetModel()

    def outcome(self, index: Index) -> Outcome | None:
        """The formula of a row (of a cell's row: of its parent)."""
        if not index.isValid():
            return None
        identity = index.internalId()
        return self._outcomes[identity - 1 if identity else index.row()]

    def cell(self, index: Index) -> TermCell | None:
        """The cell of a row; ``None`` for a formula's row."""
        identity = index.internalId() if index.isValid() else 0
        return self._cells[identity - 1][index.row()] if identity else None

    # ------------------------------------------------------------ Qt's model
    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008  # Qt's default
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008  # QObject.parent() has no argument
        identity = child.internalId() if child.isValid() else 0
        return self.createIndex(identity - 1, 0, 0) if identity else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        if not parent.isValid():
            return len(self._outcomes)
        if parent.internalId() or parent.column():
            return 0
        return len(self._cells[parent.row()])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words; the delegate draws them."""
        outcome = self.outcome(index)
        if outcome is None:
            return None
        cell = self.cell(index)
        if role == Role.DisplayRole:
            return cell_words(cell, self.selected) if cell else f"{outcome.state.sign} {wording(outcome)}"
        if role == Role.ToolTipRole:
            return _cell_tip(cell) if cell else self._tip(outcome)
        return {OUTCOME_ROLE: outcome, CELL_ROLE: cell, REF_ROLE: _ref(cell) if cell else None}.get(role)

    @staticmethod
    def _tip(outcome: Outcome) -> str:
        formula = outcome.formula
        lines = [f"{formula.code}　{formula.kind}　{outcome.state}", formula.text, f"依据：{formula.basis}"]
        if outcome.reason:
            lines.insert(1, outcome.reason)
        return "\n".join(lines)


def _cell_tip(cell: TermCell) -> str:
    return f"{cell.table.label(cell.row, cell.column)}\n单击转到这个单元格"


def _ref(cell: TermCell) -> CellRef | None:
    return cell.table.ref(cell.row, cell.column)


def wording(outcome: Outcome) -> str:
    """What the formula says.  A 提示 is worded for the case that it does not hold; when it does, its text says more."""
    formula = outcome.formula
    return formula.text if outcome.state is State.HOLDS and formula.severity is Severity.NOTICE else formula.wording


def sides_text(outcome: Outcome) -> str:
    """Both sides with their values, and the difference when there is one."""
    if outcome.state in (State.SKIPPED, State.NOT_APPLICABLE):
        return outcome.reason
    left = value_text(outcome.left, outcome.left_cells)
    right = value_text(outcome.right, outcome.right_cells or outcome.left_cells)
    relation = outcome.formula.comparison.relation
    if outcome.state is State.HOLDS or relation is Relation.TOGETHER:
        return f"{left.removesuffix(' 万元')} {_WORDS[relation]} {right}"
    difference = value_text(abs(outcome.difference), outcome.left_cells or outcome.right_cells)
    return f"左边 {left.removesuffix(' 万元')}，右边 {right.removesuffix(' 万元')}，相差 {difference}"


_WORDS = {Relation.EQUAL: "＝", Relation.AT_MOST: "≤", Relation.AT_LEAST: "≥", Relation.TOGETHER: "与"}


def cell_words(cell: TermCell, seen_from: TermCell | None) -> str:
    """A cell as seen from the selected one: what both have in common is left out."""
    label = cell.table.label(cell.row, cell.column)
    if seen_from is None or cell.table is not seen_from.table:
        return label
    words = label.removeprefix(f"{cell.table.layout.mark} ")
    if cell.column == seen_from.column:
        return words.removesuffix(f"·{cell.column}")
    return cell.column if cell.row == seen_from.row else words
