"""Saving files safely, and the locks between processes.

A file is saved atomically, with a backup of the original, never over someone else's change.
A lock is a file that the operating system frees when its holder ends, however it ends.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from workbook.errors import InputError, system_words

_TEMPORARY = ".juesuan.tmp"
_WRITABLE = 0o222
LOCK_SUFFIX = ".juesuan.lock"
_PAUSE = 0.02
_BYTE = 1 << 30
"""On Windows a locked byte cannot be read by others: one that lies behind every content is locked."""
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_cleaned: set[Path] = set()
"""Folders in which what killed runs left was removed."""


class ReadOnlyError(InputError):
    """The file is there and marked read-only; its owner may want it replaced all the same."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "文件是只读的，没有覆盖", "请另存为其他文件名，或先取消文件的只读属性")


class ChangedError(InputError):
    """The file is not the one that was read: another program wrote, or made, it meanwhile."""


def write_atomically(path: Path, data: bytes | BinaryIO, *, over_read_only: bool = False) -> None:
    """Write *data* (what an open file holds, if it is one) to *path*: a temporary file beside it, fsync, replace.

    Through a symbolic link the real file is written.

    Mode and owner of a file that is replaced stay.  Raises :class:`InputError` (:class:`ReadOnlyError`).
    """
    real = _real(path)
    try:
        before = real.stat()
    except OSError:
        before = None
    if before is not None and not before.st_mode & _WRITABLE and not over_read_only:
        raise ReadOnlyError(path)
    _replace(path, real, data, before)


