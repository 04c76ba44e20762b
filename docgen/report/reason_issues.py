"""What ``check`` says about reasons, and the rows of the 底稿's 变动原因, for people to fill in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from docgen.job.inputs import Inputs
from docgen.model import Direction
from docgen.reasons.objections import MISSING
from docgen.reasons.slot import Slot, SlotKind, SlotState
from docgen.report.slots import has_moved, mark_of_reason, reason_slots
from workbook.amounts import round_half_up
from workbook.companion.model import Companion, Reason
from workbook.companion.verified import REASON_PLACE, VERIFIED, mark_in, with_mark
from workbook.entries import BLANK
from workbook.issues import Issue, IssueCell, Kind
from workbook.pack.companion_form import Role
from workbook.pack.rules import Rule
from workbook.paths import companion_path
from workbook.values import dataclass

UNKNOWN, TEXT_MISSING, TEXT_DOUBTFUL = "原因-12", "文字-01", "文字-02"
SHEET = "底稿"
_LAST_YEARS = "上年决算表"
_GONE = "报告中已没有这一处"
_NO_ROW, _MANY = "没有行", "多处"
_NAMED = 3


def reason_issues(slots: Sequence[Slot], companion: Companion, rules: Mapping[str, Rule], *, has_prior: bool) -> list[Issue]:
    """Missing required reasons (错误), objections to given ones, and other texts that are missing.

    *rules* are the pack's: a rule that they leave out finds nothing.
    """
    maker = _Maker(companion, rules)
    return [*maker.missing_inputs(slots, has_prior=has_prior), *(issue for slot in slots for issue in maker.issues_of(slot))]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the issues of one unit's slots."""

    companion: Companion
    rules: Mapping[str, Rule]

    def missing_inputs(self, slots: Iterable[Slot], *, has_prior: bool) -> Iterator[Issue]:
        """One finding for each input without which changes cannot be computed (all of last year's are one)."""
        waiting: dict[str, list[Slot]] = {}
        for slot in slots:
            if slot.kind is SlotKind.REASON and slot.direction is Direction.UNKNOWN:
                whole = not has_prior and slot.missing.startswith(_LAST_YEARS)
                waiting.setdefault(_LAST_YEARS if whole else slot.missing, []).append(slot)
        for missing, found in waiting.items():
            names = "、".join(slot.title for slot in found[:_NAMED])
            yield from self.issue(UNKNOWN, _MANY if len(found) > _NAMED else "", 缺少=missing, 变动=names, 几处=len(found))

    def issues_of(self, slot: Slot) -> Iterator[Issue]:
        if slot.kind is SlotKind.TEXT:
            if slot.state is SlotState.OPEN:
                yield from self.issue(TEXT_MISSING, 事项=slot.title, 位置=slot.section_title)
            for objection in slot.objections:
                for issue in self.issue(TEXT_DOUBTFUL, 事项=slot.title, 疑问=objection.message):
                    yield replace(issue, text=slot.text)
        elif slot.direction is not Direction.LEVEL:
            yield from self.of_reason(slot)

    def of_reason(self, slot: Slot) -> Iterator[Issue]:
        cells = _cells(slot, self.companion)
        culprit = cells[0].ref if cells else None
        where = f"{slot.section_title}：{slot.title}{_moved(slot)}"
        if slot.state is SlotState.OPEN and slot.direction is not Direction.UNKNOWN:
            case, cell = ("", culprit.a1) if culprit is not None else (_NO_ROW, "")
            for issue in self.issue(MISSING, case, 事项=where, 表=self.companion.form.name(Role.REASONS), 单元格=cell, 编号=slot.id):
                yield replace(issue, cells=cells, difference=slot.difference, culprit=culprit)
        verified = (slot.note or VERIFIED) if slot.state is SlotState.VERIFIED else ""
        for objection in slot.objections:
            yield Issue(
                objection.code, Kind.TEXT, objection.severity, f"{where}：{objection.message}", cells,
                culprit=culprit, text=slot.text, sheet=SHEET, verified=verified)

    def issue(self, code: str, case: str = "", /, **values: object) -> Iterator[Issue]:
        rule = self.rules.get(code)
        if rule is not None:
            yield Issue(code, Kind.TEXT, rule.severity, rule.words(case, **values), sheet=SHEET)


