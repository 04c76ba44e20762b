"""Consistent workbooks of every form and layout give no finding that is none; single faults are found, named and blamed.

A small part of ``benchmarks/bench_findings.py``.
"""

from __future__ import annotations

import random

import pytest

from tests.single_faults import AMOUNTS, FAULTS, PACKS, consistent, findings, tried
from workbook.issues import Severity

UNITS = range(18)
FAULTY = range(1000, 1012)


@pytest.mark.parametrize("seed", UNITS)
def test_a_consistent_workbook_of_any_form_asks_nothing(seed, tmp_path):
    _, issues = findings(consistent(seed, tmp_path, PACKS[seed % len(PACKS)]))
    assert not [i for i in issues if i.severity is Severity.ERROR]
    assert len(issues) <= 1


@pytest.mark.parametrize("kind", FAULTS)
def test_a_single_fault_is_found_and_its_cell_named(kind, tmp_path):
    outcomes = []
    for seed in FAULTY:
        folder = tmp_path / str(seed)
        folder.mkdir()
        outcome = tried(consistent(seed, folder, PACKS[seed % len(PACKS)]), kind, random.Random(seed))
        outcomes += [outcome] if outcome else []
    assert len(outcomes) >= 2
    missed = [o for o in outcomes if not (o.found and o.named)]
    assert len(missed) <= (0 if kind in AMOUNTS else 1)
    blamed = [o.first for o in outcomes if o.named and not o.ambiguous]
    assert sum(blamed) >= 0.8 * len(blamed)
