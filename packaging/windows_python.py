"""A Windows CPython on a Debian machine, made from what the package registry has; used under Wine, for building only.

The interpreter DLL and the extension modules are the Python Software Foundation's own signed files, which panda3d
ships in its Windows wheels; the standard library comes from a local CPython of the same patch version (another one
crashes); python.exe, which only loads the DLL, and python3.dll, which only forwards, are compiled with mingw.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

from workshop import BUILD_PINS, BuildError, pins_stamp, pip_install, run, say

COMPILER = "x86_64-w64-mingw32-gcc-win32"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_SIGNER = "CN=Python Software Foundation"


@dataclass(frozen=True)
class Source:
    """Where the DLLs of one CPython version come from."""

    panda3d: str
    sha256: str
    """Of the wheel."""


# By CPython version; add a line after trying it (the wheel's DLL says its version, and it is checked).
SOURCES = {
    "3.11.7": Source("1.10.14", "1ddf01040b9c5497fb8659e3c5ef793a26c869cfdfb1b75e6d04d6fba0c03b73"),
}

_LAUNCHER = r"""
/* python.exe: load the python DLL and call Py_Main, as CPython's PC/python.c does. A build tool, never shipped. */
#include <windows.h>
#include <stdio.h>
typedef int (*py_main_t)(int, wchar_t **);
int wmain(int argc, wchar_t **argv)
{
    HMODULE dll = LoadLibraryW(PYTHON_DLL);
    if (!dll) { fprintf(stderr, "cannot load the python dll: error %lu\n", GetLastError()); return 103; }
    py_main_t py_main = (py_main_t)(void *)GetProcAddress(dll, "Py_Main");
    return py_main ? py_main(argc, argv) : 104;
}
"""
_FORWARDER = "int __stdcall DllMain(void*a,unsigned b,void*c){(void)a;(void)b;(void)c;return 1;}\n"

_SKIPPED_LIBRARY = ("__pycache__", "site-packages", "dist-packages", "lib-dynload", "test", "tests", "idlelib")


def windows_python(cache: Path, tools: Path) -> Path:
    """The folder of a ready Windows Python with the program's dependencies and PyInstaller; renewed when a pin changes.

    *tools* is the python of ``workshop.native_tools``. Raises ``BuildError`` when this machine's CPython has no
    counterpart in ``SOURCES``, or a downloaded file is not what it should be.
    """
    version = "{}.{}.{}".format(*sys.version_info[:3])
    if version not in SOURCES:
        raise BuildError(f"请用 CPython {' 或 '.join(SOURCES)} 运行本脚本（现在是 {version}）：标准库必须与 Windows 的 DLL 同一版本")
    folder = cache / f"windows-python-{version}"
    stamp = folder / "pins.txt"
    wanted = pins_stamp(version, Path(__file__).read_text("utf-8"))
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    say(f"组装 Windows 版 CPython {version}")
    _official_files(_wheel(cache, SOURCES[version]), folder, version, cache)
    _standard_library(folder / "Lib")
    _compile(folder, tools, cache)
    say("安装 Windows 版依赖（版本固定）")
    packages = folder / "Lib" / "site-packages"
    tag = "{}{}".format(*sys.version_info[:2])
    target = ["--target", str(packages), "--no-compile", "--only-binary=:all:", "--platform", "win_amd64"]
    # pip evaluates "sys_platform" for the machine it runs on: what only Windows needs is named here.
    only_windows = re.findall(r'^(.+); sys_platform == "win32"$', BUILD_PINS.read_text("utf-8"), re.MULTILINE)
    pip_install(tools, cache / "logs" / "pip-windows.log", *target, "--python-version", tag, "--abi", f"cp{tag}", *only_windows)
    for name in ("vcruntime140.dll", "vcruntime140_1.dll"):  # panda3d's own are too old for Qt
        shutil.copy2(packages / "shiboken6" / name, folder / name)
    stamp.write_text(wanted, "utf-8")
    return folder


def _wheel(cache: Path, source: Source) -> Path:
    tag = "cp{}{}".format(*sys.version_info[:2])
    folder = cache / "downloads"
    wheel = folder / f"panda3d-{source.panda3d}-{tag}-{tag}-win_amd64.whl"
    if not wheel.is_file():
        say(f"下载 panda3d {source.panda3d} 的 Windows 包")
        options = ["--no-deps", "--only-binary=:all:", "--platform", "win_amd64", "--python-version", tag[2:], "--abi", tag]
        command = [sys.executable, "-m", "pip", "download", "-q", *options, f"panda3d=={source.panda3d}", "-d", str(folder)]
        run(command, log=cache / "logs" / "download.log")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != source.sha256:
        raise BuildError(f"{wheel} 的校验和与脚本记录的不符，不能使用；请删除后重试")
    return wheel


def _official_files(wheel: Path, folder: Path, version: str, cache: Path) -> None:
    """Take CPython's own files out of the wheel; each must carry a valid signature."""
    tag = "{}{}".format(*sys.version_info[:2])
    raw = cache / "downloads" / "panda3d-files"
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir(parents=True)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = Path(member.filename)
            if name.parent.name == "deploy_libs" and name.suffix in {".dll", ".pyd"}:
                (raw / name.name).write_bytes(archive.read(member))
    modules = [path for path in sorted(raw.glob("*.pyd")) if not path.name.startswith("_test") and "t-win" not in path.name]
    main = raw / f"python{tag}.dll"
    libraries = [path for pattern in ("libffi-*.dll", "libcrypto-*.dll", "libssl-*.dll", "sqlite3.dll") for path in raw.glob(pattern)]
    for path in (main, *modules, *libraries):
        _verify(path, cache)
    say(f"  {1 + len(modules) + len(libraries)} 个文件的 Python 软件基金会签名有效")
    if f"tags/v{version}".encode() not in main.read_bytes():
        raise BuildError(f"{main.name} 不是 CPython {version}")
    (folder / "DLLs").mkdir(parents=True)
    shutil.copy2(main, folder)
    for path in (*modules, *libraries):
        shutil.copy2(path, folder / "DLLs")


