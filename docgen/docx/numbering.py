"""Automatic numbering of a Word file as text: what Word shows before a paragraph, ``（一）`` or ``3.2``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from docgen.docx.package import WordFile
from docgen.docx.styles import is_on
from docgen.docx.xml import W, number_of, value_of
from workbook.numerals import DIGITS, chinese_numeral

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = 9
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text, number = text + letters * (number // value), number % value
    return text


def _letters(number: int) -> str:
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circled(number: int, first: int, most: int) -> str:
    return chr(first + number - 1) if 1 <= number <= most else str(number)


_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys((
        "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
        "japaneseCounting"), chinese_numeral),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand"), lambda n: "".join(DIGITS[int(d)] for d in str(n))),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), lambda n: chinese_numeral(n, _LEGAL, "拾佰仟")),
    **dict.fromkeys(("none", "bullet"), lambda _: ""),
    **dict.fromkeys(("decimalFullWidth", "decimalFullWidth2"), lambda n: "".join(chr(0xFF10 + int(d)) for d in str(n))),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), lambda n: _circled(n, 0x2460, 20)),
    "decimalEnclosedParen": lambda n: _circled(n, 0x2474, 20),
    "decimalEnclosedFullstop": lambda n: _circled(n, 0x2488, 20),
    "ideographEnclosedCircle": lambda n: _circled(n, 0x3280, 10),
    "upperRoman": lambda n: _roman(n).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerLetter": _letters,
    "decimalZero": lambda n: f"{n:02}",
    "ideographTraditional": lambda n: _STEMS[(n - 1) % 10],
    "ideographZodiac": lambda n: _BRANCHES[(n - 1) % 12],
}


def format_number(number: int, form: str) -> str:
    """*number* in a numbering format of Word (``w:numFmt``)."""
    return _FORMS.get(form, str)(number)


class Numbering:
    """Counts the numbered paragraphs of a file in order."""

    def __init__(self, file: WordFile) -> None:
        self._levels: dict[str, dict[int, _Element]] = {}
        """abstractNumId → its levels, as ``w:lvl``."""
        self._lists: dict[str, str] = {}
        """numId → abstractNumId."""
        self._overrides: dict[tuple[str, int], _Element] = {}
        self._starts: dict[tuple[str, int], int] = {}
        """Numbers with which a list begins a level, taken out when it has."""
        self._counts: dict[str, dict[int, int]] = {}
        links: dict[str, str] = {}
        for abstract in file.numbering.findall(f"{W}abstractNum") if file.numbering is not None else ():
            key = abstract.get(f"{W}abstractNumId", "")
            self._levels[key] = {_number(level): level for level in abstract.findall(f"{W}lvl")}
            if link := value_of(abstract, "numStyleLink"):
                links[key] = link
        for num in file.numbering.findall(f"{W}num") if file.numbering is not None else ():
            identifier = num.get(f"{W}numId", "")
            self._lists[identifier] = value_of(num, "abstractNumId") or ""
            for override in num.findall(f"{W}lvlOverride"):
                if (own := override.find(f"{W}lvl")) is not None:
                    self._overrides[identifier, _number(override)] = own
                if (start := number_of(value_of(override, "startOverride"))) is not None:
                    self._starts[identifier, _number(override)] = start
        for key, style in links.items():  # a list that only names a numbering style takes that style's definition
            element = file.styles.find(f"{W}style[@{W}styleId='{style}']") if file.styles is not None else None
            target = self._lists.get(value_of(element, "pPr/numPr/numId") or "", "")
            if target and not self._levels.get(key):
                self._levels[key] = self._levels.get(target, {})

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list ties to a paragraph style (0 when none)."""
        levels = self._levels.get(self._lists.get(number, ""), {})
        return next((place for place, level in levels.items() if value_of(level, "pStyle") == style), 0)

    def next(self, number: str, place: int) -> str:
        """Count a paragraph of list *number* at the level *place* and give the text shown before it (empty for bullets)."""
        level = self._level(number, place)
        if level is None:
            return ""
        counts = self._counts.setdefault(self._lists.get(number, ""), {})
        usual = counts[place] + 1 if place in counts else _start(level)
        counts[place] = self._starts.pop((number, place), usual)
        for deeper in [deeper for deeper in counts if deeper > place]:
            if value_of(self._level(number, deeper), "lvlRestart") != "0":
                del counts[deeper]
        text, legal = value_of(level, "lvlText") or "", level.find(f"{W}isLgl")

        def part(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            own = self._level(number, index)
            if own is None:
                return ""
            is_decimal = legal is not None and is_on(legal) and index < place
            form = "decimal" if is_decimal else value_of(own, "numFmt") or "decimal"
            return format_number(counts.get(index, _start(own)), form)

        if value_of(level, "numFmt") in ("bullet", "none") and "%" not in text:
            return ""
        text = re.sub(r"%([1-9])", part, text)
        return f"{text} " if text and text[-1].isascii() and value_of(level, "suff") != "nothing" else text

    def _level(self, number: str, place: int) -> _Element | None:
        own = self._overrides.get((number, place))
        return own if own is not None else self._levels.get(self._lists.get(number, ""), {}).get(place)


def _number(element: _Element) -> int:
    return number_of(element.get(f"{W}ilvl")) or 0


def _start(level: _Element) -> int:
    start = number_of(value_of(level, "start"))
    return 1 if start is None else start
