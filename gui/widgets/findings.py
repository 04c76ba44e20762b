"""A list of findings, or of other records, with filters: how many there are of each kind, and words to look for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from gui.widgets.fit import FoldingRow
from gui.widgets.parts import ContextMenu, Entry, SearchBox, button, label
from gui.widgets.rows import Column, Role, RowTable, T
from workbook.issues import Severity


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """What is listed, and how it is filtered."""

    name: str
    """For screen readers."""
    columns: Sequence[Column[T]]
    stretch: tuple[int, ...]
    """Numbers of the columns that share the room that is left."""
    choice: Callable[[T], str | None]
    """Which of the choices a record belongs to."""
    said: Callable[[T], str]
    """The text in which words are looked for."""
    key: Callable[[T], object]
    """What makes a record the same as one shown before."""
    choices: Sequence[str] = tuple(Severity)
    counts: Callable[[T], object] = lambda _: True
    """Whether a record counts among those of its choice."""
    rare: Sequence[str] = ()
    """Choices that are offered only where there are any."""
    noun: str = "问题"
    look_for: str = "查找问题"
    many: bool = False
    """Several rows may be chosen."""
    tip: Callable[[T], str] | None = None


class FindingsList(QWidget):
    """Findings, or other records, with filters: buttons for the choices, and words; the owner lays it out."""

    described = Signal(object)
    """What there is to know of this record is wanted now (``None``: of none)."""

    def __init__(self, listing: Listing[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listing = listing
        self.entries: Callable[[Any], list[Entry]] = lambda _: []
        """What the menu of a record offers besides copying."""
        self.chosen: str | None = None
        """The choice whose records are shown; ``None``: all."""
        self.clean_words = ""
        """What is said where there are no records."""
        self.table = RowTable(
            listing.columns, listing.stretch, self, name=listing.name, many=listing.many, fits=self.fits, tip=listing.tip)
        self.model, self.filter = self.table.rows, self.table.filter
        self.shown: QWidget = self.table
        """What is hidden where there is nothing to list."""
        self.table.selectionModel().currentRowChanged.connect(lambda: self.described.emit(self.current))
        self.context_menu = ContextMenu(self.table, self._menu)
        self.search = SearchBox(listing.look_for, self)
        self.search.textChanged.connect(self.filter_changed)
        self.search.left.connect(self.table.setFocus)
        self.empty = label(self, role="muted", wraps=True, centred=True)
        self.filters = FoldingRow(self, spacing=4)
        self.buttons: dict[str | None, QPushButton] = {}
        group = QButtonGroup(self)
        for each in (None, *listing.choices):
            made = self.buttons[each] = button(self.filters, "", self.filter_changed, kind="filter")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(made)
            self.filters.add(made)
        self.buttons[None].setChecked(True)

    def _menu(self, place: QPoint) -> list[Entry]:
        index, count = self.table.indexAt(place), len(self.table.selectionModel().selectedRows())
        if not index.isValid():
            return []
        copy = f"复制这 {count} 条\tCtrl+C" if count > 1 else "复制\tCtrl+C"
        is_extended = self.table.selectionMode() is RowTable.SelectionMode.ExtendedSelection
        more: list[Entry] = [("全选\tCtrl+A", self.table.selectAll)] if is_extended else []
        return [*self.entries(index.data(Role.UserRole)), (copy, self.table.copy), *more]

    # ------------------------------------------------------------ what is shown
    def show_records(self, records: Sequence[Any]) -> None:
        """Show other records; the one that is chosen stays so."""
        chosen, key = self.current, self._listing.key
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_records(records)
            self.table.selectRow(self.filter.row_of(lambda r: key(r) == key(chosen)) if chosen is not None else -1)
        self.count()

    def count(self) -> None:
        """The records are others: say how many there are of every choice."""
        counts = Counter(self._listing.choice(r) for r in self.model.records if self._listing.counts(r))
        for choice, made in self.buttons.items():
            number = len(self.model.records) if choice is None else counts[choice]
            made.setText(f"{choice or '全部'} {number:,}")
            made.setVisible(bool(number) or choice not in self._listing.rare)
            if made.isHidden() and made.isChecked():
                self.choose(None)
        self.show_state()

    def show_state(self) -> None:
        """Show the list, or why it is empty; and what there is to know of the record chosen."""
        has_rows = self.filter.rowCount() > 0
        self.shown.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        self.empty.setText(f"没有符合筛选条件的{self._listing.noun}。" if self.model.records else self.clean_words)
        self.described.emit(self.current)

    def fits(self, record: Any) -> bool:
        """Whether a record is one that the user wants to see."""
        words = self.search.text().lower().split()
        return (
            self.chosen in (None, self._listing.choice(record))
            and (not words or all(map(self._listing.said(record).lower().__contains__, words))))

    def choose(self, choice: str | None) -> None:
        """Show the records of one choice."""
        self.buttons[choice].setChecked(True)
        self.filter_changed()

    def filter_changed(self) -> None:
        """The user wants to see others."""
        self.chosen = next(choice for choice, made in self.buttons.items() if made.isChecked())
        self.filter.invalidate()
        self.show_state()

    # ------------------------------------------------------------ the one chosen
    @property
    def current(self) -> Any:
        """The record that is chosen; ``None``: none."""
        row = self.table.currentIndex().row()
        return self.filter.record(row) if 0 <= row < self.filter.rowCount() else None

    def step(self, by: int) -> None:
        """The next (1) or previous (-1) record, round the end."""
        if count := self.filter.rowCount():
            row = self.table.currentIndex().row()
            self.table.selectRow((row + by) % count if row >= 0 else (0 if by > 0 else count - 1))
