"""What a template is made of: paragraphs, tables, and what is copied as it is."""

from __future__ import annotations

from enum import Enum

from docgen.model import TableCell, Text
from docgen.template.blocks import InlineXml
from workbook.values import dataclass


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
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
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
    header_rows: int
    shown: tuple[tuple[TableCell, ...], ...] = ()
    """The rows of a table without placeholders."""
    xml: str = ""


def shown_rows(rows: list[tuple[RowElement, list[str]]]) -> tuple[tuple[TableCell, ...], ...]:
    """Rows of a template table as table cells with plain text; covered cells left out, covering ones counted."""
    return tuple(
        tuple(
            TableCell((Text(text),), cell.columns, rows_covered(rows, number, place), cell.align)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True))
            if not cell.continues
        )
        for number, (row, texts) in enumerate(rows)
    )


def rows_covered(rows: list[tuple[RowElement, list[str]]], number: int, place: int) -> int:
    """How many rows the cell at *place* of row *number* covers."""
    cells = rows[number][0].cells
    if not cells[place].starts:
        return 1
    column = sum(cell.columns for cell in cells[:place])
    count = 1
    for row, _ in rows[number + 1 :]:
        start = 0
        for cell in row.cells:
            if start == column:
                break
            start += cell.columns
        else:
            break
        if start != column or not cell.continues:
            break
        count += 1
    return count
