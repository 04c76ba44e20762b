"""Sheets with economic codes in panels side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from workbook.formats.source import NUMBER, Content, RawSheet
from workbook.pack.layout import SheetLayout, normalise
from workbook.pack.sheets import CLASS_DIGITS, LEVEL_DIGITS
from workbook.reading.codes import HEADER_WITHIN, code_and_name, code_in, code_text, is_note, is_short_code, squeezed
from workbook.reading.header import find_columns, header_of, normalised
from workbook.reading.structure import Structure
from workbook.values import dataclass

ECONOMIC_DIGITS = (CLASS_DIGITS, CLASS_DIGITS + LEVEL_DIGITS)
_FEWEST_PARTS = 2
_BEGINNINGS = frozenset("123456789１２３４５６７８９ \t\n\u3000\xa0")
"""What the text of a code may begin with."""


class Line(NamedTuple):
    """A code's row."""

    code: str
    row: int
    name: str


class Label(NamedTuple):
    """The label of a total: row and column, the id of the total, and the column where the next panel's label stands."""

    row: int
    column: int
    total: str
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """The code panels of a sheet, from left to right.  Shared by all sheets with such rows: not to be changed."""

    start: int
    """First row with a code."""
    columns: tuple[tuple[int, ...], ...]
    """Code columns of each panel: one, or 类 and 款."""
    lines: tuple[tuple[Line, ...], ...]
    labels: tuple[Label, ...]


def economic_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """Code panels and totals of an economic sheet."""
    rows = sheet.rows
    code = _coder(layout)
    note = next((r for r, row in enumerate(rows) if r >= HEADER_WITHIN and is_note(row) and not any(
        code(content) for below in rows[r + 1 :] for content in below)), None)
    panels = _panels_in(layout, rows if note is None else rows[:note])
    if panels is None:
        return Structure(layout)
    header = header_of(layout, normalised(rows[: panels.start]), sheet.marks.merged, 0, panels.start)
    ends = [*(codes[0] for codes in panels.columns[1:]), max(map(len, rows), default=0)]
    columns = []
    for codes, end in zip(panels.columns, ends, strict=True):
        column = find_columns(layout, header, codes[-1] + 1, end - 1).positions.get(layout.columns[0].id)
        columns.append(_last_numeric(rows, panels.start, codes[-1] + 1, end) if column is None else column)
    return _structure(layout, panels, tuple(columns), tuple(_totals(sheet, panels, columns)))


@lru_cache(maxsize=512)
def _structure(
    layout: SheetLayout, panels: Panels, columns: tuple[int, ...], totals: tuple[tuple[Label, int], ...]
) -> Structure:
    """The structure of a sheet with the amounts of its panels in *columns*, and those of its totals."""
    column_id = layout.columns[0].id
    rows, label_cells, names = {}, {}, {}
    for codes, lines, column in zip(panels.columns, panels.lines, columns, strict=True):
        positions = {column_id: column}
        rows.update({line.code: (line.row, positions) for line in lines})
        label_cells.update({line.code: (line.row, codes[0]) for line in lines})
        names.update({line.code: line.name for line in lines if line.name})
    rows.update({label.total: (label.row, {column_id: column}) for label, column in totals})
    label_cells.update({label.total: (label.row, label.column) for label, _ in totals})
    return Structure(layout, rows, label_cells, names, panels.start)


def _panels_in(layout: SheetLayout, rows: Sequence[Sequence[Content]]) -> Panels | None:
    """The panels in *rows*; ``None`` when there are none."""
    code = _coder(layout)
    top = next((r for r, row in enumerate(rows) if any(map(code, row))), None)
    if top is None:
        return None

    def tells(content: Content) -> bool:
        """Whether a number may be a code or the 款 in one."""
        return isinstance(content, NUMBER) and (code(content) != "" or is_short_code(content))

    numbers = tuple([c for row in rows[:top] for c, content in enumerate(row) if is_short_code(content)])
    telling = tuple(
        [tuple([content if type(content) is str or tells(content) else "" for content in row]) for row in rows[top:]])
    panels = code_panels(layout, telling, top, numbers)
    if panels is None or all(
        type(row[c]) is str or tells(row[c]) for codes in panels.columns for c in codes for row in rows[top:] if c < len(row)
    ):
        return panels
    return code_panels.__wrapped__(layout, rows[top:], top, numbers)  # an odd number among the codes


@lru_cache(maxsize=64)
def _coder(layout: SheetLayout) -> Callable[[Content], str]:
    """What tells the economic code (类 or 款) in a cell; empty for other content."""
    heads = frozenset([code[0] for panel in layout.economic_panels for code in panel])

    def code(content: Content) -> str:
        if type(content) is str:
            if content[:1] not in _BEGINNINGS:
                return ""
        elif not (isinstance(content, NUMBER) and 100 <= content < 100_000):
            return ""
        code, _ = code_and_name(content)
        return code if code[:1] in heads and len(code) in ECONOMIC_DIGITS and code.isdigit() else ""

    return code


