"""What goes through a batch: jobs, small results, progress.

Everything here is made of strings and numbers, so that it is cheap to send to another process or machine.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from workbook.values import dataclass

DOCUMENTS = (".docx", ".pdf", ".doc")
"""Files that may be reports; of two of one name the first of these kinds is read."""


class Verdict(StrEnum):
    """What became of a unit."""

    ERROR = "有错误"
    NOTICE = "有提示"
    CLEAN = "通过"
    UNREADABLE = "无法读取"
    UNFINISHED = "未完成"
    """It was read, or could have been, but something of our own went wrong."""
    NO_UNIT = "跳过"
    """The file turned out to hold no final accounts."""


FAILED = frozenset({Verdict.ERROR, Verdict.UNREADABLE, Verdict.UNFINISHED})
"""Outcomes that make the exit code 1."""


class Skipped(NamedTuple):
    """A spreadsheet that is no unit of its own, and why."""

    path: str
    reason: str


class Finding(NamedTuple):
    """A row of 问题清单; *place* is ``sheet!A1``, or the paragraph or page of the report."""

    code: str
    kind: str
    severity: str
    message: str
    place: str


class Check(NamedTuple):
    """An item of the checklist of a unit's report; *answer* is 是, 否 or nothing."""

    name: str
    answer: str
    problems: str


class FileState(NamedTuple):
    """A file as it was when it was read or written: what tells later whether it was changed.  Size -1: it was not there."""

    path: str
    size: int
    mtime_ns: int
    sha256: str = ""
    """Of files that were written."""


class UnitJob(NamedTuple):
    """One unit to work on.  Paths are whole.

    *path* is the workbook, or the folder with one file per table (*tables*; there may be others in it), or the report
    that is all there is.  *documents* are the Word and PDF files that by their names may be the unit's report.
    """

    path: str
    report: str = ""
    """Where the report goes, and the issue list, and the checklist of the unit's report.

    All are empty for a folder that cannot be looked into.
    """
    issue_list: str = ""
    checklist: str = ""
    tables: tuple[str, ...] = ()
    prior: str = ""
    """Last year's workbook, for a 底稿 that names none."""
    documents: tuple[str, ...] = ()
    note: str = ""
    pack: str = ""
    """Template pack (name or folder); empty: the one that the tables are of."""

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.report, self.issue_list, self.checklist)))


class UnitRow(NamedTuple):
    """What became of a unit: its row of 汇总 and of the window's list.  Numbers are ``None`` where nothing was counted."""

    verdict: Verdict
    unit: str = ""
    year: int | None = None
    errors: int | None = None
    notices: int | None = None
    tails: int | None = None
    reasons: int | None = None
    """Reasons left to write."""
    missing: int | None = None
    """Figures that cannot be computed."""
    report: str = ""
    """The report, the issue list and the checklist, when they were written and are still there."""
    issue_list: str = ""
    checklist: str = ""
    reviewed: int | None = None
    """Findings of the review of a report."""
    note: str = ""
    pack: str = ""
    """The pack that was used, as ``--pack`` may name it."""
    file: str = ""
    """``path`` as seen from the folder of the batch, as people read it."""
    path: str = ""

    @property
    def name(self) -> str:
        """The unit's name, or that of its file."""
        return self.unit or Path(self.file).stem


class UnitResult(NamedTuple):
    """What comes back for one unit; *read* are the files that it depends on, *fault* is the trace of a fault of the program."""

    row: UnitRow
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    written: tuple[FileState, ...] = ()
    read: tuple[FileState, ...] = ()
    fault: str = ""


class Phase(StrEnum):
    """What a batch is doing."""

    SEARCH = "查找"
    WORK = "处理"
    SUMMARY = "汇总"


class Progress(NamedTuple):
    """How far a batch is: units (files, while it searches) *done* of all, the *name* of the last.

    And the units with 错误 and *failed* ones so far.
    """

    phase: Phase
    done: int
    total: int
    name: str = ""
    errors: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch did: units found (*total*) and finished, by outcome (*counts*), *reports* written.

    And the spreadsheets that are no units.
    """

    summary: Path
    total: int
    counts: dict[Verdict, int]
    reports: int
    skipped: int
    unchanged: int = 0
    """Units of which nothing has changed since an earlier batch did them: their results were taken as they were."""
    cancelled: bool = False

    @property
    def finished(self) -> int:
        return sum(self.counts.values())

    @property
    def is_clean(self) -> bool:
        """Whether no unit has 错误 and every one was read and finished."""
        return not any(self.counts.get(verdict) for verdict in FAILED)

    def words(self) -> str:
        """``300 个单位：有错误 5，有提示 80，通过 215；生成报告 295 份，跳过文件 12 个``."""
        counts = "，".join(f"{verdict} {n:,}" for verdict in Verdict if (n := self.counts.get(verdict)))
        words = f"{self.finished:,} 个单位：{counts or '没有处理'}；生成报告 {self.reports:,} 份，跳过文件 {self.skipped:,} 个"
        if self.unchanged:
            words += f"；其中 {self.unchanged:,} 个单位以前做过、没有变动，没有重做"
        return f"已取消：共 {self.total:,} 个单位，只处理了 {words}" if self.cancelled else words
