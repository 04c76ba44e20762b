"""A table model over a tuple of frozen records: columns are data, editing makes new records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from gui.pages.texts.typed import number_entry, number_text, problem_of
from gui.style.theme import colours, rgb
from workbook.amounts import MoneyUnit
from workbook.entries import Entry
from workbook.pack.companion_form import Content

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class Field:
    """A column: how to read it from a record and how to make the record with another entry."""

    title: str
    get: Callable[[Any], Entry]
    put: Callable[[Any, Entry], Any] | None = None
    """``None``: shown only."""
    kind: Content = Content.LINE
    """``TEXT``: several lines, edited in a larger field."""
    width: int = 120
    choices: tuple[str, ...] = ()
    problem: Callable[[Any], str] = lambda _: ""
    """What is wrong with the record's entry in this column, as a sentence; empty when nothing is."""
    hint: str = ""
    """Shown grey while the cell is empty."""


class RecordModel(QAbstractTableModel):
    """Records and, unless *fixed*, one blank row at the end in which a new record is typed."""

    edited = Signal()
    """The user changed the records."""

    def __init__(self, fields: Sequence[Field], blank: Callable[[], Any], *, fixed: bool = False) -> None:
        super().__init__()
        self.fields = tuple(fields)
        self.blank = blank
        self.fixed = fixed
        self.unit = MoneyUnit.WAN
        """The unit in which amounts are typed and pasted (they are always shown in 万元)."""
        self._records: list[Any] = []

    # ------------------------------------------------------------ records
    @property
    def records(self) -> tuple[Any, ...]:
        """The records, those with nothing in them left out."""
        return tuple(r for r in self._records if not self._is_empty(r))

    def set_records(self, records: Sequence[Any]) -> None:
        """Show other records (no ``edited``); nothing happens when they are the ones shown."""
        if list(records) != self._records:
            self.beginResetModel()
            self._records = list(records)
            self.endResetModel()

    def record(self, row: int) -> Any | None:
        """The record in *row*; ``None`` in the blank row."""
        return self._records[row] if 0 <= row < len(self._records) else None

    def _is_empty(self, record: Any) -> bool:
        return not self.fixed and all(f.get(record).is_blank for f in self.fields if f.put is not None)

    # ------------------------------------------------------------ Qt's questions
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        if parent.isValid():
            return 0
        return len(self._records) + (0 if self.fixed else 1)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        return 0 if parent.isValid() else len(self.fields)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if role == Role.DisplayRole:
            if orientation == Qt.Orientation.Horizontal:
                return self.fields[section].title if section < len(self.fields) else None
            return str(section + 1) if section < len(self._records) else "＋"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.fields[index.column()].put else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        field = self.fields[index.column()]
        record = self.record(index.row())
        if record is None or self._is_empty(record):
            return self._blank_data(field, index.column(), role)
        return self._data(field, record, role)

    def _data(self, field: Field, record: Any, role: int) -> Any:  # noqa: PLR0911  # one answer for each role
        entry = field.get(record)
        if role in (Role.DisplayRole, Role.EditRole):
            if field.kind.is_number:
                return number_text(entry, exact=role == Role.EditRole, plain=field.kind is not Content.AMOUNT)
            return entry.text or entry.shown()
        if role == Role.TextAlignmentRole:
            return _alignment(field)
        if role == Role.ToolTipRole:
            return self.problem(field, record) or (entry.text if field.kind is Content.TEXT else None)
        if role == Role.BackgroundRole and self.problem(field, record):
            return rgb(colours().red_soft)
        if role == Role.ForegroundRole and field.put is None:
            return rgb(colours().muted)
        return None

    def _blank_data(self, field: Field, column: int, role: int) -> Any:
        if role == Role.EditRole:
            return ""
        if role == Role.DisplayRole and field.put is not None:
            first = next((i for i, f in enumerate(self.fields) if f.put is not None), 0)
            return field.hint or ("在此添加" if column == first else "")
        if role == Role.ForegroundRole:
            return rgb(colours().muted)
        return _alignment(field) if role == Role.TextAlignmentRole else None

    @staticmethod
    def problem(field: Field, record: Any) -> str:
        """What is wrong with a cell."""
        return (problem_of(field.get(record)) if field.kind.is_number else "") or field.problem(record)

    def problems(self) -> list[tuple[int, int, str]]:
        """Row, column and sentence of every problem."""
        return [
            (row, column, words) for row, record in enumerate(self._records) for column, field in enumerate(self.fields)
            if not self._is_empty(record) and (words := self.problem(field, record))
        ]

    # ------------------------------------------------------------ editing
    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  # Qt's name
        if role != Role.EditRole or not index.isValid():
            return False
        changed = self._type(index.row(), index.column(), str(value))
        if changed:
            self.edited.emit()
        return changed

    def _typed(self, row: int, column: int, text: str) -> Any | None:
        """The record of a row with *text* in a column; ``None`` when that changes nothing."""
        field, old = self.fields[column], self.record(row)
        if field.put is None or (old is None and self.fixed):
            return None
        record = self.blank() if old is None else old
        entry = field.get(record)
        unit = self.unit if field.kind is Content.AMOUNT else MoneyUnit.WAN
        typed = number_entry(text, entry, unit) if field.kind.is_number else entry.with_text(text.strip())
        return field.put(record, typed) if typed != entry else None

    def with_typed(self, row: int, column: int, text: str) -> tuple[Any, ...]:
        """The records as they would be with *text* in a cell."""
        if (typed := self._typed(row, column, text)) is None:
            return self.records
        return tuple(r for r in (*self._records[:row], typed, *self._records[row + 1 :]) if not self._is_empty(r))

    def _type(self, row: int, column: int, text: str) -> bool:
        """Put *text* into a cell; a new record begins when the cell is in the blank row."""
        if (typed := self._typed(row, column, text)) is None:
            return False
        if row >= len(self._records):  # the blank row becomes a record (the cursor stays in it), and a new one comes below
            self.beginInsertRows(QModelIndex(), row + 1, row + 1)
            self._records.append(self.blank())
            self.endInsertRows()
        self._records[row] = typed
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.fields) - 1))
        return True

    def paste(self, row: int, column: int, grid: Sequence[Sequence[str]]) -> None:
        """Put a block of cells in, beginning at *row* and *column*; rows are added as needed."""
        changed = False
        for r, texts in enumerate(grid):
            if row + r > len(self._records) or (self.fixed and row + r == len(self._records)):
                break
            for c, text in enumerate(texts):
                if column + c < len(self.fields):
                    changed = self._type(row + r, column + c, text) or changed
            if row + r == len(self._records) and any(t.strip() for t in texts):
                break  # nothing of this row could be put anywhere
        if changed:
            self.edited.emit()

    def clear(self, cells: Sequence[tuple[int, int]]) -> None:
        """Empty cells."""
        changed = [self._type(row, column, "") for row, column in cells if row < len(self._records)]
        if any(changed):
            self.edited.emit()

    def remove(self, rows: Sequence[int]) -> None:
        """Remove rows."""
        wanted = sorted({r for r in rows if r < len(self._records)}, reverse=True)
        for row in wanted:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._records[row]
            self.endRemoveRows()
        if wanted:
            self.edited.emit()

    def insert(self, row: int, record: Any) -> None:
        """Insert a record above *row*."""
        row = min(row, len(self._records))
        self.beginInsertRows(QModelIndex(), row, row)
        self._records.insert(row, record)
        self.endInsertRows()

    def move(self, row: int, step: int) -> bool:
        """Move a row up (-1) or down (1)."""
        target = row + step
        if not (0 <= row < len(self._records) and 0 <= target < len(self._records)):
            return False
        below = target + 1 if step > 0 else target
        self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), below)
        self._records.insert(target, self._records.pop(row))
        self.endMoveRows()
        self.edited.emit()
        return True


def _alignment(field: Field) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if field.kind.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
