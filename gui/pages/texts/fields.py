"""What people fill in: an entry, whatever it belongs to (how it is read, typed, shown, what is wrong with it); and tables whose columns are entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from gui.style.theme import colours, rgb
from gui.widgets.rows import Index
from workbook.amounts import Fault, MoneyUnit, format_amount, parse_amount, plain_number, to_wan
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.pack.companion_form import Content, EntryForm

Role = Qt.ItemDataRole
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def _year_problem(entry: Entry) -> str:
    value = entry.value
    return "" if value is None or (value == int(value) and 2000 <= value <= 2099) else "应填四位年份，如 2024"


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of records of one kind (底稿, project, line of a table): a field of a form, or a column."""

    title: str
    get: Callable[[Any], Entry]
    put: Callable[[Any, Entry], Any] | None = None
    """Makes the record with another entry; ``None``: shown only."""
    kind: Content = Content.LINE
    """``TEXT``: several lines, edited in a larger field."""
    width: int = 120
    """Of a column, in pixels."""
    choices: tuple[str, ...] = ()
    problem: Callable[[Entry], str] = lambda _: ""
    """What is wrong with an entry, as a sentence; empty when nothing is."""
    trouble_in: Callable[[Any], str] = lambda _: ""
    """The same, where more of the record is to be looked at."""
    id: str = ""
    """Of the labelled entry that it is, if it is one."""
    hint: str = ""
    """Shown below the field."""
    placeholder: str = ""
    unit: str = ""
    """Written behind the field: 万元, 个 …"""

    def trouble(self, record: Any) -> str:
        """What is wrong with a record's entry; empty when nothing is."""
        entry = self.get(record)
        if self.kind.is_number and entry.text and entry.value is None and isinstance(parse_amount(entry.text), Fault):
            return "应填数字，请改正"
        return (_year_problem(entry) if self.kind is Content.YEAR else self.problem(entry)) or self.trouble_in(record)

    def text(self, record: Any, *, exact: bool = False) -> str:
        """The entry as shown: amounts with separators and two decimals, other numbers as short as possible.

        *exact*: with all the digits that it carries, as one edits it.
        """
        entry = self.get(record)
        if not self.kind.is_number:
            return entry.text or entry.shown()
        if entry.value is None:
            return entry.text
        if exact or self.kind is not Content.AMOUNT:
            return plain_number(entry.value)
        return format_amount(entry.value, grouping=True) if entry.value else "0.00"

    def typed(self, record: Any, text: str, unit: MoneyUnit = MoneyUnit.WAN) -> Any:
        """The record with *text* typed in; the same one when that says nothing new.

        An amount typed in *unit* is kept in 万元; what is no number stays as typed, without a value.
        """
        old, text = self.get(record), text.strip()
        new = old.with_text(text)
        if self.kind.is_number and not isinstance(parsed := parse_amount(text), Fault):
            new = old.with_value(to_wan(parsed, unit) if parsed is not None and self.kind is Content.AMOUNT else parsed)
        return record if self.put is None or new.same(old) else self.put(record, new)


def labelled(form: EntryForm, problem: Callable[[Entry], str] = lambda _: "") -> Field:
    """The field of a labelled entry of the 底稿."""
    def put(companion: Companion, entry: Entry) -> Companion:
        return companion.with_text(form.id, entry)

    return Field(form.title, lambda c: c.text(form.id), put, form.content, choices=form.choices, problem=problem, id=form.id,
                 hint=form.hint, placeholder=form.placeholder, unit=form.unit)


def input_of(
    field: Field, parent: QWidget, typed: Callable[[str], object], chosen: Callable[[], object]
) -> QLineEdit | QPlainTextEdit | QComboBox:
    """Where the entry is typed: every key tells *typed* what stands there, and *chosen* that one of the choices was taken."""
    if field.kind is Content.CHOICE:
        box = QComboBox(parent)
        box.addItems(["", *field.choices])
        box.activated.connect(lambda: chosen())  # noqa: PLW0108  # the signal's argument is not for it
        return box
    if field.kind is Content.TEXT:
        text = QPlainTextEdit(parent)
        text.setTabChangesFocus(True)
        text.textChanged.connect(lambda: typed(text.toPlainText()))
        return text
    line = QLineEdit(parent)
    line.textChanged.connect(typed)
    return line


def changed(record: Any, **changes: object) -> Any:
    """*record* (a frozen value) with other contents in the attributes named."""
    return replace(record, **changes)


def attribute(title: str, name: str, kind: Content = Content.LINE, width: int = 120, **more: Any) -> Field:
    """The field of an attribute of a record: an entry, or a plain text."""
    def get(record: Any) -> Entry:
        found = getattr(record, name)
        return found if isinstance(found, Entry) else Entry(found)

    def put(record: Any, entry: Entry) -> Any:
        return changed(record, **{name: entry if isinstance(getattr(record, name), Entry) else entry.text})

    return Field(title, get, put, kind, width, **more)


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
