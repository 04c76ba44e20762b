"""The view of a sheet: selecting, moving and entering with the keys of Excel and WPS."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QWidget

from gui.pages.check.cell_delegate import Move, move_of
from gui.pages.check.frozen_view import FrozenView
from gui.pages.check.sheet_model import SheetModel
from gui.widgets.rows import Index
from workbook.editing.blocks import Area, write_block

Trigger = QAbstractItemView.EditTrigger
_BY_USER = (Trigger.AnyKeyPressed, Trigger.EditKeyPressed, Trigger.DoubleClicked)
_COMMANDS = {
    QKeySequence.StandardKey.Copy: "copy", QKeySequence.StandardKey.Cut: "cut", QKeySequence.StandardKey.Paste: "paste",
}
_BY_CONTROL: dict[int, str] = {Qt.Key.Key_D: "fill_down", Qt.Key.Key_R: "fill_right"}
_STEPS = {
    QAbstractItemView.CursorAction.MoveUp: (-1, 0), QAbstractItemView.CursorAction.MoveDown: (1, 0),
    QAbstractItemView.CursorAction.MoveLeft: (0, -1), QAbstractItemView.CursorAction.MoveRight: (0, 1),
}


class SheetView(FrozenView):
    """Shows a :class:`SheetModel`, and takes what is typed."""

    commanded = Signal(str)
    """A key for ``copy``, ``cut``, ``paste``, ``clear``, ``fill_down`` or ``fill_right``."""
    lock_met = Signal(int, int)
    """The user wanted to edit a locked cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabbed_from: int | None = None
        """The column where a run of Tab began: Enter goes back to it, one row down."""
        self.cells.left.connect(self.move_by)

    def show_sheet(self, model: SheetModel) -> None:
        """Show another sheet."""
        self._tabbed_from = None
        super().show_sheet(model)

    # ------------------------------------------------------------ what is selected
    def area(self) -> Area | None:
        """The selected rectangle (``None``: nothing is selected)."""
        selection = self.selectionModel().selection() if self.selectionModel() is not None else None
        if selection is None or selection.isEmpty():
            return None
        ranges = [selection.at(n) for n in range(selection.count())]
        top, left = min(r.top() for r in ranges), min(r.left() for r in ranges)
        return Area(top, left, max(r.bottom() for r in ranges) - top + 1, max(r.right() for r in ranges) - left + 1)

    def selected_cells(self) -> list[tuple[int, int]]:
        """The selected cells, row by row."""
        area = self.area()
        return [] if area is None else [(area.top + r, area.left + c) for r in range(area.rows) for c in range(area.columns)]

    def selected_text(self) -> str:
        """The selected cells as Excel copies them, amounts with all their digits."""
        model, area = self.sheet_model(), self.area()
        if model is None or area is None:
            return ""
        return write_block(
            [model.edit_text(area.top + r, area.left + c) for c in range(area.columns)] for r in range(area.rows))

    # ------------------------------------------------------------ keyboard
    def edit(self, index: Index, trigger: Trigger = Trigger.AllEditTriggers, event: QEvent | None = None) -> bool:  # type: ignore[override]  # the stubs know only edit(index)
        """What is locked is not edited, and said so."""
        model = self.sheet_model()
        if model is None:
            return False
        if trigger in _BY_USER and model.is_locked(index.row(), index.column()):
            self.lock_met.emit(index.row(), index.column())
            return False
        if trigger is not Trigger.NoEditTriggers:
            self.cells.is_typed_over = trigger is Trigger.AnyKeyPressed
        return super().edit(index, trigger, event)  # type: ignore[arg-type]  # the stubs want an event, Qt does not

    def edit_locked(self) -> None:
        """Edit the current cell although it is locked."""
        model, current = self.sheet_model(), self.currentIndex()
        if model is not None and model.code and current.isValid():
            model.unlocked = current.row(), current.column()
            self.edit(current)

    def closeEditor(self, editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:  # noqa: N802  # Qt's name
        """The cell that was unlocked is locked again."""
        super().closeEditor(editor, hint)
        if (model := self.sheet_model()) is not None:
            model.unlocked = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """The keys of Excel and WPS."""
        move = move_of(event)
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the window takes its message away
        elif move is not None and self.state() is not QAbstractItemView.State.EditingState:
            self.move_by(move)
        elif key := next((k for k in _COMMANDS if event.matches(k)), None):
            self.commanded.emit(_COMMANDS[key])
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and (fill := _BY_CONTROL.get(event.key())):
            self.commanded.emit(fill)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.commanded.emit("clear")
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._tabbed_from = None
        super().mousePressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: N802  # Qt's name
        """Tab goes from amount to amount, and behind the last one on to the next control."""
        return self.move_by(Move.NEXT if is_next else Move.PREVIOUS) or super().focusNextPrevChild(is_next)

    def move_by(self, move: Move) -> bool:
        """Move the cursor as Excel does: within the selected range, else over the sheet.  False where there is no way on."""
        model, current = self.sheet_model(), self.currentIndex()
        if model is None or not current.isValid() or move is Move.FILL:
            return False
        row, column = current.row(), current.column()
        if move in (Move.NEXT, Move.PREVIOUS, Move.DOWN, Move.UP) and self._has_range():
            self._cycle(move)
            return True
        if move in (Move.NEXT, Move.PREVIOUS):
            target = model.next_amount(row, column, 1 if move is Move.NEXT else -1)
            if target is None:
                return False
            if self._tabbed_from is None:
                self._tabbed_from = column
        elif move in (Move.DOWN, Move.UP):
            start, self._tabbed_from = self._tabbed_from, None
            target = (row + self.rowSpan(row, column) if move is Move.DOWN else row - 1, column if start is None else start)
        else:
            target = (row, column + self.columnSpan(row, column) if move is Move.RIGHT else column - 1)
        self.go_to(*target)
        return True

    def _has_range(self) -> bool:
        return sum(cell not in self.covered for cell in self.selected_cells()[: len(self.covered) + 2]) > 1

    def _cycle(self, move: Move) -> None:
        """The next cell of the selected range: row by row with Tab, column by column with Enter."""
        area, current, model = self.area(), self.currentIndex(), self.sheet_model()
        if area is None or model is None:
            return
        by_rows, step = move in (Move.NEXT, Move.PREVIOUS), 1 if move in (Move.NEXT, Move.DOWN) else -1
        row, column, lines = current.row() - area.top, current.column() - area.left, area.columns if by_rows else area.rows
        place = row * lines + column if by_rows else column * lines + row
        for _ in range(area.rows * area.columns):
            place = (place + step) % (area.rows * area.columns)
            major, minor = divmod(place, lines)
            cell = (area.top + major, area.left + minor) if by_rows else (area.top + minor, area.left + major)
            if cell not in self.covered:
                break
        index = model.index(*cell)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: N802  # Qt's name
        """Ctrl with an arrow: to the end of the filled cells."""
        self._tabbed_from = None
        model, current = self.sheet_model(), self.currentIndex()
        step = _STEPS.get(action)
        if model is None or not current.isValid() or step is None or not modifiers & Qt.KeyboardModifier.ControlModifier:
            return super().moveCursor(action, modifiers)
        return model.index(*model.edge(current.row(), current.column(), *step))
