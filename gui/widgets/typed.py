"""What people type or paste, as entries of the 底稿."""

from __future__ import annotations

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
    rows: list[list[str]] = [[]]
    cell: list[str] = []
    quoted = False
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    place = 0
    while place < len(text):
        sign = text[place]
        if quoted:
            if sign == '"' and text[place + 1 : place + 2] == '"':
                cell.append('"')
                place += 1
            elif sign == '"':
                quoted = False
            else:
                cell.append(sign)
        elif sign == '"' and not cell and _is_quoted(text, place):
            quoted = True
        elif sign in "\t\n":
            rows[-1].append("".join(cell))
            cell.clear()
            if sign == "\n":
                rows.append([])
        else:
            cell.append(sign)
        place += 1
    rows[-1].append("".join(cell))
    return rows


def _is_quoted(text: str, start: int) -> bool:
    """Whether the quotation mark at *start* opens a quoted cell (one that needs quoting), not a plain “"”."""
    end = text.find('"', start + 1)
    while end != -1 and text[end + 1 : end + 2] == '"':
        end = text.find('"', end + 2)
    if end == -1:
        return False
    inside, after = text[start + 1 : end], text[end + 1 : end + 2]
    return after in ("", "\t", "\n") and any(sign in inside for sign in '\n\t"')
