#!/usr/bin/env python3
"""One script to try, test and clean this project; the standard library is all it needs.

It must run before anything is installed, so nothing of the project is imported here. The syntax is kept
to what Python 3.6 can parse: an interpreter that is too old then still gets as far as saying so.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit("需要 Python 3.11 或更新的版本，现在运行的是 {}.{}。请安装新版本后重试。".format(*sys.version_info[:2]))

HELP = """用法：python3 dev.py 命令        （Windows：py dev.py 命令）

  demo   准备环境，用示例单位走一遍：校验、生成报告、审校；结果在 demo-output
  test   准备环境与测试所需的系统软件，依次运行 ruff、mypy、pytest；其后的参数交给 pytest
  setup  只准备开发环境（.venv）
  lint   只运行 ruff 和 mypy
  bench  运行 benchmarks 目录里的全部性能对比
  fuzz   用损坏的、恶意的文件长时间考验程序；--minutes N 是分钟数（默认 5），出问题的文件留在 fuzz-failures
  clean  删除 .venv、缓存和构建产物（保留 demo-output）
"""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev-stamp.txt"  # what a finished set-up was made from; not there while one runs, and after one was killed
COMPILED = VENV / "dev-compiled.txt"  # what the bytecode and the compiled packs were made from
LOG = VENV / "setup.log"
LOCK_FILE = ROOT / ".venv.lock"

PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--progress-bar=off")
# An environment that may not write bytecode would compile every module at every start.
COMPILE = """import compileall
for package in ("workbook", "docgen", "cli", "gui"):
    compileall.compile_dir(package, quiet=1)
from docgen.template.shell import compile_templates
from workbook.pack.loading import TEMPLATES, compile_packs
compile_packs()
compile_templates(sorted(TEMPLATES.glob("*/report.docx")))
"""
HEARTBEAT = 30  # seconds between signs of life during a long step

# Debian packages that the tests use; the program itself needs none of them.
SYSTEM_PACKAGES = (
    *("libreoffice-writer", "libreoffice-calc"),  # opens every generated file, as an independent reader
    *("poppler-utils", "fonts-noto-cjk"),  # looks at the pages
    *("xvfb", "xauth"),  # a screen for the screenshots
    # What Qt links to, offscreen and on that screen.
    *("libegl1", "libgl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libfreetype6"),
    *("libxkbcommon0", "libxkbcommon-x11-0", "libx11-xcb1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0"),
    *("libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1"),
)

# Signs in the log of pip or apt, and what they mean to a reader; the first that is found counts.
CAUSES = (
    (("No space left on device", "Not enough free disk space"), "磁盘空间不足"),
    (("CERTIFICATE_VERIFY_FAILED", "SSLError"), "网络连接的证书不被信任，多半是代理或系统时间的问题"),
    (("407 Proxy Authentication", "ProxyError"), "代理服务器拒绝了连接，请检查代理设置"),
    (
        (
            *("Temporary failure in name resolution", "Temporary failure resolving", "Could not resolve", "getaddrinfo failed"),
            *("NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "Network is unreachable", "Connection refused"),
            "Failed to fetch",
        ),
        "连不上软件源，请检查网络",
    ),
    (("is not available, but is referred", "Unable to locate package"), "系统软件源里没有其中的某个软件包"),
    (("Could not get lock", "Unable to acquire the dpkg"), "另一个安装程序正在运行，请等它结束"),
    (("Permission denied", "PermissionError", "WinError 5", "WinError 32"), "文件被占用或没有写入权限"),
    (("ResolutionImpossible",), "有的安装包不支持这个 Python 版本，或彼此冲突"),
    (("Could not find a version", "No matching distribution"), "没有适合这台机器或这个 Python 版本的安装包"),
)
# Lines of pip that help nobody to understand a failure.
NOISE = ("INFO:", "WARNING: Retrying", "Looking in")


class SetupError(Exception):
    """The environment could not be prepared; the text says why and what to do."""


def say(text: str) -> None:
    """Print a line at once, so that it stays in order with what subprocesses print."""
    print(text, flush=True)


# ---------------------------------------------------------------- the virtual environment


def program_in(venv: Path, name: str = "python") -> Path:
    """A program of a virtual environment."""
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def fingerprint(root: Path, *patterns: str) -> str:
    """A hash over names and contents of files."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(filter(Path.is_file, root.glob(pattern))):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()


