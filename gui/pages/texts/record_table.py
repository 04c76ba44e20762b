"""A table of records in which people type, paste from Excel, move and remove, with undo of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.pages.texts.fields import Draft, Field, RecordModel, input_of
from gui.style.theme import colours, rgb
from gui.widgets.parts import ContextMenu, Entry
from gui.widgets.rows import Index, Role
from workbook.editing.cells import read_block, write_block
from workbook.pack.companion_form import Content

_LONG_HEIGHT = 108
_AIR = 4


class RecordTable(QTableView):
    """Shows a :class:`RecordModel`; the records can be typed, pasted, moved, removed, and all of it undone."""

    def __init__(
        self, draft: Draft, fields: Sequence[Field], blank: Callable[[], Any],
        parent: QWidget | None = None, *, fixed: bool = False,
        stretch: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        model = self.records_model = RecordModel(fields, blank, fixed=fixed)
        model.setParent(self)
        self.setModel(model)
        self.draft, self.change_to = draft, model.change
        model.edited.connect(lambda: draft.put(model.filled))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setItemDelegate(_Delegate(self))
        ContextMenu(self, self._entries)
        keys = QKeySequence.StandardKey
        self._keys: dict[QKeySequence.StandardKey, Callable[[], object]] = {
            keys.Copy: self.copy, keys.Paste: self.paste, keys.Undo: lambda: model.step(-1), keys.Redo: lambda: model.step(1),
            keys.Delete: self.clear_cells, keys.Cut: self._cut}
        self._dress(stretch)

    def _dress(self, stretch: int) -> None:
        header, vertical = self.horizontalHeader(), self.verticalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        for column, field in enumerate(self.records_model.columns):
            self.setColumnWidth(column, field.width)
        self._stretch = stretch
        header.sectionResized.connect(lambda column: None if column == stretch else self._fill())
        vertical.setDefaultSectionSize(30)
        vertical.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        vertical.setFixedWidth(34)
        vertical.setHighlightSections(False)
        if any(field.kind is Content.TEXT for field in self.records_model.columns):
            vertical.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        """The column that stretches takes the room that is left, and is never narrower than its words need."""
        if self._stretch >= 0:
            fields = self.records_model.columns
            others = sum(self.columnWidth(c) for c in range(len(fields)) if c != self._stretch)
            self.setColumnWidth(self._stretch, max(fields[self._stretch].width, self.viewport().width() - others))

    @property
    def records(self) -> tuple[Any, ...]:
        """The records shown, empty ones left out."""
        return self.records_model.filled

    def refresh(self) -> None:
        """Show the records as they are now; lines that are not kept yet are still being typed."""
        records = self.draft.get()
        if records is not None and self.draft.made(self.records) != records:
            self.records_model.show_records(records)

    # ------------------------------------------------------------ what is being typed
    def flush(self) -> None:
        """Take over what is being typed into a cell."""
        is_typing = self.state() is QAbstractItemView.State.EditingState
        if is_typing and (editor := self.indexWidget(self.currentIndex())) is not None:
            self.commitData(editor)
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def closeEditor(self, editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:  # noqa: N802  # Qt's name
        """What was typed is taken over, or given up: then it is not kept either."""
        super().closeEditor(editor, hint)
        self.draft.keep(self.records)

    # ------------------------------------------------------------ rows
    def add_row(self) -> None:
        """Go to the blank row and begin typing."""
        model = self.records_model
        index = model.index(model.rowCount() - 1, model.first_column())
        self.setCurrentIndex(index)
        self.setFocus()
        self.edit(index)

    def remove_rows(self) -> None:
        """Remove the selected rows (Ctrl+Z brings them back)."""
        current, model = self.currentIndex(), self.records_model
        gone = {i.row() for i in self.selectedIndexes()} or {current.row()}
        model.change(r for row, r in enumerate(model.records) if row not in gone)
        self.setCurrentIndex(model.index(min(current.row(), model.rowCount() - 1), current.column()))

    def move_row(self, step: int) -> None:
        """Move the current row up (-1) or down (1)."""
        model, row, column = self.records_model, self.currentIndex().row(), self.currentIndex().column()
        if model.record(row) is not None and model.record(row + step) is not None:
            records = list(model.records)
            records.insert(row + step, records.pop(row))
            model.change(records)
            self.setCurrentIndex(model.index(row + step, column))

    def _insert(self, row: int) -> None:
        model = self.records_model
        model.change([*model.records[:row], model.blank(), *model.records[row:]])
        self.setCurrentIndex(model.index(row, 0))

    # ------------------------------------------------------------ clipboard
    def copy(self) -> None:
        """Put the selected cells on the clipboard, as Excel reads them."""
        copy_cells(self, Role.EditRole)

    def paste(self) -> None:
        """Put the clipboard's cells in, beginning at the current cell; rows are added as needed."""
        text, index, model = QGuiApplication.clipboard().text(), self.currentIndex(), self.records_model
        top, left = (index.row(), index.column()) if index.isValid() else (model.rowCount() - 1, 0)
        grid = enumerate(read_block(text), top) if text else ()
        model.change(model.given(model.typed((row, left + i, words) for row, texts in grid for i, words in enumerate(texts))))

    def clear_cells(self) -> None:
        """Empty the selected cells."""
        self.change_to(self.records_model.typed((i.row(), i.column(), "") for i in self.selectedIndexes()))

    def _cut(self) -> None:
        self.copy()
        self.clear_cells()

    # ------------------------------------------------------------ keys and menu
    def event(self, event: QEvent) -> bool:
        """Claims the editing keys before the window's own shortcuts (undo of the workbook) get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and any(
            event.matches(key) for key in self._keys
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        action = next((action for key, action in self._keys.items() if event.matches(key)), None)
        if action is not None:
            action()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != QAbstractItemView.State.EditingState:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _entries(self, place: QPoint) -> list[Entry]:
        model, row = self.records_model, self.indexAt(place).row()
        entries: list[Entry] = [("复制\tCtrl+C", self.copy), ("粘贴\tCtrl+V", self.paste), ("清除内容\tDel", self.clear_cells)]
        if not model.fixed and model.record(row) is not None:
            entries += [("在上方插入一行", lambda: self._insert(row)), ("删除所选行", self.remove_rows)]
            entries += [(words, partial(self.move_row, step)) for words, step in (("上移", -1), ("下移", 1))
                        if model.record(row + step) is not None]
        return entries + [(words, partial(model.step, by)) for words, by in (("撤销\tCtrl+Z", -1), ("重做\tCtrl+Y", 1))
                          if model.can_step(by)]


def copy_cells(table: QTableView, role: Role) -> None:
    """Put the selected cells of a table on the clipboard, as Excel reads them."""
    rows: dict[int, list[str]] = {}
    for index in sorted(table.selectionModel().selectedIndexes(), key=lambda i: (i.row(), i.column())):
        rows.setdefault(index.row(), []).append(str(index.data(role) or ""))
    if rows:
        QGuiApplication.clipboard().setText(write_block(rows.values()))


class _Delegate(QStyledItemDelegate):
    """Editors: a list for choices, a larger field for long texts; rows as high as their text, within reason."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self._table, self._fields = table, table.records_model.columns

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Text with some air at both sides; the background goes from edge to edge."""
        rect, state = option.rect, option.state  # type: ignore[attr-defined]  # the stubs leave out the public fields
        fill = rgb(colours().accent_soft) if state & QStyle.StateFlag.State_Selected else index.data(Role.BackgroundRole)
        if fill is not None:
            painter.fillRect(rect, fill)
        inner = QStyleOptionViewItem(option)
        inner.rect = rect.adjusted(_AIR, 0, -_AIR, 0)  # type: ignore[attr-defined]  # likewise
        super().paint(painter, inner, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        made = input_of(
            self._fields[index.column()], parent, partial(self._type, index.row(), index.column()), lambda: self._chosen(made))
        if isinstance(made, QLineEdit):
            made.setFrame(False)
        return made

    def _type(self, row: int, column: int, text: str) -> None:
        model = self._table.records_model
        self._table.draft.keep(model.given(model.typed([(row, column, text)])))

    def _chosen(self, box: QWidget) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().updateEditorGeometry(editor, option, index)
        if isinstance(editor, QPlainTextEdit):
            editor.resize(editor.width(), max(editor.height(), _LONG_HEIGHT))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(30, hint.height() + 8)) if self._fields[index.column()].kind is Content.TEXT else hint
