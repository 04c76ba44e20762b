"""A whole batch: find the units, have them worked on, keep the results, write the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from docgen.batch.finding import Finder, Found
from docgen.batch.ledger import Ledger
from docgen.batch.model import BatchResult, Phase, Progress, Skipped, UnitJob, UnitResult, UnitRow, Verdict
from docgen.batch.naming import Names, relative
from docgen.batch.running import Cancelled, Lost, Processes, Runner, cores
from docgen.batch.summary import write_summary
from docgen.batch.unit_job import pack_of, process_unit, without_result
from workbook.errors import InputError, system_words
from workbook.paths import shown

ProgressCall = Callable[[Progress], None]
FaultCall = Callable[[Exception], None]
UnitCall = Callable[[UnitRow], None]
_FEW = 8
"""With fewer pieces, starting processes takes longer than the work."""


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
    found = Found()
    with ExitStack() as stack:
        ledger = Ledger(out, pack, restart=restart)
        stack.callback(lambda: ledger.close(found.jobs))
        runner = stack.enter_context(closing(_runner(workers, scheduler, (folder, out))))
        names = Names(folder, ledger)
        progress(Progress(Phase.SEARCH, 0, 0))
        found = Finder(folder, pack, names, runner, cancelled).find(lambda done, total: progress(Progress(Phase.SEARCH, done, total)))
        ledger.plan(name for job in found.jobs for name in job.outputs)
        batch = _Batch(folder, found, ledger, on_fault, on_unit)
        if not cancelled():
            batch.work(runner, progress, cancelled)
        if not cancelled() and not batch.counts:
            found.jobs.clear()
            raise _no_units(folder, found.skipped)
        progress(Progress(Phase.SUMMARY, len(batch.done), len(found.jobs)))
        result = batch.summarise(names)
        with suppress(OSError, InputError):  # the summary is written, and all is well
            ledger.wrote(result.summary)
        return result


def _usable(folder: Path, out: Path) -> tuple[Path, Path]:
    """Both folders as whole paths; raises ``InputError`` when they cannot be used."""
    try:
        whole, target = folder.resolve(), out.resolve()
        for is_wrong, path, problem, advice in (
            (not whole.exists(), folder, "没有这个文件夹", "请检查路径"),
            (not whole.is_dir(), folder, "不是文件夹", "请选择存放各单位公开表的文件夹（单个单位请直接打开或校验它的工作簿）"),
            (target.exists() and not target.is_dir(), out, "不是文件夹，不能存放结果", "请换一个文件夹"),
            (whole == target, out, "是要审核的文件夹，结果不能写在里面", "请另选一个文件夹存放结果")):
            if is_wrong:
                raise InputError(path, problem, advice)
    except OSError as error:
        raise InputError(folder, f"无法使用（{system_words(error)}）", "请检查路径和权限") from error
    except ValueError as error:
        raise InputError(str(folder).replace("\0", "?"), "路径无效", "请检查文件夹名称") from error
    return whole, target


def _no_units(folder: Path, skipped: Sequence[Skipped]) -> InputError:
    like = f"（找到的 {len(skipped)} 个表格文件都不是，如“{shown(Path(skipped[0].path).name)}”：{skipped[0].reason}）" if skipped else ""
    return InputError(folder, "里面没有决算公开表", f"请选择存放各单位公开表的文件夹{like}")


def _runner(workers: int | None, scheduler: str, folders: tuple[Path, ...]) -> Runner:
    """The cluster, or the processes, that were asked for."""
    if scheduler:
        from docgen.batch.cluster import Cluster

        return Cluster(scheduler, folders)
    return Runner() if workers == 1 else Processes(workers or cores(), few=_FEW if workers is None else 0)


class _Batch:
    """The units at work."""

    def __init__(self, root: Path, found: Found, ledger: Ledger, on_fault: FaultCall, on_unit: UnitCall) -> None:
        self.root, self.found, self.ledger, self.on_fault, self.on_unit = root, found, ledger, on_fault, on_unit
        self.counts = Counter[Verdict]()
        self.no_units = self.unchanged = 0
        self.done: set[str] = set()

    def work(self, runner: Runner, progress: ProgressCall, cancelled: Cancelled) -> None:
        """Have every unit worked on."""
        left = []
        self._tell(progress, "")
        for job in self.found.jobs:
            if (known := self.ledger.unchanged(job)) is None:
                left.append(job)
            else:
                self.unchanged += known.row.verdict is not Verdict.NO_UNIT
                self._take(job, known, progress)
        for number, came in runner.run(process_unit, left, cancelled):
            job = left[number]
            result = came if not isinstance(came, Lost) else without_result(
                job, Verdict.UNFINISHED, f"{came.reason}。其他单位不受影响，请单独处理这个单位")
            self.ledger.note(job, result)
            self._take(job, result, progress)

    def _tell(self, progress: ProgressCall, name: str) -> None:
        failed = self.counts[Verdict.UNREADABLE] + self.counts[Verdict.UNFINISHED]
        progress(Progress(Phase.WORK, len(self.done), len(self.found.jobs), name, self.counts[Verdict.ERROR], failed))

    def _take(self, job: UnitJob, result: UnitResult, progress: ProgressCall) -> None:
        row = self._row(job, result)
        self.done.add(job.path)
        if result.fault:
            self.on_fault(RuntimeError(f"{job.path}\n{result.fault}"))  # its trace, perhaps from another process
        if row.verdict is Verdict.NO_UNIT:
            self.no_units += 1
            self.found.skipped.append(Skipped(job.path, row.note))
        else:
            self.counts[row.verdict] += 1
            self.on_unit(row)
        self._tell(progress, row.name)

    def _row(self, job: UnitJob, result: UnitResult) -> UnitRow:
        """What the worker says of a unit, and what it does not know: where the unit is, which of its files are (still) there."""
        there = {file.path for file in result.written if Path(file.path).exists()}
        report, issue_list, checklist = (name if name in there else "" for name in (job.report, job.issue_list, job.checklist))
        row = result.row._replace(file=relative(job.path, self.root), path=job.path, report=report, issue_list=issue_list, checklist=checklist)
        if len(there) == len(result.written):
            return row
        notes = (*filter(None, [row.note]), "写好的文件后来被删除或移走，请重新处理")  # somebody tidied the folder meanwhile
        return row._replace(verdict=Verdict.UNFINISHED, note="；".join(notes))

    def summarise(self, names: Names, *, is_retry: bool = False) -> BatchResult:
        """Write the summary; elsewhere when somebody has that of an earlier batch open."""
        self.counts, reports, total = Counter[Verdict](), 0, len(self.found.jobs) - self.no_units
        for result in self._results(self.on_unit):
            self.counts[result.row.verdict] += 1
            reports += bool(result.row.report)
        outcome = BatchResult(
            names.summary(), total, dict(self.counts), reports, len(self.found.skipped), self.unchanged, cancelled=self.counts.total() < total)
        try:
            write_summary(self.root, outcome, self._results(), self.found.skipped)
        except InputError as error:
            if is_retry or not isinstance(error.__cause__, PermissionError):
                raise
            return self.summarise(names, is_retry=True)
        return outcome

    def _results(self, tell: UnitCall = lambda _: None) -> Iterator[UnitResult]:
        """The units that were done, in the order of their paths; *tell* is told of those that are others now."""
        for job in self.found.jobs:
            result = self.ledger.result(job) if job.path in self.done else None
            if result is not None and result.row.verdict is not Verdict.NO_UNIT:
                row = self._row(job, result)
                if row.verdict is not result.row.verdict:
                    tell(row)
                yield result._replace(row=row)
