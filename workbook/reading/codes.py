"""Codes of a sheet: as text, and the columns that hold them (one, or 类, 款 and 项)."""

from __future__ import annotations

import re
import unicodedata

from workbook.formats.source import NUMBER, Content, RawSheet, is_whole
from workbook.reading.header import Texts

HEADER_WITHIN = 20
"""The code's header stands within so many rows."""
_CODE_HEADERS = ("编码", "代码", "编号")
CODE = re.compile(r"[1-9]\d{2,9}")
_SPLIT = ("类", "款", "项")


def squeezed(text: str) -> str:
    """*text* without white space."""
    parts = text.split()
    return parts[0] if len(parts) == 1 else "".join(parts)


def code_text(content: Content) -> str:
    """A code as digits, from a number or a text with spaces or full-width digits; other content as text."""
    if type(content) is str:
        if content.isdigit() and content.isascii():
            return content
        text = squeezed(content)
        return unicodedata.normalize("NFKC", text) if text.isdigit() else text
    if isinstance(content, NUMBER):
        return str(int(content)) if is_whole(content) else str(content)
    return ""


def code_columns(sheet: RawSheet, texts: Texts) -> tuple[list[int], int]:
    """Columns holding the code (one, or 类/款/项) and the header row that says so; *texts* are those of the first rows."""
    split: tuple[list[int], int] | None = None
    single: tuple[list[int], int] | None = None
    for r, row in enumerate(texts[:HEADER_WITHIN]):
        for c, text in enumerate(row):
            if text == "类" and row[c + 1 : c + 2] == ["款"]:
                split = ([c + i for i, part in enumerate(_SPLIT) if row[c + i : c + i + 1] == [part]], r)
            elif single is None and text.endswith(_CODE_HEADERS):
                single = ([c], r)
    if split is not None:
        return split
    if single is not None:
        return _with_parts(sheet, *single), single[1]
    counts: dict[int, int] = {}
    for contents in sheet.rows[:200]:
        for c, content in enumerate(contents[:4]):
            if CODE.fullmatch(code_text(content)):
                counts[c] = counts.get(c, 0) + 1
    return ([max(counts, key=lambda c: counts[c])], 0) if counts else ([], 0)


def _with_parts(sheet: RawSheet, columns: list[int], header_row: int) -> list[int]:
    """The code's column, and those of 款 and 项 when one header stands over all three."""
    first = columns[0]
    parts = [first]
    for column in (first + 1, first + 2):
        if sheet.content(header_row, column) != "":
            break
        below = [c for r in range(header_row + 1, len(sheet.rows)) if (c := sheet.content(r, column)) != ""]
        if not below or not all(is_short_code(c) for c in below):
            break
        parts.append(column)
    return parts


def is_short_code(content: Content) -> bool:
    """Whether a cell holds a 款 as one or two digits."""
    if type(content) is str:
        return len(content) < 5 and content.strip().isdigit() and len(content.strip()) <= 2
    return isinstance(content, NUMBER) and 0 < content < 100 and content == int(content)
