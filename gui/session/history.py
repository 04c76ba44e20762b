"""The history of the open unit: noted when it is opened and saved, compared with now, taken back."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.session.disk import cell_changes
from gui.session.messages import sentence
from gui.session.recovery import user_data
from workbook.errors import JuesuanError
from workbook.log import LOGGER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.session.session import Session
    from workbook.companion.model import Companion
    from workbook.editing.cell_states import Difference
    from workbook.editing.history import History, State

TEXTS_SECONDS = 600
"""The 底稿 is written all the time: so often at most a state of it is noted."""


class UnitHistory(QObject):
    """What was opened and saved of a session's unit."""

    def __init__(self, session: Session, folder: Path | None) -> None:
        super().__init__(session)
        self._session, self._folder = session, folder
        self._noted = 0.0
        session.ahead.connect(lambda: self.note("打开"))
        session.saving.saved.connect(lambda _: self.note("保存"))
        session.store.saved.connect(self._texts_saved)

    @cached_property
    def _history(self) -> History:
        from workbook.editing.history import History

        return History((self._folder or user_data()) / "history")

    def states(self) -> tuple[State, ...]:
        """The states of the open unit, newest first."""
        return self._history.states(self._session.accounts.path)

    def note(self, what: str) -> None:
        """Keep the files as they are now (on the worker)."""
        session = self._session
        if session.editor is None:
            return
        self._noted = time.monotonic()
        workbook, files, companion = session.accounts.path, tuple(session.editor.hashes), session.companion_or_new().path

        def work() -> None:
            try:
                self._history.note(workbook, what, files, companion)
            except (JuesuanError, OSError) as error:
                LOGGER.warning("history not kept: %s", sentence(error))

        session.jobs.start(work, lambda _: None, quiet=True)

    def _texts_saved(self) -> None:
        if time.monotonic() - self._noted > TEXTS_SECONDS:
            self.note("底稿保存")

    # ------------------------------------------------------------ then and now
    def differences(self, state: State) -> tuple[list[Difference], list[Difference]]:
        """What is otherwise now: cells of the tables, and texts of the 底稿.  Raises ``JuesuanError``."""
        from workbook.companion.changes import companion_differences
        from workbook.formats.source import open_source

        session = self._session
        accounts = session.accounts
        before = [
            replace(sheet, file=sheet.file.with_name(name))
            for name, sha256 in state.files.items() for sheet in open_source(self._history.file(accounts.path, sha256)).sheets]
        cells = cell_changes(accounts, before, accounts.source.sheets)
        companion = self._companion(state)
        return cells, companion_differences(companion, session.companion_or_new()) if companion is not None else []

    def _companion(self, state: State) -> Companion | None:
        from workbook.companion.read import read_companion

        session = self._session
        if not state.companion:
            return None
        now = session.companion_or_new()
        with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
            copy = Path(folder) / now.path.name  # its entries know their file by this name
            shutil.copyfile(self._history.file(session.accounts.path, state.companion), copy)
            return replace(read_companion(copy, session.accounts.pack)[0], path=now.path)

    def take_cells(self, state: State, chosen: Sequence[Difference]) -> int:
        """Put the cells back as they were, as one step that can be undone; how many (formulas follow by themselves)."""
        changes = [(d.ref, d.state) for d in chosen if d.ref is not None and d.state is not None and not d.state.is_formula]
        if changes:
            self._session.cells.put_back(changes, f"取回 {state.time:%m月%d日 %H:%M} 的内容")
        return len(changes)

    def take_texts(self, state: State) -> None:
        """Take the 底稿 as it was; how it is now is noted first.  Raises ``JuesuanError``."""
        companion = self._companion(state)
        if companion is not None:
            self._session.store.flush()
            self.note("取回以前的底稿之前")
            self._session.set_companion(companion)
