"""The table view of a sheet: header rows and label columns stay in sight while the rest scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from gui.pages.check.cell_delegate import CellDelegate
from gui.pages.check.cell_editor import Move, move_of
from gui.pages.check.sheet_layout import column_width, frozen_lines, spans
from gui.pages.check.sheet_model import SheetModel
from workbook.editing.blocks import Area, write_block

Index = QModelIndex | QPersistentModelIndex
Trigger = QAbstractItemView.EditTrigger
_ROW_HEIGHT = 22
NUMBERS_WIDTH = 40
"""Width of the row numbers."""
LETTERS_HEIGHT = 22
"""Height of the column letters."""
_POINT = 96 / 72
_AIR = 26
"""Room beside an amount: padding, and the sign of a finding."""
_BY_USER = (Trigger.AnyKeyPressed, Trigger.EditKeyPressed, Trigger.DoubleClicked)
_COMMANDS = {
    QKeySequence.StandardKey.Copy: "copy", QKeySequence.StandardKey.Cut: "cut", QKeySequence.StandardKey.Paste: "paste",
}
_BY_CONTROL: dict[int, str] = {Qt.Key.Key_D: "fill_down", Qt.Key.Key_R: "fill_right"}
_STEPS = {
    QAbstractItemView.CursorAction.MoveUp: (-1, 0), QAbstractItemView.CursorAction.MoveDown: (1, 0),
    QAbstractItemView.CursorAction.MoveLeft: (0, -1), QAbstractItemView.CursorAction.MoveRight: (0, 1),
}


class _Numbers(QHeaderView):
    """The row numbers, of a fixed width: Qt would measure two hundred of them at every change of size."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self.setFixedWidth(NUMBERS_WIDTH)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(4)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(NUMBERS_WIDTH, 0)


