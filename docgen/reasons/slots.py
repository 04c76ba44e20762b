"""Reason slots: every place of the report that needs a reason, with all that helps to write it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from docgen.figures.nodes import phrase
from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.draft import draft
from docgen.reasons.drivers import drivers_of, missing_input
from docgen.reasons.model import Slot, SlotKind, SlotState
from docgen.reasons.objections import object_to
from docgen.reasons.parts import TwoYears
from docgen.reasons.suggestions import suggestions
from docgen.reasons.text_slots import text_slots
from docgen.reasons.thresholds import Thresholds, level_wording, reasons_by_threshold, required_map
from docgen.report.narrative import SECTIONS, Narrative, build_narrative, needs_reason
from workbook.numerals import chinese_numeral
from workbook.values import dataclass

__all__ = ["Slot", "SlotKind", "SlotState", "reason_slots", "required_map"]

_ORDER = (
    "收支.总计.比年初", "收支.总计.比上年", "收支.本年收入.比上年", "收支.使用结余.比上年", "收支.年初结转.比上年",
    "收支.本年支出.比上年", "文本.结余分配事项", "收支.结余分配.比上年", "文本.年末结转事项", "收支.年末结转.比上年",
    "三公.决算.比预算", "三公.出国.比上年", "三公.公车.比上年", "文本.购置开支内容", "三公.购置.比上年", "三公.运行.比上年",
    "文本.国内接待内容", "文本.国外接待内容", "三公.接待.比上年",
)
"""Order within sections 1 and 8 where it is not that in which the figures are computed."""
_RANK = {slot: rank for rank, slot in enumerate(_ORDER)}


def reason_slots(context: ReportContext, narrative: Narrative | None = None) -> tuple[Slot, ...]:
    """All slots in the order of the report: reasons for changes, and the other texts to fill in."""
    narrative = narrative or build_narrative(context, reasons_by_threshold(context))
    changes = [change for change in narrative.changes() if needs_reason(change)]
    maker = _SlotMaker(context, changes)
    slots = [*(maker.slot(change) for change in changes), *text_slots(context, narrative)]
    return tuple(sorted(slots, key=_place))


def _place(slot: Slot) -> tuple[int, int]:
    """Where a slot stands in the report (sorting keeps the order of figures within a section)."""
    outside = 0 if slot.id.startswith("概况.") else len(SECTIONS) + 1
    return slot.section or outside, _RANK.get(slot.id, len(_RANK))


def section_title(section: int) -> str:
    """``四、财政拨款收入支出决算总体情况``."""
    return f"{chinese_numeral(section)}、{SECTIONS[section - 1]}"


@dataclass
class _SlotMaker:
    """Makes the slots of one report."""

    context: ReportContext
    changes: Iterable[Change]

    def __post_init__(self) -> None:
        self.years = TwoYears(self.context)
        self.thresholds = Thresholds.of(self.context)
        self.level_words = level_wording(self.context)
        companion = self.context.companion
        self.rows = {row.slot: row for row in companion.reasons} if companion is not None else {}
        self.printed = {
            change.id: text for change in self.changes
            if change.direction is not Direction.LEVEL and (text := self._given(change.id))
        }

    def _given(self, slot: str) -> str:
        """The reason in the 底稿."""
        row = self.rows.get(slot)
        return row.text.text.strip() if row is not None else ""

    def slot(self, change: Change) -> Slot:
        """The slot of one change."""
        context, text, row = self.context, self._given(change.id), self.rows.get(change.id)
        required = self.thresholds.requires(change)
        drivers = drivers_of(change, context, self.years)
        sketch = draft(drivers, change)
        objections = object_to(text, change, context, self.printed, drivers)
        rate = change.rate.exact if change.rate is not None else None
        slot = Slot(
            id=change.id, kind=SlotKind.REASON, section=change.section, section_title=section_title(change.section),
            title=f"{change.label}与{change.against}相比", sentence=self._sentence(change), state=SlotState.NOT_NEEDED,
            label=change.label, against=change.against, current=change.current.exact, base=change.base.exact,
            difference=change.signed, rate=_signed(rate, change.direction), direction=change.direction,
            required=required, missing=missing_input(change), text=text, objections=objections, drivers=drivers,
            draft=sketch, suggestions=suggestions(change, context, sketch, row.prior_reason if row is not None else ""), change=change)
        return replace(slot, state=_state(slot))

    def _sentence(self, change: Change) -> str:
        words = "".join(span.text for span in phrase(change, self.level_words))
        return f"{change.label} {change.current.text} 万元，与{change.against}相比，{words}，变动原因："


def _signed(rate: Decimal | None, direction: Direction) -> Decimal | None:
    return -rate if rate is not None and direction is Direction.DOWN else rate


def _state(slot: Slot) -> SlotState:
    """A level change prints no reason, so nothing is asked for."""
    if slot.direction is Direction.LEVEL:
        return SlotState.NOT_NEEDED
    if slot.text:
        return SlotState.DOUBTFUL if slot.objections else SlotState.GIVEN
    return SlotState.OPEN if slot.required else SlotState.NOT_NEEDED
