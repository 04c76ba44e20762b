"""Which spreadsheets of a folder are units, parts of one unit, last year's, or nothing of ours.  Reads no file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from docgen.batch.model import Skipped
from docgen.batch.peeking import BookKind, Peek
from docgen.batch.walking import Folder
from workbook.values import dataclass

WHOLE = 3
"""A workbook with so many of the tables is meant to be a set of its own."""
_YEAR = re.compile(r"20\d\d")
LAST_YEARS = "是上年决算表，用于“{}”"


@dataclass(slots=True)
class Unit:
    """A unit found: a workbook, or a folder with the files that make it up."""

    path: Path
    files: tuple[Path, ...] = ()
    prior: Path | None = None
    name: str = ""
    """Unit name, when a file had to be looked into."""
    year: int | None = None
    note: str = ""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.path if self.files else self.path.parent


@dataclass(slots=True)
class Plan:
    """What is done with the spreadsheets of one folder."""

    units: list[Unit] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def skip(self, path: Path, reason: str) -> None:
        """List *path* as skipped."""
        self.skipped.append(Skipped(str(path), reason))


def plan_by_names(folder: Folder) -> Plan | None:
    """What is clear without looking into any file; ``None`` when it is not."""
    books = folder.books
    if len(books) <= 1:
        return Plan([Unit(book) for book in books])
    if len(books) == 2 and (years := _twin_years(*books)) is not None:
        older, newer = sorted(books, key=lambda book: years[book])
        plan = Plan([Unit(newer, prior=older)])
        plan.skip(older, LAST_YEARS.format(newer.name))
        return plan
    return None


def _twin_years(first: Path, second: Path) -> dict[Path, int] | None:
    """The years in two file names that differ in nothing but the year, one after the other."""
    years = {book: _YEAR.findall(book.stem) for book in (first, second)}
    if _YEAR.sub("", first.name) != _YEAR.sub("", second.name) or any(len(found) != 1 for found in years.values()):
        return None
    single = {book: int(found[0]) for book, found in years.items()}
    return single if abs(single[first] - single[second]) == 1 else None


def plan_by_content(folder: Folder, peeks: Mapping[Path, Peek]) -> Plan:
    """What is done with every spreadsheet, by what was seen in it."""
    plan = Plan()
    tables = [book for book in folder.books if peeks[book].kind is BookKind.TABLES]
    broken = [book for book in folder.books if peeks[book].kind is BookKind.UNREADABLE]
    for book in folder.books:
        if peeks[book].kind in (BookKind.OTHER, BookKind.COMPANION):
            plan.skip(book, peeks[book].reason)
    parts = [book for book in tables if len(peeks[book].codes) < WHOLE]
    wholes = [book for book in tables if len(peeks[book].codes) >= WHOLE]
    if _complement(tables, peeks):
        parts, wholes = tables, []
    elif not _make_one_unit(parts, wholes, peeks):
        wholes, parts = wholes + _strays(parts, wholes, peeks, plan), []
    if parts:
        name, year = _common(parts, peeks)
        plan.units.append(Unit(folder.path, tuple(sorted(parts + broken)), name=name, year=year))
        broken = []
    plan.units += [Unit(book, name=peeks[book].unit, year=peeks[book].year) for book in wholes]
    _take_last_years(plan)
    plan.units += [Unit(book) for book in broken]
    return plan


def _complement(tables: Sequence[Path], peeks: Mapping[Path, Peek]) -> bool:
    """Whether the files together are one set: no table twice, one unit, one year."""
    codes = [code for book in tables for code in peeks[book].codes]
    units = {peeks[book].unit for book in tables} - {""}
    years = {peeks[book].year for book in tables} - {None}
    return len(tables) > 1 and len(codes) == len(set(codes)) and len(units) <= 1 and len(years) <= 1


def _make_one_unit(parts: Sequence[Path], wholes: Sequence[Path], peeks: Mapping[Path, Peek]) -> bool:
    """Whether files with one or two tables each are one set, in spite of a table or name that is wrong."""
    codes = {code for book in parts for code in peeks[book].codes}
    if len(parts) < 2 or len(codes) < WHOLE or 2 * len(codes) < len(parts):
        return False
    return not wholes or len({peeks[book].unit for book in parts} - {""}) <= 1


def _strays(parts: Sequence[Path], wholes: Sequence[Path], peeks: Mapping[Path, Peek], plan: Plan) -> list[Path]:
    """Single tables that make no set: units that handed in too little, unless a whole workbook is there as well."""
    known = {peeks[book].unit: book for book in reversed(wholes) if peeks[book].unit}
    own = []
    for book in parts:
        whole = known.get(peeks[book].unit)
        if whole is None:
            own.append(book)
        else:
            plan.skip(book, f"只有个别公开表，该单位整套的公开表是“{whole.name}”")
    return own


def _common(parts: Sequence[Path], peeks: Mapping[Path, Peek]) -> tuple[str, int | None]:
    names = [peeks[book].unit for book in parts if peeks[book].unit]
    years = [year for book in parts if (year := peeks[book].year) is not None]
    name = max(sorted(set(names)), key=names.count, default="")
    return name, max(sorted(set(years)), key=years.count, default=None)


def _take_last_years(plan: Plan) -> None:
    """Of several years of one unit the latest is the unit, the year before goes with it, older ones are left out."""
    groups: dict[str, list[Unit]] = {}
    for unit in plan.units:
        if unit.name and unit.year is not None:
            groups.setdefault(unit.name, []).append(unit)
    for group in groups.values():
        latest = max(unit.year or 0 for unit in group)
        current = [unit for unit in group if unit.year == latest]
        older = [unit for unit in group if unit.year != latest and not unit.files]
        last = next((unit for unit in older if unit.year == latest - 1), None)
        if len(current) > 1:
            for unit in current:
                unit.note = f"同一文件夹里有 {len(current)} 份 {latest} 年度的公开表，请确认以哪一份为准"
        for unit in older:
            plan.units.remove(unit)
            if unit is last:
                plan.skip(unit.path, LAST_YEARS.format(current[0].path.name))
            else:
                plan.skip(unit.path, f"是 {unit.year} 年度的公开表，同一文件夹里有 {latest} 年度的")
        for unit in current:
            unit.prior = last.path if last is not None else None


def take_named(plan: Plan, unit: Unit, named: Path) -> None:
    """Take out the unit that is really last year's workbook of *unit*, as the 底稿 of that *named* it."""
    last = next((other for other in plan.units if other is not unit and _same(other.path, named)), None)
    if last is not None and unit in plan.units and not last.files:
        plan.units.remove(last)
        plan.skip(last.path, LAST_YEARS.format(unit.path.name))


def may_name_last_years(plan: Plan) -> list[Unit]:
    """The units whose 底稿 may name another unit of the folder: those beside one of an earlier, or unknown, year."""
    if len(plan.units) < 2:
        return []
    years = {unit.year or 0 for unit in plan.units if not unit.files}
    return [unit for unit in plan.units if unit.year is not None and any(year < unit.year for year in years)]


def _same(path: Path, other: Path) -> bool:
    return path == other or path.resolve() == other.resolve()
