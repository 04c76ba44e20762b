"""Sheets whose rows are codes: functional (公开02, 03, 05, 08, 09) and economic (公开06, 07)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbook.layout import TOTAL, normalise
from workbook.reading.codes import CODE, code_columns, code_text, is_short_code, squeezed
from workbook.reading.header import HeaderGrid, is_line_header, match_columns
from workbook.source import Content
from workbook.tables import Table, is_total

_NAME_HEADER = re.compile(r"(?:科目|项目)?名称$|^项目$")
CLASS_DIGITS = 3


def read_functional(table: Table) -> None:
    """Find code rows and value columns of a functional sheet and read its cells."""
    sheet = table.sheet
    codes, header_row = code_columns(table)
    if not codes:
        return
    start = _first_data_row(table, codes, header_row)
    name_column = _name_column(table, codes, header_row, start)
    width = max((len(r) for r in sheet.rows), default=0)
    first_value = max(*codes, name_column) + 1 if name_column is not None else max(codes) + 1
    paths = HeaderGrid(sheet, _header_top(table, header_row), start).paths(first_value, width - 1)
    positions = match_columns(table.layout.columns, {c: p for c, p in paths.items() if not is_line_header(p)})
    table.first_data_row = start
    _functional_rows(table, codes, name_column, start, positions)
    table.read_all()


def _first_data_row(table: Table, codes: list[int], header_row: int) -> int:
    for r in range(header_row + 1, len(table.sheet.rows)):
        row = table.sheet.rows[r]
        if any(c < len(row) and CODE.fullmatch(code_text(row[c])) for c in codes):
            return r
        if any(isinstance(content, str) and is_total(normalise(content)) for content in row[: codes[-1] + 2]):
            return r
    return header_row + 1


def _name_column(table: Table, codes: list[int], header_row: int, start: int) -> int | None:
    after = codes[-1] + 1
    for r in range(max(header_row - 2, 0), start):
        row = table.sheet.rows[r]
        for c in (after, after + 1):
            if c < len(row) and isinstance(row[c], str) and _NAME_HEADER.search(normalise(str(row[c]))):
                return c
    texts = [table.sheet.content(r, after) for r in range(start, min(start + 30, len(table.sheet.rows)))]
    return after if any(isinstance(t, str) and t and not t[0].isdigit() for t in texts) else None


def _header_top(table: Table, header_row: int) -> int:
    """First header row: the topmost above the code header that still holds column texts."""
    known = table.layout.header_words
    for r in range(header_row + 1):
        texts = [normalise(c) for c in table.sheet.rows[r] if isinstance(c, str) and c]
        if "项目" in texts or any(t in known for t in texts):
            return r
    return header_row


def _functional_rows(
    table: Table, codes: list[int], name_column: int | None, start: int, positions: dict[str, int]
) -> None:
    previous = ["", "", ""]
    duplicates: list[tuple[str, int]] = []
    for r in range(start, len(table.sheet.rows)):
        row = table.sheet.rows[r]
        width = len(row)
        if len(codes) == 1:
            code = code_text(row[codes[0]]) if codes[0] < width else ""
        else:
            code = _joined([code_text(row[c]) if c < width else "" for c in codes], previous)
        name_content = row[name_column] if name_column is not None and name_column < width else ""
        name = name_content if isinstance(name_content, str) else ""
        if code.startswith(("注", "备注")) or name.startswith("注"):
            break
        if not code.isdigit():
            label = normalise(code or name)
            if not (is_total(label) or is_total(normalise(name))):
                if _has_numbers(row, positions):
                    table.rows.setdefault(f"第{r + 1}行", (r, positions))
                    table.names.setdefault(f"第{r + 1}行", name)
                    table.label_cells.setdefault(f"第{r + 1}行", (r, codes[0]))
                continue
            code, name = TOTAL, ""
        if code in table.rows:
            duplicates.append((code, r))
            code = f"{code}（第{r + 1}行）"
        table.rows[code] = (r, positions)
        table.label_cells[code] = (r, codes[0])
        if name:
            table.names[code] = squeezed(name)


def _joined(parts: list[str], previous: list[str]) -> str:
    """One code from 类/款/项 cells; blank left cells repeat the row above; a full code stays."""
    for part in reversed(parts):
        if part and not part.isdigit():
            return part
        if len(part) >= 5 or (len(part) == 3 and part == next((p for p in reversed(parts) if p), "")):
            if len(part) == 3:
                previous[:] = [part, "", ""]
            return part
    levels = max((i for i, p in enumerate(parts) if p), default=-1)
    if levels < 0:
        return ""
    for i in range(levels + 1):
        if parts[i]:
            previous[i] = parts[i].zfill(3 if i == 0 else 2)
            previous[i + 1 :] = [""] * (2 - i)
    return "".join(previous[: levels + 1])


def _has_numbers(row: list[Content], positions: dict[str, int]) -> bool:
    return any(c < len(row) and isinstance(row[c], float) and row[c] for c in positions.values())


def read_economic(table: Table) -> None:
    """Find code panels and totals of an economic sheet and read its cells."""
    rows = table.sheet.rows
    width = max((len(r) for r in rows), default=0)
    found = _economic_panels(table)
    if not found:
        return
    panels = [columns for columns, _ in found]
    start = min(first for _, first in found)
    table.first_data_row = start
    grid = HeaderGrid(table.sheet, 0, start)
    column_id = table.layout.columns[0].id
    amount_columns: list[int] = []
    for i, codes in enumerate(panels):
        end = panels[i + 1][0] if i + 1 < len(panels) else width
        column = match_columns(table.layout.columns, grid.paths(codes[-1] + 1, end - 1)).get(column_id)
        if column is None:
            column = _last_numeric(rows, start, codes[-1] + 1, end)
        amount_columns.append(column)
        _economic_rows(table, codes, column, start)
    _totals(table, start, amount_columns)
    table.read_all()


def _economic_panels(table: Table) -> list[tuple[list[int], int]]:
    """Code columns of each panel (one, or 类 and 款) and the first row with a code.

    A code has its name beside it; an amount of a 元 sheet that looks like a code (301, 30212) has not.
    """
    rows = table.sheet.rows
    totals = table.layout.row_labels
    by_column: dict[int, dict[int, str]] = {}
    for r, row in enumerate(rows):
        for c, content in enumerate(row):
            if content != "" and _is_economic(code := code_text(content)):
                by_column.setdefault(c, {})[r] = code
    panels: list[tuple[list[int], int]] = []
    for c in sorted(by_column):
        codes = by_column[c]
        split = sum(is_short_code(row[c + 1]) for row in rows if c + 1 < len(row)) >= 2
        named = 0
        for r, code in codes.items():
            if _is_name(table.sheet.content(r, c + 1 + split), totals):
                named += 2 if len(code) == CLASS_DIGITS else 1
            if named > 1:
                panels.append(([c, c + 1] if split else [c], min(codes)))
                break
    return panels


def _is_name(content: Content, totals: Mapping[str, str]) -> bool:
    """Whether a cell holds the name of a code (and not the label of a total in the next panel)."""
    if not isinstance(content, str) or code_text(content).isdigit():
        return False
    return content.strip() != "" and normalise(content) not in totals


def _is_economic(code: str) -> bool:
    return code[:1] == "3" and len(code) in (3, 5) and code.isdigit()


def _panel_code(row: list[Content], codes: list[int]) -> str:
    """The code in a panel's row: 类 alone, the whole code, or 款 as two digits where 类 is not repeated."""
    if len(codes) == 1:
        code = code_text(row[codes[0]]) if codes[0] < len(row) else ""
        return code if code.isdigit() else ""
    parts = [code_text(row[c]) if c < len(row) else "" for c in codes]
    if len(parts) == 2 and parts[1].isdigit():
        parts[1] = parts[1].zfill(2)
    code = "".join(parts)
    return code if code.isdigit() else ""


