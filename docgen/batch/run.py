"""A whole batch: find the units, have them worked on, keep the results, and write ``summary.xlsx``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from docgen.batch.finding import Finder
from docgen.batch.ledger import Ledger
from docgen.batch.model import BatchResult, Phase, Progress, Skipped, UnitJob, UnitResult, UnitRow, Verdict
from docgen.batch.running import Cancelled, Cluster, Lost, Processes, Runner, cores
from docgen.batch.unit_job import pack_of, process_unit, without_result
from workbook.create.lists import MAX_ROWS, ExcelList, Link, new_book
from workbook.errors import InputError, system_words
from workbook.paths import shown
from workbook.safe_save import not_written, write_atomically

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
    with ExitStack() as stack:
        ledger = Ledger(folder, out, pack, restart=restart)
        found = Finder(pack, ledger, cancelled)
        stack.callback(lambda: ledger.close(found.jobs))
        few = _FEW if workers is None else 0
        runner = Cluster(scheduler, (folder, out)) if scheduler else (
            Runner() if workers == 1 else Processes(workers or cores(), few=few))
        stack.callback(runner.close)
        progress(Progress(Phase.SEARCH, 0, 0))
        found.find(runner, lambda done, total: progress(Progress(Phase.SEARCH, done, total)))
        ledger.plan(name for job in found.jobs for name in job.outputs)
        batch = _Batch(found, progress, on_fault, on_unit)
        if not cancelled():
            batch.work(runner)
        if not cancelled() and not batch.counts:
            found.jobs.clear()
            first = "".join(f"“{shown(Path(file.path).name)}”：{file.reason}" for file in found.skipped[:1])
            like = f"（找到的 {len(found.skipped)} 个表格文件都不是，如{first}）" if first else ""
            raise InputError(folder, "里面没有决算公开表", f"请选择存放各单位公开表的文件夹{like}")
        progress(Progress(Phase.SUMMARY, len(batch.done), len(found.jobs)))
        result = batch.summarise()
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


class _Batch:
    """The units at work."""

    def __init__(self, found: Finder, progress: ProgressCall, on_fault: FaultCall, on_unit: UnitCall) -> None:
        self.found, self.ledger, self.progress, self.on_fault, self.on_unit = found, found.ledger, progress, on_fault, on_unit
        self.counts = Counter[Verdict]()
        self.no_units = self.unchanged = 0
        self.done: set[str] = set()

    def work(self, runner: Runner) -> None:
        left = []
        self._tell("")
        for job in self.found.jobs:
            if (known := self.ledger.unchanged(job)) is None:
                left.append(job)
            else:
                self.unchanged += known.row.verdict is not Verdict.NO_UNIT
                self._take(job, known)
        for number, came in runner.run(process_unit, left, self.found.cancelled):
            job = left[number]
            result = came if not isinstance(came, Lost) else without_result(
                job, Verdict.UNFINISHED, f"{came.reason}。其他单位不受影响，请单独处理这个单位")
            self.ledger.note(job, result)
            self._take(job, result)

    def _tell(self, name: str) -> None:
        failed = self.counts[Verdict.UNREADABLE] + self.counts[Verdict.UNFINISHED]
        self.progress(Progress(Phase.WORK, len(self.done), len(self.found.jobs), name, self.counts[Verdict.ERROR], failed))

    def _take(self, job: UnitJob, result: UnitResult) -> None:
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
        self._tell(row.name)

    def _row(self, job: UnitJob, result: UnitResult) -> UnitRow:
        """What the worker says of a unit, and what it does not know.

        That is where the unit is, and which of its files are (still) there.
        """
        there = {file.path for file in result.written if Path(file.path).exists()}
        report, issue_list, checklist = (name if name in there else "" for name in (job.report, job.issue_list, job.checklist))
        row = result.row._replace(
            file=relative(job.path, self.ledger.root), path=job.path, report=report, issue_list=issue_list,
            checklist=checklist)
        if len(there) == len(result.written):
            return row
        notes = (*filter(None, [row.note]), "写好的文件后来被删除或移走，请重新处理")  # somebody tidied the folder meanwhile
        return row._replace(verdict=Verdict.UNFINISHED, note="；".join(notes))

    def summarise(self, *, is_retry: bool = False) -> BatchResult:
        """Write the summary; elsewhere when somebody has that of an earlier batch open."""
        self.counts, reports, total = Counter[Verdict](), 0, len(self.found.jobs) - self.no_units
        for result in self._results(self.on_unit):
            self.counts[result.row.verdict] += 1
            reports += bool(result.row.report)
        outcome = BatchResult(
            self.ledger.summary(), total, dict(self.counts), reports, len(self.found.skipped), self.unchanged,
            cancelled=self.counts.total() < total)
        try:
            write_summary(self.ledger.root, outcome, self._results(), self.found.skipped)
        except InputError as error:
            if is_retry or not isinstance(error.__cause__, PermissionError):
                raise
            return self.summarise(is_retry=True)
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


# ---------------------------------------------------------------- the summary


def relative(path: str, root: Path) -> str:
    """*path* as seen from the folder *root*, with slashes; the name of *root* itself."""
    found = Path(path)
    with suppress(ValueError):
        found = found.relative_to(root)
    return "/".join(map(shown, found.parts)) or shown(root.name)


_TITLE = "决算公开批量审核汇总"
_UNITS = (
    ("单位", 24), ("年度", 7), ("文件", 40), ("结果", 10), ("错误", 7), ("提示", 7), ("尾差", 7), ("待填原因", 10), ("缺数", 7),
    ("报告", 9), ("审核结果", 10), ("审校发现", 10), ("检查表", 10), ("模板包", 16), ("说明", 44),
)
_FINDINGS = (("单位", 22), ("编号", 10), ("类别", 7), ("级别", 7), ("问题", 70), ("工作表!单元格", 28), ("文件", 28))
_CHECKS = (("单位", 24), ("检查项目", 40), ("符合要求", 10), ("存在的问题", 90), ("文件", 40))
_SKIPPED = (("文件", 70), ("原因", 60))


def write_summary(
    root: Path, result: BatchResult, units: Iterable[UnitResult], skipped: Iterable[Skipped], max_rows: int = MAX_ROWS
) -> None:
    """Write the summary of a batch over *root* to where *result* says, row by row: *units* in the order of their paths.

    Raises :class:`~workbook.errors.InputError`.
    """
    try:
        with TemporaryDirectory(prefix="juesuan-", ignore_cleanup_errors=True) as temporary:
            book = new_book(_TITLE, temporary)
            lists = [
                ExcelList(book, name, title, columns, result.summary.parent, about, max_rows)
                for name, columns, title, about in (
                    ("汇总", _UNITS, _TITLE, f"{result.words()}　文件夹：{relative(str(root), root.parent)}"),
                    ("问题清单", _FINDINGS, "问题清单", "各单位的错误和提示。尾差不用处理，没有列出；单位的全部问题见它的审核结果。"),
                    ("检查表", _CHECKS, "检查表", "各单位报告的检查表；旁边有报告的单位才有，每个单位另有自己的一份。"),
                    ("跳过的文件", _SKIPPED, "跳过的文件", "下列表格文件没有单独作为一个单位处理。"))]
            overview, findings, checks, others = lists
            for unit in units:
                row = unit.row
                report, issues, checklist = (Link(text if path else "", path) for text, path in (
                    ("打开报告", row.report), ("打开清单", row.issue_list), ("打开检查表", row.checklist)))
                overview.add((
                    row.name, row.year, Link(row.file, row.path), row.verdict, row.errors, row.notices, row.tails, row.reasons,
                    row.missing, report, issues, row.reviewed, checklist, row.pack, row.note))
                for finding in unit.findings:
                    findings.add((row.unit, *finding, row.file))
                for check in unit.checks:
                    checks.add((row.unit, *check, row.file))
            for item in sorted(skipped, key=lambda item: Path(item.path).parts):
                others.add((relative(item.path, root), item.reason))
            for one in lists:
                one.end()
            write_atomically(result.summary, book.to_bytes())
    except OSError as error:
        raise not_written(result.summary, error) from error
