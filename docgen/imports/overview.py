"""Part one of the report from a Word file (概况.docx): its three texts, headings and numbering kept.

Headings are known by style or outline level, else by their numbering (一、 （一）).  A whole report may be
given: what stands before 第一部分 and from 第二部分 on is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path

from docgen.docx.paragraphs import DocTable
from docgen.docx.reading import Document, read_document
from docgen.docx.xml import W
from docgen.imports.text_levels import FIRST, level_of, may_be_heading
from workbook.companion.model import Level, OverviewParagraph
from workbook.entries import Entry
from workbook.pack.companion_form import Part
from workbook.values import dataclass

_DIVISION = re.compile(r"^第[一二三四五六七八九十]+部分")
_NO_LINE = re.compile(r"toc|目录|(?:title|标题)$", re.IGNORECASE)
"""Styles of the table of contents and of the document's title."""


@dataclass(frozen=True, slots=True)
class OverviewImport:
    """The paragraphs found, and what was left out or could not be placed."""

    paragraphs: tuple[OverviewParagraph, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph of the file: its text with the numbering, and its outline level (0: body)."""

    text: str
    outline: int


def read_overview(path: Path, parts: Sequence[Part]) -> tuple[OverviewParagraph, ...]:
    """The paragraphs of part one in the Word file.  Raises :class:`~workbook.errors.InputError`."""
    return import_overview(path, parts).paragraphs


def import_overview(path: Path, parts: Sequence[Part]) -> OverviewImport:
    """The *parts* of part one from the Word file at *path*, with remarks.  Raises :class:`~workbook.errors.InputError`."""
    collector = _Collector(parts)
    for line in _lines(read_document(path), collector):
        if collector.take(line):
            break
    return collector.result(path)


@dataclass(slots=True)
class _Collector:
    """Places the lines in the texts."""

    parts: Sequence[Part]
    found: list[OverviewParagraph] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    part: str = ""
    part_outline: int = 0
    stray: list[_Line] = field(default_factory=list)
    tables: int = 0
    pictures: int = 0

    def take(self, line: _Line) -> bool:
        """Add a line; true when part one has ended."""
        if _DIVISION.match(line.text):
            if self.found and not line.text.startswith("第一"):
                return True
            self.part, self.part_outline, self.found = "", 0, []  # until here it was a table of contents
            return False
        part = self._part_of(line)
        if part:
            self.part, self.part_outline = part, line.outline
            self.found = [p for p in self.found if p.part != part]  # the same heading in a typed table of contents
        elif not self.part:
            self.stray.append(line)
        else:
            self.found.append(OverviewParagraph(self.part, self._level(line), Entry.of(line.text)))
        return False

    def _part_of(self, line: _Line) -> str:
        """The part whose heading the line is (none: empty): a heading of the outermost level, or a short numbered line."""
        text = line.text
        if not may_be_heading(text):
            return ""
        if self.part_outline and (not line.outline or line.outline > self.part_outline):
            return ""
        if not line.outline and not FIRST.match(text) and len(text) > 20:
            return ""
        filled = {p.part for p in self.found}  # their words may come up again as sub-headings
        fitting = (part.name for part in reversed(self.parts) if any(word in text for word in part.words))
        return next((name for name in fitting if name not in filled), "")

    def _level(self, line: _Line) -> Level:
        return level_of(line.text, max(line.outline - (self.part_outline or 1), 1) if line.outline else 0)

    def result(self, path: Path) -> OverviewImport:
        """What was found; without any heading of the texts everything is the last one's."""
        paragraphs, remarks = self.found, list(self.remarks)
        if not paragraphs and self.stray:
            self.part = self.parts[-1].name
            paragraphs = [OverviewParagraph(self.part, self._level(line), Entry.of(line.text)) for line in self.stray]
            names = "".join(f"“{part.name}”" for part in self.parts)
            remarks.append(f"{path.name} 中没有{names}等标题，全部文字放在“{self.part}”")
        else:
            have = {p.part for p in paragraphs}
            remarks += [f"{path.name} 中没有“{part.name}”的文字" for part in self.parts if part.name not in have]
        if self.tables:
            remarks.append(f"{path.name} 中有 {self.tables} 个表格没有导入，单位名单请填写在“所属单位”表中")
        if self.pictures:
            remarks.append(f"{path.name} 中有 {self.pictures} 幅图片没有导入")
        return OverviewImport(tuple(paragraphs), tuple(remarks))


def _lines(document: Document, collector: _Collector) -> Iterator[_Line]:
    for block in document.blocks:
        if isinstance(block, DocTable):
            collector.tables += 1
            continue
        collector.pictures += sum(1 for _ in document.elements[block.number - 1].iter(f"{W}drawing", f"{W}pict"))
        text = "\n".join(part.strip() for part in block.text.replace("\t", " ").split("\n")).strip()
        if text and not _NO_LINE.match(block.style):
            yield _Line(block.numbering + text, block.level)
