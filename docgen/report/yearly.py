"""The year at a glance (年度一览): composition, completion of the budget and comparison with last year.

Only a selection from the registry: nothing is computed here.
"""

from __future__ import annotations

from docgen.figures.nodes import ChangeNode, FigureNode
from docgen.model import Change, Direction, Figure
from docgen.report.narrative import Narrative
from workbook.pack.figures import SHARE
from workbook.pack.report import CompletionForm, CompositionForm
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole with its share (``None`` when the whole is zero)."""

    name: str
    amount: Figure
    share: Figure | None


@dataclass(frozen=True, slots=True)
class Composition:
    """A total and its parts; parts that are zero are left out."""

    title: str
    total: Figure
    parts: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """Actual against budget."""

    name: str
    actual: Figure
    budget: Figure
    rate: Figure | None


@dataclass(frozen=True, slots=True)
class YearChange:
    """A comparison with last year under a short name."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class YearOverview:
    """What the overview shows."""

    compositions: tuple[Composition, ...]
    completions: tuple[Completion, ...]
    changes: tuple[YearChange, ...]


def year_overview(narrative: Narrative) -> YearOverview:
    """The overview of the year, as the pack selects it, from the figures of *narrative*; what the unit lacks is left out."""
    form, named = narrative.context.pack.report, narrative.named
    compositions = (_composition(c, named(c.total), named(c.parts)) for c in form.compositions)
    completions = (_completion(c, named(c.actual), named(c.budget), named(c.rate)) for c in form.completions)
    changes = (_change(c.name, named(c.change)) for c in form.changes)
    return YearOverview(tuple(filter(None, compositions)), tuple(filter(None, completions)), tuple(filter(None, changes)))


def _composition(form: CompositionForm, total: object, parts: object) -> Composition | None:
    if not isinstance(total, FigureNode) or not isinstance(parts, list):
        return None
    items = [i for i in parts if isinstance(i, FigureNode) and i.figure.value]
    return Composition(form.title, total.figure, tuple(Share(str(i.child("名称")), i.figure, _figure(i.child(SHARE))) for i in items))


def _figure(node: object) -> Figure | None:
    return node.figure if isinstance(node, FigureNode) else None


def _completion(form: CompletionForm, actual: object, budget: object, rate: object) -> Completion | None:
    if not isinstance(actual, FigureNode) or not isinstance(budget, FigureNode):
        return None
    if not actual.figure.value and not budget.figure.value and budget.figure.value is not None:
        return None
    return Completion(form.name, actual.figure, budget.figure, _figure(rate))


def _change(name: str, node: object) -> YearChange | None:
    if not isinstance(node, ChangeNode):
        return None
    change = node.change
    if change.direction is not Direction.UNKNOWN and not change.current.value and not change.base.value:
        return None
    return YearChange(name or change.label, change)
