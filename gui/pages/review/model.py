"""What the page 审校 shows: a report reviewed off the GUI thread, from one snapshot of the open unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.job.sources import SourceCell, SourceIndex
from docgen.model import Figure
from gui.paper.sources import figure_lines
from workbook.errors import InputError
from workbook.formats.sniff import FileFormat
from workbook.issues import Issue, Severity, count_by_severity

if TYPE_CHECKING:  # the engine is loaded when the first report is reviewed
    from docgen.docx.paragraphs import ReportFile
    from docgen.job.inputs import Inputs
    from docgen.review.findings import Review
    from workbook.companion.model import Companion
    from workbook.reading.tables import Table

Stamp = tuple[int, int]
"""Time (ns) and size of a file."""
_OTHERS = ("其他", "")


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding as the page lists it."""

    number: int
    """Its index among the findings, in the order of the text."""
    issue: Issue
    """What is put out for it."""
    span: tuple[int, int]
    """Where in the paragraph's text it begins and ends."""
    figure: Figure | None
    """The figure that the report should state."""
    place: str
    """The section it stands in."""
    stated: str
    """What the report writes; empty when it is something that is not there."""
    rule: str
    """Name of the rule, and its basis."""
    basis: str
    cells: tuple[SourceCell, ...]
    """Where the right figure comes from."""
    page: int = 0
    """1-based, of a PDF; 0 where pages are not known."""

    @property
    def where(self) -> str:
        """``第 12 页　二、收入决算情况说明``."""
        return f"第 {self.page} 页　{self.place}" if self.page else self.place

    @property
    def source(self) -> str:
        """Where from, short: ``公开05表 C9``."""
        if not self.cells:
            return ""
        more = f" 等 {len(self.cells)} 处" if len(self.cells) > 1 else ""
        return f"{self.cells[0].label.partition(' ')[0]} {self.cells[0].ref.a1}{more}"


@dataclass(frozen=True)
class Reviewed:
    """A report with everything that is said about it."""

    review: Review
    document: ReportFile
    inputs: Inputs
    """What it was compared with."""
    sources: SourceIndex
    findings: tuple[ShownFinding, ...]
    stamp: Stamp | None
    """Of the file, as it was read."""
    unlinked: str = ""
    """Why its figures cannot be refreshed; empty when they can."""

    @property
    def is_own(self) -> bool:
        """Whether it was compared with its own tables."""
        return self.inputs.accounts.source.format is FileFormat.REPORT

    @property
    def path(self) -> Path:
        """The report."""
        return self.review.path

    @property
    def to_do(self) -> int:
        """How many findings need a look: 错误 and 提示."""
        return sum(f.issue.severity is not Severity.TAIL for f in self.findings)

    def other_unit(self) -> str:
        """The unit that the report names, when it is not the workbook's; else empty."""
        return next((f.stated for f in self.findings if f.issue.expected == self.inputs.unit_name), "")

    def tip(self, finding: int, figure: int) -> str:
        """What to say about a finding and a known figure (-1: none), as rich text."""
        parts: list[str] = []
        if finding >= 0:
            issue = self.findings[finding].issue
            parts.append(f"<b>{issue.severity.sign} {issue.severity}</b>　{escape(issue.message)}")
        if figure >= 0:
            known = self.review.figures[figure].figure
            lines = figure_lines(known, self.sources.of(known))
            parts.append("<br>".join(lines[:-1] if finding >= 0 and len(lines) > 1 else lines))
        return f"<p>{'</p><p>'.join(parts)}</p>" if parts else ""

    def doubt(self, errors: int) -> tuple[str, str, bool] | None:
        """What makes a whole review doubtful: sentence, tone, and whether it may be another report that was meant.

        *errors*: of the workbook that it was held against; one of another unit, and one with errors, prove nothing.
        """
        from docgen.review.output import too_little_words

        coverage = self.review.coverage
        if not self.is_own and (other := self.other_unit()):
            unit = self.inputs.accounts.unit_name
            return f"报告写的单位是“{other}”，公开表是“{unit}”的，请核对是不是同一个单位。", "amber", True
        if coverage.is_too_little:
            return f"{too_little_words(self.review)}。请核对是不是决算报告。", "amber", True
        if self.is_own:
            return f"没有打开公开表，对照的是报告自己所附的表。{coverage.words()}。", "blue", False
        return (f"公开表本身有 {errors} 个错误，请先改正公开表，再核对报告。", "amber", False) if errors else None

    def clean_words(self) -> str:
        """What is said where nothing was found."""
        if self.review.coverage.is_too_little:
            return "核对的数太少，不能说没有问题。"
        if self.is_own:
            return "没有发现问题，报告与自己所附的表一致。"
        return "没有发现问题，报告与公开表一致。\n可以导出检查表留存，再到“预览与生成”公开发布。"

    def summary(self) -> str:
        """``全文 485 个数，核对 480 个：错误 2，提示 3``."""
        counts = count_by_severity(self.review.issues)
        tails = f"，尾差 {counts[Severity.TAIL]}" if counts[Severity.TAIL] else ""
        coverage = self.review.coverage
        return (
            f"全文 {coverage.present:,} 个数，核对 {coverage.all_compared:,} 个："
            f"错误 {counts[Severity.ERROR]}，提示 {counts[Severity.NOTICE]}{tails}")


