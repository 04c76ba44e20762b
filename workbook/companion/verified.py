"""What people looked at and found right: 已核实 marks on findings and reasons, each good for the numbers it was given for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from workbook.companion.model import Companion, Verified
from workbook.issues import Issue, Severity

VERIFIED = "已核实"
REASON_PLACE = "变动原因"
_CELLS = 12
"""Cells of a finding that its mark names."""


def mark_of(issue: Issue, year: int | None) -> Verified:
    """The mark that this finding would get: its place, and the numbers with which it falls off."""
    cells = issue.cells[:_CELLS]
    place = "、".join(f"{cell.ref.sheet}!{cell.ref.a1}" for cell in cells)
    numbers = "；".join(cell.value for cell in cells) if cells else issue.message
    return Verified(issue.code, place, _one_line(f"{year or ''}年：{numbers}"))


def reason_mark(slot: str, current: Decimal | None, base: Decimal | None, difference: Decimal | None, text: str) -> Verified:
    """The mark of a reason: it falls off with the amounts, and with the text."""
    return Verified(slot, REASON_PLACE, _one_line(f"本年 {_words(current)}；对比 {_words(base)}；{text}"), difference)


def _one_line(text: str) -> str:
    """As it will be read again."""
    return " ".join(text.split())


def _words(value: Decimal | None) -> str:
    return "缺" if value is None else f"{value.normalize():f}"


def mark_in(companion: Companion | None, mark: Verified) -> Verified | None:
    """The mark of the same place in the 底稿, whatever numbers it was given for."""
    found = companion.verified if companion is not None else ()
    return next((v for v in found if v.code == mark.code and v.place == mark.place), None)


def holds(companion: Companion | None, mark: Verified) -> Verified | None:
    """The mark of the same place, if it is given and its numbers are still these."""
    found = mark_in(companion, mark)
    return found if found is not None and found.is_given and found.numbers == mark.numbers else None


def with_mark(companion: Companion, mark: Verified, *, note: str = "", when: str = "", is_given: bool = True) -> Companion:
    """The 底稿 with a mark given, or (not *is_given*) taken away: then the numbers stay noted."""
    new = replace(mark, note=note, when=when, is_given=is_given)
    others = tuple(v for v in companion.verified if (v.code, v.place) != (mark.code, mark.place))
    return replace(companion, verified=(*others, new))


def with_notes(issues: Iterable[Issue], companion: Companion | None, year: int | None) -> tuple[Issue, ...]:
    """The findings, those of 提示 that people found right with what they noted."""
    if companion is None or not any(v.is_given for v in companion.verified):
        return tuple(issues)
    return tuple(
        replace(issue, verified=found.note or VERIFIED)
        if issue.severity is Severity.NOTICE and (found := holds(companion, mark_of(issue, year))) is not None else issue
        for issue in issues)
