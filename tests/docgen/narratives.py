"""Narratives with every figure and comparison that the pack's records allow, stated by the template or not."""

from __future__ import annotations

from docgen.job.inputs import Inputs
from docgen.report.narrative import Narrative, narrative_of


def whole_narrative(context: Inputs) -> Narrative:
    narrative = narrative_of(context)
    narrative.everything()
    return narrative
