"""Listing the report's change reasons in the 底稿's sheet 变动原因, for people to fill in Excel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docgen.job.inputs import Inputs
from docgen.report.reason_issues import reason_rows, with_reason_rows
from docgen.report.slots import reason_slots
from workbook.companion.model import Companion, Reason
from workbook.paths import companion_path


def refresh_reason_rows(inputs: Inputs) -> tuple[Companion, int]:
    """Write (or bring up to date) one row for each place that states a change; returns the 底稿 and their number.

    People's texts stay.  Without a 底稿 one is made beside the workbook.  Raises ``InputError`` when the
    file is open elsewhere, was changed meanwhile or cannot be written.
    """
    before = inputs.companion
    slots = reason_slots(inputs.context)
    if before is None:
        rows = reason_rows(slots)
        return _created(inputs, rows), len(rows)
    from workbook.companion.update import update_companion

    after = with_reason_rows(before, slots)
    return update_companion(before, after, inputs.pack, keep_backup=True), len(after.reasons)


def _created(inputs: Inputs, rows: tuple[Reason, ...]) -> Companion:
    from workbook.companion.create import create_companion
    from workbook.companion.read import read_companion

    path: Path = companion_path(inputs.accounts.path)
    new = Companion.new(path, inputs.pack.companion, inputs.context.unit_name, inputs.context.year)
    create_companion(path, replace(new, reasons=rows), inputs.pack)
    return read_companion(path, inputs.pack)[0]
