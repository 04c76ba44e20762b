"""A sheet in a table view: header rows and label columns stay in sight while the rest scrolls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from gui.pages.check.cell_delegate import CellDelegate
from gui.pages.check.sheet_model import SheetModel
from gui.session.session import Session
from gui.widgets.rows import Index
from workbook.amounts import number_in
from workbook.formats.source import RawSheet

Trigger = QAbstractItemView.EditTrigger
_ROW_HEIGHT = 22
NUMBERS_WIDTH, LETTERS_HEIGHT = 40, 22
"""Width of the row numbers, height of the column letters."""
_POINT = 96 / 72
_TEXT_AIR, _AMOUNT_AIR = 14, 26
"""Room beside a text, and beside an amount: padding, and the sign of a finding."""
_PIXELS_PER_CHARACTER = 7
_SAMPLE_ROWS = 120
_MAX_SPANS = 1500
_HIDDEN_WIDTH, _LEAST_CHARACTERS, _WIDEST_HEADER, _WIDEST_TEXT = 24, 9, 12, 34


class _Numbers(QHeaderView):
    """The row numbers, of a fixed width: Qt would measure two hundred of them at every change of size."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Vertical, view, highlightSections=False, minimumSectionSize=4)
        self.setFixedWidth(NUMBERS_WIDTH)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(NUMBERS_WIDTH, 0)


class _Pane(QTableView):
    """A part of the sheet that does not scroll, laid over the view."""

    def __init__(self, view: FrozenView, *, has_numbers: bool = False, has_letters: bool = False) -> None:
        super().__init__(view)
        self._view = view
        self.setStyleSheet("QTableView { border: none; }")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().setVisible(has_letters)
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


class FrozenView(QTableView):
    """Shows a :class:`SheetModel`."""

    selection_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=False, cornerButtonEnabled=False)
        self.shown = SheetModel(session, RawSheet(Path(), "", ()), "", self)
        """The sheet shown; at first an empty one."""
        self.setModel(self.shown)
        self.cells = CellDelegate(self)
        self.setItemDelegate(self.cells)
        self.zoom = 100
        self.covered: set[tuple[int, int]] = set()
        """Cells that lie under a merged one."""
        self.setVerticalHeader(_Numbers(self))  # before the panes: they lie over it
        self._top, self._left, self._corner = self._panes = (
            _Pane(self, has_numbers=True), _Pane(self, has_letters=True), _Pane(self, has_numbers=True))
        self.views: tuple[QTableView, ...] = (self, *self._panes)
        """The view, and the parts of it that do not scroll."""
        for view in self.views:
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
            view.horizontalHeader().setMinimumSectionSize(4)
            view.horizontalHeader().setFixedHeight(LETTERS_HEIGHT)
            view.horizontalHeader().setHighlightSections(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().sectionResized.connect(self._column_resized)
        self.verticalScrollBar().valueChanged.connect(self._arrange)
        self.horizontalScrollBar().valueChanged.connect(self._arrange)

    # ------------------------------------------------------------ showing a sheet
    def show_sheet(self, model: SheetModel) -> None:
        """Show another sheet."""
        self.setUpdatesEnabled(False)
        self.shown = model
        self.clearSpans()
        self.setModel(model)
        for pane in self._panes:
            pane.clearSpans()
            pane.setModel(model)
            pane.setSelectionModel(self.selectionModel())
        self.covered.clear()
        for top, left, rows, columns in spans(model):
            for view in self.views:
                view.setSpan(top, left, rows, columns)
            self.covered.update((top + r, left + c) for r in range(rows) for c in range(columns) if r or c)
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        self._size()
        self._arrange()
        self.setUpdatesEnabled(True)

    def set_zoom(self, zoom: int) -> None:
        """Another size of everything, per cent."""
        self.zoom = zoom
        for cells in (self.cells, *(pane.cells for pane in self._panes)):
            cells.reset(zoom)
        self._size()
        self._arrange()

    def _size(self) -> None:
        """Column widths and row heights."""
        model, metrics = self.shown, self.cells.font(11, bold=False)[1]
        base = max(round(_ROW_HEIGHT * self.zoom / 100), metrics.height() + 4)
        heights = {
            row: max(round(points * _POINT * self.zoom / 100), base)
            for row, points in model.look.heights.items() if row < model.rowCount()
        }
        if len(heights) > 400:  # a sheet whose every row has its own height: keep the header's
            heights = {row: height for row, height in heights.items() if row < model.first_data_row}
        widths = [column_width(model, column, metrics, self.zoom) for column in range(model.columnCount())]
        for view in self.views:
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
        x0 = self.verticalHeader().width() + self.frameWidth()
        y0 = self.horizontalHeader().height() + self.frameWidth()
        viewport = self.viewport().size()
        header, columns = self.shown.header, self.shown.frozen_columns
        top = self.rowViewportPosition(header.start) if header else 0
        height = sum(self.rowHeight(row) for row in header)
        width = sum(self.columnWidth(column) for column in range(columns))
        is_down = bool(header) and top < 0 and height < viewport.height() * 0.6
        is_right = columns > 0 and self.horizontalScrollBar().value() > 0 and width < viewport.width() * 0.6
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
        for bar, is_behind, hidden in (
            (self.verticalScrollBar(), self._top.isVisible() and index.row() not in self.shown.header,
                self._top.height() - rect.top()),
            (self.horizontalScrollBar(), self._left.isVisible() and index.column() >= self.shown.frozen_columns,
                self._left.width() - rect.left()),
        ):
            if is_behind and hidden > 0:
                bar.setValue(bar.value() - hidden)

    def make_room(self, row: int, column: int) -> None:
        """Widen a column for the amount that a cell holds now (else it would show ``####``)."""
        if column < self.shown.columnCount() and not self.isColumnHidden(column):
            cell = self.shown.view_of(row, column)
            needed = self.cells.font(cell.look.size, bold=cell.look.is_bold)[1].horizontalAdvance(cell.text) + _AMOUNT_AIR
            if cell.is_number and needed > self.columnWidth(column):
                self.setColumnWidth(column, needed)

    def repaint_cells(self) -> None:
        """Marks changed."""
        for view in self.views:
            view.viewport().update()

    def go_to(self, row: int, column: int) -> None:
        """Select a cell and bring it into sight."""
        index = self.shown.index(max(min(row, self.shown.rowCount() - 1), 0), max(min(column, self.shown.columnCount() - 1), 0))
        self.setCurrentIndex(index)
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)


