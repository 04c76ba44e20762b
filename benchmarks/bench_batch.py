"""Batches over a folder of units: units a second with one process and with one for each core, and memory.

Two kinds of units: complete ones (workbook, last year's, 底稿 with performance tables: what the sample has) and
workbooks alone.  Bars: 60 units a second for each core, memory that does not grow with the number of units.

``bench_batch.py [UNITS] [MANY]``: units for the speed (300), and for the memory (3000).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docgen.batch.run import run_batch
from tools.build_sample import amounts_of, load_figures
from workbook.create.workbook import create_workbook
from workbook.pack.loading import TEMPLATES, load_pack

SAMPLE = TEMPLATES / "sample"
VARIANTS = 20


def make_units(folder: Path, units: int, *, complete: bool) -> None:
    """A folder for each of *units* units; the files are links to a few that differ."""
    stock = folder.parent / "stock"
    stock.mkdir(exist_ok=True)
    pack, figures = load_pack(), load_figures()
    books = []
    for factor in range(1, VARIANTS + 1):
        path = stock / f"{factor}.xlsx"
        if not path.exists():
            amounts = {key: value * Decimal(factor) for key, value in amounts_of(figures, "2024").items()}
            create_workbook(path, pack, unit_name=f"示例市第{factor}单位", year=2024, amounts=amounts)
        books.append(path)
    for number in range(units):
        own = folder / f"{number // 100:03}片区" / f"{number:05}单位"
        own.mkdir(parents=True)
        files = sorted(SAMPLE.glob("*.xlsx")) if complete else [books[number % VARIANTS]]
        for file in files:
            if "2023年度决算公开表_底稿" not in file.name:
                os.link(file, own / (file.name if complete else f"第{number}单位2024年度决算公开表.xlsx"))


def run_once(folder: Path, out: Path, workers: int) -> dict[str, float]:
    """A batch in a process of its own: seconds of work, units, and peak memory in MiB of it and of its largest worker."""
    command = [sys.executable, __file__, "--run", str(folder), str(out), str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_here(folder: Path, out: Path, workers: int) -> None:
    """What the process of :func:`run_once` does."""
    import resource

    started, used = time.perf_counter(), time.process_time()
    result = run_batch(folder, out, workers=workers)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if result.reports != result.finished:
        sys.exit(f"{result.finished - result.reports} units have no report: {result.counts}")
    print(json.dumps({"units": result.finished, "seconds": seconds, "cpu": cpu, "own": own, "worker": others}))


def main(units: int, many: int) -> None:
    """Print both comparisons."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as name:  # on the same disk as the sample: files are linked
        place = Path(name)
        for complete, kind in ((False, "只有公开表"), (True, "公开表、上年表、底稿")):
            folder = place / f"units-{complete}"
            make_units(folder, units, complete=complete)
            run_once(folder, place / "warm", 1)
            print(f"\n{units} 个单位（{kind}）：校验、报告、汇总")
            for workers in sorted({1, cores}):
                found = run_once(folder, place / f"out-{complete}-{workers}", workers)
                speed = found["units"] / found["seconds"]
                line = f"  {workers} 个进程：每秒 {speed:6.1f} 个单位，每核每秒 {speed / workers:6.1f} 个"
                print(line + (f"（CPU 时间计 {found['units'] / found['cpu']:.1f} 个）" if workers == 1 else ""))
        print("\n内存峰值 MiB（主进程 / 最大的工作进程）")
        for size in (units, many):
            folder = place / f"memory-{size}"
            make_units(folder, size, complete=False)
            for workers in (1, 2):
                found = run_once(folder, place / f"out-{size}-{workers}", workers)
                print(f"  {size:>6} 个单位，{workers} 个进程：{found['own']:6.1f} / {found['worker'] if workers > 1 else 0:6.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run_here(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        numbers = [int(argument) for argument in sys.argv[1:3]]
        main(*[*numbers, *[300, 3000][len(numbers):]])
