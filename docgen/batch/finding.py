"""Finding the units below a folder, and what goes with each: last year's workbook, 底稿, Word reports, output names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path

from docgen.batch import reports
from docgen.batch.model import Skipped, UnitJob
from docgen.batch.naming import Names
from docgen.batch.peeking import BookKind, Peek, peek
from docgen.batch.planning import Plan, may_name_last_years, plan_by_content, plan_by_names, take_named
from docgen.batch.runners import Cancelled, Lost, Runner
from docgen.batch.unit_job import pack_of
from docgen.batch.walking import Folder, walk
from docgen.job.inputs import default_companion
from workbook.values import dataclass

_LOOSE = "是底稿，但没有与它同名的公开表（底稿应叫“<公开表的文件名>_底稿.xlsx”）"
Searching = Callable[[int, int], None]
"""Told how many of the files to look into were looked into."""


@dataclass(slots=True)
class Found:
    """What there is to do."""

    jobs: list[UnitJob] = field(default_factory=list)
    """By path."""
    skipped: list[Skipped] = field(default_factory=list)
    closed: dict[int, str] = field(default_factory=dict)
    """Jobs that stand for a folder which cannot be looked into, and why."""


@dataclass(frozen=True, slots=True)
class PeekJob:
    """A file to look into."""

    path: str
    pack: str = ""


def peek_job(job: PeekJob) -> Peek:
    """Look into a file (a worker's task)."""
    return peek(Path(job.path), pack_of(job.pack))


class Finder:
    """Finds the units below one folder."""

    def __init__(self, root: Path, out: Path, pack: str, names: Names) -> None:
        self.root, self.out, self.pack, self.names = root, out, pack, names
        self._found = Found()
        self._loose: list[Path] = []
        """底稿 that go with no workbook of their own folder."""
        self._used: set[Path] = set()
        """底稿 outside the folder of their unit."""

    def find(self, runner: Runner, searching: Searching, cancelled: Cancelled) -> Found:
        """Everything below the folder, each spreadsheet accounted for."""
        unclear = []
        for folder in walk(self.root, self.out):
            plan = plan_by_names(folder)
            if plan is None:
                unclear.append(folder)
            else:
                self._add(folder, plan)  # at once: thousands of folders are not kept
        for folder, plan in _looked_into(unclear, _Peeks(self.pack, runner, searching, cancelled)):
            self._add(folder, plan)
        return self._in_order()

    def _add(self, folder: Folder, plan: Plan) -> None:
        """The jobs of one folder, and what of it is passed over."""
        found, used = self._found, set()
        if folder.error:
            found.closed[len(found.jobs)] = folder.error
            found.jobs.append(UnitJob(str(folder.path), "", ""))
        units = sorted(plan.units, key=lambda unit: unit.path.name)
        documents = reports.assign(units, folder.documents)
        for unit, mine in zip(units, documents, strict=True):
            report, issue_list, stale = self.names.of(unit)
            found.jobs.append(UnitJob(
                str(unit.path), str(report), str(issue_list), tuple(map(str, unit.files)), str(unit.prior or ""),
                tuple(map(str, mine)), len(units) > 1, tuple(map(str, stale)), unit.note, self.pack))
            used |= {c for book in (unit.path, unit.prior) if book is not None and (c := default_companion(book)) is not None}
        found.skipped += folder.skipped + plan.skipped
        self._loose += [companion for companion in folder.companions if companion not in used]
        self._used |= used - set(folder.companions)

    def _in_order(self) -> Found:
        found = self._found
        found.skipped += [Skipped(str(path), _LOOSE) for path in self._loose if path not in self._used]
        order = sorted(range(len(found.jobs)), key=lambda n: self._parts(found.jobs[n].path))
        closed = {place: found.closed[n] for place, n in enumerate(order) if n in found.closed}
        skipped = sorted(found.skipped, key=lambda item: self._parts(item.path))
        return Found([found.jobs[n] for n in order], skipped, closed)

    def _parts(self, path: str) -> tuple[str, ...]:
        return Path(path).relative_to(self.root).parts


@dataclass(frozen=True, slots=True)
class _Peeks:
    """Looks into files, wherever the work is done."""

    pack: str
    runner: Runner
    searching: Searching
    cancelled: Cancelled

    def of(self, paths: Sequence[Path]) -> dict[Path, Peek]:
        """What each file is; one that was not looked into (cancelled), or took its process down, is unreadable."""
        seen = dict.fromkeys(paths, Peek(BookKind.UNREADABLE))
        jobs = [PeekJob(str(path), self.pack) for path in paths]
        for done, (number, result) in enumerate(self.runner.run(peek_job, jobs, self.cancelled), 1):
            self.searching(done, len(jobs))
            if not isinstance(result, Lost):
                seen[paths[number]] = result
        return seen


def _looked_into(folders: Sequence[Folder], peeks: _Peeks) -> list[tuple[Folder, Plan]]:
    """The plans of the folders that names do not explain, by what is in their files."""
    seen = peeks.of([book for folder in folders for book in folder.books])
    plans = [(folder, plan_by_content(folder, seen)) for folder in folders]
    pending = [
        (plan, unit, companion)
        for _, plan in plans for unit in may_name_last_years(plan)
        if (companion := default_companion(unit.path)) is not None
    ]
    notes = peeks.of(list({companion: None for *_, companion in pending}))
    for plan, unit, companion in pending:
        if prior := notes[companion].prior:
            take_named(plan, unit, Path(prior))
    return plans
