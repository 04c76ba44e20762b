"""Where the Windows smoke test runs: a Windows of its own under Wine, or the Windows that runs this script."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from smoke_steps import Outcome, linux_memory, watch, window_on
from workshop import run

if TYPE_CHECKING:
    from wine import Wine


class Machine(Protocol):
    """A Windows: paths are strings as Windows writes them."""

    @property
    def home(self) -> str:
        """The user's folder."""

    @property
    def apart(self) -> str:
        """A folder outside the user's, for installing elsewhere and for documents; with Chinese characters and spaces."""

    @property
    def is_ours_alone(self) -> bool:
        """Whether nothing but the test changes files there."""

    def path(self, windows: str) -> Path:
        """Where the path lies for this script."""

    def name(self, local: Path) -> str:
        """How Windows names a file of this script's."""

    def start(self, program: str, *arguments: str, name: str, limit: float = 300) -> Outcome:
        """Run a program and watch it to its end."""

    def launch(self, program: str, *arguments: str, name: str) -> subprocess.Popen[bytes]:
        """Start a program and leave it running."""

    def registry(self, key: str) -> str | None:
        """The values below a key, as text; None when there is no such key."""

    def is_shown(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the started program shows its window."""

    def picture(self, target: Path) -> bool:
        """Take a picture of the screen; False where there is no way."""


@dataclass(frozen=True)
class WineMachine:
    """A fresh Wine prefix."""

    wine: Wine

    @property
    def home(self) -> str:
        return self.wine.home

    @property
    def apart(self) -> str:
        return r"C:\财务 资料"

    @property
    def is_ours_alone(self) -> bool:
        return True

    def path(self, windows: str) -> Path:
        return self.wine.path(windows)

    def name(self, local: Path) -> str:
        inside = local.resolve().is_relative_to(self.wine.drive_c.resolve())
        relative = local.resolve().relative_to(self.wine.drive_c.resolve() if inside else "/")
        return ("C:\\" if inside else "Z:\\") + str(relative).replace("/", "\\")

    def start(self, program: str, *arguments: str, name: str, limit: float = 300) -> Outcome:
        process = self.launch(program, *arguments, name=name)
        return watch(process, lambda: linux_memory(program.rpartition("\\")[2]), limit)

    def launch(self, program: str, *arguments: str, name: str) -> subprocess.Popen[bytes]:
        # NSIS wants /D=… last and without quotes: given word by word, Wine joins it with plain spaces.
        words = [part for word in arguments for part in (word.split(" ") if word.startswith("/D=") else [word])]
        with (self.wine.logs / f"smoke-{name}.log").open("wb") as output:
            return subprocess.Popen(
                ["wine", program, *words], stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.wine.environment()
            )

    def registry(self, key: str) -> str | None:
        log = self.wine.logs / "smoke-reg.log"
        code = run(["wine", "reg", "query", key, "/s"], log=log, expect=None, env=self.wine.environment())
        return log.read_text("utf-8", errors="replace") if code == 0 else None

    def is_shown(self, process: subprocess.Popen[bytes]) -> bool:
        return window_on(self.wine.display)

    def picture(self, target: Path) -> bool:
        time.sleep(1)
        env = {**os.environ, "DISPLAY": self.wine.display}
        run(["import", "-window", "root", target], log=self.wine.logs / "import.log", env=env)
        return True


@dataclass(frozen=True)
class WindowsMachine:
    """The Windows that this script runs on; for continuous integration, on a machine that is thrown away."""

    scratch: Path
    logs: Path

    @property
    def home(self) -> str:
        return str(Path.home())

    @property
    def apart(self) -> str:
        return str(self.scratch / "财务 资料")

    @property
    def is_ours_alone(self) -> bool:
        return False

    def path(self, windows: str) -> Path:
        return Path(windows)

    def name(self, local: Path) -> str:
        return str(local)

    def start(self, program: str, *arguments: str, name: str, limit: float = 300) -> Outcome:
        process = self.launch(program, *arguments, name=name)
        return watch(process, lambda: _peak_memory(process), limit)

    def launch(self, program: str, *arguments: str, name: str) -> subprocess.Popen[bytes]:
        # NSIS wants /D=… last and without quotes, so the line is put together here.
        line = subprocess.list2cmdline([program, *(word for word in arguments if not word.startswith("/D="))])
        line += "".join(f" {word}" for word in arguments if word.startswith("/D="))
        with (self.logs / f"smoke-{name}.log").open("wb") as output:
            return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def registry(self, key: str) -> str | None:
        log = self.logs / "smoke-reg.log"
        code = run(["reg", "query", key, "/s"], log=log, expect=None)
        return log.read_text("mbcs" if os.name == "nt" else "utf-8", errors="replace") if code == 0 else None

    def is_shown(self, process: subprocess.Popen[bytes]) -> bool:
        import ctypes

        handle = int(getattr(process, "_handle"))  # noqa: B009  # private, and there is no other way
        return bool(ctypes.windll.user32.WaitForInputIdle(handle, 50) == 0)  # type: ignore[attr-defined]

    def picture(self, target: Path) -> bool:
        return False


def _peak_memory(process: subprocess.Popen[bytes]) -> int:
    """PeakWorkingSetSize of a child process, in bytes."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", wintypes.DWORD), ("PageFaultCount", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", "WorkingSetSize", "a", "b", "c", "d", "e", "f")),
        ]

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    handle = wintypes.HANDLE(int(getattr(process, "_handle")))  # noqa: B009  # private, and there is no other way
    ok = ctypes.windll.kernel32.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)  # type: ignore[attr-defined]
    return int(counters.PeakWorkingSetSize) if ok else 0
