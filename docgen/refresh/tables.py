"""Bringing a table of the report up to date: cell by cell, or as a whole when its shape changed and nobody edited it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from docgen.docx.editing import tag_around
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import pieces_of
from docgen.docx.xml import W
from docgen.refresh.editing import Editor, tag
from docgen.refresh.hunks import Kind
from docgen.refresh.items import FIGURE, LITERAL, Bit, TableItem, plain
from docgen.refresh.new_report import Fresh
from docgen.refresh.paragraph_merge import EDITED, Edit, Refused
from docgen.refresh.places import Place
from workbook.values import dataclass

if TYPE_CHECKING:
    from lxml.etree import _Element

Report = Callable[["_Element | None", str, str, str, str], None]
"""Takes down what could not be placed: element, text, stated, expected, why."""
RESHAPED = "表的行列变了，而这张表改动过"


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """What became of a table."""

    base: TableItem
    """Its baseline for the next time."""
    numbers: int = 0
    words: bool = False
    edited: bool = False
    """Whether people changed it."""
    replace: bool = False
    """Whether the new table is to take its place."""


@dataclass(frozen=True, slots=True)
class TablePair:
    """A table in its states: as it was written, as it would be now, and where it stands in both files."""

    base: TableItem
    new: TableItem
    mine: Place
    """In the document."""
    fresh: Place
    """In the report written anew."""

    @property
    def same_shape(self) -> bool:
        """Whether all states have the same rows and columns."""
        lengths = [[len(row) for row in item.rows] for item in (self.base, self.new)]
        return lengths[0] == lengths[1] and _shape(self.mine) == _shape(self.fresh)


def merge_table(pair: TablePair, source: Fresh, editor: Editor, refused: Refused, report: Report) -> TableOutcome:
    """Carry the changes of a table over to what people made of it."""
    edited = not is_untouched(pair.base, pair.mine)
    if pair.base.text == pair.new.text:
        return TableOutcome(pair.new, edited=edited)
    if not pair.same_shape:
        if not edited:
            return TableOutcome(pair.new, words=True, replace=True)
        report(pair.mine.element, _name(pair.mine), "", "", RESHAPED)
        return TableOutcome(pair.base, edited=True)
    work = _Cells(pair, source, editor, refused, report)
    work.all()
    return TableOutcome(TableItem(tuple(map(tuple, work.rows))), work.numbers, work.words, edited)


def is_untouched(base: TableItem, mine: Place) -> bool:
    """Whether the table still holds just the texts that were generated."""
    rows = mine.rows
    return len(rows) == len(base.rows) and all(
        len(cells) >= len(texts) and [cell.text for cell in cells[: len(texts)]] == [plain(text) for text in texts]
        and not any(cell.text for cell in cells[len(texts) :])
        for cells, texts in zip(rows, base.rows, strict=True))


def _shape(place: Place) -> list[list[tuple[int, bool]]]:
    """Columns covered by every cell, and whether it continues the one above."""
    return [[(cell.span, cell.covered) for cell in row] for row in place.grid]


def _name(place: Place) -> str:
    """The first texts of a table, to know it by."""
    texts = [cell.text for row in place.rows[:3] for cell in row if cell.text]
    return " ".join(texts)[:60]


class _Cells:
    """Goes through two tables of one shape."""

    def __init__(self, pair: TablePair, source: Fresh, editor: Editor, refused: Refused, report: Report) -> None:
        self.base, self.new, self.mine, self.fresh = pair.base, pair.new, pair.mine, pair.fresh
        self.source, self.editor, self.refused, self.report = source, editor, refused, report
        self.rows = [list(row) for row in self.new.rows]
        self.numbers, self.words = 0, False

    def all(self) -> None:
        """Bring every cell up to date."""
        for row, column, old, now in self._pairs():
            mine, fresh = self.mine.rows[row][column], self.fresh.rows[row][column]
            if mine.text == plain(now):
                self._relink(mine, fresh)
                continue
            if old == now:
                continue
            if why := self._set(mine, fresh, old):
                self.rows[row][column] = old
                element = self.source_paragraph(mine)
                self.report(element, self._label(row, column), mine.text, now, why)

    def _pairs(self) -> Iterator[tuple[int, int, str, str]]:
        """Row, column, old and new text of every cell."""
        for row, (old, now) in enumerate(zip(self.base.rows, self.new.rows, strict=True)):
            for column, (before, after) in enumerate(zip(old, now, strict=True)):
                yield row, column, before, after

    def _relink(self, mine: DocCell, fresh: DocCell) -> None:
        """A cell with the right text may still be linked to another figure: rows moved."""
        element, tags = self.source_paragraph(mine), _tags(mine)
        if element is None or len(mine.numbers) != 1 or not tags or tags == _tags(fresh):
            return
        edit = Edit(0, len(mine.text), self.source.bits_of(fresh), (), Kind.WORDS, None)
        if self.editor.fits(pieces_of(element, self.editor.inline), edit.start, edit.end, edit.bits, edit.kind):
            self.editor.make(element, edit)

    def _set(self, mine: DocCell, fresh: DocCell, old: str) -> str:
        """Give a cell its new content; why that cannot be (empty: done)."""
        bits = self.source.bits_of(fresh)
        if mine.text != plain(old) or len(mine.numbers) != 1:
            return EDITED
        if why := self.refused(bits, old):
            return why
        element = self.source_paragraph(mine)
        if element is None:
            return EDITED
        pieces = pieces_of(element, self.editor.inline)
        edit = Edit(0, len(mine.text), bits, _old_bits(bits, old), _kind(bits, [tag_around(p.run) for p in pieces]), None)
        if not self.editor.fits(pieces, edit.start, edit.end, bits, edit.kind):
            return EDITED
        self.editor.make(element, edit)
        if len(bits) == 1 and bits[0].kind == FIGURE:
            self.numbers += 1
        else:
            self.words = True
        return ""

    def source_paragraph(self, cell: DocCell) -> _Element | None:
        """The first paragraph of a cell of the document."""
        return self.mine.document.elements[cell.numbers[0] - 1] if cell.numbers else None

    def _label(self, row: int, column: int) -> str:
        """What the row is called: the nearest text at the left that is no number."""
        cells = self.mine.rows[row][:column][::-1]
        return next((cell.text for cell in cells if cell.text and not cell.text[-1].isdigit()), "") or _name(self.mine)


def _tags(cell: DocCell) -> list[str]:
    """The tags of the controls in a cell."""
    return [element.get(f"{W}val", "") for element in cell.element.iter(f"{W}tag")]


def _kind(bits: Sequence[Bit], tags: Sequence[str]) -> Kind:
    """A figure takes the place of its own value in its control; anything else is new words."""
    return Kind.VALUE if len(bits) == 1 and bits[0].kind == FIGURE and set(tags) == {tag(bits[0])} else Kind.WORDS


def _old_bits(bits: Sequence[Bit], old: str) -> tuple[Bit, ...]:
    return (Bit(bits[0].kind if bits else LITERAL, "", old),)
