"""LibreOffice (or a suite built on it): found in its usual places, run as a command."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from docgen.pdf import SuiteError
from workbook.values import dataclass

_NAMES = ("soffice", "libreoffice", "loffice")
_WINDOWS = (
    "LibreOffice/program/soffice.exe", "LibreOffice 7/program/soffice.exe", "LibreOffice 24/program/soffice.exe",
    "OpenOffice 4/program/soffice.exe",
)  # fmt: skip
_OTHERS = (
    "/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)  # fmt: skip
TIMEOUT_S = 180
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """The suite, by its program."""

    program: Path
    name: str = "LibreOffice"
    timeout: float = TIMEOUT_S

    def command(self, source: Path, folder: Path, profile: Path) -> list[str]:
        """The command that writes ``<stem>.pdf`` of *source* into *folder*.

        A profile of its own lets it run while the user has the suite open.
        """
        return [
            str(self.program), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
            "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(source),
        ]  # fmt: skip

    def convert(self, source: Path, target: Path, check: Callable[[], None]) -> None:
        """See :class:`docgen.pdf.Suite`."""
        _run(self.command(source, target.parent, source.with_name("profile")), check, self.timeout)
        made = target.with_name(f"{source.stem}.pdf")
        if not made.is_file():
            raise SuiteError("没有生成 PDF")
        made.replace(target)


def find_libreoffice(candidates: Iterable[Path] | None = None) -> LibreOffice | None:
    """The suite, or ``None``; *candidates* are the programs to try instead of the usual places."""
    for program in candidates if candidates is not None else _usual_places():
        if program.is_file() and os.access(program, os.X_OK):
            return LibreOffice(program)
    return None


def _usual_places() -> Iterator[Path]:
    if sys.platform == "win32":
        yield from _registered()
        roots = filter(None, map(os.environ.get, ("ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "LOCALAPPDATA")))
        yield from (Path(root) / name for root in roots for name in _WINDOWS)
    yield from map(Path, filter(None, map(shutil.which, _NAMES)))
    if sys.platform != "win32":
        yield from map(Path, _OTHERS)


def _registered() -> Iterator[Path]:
    """What Windows knows under "App Paths"."""
    winreg = importlib.import_module("winreg")
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        with suppress(OSError):
            yield Path(winreg.QueryValue(root, r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe").strip('"'))


def _run(command: list[str], check: Callable[[], None], timeout: float) -> None:
    """Run the suite; stop it when cancelled or when it takes too long."""
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, creationflags=flags,
            start_new_session=sys.platform != "win32")
    except OSError as error:
        raise SuiteError("启动失败") from error
    end = time.monotonic() + timeout
    try:
        while process.poll() is None:
            check()
            if time.monotonic() > end:
                raise SuiteError(f"{timeout:.0f} 秒没有完成转换，已停止")
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
