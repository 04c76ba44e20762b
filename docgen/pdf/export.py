"""PDF of a Word file through whatever office suite this computer has: Word, WPS, LibreOffice, in this order.

Word and WPS come first because the contents' page numbers and the line breaks are then those that people see when
they open the Word file.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from docgen.pdf import Suite, SuiteError
from docgen.pdf.windows import find_servers
from workbook.errors import InputError, JuesuanError
from workbook.safe_save import not_written, write_atomically
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


_NONE, _ELSEWHERE = (
    ("Word、WPS 和 LibreOffice 都没有找到", "到装有 Word 或 WPS 的电脑上打开") if os.name == "nt" else
    ("没有找到 LibreOffice", "用 WPS 等办公软件打开")
)  # fmt: skip
NO_SUITE = f"{_NONE}，不能直接导出 PDF。请先生成 Word 报告，再{_ELSEWHERE}，另存为（输出为）PDF"
ADVICE = "请打开生成的 Word 报告，用 Word 或 WPS 的“另存为（输出为）PDF”；打开时如果提示激活、登录或修复，处理后可再导出"


class NoOfficeError(JuesuanError):
    """No office suite that can convert."""

    def __init__(self) -> None:
        super().__init__(f"{NO_SUITE}。")


@dataclass(frozen=True, slots=True)
class Exported:
    """A PDF that was made."""

    path: Path
    suite: str
    """The name of the suite that made it."""
    failures: tuple[str, ...] = ()
    """What the suites tried before it said (``Word：启动失败（…）``)."""


def find_suites() -> tuple[Suite, ...]:
    """The suites of this computer in the order of trying, without starting any."""
    suites: list[Suite] = []
    if servers := find_servers():
        from docgen.pdf.automated import Automated  # late: the page must be quick to make

        suites += map(Automated, servers)
    if libreoffice := find_libreoffice():
        suites.append(libreoffice)
    return tuple(suites)


def under_way(suite: Suite, target: Path, failures: Sequence[str] = ()) -> str:
    """What is being done, after the *failures* of other suites."""
    if failures:
        return f"{'；'.join(failures)}。正在改用 {suite.name} 导出“{target.name}”……"
    return f"正在用 {suite.name} 导出“{target.name}”，约需半分钟……"


def export_pdf(
    source: Path, target: Path, check: Callable[[], None],
    suites: Sequence[Suite] | None = None, say: Callable[[str], None] = lambda _: None,
) -> Exported:  # fmt: skip
    """Write *source* (a .docx, which stays as it is) as *target* with the first of the *suites* that can.

    *check* is called while waiting and may raise to cancel; *say* hears what is being done.

    Raises:
        NoOfficeError: there is no suite.
        InputError: no suite made the file, or the target cannot be written.
    """
    suites = find_suites() if suites is None else suites
    if not suites:
        raise NoOfficeError
    _require_writable(target)
    failures: list[str] = []
    for suite in suites:
        say(under_way(suite, target, failures))
        try:
            _convert(suite, source, target, check)
        except SuiteError as error:
            failures.append(f"{suite.name}：{error}")
        else:
            return Exported(target, suite.name, tuple(failures))
    raise InputError(target, f"没有导出成功（{'；'.join(failures)}）", ADVICE)


def _convert(suite: Suite, source: Path, target: Path, check: Callable[[], None]) -> None:
    """Let *suite* work on a copy, so that the file itself is neither locked nor changed."""
    # A suite that was ended by force may hold its files a moment longer: they are then left to Windows' own clearing.
    with tempfile.TemporaryDirectory(prefix="juesuan-pdf-", ignore_cleanup_errors=True) as name:
        copy, made = Path(name) / f"report{source.suffix}", Path(name) / "export.pdf"
        shutil.copyfile(source, copy)
        suite.convert(copy, made, check)
        content = made.read_bytes()
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
            raise SuiteError("生成的文件不是完整的 PDF")
        write_atomically(target, content)


def _require_writable(target: Path) -> None:
    """Find out before, not after half a minute, that a PDF reader holds the file."""
    try:
        if target.exists():
            target.open("ab").close()
    except OSError as error:
        raise not_written(target, error) from error
