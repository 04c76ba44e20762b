"""Plans of official sheets: which text, amount, total and header stands where, before anything is drawn.

Rows and columns of a plan are relative to the first header row (headers) or the first data row (the rest).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from workbook.amounts import MoneyUnit
from workbook.errors import PackError
from workbook.pack.layout import TOTAL, Panel, Printed, SheetKind, SheetLayout, Sum
from workbook.pack.loading import Pack
from workbook.pack.sheets import CLASS_DIGITS, LEVEL_DIGITS
from workbook.values import dataclass

Key = tuple[str, str]
"""Row id and column id of an amount."""
Place = tuple[int, int]

_CODE_WIDTH, _NAME_WIDTH, _LINE_WIDTH, _UNIT_WIDTH = 11, 33, 6, 8
_ECONOMIC_CODE_WIDTH, _ECONOMIC_NAME_WIDTH = 8, 28
_STRONG, _CODE = "center bold", "left text"


class Block(NamedTuple):
    """A text (or the number of a row or column) over one or more cells, corners included."""

    top: int
    left: int
    bottom: int
    right: int
    text: str | int
    look: str = "center wrap"
    """See :mod:`workbook.create.book`."""
    indent: int = 0


def _text(row: int, column: int, text: str | int, look: str = "left", *, indent: int = 0, right: int | None = None) -> Block:
    """A text of the data area; *right* is the last column that it covers."""
    return Block(row, column, row, column if right is None else right, text, look, indent)


@dataclass(slots=True)
class Plan:
    """One sheet."""

    layout: SheetLayout
    widths: list[float] = field(default_factory=list)
    headers: list[Block] = field(default_factory=list)
    header_rows: int = 0
    heads: dict[str, Place] = field(default_factory=dict)
    """Column (or header row) id → its header cell."""
    labels: dict[str, Place] = field(default_factory=dict)
    """Row id → its label cell."""
    texts: list[Block] = field(default_factory=list)
    cells: dict[Key, Place] = field(default_factory=dict)
    totals: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    blank_rows: tuple[str, ...] = ()
    """Ids of the code rows left for the user to fill."""
    height: int = 0
    frozen_columns: int = 0

    @property
    def width(self) -> int:
        return len(self.widths)


@dataclass(frozen=True, slots=True)
class CellNote:
    """A hint at a row's label (no *column*), a column's header (no *row*), or a cell (both)."""

    table: str
    row: str
    column: str
    text: str
    path: Path
    line: int

    def verify(self, *, rows: Collection[str], columns: Collection[str]) -> None:
        """Raise :class:`PackError` when the sheet has no such row or column."""
        for wanted, known, what in ((self.row, rows, "行"), (self.column, columns, "列")):
            if wanted and wanted not in known:
                raise PackError(self.path, f"“{self.table}”没有“{wanted}”{what}", self.line)


def plan_sheet(
    layout: SheetLayout, pack: Pack, codes: Sequence[str], blank: int, names: Mapping[str, str], money_unit: MoneyUnit
) -> Plan:
    """The plan of one sheet.

    A functional one shows *codes* and so many *blank* rows, with *names* in place of the catalogue's.
    """
    if layout.kind is SheetKind.FIXED:
        return _plan_fixed(layout, pack.printed, money_unit)
    if layout.kind is SheetKind.FUNCTIONAL:
        return _plan_functional(layout, pack, codes, blank, names)
    if layout.kind is SheetKind.ECONOMIC:
        return _plan_economic(layout, pack, names)
    return _plan_single(layout, pack.printed)


def header_blocks(paths: Sequence[tuple[str, ...]], depth: int) -> Iterator[Block]:
    """Merged header cells: equal neighbours share a cell, so does a text that is repeated below itself.

    A short path reaches down.
    """

    def level(first: int, last: int, row: int) -> Iterator[Block]:
        column = first
        while column <= last:
            text, end = paths[column][row], column
            if len(paths[column]) == row + 1:
                yield Block(row, column, depth - 1, column, text)
            else:
                while end < last and len(paths[end + 1]) > row + 1 and paths[end + 1][row] == text:
                    end += 1
                bottom = row
                while all(len(path) > bottom + 2 and path[bottom + 1] == text for path in paths[column : end + 1]):
                    bottom += 1
                yield Block(row, column, bottom, end, text)
                yield from level(column, end, bottom + 1)
            column = end + 1

    yield from level(0, len(paths) - 1, 0)


_Head = tuple[tuple[str, ...], str, float]
"""A column: the path of its header, its id ("": it holds no amounts) and its width."""


def _set_headers(plan: Plan, columns: Sequence[_Head], number: str = "", labels: Iterable[tuple[int, int]] = ()) -> None:
    """Lay out the header, and the 栏次 row below it where the form has one: *labels* are the column ranges that say *number*."""
    paths, ids, widths = zip(*columns, strict=True)
    plan.widths, depth = list(widths), max(map(len, paths))
    plan.headers = list(header_blocks(paths, depth))
    plan.header_rows = depth + bool(number)
    bottoms = {column: block for block in plan.headers for column in range(block.left, block.right + 1)}
    numbered = [column for column, column_id in enumerate(ids) if column_id]
    for column in numbered:
        plan.heads.setdefault(ids[column], (bottoms[column].top, bottoms[column].left))
    if number:
        plan.headers += [Block(depth, left, depth, right, number) for left, right in labels]
        plan.headers += [Block(depth, column, depth, column, i) for i, column in enumerate(numbered, 1)]


def _add_totals(plan: Plan, rows: Iterable[str], columns: Iterable[str], sums: Iterable[Sum], *, by_row: bool) -> None:
    """Totals of *sums* for each of *rows* and *columns*: *by_row* adds rows, otherwise columns."""
    rows, columns = tuple(rows), tuple(columns)
    for total in sums:
        for line in columns if by_row else rows:
            key, *parts = ((n, line) if by_row else (line, n) for n in (total.total, *total.parts))
            present = tuple(part for part in parts if part in plan.cells)
            if key in plan.cells and present:
                plan.totals.setdefault(key, present)


def _plan_fixed(layout: SheetLayout, words: Printed, money_unit: MoneyUnit) -> Plan:
    plan = Plan(layout)
    columns: list[_Head] = []
    starts: list[int] = []
    for panel in layout.panels:
        above = (panel.header,) if panel.header else ()
        sides = ((words.item, panel.label_width), (words.line, _LINE_WIDTH), (words.unit if panel.units else "", _UNIT_WIDTH))
        starts.append(len(columns))
        columns += [((*above, side), "", width) for side, width in sides if side]
        columns += [((*above, *c.paths[0]), c.id, c.width) for c in panel.columns]
    _set_headers(plan, columns, words.number, [(start, start) for start in starts])
    plan.height = max(row.line - p.first_line + 1 for p in layout.panels for row in p.rows)
    for panel, start in zip(layout.panels, starts, strict=True):
        _fill_panel(plan, panel, start, money_unit, has_lines=bool(words.line))
    return plan


def _fill_panel(plan: Plan, panel: Panel, start: int, money_unit: MoneyUnit, *, has_lines: bool) -> None:
    """Rows of one panel of a fixed sheet, each on the physical row that its line number gives."""
    first_value = start + 1 + has_lines + panel.units
    lines = {row.id: row.line for row in panel.rows}
    sums = {s.total for s in panel.sums if max(lines[part] for part in s.parts) < lines[s.total]}
    for offset in range(plan.height if has_lines else 0):
        plan.texts.append(_text(offset, start + 1, panel.first_line + offset, "center"))
    for row in panel.rows:
        if row.optional:
            continue
        r = row.line - panel.first_line
        label = row.label.lstrip("　 ")
        indent = len(row.label) - len(label)
        heading = row.id in sums and not panel.units
        plan.texts.append(_text(r, start, label, _STRONG if heading else "left", indent=indent))
        if not row.id:
            continue
        plan.labels[row.id] = (r, start)
        if panel.units:
            plan.texts.append(_text(r, first_value - 1, row.unit or money_unit, "center"))
        for i, column in enumerate(panel.columns):
            plan.cells[row.id, column.id] = (r, first_value + i)
    rows, columns = [r.id for r in panel.rows], [c.id for c in panel.columns]
    _add_totals(plan, rows, columns, panel.sums, by_row=True)
    _add_totals(plan, rows, columns, panel.column_sums, by_row=False)


def _plan_functional(layout: SheetLayout, pack: Pack, codes: Sequence[str], blank: int, names: Mapping[str, str]) -> Plan:
    plan = Plan(layout, frozen_columns=2)
    plan.blank_rows = tuple(f"空行{i}" for i in range(blank))
    words = pack.printed
    texts: list[_Head] = [((words.item, words.code), "", _CODE_WIDTH), ((words.item, words.name), "", _NAME_WIDTH)]
    _set_headers(plan, [*texts, *((c.paths[0], c.id, c.width) for c in layout.columns)], words.number, [(0, 1)])
    rows = [*codes, *plan.blank_rows]
    rows.insert(len(rows) if layout.total_last else 0, TOTAL)
    plan.height = len(rows)
    plan.texts.append(_text(rows.index(TOTAL), 0, TOTAL, _STRONG, right=1))
    for r, row in enumerate(rows):
        plan.labels[row] = (r, 0)
        if row in plan.blank_rows:
            plan.texts += [_text(r, 0, "", _CODE), _text(r, 1, "")]
        elif row != TOTAL:
            name = names.get(row) or pack.functional.name(row) or ""
            plan.texts += [_text(r, 0, row, _CODE), _text(r, 1, name, indent=max(len(row) - CLASS_DIGITS, 0) // LEVEL_DIGITS)]
        for i, column in enumerate(layout.columns):
            plan.cells[row, column.id] = (r, 2 + i)
    top = tuple(c for c in codes if not any(c[:n] in codes for n in range(CLASS_DIGITS, len(c))))
    _add_totals(plan, rows, [c.id for c in layout.columns], [Sum(TOTAL, top)], by_row=True)
    _add_totals(plan, rows, [], layout.sums, by_row=False)
    return plan


def _plan_economic(layout: SheetLayout, pack: Pack, names: Mapping[str, str]) -> Plan:
    plan, words = Plan(layout), pack.printed
    column = layout.columns[0]
    heads: list[_Head] = []
    panels: list[list[str]] = []
    for header, classes in zip(layout.panel_headers, layout.economic_panels, strict=True):
        above = (header,) if header else ()
        heads += [
            ((*above, words.economic_code), "", _ECONOMIC_CODE_WIDTH), ((*above, words.name), "", _ECONOMIC_NAME_WIDTH),
            ((*above, *column.paths[0]), column.id, column.width)]
        panels.append([code for c in classes for code in (c, *pack.economic.children(c)) if code not in layout.unprinted_codes])
    _set_headers(plan, heads)
    depth = max(map(len, panels))
    for p, codes in enumerate(panels):
        for r, code in enumerate(codes):
            is_class = len(code) == CLASS_DIGITS
            name = names.get(code) or pack.economic.name(code) or ""
            plan.texts += [_text(r, 3 * p, code, _CODE), _text(r, 3 * p + 1, name, indent=0 if is_class else 1)]
            plan.labels[code] = (r, 3 * p)
            plan.cells[code, column.id] = (r, 3 * p + 2)
    for row, first in zip(layout.rows, layout.total_panels, strict=True):
        end = next((t for t in layout.total_panels if t > first), len(panels))
        plan.texts.append(_text(depth, 3 * first, row.label, _STRONG, right=3 * end - 2))
        plan.labels[row.id] = (depth, 3 * first)
        plan.cells[row.id, column.id] = (depth, 3 * end - 1)
    plan.height = depth + 1
    classes_in_use = [c for panel in layout.economic_panels for c in panel]
    _add_totals(plan, [], [column.id], [Sum(c, pack.economic.children(c)) for c in classes_in_use], by_row=True)
    _add_totals(plan, [], [column.id], layout.sums, by_row=True)
    return plan


def _plan_single(layout: SheetLayout, words: Printed) -> Plan:
    plan = Plan(layout, height=1)
    below = layout.row_headers_below
    pairs = (
        [(r, c) for c in layout.columns for r in layout.rows]
        if below else [(r, c) for r in layout.rows for c in layout.columns])
    levels = max(len(c.paths[0]) for c in layout.columns)
    _set_headers(plan, [
        (
            (*c.paths[0], *c.paths[0][-1:] * (levels - len(c.paths[0])), r.label) if below else (r.label, *c.paths[0]),
            c.id, c.width)
        for r, c in pairs], words.number)
    depth = plan.header_rows - 1 - bool(words.number)
    for i, (row, column) in enumerate(pairs):
        plan.heads.setdefault(row.id, (depth if below else 0, i))
        plan.cells[row.id, column.id] = (0, i)
    _add_totals(plan, [r.id for r in layout.rows], [], layout.sums, by_row=False)
    return plan
