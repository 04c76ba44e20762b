"""The files that are published: portable zip, tar.gz, checksums; the same input gives the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
from pathlib import Path

_DATE = (2020, 1, 1, 0, 0, 0)  # of every member: the date is no content


def write_zip(folder: Path, target: Path, top: str) -> None:
    """Pack *folder* as *top* into a zip; names are UTF-8, as Windows reads them since version 8."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in _members(folder):
            info = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())


def write_tar(folder: Path, target: Path, top: str) -> None:
    """Pack *folder* as *top* into a tar.gz, keeping what may be executed and symbolic links."""

    def neutral(info: tarfile.TarInfo) -> tarfile.TarInfo:
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = 1577836800  # as _DATE
        info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
        return info

    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path in _members(folder):
            archive.add(path, f"{top}/{path.relative_to(folder).as_posix()}", recursive=False, filter=neutral)


def _members(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def write_checksums(folder: Path) -> Path:
    """SHA256SUMS.txt over the published files in *folder*, in the form that ``sha256sum -c`` reads."""
    target = folder / "SHA256SUMS.txt"
    files = [path for path in sorted(folder.glob("juesuan-*")) if path.is_file()]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    target.write_text("".join(lines), "utf-8", newline="\n")
    return target
