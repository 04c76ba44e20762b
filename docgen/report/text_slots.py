"""The other texts that the report needs from people, as slots of their own kind."""

from __future__ import annotations

from docgen.job.context import ReportContext
from docgen.model import PlaceText, PromptSpan
from docgen.reasons.objections import object_to_text
from docgen.reasons.slot import Slot, SlotKind, SlotState
from docgen.report.narrative import Narrative, Place
from workbook.pack.companion_form import CompanionForm, Role

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
