"""Which window has a workbook: the first that opened it; others are told."""

from __future__ import annotations

import json
import platform
import weakref
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from workbook.file_lock import LOCK_SUFFIX, Held, take
from workbook.safe_save import clean

if TYPE_CHECKING:
    from pathlib import Path


class Claim:
    """A lock file beside the workbook while it is open; the system frees it when the program ends, however it ends."""

    def __init__(self) -> None:
        self._held: Held | None = None
        self._file: Path | None = None
        self.is_ours = True
        """Whether no other window had the workbook before."""
        self.other = ""
        """Who has it: ``张三（办公室电脑），14:02 起``."""

    def take(self, workbook: Path) -> None:
        """Another workbook is open now."""
        self.release()
        self._file = _file(workbook)
        self.renew()

    def renew(self) -> bool:
        """Try again to have it; whether it is ours.  Where no lock can be made (a read-only folder), nobody is told."""
        if self._held is not None or self._file is None:
            return self.is_ours
        self.is_ours = True
        clean(self._file.parent)
        with suppress(OSError):
            self._held = take(self._file)
            self.is_ours = self._held is not None
            if self._held is not None:
                weakref.finalize(self, self._held.release)  # also when the program ends without closing it
                who = {"user": _user(), "host": platform.node(), "time": f"{datetime.now().astimezone():%H:%M}"}
                self._held.write(json.dumps(who, ensure_ascii=False))
        self.other = "" if self.is_ours else _words(self._file)
        return self.is_ours

    def release(self) -> None:
        """The workbook is closed."""
        if self._held is not None:
            self._held.release()
        self._held = self._file = None
        self.is_ours, self.other = True, ""


def is_taken(workbook: Path) -> bool:
    """Whether a window has the workbook open."""
    file = _file(workbook)
    with suppress(OSError):
        if file.exists():
            held = take(file)
            if held is None:
                return True
            held.release()
    return False


def _file(workbook: Path) -> Path:
    return workbook.with_name(f".~{workbook.name[:60]}{LOCK_SUFFIX}")


def _user() -> str:
    import getpass  # not before the first painting

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in the system's list
        return ""


def _words(file: Path) -> str:
    try:
        who = json.loads(file.read_text("utf-8"))
        return f"{str(who['user'])[:40]}（{str(who['host'])[:40]}），{str(who['time'])[:5]} 起"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
