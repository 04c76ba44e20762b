"""Undo steps: one for each thing the user did to the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from workbook.editing.session import Change


class Apply(Protocol):
    """Applies changes and returns what takes them back."""

    def __call__(self, changes: Sequence[Change], *, is_first: bool) -> list[Change]: ...


class EditCommand(QUndoCommand):
    """Cells changed together; undoing puts their former states back, those of dependent formulas too."""

    def __init__(self, apply: Apply, changes: Sequence[Change], text: str) -> None:
        super().__init__(text)
        self._apply = apply
        self._changes = changes
        self._is_first = True

    def move_to(self, file: str, sheets: Collection[str]) -> bool:
        """The workbook lives in another file now; False when this step cannot be taken back there."""
        if not all(ref.sheet in sheets for ref, _ in self._changes):
            return False
        self._changes = [(ref._replace(file=file), state) for ref, state in self._changes]
        return True

    def redo(self) -> None:
        """Do it (also the first time: ``QUndoStack.push`` calls this)."""
        self._changes = self._apply(self._changes, is_first=self._is_first)
        self._is_first = False

    def undo(self) -> None:
        """Take it back."""
        self._changes = self._apply(self._changes, is_first=False)
