"""What people type or paste, as entries of the 底稿."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from workbook.amounts import Fault, MoneyUnit, format_amount, parse_amount, plain_number, to_wan
from workbook.entries import Entry

_Record = TypeVar("_Record")

NOT_A_NUMBER = "应填数字，请改正"


def number_entry(text: str, old: Entry, unit: MoneyUnit = MoneyUnit.WAN) -> Entry:
    """*text* as a number in the cell of *old*; what is no number stays as typed, without a value.

    An amount typed in *unit* is kept in 万元.
    """
    parsed = parse_amount(text)
    if isinstance(parsed, Fault):
        return old.with_text(text.strip())
    return old.with_value(parsed if parsed is None else to_wan(parsed, unit))


def number_text(entry: Entry, *, exact: bool = False, plain: bool = False) -> str:
    """A number as shown: thousands separators and two decimals; *exact*: all that it carries, as one edits it.

    *plain* is for counts, scores and years: as short as possible, no separators.
    """
    if entry.value is None:
        return entry.text
    if exact or plain:
        return plain_number(entry.value)
    return format_amount(entry.value, grouping=True) if entry.value else "0.00"


def with_field(record: _Record, name: str, content: object) -> _Record:
    """*record* (a frozen dataclass) with another content in the field *name*."""
    return cast("_Record", replace(cast("Any", record), **{name: content}))


def problem_of(entry: Entry) -> str:
    """What is wrong with an entry that should be a number; empty when nothing is."""
    is_text = entry.text and entry.value is None and isinstance(parse_amount(entry.text), Fault)
    return NOT_A_NUMBER if is_text else ""


def grid_of(text: str) -> list[list[str]]:
    """Clipboard *text* as Excel and WPS put it: rows by line, cells by tab; quoted cells may hold line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return list(csv.reader(io.StringIO(lines), csv.excel_tab)) or [[""]]


def text_of_grid(rows: Iterable[Sequence[str]]) -> str:
    """The opposite of :func:`grid_of`."""
    stream = io.StringIO()
    csv.writer(stream, csv.excel_tab, lineterminator="\n").writerows(rows)
    return stream.getvalue().removesuffix("\n")
