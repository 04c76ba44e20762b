"""Narratives with every figure and comparison that the pack's records allow, stated by the template or not."""

from __future__ import annotations

from docgen.job.context import ReportContext
from docgen.report.narrative import Narrative, narrative_of


def whole_narrative(context: ReportContext) -> Narrative:
    narrative = narrative_of(context)
    narrative.everything()
    return narrative
