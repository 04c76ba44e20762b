"""Showing numbers as a cell's number format says: the formats that such workbooks use."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from workbook.amounts import plain_number, round_half_up
from workbook.values import dataclass

if TYPE_CHECKING:
    from decimal import Decimal

GENERAL = "General"
AMOUNT = "#,##0.00"
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '#,##0.00;-#,##0.00;"-"', 49: "@",
}
"""Number formats that a file names by number only."""
_DROP = re.compile(r"\[[^\]]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?]*[#0][#0?,.]*")


@dataclass(frozen=True, slots=True)
class _Section:
    before: str
    after: str
    places: int
    optional_places: int
    grouping: bool
    percent: bool
    scale: int
    has_digits: bool


def format_number(value: Decimal, code: str) -> str:
    """*value* as Excel shows it with the format *code* (dates and fractions: as a plain number)."""
    sections = _sections(code)
    if sections is None:
        return plain_number(value)
    if len(sections) > 1 and value < 0:
        return _shown(-value, sections[1])
    if len(sections) > 2 and _rounds_to_zero(value, sections[0]) and not value:
        return _shown(value, sections[2])
    text = _shown(abs(value), sections[0])
    return f"-{text}" if value < 0 and not _rounds_to_zero(value, sections[0]) else text


def _rounds_to_zero(value: Decimal, section: _Section) -> bool:
    return not round_half_up(value * (100 if section.percent else 1), section.places)


def _shown(value: Decimal, section: _Section) -> str:
    if not section.has_digits:
        return section.before + section.after
    value = (value * 100 if section.percent else value).scaleb(-3 * section.scale)
    number = round_half_up(value, section.places)
    text = f"{number:,f}" if section.grouping else f"{number:f}"
    if section.optional_places and "." in text:
        whole, _, decimals = text.partition(".")
        fixed = section.places - section.optional_places
        decimals = decimals[:fixed] + decimals[fixed:].rstrip("0")
        text = f"{whole}.{decimals}" if decimals else whole
    return f"{section.before}{text}{section.after}"


@cache
def _sections(code: str) -> tuple[_Section, ...] | None:
    """The parts of a format between ``;``; ``None`` for General, text and what is no number format."""
    if not code or code.upper() == "GENERAL" or code == "@":
        return None
    bare = _LITERAL.sub("", _DROP.sub("", code)).lower()
    if re.search(r"[ymdhs]", bare) or "/" in bare:
        return None
    return tuple(_section(part) for part in code.split(";")[:3])


def _section(part: str) -> _Section:
    text = _DROP.sub("", part)
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match[1] if match[1] is not None else match[2])
        return chr(0xE000 + len(literals) - 1)

    text = _LITERAL.sub(keep, text)
    match = _DIGITS.search(text)

    def restored(piece: str) -> str:
        return "".join(literals[ord(c) - 0xE000] if 0xE000 <= ord(c) < 0xF000 else c for c in piece).replace("General", "").replace("?", "")

    if match is None:
        return _Section(restored(text), "", 0, 0, False, False, 0, has_digits="General" in text)
    digits = match[0]
    stripped = digits.rstrip(",")
    _, _, decimals = stripped.partition(".")
    return _Section(
        restored(text[: match.start()]), restored(text[match.end() :]), len(decimals), decimals.count("#"),
        "," in stripped, "%" in text, len(digits) - len(stripped), has_digits=True)
