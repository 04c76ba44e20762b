"""One unit: read, check, report, review, list.  Whatever happens is a result, never an exception."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from docgen.batch import ledger, reports
from docgen.batch.model import Finding, UnitJob, UnitResult, Verdict, Written
from docgen.batch.peeking import BookKind, peek
from docgen.batch.runners import FAULT
from docgen.findings.unit import Findings, findings_of
from docgen.job.inputs import Inputs, chosen_pack, default_companion, with_companion
from docgen.report.assembly import build_report, narrative_of
from docgen.report.narrative import Narrative
from docgen.report.output import readiness, write_word
from docgen.report.slots import reason_slots
from workbook.errors import InputError, JuesuanError, system_words
from workbook.formats.sniff import FileFormat
from workbook.formats.source import Source, open_source
from workbook.issues import Issue, Severity, count_by_severity
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts, accounts_of, read_workbook
from workbook.values import dataclass

MAX_FINDINGS = 200
"""Findings of one unit that are passed on; its own issue list holds all."""
_LONGEST = 400


@lru_cache(maxsize=4)
def pack_of(name: str) -> Pack:
    """The pack of that name, loaded once in each process."""
    return chosen_pack(name or None)


def process_unit(job: UnitJob) -> UnitResult:
    """Do everything for one unit.

    Files that an earlier batch wrote and this one does not are taken away: an old report beside new 错误 misleads.
    """
    result = _result(job)
    for name in set(job.stale) - {file.path for file in result.written}:
        with suppress(OSError):
            Path(name).unlink()
    return result


def _result(job: UnitJob) -> UnitResult:
    try:
        return _process(job)
    except InputError as error:
        return _unusable(job, error)
    except JuesuanError as error:
        return UnitResult(Verdict.UNFINISHED, notes=(str(error),))
    except MemoryError:
        return UnitResult(Verdict.UNFINISHED, notes=("内存不足，没有处理完。请单独处理这个单位，或减少同时处理的单位数。",))
    except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the other units; it is logged
        return UnitResult(Verdict.UNFINISHED, notes=(fault_note(error),), fault=traceback.format_exc())


def fault_note(error: Exception) -> str:
    """The sentence for a fault of the program (or what the system refused)."""
    if isinstance(error, OSError):
        return f"无法读写文件（{system_words(error)}）。请检查磁盘、网络位置和权限后重试。"
    return f"{FAULT}（{type(error).__name__}），详细信息已记入日志，请把日志发给维护人员。"


def _unusable(job: UnitJob, error: InputError) -> UnitResult:
    """A file that cannot be read; or one that can, but is something else."""
    path = Path(job.path)
    if not job.files:
        seen = peek(path, pack_of(job.pack))
        if seen.kind in (BookKind.OTHER, BookKind.COMPANION):
            return UnitResult(Verdict.NO_UNIT, notes=(seen.reason,))
        if seen.kind is BookKind.UNREADABLE:
            return UnitResult(Verdict.UNREADABLE, notes=(seen.reason,))
    return UnitResult(Verdict.UNREADABLE, notes=(str(error),))


def _process(job: UnitJob) -> UnitResult:
    inputs = _read(job)
    unit = _Unit(job, inputs)
    unit.report()
    unit.review()
    unit.list_issues()
    return unit.result()


# ---------------------------------------------------------------- reading


def _read(job: UnitJob) -> Inputs:
    """Everything the job needs; the 底稿's own last year's workbook comes before the one found beside."""
    pack, path = pack_of(job.pack), Path(job.path)
    accounts = accounts_of(_source(path, job.files), pack) if job.files else read_workbook(path, pack)
    companion = default_companion(path)
    inputs = with_companion(accounts, companion) if companion is not None else Inputs(pack, accounts)
    if job.prior and inputs.prior_accounts is None:
        return _with_prior(inputs, read_workbook(Path(job.prior), pack))
    return inputs


def _with_prior(inputs: Inputs, prior_accounts: Accounts) -> Inputs:
    from workbook.companion.succession import prior_tables

    tables, remarks = prior_tables(prior_accounts, inputs.pack)
    return replace(inputs, prior=tables, prior_accounts=prior_accounts, prior_remarks=remarks)


def _source(folder: Path, files: Sequence[str]) -> Source:
    """The files of a unit as one source; others that lie in the folder do not matter."""
    sources, problems = [], []
    for name in files:
        try:
            sources.append(open_source(Path(name)))
        except InputError as error:
            problems.append(error)
    if not sources:
        raise problems[0]
    digest = hashlib.sha256(b"".join(bytes.fromhex(source.sha256) for source in sources)).hexdigest()
    sheets = tuple(sheet for source in sources for sheet in source.sheets)
    return Source(folder, sheets, FileFormat.FOLDER, digest, tuple(problems))


# ---------------------------------------------------------------- one unit


@dataclass
class _Unit:
    """A unit at work; every step adds to what its row says."""

    job: UnitJob
    inputs: Inputs
    remarks: tuple[Issue, ...] | None = None
    reasons: int | None = None
    missing: int | None = None
    notes: list[str] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    fault: str = ""
    is_unfinished: bool = False

    def __post_init__(self) -> None:
        if self.job.note:
            self.notes.append(self.job.note)
        slots = reason_slots(self.inputs.context, self.narrative) if self.inputs.companion is not None else ()
        self.findings: Findings = findings_of(self.inputs, slots=slots)
        if self.inputs.prior_accounts is None and not self.inputs.prior:
            self.notes.append("没有上年决算表")

    @cached_property
    def narrative(self) -> Narrative:
        """All figures and names of the report, computed once for reasons, report and review."""
        return narrative_of(self.inputs.context)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A part of the work: when it goes wrong, *what* says so in the row, and the parts after it still run."""
        try:
            yield
        except JuesuanError as error:
            self.notes.append(f"{what}：{error}")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as in process_unit
            self.notes.append(f"{what}：{fault_note(error)}")
            self.fault = traceback.format_exc()
        else:
            return
        self.is_unfinished = True

    def report(self) -> None:
        """Write the report, unless there are 错误."""
        if self.findings.prevent_report:
            return
        with self.step("报告没有生成"):
            context = self.inputs.context
            report = build_report(context, self.narrative)
            ready = readiness(report)
            self.reasons, self.missing = len(ready.reasons), len(ready.problems)
            if ready.texts:
                self.notes.append(f"报告中另有文字待填 {len(ready.texts)} 处")
            path = self._folder_of(self.job.report)
            write_word(report, context, path, linked=True)
            self.written.append(ledger.written(path))

    def review(self) -> None:
        """Review the Word report that lies beside the workbook, when there is one."""
        if not self.job.documents:
            return
        from docgen.review.engine import review_document

        with self.step("没有审校"):
            context = self.inputs.context
            found = reports.choose(
                map(Path, self.job.documents), context.unit_name, context.year, shared=self.job.shares_documents)
            if found.document is not None:
                self.remarks = review_document(found.document, self.inputs, self.narrative).issues
                counts = "，".join(f"{kind} {n}" for kind, n in count_by_severity(self.remarks).items() if n)
                self.notes.append(f"审校了“{found.document.path.name}”：{counts or '没有问题'}")
            elif found.note:
                self.notes.append(f"报告没有审校：{found.note}")

    def list_issues(self) -> None:
        """Write the issue list, when there is anything that must be corrected or looked at."""
        counts = self.counts()
        if not (counts[Severity.ERROR] or counts[Severity.NOTICE] or self.remarks):
            return
        from workbook.rules.issue_output import write_issue_list

        summary = self.findings.checked.summary((*self.findings.extra, *(self.remarks or ())))
        with self.step("审核结果没有写出"):
            path = self._folder_of(self.job.issue_list)
            issues = [*self.findings.issues, *map(_with_place, self.remarks or ())]
            write_issue_list(path, Path(self.job.path), issues, summary)
            self.written.append(ledger.written(path))

    def counts(self) -> dict[Severity, int]:
        """Findings about the tables and the 底稿, as ``juesuan check`` counts them."""
        return count_by_severity(self.findings.issues)

    def result(self) -> UnitResult:
        """The unit's row."""
        counts, context = self.counts(), self.inputs.context
        findings, omitted = _findings(self.findings.issues, self.remarks or ())
        return UnitResult(
            self._verdict(counts), context.unit_name, self.inputs.accounts.year,
            counts[Severity.ERROR], counts[Severity.NOTICE], counts[Severity.TAIL], self.reasons, self.missing,
            None if self.remarks is None else len(self.remarks), tuple(self.notes), findings, omitted,
            self._if_written(self.job.report), self._if_written(self.job.issue_list), tuple(self.written), self.fault)

    def _verdict(self, counts: dict[Severity, int]) -> Verdict:
        remarks = self.remarks or ()
        if self.is_unfinished:
            return Verdict.UNFINISHED
        if counts[Severity.ERROR] or any(issue.severity is Severity.ERROR for issue in remarks):
            return Verdict.ERROR
        return Verdict.NOTICE if counts[Severity.NOTICE] or remarks or self.reasons or self.missing else Verdict.CLEAN

    def _if_written(self, path: str) -> str:
        return path if any(file.path == path for file in self.written) else ""

    def _folder_of(self, name: str) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _with_place(remark: Issue) -> Issue:
    """A finding of the review as the issue list of the tables can hold it: the paragraph in words."""
    return replace(remark, message=f"{_place(remark) if remark.paragraph is not None else '报告'}：{remark.message}")


def _findings(issues: Iterable[Issue], remarks: Iterable[Issue]) -> tuple[tuple[Finding, ...], int]:
    """The 错误 and 提示, 错误 first, as many as are passed on; and how many are not."""
    told = sorted(
        (issue for issue in (*issues, *remarks) if issue.severity is not Severity.TAIL), key=lambda i: i.severity.rank)
    rows = tuple(
        Finding(i.code, str(i.kind), str(i.severity), i.message[:_LONGEST], _place(i)) for i in told[:MAX_FINDINGS])
    return rows, len(told) - len(rows)


def _place(issue: Issue) -> str:
    """The cell to look at first; for the text of a report the paragraph."""
    if issue.paragraph is not None:
        return f"报告第 {issue.paragraph} 段"
    ref = issue.culprit or (issue.cells[0].ref if issue.cells else None)
    return str(ref) if ref is not None else ""
