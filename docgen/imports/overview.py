"""Part one of the report from a Word file (概况.docx): its three texts, headings and numbering kept.

Headings are known by style or outline level, else by their numbering (一、 （一）).  A whole report may be
given: what stands before 第一部分 and from 第二部分 on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.docx.input import blocks, text_of
from docgen.docx.numbering import Numbering
from docgen.docx.package import WordFile, open_word
from docgen.docx.xml import W, value_of
from docgen.imports.text_levels import FIRST, level_of, may_be_heading
from workbook.companion.model import Level, OverviewParagraph, Part
from workbook.entries import Entry
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

_PARTS = (
    (Part.WORK, re.compile(r"工作完成情况|重点工作|工作总结|工作开展情况")),
    (Part.ORGANISATION, re.compile(r"机构设置|单位构成|机构情况|机构概况")),
    (Part.DUTIES, re.compile(r"职能|职责")),
)
_DIVISION = re.compile(r"^第[一二三四五六七八九十]+部分")
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OverviewImport:
    """The paragraphs found, and what was left out or could not be placed."""

    paragraphs: tuple[OverviewParagraph, ...]
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    outline: int | None = None
    number: str = ""
    level: int | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph of the file: its text with the numbering, and its outline level (``None``: body)."""

    text: str
    outline: int | None
    skipped: bool = False


def read_overview(path: Path) -> tuple[OverviewParagraph, ...]:
    """The paragraphs of part one in the Word file.  Raises :class:`~workbook.errors.InputError`."""
    return import_overview(path).paragraphs


def import_overview(path: Path) -> OverviewImport:
    """Part one from the Word file at *path*, with remarks.  Raises :class:`~workbook.errors.InputError`."""
    file = open_word(path)
    collector = _Collector()
    for line in _lines(file, collector):
        if collector.take(line):
            break
    return collector.result(path)


@dataclass(slots=True)
class _Collector:
    """Places the lines in the three texts."""

    found: list[OverviewParagraph] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    part: Part | None = None
    part_outline: int | None = None
    stray: list[_Line] = field(default_factory=list)
    tables: int = 0
    pictures: int = 0

    def take(self, line: _Line) -> bool:
        """Add a line; true when part one has ended."""
        if _DIVISION.match(line.text):
            if self.found and not line.text.startswith("第一"):
                return True
            self.part, self.part_outline, self.found = None, None, []  # until here it was a table of contents
            return False
        part = self._part_of(line)
        if part is not None:
            self.part, self.part_outline = part, line.outline
            self.found = [p for p in self.found if p.part is not part]  # the same heading in a typed table of contents
        elif self.part is None:
            self.stray.append(line)
        else:
            self.found.append(OverviewParagraph(self.part, self._level(line), Entry.of(line.text)))
        return False

    def _part_of(self, line: _Line) -> Part | None:
        """The part whose heading the line is: a heading of the outermost level, or a short numbered line."""
        text = line.text
        if not may_be_heading(text):
            return None
        if self.part_outline is not None and (line.outline is None or line.outline > self.part_outline):
            return None
        if line.outline is None and not FIRST.match(text) and len(text) > 20:
            return None
        return next((part for part, words in _PARTS if words.search(text) and part not in self._filled()), None)

    def _filled(self) -> set[Part]:
        """Parts before the present one that hold text: their words may come up again as sub-headings."""
        return {p.part for p in self.found if p.part is not self.part} | ({self.part} if self.part and any(p.part is self.part for p in self.found) else set())

    def _level(self, line: _Line) -> Level:
        if line.outline is not None:
            base = self.part_outline if self.part_outline is not None else 0
            return level_of(line.text, max(line.outline - base, 1))
        return level_of(line.text)

    def result(self, path: Path) -> OverviewImport:
        """What was found; without any heading of the three texts everything is the last one's."""
        paragraphs, remarks = self.found, list(self.remarks)
        if not paragraphs and self.stray:
            self.part = Part.WORK
            paragraphs = [OverviewParagraph(Part.WORK, self._level(line), Entry.of(line.text)) for line in self.stray]
            remarks.append(f"{path.name} 中没有“主要职能、职责”“机构设置”“主要工作完成情况”等标题，全部文字放在“{Part.WORK}”")
        else:
            have = {p.part for p in paragraphs}
            remarks += [f"{path.name} 中没有“{part}”的文字" for part in Part if part not in have]
        if self.tables:
            remarks.append(f"{path.name} 中有 {self.tables} 个表格没有导入，单位名单请填写在“所属单位”表中")
        if self.pictures:
            remarks.append(f"{path.name} 中有 {self.pictures} 幅图片没有导入")
        return OverviewImport(tuple(paragraphs), tuple(remarks))


def _lines(file: WordFile, collector: _Collector) -> Iterator[_Line]:
    styles, numbering = _styles(file), Numbering.of(file)
    for block in blocks(file.body):
        if block.tag == f"{W}tbl":
            collector.tables += 1
            continue
        collector.pictures += sum(1 for _ in block.iter(f"{W}drawing", f"{W}pict"))
        line = _line(block, styles, numbering)
        if line.text and not line.skipped:
            yield line


def _line(paragraph: _Element, styles: dict[str, _Style], numbering: Numbering) -> _Line:
    style_id = value_of(paragraph, "pPr/pStyle") or ""
    chain = list(_chain(style_id, styles))
    text = "\n".join(part.strip() for part in text_of(paragraph).replace("\t", " ").split("\n")).strip()
    number, level = _number(paragraph, style_id, chain, numbering)
    if number and number != "0" and text:
        text = numbering.next(number, level) + text
    name = chain[0].name.lower() if chain else ""
    return _Line(text, _outline(paragraph, chain), skipped=name.startswith(("toc", "目录")) or name in ("title", "标题"))


def _number(paragraph: _Element, style_id: str, chain: list[_Style], numbering: Numbering) -> tuple[str, int]:
    own = value_of(paragraph, "pPr/numPr/numId")
    level = value_of(paragraph, "pPr/numPr/ilvl")
    if own is not None:
        return own, int(level) if level and level.isdigit() else 0
    style = next((s for s in chain if s.number), None)
    if style is None:
        return "", 0
    if style.level is not None:
        return style.number, style.level
    return style.number, numbering.level_of_style(style.number, style_id)


def _outline(paragraph: _Element, chain: list[_Style]) -> int | None:
    """Outline level 0-8 of a heading; ``None`` for body text."""
    own = value_of(paragraph, "pPr/outlineLvl")
    level = int(own) if own is not None and own.isdigit() else next((s.outline for s in chain if s.outline is not None), None)
    return level if level is not None and level < 9 else None


def _chain(style_id: str, styles: dict[str, _Style]) -> Iterator[_Style]:
    seen: set[str] = set()
    while style_id in styles and style_id not in seen:
        seen.add(style_id)
        yield styles[style_id]
        style_id = styles[style_id].parent


def _styles(file: WordFile) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for element in file.styles.findall(f"{W}style") if file.styles is not None else ():
        name = value_of(element, "name") or ""
        outline, level = value_of(element, "pPr/outlineLvl"), value_of(element, "pPr/numPr/ilvl")
        heading = _HEADING_STYLE.match(name)
        found[element.get(f"{W}styleId", "")] = _Style(
            name, value_of(element, "basedOn") or "",
            int(outline) if outline is not None and outline.isdigit() else int(heading[1]) - 1 if heading else None,
            value_of(element, "pPr/numPr/numId") or "", int(level) if level is not None and level.isdigit() else None)
    return found
