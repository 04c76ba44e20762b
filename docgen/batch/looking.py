"""Looking into a spreadsheet that may be a unit: which, of which year, with how many of the tables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from docgen.job.inputs import accounts_in, chosen_pack
from workbook.companion.read import read_companion
from workbook.errors import InputError
from workbook.formats.source import Source, open_source
from workbook.pack.companion_form import PRIOR_FILE
from workbook.pack.layout import normalise
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts

_OURS = {"审核结果": "是审核结果清单", "汇总": "是批量审核的汇总"}
"""First sheet of the workbooks that the program itself writes."""


class LookJob(NamedTuple):
    """A file to look into."""

    path: str
    pack: str = ""


class Look(NamedTuple):
    """What was seen in it; nothing at all in a file that cannot be read."""

    tables: int = 0
    unit: str = ""
    """Unit name as compared: without spaces, half-width brackets."""
    year: int | None = None
    no_unit: str = ""
    """Why it is no workbook of final accounts."""
    pack: str = ""
    """The folder of the pack that it is of."""


@lru_cache(maxsize=4)
def pack_of(name: str) -> Pack:
    """The pack of that name, loaded once in each process."""
    return chosen_pack(name or None)


def read_by(source: Source, pack: str) -> Accounts:
    """The accounts in *source*, by the pack of that name; by the one that they are of when there is no name."""
    return accounts_in(source, pack_of(pack) if pack else None, load=lambda folder: pack_of(str(folder)))


def look_into(job: LookJob) -> Look:
    """What the spreadsheet is (a worker's task)."""
    try:
        source = open_source(Path(job.path))
    except InputError:
        return Look()
    pack, names = pack_of(job.pack), [sheet.name for sheet in source.sheets]
    if no_unit := "是底稿" if pack.companion.entries[PRIOR_FILE].sheet in names else _OURS.get(names[0], ""):
        return Look(no_unit=no_unit)
    try:
        accounts = read_by(source, job.pack)
    except InputError:
        return Look(no_unit="没有决算公开表")
    return Look(len(accounts.tables), normalise(accounts.unit_name or ""), accounts.year, pack=str(accounts.pack.folder))


def prior_named_in(job: LookJob) -> str:
    """Last year's workbook as a 底稿 names it; empty when it names none (a worker's task)."""
    try:
        named = read_companion(Path(job.path), pack_of(job.pack))[0].prior_workbook()
    except InputError:
        return ""
    return str(named.resolve()) if named is not None else ""
