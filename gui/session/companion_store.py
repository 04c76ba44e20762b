"""Keeping the 底稿 on disk up to date: written a moment after the last change, never twice at once."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gui.session.messages import sentence
from workbook.errors import JuesuanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.jobs import Jobs
    from workbook.companion.model import Companion
    from workbook.issues import Issue
    from workbook.pack.loading import Pack

DELAY_MS = 800
"""How long after the last change the 底稿 is written."""


class CompanionStore(QObject):
    """Writes a 底稿 behind the user's back, newest state only."""

    saved = Signal()
    """Written to disk."""
    failed = Signal(str)
    """Not written: one sentence.  It stays dirty and is tried again at the next change."""
    about_to_flush = Signal()
    """Everything is to be on disk now: pages hand over what is still being typed."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._lock = threading.Lock()
        self._wanted = 0
        self._written = 0
        self._pending: tuple[Companion, Pack] | None = None
        self.on_disk: Companion | None = None
        """The 底稿 as it was read last: every entry knows its cell."""
        self.remarks: tuple[Issue, ...] = ()
        """What could not be read in it."""
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._save)

    @property
    def is_dirty(self) -> bool:
        """Whether the newest state is not on disk yet."""
        return self._pending is not None

    def reset(self, companion: Companion | None, remarks: tuple[Issue, ...] = ()) -> None:
        """Another 底稿 was read (``None``: there is no file yet)."""
        self._timer.stop()
        self._pending = None
        self.on_disk, self.remarks = companion, remarks

    def changed_on_disk(self) -> bool:
        """Whether another program changed the file since it was read or written here."""
        if self.on_disk is None:
            return False
        try:
            data = self.on_disk.path.read_bytes()
        except OSError:
            return False
        return hashlib.sha256(data).hexdigest() != self.on_disk.sha256

    def put(self, companion: Companion, pack: Pack) -> None:
        """Write *companion* soon."""
        self._wanted += 1
        self._pending = (companion, pack)
        self._timer.start()

    def flush(self) -> bool:
        """Write what is pending before returning; whether the disk holds the newest state."""
        self.about_to_flush.emit()
        self._timer.stop()
        if self._pending is None:
            return True
        try:
            number = self._jobs.wait_for(self._work(*self._pending))
        except (JuesuanError, OSError) as error:
            self.failed.emit(sentence(error))
            return False
        self._done(number)
        return True

    def _save(self) -> None:
        if self._pending is not None:
            self._jobs.start(self._work(*self._pending), self._done, lambda error: self.failed.emit(sentence(error)))

    def _work(self, companion: Companion, pack: Pack) -> Callable[[], int]:
        number = self._wanted

        def write() -> int:
            from workbook.companion.create import create_companion
            from workbook.companion.read import read_companion
            from workbook.companion.update import update_companion

            with self._lock:
                if number <= self._written:  # a newer state is on disk already
                    return number
                if self.on_disk is None:
                    create_companion(companion.path, companion, pack, replaces=False)
                else:
                    update_companion(self.on_disk, companion, pack)
                self.on_disk, self.remarks = read_companion(companion.path, pack)
                self._written = number
                return number

        return write

    def _done(self, number: int) -> None:
        if number == self._wanted:
            self._pending = None
        self.saved.emit()
