"""What stands in cells, otherwise: numbers as Chinese numerals (``十二``), columns as letters (``AB``), contents as widths."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from workbook.amounts import number_in

DIGITS = "〇一二三四五六七八九"
_MOST = 9999


def chinese_numeral(number: int, digits: str = DIGITS, units: str = "十百千") -> str:
    """*number* (1 to 9999) as people count in Chinese: 十, 十二, 二十, 一百零五; other numbers in digits."""
    if not 0 < number <= _MOST:
        return str(number)
    text, has_gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            gap = digits[0].replace("〇", "零") if has_gap and text else ""
            text += gap + digits[digit] + (units[power - 1] if power else "")
        has_gap = not digit
    return text[1:] if 10 <= number < 20 and digits is DIGITS else text


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """Spreadsheet letters of a 0-based *column* (0 → A)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """A cell as people name it: 0-based *row* and *column* as ``C3``."""
    return f"{column_letters(column)}{row + 1}"


def column_index(letters: str) -> int:
    """0-based column of spreadsheet *letters*, in either case (``C`` → 2)."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def content_width(content: object) -> float:
    """Width in characters; a Chinese character takes two."""
    if (number := number_in(content)) is not None:
        return len(f"{number:,.2f}")
    return text_width(str(content))


@lru_cache(maxsize=4096)
def text_width(text: str) -> int:
    """Width of the longest line of *text* in half-width characters; a Chinese character takes two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.splitlines()), default=0)
