"""Part one of the report from a Word file (概况.docx): its three texts, headings and numbering kept.

Headings are known by style or outline level, else by their numbering (一、 （一）).  A whole report may be
given: what stands before 第一部分 and from 第二部分 on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from docgen.docx.paragraphs import DocTable
from docgen.docx.reading import read_document
from docgen.docx.xml import W
from workbook.companion.model import Level, OverviewParagraph
from workbook.entries import Entry
from workbook.pack.companion_form import Part

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


_DIVISION = re.compile(r"^第[一二三四五六七八九十]+部分")
_NO_LINE = re.compile(r"toc|目录|(?:title|标题)$", re.IGNORECASE)
"""Styles of the table of contents and of the document's title."""


class OverviewImport(NamedTuple):
    """The paragraphs found, and what was left out or could not be placed."""

    paragraphs: tuple[OverviewParagraph, ...]
    remarks: tuple[str, ...]


class _Line(NamedTuple):
    """A paragraph of the file: its text with the numbering, and its outline level (0: body)."""

    text: str
    outline: int


def import_overview(path: Path, parts: Sequence[Part]) -> OverviewImport:
    """The *parts* of part one from the Word file at *path*.  Raises :class:`~workbook.errors.InputError`."""
    document = read_document(path)
    collector = _Collector(parts)
    tables = pictures = 0
    for block in document.blocks:
        if isinstance(block, DocTable):
            tables += 1
            continue
        pictures += sum(1 for _ in document.elements[block.number - 1].iter(f"{W}drawing", f"{W}pict"))
        text = "\n".join(part.strip() for part in block.text.replace("\t", " ").split("\n")).strip()
        if text and not _NO_LINE.match(block.style) and collector.take(_Line(block.numbering + text, block.level)):
            break
    remarks = [f"{path.name} 中{remark}" for remark in collector.missing()]
    if tables:
        remarks.append(f"{path.name} 中有 {tables} 个表格没有导入，单位名单请填写在“所属单位”表中")
    if pictures:
        remarks.append(f"{path.name} 中有 {pictures} 幅图片没有导入")
    return OverviewImport(tuple(collector.found), tuple(remarks))


class _Collector:
    """Places the lines in the texts."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.found: list[OverviewParagraph] = []
        self.part, self.part_outline = "", 0
        self.stray: list[_Line] = []

    def take(self, line: _Line) -> bool:
        """Add a line; true when part one has ended."""
        if _DIVISION.match(line.text):
            if self.found and not line.text.startswith("第一"):
                return True
            self.part, self.part_outline, self.found = "", 0, []  # until here it was a table of contents
        elif part := self._part_of(line):
            self.part, self.part_outline = part, line.outline
            self.found = [p for p in self.found if p.part != part]  # the same heading in a typed table of contents
        elif self.part:
            self._add(line)
        else:
            self.stray.append(line)
        return False

    def _part_of(self, line: _Line) -> str:
        """The part whose heading the line is (none: empty): a heading of the outermost level, or a short numbered line."""
        text = line.text
        is_inner = self.part_outline and (not line.outline or line.outline > self.part_outline)
        is_long = not line.outline and not FIRST.match(text) and len(text) > 20
        if is_inner or is_long or not may_be_heading(text):
            return ""
        filled = {p.part for p in self.found}  # their words may come up again as sub-headings
        fitting = (part.name for part in reversed(self.parts) if any(word in text for word in part.words))
        return next((name for name in fitting if name not in filled), "")

    def _add(self, line: _Line) -> None:
        level = level_of(line.text, max(line.outline - (self.part_outline or 1), 1) if line.outline else 0)
        self.found.append(OverviewParagraph(self.part, level, Entry.of(line.text)))

    def missing(self) -> list[str]:
        """What was not found; without any heading of the texts everything is the last one's."""
        if self.found or not self.stray:
            have = {p.part for p in self.found}
            return [f"没有“{part.name}”的文字" for part in self.parts if part.name not in have]
        self.part = self.parts[-1].name
        for line in self.stray:
            self._add(line)
        return [f"没有{''.join(f'“{part.name}”' for part in self.parts)}等标题，全部文字放在“{self.part}”"]
