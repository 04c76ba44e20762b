"""Try the installer and what it installs: ``python packaging/smoke_windows.py``, after build_windows.py.

On Debian in a fresh Windows under Wine, whose user has a Chinese name; on Windows itself only with --here, because it
installs and removes the program of the user who runs it. Exit code 0 when everything passed. Pictures: dist/smoke-windows.
"""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import bundle
import product
from build_windows import make_installer
from smoke_machines import Machine, WindowsMachine, WineMachine
from smoke_office import try_program
from smoke_steps import Outcome, SourceProgram, answers, compare, require, try_window, wait_for
from wine import fresh_wine, screen
from workshop import DIST, BuildError, cache_folder, native_tools, run, say

PICTURES = DIST / "smoke-windows"
USER = "张 三"
_CURRENT = "HKCU\\Software\\"
UNINSTALL = rf"{_CURRENT}Microsoft\Windows\CurrentVersion\Uninstall\{product.ID}"
OURS = (
    UNINSTALL,
    rf"{_CURRENT}Classes\{product.ID}.Workbook",
    rf"{_CURRENT}Classes\Applications\{product.WINDOWED}.exe",
    rf"{_CURRENT}Microsoft\Windows\CurrentVersion\App Paths\{product.WINDOWED}.exe",
    rf"{_CURRENT}Microsoft\Windows\CurrentVersion\App Paths\{product.CONSOLE}.exe",
)
"""Registry keys that exist while the program is installed, and only then."""


@dataclass(frozen=True)
class Installed:
    """The installed program in *folder* (a Windows path)."""

    machine: Machine
    folder: str

    def command(self, *arguments: str | Path, name: str) -> Outcome:
        return self._run(product.CONSOLE, arguments, name)

    def window(self, *arguments: str | Path, name: str) -> Outcome:
        return self._run(product.WINDOWED, arguments, name)

    def _run(self, program: str, arguments: tuple[str | Path, ...], name: str) -> Outcome:
        words = [self.machine.name(word) if isinstance(word, Path) else word for word in arguments]
        return self.machine.start(rf"{self.folder}\{program}.exe", *words, name=name)


def install(machine: Machine, setup: Path, folder: str, *options: str) -> None:
    """Install silently into *folder*."""
    outcome = machine.start(machine.name(setup), "/S", *options, f"/D={folder}", name="setup")
    require(f"静默安装到 {folder}（{outcome.seconds:.0f} 秒）", outcome.code == 0)


def uninstall(machine: Machine, folder: str) -> None:
    """Uninstall silently; the uninstaller goes on from a copy of itself, so wait for its work."""
    machine.start(rf"{folder}\uninstall.exe", "/S", name="uninstall")
    program = machine.path(rf"{folder}\uninstall.exe")
    wait_for(lambda: not program.exists() and machine.registry(UNINSTALL) is None)


def old_installer(cache: Path) -> Path:
    """An installer of an older version: stand-ins for the programs, and a file that the new version has no more."""
    source = cache / "old-version"
    shutil.rmtree(source, ignore_errors=True)
    (source / "_internal").mkdir(parents=True)
    for name in (f"{product.WINDOWED}.exe", f"{product.CONSOLE}.exe", "_internal/only-in-the-old-version.dll"):
        (source / name).write_bytes(b"old")
    setup = cache / "old-setup.exe"
    make_installer(cache, source, setup, version="0.0.1", numbers=(0, 0, 1, 65535))
    return setup


def user_files(machine: Machine) -> set[str]:
    """Every file and folder of the user's, but for temporary ones; where others work too, those with our name."""
    home = machine.path(machine.home)
    found = {path.relative_to(home).as_posix() for path in home.rglob("*")}
    found = {name for name in found if "/Temp/" not in name and not name.startswith("AppData/Local/Microsoft/")}
    if machine.is_ours_alone:
        return found
    build = f"AppData/Local/{product.ID}-build"
    return {name for name in found if (product.ID in name or product.NAME in name) and not name.startswith(build)}


