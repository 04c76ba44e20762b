"""Try the Linux package as a user would: ``python packaging/smoke_linux.py``, after build_linux.py.

Needs xvfb, x11-utils, imagemagick. Unpacks into a folder with Chinese characters and spaces, installs from there into a home folder of its own, runs
both programs, removes. Exit code 0 when everything passed. Pictures: dist/smoke-linux.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bundle
import product
from smoke_steps import (
    Outcome,
    SourceProgram,
    answers,
    compare,
    linux_memory,
    require,
    try_window,
    wait_for,
    watch,
    window_on,
)
from wine import screen
from workshop import DIST, BuildError, cache_folder, native_tools, run, say

PICTURES = DIST / "smoke-linux"


@dataclass(frozen=True)
class Unpacked:
    """The program in *folder*."""

    folder: Path
    env: Mapping[str, str]
    logs: Path

    def command(self, *arguments: str | Path, name: str) -> Outcome:
        return self._run(product.CONSOLE, arguments, name)

    def window(self, *arguments: str | Path, name: str) -> Outcome:
        return self._run(product.WINDOWED, arguments, name)

    def _run(self, program: str, arguments: tuple[str | Path, ...], name: str) -> Outcome:
        with (self.logs / f"smoke-linux-{name}.log").open("wb") as output:
            words = [str(self.folder / program), *map(str, arguments)]
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(self.env))
            return watch(process, lambda: linux_memory(str(self.folder / program)), 120)


def clean_environment(home: Path, display: str) -> dict[str, str]:
    """A user's environment without anything of ours: no Python, no Qt settings."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8", "DISPLAY": display}


def try_start(program: Path, env: Mapping[str, str], logs: Path) -> None:
    """How long the window takes to appear."""
    started = time.monotonic()
    with (logs / "smoke-linux-start.log").open("wb") as output:
        process = subprocess.Popen([program / product.WINDOWED], stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env))
    try:
        shown = wait_for(lambda: window_on(env["DISPLAY"]), pause=0.02)
        require(f"窗口出现在启动后 {time.monotonic() - started:.2f} 秒", shown)
        time.sleep(1)
        run(["import", "-window", "root", PICTURES / "start.png"], log=logs / "import.log", env=env)
    finally:
        process.kill()
        process.wait()


def try_everything(home: Path, display: str, cache: Path) -> None:
    """Unpack, install, run, remove."""
    env, logs = clean_environment(home, display), cache / "logs"
    downloads = home / "下载 的文件"
    with tarfile.open(DIST / product.artifact("linux")) as archive:
        archive.extractall(downloads, filter="data")
    unpacked = next(downloads.iterdir())
    say("从解压的文件夹运行")
    compare(
        answers(Unpacked(unpacked, env, logs), home / "文档 资料" / "程序"),
        answers(SourceProgram(native_tools(cache), logs), home / "文档 资料" / "源码"),
    )
    say("安装后运行")
    run(["sh", unpacked / "install.sh"], log=logs / "install-linux.log", env=env)
    program = home / ".local/opt/juesuan"
    require("安装了命令 juesuan", (home / ".local/bin/juesuan").resolve() == (program / product.CONSOLE).resolve())
    entry = (home / ".local/share/applications/juesuan.desktop").read_text("utf-8")
    require("开始菜单项指向程序", f'Exec="{program}/{product.WINDOWED}" %f' in entry and "@" not in entry)
    try_window(Unpacked(program, env, logs), home / "文档 资料" / "窗口")
    for path in sorted((home / "文档 资料" / "窗口").glob("*.png")):
        shutil.copy2(path, PICTURES)
    try_start(program, env, logs)
    run(["sh", unpacked / "install.sh", "--remove"], log=logs / "install-linux.log", env=env)
    left = [program, home / ".local/bin/juesuan", home / ".local/share/applications/juesuan.desktop"]
    require("卸载干净", not any(path.exists() or path.is_symlink() for path in left))


def main() -> int:
    """Run the test."""
    cache = cache_folder()
    if not (DIST / product.artifact("linux")).is_file():
        raise BuildError("没有 tar.gz，请先运行 build_linux.py")
    bundle.require_same_sources(DIST / "linux" / "sources.txt")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="决算 smoke ") as folder, screen() as display:
        home = Path(folder) / "张三"
        home.mkdir()
        try_everything(home, display, cache)
    say("全部通过")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as fault:
        sys.exit(f"没有成功：{fault}")
