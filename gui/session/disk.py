"""The open files on the disk: which window has them, what other programs do to them, and what differs then."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import weakref
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QFileSystemWatcher, QObject, Signal

from gui.session.jobs import Pause
from workbook.errors import JuesuanError
from workbook.safe_save import LOCK_SUFFIX, LockFile, clean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gui.session.session import Session
    from workbook.companion.model import Companion
    from workbook.editing.cells import Difference
    from workbook.editing.session import EditSession
    from workbook.formats.source import RawSheet
    from workbook.reading.accounts import Accounts


class Claim:
    """A lock file beside the workbook while it is open; the system frees it when the program ends, however it ends."""

    def __init__(self) -> None:
        self._lock: LockFile | None = None
        self.is_ours = True
        """Whether no other window had the workbook before."""
        self.other = ""
        """Who has it: ``张三（办公室电脑），14:02 起``."""

    def take(self, workbook: Path) -> None:
        """Another workbook is open now."""
        self.release()
        self._lock = _lock(workbook)
        weakref.finalize(self, self._lock.release)  # also when the program ends without closing it
        clean(workbook.parent)
        self.renew()

    def renew(self) -> bool:
        """Try again to have it; whether it is ours.  Where no lock can be made (a read-only folder), nobody is told."""
        if self._lock is not None and not self._lock.is_held:
            self.is_ours = True
            with suppress(OSError):
                who = {
                    "user": os.environ.get("USERNAME") or os.environ.get("USER", ""), "host": platform.node(),
                    "time": f"{datetime.now().astimezone():%H:%M}"}
                self.is_ours = self._lock.take(json.dumps(who, ensure_ascii=False))
            self.other = "" if self.is_ours else _holder(self._lock.file)
        return self.is_ours

    def release(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock, self.is_ours, self.other = None, True, ""


def is_taken(workbook: Path) -> bool:
    """Whether a window has the workbook open."""
    lock = _lock(workbook)
    with suppress(OSError):
        if lock.file.exists():
            is_free = lock.take()
            lock.release()
            return not is_free
    return False


def _lock(workbook: Path) -> LockFile:
    return LockFile(workbook.with_name(f".~{workbook.name[:60]}{LOCK_SUFFIX}"))


def _holder(file: Path) -> str:
    try:
        who = json.loads(file.read_text("utf-8"))
        return f"{str(who['user'])[:40]}（{str(who['host'])[:40]}），{str(who['time'])[:5]} 起"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


SETTLED_MS = 400
"""Programs write in several steps: the files are looked at when they rest."""
_NAMED = 2


class DiskState(NamedTuple):
    """What lies on the disk instead of what was read."""

    workbook: tuple[Path, ...] = ()
    """Files of the workbook that are others, or gone."""
    is_gone: bool = False
    """Whether the first of them is not there any more."""
    companion: bool = False
    """Whether the 底稿 is another."""
    differences: tuple[Difference, ...] = ()
    """What is otherwise in them than when they were read."""
    mark: str = ""
    """Another for every other state."""

    def words(self) -> str:
        """``3 处不同：公开02!C9 2.25 → 3、…``; empty when no cell that is read differs."""
        if not self.differences:
            return ""
        named = "；".join(d.words() for d in self.differences[:_NAMED])
        return f"{len(self.differences)} 处不同：{named}{'……' if len(self.differences) > _NAMED else ''}"


class DiskWatch(QObject):
    """Watches the files of a session."""

    changed = Signal(object)
    """The :class:`DiskState` is another than it was last time."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.now = DiskState()
        self._watcher = QFileSystemWatcher(self)
        self._soon = Pause(self, SETTLED_MS, self.look, latest=5 * SETTLED_MS)
        self._watcher.fileChanged.connect(self._soon.touch)
        self._watcher.directoryChanged.connect(self._soon.touch)
        session.opened.connect(self._opened)
        session.closed.connect(self._opened)
        session.saving.saved.connect(self.look)
        session.store.saved.connect(self._watch)

    def _opened(self) -> None:
        self.now = DiskState()
        self._watch()

    def _watch(self) -> None:
        """Watch the files that are open (a file that was replaced must be named anew), and their folders."""
        session = self._session
        wanted: set[str] = set()
        if session.editor is not None:
            files = [*session.editor.hashes, session.companion_or_new().path]
            wanted = {str(p) for file in files for p in (file, file.parent) if p.exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if gone := sorted(watched - wanted):
            self._watcher.removePaths(gone)
        if new := sorted(wanted - watched):
            self._watcher.addPaths(new)

    # ------------------------------------------------------------ looking
    def look(self) -> None:
        """Look whether the files are others now; ``changed`` follows when they are."""
        if (editor := self._session.editor) is not None:
            before = self._known()
            self._session.jobs.start(lambda: self._state(editor), lambda state: self._looked(state, before), quiet=True)

    def look_now(self) -> DiskState:
        """The same before returning: before anything is made from what was read."""
        if (editor := self._session.editor) is not None:
            before = self._known()
            self._looked(self._session.jobs.wait_for(lambda: self._state(editor)), before)
        return self.now

    def _known(self) -> object:
        """What is known of the files: a look that another opening or a save overtook says nothing."""
        session = self._session
        return session.editor, dict(session.editor.hashes) if session.editor is not None else {}, session.saving.is_writing

    def _looked(self, state: DiskState, before: object) -> None:
        if self._session.editor is None:
            return
        if before != self._known():
            self._soon.touch()
            return
        self._watch()
        if state.mark != self.now.mark:
            self.now = state
            self.changed.emit(state)

    def _state(self, editor: EditSession) -> DiskState:
        """What differs (on the worker)."""
        changed = tuple(path for path, known in editor.hashes.items() if file_hash(path) != known)
        with self._session.store.resting:
            companion = self._session.store.on_disk
            text_hash = file_hash(companion.path) if companion is not None else ""
        is_other = companion is not None and text_hash not in ("", companion.sha256)
        if not changed and not is_other:
            return DiskState()
        differences: list[Difference] = []
        with suppress(JuesuanError, OSError):
            if changed:
                differences += _cells(editor)
        with suppress(JuesuanError, OSError):
            if is_other and companion is not None:
                differences += _texts(companion, editor)
        mark = "|".join((*(f"{path}={file_hash(path)}" for path in changed), text_hash if is_other else ""))
        return DiskState(changed, bool(changed) and not changed[0].exists(), is_other, tuple(differences), mark)


def file_hash(path: Path) -> str:
    """The file's hash, looked up again only when size, time or place of the file changed; empty when it is gone."""
    try:
        found = path.stat()
        return _hash(path, found.st_size, found.st_mtime_ns, found.st_ino)
    except OSError:
        return ""


@lru_cache(maxsize=64)
def _hash(path: Path, *_known_by: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cell_changes(accounts: Accounts, before: Iterable[RawSheet], after: Iterable[RawSheet]) -> list[Difference]:
    """The cells of a workbook that differ, by the codes of its tables."""
    from workbook.editing.cells import cell_differences

    codes = {t.sheet.name: code for code, t in accounts.tables.items()}
    return [replace(d, sheet=codes.get(d.sheet, d.sheet)) for d in cell_differences(before, after)]


def _cells(editor: EditSession) -> list[Difference]:
    from workbook.formats.source import open_source

    return cell_changes(editor.accounts, editor.saved.values(), open_source(editor.accounts.path).sheets)


def _texts(before: Companion, editor: EditSession) -> list[Difference]:
    from workbook.companion.changes import companion_differences
    from workbook.companion.read import read_companion

    after, _ = read_companion(before.path, editor.accounts.pack)
    return companion_differences(before, after)
