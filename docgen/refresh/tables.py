"""The tables of a report that people have edited: which row and column is which, and the cells brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from docgen.docx.editing import tag_around
from docgen.docx.paragraphs import DocCell
from docgen.refresh.paragraph_merge import EDITED
from docgen.refresh.places import LEAST, Place, align, alike, like_rows, plain, quoted
from docgen.writing.baseline import FIGURE, LITERAL, Bit, TableItem, TextItem

if TYPE_CHECKING:
    from docgen.refresh.document_merge import Merging

ROW_GONE = "表里的这一行已被删去"
ROW_NEW = "表里还没有这一行，而这张表改动过"
ROW_LEFT = "本次报告不再有这一行，而这张表改动过"
COLUMN_GONE = "表里的这一栏已被删去"
Rows: TypeAlias = Sequence[Sequence[str]]
"""The texts of a table's cells."""
Counterpart: TypeAlias = tuple[int | None, Sequence[int | None]]
"""Of a row in another state of a table: its number there, and for each of its cells the place in that row."""


def same_shape(base: TableItem, new: TableItem, mine: Place, fresh: Place) -> bool:
    """Whether all states of a table have the same rows and columns, and the same cells covered."""
    here, there = ([[(cell.span, cell.covered) for cell in row] for row in place.grid] for place in (mine, fresh))
    return here == there and [len(row) for row in base.rows] == [len(row) for row in new.rows]


def counterparts(base: Rows, other: Rows, *, written: bool = False) -> list[Counterpart]:
    """How *other* lies to each row of *base*: rows by their labels, columns by what stands in them.

    Where the program wrote both (*written*), tables of one shape have the same places; people move rows.
    """
    if [*map(len, base)] == [*map(len, other)] and (written or all(map(_is_row, base, other))):
        return [(number, range(len(row))) for number, row in enumerate(base)]
    rows = align(base, other, (["\t".join(row) for row in base], ["\t".join(row) for row in other]), like_rows, moved=True)
    wide, wider = (max(map(len, table), default=0) for table in (base, other))
    pairs = [
        (base[i], other[j]) for i, j in enumerate(rows)
        if j is not None and len(base[i]) == wide and len(other[j]) == wider]
    columns: Sequence[int | None] = range(wide)
    if wide != wider and pairs:
        left, right = ([*zip(*table, strict=True)] for table in zip(*pairs, strict=True))
        columns = align(left, right, (["\t".join(c) for c in left], ["\t".join(c) for c in right]), _like_columns)
    found: list[Counterpart] = []
    for row, there in zip(base, rows, strict=True):
        cells = other[there] if there is not None else ()
        is_whole = len(row) == wide and len(cells) == wider
        found.append((there, range(len(row)) if len(row) == len(cells) else (
            columns if is_whole else align(row, cells, (row, cells), alike))))
    return found


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
    present = [[cell.text for cell in row] for row in mine.rows]
    to_new, to_mine = counterparts(before, after, written=True), counterparts(before, present)
    known = {there for there, _ in to_new if there is not None}
    if 2 * len(known) < max(len(before), len(after)) or 2 * sum(1 for here, _ in to_mine if here is not None) < len(before):
        return None
    written: dict[int, list[Sequence[str]]] = defaultdict(list)
    last, reworded = -1, False
    for row, (there, cells), (here, places) in zip(base.rows, to_new, to_mine, strict=True):
        if there is not None:
            last, now = there, list(new.rows[there])
            if here is None:
                work.report(mine.element, _row_name(now), "", "", ROW_GONE)
            else:
                ways = [(old, to, at) for old, to, at in zip(row, cells, places, strict=True) if to is not None]
                reworded |= _merge_row(work, ways, now, (mine, here), fresh.rows[there])
            written[there].append(now)
        elif here is not None:
            work.report_cell(mine.rows[here][0], _row_name(row), "", ROW_LEFT)
            written[last].append(row)
    for number in (n for n in range(len(after)) if n not in known):
        if after[number] in present:
            written[number].append(new.rows[number])
        else:
            work.report(mine.element, quoted(mine), "", " ".join(filter(None, after[number])), ROW_NEW)
    work.sentences += reworded
    return TableItem(tuple(tuple(row) for number in sorted(written) for row in written[number]))


def _merge_row(
    work: Merging, ways: Iterable[tuple[str, int, int | None]], now: list[str],
    at: tuple[Place, int], source: Sequence[DocCell],
) -> bool:  # fmt: skip
    """Bring the cells of the row *at* this place up to date.

    *now* becomes what counts as written, the result whether words changed.
    *ways*: the text of each cell as it was written, its place in the new row and in the one that is there.
    """
    reworded = False
    for old, to, column in ways:
        if column is not None:
            now[to], is_new = _merge_cell(work, old, now[to], (*at, column), source[to])
            reworded |= is_new
        elif old != now[to]:
            work.report(at[0].element, _row_name(now), "", now[to], COLUMN_GONE)
    return reworded


def _row_name(row: Sequence[str]) -> str:
    """What a row is known by: its first texts, numbers of classification among them."""
    named = [text for text in row if text]
    end = next((n + 1 for n, text in enumerate(named) if not text[-1].isdigit()), 1)
    return " ".join(named[:end])


def _merge_cell(work: Merging, old: str, now: str, at: tuple[Place, int, int], source: DocCell) -> tuple[str, bool]:
    """Bring the cell *at* this place, row and column up to date.

    The result is what then counts as written in it, and whether its words changed.
    """
    place, row, column = at
    cell = place.rows[row][column]
    is_same = cell.text == plain(now)
    if not is_same and old == now:
        return now, False
    # What a row is called: the nearest text at the left that is no number.
    label = next((c.text for c in place.rows[row][:column][::-1] if c.text and not c.text[-1].isdigit()), "") or quoted(place)
    if len(cell.numbers) != 1:
        if not is_same:
            work.report_cell(cell, label, now, EDITED)
        return now if is_same else old, False
    element = work.document.elements[cell.numbers[0] - 1]
    controls = {work.tags.get(tag_around(piece.run)) for piece in work.document.pieces(element)}
    link = controls.pop() if len(controls) == 1 else None
    base, new = TextItem((Bit(*(link or (LITERAL, "")), cell.text if is_same else old),)), TextItem(work.fresh.bits_of(source))
    if is_same and (link is None or base.keys == new.keys):  # else rows moved, and it is still linked to another figure
        return now, False
    merged = work.merge_text(element, base, new, cell.text)
    for conflict in merged.conflicts[:1]:
        work.report_cell(cell, label, now, conflict.why)
    is_figure = merged.words and [bit.kind for bit in new.bits] == [FIGURE]  # the place of another one, or an empty one
    work.numbers += is_figure
    return merged.base.text if merged.conflicts else now, merged.words and not is_figure
