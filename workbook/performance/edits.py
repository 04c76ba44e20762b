"""Which cells of a 项目支出绩效自评表 change when the table changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from workbook.amounts import MoneyUnit
from workbook.editing.package_edit import Edit
from workbook.entries import Entry
from workbook.issues import CellRef
from workbook.performance.model import FundRow, Indicator, PerformanceTable

_MONEY_FIELDS = ("initial_budget", "adjusted_budget", "actual")
_NAMES = ("first", "second", "third", "nature", "direction", "unit")
_VALUES = ("target", "actual", "weight", "score", "cause")


class NewForm(Exception):  # noqa: N818  # no error: it says that the sheet must be written anew
    """The change does not fit into the cells that the sheet has."""


def table_edits(before: PerformanceTable, after: PerformanceTable) -> dict[tuple[int, int], Edit] | None:
    """The cells to change in *before*'s sheet; ``None`` when the sheet must be written anew."""
    same_shape = len(before.indicators) == len(after.indicators) and before.has_direction == after.has_direction
    if not same_shape or before.year != after.year:
        return None
    try:
        return dict(_edits(before, after))
    except NewForm:
        return None


def _edits(before: PerformanceTable, after: PerformanceTable) -> Iterator[tuple[tuple[int, int], Edit]]:
    for name in ("name", "department", "unit", "expected", "achieved", "total_weight", "total_score"):
        yield from _entry(getattr(before, name), getattr(after, name))
    for label in dict.fromkeys(f.label for f in (*before.funds, *after.funds)):
        old, new = before.fund(label), after.fund(label)
        for name in (f.name for f in fields(FundRow) if f.name != "label"):
            yield from _entry(getattr(old, name), getattr(new, name), yuan=name in _MONEY_FIELDS and before.money_unit is MoneyUnit.YUAN)
    for one, other in zip(before.indicators, after.indicators, strict=True):
        yield from _indicator(one, other)


def _entry(old: Entry, new: Entry, *, yuan: bool = False) -> Iterator[tuple[tuple[int, int], Edit]]:
    if not old.same(new):
        yield _place(old.ref), edit_of(new, yuan=yuan)


def _indicator(old: Indicator, new: Indicator) -> Iterator[tuple[tuple[int, int], Edit]]:
    for name in _NAMES:
        if getattr(old, name) != getattr(new, name):
            yield _place(old.cells.get(name)), getattr(new, name) or None
    for name in _VALUES:
        yield from _entry(getattr(old, name), getattr(new, name))


def _place(ref: CellRef | None) -> tuple[int, int]:
    if ref is None:
        raise NewForm
    return ref.row, ref.column


def edit_of(entry: Entry, *, yuan: bool = False) -> Edit:
    """What to write for an entry: its number (in 元 when the sheet is), else its text, else nothing."""
    if entry.value is not None and (not entry.text or _is_plain(entry.text)):
        return entry.value.scaleb(4) if yuan else entry.value
    return entry.text or None


def _is_plain(text: str) -> bool:
    """Whether the text is just the number (``≥95%`` must stay as it is written)."""
    from decimal import Decimal

    from workbook.amounts import parse_amount

    return isinstance(parse_amount(text), Decimal) and not text.rstrip().endswith(("%", "％"))