@lru_cache(maxsize=256)
def code_panels(layout: SheetLayout, rows: Sequence[Sequence[Content]], top: int, numbers: tuple[int, ...]) -> Panels | None:
    """The panels in the *rows* from *top* on; *numbers* are the columns of the short numbers above.

    The official form lists the same codes for every unit, so what its rows lead to is found once and kept.
    """
    code_of, by_column = _coder(layout), dict[int, dict[int, str]]()
    for r, row in enumerate(rows):
        for c, content in enumerate(row):
            if content != "" and (code := code_of(content)):
                by_column.setdefault(c, {})[r] = code
    found = [
        (columns, min(codes)) for c, codes in sorted(by_column.items())
        if (columns := _code_columns(layout, rows, c, codes, numbers))
    ]
    if not found:
        return None
    start = min(first for _, first in found)
    known: set[str] = set()
    lines = tuple([tuple(_lines(rows, columns, start, top, known)) for columns, _ in found])
    return Panels(start + top, tuple([columns for columns, _ in found]), lines, tuple(_labels(layout, rows, start, top)))


def _code_columns(
    layout: SheetLayout, rows: Sequence[Sequence[Content]], column: int, codes: dict[int, str], numbers: tuple[int, ...]
) -> tuple[int, ...]:
    """The code columns of the panel that begins in *column*; none: there is no panel.

    A code has its name beside it, or with it; an amount of a 元 sheet that looks like a code (301, 30212) has not.
    """
    if sum(code_and_name(rows[r][column])[1] != "" for r in codes) > 1:
        return (column,)
    beside = column + 1
    parts = numbers.count(beside) + sum([is_short_code(row[beside]) for row in rows if beside < len(row)])
    columns = (column, beside) if parts >= _FEWEST_PARTS else (column,)
    name_column, named = columns[-1] + 1, 0
    for r, code in codes.items():
        if name_column < len(rows[r]) and _is_name(layout, rows[r][name_column]):
            named += 2 if len(code) == CLASS_DIGITS else 1
        if named > 1:
            return columns
    return ()


def _is_name(layout: SheetLayout, content: Content) -> bool:
    """Whether a cell holds the name of a code (and not the label of a total in the next panel)."""
    if not isinstance(content, str) or code_text(content).isdigit():
        return False
    return content.strip() != "" and normalise(content) not in layout.row_labels


def _labels(layout: SheetLayout, rows: Sequence[Sequence[Content]], start: int, top: int) -> Iterable[Label]:
    labels = layout.row_labels
    for r, row in enumerate(normalised(rows[start:]), start + top):
        found = [(c, labels[text]) for c, text in enumerate(row) if text in labels]
        for (c, total), (end, _) in pairwise([*found, (len(row) + 1, "")]):
            yield Label(r, c, total, end)


def _lines(
    rows: Sequence[Sequence[Content]], columns: tuple[int, ...], start: int, top: int, known: set[str]
) -> Iterable[Line]:
    """The lines of one panel; a code that is *known* already is told apart by its row."""
    beside = columns[-1] + 1
    previous = ["", "", ""]
    for r, row in enumerate(rows[start:], start + top):
        code, name = code_in(row, columns, previous)
        if not code.isdigit():
            continue
        name = name or (content if beside < len(row) and type(content := row[beside]) is str else "")
        if not name and len(code) not in ECONOMIC_DIGITS:
            continue  # a telephone number below the table
        if code in known:
            code = f"{code}（第{r + 1}行）"
        known.add(code)
        yield Line(code, r, squeezed(name))


def _last_numeric(rows: Sequence[Sequence[Content]], start: int, first: int, end: int) -> int:
    for c in range(end - 1, first - 1, -1):
        if any(c < len(row) and isinstance(row[c], NUMBER) for row in rows[start:]):
            return c
    return end - 1


def _totals(sheet: RawSheet, panels: Panels, columns: Sequence[int]) -> Iterable[tuple[Label, int]]:
    """The totals' labels, each with the column of the first filled amount behind it."""
    marks = sheet.marks
    known: set[str] = set()
    for label in panels.labels:
        behind = [c for c in columns if label.column < c < label.end]
        if not behind or label.total in known:
            continue
        known.add(label.total)
        r = label.row
        filled = (c for c in behind if sheet.content(r, c) != "" or (r, c) in marks.formulas or (r, c) in marks.errors)
        yield label, next(filled, behind[-1])
