"""Sheets with fixed rows (公开01, 04, 11): panels side by side or below each other."""

from __future__ import annotations

from workbook.layout import Panel, Row, normalise
from workbook.reading.header import HeaderGrid, is_line_header, match_columns
from workbook.tables import Table

Labels = dict[str, list[tuple[int, Row]]]
Texts = dict[int, dict[int, str]]
"""Column → row → normalised text."""


def read_fixed(table: Table) -> None:
    """Find rows and value columns of *table*'s sheet and read its cells."""
    panels = table.layout.panels
    texts = _texts(table)
    columns = [_label_column(texts, p.labels) for p in panels]
    starts = {
        c: min(r for r, text in texts[c].items() if any(text in p.labels for p, c2 in zip(panels, columns, strict=True) if c2 == c))
        for c in set(columns) if c is not None
    }
    table.counts = frozenset(r.id for p in panels for r in p.rows if r.unit)
    boundaries = sorted(starts)
    for column in boundaries:
        here = [p for p, c in zip(panels, columns, strict=True) if c == column]
        end = next((c for c in boundaries if c > column), _width(table))
        rows = _match_rows(texts[column], here)
        grid = HeaderGrid(table.sheet, 0, starts[column])
        for panel in here:
            mine = [(r, row) for r, row, of in rows if of is panel]
            if mine:
                _place(table, panel, mine, column, grid.paths(column + 1, end - 1))
    if starts:
        table.first_data_row = min(starts.values())
    table.read_all()


def _texts(table: Table) -> Texts:
    texts: Texts = {}
    for r, row in enumerate(table.sheet.rows):
        for c, content in enumerate(row):
            if type(content) is str and content:
                texts.setdefault(c, {})[r] = normalise(content)
    return texts


def _label_column(texts: Texts, known: Labels) -> int | None:
    counts = {c: sum(1 for text in column.values() if text in known) for c, column in texts.items()}
    best = max(counts, key=lambda c: (counts[c], -c), default=None)
    return best if best is not None and counts[best] else None


def _width(table: Table) -> int:
    return max((len(r) for r in table.sheet.rows), default=0)


def _match_rows(texts: dict[int, str], panels: list[Panel]) -> list[tuple[int, Row, Panel]]:
    """Rows found in a label column, top to bottom; a label used twice goes by layout order."""
    found: list[tuple[int, Row, Panel]] = []
    last = [-1] * len(panels)
    current = 0
    used: set[str] = set()
    known = {text for panel in panels for text in panel.labels}
    for r, text in texts.items():
        if text not in known:
            continue
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


def _place(
    table: Table, panel: Panel, rows: list[tuple[int, Row]], label_column: int, paths: dict[int, tuple[str, ...]]
) -> None:
    values = {c: p for c, p in paths.items() if not is_line_header(p)}
    positions = match_columns(panel.columns, values)
    if len(positions) < len(panel.columns):
        numeric = [c for c in values if c not in positions.values() and _is_numeric(table, rows, c)]
        missing = [c for c in panel.columns if c.id not in positions]
        if len(numeric) == len(missing):
            positions |= {column.id: c for column, c in zip(missing, numeric, strict=True)}
    for r, row in rows if positions else ():
        table.rows[row.id] = (r, positions)
        table.label_cells[row.id] = (r, label_column)
        if row.id.isdigit():
            table.names[row.id] = row.label.partition("、")[2]


def _is_numeric(table: Table, rows: list[tuple[int, Row]], column: int) -> bool:
    """Whether a column without a known header holds amounts (and not the line numbers)."""
    contents = [(table.sheet.content(r, column), row.line) for r, row in rows]
    numbers = [(c, line) for c, line in contents if isinstance(c, float)]
    return bool(numbers) and not all(c == line for c, line in numbers)
