"""A Wine prefix with the outline of a Chinese user's Windows, and programs run in it; for building and for smoke tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from workshop import BuildError, run, say

DEBIAN_PACKAGES = (
    *("wine", "wine64", "gcc-mingw-w64-x86-64-win32", "nsis", "xvfb", "x11-utils", "imagemagick"),
    *("fonts-wqy-zenhei", "osslsigncode", "locales", "ca-certificates"),
)

# Never Wine's own Microsoft C++ runtime: what the bundle lacks must be missed. No questions about .NET or a browser,
# no menu files in our home.
_OVERRIDES = "mscoree,mshtml=;winemenubuilder.exe=d;vcruntime140,vcruntime140_1,msvcp140,msvcp140_1,msvcp140_2=n"
_FONT = "WenQuanYi Zen Hei"
_REPLACED_FONTS = ("Tahoma", "MS Shell Dlg", "MS Shell Dlg 2", "Microsoft YaHei", "Microsoft YaHei UI", "SimSun")


def install_debian_packages(logs: Path) -> None:
    """Install Wine, NSIS and the compiler where they are missing (as root), and the Chinese locale."""
    listed = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status} ${Package}\n"], capture_output=True, text=True, check=True)
    present = {line.split()[1] for line in listed.stdout.splitlines() if line.startswith("installed ")}
    missing = [name for name in DEBIAN_PACKAGES if name not in present]
    if missing and os.geteuid() != 0:
        raise BuildError(f"请先安装：sudo apt-get install --no-install-recommends {' '.join(missing)}")
    if missing:
        say(f"安装系统软件 {' '.join(missing)}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-qq"], log=logs / "apt.log", env=env)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], log=logs / "apt.log", env=env)
    locales = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.lower()
    if "zh_cn.utf8" not in locales:
        run(["localedef", "-i", "zh_CN", "-f", "UTF-8", "zh_CN.UTF-8"], log=logs / "localedef.log")


@contextmanager
def screen(size: str = "1366x768x24") -> Iterator[str]:
    """A virtual X screen; gives its name (``:7``)."""
    with tempfile.TemporaryFile() as number:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(number.fileno()), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=[number.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            for _attempt in range(600):  # a busy machine
                number.seek(0)
                if text := number.read().strip():
                    break
                time.sleep(0.1)
            else:
                raise BuildError("Xvfb 没有启动")
            yield f":{text.decode()}"
        finally:
            server.terminate()
            server.wait()


@dataclass(frozen=True)
class Wine:
    """Programs of one prefix: ``drive_c`` is its C:, *display* its screen."""

    prefix: Path
    display: str
    logs: Path
    user: str

    @property
    def drive_c(self) -> Path:
        return self.prefix / "drive_c"

    @property
    def home(self) -> str:
        """The user's folder, as Windows names it."""
        return f"C:\\users\\{self.user}"

    def path(self, windows: str) -> Path:
        """Where a path on C: lies here."""
        return self.drive_c.joinpath(*PureWindowsPath(windows).parts[1:])

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a Windows program: Chinese code page and language, our prefix, our screen."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        runtime = self.prefix.parent / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        ours = {
            "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": _OVERRIDES,
            "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "zh_CN.UTF-8", "DISPLAY": self.display, "USER": self.user,
        }
        return {**kept, **ours, **(more or {})}

    def run(
        self, program: Path | str, *arguments: str | Path, name: str, limit: float = 300, expect: int | None = 0,
        env: Mapping[str, str] | None = None, cwd: Path | None = None,
    ) -> int:
        """Run a Windows program to its end, output in ``logs/NAME.log``; see ``workshop.run``."""
        command: Sequence[str | Path] = ["wine", program, *arguments]
        return run(command, log=self.logs / f"{name}.log", limit=limit, expect=expect, env=self.environment(env), cwd=cwd)

    def stop(self) -> None:
        """End the services of the prefix, and wait until they have written its registry."""
        subprocess.run(["wineserver", "-k"], env=self.environment(), check=False, capture_output=True)
        subprocess.run(["wineserver", "-w"], env=self.environment(), check=False, capture_output=True)


@contextmanager
def fresh_wine(cache: Path, name: str, display: str, user: str = "builder") -> Iterator[Wine]:
    """A prefix called *name* as after a new installation, of a *user*; copied from one that is made once and kept."""
    logs = cache / "logs"
    template = cache / f"wine-template-{user}"
    if not (template / "ready").is_file():
        say("建立 Wine 环境")
        shutil.rmtree(template, ignore_errors=True)
        wine = Wine(template, display, logs, user)
        run(["wineboot", "-i"], log=logs / "wineboot.log", env=wine.environment())
        for font in _REPLACED_FONTS:  # Chinese in native dialogs and in the installer
            key = r"HKCU\Software\Wine\Fonts\Replacements"
            wine.run("reg", "add", key, "/v", font, "/d", _FONT, "/f", name="wine-fonts")
        wine.stop()
        (template / "ready").touch()
    prefix = cache / name
    shutil.rmtree(prefix, ignore_errors=True)
    shutil.copytree(template, prefix, symlinks=True)
    wine = Wine(prefix, display, logs, user)
    try:
        yield wine
    finally:
        wine.stop()
