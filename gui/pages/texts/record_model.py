"""A table model over a tuple of frozen records: columns are fields, editing makes new records, every step can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from gui.pages.texts.field import Field
from gui.style.theme import colours, rgb
from workbook.amounts import MoneyUnit

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class RecordModel(QAbstractTableModel):
    """Records (frozen values) and, unless *fixed*, one blank row at the end in which a new record is typed."""

    edited = Signal()
    """The user changed the records."""

    def __init__(self, fields: Sequence[Field], blank: Callable[[], Any], *, fixed: bool = False) -> None:
        super().__init__()
        self.fields, self.blank, self.fixed = tuple(fields), blank, fixed
        self.unit = MoneyUnit.WAN
        """The unit in which amounts are typed and pasted (they are always shown in 万元)."""
        self.rows: list[Any] = []
        """The records as they are shown, empty ones too."""
        self._history: list[tuple[Any, ...]] = [()]
        self._at = 0

    # ------------------------------------------------------------ records
    @property
    def records(self) -> tuple[Any, ...]:
        """The records, those with nothing in them left out."""
        return self.given(self.rows)

    def given(self, records: Iterable[Any]) -> tuple[Any, ...]:
        """Those of *records* that have something in them."""
        return tuple(r for r in records if not self._is_empty(r))

    def show_records(self, records: Sequence[Any]) -> None:
        """Show other records, which come from elsewhere; nothing happens when they are the ones shown."""
        if tuple(records) != self.records:
            self.beginResetModel()
            self.rows, self._history, self._at = list(records), [tuple(records)], 0
            self.endResetModel()

    def change(self, records: Iterable[Any]) -> None:
        """The user made these records: one step, which can be undone."""
        self._become(list(records))
        if (now := self.records) != self._history[self._at]:
            self._history[self._at + 1 :] = [now]
            self._at += 1
            self.edited.emit()

    def step(self, by: int) -> None:
        """Undo (-1) or redo (1)."""
        if self.can_step(by):
            self._at += by
            self._become(list(self._history[self._at]))
            self.edited.emit()

    def can_step(self, by: int) -> bool:
        """Whether there is something to undo (-1) or redo (1)."""
        return 0 <= self._at + by < len(self._history)

    def _become(self, records: list[Any]) -> None:
        """Show other records; what is selected, by its place, stays so."""
        old, new = len(self.rows), len(records)
        if new > old:  # the blank row becomes a record (the cursor stays in it), and a new one comes below
            self.beginInsertRows(QModelIndex(), old + (not self.fixed), new - self.fixed)
            self.rows += [self.blank()] * (new - old)
            self.endInsertRows()
        elif new < old:
            self.beginRemoveRows(QModelIndex(), new, old - 1)
            del self.rows[new:]
            self.endRemoveRows()
        self.rows = records
        if records:
            self.dataChanged.emit(self.index(0, 0), self.index(new - 1, len(self.fields) - 1))

    def record(self, row: int) -> Any | None:
        """The record in *row*; ``None`` in the blank row."""
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def _is_empty(self, record: Any) -> bool:
        return not self.fixed and all(f.get(record).is_blank for f in self.fields if f.put is not None)

    def problems(self) -> int:
        """How many entries are wrong."""
        return sum(bool(field.trouble(record)) for record in self.records for field in self.fields)

    # ------------------------------------------------------------ Qt's questions
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        return 0 if parent.isValid() else len(self.rows) + (not self.fixed)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        return 0 if parent.isValid() else len(self.fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.fields[section].title if section < len(self.fields) else None
        return str(section + 1) if section < len(self.rows) else "＋"

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.fields[index.column()].put else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        answers: dict[int, Callable[[Field, Any], Any]] = {
            Role.DisplayRole: self._text, Role.EditRole: lambda f, r: "" if r is None else f.text(r, exact=True),
            Role.TextAlignmentRole: lambda f, _: (_RIGHT if f.kind.is_number else _LEFT) | Qt.AlignmentFlag.AlignVCenter,
            Role.ForegroundRole: lambda f, r: rgb(colours().muted) if f.put is None or r is None else None,
            Role.ToolTipRole: lambda f, r: None if r is None else f.trouble(r) or f.text(r),
            Role.BackgroundRole: lambda f, r: rgb(colours().red_soft) if r is not None and f.trouble(r) else None,
        }
        answer = answers.get(role)
        if answer is None or not index.isValid():
            return None
        record = self.record(index.row())
        return answer(self.fields[index.column()], None if record is None or self._is_empty(record) else record)

    def _text(self, field: Field, record: Any) -> str:
        if record is not None:
            return field.text(record)
        return "在此添加" if field is self.fields[self.first_column()] else ""

    def first_column(self) -> int:
        """The first column that can be typed in."""
        return next(i for i, f in enumerate(self.fields) if f.put is not None)

    # ------------------------------------------------------------ editing
    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  # Qt's name
        if role != Role.EditRole or not index.isValid():
            return False
        records = self.typed([(index.row(), index.column(), str(value))])
        if self.given(records) == self.records:
            return False
        self.change(records)
        return True

    def typed(self, cells: Iterable[tuple[int, int, str]]) -> list[Any]:
        """The records with these texts in cells; below the last one new ones begin, what has no column is left out."""
        records = list(self.rows)
        for row, column, text in cells:
            if row >= len(records) and text and not self.fixed:
                records += [self.blank()] * (row + 1 - len(records))
            if row < len(records) and column < len(self.fields):
                records[row] = self.fields[column].typed(records[row], text, self.unit)
        return records