def _last_numeric(rows: list[list[Content]], start: int, first: int, end: int) -> int:
    for c in range(end - 1, first - 1, -1):
        if any(c < len(row) and isinstance(row[c], float) for row in rows[start:]):
            return c
    return end - 1


def _economic_rows(table: Table, codes: list[int], column: int, start: int) -> None:
    positions = {table.layout.columns[0].id: column}
    previous = ""
    for r in range(start, len(table.sheet.rows)):
        row = table.sheet.rows[r]
        code = _panel_code(row, codes)
        if len(codes) == 2 and len(code) == 2 and previous:
            code = previous + code
        if not code:
            continue
        previous = code[:3]
        if code in table.rows:
            code = f"{code}（第{r + 1}行）"
        table.rows[code] = (r, positions)
        table.label_cells[code] = (r, codes[0])
        name = row[codes[-1] + 1] if codes[-1] + 1 < len(row) else ""
        if isinstance(name, str) and name:
            table.names[code] = squeezed(name)


def _totals(table: Table, start: int, amount_columns: list[int]) -> None:
    labels = table.layout.row_labels
    for r in range(start, len(table.sheet.rows)):
        row = table.sheet.rows[r]
        found = [
            (c, labels[text]) for c, v in enumerate(row)
            if type(v) is str and v and not v.isdigit() and (text := normalise(v)) in labels
        ]
        for i, (c, row_id) in enumerate(found):
            end = found[i + 1][0] if i + 1 < len(found) else len(row) + 1
            columns = [a for a in amount_columns if c < a < end]
            if columns and row_id not in table.rows:
                marks = table.sheet.marks
                filled = [a for a in columns if table.sheet.content(r, a) != "" or (r, a) in marks.formulas
                          or (r, a) in marks.errors]
                table.rows[row_id] = (r, {table.layout.columns[0].id: filled[0] if filled else columns[-1]})
                table.label_cells[row_id] = (r, c)
