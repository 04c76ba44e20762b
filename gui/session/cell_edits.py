"""Editing the open unit's cells: what is typed, undone, recovered or taken back becomes new accounts, checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gui.session.session import Session
    from workbook.editing.cells import Change
    from workbook.editing.session import Edited


class EditCommand(QUndoCommand):
    """Cells changed together; undoing puts their former states back, those of dependent formulas too."""

    def __init__(self, restore: Callable[[Sequence[Change]], Sequence[Change]], before: Sequence[Change], text: str) -> None:
        """*restore* puts former states of cells back and returns what takes that back."""
        super().__init__(text)
        self._restore, self.changes, self._is_done = restore, before, True

    def redo(self) -> None:
        """Do it again; the first time, when ``QUndoStack.push`` calls this, it has been done."""
        if not self._is_done:
            self.undo()
        self._is_done = False

    def undo(self) -> None:
        self.changes = self._restore(self.changes)


class CellEdits(QObject):
    """The edits of a session's cells, as steps that can be undone."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.stack = QUndoStack(self)

    def enter(self, cells: Sequence[tuple[str, int, int, str]], title: str = "") -> bool:
        """Put what was typed into cells (table, 0-based row and column, text), as one step.

        False, and the session's ``failed``, when one of them cannot stand there.
        """
        from workbook.editing.session import EditError

        session, editor = self._session, self._session.editor
        if editor is None:
            return False
        try:
            edited = editor.enter([(editor.ref(code, row, column), text) for code, row, column, text in cells])
        except EditError as error:
            session.failed.emit(str(error))
            return False
        if edited is not None:
            self._take(edited, title or (f"修改 {edited.cells[0]}" if edited.count == 1 else f"修改 {edited.count} 个单元格"))
            if (replaced := edited.replaced_formula) is not None:
                session.noticed.emit(f"{replaced.a1} 原来是公式，现在成了固定的数，不再自动计算；可以撤销（Ctrl+Z）。")
        return True

    def put_back(self, changes: Sequence[Change], title: str) -> None:
        """Put states of cells back that an earlier session, or another state of the file, had."""
        editor = self._session.open_editor()
        known = [(ref, state) for ref, state in changes if editor.sheet(ref) is not None]
        if known:
            self._take(editor.apply(known), f"{title}（{len(known)} 格）")

    def _take(self, edited: Edited, title: str = "") -> None:
        """Show what an edit did; with a *title*, it becomes a step that can be undone."""
        self._session.take_edited(edited)
        if title:
            self.stack.push(EditCommand(self._restore, edited.before, title))

    def _restore(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Put former states of cells back and check again; returns what takes that back."""
        edited = self._session.open_editor().restore(changes)
        self._take(edited)
        return edited.before

    def move_here(self) -> bool:
        """Make the steps done so far steps of the file that was opened; False when one does not fit it."""
        sheets = self._session.open_editor().accounts.source.sheets
        steps = [step for i in range(self.stack.count()) if isinstance(step := self.stack.command(i), EditCommand)]
        if not {ref.sheet for step in steps for ref, _ in step.changes} <= {sheet.name for sheet in sheets}:
            return False
        for step in steps:
            step.changes = [(ref._replace(file=sheets[0].file.name), state) for ref, state in step.changes]
        self.stack.setClean()
        return True
