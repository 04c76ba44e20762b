"""Amounts: reading them from cells, rounding them, writing them out.

Inside the program every amount is a ``Decimal`` in 万元 (ten thousand yuan), exact: an amount of
a 元 sheet is divided by 10 000, never rounded.  Rounding happens once, where a figure is printed,
and is always half-up (四舍五入).  Source: domain.md section 2.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from math import isfinite

ZERO = Decimal(0)
CENT = Decimal("0.01")
LARGEST = 10**15
"""No amount and no count is as large; what is, comes from a slip."""
_NOISE = 1e-9
"""A number as small is what binary arithmetic leaves of a zero (0.1 + 0.2 - 0.3); a 分 is 1e-6 万元."""
MAX_DIGITS = 15
"""Excel keeps 15 significant digits; what a float shows beyond them is binary noise."""


class MoneyUnit(StrEnum):
    """The unit named in a sheet's frame (``单位：…``)."""

    WAN = "万元"
    YUAN = "元"

    @property
    def exponent(self) -> int:
        """Power of ten that turns a cell's number into 万元 (0 or -4)."""
        return 0 if self is MoneyUnit.WAN else -4

    @property
    def place(self) -> Decimal:
        """The place to which published cells of this unit are rounded (0.01 of it), in 万元."""
        return CENT.scaleb(self.exponent)


class Fault(StrEnum):
    """Why a cell's content is not an amount.  Such a cell is never read as 0."""

    ERROR_VALUE = "错误值"
    UNCOMPUTED = "公式未计算"
    TEXT = "文字"
    DATE = "日期"
    BOOLEAN = "逻辑值"
    HUGE = "过大的数"


_KEPT, _ROUNDING = Context(prec=MAX_DIGITS), Context(prec=60)
_NO_AMOUNT = frozenset({"", "-", "--", "---", "/"})
"""What a cell without an amount holds, dashes of all kinds made alike (a word such as 无 is no amount and no dash)."""
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x200B, 0xFEFF)) | str.maketrans(
    "−﹣‐￥\u3000", "---¥ ")
"""Full-width characters as plain ones.  No compatibility forms (NFKC): they would make footnote marks (``²``, ``①``) digits."""
_DASHES = str.maketrans("–—―", "---")
_NUMBER = re.compile(r"[+-]? *(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|[+-]? *\.[0-9]+")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}")
_CURRENCY = re.compile(r"^¥ *| *(?:万元|元)$")


@lru_cache(maxsize=4096)  # the same amount stands in several sheets of a workbook
def decimal_of(number: float) -> Decimal:
    """The decimal a user typed for the binary *number* that the file holds (15 significant digits)."""
    return ZERO if -_NOISE < number < _NOISE else Decimal(f"{number:.15g}")


def number_in(content: object) -> Decimal | None:
    """The number that a cell holds as a number; ``None`` for a text, even one that reads as a number."""
    return content if isinstance(content, Decimal) else decimal_of(content) if type(content) is float else None


def as_kept(value: Decimal) -> Decimal:
    """A computed *value* as a workbook keeps it: 15 significant digits, nothing of what is noise."""
    return ZERO if abs(value) < _NOISE else _KEPT.plus(value)


def parse_amount(content: object) -> Decimal | Fault | None:
    """Read a cell's *content* as a number in the cell's own unit.

    ``None`` means "no amount" (blank or a dash); a :class:`Fault` says why it is not a number.
    Accepted are the forms of domain.md section 2 (thousands separators, full-width digits, ``(12.30)`` or ``-12.30`` for
    negatives, spaces around) and a currency sign or unit written behind the number (see :func:`stated_unit`).  Whatever else
    stands in the cell (a footnote mark, two signs, two numbers, a line break between digits) makes it a text.
    """
    if content is None:
        return None
    if isinstance(content, bool):
        return Fault.BOOLEAN
    if isinstance(content, float | int):
        return _sized(decimal_of(content)) if isfinite(content) else Fault.ERROR_VALUE
    if isinstance(content, Decimal):
        return content
    if isinstance(content, datetime | date | time | timedelta):
        return Fault.DATE
    return _parse_text(str(content))


def _parse_text(raw: str) -> Decimal | Fault | None:
    text = raw.translate(_PLAIN).strip()
    if "".join(text.split()).translate(_DASHES) in _NO_AMOUNT:
        return None
    if text.startswith("#"):
        return Fault.ERROR_VALUE
    text = _CURRENCY.sub("", text)
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1].strip()
    if (negative and text[:1] in ("+", "-")) or not (_NUMBER.fullmatch(text) or _SCIENTIFIC.fullmatch(text)):
        return Fault.TEXT
    value = Decimal(text.replace(",", "").replace(" ", ""))
    return _sized(-value if negative else value)


def _sized(value: Decimal) -> Decimal | Fault:
    return value if abs(value) < LARGEST else Fault.HUGE


def stated_unit(content: object) -> MoneyUnit | None:
    """The money unit written behind the number in a cell (``12.30万元``), if there is one."""
    text = content.rstrip() if isinstance(content, str) else ""
    if not text.endswith("元"):
        return None
    return MoneyUnit.WAN if text.endswith("万元") else MoneyUnit.YUAN


def text_of(content: object) -> str:
    """A cell's content as text: whole numbers without ``.0``."""
    if type(content) is float:
        return str(decimal_of(content))
    return plain_number(content) if isinstance(content, Decimal) else str(content)


def typed_text(content: object) -> str:
    """What people typed into a cell as text: without white space around it, its lines ended alike."""
    text = content if type(content) is str else text_of(content)
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).strip()


def typed_number(content: object) -> Decimal | Fault | None:
    """What people typed into a cell as a number, as :func:`parse_amount`; the sign of per cent behind it is passed over."""
    text = content.strip() if isinstance(content, str) else ""
    return parse_amount(text[:-1] if text.endswith(("%", "％")) else content)


def to_wan(value: Decimal, unit: MoneyUnit) -> Decimal:
    """*value* of a cell in *unit* as 万元, exact."""
    return value.scaleb(-4) if unit is MoneyUnit.YUAN else value


def place_of(value: Decimal, unit: MoneyUnit) -> Decimal:
    """The rounding place ``u`` of an amount *value* given in 万元, read from a sheet in *unit*.

    It is the unit's 0.01, or the last decimal that the cell really carries when it carries more
    (domain.md section 2).
    """
    place = unit.place
    if (carried := -decimals(value)) < place.adjusted():
        return Decimal(1).scaleb(carried)
    return place


def decimals(value: Decimal) -> int:
    """How many decimals *value* really carries (trailing zeros do not count; negative for round hundreds)."""
    exponent = value.normalize().as_tuple().exponent if value else 0
    return -exponent if isinstance(exponent, int) else 0


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """*value* rounded half away from zero to *places* decimals (四舍五入)."""
    return value.quantize(CENT if places == 2 else Decimal(1).scaleb(-places), ROUND_HALF_UP, _ROUNDING)


def plain_number(value: Decimal) -> str:
    """*value* in its shortest form: no needless zeros, no exponent."""
    text = f"{value:f}" if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_amount(value: Decimal, places: int = 2, *, grouping: bool = False) -> str:
    """*value* as the report prints it: half-up, *places* decimals, no negative zero.

    Exactly zero prints as ``0`` (the official form of the statements: ``0 万元``, ``0%``).
    """
    rounded = round_half_up(value, places)
    if not rounded:
        return "0" if not value else f"{ZERO:.{places}f}"
    return f"{rounded:,f}" if grouping else f"{rounded:f}"
