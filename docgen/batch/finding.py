"""Finding the units below a folder: a file or a folder is a unit.

Every workbook is one, and every folder in which two or more files hold one table each.  Not a unit is a 底稿, a backup,
a result of ours (by their names), a file without any of the tables, and last year's workbook: one that differs from
this year's in nothing but the year in its name, that has the same unit's name and an earlier year in its tables, or
that the 底稿 of a unit beside it names.  Files are looked into only where a folder holds several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from docgen.batch.folders import DOCUMENTS, Folder, walk
from docgen.batch.looking import Look, LookJob, look_into, prior_named_in
from docgen.batch.model import Skipped, UnitJob
from docgen.batch.naming import Names
from docgen.batch.running import Cancelled, Lost, Runner
from docgen.batch.shown import relative
from docgen.job.inputs import default_companion
from workbook.pack.layout import normalise
from workbook.values import dataclass

_T = TypeVar("_T")
Searching = Callable[[int, int], None]
"""Told how many of the files to look into were looked into."""
_YEAR = re.compile(r"20\d\d")
_LAST_YEARS = "是上年决算表，用于“{}”"
_LOOSE = "是底稿，但没有与它同名的公开表（底稿应叫“<公开表的文件名>_底稿.xlsx”）"
_REPORT_WORDS = ("报告", "决算")
_SHORTEST = 2
"""Characters of a unit's name that may be looked for in a file name."""


@dataclass(slots=True)
class Found:
    """What there is to do."""

    jobs: list[UnitJob] = field(default_factory=list)
    """By path."""
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(slots=True)
class _Unit:
    path: Path
    tables: tuple[Path, ...] = ()
    prior: Path | None = None
    name: str = ""
    year: int | None = None
    note: str = ""
    pack: str = ""
    """The pack that its tables are of, where it was looked into."""


class Finder:
    """Finds the units below *root*; *names* says where their results go, *runner* looks into files."""

    def __init__(self, root: Path, out: Path, pack: str, names: Names, runner: Runner, cancelled: Cancelled) -> None:
        self.root, self.out, self.pack, self.names = root, out, pack, names
        self.runner, self.cancelled = runner, cancelled
        self._found = Found()
        self._loose: list[Path] = []
        """底稿 that go with no workbook of their own folder."""
        self._used: set[Path] = set()
        """底稿 outside the folder of their unit."""

    def find(self, searching: Searching) -> Found:
        """Everything below the folder, each spreadsheet accounted for."""
        unclear = []
        for folder in walk(self.root, self.out):
            units = self._by_names(folder)
            if len(units) > 1:
                unclear.append((folder, units))
            else:
                self._add(folder, units)  # at once: thousands of folders are not kept
        looks = self._each(look_into, [unit.path for _, units in unclear for unit in units], searching)
        seen = [(folder, self._by_content(units, folder, looks)) for folder, units in unclear]
        packs = {companion: pack for _, units in seen for companion, pack in _companions_beside_earlier_years(units)}
        priors = self._each(prior_named_in, list(packs), packs=packs)
        for folder, units in seen:
            self._add(folder, self._by_companions(units, priors))
        found = self._found
        found.skipped += [Skipped(str(path), _LOOSE) for path in self._loose if path not in self._used]
        found.jobs.sort(key=lambda job: Path(job.path).parts)
        return found

    def _each(
        self, task: Callable[[LookJob], _T], paths: Sequence[Path], searching: Searching = lambda *_: None,
        packs: Mapping[Path, str] = MappingProxyType({}),
    ) -> dict[Path, _T]:
        """What *task* says of each file, unless it was cancelled or took its process down."""
        found = {}
        jobs = [LookJob(str(path), self.pack or packs.get(path, "")) for path in paths]
        for done, (number, result) in enumerate(self.runner.run(task, jobs, self.cancelled), 1):
            searching(done, len(paths))
            if not isinstance(result, Lost):
                found[paths[number]] = result
        return found

    def _skip(self, path: Path, reason: str) -> None:
        self._found.skipped.append(Skipped(str(path), reason))

    def _skip_earlier(self, path: Path, year: int | None, unit: Path, latest: int) -> None:
        is_last = year == latest - 1
        self._skip(path, _LAST_YEARS.format(unit.name) if is_last else f"是 {year} 年度的公开表，同一文件夹里有 {latest} 年度的")

    # ---------------------------------------------------------------- what is a unit
    def _by_names(self, folder: Folder) -> list[_Unit]:
        """The spreadsheets but for those of earlier years: names that differ in nothing but the year."""
        series: dict[str, dict[int, Path]] = {}
        for book in folder.books:
            years = _YEAR.findall(book.name)
            if len(years) == 1:
                series.setdefault(_YEAR.sub("", book.name), {})[int(years[0])] = book
        units = {book: _Unit(book) for book in folder.books}
        for books in series.values():
            latest = max(books)
            units[books[latest]].prior = books.get(latest - 1)
            for year, book in books.items():
                if year != latest:
                    del units[book]
                    self._skip_earlier(book, year, books[latest], latest)
        return list(units.values())

    def _by_content(self, units: Iterable[_Unit], folder: Folder, looks: dict[Path, Look]) -> list[_Unit]:
        """What is no workbook of final accounts goes; files with one table each are one unit; so are two years of one."""
        single: list[_Unit] = []
        whole: list[_Unit] = []
        unread: list[_Unit] = []
        for unit in units:
            look = looks.get(unit.path, Look())
            unit.name, unit.year, unit.pack = look.unit, look.year, look.pack
            if look.no_unit:
                self._skip(unit.path, look.no_unit)
            else:
                (single if look.tables == 1 else whole if look.tables else unread).append(unit)
        if len(single) > 1:
            tables = tuple(unit.path for unit in sorted(single + unread, key=lambda unit: unit.path))
            single, unread = [_Unit(folder.path, tables, None, single[0].name, single[0].year)], []
        return [*self._this_years(single + whole), *unread]

    def _this_years(self, units: list[_Unit]) -> list[_Unit]:
        """Of several years of one unit the latest; the year before goes with it."""
        groups: dict[str, list[_Unit]] = {}
        for unit in units:
            groups.setdefault(unit.name or str(unit.path), []).append(unit)
        kept = []
        for group in groups.values():
            latest = max(unit.year or 0 for unit in group)
            current = [unit for unit in group if (unit.year or 0) == latest]
            last = next((unit.path for unit in group if unit.year == latest - 1), None)
            for unit in current:
                unit.prior = unit.prior or last
                if len(current) > 1:
                    unit.note = f"同一文件夹里有 {len(current)} 份 {latest} 年度的公开表，请确认以哪一份为准"
            for unit in group:
                if unit not in current:
                    self._skip_earlier(unit.path, unit.year, current[0].path, latest)
            kept += current
        return kept

    def _by_companions(self, units: list[_Unit], priors: dict[Path, str]) -> list[_Unit]:
        """Without the workbooks that the 底稿 of others name as last year's."""
        named = {priors[companion]: unit for unit in units if (companion := default_companion(unit.path)) in priors}
        kept = []
        for unit in units:
            owner = named.get(str(unit.path.resolve()), unit)
            if owner is unit:
                kept.append(unit)
            else:
                self._skip(unit.path, _LAST_YEARS.format(owner.path.name))
        return kept

    # ---------------------------------------------------------------- what goes with a unit
    def _add(self, folder: Folder, units: list[_Unit]) -> None:
        """The jobs of one folder, and what of it is passed over."""
        found, used = self._found, set()
        if folder.closed:
            path = str(folder.path)
            found.jobs.append(UnitJob(path, relative(path, self.root), closed=folder.closed))
        units = sorted(units, key=lambda unit: unit.path.name)
        for unit, documents in zip(units, _documents(units, folder.documents), strict=True):
            path = str(unit.path)
            files = self.names.of(unit.path, is_folder=bool(unit.tables))
            found.jobs.append(UnitJob(
                path, relative(path, self.root), str(files.report), str(files.issue_list), str(files.checklist),
                tuple(map(str, unit.tables)), str(unit.prior or ""), documents, tuple(map(str, files.stale)), unit.note, pack=self.pack))
            used |= {c for book in (unit.path, unit.prior) if book is not None and (c := default_companion(book)) is not None}
        for document in [] if units else alone(folder.documents):
            files = self.names.of(document, is_folder=False)
            found.jobs.append(UnitJob(
                str(document), relative(str(document), self.root), "", str(files.issue_list), str(files.checklist),
                documents=(str(document),), is_report=True, stale=tuple(map(str, files.stale)), pack=self.pack))
        found.skipped += folder.skipped
        self._loose += [companion for companion in folder.companions if companion not in used]
        self._used |= used - set(folder.companions)


