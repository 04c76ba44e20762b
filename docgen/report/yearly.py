"""The year at a glance (年度一览): composition, completion of the budget and comparison with last year.

Only a selection from the registry: nothing is computed here.
"""

from __future__ import annotations

from typing import NamedTuple

from docgen.figures.nodes import ChangeNode, FigureNode
from docgen.model import Change, Direction, Figure
from docgen.report.narrative import Narrative
from workbook.pack.figures import SHARE


class Share(NamedTuple):
    """A part of a whole with its share (``None`` when the whole is zero)."""

    name: str
    amount: Figure
    share: Figure | None


class Composition(NamedTuple):
    """A total and its parts; parts that are zero are left out."""

    title: str
    total: Figure
    parts: tuple[Share, ...]


class Completion(NamedTuple):
    """Actual against budget."""

    name: str
    actual: Figure
    budget: Figure
    rate: Figure | None


class YearChange(NamedTuple):
    """A comparison with last year under a short name."""

    name: str
    change: Change


class YearOverview(NamedTuple):
    """What the overview shows."""

    compositions: tuple[Composition, ...]
    completions: tuple[Completion, ...]
    changes: tuple[YearChange, ...]


def year_overview(narrative: Narrative) -> YearOverview:
    """The overview of the year, as the pack selects it, from the figures of *narrative*; what the unit lacks is left out."""
    form, named = narrative.context.pack.report, narrative.named
    wholes = ((c.title, named(c.total), named(c.parts)) for c in form.compositions)
    done = ((c.name, _figure(named(c.actual)), _figure(named(c.budget)), _figure(named(c.rate))) for c in form.completions)
    nodes = ((c.name, named(c.change)) for c in form.changes)
    return YearOverview(
        tuple(Composition(title, total.figure, _shares(parts)) for title, total, parts in wholes
              if isinstance(total, FigureNode) and isinstance(parts, list)),
        tuple(Completion(name, actual, budget, rate) for name, actual, budget, rate in done
              if actual and budget and (actual.value or budget.value or budget.value is None)),
        tuple(YearChange(name or node.change.label, node.change) for name, node in nodes
              if isinstance(node, ChangeNode) and _is_worth_it(node.change)))


def _shares(parts: list[object]) -> tuple[Share, ...]:
    items = [item for item in parts if isinstance(item, FigureNode) and item.figure.value]
    return tuple(Share(str(item.child("名称")), item.figure, _figure(item.child(SHARE))) for item in items)


def _is_worth_it(change: Change) -> bool:
    return bool(change.direction is Direction.UNKNOWN or change.current.value or change.base.value)


def _figure(node: object) -> Figure | None:
    return node.figure if isinstance(node, FigureNode) else None
