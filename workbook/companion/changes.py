"""Two states of a 底稿 beside each other; words in its texts, found and replaced."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, NamedTuple

from workbook.companion.lists import LISTS, columns_of, list_records, matched, text_fields, words_of
from workbook.companion.model import Companion
from workbook.editing.cell_states import Difference
from workbook.entries import Entry
from workbook.pack.companion_form import CompanionSheet, Role


def companion_differences(before: Companion | None, after: Companion) -> list[Difference]:
    """What people filled in otherwise; what the program writes beside it is left out."""
    old = before if before is not None else Companion(after.path, after.form)
    found: list[Difference] = []
    for form in after.form.sheets:
        for entry in form.entries:
            left, right = old.text(entry.id), after.text(entry.id)
            if not left.same(right):
                found.append(Difference(form.name, entry.label, words_of(left), words_of(right)))
        found += _of_list(form, old, after)
    tables = [{p.name.text: p.table for p in c.projects if p.table is not None} for c in (old, after)]
    names = [name for name in {**tables[0], **tables[1]} if tables[0].get(name) != tables[1].get(name)]
    return found + [Difference("项目支出绩效自评表", name, "", "内容不同") for name in names]


def _of_list(form: CompanionSheet, old: Companion, new: Companion) -> list[Difference]:
    columns = columns_of(new.form, form.role)
    pairs, dropped = matched(list_records(form.role, old), list_records(form.role, new))
    found = []
    for number, both in enumerate((*pairs, *((record, None) for record in dropped)), 1):
        name = next((record.name for record in reversed(both) if record is not None), "") or f"第 {number} 行"
        for index, column in enumerate(columns):
            left, right = (words_of(record.cells[index] if record is not None else None) for record in both)
            if left != right and not column.locked and column.id != "序号":
                found.append(Difference(form.name, f"{name} {column.id}", left, right))
    return found


class TextHit(NamedTuple):
    """A text that holds the words that are looked for."""

    number: int
    """In the order of the 底稿."""
    place: str
    """Where it stands, in words."""
    target: str
    """The slot of a reason, else the sheet of the 底稿 (of an entry its group in the window)."""
    is_reason: bool
    text: str


def texts_with(companion: Companion, words: str) -> list[TextHit]:
    """Every text of the 底稿 that holds *words*."""
    found: list[TextHit] = []

    def look(hit: TextHit, entry: Entry) -> Entry:
        found.append(hit)
        return entry

    _mapped(companion, look)
    return [hit for hit in found if words in hit.text]


def with_replaced(companion: Companion, old: str, new: str, numbers: Collection[int]) -> Companion:
    """The 底稿 with *new* instead of *old* in the texts of these numbers (:attr:`TextHit.number`)."""
    return _mapped(companion, lambda hit, entry: entry.with_text(entry.text.replace(old, new)) if hit.number in numbers else entry)


def _mapped(companion: Companion, change: Callable[[TextHit, Entry], Entry]) -> Companion:
    """*companion* with every text that people write changed; numbers are passed over."""
    form, count = companion.form, 0

    def changed(place: str, target: str, entry: Entry, *, is_reason: bool = False) -> Entry:
        nonlocal count
        if not entry.text or entry.value is not None:
            return entry
        count += 1
        return change(TextHit(count, place, target, is_reason, entry.text), entry)

    entries = {
        key: changed(form.entries[key].label if key in form.entries else key, form.entries[key].group if key in form.entries else "", entry)
        for key, entry in companion.entries.items()}
    lists: dict[str, Any] = {}
    for role, kind in LISTS.items():
        sheet, fields, found = form.name(role), tuple(text_fields(role, form)), []
        for one in getattr(companion, kind.attribute):
            name = f"{sheet} {words_of(getattr(one, kind.name)) if kind.name else ''}".strip()
            target = one.slot if role is Role.REASONS else sheet
            found.append(replace(one, **{
                field: changed(name, target, getattr(one, field), is_reason=role is Role.REASONS) for field in fields}))
        lists[kind.attribute] = tuple(found)
    return replace(companion, entries=entries, **lists)