def _companions_beside_earlier_years(units: Sequence[_Unit]) -> list[tuple[Path, str]]:
    """The 底稿 that may name another unit of the folder, with their packs: of units beside one of an earlier, or unknown, year."""
    earliest = min((unit.year or 0 for unit in units), default=0)
    later = [unit for unit in units if (unit.year or 0) > earliest]
    return [(companion, unit.pack) for unit in later if (companion := default_companion(unit.path)) is not None]


def _documents(units: Sequence[_Unit], documents: Iterable[Path]) -> list[tuple[str, ...]]:
    """The Word and PDF files of a folder that may be each unit's report: all of them for the only unit, else those that name it.

    By their names they say 报告 or 决算.
    """
    reports = [path for path in documents if any(word in path.name for word in _REPORT_WORDS)]
    if len(units) == 1 or not reports:
        return [tuple(map(str, reports))] * len(units)
    owners: dict[str, list[int]] = {}
    for index, unit in enumerate(units):
        for key in {unit.name, normalise(unit.path.stem)}:
            owners.setdefault(key, []).append(index)
    found: list[list[str]] = [[] for _ in units]
    for path in reports:
        for index in owners.get(_longest_part(normalise(path.stem), owners), ()):
            found[index].append(str(path))
    return [tuple(own) for own in found]


def alone(documents: Iterable[Path]) -> list[Path]:
    """The reports of a folder without workbooks; of a Word and a PDF file of one name the Word file."""
    named = [path for path in documents if any(word in path.name for word in _REPORT_WORDS)]
    named.sort(key=lambda path: DOCUMENTS.index(path.suffix.lower()))
    return sorted({path.with_suffix(""): path for path in reversed(named)}.values())


def _longest_part(name: str, keys: Container[str]) -> str:
    """The longest of *keys* that is in *name* (so 第一中学附属小学 is not taken for 第一中学); thousands may be asked for."""
    for size in range(len(name), _SHORTEST - 1, -1):
        for start in range(len(name) - size + 1):
            if (part := name[start : start + size]) in keys:
                return part
    return ""
