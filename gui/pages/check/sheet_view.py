"""The table view of a sheet: header rows and label columns stay in sight while the rest scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QHeaderView, QTableView, QWidget

from gui.pages.check.cell_delegate import CellDelegate
from gui.pages.check.sheet_layout import column_width, frozen_lines, spans
from gui.pages.check.sheet_model import SheetModel

Index = QModelIndex | QPersistentModelIndex
Trigger = QAbstractItemView.EditTrigger
_ROW_HEIGHT = 22
NUMBERS_WIDTH = 40
"""Width of the row numbers."""
_POINT = 96 / 72
_AIR = 26
"""Room beside an amount: padding, and the sign of a finding."""


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

    def __init__(self, view: SheetView, *, has_numbers: bool = False) -> None:
        super().__init__(view)
        self._view = view
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTableView { border: none; }")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().hide()
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

    copied = Signal(str)
    paste_requested = Signal()
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.zoom = 100
        self._header = range(0)
        self._columns = 0
        self.setVerticalHeader(_Numbers(self))  # before the panes: they lie over it
        self._top, self._left, self._corner = self._panes = (
            _Pane(self, has_numbers=True), _Pane(self), _Pane(self, has_numbers=True))
        for view in (self, *self._panes):
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
            view.horizontalHeader().setMinimumSectionSize(4)
        self.setWordWrap(False)
        self.setEditTriggers(Trigger.DoubleClicked | Trigger.EditKeyPressed | Trigger.AnyKeyPressed)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(22)
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
        for span in spans(model):
            for view in (self, *self._panes):
                view.setSpan(*span)
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
            (self._left, is_right, (x0, y0, width, viewport.height()), (0, down)),
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
        index = model.index(min(row, model.rowCount() - 1), min(column, model.columnCount() - 1))
        self.setCurrentIndex(index)
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    # ------------------------------------------------------------ keyboard
    def edit(self, index: Index, trigger: Trigger = Trigger.AllEditTriggers, event: QEvent | None = None) -> bool:  # type: ignore[override]  # the stubs know only edit(index)
        """Typing edits amount cells only; labels are edited after F2 or a double click."""
        model = self.sheet_model()
        if trigger is Trigger.AnyKeyPressed and model is not None and (
            model.amount_key(index.row(), index.column()) is None
        ):
            return False
        return super().edit(index, trigger, event)  # type: ignore[arg-type]  # the stubs want an event, Qt does not

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Enter edits; Delete clears; copy and paste as in Excel."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.currentIndex().isValid() and self.state() is not QAbstractItemView.State.EditingState:
                self.edit(self.currentIndex(), Trigger.EditKeyPressed, event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.clear_requested.emit()
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """The selected cells as Excel copies them: tabs between columns, lines between rows."""
        model = self.sheet_model()
        if model is None:
            return ""
        rows: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda i: (i.row(), i.column())):
            rows.setdefault(index.row(), []).append(str(index.data() or "").replace("\t", " ").replace("\n", " "))
        return "\n".join("\t".join(cells) for cells in rows.values())
