"""Sheets with fixed rows: panels side by side or below each other, and the sheet with one data row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from workbook.amounts import Fault, parse_amount
from workbook.formats.source import NUMBER, Content, RawSheet
from workbook.pack.layout import Panel, Row, SheetLayout, normalise
from workbook.reading.codes import is_note
from workbook.reading.header import Found, Header, Texts, find_columns, header_of, is_number_row, normalised
from workbook.reading.structure import Structure
from workbook.values import dataclass

Label = tuple[int, int, str]
"""A row label: physical column and row, normalised text."""


class PlacedPanel(NamedTuple):
    """Where a panel's rows stand."""

    number: int
    column: int
    """Column of the labels."""
    end: int | None
    """Column of the next labels at the right; ``None``: there are none."""
    start: int
    """First row with a label in this column."""
    rows: tuple[tuple[int, Row], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The panels that have rows, from left to right.  Shared by all sheets with such labels: not to be changed."""

    panels: tuple[PlacedPanel, ...]
    start: int
    """First row with a label; 0 when there is none."""


@lru_cache(maxsize=512)
def placed_panels(layout: SheetLayout, labels: tuple[Label, ...]) -> Placed:
    """Where these labels put the panels: the same in every unit's form, so it is found once and kept."""
    panels = layout.panels
    columns = [_label_column(labels, panel) for panel in panels]
    label_columns = sorted({c for c in columns if c is not None})
    found, starts = [], []
    for column, end in zip(label_columns, (*label_columns[1:], None), strict=False):
        here = [i for i, c in enumerate(columns) if c == column]
        lines = _match_rows({r: text for c, r, text in labels if c == column}, [panels[i] for i in here])
        starts.append(min(r for c, r, text in labels if c == column and any(text in panels[i].labels for i in here)))
        rows = {i: tuple((r, row) for r, row, panel in lines if panel is panels[i]) for i in here}
        found += [PlacedPanel(i, column, end, starts[-1], rows[i]) for i in here if rows[i]]
    return Placed(tuple(found), min(starts, default=0))


@lru_cache(maxsize=512)
def _structure(layout: SheetLayout, placed: Placed, positions: tuple[tuple[tuple[str, int], ...], ...]) -> Structure:
    """The structure of a sheet with the value columns of each panel at *positions*."""
    rows, label_cells, names = {}, {}, {}
    for panel, pairs in zip(placed.panels, positions, strict=True):
        columns = dict(pairs)
        for r, row in panel.rows if columns else ():
            rows[row.id] = (r, columns)
            label_cells[row.id] = (r, panel.column)
            if row.id.isdigit():
                names[row.id] = row.label.partition("、")[2]
    return Structure(layout, rows, label_cells, names, placed.start)


def fixed_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """Rows and value columns of a sheet with fixed rows."""
    texts = normalised(sheet.rows)
    known = frozenset(text for panel in layout.panels for text in panel.labels)
    labels = tuple([(c, r, text) for r, row in enumerate(texts) for c, text in enumerate(row) if text in known])
    placed = placed_panels(layout, labels)
    headers: dict[int, Header] = {}
    positions: list[tuple[tuple[str, int], ...]] = []
    for panel in placed.panels:
        if panel.start not in headers:
            headers[panel.start] = header_of(layout, texts, sheet.marks.merged, 0, panel.start)
        end = max(map(len, texts)) if panel.end is None else panel.end
        found = find_columns(layout, headers[panel.start], panel.column + 1, end - 1, panel.number)
        positions.append((*found.positions.items(), *_unnamed(layout, sheet, panel, found)))
    return _structure(layout, placed, tuple(positions))


def _unnamed(layout: SheetLayout, sheet: RawSheet, panel: PlacedPanel, found: Found) -> list[tuple[str, int]]:
    """Columns that the header does not name, when there are as many columns with amounts as are missing."""
    columns = layout.panels[panel.number].columns
    missing = [c.id for c in columns if c.id not in found.positions]
    numeric = [c for c in found.others if _is_numeric(sheet, panel.rows, c)] if missing else []
    return list(zip(missing, numeric, strict=True)) if len(missing) == len(numeric) else []


def _label_column(labels: tuple[Label, ...], panel: Panel) -> int | None:
    """The column that holds most of the panel's labels."""
    counts: dict[int, int] = {}
    for c, _, text in labels:
        if text in panel.labels:
            counts[c] = counts.get(c, 0) + 1
    return max(counts, key=lambda c: (counts[c], -c), default=None)


def _match_rows(texts: dict[int, str], panels: list[Panel]) -> list[tuple[int, Row, Panel]]:
    """Rows found in a label column, top to bottom; a label used twice goes by layout order."""
    found: list[tuple[int, Row, Panel]] = []
    last = [-1] * len(panels)
    current = 0
    used: set[str] = set()
    for r, text in texts.items():
        for i in (current, *(i for i in range(len(panels)) if i != current)):
            candidates = [(k, row) for k, row in panels[i].labels.get(text, ()) if row.id not in used or not row.id]
            if not candidates:
                continue
            index, row = next(((k, w) for k, w in candidates if k > last[i]), candidates[0])
            last[i], current = index, i
            if row.id:
                used.add(row.id)
                found.append((r, row, panels[i]))
            break
    return found


def _is_numeric(sheet: RawSheet, rows: tuple[tuple[int, Row], ...], column: int) -> bool:
    """Whether a column without a known header holds amounts (and not the line numbers)."""
    contents = [(sheet.content(r, column), row.line) for r, row in rows]
    numbers = [(c, line) for c, line in contents if isinstance(c, NUMBER)]
    return bool(numbers) and not all(c == line for c, line in numbers)


_HEADER_WITHIN = 20
_FEWEST_NUMBERS = 6
_SHORTEST_REMARK = 6


def single_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """The data row and, by the header paths, the columns of budget and of actual."""
    texts = normalised(sheet.rows)
    data_row = _data_row(layout, sheet, texts)
    if data_row is None:
        return Structure(layout)
    rows = {}
    bottom = next((r for r in range(data_row) if is_number_row(sheet.rows[r], _FEWEST_NUMBERS)), data_row)
    header = header_of(layout, texts, sheet.marks.merged, 0, bottom)
    width = max(map(len, texts), default=0)
    for row in layout.rows:
        names = frozenset([normalise(text) for text in (row.label, *row.aliases)])
        positions = find_columns(layout, header, 0, width - 1, under=names).positions
        if positions:
            rows[row.id] = (data_row, positions)
    return Structure(layout, rows, first_data_row=data_row)


def _data_row(layout: SheetLayout, sheet: RawSheet, texts: Texts) -> int | None:
    """The last row that holds numbers (a column-number row is not one); else the row after the header."""
    rows, known = sheet.rows, layout.words
    header = max(
        (r for r, row in enumerate(rows[:_HEADER_WITHIN])
         if not known.isdisjoint(texts[r]) and not any(isinstance(c, NUMBER) for c in row)),
        default=None,
    )
    if header is None:
        return None
    marked = {r for r, _ in (*sheet.marks.errors, *sheet.marks.formulas)}
    for r in range(header + 1, len(rows)):
        if is_number_row(rows[r], _FEWEST_NUMBERS):
            continue
        if is_note(rows[r]) or _is_remark(rows[r]):
            break
        if any(content != "" for content in rows[r]) or r in marked:
            return r
    return header + 2 if header + 1 < len(rows) and is_number_row(rows[header + 1], _FEWEST_NUMBERS) else header + 1


def _is_remark(row: Sequence[Content]) -> bool:
    """Whether a row is one sentence and nothing else: that the table is empty, say."""
    contents = [content for content in row if content != ""]
    return (
        len(contents) == 1 and type(contents[0]) is str
        and len(contents[0]) >= _SHORTEST_REMARK and parse_amount(contents[0]) is Fault.TEXT)
