"""What Windows says of Word and WPS: which are registered, and which processes a suite was started as.

Nothing is started here, and nothing that the user works in is ended.
"""

from __future__ import annotations

import ctypes
import importlib
import ntpath
import os
import re
from collections.abc import Callable, Collection, Iterable
from ctypes import byref, c_int, c_long, c_size_t, c_uint32, c_void_p, c_wchar, sizeof
from pathlib import Path
from typing import Any

from workbook.values import dataclass

PROGRAM_IDS = ("Word.Application", "KWPS.Application", "WPS.Application")
"""In the order of trying; WPS had the last one up to its version of 2013."""

_COMMAND = re.compile(r'\s*(?:"([^"]+)"|(.+?\.exe)(?=\s|$))', re.IGNORECASE)
_OF_WPS = ("wps", "kso", "kwps", "et.exe")

Read = Callable[[str], str | None]
"""The default value of a key below HKEY_CLASSES_ROOT."""


@dataclass(frozen=True, slots=True)
class Server:
    """A program that makes documents for others."""

    name: str
    """What people call the program that answers, which is not always the one that the identity names."""
    program_id: str
    """What it is asked for by, such as ``Word.Application``."""
    program: str
    """The program's file, with its path."""

    @property
    def image(self) -> str:
        """The file name of the program, in small letters, as in the list of processes."""
        return ntpath.basename(self.program).lower()


def find_servers(read: Read | None = None, exists: Callable[[str], bool] | None = None) -> tuple[Server, ...]:
    """The registered programs whose file is there, in the order of trying, each program once.

    *read* and *exists* stand in for the registry and the disk.
    """
    if read is None:
        if os.name != "nt":
            return ()
        read = _default_value
    exists = exists or (lambda path: Path(path).is_file())
    found: dict[str, Server] = {}
    for program_id in PROGRAM_IDS:
        program = _program(program_id, read)
        if program and exists(program):
            found.setdefault(program.lower(), Server(_name(program_id, program), program_id, program))
    return tuple(found.values())


def _program(program_id: str, read: Read) -> str:
    """The program that Windows starts for *program_id* (empty: none)."""
    current = read(rf"{program_id}\CurVer")
    identity = read(rf"{program_id}\CLSID") or (read(rf"{current}\CLSID") if current else None)
    command = read(rf"CLSID\{identity}\LocalServer32") if identity else None
    match = _COMMAND.match(os.path.expandvars(command)) if command else None
    return match[1] or match[2] if match else ""


def _name(program_id: str, program: str) -> str:
    """WPS can register itself as Word: the program's file tells."""
    if ntpath.basename(program).lower().startswith(_OF_WPS):
        return "WPS"
    return "Word" if program_id.startswith("Word") else "WPS"


def _default_value(key: str) -> str | None:
    """From the registry: what 64-bit programs see, then what 32-bit ones do, where they differ."""
    winreg = importlib.import_module("winreg")
    for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
        try:
            with winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, key, 0, winreg.KEY_READ | view) as opened:
                value, _ = winreg.QueryValueEx(opened, "")
        except OSError:
            continue
        if isinstance(value, str) and value:
            return value
    return None


# ------------------------------------------------------------ processes


FAMILY = ("winword.exe", "wps.exe", "wpsoffice.exe")
"""What a suite runs as, where the program that Windows starts for it is only a launcher."""
_SERVICE_HOST = "svchost.exe"  # one of its services starts the programs that others ask for


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the list of processes."""

    number: int
    parent: int
    name: str
    """File name of its program, in small letters."""


def launched(before: Collection[int], now: Iterable[Process], image: str, starter: int) -> list[Process]:
    """Of the processes *now* those that run a suite for us.

    They were not there *before*, run *image* or one of the FAMILY, and were started by Windows on behalf of another
    program, by the process *starter*, or by one of these.  What the user starts comes from the desktop.
    """
    now = list(now)
    names = {process.number: process.name for process in now}
    new = [process for process in now if process.number not in before and process.name in {image, *FAMILY}]
    found = [process for process in new if process.parent == starter or names.get(process.parent) == _SERVICE_HOST]
    for parent in found:  # grows while it is read
        found += [process for process in new if process.parent == parent.number and process not in found]
    return found


class _Entry(ctypes.Structure):
    """``PROCESSENTRY32W``."""

    _fields_ = [
        ("size", c_uint32), ("_usage", c_uint32), ("number", c_uint32), ("_heap", c_size_t), ("_module", c_uint32),
        ("_threads", c_uint32), ("parent", c_uint32), ("_priority", c_long), ("_flags", c_uint32), ("name", c_wchar * 260),
    ]  # fmt: skip


class WindowsProcesses:
    """The processes of this computer."""

    def __init__(self) -> None:
        library: Any = getattr(ctypes, "WinDLL", None)
        if library is None:
            raise OSError("this lists the processes of Windows")
        self._kernel: Any = library("kernel32")
        self._user: Any = library("user32")
        self._asked: Any = getattr(ctypes, "WINFUNCTYPE")(c_int, c_void_p, c_void_p)  # noqa: B009  # of Windows only
        for function in (self._kernel.CreateToolhelp32Snapshot, self._kernel.OpenProcess):
            function.restype = c_void_p

    def running(self) -> list[Process]:
        """All of them."""
        processes_only = 2
        snapshot = c_void_p(self._kernel.CreateToolhelp32Snapshot(processes_only, 0))
        entry, found = _Entry(size=sizeof(_Entry)), []
        more = self._kernel.Process32FirstW(snapshot, byref(entry))
        while more:
            found.append(Process(entry.number, entry.parent, entry.name.lower()))
            more = self._kernel.Process32NextW(snapshot, byref(entry))
        self._kernel.CloseHandle(snapshot)
        return found

    def has_window(self, number: int) -> bool:
        """Whether the process shows a window that can be minimised: one to work in, not a message."""
        style, can_be_minimised = -16, 0x20000
        found = []

        def look(window: int, _: object) -> int:
            owner = c_uint32()
            self._user.GetWindowThreadProcessId(c_void_p(window), byref(owner))
            if owner.value == number and self._user.IsWindowVisible(c_void_p(window)):
                found.append(bool(self._user.GetWindowLongW(c_void_p(window), style) & can_be_minimised))
            return 1

        self._user.EnumWindows(self._asked(look), None)
        return any(found)

    def end(self, number: int) -> None:
        """End the process at once; one that has ended is no error."""
        may_end, wait_for, patience_ms = 1, 0x100000, 5000
        handle = c_void_p(self._kernel.OpenProcess(may_end | wait_for, 0, number))
        if handle.value is not None:
            self._kernel.TerminateProcess(handle, 1)
            self._kernel.WaitForSingleObject(handle, patience_ms)
            self._kernel.CloseHandle(handle)


def idle(processes: WindowsProcesses, before: Collection[int], image: str, starter: int) -> list[int]:
    """Of the processes that run a suite for us (see :func:`launched`) those in which the user does nothing."""
    found = launched(before, processes.running(), image, starter)
    return [process.number for process in found if not processes.has_window(process.number)]
