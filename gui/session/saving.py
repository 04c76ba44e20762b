"""Editing the open unit's cells, each edit checked at once.

One save state for workbook and 底稿; saving both, here or elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from workbook.errors import JuesuanError, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gui.session.session import Session
    from workbook.editing.cells import Change
    from workbook.editing.saving import Saved
    from workbook.editing.session import Edited


_T = TypeVar("_T")


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


# ---------------------------------------------------------------- saving


class SaveState(StrEnum):
    """How what was typed stands to what lies on the disk."""

    NOTHING = ""
    """Nothing is open."""
    SAVED = "已保存"
    CHANGED = "有改动"
    SAVING = "正在保存"
    FAILED = "保存失败"


class Saving(QObject):
    """Saves the unit of a session, and says how it stands."""

    changed = Signal()
    """:attr:`state` or what it means may be another."""
    saved = Signal(object)
    """The workbook was saved (:class:`workbook.editing.saving.Saved`)."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.problem: Exception | None = None
        """Why the workbook could not be saved; it goes only when it was, or when nothing is left to be saved."""
        self.is_writing = False
        """Whether the workbook is being written just now."""
        self._saved_at = ""
        for signal in (session.opened, session.closed):
            signal.connect(lambda: self._note_time(is_saved=False))
        session.store.saved.connect(self._note_time)
        session.store.changed.connect(self.changed)
        session.checked.connect(self._tell)
        session.dirty_changed.connect(self._tell)

    def _note_time(self, *, is_saved: bool = True) -> None:
        self._saved_at = f"{datetime.now().astimezone():%H:%M}" if is_saved else ""
        self._tell()

    def _tell(self) -> None:
        if not self._session.is_dirty:
            self.problem = None
        self.changed.emit()

    # ------------------------------------------------------------ the state
    @property
    def state(self) -> SaveState:
        session, states = self._session, SaveState
        if not session.is_open:
            return states.NOTHING
        if self.failures:
            return states.FAILED
        if session.is_dirty and not self.is_writing:
            return states.CHANGED
        return states.SAVING if self.is_writing or session.store.is_dirty else states.SAVED

    @property
    def failures(self) -> tuple[Exception, ...]:
        """Why the last try to save the workbook, or the 底稿, did not work."""
        return tuple(p for p in (self.problem, self._session.store.problem) if p is not None)

    @property
    def _typed(self) -> int:
        """How many cells people changed (formulas that follow are none)."""
        editor = self._session.editor
        return sum(not state.is_formula for state in editor.edits.values()) if editor is not None else 0

    def words(self) -> str:
        """The state for the status line: ``已保存 14:02``, ``有改动：公开表 3 格``."""
        failed = "、".join(n for n, p in (("公开表", self.problem), ("底稿", self._session.store.problem)) if p is not None)
        more = {
            SaveState.SAVED: f" {self._saved_at}", SaveState.CHANGED: f"：公开表 {self._typed} 格", SaveState.FAILED: f"：{failed}"}
        return f"{self.state}{more.get(self.state, '')}".strip()

    def unsaved(self) -> tuple[str, ...]:
        """What would be lost now, a clause for each of workbook and 底稿; nothing when all is on the disk."""
        session = self._session
        found = []
        if session.is_dirty:
            found.append(f"公开表有 {self._typed} 个单元格改过，还没有保存{_because(self.problem)}")
        if session.is_open and session.store.is_dirty:
            found.append(f"底稿里改过的文字还没有写入{_because(session.store.problem)}")
        return tuple(found)

    def doubt(self) -> str:
        """Why a report made now would not state what the files hold: one sentence; empty when it would."""
        session = self._session
        session.store.flush()
        state = session.disk.look_now()
        if state.workbook:
            return f"表格已在别处改动{f'（{state.words()}）' if state.words() else ''}，报告会按打开时读入的数写。"
        unsaved = self.unsaved()
        return f"{'；'.join(unsaved)}，报告里的内容文件里还没有。" if unsaved else ""

    # ------------------------------------------------------------ saving
    def save_all(self) -> bool:
        """Write workbook and 底稿; whether both are on the disk.  :attr:`failures` says why not."""
        is_written = self._session.store.flush()
        try:
            if self._session.is_dirty:
                self.save()
        except (JuesuanError, OSError):
            return False
        return is_written

    def save(self, *, over_read_only: bool = False) -> Saved:
        """Write the edits into the workbook.  Raises ``InputError`` (``NotEditableError``: 另存为 helps)."""
        from workbook.editing import saving

        session = self._session
        editor = session.open_editor()
        done = self._written(lambda: saving.save(editor, over_read_only=over_read_only))
        if session.inputs is not None:
            session.inputs = replace(session.inputs, accounts=editor.accounts)
        session.recovery.journal.discard_cells(editor.accounts.path)
        session.undo_stack.setClean()
        session.note_dirty()
        self._note_time()
        self.saved.emit(done)
        return done

    def _written(self, write: Callable[[], _T]) -> _T:
        self.is_writing = True
        self.changed.emit()
        try:
            done = self._session.jobs.wait_for(write)
        except (JuesuanError, OSError) as error:
            self.problem = error
            raise
        finally:
            self.is_writing = False
            self.changed.emit()
        self.problem = None
        return done

    def save_as(self, target: Path) -> Path:
        """Write workbook, edits and 底稿 to other files and go on with those; what was done can still be undone.

        Raises ``InputError``.
        """
        from workbook.editing import saving

        session = self._session
        editor = session.open_editor()
        session.store.about_to_flush.emit()

        def write() -> Path:
            written = saving.save_as(editor, target)
            session.store.write_beside(written)
            return written

        written = self._written(write)
        session.opener.choose_for(written, session.opener.chosen_for(editor.accounts.path))
        session.recovery.forget()
        editor.mark_saved()
        sheets = editor.accounts.source.sheets  # a folder's files may have sheets of the same name
        session.take_loaded(session.opener.load(written), is_same_work=len({s.name for s in sheets}) == len(sheets))
        return written


def _because(problem: Exception | None) -> str:
    return f"（{sentence(problem).rstrip('。')}）" if problem is not None else ""
