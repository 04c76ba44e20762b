"""Finding the units below a folder: a file or a folder is a unit.

Every workbook is one, and every folder in which two or more files hold one table each.  Not a unit is a 底稿, a backup,
a result of ours (by their names), a file without any of the tables, and last year's workbook: one that differs from
this year's in nothing but the year in its name, that has the same unit's name and an earlier year in its tables, or
that the 底稿 of a unit beside it names.  Files are looked into only where a folder holds several.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TypeVar

from docgen.batch.ledger import LEDGER, Ledger
from docgen.batch.model import DOCUMENTS, Skipped, UnitJob
from docgen.batch.running import Cancelled, Lost, Runner
from docgen.batch.unit_job import Look, LookJob, look_into, prior_named_in
from docgen.job.inputs import default_companion
from workbook.errors import system_words
from workbook.pack.layout import normalise
from workbook.paths import WORKBOOK_SUFFIXES
from workbook.values import dataclass

_T = TypeVar("_T")
Searching = Callable[[int, int], None]
"""Told how many of the files to look into were looked into."""
_YEAR = re.compile(r"20\d\d")
_LAST_YEARS = "是上年决算表，用于“{}”"
_EARLIER = "是 {} 年度的公开表，同一文件夹里有 {} 年度的"
_LOOSE = "是底稿，但没有与它同名的公开表（底稿应叫“<公开表的文件名>_底稿.xlsx”）"
_COMPANION_WORD, _REPORT_WORDS = "底稿", ("报告", "决算")
_HIDDEN = ("~$", ".", "__MACOSX", "$RECYCLE")
_NO_UNITS = {"_审核结果": "是审核结果清单", "备份": "是备份", "副本": "是备份"}
"""What the name of a spreadsheet that is no unit contains."""
_SHORTEST = 2
"""Characters of a unit's name that may be looked for in a file name."""


@dataclass(slots=True)
class _Folder:
    """What lies in one folder, in the order of the names."""

    path: Path
    books: list[Path] = field(default_factory=list)
    """Spreadsheets that may be units, tables of one, or last year's."""
    companions: list[Path] = field(default_factory=list)
    documents: list[Path] = field(default_factory=list)
    """Word and PDF files that by their names may be reports."""


@dataclass(slots=True)
class _Unit:
    path: Path
    look: Look = field(default_factory=Look)
    """What was seen in it, where it was looked into."""
    tables: tuple[Path, ...] = ()
    prior: Path | None = None
    note: str = ""


