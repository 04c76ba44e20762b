"""Keeping the 底稿 on disk up to date: written a moment after the last change, never twice at once.

What cannot be written is tried again, until it is written or given up by the user.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.session.disk import file_hash
from gui.session.jobs import Pause
from workbook.errors import JuesuanError
from workbook.paths import companion_path
from workbook.safe_save import ChangedError, backup, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from gui.session.jobs import Jobs
    from workbook.companion.model import Companion
    from workbook.issues import Issue
    from workbook.pack.loading import Pack

DELAY_MS = 300
"""How long after the last change the 底稿 is written."""
AGAIN_MS = 2000
"""How soon what could not be written is tried again."""


class CompanionStore(QObject):
    """Writes a 底稿 behind the user's back, newest state only."""

    saved = Signal()
    """Written to disk."""
    changed = Signal()
    """:attr:`is_dirty` or :attr:`problem` may be another."""
    about_to_flush = Signal()
    """Everything is to be on disk now: pages hand over what is still being typed."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.resting = threading.Lock()
        """Held while the file is written and read again."""
        self._pending: tuple[Companion, Pack] | None = None
        """The newest state, while it is not known to be on the disk."""
        self._last: tuple[Companion, Pack] | None = None
        """What was written last."""
        self.on_disk: Companion | None = None
        """The 底稿 as it was read last: every entry knows its cell."""
        self.standing: tuple[Companion | None, str] = (None, "")
        """The same, as it was handed over to be written, and the hash of the file."""
        self.remarks: tuple[Issue, ...] = ()
        """What could not be read in it."""
        self.problem: Exception | None = None
        """Why the newest state could not be written; it goes only when it was."""
        self._soon = Pause(self, DELAY_MS, self._save, latest=DELAY_MS)
        self._again = Pause(self, AGAIN_MS, self._save)

    @property
    def is_dirty(self) -> bool:
        """Whether the newest state is not on disk yet."""
        return self._pending is not None

    def reset(self, companion: Companion | None, remarks: tuple[Issue, ...] = ()) -> None:
        """Another 底稿 was read, or this one anew (``None``: there is no file yet); what waits is given up."""
        self._soon.stop()
        self._again.stop()
        with self.resting:
            self._pending = self.problem = None
            self.on_disk, self.remarks = companion, remarks
            self.standing = companion, companion.sha256 if companion is not None else ""
        self.changed.emit()

    def changed_on_disk(self) -> bool:
        """Whether another program changed the file since it was read or written here."""
        return self.on_disk is not None and file_hash(self.on_disk.path) not in ("", self.on_disk.sha256)

    def put(self, companion: Companion, pack: Pack) -> None:
        """Write *companion* soon."""
        self._pending = (companion, pack)
        self._soon.touch()
        self.changed.emit()

    def flush(self, *, over: bool = False) -> bool:
        """Write what is pending before returning, *over* what another program wrote when asked.

        Whether the disk holds the newest state; when not, :attr:`problem` says why.
        """
        self.about_to_flush.emit()
        self._soon.stop()
        if self._pending is None:
            return True
        try:
            self._done(self._jobs.wait_for(partial(self._write, over=over)))
        except (JuesuanError, OSError) as error:
            self._failed(error)
        return self._pending is None

    def drop(self) -> None:
        """The user gives up what is not written."""
        self.reset(self.on_disk, self.remarks)

    def write_beside(self, workbook: Path) -> None:
        """The 底稿 as it is now for a copy of the workbook (off the GUI thread); one that lies there is kept as a backup."""
        with self.resting:
            companion, pack = self._pending or (self.on_disk, None)
            if companion is None:
                return
            target = companion_path(workbook)
            held = self.on_disk
            if target.exists() and held is not None and held.path.exists() and target.samefile(held.path):
                return
            if target.exists():
                backup(target)
            if self.on_disk is not None and self.on_disk.path.exists():
                write_atomically(target, self.on_disk.path.read_bytes())
            if pack is not None:
                _written(None, replace(companion, path=target), pack, over=True)

    def _save(self) -> None:
        if self._pending is not None:
            self._jobs.start(self._write, self._done, self._failed, quiet=True)

    def _write(self, *, over: bool = False) -> tuple[Companion, Pack] | None:
        """Write the newest state (on a worker), unless that is done, or it was given up; returns it."""
        with self.resting:
            pending = self._pending
            if pending is not None and pending is not self._last:
                self.on_disk, self.remarks = _written(self.on_disk, *pending, over=over)
                self._last, self.standing = pending, (pending[0], self.on_disk.sha256)
            return pending

    def _done(self, written: tuple[Companion, Pack] | None) -> None:
        if written is self._pending:
            self._pending = self.problem = None
            self._again.stop()
        self.saved.emit()
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        if self._pending is None:
            return
        self.problem = error
        if not isinstance(error, ChangedError):  # another program's file is not written over without being asked
            self._again.start()
        self.changed.emit()


def _written(
    before: Companion | None, after: Companion, pack: Pack, *, over: bool
) -> tuple[Companion, tuple[Issue, ...]]:
    """Write a 底稿 and read it: *before* is what the file held when it was read here (``None``: there was none)."""
    from workbook.companion.create import create_companion
    from workbook.companion.read import read_companion
    from workbook.companion.update import rewrite

    is_there = after.path.exists()
    if over and is_there:
        before, _ = read_companion(after.path, pack)
    if before is None or not is_there:
        create_companion(after.path, after, pack, replaces=False)
        return read_companion(after.path, pack)
    reading = rewrite(before, after, pack, keep_backup=over)  # what others wrote stays as a backup
    return reading.companion, reading.issues
