"""Static checks of a built Windows program, run with the tools' python: ``pe_check.py FOLDER``; exit code 1 with a list.

Every DLL that a bundled file imports must lie in the folder or belong to Windows 10; no file may be Wine's own; both
programs must carry version, icon and a manifest that allows long paths, and be of the right kind (window, console).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pefile  # type: ignore[import-not-found]  # among the build tools only
import product

WINDOWS_OWN = frozenset(
    ["advapi32", "authz", "bcrypt", "bcryptprimitives", "cabinet", "comctl32", "comdlg32", "crypt32", "d2d1", "d3d11", "d3d12", "d3d9", "dnsapi", "dwmapi", "dwrite", "dxgi", "gdi32", "imm32", "iphlpapi", "kernel32", "mpr", "mscms", "msi", "netapi32", "ntdll", "ole32", "oleaut32", "opengl32", "powrprof", "propsys", "psapi", "rpcrt4", "secur32", "setupapi", "shcore", "shell32", "shlwapi", "ucrtbase", "uiautomationcore", "user32", "userenv", "uxtheme", "version", "winhttp", "winmm", "winspool.drv", "ws2_32", "wtsapi32"]
)
_WINDOW, _CONSOLE = 2, 3  # subsystems
_ICON_GROUP, _VERSION, _MANIFEST = 14, 16, 24  # resource types


def imported(path: Path) -> set[str]:
    """Names of the DLLs that *path* is linked to, lower case."""
    with pefile.PE(str(path), fast_load=True) as image:
        kinds = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
        image.parse_data_directories([pefile.DIRECTORY_ENTRY[kind] for kind in kinds])
        entries = [*getattr(image, "DIRECTORY_ENTRY_IMPORT", []), *getattr(image, "DIRECTORY_ENTRY_DELAY_IMPORT", [])]
        return {entry.dll.decode().lower() for entry in entries}


def is_windows_own(dll: str) -> bool:
    """Whether every Windows 10 has the DLL called *dll* (lower case)."""
    return dll.startswith(("api-ms-win-", "ext-ms-")) or dll.removesuffix(".dll") in WINDOWS_OWN


def unresolved(folder: Path) -> list[str]:
    """Imports that are neither Windows 10's nor found where Windows looks: beside the file, in _internal, in Qt's folders."""
    internal = folder / "_internal"
    qt = (internal / "PySide6", internal / "shiboken6")
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in {".exe", ".dll", ".pyd"}]
    bundled = {(path.parent, path.name.lower()) for path in files}
    faults = []
    for path in files:
        searched = [path.parent, internal, *(qt if qt[0] in path.parents else ())]
        needed = (dll for dll in sorted(imported(path)) if not is_windows_own(dll))
        faults += [f"{path.name} 需要 {dll}" for dll in needed if not any((place, dll) in bundled for place in searched)]
    return faults


def foreign(folder: Path) -> list[str]:
    """Bundled files that Wine made."""
    marks = (b"Wine builtin DLL", b"Wine placeholder DLL")
    return [path.name for path in sorted(folder.rglob("*.dll")) if any(mark in path.read_bytes()[:4096] for mark in marks)]


def program_faults(path: Path, subsystem: int) -> list[str]:
    """What is missing from one of the two programs."""
    if not path.is_file():
        return [f"没有 {path.name}"]
    faults = []
    with pefile.PE(str(path)) as image:
        if image.OPTIONAL_HEADER.Subsystem != subsystem:
            faults.append(f"{path.name} 的类型不对（窗口程序、控制台程序）")
        kinds = {entry.id for entry in image.DIRECTORY_ENTRY_RESOURCE.entries}
        missing = {_ICON_GROUP: "图标", _VERSION: "版本信息", _MANIFEST: "清单"}
        faults += [f"{path.name} 没有{what}" for kind, what in missing.items() if kind not in kinds]
        data = path.read_bytes()
    if b"longPathAware" not in data:
        faults.append(f"{path.name} 的清单不支持长路径")
    if product.NAME.encode("utf-16-le") not in data:
        faults.append(f"{path.name} 的版本信息没有程序名称")
    return faults


def main(folder: Path) -> int:
    """Print what is wrong with the program in *folder*."""
    faults = [*unresolved(folder), *(f"{name} 是 Wine 的文件" for name in foreign(folder))]
    faults += program_faults(folder / f"{product.WINDOWED}.exe", _WINDOW)
    faults += program_faults(folder / f"{product.CONSOLE}.exe", _CONSOLE)
    print("\n".join(faults) or "没有发现问题")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
