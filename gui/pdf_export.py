"""PDF of a Word file through the office suite that is installed: LibreOffice (or a suite built on it), or WPS."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.errors import InputError, JuesuanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_NAMES = ("soffice", "libreoffice", "loffice")
_WINDOWS = (
    "LibreOffice/program/soffice.exe", "LibreOffice 7/program/soffice.exe", "LibreOffice 24/program/soffice.exe",
    "OpenOffice 4/program/soffice.exe",
)
_OTHERS = (
    "/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
TIMEOUT_S = 180
_POLL_S = 0.1
NO_SUITE = "没有找到能转换 PDF 的办公软件（LibreOffice）。请打开生成的报告，用 Word 或 WPS 的“另存为（输出为）PDF”"


class NoOfficeError(JuesuanError):
    """No office suite that can convert without being shown."""

    def __init__(self) -> None:
        super().__init__(f"{NO_SUITE}。")


@dataclass(frozen=True, slots=True)
class OfficeSuite:
    """A suite that converts from the command line."""

    name: str
    program: Path

    def command(self, source: Path, folder: Path, profile: Path) -> list[str]:
        """The command that writes ``<stem>.pdf`` of *source* into *folder*.

        A profile of its own lets it run while the user has the suite open.
        """
        return [
            str(self.program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(source),
        ]


def find_suite(candidates: Iterable[Path] | None = None) -> OfficeSuite | None:
    """The suite to convert with, or ``None``; *candidates* are the programs to try instead of the usual places."""
    for program in candidates if candidates is not None else _usual_places():
        if program.is_file() and os.access(program, os.X_OK):
            return OfficeSuite("LibreOffice", program)
    return None


def _usual_places() -> Iterator[Path]:
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    if sys.platform == "win32":
        yield from _registered()
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "LOCALAPPDATA"):
            root = os.environ.get(variable)
            if root:
                yield from (Path(root) / name for name in _WINDOWS)
    else:
        yield from map(Path, _OTHERS)


def _registered() -> Iterator[Path]:
    """What Windows knows under "App Paths" (nothing on other systems)."""
    if os.name != "nt":
        return
    winreg = importlib.import_module("winreg")
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            path = winreg.QueryValue(root, r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe")
        except OSError:
            continue
        yield Path(path.strip('"'))


def export_pdf(source: Path, target: Path, check: Callable[[], None], suite: OfficeSuite | None = None) -> Path:
    """Write *source* (a .docx) as *target*; *check* is called while waiting and may raise to cancel.

    Raises:
        NoOfficeError: there is no suite.
        InputError: the suite did not make a file, or the target cannot be written.
    """
    suite = suite or find_suite()
    if suite is None:
        raise NoOfficeError
    with tempfile.TemporaryDirectory(prefix="juesuan-pdf-") as name:
        folder = Path(name)
        copy = folder / "report.docx"
        shutil.copyfile(source, copy)
        _run(suite.command(copy, folder, folder / "profile"), source, check)
        made = folder / "report.pdf"
        if not made.is_file() or not made.stat().st_size:
            raise InputError(source, f"{suite.name} 没有生成 PDF", "请用 Word 或 WPS 打开报告另存为 PDF")
        _move(made, target)
    return target


def _run(command: list[str], source: Path, check: Callable[[], None]) -> None:
    """Run the suite, stop it when cancelled or when it takes too long."""
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, creationflags=flags,
            start_new_session=sys.platform != "win32")
    except OSError as error:
        raise InputError(source, "办公软件无法启动", "请用 Word 或 WPS 打开报告另存为 PDF") from error
    end = time.monotonic() + TIMEOUT_S
    try:
        while process.poll() is None:
            check()
            if time.monotonic() > end:
                raise InputError(source, f"办公软件 {TIMEOUT_S} 秒没有完成转换", "请用 Word 或 WPS 打开报告另存为 PDF")
            time.sleep(_POLL_S)
    finally:
        if process.poll() is None:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the suite together with the processes that it started."""
    if sys.platform == "win32":
        taskkill = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32/taskkill.exe"
        subprocess.run([str(taskkill), "/T", "/F", "/PID", str(process.pid)], check=False, capture_output=True)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _move(made: Path, target: Path) -> None:
    """Put the file in place atomically."""
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        shutil.copyfile(made, temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(target, "无法写入（可能正被其他程序打开）", "请关闭该文件，或另存到其他文件夹") from error
