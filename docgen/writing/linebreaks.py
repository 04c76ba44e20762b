"""How many lines a text fills: full-width characters are one em wide, the rest as in Times New Roman."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

AUTOSPACE = 0.2  # em between Chinese and Latin characters
# Em by which a justified line may narrow each space, and each gap between Chinese and Latin characters.
SPACE_SHRINK, GAP_SHRINK = 0.05, 0.005
_LATIN = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 564 "
    "564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 "
    "611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 "
    "722 500 500 444 480 200 480 541"
)
_NO_BEGIN = frozenset("!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞！＂％＇），．：；？］｀｜｝～￠")
_NO_END = frozenset("$([{£¥·‘“〈《「『【〔〖〝＄（．［｛￡￥")
_HANGING = frozenset("!,.:;?…、。，．：；！？")
_SHORT = 300  # characters of a text that is worth remembering
_LATIN_RUN = re.compile("[0-9A-Za-z]+(?:[.%-]+[0-9A-Za-z]+)*")
_GAP = "\x01"  # stands for the space that is set between Chinese and Latin characters


class _Widths(dict[str, float]):
    def __missing__(self, character: str) -> float:
        self[character] = 1.0  # next time without a call
        return 1.0


_WIDTHS = _Widths({chr(32 + place): int(width) / 1000 for place, width in enumerate(_LATIN.split())})
_WIDTHS.update({"\x01": AUTOSPACE, "\u202f": 0.2, "\xa0": 0.25, "\t": 2.0, "\u2011": 0.333})
_width_of = _WIDTHS.__getitem__


def count_lines(text: str, size: float, width: float, first: float = 0.0) -> int:
    """Lines that *text* fills when set in *size* points, *width* points wide, the first line indented by *first*."""
    room, indent = width / size, first / size
    if len(text) + indent <= room and "\n" not in text:
        return 1  # no character is wider than an em; gaps only stand beside narrow ones
    return lines_of(measured(text), room, indent)


Measured: TypeAlias = list[tuple[str, list[float]]]
"""Parts of a text between line breaks, each with the widths up to every character, in em."""


def measured(text: str) -> Measured:
    """*text* measured once, to be set in several sizes."""
    return _known(text) if len(text) <= _SHORT else _measure(text)


def _measure(text: str) -> Measured:
    parts = []
    for part in text.split("\n"):
        spaced = _LATIN_RUN.sub(_with_gaps, part)
        parts.append((spaced, list(accumulate(map(_width_of, spaced)))))
    return parts


_known = lru_cache(maxsize=4096)(_measure)  # headings, labels and set phrases are the same in every report


def _with_gaps(match: re.Match[str]) -> str:
    """A run of Latin letters or digits with gaps where Chinese characters (not punctuation) adjoin it."""
    text, start, end = match.string, match.start(), match.end()
    before = _GAP if start and "\u3040" <= text[start - 1] <= "\ufaff" else ""
    after = _GAP if end < len(text) and "\u3040" <= text[end] <= "\ufaff" else ""
    return f"{before}{match.group()}{after}"


def lines_of(text: Measured, room: float, indent: float = 0.0) -> int:
    """Lines that a measured *text* fills on lines *room* em wide, the first indented by *indent* em."""
    lines = 0
    for part, ends in text:
        lines += 1 if not ends or ends[-1] + indent <= room else _count(part, ends, room, indent)
        indent = 0.0
    return lines


def _count(text: str, ends: list[float], room: float, indent: float) -> int:
    lines, start, used, available = 1, 0, 0.0, room - indent
    length = len(text)
    while True:
        stop = _fitting(text, ends, start, used + available + 0.01)
        if stop >= length:
            return lines
        stop = _break_at(text, start, stop)
        while stop < length and text[stop] in " \x01":
            stop += 1
        if stop >= length:
            return lines
        lines, start, used, available = lines + 1, stop, ends[stop - 1], room


def _fitting(text: str, ends: list[float], start: int, end: float) -> int:
    """The first character that does not fit on the line from *start* to the width *end*."""
    natural = bisect_right(ends, end)
    if natural == len(text):
        return natural
    # Justified lines take in a character more by narrowing their spaces.
    shrink = SPACE_SHRINK * text.count(" ", start, natural) + GAP_SHRINK * text.count(_GAP, start, natural)
    stop = bisect_right(ends, end + shrink) if shrink else natural
    if natural < stop < len(text) and text[stop] in _HANGING and text[stop - 1] < "\u2e80":
        return natural
    return stop


def _break_at(text: str, start: int, stop: int) -> int:
    """Where the line that begins at *start* ends when the character at *stop* no longer fits."""
    if text[stop] in _HANGING:  # closing punctuation may stand in the margin
        stop += 1
        if stop == len(text) or _may_break(text, stop):
            return stop
    place = stop
    while place > start + 1 and not _may_break(text, place):
        place -= 1
    return place if place > start + 1 else max(stop, start + 1)


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after in " \x01":  # spaces at the end of a line take no room
        return True
    if after in _NO_BEGIN or before in _NO_END or before in "\u202f\xa0" or after in "\u202f\xa0":
        return False
    return not (after < "\u2e80" and before < "\u2e80" and before not in " -\x01")
