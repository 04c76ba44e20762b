"""A timer for what follows typing: it waits for a pause, but not longer than a while in all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

LATEST_MS = 500
"""Who types without a pause is not left unsaved longer than this."""


class Pause(QTimer):
    """Calls *then* when :meth:`touch` was not called for *delay* milliseconds, or *latest* after its first call."""

    def __init__(self, parent: QObject, delay: int, then: Callable[[], object], latest: int = LATEST_MS) -> None:
        super().__init__(parent, singleShot=True)
        self._delay, self._latest, self._since = delay, max(latest, delay), 0.0
        self._then = then
        self.timeout.connect(then)

    def touch(self) -> None:
        """Something was done: wait anew."""
        now = time.monotonic() * 1000
        if not self.isActive():
            self._since = now
        self.start(max(0, min(self._delay, round(self._since + self._latest - now))))

    def flush(self) -> None:
        """Do not wait any longer."""
        if self.isActive():
            self.stop()
            self._then()
