"""The tables of a report that people have edited: which row and column is which, and the cells brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.editing import tag_around
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import pieces_of
from docgen.docx.xml import W
from docgen.refresh.align import LEAST, align, alike, like_rows
from docgen.refresh.editing import tag
from docgen.refresh.items import FIGURE, LITERAL, Bit, Place, TableItem, plain
from docgen.refresh.paragraph_merge import EDITED, Edit, Kind

if TYPE_CHECKING:
    from docgen.refresh.document_merge import Merging

ROW_GONE = "表里的这一行已被删去"
ROW_NEW = "表里还没有这一行，而这张表改动过"
ROW_LEFT = "本次报告不再有这一行，而这张表改动过"
COLUMN_GONE = "表里的这一栏已被删去"
Rows = Sequence[Sequence[str]]
"""The texts of a table's cells."""


def is_untouched(base: TableItem, mine: Place) -> bool:
    """Whether the table still holds just the cells and texts that were generated."""
    return texts_of(mine) == [list(map(plain, row)) for row in base.rows]


def texts_of(place: Place) -> list[list[str]]:
    """The texts of a table as it stands, covered cells left out."""
    return [[cell.text for cell in row] for row in place.rows]


def same_shape(base: TableItem, new: TableItem, mine: Place, fresh: Place) -> bool:
    """Whether all states of a table have the same rows and columns, and the same cells covered."""
    here, there = ([[(cell.span, cell.covered) for cell in row] for row in place.grid] for place in (mine, fresh))
    return here == there and [len(row) for row in base.rows] == [len(row) for row in new.rows]


def table_name(place: Place) -> str:
    """The first texts of a table, to know it by."""
    return " ".join(cell.text for row in place.rows[:3] for cell in row if cell.text)[:60]


class Mapping(NamedTuple):
    """Which rows and columns of another state of a table are those of its baseline."""

    rows: Sequence[int | None]
    columns: Sequence[int | None]
    """Of rows that have all columns."""
    base: Rows
    other: Rows

    def cells(self, row: int) -> Sequence[int | None]:
        """For each cell of a row of the baseline its place in the row that is its counterpart."""
        there = self.rows[row]
        left, right = self.base[row], self.other[there] if there is not None else ()
        if len(left) == len(right):
            return range(len(left))
        if len(left) == len(self.columns) and len(right) == max(map(len, self.other)):
            return self.columns
        return align(left, right, (left, right), alike)


def mapping(base: Rows, other: Rows, *, written: bool = False) -> Mapping:
    """How *other* lies to *base*: rows by their labels, columns by what stands in them.

    Where the program wrote both (*written*), tables of one shape have the same places; people move rows.
    """
    if [*map(len, base)] == [*map(len, other)] and (written or all(map(_is_row, base, other))):
        return Mapping(range(len(base)), range(max(map(len, base), default=0)), base, other)
    rows = align(base, other, (["\t".join(row) for row in base], ["\t".join(row) for row in other]), like_rows, moved=True)
    wide, wider = (max(map(len, table), default=0) for table in (base, other))
    pairs = [(base[i], other[j]) for i, j in enumerate(rows) if j is not None and len(base[i]) == wide and len(other[j]) == wider]
    if wide == wider or not pairs:
        return Mapping(rows, range(wide), base, other)
    left, right = ([*zip(*table, strict=True)] for table in zip(*pairs, strict=True))
    columns = align(left, right, (["\t".join(c) for c in left], ["\t".join(c) for c in right]), _like_columns)
    return Mapping(rows, columns, base, other)


def _is_row(one: Sequence[str], other: Sequence[str]) -> bool:
    return like_rows(one, other) >= LEAST or not any(text and not text[-1].isdigit() for text in (*one, *other))


