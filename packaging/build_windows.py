"""Build the Windows program: ``python packaging/build_windows.py`` on Windows, or on Debian through Wine.

On Windows it uses the Python that runs it (python.org's, 64-bit) and makensis where NSIS is installed. On Debian it
installs Wine, NSIS and mingw by apt and makes a Windows Python from pinned packages (windows_python.py). Either way
the same build.spec and installer.nsi; results in dist/: the program's folder, installer, portable zip, SHA256SUMS.txt.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import bundle
import product
from archives import write_checksums, write_zip
from windows_python import windows_python
from wine import fresh_wine, install_debian_packages, screen
from workshop import DIST, BuildError, cache_folder, folder_size, mib, native_tools, run, say

HERE = Path(__file__).resolve().parent
PROGRAM = DIST / "windows" / product.ID
"""The folder that PyInstaller builds."""

LARGEST_FOLDER, LARGEST_SETUP = 130 * 2**20, 45 * 2**20
_WORK = product.ROOT / "build"
WIZARD = _WORK / "wizard.bmp"


def freeze_command() -> list[str]:
    """PyInstaller's arguments; relative, so that they mean the same to a Windows Python under Wine."""
    return ["-m", "PyInstaller", "--noconfirm", "--clean", "--distpath", "dist/windows", "--workpath", "build/windows", "build.spec"]


def freeze_natively(cache: Path) -> None:
    """On Windows itself."""
    run([native_tools(cache), *freeze_command()], log=cache / "logs" / "pyinstaller.log", limit=1800, cwd=product.ROOT)


def freeze_under_wine(cache: Path) -> None:
    """On Debian."""
    install_debian_packages(cache / "logs")
    python = windows_python(cache, native_tools(cache)) / "python.exe"
    with screen() as display, fresh_wine(cache, "wine-build", display) as wine:
        say("PyInstaller（Wine）")
        # Every option of a run that must not depend on this machine: no user's site-packages, UTF-8 files.
        wine.run(python, "-X", "utf8", "-s", *freeze_command(), name="pyinstaller", limit=1800, cwd=product.ROOT)


def check_program(cache: Path) -> None:
    """Stop when the built folder lacks something or holds what it should not."""
    run([native_tools(cache), HERE / "pe_check.py", PROGRAM], log=cache / "logs" / "pe-check.log")
    size, files = folder_size(PROGRAM)
    say(f"程序文件夹：{mib(size)}，{files} 个文件")
    if size > LARGEST_FOLDER:
        raise BuildError(f"程序文件夹超过 {mib(LARGEST_FOLDER)}")


def makensis_command(source: Path, output: Path, version: str, numbers: tuple[int, ...], program: str, on_windows: bool) -> list[str]:
    """The call that makes the installer *output* from the folder *source*; warnings are errors."""
    dash = "/" if on_windows else "-"
    defines = {"VERSION": version, "NUMBERS": ".".join(map(str, numbers))}
    defines |= {"FILES": str(source / "*"), "OUTPUT": str(output), "WIZARD": str(WIZARD)}
    if not on_windows:
        defines["TARGET"] = "amd64-unicode"  # Debian has 64-bit stubs, the makensis for Windows only 32-bit ones
    options = [f"{dash}V2", f"{dash}WX", f"{dash}INPUTCHARSET", "UTF8"]
    return [program, *options, *(f"{dash}D{name}={value}" for name, value in defines.items()), str(HERE / "installer.nsi")]


def find_makensis() -> str:
    """Where makensis is; raises ``BuildError``."""
    places = [shutil.which("makensis")]
    places += [str(Path(os.environ[name]) / "NSIS" / "makensis.exe") for name in ("ProgramFiles(x86)", "ProgramFiles") if name in os.environ]
    for place in places:
        if place and Path(place).is_file():
            return place
    raise BuildError("没有找到 makensis：请安装 NSIS 3")


def make_installer(cache: Path, source: Path, output: Path, *, version: str, numbers: tuple[int, ...]) -> None:
    """Draw the wizard's picture and run makensis."""
    _WORK.mkdir(parents=True, exist_ok=True)
    run([native_tools(cache), HERE / "make_icon.py", "--wizard", WIZARD], log=cache / "logs" / "wizard.log")
    command = makensis_command(source, output, version, numbers, find_makensis(), os.name == "nt")
    run(command, log=cache / "logs" / "makensis.log", cwd=HERE)


def main() -> int:
    """Build everything; prints sizes."""
    cache, sources = cache_folder(), bundle.fingerprint()
    shutil.rmtree(PROGRAM, ignore_errors=True)
    if os.name == "nt":
        freeze_natively(cache)
    else:
        freeze_under_wine(cache)
    (DIST / "windows" / "sources.txt").write_text(sources, "utf-8")
    check_program(cache)
    say("安装程序和便携包")
    setup, portable = DIST / product.artifact("setup"), DIST / product.artifact("portable")
    make_installer(cache, PROGRAM, setup, version=product.version(), numbers=product.version_numbers())
    write_zip(PROGRAM, portable, product.NAME)
    write_checksums(DIST)
    for path in (setup, portable):
        say(f"{path.name}：{mib(path.stat().st_size)}")
    if setup.stat().st_size > LARGEST_SETUP:
        raise BuildError(f"安装程序超过 {mib(LARGEST_SETUP)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as fault:
        sys.exit(f"没有成功：{fault}")
