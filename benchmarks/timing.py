"""Timing for the benchmark scripts: best and median of repeated runs, printed side by side."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable


def measure(work: Callable[[], object], runs: int = 15, warmup: int = 2) -> tuple[float, float]:
    """Best and median CPU time of *work* in milliseconds (CPU time: other programs on the machine do not count).

    As in :mod:`timeit`, garbage is collected between the runs, not during one.
    """
    for _ in range(warmup):
        work()
    times = []
    for _ in range(runs):
        gc.collect()
        gc.disable()
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
        gc.enable()
    return min(times), statistics.median(times)


def measure_process(command: list[str], runs: int = 7) -> tuple[float, float]:
    """Best and median CPU time of a command as a whole process, start and end included, in milliseconds (POSIX).

    All modules are compiled to bytecode by the first run, which does not count, as they are in an installed program.
    """
    import resource

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    times = []
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(runs + 1):
            before = spent()
            subprocess.run(command, check=False, capture_output=True, env=environment)
            times.append((spent() - before) * 1000)
    del times[0]
    return min(times), statistics.median(times)


def show(title: str, rows: list[tuple[str, tuple[float, float]]], ratio: tuple[str, str] | None = None) -> None:
    """Print a table; *ratio* names two rows whose best and median times are divided."""
    print(f"\n{title}")
    print(f"  {'':<44}{'最快 ms':>10}{'中位 ms':>10}")
    found = dict(rows)
    for name, (best, median) in rows:
        print(f"  {name:<44}{best:>10.2f}{median:>10.2f}")
    if ratio:
        (a, b) = (found[ratio[0]], found[ratio[1]])
        print(f"  比值 {ratio[0]} ÷ {ratio[1]}：最快 {a[0] / b[0]:.2f}，中位 {a[1] / b[1]:.2f}")
