"""What can be done with the selected cells: copying, pasting, clearing, filling, and the menu that offers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QGuiApplication

from gui.pages.check.sheet_view import SheetView
from gui.session.session import Session
from gui.widgets.parts import LINE, ContextMenu, Entry
from workbook.editing.blocks import filled, laid, named, read_block, sums
from workbook.formats.looks import AMOUNT, format_number
from workbook.issues import CellRef

_LONGEST = 12
"""Letters of a label that a message quotes."""


class CellActions(QObject):
    """Does what keys, menus and the right mouse button ask for; every action is one step that is undone together."""

    def __init__(self, session: Session, view: SheetView) -> None:
        super().__init__(view)
        self.session, self.view = session, view
        self.repairs: Callable[[CellRef], list[Entry]] = lambda _: []
        """What can be filled into a cell because nothing else can be right."""
        view.commanded.connect(self.do)
        view.lock_met.connect(self._tell_lock)
        view.cells.accepts = self._accepts
        view.cells.filled.connect(self.fill_selection)
        self._commands: dict[str, Entry] = {
            "cut": ("剪切\tCtrl+X", self.cut), "copy": ("复制\tCtrl+C", self.copy), "paste": ("粘贴\tCtrl+V", self.paste),
            "clear": ("清除金额\tDelete", self.clear), "fill_down": ("向下填充\tCtrl+D", lambda: self.fill(down=True)),
            "fill_right": ("向右填充\tCtrl+R", lambda: self.fill(down=False))}
        self.context_menu, *_ = [ContextMenu(part, self._entries) for part in view.views]

    def do(self, command: str) -> None:
        """Do what a key stands for."""
        self._commands[command][1]()

    # ------------------------------------------------------------ typing
    def _accepts(self, text: str) -> bool:
        """Whether a text can stand in the current cell; what is wrong with it is said."""
        model, current, editor = self.view.sheet_model(), self.view.currentIndex(), self.session.editor
        if model is None or editor is None or not model.code:
            return False
        refusal = editor.refusal(editor.ref(model.code, current.row(), current.column()), text)
        if refusal:
            self.session.failed.emit(refusal)
        return not refusal

    def _tell_lock(self, row: int, column: int) -> None:
        model = self.view.sheet_model()
        if model is not None and model.code:
            label = _short(model.edit_text(row, column))
            self.session.noticed.emit(
                f"{model.ref(row, column).a1}{f'“{label}”' if label else ''} 是表头、科目或项目，已锁定以免误改；确实要改，请在单元格上按右键，选“修改文字”。")

    # ------------------------------------------------------------ the clipboard
    def copy(self) -> None:
        """The selected cells into the clipboard, amounts with all their digits."""
        if text := self.view.selected_text():
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy, and empty the amounts."""
        self.copy()
        self.clear()

    def paste(self) -> None:
        """The clipboard's cells at the selection; what could not be taken is named."""
        area, text = self.view.area(), QGuiApplication.clipboard().text()
        if area is not None and text:
            self._enter(laid(read_block(text), area), "粘贴")

    # ------------------------------------------------------------ filling and clearing
    def clear(self) -> None:
        """Empty the selected amounts."""
        model = self.view.sheet_model()
        if model is not None:
            cells = [cell for cell in self.view.selected_cells() if model.amount_key(*cell) is not None and model.edit_text(*cell)]
            self._enter(((*cell, "") for cell in cells), "清除")

    def fill(self, *, down: bool) -> None:
        """The first row (or column) of the selection into all its others."""
        model, area = self.view.sheet_model(), self.view.area()
        if model is not None and area is not None:
            cells = filled(model.edit_text, area, down=down)
            self._enter([cell for cell in cells if model.amount_key(*cell[:2]) is not None], "向下填充" if down else "向右填充")

    def fill_selection(self, text: str) -> None:
        """One text into every selected cell."""
        model = self.view.sheet_model()
        if model is not None:
            cells = [cell for cell in self.view.selected_cells() if not model.is_locked(*cell)]
            self._enter(((*cell, text) for cell in cells), "填入")

    def _enter(self, cells: Iterable[tuple[int, int, str]], what: str) -> None:
        """Enter what can be entered, as one step, and name the cells that kept what they held."""
        model, editor = self.view.sheet_model(), self.session.editor
        if model is None or editor is None or not model.code:
            return
        taken: list[tuple[str, int, int, str]] = []
        texts: list[tuple[int, int, str]] = []
        locked: list[tuple[int, int, str]] = []
        for row, column, text in cells:
            is_inside = row < model.rowCount() and column < model.columnCount()
            if not is_inside or model.is_locked(row, column):
                if text and not (is_inside and _alike(text, model.edit_text(row, column))):
                    locked.append((row, column, text))
            elif editor.refusal(editor.ref(model.code, row, column), text):
                texts.append((row, column, text))
            else:
                taken.append((model.code, row, column, text))
        is_done = bool(taken) and self.session.cells.enter(taken, f"{what} {len(taken)} 个单元格" if len(taken) > 1 else "")
        if texts or locked:
            parts = [f"已{what} {len(taken)} 个单元格" if is_done else f"没有{what}", *self._kept(texts, locked)]
            self.session.failed.emit("；".join(parts) + "。")

    @staticmethod
    def _kept(texts: list[tuple[int, int, str]], locked: list[tuple[int, int, str]]) -> list[str]:
        """What the cells that kept their contents could not take."""
        said = []
        for cells, why in ((texts, "不是金额"), (locked, "放不进锁定的表头、科目或项目，也可能超出了表")):
            if cells:
                said.append(f"{named([cell[:2] for cell in cells])} 没有改动，“{_short(cells[0][2])}”{'等' if len(cells) > 1 else ''}{why}")
        return said

    # ------------------------------------------------------------ menu and status line
    def _entries(self, _place: QPoint) -> list[Entry]:
        """What the right mouse button offers for the selected cells."""
        model, current = self.view.sheet_model(), self.view.currentIndex()
        if model is None or not model.code:
            return [self._commands["copy"]]
        repairs = self.repairs(model.ref(current.row(), current.column()))
        *edits, down, right = self._commands.values()
        if not QGuiApplication.clipboard().text():
            edits.remove(self._commands["paste"])
        change: Entry = ("修改\tF2", lambda: self.view.edit(self.view.currentIndex()))
        if model.is_locked(current.row(), current.column()):
            change = ("修改文字", self.view.edit_locked)
        return [*repairs, *([LINE] if repairs else []), *edits, LINE, down, right, LINE, change]

    def words(self) -> str:
        """Sum, count and mean of the selected amounts, for the status line; empty for a single cell."""
        model, cells = self.view.sheet_model(), self.view.selected_cells()
        if model is None or len(cells) < 2:
            return ""
        found = sums(model.sheet, cells)
        if found.cells < 2:
            return ""
        if not found.numbers:
            return f"计数 {found.cells}"
        return f"平均 {format_number(found.average, AMOUNT)}　计数 {found.cells}　求和 {format_number(found.total, AMOUNT)}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _alike(text: str, other: str) -> bool:
    return "".join(text.split()) == "".join(other.split())
