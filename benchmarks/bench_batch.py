"""Batches over a folder of units: units a second with one process and with one for each core, memory, and a cluster.

Two kinds of units: complete ones (workbook, last year's, 底稿 with performance tables: what the sample has) and
workbooks alone; their files are links to a few that differ.  Bars: 60 (25) units a second for each core, memory that does not grow with the
number of units, a batch on a cluster of which a node is killed that ends with every unit done or named.

``bench_batch.py [--units N] [--many N] [--long N]``: units for the speed (300) and for the memory (3000); *long* follows the
memory of a batch of so many units (10000, say) through its whole course, and does nothing else.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docgen.batch.model import Phase, Progress
from docgen.batch.run import run_batch
from tools.build_sample import amounts_of, load_figures
from workbook.create.workbook import create_workbook
from workbook.pack.loading import TEMPLATES, load_pack

SAMPLE = TEMPLATES / "sample"
VARIANTS = 20
CLUSTER_UNITS = 60
SAMPLES = 10


def make_units(folder: Path, units: int, *, complete: bool) -> Path:
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
    return folder


def run_once(folder: Path, out: Path, workers: int) -> dict[str, float]:
    """A batch in a process of its own: seconds of work, units, and peak memory in MiB of it and of its largest worker."""
    command = [sys.executable, __file__, "--run", str(folder), str(out), str(workers)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_here(folder: Path, out: Path, workers: int) -> None:
    """What the process of :func:`run_once` does."""
    started, used = time.perf_counter(), time.process_time()
    result = run_batch(folder, out, workers=workers)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if result.reports != result.finished:
        sys.exit(f"{result.finished - result.reports} units have no report: {result.counts}")
    print(json.dumps({"units": result.finished, "seconds": seconds, "cpu": cpu, "own": own, "worker": others}))


def resident(process: int | None) -> float:
    """Memory that a process takes now, in MiB (Linux)."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:  # it has ended meanwhile
        return 0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)


def follow(total: int) -> Callable[[Progress], None]:
    """Prints memory of this process and of its workers ten times in the course of *total* units, and at the end."""
    seen: set[int] = set()
    started = time.perf_counter()

    def look(progress: Progress) -> None:
        tenth = progress.done * SAMPLES // total if progress.phase is not Phase.SEARCH else -1
        if tenth not in seen or progress.phase is Phase.SUMMARY:
            seen.add(tenth)
            workers = " ".join(f"{resident(child.pid):6.1f}" for child in multiprocessing.active_children())
            print(f"  {time.perf_counter() - started:6.0f} 秒 {progress.phase} {progress.done:>6}：{resident(os.getpid()):6.1f} / {workers}", flush=True)

    return look


def speed(place: Path, units: int, cores: int) -> None:
    """Units a second."""
    for complete, kind in ((False, "只有公开表"), (True, "公开表、上年表、底稿")):
        folder = make_units(place / f"units-{complete}", units, complete=complete)
        run_once(folder, place / "warm", 1)
        print(f"\n{units} 个单位（{kind}）：校验、报告、汇总")
        for workers in sorted({1, cores}):
            found = run_once(folder, place / f"out-{complete}-{workers}", workers)
            rate = found["units"] / found["seconds"]
            line = f"  {workers} 个进程：每秒 {rate:6.1f} 个单位，每核每秒 {rate / workers:6.1f} 个"
            print(line + (f"（CPU 时间计 {found['units'] / found['cpu']:.1f} 个）" if workers == 1 else ""))


def memory(place: Path, units: int, many: int) -> None:
    """Most memory, for few units and for many."""
    print("\n内存峰值 MiB（主进程 / 最大的工作进程）")
    for size in (units, many):
        folder = make_units(place / f"memory-{size}", size, complete=False)
        for workers in (1, 2):
            found = run_once(folder, place / f"out-{size}-{workers}", workers)
            print(f"  {size:>6} 个单位，{workers} 个进程：{found['own']:6.1f} / {found['worker'] if workers > 1 else 0:6.1f}")


def cluster(place: Path) -> None:
    """A batch on two nodes, of which one is killed in the middle."""
    from distributed import Client, LocalCluster

    folder = make_units(place / "cluster", CLUSTER_UNITS, complete=True)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as made:
        with Client(made.scheduler_address, set_as_default=False) as client:
            nodes = list(client.run(os.getpid).values())

        def kill(progress: Progress) -> None:
            if nodes and progress.phase is Phase.WORK and progress.done == CLUSTER_UNITS // 2:
                os.kill(nodes.pop(), signal.SIGKILL)
                nodes.clear()

        started = time.perf_counter()
        result = run_batch(folder, place / "out-cluster", scheduler=made.scheduler_address, progress=kill)
        print(f"\n两个节点的 Dask 集群，中途杀掉一个：{time.perf_counter() - started:.1f} 秒，{result.words()}")
        if nodes or result.finished != CLUSTER_UNITS:
            sys.exit("not every unit was done or named")


def main() -> None:
    """Run the comparisons."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--many", type=int, default=3000)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_here(Path(options.run[0]), Path(options.run[1]), int(options.run[2]))
        return
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as name:  # on the same disk as the sample: files are linked
        place = Path(name)
        if options.long:
            folder = make_units(place / "long", options.long, complete=False)
            print(f"{options.long} 个单位，{cores} 个进程：内存 MiB（主进程 / 各工作进程）", flush=True)
            started = time.perf_counter()
            result = run_batch(folder, place / "out", workers=cores, progress=follow(options.long))
            used = sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
            print(f"  {time.perf_counter() - started:.0f} 秒，CPU {used:.0f} 秒；{result.words()}")
            return
        speed(place, options.units, cores)
        memory(place, options.units, options.many)
        cluster(place)


if __name__ == "__main__":
    main()
