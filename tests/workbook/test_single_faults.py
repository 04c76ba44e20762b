"""Consistent workbooks of every form and layout give no finding that is none; single faults are found, named and blamed.

A small part of ``benchmarks/bench_findings.py``.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

import pytest

from tests.single_faults import AMOUNTS, FAULTS, PACKS, consistent, findings, tried
from workbook.errors import InputError
from workbook.formats.source import Content
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


ODD: tuple[Content, ...] = (
    "合计", "注：", "", "栏次", 0.0, -1.0, 1e14, "科目编码", "类", "款", "项", "201", "20502", True, "说明：本表", "小计", "单位：元", "—", "#REF!",
    "2050299 其他", "收入决算表", "预算数", "决算数", 301.0, 2050299.0, "１２３", "（201）")


def spoilt(rows: list[list[Content]], rng: random.Random) -> list[list[Content]]:
    """Rows deleted, repeated, cut off, a column deleted, odd things in cells."""
    for _ in range(rng.choice([0, 1, 3, 10])):
        r = rng.randrange(len(rows)) if rows else 0
        change = rng.randrange(5) if rows else 0
        if change == 0:
            rows = rows[:r] + rows[r + 1 :]
        elif change == 1:
            rows.insert(r, list(rng.choice(rows)))
        elif change == 2:
            rows[r] = [rng.choice([content, rng.choice(ODD)]) for content in rows[r]]
        elif change == 3:
            c = rng.randrange(12)
            rows = [[*row[:c], *row[c + 1 :]] for row in rows]
        else:
            rows = rows[:r]
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_no_content_raises(seed, tmp_path):
    unit, rng = consistent(seed, tmp_path), random.Random(seed)
    for _ in range(3):
        sheets = (replace(sheet, rows=spoilt([list(row) for row in sheet.rows], rng)) for sheet in unit.source.sheets)
        with contextlib.suppress(InputError):  # none of the tables is left
            findings(unit, replace(unit.source, sheets=tuple(sheets)))
