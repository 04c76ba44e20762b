"""Narratives with every figure and comparison that the pack's records allow, stated by the template or not."""

from __future__ import annotations

from collections.abc import Iterable

from docgen.figures.nodes import Node
from docgen.job.inputs import Inputs
from docgen.report.narrative import Narrative, narrative_of


def whole_narrative(context: Inputs) -> Narrative:
    narrative = narrative_of(context)
    _walk(narrative.names.values())
    return narrative


def _walk(values: Iterable[object]) -> None:
    for value in values:
        if isinstance(value, Node):
            _walk(child for _, child in value.names())
        elif isinstance(value, list | tuple):
            _walk(value)
