"""The lists of a 底稿 as rows of plain cells, in the order of their columns: for creating and for writing back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from workbook.companion.model import Companion, Project, Reason
from workbook.entries import Entry
from workbook.pack.companion_form import Role
from workbook.values import dataclass

Content: TypeAlias = "str | Decimal | None"
Cells: TypeAlias = "tuple[Content, ...]"


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a list: where it stands (-1: not in a file), what identifies it (empty: its position), its cells."""

    row: int
    key: str
    cells: Cells


def plain(entry: Entry) -> Content:
    """An entry's number, else its text, else nothing."""
    return entry.value if entry.value is not None else entry.text or None


def list_records(role: Role, companion: Companion) -> list[Record]:
    """The records of the list of that *role*."""
    return _MAKERS[role](companion) if role in _MAKERS else []


def _row(entry: Entry) -> int:
    return entry.ref.row if entry.ref else -1


def _overview(companion: Companion) -> list[Record]:
    return [
        Record(_row(p.text), "", (p.part, str(p.level), plain(p.text), p.remark or None)) for p in companion.overview]


def _units(companion: Companion) -> list[Record]:
    return [
        Record(_row(u.name), "", (u.number or str(i), plain(u.name), plain(u.nature))) for i, u in enumerate(companion.units, 1)]


def _budget(companion: Companion) -> list[Record]:
    sheet = companion.form.sheet(Role.BUDGET)
    several = len(sheet.funds) > 1
    return [
        Record(_row(b.amount), f"{b.code}{b.fund}", (
            b.code, b.name or None, plain(b.amount), *((plain(b.use),) if sheet.uses else ()), *((b.fund or sheet.funds[0].name,) if several else ())))
        for b in companion.budget]


def _reasons(companion: Companion) -> list[Record]:
    return [Record(_row(r.text), r.slot, reason_cells(r)) for r in companion.reasons]


def reason_cells(reason: Reason) -> Cells:
    """The cells of a row of 变动原因."""
    words = (reason.slot, reason.section, reason.item)
    amounts = (reason.current, reason.base, reason.difference, reason.rate)
    rest = (reason.drivers, reason.draft, reason.prior_reason, reason.text.text, reason.status, reason.hint)
    return (*(w or None for w in words), *amounts, *(w or None for w in rest))


def _projects(companion: Companion) -> list[Record]:
    return [Record(_row(p.name), "", project_cells(i, p)) for i, p in enumerate(companion.projects, 1)]


def project_cells(number: int, project: Project) -> Cells:
    """The cells of a row of 绩效自评."""
    entries = (
        project.score, project.adjusted_budget, project.actual, project.initial_budget, project.achievement,
        project.problems, project.measures, project.sheet_name)
    return (Decimal(number), plain(project.name), project.fund, *map(plain, entries))


def _glossary(companion: Companion) -> list[Record]:
    return [Record(_row(t.term), "", (plain(t.term), plain(t.explanation))) for t in companion.glossary]


def _verified(companion: Companion) -> list[Record]:
    return [
        Record(v.row, f"{v.code}|{v.place}", (
            v.code, v.place or None, v.numbers or None, v.difference, "已核实" if v.is_given else "—", v.note or None, v.when or None))
        for v in companion.verified]


_MAKERS: dict[Role, Callable[[Companion], list[Record]]] = {
    Role.OVERVIEW: _overview, Role.UNITS: _units, Role.BUDGET: _budget, Role.REASONS: _reasons, Role.PROJECTS: _projects,
    Role.GLOSSARY: _glossary, Role.VERIFIED: _verified,
}


def matched(old: list[Record], new: list[Record]) -> tuple[list[tuple[Record | None, Record]], list[Record]]:
    """Each new record with the old one whose row it takes, by key (or position), and the old ones that went."""
    if not any(r.key for r in (*old, *new)):
        return [(old[i] if i < len(old) else None, r) for i, r in enumerate(new)], old[len(new) :]
    waiting: dict[str, list[Record]] = {}
    for record in old:
        waiting.setdefault(record.key, []).append(record)
    pairs = [(waiting[r.key].pop(0) if waiting.get(r.key) else None, r) for r in new]
    return pairs, [r for records in waiting.values() for r in records]
