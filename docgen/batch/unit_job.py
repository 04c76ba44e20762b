"""What a worker does with one unit: look into its file; read, check, report, review, list.

Whatever happens is a result, never an exception.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from docgen.batch.ledger import states, written
from docgen.batch.model import DOCUMENTS, Check, FileState, Finding, UnitJob, UnitResult, UnitRow, Verdict
from docgen.batch.running import FAULT
from docgen.docx.paragraphs import ReportFile
from docgen.findings.unit import findings_of
from docgen.job.inputs import Inputs, accounts_in, chosen_pack, companion_places, default_companion, inputs_of
from docgen.report.assembly import build_report, readiness, write_word
from docgen.report.narrative import Narrative, narrative_of
from docgen.report.slots import reason_slots
from workbook.companion.read import read_companion
from workbook.errors import InputError, JuesuanError, system_words
from workbook.formats.source import Source, open_files, open_source
from workbook.issues import Issue, Kind, Severity, count_by_severity
from workbook.pack.choice import key_of
from workbook.pack.companion_form import PRIOR_FILE
from workbook.pack.layout import normalise
from workbook.pack.loading import Pack
from workbook.reading.accounts import Accounts

MAX_FINDINGS = 200
"""Findings of one unit that are passed on; its own issue list holds all."""
_LONGEST = 400
_YEAR = re.compile(r"20\d\d")
_OURS = {"审核结果": "是审核结果清单", "汇总": "是批量审核的汇总"}
"""First sheet of the workbooks that the program itself writes."""


# ---------------------------------------------------------------- looking into a file


class LookJob(NamedTuple):
    """A file to look into."""

    path: str
    pack: str = ""


class Look(NamedTuple):
    """What was seen in a spreadsheet that may be a unit; nothing at all in a file that cannot be read."""

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


def _read_by(source: Source, pack: str) -> Accounts:
    """The accounts in *source*, by the pack of that name; by the one that they are of when there is no name."""
    return accounts_in(source, pack_of(pack) if pack else None, load=lambda folder: pack_of(str(folder)))


def look_into(job: LookJob) -> Look:
    """What the spreadsheet is (a worker's task)."""
    try:
        source = open_source(Path(job.path))
    except InputError:
        return Look()
    names = [sheet.name for sheet in source.sheets]
    if no_unit := "是底稿" if pack_of(job.pack).companion.entries[PRIOR_FILE].sheet in names else _OURS.get(names[0], ""):
        return Look(no_unit=no_unit)
    try:
        accounts = _read_by(source, job.pack)
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


# ---------------------------------------------------------------- a unit at work


def process_unit(job: UnitJob) -> UnitResult:
    """Do everything for one unit (a worker's task)."""
    path = Path(job.path)
    # Before: what changes meanwhile is done again next time.
    others = map(Path, filter(None, (job.prior, *job.documents)))
    read = states([*map(Path, job.tables or (job.path,)), *companion_places(path), *others])
    result = _result(job)
    return result._replace(read=(*read, *result.read))


def without_result(job: UnitJob, verdict: Verdict, note: str, fault: str = "") -> UnitResult:
    """The result of a unit of which nothing is known."""
    return UnitResult(UnitRow(verdict, note=note.removeprefix(f"{Path(job.path).name}：").rstrip("。")), fault=fault)


def _result(job: UnitJob) -> UnitResult:
    if not job.outputs:
        return without_result(job, Verdict.UNREADABLE, job.note)
    try:
        return _report_alone(job) if job.path.lower().endswith(DOCUMENTS) else _with_workbook(job)
    except InputError as error:
        reason = "" if job.tables else look_into(LookJob(job.path, job.pack)).no_unit
        return without_result(job, Verdict.NO_UNIT if reason else Verdict.UNREADABLE, reason or str(error))
    except MemoryError:
        return without_result(job, Verdict.UNFINISHED, "内存不足，没有处理完。请单独处理这个单位，或减少同时处理的单位数")
    except Exception as error:  # noqa: BLE001  # a fault of ours must not stop the other units; it is logged
        fault = "" if isinstance(error, JuesuanError) else traceback.format_exc()
        return without_result(job, Verdict.UNFINISHED, _fault_note(error), fault)


def _fault_note(error: Exception) -> str:
    """The sentence for a fault of the program (or what the system refused), or its own."""
    if isinstance(error, JuesuanError):
        return str(error)
    if isinstance(error, OSError):
        return f"无法读写文件（{system_words(error)}）。请检查磁盘、网络位置和权限后重试"
    return f"{FAULT}（{type(error).__name__}），详细信息已记入日志，请把日志发给维护人员"


def _with_workbook(job: UnitJob) -> UnitResult:
    path = Path(job.path)
    source = open_files(path, map(Path, job.tables)) if job.tables else open_source(path)
    accounts = _read_by(source, job.pack)
    unit = _Unit(job, inputs_of(accounts, default_companion(path), last_resort=Path(job.prior) if job.prior else None))
    if unit.inputs.prior_accounts is None and not unit.inputs.prior:
        unit.notes.append("没有上年决算表")
    unit.report()
    unit.review_beside()
    return unit.result()


def _report_alone(job: UnitJob) -> UnitResult:
    """A report without a workbook: against its own tables; a document of which nothing can be compared is no report."""
    from docgen.imports.report import read_report
    from docgen.review.own_tables import inputs_of_report

    document = read_report(Path(job.path))
    unit = _Unit(job, inputs_of_report(document, chosen_pack(job.pack) if job.pack else None))
    unit.notes.append("没有公开表，与报告自己所附的表核对")
    try:
        unit.review(document)
    except InputError as error:
        return without_result(job, Verdict.NO_UNIT, str(error))
    unit.remarks = tuple(issue for issue in unit.remarks if issue.kind is Kind.TEXT)  # those of the tables are told as such
    return unit.result()


class _Unit:
    """A unit at work; every step adds to what its row says."""

    def __init__(self, job: UnitJob, inputs: Inputs) -> None:
        self.job, self.inputs = job, inputs
        self.row = UnitRow(Verdict.CLEAN, inputs.unit_name, inputs.accounts.year, pack=key_of(inputs.pack.folder))
        self.remarks: tuple[Issue, ...] = ()
        self.checks: tuple[Check, ...] = ()
        self.pages: dict[int, int] = {}
        """Paragraph of the reviewed report → its page, where pages are known."""
        self.written: list[FileState] = []
        self.fault = ""
        self.notes = [job.note] if job.note else []
        self.findings = findings_of(inputs, slots=reason_slots(inputs, self.narrative) if inputs.companion is not None else ())

    @cached_property
    def narrative(self) -> Narrative:
        """All figures and names of the report, computed once for reasons, report and review."""
        return narrative_of(self.inputs)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A part of the work: when it goes wrong, *what* says so in the row, and the parts after it still run."""
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as for the whole unit
            self.row = self.row._replace(verdict=Verdict.UNFINISHED)
            self.notes.append(f"{what}：{_fault_note(error)}")
            if not isinstance(error, JuesuanError):
                self.fault = traceback.format_exc()

    @contextmanager
    def output(self, name: str) -> Iterator[Path]:
        """A file to write: its folder is made, and that it was written is noted."""
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path
        self.written.append(written(path))

    def report(self) -> None:
        """Write the report, unless there are 错误."""
        if self.findings.prevent_report:
            return
        with self.step("报告没有生成"):
            report = build_report(self.inputs, self.narrative)
            ready = readiness(report)
            self.row = self.row._replace(reasons=len(ready.reasons), missing=len(ready.problems))
            if ready.texts:
                self.notes.append(f"报告中另有文字待填 {len(ready.texts)} 处")
            with self.output(self.job.report) as path:
                write_word(report, self.inputs, path, linked=True)

    def review_beside(self) -> None:
        """Review the report that lies beside the workbook, when there is one, and only one."""
        from docgen.imports.report import read_report

        year = str(self.row.year)
        documents = [path for path in map(Path, self.job.documents) if year in (_YEAR.findall(path.name) or [year])]
        if len(documents) > 1:
            self.notes.append(f"报告没有审校：有 {len(documents)} 个文件可能是它的报告，请只留一个")
        elif documents:
            with self.step("报告没有审校"):
                self.review(read_report(documents[0]))
                counts = "，".join(f"{kind} {n}" for kind, n in count_by_severity(self.remarks).items() if n)
                self.notes.append(f"审校了“{documents[0].name}”：{counts or '没有问题'}")

    def review(self, document: ReportFile) -> None:
        """Review *document* and write its checklist.  Raises ``InputError`` when nothing of it can be compared."""
        from docgen.review.checklist import checklist_of, write_checklist
        from docgen.review.engine import review_document
        from docgen.review.output import too_little_words

        review = review_document(document, self.inputs, self.narrative)
        if review.coverage.is_too_little:
            raise InputError(document.path, too_little_words(review), "请核对是不是决算报告")
        self.remarks = review.issues
        self.pages = {p.number: p.page for p in document.paragraphs if p.page}
        entries = checklist_of(review, document, self.inputs, self.narrative, self.findings.checked)
        self.checks = tuple(Check(entry.name, entry.answer, "\n".join(entry.problems)) for entry in entries)
        with self.output(self.job.checklist) as path:
            write_checklist(path, entries, review, self.inputs)
        self.row = self.row._replace(reviewed=len(self.remarks))

    def result(self) -> UnitResult:
        """What comes back; the issue list is written when there is anything that must be corrected or looked at."""
        issues = (*self.findings.issues, *self.remarks)
        told = sorted((i for i in issues if i.severity is not Severity.TAIL), key=lambda issue: issue.severity.rank)
        if told or self.remarks:
            self._list_issues()
        verdict = self.row.verdict
        if verdict is Verdict.CLEAN and (told or self.remarks or self.row.reasons or self.row.missing):
            verdict = Verdict.ERROR if told and told[0].severity is Severity.ERROR else Verdict.NOTICE
        counts = count_by_severity(self.findings.issues)
        row = self.row._replace(
            verdict=verdict, errors=counts[Severity.ERROR], notices=counts[Severity.NOTICE], tails=counts[Severity.TAIL],
            note="；".join(note.rstrip("。") for note in self.notes))
        findings = [
            Finding(i.code, str(i.kind), str(i.severity), i.message[:_LONGEST], self._place(i)) for i in told[:MAX_FINDINGS]]
        if len(told) > MAX_FINDINGS:
            findings.append(Finding("……", "", "", f"另有 {len(told) - MAX_FINDINGS} 条没有列出，见该单位的审核结果", ""))
        companion = self.inputs.companion
        read = states(filter(None, (companion.prior_workbook(), companion.overview_file()))) if companion else ()
        return UnitResult(row, tuple(findings), self.checks, tuple(self.written), read, self.fault)

    def _list_issues(self) -> None:
        from workbook.rules.issue_output import write_issue_list

        with self.step("审核结果没有写出"):
            remarks = (
                replace(i, message=f"{self._place(i) if i.paragraph is not None else '报告'}：{i.message}")
                for i in self.remarks)
            summary = self.findings.checked.summary((*self.findings.extra, *self.remarks))
            with self.output(self.job.issue_list) as path:
                write_issue_list(path, Path(self.job.path), [*self.findings.issues, *remarks], summary)

    def _place(self, issue: Issue) -> str:
        """The cell to look at first; for the text of a report the page or the paragraph."""
        if issue.paragraph is not None:
            return f"报告第 {page} 页" if (page := self.pages.get(issue.paragraph)) else f"报告第 {issue.paragraph} 段"
        ref = issue.culprit or (issue.cells[0].ref if issue.cells else None)
        return str(ref) if ref is not None else ""
