"""Levels of paragraphs that come as plain text, e.g. pasted from Word: by outline level, else by numbering."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbook.companion.model import Level, OverviewParagraph
from workbook.entries import Entry

_LONGEST_HEADING = 45
FIRST = re.compile(r"^[一二三四五六七八九十]+[、.．]")
_SECOND = re.compile(r"^[(（][一二三四五六七八九十]+[)）]")
_ENDS_SENTENCE = ("。", "；", ";", "：", ":", "，", "！")
_LEVELS = (Level.FIRST, Level.SECOND, Level.THIRD)
_BULLET = re.compile(r"^[·•●○■◆➢▪§\uf06c\uf0b7\uf0d8\uf0fc]\s*")
_BLANKS = re.compile(r"[ \t\u00a0\u3000]+")


def may_be_heading(text: str) -> bool:
    """Whether a paragraph is short and does not end as a sentence does."""
    return len(text) <= _LONGEST_HEADING and not text.endswith(_ENDS_SENTENCE)


def level_of(text: str, outline: int = 0) -> Level:
    """The level of a paragraph: *outline* 1-6 is that of a heading in Word (0: none stated)."""
    if outline:
        return _LEVELS[min(outline, 3) - 1]
    if may_be_heading(text) and "\n" not in text:
        if FIRST.match(text):
            return Level.FIRST
        if _SECOND.match(text):
            return Level.SECOND
    return Level.BODY


def clean_line(text: str) -> str:
    """A pasted line without bullets, soft breaks and superfluous blanks."""
    text = text.replace("\u2028", " ").replace("\ufffc", "").strip(" \t\u00a0\u3000\r\n")
    return _BLANKS.sub(" ", _BULLET.sub("", text)).strip()


def pasted_paragraphs(part: str, lines: Iterable[tuple[str, int]]) -> tuple[OverviewParagraph, ...]:
    """Paragraphs of *part* from pasted lines with their outline levels; empty lines are dropped.

    When Word's headings are used, the highest of them becomes 一级.
    """
    cleaned = [(clean_line(text), outline) for text, outline in lines]
    cleaned = [(text, outline) for text, outline in cleaned if text]
    top = min((outline for _, outline in cleaned if outline), default=1)
    return tuple(
        OverviewParagraph(part, level_of(text, outline - top + 1 if outline else 0), Entry.of(text)) for text, outline in cleaned)
