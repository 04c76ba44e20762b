"""Sheets with a row for every functional code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workbook.formats.source import NUMBER, RawSheet
from workbook.pack.layout import TOTAL, SheetLayout, normalise
from workbook.reading.codes import CODE, HEADER_WITHIN, code_columns, code_text, squeezed
from workbook.reading.header import Texts, find_columns, header_of, normalised
from workbook.reading.structure import Structure
from workbook.reading.tables import is_total

_NAME_HEADER = re.compile(r"(?:科目|项目)?名称$|^项目$")


def functional_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """Code rows and value columns of a functional sheet."""
    texts = normalised(sheet.rows[:HEADER_WITHIN])
    codes, header_row = code_columns(sheet, texts)
    if not codes:
        return Structure(layout)
    start = _first_data_row(sheet, codes, header_row)
    if start > len(texts):
        texts = normalised(sheet.rows[:start])
    name_column = _name_column(sheet, texts, codes, header_row, start)
    last_text = codes[-1] if name_column is None else max(codes[-1], name_column)
    header = header_of(layout, texts, sheet.marks.merged, _header_top(layout, texts, header_row), start)
    positions = find_columns(layout, header, last_text + 1, max(map(len, sheet.rows), default=0) - 1).positions
    rows: dict[str, tuple[int, Mapping[str, int]]] = {}
    names: dict[str, str] = {}
    for r, row_id, name in _lines(sheet, codes, name_column, start, positions):
        unique = f"{row_id}（第{r + 1}行）" if row_id in rows else row_id
        rows[unique] = r, positions
        if name:
            names[unique] = squeezed(name)
    return Structure(layout, rows, {row_id: (r, codes[0]) for row_id, (r, _) in rows.items()}, names, start)


def _first_data_row(sheet: RawSheet, codes: list[int], header_row: int) -> int:
    for r in range(header_row + 1, len(sheet.rows)):
        row = sheet.rows[r]
        if any(c < len(row) and CODE.fullmatch(code_text(row[c])) for c in codes):
            return r
        if any(isinstance(content, str) and is_total(normalise(content)) for content in row[: codes[-1] + 2]):
            return r
    return header_row + 1


def _name_column(sheet: RawSheet, texts: Texts, codes: list[int], header_row: int, start: int) -> int | None:
    after = codes[-1] + 1
    for row in texts[max(header_row - 2, 0) : start]:
        for c in (after, after + 1):
            if c < len(row) and row[c] and _NAME_HEADER.search(row[c]):
                return c
    below = [sheet.content(r, after) for r in range(start, min(start + 30, len(sheet.rows)))]
    return after if any(isinstance(t, str) and t and not t[0].isdigit() for t in below) else None


def _header_top(layout: SheetLayout, texts: Texts, header_row: int) -> int:
    """First header row: the topmost above the code header that still holds column texts."""
    known = layout.header_words
    rows = enumerate(texts[: header_row + 1])
    return next((r for r, row in rows if "项目" in row or not known.isdisjoint(row)), header_row)


def _lines(
    sheet: RawSheet, codes: list[int], name_column: int | None, start: int, positions: Mapping[str, int]
) -> Iterator[tuple[int, str, str]]:
    """Physical row, id and name of the rows from *start* on; *codes* are the columns of the code."""
    previous = ["", "", ""]
    for r, row in enumerate(sheet.rows[start:], start):
        parts = [code_text(row[c]) if c < len(row) else "" for c in codes]
        code = parts[0] if len(parts) == 1 else _joined(parts, previous)
        content = row[name_column] if name_column is not None and name_column < len(row) else ""
        name = content if isinstance(content, str) else ""
        if name.startswith("注") or code.startswith(("注", "备注")):
            break
        if code.isdigit():
            yield r, code, name
        elif is_total(normalise(code or name)) or is_total(normalise(name)):
            yield r, TOTAL, ""
        elif any(c < len(row) and isinstance(row[c], NUMBER) and row[c] for c in positions.values()):
            yield r, f"第{r + 1}行", name


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
