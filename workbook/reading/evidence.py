"""What the sheets of a workbook say of the form that they are of (see :mod:`workbook.pack.choice`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workbook.formats.source import RawSheet
from workbook.pack.choice import Choice, choose
from workbook.pack.signs import TableText
from workbook.reading.identify import FRAME_ROWS, read_frame

_LABEL_ROWS, _LABEL_COLUMNS = 120, 60
_LONGEST = 80
"""Characters of a title with what stands around it."""


def choose_for(sheets: Sequence[RawSheet], user_packs: Path | None = None, year: int | None = None) -> Choice:
    """The pack that these sheets are of; *year* is theirs where they state none."""
    years = Counter(stated for sheet in sheets if (stated := read_frame(sheet).year))
    return choose(table_texts(sheets), years.most_common(1)[0][0] if years else year, user_packs)


def table_texts(sheets: Iterable[RawSheet]) -> list[TableText]:
    """What the sheets say of the tables that they are."""
    return [
        TableText(
            [*_texts(sheet, FRAME_ROWS), sheet.name, *([sheet.file.stem] if sheet.alone else [])], _texts(sheet, _LABEL_ROWS))
        for sheet in sheets
    ]


def _texts(sheet: RawSheet, rows: int) -> Iterator[str]:
    return (
        content for row in sheet.rows[:rows] for content in row[:_LABEL_COLUMNS]
        if content and type(content) is str and 2 < len(content) < _LONGEST
    )
