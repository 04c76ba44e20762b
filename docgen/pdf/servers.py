"""Which programs Windows has registered as Word and as WPS, without starting them."""

from __future__ import annotations

import importlib
import ntpath
import os
import re
from collections.abc import Callable
from pathlib import Path

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
