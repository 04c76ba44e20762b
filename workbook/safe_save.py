"""Saving files safely: atomically, with a backup of the original, never over someone else's change."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from workbook.errors import InputError, system_words


def write_atomically(path: Path, data: bytes) -> None:
    """Write *data* to *path*: a temporary file beside it, fsync, replace.  Raises :class:`InputError`."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise not_written(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


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


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can (not on Windows)."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def backup(path: Path) -> Path:
    """Keep a copy of the file as ``<name>.bak`` beside it (``.1.bak`` … when that holds something else).

    The suffix keeps the copy from being taken for a workbook of its own.
    """
    data = path.read_bytes()
    number = 0
    while True:
        target = path.with_name(f"{path.name}.{number}.bak" if number else f"{path.name}.bak")
        if not target.exists():
            write_atomically(target, data)
            return target
        if target.stat().st_size == len(data) and target.read_bytes() == data:
            return target
        number += 1


def owner_file(path: Path) -> Path | None:
    """The lock file that Excel or WPS (``~$…``) or LibreOffice (``.~lock.…#``) keeps while it has *path* open."""
    names = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return next((p for name in names if (p := path.with_name(name)).exists()), None)


def save_over(path: Path, data: bytes, read_sha256: str, *, keep_backup: bool = True) -> Path | None:
    """Replace the file that was read with the hash *read_sha256* by *data*; returns the backup made.

    Raises :class:`InputError` when the file is open elsewhere, was changed since, or cannot be written.
    """
    if owner_file(path) is not None:
        raise InputError(path, "文件正在 Excel/WPS 中打开，不能保存", "请先在 Excel/WPS 中关闭该文件，或另存为其他文件名")
    try:
        current = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"无法读取原文件（{system_words(error)}）", "请另存为其他文件名") from error
    if hashlib.sha256(current).hexdigest() != read_sha256:
        raise InputError(path, "文件在打开之后被其他程序修改过，没有覆盖", "请重新打开后再改，或另存为其他文件名")
    kept = backup(path) if keep_backup else None
    write_atomically(path, data)
    return kept
