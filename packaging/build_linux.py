"""Build the Linux program: ``python packaging/build_linux.py`` makes dist/linux/juesuan and its tar.gz.

The result runs where the C library is at least as new as on the machine that builds it (the script prints which):
build on the oldest system that is to be served, with a CPython that has a shared library. Needs objdump (binutils).
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import bundle
import product
from archives import write_checksums, write_tar
from workshop import DIST, BuildError, cache_folder, folder_size, mib, native_tools, run, say

HERE = Path(__file__).resolve().parent
PROGRAM = DIST / "linux" / product.ID


def needed_glibc(folder: Path) -> str:
    """The newest GLIBC version that a bundled file asks for (``2.38``)."""
    found: set[tuple[int, ...]] = {(0, 0)}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if data.startswith(b"\x7fELF"):
                found |= {tuple(int(part) for part in version.split(b".")) for version in re.findall(rb"GLIBC_(\d+\.\d+)\b", data)}
    return ".".join(map(str, max(found)))


def unresolved(folder: Path, cache: Path) -> list[str]:
    """Libraries that the loader does not find for a bundled file."""
    log = cache / "logs" / "ldd.log"
    missing = set()
    for path in folder.rglob("*"):
        if path.is_file() and path.read_bytes()[:4] == b"\x7fELF":
            run(["ldd", path], log=log, expect=None)
            missing |= set(re.findall(r"(\S+) => not found", log.read_text("utf-8", errors="replace")))
    return sorted(missing)


def strip_python(folder: Path, cache: Path) -> None:
    """Drop the debugging symbols of a self-built CPython; wheels are left as they were published."""
    internal = folder / "_internal"
    for path in [*internal.glob("libpython3*.so*"), *internal.glob("python3*/lib-dynload/*.so")]:
        run(["strip", "--strip-unneeded", path], log=cache / "logs" / "strip.log")


def main() -> int:
    """Build, check, add what the desktop needs, pack."""
    cache, sources = cache_folder(), bundle.fingerprint()
    shutil.rmtree(PROGRAM, ignore_errors=True)
    say("PyInstaller")
    options = ["--noconfirm", "--clean", "--distpath", str(DIST / "linux"), "--workpath", "build/linux", "build.spec"]
    log = cache / "logs" / "pyinstaller-linux.log"
    run([native_tools(cache), "-m", "PyInstaller", *options], log=log, limit=1800, cwd=product.ROOT)
    (DIST / "linux" / "sources.txt").write_text(sources, "utf-8")
    strip_python(PROGRAM, cache)
    missing = unresolved(PROGRAM, cache)
    if missing:
        raise BuildError(f"缺少库：{'、'.join(missing)}")
    shutil.copy2(HERE / "juesuan.png", PROGRAM)
    for path in (HERE / "linux").iterdir():
        shutil.copy2(path, PROGRAM)
    size, files = folder_size(PROGRAM)
    say(f"程序文件夹：{mib(size)}，{files} 个文件，需要 glibc {needed_glibc(PROGRAM)} 或更新")
    target = DIST / product.artifact("linux")
    write_tar(PROGRAM, target, f"{product.ID}-{product.version()}")
    write_checksums(DIST)
    say(f"{target.name}：{mib(target.stat().st_size)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as fault:
        sys.exit(f"没有成功：{fault}")
