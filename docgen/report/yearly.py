"""The year at a glance (年度一览): composition, completion of the budget and comparison with last year.

Only a selection from the registry: nothing is computed here.
"""

from __future__ import annotations

from typing import Any

from docgen.figures.nodes import FigureNode
from docgen.model import Change, Direction, Figure
from docgen.report.narrative import Narrative
from workbook.values import dataclass

_COMPLETIONS = (
    ("一般公共.合计", "一般公共.年初预算", "一般公共.完成率", "一般公共预算支出"),
    ("三公.决算", "三公.预算", "三公.完成率", "“三公”经费"),
    ("三公.公车", "三公.公车.预算", "三公.公车.完成率", "其中：公务用车"),
    ("三公.接待", "三公.接待.预算", "三公.接待.完成率", "其中：公务接待"),
    ("三公.出国", "三公.出国.预算", "三公.出国.完成率", "其中：因公出国"),
)
_CHANGES = (
    ("收支.本年收入.比上年", "本年收入"), ("收支.本年支出.比上年", "本年支出"), ("财拨.总计.比上年", "财政拨款"),
    ("运行.经费.比上年", ""),
)


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

    income: Composition
    expenditure: Composition
    completions: tuple[Completion, ...]
    changes: tuple[YearChange, ...]


def year_overview(narrative: Narrative) -> YearOverview:
    """The overview of the year from the figures of *narrative*."""
    return YearOverview(
        _composition(narrative, "收入", "收入构成"), _composition(narrative, "支出", "支出构成"),
        tuple(_completions(narrative)), tuple(_changes(narrative)))


def _composition(narrative: Narrative, name: str, title: str) -> Composition:
    node = narrative.names[name]
    items: list[FigureNode] = _child(node, "各项")
    total: FigureNode = _child(node, "合计")
    parts = [
        Share(str(_child(item, "名称")), item.figure, narrative.registry.figures.get(f"{item.figure.id}.占比"))
        for item in items if item.figure.value
    ]
    return Composition(title, total.figure, tuple(parts))


def _child(node: object, name: str) -> Any:
    return getattr(node, name)


def _completions(narrative: Narrative) -> list[Completion]:
    figures = narrative.registry.figures
    found = []
    for actual, budget, rate, name in _COMPLETIONS:
        if actual not in figures or budget not in figures:
            continue
        if figures[actual].value or figures[budget].value or figures[budget].value is None:
            found.append(Completion(name, figures[actual], figures[budget], figures.get(rate)))
    return found


def _changes(narrative: Narrative) -> list[YearChange]:
    changes = narrative.registry.changes
    return [
        YearChange(name or changes[key].label, changes[key]) for key, name in _CHANGES
        if key in changes and (changes[key].direction is Direction.UNKNOWN or changes[key].current.value or changes[key].base.value)
    ]
