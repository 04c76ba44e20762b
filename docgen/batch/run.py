"""A whole batch: find the units, have them worked on, keep the results, write the summary."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from docgen.batch.finding import Finder, Found
from docgen.batch.ledger import LEDGER, Ledger, written
from docgen.batch.looking import pack_of
from docgen.batch.model import BatchResult, Phase, Progress, Skipped, UnitJob, UnitResult, UnitRow, Verdict
from docgen.batch.naming import Names
from docgen.batch.resume import DONE, Done
from docgen.batch.running import Cancelled, Lost, Processes, R, Runner, T, cores
from docgen.batch.shown import shown
from docgen.batch.summary import Summary
from docgen.batch.unit_job import process_unit, without_result
from workbook.errors import InputError, system_words

ProgressCall = Callable[[Progress], None]
FaultCall = Callable[[Exception], None]
UnitCall = Callable[[UnitRow], None]
_FEW = 8
"""With fewer units, starting processes takes longer than the work."""


class UnitFault(Exception):  # noqa: N818  # never raised: carries the trace of a fault in another process to the log
    """A fault of the program while it worked on a unit; the text is its trace."""


def run_batch(  # noqa: PLR0913  # the options of one command, all with defaults
    folder: Path, out: Path, *, workers: int | None = None, scheduler: str = "", pack: str = "",
    progress: ProgressCall = lambda _: None, cancelled: Cancelled = lambda: False, on_fault: FaultCall = lambda _: None,
    on_unit: UnitCall = lambda _: None, restart: bool = False,
) -> BatchResult:
    """Check every unit below *folder*; write reports, issue lists and ``summary.xlsx`` into *out*.

    *workers* is the number of processes: ``None`` one for each core, 1 this process alone.  *scheduler* is the address
    of a Dask cluster that does the work instead.  *pack* names a template pack (a built-in one, the user's, a folder).
    *progress* is called as the work goes on, *cancelled* asked often: when it says so, the units at hand are finished
    and the summary tells what was done.  *on_fault* gets faults of the program, which stop nothing; *on_unit* the row of
    every unit as it is finished.  Units that an earlier batch into the same folder did, and of which nothing has changed
    since, are not done again, unless *restart* says so.

    Raises:
        JuesuanError: the folders cannot be used, there is no unit, or the cluster cannot be reached; one sentence.
    """
    if pack:  # a broken pack is told at once; whole: other processes may stand elsewhere
        pack = str(pack_of(pack).folder)
    folder, out = _usable(folder, out)
    with ExitStack() as stack:
        stack.enter_context(closing(_OutFolder(out)))
        runner = stack.enter_context(closing(_Choice(workers, scheduler, (folder, out))))
        ledger = stack.enter_context(closing(Ledger(out)))
        names = Names(folder, out, ledger)
        done = Done(out, ledger.owns, pack, restart=restart)
        progress(Progress(Phase.SEARCH, 0, 0))
        found = Finder(folder, out, pack, names, runner, cancelled).find(
            lambda done, total: progress(Progress(Phase.SEARCH, done, total)))
        summary = stack.enter_context(closing(Summary(folder, out)))
        stack.callback(done.close, found.jobs)
        ledger.plan(Path(name) for job in found.jobs for name in (job.report, job.issue_list, job.checklist) if name)
        batch = _Batch(found, ledger, done, summary, on_fault, on_unit)
        if not cancelled():
            batch.work(runner, progress, cancelled)
        if not cancelled() and not batch.has_units:
            raise InputError(folder, "里面没有决算公开表", _advice(found.skipped))
        progress(Progress(Phase.SUMMARY, batch.finished, len(found.jobs)))
        batch.look_again()
        result = summary.write(names.summary, batch.outcome, found.skipped)
        with suppress(OSError):
            ledger.note((written(result.summary),))
        return result


def _usable(folder: Path, out: Path) -> tuple[Path, Path]:
    """Both folders as whole paths; raises ``InputError`` when they cannot be used."""
    try:
        if not folder.exists():
            raise InputError(folder, "没有这个文件夹", "请检查路径")
        if not folder.is_dir():
            raise InputError(folder, "不是文件夹", "请选择存放各单位公开表的文件夹（单个单位请直接打开或校验它的工作簿）")
        if out.exists() and not out.is_dir():
            raise InputError(out, "不是文件夹，不能存放结果", "请换一个文件夹")
        whole, target = folder.resolve(), out.resolve()
    except OSError as error:
        raise InputError(folder, f"无法使用（{system_words(error)}）", "请检查路径和权限") from error
    except ValueError as error:
        raise InputError(str(folder).replace("\0", "?"), "路径无效", "请检查文件夹名称") from error
    if whole == target:
        raise InputError(out, "是要审核的文件夹，结果不能写在里面", "请另选一个文件夹存放结果")
    return whole, target


def _advice(skipped: Sequence[Skipped]) -> str:
    if not skipped:
        return "请选择存放各单位公开表的文件夹"
    first = skipped[0]
    return f"请选择存放各单位公开表的文件夹（找到的 {len(skipped)} 个表格文件都不是，如“{shown(Path(first.path).name)}”：{first.reason}）"


class _OutFolder:
    """The output folder: made when it is missing, taken away again when nothing was put into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.is_new = not path.exists()
            path.mkdir(parents=True, exist_ok=True)
            if not os.access(path, os.W_OK):
                raise PermissionError(13, "")
        except OSError as error:
            raise InputError(path, f"不能写入结果（{system_words(error)}）", "请换一个可写的文件夹") from error

    def close(self) -> None:
        if self.is_new:
            with suppress(OSError):
                left = list(self.path.iterdir())
                if all(path.name in (LEDGER, DONE) for path in left):
                    for path in left:
                        path.unlink()
                    self.path.rmdir()


class _Choice(Runner):
    """The cluster, or the processes, that were asked for; this process alone where the pieces are few."""

    def __init__(self, workers: int | None, scheduler: str, folders: tuple[Path, ...]) -> None:
        self._own = Runner()
        self._many: Runner = self._own if workers == 1 else Processes(workers or cores())
        self._few = _FEW if workers is None and not scheduler else 0
        if scheduler:
            from docgen.batch.cluster import Cluster

            self._many = Cluster(scheduler, folders)

    def run(self, task: Callable[[T], R], items: Sequence[T], cancelled: Cancelled) -> Iterator[tuple[int, R | Lost]]:
        return (self._own if len(items) < self._few else self._many).run(task, items, cancelled)

    def close(self) -> None:
        self._many.close()


class _Batch:
    """The units at work."""

    def __init__(
        self, found: Found, ledger: Ledger, done: Done, summary: Summary, on_fault: FaultCall, on_unit: UnitCall
    ) -> None:
        self.found, self.ledger, self.done, self.summary, self.on_fault, self.on_unit = found, ledger, done, summary, on_fault, on_unit
        self.counts = dict.fromkeys(Verdict, 0)
        self.reports = self.unchanged = 0

    @property
    def finished(self) -> int:
        """Results there are."""
        return sum(self.counts.values())

    @property
    def has_units(self) -> bool:
        """Whether anything turned out to be a unit."""
        return self.finished > self.counts[Verdict.NO_UNIT]

    def work(self, runner: Runner, progress: ProgressCall, cancelled: Cancelled) -> None:
        """Have every unit worked on."""
        jobs = self.found.jobs
        progress(self._progress(""))
        left: list[int] = []
        for number, job in enumerate(jobs):
            if (known := self.done.result(job)) is not None:
                self.unchanged += 1
                progress(self._progress(self._take(number, job, known).name))
            else:
                left.append(number)
        for place, came in runner.run(process_unit, [jobs[number] for number in left], cancelled):
            number = left[place]
            result = came if not isinstance(came, Lost) else without_result(
                jobs[number], Verdict.UNFINISHED, f"{came.reason}。其他单位不受影响，请单独处理这个单位")
            self.done.note(jobs[number], result)
            progress(self._progress(self._take(number, jobs[number], result).name))

    def _progress(self, name: str) -> Progress:
        failed = self.counts[Verdict.UNREADABLE] + self.counts[Verdict.UNFINISHED]
        return Progress(Phase.WORK, self.finished, len(self.found.jobs), name, self.counts[Verdict.ERROR], failed)

    def _take(self, number: int, job: UnitJob, result: UnitResult) -> UnitRow:
        made = result.row
        row = made._replace(  # the job's own strings: those that came from another process would be kept beside them
            file=job.file, path=job.path, report=made.report and job.report, issue_list=made.issue_list and job.issue_list,
            checklist=made.checklist and job.checklist)
        self.counts[row.verdict] += 1
        self.reports += bool(row.report)
        self.ledger.note(result.written)
        if result.fault:
            self.on_fault(UnitFault(f"{job.path}\n{result.fault}"))
        self.summary.put(number, result._replace(row=row))
        if row.verdict is Verdict.NO_UNIT:
            self.found.skipped.append(Skipped(job.path, row.note))
        else:
            self.on_unit(row)
        return row

    def look_again(self) -> None:
        """See whether what was written is still there: somebody may have tidied the folder meanwhile."""
        for before, row in self.summary.note_gone():
            self.counts[before.verdict] -= 1
            self.counts[row.verdict] += 1
            self.reports += bool(row.report) - bool(before.report)
            self.on_unit(row)

    def outcome(self, summary: Path) -> BatchResult:
        """What was done, told at *summary*."""
        units: dict[Verdict, int] = {verdict: n for verdict, n in self.counts.items() if verdict is not Verdict.NO_UNIT}
        total = len(self.found.jobs)
        return BatchResult(
            summary, total - self.counts[Verdict.NO_UNIT], units, self.reports, len(self.found.skipped),
            self.unchanged, cancelled=self.finished < total)