def try_upgrade(machine: Machine, cache: Path, setup: Path, folder: str) -> None:
    """An old version, settings and a pack of the user's, then the new version over it."""
    say("安装旧版本，再升级")
    data = machine.path(rf"{machine.home}\AppData\Local\{product.ID}")
    install(machine, old_installer(cache), folder)
    for name in ("settings.json", "templates/本市2024/pack.toml"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("用户的", "utf-8")
    document = machine.path(rf"{folder}\我的报告.docx")
    document.write_text("用户的", "utf-8")
    desktop = machine.path(rf"{machine.home}\Desktop\{product.NAME}.lnk")
    require("桌面快捷方式", desktop.exists())
    desktop.unlink()
    install(machine, setup, folder)
    kept = [data / "settings.json", data / "templates/本市2024/pack.toml", document]
    require("升级后设置、自己的模板包和文档都在", all(path.read_text("utf-8") == "用户的" for path in kept))
    require("升级后旧版本的文件不在了", not machine.path(rf"{folder}\_internal\only-in-the-old-version.dll").exists())
    require("升级不恢复用户删掉的快捷方式", not desktop.exists())
    require("“应用”列表里是新版本", product.version() in (machine.registry(UNINSTALL) or ""))
    document.unlink()


def try_while_running(machine: Machine, setup: Path, folder: str) -> None:
    """An upgrade while the window is open must stop before it has changed anything."""
    program = machine.path(rf"{folder}\{product.WINDOWED}.exe")
    log = machine.path(rf"{machine.home}\AppData\Local\{product.ID}\Logs\juesuan.log")
    started = time.monotonic()
    process = machine.launch(rf"{folder}\{product.WINDOWED}.exe", name="running")
    try:
        shown = wait_for(lambda: machine.is_shown(process), pause=0.02)
        seconds = time.monotonic() - started
        text = log.read_text("utf-8", errors="replace")[-2000:] if log.is_file() else ""
        require(f"窗口出现在启动后 {seconds:.2f} 秒 {text}", shown and process.poll() is None)
        machine.picture(PICTURES / "start.png")
        outcome = machine.start(machine.name(setup), "/S", f"/D={folder}", name="setup-running")
        require("程序运行时拒绝升级（退出码 4）", outcome.code == 4 and program.is_file())
        require("拒绝后程序仍是完整的", same_files(DIST / "windows" / product.ID, machine.path(folder)))
    finally:
        process.kill()
        process.wait()


def try_foreign_folder(machine: Machine, old_setup: Path) -> None:
    """A folder that holds something else: we go into a folder of our own in it, and its contents are never touched."""
    say("装到已有别的文件的文件夹")
    folder = rf"{machine.apart}\别人 的软件"
    foreign = machine.path(rf"{folder}\_internal\别人的.dll")
    foreign.parent.mkdir(parents=True)
    foreign.write_bytes(b"foreign")
    install(machine, old_setup, folder, "/NODESKTOP")
    own = rf"{folder}\{product.ID}"
    require("装进了自己的子文件夹", machine.path(rf"{own}\uninstall.exe").is_file())
    uninstall(machine, own)
    require("卸载后别人的文件还在", foreign.read_bytes() == b"foreign" and not machine.path(own).exists())


def same_files(built: Path, installed: Path) -> bool:
    """Whether the installed folder is the built one, byte for byte, plus the uninstaller."""

    def contents(folder: Path) -> dict[str, bytes]:
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    found = contents(installed)
    return found.pop("uninstall.exe", None) is not None and found == contents(built)


def try_everything(machine: Machine, cache: Path, setup: Path) -> None:
    """The life of an installation, from before the first to after the last."""
    before = user_files(machine)
    folder = rf"{machine.apart}\决算 公开"
    try_upgrade(machine, cache, setup, folder)
    require("安装的文件与构建的一致", same_files(DIST / "windows" / product.ID, machine.path(folder)))
    require("登记了“打开方式”", all(machine.registry(key) for key in OURS))
    xlsx = machine.registry(rf"{_CURRENT}Classes\.xlsx") or ""
    require("没有改变 .xlsx 的默认程序", "OpenWithProgids" in xlsx and not default_value(xlsx))
    menu = machine.path(rf"{machine.home}\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\{product.NAME}")
    require("开始菜单", sorted(path.name for path in menu.iterdir()) == sorted([f"{product.NAME}.lnk", "命令行（juesuan）.lnk"]))

    say("从带中文和空格的路径运行")
    program = Installed(machine, folder)
    work = machine.path(rf"{machine.apart}\张三 的报告")
    source = SourceProgram(native_tools(cache), cache / "logs")
    compare(answers(program, work / "程序"), answers(source, work / "源码"))
    try_window(program, work / "窗口")
    for path in sorted((work / "窗口").glob("*.png")):
        shutil.copy2(path, PICTURES)
    try_program(machine, cache, rf"{folder}\{product.WINDOWED}.exe", rf"{machine.apart}\张三 的报告\PDF")

    try_while_running(machine, setup, folder)

    say("卸载")
    data = machine.path(rf"{machine.home}\AppData\Local\{product.ID}")
    uninstall(machine, folder)
    require("程序文件夹没有了", not machine.path(folder).exists())
    require("注册表里没有留下什么", not any(machine.registry(key) for key in OURS))
    require("自己的模板包还在", (data / "templates/本市2024/pack.toml").exists())
    require("保存过的历史版本还在", any((data / "history").iterdir()))
    for name in ("templates", "history"):
        shutil.rmtree(data / name)
    data.rmdir()
    left = sorted(user_files(machine) - before)
    require(f"用户文件夹里没有留下什么 {left or ''}", not left)
    require("用户的文档还在", (work / "程序" / "决算 报告.docx").exists())


def default_value(listing: str) -> str:
    """The default value of the first key in what ``reg query`` prints, or nothing."""
    for line in listing.splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[0] in {"(Default)", "(默认)"} and words[1] == "REG_SZ":
            return words[2]
    return ""


def try_default_place(machine: Machine, setup: Path) -> None:
    """Where people install who change nothing."""
    say("装到默认位置，再卸载")
    outcome = machine.start(machine.name(setup), "/S", "/NODESKTOP", name="setup")
    folder = rf"{machine.home}\AppData\Local\Programs\{product.ID}"
    require("默认装在用户自己的 Programs 文件夹", outcome.code == 0 and machine.path(rf"{folder}\{product.CONSOLE}.exe").is_file())
    require("/NODESKTOP 不放快捷方式", not machine.path(rf"{machine.home}\Desktop\{product.NAME}.lnk").exists())
    uninstall(machine, folder)
    require("卸载干净", not machine.path(folder).exists())


def try_all(machine: Machine, cache: Path, setup: Path) -> None:
    """Every scenario in turn."""
    try_everything(machine, cache, setup)
    try_default_place(machine, setup)
    try_foreign_folder(machine, old_installer(cache))


def main(arguments: list[str]) -> int:
    """Run the test where it can run."""
    cache = cache_folder()
    setup = DIST / product.artifact("setup")
    if not setup.is_file():
        raise BuildError(f"没有 {setup.name}，请先运行 build_windows.py")
    bundle.require_same_sources(DIST / "windows" / "sources.txt")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    if arguments == ["--here"] and sys.platform == "win32":
        try_all(WindowsMachine(cache / "smoke", cache / "logs"), cache, setup)
    elif sys.platform != "win32":
        with screen() as display, fresh_wine(cache, "wine-smoke", display, USER) as wine:
            machine = WineMachine(wine)
            try_all(machine, cache, setup)
            picture_of_wizard(machine, wine.environment(), setup)
    else:
        raise BuildError("在 Windows 上，本测试会为当前用户安装并卸载程序；确认后请加 --here")
    say("全部通过")
    return 0


def picture_of_wizard(machine: WineMachine, env: dict[str, str], setup: Path) -> None:
    """The first page of the installer, for people to look at."""
    import subprocess

    process = subprocess.Popen(["wine", setup], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(6)
    machine.picture(PICTURES / "installer.png")
    run(["wineserver", "-k"], log=machine.wine.logs / "wineserver.log", env=env, expect=None)
    process.wait(30)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as fault:
        sys.exit(f"没有成功：{fault}")