def _replace(path: Path, real: Path, data: bytes | BinaryIO, like: os.stat_result | None) -> None:
    """Write and rename; the new file gets mode and owner of *like*."""
    clean(real.parent)
    try:
        handle, temporary = _temporary(real)
    except OSError as error:
        raise not_written(path, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            if isinstance(data, bytes):
                stream.write(data)
            else:
                shutil.copyfileobj(data, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(like.st_mode & 0o777 if like is not None else 0o666 & ~_umask())
        if like is not None and hasattr(os, "chown") and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(OSError):  # only root may give files away
                os.chown(temporary, like.st_uid, like.st_gid)
        temporary.replace(real)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(real.parent)


def _temporary(real: Path) -> tuple[int, Path]:
    """A new file beside *real*, locked while it is written: others know by that that its writer lives."""
    import tempfile

    while True:
        handle, name = tempfile.mkstemp(prefix=f".{real.stem[:40]}-", suffix=_TEMPORARY, dir=real.parent)
        try_lock(handle)
        if os.path.exists(name):  # noqa: PTH110  # another may have taken it for a dead one before it was locked
            return handle, Path(name)
        os.close(handle)


def clean(folder: Path) -> None:
    """Remove what killed runs left in *folder*: temporary and lock files that no living process holds (looked at once)."""
    if folder in _cleaned:
        return
    _cleaned.add(folder)
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and entry.name.endswith((_TEMPORARY, LOCK_SUFFIX)):
                _remove_dead(Path(entry.path))


def _remove_dead(file: Path) -> None:
    with suppress(OSError):
        handle = os.open(file, os.O_RDWR)
        try:
            is_dead = try_lock(handle)
            if os.name == "posix" and is_dead:
                file.unlink()
        finally:
            os.close(handle)
        if os.name != "posix":  # Windows refuses while anybody has it open
            file.unlink()


def _real(path: Path) -> Path:
    """The file that is meant: behind symbolic links, also where nothing is there yet."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def not_written(path: Path, error: OSError) -> InputError:
    """What to say when *path* cannot be written."""
    if isinstance(error, PermissionError):
        program = {".docx": "Word/WPS", ".pdf": "PDF 阅读器"}.get(path.suffix.lower(), "Excel/WPS")
        return InputError(path, "无法写入（文件正被其他程序打开，或没有写入权限）", f"请先在 {program} 中关闭该文件，或换一个有写入权限的文件夹")
    if isinstance(error, FileNotFoundError):
        return InputError(path, "要写入的文件夹不存在", "请先建立文件夹")
    return InputError(path, f"无法写入（{system_words(error)}）", "请检查磁盘空间和文件夹后重试")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can (not on Windows)."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def backup(path: Path) -> Path:
    """Keep a copy of the file as ``<name>.bak`` beside it (``.1.bak`` … when that holds something else).

    The suffix keeps the copy from being taken for a workbook of its own; its mode and owner are the file's.
    """
    data = path.read_bytes()
    number = 0
    while True:
        target = path.with_name(f"{path.name}.{number}.bak" if number else f"{path.name}.bak")
        if not target.exists():
            _replace(target, target, data, path.stat())
            return target
        if target.stat().st_size == len(data) and target.read_bytes() == data:
            return target
        number += 1


def owner_file(path: Path) -> Path | None:
    """The lock file that Excel or WPS (``~$…``) or LibreOffice (``.~lock.…#``) keeps while it has *path* open."""
    names = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return next((p for name in names if (p := path.with_name(name)).exists()), None)


def save_over(
    path: Path, data: bytes, read_sha256: str, *, keep_backup: bool = True, over_read_only: bool = False
) -> Path | None:
    """Replace the file that was read with the hash *read_sha256* by *data*; returns the backup made.

    Raises :class:`InputError` when the file is open elsewhere, was changed since, or cannot be written: of two processes
    that save one file at the same time, the second finds it changed.
    """
    real = _real(path)
    if owner_file(real) is not None:
        raise InputError(path, "文件正在 Excel/WPS 中打开，不能保存", "请先在 Excel/WPS 中关闭该文件，或另存为其他文件名")
    try:
        with saving(real):
            try:
                current = real.read_bytes()
            except OSError as error:
                raise InputError(path, f"无法读取原文件（{system_words(error)}）", "请另存为其他文件名") from error
            if hashlib.sha256(current).hexdigest() != read_sha256:
                raise ChangedError(path, "文件在打开之后被其他程序修改过，没有覆盖", "请重新打开后再改，或另存为其他文件名")
            if not real.stat().st_mode & _WRITABLE and not over_read_only:
                raise ReadOnlyError(path)
            kept = backup(real) if keep_backup else None
            write_atomically(path, data, over_read_only=over_read_only)
            return kept
    except OSError as error:
        raise not_written(path, error) from error


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not be there yet.  Raises :class:`InputError`, also when another made it meanwhile."""
    real = _real(path)
    try:
        with saving(real):
            if real.exists():
                raise ChangedError(path, "同名的文件已由其他程序建立，没有覆盖", "请重新载入后再改")
            write_atomically(path, data)
    except OSError as error:
        raise not_written(path, error) from error


# ------------------------------------------------------------ locks


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


class LockFile:
    """A lock file, which one process (or window) holds at a time; its content tells others about the holder."""

    def __init__(self, file: Path) -> None:
        self.file, self._descriptor = file, -1

    @property
    def is_held(self) -> bool:
        return self._descriptor >= 0

    def take(self, who: str = "") -> bool:
        """Make and hold it, and write into it *who* does; false when another holds it.  Raises ``OSError``."""
        while not self.is_held:
            descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o666)
            if try_lock(descriptor) is False:
                os.close(descriptor)
                return False
            with suppress(OSError):
                if os.path.samestat(os.fstat(descriptor), self.file.stat()):
                    self._descriptor = descriptor
                    continue
            os.close(descriptor)  # its former holder removed the file between the two calls
        if who:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, who.encode())
        return True

    def release(self) -> None:
        """Give it up; the file goes."""
        if not self.is_held:
            return
        descriptor, self._descriptor = self._descriptor, -1
        if sys.platform == "win32":
            os.close(descriptor)
        with suppress(OSError):
            self.file.unlink()
        if sys.platform != "win32":
            os.close(descriptor)


@contextmanager
def saving(path: Path, patience: float = 10.0) -> Iterator[None]:
    """While this process looks at *path* and replaces it, no other of ours does.

    Raises ``OSError`` where no lock file can be made, ``TimeoutError`` when another is not done within *patience* seconds.
    """
    digest = hashlib.sha256(path.name.encode(errors="surrogatepass")).hexdigest()[:8]
    lock = LockFile(path.with_name(f".{path.name[:30]}-{digest}{LOCK_SUFFIX}"))
    until = time.monotonic() + patience
    while not lock.take():
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "另一个程序正在保存", str(path))
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()