def review_file(path: Path, inputs: Inputs | None, progress: Callable[[int, str], None]) -> Reviewed:
    """Read and review the report *path* (on the worker), without *inputs* against its own tables.

    Raises:
        InputError: the file cannot be read.
        CancelledError: from *progress*, when the user asked to stop.
    """
    from docgen.imports.report import read_report
    from docgen.review.engine import review_document

    progress(5, "正在读取报告")
    stamp = stamp_of(path)
    document = read_report(path)
    progress(30, "正在核对")
    if inputs is None:
        from docgen.review.own_tables import inputs_of_report

        inputs = inputs_of_report(document)
    review = review_document(document, inputs)
    progress(90, "正在整理结果")
    sources = SourceIndex(inputs)
    return Reviewed(review, document, inputs, sources, _findings(review, inputs, sources), stamp, _unlinked(document))


def _unlinked(document: ReportFile) -> str:
    """Why a report's figures cannot be refreshed, as a clause."""
    from docgen.docx.reading import Document
    from docgen.refresh.reports import Stored
    from workbook.formats.package import PackageError

    try:
        if isinstance(document, Document):
            Stored(document.file)
            return ""
    except (InputError, PackageError):
        pass
    return "只有本程序生成的工作版报告能刷新，这份报告里没有数据链接"


def _findings(review: Review, inputs: Inputs, sources: SourceIndex) -> tuple[ShownFinding, ...]:
    from docgen.review.output import placed

    rules = {**inputs.pack.review_rules, **inputs.pack.reason_rules}
    paragraphs = {p.number: p for p in review.paragraphs}
    found = []
    for number, (place, finding) in enumerate(placed(review)):
        issue, rule, paragraph = finding.issue, rules.get(finding.issue.code), paragraphs.get(finding.issue.paragraph or 0)
        stated = issue.stated or (paragraph.text[finding.start : finding.end] if paragraph is not None else "")
        cells = [
            *(sources.of(finding.figure) if finding.figure is not None else ()), *(sources.cell(c.ref) for c in issue.cells)]
        found.append(ShownFinding(
            number, issue, (finding.start, finding.end), finding.figure, place, " ".join(stated.split()),
            *((rule.name, rule.basis) if rule else _OTHERS), tuple({cell.ref: cell for cell in reversed(cells)}.values())[::-1],
            paragraph.page if paragraph is not None else 0))
    return tuple(found)


def stamp_of(path: Path) -> Stamp | None:
    """Time and size of a file; ``None`` when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def changes_since(one: Inputs, other: Inputs) -> list[str]:
    """What says something else now than it did: 公开表, 上年公开表, 底稿 (an edit taken back leaves no trace)."""
    a, b = one.accounts, other.accounts
    is_same = {
        "公开表": (a.unit_name, a.year) == (b.unit_name, b.year) and _same_tables(a.tables, b.tables),
        "上年公开表": _same_tables(one.prior, other.prior), "底稿": _same_companion(one.companion, other.companion)}
    return [words for words, same in is_same.items() if not same]


def _same_companion(one: Companion | None, other: Companion | None) -> bool:
    if one is None or other is None or one is other:
        return one is other
    return replace(one, prior={}, sha256="") == replace(other, prior={}, sha256="") and _same_tables(one.prior, other.prior)


def _same_tables(one: Mapping[str, Table], other: Mapping[str, Table]) -> bool:
    return one is other or (one.keys() == other.keys() and all(
        t.columns == other[code].columns and t.names == other[code].names for code, t in one.items()))
