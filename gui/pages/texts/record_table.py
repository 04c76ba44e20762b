"""A table in which people type, paste from Excel, move and remove records, with undo of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QUndoCommand, QUndoStack
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.pages.texts.record_model import Field, RecordModel
from gui.pages.texts.typed import grid_of, text_of_grid
from gui.style.theme import colours, rgb
from workbook.pack.companion_form import Content

Index = QModelIndex | QPersistentModelIndex
_OWN_KEYS = (
    QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo, QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Delete,
)
_LONG_HEIGHT = 108
_AIR = 4


class RecordTable(QTableView):
    """Shows a :class:`RecordModel`; the records can be typed, pasted, moved, removed, and all of it undone."""

    records_edited = Signal(tuple)
    """The records after the user changed them."""
    records_typed = Signal(tuple)
    """A key was pressed in a cell: the records as they would be."""

    def __init__(
        self, fields: Sequence[Field], blank: Callable[[], Any], parent: QWidget | None = None, *, fixed: bool = False,
        stretch: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.records_model = RecordModel(fields, blank, fixed=fixed)
        self.records_model.setParent(self)
        self.setModel(self.records_model)
        self.undo_stack = QUndoStack(self)
        self._before: tuple[Any, ...] = ()
        self.records_model.edited.connect(self._edited)
        self._delegate = _Delegate(self)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AnyKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
                             | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.setWordWrap(True)
        self.setAlternatingRowColors(False)
        self._dress(stretch)

    def _dress(self, stretch: int) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        for column, field in enumerate(self.records_model.fields):
            self.setColumnWidth(column, field.width)
            if column == stretch:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        vertical = self.verticalHeader()
        vertical.setDefaultSectionSize(30)
        vertical.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        vertical.setFixedWidth(34)
        vertical.setHighlightSections(False)
        if any(field.kind is Content.TEXT for field in self.records_model.fields):
            vertical.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    # ------------------------------------------------------------ records
    @property
    def records(self) -> tuple[Any, ...]:
        """The records shown, empty ones left out."""
        return self.records_model.records

    def show_records(self, records: Sequence[Any]) -> None:
        """Show other records, e.g. after the 底稿 changed elsewhere; keeps the undo history when they are the same."""
        if tuple(records) != self.records:
            self.records_model.set_records(records)
            self.undo_stack.clear()
        self._before = self.records

    def change_to(self, records: Sequence[Any], words: str) -> None:
        """Change the records as one step of the user's (import, list of codes …)."""
        self.records_model.set_records(records)
        self._note(words)

    def flush(self) -> None:
        """Take over what is being typed into a cell."""
        if (editor := self._delegate.editor) is not None:
            self.commitData(editor)
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def forget(self) -> None:
        """Drop what was being typed."""
        if (editor := self._delegate.editor) is not None:
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def closeEditor(self, editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:  # noqa: N802  # Qt's name
        """What was typed is taken over, or given up: then it is not kept either."""
        super().closeEditor(editor, hint)
        if self._delegate.editor is editor:
            self._delegate.editor = None
            self.records_typed.emit(self.records)

    def _edited(self) -> None:
        self._note("修改")

    def _note(self, words: str) -> None:
        after = self.records
        if after != self._before:
            self.undo_stack.push(_Step(self, self._before, after, words))
            self._before = after
            self.records_edited.emit(after)

    def put_back(self, records: tuple[Any, ...]) -> None:
        """Show *records* of an undo step."""
        self.records_model.set_records(records)
        self._before = records
        self.records_edited.emit(records)

    # ------------------------------------------------------------ rows
    def add_row(self) -> None:
        """Go to the blank row and begin typing."""
        row = self.records_model.rowCount() - 1
        column = next((c for c, f in enumerate(self.records_model.fields) if f.put and not self.isColumnHidden(c)), 0)
        index = self.records_model.index(row, column)
        self.setCurrentIndex(index)
        self.setFocus()
        self.edit(index)

    def remove_rows(self) -> None:
        """Remove the selected rows (Ctrl+Z brings them back)."""
        rows = {index.row() for index in self.selectionModel().selectedIndexes()} or {self.currentIndex().row()}
        self.records_model.remove(sorted(rows))

    def move_row(self, step: int) -> None:
        """Move the current row up (-1) or down (1)."""
        index = self.currentIndex()
        if self.records_model.move(index.row(), step):
            self.setCurrentIndex(self.records_model.index(index.row() + step, index.column()))

    # ------------------------------------------------------------ clipboard
    def copy(self) -> None:
        """Put the selected cells on the clipboard, as Excel reads them."""
        cells = sorted((i.row(), i.column()) for i in self.selectionModel().selectedIndexes())
        if not cells:
            return
        left, right = min(c for _, c in cells), max(c for _, c in cells)
        rows = sorted({r for r, _ in cells})
        model = self.records_model
        QGuiApplication.clipboard().setText(text_of_grid(
            [str(model.data(model.index(r, c), Qt.ItemDataRole.EditRole) or "") for c in range(left, right + 1)] for r in rows))

    def paste(self) -> None:
        """Put the clipboard's cells in, beginning at the current cell."""
        text = QGuiApplication.clipboard().text()
        index = self.currentIndex()
        if text and self.records_model.columnCount():
            row = index.row() if index.isValid() else self.records_model.rowCount() - 1
            self.records_model.paste(row, max(index.column(), 0), grid_of(text))

    def clear_cells(self) -> None:
        """Empty the selected cells."""
        self.records_model.clear([(i.row(), i.column()) for i in self.selectionModel().selectedIndexes()])

    # ------------------------------------------------------------ keys and menu
    def event(self, event: QEvent) -> bool:
        """Claims the editing keys before the window's own shortcuts (undo of the workbook) get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and (
            any(event.matches(key) for key in _OWN_KEYS)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        keys = QKeySequence.StandardKey
        actions: dict[QKeySequence.StandardKey, Callable[[], Any]] = {
            keys.Copy: self.copy, keys.Paste: self.paste, keys.Undo: self.undo_stack.undo, keys.Redo: self.undo_stack.redo,
            keys.Delete: self.clear_cells, keys.Cut: self._cut,
        }
        for key, action in actions.items():
            if event.matches(key):
                action()
                return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != QAbstractItemView.State.EditingState:
            self.edit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _cut(self) -> None:
        self.copy()
        self.clear_cells()

    def _menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        model = self.records_model
        row = self.indexAt(point).row()
        menu.addAction("复制\tCtrl+C", self.copy)
        menu.addAction("粘贴\tCtrl+V", self.paste)
        menu.addAction("清除内容\tDel", self.clear_cells)
        if not model.fixed:
            menu.addSeparator()
            menu.addAction("在上方插入一行", lambda: self._insert(row))
            menu.addAction("删除所选行", self.remove_rows)
            menu.addAction("上移", lambda: self.move_row(-1)).setEnabled(row > 0)
            menu.addAction("下移", lambda: self.move_row(1)).setEnabled(0 <= row < model.rowCount() - 2)
        menu.addSeparator()
        menu.addAction("撤销\tCtrl+Z", self.undo_stack.undo).setEnabled(self.undo_stack.canUndo())
        menu.addAction("恢复\tCtrl+Y", self.undo_stack.redo).setEnabled(self.undo_stack.canRedo())
        menu.exec(self.viewport().mapToGlobal(point))

    def _insert(self, row: int) -> None:
        row = row if row >= 0 else self.records_model.rowCount() - 1
        self.records_model.insert(row, self.records_model.blank())
        self.setCurrentIndex(self.records_model.index(row, 0))


class _Step(QUndoCommand):
    """One change of the records; the first ``redo`` does nothing because the change is already made."""

    def __init__(self, table: RecordTable, before: tuple[Any, ...], after: tuple[Any, ...], words: str) -> None:
        super().__init__(words)
        self._table, self._before, self._after = table, before, after
        self._is_new = True

    def redo(self) -> None:
        if not self._is_new:
            self._table.put_back(self._after)
        self._is_new = False

    def undo(self) -> None:
        self._table.put_back(self._before)


class _Delegate(QStyledItemDelegate):
    """Editors: a list for choices, a larger field for long texts; rows as high as their text, within reason."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self._table, self._fields = table, table.records_model.fields
        self.editor: QWidget | None = None
        """The field in which a cell is being typed."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Text with some air at both sides; the background goes from edge to edge."""
        rect, state = option.rect, option.state  # type: ignore[attr-defined]  # the stubs leave out the public fields
        fill = index.data(Qt.ItemDataRole.BackgroundRole)
        if state & QStyle.StateFlag.State_Selected:
            fill = rgb(colours().accent_soft)
        if fill is not None:
            painter.fillRect(rect, fill)
        inner = QStyleOptionViewItem(option)
        inner.rect = rect.adjusted(_AIR, 0, -_AIR, 0)  # type: ignore[attr-defined]  # likewise
        super().paint(painter, inner, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        row, column = index.row(), index.column()
        field = self._fields[column]
        if field.kind is Content.CHOICE:
            box = QComboBox(parent)
            box.addItems(["", *field.choices])
            box.setEditable(False)
            box.activated.connect(lambda: self._chosen(box))
            return box
        if field.kind is Content.TEXT:
            self.editor = editor = QPlainTextEdit(parent)
            editor.setTabChangesFocus(True)
            editor.textChanged.connect(lambda: self._type(row, column, editor.toPlainText()))
        else:
            self.editor = super().createEditor(parent, option, index)
            if isinstance(line := self.editor, QLineEdit):
                line.textEdited.connect(lambda text: self._type(row, column, text))
        self.editor.destroyed.connect(self._gone)  # also when the table is filled anew
        return self.editor

    def _gone(self) -> None:
        self.editor = None

    def _type(self, row: int, column: int, text: str) -> None:
        self._table.records_typed.emit(self._table.records_model.with_typed(row, column, text))

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802  # Qt's name
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:  # noqa: N802  # Qt's name
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        elif isinstance(editor, QPlainTextEdit):
            model.setData(index, editor.toPlainText())
        else:
            super().setModelData(editor, model, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().updateEditorGeometry(editor, option, index)
        if isinstance(editor, QPlainTextEdit):
            rect = option.rect  # type: ignore[attr-defined]  # the stubs leave out the public fields
            editor.setGeometry(rect.x(), rect.y(), rect.width(), max(rect.height(), _LONG_HEIGHT))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(30, hint.height() + 8)) if self._fields[index.column()].kind is Content.TEXT else hint
