"""One unit: read, check, report, review, list.  Whatever happens is a result, never an exception."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from docgen.batch import ledger
from docgen.batch.finding import alone
from docgen.batch.looking import LookJob, look_into, read_by
from docgen.batch.model import Check, Finding, UnitJob, UnitResult, UnitRow, Verdict, Written
from docgen.batch.resume import inputs_of_job, seen
from docgen.batch.running import FAULT
from docgen.docx.paragraphs import ReportFile
from docgen.findings.unit import findings_of
from docgen.job.inputs import Inputs, default_companion, inputs_of
from docgen.report.assembly import build_report, narrative_of
from docgen.report.narrative import Narrative
from docgen.report.output import readiness, write_word
from docgen.report.slots import reason_slots
from workbook.errors import InputError, JuesuanError, system_words
from workbook.formats.source import open_files, open_source
from workbook.issues import Issue, Kind, Severity, count_by_severity
from workbook.pack.choice import key_of

MAX_FINDINGS = 200
"""Findings of one unit that are passed on; its own issue list holds all."""
_LONGEST = 400
_YEAR = re.compile(r"20\d\d")


def process_unit(job: UnitJob) -> UnitResult:
    """Do everything for one unit (a worker's task).

    Files that an earlier batch wrote and this one does not are taken away: an old report beside new 错误 misleads.
    """
    read = seen(inputs_of_job(job))  # before: what changes meanwhile is done again next time
    result = _result(job)
    result = result._replace(read=(*read, *result.read))
    for name in set(job.stale) - {file.path for file in result.written}:
        with suppress(OSError):
            Path(name).unlink()
    return result


def without_result(job: UnitJob, verdict: Verdict, note: str, fault: str = "") -> UnitResult:
    """The result of a unit of which nothing is known."""
    name = Path(job.path).name
    return UnitResult(UnitRow(verdict, note=note.removeprefix(f"{name}：").rstrip("。")), fault=fault)


def _result(job: UnitJob) -> UnitResult:
    if job.closed:
        return without_result(job, Verdict.UNREADABLE, f"不能打开这个文件夹（{job.closed}）")
    try:
        return _report_alone(job) if job.is_report else _with_workbook(job)
    except InputError as error:
        reason = "" if job.tables else look_into(LookJob(job.path, job.pack)).no_unit
        return without_result(job, Verdict.NO_UNIT if reason else Verdict.UNREADABLE, reason or str(error))
    except JuesuanError as error:
        return without_result(job, Verdict.UNFINISHED, str(error))
    except MemoryError:
        return without_result(job, Verdict.UNFINISHED, "内存不足，没有处理完。请单独处理这个单位，或减少同时处理的单位数")
    except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the other units; it is logged
        return without_result(job, Verdict.UNFINISHED, _fault_note(error), traceback.format_exc())


def _with_workbook(job: UnitJob) -> UnitResult:
    unit = _Unit(job, _read(job))
    unit.report()
    unit.review()
    unit.list_issues()
    return unit.result()


def _report_alone(job: UnitJob) -> UnitResult:
    """A report without a workbook: against its own tables; a document of which nothing can be compared is no report."""
    from docgen.imports.report import read_report
    from docgen.job.inputs import chosen_pack
    from docgen.review.own_tables import inputs_of_report

    document = read_report(Path(job.path))
    unit = _Unit(job, inputs_of_report(document, chosen_pack(job.pack) if job.pack else None))
    unit.notes = ["没有公开表，与报告自己所附的表核对"]
    try:
        unit.review_of(document)
    except InputError as error:
        return without_result(job, Verdict.NO_UNIT, str(error))
    unit.remarks = tuple(issue for issue in unit.remarks if issue.kind is Kind.TEXT)  # those of the tables are told as such
    unit.list_issues()
    return unit.result()


def _fault_note(error: Exception) -> str:
    """The sentence for a fault of the program (or what the system refused)."""
    if isinstance(error, OSError):
        return f"无法读写文件（{system_words(error)}）。请检查磁盘、网络位置和权限后重试"
    return f"{FAULT}（{type(error).__name__}），详细信息已记入日志，请把日志发给维护人员"


def _read(job: UnitJob) -> Inputs:
    path = Path(job.path)
    source = open_files(path, map(Path, job.tables)) if job.tables else open_source(path)
    accounts = read_by(source, job.pack)
    return inputs_of(accounts, default_companion(path), last_resort=Path(job.prior) if job.prior else None)


class _Unit:
    """A unit at work; every step adds to what its row says."""

    def __init__(self, job: UnitJob, inputs: Inputs) -> None:
        self.job, self.inputs = job, inputs
        self.row = UnitRow(Verdict.CLEAN, inputs.context.unit_name, inputs.accounts.year, pack=key_of(inputs.pack.folder))
        self.remarks: tuple[Issue, ...] = ()
        self.checks: tuple[Check, ...] = ()
        self.pages: dict[int, int] = {}
        """Paragraph of the reviewed report → its page, where pages are known."""
        self.written: list[Written] = []
        companion = inputs.companion
        self.read = seen(file for file in (companion.prior_workbook(), companion.overview_file()) if file) if companion else ()
        self.fault = ""
        self.notes = [job.note] if job.note else []
        if inputs.prior_accounts is None and not inputs.prior:
            self.notes.append("没有上年决算表")
        slots = reason_slots(inputs.context, self.narrative) if inputs.companion is not None else ()
        self.findings = findings_of(inputs, slots=slots)

    @cached_property
    def narrative(self) -> Narrative:
        """All figures and names of the report, computed once for reasons, report and review."""
        return narrative_of(self.inputs.context)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A part of the work: when it goes wrong, *what* says so in the row, and the parts after it still run."""
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as for the whole unit
            self.row = self.row._replace(verdict=Verdict.UNFINISHED)
            if isinstance(error, JuesuanError):
                self.notes.append(f"{what}：{error}")
            else:
                self.notes.append(f"{what}：{_fault_note(error)}")
                self.fault = traceback.format_exc()

    def report(self) -> None:
        """Write the report, unless there are 错误."""
        if self.findings.prevent_report:
            return
        with self.step("报告没有生成"):
            context = self.inputs.context
            report = build_report(context, self.narrative)
            ready = readiness(report)
            self.row = self.row._replace(reasons=len(ready.reasons), missing=len(ready.problems))
            if ready.texts:
                self.notes.append(f"报告中另有文字待填 {len(ready.texts)} 处")
            write_word(report, context, _with_folder(self.job.report), linked=True)
            self.row = self.row._replace(report=self.job.report)
            self.written.append(ledger.written(Path(self.job.report)))

    def review(self) -> None:
        """Review the report that lies beside the workbook, when there is one, and only one; of its Word and PDF files the first."""
        year = str(self.row.year)
        named = [Path(name) for name in self.job.documents if year in (_YEAR.findall(Path(name).name) or [year])]
        documents = alone(named)
        if len(documents) > 1:
            self.notes.append(f"报告没有审校：有 {len(documents)} 个文件可能是它的报告，请只留一个")
        if len(documents) != 1:
            return
        from docgen.imports.report import read_report

        with self.step("报告没有审校"):
            self.review_of(read_report(documents[0]))
            counts = "，".join(f"{kind} {n}" for kind, n in count_by_severity(self.remarks).items() if n)
            self.notes.append(f"审校了“{documents[0].name}”：{counts or '没有问题'}")

    def review_of(self, document: ReportFile) -> None:
        """Review *document* and write its checklist.  Raises ``InputError`` when nothing of it can be compared."""
        from docgen.review.checklist import checklist_of, heading_of, write_checklist
        from docgen.review.engine import review_document
        from docgen.review.output import too_little_words

        review = review_document(document, self.inputs, self.narrative)
        if review.coverage.is_too_little:
            raise InputError(document.path, too_little_words(review), "请核对是不是决算报告")
        self.remarks = review.issues
        self.pages = {p.number: p.page for p in document.paragraphs if p.page}
        entries = checklist_of(review, document, self.inputs, self.narrative, self.findings.checked)
        self.checks = tuple(Check(entry.name, entry.answer, "\n".join(entry.problems)) for entry in entries)
        write_checklist(_with_folder(self.job.checklist), entries, heading_of(review, self.inputs))
        self.row = self.row._replace(checklist=self.job.checklist, reviewed=len(self.remarks))
        self.written.append(ledger.written(Path(self.job.checklist)))

    def list_issues(self) -> None:
        """Write the issue list, when there is anything that must be corrected or looked at."""
        if all(issue.severity is Severity.TAIL for issue in self.findings.issues) and not self.remarks:
            return
        from workbook.rules.issue_output import write_issue_list

        with self.step("审核结果没有写出"):
            issues = [*self.findings.issues, *(_with_place(issue, self.pages) for issue in self.remarks)]
            summary = self.findings.checked.summary((*self.findings.extra, *self.remarks))
            write_issue_list(_with_folder(self.job.issue_list), Path(self.job.path), issues, summary)
            self.row = self.row._replace(issue_list=self.job.issue_list)
            self.written.append(ledger.written(Path(self.job.issue_list)))

    def result(self) -> UnitResult:
        """What comes back."""
        counts = count_by_severity(self.findings.issues)
        told = sorted((i for i in (*self.findings.issues, *self.remarks) if i.severity is not Severity.TAIL), key=_weight)
        findings = tuple(
            Finding(i.code, str(i.kind), str(i.severity), i.message[:_LONGEST], _place(i, self.pages)) for i in told[:MAX_FINDINGS])
        row = self.row._replace(
            verdict=self._verdict(told), errors=counts[Severity.ERROR], notices=counts[Severity.NOTICE],
            tails=counts[Severity.TAIL], note="；".join(note.rstrip("。") for note in self.notes))
        return UnitResult(row, findings, len(told) - len(findings), tuple(self.written), self.fault, self.read, self.checks)

    def _verdict(self, told: Sequence[Issue]) -> Verdict:
        if self.row.verdict is Verdict.UNFINISHED:
            return Verdict.UNFINISHED
        if told and told[0].severity is Severity.ERROR:
            return Verdict.ERROR
        return Verdict.NOTICE if told or self.remarks or self.row.reasons or self.row.missing else Verdict.CLEAN


def _weight(issue: Issue) -> int:
    return issue.severity.rank


def _with_folder(name: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _with_place(remark: Issue, pages: Mapping[int, int]) -> Issue:
    """A finding of the review as the issue list of the tables can hold it: the paragraph in words."""
    return replace(remark, message=f"{_place(remark, pages) if remark.paragraph is not None else '报告'}：{remark.message}")


def _place(issue: Issue, pages: Mapping[int, int]) -> str:
    """The cell to look at first; for the text of a report the page or the paragraph."""
    if issue.paragraph is not None and issue.paragraph in pages:
        return f"报告第 {pages[issue.paragraph]} 页"
    if issue.paragraph is not None:
        return f"报告第 {issue.paragraph} 段"
    ref = issue.culprit or (issue.cells[0].ref if issue.cells else None)
    return str(ref) if ref is not None else ""