class Finder:
    """Finds the units below the *ledger*'s root, but for its folder, where their results go."""

    def __init__(self, pack: str, ledger: Ledger, cancelled: Cancelled) -> None:
        self.pack, self.ledger, self.cancelled = pack, ledger, cancelled
        self.jobs: list[UnitJob] = []
        """What there is to do, by path."""
        self.skipped: list[Skipped] = []
        self._loose: set[Path] = set()
        """底稿 that go with no workbook of their own folder."""
        self._used: set[Path] = set()
        """底稿 of units."""

    def find(self, runner: Runner, searching: Searching) -> None:
        """Everything below the folder, each spreadsheet accounted for; *runner* looks into files."""
        unclear = []
        for folder in self._walk():
            units = self._of_last_year(map(_Unit, folder.books), _named)
            if len(units) > 1:
                unclear.append((folder, units))
            else:
                self._add(folder, units)  # at once: thousands of folders are not kept
        unknown = [LookJob(str(unit.path), self.pack) for _, units in unclear for unit in units]
        looks = self._each(runner, look_into, unknown, searching)
        seen = [(folder, self._by_content(units, folder, looks)) for folder, units in unclear]
        asked = [
            LookJob(str(own), self.pack or unit.look.pack)
            for _, units in seen for unit, own in _companions_beside_earlier_years(units)]
        priors = self._each(runner, prior_named_in, asked)
        for folder, units in seen:
            self._add(folder, self._by_companions(units, priors))
        self.skipped += [Skipped(str(path), _LOOSE) for path in self._loose - self._used]
        self.jobs.sort(key=lambda job: Path(job.path).parts)

    def _each(
        self, runner: Runner, task: Callable[[LookJob], _T], jobs: Sequence[LookJob],
        searching: Searching = lambda *_: None,
    ) -> dict[Path, _T]:
        """What *task* says of each file, unless it was cancelled or took its process down."""
        found = {}
        for done, (number, result) in enumerate(runner.run(task, jobs, self.cancelled), 1):
            searching(done, len(jobs))
            if not isinstance(result, Lost):
                found[Path(jobs[number].path)] = result
        return found

    def _skip(self, path: Path, reason: str) -> None:
        self.skipped.append(Skipped(str(path), reason))

    # ---------------------------------------------------------------- what lies where
    def _walk(self) -> Iterator[_Folder]:
        """Every folder, except hidden ones, the one for the results and what earlier batches wrote.

        Links to folders are named, not followed: they may lead in a circle.
        """
        closed: list[OSError] = []
        for name, folders, files in os.walk(self.ledger.root, onerror=closed.append):
            folder = _Folder(Path(name))
            if LEDGER in files and folder.path != self.ledger.root:
                folders.clear()
                continue
            paths = [folder.path / name for name in sorted(folders) if not name.startswith(_HIDDEN)]
            links = [path for path in paths if _is_link(path)]
            for path in links:
                self._skip(path, "是指向其他文件夹的链接，没有进入")
            folders[:] = [path.name for path in paths if path not in links and path != self.ledger.folder]
            for file in sorted(files):
                if not file.startswith(_HIDDEN):
                    self._sort_in(folder, folder.path / file)
            yield folder
        for error in closed:
            self.jobs.append(UnitJob(error.filename, note=f"不能打开这个文件夹（{system_words(error)}）"))

    def _sort_in(self, folder: _Folder, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix in DOCUMENTS and any(word in path.name for word in _REPORT_WORDS):
            folder.documents.append(path)
        elif suffix in WORKBOOK_SUFFIXES:
            if _COMPANION_WORD in path.name:
                folder.companions.append(path)
            elif reason := next((reason for word, reason in _NO_UNITS.items() if word in path.name), ""):
                self._skip(path, reason)
            else:
                folder.books.append(path)

    # ---------------------------------------------------------------- what is a unit
    def _by_content(self, units: Iterable[_Unit], folder: _Folder, looks: dict[Path, Look]) -> list[_Unit]:
        """What is no workbook of final accounts goes; files with one table each are one unit; so are two years of one."""
        single, whole, unread = list[_Unit](), list[_Unit](), list[_Unit]()
        for unit in units:
            unit.look = looks.get(unit.path, unit.look)
            if unit.look.no_unit:
                self._skip(unit.path, unit.look.no_unit)
            else:
                (single if unit.look.tables == 1 else whole if unit.look.tables else unread).append(unit)
        if len(single) > 1:
            tables = tuple(sorted(unit.path for unit in single + unread))
            single, unread = [_Unit(folder.path, single[0].look, tables)], []
        last = self._of_last_year(single + whole, lambda unit: (unit.look.unit or str(unit.path), unit.look.year or 0))
        return [*last, *unread]

    def _of_last_year(self, units: Iterable[_Unit], named: Callable[[_Unit], tuple[str, int]]) -> list[_Unit]:
        """Of several years of one unit (both by *named*) the last; the year before goes with it."""
        groups: dict[str, dict[int, list[_Unit]]] = {}
        for unit in units:
            name, year = named(unit)
            groups.setdefault(name, {}).setdefault(year, []).append(unit)
        kept = []
        for years in groups.values():
            latest = max(years)
            last, current = years.get(latest - 1), years.pop(latest)
            for unit in current:
                unit.prior = unit.prior or (last[0].path if last else None)
                if len(current) > 1:
                    unit.note = f"同一文件夹里有 {len(current)} 份 {latest} 年度的公开表，请确认以哪一份为准"
            for year, earlier in years.items():
                for unit in earlier:
                    of_last = _LAST_YEARS.format(current[0].path.name)
                    self._skip(unit.path, of_last if year == latest - 1 else _EARLIER.format(year or "未知", latest))
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
    def _add(self, folder: _Folder, units: list[_Unit]) -> None:
        """The jobs of one folder: its units, or the reports that are all there is."""
        units.sort(key=lambda unit: unit.path.name)
        reports = _alone(folder.documents)
        for unit, documents in zip(units, _documents(units, reports), strict=True):
            self._job(unit, documents)
            books = (book for book in (unit.path, unit.prior) if book is not None)
            self._used |= {c for book in books if (c := default_companion(book)) is not None}
        for report in [] if units else reports:
            self._job(_Unit(report), [report])
        self._loose |= set(folder.companions)

    def _job(self, unit: _Unit, documents: Iterable[Path]) -> None:
        self.jobs.append(UnitJob(
            str(unit.path), *self.ledger.outputs(unit.path, is_folder=bool(unit.tables)), tuple(map(str, unit.tables)),
            str(unit.prior or ""), tuple(map(str, documents)), unit.note, self.pack))


def _is_link(folder: Path) -> bool:
    """Whether it is a link, or one of the older Windows kind (a junction)."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return folder.is_symlink() or (junction is not None and getattr(folder.lstat(), "st_reparse_tag", 0) == junction)


def _named(unit: _Unit) -> tuple[str, int]:
    """Name and year by the file's name, where that states one year."""
    years = _YEAR.findall(unit.path.name)
    return (_YEAR.sub("", unit.path.name), int(years[0])) if len(years) == 1 else (str(unit.path), 0)


def _companions_beside_earlier_years(units: Sequence[_Unit]) -> list[tuple[_Unit, Path]]:
    """The 底稿 that may name another unit of the folder, with their units: those beside one of an earlier, or unknown, year."""
    earliest = min((unit.look.year or 0 for unit in units), default=0)
    later = [unit for unit in units if (unit.look.year or 0) > earliest]
    return [(unit, companion) for unit in later if (companion := default_companion(unit.path)) is not None]


def _documents(units: Sequence[_Unit], reports: list[Path]) -> list[list[Path]]:
    """Which of the Word and PDF files may be each unit's report: all of them for the only unit, else those that name it."""
    if len(units) == 1:
        return [reports]
    owners: dict[str, set[int]] = {}
    for index, unit in enumerate(units):
        for key in filter(None, (unit.look.unit, normalise(unit.path.stem))):
            owners.setdefault(key, set()).add(index)
    found: list[list[Path]] = [[] for _ in units]
    for path in reports:
        for index in owners.get(_longest_part(normalise(path.stem), owners), ()):
            found[index].append(path)
    return found


def _alone(documents: Iterable[Path]) -> list[Path]:
    """The files; of a Word and a PDF file of one name the Word file."""
    preferred = sorted(documents, key=lambda path: DOCUMENTS.index(path.suffix.lower()), reverse=True)
    return sorted({path.with_suffix(""): path for path in preferred}.values())


def _longest_part(name: str, keys: Mapping[str, object]) -> str:
    """The longest of *keys* that is in *name* (so 第一中学附属小学 is not taken for 第一中学); thousands may be asked for."""
    for size in range(len(name), _SHORTEST - 1, -1):
        for start in range(len(name) - size + 1):
            if (part := name[start : start + size]) in keys:
                return part
    return ""
