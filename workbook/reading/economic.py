"""Sheets with economic codes in panels side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from workbook.formats.source import NUMBER, Content, RawSheet
from workbook.pack.catalogue import CLASS_DIGITS, LEVEL_DIGITS
from workbook.pack.layout import SheetLayout, normalise
from workbook.reading.codes import code_text, is_short_code, squeezed
from workbook.reading.header import column_finder, normalised
from workbook.reading.structure import Structure
from workbook.values import dataclass

ECONOMIC_DIGITS = (CLASS_DIGITS, CLASS_DIGITS + LEVEL_DIGITS)
_FEWEST_PARTS = 2


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


class Total(NamedTuple):
    """A total's row: its label's column and the column of its amount."""

    id: str
    row: int
    label: int
    column: int


class EconomicRows:
    """Finds the rows of a layout.

    The official form lists the same codes for every unit, so what a sheet's rows lead to is found once and kept.
    """

    def __init__(self, layout: SheetLayout) -> None:
        self._layout = layout
        self._heads = frozenset([code[0] for panel in layout.economic_panels for code in panel])
        self._kept = lru_cache(maxsize=32)(self._panels)
        self.structure = lru_cache(maxsize=64)(self._structure)

    def code(self, content: Content) -> str:
        """The economic code (类 or 款) in a cell; empty for other content."""
        if type(content) is not str and not (isinstance(content, NUMBER) and 100 <= content < 100_000):
            return ""
        code = code_text(content)
        return code if code[:1] in self._heads and len(code) in ECONOMIC_DIGITS and code.isdigit() else ""

    def panels(self, rows: Sequence[Sequence[Content]]) -> Panels | None:
        """The panels in *rows*; ``None`` when there are none."""
        top = next((r for r, row in enumerate(rows) if any(map(self.code, row))), None)
        if top is None:
            return None
        numbers = tuple([c for row in rows[:top] for c, content in enumerate(row) if is_short_code(content)])
        telling = tuple([tuple([c if type(c) is str or self._is_codelike(c) else "" for c in row]) for row in rows[top:]])
        panels = self._kept(telling, top, numbers)
        if panels is not None and not all(type(c) is str or self._is_codelike(c) for c in _code_cells(rows[top:], panels)):
            panels = self._panels(rows[top:], top, numbers)  # an odd number among the codes
        return panels

    def _panels(self, rows: Sequence[Sequence[Content]], top: int, numbers: tuple[int, ...]) -> Panels | None:
        """The panels in the *rows* from *top* on; *numbers* are the columns of the short numbers above."""
        found = [panel for c, codes in self._codes(rows).items() if (panel := self._code_columns(rows, c, codes, numbers))]
        if not found:
            return None
        start = min(first for _, first in found)
        known: set[str] = set()
        lines = tuple([tuple(_lines(rows, columns, start, top, known)) for columns, _ in found])
        return Panels(start + top, tuple([columns for columns, _ in found]), lines, tuple(self._labels(rows, start, top)))

    def _is_codelike(self, content: Content) -> bool:
        """Whether a number may be a code, or the 款 in one."""
        return isinstance(content, NUMBER) and (self.code(content) != "" or is_short_code(content))

    def _codes(self, rows: Sequence[Sequence[Content]]) -> dict[int, dict[int, str]]:
        """Column → row → code, of all cells that hold an economic code; columns in order."""
        found: dict[int, dict[int, str]] = {}
        for r, row in enumerate(rows):
            for c, content in enumerate(row):
                if content != "" and (code := self.code(content)):
                    found.setdefault(c, {})[r] = code
        return dict(sorted(found.items()))

    def _code_columns(
        self, rows: Sequence[Sequence[Content]], column: int, codes: dict[int, str], numbers: tuple[int, ...]
    ) -> tuple[tuple[int, ...], int] | None:
        """The code columns of the panel that begins in *column*, and its first row; ``None``: there is no panel.

        A code has its name beside it; an amount of a 元 sheet that looks like a code (301, 30212) has not.
        """
        beside = column + 1
        parts = numbers.count(beside) + sum([is_short_code(row[beside]) for row in rows if beside < len(row)])
        columns = (column, beside) if parts >= _FEWEST_PARTS else (column,)
        name_column, named = columns[-1] + 1, 0
        for r, code in codes.items():
            if name_column < len(rows[r]) and self._is_name(rows[r][name_column]):
                named += 2 if len(code) == CLASS_DIGITS else 1
            if named > 1:
                return columns, min(codes)
        return None

    def _is_name(self, content: Content) -> bool:
        """Whether a cell holds the name of a code (and not the label of a total in the next panel)."""
        if not isinstance(content, str) or code_text(content).isdigit():
            return False
        return content.strip() != "" and normalise(content) not in self._layout.row_labels

    def _labels(self, rows: Sequence[Sequence[Content]], start: int, top: int) -> Iterable[Label]:
        labels = self._layout.row_labels
        for r, row in enumerate(normalised(rows[start:]), start + top):
            found = [(c, labels[text]) for c, text in enumerate(row) if text in labels]
            for i, (c, total) in enumerate(found):
                yield Label(r, c, total, found[i + 1][0] if i + 1 < len(found) else len(row) + 1)

    def _structure(self, panels: Panels, columns: tuple[int, ...], totals: tuple[Total, ...]) -> Structure:
        """The structure of a sheet with the amounts of its panels in *columns*."""
        column_id = self._layout.columns[0].id
        rows, label_cells, names = {}, {}, {}
        for codes, lines, column in zip(panels.columns, panels.lines, columns, strict=True):
            positions = {column_id: column}
            rows.update({line.code: (line.row, positions) for line in lines})
            label_cells.update({line.code: (line.row, codes[0]) for line in lines})
            names.update({line.code: line.name for line in lines if line.name})
        rows.update({total.id: (total.row, {column_id: total.column}) for total in totals})
        label_cells.update({total.id: (total.row, total.label) for total in totals})
        return Structure(self._layout, rows, label_cells, names, panels.start)


@lru_cache(maxsize=64)
def economic_rows(layout: SheetLayout) -> EconomicRows:
    """The finder of *layout*'s rows."""
    return EconomicRows(layout)


