"""Two states of a 底稿 beside each other, for people and as JSON values to be kept; words in its texts, found and replaced.

By the pieces in which two states differ what is not in the file yet is kept: a path (fields, keys and numbers), what stood
there, and what stands there now.  An element of a list whose length is the same is taken apart; of the reasons each is, by
its slot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, DecimalException
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from workbook.amounts import MoneyUnit
from workbook.companion.lists import LISTS, columns_of, list_records, matched, words_of
from workbook.companion.model import Companion, Level, Reason
from workbook.editing.cells import Difference
from workbook.entries import BLANK, Entry
from workbook.pack.companion_form import CompanionSheet, Role
from workbook.performance.model import FundRow, Indicator, PerformanceTable


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
    return _mapped(
        companion, lambda hit, entry: entry.with_text(entry.text.replace(old, new)) if hit.number in numbers else entry)


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
        key: changed(
            form.entries[key].label if key in form.entries else key,
            form.entries[key].group if key in form.entries else "", entry)
        for key, entry in companion.entries.items()}
    lists: dict[str, Any] = {}
    for role, kind in LISTS.items():
        sheet, found = form.name(role), []
        # The fields that hold texts written by people.
        fields = [
            c.field for c in columns_of(form, role)
            if kind.holds_entry(c) and not (c.numeric or c.choices or c.field == "sheet_name")]
        for one in getattr(companion, kind.attribute):
            name = f"{sheet} {words_of(getattr(one, kind.name)) if kind.name else ''}".strip()
            target = one.slot if role is Role.REASONS else sheet
            found.append(replace(one, **{
                field: changed(name, target, getattr(one, field), is_reason=role is Role.REASONS) for field in fields}))
        lists[kind.attribute] = tuple(found)
    return replace(companion, entries=entries, **lists)


# ---------------------------------------------------------------- as JSON values


Piece: TypeAlias = "list[Any]"
_KEPT = ("entries", *(form.attribute for form in LISTS.values()))
"""What people fill in; all else of a 底稿 follows from its file."""
_CLASSES: dict[str, Any] = {kind.__name__: kind for kind in (
    *(form.record for form in LISTS.values()), Entry, PerformanceTable, FundRow, Indicator, Level, MoneyUnit, Decimal)}
_MANY = re.compile(r"(?:tuple\[|Mapping\[str, )(\w+)(?:, \.\.\.)?\]")
"""A field of several values, and of what kind they are."""


def pieces_between(before: Companion, after: Companion) -> list[Piece]:
    """What is otherwise in *after*; in which cell it stands does not matter."""
    return [piece for name in _KEPT for piece in _pieces([name], getattr(before, name), getattr(after, name))]


def _pieces(path: list[str | int], old: Any, new: Any) -> Iterator[Piece]:
    if old is new or old == new or (isinstance(old, Entry) and isinstance(new, Entry) and old.same(new)):
        return
    before, after = _parts(old), _parts(new)
    if after and type(old) is type(new) and not (_is_list(new) and len(before) != len(after)):
        for key, part in after.items():
            yield from _pieces([*path, key], before.get(key, _blank(new, key)), part)
    else:
        yield [path, _encoded(old), _encoded(new)]


def _parts(value: Any) -> dict[str | int, Any]:
    """What people fill in of *value*, part by part; nothing: it is one piece."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return {number if _is_list(value) else element.slot: element for number, element in enumerate(value)}
    if isinstance(value, Reason):
        return {"text": value.text}
    if not is_dataclass(value) or isinstance(value, Entry):
        return {}
    return {f.name: getattr(value, f.name) for f in fields(value) if f.compare}


def _blank(value: Any, key: str | int) -> Reason | None:
    """What stands where *value* has no such part."""
    return Reason(key) if isinstance(value, tuple) and isinstance(key, str) else None


def _is_list(value: Any) -> bool:
    """Whether it is a list whose elements are known by their places."""
    return isinstance(value, tuple) and not all(isinstance(element, Reason) for element in value)


def with_pieces(
    companion: Companion, pieces: Iterable[Piece], *, same_file: bool = True, forced: bool = False
) -> tuple[Companion, list[Piece]]:
    """The 底稿 with the pieces whose place holds what it held then, or the beginning of what was typed; those not taken.

    Of another file than the *same_file* only the latter are taken; *forced*: all that have a place.
    """
    left = []
    for piece in pieces:
        try:
            path, was, now = piece
            if path[0] not in _KEPT:
                raise LookupError(path)  # noqa: TRY301  # like all that is damaged
            companion = _with(companion, "", path, partial(_put, was=was, now=now, same_file=same_file, forced=forced))
        except (LookupError, TypeError, ValueError, AttributeError, DecimalException, RecursionError):
            # otherwise now, or damaged
            left.append(piece)
    return companion, left


def _with(value: Any, kind: str, path: list[Any], put: Callable[[Any, str], Any]) -> Any:
    """*value*, of a field of this *kind*, with what *put* makes of the part at the end of the *path*."""
    if not path:
        return put(value, kind)
    key, parts, many = path[0], _parts(value), _MANY.fullmatch(kind)
    part = _with(parts.get(key, _blank(value, key)), many[1] if many else _kinds(value)[key], path[1:], put)
    if isinstance(value, tuple):
        return tuple({**parts, key: part}.values())
    return {**value, key: part} if isinstance(value, Mapping) else replace(value, **{key: part})


def _kinds(record: Any) -> dict[str, str]:
    """The kinds of a record's fields."""
    return {field.name: str(field.type) for field in fields(record)}


def _put(value: Any, kind: str, *, was: Any, now: Any, same_file: bool, forced: bool) -> Any:
    """What stands *now* where *value* is.

    Raises ``ValueError`` when that is neither what *was* there nor a beginning of it.
    """
    old, new = None if was is None else _decoded(was, kind), _decoded(now, kind)
    begun, words = (getattr(state, "text", state) for state in (value, new))
    goes_on = bool(begun) and isinstance(begun, str) and isinstance(words, str) and words.startswith(begun)
    is_as_it_was = isinstance(value, tuple) or any(
        (state or BLANK).same(value or BLANK) if isinstance(new, Entry) else state == value for state in (old, new))
    if not (forced or goes_on or (same_file and is_as_it_was)):
        raise ValueError(value)
    return replace(value, text=new.text, value=new.value) if isinstance(value, Entry) else new


def _encoded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encoded(element) for element in value]
    if isinstance(value, Mapping):
        return {key: _encoded(part) for key, part in value.items()}
    if is_dataclass(value):
        return {f.name: _encoded(getattr(value, f.name)) for f in fields(value) if f.compare and f.name != "ref"}
    return str(value) if type(value).__name__ in _CLASSES else value


def _decoded(value: Any, kind: str) -> Any:
    """What stands for *value* in a field of this *kind*.  What is read may be damaged: raises whatever comes then."""
    if many := _MANY.fullmatch(kind):
        if kind.startswith("tuple"):
            return tuple([_decoded(part, many[1]) for part in value])
        return {key: _decoded(part, many[1]) for key, part in value.items()}
    name = kind.removesuffix(" | None")
    if (value is None and name != kind) or type(value).__name__ == name:
        return value
    made = _CLASSES[name]
    if not issubclass(made, str | Decimal):
        kinds = _kinds(made)
        return made(**{key: _decoded(part, kinds[key]) for key, part in value.items()})
    if isinstance(result := made(value), Decimal) and not result.is_finite():
        raise ValueError(value)
    return result
