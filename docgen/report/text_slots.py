"""The other texts that the report needs from people, as slots of their own kind."""

from __future__ import annotations

from docgen.job.context import ReportContext
from docgen.model import PlaceText, PromptSpan
from docgen.reasons.model import Slot, SlotKind, SlotState
from docgen.reasons.objections import object_to_text
from docgen.report.narrative import Narrative, Place
from docgen.report.texts import TITLES
from workbook.companion.model import Part

_OVERVIEW = {"块.主要职能": Part.DUTIES, "块.机构设置": Part.ORGANISATION, "块.主要工作": Part.WORK}
_GLOSSARY = "块.名词解释"


def text_slot(context: ReportContext, narrative: Narrative, name: str) -> Slot | None:
    """The slot of a text that the template states (in the narrative, the first part, the glossary), filled in or not."""
    place = narrative.texts.get(name)
    if place is None:
        return None
    companion = context.companion
    if part := _OVERVIEW.get(name):
        file = companion.overview_file() if companion is not None else None
        lines = [p.text.text for p in companion.paragraphs(part)] if companion is not None else []
        return _slot(context, place, f"概况.{part}", str(part), "\n".join(lines) if file is None else file.name)
    if name == _GLOSSARY:
        terms = companion.glossary if companion is not None else ()
        return _slot(context, place, "名词解释", "名词解释", "、".join(t.term.text for t in terms if t.term.text))
    if name.startswith("块."):
        return None
    text = "" if isinstance(place.span, PromptSpan) else place.span.text
    return _slot(context, place, name, _title(name), text, required=not isinstance(place.span, PlaceText))


def _title(slot: str) -> str:
    """``文本.联系人`` → ``联系人``; ``绩效.甲项目.完成情况`` → ``甲项目完成情况``."""
    head, _, last = slot.partition(".")[2].rpartition(".")
    return TITLES.get(last, last) if not head else head + last


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
