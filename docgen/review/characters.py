"""Texts made comparable: spacing and width of characters out of the way, and how alike two texts are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_KEPT = frozenset("，；：。、？！“”‘’《》—…·■①②③④⑤⑥⑦⑧⑨⑩")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}


def normalised(text: str) -> tuple[str, tuple[int, ...]]:
    """*text* without white space, in one width of characters, and where each character comes from."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        if plain == "，" and character == "," and _in_number(text, place):
            plain = ","
        for one in plain:
            characters.append(one)
            places.append(place)
    places.append(len(text))
    return "".join(characters), tuple(places)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character as it is compared: nothing for white space, half width for all but punctuation."""
    if character.isspace() or character in "\u200b\ufeff\u00ad":
        return ""
    if character in _KEPT:
        return character
    plain = "".join(unicodedata.normalize("NFKC", character).split())
    return _WIDE.get(plain, plain)


def _in_number(text: str, place: int) -> bool:
    """Whether the comma at *place* separates thousands."""
    return text[place - 1 : place].isdigit() and bool(re.match(r"\d{3}(?!\d)", text[place + 1 : place + 5]))


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """Characters and pairs of neighbouring characters of *text*."""
    return frozenset(text) | frozenset(text[i : i + 2] for i in range(len(text) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's measure of two sets: 1 the same, 0 nothing in common."""
    size = len(one) + len(other)
    return 2 * len(one & other) / size if size else 1.0
