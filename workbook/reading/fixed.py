"""Sheets with fixed rows (公开01, 04, 11): panels side by side or below each other."""

from __future__ import annotations

from collections import Counter

from workbook.layout import Panel, Row, normalise
from workbook.reading.header import header_paths, is_line_header, match_columns
from workbook.tables import Table

Labels = dict[str, list[tuple[int, Row]]]


def read_fixed(table: Table) -> None:
    """Find rows and value columns of *table*'s sheet and read its cells."""
    panels = table.layout.panels
    labels = [_labels(p) for p in panels]
    texts = _texts(table)
    columns = [_label_column(texts, known) for known in labels]
    starts = {c: min(r for (r, c2), t in texts.items() if c2 == c and any(t in labels[i] for i in range(len(panels)) if columns[i] == c))
              for c in {c for c in columns if c is not None}}
    table.counts = frozenset(r.id for p in panels for r in p.rows if r.unit)
    boundaries = sorted(starts)
    for column in boundaries:
        here = [i for i, c in enumerate(columns) if c == column]
        end = next((c for c in boundaries if c > column), _width(table))
        rows = _match_rows(texts, column, [(panels[i], labels[i]) for i in here])
        for index in here:
            mine = [(r, row) for r, row, panel in rows if panel is panels[index]]
            if mine:
                _place(table, panels[index], mine, column, end, starts[column])
    if starts:
        table.first_data_row = min(starts.values())
    table.read_all()


def _labels(panel: Panel) -> Labels:
    labels: Labels = {}
    for index, row in enumerate(panel.rows):
        for text in dict.fromkeys((normalise(row.label), *(normalise(a) for a in row.aliases))):
            labels.setdefault(text, []).append((index, row))
    return labels


def _texts(table: Table) -> dict[tuple[int, int], str]:
    return {
        (r, c): normalise(content)
        for r, row in enumerate(table.sheet.rows) for c, content in enumerate(row)
        if isinstance(content, str) and content
    }


def _label_column(texts: dict[tuple[int, int], str], known: Labels) -> int | None:
    counts = Counter(c for (_, c), text in texts.items() if text in known)
    return max(counts, key=lambda c: (counts[c], -c)) if counts else None


def _width(table: Table) -> int:
    return max((len(r) for r in table.sheet.rows), default=0)


def _match_rows(
    texts: dict[tuple[int, int], str], column: int, panels: list[tuple[Panel, Labels]]
) -> list[tuple[int, Row, Panel]]:
    """Rows found in a label column, top to bottom; a label used twice goes by layout order."""
    found: list[tuple[int, Row, Panel]] = []
    last = dict.fromkeys(range(len(panels)), -1)
    current = 0
    used: set[str] = set()
    for r in sorted(r for r, c in texts if c == column):
        text = texts[r, column]
        order = [current, *(i for i in range(len(panels)) if i != current)]
        for i in order:
            candidates = [(k, row) for k, row in panels[i][1].get(text, ()) if row.id not in used or not row.id]
            if not candidates:
                continue
            index, row = next(((k, w) for k, w in candidates if k > last[i]), candidates[0])
            last[i], current = index, i
            if row.id:
                used.add(row.id)
                found.append((r, row, panels[i][0]))
            break
    return found


def _place(
    table: Table, panel: Panel, rows: list[tuple[int, Row]], label_column: int, end: int, start: int
) -> None:
    paths = header_paths(table.sheet, 0, start, label_column + 1, end - 1)
    values = {c: p for c, p in paths.items() if not is_line_header(p)}
    positions = match_columns(panel.columns, values)
    if len(positions) < len(panel.columns):
        numeric = [c for c in values if c not in positions.values() and _is_numeric(table, rows, c)]
        missing = [c for c in panel.columns if c.id not in positions]
        if len(numeric) == len(missing):
            positions |= {column.id: c for column, c in zip(missing, numeric, strict=True)}
    for r, row in rows:
        table.rows[row.id] = (r, positions)
        table.label_cells[row.id] = (r, label_column)
        if row.id.isdigit():
            table.names[row.id] = row.label.partition("、")[2]


def _is_numeric(table: Table, rows: list[tuple[int, Row]], column: int) -> bool:
    """Whether a column without a known header holds amounts (and not the line numbers)."""
    contents = [(table.sheet.content(r, column), row.line) for r, row in rows]
    numbers = [(c, line) for c, line in contents if isinstance(c, float)]
    return bool(numbers) and not all(c == line for c, line in numbers)
