"""What a template is made of, paragraphs, tables and what is copied as it is; and the blocks that are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from docgen.model import Span, TableBlock, TableCell, Text
from workbook.values import dataclass


@dataclass(frozen=True, slots=True)
class InlineXml(Text):
    """Something inside a paragraph that is copied as it is: a field, a bookmark, a picture.

    ``text`` is what a reader of plain text sees of it (often nothing).
    """

    xml: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The content of a paragraph, ready for the template language."""

    text: str
    """As a reader sees it (a statement or placeholder as typed)."""
    source: str
    """For Jinja: one line, marks where formatting changes and where fields stand."""
    formats: tuple[str, ...] = ("",)
    """Run properties (``<w:rPr>…</w:rPr>`` or empty) by number."""
    inlines: tuple[InlineXml, ...] = ()


class Role(Enum):
    """What becomes of an element."""

    COPIED = "copied as it is, text shown in previews"
    OPAQUE = "copied as it is, nothing to show"
    FILLED = "placeholders are filled in"
    STATEMENT = "controls others, leaves no trace"
    BLOCK = "one placeholder alone: blocks may stand there"
    CONTENTS = "table of contents, written anew"
    SECTION = "the properties of the last section"


@dataclass(frozen=True, slots=True)
class Element:
    """A paragraph, or anything that is no table."""

    index: int
    role: Role
    text: str
    style: str = ""
    """Name of the paragraph style."""
    head: str = ""
    """``<w:p …><w:pPr>…</w:pPr>`` of a paragraph."""
    tail: str = ""
    """The rest: runs and ``</w:p>``; all of it when the element is no paragraph."""
    line: Line | None = None
    section: str = ""
    """``<w:sectPr>…</w:sectPr>`` when a section ends here."""

    @property
    def xml(self) -> str:
        """The element as it stands in the template."""
        return self.head + self.tail


@dataclass(frozen=True, slots=True)
class CellElement:
    """A cell of a template table."""

    properties: str
    """``<w:tc><w:tcPr>…</w:tcPr>``."""
    head: str
    """Start of its first paragraph."""
    tail: str
    """The rest of the cell as it stands in the template."""
    line: Line
    columns: int
    continues: bool
    """Covered by the cell above (vertical merge)."""
    starts: bool
    """First of a vertical merge."""
    filled: bool
    align: str


@dataclass(frozen=True, slots=True)
class RowElement:
    """A row of a template table."""

    index: int
    head: str
    """``<w:tr><w:trPr>…</w:trPr>``."""
    cells: tuple[CellElement, ...]
    text: str
    statement: bool
    before: str = ""
    """The ``{%tr … %}`` statements before it, and after it."""
    after: str = ""
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class TableElement:
    """A table of the template."""

    index: int
    head: str
    """``<w:tbl>`` with its properties and grid."""
    rows: tuple[RowElement, ...]
    role: Role
    text: str
    xml: str = ""
    """All of it, when it has no placeholders."""


class Filled(NamedTuple):
    """What stands in a paragraph or cell, placeholders filled in."""

    spans: tuple[Span, ...]
    formats: tuple[int, ...] = ()
    """For each span the number of its run formatting."""


def table_of(table: TableElement, rows: Sequence[tuple[RowElement, Sequence[Filled]]]) -> TableBlock:
    """*table* with these *rows* and what stands in their cells; covered cells are left out, covering ones say how many rows."""
    made: list[list[TableCell]] = []
    covering: dict[int, tuple[int, int]] = {}  # column → row and place of the cell that goes on below
    for row, contents in rows:
        line: list[TableCell] = []
        above, covering, column = covering, {}, 0
        for cell, filled in zip(row.cells, contents, strict=True):
            if not cell.continues:
                line.append(TableCell(filled.spans, cell.columns, 1, cell.align, filled.formats))
                if cell.starts:
                    covering[column] = len(made), len(line) - 1
            elif column in above:
                number, place = covering[column] = above[column]
                made[number][place] = replace(made[number][place], rows=made[number][place].rows + 1)
            column += cell.columns
        made.append(line)
    headers = next((number for number, (row, _) in enumerate(rows) if not row.is_header), len(rows))
    return TableBlock(tuple(map(tuple, made)), headers, source=table.index, row_sources=tuple(row.index for row, _ in rows))
