"""What people fill in: an entry, whatever it belongs to; and tables whose columns are entries.

How an entry is read, typed, shown, what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from gui.style.theme import colours, rgb
from gui.widgets.rows import Index, Role, RowModel
from workbook.amounts import Fault, MoneyUnit, format_amount, parse_amount, plain_number, to_wan
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.pack.companion_form import Content, EntryForm


def money_words(value: Decimal) -> str:
    """An amount with separators and two decimals, also where it is zero."""
    return format_amount(value, grouping=True) if value else "0.00"


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
    problem: Callable[[Any], str] = lambda _: ""
    """What is wrong with a record's entry, as a sentence; empty when nothing is."""
    id: str = ""
    """Of the labelled entry that it is, if it is one."""
    hint: str = ""
    """Shown below the field."""
    placeholder: str = ""
    unit: str = ""
    """Written behind the field: 万元, 个 …"""

    @property
    def is_amount(self) -> bool:
        """Whether it stands at the right, as :class:`gui.widgets.rows.Column` has it."""
        return self.kind.is_number

    def ink(self, _record: Any) -> str | None:
        """What cannot be typed is quiet."""
        return colours().muted if self.put is None else None

    def trouble(self, record: Any) -> str:
        """What is wrong with a record's entry; empty when nothing is."""
        entry = self.get(record)
        if self.kind.is_number and entry.text and entry.value is None and isinstance(parse_amount(entry.text), Fault):
            return "应填数字，请改正"
        year = entry.value if self.kind is Content.YEAR else None
        return "应填四位年份，如 2024" if year is not None and (year != int(year) or not 2000 <= year <= 2099) else self.problem(record)

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
        return money_words(entry.value)

    def typed(self, record: Any, text: str, unit: MoneyUnit = MoneyUnit.WAN) -> Any:
        """The record with *text* typed in; the same one when that says nothing new.

        An amount typed in *unit* is kept in 万元; what is no number stays as typed, without a value.
        """
        old, text = self.get(record), text.strip()
        new = old.with_text(text)
        if self.kind.is_number and not isinstance(parsed := parse_amount(text), Fault):
            new = old.with_value(to_wan(parsed, unit) if parsed is not None and self.kind is Content.AMOUNT else parsed)
        return record if self.put is None or new.same(old) else self.put(record, new)


def labelled(form: EntryForm, problem: Callable[[Companion], str] = lambda _: "") -> Field:
    """The field of a labelled entry of the 底稿."""
    return Field(
        form.title, lambda c: c.text(form.id), lambda c, entry: c.with_text(form.id, entry), form.content,
        choices=form.choices, problem=problem, id=form.id, hint=form.hint, placeholder=form.placeholder, unit=form.unit)


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
        text = QPlainTextEdit(parent, tabChangesFocus=True)
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


class Draft:
    """Something that people fill in (the 底稿, a record of it, a list of records), as it is now.

    ``None``: it is not there any more.
    """

    def __init__(self, get: Callable[[], Any], put: Callable[[Any], object], keep: Callable[[Any], object]) -> None:
        """*put* takes over what the user made of it; *keep* is told at every key what it would be, in case the program ends."""
        self.get, self.put, self.keep = get, put, keep
        self.made: Callable[[Any], Any] = lambda value: value
        """What becomes of what the user typed."""

    def part(self, name: str) -> Draft:
        """An attribute of it."""
        def giving(give: Callable[[Any], object]) -> Callable[[Any], object]:
            return lambda value: give(changed(self.get(), **{name: found.made(value)})) if self.get() is not None else None

        found = Draft(lambda: getattr(self.get(), name, None), giving(self.put), giving(self.keep))
        return found