def _like_columns(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def merge_cells(work: Merging, base: TableItem, new: TableItem, mine: Place, fresh: Place) -> TableItem | None:
    """Carry the changes over to what people made of a table; its baseline for the next time.

    Rows and columns that people added stay, those that they took out are named.  ``None`` when too little of the table
    is left to know it by, or when the new one has other columns.
    """
    before = [[plain(text) for text in row] for row in base.rows]
    after = [[plain(text) for text in row] for row in new.rows]
    to_new, to_mine = mapping(before, after, written=True), mapping(before, texts_of(mine))
    known = sum(1 for row in to_new.rows if row is not None)
    if 2 * known < max(len(before), len(after)) or 2 * sum(1 for row in to_mine.rows if row is not None) < len(before):
        return None
    merge = _TableMerge(work, base, new, mine, fresh)
    written: dict[int, list[Sequence[str]]] = {}
    last = -1
    for number, there in enumerate(to_new.rows):
        here = to_mine.rows[number]
        if there is not None:
            last = there
            written[there] = [merge.row(number, there, here, to_new.cells(number), to_mine.cells(number))]
        elif here is not None:
            work.report_cell(mine.rows[here][0], _row_name(base.rows[number]), "", ROW_LEFT)
            written.setdefault(last, []).append(base.rows[number])
    present = {tuple(row) for row in texts_of(mine)}
    for number in range(len(after)):
        if number not in to_new.rows:
            if tuple(after[number]) in present:
                written.setdefault(number, []).append(new.rows[number])
            else:
                work.report(mine.element, table_name(mine), "", " ".join(filter(None, after[number])), ROW_NEW)
    work.sentences += merge.reworded
    return TableItem(tuple(tuple(row) for number in sorted(written) for row in written[number]))


class _TableMerge:
    """Brings the rows of one table up to date."""

    def __init__(self, work: Merging, base: TableItem, new: TableItem, mine: Place, fresh: Place) -> None:
        self.work, self.base, self.new, self.mine, self.fresh = work, base, new, mine, fresh
        self.reworded = False

    def row(
        self, number: int, there: int, here: int | None, to_new: Sequence[int | None], to_mine: Sequence[int | None]
    ) -> list[str]:
        """Bring a row up to date that the baseline and the new report have; what then counts as written."""
        before, row = self.base.rows[number], list(self.new.rows[there])
        if here is None:
            self.work.report(self.mine.element, _row_name(row), "", "", ROW_GONE)
            return row
        for column, (new, mine) in enumerate(zip(to_new, to_mine, strict=True)):
            if new is None:
                continue
            if mine is not None:
                row[new] = self._cell(before[column], (there, new), (here, mine))
            elif before[column] != row[new]:
                self.work.report(self.mine.element, _row_name(row), "", row[new], COLUMN_GONE)
        return row

    def _cell(self, old: str, there: tuple[int, int], here: tuple[int, int]) -> str:
        """Bring a cell up to date; what then counts as written there."""
        work, now = self.work, self.new.rows[there[0]][there[1]]
        cell, source = self.mine.rows[here[0]][here[1]], self.fresh.rows[there[0]][there[1]]
        if cell.text == plain(now):
            if (tags := _tags(cell)) and tags != _tags(source):  # still linked to another figure: rows moved
                _set(work, cell, work.fresh.bits_of(source), now)
        elif old != now:
            bits = work.fresh.bits_of(source)
            why = EDITED if cell.text != plain(old) else work.fresh.refused(bits, old)
            if why or not _set(work, cell, bits, old):
                work.report_cell(cell, _label(self.mine, *here), now, why or EDITED)
                return old
            if len(bits) == 1 and bits[0].kind == FIGURE:
                work.numbers += 1
            else:
                self.reworded = True
        return now


def _row_name(row: Sequence[str]) -> str:
    """What a row is known by: its first texts, numbers of classification among them."""
    named = [text for text in row if text]
    end = next((n + 1 for n, text in enumerate(named) if not text[-1].isdigit()), 1)
    return " ".join(named[:end])


def _set(work: Merging, cell: DocCell, bits: tuple[Bit, ...], old: str) -> bool:
    """Give a cell its new content; whether that can be."""
    if len(cell.numbers) != 1:
        return False
    element = work.document.elements[cell.numbers[0] - 1]
    pieces = pieces_of(element, work.editor.inline)
    # A figure takes the place of its own value in its control; anything else is new words.
    is_value = len(bits) == 1 and bits[0].kind == FIGURE and {tag_around(p.run) for p in pieces} == {tag(bits[0])}
    replaced = (Bit(bits[0].kind if bits else LITERAL, "", old),)
    edit = Edit(0, len(cell.text), bits, replaced, Kind.VALUE if is_value else Kind.WORDS, None)
    can_be = work.editor.fits(pieces, edit.start, edit.end, bits, edit.kind)
    if can_be:
        work.editor.make(element, edit)
    return can_be


def _label(place: Place, row: int, column: int) -> str:
    """What a row is called: the nearest text at the left that is no number."""
    cells = place.rows[row][:column][::-1]
    return next((cell.text for cell in cells if cell.text and not cell.text[-1].isdigit()), "") or table_name(place)


def _tags(cell: DocCell) -> list[str]:
    """The tags of the controls in a cell."""
    return [element.get(f"{W}val", "") for element in cell.element.iter(f"{W}tag")] if cell.element is not None else []