def wanted() -> tuple[str, str]:
    """What an environment depends on: the Python version and its place, which one cannot change; pins and metadata of the project."""
    place = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode("utf-8", "surrogateescape")).hexdigest()
    return place, fingerprint(ROOT, "requirements.lock", "pyproject.toml")


def stamp() -> tuple[str, ...]:
    """What the environment that is there was made for (run, or dev: with the tools), and from (see :func:`wanted`)."""
    found = tuple(read_text(STAMP).split())
    return found if len(found) == 3 and program_in(VENV).exists() else ("", "", "")


def read_text(path: Path) -> str:
    """The text of a small file, or nothing when it is not there."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def prepare(*, dev: bool) -> None:
    """Make or renew the virtual environment and what is compiled beside it; returns at once when all is up to date."""
    if not is_ready(dev=dev):
        with exclusive(LOCK_FILE):
            if not is_ready(dev=dev):  # another dev.py may have just done it
                make_environment(dev=dev)
    sources = fingerprint(ROOT, "templates/**/*", *(f"{name}/**/*.py" for name in ("workbook", "docgen", "cli", "gui")))
    if read_text(COMPILED) != sources:
        # What does not compile is no fault of the environment: whoever runs it is told.
        run_logged("编译程序和模板包", [str(program_in(VENV)), "-c", COMPILE], LOG)
        COMPILED.write_text(sources, "utf-8")


def is_ready(*, dev: bool) -> bool:
    """Whether the environment in place was finished and serves."""
    kind, *made_from = stamp()
    return tuple(made_from) == wanted() and (kind == "dev" or not dev)


def make_environment(*, dev: bool) -> None:
    """Make the virtual environment, or renew it in place where that can be."""
    started = time.monotonic()
    (kind, made_at, _), (place, pins) = stamp(), wanted()
    dev = dev or kind == "dev"  # renewing takes no tool away
    if VENV.exists() and made_at != place:
        say(f"重建环境 .venv（{'Python 或项目的位置换了' if made_at else '上次没有装完，或其中的 Python 已不能用'}）")
        shutil.rmtree(VENV)
    is_new = not VENV.exists()
    if is_new:
        ensure_venv_module()
        VENV.mkdir()
    STAMP.unlink(missing_ok=True)
    LOG.write_text("", "utf-8")
    if is_new:
        # The interpreter to build on: this one, or the one behind it when it lives in the environment to be made.
        must_run("建立环境 .venv", [getattr(sys, "_base_executable", None) or sys.executable, "-m", "venv", str(VENV)])
    try:
        install_project(dev=dev)
    except SetupError:
        STAMP.write_text(f"none {place} none\n", "utf-8")  # pip has undone its own work: the next try goes on from here
        raise
    STAMP.write_text(f"{'dev' if dev else 'run'} {place} {pins}\n", "utf-8")
    say(f"环境就绪，用时 {time.monotonic() - started:.0f} 秒")


def install_project(*, dev: bool) -> None:
    """Install the pinned dependencies and the project itself, editable."""
    pip = tool("pip", "install", *PIP_OPTIONS, "-c", "requirements.lock")
    must_run("准备安装工具", [*pip, "setuptools"])
    # compat: a plain path entry; the default, an import hook, costs time at every start of the program.
    place = ["--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", ".[dev]" if dev else "."]
    must_run("安装依赖（首次约需一两分钟）", [*pip, *place])


def ensure_venv_module() -> None:
    """Debian ships python3 without what makes environments; install it where we may."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    log = ROOT / ".venv.log"  # .venv itself must not exist half-made
    problem = apt_install([package], log)
    if problem is not None:
        advice = f"这个 Python 缺少建立环境的组件。请先运行：sudo apt-get install {package}，然后重试。"
        raise SetupError(f"{advice}\n{problem}".strip())
    log.unlink(missing_ok=True)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file; two dev.py at once must not build the same environment."""
    with path.open("a+b") as handle:
        told = False
        while not try_lock(handle.fileno()):
            if not told:
                say("另一个 dev.py 正在准备环境，等它完成……")
                told = True
            time.sleep(0.5)
        os.set_inheritable(handle.fileno(), True)  # so that a pip that outlives a killed dev.py still holds it
        yield


def try_lock(descriptor: int) -> bool:
    """Take the lock unless somebody has it; the system frees it when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# ---------------------------------------------------------------- running things


