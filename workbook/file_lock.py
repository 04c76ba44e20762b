"""Locks between processes: files that the operating system frees when their holder ends, however it ends."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SUFFIX = ".juesuan.lock"
_PAUSE = 0.02
_BYTE = 1 << 30
"""On Windows a locked byte cannot be read by others: one that lies behind every content is locked."""
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def try_lock(descriptor: int) -> bool | None:
    """Lock an open file without waiting: true, false (another holds it), or ``None`` where the disk knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            before = os.lseek(descriptor, 0, os.SEEK_CUR)
            os.lseek(descriptor, _BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(descriptor, before, os.SEEK_SET)  # what is written next belongs where it belonged
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _BUSY else None
    return True


class Held:
    """A lock file that this process holds; its content tells others about the holder."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self.file, self._descriptor = file, descriptor

    def write(self, text: str) -> None:
        """Tell others who holds it."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text.encode())

    def release(self) -> None:
        """Give it up; the file goes."""
        if self._descriptor < 0:
            return
        descriptor, self._descriptor = self._descriptor, -1
        if sys.platform == "win32":
            os.close(descriptor)
        with suppress(OSError):
            self.file.unlink()
        if sys.platform != "win32":
            os.close(descriptor)


def take(file: Path) -> Held | None:
    """Make and hold the lock *file*; ``None`` when another process (or window) holds it.  Raises ``OSError``."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
        if try_lock(descriptor) is False:
            os.close(descriptor)
            return None
        with suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                return Held(file, descriptor)
        os.close(descriptor)  # its former holder removed the file between the two calls


@contextmanager
def saving(path: Path, patience: float = 10.0) -> Iterator[None]:
    """While this process looks at *path* and replaces it, no other of ours does.

    Raises ``OSError`` where no lock file can be made, ``TimeoutError`` when another is not done within *patience* seconds.
    """
    file = path.with_name(f".{path.name[:30]}-{hashlib.sha256(path.name.encode(errors='surrogatepass')).hexdigest()[:8]}{LOCK_SUFFIX}")
    until = time.monotonic() + patience
    while (held := take(file)) is None:
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "另一个程序正在保存", str(path))
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        held.release()
