"""The tables of a report that people have edited: which row and column is which, and the cells brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from docgen.docx.editing import tag_around
from docgen.docx.paragraphs import DocCell
from docgen.docx.reading import pieces_of
from docgen.refresh.align import LEAST, align, alike, like_rows
from docgen.refresh.items import FIGURE, LITERAL, Bit, Place, TableItem, TextItem, plain
from docgen.refresh.paragraph_merge import EDITED

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
    before, after = ([[plain(text) for text in row] for row in table.rows] for table in (base, new))
    to_new, to_mine = mapping(before, after, written=True), mapping(before, texts_of(mine))
    known = sum(1 for row in to_new.rows if row is not None)
    if 2 * known < max(len(before), len(after)) or 2 * sum(1 for row in to_mine.rows if row is not None) < len(before):
        return None
    written: dict[int, list[Sequence[str]]] = defaultdict(list)
    last, reworded = -1, False
    for number, (row, there, here) in enumerate(zip(base.rows, to_new.rows, to_mine.rows, strict=True)):
        if there is not None:
            last, now = there, list(new.rows[there])
            if here is None:
                work.report(mine.element, _row_name(now), "", "", ROW_GONE)
            else:
                cells = _Row(work, mine, here, fresh.rows[there])
                reworded |= cells.merge(row, now, zip(to_new.cells(number), to_mine.cells(number), strict=True))
            written[there].append(now)
        elif here is not None:
            work.report_cell(mine.rows[here][0], _row_name(row), "", ROW_LEFT)
            written[last].append(row)
    present = {tuple(row) for row in texts_of(mine)}
    for number in (n for n in range(len(after)) if n not in to_new.rows):
        if tuple(after[number]) in present:
            written[number].append(new.rows[number])
        else:
            work.report(mine.element, table_name(mine), "", " ".join(filter(None, after[number])), ROW_NEW)
    work.sentences += reworded
    return TableItem(tuple(tuple(row) for number in sorted(written) for row in written[number]))


def _row_name(row: Sequence[str]) -> str:
    """What a row is known by: its first texts, numbers of classification among them."""
    named = [text for text in row if text]
    end = next((n + 1 for n, text in enumerate(named) if not text[-1].isdigit()), 1)
    return " ".join(named[:end])


class _Row(NamedTuple):
    """A row of the table as it is now, and its counterpart in the new report."""

    work: Merging
    mine: Place
    number: int
    source: Sequence[DocCell]

    def merge(self, before: Sequence[str], now: list[str], places: Iterable[tuple[int | None, int | None]]) -> bool:
        """Bring its cells up to date; *now* becomes what counts as written, the result whether words changed."""
        reworded = False
        for old, (to, at) in zip(before, places, strict=True):
            if to is not None and at is not None:
                now[to], is_new = self._cell(old, now[to], at, self.source[to])
                reworded |= is_new
            elif to is not None and old != now[to]:
                self.work.report(self.mine.element, _row_name(now), "", now[to], COLUMN_GONE)
        return reworded

    def _cell(self, old: str, now: str, column: int, source: DocCell) -> tuple[str, bool]:
        work, cell = self.work, self.mine.rows[self.number][column]
        is_same = cell.text == plain(now)
        if not is_same and old == now:
            return now, False
        if len(cell.numbers) != 1:
            if not is_same:
                work.report_cell(cell, _label(self.mine, self.number, column), now, EDITED)
            return now if is_same else old, False
        pieces = pieces_of(work.document.elements[cell.numbers[0] - 1], work.document.inline)
        controls = {work.tags.get(tag_around(piece.run)) for piece in pieces}
        link = controls.pop() if len(controls) == 1 else None
        base, new = TextItem((Bit(*(link or (LITERAL, "")), cell.text if is_same else old),)), TextItem(work.fresh.bits_of(source))
        if is_same and (link is None or base.keys == new.keys):  # else rows moved, and it is still linked to another figure
            return now, False
        merged = work.merge_text(cell.numbers[0], base, new, cell.text)
        for conflict in merged.conflicts[:1]:
            work.report_cell(cell, _label(self.mine, self.number, column), now, conflict.why)
        is_figure = merged.words and [bit.kind for bit in new.bits] == [FIGURE]  # the place of another one, or an empty one
        work.numbers += is_figure
        return merged.base.text if merged.conflicts else now, merged.words and not is_figure


def _label(place: Place, row: int, column: int) -> str:
    """What a row is called: the nearest text at the left that is no number."""
    cells = place.rows[row][:column][::-1]
    return next((cell.text for cell in cells if cell.text and not cell.text[-1].isdigit()), "") or table_name(place)