def child_environment() -> dict[str, str]:
    """Our environment without what would send installations elsewhere."""
    drop = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in drop}
    return {**kept, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8", "DEBIAN_FRONTEND": "noninteractive"}


def run_logged(title: str, command: list[str], log: Path) -> int:
    """Run a step with its output in the log; says what it does, and that it is alive."""
    say(f"{title}……")
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(command)}\n".encode("utf-8", "replace"))
        output.flush()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            close_fds=False,  # pass the lock on
        )
        started = time.monotonic()
        try:
            while True:
                try:
                    return process.wait(HEARTBEAT)
                except subprocess.TimeoutExpired:
                    say(f"  仍在进行（{time.monotonic() - started:.0f} 秒）")
        except BaseException:
            process.kill()
            process.wait()
            raise


def must_run(title: str, command: list[str]) -> None:
    """Run a step of the set-up, and stop with an explanation when it fails."""
    if run_logged(title, command, LOG) != 0:
        raise SetupError(failure_text(title, read_text(LOG), LOG.relative_to(ROOT).as_posix()))


def failure_text(title: str, log: str, where: str, lines: int = 12) -> str:
    """One line that says what failed and why, then the end of the log."""
    last_step = log.rpartition("\n$ ")[2]
    cause = next((meaning for signs, meaning in CAUSES if any(sign in last_step for sign in signs)), "原因见下")
    tail = [line for line in last_step.splitlines()[1:] if line.strip() and not line.startswith(NOISE)][-lines:]
    return "\n".join([f"没有成功：{title}。{cause}。完整记录在 {where}", *(f"  | {line[:200]}" for line in tail)])


def run(command: list[str]) -> int:
    """Run a command with our own output and return its exit code as a shell would."""
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    return code if code >= 0 else 128 - code


def tool(*arguments: str) -> list[str]:
    """A command line for a module inside the environment."""
    return [str(program_in(VENV)), "-m", *arguments]


# ---------------------------------------------------------------- system packages


def missing_packages(installed: str, needed: tuple[str, ...] = SYSTEM_PACKAGES) -> list[str]:
    """The needed packages that dpkg-query's answer (state, name, what it provides; by tabs) does not hold."""
    present = set()
    for line in installed.splitlines():
        state, _, rest = line.partition("\t")
        name, _, provides = rest.partition("\t")
        if state == "installed":
            present.add(name)
            present.update(part.split()[0] for part in provides.split(",") if part.strip())
    return [name for name in needed if name not in present]


