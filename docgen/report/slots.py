"""Slots: every place of the report that needs a reason or another text of people's, with all that helps to write it.

What ``check`` says about them, and the rows of the 底稿's 变动原因, for people to fill in Excel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from docgen.job.inputs import Inputs
from docgen.model import Change, Direction, PlaceText, PromptSpan
from docgen.reasons.drivers import Drivers, TwoYears, missing_input
from docgen.reasons.objections import MISSING, object_to, object_to_former, object_to_text
from docgen.reasons.slot import Slot, SlotKind, SlotState, Thresholds
from docgen.report.narrative import Narrative, Place, narrative_of
from workbook.amounts import round_half_up
from workbook.companion.checks import REASON_PLACE, holds, mark_in, reason_mark, with_mark
from workbook.companion.model import VERIFIED, Companion, Reason, Verified
from workbook.entries import BLANK
from workbook.issues import Issue, IssueCell, Kind
from workbook.pack.companion_form import CompanionForm, Role
from workbook.pack.rules import Rule
from workbook.paths import companion_path

UNKNOWN, TEXT_MISSING, TEXT_DOUBTFUL = "原因-12", "文字-01", "文字-02"
SHEET = "底稿"
_LAST_YEARS = "上年决算表"
_GONE = "报告中已没有这一处"
_NO_ROW, _MANY = "没有行", "多处"
_NAMED = 3
_BLOCK, _GLOSSARY = "块.", "块.名词解释"


def reason_slots(context: Inputs, narrative: Narrative | None = None) -> tuple[Slot, ...]:
    """All slots in the order of the report: reasons for changes, and the other texts to fill in."""
    narrative = narrative or narrative_of(context)
    companion = context.companion
    rows = {row.slot: row for row in companion.reasons} if companion is not None else {}
    given = {change.id: rows[change.id].text.text.strip() if change.id in rows else "" for change in narrative.reasons.values()}
    printed = {
        change.id: text for change in narrative.reasons.values()
        if change.direction is not Direction.LEVEL and (text := given[change.id])}
    years, thresholds = TwoYears(context), Thresholds.of(context)

    def slot_of(change: Change) -> Slot:
        text, row = given[change.id], rows.get(change.id)
        drivers, place, movement = Drivers(change, years), narrative.place(change), narrative.sentence(change)
        # The change for which the reason was written: as noted, else as the 底稿 has it beside the reason.
        noted = mark_in(companion, Verified(change.id, REASON_PLACE, ""))
        written = row.difference if row is not None else None
        if noted is not None and noted.difference is not None:
            written = noted.difference
        objections = (
            *object_to_former(text, written, change, movement, context), *object_to(text, change, context, printed, drivers))
        rate = change.rate.exact if change.rate is not None else None
        slot = Slot(
            id=change.id, kind=SlotKind.REASON, section=place.section if place else 0,
            section_title=place.title if place else "", title=f"{change.label}与{change.against}相比",
            sentence=f"{change.label} {change.current.text} 万元，与{change.against}相比，{movement}，变动原因：",
            state=SlotState.NOT_NEEDED, movement=movement, label=change.label, against=change.against,
            current=change.current.exact, base=change.base.exact, difference=change.signed,
            rate=-rate if rate is not None and change.direction is Direction.DOWN else rate,
            direction=change.direction, required=thresholds.requires(change), missing=missing_input(change),
            text=text, written=written, objections=objections, context=context, drivers=drivers,
            prior_reason=row.prior_reason if row is not None else "", change=change)
        mark = holds(companion, mark_of_reason(slot)) if text else None
        is_verified = mark is not None and slot.direction is not Direction.LEVEL
        state = SlotState.VERIFIED if is_verified else _state(slot)
        return replace(slot, state=state, note=mark.note if mark is not None else "")

    slots = {change.id: slot_of(change) for change in narrative.reasons.values()}
    found = (slots.get(name) or text_slot(context, narrative, name) for name in narrative.places)
    return tuple({**{slot.id: slot for slot in found if slot is not None}, **slots}.values())


def mark_of_reason(slot: Slot) -> Verified:
    """The mark 已核实 that the reason of a slot would get."""
    return reason_mark(slot.id, _rounded(slot.current), _rounded(slot.base), _rounded(slot.difference), slot.text)


def has_moved(slot: Slot) -> bool:
    """Whether the change is another than when the reason was written."""
    return slot.written is not None and slot.difference is not None and _rounded(slot.written) != _rounded(slot.difference)


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value)


def _state(slot: Slot) -> SlotState:
    """A level change prints no reason, so nothing is asked for."""
    if slot.direction is Direction.LEVEL or not (slot.text or slot.required):
        return SlotState.NOT_NEEDED
    if not slot.objections:
        return SlotState.GIVEN if slot.text else SlotState.OPEN
    return SlotState.RECHECK if has_moved(slot) else SlotState.DOUBTFUL


def text_slot(context: Inputs, narrative: Narrative, name: str) -> Slot | None:
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


def _slot(context: Inputs, place: Place, slot: str, title: str, text: str, *, required: bool = True) -> Slot:
    objections = object_to_text(text, context) if required else ()
    state = SlotState.DOUBTFUL if objections else SlotState.GIVEN if text.strip() else SlotState.OPEN
    return Slot(
        id=slot, kind=SlotKind.TEXT, section=place.section, section_title=place.title, title=title, sentence=f"{title}：",
        state=state if required else SlotState.NOT_NEEDED, label=title, required=required, text=text, objections=objections)


# ---------------------------------------------------------------- what check says about reasons


def reason_issues(slots: Sequence[Slot], companion: Companion, rules: Mapping[str, Rule], *, has_prior: bool) -> list[Issue]:
    """Missing required reasons (错误), objections to given ones, and other texts that are missing.

    *rules* are the pack's: a rule that they leave out finds nothing.
    """
    found, sheet = list[Issue](), companion.form.name(Role.REASONS)

    def add(code: str, values: Mapping[str, object], case: str = "", **facts: Any) -> None:
        if (rule := rules.get(code)) is not None:
            found.append(Issue(code, Kind.TEXT, rule.severity, rule.words(case, **values), sheet=SHEET, **facts))

    for missing, waiting in _waiting(slots, has_prior=has_prior).items():
        names = "、".join(slot.title for slot in waiting[:_NAMED])
        add(UNKNOWN, {"缺少": missing, "变动": names, "几处": len(waiting)}, _MANY if len(waiting) > _NAMED else "")
    for slot in slots:
        if slot.kind is SlotKind.TEXT:
            if slot.state is SlotState.OPEN:
                add(TEXT_MISSING, {"事项": slot.title, "位置": slot.section_title})
            for objection in slot.objections:
                add(TEXT_DOUBTFUL, {"事项": slot.title, "疑问": objection.message}, text=slot.text)
        elif slot.direction is not Direction.LEVEL:
            row = companion.reason(slot.id)
            cells = (
                (IssueCell(row.text.ref, row.text.text, f"底稿“{sheet}” {slot.title}"),)
                if row is not None and row.text.ref is not None else ())
            culprit = cells[0].ref if cells else None
            is_known = slot.direction is not Direction.UNKNOWN
            moved = f"{slot.direction} {slot.change.difference.text} 万元" if slot.change is not None and is_known else ""
            where = f"{slot.section_title}：{slot.title}{moved}"
            if slot.state is SlotState.OPEN and is_known:
                values = {"事项": where, "表": sheet, "单元格": culprit.a1 if culprit is not None else "", "编号": slot.id}
                hint = "" if culprit is not None else _NO_ROW
                add(MISSING, values, hint, cells=cells, difference=slot.difference, culprit=culprit)
            verified = (slot.note or VERIFIED) if slot.state is SlotState.VERIFIED else ""
            found += (
                Issue(objection.code, Kind.TEXT, objection.severity, f"{where}：{objection.message}", cells, culprit=culprit,
                      text=slot.text, sheet=SHEET, verified=verified) for objection in slot.objections)
    return found


def _waiting(slots: Sequence[Slot], *, has_prior: bool) -> dict[str, list[Slot]]:
    """The changes that cannot be computed, by the input that is missing (all of last year's are one)."""
    found: dict[str, list[Slot]] = {}
    for slot in slots:
        if slot.kind is SlotKind.REASON and slot.direction is Direction.UNKNOWN:
            whole = not has_prior and slot.missing.startswith(_LAST_YEARS)
            found.setdefault(_LAST_YEARS if whole else slot.missing, []).append(slot)
    return found


# ---------------------------------------------------------------- the rows of the 底稿's 变动原因


def reason_rows(slots: Sequence[Slot], companion: Companion | None = None) -> tuple[Reason, ...]:
    """The rows of 变动原因 for *slots*, with people's texts and last year's reasons kept.

    Amounts are rounded as the report prints them.  A row whose place the report no longer has stays at
    the end while it holds a text.
    """
    changes = (slot for slot in slots if slot.kind is SlotKind.REASON)
    rows = [_row(slot, companion.reason(slot.id) if companion is not None else None) for slot in changes]
    known = {row.slot for row in rows}
    kept = (
        Reason(old.slot, old.section, old.item, prior_reason=old.prior_reason, text=old.text,
               status=str(SlotState.NOT_NEEDED), hint=_GONE)
        for old in (companion.reasons if companion is not None else ())
        if old.slot not in known and (old.is_given or old.prior_reason)
    )
    return (*rows, *kept)


def _row(slot: Slot, old: Reason | None) -> Reason:
    hints = [o.message for o in slot.objections] if slot.state is not SlotState.NOT_NEEDED else []
    if slot.missing:
        hints.insert(0, f"缺少{slot.missing}，无法计算变动")
    return Reason(
        slot=slot.id, section=slot.section_title, item=slot.title,
        current=_rounded(slot.current), base=_rounded(slot.base),
        difference=_rounded(slot.difference), rate=_rounded(slot.rate),
        drivers=slot.drivers.describe() if slot.drivers is not None else "", draft=slot.draft,
        prior_reason=old.prior_reason if old is not None else "", text=old.text if old is not None else BLANK,
        status=str(slot.state), hint="；".join(hints))


def with_reason(companion: Companion, slot_id: str, text: str) -> Companion:
    """The 底稿 with another text for one slot."""
    noted = tuple(v for v in companion.verified if (v.code, v.place) != (slot_id, REASON_PLACE))
    old, companion = companion.reason(slot_id), replace(companion, verified=noted)
    if old is None:
        return replace(companion, reasons=(*companion.reasons, Reason(slot_id, text=BLANK.with_text(text))))
    changed = replace(old, text=old.text.with_text(text), difference=None)  # it is written for the amounts of now
    return replace(companion, reasons=tuple(changed if r.slot == slot_id else r for r in companion.reasons))


def with_reason_rows(companion: Companion, slots: Sequence[Slot]) -> Companion:
    """The 底稿 with the rows of *slots* brought up to date.

    The rows take this year's amounts, so for which change another reason was written is noted where it was another.
    """
    new = replace(companion, reasons=reason_rows(slots, companion))
    for slot in slots:
        is_moved = slot.kind is SlotKind.REASON and bool(slot.text) and has_moved(slot)
        if is_moved and mark_in(companion, mark := mark_of_reason(slot)) is None:
            new = with_mark(new, replace(mark, numbers="", difference=slot.written), is_given=False)
    return new


def refresh_reason_rows(inputs: Inputs) -> tuple[Companion, int]:
    """Write (or bring up to date) one row for each place that states a change; returns the 底稿 and their number.

    People's texts stay.  Without a 底稿 one is made beside the workbook.  Raises ``InputError`` when the
    file is open elsewhere, was changed meanwhile or cannot be written.
    """
    before, slots = inputs.companion, reason_slots(inputs)
    if before is not None:
        from workbook.companion.update import update_companion

        after = with_reason_rows(before, slots)
        return update_companion(before, after, inputs.pack, keep_backup=True), len(after.reasons)
    from workbook.companion.create import create_companion
    from workbook.companion.read import read_companion

    path, rows = companion_path(inputs.accounts.path), reason_rows(slots)
    new = Companion.new(path, inputs.pack.companion, inputs.unit_name, inputs.year)
    create_companion(path, replace(new, reasons=rows), inputs.pack)
    return read_companion(path, inputs.pack)[0], len(rows)
