"""Where the start of a command goes: CPU time of whole processes, and the imports of ``juesuan report``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.timing import measure_process, show
from workbook.pack.loading import TEMPLATES

SAMPLE = TEMPLATES / "sample" / "示例市电化教育馆_2024年度决算公开表.xlsx"
OURS = ("workbook", "docgen", "cli")
STANDARD = "标准库"


def imports(command: list[str], folder: str) -> dict[str, int]:
    """Microseconds that each module took by itself, as ``-X importtime`` says; bytecode is kept in *folder*."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(2):  # the first run compiles
        done = subprocess.run([sys.executable, "-X", "importtime", *command], check=False, capture_output=True, env=environment)
    times: dict[str, int] = {}
    for line in done.stderr.decode().splitlines():
        alone, bar, rest = line.removeprefix("import time:").partition("|")
        if bar and alone.strip().isdigit():
            times[rest.rpartition("|")[2].strip()] = int(alone)
    return times


def group_of(module: str) -> str:
    """The package that a module belongs to; ``标准库`` for all of Python's own."""
    top = module.partition(".")[0]
    return STANDARD if top in sys.stdlib_module_names else top


def main() -> None:
    """Print the processes, then the imports by package and the slowest modules."""
    with tempfile.TemporaryDirectory() as folder:
        python = [sys.executable]
        report = ["-m", "cli.main", "report", str(SAMPLE), "-o", f"{folder}/a.docx"]
        show("整个进程的 CPU 时间", [
            ("Python 自身（-c pass）", measure_process([*python, "-c", "pass"])),
            ("juesuan --version", measure_process([*python, "-m", "cli.main", "--version"])),
            ("juesuan check 示例", measure_process([*python, "-m", "cli.main", "check", str(SAMPLE)])),
            ("juesuan report 示例", measure_process([*python, *report])),
        ])
        times = imports(report, folder)
    groups: dict[str, list[int]] = defaultdict(list)
    for name, time in times.items():
        groups[group_of(name)].append(time)
    print(f"\njuesuan report 的导入（-X importtime，计时本身使其偏大）：{len(times)} 个模块，{sum(times.values()) / 1000:.0f} ms")
    for group, found in sorted(groups.items(), key=lambda item: -sum(item[1])):
        print(f"  {group:<24}{sum(found) / 1000:>8.1f} ms{len(found):>6} 个模块")
    print("  最慢的模块：")
    for name, time in sorted(times.items(), key=lambda item: -item[1])[:12]:
        print(f"    {name:<40}{time / 1000:>6.1f} ms")


if __name__ == "__main__":
    main()
