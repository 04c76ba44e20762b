"""One sheet as the table view shows it: contents as Excel prints them, with marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from gui.pages.check.sheets import SheetMarks, tip
from gui.session.session import Session
from gui.widgets.rows import Index
from workbook.amounts import number_in, text_of
from workbook.formats.looks import AMOUNT, GENERAL, CellLook, SheetLook, format_number, plain_look
from workbook.formats.source import RawSheet
from workbook.issues import CellRef
from workbook.numerals import column_letters
from workbook.reading.header import Geometry, geometry_of
from workbook.reading.tables import Table

Role = Qt.ItemDataRole
_READABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_EDITABLE = _READABLE | Qt.ItemFlag.ItemIsEditable
SPARE_ROWS, SPARE_COLUMNS = 2, 1
"""Empty lines shown behind the used area."""
_MAX_FROZEN_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class CellView:
    """What a cell shows, whatever is found about it."""

    text: str
    align: str
    look: CellLook
    is_header: bool
    is_number: bool
    is_fault: bool


class SheetModel(QAbstractTableModel):
    """A sheet of the open workbook."""

    def __init__(self, session: Session, sheet: RawSheet, code: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._opened = sheet
        self.code = code
        self.look: SheetLook = session.looks.of(sheet) if session.looks else plain_look(sheet)
        self.marks: SheetMarks = {}
        """Of the findings; the view is repainted by who sets them."""
        self._rows = len(sheet.rows) + SPARE_ROWS
        self._columns = max((len(row) for row in sheet.rows), default=0) + SPARE_COLUMNS
        self.unlocked: tuple[int, int] | None = None
        """A locked cell that the user wants to change nevertheless."""
        self._views: dict[tuple[int, int], CellView] = {}

    # ------------------------------------------------------------ facts
    @property
    def sheet(self) -> RawSheet:
        """The raw sheet with the edits so far."""
        editor = self.session.editor
        return editor.current(self._opened) if editor else self._opened

    @property
    def table(self) -> Table | None:
        """The recognised table, if the sheet is one."""
        editor = self.session.editor
        return editor.accounts.tables.get(self.code) if editor else None

    @cached_property
    def geometry(self) -> Geometry | None:
        """Where its parts lie, if the sheet is a recognised table."""
        return geometry_of(self.table) if self.table else None

    @cached_property
    def header(self) -> range:
        """Rows of the header, which stay in sight while the sheet scrolls."""
        return self.geometry.header if self.geometry is not None else range(self.look.frozen_rows)

    @cached_property
    def frozen_columns(self) -> int:
        """How many columns at the left name the rows, and stay in sight."""
        if self.geometry is None:
            return min(self.look.frozen_columns, _MAX_FROZEN_COLUMNS)
        return self.geometry.label_columns if self.geometry.label_columns <= _MAX_FROZEN_COLUMNS else 0

    @property
    def first_data_row(self) -> int:
        """The first row below the header."""
        table = self.table
        return table.first_data_row if table else self.look.frozen_rows

    @property
    def key(self) -> str:
        """What the sheet is known by in whatever file."""
        return self.code or self._opened.name

    def ref(self, row: int, column: int) -> CellRef:
        """Reference of a cell."""
        return CellRef(self.sheet.file.name, self.sheet.name, row, column)

    def amount_key(self, row: int, column: int) -> tuple[str, str] | None:
        """Row and column id of an amount cell."""
        table = self.table
        return table.structure.key_at(row, column) if table else None

    def is_locked(self, row: int, column: int) -> bool:
        """Whether typing and pasting leave the cell alone: labels, codes, headers, and sheets that are no table of the form."""
        if self.amount_key(row, column) is not None or (row, column) == self.unlocked:
            return False
        return not self.code or row < self.first_data_row or self.sheet.content(row, column) != ""

    def next_amount(self, row: int, column: int, by: int) -> tuple[int, int] | None:
        """The next (1) or previous (-1) amount cell, row by row; ``None`` behind the last."""
        for r in range(row, self._rows if by > 0 else -1, by):
            columns = range(self._columns)
            if r == row:
                columns = columns[column + 1 :] if by > 0 else columns[:column]
            for c in columns if by > 0 else reversed(columns):
                if self.amount_key(r, c) is not None:
                    return r, c
        return None

    def first_amount(self) -> tuple[int, int]:
        """The first amount of the table, or the first cell of a sheet that is none."""
        row, columns = next(iter(self.table.rows.values()), (0, {})) if self.table is not None else (0, {})
        return row, min(columns.values(), default=0)

    def edge(self, row: int, column: int, down: int, right: int) -> tuple[int, int]:
        """Where Ctrl with an arrow leads: the last filled cell of a run, or the first one behind a gap."""

        def is_filled(r: int, c: int) -> bool:
            return 0 <= r < self._rows and 0 <= c < self._columns and self.sheet.content(r, c) != ""

        is_inside = is_filled(row, column) and is_filled(row + down, column + right)
        while 0 <= row + down < self._rows and 0 <= column + right < self._columns:
            if is_inside and not is_filled(row + down, column + right):
                break
            row, column = row + down, column + right
            if not is_inside and is_filled(row, column):
                break
        return row, column

    def forget(self, refs: Iterable[CellRef]) -> None:
        """The contents of these cells changed; with a label, any cell may look different."""
        for ref in refs:
            if (ref.file, ref.sheet) == (self.sheet.file.name, self.sheet.name):
                self._views.pop((ref.row, ref.column), None)
                if self.amount_key(ref.row, ref.column) is None:
                    self._views.clear()
                if ref.row < self._rows and ref.column < self._columns:
                    index = self.index(ref.row, ref.column)
                    self.dataChanged.emit(index, index)

    # ------------------------------------------------------------ for the delegate
    def view_of(self, row: int, column: int) -> CellView:
        """What a cell shows."""
        place = (row, column)
        if (found := self._views.get(place)) is None:
            found = self._views[place] = self._view(place)
        return found

    def _view(self, place: tuple[int, int]) -> CellView:
        look, marks, content = self.look.at(*place), self.sheet.marks, self.sheet.content(*place)
        fault = marks.errors.get(place) or ("（公式未计算）" if place in marks.uncomputed else "")
        number = number_in(content) if not fault else None
        text = fault or (_words(content) if number is None else self._number(place, number, look))
        align = "right" if number is not None and look.align in ("", "right") else look.align or "left"
        is_header = place[0] in self.header and place[1] < self._columns - SPARE_COLUMNS
        return CellView(text, align, look, is_header, number is not None, bool(fault))

    def is_edited(self, row: int, column: int) -> bool:
        """Whether a cell holds something else than the file."""
        editor = self.session.editor
        return editor is not None and editor.is_dirty and self.ref(row, column) in editor.edits

    def _number(self, place: tuple[int, int], value: Decimal, look: CellLook) -> str:
        key = self.amount_key(*place)
        code = look.number_format
        if key is not None and code in (GENERAL, "@", ""):
            unit = self.table.layout.count_unit(*key) if self.table else ""
            code = "0" if self.table and unit and unit not in self.table.layout.measures else AMOUNT
        return format_number(value, code)

    def edit_text(self, row: int, column: int) -> str:
        """The content as it is typed: all digits, no separators."""
        state = self.sheet.content(row, column)
        return text_of(state) if state != "" else ""

    # ------------------------------------------------------------ Qt's model
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's name and default
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Contents and descriptions; colours and fonts are the delegate's."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.DisplayRole:
            return self.view_of(row, column).text
        if role == Role.EditRole:
            return self.edit_text(row, column)
        if role == Role.ToolTipRole:
            return self._tip(row, column)
        if role == Role.AccessibleTextRole:
            key, table = self.amount_key(row, column), self.table
            name = table.label(*key) if table is not None and key is not None else ""
            said = (f"{column_letters(column)}{row + 1}", name, str(self.data(index)) or "空", self._tip(row, column))
            return " ".join(filter(None, said))
        return self.ref(row, column) if role == Role.UserRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802  # Qt's name
        if role != Role.EditRole or not index.isValid() or self.is_locked(index.row(), index.column()):
            return False
        return self.session.edit_cell(self.code, index.row(), index.column(), str(value))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of recognised sheets can be edited; what is locked, the view keeps (this is asked for at every painting)."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _EDITABLE if self.code else _READABLE

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        """Letters and numbers, as in Excel."""
        if role == Role.DisplayRole:
            return column_letters(section) if orientation is Qt.Orientation.Horizontal else str(section + 1)
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def _tip(self, row: int, column: int) -> str:
        mark = self.marks.get((row, column))
        lines = [tip(mark.issues)] if mark is not None else []
        if self.is_edited(row, column):
            lines.append("已修改，还没有保存")
        elif (editor := self.session.editor) is not None and self.ref(row, column) in editor.stale:
            lines.append("公式要在 Excel/WPS 中打开后才会重新计算")
        content = self.sheet.content(row, column)
        if number_in(content) is not None and (exact := text_of(content)).partition(".")[2][2:]:
            lines.append(f"精确值 {exact}")
        return "\n".join(lines)


def _words(content: object) -> str:
    """A content that is no number."""
    if isinstance(content, bool):
        return "TRUE" if content else "FALSE"
    if isinstance(content, datetime):
        return f"{content:%Y-%m-%d}"
    return content.isoformat() if isinstance(content, date) else str(content)