class _Pane(QTableView):
    """A part of the sheet that does not scroll, laid over the view."""

    def __init__(self, view: SheetView, *, has_numbers: bool = False, has_letters: bool = False) -> None:
        super().__init__(view)
        self._view = view
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTableView { border: none; }")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().setVisible(has_letters)
        self.horizontalHeader().setFixedHeight(LETTERS_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.setVerticalHeader(_Numbers(self))
        self.verticalHeader().setVisible(has_numbers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(Trigger.NoEditTriggers)
        self.setAutoScroll(False)  # else it would follow the current cell
        self.cells = CellDelegate(self)  # its own: a delegate tells all its views when an editor is done
        self.setItemDelegate(self.cells)
        self.hide()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        QApplication.sendEvent(self._view.viewport(), event)


class SheetView(QTableView):
    """Shows a :class:`SheetModel`."""

    commanded = Signal(str)
    """A key for ``copy``, ``cut``, ``paste``, ``clear``, ``fill_down`` or ``fill_right``."""
    lock_met = Signal(int, int)
    """The user wanted to edit a locked cell."""
    menu_wanted = Signal(QPoint)
    """The menu of the selected cells, at a place of the screen."""
    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.zoom = 100
        self._header = range(0)
        self._columns = 0
        self._covered: set[tuple[int, int]] = set()
        """Cells that lie under a merged one."""
        self._tabbed_from: int | None = None
        """The column where a run of Tab began: Enter goes back to it, one row down."""
        self.cells.left.connect(self.move_by)
        self.setVerticalHeader(_Numbers(self))  # before the panes: they lie over it
        self._top, self._left, self._corner = self._panes = (
            _Pane(self, has_numbers=True), _Pane(self, has_letters=True), _Pane(self, has_numbers=True))
        for view in (self, *self._panes):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(lambda place, v=view: self.menu_wanted.emit(v.viewport().mapToGlobal(place)))
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
            view.horizontalHeader().setMinimumSectionSize(4)
        self.setWordWrap(False)
        self.setEditTriggers(Trigger.DoubleClicked | Trigger.EditKeyPressed | Trigger.AnyKeyPressed)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(LETTERS_HEIGHT)
        self.horizontalHeader().sectionResized.connect(self._column_resized)
        self.verticalScrollBar().valueChanged.connect(self._arrange)
        self.horizontalScrollBar().valueChanged.connect(self._arrange)

    # ------------------------------------------------------------ showing a sheet
    def show_sheet(self, model: SheetModel) -> None:
        """Show another sheet."""
        self.setUpdatesEnabled(False)
        self.clearSpans()
        self.setModel(model)
        for pane in self._panes:
            pane.clearSpans()
            pane.setModel(model)
            pane.setSelectionModel(self.selectionModel())
        self._covered.clear()
        for top, left, rows, columns in spans(model):
            for view in (self, *self._panes):
                view.setSpan(top, left, rows, columns)
            self._covered.update((top + r, left + c) for r in range(rows) for c in range(columns) if r or c)
        self._tabbed_from = None
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        self._header, self._columns = frozen_lines(model)
        model.header = self._header
        self._size()
        self._arrange()
        self.setUpdatesEnabled(True)

    def sheet_model(self) -> SheetModel | None:
        """The sheet shown."""
        model = self.model()
        return model if isinstance(model, SheetModel) else None

    def set_zoom(self, zoom: int) -> None:
        """Another size of everything, per cent."""
        self.zoom = zoom
        for cells in (self.cells, *(pane.cells for pane in self._panes)):
            cells.reset(zoom)
        if self.sheet_model() is not None:
            self._size()
            self._arrange()

    def _size(self) -> None:
        """Column widths and row heights."""
        model = self.sheet_model()
        if model is None:
            return
        metrics = self.cells.font(11, bold=False)[1]
        base = max(round(_ROW_HEIGHT * self.zoom / 100), metrics.height() + 4)
        heights = {
            row: max(round(points * _POINT * self.zoom / 100), base)
            for row, points in model.look.heights.items() if row < model.rowCount()
        }
        if len(heights) > 400:  # a sheet whose every row has its own height: keep the header's
            heights = {row: height for row, height in heights.items() if row < model.first_data_row}
        widths = [column_width(model, column, metrics, self.zoom) for column in range(model.columnCount())]
        for view in (self, *self._panes):
            view.verticalHeader().setDefaultSectionSize(base)
            for row, height in heights.items():
                view.setRowHeight(row, height)
            for column, width in enumerate(widths):
                view.setColumnWidth(column, width)

    # ------------------------------------------------------------ frozen parts
    def _column_resized(self, column: int, _old: int, new: int) -> None:
        for pane in self._panes:
            pane.setColumnWidth(column, new)
        self._arrange()

    def _arrange(self) -> None:
        """Place the frozen parts for the present scroll position."""
        model = self.sheet_model()
        if model is None:
            return
        x0 = self.verticalHeader().width() + self.frameWidth()
        y0 = self.horizontalHeader().height() + self.frameWidth()
        viewport = self.viewport().size()
        header = self._header
        top = self.rowViewportPosition(header.start) if header else 0
        height = sum(self.rowHeight(row) for row in header)
        width = sum(self.columnWidth(column) for column in range(self._columns))
        is_down = bool(header) and top < 0 and height < viewport.height() * 0.6
        is_right = self._columns > 0 and self.horizontalScrollBar().value() > 0 and width < viewport.width() * 0.6
        y_scroll = self.verticalHeader().sectionPosition(header.start) if header else 0
        down, right = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        for pane, shown, geometry, scroll in (
            (self._top, is_down, (x0 - NUMBERS_WIDTH, y0, viewport.width() + NUMBERS_WIDTH, height), (right, y_scroll)),
            (self._left, is_right, (x0, y0 - LETTERS_HEIGHT, width, viewport.height() + LETTERS_HEIGHT), (0, down)),
            (self._corner, is_down and is_right, (x0 - NUMBERS_WIDTH, y0, width + NUMBERS_WIDTH, height), (0, y_scroll)),
        ):
            if shown:
                pane.setGeometry(*geometry)
                pane.show()
                pane.updateGeometries()  # else its scroll bars do not know their range yet
                pane.horizontalScrollBar().setValue(scroll[0])
                pane.verticalScrollBar().setValue(scroll[1])
            else:
                pane.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._arrange()

    def scrollTo(  # noqa: N802  # Qt's name
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Scroll so that the cell is not behind a frozen part."""
        super().scrollTo(index, hint)
        rect = self.visualRect(index)
        if self._top.isVisible() and index.row() not in self._header:
            hidden = self._top.height() - rect.top()
            if hidden > 0:
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() - hidden)
        if self._left.isVisible() and index.column() >= self._columns:
            hidden = self._left.width() - rect.left()
            if hidden > 0:
                self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - hidden)

    def make_room(self, row: int, column: int) -> None:
        """Widen a column for the amount that a cell holds now (else it would show ``####``)."""
        model = self.sheet_model()
        if model is not None and column < model.columnCount() and not self.isColumnHidden(column):
            cell = model.view_of(row, column)
            needed = self.cells.font(cell.look.size, bold=cell.look.is_bold)[1].horizontalAdvance(cell.text) + _AIR
            if cell.is_number and needed > self.columnWidth(column):
                self.setColumnWidth(column, needed)

    def repaint_cells(self) -> None:
        """Marks changed."""
        self.viewport().update()
        for pane in self._panes:
            pane.viewport().update()

    def go_to(self, row: int, column: int) -> None:
        """Select a cell and bring it into sight."""
        model = self.sheet_model()
        if model is None:
            return
        index = model.index(max(min(row, model.rowCount() - 1), 0), max(min(column, model.columnCount() - 1), 0))
        self.setCurrentIndex(index)
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

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
        return sum(cell not in self._covered for cell in self.selected_cells()[: len(self._covered) + 2]) > 1

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
            if cell not in self._covered:
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
