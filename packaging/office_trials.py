"""The PDF export against a pretended Word and WPS, inside a Windows: run by smoke_office.py with a Windows Python.

``office_trials.py FOLDER REPORT.docx`` tries everything; ``office_trials.py --register FOLDER`` only makes both known to
Windows, ``office_trials.py --forget FOLDER`` takes them back. FOLDER holds plans, records and results.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fake_office import PDF

FAKE = Path(__file__).resolve().with_name("fake_office.py")
PROGRAM_IDS = {"word": "Word.Application", "wps": "KWPS.Application"}
_PROGRAMS = {"word": "WINWORD.EXE", "wps": "wps.exe"}
_STEPS = ("start", "open", "renew", "export", "close")

Plan = dict[str, Any]


class Cancelled(Exception):  # noqa: N818  # nothing went wrong
    """The user presses 取消."""


@dataclass(frozen=True)
class Trial:
    """One way in which a suite can behave, and what must come of it."""

    name: str
    word: Plan | None
    wps: Plan | None = None
    made_by: str = ""
    """Which one makes the PDF; empty: none."""
    said: str = ""
    """What is said of the one that fails."""
    limit: float = 60
    """Seconds that a step may take."""
    cancel_after: float = 0
    seconds: float = 60
    """How long all of it may take."""
    is_users: bool = False
    """Whether the user has started Word before."""
    stays: bool = False
    """Whether Word must go on running, because the user works in it."""
    called: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """Members of Word that must, or must never, be called."""


TRIALS = (
    Trial("Word 导出", {}, {}, "Word", called=("Contents.UpdatePageNumbers", "Document.Close", "Application.Quit", "end")),
    Trial("只有 WPS", None, {"no_security_property": True}, "WPS"),
    Trial("WPS 顶替了 Word 的登记", {"program": "wps"}, None, "WPS"),
    Trial("旧版本没有 ExportAsFixedFormat", {"old": True}, made_by="Word", called=("Document.SaveAs",)),
    Trial("不认识后面的参数", {"few_parameters": True}, made_by="Word"),
    Trial("正忙，过一会儿再问", {"busy": 4}, made_by="Word"),
    Trial("打不开，改用 WPS", {"open_fails": True}, {}, "WPS", "Word：打不开报告（文件可能已经损坏）", called=("end",)),
    Trial("不能导出，改用 WPS", {"export_fails": True}, {}, "WPS", "Word：不能导出（命令失败）", called=("end",)),
    Trial("导出中途崩溃，改用 WPS", {"crashes": True}, {}, "WPS", "Word：不能导出（它中途退出了）"),
    Trial("生成半个文件，改用 WPS", {"half_a_file": True}, {}, "WPS", "Word：生成的文件不是完整的 PDF"),
    Trial("启动后马上退出，改用 WPS", {"dies": True}, {}, "WPS", "Word：启动失败", seconds=120),
    Trial("启动不了也不退出，改用 WPS", {"does_not_start": True}, {}, "WPS", "Word：3 秒没有反应，已停止", limit=3, seconds=30),
    Trial("导出时没有反应，改用 WPS", {"hangs": True}, {}, "WPS", "Word：3 秒没有反应，已停止", limit=3, seconds=30),
    Trial("都不行", {"hangs": True}, {"open_fails": True}, said="WPS：打不开报告（文件可能已经损坏）", limit=3, seconds=40),
    Trial("取消", {"hangs": True}, {}, cancel_after=3, seconds=20),
    Trial("不肯退出的要结束掉", {"does_not_quit": True}, made_by="Word", seconds=40),
    Trial(
        "用户开着文档", {"users_document": True, "visible": True}, made_by="Word", is_users=True, stays=True,
        never=("Application.Quit", "Application.Visible=", "Application.DisplayAlerts="),
    ),
    Trial(
        "用户开着文档，没有反应", {"users_document": True, "hangs": True}, {}, "WPS", "Word：3 秒没有反应，已停止", limit=3, is_users=True,
        stays=True,
    ),
    Trial(
        "用户中途打开了文档", {"user_opens_a_file": True, "shows_window": True}, made_by="Word", stays=True,
        called=("Application.Visible=",), never=("Application.Quit",), seconds=40,
    ),
    Trial("没有反应，但用户在用它的窗口", {"shows_window": True, "hangs": True}, said="Word：3 秒没有反应", limit=3, stays=True),
)  # fmt: skip


# ---------------------------------------------------------------- what Windows knows
def _classes() -> Any:
    """Where classes are registered: for all users by an administrator (whose programs ignore his own), else his own."""
    import winreg

    is_administrator = ctypes.WinDLL("shell32").IsUserAnAdmin()
    root = winreg.HKEY_LOCAL_MACHINE if is_administrator else winreg.HKEY_CURRENT_USER
    return winreg.CreateKey(root, r"Software\Classes")


def _set(key: str, value: str) -> None:
    import winreg

    winreg.SetValue(_classes(), key, winreg.REG_SZ, value)


def _remove(key: str) -> None:
    import winreg

    with contextlib.suppress(OSError):
        winreg.DeleteKey(_classes(), key)


def _get(key: str) -> str:
    import winreg

    with contextlib.suppress(OSError):
        return winreg.QueryValue(_classes(), key)
    return ""


def register(kind: str, folder: Path, plan: Plan) -> None:
    """Make the pretended *kind* of suite known, to behave as *plan* says.

    Its class is a new one each time: Wine goes on offering what a process that was ended by force had registered.
    """
    identity = f"{{{uuid.uuid4()}}}".upper()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calls.jsonl").unlink(missing_ok=True)
    (folder / "plan.json").write_text(json.dumps({"class": identity, **plan}), "utf-8")
    _set(rf"{PROGRAM_IDS[kind]}\CLSID", identity)
    _set(rf"CLSID\{identity}\LocalServer32", f'"{_program(plan.get("program", kind))}" "{FAKE}" "{folder}"')


def forget(kind: str) -> None:
    """Take the suite back."""
    identity = _get(rf"{PROGRAM_IDS[kind]}\CLSID")
    if identity:
        for key in (rf"CLSID\{identity}\LocalServer32", rf"CLSID\{identity}", rf"{PROGRAM_IDS[kind]}\CLSID", PROGRAM_IDS[kind]):
            _remove(key)


def _program(kind: str) -> Path:
    """This Python under the suite's name, where it may be copied; its libraries are found beside it."""
    python = Path(getattr(sys, "_base_executable", sys.executable))
    copy = python.with_name(_PROGRAMS[kind])
    with contextlib.suppress(OSError):
        if not copy.exists():
            shutil.copyfile(python, copy)
        return copy
    return python


