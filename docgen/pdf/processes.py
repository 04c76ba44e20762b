"""Processes that a suite was started as, so that none is left behind; nothing that the user works in is ended."""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterable
from ctypes import byref, c_int, c_long, c_size_t, c_uint32, c_void_p, c_wchar, sizeof
from typing import Any

from workbook.values import dataclass

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
