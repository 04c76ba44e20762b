"""Slots: every place of the report that needs a reason or another text of people's, with all that helps to write it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from docgen.job.context import ReportContext
from docgen.model import Change, Direction, PlaceText, PromptSpan
from docgen.reasons.contributions import TwoYears
from docgen.reasons.drivers import Drivers, missing_input
from docgen.reasons.objections import object_to, object_to_former, object_to_text
from docgen.reasons.slot import Slot, SlotKind, SlotState, Thresholds
from docgen.report.narrative import Narrative, Place, narrative_of
from workbook.amounts import round_half_up
from workbook.companion.model import Reason, Verified
from workbook.companion.verified import REASON_PLACE, holds, mark_in, reason_mark
from workbook.pack.companion_form import CompanionForm, Role
from workbook.values import dataclass


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
        drivers = Drivers(change, self.years)
        movement, written = self.narrative.sentence(change), self._written(change, row)
        objections = (
            *object_to_former(text, written, change, movement, context), *object_to(text, change, context, self.printed, drivers))
        rate = change.rate.exact if change.rate is not None else None
        place = self.narrative.place(change)
        slot = Slot(
            id=change.id, kind=SlotKind.REASON, section=place.section if place else 0, section_title=place.title if place else "",
            title=f"{change.label}与{change.against}相比", sentence=f"{change.label} {change.current.text} 万元，与{change.against}相比，{movement}，变动原因：", state=SlotState.NOT_NEEDED,
            movement=movement, label=change.label, against=change.against, current=change.current.exact, base=change.base.exact,
            difference=change.signed, rate=_signed(rate, change.direction), direction=change.direction,
            required=required, missing=missing_input(change), text=text, written=written, objections=objections,
            context=context, drivers=drivers, prior_reason=row.prior_reason if row is not None else "", change=change)
        mark = holds(context.companion, mark_of_reason(slot)) if text else None
        return replace(slot, state=SlotState.VERIFIED if mark is not None and slot.direction is not Direction.LEVEL else _state(slot),
                       note=mark.note if mark is not None else "")

    def _written(self, change: Change, row: Reason | None) -> Decimal | None:
        """The change for which the reason was written: as noted, else as the 底稿 has it beside the reason."""
        noted = mark_in(self.context.companion, Verified(change.id, REASON_PLACE, ""))
        return noted.difference if noted is not None and noted.difference is not None else row.difference if row is not None else None


def mark_of_reason(slot: Slot) -> Verified:
    """The mark 已核实 that the reason of a slot would get."""
    return reason_mark(slot.id, _rounded(slot.current), _rounded(slot.base), _rounded(slot.difference), slot.text)


def has_moved(slot: Slot) -> bool:
    """Whether the change is another than when the reason was written."""
    return slot.written is not None and slot.difference is not None and _rounded(slot.written) != _rounded(slot.difference)


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value)


def _signed(rate: Decimal | None, direction: Direction) -> Decimal | None:
    return -rate if rate is not None and direction is Direction.DOWN else rate


def _state(slot: Slot) -> SlotState:
    """A level change prints no reason, so nothing is asked for."""
    if slot.direction is Direction.LEVEL:
        return SlotState.NOT_NEEDED
    if slot.text and not slot.objections:
        return SlotState.GIVEN
    if slot.text:
        return SlotState.RECHECK if has_moved(slot) else SlotState.DOUBTFUL
    return SlotState.OPEN if slot.required else SlotState.NOT_NEEDED


_BLOCK, _GLOSSARY = "块.", "块.名词解释"


def text_slot(context: ReportContext, narrative: Narrative, name: str) -> Slot | None:
    """The slot of a text that the template states (in the narrative, the first part, the glossary), filled in or not."""
    place = narrative.texts.get(name)
    if place is None:
        return None
    companion, form = context.companion, context.pack.companion
    if part := next((p for p in form.parts if name == f"{_BLOCK}{p.block}"), None):
        file = companion.overview_file() if companion is not None else None
        lines = [p.text.text for p in companion.paragraphs(part.name)] if companion is not None else []
        return _slot(context, place, part.slot, part.name, "\n".join(lines) if file is None else file.name)
    if name == _GLOSSARY:
        terms, sheet = companion.glossary if companion is not None else (), form.name(Role.GLOSSARY)
        return _slot(context, place, sheet, sheet, "、".join(t.term.text for t in terms if t.term.text))
    if name.startswith(_BLOCK):
        return None
    text = "" if isinstance(place.span, PromptSpan) else place.span.text
    return _slot(context, place, name, _title(form, name), text, required=not isinstance(place.span, PlaceText))


def _title(form: CompanionForm, slot: str) -> str:
    """``文本.联系人`` → ``联系人``; ``绩效.甲项目.完成情况`` → ``甲项目完成情况``."""
    projects = form.sheet(Role.PROJECTS)
    if slot == projects.slot:
        return projects.name
    return next((entry.title for entry in form.entries.values() if entry.slot == slot), slot.partition(".")[2].replace(".", ""))


def _slot(context: ReportContext, place: Place, slot: str, title: str, text: str, *, required: bool = True) -> Slot:
    objections = object_to_text(text, context) if required else ()
    if not required:
        state = SlotState.NOT_NEEDED
    elif not text.strip():
        state = SlotState.OPEN
    else:
        state = SlotState.DOUBTFUL if objections else SlotState.GIVEN
    return Slot(
        id=slot, kind=SlotKind.TEXT, section=place.section, section_title=place.title, title=title, sentence=f"{title}：",
        state=state, label=title, required=required, text=text, objections=objections)
