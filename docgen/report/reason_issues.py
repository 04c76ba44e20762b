"""What ``check`` says about reasons, and the rows of the 底稿's 变动原因."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from docgen.model import Direction
from docgen.reasons.drivers import describe
from docgen.reasons.model import Slot, SlotKind, SlotState
from docgen.reasons.objections import MISSING
from workbook.amounts import round_half_up
from workbook.companion.model import Companion, Reason
from workbook.entries import BLANK
from workbook.issues import Issue, IssueCell, Kind, Severity
from workbook.pack.companion_form import Role

UNKNOWN, TEXT_MISSING, TEXT_DOUBTFUL = "原因-12", "文字-01", "文字-02"
SHEET = "底稿"
_LAST_YEARS = "上年决算表"
_GONE = "报告中已没有这一处"


def reason_issues(slots: Sequence[Slot], companion: Companion, *, has_prior: bool) -> list[Issue]:
    """Missing required reasons (错误), objections to given ones (提示), and other texts that are missing (提示)."""
    issues = [*_missing_inputs(slots, has_prior=has_prior)]
    for slot in slots:
        issues += _issues_of(slot, companion)
    return issues


def _missing_inputs(slots: Iterable[Slot], *, has_prior: bool) -> Iterator[Issue]:
    """One finding for each input without which changes cannot be computed (all of last year's are one)."""
    waiting: dict[str, list[Slot]] = {}
    for slot in slots:
        if slot.kind is SlotKind.REASON and slot.direction is Direction.UNKNOWN:
            whole = not has_prior and slot.missing.startswith(_LAST_YEARS)
            waiting.setdefault(_LAST_YEARS if whole else slot.missing, []).append(slot)
    for missing, found in waiting.items():
        names = "、".join(slot.title for slot in found[:3])
        more = f"等 {len(found)} 处变动" if len(found) > 3 else ""
        yield Issue(UNKNOWN, Kind.TEXT, Severity.NOTICE, f"缺少{missing}，无法计算{names}{more}，也就无法核对变动原因", sheet=SHEET)


def _issues_of(slot: Slot, companion: Companion) -> Iterator[Issue]:
    if slot.kind is SlotKind.TEXT:
        if slot.state is SlotState.OPEN:
            yield Issue(TEXT_MISSING, Kind.TEXT, Severity.NOTICE, f"底稿还没有填写“{slot.title}”（{slot.section_title}）", sheet=SHEET)
        for objection in slot.objections:
            message = f"底稿“{slot.title}”：{objection.message}"
            yield Issue(TEXT_DOUBTFUL, Kind.TEXT, Severity.NOTICE, message, text=slot.text, sheet=SHEET)
        return
    if slot.direction is Direction.LEVEL:
        return
    cells = _cells(slot, companion)
    culprit = cells[0].ref if cells else None
    where = f"{slot.section_title}：{slot.title}{_moved(slot)}"
    if slot.state is SlotState.OPEN and slot.direction is not Direction.UNKNOWN:
        sheet = companion.form.name(Role.REASONS)
        hint = f"请在底稿“{sheet}”表{culprit.a1 if culprit else ''}填写"
        if culprit is None:
            hint = f"请在底稿“{sheet}”表增加一行填写，编号写“{slot.id}”"
        yield Issue(MISSING, Kind.TEXT, Severity.ERROR, f"{where}，没有写变动原因；{hint}", cells, difference=slot.difference, culprit=culprit, sheet=SHEET)
    for objection in slot.objections:
        yield Issue(objection.code, Kind.TEXT, Severity.NOTICE, f"{where}：{objection.message}", cells, culprit=culprit, text=slot.text, sheet=SHEET)


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


def _row(slot: Slot, companion: Companion | None) -> Reason:
    old = companion.reason(slot.id) if companion is not None else None
    hints = [o.message for o in slot.objections] if slot.state is not SlotState.NOT_NEEDED else []
    if slot.missing:
        hints.insert(0, f"缺少{slot.missing}，无法计算变动")
    return Reason(
        slot=slot.id, section=slot.section_title, item=slot.title,
        current=_rounded(slot.current), base=_rounded(slot.base), difference=_rounded(slot.difference), rate=_rounded(slot.rate),
        drivers=describe(slot.drivers) if slot.drivers is not None else "", draft=slot.draft,
        prior_reason=old.prior_reason if old is not None else "", text=old.text if old is not None else BLANK,
        status=str(slot.state), hint="；".join(hints))


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round_half_up(value)
