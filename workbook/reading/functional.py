"""Sheets with a row for every functional code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from workbook.amounts import Fault, parse_amount
from workbook.formats.source import NUMBER, Content, RawSheet
from workbook.pack.layout import TOTAL, SheetLayout, normalise
from workbook.reading.codes import (
    CODE,
    CODE_LENGTHS,
    HEADER_WITHIN,
    code_and_name,
    code_columns,
    code_in,
    code_text,
    is_note,
    squeezed,
)
from workbook.reading.header import Texts, find_columns, header_of, is_number_row, normalised
from workbook.reading.structure import Structure, is_total

_NAME_HEADER = re.compile(r"(?:科目|项目)?名称$|^项目$")
_FEWEST_NUMBERS = 2


def functional_structure(layout: SheetLayout, sheet: RawSheet) -> Structure:
    """Code rows and value columns of a functional sheet."""
    texts = normalised(sheet.rows[:HEADER_WITHIN])
    codes, header_row = code_columns(sheet, texts)
    if not codes:
        return Structure(layout)
    name_column = _name_column(sheet, texts, codes, header_row)
    last_text = codes[-1] if name_column is None else max(codes[-1], name_column)
    start = _first_data_row(layout, sheet, codes, last_text, header_row)
    if start > len(texts):
        texts = normalised(sheet.rows[:start])
    header = header_of(layout, texts, sheet.marks.merged, _header_top(layout, texts[:start], header_row), start)
    positions = find_columns(layout, header, last_text + 1, max(map(len, sheet.rows), default=0) - 1).positions
    labels = range(codes[0], min(positions.values(), default=last_text + 1))
    rows: dict[str, tuple[int, Mapping[str, int]]] = {}
    names: dict[str, str] = {}
    label_cells: dict[str, tuple[int, int]] = {}
    for row, row_id, name, column in _lines(layout, sheet, codes, labels, start, tuple(positions.values())):
        unique = f"{row_id}（第{row + 1}行）" if row_id in rows else row_id
        rows[unique] = row, positions
        label_cells[unique] = row, column
        if name:
            names[unique] = squeezed(name)
    return Structure(layout, rows, label_cells, names, start)


def _first_data_row(layout: SheetLayout, sheet: RawSheet, codes: list[int], last_text: int, header_row: int) -> int:
    """The first row that has a code, or the label of the total.

    合计 may stand in the very line of 类, 款 and 项, beside its amounts; or in that of a column's sub-headings, where its
    amounts are in the line below.
    """
    labels = range(codes[0], last_text + 1)
    for r, row in enumerate(sheet.rows[header_row:], header_row):
        if r > header_row and any(c < len(row) and CODE.fullmatch(code_and_name(row[c])[0]) for c in codes):
            return r
        if _total_label(row, labels) is not None:
            return r + 1 if _is_heading(layout, row, labels.stop) else r
    return header_row + 1


def _total_label(row: Sequence[Content], labels: range) -> int | None:
    """The column of *labels* that holds the label of the total."""
    return next((c for c, t in enumerate(row[labels.start : labels.stop], labels.start)
                 if type(t) is str and t and is_total(normalise(t))), None)


def _is_heading(layout: SheetLayout, row: Sequence[Content], first: int) -> bool:
    """Whether a row holds headings of columns, from column *first* on."""
    words = layout.header_words
    return any(type(t) is str and t and normalise(t) in words for t in row[first:])


def _name_column(sheet: RawSheet, texts: Texts, codes: list[int], header_row: int) -> int | None:
    after = codes[-1] + 1
    for row in texts[max(header_row - 2, 0) : header_row + 2]:
        for c in (after, after + 1):
            if c < len(row) and row[c] and _NAME_HEADER.search(row[c]):
                return c
    beside = [row[after] for row in sheet.rows[header_row + 1 : header_row + 30]
              if after < len(row) and any(CODE.fullmatch(code_text(row[c])) for c in codes)]
    named = [t for t in beside if isinstance(t, str) and t and not t[0].isdigit() and parse_amount(t) is Fault.TEXT]
    return after if named else None


def _header_top(layout: SheetLayout, texts: Texts, header_row: int) -> int:
    """First header row: the topmost above the code header that still holds column texts."""
    known = layout.header_words
    rows = enumerate(texts[: header_row + 1])
    return next((r for r, row in rows if "项目" in row or not known.isdisjoint(row)), header_row)


def _lines(
    layout: SheetLayout, sheet: RawSheet, codes: list[int], labels: range, start: int, columns: tuple[int, ...]
) -> Iterator[tuple[int, str, str, int]]:
    """The rows of amounts from *start* to the note below the last: row, id, name, column of its code or label.

    *codes* are the columns of the code, *labels* those of all that names a row, *columns* those of the amounts.
    """
    previous = ["", "", ""]
    first, names = codes[0], slice(codes[-1] + 1, labels.stop)
    is_total_above = start > 0 and _total_label(sheet.rows[start - 1], labels) is not None
    for r, row in enumerate(sheet.rows[start:], start):
        code, name = code_in(row, codes, previous)
        name = name or _first_text(row[names])
        is_below_total, is_total_above = is_total_above, False
        if code.isdigit():
            if name or len(code) in CODE_LENGTHS or _has_number(row, columns):  # a telephone number has none of it
                yield r, code, name, first
        elif is_note(row):
            if not _goes_on(sheet.rows[r + 1 :], codes, names, columns):
                break
        elif (total := _total_label(row, labels)) is not None:
            is_total_above = _is_heading(layout, row, labels.stop)  # the head, repeated on a new page
            if not is_total_above:
                yield r, TOTAL, "", total
        elif is_number_row(row, _FEWEST_NUMBERS):
            is_total_above = is_below_total
        else:
            is_total = is_below_total and not code and not name
            if is_total or _has_number(row, columns):
                yield r, TOTAL if is_total else f"第{r + 1}行", name, first


def _goes_on(rows: Sequence[Sequence[Content]], codes: list[int], names: slice, columns: tuple[int, ...]) -> bool:
    """Whether codes with names and amounts follow: every page of the table has its note."""
    for row in rows:
        code, name = code_in(row, codes, ["", "", ""])
        if code.isdigit() and (name or _first_text(row[names])) and _has_number(row, columns):
            return True
    return False


def _first_text(row: Sequence[Content]) -> str:
    for content in row:
        if type(content) is str and content:
            return content
    return ""


def _has_number(row: Sequence[Content], columns: tuple[int, ...]) -> bool:
    """Whether any of the amounts of *row* is a number other than zero."""
    return any(c < len(row) and isinstance(row[c], NUMBER) and row[c] for c in columns)
