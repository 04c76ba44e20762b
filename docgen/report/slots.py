"""Reason slots: every place of the report that needs a reason, with all that helps to write it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from docgen.job.context import ReportContext
from docgen.model import Change, Direction
from docgen.reasons.contributions import TwoYears
from docgen.reasons.draft import draft
from docgen.reasons.drivers import drivers_of, missing_input
from docgen.reasons.model import Slot, SlotKind, SlotState
from docgen.reasons.objections import object_to
from docgen.reasons.suggestions import suggestions
from docgen.reasons.thresholds import Thresholds
from docgen.report.narrative import Narrative, narrative_of
from docgen.report.text_slots import text_slot
from workbook.values import dataclass

__all__ = ["Slot", "SlotKind", "SlotState", "reason_slots"]


def reason_slots(context: ReportContext, narrative: Narrative | None = None) -> tuple[Slot, ...]:
    """All slots in the order of the report: reasons for changes, and the other texts to fill in."""
    narrative = narrative or narrative_of(context)
    maker = _SlotMaker(context, narrative)
    slots = {slot.id: slot for slot in (maker.slot(change) for change in narrative.reasons.values())}
    found: dict[str, Slot] = {}
    for name in narrative.places:
        slot = slots.get(name) or text_slot(context, narrative, name)
        if slot is not None:
            found[slot.id] = slot
    return tuple({**found, **slots}.values())


@dataclass
class _SlotMaker:
    """Makes the slots of one report."""

    context: ReportContext
    narrative: Narrative

    def __post_init__(self) -> None:
        self.years = TwoYears(self.context)
        self.thresholds = Thresholds.of(self.context)
        companion = self.context.companion
        self.rows = {row.slot: row for row in companion.reasons} if companion is not None else {}
        self.printed = {
            change.id: text for change in self.narrative.reasons.values()
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
        place = self.narrative.place(change)
        slot = Slot(
            id=change.id, kind=SlotKind.REASON, section=place.section if place else 0, section_title=place.title if place else "",
            title=f"{change.label}与{change.against}相比", sentence=self._sentence(change), state=SlotState.NOT_NEEDED,
            movement=self.narrative.sentence(change), label=change.label, against=change.against, current=change.current.exact, base=change.base.exact,
            difference=change.signed, rate=_signed(rate, change.direction), direction=change.direction,
            required=required, missing=missing_input(change), text=text, objections=objections, drivers=drivers,
            draft=sketch, suggestions=suggestions(change, context, sketch, row.prior_reason if row is not None else ""), change=change)
        return replace(slot, state=_state(slot))

    def _sentence(self, change: Change) -> str:
        return f"{change.label} {change.current.text} 万元，与{change.against}相比，{self.narrative.sentence(change)}，变动原因："


def _signed(rate: Decimal | None, direction: Direction) -> Decimal | None:
    return -rate if rate is not None and direction is Direction.DOWN else rate


def _state(slot: Slot) -> SlotState:
    """A level change prints no reason, so nothing is asked for."""
    if slot.direction is Direction.LEVEL:
        return SlotState.NOT_NEEDED
    if slot.text:
        return SlotState.DOUBTFUL if slot.objections else SlotState.GIVEN
    return SlotState.OPEN if slot.required else SlotState.NOT_NEEDED
