"""The structure of a table: where its rows stand, which columns they have, which code is below which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbook.pack.layout import SheetLayout

Rows = Mapping[str, tuple[int, Mapping[str, int]]]
"""Row id → physical row and, by column id, physical column."""


class Shape(NamedTuple):
    """Columns and size of a table."""

    columns: tuple[str, ...]
    """Columns that the sheet has, in layout order."""
    column_set: frozenset[str]
    places: tuple[int, ...]
    """Physical columns that hold amounts, left to right."""
    size: int
    """Number of amount cells, blank ones too."""


class Tree(NamedTuple):
    """The codes of a table."""

    superiors: Mapping[str, str]
    """For every code that has one, the nearest superior present in the sheet."""
    children: Mapping[str, tuple[str, ...]]
    """For every code that has any, the codes whose nearest superior it is."""
    top: tuple[str, ...]
    """Codes without a superior in the sheet."""


class Form(NamedTuple):
    """Where the rows of a sheet stand.  Shared by all sheets of the same form: not to be changed."""

    rows: Rows
    label_cells: Mapping[str, tuple[int, int]]
    names: Mapping[str, str]
    shape: Shape
    tree: Tree


def column_maps(rows: Rows) -> tuple[Mapping[str, int], ...]:
    """The different column maps of *rows* (rows of one panel share theirs)."""
    return tuple({id(positions): positions for _, positions in rows.values()}.values())


def shape_of(layout: SheetLayout, rows: Rows) -> Shape:
    """The shape that *rows* give a table."""
    maps = column_maps(rows)
    found = frozenset([column for positions in maps for column in positions])
    size = len(rows) * len(found) if len(maps) == 1 else sum([len(positions) for _, positions in rows.values()])
    places = sorted({place for positions in maps for place in positions.values()})
    return Shape(tuple([c for c in layout.column_ids() if c in found]), found, tuple(places), size)


def tree_of(rows: Rows) -> Tree:
    """The codes among *rows* by their superiors; a code whose superior has no row is below the next one above."""
    superiors: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    top: list[str] = []
    for code in rows:
        if not code.isdigit():
            continue
        superior = code[:-2] if len(code) % 2 else code[:-1]  # codes have 3, 5 or 7 digits; one lost, its 款 stays
        while superior and superior not in rows:
            superior = superior[:-1]
        if superior:
            superiors[code] = superior
            children.setdefault(superior, []).append(code)
        else:
            top.append(code)
    return Tree(superiors, {code: tuple(below) for code, below in children.items()}, tuple(top))


def form_of(layout: SheetLayout, rows: Rows, label_cells: Mapping[str, tuple[int, int]], names: Mapping[str, str]) -> Form:
    """The form that *rows* give a sheet."""
    return Form(rows, label_cells, names, shape_of(layout, rows), tree_of(rows))
