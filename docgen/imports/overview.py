"""Part one of the report from a Word file (概况.docx): its three texts, headings and numbering kept.

Headings are known by style or outline level, else by their numbering (一、 （一）).  A whole report may be
given: what stands before 第一部分 and from 第二部分 on is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
        OverviewParagraph(part, level_of(text, outline - top + 1 if outline else 0), Entry.of(text))
        for text, outline in cleaned)


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
    document, passed = read_document(path), Counter[str]()

    def lines() -> Iterator[_Line]:
        for block in document.blocks:
            if isinstance(block, DocTable):
                passed["table"] += 1
                continue
            passed["picture"] += sum(1 for _ in document.elements[block.number - 1].iter(f"{W}drawing", f"{W}pict"))
            text = "\n".join(part.strip() for part in block.text.replace("\t", " ").split("\n")).strip()
            if text and not _NO_LINE.match(block.style):
                yield _Line(block.numbering + text, block.level)

    found, missing = _placed(lines(), parts)
    remarks = [f"{path.name} 中{remark}" for remark in missing]
    if tables := passed["table"]:
        remarks.append(f"{path.name} 中有 {tables} 个表格没有导入，单位名单请填写在“所属单位”表中")
    if pictures := passed["picture"]:
        remarks.append(f"{path.name} 中有 {pictures} 幅图片没有导入")
    return OverviewImport(tuple(found), tuple(remarks))


def _placed(lines: Iterable[_Line], parts: Sequence[Part]) -> tuple[list[OverviewParagraph], list[str]]:
    """The lines up to the end of part one in the texts, and what was not found.

    Without any heading everything is the last text's.
    """
    found: list[OverviewParagraph] = []
    stray: list[_Line] = []
    part, outline = "", 0
    for line in lines:
        if _DIVISION.match(line.text):
            if found and not line.text.startswith("第一"):
                break
            part, outline, found = "", 0, []  # until here it was a table of contents
        elif begun := _part_of(line, parts, outline, {p.part for p in found}):
            part, outline = begun, line.outline
            found = [p for p in found if p.part != part]  # the same heading in a typed table of contents
        elif part:
            found.append(_paragraph(part, line, outline))
        else:
            stray.append(line)
    if found or not stray:
        have = {p.part for p in found}
        return found, [f"没有“{part.name}”的文字" for part in parts if part.name not in have]
    last = parts[-1].name
    remark = f"没有{''.join(f'“{part.name}”' for part in parts)}等标题，全部文字放在“{last}”"
    return [_paragraph(last, line, 0) for line in stray], [remark]


def _part_of(line: _Line, parts: Sequence[Part], outline: int, filled: set[str]) -> str:
    """The part whose heading the line is (none: empty): a heading of the outermost level, or a short numbered line.

    Words of parts that are *filled* may come up again as sub-headings.
    """
    is_inner = outline and (not line.outline or line.outline > outline)
    is_long = not line.outline and not FIRST.match(line.text) and len(line.text) > 20
    if is_inner or is_long or not may_be_heading(line.text):
        return ""
    fitting = (part.name for part in reversed(parts) if any(word in line.text for word in part.words))
    return next((name for name in fitting if name not in filled), "")


def _paragraph(part: str, line: _Line, outline: int) -> OverviewParagraph:
    level = level_of(line.text, max(line.outline - (outline or 1), 1) if line.outline else 0)
    return OverviewParagraph(part, level, Entry.of(line.text))