def economic_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """Code panels and totals of an economic sheet."""
    rows, finder, lines = sheet.rows, column_finder(layout), economic_rows(layout)
    panels = lines.panels(rows)
    if panels is None:
        return Structure(layout)
    start = panels.start
    header = finder.header(normalised(rows[:start]), sheet.marks.merged, 0, start)
    ends = [*(codes[0] for codes in panels.columns[1:]), max(map(len, rows), default=0)]
    columns = []
    for codes, end in zip(panels.columns, ends, strict=True):
        column = finder.find(header, codes[-1] + 1, end - 1).positions.get(layout.columns[0].id)
        columns.append(_last_numeric(rows, start, codes[-1] + 1, end) if column is None else column)
    return lines.structure(panels, tuple(columns), tuple(_totals(sheet, panels, columns)))


def _code_cells(rows: Sequence[Sequence[Content]], panels: Panels) -> Iterable[Content]:
    """The cells of the code columns."""
    return (row[c] for columns in panels.columns for c in columns for row in rows if c < len(row))


def _lines(
    rows: Sequence[Sequence[Content]], columns: tuple[int, ...], start: int, top: int, known: set[str]
) -> Iterable[Line]:
    """The lines of one panel; a code that is *known* already is told apart by its row."""
    beside = columns[-1] + 1
    previous = ""
    for r, row in enumerate(rows[start:], start + top):
        code = _panel_code(row, columns)
        if not code:
            continue
        if len(columns) == 2 and len(code) == 2 and previous:
            code = previous + code
        previous = code[:CLASS_DIGITS]
        if code in known:
            code = f"{code}（第{r + 1}行）"
        known.add(code)
        name = row[beside] if beside < len(row) else ""
        yield Line(code, r, squeezed(name) if isinstance(name, str) else "")


def _panel_code(row: Sequence[Content], columns: tuple[int, ...]) -> str:
    """The code in a panel's row: 类 alone, the whole code, or 款 as two digits where 类 is not repeated."""
    parts = [code_text(row[c]) if c < len(row) else "" for c in columns]
    if len(parts) == 2 and parts[1].isdigit():
        parts[1] = parts[1].zfill(2)
    code = "".join(parts)
    return code if code.isdigit() else ""


def _last_numeric(rows: Sequence[Sequence[Content]], start: int, first: int, end: int) -> int:
    for c in range(end - 1, first - 1, -1):
        if any(c < len(row) and isinstance(row[c], NUMBER) for row in rows[start:]):
            return c
    return end - 1


def _totals(sheet: RawSheet, panels: Panels, columns: Sequence[int]) -> Iterable[Total]:
    """The rows of the totals: each takes the first filled amount behind its label."""
    marks = sheet.marks
    known: set[str] = set()
    for label in panels.labels:
        behind = [c for c in columns if label.column < c < label.end]
        if not behind or label.total in known:
            continue
        known.add(label.total)
        r = label.row
        filled = (c for c in behind if sheet.content(r, c) != "" or (r, c) in marks.formulas or (r, c) in marks.errors)
        yield Total(label.total, r, label.column, next(filled, behind[-1]))
