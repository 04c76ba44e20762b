"""Drivers: for each slot the breakdowns of its change that explain it (design.md 4.8), as the pack's records say."""

from __future__ import annotations

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.contributions import TwoYears
from docgen.reasons.draft import describe, draft
from docgen.reasons.model import Breakdown, Driver, Drivers
from docgen.reasons.notes import notes_of

__all__ = ["Breakdown", "Driver", "Drivers", "describe", "draft", "drivers_of"]


def drivers_of(change: Change, context: ReportContext, years: TwoYears | None = None) -> Drivers:
    """What explains *change*.  Pass the same *years* for all changes of a report."""
    years = years or TwoYears(context)
    total = change.signed
    if total is None:
        return Drivers(change.id, None, missing=f"缺少{missing_input(change)}")
    notes = notes_of(change, years)
    if change.direction is Direction.LEVEL:
        return Drivers(change.id, total, notes=notes)
    found = tuple(years.breakdowns(change.id, total))
    return Drivers(change.id, total, found, notes, "" if found else "公开表和底稿中没有可以分解这项变动的明细")


def missing_input(change: Change) -> str:
    """Which input the change lacks (empty: none)."""
    return next((f.missing for f in (change.current, change.base, change.difference) if f.missing), "")
