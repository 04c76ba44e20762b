"""What is kept of a unit beside its files.

The journal of a session that was cut off, and the history of what was opened and saved.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session.disk import cell_changes, is_taken
from gui.session.jobs import Pause
from workbook.errors import InputError, JuesuanError, sentence
from workbook.log import LOGGER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.session.session import Session
    from workbook.companion.changes import Piece
    from workbook.companion.model import Companion
    from workbook.editing.cells import Difference
    from workbook.editing.kept import History, Journal, Recovered, State, Texts

_RESTORED = "恢复未保存的修改"
DELAY_MS = 150
"""How soon after an edit the recovery journal is written."""
LASTING_MS = 400
"""How soon after that a failure of the power cannot harm it."""


class Recovery(QObject):
    """The recovery journal of a session."""

    recovered = Signal(object)
    """What an earlier session left (:class:`workbook.editing.kept.Recovered`) was done again."""
    left_over = Signal(object)
    """It was found, but belongs to an earlier state of the files: :meth:`redo` does it all the same."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session)
        self._session, self._folder = session, folder / "recovery"
        self.soon = Pause(self, DELAY_MS, self._keep)
        """Touched when cells were edited."""
        self._later = Pause(self, LASTING_MS, self._make_last, latest=LASTING_MS)
        self._typed: Companion | None = None
        """The newest state of the 底稿, while its file does not hold all of it."""
        self._kept: Texts | None = None
        """What the journal holds of it."""

    @cached_property
    def journal(self) -> Journal:
        """Where it is kept."""
        from workbook.editing.kept import Journal

        return Journal(self._folder)

    def _keep(self) -> None:
        session = self._session
        if session.editor is None or not session.claim.renew():
            return  # another window has the file: the journal is that one's
        try:
            self.journal.write(session.editor)
            self._later.touch()
        except JuesuanError as error:
            session.failed.emit(sentence(error))

    # ------------------------------------------------------------ the 底稿, key by key
    def typing(self, companion: Companion) -> None:
        """The 底稿 as it is, or would be with what is being typed: kept until it is in its file."""
        self._typed = companion
        self.keep_texts()

    def keep_texts(self) -> None:
        """Keep what the file does not hold; nothing, once it holds all."""
        session, store, typed = self._session, self._session.store, self._typed
        if typed is None or not session.is_open or not session.claim.is_ours:
            return
        from workbook.companion.changes import pieces_between
        from workbook.companion.model import Companion
        from workbook.editing.kept import Texts

        (standing, base), path = store.standing, session.accounts.path
        pieces = pieces_between(standing or Companion(typed.path, typed.form), typed)
        if not pieces:
            self.forget_texts()
        elif (kept := Texts(base, tuple(pieces))) != self._kept:
            with suppress(JuesuanError):  # the 底稿 itself is still to be written
                self.journal.keep_texts(path, kept)
                self._kept = kept
                self._later.touch()

    def forget_texts(self) -> None:
        """Give up what is typed into the 底稿 and not in its file."""
        self._typed = self._kept = None
        if self._session.path is not None:
            self.journal.discard_texts(self._session.path)

    def _make_last(self) -> None:
        """What is kept outlasts a failure of the power, too."""
        if (path := self._session.path) is not None:
            self._session.jobs.start(lambda: self.journal.make_last(path), quiet=True)

    # ------------------------------------------------------------ an earlier session
    def waiting(self) -> tuple[Recovered, ...]:
        """What earlier sessions left of workbooks that no window has open, newest first."""
        if not any(self._folder.glob("*.json")):  # the engine is not loaded for nothing
            return ()
        return tuple(found for found in self.journal.all() if found.words() and not is_taken(found.path))

    def look(self) -> None:
        """A unit was opened: do again what an earlier session left, where the files are still the same."""
        session = self._session
        self._typed = self._kept = None
        found = self.journal.read(session.accounts.path) if session.claim.is_ours else None
        if found is None:
            return
        has_cells, texts = bool(found.changes) and found.sha256 == session.accounts.source.sha256, found.texts
        if has_cells:
            session.cells.put_back(found.changes, _RESTORED)
        has_texts, left = self._put_back(texts) if texts is not None else (False, ())
        done = replace(found, changes=found.changes if has_cells else (), texts=texts if has_texts else None)
        kept = replace(texts, pieces=left) if texts is not None and left else None
        rest = replace(found, changes=() if has_cells else found.changes, texts=kept)
        if done.words():
            self.recovered.emit(done)
        if rest.words():
            self.left_over.emit(rest)

    def redo(self, found: Recovered) -> None:
        """Make edits of an earlier session again, cells as one step that can be undone."""
        if found.changes:
            self._session.cells.put_back(found.changes, _RESTORED)
        if found.texts is not None:
            self._put_back(found.texts, forced=True)

    def _put_back(self, texts: Texts, *, forced: bool = False) -> tuple[bool, tuple[Piece, ...]]:
        """Make the 底稿 with what it held; whether that is another than it was, and what could not be taken."""
        from workbook.companion.changes import pieces_between, with_pieces

        session, (_, base) = self._session, self._session.store.standing
        before = session.companion_or_new()
        companion, left = with_pieces(before, texts.pieces, same_file=texts.base == base, forced=forced)
        is_other = bool(pieces_between(before, companion))
        if is_other:
            session.set_companion(companion)
        elif not left:
            self.journal.discard_texts(session.accounts.path)
        return is_other, tuple(left)

    def carry_over(self) -> None:
        """Read the workbook anew, which another program changed, and make the edits that are not saved in it again.

        Raises ``InputError`` when its rows or columns are others, so that an edit would go to another amount.
        """
        session = self._session
        editor, path = session.open_editor(), session.accounts.path
        changes = [(ref, state) for ref, state in editor.edits.items() if not state.is_formula]
        loaded = session.opener.load(path)
        moved = [ref for ref, _ in changes if loaded[1].sheet(ref) is None or loaded[1].key(ref) != editor.key(ref)]
        if moved:
            raise InputError(path, f"行列已在别处改动，{moved[0]} 等 {len(moved)} 格对不上", "请把这里的另存为其他文件，再逐处核对")
        self.journal.discard_cells(path)
        session.take_loaded(loaded)
        session.cells.put_back(changes, "保留这里的改动")
        self.soon.flush()

    def forget(self) -> None:
        """Give up what is not saved."""
        self.soon.stop()
        self._typed = self._kept = None
        self._session.store.drop()
        if self._session.path is not None:
            self.journal.discard(self._session.path)


TEXTS_SECONDS = 600
"""The 底稿 is written all the time: so often at most a state of it is noted."""


class UnitHistory(QObject):
    """What was opened and saved of a session's unit."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session)
        self._session, self._folder = session, folder / "history"
        self._noted = 0.0
        session.ahead.connect(lambda: self.note("打开"))
        session.saving.saved.connect(lambda _: self.note("保存"))
        session.store.saved.connect(lambda: self.note("底稿保存") if time.monotonic() - self._noted > TEXTS_SECONDS else None)

    @cached_property
    def _history(self) -> History:
        from workbook.editing.kept import History

        return History(self._folder)

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

        session.jobs.start(work, quiet=True)

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

    def take_texts(self, state: State) -> bool:
        """Take the 底稿 as it was, if there was one; how it is now is noted first.  Raises ``JuesuanError``."""
        companion = self._companion(state)
        if companion is not None:
            self._session.store.flush()
            self.note("取回以前的底稿之前")
            self._session.set_companion(companion)
        return companion is not None
