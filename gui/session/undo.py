"""Undo steps: one for each thing the user did to the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from workbook.editing.cell_states import Change


Restore: TypeAlias = "Callable[[Sequence[Change]], Sequence[Change]]"
"""Puts former states of cells back and returns what takes that back."""


class EditCommand(QUndoCommand):
    """Cells changed together; undoing puts their former states back, those of dependent formulas too."""

    def __init__(self, restore: Restore, before: Sequence[Change], text: str) -> None:
        super().__init__(text)
        self._restore = restore
        self._changes = before
        self._is_done = True

    def move_to(self, file: str, sheets: Collection[str]) -> bool:
        """The workbook lives in another file now; False when this step cannot be taken back there."""
        if not all(ref.sheet in sheets for ref, _ in self._changes):
            return False
        self._changes = [(ref._replace(file=file), state) for ref, state in self._changes]
        return True

    def redo(self) -> None:
        """Do it again; the first time, when ``QUndoStack.push`` calls this, it has been done."""
        if not self._is_done:
            self._changes = self._restore(self._changes)
        self._is_done = False

    def undo(self) -> None:
        """Take it back."""
        self._changes = self._restore(self._changes)
