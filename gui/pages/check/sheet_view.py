"""A sheet to work in.

Selecting, moving and entering with the keys of Excel and WPS; copying, pasting, clearing, filling, and the menu that
offers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QWidget

from gui.pages.check.cell_delegate import Move, move_of
from gui.pages.check.frozen_view import FrozenView
from gui.pages.check.sheet_model import SheetModel
from gui.session.session import Session
from gui.widgets.parts import LINE, ContextMenu, Entry, shortened
from gui.widgets.rows import Index
from workbook.editing.cells import Area, filled, laid, named, read_block, sums, write_block
from workbook.formats.looks import AMOUNT, format_number
from workbook.issues import CellRef

Trigger = QAbstractItemView.EditTrigger
_BY_USER = (Trigger.AnyKeyPressed, Trigger.EditKeyPressed, Trigger.DoubleClicked)
_Key, _Standard, _Action = Qt.Key, QKeySequence.StandardKey, QAbstractItemView.CursorAction
_COMMANDS = {_Standard.Copy: "copy", _Standard.Cut: "cut", _Standard.Paste: "paste"}
_BY_CONTROL: dict[int, str] = {_Key.Key_D: "fill_down", _Key.Key_R: "fill_right"}
_STEPS = {_Action.MoveUp: (-1, 0), _Action.MoveDown: (1, 0), _Action.MoveLeft: (0, -1), _Action.MoveRight: (0, 1)}
_LONGEST = 12
"""Letters of a label that a message quotes."""


class SheetView(FrozenView):
    """Shows a :class:`SheetModel`, and takes what is typed; every action is one step that is undone together."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.session = session
        self.repairs: Callable[[CellRef], list[Entry]] = lambda _: []
        """What can be filled into a cell because nothing else can be right."""
        self._tabbed_from: int | None = None
        """The column where a run of Tab began: Enter goes back to it, one row down."""
        self.cells.left.connect(self.move_by)
        self.cells.filled.connect(self._fill_selection)
        self.cells.accepts = self._accepts
        self._commands: dict[str, Entry] = {
            "cut": ("剪切\tCtrl+X", self._cut), "copy": ("复制\tCtrl+C", self._copy), "paste": ("粘贴\tCtrl+V", self._paste),
            "clear": ("清除金额\tDelete", self._clear), "fill_down": ("向下填充\tCtrl+D", lambda: self._fill(down=True)),
            "fill_right": ("向右填充\tCtrl+R", lambda: self._fill(down=False))}
        self.context_menu, *_ = [ContextMenu(part, self._entries) for part in self.views]

    def do(self, command: str) -> None:
        """Do what a key or a menu stands for: ``copy``, ``cut``, ``paste``, ``clear``, ``fill_down`` or ``fill_right``."""
        self._commands[command][1]()

    def show_sheet(self, model: SheetModel) -> None:
        """Show another sheet."""
        self._tabbed_from = None
        super().show_sheet(model)

    # ------------------------------------------------------------ what is selected
    def area(self) -> Area | None:
        """The selected rectangle (``None``: nothing is selected)."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(n) for n in range(selection.count())]
        if not ranges:
            return None
        top, left = min(r.top() for r in ranges), min(r.left() for r in ranges)
        return Area(top, left, max(r.bottom() for r in ranges) - top + 1, max(r.right() for r in ranges) - left + 1)

    def selected_cells(self) -> list[tuple[int, int]]:
        """The selected cells, row by row."""
        area = self.area()
        return [] if area is None else [(area.top + r, area.left + c) for r in range(area.rows) for c in range(area.columns)]

    def selected_text(self) -> str:
        """The selected cells as Excel copies them, amounts with all their digits."""
        area = self.area()
        return "" if area is None else write_block(
            [self.shown.edit_text(area.top + r, area.left + c) for c in range(area.columns)] for r in range(area.rows))

    def words(self) -> str:
        """Sum, count and mean of the selected amounts, for the status line; empty for a single cell."""
        cells = self.selected_cells()
        found = sums(self.shown.sheet, cells) if len(cells) > 1 else None
        if found is None or found.cells < 2:
            return ""
        if not found.numbers:
            return f"计数 {found.cells}"
        return f"平均 {format_number(found.average, AMOUNT)}　计数 {found.cells}　求和 {format_number(found.total, AMOUNT)}"

    # ------------------------------------------------------------ typing
    def edit(  # type: ignore[override]  # the stubs know only edit(index)
        self, index: Index, trigger: Trigger = Trigger.AllEditTriggers, event: QEvent | None = None
    ) -> bool:
        """What is locked is not edited, and said so."""
        if trigger in _BY_USER and self.shown.is_locked(index.row(), index.column()):
            self._tell_lock(index.row(), index.column())
            return False
        if trigger is not Trigger.NoEditTriggers:
            self.cells.is_typed_over = trigger is Trigger.AnyKeyPressed
        return super().edit(index, trigger, event)  # type: ignore[arg-type]  # the stubs want an event, Qt does not

    def _tell_lock(self, row: int, column: int) -> None:
        if self.shown.code:
            label = shortened(" ".join(self.shown.edit_text(row, column).split()), _LONGEST)
            self.session.noticed.emit(
                f"{self.shown.ref(row, column).a1}{f'“{label}”' if label else ''} 是表头、科目或项目，已锁定以免误改；确实要改，请在单元格上按右键，选“修改文字”。")

    def _edit_locked(self) -> None:
        """Edit the current cell although it is locked."""
        current = self.currentIndex()
        self.shown.unlocked = current.row(), current.column()
        self.edit(current)

    def closeEditor(self, editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:  # noqa: N802  # Qt's name
        """The cell that was unlocked is locked again."""
        super().closeEditor(editor, hint)
        self.shown.unlocked = None

    def _accepts(self, text: str) -> bool:
        """Whether a text can stand in the current cell; what is wrong with it is said."""
        current, editor = self.currentIndex(), self.session.editor
        if editor is None or not self.shown.code:
            return False
        refusal = editor.refusal(editor.ref(self.shown.code, current.row(), current.column()), text)
        if refusal:
            self.session.failed.emit(refusal)
        return not refusal

    # ------------------------------------------------------------ keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """The keys of Excel and WPS."""
        move = move_of(event)
        if event.key() == _Key.Key_Escape:
            event.ignore()  # the window takes its message away
        elif move is not None and self.state() is not QAbstractItemView.State.EditingState:
            self.move_by(move)
        elif key := next((k for k in _COMMANDS if event.matches(k)), None):
            self.do(_COMMANDS[key])
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and (fill := _BY_CONTROL.get(event.key())):
            self.do(fill)
        elif event.key() in (_Key.Key_Delete, _Key.Key_Backspace) and not event.modifiers():
            self._clear()
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
        current = self.currentIndex()
        if not current.isValid() or move is Move.FILL:
            return False
        row, column = current.row(), current.column()
        has_range = sum(cell not in self.covered for cell in self.selected_cells()[: len(self.covered) + 2]) > 1
        if has_range and move in (Move.NEXT, Move.PREVIOUS, Move.DOWN, Move.UP):
            self._cycle(move)
            return True
        if move in (Move.NEXT, Move.PREVIOUS):
            target = self.shown.next_amount(row, column, 1 if move is Move.NEXT else -1)
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

    def _cycle(self, move: Move) -> None:
        """The next cell of the selected range: row by row with Tab, column by column with Enter."""
        cells, current = self.selected_cells(), (self.currentIndex().row(), self.currentIndex().column())
        if move in (Move.DOWN, Move.UP):
            cells.sort(key=lambda cell: cell[::-1])
        cells = [cell for cell in cells if cell not in self.covered or cell == current]
        index = self.shown.index(*cells[(cells.index(current) + (1 if move in (Move.NEXT, Move.DOWN) else -1)) % len(cells)])
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)

    def moveCursor(  # noqa: N802  # Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Ctrl with an arrow: to the end of the filled cells."""
        self._tabbed_from = None
        current, step = self.currentIndex(), _STEPS.get(action)
        if not current.isValid() or step is None or not modifiers & Qt.KeyboardModifier.ControlModifier:
            return super().moveCursor(action, modifiers)
        return self.shown.index(*self.shown.edge(current.row(), current.column(), *step))

    # ------------------------------------------------------------ the clipboard, filling and clearing
    def _copy(self) -> None:
        """The selected cells into the clipboard, amounts with all their digits."""
        if text := self.selected_text():
            QGuiApplication.clipboard().setText(text)

    def _cut(self) -> None:
        """Copy, and empty the amounts."""
        self._copy()
        self._clear()

    def _paste(self) -> None:
        """The clipboard's cells at the selection; what could not be taken is named."""
        area, text = self.area(), QGuiApplication.clipboard().text()
        if area is not None and text:
            self._enter(laid(read_block(text), area), "粘贴")

    def _clear(self) -> None:
        """Empty the selected amounts."""
        cells = [
            cell for cell in self.selected_cells() if self.shown.amount_key(*cell) is not None and self.shown.edit_text(*cell)]
        self._enter(((*cell, "") for cell in cells), "清除")

    def _fill(self, *, down: bool) -> None:
        """The first row (or column) of the selection into all its others."""
        if (area := self.area()) is not None:
            cells = filled(self.shown.edit_text, area, down=down)
            self._enter([cell for cell in cells if self.shown.amount_key(*cell[:2]) is not None], "向下填充" if down else "向右填充")

    def _fill_selection(self, text: str) -> None:
        """One text into every selected cell."""
        self._enter([(*cell, text) for cell in self.selected_cells() if not self.shown.is_locked(*cell)], "填入")

    def _enter(self, cells: Iterable[tuple[int, int, str]], what: str) -> None:
        """Enter what can be entered, as one step, and name the cells that kept what they held."""
        model, editor = self.shown, self.session.editor
        if editor is None or not model.code:
            return
        taken: list[tuple[str, int, int, str]] = []
        texts: list[tuple[int, int, str]] = []
        locked: list[tuple[int, int, str]] = []
        for row, column, text in cells:
            is_inside = row < model.rowCount() and column < model.columnCount()
            if not is_inside or model.is_locked(row, column):
                if text and not (is_inside and "".join(text.split()) == "".join(model.edit_text(row, column).split())):
                    locked.append((row, column, text))
            elif editor.refusal(editor.ref(model.code, row, column), text):
                texts.append((row, column, text))
            else:
                taken.append((model.code, row, column, text))
        is_done = bool(taken) and self.session.cells.enter(taken, f"{what} {len(taken)} 个单元格" if len(taken) > 1 else "")
        if texts or locked:
            said = [f"已{what} {len(taken)} 个单元格" if is_done else f"没有{what}"]
            said += [f"{named([cell[:2] for cell in kept])} 没有改动，"
                     f"“{shortened(' '.join(kept[0][2].split()), _LONGEST)}”{'等' if len(kept) > 1 else ''}{why}"
                     for kept, why in ((texts, "不是金额"), (locked, "放不进锁定的表头、科目或项目，也可能超出了表")) if kept]
            self.session.failed.emit("；".join(said) + "。")

    def _entries(self, _place: QPoint) -> list[Entry]:
        """What the right mouse button offers for the selected cells."""
        current = self.currentIndex()
        if not self.shown.code:
            return [self._commands["copy"]]
        repairs = self.repairs(self.shown.ref(current.row(), current.column()))
        *edits, down, right = self._commands.values()
        if not QGuiApplication.clipboard().text():
            edits.remove(self._commands["paste"])
        change: Entry = ("修改\tF2", lambda: self.edit(self.currentIndex()))
        if self.shown.is_locked(current.row(), current.column()):
            change = ("修改文字", self._edit_locked)
        return [*repairs, *([LINE] if repairs else []), *edits, LINE, down, right, LINE, change]
