"""Two states of a 底稿 beside each other, in the words of its sheets."""

from __future__ import annotations

from workbook.companion.model import Companion
from workbook.companion.records import Record, list_records, matched, plain
from workbook.companion.specs import Column, columns_of
from workbook.editing.compare import Difference
from workbook.entries import Entry
from workbook.pack.companion_form import CompanionSheet, Role

_NAMING = {Role.REASONS: 2, Role.PROJECTS: 1, Role.BUDGET: 1, Role.UNITS: 1, Role.OVERVIEW: 0, Role.GLOSSARY: 0}
"""The column by which people know a row of a list."""


def companion_differences(before: Companion | None, after: Companion) -> list[Difference]:
    """What people filled in otherwise; what the program writes beside it is left out."""
    old = before if before is not None else Companion(after.path, after.form)
    found: list[Difference] = []
    for form in after.form.sheets:
        for entry in form.entries:
            left, right = old.text(entry.id), after.text(entry.id)
            if not left.same(right):
                found.append(Difference(form.name, entry.label, _words(left), _words(right)))
        if columns := columns_of(after.form, form.role):
            found += _of_list(form, columns, old, after)
    tables = [{p.name.text: p.table for p in c.projects if p.table is not None} for c in (old, after)]
    names = [name for name in {**tables[0], **tables[1]} if tables[0].get(name) != tables[1].get(name)]
    return found + [Difference("项目支出绩效自评表", name, "", "内容不同") for name in names]


def _of_list(form: CompanionSheet, columns: tuple[Column, ...], old: Companion, new: Companion) -> list[Difference]:
    pairs, dropped = matched(list_records(form.role, old), list_records(form.role, new))
    both: list[tuple[Record | None, Record | None]] = [*pairs, *((record, None) for record in dropped)]
    found = []
    for number, (before, after) in enumerate(both, 1):
        record = after or before
        place = str(record.cells[_NAMING[form.role]] or f"第 {number} 行") if record is not None and form.role in _NAMING else f"第 {number} 行"
        for index, column in enumerate(columns):
            if column.locked or column.id == "序号":
                continue
            left, right = (_cell(r, index) for r in (before, after))
            if left != right:
                found.append(Difference(form.name, f"{place} {column.id}", left, right))
    return found


def _cell(record: Record | None, index: int) -> str:
    content = record.cells[index] if record is not None else None
    return "" if content is None else content if isinstance(content, str) else f"{content.normalize():f}"


def _words(entry: Entry) -> str:
    content = plain(entry)
    return "" if content is None else content if isinstance(content, str) else f"{content.normalize():f}"
