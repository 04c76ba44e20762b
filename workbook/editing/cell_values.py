"""What can be written into a cell of a worksheet part, and how it is spelt there."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import TypeAlias

from workbook.amounts import plain_number
from workbook.formats.package import PackageError
from workbook.values import dataclass

MAX_TEXT = 32_767
"""Excel's limit for the text of a cell."""
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Cached:
    """A formula cell's recomputed value: the formula stays, only what Excel shows of it changes."""

    value: Decimal | str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to write (without ``=``), with its computed value."""

    text: str
    value: Decimal | str = Decimal(0)


Edit: TypeAlias = "Decimal | int | str | Cached | Formula | None"


def number_text(value: Decimal | int) -> str:
    """*value* as a cell's ``<v>``: plain digits, no needless zeros."""
    number = Decimal(value)
    if not number.is_finite():
        raise PackageError("单元格的数必须是有限的数")
    return plain_number(number)


def escape(text: str) -> bytes:
    """*text* as XML content that Excel reads back as it is (its ``_xHHHH_`` escapes included)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    text = _BAD.sub("", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode("utf-8")


def unescape(text: bytes) -> str:
    """XML content as text."""
    return html.unescape(text.decode("utf-8"))