def ensure_system_packages() -> None:
    """Install what the tests need from Debian; where we cannot, say what is missing and let the tests run."""
    if not shutil.which("dpkg-query"):
        say("提示：部分测试要用 LibreOffice（writer、calc）和 pdftotext；这里不是 Debian 系统，请自行确认已经安装。")
        return
    query = ["dpkg-query", "-W", "-f=${db:Status-Status}\t${Package}\t${Provides}\n"]
    answer = subprocess.run(query, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    missing = missing_packages(answer.stdout)
    if missing:
        problem = apt_install(missing, LOG)
        if problem is not None:
            say(
                f"缺少系统软件，用到它们的测试会失败。请运行：sudo apt-get install {' '.join(missing)}\n{problem}".strip()
            )


def apt_install(packages: list[str], log: Path) -> str | None:
    """Install Debian packages, as root or through sudo: None, or why it failed ("": we may not even try)."""
    prefix = root_prefix()
    if prefix is None or not shutil.which("apt-get"):
        return ""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    run_logged("更新系统软件目录", [*apt, "update"], log)  # a stale list may still do: let the next step decide
    title = f"安装系统软件 {' '.join(packages)}"
    if run_logged(title, [*apt, "install", "-y", "--no-install-recommends", *packages], log) == 0:
        return None
    return failure_text(title, read_text(log), log.relative_to(ROOT).as_posix())


def root_prefix() -> list[str] | None:
    """What to put before a command to run it as root without being asked, or None."""
    if os.name == "nt":
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


# ---------------------------------------------------------------- commands


def demo(arguments: list[str]) -> int:
    """Run the whole job on the sample unit."""
    prepare(dev=False)
    return run([str(program_in(VENV, "juesuan")), "demo", "-o", "demo-output", *arguments])


def setup(_arguments: list[str]) -> int:
    """Prepare the development environment only."""
    prepare(dev=True)
    return 0


def run_all(*steps: tuple[str, list[str]]) -> int:
    """Run commands one after the other, each with a line that says so; the first failure counts."""
    for title, command in steps:
        say(title)
        code = run(command)
        if code != 0:
            return code
    return 0


def lint(_arguments: list[str]) -> int:
    """Run the static checks."""
    prepare(dev=True)
    return run_all(("ruff check", tool("ruff", "check")), ("mypy", tool("mypy")))


def test(arguments: list[str]) -> int:
    """Run every check; nothing is printed after pytest's closing line."""
    prepare(dev=True)
    ensure_system_packages()
    return lint([]) or run_all(("pytest", tool("pytest", *arguments)))


def bench(arguments: list[str]) -> int:
    """Run every comparison script in turn."""
    prepare(dev=True)
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    return run_all(*((f"== {script.name}", [str(program_in(VENV)), str(script), *arguments]) for script in scripts))


def fuzz(arguments: list[str]) -> int:
    """Try damaged and hostile files for some minutes."""
    prepare(dev=True)
    return run([str(program_in(VENV)), str(ROOT / "tools" / "fuzz.py"), "--keep", "fuzz-failures", *arguments])


def clean(_arguments: list[str]) -> int:
    """Delete what can be made again."""
    names = (".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "build", "dist", "juesuan.egg-info")
    caches = [path for path in ROOT.rglob("__pycache__") if VENV not in path.parents]
    for path in [*(ROOT / name for name in names), *caches]:
        if path.exists():
            shutil.rmtree(path)
            say(f"已删除 {path.relative_to(ROOT).as_posix()}")
    for path in (LOCK_FILE, ROOT / ".venv.log"):
        path.unlink(missing_ok=True)
    return 0


COMMANDS = {"demo": demo, "test": test, "setup": setup, "lint": lint, "bench": bench, "fuzz": fuzz, "clean": clean}


def main(argv: list[str]) -> int:
    """Run the named command; the exit code is its own."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # replaced by something simpler, under a test runner for one
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console that lacks a character
    if not argv or argv[0] not in COMMANDS:
        asked_for_help = bool(argv) and argv[0] in {"-h", "--help", "help"}
        say(HELP if asked_for_help or not argv else f"没有这个命令：{argv[0]}\n\n{HELP}")
        return 0 if asked_for_help else 2
    try:
        return COMMANDS[argv[0]](argv[1:])
    except SetupError as error:
        say(str(error))
    except PermissionError as error:
        say(f"无法写入或删除 {error.filename}：文件被占用或没有权限。请关闭正在运行的程序后重试。")
    except OSError as error:
        say(f"无法继续：{error}")
    except KeyboardInterrupt:
        say("已中断")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
