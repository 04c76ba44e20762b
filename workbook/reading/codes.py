"""Codes of a sheet: as text, and the columns that hold them (one, or 类, 款 and 项)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from workbook.formats.source import NUMBER, Content, RawSheet, is_whole
from workbook.reading.header import Texts

HEADER_WITHIN = 20
"""The code's header stands within so many rows."""
_CODE_HEADERS = ("编码", "代码", "编号")
_COMBINED_HEADER = re.compile(r"(?:编码|代码|编号)[及和与、/]?(?:科目)?名称$")
_COMBINED = re.compile(r"([1-9]\d{2,9})[\s.、:_-]*([(“\u4e00-\u9fff].*)", re.DOTALL)
CODE_LENGTHS = frozenset({3, 5, 7})
CODE = re.compile(r"[1-9]\d{2,9}")
_NOTE_BEGINS = frozenset("备附注说")
_NOTE = re.compile(r"(?:备注|附注|注释|注|说明)(?:$|[\d\s:：.．、，,(（一①])")
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


def code_and_name(content: Content) -> tuple[str, str]:
    """Code and name of a cell: ``201 一般公共服务支出`` holds both; the name is empty where a code stands alone."""
    code = code_text(content)
    if not code or code.isdigit() or not ("1" <= code[0] <= "9" or "１" <= code[0] <= "９") or not isinstance(content, str):
        return code, ""
    found = _COMBINED.fullmatch(unicodedata.normalize("NFKC", content).strip())
    if found is None or len(found[1]) not in CODE_LENGTHS:
        return code, ""
    return found[1], content.strip()[-len(found[2]) :]


def is_note(row: Sequence[Content]) -> bool:
    """Whether a row is a note below the table: its first text begins with 注 or 说明, and it holds no number."""
    for content in row:
        if content != "":
            if type(content) is not str or content.lstrip()[:1] not in _NOTE_BEGINS or not _NOTE.match(content.lstrip()):
                return False
            return not any(isinstance(other, NUMBER) for other in row)
    return False


def code_columns(sheet: RawSheet, texts: Texts) -> tuple[list[int], int]:
    """Columns holding the code (one, or 类/款/项) and the header row that says so; *texts* are those of the first rows."""
    split: tuple[list[int], int] | None = None
    single: tuple[list[int], int] | None = None
    for r, row in enumerate(texts[:HEADER_WITHIN]):
        for c, text in enumerate(row):
            if text == "类" and row[c + 1 : c + 2] == ["款"]:
                split = ([c + i for i, part in enumerate(_SPLIT) if row[c + i : c + i + 1] == [part]], r)
            elif single is None and text and (text.endswith(_CODE_HEADERS) or _COMBINED_HEADER.search(text)):
                single = ([c], r)
    if split is not None and (single is None or single[0][0] >= split[0][0]):  # else the names of the levels stand apart
        return split
    if single is not None:
        return _with_parts(sheet, *single), single[1]
    counts: dict[int, int] = {}
    for contents in sheet.rows[:200]:
        for c, content in enumerate(contents[:4]):
            if len(code := code_and_name(content)[0]) in CODE_LENGTHS and CODE.fullmatch(code):
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


def code_in(row: Sequence[Content], codes: Sequence[int], previous: list[str]) -> tuple[str, str]:
    """The code in a row (or what stands in its place) and the name that stands with it.

    *previous* are the parts of the row above.
    """
    if len(codes) == 1:
        return code_and_name(row[codes[0]]) if codes[0] < len(row) else ("", "")
    return _joined([code_text(row[c]) if c < len(row) else "" for c in codes], previous), ""


def _joined(parts: list[str], previous: list[str]) -> str:
    """One code from 类/款/项 cells; blank left cells repeat the row above; a full code stays."""
    for part in reversed(parts):
        if part and not part.isdigit():
            return part
        if len(part) >= 5 or (len(part) == 3 and part == next((p for p in reversed(parts) if p), "")):
            previous[:] = [part[:3], part[3:5], part[5:7]]
            return part
    levels = max((i for i, p in enumerate(parts) if p), default=-1)
    if levels < 0:
        return ""
    for i in range(levels + 1):
        if parts[i]:
            previous[i] = parts[i].zfill(3 if i == 0 else 2)
            previous[i + 1 :] = [""] * (2 - i)
    return "".join(previous[: levels + 1])