def _remove_programs() -> None:
    for name in _PROGRAMS.values():
        with contextlib.suppress(OSError):
            Path(getattr(sys, "_base_executable", sys.executable)).with_name(name).unlink()


# ---------------------------------------------------------------- the trials
@dataclass
class Course:
    """What happened in a trial."""

    made_by: str = ""
    said: list[str] = field(default_factory=list)
    error: str = ""
    seconds: float = 0


@contextlib.contextmanager
def prepared(trial: Trial, folder: Path) -> Iterator[None]:
    """The suites of *trial* registered, the user's own started; afterwards nothing of it is left."""
    for kind, plan in (("word", trial.word), ("wps", trial.wps)):
        forget(kind)
        if plan is not None:
            register(kind, folder / kind, plan)
    users = None
    if trial.is_users:
        users = subprocess.Popen([_program("word"), FAKE, folder / "word", "user"])
        _wait_for(lambda: "ready" in calls(folder / "word"))
    try:
        yield
    finally:
        for kind in PROGRAM_IDS:
            forget(kind)
        for number in _running(folder):
            _processes().end(number)
        if users is not None:
            users.wait(20)


def _wait_for(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)


def calls(folder: Path) -> list[str]:
    """What was asked of the suite, in order."""
    return [line[1] for line in _record(folder)]


