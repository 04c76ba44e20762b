"""Findings of the check on random workbooks of every form and layout: none of consistent ones, and single faults by kind.

How many of each may be given: ``python benchmarks/bench_findings.py 2000 3000`` is the long run, by hand; a small part is in the
tests.  Bars: no 错误 and at most one 提示 of consistent ones; amounts found 100 %, named 97 %, first 78 %; deleted rows and
mistyped codes found 95 %; first 90 % where correcting the blamed cell would not clear everything as well.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.single_faults import FAULTS, PACKS, Outcome, chosen, consistent, findings, tried
from workbook.issues import Severity

_PER_UNIT = 6
"""Faults that are tried in one workbook."""


def show_consistent(count: int) -> None:
    """How many consistent workbooks give a finding."""
    counted: Counter[str] = Counter()
    for seed in range(count):
        with tempfile.TemporaryDirectory() as folder:
            unit = consistent(seed, Path(folder))
            _, issues = findings(unit)
        errors = [i for i in issues if i.severity is Severity.ERROR]
        counted["有错误"] += bool(errors)
        counted["提示多于一条"] += len(issues) - len(errors) > 1
        counted[f"{unit.pack.name}认错"] += chosen(unit) != unit.pack.name
        counted[unit.pack.name] += 1
        if errors or len(issues) > 1:
            print(f"  种子 {seed}（{unit.pack.name}）：" + "；".join(f"{i.code} {i.message[:60]}" for i in issues[:3]))
    print(f"相符的工作簿 {count} 个：" + "，".join(f"{name} {n}" for name, n in sorted(counted.items())))


def show_faults(count: int) -> None:
    """What becomes of single faults, by kind."""
    found: dict[str, list[Outcome]] = {kind: [] for kind in FAULTS}
    seed = 0
    while sum(map(len, found.values())) < count:
        seed += 1
        rng = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            unit = consistent(seed, Path(folder), PACKS[seed % len(PACKS)])
            for kind in rng.sample(list(FAULTS), _PER_UNIT):
                if (outcome := tried(unit, kind, rng)) is not None:
                    found[kind].append(outcome)
    print(f"\n单个差错 {sum(map(len, found.values()))} 个{'个数':>12}{'发现':>9}{'指出':>9}{'居首':>9}{'居首（可分辨的）':>12}")
    for kind, outcomes in found.items():
        clear = [o for o in outcomes if o.named and not o.ambiguous]
        parts = [sum(o.found for o in outcomes), sum(o.named for o in outcomes), sum(o.first for o in outcomes)]
        shares = "".join(f"{part / max(len(outcomes), 1):>10.1%}" for part in parts)
        print(f"  {kind:<12}{len(outcomes):>10}{shares}{sum(o.first for o in clear) / max(len(clear), 1):>12.1%}")


def main() -> None:
    """Print the measurements."""
    counts = [int(argument) for argument in sys.argv[1:]]
    show_consistent(counts[0] if counts else 200)
    show_faults(counts[1] if len(counts) > 1 else 300)


if __name__ == "__main__":
    main()