class RecordModel(RowModel[Any]):
    """Records (frozen values) and, unless *fixed*, one blank row at the end in which a new record is typed."""

    edited = Signal()
    """The user changed the records."""

    def __init__(self, fields: Sequence[Field], blank: Callable[[], Any], *, fixed: bool = False) -> None:
        super().__init__(None, fields)
        self.blank, self.fixed = blank, fixed
        self.unit = MoneyUnit.WAN
        """The unit in which amounts are typed and pasted (they are always shown in 万元)."""
        self._history: list[tuple[Any, ...]] = [()]
        self._at = 0

    # ------------------------------------------------------------ records
    @property
    def filled(self) -> tuple[Any, ...]:
        """The records, those with nothing in them left out."""
        return self.given(self.records)

    def given(self, records: Iterable[Any]) -> tuple[Any, ...]:
        """Those of *records* that have something in them."""
        return tuple(r for r in records if not self._is_empty(r))

    def show_records(self, records: Sequence[Any]) -> None:
        """Show other records, which come from elsewhere; nothing happens when they are the ones shown."""
        if tuple(records) != self.filled:
            self._history, self._at = [tuple(records)], 0
            self.set_records(tuple(records))

    def change(self, records: Iterable[Any]) -> None:
        """The user made these records: one step, which can be undone."""
        self._become(tuple(records))
        if (now := self.filled) != self._history[self._at]:
            self._history[self._at + 1 :] = [now]
            self._at += 1
            self.edited.emit()

    def step(self, by: int) -> None:
        """Undo (-1) or redo (1)."""
        if self.can_step(by):
            self._at += by
            self._become(self._history[self._at])
            self.edited.emit()

    def can_step(self, by: int) -> bool:
        """Whether there is something to undo (-1) or redo (1)."""
        return 0 <= self._at + by < len(self._history)

    def _become(self, records: tuple[Any, ...]) -> None:
        """Show other records; what is selected, by its place, stays so."""
        old, new = len(self.records), len(records)
        if new > old:  # the blank row becomes a record (the cursor stays in it), and a new one comes below
            self.beginInsertRows(QModelIndex(), old + (not self.fixed), new - self.fixed)
        elif new < old:
            self.beginRemoveRows(QModelIndex(), new, old - 1)
        self.records = records
        if new > old:
            self.endInsertRows()
        elif new < old:
            self.endRemoveRows()
        if records:
            self.dataChanged.emit(self.index(0, 0), self.index(new - 1, len(self.columns) - 1))

    def record(self, row: int) -> Any | None:
        """The record in *row*; ``None`` in the blank row."""
        return self.records[row] if 0 <= row < len(self.records) else None

    def _is_empty(self, record: Any) -> bool:
        return not self.fixed and all(f.get(record).is_blank for f in self.columns if f.put is not None)

    def problems(self) -> int:
        """How many entries are wrong."""
        return sum(bool(field.trouble(record)) for record in self.filled for field in self.columns)

    # ------------------------------------------------------------ Qt's questions
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        return super().rowCount(parent) + (not self.fixed and not parent.isValid())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if role != Role.DisplayRole or orientation is Qt.Orientation.Horizontal:
            return super().headerData(section, orientation, role) if role == Role.DisplayRole else None
        return str(section + 1) if section < len(self.records) else "＋"

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_open = index.isValid() and self.columns[index.column()].put
        editable = Qt.ItemFlag.ItemIsEditable if is_open else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | editable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        record = self.record(index.row())
        if not index.isValid() or role == Role.TextAlignmentRole:
            return self._side(index.column()) if index.isValid() else None
        if record is None or self._is_empty(record):
            said = "在此添加" if index.column() == self.first_column() else ""
            return {Role.DisplayRole: said, Role.EditRole: "", Role.ForegroundRole: rgb(colours().muted)}.get(Role(role))
        field = self.columns[index.column()]
        if role == Role.EditRole:
            return field.text(record, exact=True)
        if role == Role.BackgroundRole:
            return rgb(colours().red_soft) if field.trouble(record) else None
        return (field.trouble(record) if role == Role.ToolTipRole else "") or super().data(index, role)

    def first_column(self) -> int:
        """The first column that can be typed in."""
        return next(i for i, f in enumerate(self.columns) if f.put is not None)

    # ------------------------------------------------------------ editing
    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  # Qt's name
        records = self.typed([(index.row(), index.column(), str(value))]) if role == Role.EditRole and index.isValid() else ()
        if not records or self.given(records) == self.filled:
            return False
        self.change(records)
        return True

    def typed(self, cells: Iterable[tuple[int, int, str]]) -> list[Any]:
        """The records with these texts in cells; below the last one new ones begin, what has no column is left out."""
        records = list(self.records)
        for row, column, text in cells:
            if row >= len(records) and text and not self.fixed:
                records += [self.blank()] * (row + 1 - len(records))
            if row < len(records) and column < len(self.columns):
                records[row] = self.columns[column].typed(records[row], text, self.unit)
        return records
