"""What every built program must do, on Windows and on Linux: the same answers as the source, a window that works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import product
from workshop import BuildError, run, say

YEAR = "2024"
SAMPLE = product.ROOT / "templates" / "sample"


@dataclass(frozen=True)
class Outcome:
    """How a program ran."""

    code: int
    seconds: float
    memory: int
    """Most physical memory that it held at once, in bytes; 0 when it ended before it was looked at."""


class Program(Protocol):
    """A built program on some machine, or the source itself."""

    def command(self, *arguments: str | Path, name: str) -> Outcome:
        """Run the console program; a ``Path`` argument is a file in the working folder, named as the machine names it."""

    def window(self, *arguments: str | Path, name: str) -> Outcome:
        """Run the windowed program."""


def require(what: str, holds: bool) -> None:
    """Print that *what* holds, or stop the test."""
    if not holds:
        raise BuildError(f"没有通过：{what}")
    say(f"  通过 {what}")


def sample_copy(folder: Path) -> Path:
    """Copy the sample into *folder*; the workbook of this year."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(SAMPLE.glob("*.xlsx")):
        shutil.copyfile(file, folder / file.name)
    return next(path for path in sorted(folder.glob(f"*{YEAR}*.xlsx")) if not path.stem.endswith("_底稿"))


def answers(program: Program, folder: Path) -> dict[str, object]:
    """What the console program says about the sample: exit codes, issues and every figure; files stay in *folder*."""
    workbook = sample_copy(folder)
    issues, figures, report = folder / "问题.json", folder / "数字.json", folder / "决算 报告.docx"
    checked = program.command("check", workbook, "--format", "json", "-o", issues, name="check")
    written = program.command("report", workbook, "-o", report, "--figures", figures, "--force", name="report")
    demo = program.command("demo", "-o", folder / "演示", name="demo")
    broken = folder / "不是工作簿.xlsx"
    broken.write_bytes(b"not a workbook")
    refused = program.command("check", broken, name="refused")
    say(f"  命令行：check {checked.seconds:.2f} 秒，report {written.seconds:.2f} 秒，demo {demo.seconds:.2f} 秒")
    found = json.loads(issues.read_text("utf-8"))
    found.pop("workbook")  # where it lies differs, and nothing else
    return {
        "exit codes": [checked.code, written.code, demo.code, refused.code],
        "issues": found,
        "figures": json.loads(figures.read_text("utf-8")),
        "report": document_text(report),
        "demo": sorted(path.name for path in (folder / "演示").iterdir()),
    }


def document_text(path: Path) -> bytes:
    """The text part of a Word file."""
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/document.xml")


def compare(built: dict[str, object], source: dict[str, object]) -> None:
    """The built program must say what the source says."""
    for what, expected in source.items():
        require(f"与源码运行的结果一致：{what}", built[what] == expected)


def try_window(program: Program, output: Path) -> None:
    """Let the window open the sample, check, report and take its picture; prints start time and memory."""
    outcome = program.window("--smoke", output, name="window")
    if outcome.code != 0:
        for path in output.glob("*.json"):
            say(path.read_text("utf-8").replace("\\n", "\n"))
    require("窗口打开示例、校验、生成报告、截图，退出码 0", outcome.code == 0)
    pictures, reports = sorted(output.glob("*.png")), sorted(output.glob("*.docx"))
    require(f"有截图（{len(pictures)} 张）", bool(pictures) and all(path.stat().st_size > 5000 for path in pictures))
    require("有报告", bool(reports) and all(b"w:document" in document_text(path) for path in reports))
    say(f"  窗口：全程 {outcome.seconds:.1f} 秒，内存最多 {outcome.memory / 2**20:.0f} MiB")
    for path in sorted(output.glob("*.json")):
        say(f"  {path.name}：{path.read_text('utf-8').strip()[:500]}")


@dataclass(frozen=True)
class SourceProgram:
    """The program as it runs from the source, with the tools' python: what the built one is compared with."""

    python: Path
    logs: Path

    def command(self, *arguments: str | Path, name: str) -> Outcome:
        started = time.monotonic()
        words = [self.python, "-m", "cli.main", *arguments]
        env = {**os.environ, "PYTHONPATH": str(product.ROOT), "PYTHONUTF8": "1"}
        code = run(words, log=self.logs / f"source-{name}.log", expect=None, env=env, cwd=product.ROOT)
        return Outcome(code, time.monotonic() - started, 0)

    def window(self, *arguments: str | Path, name: str) -> Outcome:
        raise NotImplementedError


def watch(process: subprocess.Popen[bytes], memory: Callable[[], int], limit: float) -> Outcome:
    """Wait for *process* while looking at its memory; ends it, and raises ``BuildError``, after *limit* seconds."""
    started, most = time.monotonic(), 0
    while process.poll() is None:
        most = max(most, memory())
        if time.monotonic() - started > limit:
            process.kill()
            raise BuildError(f"程序在 {limit:.0f} 秒内没有结束")
        time.sleep(0.02)
    return Outcome(process.returncode, time.monotonic() - started, most)


def window_on(display: str) -> bool:
    """Whether a window with the program's title is mapped on the X screen."""
    env = {**os.environ, "DISPLAY": display}
    shown = subprocess.run(["xwininfo", "-root", "-tree"], env=env, capture_output=True, check=False)
    return f'{product.NAME}"'.encode() in shown.stdout


def wait_for(holds: Callable[[], bool], limit: float = 60, pause: float = 0.3) -> bool:
    """Ask until it holds; False after *limit* seconds."""
    started = time.monotonic()
    while time.monotonic() - started < limit:
        if holds():
            return True
        time.sleep(pause)
    return False


def linux_memory(mark: str) -> int:
    """The largest peak memory among the processes whose command line contains *mark*, in bytes (from /proc)."""
    most = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text("utf-8", errors="replace")
                peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
                most = max(most, int(peak) * 1024)
        except OSError:
            continue  # it has just ended
    return most
