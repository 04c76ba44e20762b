"""Try the PDF export through Word and WPS without either: ``python packaging/smoke_office.py``, on Debian through Wine.

On Windows only with --here, because it registers pretended programs in place of Word and WPS while it runs. The
trials are in office_trials.py, what stands for Word and WPS in fake_office.py. Real ones have to be tried by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from smoke_machines import Machine, WindowsMachine, WineMachine
from smoke_steps import SourceProgram, require, sample_copy
from windows_python import windows_python
from wine import fresh_wine, screen
from workshop import BuildError, cache_folder, native_tools, say

TRIALS = Path(__file__).resolve().with_name("office_trials.py")


def python_there(cache: Path) -> Path:
    """A Windows Python with the program's dependencies: this machine's own, or the one that builds under Wine."""
    tools = native_tools(cache)
    return tools if sys.platform == "win32" else windows_python(cache, tools) / "python.exe"


def run_trials(machine: Machine, cache: Path, *arguments: str, name: str) -> int:
    """Run office_trials.py in the Windows of *machine*; its exit code."""
    words = ["-X", "utf8", "-s", machine.name(TRIALS), *arguments]
    return machine.start(machine.name(python_there(cache)), *words, name=name, limit=590).code


def try_every_way(machine: Machine, cache: Path, logs: Path) -> None:
    """All that a suite can do, from the source."""
    say("导出 PDF：装作 Word 和 WPS 的程序")
    folder = rf"{machine.apart}\装作 办公软件"
    work = machine.path(folder)
    report = work / "报告.docx"
    workbook = sample_copy(work)
    source = SourceProgram(native_tools(cache), logs)
    require("用源码生成了报告", source.command("report", workbook, "-o", report, "--clean", "--force", name="office").code == 0)
    code = run_trials(machine, cache, folder, rf"{folder}\报告.docx", name="office")
    for line in (logs / "smoke-office.log").read_text("utf-8", errors="replace").splitlines():
        say(f"  {line}")
    require("以上各种情形", code == 0)


def try_program(machine: Machine, cache: Path, window: str, output: str) -> None:
    """The built program: its window exports through what it takes for Word; *window* is its path, *output* a folder."""
    folder = rf"{machine.apart}\装作 办公软件"
    require("登记了装作 Word 和 WPS 的程序", run_trials(machine, cache, "--register", folder, name="office-register") == 0)
    try:
        outcome = machine.start(window, "--smoke", output, name="office-window")
    finally:
        run_trials(machine, cache, "--forget", folder, name="office-forget")
    said = json.loads((machine.path(output) / "smoke.json").read_text("utf-8"))
    require(f"窗口说“{said.get('pdf')}”", outcome.code == 0 and said.get("pdf") == "已用 Word 导出“report.pdf”。")
    require("有 PDF", (machine.path(output) / "report.pdf").read_bytes().startswith(b"%PDF-"))
    record = (machine.path(rf"{folder}\word") / "calls.jsonl").read_text("utf-8")
    require("打开、更新页码、导出、关闭、退出", all(f'"{name}"' in record for name in ("Documents.Open", "Application.Quit", "end")))


def main(arguments: list[str]) -> int:
    """Run the trials where they can run."""
    cache = cache_folder()
    logs = cache / "logs"
    if arguments == ["--here"] and sys.platform == "win32":
        try_every_way(WindowsMachine(cache / "smoke", logs), cache, logs)
    elif sys.platform != "win32":
        with screen() as display, fresh_wine(cache, "wine-office", display, "张 三") as wine:
            try_every_way(WineMachine(wine), cache, logs)
    else:
        raise BuildError("在 Windows 上，本测试会暂时顶替 Word 和 WPS 的登记；确认后请加 --here")
    say("全部通过")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BuildError as fault:
        sys.exit(f"没有成功：{fault}")
