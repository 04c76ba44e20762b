"""One entry that people fill in, whatever it belongs to: how it is read, typed, shown, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workbook.amounts import Fault, MoneyUnit, format_amount, parse_amount, plain_number, to_wan
from workbook.companion.model import Companion
from workbook.entries import Entry
from workbook.pack.companion_form import Content, EntryForm


def _year_problem(entry: Entry) -> str:
    value = entry.value
    return "" if value is None or (value == int(value) and 2000 <= value <= 2099) else "应填四位年份，如 2024"


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of records of one kind (底稿, project, line of a table): a field of a form, or a column."""

    title: str
    get: Callable[[Any], Entry]
    put: Callable[[Any, Entry], Any] | None = None
    """Makes the record with another entry; ``None``: shown only."""
    kind: Content = Content.LINE
    """``TEXT``: several lines, edited in a larger field."""
    width: int = 120
    """Of a column, in pixels."""
    choices: tuple[str, ...] = ()
    problem: Callable[[Entry], str] = lambda _: ""
    """What is wrong with an entry, as a sentence; empty when nothing is."""
    trouble_in: Callable[[Any], str] = lambda _: ""
    """The same, where more of the record is to be looked at."""
    id: str = ""
    """Of the labelled entry that it is, if it is one."""
    hint: str = ""
    """Shown below the field."""
    placeholder: str = ""
    unit: str = ""
    """Written behind the field: 万元, 个 …"""

    def trouble(self, record: Any) -> str:
        """What is wrong with a record's entry; empty when nothing is."""
        entry = self.get(record)
        if self.kind.is_number and entry.text and entry.value is None and isinstance(parse_amount(entry.text), Fault):
            return "应填数字，请改正"
        return (_year_problem(entry) if self.kind is Content.YEAR else self.problem(entry)) or self.trouble_in(record)

    def text(self, record: Any, *, exact: bool = False) -> str:
        """The entry as shown: amounts with separators and two decimals, other numbers as short as possible.

        *exact*: with all the digits that it carries, as one edits it.
        """
        entry = self.get(record)
        if not self.kind.is_number:
            return entry.text or entry.shown()
        if entry.value is None:
            return entry.text
        if exact or self.kind is not Content.AMOUNT:
            return plain_number(entry.value)
        return format_amount(entry.value, grouping=True) if entry.value else "0.00"

    def typed(self, record: Any, text: str, unit: MoneyUnit = MoneyUnit.WAN) -> Any:
        """The record with *text* typed in; the same one when that says nothing new.

        An amount typed in *unit* is kept in 万元; what is no number stays as typed, without a value.
        """
        old, text = self.get(record), text.strip()
        new = old.with_text(text)
        if self.kind.is_number and not isinstance(parsed := parse_amount(text), Fault):
            new = old.with_value(to_wan(parsed, unit) if parsed is not None and self.kind is Content.AMOUNT else parsed)
        return record if self.put is None or new.same(old) else self.put(record, new)


def labelled(form: EntryForm, problem: Callable[[Entry], str] = lambda _: "") -> Field:
    """The field of a labelled entry of the 底稿."""
    def put(companion: Companion, entry: Entry) -> Companion:
        return companion.with_text(form.id, entry)

    return Field(form.title, lambda c: c.text(form.id), put, form.content, choices=form.choices, problem=problem, id=form.id,
                 hint=form.hint, placeholder=form.placeholder, unit=form.unit)


def changed(record: Any, **changes: object) -> Any:
    """*record* (a frozen value) with other contents in the attributes named."""
    return replace(record, **changes)


def attribute(title: str, name: str, kind: Content = Content.LINE, width: int = 120, **more: Any) -> Field:
    """The field of an entry that is an attribute of a record."""
    return Field(title, lambda r: getattr(r, name), lambda r, entry: changed(r, **{name: entry}), kind, width, **more)


def text_attribute(title: str, name: str, kind: Content = Content.LINE, width: int = 120, **more: Any) -> Field:
    """The field of an attribute that is a plain text."""
    return Field(title, lambda r: Entry(getattr(r, name)), lambda r, entry: changed(r, **{name: entry.text}), kind, width, **more)
