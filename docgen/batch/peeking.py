"""What a spreadsheet is, when a folder holds several: whose, of which year, with which of the eleven tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from workbook.companion.areas import find_entries
from workbook.companion.recognise import recognise_sheets
from workbook.errors import InputError
from workbook.formats.source import RawSheet, Source, open_source
from workbook.pack.companion_form import PRIOR_FILE
from workbook.pack.layout import normalise
from workbook.pack.loading import Pack
from workbook.reading.identify import Recogniser, read_frame
from workbook.values import dataclass

_T = TypeVar("_T")
NO_TABLES = "没有决算公开表"
_OURS = {"审核结果": "是审核结果清单", "汇总": "是批量审核的汇总"}
"""First sheet of the workbooks that the program itself writes."""


class BookKind(StrEnum):
    """What a spreadsheet turned out to be."""

    TABLES = "公开表"
    COMPANION = "底稿"
    OTHER = "其他"
    UNREADABLE = "无法读取"


@dataclass(frozen=True, slots=True)
class Peek:
    """What was seen in one spreadsheet."""

    kind: BookKind
    codes: tuple[str, ...] = ()
    """Its tables (``公开01``), each once."""
    unit: str = ""
    """Unit name as compared: without spaces, half-width brackets."""
    year: int | None = None
    reason: str = ""
    """Why it is no workbook of final accounts."""
    prior: str = ""
    """For a 底稿: where last year's workbook is, as it says."""


@lru_cache(maxsize=2)
def _recogniser(pack: Pack) -> Recogniser:
    return Recogniser(pack.sheets.values())


def peek(path: Path, pack: Pack) -> Peek:
    """Look into *path*; whatever is wrong with it is part of the answer."""
    try:
        source = open_source(path)
    except InputError as error:
        return Peek(BookKind.UNREADABLE, reason=str(error))
    return peek_source(source, pack)


def peek_source(source: Source, pack: Pack) -> Peek:
    """What the opened *source* is."""
    names = {sheet.name for sheet in source.sheets}
    if pack.companion.entries[PRIOR_FILE].sheet in names and len(names) > 1 and (found := _companion(source, pack)) is not None:
        return found
    if ours := _OURS.get(source.sheets[0].name):
        return Peek(BookKind.OTHER, reason=ours)
    recogniser = _recogniser(pack)
    tables: dict[str, RawSheet] = {}
    for sheet in source.sheets:
        if any(content != "" for row in sheet.rows for content in row) and (known := recogniser.recognise(sheet)):
            tables.setdefault(known.code, sheet)
    if not tables:
        return Peek(BookKind.OTHER, reason=NO_TABLES)
    frames = [read_frame(sheet) for sheet in tables.values()]
    unit = _usual(normalise(frame.unit_name) for frame in frames if frame.unit_name)
    return Peek(BookKind.TABLES, tuple(sorted(tables)), unit or "", _usual(frame.year for frame in frames if frame.year))


def _companion(source: Source, pack: Pack) -> Peek | None:
    label = pack.companion.entries[PRIOR_FILE]
    form = next(sheet for sheet in pack.companion.sheets if sheet.name == label.sheet)
    try:
        sheets = recognise_sheets(source, pack.companion)
    except InputError:
        return None
    prior = ""
    if (info := sheets.get(form.name)) is not None:
        place = find_entries(info, (label,), (form.header[1], *form.content)).get(label.id)
        text = info.content(*place) if place else ""
        if isinstance(text, str) and text.strip():
            prior = str(source.path.parent / Path(text.strip().replace("\\", "/")))
    return Peek(BookKind.COMPANION, reason="是底稿", prior=prior)


def _usual(values: Iterable[_T]) -> _T | None:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else None