def column_width(model: SheetModel, column: int, metrics: QFontMetrics, zoom: int) -> int:
    """Width on the screen: what the contents need, amounts always, texts up to a limit or the width that the file gives."""
    if column in model.sheet.marks.hidden_columns:
        return _HIDDEN_WIDTH
    digit = metrics.horizontalAdvance("0")
    excel = model.look.widths.get(column, model.look.default_width) * _PIXELS_PER_CHARACTER * zoom / 100 + 6
    words = amounts = 0
    if model.geometry is not None:
        header, data = (widths.get(column, 0) for widths in (model.geometry.header_widths, model.geometry.data_widths))
        characters = max(min(header, _WIDEST_HEADER), data)
        words = characters * digit + _TEXT_AIR if characters else 0
    for row in range(min(len(model.sheet.rows), _SAMPLE_ROWS)):
        if number_in(model.sheet.content(row, column)) is not None:
            amounts = max(amounts, metrics.horizontalAdvance(model.view_of(row, column).text) + _AMOUNT_AIR)
    least = digit * _LEAST_CHARACTERS + 12
    if not words and not amounts:
        return round(max(excel * 0.6, least))
    return round(max(min(words, max(excel, _WIDEST_TEXT * digit)), amounts, least, excel * 0.55))


def spans(model: SheetModel) -> Iterator[tuple[int, int, int, int]]:
    """Merged cells as row, column, height, width; all of the header, and of the data as many as a view bears."""
    count = 0
    for top, left, bottom, right in model.sheet.marks.merged:
        if (bottom, right) == (top, left) or bottom >= model.rowCount() or right >= model.columnCount():
            continue
        count += 1
        if count > _MAX_SPANS and top >= model.first_data_row:
            continue
        yield top, left, bottom - top + 1, right - left + 1