def _record(folder: Path) -> list[list[Any]]:
    path = folder / "calls.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def _processes() -> Any:
    from docgen.pdf.windows import WindowsProcesses

    return WindowsProcesses()


def _running(folder: Path) -> set[int]:
    """Processes of the pretended suites that still run."""
    numbers = {line[0] for kind in PROGRAM_IDS for line in _record(folder / kind)}
    return numbers & {process.number for process in _processes().running()}


def run(trial: Trial, report: Path, target: Path) -> Course:
    """Export as the window does."""
    from docgen.pdf.automated import Automated
    from docgen.pdf.export import export_pdf
    from docgen.pdf.windows import find_servers
    from workbook.errors import InputError

    suites = [Automated(server, limits=dict.fromkeys(_STEPS, trial.limit)) for server in find_servers()]
    course, started = Course(), time.monotonic()

    def check() -> None:
        if trial.cancel_after and time.monotonic() - started > trial.cancel_after:
            raise Cancelled

    try:
        made = export_pdf(report, target, check, suites)
        course.made_by, course.said = made.suite, list(made.failures)
    except InputError as error:
        course.error = str(error)
    except Cancelled:
        course.error = "cancelled"
    course.seconds = time.monotonic() - started
    return course


def faults(trial: Trial, course: Course, folder: Path, target: Path) -> list[str]:
    """What did not come out as it must."""
    asked = calls(folder / "word") if trial.word is not None else calls(folder / "wps")
    time.sleep(0.3)  # an ended process leaves the list a moment later
    running = _running(folder)
    told = "；".join([*course.said, course.error])
    return [
        words
        for words, holds in (
            (f"由 {course.made_by or '谁也没有'} 导出", course.made_by == trial.made_by),
            ("PDF 不对", (target.read_bytes() if target.exists() else b"") == (PDF if trial.made_by else b"")),
            (f"说的是“{told}”", trial.said in told and (bool(told) == bool(trial.said or trial.cancel_after))),
            (f"用了 {course.seconds:.0f} 秒", course.seconds < trial.seconds),
            (f"调用 {asked}", set(trial.called) <= set(asked) and not set(trial.never) & set(asked)),
            (f"还在运行 {running}", bool(running) == trial.stays),
        )
        if not holds
    ]


def try_everything(folder: Path, report: Path) -> int:
    """All trials; prints a line for each, and returns how many failed."""
    failed, digest = 0, hashlib.sha256(report.read_bytes()).digest()
    for trial in TRIALS:
        target = folder / f"{trial.name}.pdf"
        with prepared(trial, folder):
            course = run(trial, report, target)
            found = faults(trial, course, folder, target)
        for kind in PROGRAM_IDS:
            (folder / kind / "calls.jsonl").unlink(missing_ok=True)
        failed += bool(found)
        print(f"{'没有通过' if found else '通过'} {trial.name}（{course.seconds:.1f} 秒）{'；'.join(found)}", flush=True)
    is_same = hashlib.sha256(report.read_bytes()).digest() == digest
    print(f"{'通过' if is_same else '没有通过'} 报告本身没有改变", flush=True)
    return failed + (not is_same)


def main(arguments: list[str]) -> int:
    """See the module."""
    if arguments[0] == "--register":
        for kind in PROGRAM_IDS:
            register(kind, Path(arguments[1]) / kind, {})
        return 0
    if arguments[0] == "--forget":
        for kind in PROGRAM_IDS:
            forget(kind)
        _remove_programs()
        return 0
    try:
        return 1 if try_everything(Path(arguments[0]), Path(arguments[1])) else 0
    finally:
        _remove_programs()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
