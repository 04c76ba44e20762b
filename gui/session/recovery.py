"""What a session that was cut off left in the journal: kept while one types, brought back when the unit is opened."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session.claim import is_taken
from gui.session.messages import sentence
from gui.session.pause import Pause
from workbook.errors import InputError, JuesuanError

if TYPE_CHECKING:
    from gui.session.session import Session
    from workbook.companion.model import Companion
    from workbook.editing.journal import Journal, Recovered, Texts
    from workbook.editing.typing import TypedTexts

_REASON, _BASE = "原因：", "："
"""What the places of typed texts begin with, and the place of the file that they are typed into."""
DELAY_MS = 150
"""How soon after an edit the recovery journal is on disk."""


class Recovery(QObject):
    """The recovery journal of a session."""

    recovered = Signal(object)
    """What an earlier session left (:class:`workbook.editing.journal.Recovered`) was done again."""
    left_over = Signal(object)
    """It was found, but belongs to an earlier state of the files: :meth:`redo` does it all the same."""

    def __init__(self, session: Session, folder: Path | None) -> None:
        super().__init__(session)
        self._session, self._folder = session, folder
        self._soon = Pause(self, DELAY_MS, self._keep)
        self._typed: TypedTexts | None = None

    @cached_property
    def journal(self) -> Journal:
        """Where it is kept."""
        from workbook.editing.journal import Journal

        return Journal((self._folder or user_data()) / "recovery")

    def keep_soon(self) -> None:
        """Cells were edited."""
        self._soon.touch()

    def _keep(self) -> None:
        session = self._session
        if session.editor is None or not session.claim.renew():
            return  # another window has the file: the journal is that one's
        try:
            self.journal.write(session.editor)
        except JuesuanError as error:
            session.failed.emit(sentence(error))

    # ------------------------------------------------------------ texts, key by key
    def typing_reason(self, slot: str, text: str) -> None:
        """A key was pressed in the reason of a slot."""
        self._typing(f"{_REASON}{slot}", text)

    def typing_entry(self, entry_id: str, text: str) -> None:
        """A key was pressed in a labelled entry."""
        self._typing(entry_id, text)

    def _typing(self, place: str, text: str) -> None:
        session = self._session
        if self._typed is None and session.is_open and session.claim.is_ours:
            from workbook.editing.typing import TypedTexts

            self._typed = TypedTexts(self._typed_file())
            self._note_base()
        if self._typed is not None:
            self._typed.note(place, text)

    def _typed_file(self) -> Path:
        return self.journal.file(self._session.accounts.path, ".typing")

    def _base(self) -> str:
        on_disk = self._session.store.on_disk
        return on_disk.sha256 if on_disk is not None else ""

    def _note_base(self) -> None:
        """Which file what follows is typed into."""
        if self._typed is not None:
            self._typed.note(_BASE, self._base())

    def texts_saved(self) -> None:
        """The 底稿 was written: what stands in it needs no keeping."""
        typed, companion = self._typed, self._session.companion
        if typed is None or companion is None:
            return
        standing = {place: self._standing(companion, place) for place in typed.texts if place != _BASE}
        typed.settle({**standing, _BASE: typed.texts.get(_BASE, "")})
        if typed.texts:
            self._note_base()
        else:
            self._typed = None

    @staticmethod
    def _standing(companion: Companion, place: str) -> str:
        if not place.startswith(_REASON):
            return companion.text(place).text
        row = companion.reason(place.removeprefix(_REASON))
        return row.text.text if row is not None else ""

    def _retype(self) -> bool:
        """Put texts that were being typed when a session was cut off into the 底稿; whether there were any."""
        from docgen.report.reason_issues import with_reason
        from workbook.editing.typing import typed_texts

        session, file = self._session, self._typed_file()
        found = typed_texts(file) if file.exists() else {}
        is_same, companion = found.pop(_BASE, "?") == self._base(), session.companion_or_new()
        new: dict[str, str] = {}
        for place, text in found.items():
            standing = self._standing(companion, place).strip()
            # Of a 底稿 that was written since, only what goes on with its words is taken.
            if text.strip() != standing and (is_same or (standing and text.startswith(standing))):
                new[place] = text.strip()
        for place, text in new.items():
            if place.startswith(_REASON):
                companion = with_reason(companion, place.removeprefix(_REASON), text)
            else:
                companion = companion.with_text(place, companion.text(place).with_text(text))
        if new:
            session.set_companion(companion)
        file.unlink(missing_ok=True)
        return bool(new)

    # ------------------------------------------------------------ an earlier session
    def waiting(self) -> tuple[Recovered, ...]:
        """What earlier sessions left of workbooks that no window has open, newest first."""
        folder = (self._folder or user_data()) / "recovery"
        if not any(folder.glob("*.json")):  # the engine is not loaded for nothing
            return ()
        return tuple(found for found in self.journal.all() if found.words() and not is_taken(found.path))

    def look(self) -> None:
        """A unit was opened: do again what an earlier session left, where the files are still the same."""
        session = self._session
        self._typed = None
        if not session.claim.is_ours:
            return
        found = self.journal.read(session.accounts.path)
        if found is None:
            if self._retype():
                session.noticed.emit("上次输入到一半的文字已放回底稿，请核对。")
            return
        has_cells = bool(found.changes) and found.sha256 == session.accounts.source.sha256
        on_disk = session.store.on_disk
        has_texts = found.texts is not None and found.texts.base == (on_disk.sha256 if on_disk is not None else "")
        done = replace(found, changes=found.changes if has_cells else (), texts=found.texts if has_texts else None)
        left = replace(found, changes=() if has_cells else found.changes, texts=None if has_texts else found.texts)
        if done.words():
            self.redo(done)
        self._retype()
        if done.words():
            self.recovered.emit(done)
        if left.words():
            self.left_over.emit(left)

    def redo(self, found: Recovered) -> None:
        """Make edits of an earlier session again, cells as one step that can be undone."""
        session = self._session
        if found.changes:
            session.cells.put_back(found.changes, "恢复未保存的修改")
        if found.texts is not None:
            try:
                session.set_companion(self.companion(found.texts))
            except JuesuanError as error:
                session.failed.emit(sentence(error))

    def companion(self, texts: Texts) -> Companion:
        """The 底稿 that a journal holds.  Raises ``JuesuanError``."""
        from workbook.companion.read import read_companion

        session = self._session
        with tempfile.TemporaryDirectory(prefix="juesuan-") as folder:
            copy = Path(folder) / texts.name
            copy.write_bytes(texts.data)
            companion, _ = read_companion(copy, session.accounts.pack)
        return replace(companion, path=session.companion_or_new().path)

    def carry_over(self) -> None:
        """Read the workbook anew, which another program changed, and make the edits that are not saved in it again.

        Raises ``InputError`` when its rows or columns are others, so that an edit would go to another amount.
        """
        session = self._session
        editor, path = session.open_editor(), session.accounts.path
        changes = tuple((ref, state) for ref, state in editor.edits.items() if not state.is_formula)
        loaded = session.opener.load(path)
        moved = [ref for ref, _ in changes if loaded[1].sheet(ref) is None or loaded[1].key(ref) != editor.key(ref)]
        if moved:
            raise InputError(path, f"行列已在别处改动，{moved[0]} 等 {len(moved)} 格对不上", "请把这里的另存为其他文件，再逐处核对")
        self.journal.discard_cells(path)
        session.take_loaded(loaded)
        session.cells.put_back(changes, "保留这里的改动")

    def forget(self) -> None:
        """Give up what is not saved."""
        self._soon.stop()
        if self._typed is not None:
            self._typed.forget()
            self._typed = None
        self._session.store.drop()
        if self._session.path is not None:
            self.journal.discard(self._session.path)


def user_data() -> Path:
    """The program's own folder in the user's data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("juesuan", appauthor=False))