def _moved(slot: Slot) -> str:
    if slot.change is None or slot.direction is Direction.UNKNOWN:
        return ""
    return f"{slot.direction} {slot.change.difference.text} 万元"


def _cells(slot: Slot, companion: Companion) -> tuple[IssueCell, ...]:
    row = companion.reason(slot.id)
    if row is None or row.text.ref is None:
        return ()
    sheet = companion.form.name(Role.REASONS)
    return (IssueCell(row.text.ref, row.text.text, f"底稿“{sheet}” {slot.title}"),)


def reason_rows(slots: Sequence[Slot], companion: Companion | None = None) -> tuple[Reason, ...]:
    """The rows of 变动原因 for *slots*, with people's texts and last year's reasons kept.

    Amounts are rounded as the report prints them.  A row whose place the report no longer has stays at
    the end while it holds a text.
    """
    rows = [_row(slot, companion) for slot in slots if slot.kind is SlotKind.REASON]
    known = {row.slot for row in rows}
    kept = (
        Reason(old.slot, old.section, old.item, prior_reason=old.prior_reason, text=old.text,
               status=str(SlotState.NOT_NEEDED), hint=_GONE)
        for old in (companion.reasons if companion is not None else ())
        if old.slot not in known and (old.is_given or old.prior_reason)
    )
    return (*rows, *kept)


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
        if slot.kind is SlotKind.REASON and slot.text and has_moved(slot) and mark_in(companion, mark := mark_of_reason(slot)) is None:
            new = with_mark(new, replace(mark, numbers="", difference=slot.written), is_given=False)
    return new


def _row(slot: Slot, companion: Companion | None) -> Reason:
    old = companion.reason(slot.id) if companion is not None else None
    hints = [o.message for o in slot.objections] if slot.state is not SlotState.NOT_NEEDED else []
    if slot.missing:
        hints.insert(0, f"缺少{slot.missing}，无法计算变动")
    return Reason(
        slot=slot.id, section=slot.section_title, item=slot.title,
        current=_rounded(slot.current), base=_rounded(slot.base), difference=_rounded(slot.difference), rate=_rounded(slot.rate),
        drivers=slot.drivers.describe() if slot.drivers is not None else "", draft=slot.draft,
        prior_reason=old.prior_reason if old is not None else "", text=old.text if old is not None else BLANK,
        status=str(slot.state), hint="；".join(hints))


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value)


def refresh_reason_rows(inputs: Inputs) -> tuple[Companion, int]:
    """Write (or bring up to date) one row for each place that states a change; returns the 底稿 and their number.

    People's texts stay.  Without a 底稿 one is made beside the workbook.  Raises ``InputError`` when the
    file is open elsewhere, was changed meanwhile or cannot be written.
    """
    before = inputs.companion
    slots = reason_slots(inputs)
    if before is None:
        rows = reason_rows(slots)
        return _created(inputs, rows), len(rows)
    from workbook.companion.update import update_companion

    after = with_reason_rows(before, slots)
    return update_companion(before, after, inputs.pack, keep_backup=True), len(after.reasons)


def _created(inputs: Inputs, rows: tuple[Reason, ...]) -> Companion:
    from workbook.companion.create import create_companion
    from workbook.companion.read import read_companion

    path: Path = companion_path(inputs.accounts.path)
    new = Companion.new(path, inputs.pack.companion, inputs.unit_name, inputs.year)
    create_companion(path, replace(new, reasons=rows), inputs.pack)
    return read_companion(path, inputs.pack)[0]
