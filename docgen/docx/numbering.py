"""Automatic numbering of a Word file as text: what Word shows before a paragraph, ``（一）`` or ``3.2``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

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
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


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
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting"), chinese_numeral),
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


class _Level(NamedTuple):
    start: int
    form: str
    text: str
    suffix: str
    legal: bool
    """isLgl: all numbers shown as Arabic digits."""
    restart: bool
    style: str


class Numbering:
    """Counts the numbered paragraphs of a file in order."""

    def __init__(self, file: WordFile) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        """abstractNumId → level definitions."""
        self._lists: dict[str, str] = {}
        """numId → abstractNumId."""
        self._overrides: dict[tuple[str, int], _Level] = {}
        self._starts: dict[tuple[str, int], int] = {}
        """Numbers with which a list begins a level, taken out when it has."""
        self._counts: dict[str, dict[int, int]] = {}
        links: dict[str, str] = {}
        root = file.numbering
        definitions, lists = (root.findall(f"{W}{name}") if root is not None else [] for name in ("abstractNum", "num"))
        for abstract in definitions:
            key = abstract.get(f"{W}abstractNumId", "")
            self._levels[key] = {_ilvl(lvl): _level(lvl) for lvl in abstract.findall(f"{W}lvl")}
            if link := value_of(abstract, "numStyleLink"):
                links[key] = link
        for num in lists:
            identifier = num.get(f"{W}numId", "")
            self._lists[identifier] = value_of(num, "abstractNumId") or ""
            for override in num.findall(f"{W}lvlOverride"):
                level = _ilvl(override)
                if (own := override.find(f"{W}lvl")) is not None:
                    self._overrides[identifier, level] = _level(own)
                if (start := number_of(value_of(override, "startOverride"))) is not None:
                    self._starts[identifier, level] = start
        self._follow(links, file)

    def _follow(self, links: dict[str, str], file: WordFile) -> None:
        """A list that only names a numbering style takes that style's definition."""
        for key, style in links.items():
            element = file.styles.find(f"{W}style[@{W}styleId='{style}']") if file.styles is not None else None
            target = self._lists.get(value_of(element, "pPr/numPr/numId") or "", "")
            if target and not self._levels.get(key):
                self._levels[key] = self._levels.get(target, {})

    def level_of_style(self, number: str, style: str) -> int:
        """The level that a list ties to a paragraph style (0 when none)."""
        return next((i for i, lv in self._levels.get(self._lists.get(number, ""), {}).items() if lv.style == style), 0)

    def next(self, number: str, level: int) -> str:
        """Count a paragraph of list *number* and give the text shown before it (empty for bullets)."""
        abstract = self._lists.get(number, "")
        definition = self._definition(number, level)
        if definition is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        usual = counts[level] + 1 if level in counts else definition.start
        counts[level] = self._starts.pop((number, level), usual)
        for deeper in [i for i in counts if i > level]:
            below = self._definition(number, deeper)
            if below is None or below.restart:
                del counts[deeper]
        if definition.form in ("bullet", "none") and "%" not in definition.text:
            return ""
        return self._shown(number, level, definition, counts)

    def _definition(self, number: str, level: int) -> _Level | None:
        return self._overrides.get((number, level)) or self._levels.get(self._lists.get(number, ""), {}).get(level)

    def _shown(self, number: str, level: int, definition: _Level, counts: dict[int, int]) -> str:
        def part(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            own = self._definition(number, index)
            if own is None:
                return ""
            form = "decimal" if definition.legal and index < level else own.form
            return format_number(counts.get(index, own.start), form)

        text = re.sub(r"%([1-9])", part, definition.text)
        if text and text[-1].isascii() and definition.suffix != "nothing":
            text += " "
        return text


def _ilvl(element: _Element) -> int:
    return number_of(element.get(f"{W}ilvl")) or 0


def _level(element: _Element) -> _Level:
    start, legal = number_of(value_of(element, "start")), element.find(f"{W}isLgl")
    return _Level(
        1 if start is None else start, value_of(element, "numFmt") or "decimal", value_of(element, "lvlText") or "",
        value_of(element, "suff") or "tab", legal is not None and is_on(legal), value_of(element, "lvlRestart") != "0",
        value_of(element, "pStyle") or "")