def _verify(path: Path, cache: Path) -> None:
    """Check hash, certificate chain and signer of an Authenticode signature, as of the time it was made."""
    offline = ["-ignore-cdp", "-ignore-crl"]  # revocation lists are to be had online only
    shown = subprocess.run(["osslsigncode", "verify", *offline, "-in", path], capture_output=True, text=True, check=False)
    made = re.search(r"Timestamp time:\s*(.+?) GMT", shown.stdout)
    options = [*offline, "-ignore-timestamp", "-CAfile", str(_AUTHORITIES)]
    if made:
        when = dt.datetime.strptime(made.group(1), "%b %d %H:%M:%S %Y").replace(tzinfo=dt.UTC)
        options += ["-time", str(int(when.timestamp()))]
    log = cache / "logs" / "signature.log"
    code = run(["osslsigncode", "verify", *options, "-in", path], log=log, expect=None)
    if code != 0 or _SIGNER not in log.read_text("utf-8", errors="replace"):
        raise BuildError(f"{path.name} 没有有效的 Python 软件基金会签名，不能使用")


def _standard_library(target: Path) -> None:
    source = Path(sysconfig.get_path("stdlib"))
    ignored = shutil.ignore_patterns(*_SKIPPED_LIBRARY, "config-*", "_sysconfigdata*")
    shutil.copytree(source, target, ignore=ignored)


def _compile(folder: Path, tools: Path, cache: Path) -> None:
    """python.exe, and python3.dll with one forwarder for each name of the stable interface."""
    tag = "{}{}".format(*sys.version_info[:2])
    work, logs = cache / "sources", cache / "logs"
    work.mkdir(exist_ok=True)
    (work / "python.c").write_text(_LAUNCHER, "utf-8")
    (work / "python3.c").write_text(_FORWARDER, "utf-8")
    script = (
        "import sys, pefile, abi3info\n"
        "pe = pefile.PE(sys.argv[1], fast_load=True)\n"
        "pe.parse_data_directories([pefile.DIRECTORY_ENTRY['IMAGE_DIRECTORY_ENTRY_EXPORT']])\n"
        "have = {e.name.decode() for e in pe.DIRECTORY_ENTRY_EXPORT.symbols if e.name}\n"
        "stable = {s.name for s in abi3info.FUNCTIONS} | {s.name for s in abi3info.DATAS}\n"
        "print('LIBRARY \"python3.dll\"\\nEXPORTS')\n"
        f"print('\\n'.join(f'  {{n}}=python{tag}.{{n}}' for n in sorted(have & stable)))\n"
    )
    names = subprocess.run(
        [tools, "-c", script, folder / f"python{tag}.dll"], capture_output=True, text=True, check=True
    ).stdout
    (work / "python3.def").write_text(names, "utf-8")
    dll = f'-DPYTHON_DLL=L"python{tag}.dll"'
    run([COMPILER, "-O2", "-s", "-municode", dll, "-o", folder / "python.exe", work / "python.c"], log=logs / "gcc.log")
    library = [COMPILER, "-O2", "-s", "-shared", "-nostdlib", "-e", "DllMain"]
    run([*library, "-o", folder / "python3.dll", work / "python3.c", work / "python3.def"], log=logs / "gcc.log")
