"""Running things while building: folders, commands with a log and a time limit, and clear failures."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import product

LOCK = product.ROOT / "requirements.lock"
BUILD_PINS = Path(__file__).resolve().parent / "requirements-build.txt"
DIST = product.ROOT / "dist"
_PIP = ("--disable-pip-version-check", "--no-input", "--quiet", "--root-user-action=ignore")
_started = time.monotonic()


class BuildError(Exception):
    """The build cannot go on; the message says what to do."""


def cache_folder() -> Path:
    """Where downloads and tools are kept between builds (JUESUAN_BUILD_CACHE, or the user's cache folder)."""
    named = os.environ.get("JUESUAN_BUILD_CACHE")
    if named:
        folder = Path(named)
    elif os.name == "nt":
        folder = Path(os.environ["LOCALAPPDATA"]) / "juesuan-build"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "juesuan-build"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def say(text: str) -> None:
    """A line of progress, with the seconds since the start."""
    print(f"[{time.monotonic() - _started:5.0f} s] {text}", flush=True)


def run(
    command: Sequence[str | Path], *, log: Path, limit: float = 900, env: Mapping[str, str] | None = None,
    cwd: Path | None = None, expect: int | None = 0,
) -> int:
    """Run *command*, its output into *log* (never a pipe: Wine's services would hold it open); return its exit code.

    Raises ``BuildError`` with the end of the log when the code is not *expect* (None: any) or *limit* seconds pass.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(part) for part in command]
    with log.open("wb") as output:
        output.write(f"$ {' '.join(words)}\n".encode())
        output.flush()
        try:
            code = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=cwd, timeout=limit, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            raise BuildError(f"{words[0]} 在 {limit:.0f} 秒内没有完成\n{tail(log)}") from None
        except OSError as error:
            raise BuildError(f"无法运行 {words[0]}：{error}") from error
    if expect is not None and code != expect:
        raise BuildError(f"{words[0]} 的退出码是 {code}，应为 {expect}\n{tail(log)}")
    return code


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log, for a message."""
    text = log.read_text("utf-8", errors="replace").splitlines()
    return "\n".join([f"完整记录：{log}", *(f"  | {line}" for line in text[-lines:])])


def dependencies() -> list[str]:
    """The program's own dependencies, as pyproject.toml states them."""
    project = tomllib.loads((product.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["dependencies"])


def pip_install(python: Path, log: Path, *options: str | Path) -> None:
    """Install the program's dependencies and the build tools with *python*'s pip, all as pinned."""
    pins = ["-c", str(LOCK), "-r", str(BUILD_PINS)]
    run([python, "-m", "pip", "install", *_PIP, *pins, *options, *dependencies()], log=log)


def pins_stamp(*more: str) -> str:
    """A fingerprint of everything pinned, so that a changed pin renews what was installed."""
    text = "\n".join([LOCK.read_text("utf-8"), BUILD_PINS.read_text("utf-8"), *dependencies(), *more])
    return hashlib.sha256(text.encode()).hexdigest()


def native_tools(cache: Path) -> Path:
    """A virtual environment of this machine's Python with the program's dependencies and PyInstaller; its python."""
    folder = cache / f"venv-{sys.version_info[0]}.{sys.version_info[1]}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, wanted = folder / "pins.txt", pins_stamp(sys.version)
    if not (stamp.is_file() and stamp.read_text("utf-8") == wanted and python.exists()):
        say("安装构建工具（版本固定）")
        run([sys.executable, "-m", "venv", "--clear", folder], log=cache / "logs" / "venv.log")
        pip_install(python, cache / "logs" / "pip-native.log")
        stamp.write_text(wanted, "utf-8")
    return python


def folder_size(folder: Path) -> tuple[int, int]:
    """Bytes and number of files below *folder*."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files), len(files)


def mib(size: float) -> str:
    """Bytes as MiB, for people."""
    return f"{size / 2**20:.1f} MiB"
